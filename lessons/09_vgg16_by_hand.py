# %% [markdown]
# # 9. VGG-16 by hand
# Somebody multiplies kernel sizes by channels, adds up, and can't get the 138M parameters that
# VGG-16 is known for. What is missing?

# %%
image_size = 224  # --image-size 448
classes = 1000  # --classes 10
configuration = "D"  # --configuration A
device = "auto"  # --device cpu

# %%
import torch
from torch import nn

from sharedconv import Conv, Dense, SharedConv2d, pictures, tally
from sharedconv.networks import vgg
from sharedconv.networks.vgg import FILTERS, KERNELS
from sharedconv.practice import choose_device, predict, say, show_picture, toggles

toggles(globals())
say("""
LESSON 9. VGG-16 BY HAND

"I can't give the correct number of parameters of AlexNet or VGG Net", writes somebody on Stack
Overflow ("How to calculate the number of parameters of convolutional neural networks?"). For a
layer of VGG-16 they multiply kernel size and channels, "0.59M = (3*3)*(256*256)", "however in that
way, I can't get the 138M parameters". Let us add up with them.
""")
device = choose_device(device)
with torch.device("meta"):  # with sizes but no numbers, which would fill half a gigabyte
    network = vgg(configuration, classes, image_size)

# %% [markdown]
# ## The layer they ask about

# %%
asked = Conv(256, 256, (3, 3)).count()
predict("256 filters of 3×3 on 256 channels: how many parameters?", asked)
print(f"  filters × height × width × input channels + filters\n  {asked.arithmetic()}\n")
say(f"""
Their {asked.role("kernel").total:,} leave out the biases, which are few. So it must be something
else. The paper's table 1 says how many filters each layer has, and that a pooling, which has no
weights, halves the image after each block. From the first layer to the last:
""")

# %% [markdown]
# ## Everything that is shared

# %%
convolutions, channels, side = [], 3, image_size
for block, (filters, kernels) in enumerate(zip(FILTERS, KERNELS[configuration], strict=True), 1):
    for place, kernel in enumerate(kernels, 1):
        kind = Conv(channels, filters, (kernel, kernel), padding="same", input_size=(side, side))
        print(f"  conv{block}_{place}   {kind.count().arithmetic():<37}   on {side}×{side}")
        convolutions.append(kind)
        channels = filters
    side //= 2
print(f"  all       {sum(int(each.count()) for each in convolutions):,}\n")

# %% [markdown]
# ## And what isn't

# %%
features, units = channels * side * side, network.fc6.out_features
say(f"""
So many layers, and they alone are far from the 138M. What comes out of them are {channels} channels
of {side}×{side}. "Flatten" puts these {features:,} numbers in a row, and then comes the first dense
layer, fc6: {units:,} units, each with a weight of its own for each number of the row.
""")
dense = [Dense(features, units), Dense(units, units), Dense(units, classes)]
predict(f"fc6, {features:,} inputs and {units:,} units: how many parameters?", dense[0].count())
for number, kind in enumerate(dense, 6):
    print(f"  fc{number}   {kind.count().arithmetic()}")
groups = {"convolutions": convolutions, "fc6": dense[:1], "fc7 and fc8": dense[1:]}
has = {name: sum(int(each.count()) for each in group) for name, group in groups.items()}
does = {name: sum(each.mult_adds() for each in group) for name, group in groups.items()}
total, work = sum(has.values()), sum(does.values())
print(f"\n{'parameters':>26}{'multiply-adds':>26}")
for name in groups:
    share, effort = has[name] / total, does[name] / work
    print(f"  {name:<12}{has[name]:>12,}{share:>6.0%}{does[name]:>20,}{effort:>6.0%}")
print(f"  {'all':<12}{total:>12,}{work:>26,}\n")
say(f"""
The network's own tensors hold {tally(network).total:,} numbers; the most stand in
{max(has, key=has.get)}. The most work is done in {max(does, key=does.get)}: a shared weight is used
at every place, a weight of fc6 once.
""")
name = f"vgg{len(convolutions) + len(dense)}{'c' if configuration == 'C' else ''}"
if (image_size, classes) == (224, 1000):  # as the command has it
    show_picture(lambda: pictures.areas(network, name), f"areas {name}")

# %% [markdown]
# ## What is dense about a dense layer

# %%
flat = nn.Linear(8 * side * side, 4, device=device, dtype=torch.float64)
large = SharedConv2d(8, 4, side, device=device, dtype=torch.float64)
large.kernel.data, large.bias.data = flat.weight.data.view_as(large.kernel), flat.bias.data
image = torch.rand(1, 8, side, side, device=device, dtype=torch.float64)
difference = (flat(image.flatten(1)) - large(image).flatten(1)).abs().max().item()
say(f"""
Give a convolution a kernel as large as its image, {side}×{side}, and there is one place for it, and
nobody to share with. With the same numbers in both, a small dense layer and such a convolution
answer the same: the largest difference is {difference:.1e}.
""")

# %% [markdown]
# ## The mean instead of the row

# %%
say(f"""
"Why is VGG16 giving lesser no. of total parameters?", asks somebody else, who put "global average
pooling" in place of "flatten". It takes the mean of each channel, so {channels} numbers are left.
""")
averaged = Dense(channels, units)
predict(f"fc6 on {channels} means instead: how many parameters?", averaged.count())
print(f"  fc6 on the means   {averaged.count().arithmetic()}\n")
for ending, kinds in {
    "flatten, fc6, fc7, fc8": dense,
    "mean, fc6, fc7, fc8": [averaged, *dense[1:]],
    "mean, one layer for the classes": [Dense(channels, classes)],
    "mean, layers of 512 and 1 units": [Dense(channels, 512), Dense(512, 1)],
}.items():
    print(f"  {ending:<36}{sum(int(each.count()) for each in [*convolutions, *kinds]):>12,}")
print()
theirs = (configuration, image_size, classes) == ("D", 224, 1000)
say(f"""
{"Their" if theirs else "Without flags, their"} network is the last line: they expected the first,
and nothing is wrong. With the mean the count doesn't depend on the image's size any more, as it
never did for the convolutions.
""")

# %%
say("""
CHANGE: --image-size 448; --classes 10; --configuration A. Which lines change, and which don't?

MAKE: a network of 3×3 kernels that ends in a mean, tells 10 classes apart, and has fewer parameters
than conv5_3 alone. Count it by hand, then with tally(network).
""")
