# %% [markdown]
# # 7. The family
# "I think the thing I'm missing is: what's the difference in the amount of parameters?", somebody
# writes about layers of MobileNet (GitHub, gussmith23/glenside, issue 23). Which settings of a
# convolution change its count, and which never do?

# %%
in_channels = 32  # --in-channels 16
filters = 32  # --filters 64
kernel_size = 3  # --kernel-size 5
image_size = 112  # --image-size 56
stride = 2  # --stride 4
dilation = 2  # --dilation 3
groups = 16  # --groups 8
device = "auto"  # --device cpu

# %%
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from sharedconv import Conv, SharedConv2d, SharedConvTranspose2d, tally
from sharedconv.counting import SeparableConv
from sharedconv.practice import choose_device, predict, say, toggles

toggles(globals())
say(f"""
LESSON 7. THE FAMILY

MobileNet, a network for phones, has convolutions in groups. As in lesson 3, a filter then sees only
the channels of its own group. Somebody who has to build it compares three layers on {in_channels}
channels: with one group, with some, with a group for each channel. "I think the thing I'm missing
is: what's the difference in the amount of parameters?" (GitHub, gussmith23/glenside, issue 23.)
""")
device = choose_device(device)

# %% [markdown]
# ## What the kernel is

# %%
kernel = (kernel_size, kernel_size)
plain = Conv(in_channels, filters, kernel)
predict(
    f"{filters} filters of {kernel_size}×{kernel_size} on {in_channels} channels in {groups} "
    "groups, with a bias: how many parameters?",
    plain.replace(groups=groups).count(),
)
predict(
    f"Separable, as in MobileNet: first a filter of {kernel_size}×{kernel_size} for each channel, "
    f"without bias. Then {filters} of 1×1 across the channels, with bias. How many parameters?",
    SeparableConv(in_channels, filters, kernel).count(),
)
HEAD = f"  {'':<13}{'kernel':<21}{'numbers':>9}{'bias':>6}{'comes out':>11}{'multiply-adds':>15}"


def line(name, *layers, size=image_size):
    """A line about real layers, one behind the other, and what they do with one image."""
    model = nn.Sequential(*layers).to("meta")  # as in lesson 2: shapes, and no numbers
    with FlopCounterMode(display=False) as counter:
        side = model(torch.zeros(1, in_channels, size, size, device="meta")).shape[-1]
    shapes = " + ".join("×".join(map(str, layer.kernel.shape)) for layer in layers)
    numbers, work = sum(layer.kernel.numel() for layer in layers), counter.get_total_flops() // 2
    left = f"  {name:<13}{shapes:<21}{numbers:>9,}{tally(model).total - numbers:>6,}"
    print(f"{left}{f'{side}×{side}':>11} {work:>14,}")


first = SharedConv2d(in_channels, in_channels, kernel, groups=in_channels, bias=False)
second = SharedConv2d(in_channels, filters, 1)
print(HEAD)
line("plain", SharedConv2d(in_channels, filters, kernel))
line(f"groups={groups}", SharedConv2d(in_channels, filters, kernel, groups=groups))
line("depthwise", first)
line("pointwise", second)
line("separable", first, second)
print()
area = kernel_size * kernel_size
say(f"""
In groups a filter sees fewer channels: the second number of the kernel's shape says how many.
Depthwise, it sees one. Pointwise, it sees one pixel. Separable is both in turn: it has
{in_channels} × ({area} + {filters}) numbers, where the plain kernel has
{in_channels} × ({area} × {filters}).
""")

# %% [markdown]
# ## Where it is used

# %%
predict(
    f"The plain layer, with stride {stride}, so that it skips places: how many parameters?",
    plain.replace(stride=(stride, stride)).count(),
)
print(HEAD)
line("plain", SharedConv2d(in_channels, filters, kernel))
line("larger image", SharedConv2d(in_channels, filters, kernel), size=2 * image_size)
line("padding=1", SharedConv2d(in_channels, filters, kernel, padding=1))
line(f"stride={stride}", SharedConv2d(in_channels, filters, kernel, stride))
line(f"dilation={dilation}", SharedConv2d(in_channels, filters, kernel, dilation=dilation))
line("transposed", SharedConvTranspose2d(in_channels, filters, kernel, stride))
print()
say("""
These say where the kernel is used, and never change how many numbers it has. A dilation leaves gaps
between the pixels that it looks at. A transposed convolution runs backwards, from small to large.
""")

# %% [markdown]
# ## All of them are one

# %%
options = {"bias": False, "device": device, "dtype": torch.float64}
grouped = SharedConv2d(in_channels, filters, kernel, groups=groups, **options)
dilated = SharedConv2d(in_channels, filters, kernel, dilation=dilation, **options)
full = SharedConv2d(in_channels, filters, kernel, **options)
wide = SharedConv2d(in_channels, filters, dilation * (kernel_size - 1) + 1, **options)
nn.init.zeros_(full.kernel)
nn.init.zeros_(wide.kernel)
wide.kernel.data[..., ::dilation, ::dilation] = dilated.kernel.data
for group, block in enumerate(grouped.kernel.data.chunk(groups)):
    full.kernel.data.chunk(groups)[group].chunk(groups, dim=1)[group].copy_(block)
side = wide.kernel_size[0]
image = torch.rand(1, in_channels, side + 4, side + 4, device=device, dtype=torch.float64)
say(f"""
And they are plain convolutions in disguise. A plain kernel of {side}×{side} with zeros in the gaps
does what the dilated one does: the largest difference is
{(wide(image) - dilated(image)).abs().max():.1e}. A plain kernel with zeros from group to group does
what the grouped one does: {(full(image) - grouped(image)).abs().max():.1e}. Zeros that stay zeros
are nothing to learn, and are not counted.
""")

# %%
say("""
CHANGE: --filters 64; --groups 8; --stride 4; --dilation 3. Which columns change, in which lines?

MAKE: a stopwatch. Somebody put separable layers in place of plain ones: "the training parameters
were reduced, but the speed became a bit slower" (GitHub, pytorch/pytorch, issue 31239). Time both
on this machine, with more channels and with fewer. Does the time follow the multiply-adds?
""")
