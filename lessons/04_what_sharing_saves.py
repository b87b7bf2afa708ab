# %% [markdown]
# # 4. What sharing saves
# "How is parameter sharing done in CNN?", somebody asks on Artificial Intelligence Stack Exchange
# (question 28320), with two counts of one layer. Both are right. What does sharing take away?

# %%
image_size = 28  # --image-size 14
kernel_size = 3  # --kernel-size 5
filters = 1  # --filters 8
bias = True  # --no-bias
measure = True  # --no-measure
device = "auto"  # --device cpu

# %%
import timeit

import torch

from sharedconv import Conv, LocalConv2d, SharedConv2d, compare_sharing, conv_matrix, tally
from sharedconv.layers import by_hand
from sharedconv.pictures import sizes
from sharedconv.practice import choose_device, predict, say, show, show_picture, toggles
from sharedconv.spelling.write import write

toggles(globals())
asked = Conv(3, 96, (11, 11), stride=4, input_size=(227, 227))
_, rows, columns = asked.output_shape()
say(f"""
LESSON 4. WHAT SHARING SAVES

On Artificial Intelligence Stack Exchange (question 28320) somebody asks about the first layer of
AlexNet: {asked.filters} filters of {asked.kernel_size[0]}×{asked.kernel_size[1]} on a coloured
image, used at {rows}×{columns} places. With sharing it has {int(asked.count()):,} parameters,
without sharing far more. But there are {asked.filters} kernels in both cases, of the same size, and
as much comes out. So how can the counts differ?
""")
device = choose_device(device)

# %% [markdown]
# ## Two counts, both right

# %%
alone = asked.unshared().count()
predict(
    f"The same layer with kernels and biases of its own at each of the {rows}×{columns} places: "
    "how many parameters?",
    alone,
)
print(f"  shared     {asked.count().arithmetic()}")
print(f"  unshared   {alone.arithmetic()}\n")
more = alone.terms[0].factors.keys() - asked.count().terms[0].factors.keys()
say(f"""
The {asked.filters} kernels are there in both. But unshared there are {asked.filters} for the first
place, {asked.filters} others for the next, and so on. So each product begins with two factors more:
{" and ".join(sorted(more))}.
""")

# %% [markdown]
# ## Two steps lead from dense to shared

# %%
side, kernel = (image_size, image_size), (kernel_size, kernel_size)
small = Conv(1, filters, kernel, bias=bias, input_size=side)
dense = small.dense().mult_adds()
shared = SharedConv2d(1, filters, kernel, bias=bias, dtype=torch.float64, device=device)
found = conv_matrix(shared, side)
alone = conv_matrix(LocalConv2d.from_shared(shared, side), side)
say(f"""
In lesson 2 we wrote a layer as a matrix: a row for each output, a column for each input. Here is
another: {image_size}×{image_size} pixels, kernels of {kernel_size}×{kernel_size}, filters:
{filters}. A dense layer has a weight at every place of the matrix, and they are {dense:,}.
""")
predict(
    f"Now each output looks at its own {kernel_size}×{kernel_size} pixels only. How many weights "
    "are left in the matrix?",
    small.unshared().replace(bias=False).count(),
)
print("             weights in the matrix      different ones")
print(f"  dense   {dense:>24,}{dense:>20,}")
for name, each in {"unshared": alone, "shared": found}.items():
    print(f"  {name:<8}{len(each.entries):>24,}{each.distinct_entries:>20,}")
image = torch.rand(1, 1, *side, dtype=torch.float64, device=device)
again = (found.matrix @ image.flatten()).view(filters, -1) + (shared.bias[:, None] if bias else 0)
print()
say(f"""
The first step, looking at a small window, takes away most of the weights, and with each weight a
multiplication. The second step, sharing, takes away no multiplication. It makes copies: of the
different weights, {found.distinct_entries} are left, and each stands at
{len(found.entries) // found.distinct_entries:,} places of the matrix.

(Multiply the last matrix by an image, and the layer's own answer comes out: the largest difference
is {(again - shared(image)[0].flatten(1)).abs().max().item():.1e}.)
""")

# %% [markdown]
# ## When the image grows

# %%
say("Let the image grow. Each line counts the tensors of three layers:")
print(f"  {'image':>11}{'shared':>10}{'unshared':>15}{'dense':>21}")
for size in (image_size * times for times in (1, 2, 4, 8)):
    flat = small.replace(input_size=(size, size)).dense()
    built = (  # on the device "meta", as in lesson 2: shapes, and no numbers
        SharedConv2d(1, filters, kernel, bias=bias, device="meta"),
        LocalConv2d(1, filters, kernel, size, bias=bias, device="meta"),
        torch.nn.Linear(flat.in_features, flat.units, bias, device="meta"),
    )
    one, each_place, each_pair = (tally(layer).total for layer in built)
    print(f"  {f'{size}×{size}':>11}{one:>10,}{each_place:>15,}{each_pair:>21,}")
print()
say("Unshared grows with the number of places. Dense grows with places times pixels.")
show_picture(
    lambda: sizes(small),
    f'sizes "{write(small, "keras")}" --input {side[0]}x{side[1]}x1',
)

# %%
say("As many multiplications, so as much time? Back to the layer that was asked about:")
layer = SharedConv2d(3, 96, 11, stride=4, device=device)
show(compare_sharing(layer, asked.input_size, measure=measure))
if measure:
    say("The times are this machine's, for one image. Run it again, and they will differ.")
    say("And done by hand? Four ways to compute the small layer, and how far off each is:")
    forms = (by_hand.loop_over_positions, by_hand.loop_over_taps, by_hand.im2col)
    for form in (*forms, by_hand.sparse_matrix, SharedConv2d.forward):
        far = form(shared, image).flatten(2)[0] - again
        best = min(timeit.repeat("form(shared, image)", number=5, globals=globals())) / 5
        print(f"  {form.__name__:<20}{1000 * best:>9.3f} ms   {far.abs().max().item():.0e}")
    print()
    say("`forward` is the layer itself. Read the others in sharedconv/layers/by_hand.py.")

# %%
say("""
CHANGE: --image-size 14; --kernel-size 5; --filters 8; --no-bias. Which columns change, and which
never do? Say it before you run it.

MAKE: something in between. Sky above, ground below: each row of the output gets a kernel of its
own, shared along the row. Build it from one SharedConv2d for each row, in a torch.nn.ModuleList.
Say its count beforehand, then let `tally` count.
""")
