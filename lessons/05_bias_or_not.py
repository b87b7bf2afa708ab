# %% [markdown]
# # 5. Bias or not
# "Which was/is the intent? Is there a bug?", a reader asks about convolutions without a bias in
# ResNet (GitHub, KaimingHe/deep-residual-networks, issue 10). Who learns what a bias would learn?

# %%
filters = 4  # --filters 8
bias_size = 10  # --bias-size 1000
batch_norm = True  # --no-batch-norm
relu_between = False  # --relu-between
device = "auto"  # --device cpu

# %%
from copy import deepcopy
from itertools import pairwise

import torch
from torch import nn

from sharedconv import Conv, Count, SharedConv2d
from sharedconv.counting import BatchNorm, PositionBias
from sharedconv.networks import NETWORKS, lenet1989
from sharedconv.practice import choose_device, predict, say, show, toggles

toggles(globals())
say("""
LESSON 5. BIAS OR NOT

The paper on ResNet leaves the biases out of its formulas, to keep them simple. But in the network
that came with it, nearly all convolutions have none. "Is there a bug?", a reader asks on GitHub
(KaimingHe/deep-residual-networks, issue 10). The answer: "Biases are in the BN layers that follow."

BN is batch norm. In each channel it subtracts the mean of all numbers that it is shown and divides
by their spread. Then it multiplies by a number that it learns, its scale, and adds another, its
shift.
""")
device = choose_device(device)

# %%
count = Conv(3, filters, (3, 3)).count() + (BatchNorm(filters).count() if batch_norm else Count())
predict(
    f"{filters} filters of 3×3 on 3 channels, each with a bias, and {'a' if batch_norm else 'no'} "
    "batch norm behind: how many numbers are learned?",
    count,
)
show(count)

# %% [markdown]
# ## While it learns

# %%
torch.manual_seed(0)
options = {"device": device, "dtype": torch.float64}
plain = nn.Sequential(
    SharedConv2d(3, filters, 3, bias=False, **options),
    nn.ReLU() if relu_between else nn.Identity(),
    # momentum=None: it remembers the plain mean of all that it was shown
    nn.BatchNorm2d(filters, momentum=None, **options) if batch_norm else nn.Identity(),
)
biased = deepcopy(plain)
biased[0].bias = nn.Parameter(bias_size * (2 * torch.rand(filters, **options) - 1))
for _ in range(5):
    images = torch.rand(8, 3, 12, 12, **options)
    without, with_bias = plain(images), biased(images)
(with_bias - torch.rand_like(with_bias)).square().sum().backward()
say(f"""
Two copies of this layer, the first without biases, the second with biases of up to {bias_size}.
Both are shown the same images, as in training. Between their answers the largest difference is
{(without - with_bias).abs().max():.1e}. And how would training change the second one?
""")
for name, parameter in biased[0].named_parameters():
    print(f"  largest gradient, {name:<6}   {parameter.grad.abs().max():.1e}")
print()
if batch_norm and not relu_between:
    say("""
    The bias has no effect. It raises a whole channel, and with it the channel's mean, which is then
    subtracted. Its gradient is nothing but rounding: it never learns. What does learn is the shift.
    """)
else:
    say("Here the bias has an effect. What happens to a raised channel on its way to the answer?")

# %% [markdown]
# ## When it is used

# %%
without, with_bias = plain.eval()(images), biased.eval()(images)
if batch_norm:
    say("After training, a batch norm subtracts the mean that it remembers:")
    print("  filter        bias   mean without   mean with   difference")
    columns = (biased[0].bias, plain[2].running_mean, biased[2].running_mean)
    for number, (bias, low, high) in enumerate(torch.stack(columns).T.tolist(), 1):
        print(f"  {number:>6}{bias:>12.3f}{low:>15.3f}{high:>12.3f}{high - low:>13.3f}")
    print()
biased[0].bias.data += 1
say(f"""
In use, the largest difference of the answers is {(without - with_bias).abs().max():.1e}. Raise the
biases by one only now, and they change by up to {(biased(images) - with_bias).abs().max():.3f}.
""")

# %% [markdown]
# ## Left out on purpose, and not shared on purpose

# %%
rows = {}
for name in ("lenet1989", "vgg16", "resnet50", "mobilenet"):
    layers = [each for each in NETWORKS[name].on_meta().modules() if not list(each.children())]
    pairs = [pair for pair in pairwise(layers) if hasattr(pair[0], "kernel")]
    normed = sum(isinstance(behind, nn.BatchNorm2d) for _, behind in pairs)
    rows[name] = len(pairs), normed, sum(conv.bias is not None for conv, _ in pairs)
predict(
    f"MobileNet has {len(pairs)} convolutions, and a batch norm stands behind {normed} of them. "
    "How many of the convolutions have a bias?",
    rows["mobilenet"][-1],
)
print("              convolutions   batch norm behind   with a bias")
for name, row in rows.items():
    print("  {:<12}{:>12}{:>20}{:>14}".format(name, *row))
print()
h1 = lenet1989().H1
(maps, _, high, wide), (rows, columns) = h1.conv.kernel.shape, h1.bias.size
say("""
The oldest, by LeCun and others, 1989, read zip codes. It does have biases, but in a way of its own:
the kernels are shared, and the biases are not.
""")
predict(
    f"In its first layer, H1, {maps} filters of {high}×{wide} see one channel, at {rows}×{columns} "
    "places. Each filter has another bias at each place. How many numbers are learned?",
    Conv(1, maps, (high, wide), bias=False).count() + PositionBias(maps, (rows, columns)).count(),
)
for name, parameter in h1.named_parameters():
    print(f"  {name:<12}{tuple(parameter.shape)!s:<16}{parameter.numel():>6,}")
print(f"  if the biases were shared   {int(Conv(1, maps, (high, wide)).count()):>6,}\n")

# %%
say("""
CHANGE: --bias-size 1000; --no-batch-norm; --relu-between --bias-size 1. Which biases learn?

MAKE: the way back. In use, a batch norm only multiplies and adds. (It divides by the root of its
running_var + eps.) Make one SharedConv2d, with a bias, that answers as all of `plain` does.
""")
