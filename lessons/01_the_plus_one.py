# %% [markdown]
# # 1. Where does the +1 come from?
# Somebody builds a Keras layer with one 3×3 filter, expects 9 parameters and is shown 10; then one
# with ten 5×5 filters, expects 250 and is shown 260. Change a variable below, or give its flag.

# %%
bias = True  # --no-bias
filters = 1  # --filters 10
kernel_size = 3  # --kernel-size 5
image_size = 100  # --image-size 28
device = "auto"  # --device cpu

# %%
import torch
import torchinfo

from sharedconv import Conv, SharedConv2d, cross_check, diagnose, read
from sharedconv.practice import choose_device, predict, say, show, toggles

toggles(globals())
say(f"""
LESSON 1. WHERE DOES THE +1 COME FROM?

A convolution moves a small block of weights, its kernel, over an image. Here the block is
{kernel_size}×{kernel_size} and the image has one channel (it is grey, not coloured). How many
such blocks there are is the number of filters; here: {filters}.

Somebody built such layers in Keras, worked out by hand how many numbers they learn (their
parameters), and was shown more. Their question: where do the others come from? You go the same way.
""")
device = choose_device(device)

# %% [markdown]
# ## Predict, then look
# `count` knows the answer from the numbers above, without building anything.

# %%
count = Conv(1, filters, (kernel_size, kernel_size), bias=bias).count()
predict(
    f"{filters} × ({kernel_size}×{kernel_size}) on one channel, bias={bias}: how many numbers "
    "does this layer learn?",
    count,
)
layer = SharedConv2d(1, filters, kernel_size, bias=bias, device=device)
for name, parameter in layer.named_parameters():
    print(f"  {name:<7} has the shape {tuple(parameter.shape)}, numbers: {parameter.numel():,}")
print()
show(count)

# %% [markdown]
# ## What the bias does
# An image of zeros gives every weight nothing to multiply. Whatever still comes out is the bias.

# %%
comes_out = layer(torch.zeros(1, 1, image_size, image_size, device=device))[0, 0]
say(f"""
Give the layer an image of zeros. A weight times zero is zero, so the kernel adds nothing. The first
filter's smallest answer is {comes_out.min():.4f}, and its largest is {comes_out.max():.4f}.
""")
if layer.bias is None:
    say("It has no bias, so nothing comes out of nothing. The +1 is gone from the sum above, too.")
else:
    say(f"""
    Its bias is {layer.bias[0].item():.4f} in this run: a layer that has learned nothing yet starts
    with numbers drawn at random. That is the +1: one number for each filter, added to what the
    kernel finds at every place. Run this lesson again with --no-bias.
    """)

# %% [markdown]
# ## Four who counted, and don't know each other

# %%
say("""
Let others count, who don't know each other. First torchinfo, whose table many people use. (Pay no
attention to its mult-adds: it looks for parameters called "weight", and ours is called "kernel".)
""")
size = (1, 1, image_size, image_size)
torchinfo.summary(layer, size, device=device, col_width=18, row_settings=[], verbose=1)
print()
say("""
Now all together: the sum from above, the tensors themselves, torchinfo, the same layer built in
Keras, and one who writes the convolution as a matrix and looks for different weights in it. (The
hyperparameters are what one chooses and the layer doesn't learn: its filters, its kernel size.)
""")
show(cross_check(layer, (1, image_size, image_size)))

# %% [markdown]
# ## The second half of the question
# Ten filters of 5×5: "instead of 5*5*10 parameters that I would expect".

# %%
say("""
Back to the question. It goes on with ten filters of 5×5, and with another number "instead of
5*5*10 parameters that I would expect".
""")
ten = Conv(1, 10, (5, 5), bias=bias).count()
guess = predict(f"Ten filters of 5×5 on one channel, bias={bias}: how many numbers now?", ten)
show(ten)
if guess is None:
    for slip in diagnose(ten, 5 * 5 * 10):
        say(slip.sentence)

# %%
say("""
The question ends with a formula for both layers, and asks what the +1 in it is:

    num_filters * (kernel_width * kernel_height + 1)

You know now what the 1 is. But one thing in the question doesn't fit. It shows the line below and,
under it, a table with 10 output channels and 260 parameters. Does the line make 260?
""")
line = read("Conv2D(filters=60, kernel_size=(3,3), strides=(1,1))", (100, 100, 1))
print(f"{line.text}\n\n{line.count()}\n")
slips = diagnose(line.count(), 260)
say(f"""
It makes {int(line.count())}, and {line.output_shape().channels} output channels. Of the slips that
people make, {len(slips) or "none"} leads from there to 260. Other code printed that table. So look
first whether a number and a line belong together.
""")

# %% [markdown]
# ## Change something, make something

# %%
say("""
CHANGE: --no-bias; --filters 10 --kernel-size 5; --image-size 28. Which of them changes the count?
Say it before you run it.

MAKE: a layer with exactly 100 parameters. Write it in a file of your own, run that with the Python
in .venv, and let others count:

    from sharedconv import SharedConv2d, cross_check
    print(cross_check(SharedConv2d(1, 1, 3), (1, 28, 28)))
""")
