# %% [markdown]
# # 3. Channels
# The question ends with a formula: num_filters * (kernel_width * kernel_height + 1). It is right
# for the asker's grey image. Another learner gives a layer of 32 filters a coloured image, expects
# 288, and is shown 896.

# %%
in_channels = 3  # --in-channels 1
filters = 32  # --filters 64
kernel_size = 3  # --kernel-size 5
groups = 1  # --groups 2
bias = True  # --no-bias
device = "auto"  # --device cpu

# %%
import torch

from sharedconv import Conv, SharedConv2d, cross_check, diagnose, tally
from sharedconv.layers import keras_weights
from sharedconv.practice import choose_device, predict, say, show, toggles

toggles(globals())
say("""
LESSON 3. CHANNELS

A grey image is one number at each place. A coloured one is three: red, green and blue. These are
its channels. What comes out of a convolution has channels, too: one for each filter.
""")
device = choose_device(device)

# %% [markdown]
# ## Where the asker's formula stops being true

# %%
say("""
The question of lesson 1 ends with a formula: num_filters * (kernel_width * kernel_height + 1). It
fits its asker's grey image.
""")
kind = Conv(in_channels, filters, (kernel_size, kernel_size), groups=groups, bias=bias)
guess = predict(
    f"{filters} filters of {kernel_size}×{kernel_size} on {in_channels} channels, "
    f"groups={groups}, bias={bias}: how many parameters?",
    kind.count(),
)
print("  input channels   the asker's formula   the layer has")
for channels in (1, 2, 3, 16):
    asked = filters * (kernel_size * kernel_size + 1)
    built = SharedConv2d(channels, filters, kernel_size, device=device)
    print(f"  {channels:>14}{asked:>22,}{tally(built).total:>16,}")
print()
show(kind.count())

# %% [markdown]
# ## A filter has a slice for each channel

# %%
layer = SharedConv2d(
    in_channels, filters, kernel_size, groups=groups, bias=bias, device=device, dtype=torch.float64
)
seen = in_channels // groups
generator = torch.Generator().manual_seed(0)
image = torch.rand(1, in_channels, 12, 12, generator=generator, dtype=torch.float64).to(device)
slices = []
for channel in range(seen):
    alone = SharedConv2d(1, 1, kernel_size, bias=False, device=device, dtype=torch.float64)
    alone.kernel.data = layer.kernel.data[:1, channel : channel + 1]
    slices.append(alone(image[:, channel : channel + 1]))
together = sum(slices) + (layer.bias[0] if bias else 0)
difference = (together - layer(image)[:, :1]).abs().max().item()
say(f"""
The kernel's shape is {tuple(layer.kernel.shape)}: filters, input channels that a filter sees,
height, width. Take the first filter apart into slices of {kernel_size}×{kernel_size}, one for each
channel that it sees, here {seen}. Let each slice work on its own channel, and add up what they find
{"and the one bias" if bias else "(there is no bias)"}. The largest difference from the whole layer
is {difference:.1e}. So a filter is {kernel_size}×{kernel_size} numbers for each channel that it
sees{", and one bias serves them all: they are added up before it comes in" if bias else ""}.
""")

# %% [markdown]
# ## The number that was expected

# %%
expected = filters * kernel_size * kernel_size if guess is None else guess
say(f"Somebody expected {expected:,}. Which slip leads there from {int(kind.count()):,}?")
for slip in diagnose(kind.count(), expected):
    say(f"  {slip.count.formula()}")
    say(slip.sentence)

# %% [markdown]
# ## The same numbers in Keras

# %%
say("""
Keras stores height, width, input channels, filters; PyTorch filters, input channels, height, width.
The order differs, the numbers don't.
""")
print(f"  here       {tuple(layer.kernel.shape)}")
print(f"  in Keras   {keras_weights(layer)[0].shape}\n")
show(cross_check(layer, (in_channels, 12, 12)))

# %%
say("""
CHANGE: --in-channels 1 makes the asker's formula right. --in-channels 4 --groups 2: which channels
does a filter see now, and what happens to the count? --groups 5: why is that refused?

MAKE: two layers, one after the other, of which the second has exactly ten times the parameters of
the first.
""")
