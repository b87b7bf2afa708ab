# %% [markdown]
# # 10. Two frameworks, one ResNet
# ResNet-50 has 25557032 parameters in PyTorch and 25636712 in Keras. Which numbers does one of them
# have, and the other not?

# %%
depth = 50  # --depth 101
classes = 1000  # --classes 10
conv_bias = False  # --conv-bias
device = "auto"  # --device cpu

# %%
import os
from importlib.util import find_spec

import torch
from torch import nn

from sharedconv import Count, SharedConv2d, Term, compare, pictures, summary, tally
from sharedconv.networks import resnet
from sharedconv.networks.resnet import BLOCKS
from sharedconv.practice import choose_device, predict, say, show_picture, toggles
from sharedconv.witnesses import kind_of

toggles(globals())
say("""
LESSON 10. TWO FRAMEWORKS, ONE RESNET

In January 2020 somebody teaches the library dlib to count parameters, tries it on ResNet-50, and
writes down what others say: 25557032 in PyTorch, 25636712 in Keras. "There are some discrepancies"
(dlib, pull request 1977). Two years later somebody adds smaller ResNets to Keras, and "they do not
match PyTorch's numbers which is something I do not understand" (Keras, pull request 16363).

You know both reasons: biases in front of a batch norm from lesson 5, statistics from lesson 8.
""")
device = choose_device(device)
with torch.device("meta"):  # sizes are enough to count
    network = resnet(depth, classes, conv_bias=conv_bias)

# %% [markdown]
# ## From the first two layers to all of them

# %%
print()
say(f"""
Keras's ResNet has biases in its convolutions, PyTorch's has none (here: conv_bias={conv_bias}).
The first two layers in both:
""")
convolution, norm = kind_of(network.conv1), kind_of(network.norm1)
in_keras = convolution.replace(bias=True), norm.replace(statistics=True)
print(f"{'here':>26}{'in Keras':>12}")
for name, ours, theirs in zip(
    ("convolution", "batch norm"), (convolution, norm), in_keras, strict=True
):
    print(f"  {name:<14}{int(ours.count()):>10,}{int(theirs.count()):>12,}")
norms = [each for each in network.modules() if isinstance(each, nn.BatchNorm2d)]
filters = sum(each.num_features for each in norms)
moving = {"moving mean and variance": 2, "channels": filters}
more = Count([Term("statistic", moving, trainable=False)])
if not conv_bias:
    more += Count([Term("bias", {"filters": filters})])
predict(
    f"ResNet-{depth} has {len(norms)} such pairs, with {filters:,} filters in all. How many "
    "parameters more than here does Keras count?",
    more,
)
print(f"  {more.arithmetic()}\n")

# %% [markdown]
# ## Term by term

# %%
if find_spec("keras") and depth >= 50:
    os.environ.setdefault("KERAS_BACKEND", "torch")
    import keras

    with keras.device("meta"):
        twin = getattr(keras.applications, f"ResNet{depth}")(weights=None, classes=classes)
    say("Ours against Keras's own ResNet, sum by sum, as the command sharedconv compare does it:")
    print(f"{'ours':>42}{'Keras':>12}{'more':>10}")
    terms = compare(network, twin).terms
    for each in terms:
        print(f"  {each.words():<28}{each.a:>12,}{each.b:>12,}{each.size:>+10,}")
    apart = sum(each.size for each in terms)
    print(f"  {'all':<28}{tally(network).total:>12,}{twin.count_params():>12,}{apart:>+10,}\n")
else:
    say("""
    Keras has ResNets from 50 layers on, where it is installed (pip install 'sharedconv[keras]' gets
    it). So here is ours with biases, listed in Keras's manner:
    """)
    with torch.device("meta"):
        twin = resnet(depth, classes, conv_bias=True)
    print(*summary(twin, style="keras").totals(), "", sep="\n")
say(f"""
Both totals are right. Both frameworks keep the statistics, and only Keras counts them. As for the
biases, {"both have them here" if conv_bias else "only Keras has any"}.
""")
show_picture(lambda: pictures.frameworks(depth), f"frameworks resnet{depth}")

# %% [markdown]
# ## Do the biases do anything?

# %%
small = resnet(18, conv_bias=True).to(device, torch.float64)
images = torch.rand(4, 3, 32, 32, device=device, dtype=torch.float64)
with torch.no_grad():
    before = small(images)
    for layer in small.modules():
        if isinstance(layer, SharedConv2d):
            layer.bias.uniform_(-1, 1)
    difference = (small(images) - before).abs().max().item()
say(f"""
Take a small ResNet with such biases, and give each of them another value, at random. In training a
batch norm measures the mean of what comes, whatever was added to it, and takes it out. The largest
difference in what the whole network answers is {difference:.1e}.
""")

# %% [markdown]
# ## The family

# %%
print("  layers     filters         PyTorch   as Keras counts")
for layers in BLOCKS:
    with torch.device("meta"):
        each = resnet(layers)
    filters = sum(norm.num_features for norm in each.modules() if isinstance(norm, nn.BatchNorm2d))
    total = tally(each).total
    print(f"  {layers:>6}{filters:>12,}{total:>16,}{total + filters + 2 * filters:>18,}")
print()

# %%
say("""
CHANGE: --depth 101; --classes 10; --conv-bias. Which of them changes how far the two are apart?

MAKE: the ResNet-34 of pull request 16363 has 21827624 parameters in Keras, more than the table
says. In its first block stands a convolution of 1×1 from 64 to 64 channels, with a batch norm, and
PyTorch has none there. Build such a pair, and let cross_check say whether it is the difference.
""")
