# %% [markdown]
# # 2. One kernel, many places
# "It's easy to understand the Conv1d example", says the question of lesson 1: three arrows, three
# weights. But there are many more arrows than three. What is shared, and what does it save?

# %%
length = 8  # --length 100
kernel_size = 3  # --kernel-size 5
bias = True  # --no-bias
image_size = 28  # --image-size 100
device = "auto"  # --device cpu

# %%
import torch
from torch.utils.flop_counter import FlopCounterMode

from sharedconv import Conv, SharedConv1d, SharedConv2d, conv_matrix, pictures, tally
from sharedconv.layers import LocalConv1d, LocalConv2d
from sharedconv.practice import choose_device, predict, say, show_picture, toggles
from sharedconv.spelling.write import write

toggles(globals())
say(f"""
LESSON 2. ONE KERNEL, MANY PLACES

A kernel of {kernel_size} weights moves along a sequence of {length} numbers. At each place it
takes the {kernel_size} numbers below it, multiplies, and adds up.
""")
device = choose_device(device)

# %%
count = Conv(1, 1, (kernel_size,), bias=bias).count()
predict(f"A kernel of {kernel_size}, bias={bias}: how many numbers for any length?", count)
say(
    "Here are its arrows: a row for each output, a column for each input, a letter for each weight."
)
layer = SharedConv1d(1, 1, kernel_size, bias=bias, device=device, dtype=torch.float64)
arrows = conv_matrix(layer, length)
places = arrows.matrix.to_sparse_coo().indices().T.tolist()
drawing = [["·"] * length for _ in range(arrows.matrix.shape[0])]
for (row, column), entry in zip(places, arrows.entries.tolist(), strict=True):
    drawing[row][column] = chr(ord("a") + entry) if entry < 26 else "*"
for number, row in enumerate(drawing[:20], 1):
    print(f"  output {number:>2}   {' '.join(row[:30])}{' ...' if length > 30 else ''}")
print("  ...\n" if len(drawing) > 20 else "")
say(f"""
{len(arrows.entries)} arrows, one for each letter, and {arrows.distinct_entries} different weights.
Every row has the same ones, one place further on: that is weight sharing.
""")
drawn = min(length, 7)  # more arrows than that can't be told apart
show_picture(
    lambda: pictures.arrows(layer, drawn),
    f'arrows "{write(Conv(1, 1, (kernel_size,), bias=bias), "keras")}" --input {drawn}x1',
)

# %% [markdown]
# ## Any length of input

# %%
say("Nothing in the layer knows how long the sequence is:")
for longer in (length, 10 * length, 1000 * length):
    outputs = layer(torch.zeros(1, 1, longer, device=device, dtype=torch.float64)).shape[-1]
    print(f"  {longer:>8,} inputs, {outputs:>8,} outputs, {tally(layer).total} parameters")
print()

# %% [markdown]
# ## What sharing means for learning

# %%
say("""
LocalConv1d is the same layer with sharing switched off: at each place a kernel of its own. Start it
with copies of the shared kernel, give both the same task, and compare the gradients: a gradient
says in which direction each weight should move.
""")
unshared = LocalConv1d.from_shared(layer, length)
sequence = torch.linspace(-1, 2, length, dtype=torch.float64, device=device).view(1, 1, -1)
for each in (layer, unshared):
    each(sequence).square().sum().backward()
summed = unshared.kernel.grad.sum(0)
for title, gradient in (("one kernel for all", layer.kernel.grad), ("one each, summed", summed)):
    print(
        f"  gradient, {title:<18}", *(f"{each:>9.4f}" for each in gradient.flatten().tolist()[:5])
    )
print()
say(f"""
The largest difference is {(summed - layer.kernel.grad).abs().max():.1e}. Each place says how its
kernel should change; sharing adds up what all {len(unshared.kernel)} places say, and all places
follow the sum.
""")

# %% [markdown]
# ## What sharing saves, and what it doesn't

# %%
side = (image_size, image_size)
shared = Conv(1, 1, (3, 3), bias=bias, input_size=side)
_, rows, columns = shared.output_shape()
say(f"""
Now an image of {image_size}×{image_size} pixels with one channel, and one filter of 3×3. The whole
kernel has to lie on the image, so there are {rows}×{columns} places for it.
""")
own = "kernel and a bias" if bias else "kernel"
predict(
    f"Without sharing, each of the {rows}×{columns} places has a {own} of its own: how many "
    "numbers?",
    shared.unshared().count(),
)
pixels, places = shared.dense().in_features, shared.dense().units
ways = {  # on the device "meta" a layer has shapes but no numbers, so that any size can be built
    "shared": (shared, SharedConv2d(1, 1, 3, bias=bias, device="meta")),
    "unshared": (shared.unshared(), LocalConv2d(1, 1, 3, side, bias=bias, device="meta")),
    "dense": (shared.dense(), torch.nn.Linear(pixels, places, bias, device="meta")),
}
say(
    "In the last column, PyTorch itself counts while it computes. Dense: all inputs to all outputs."
)
print("             parameters   multiply-adds   seen by PyTorch")
for name, (kind, built) in ways.items():
    image = torch.zeros(1, pixels, device="meta")
    with FlopCounterMode(display=False) as counter:
        built(image if name == "dense" else image.view(1, 1, *side))
    seen = counter.get_total_flops() // 2
    print(f"  {name:<9}{tally(built).total:>12,}{kind.mult_adds():>16,}{seen:>18,}")
print()
say(f"""
Shared and unshared do the same {shared.mult_adds():,} multiplications. Sharing saves parameters,
not work: each weight is used at every one of {places:,} places.
""")

# %%
say("""
CHANGE: --length 100; --kernel-size 5; --image-size 100. What grows, and what stays?

MAKE: in a copy of this file, train `unshared` for one step with any optimiser. Are its kernels
still copies? Make it with LocalConv1d.from_shared(layer, length, tied=True) and look again.
""")
