# %% [markdown]
# # 3. Channels
# The question of lesson 1 ends with a formula: num_filters * (kernel_width * kernel_height + 1). It
# is right for the asker's grey image. Another learner gives a layer of 32 filters a coloured image,
# expects 288, and is shown 896.

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
print()

# %% [markdown]
# ## Where the asker's formula stops being true

# %%
say("""
The question of lesson 1 ends with a formula, which fits its asker's grey image:

    num_filters * (kernel_width * kernel_height + 1)
""")
kind = Conv(in_channels, filters, (kernel_size, kernel_size), groups=groups, bias=bias)
channels = f"{in_channels} channel{'s' if in_channels > 1 else ''}"
if groups > 1:
    say(f"The channels are dealt out into {groups} groups, and a filter sees one group of them.")
guess = predict(
    f"{filters} filters of {kernel_size}×{kernel_size} on {channels}, "
    f"{f'groups={groups}, ' if groups > 1 else ''}bias={bias}: how many parameters?",
    kind.count(),
)
print("  input channels   the asker's formula   the layer has")
for channels in sorted({*(groups * each for each in (1, 2, 3, 16)), in_channels}):
    asked = filters * (kernel_size * kernel_size + 1)
    built = SharedConv2d(channels, filters, kernel_size, groups=groups, bias=bias, device=device)
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
slips = diagnose(kind.count(), guess) if guess is not None else []
who = "You" if slips else "Another learner"
expected = guess if slips else filters * kernel_size * kernel_size
slips = slips or diagnose(kind.count(), expected)
ways = "This sum leads there" if len(slips) == 1 else "Each of these sums leads there"
if slips:
    say(f"{who} expected {expected:,}. {ways}:")
elif expected == int(kind.count()):
    say(f"{who} expected {expected:,}. With these settings that is right.")
for slip in slips:
    show(slip.count)
    say(slip.sentence)

# %% [markdown]
# ## Filters that don't see all channels

# %%
say("""
A filter may see some of the channels only. With groups=2, channels and filters are dealt out into
two groups, and a filter sees the channels of its own group. Here are 4 filters on 4 channels. Light
up one channel after the other: an x says that the filter's answer changes.
""")
lights = torch.eye(4, device=device)[:, :, None, None].expand(4, 4, kernel_size, kernel_size)
print(f"  groups   {''.join(f'filter {each}   ' for each in range(1, 5))}parameters")
for parts in (1, 2, 4):
    split = SharedConv2d(4, 4, kernel_size, groups=parts, bias=bias, device=device)
    changed = (split(lights) != split(torch.zeros_like(lights)))[:, :, 0, 0].T.tolist()
    seen_by = (" ".join("·x"[each] for each in sees) for sees in changed)
    print(f"  {parts:>6}   {''.join(f'{each:<11}' for each in seen_by)}{tally(split).total:>10,}")
print()
say("What a filter doesn't see, it has no slice for. So groups divide the kernel, not the biases.")

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
does the last filter see now, and what happens to the count? --groups 5: why is that refused?

MAKE: two layers, one after the other, of which the second has exactly ten times the parameters of
the first.
""")
