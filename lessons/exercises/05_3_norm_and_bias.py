# %% [markdown]
# # Exercise 5.3. A formula with a batch norm
# A convolution with a square kernel and, behind it, a batch norm. `bias` says whether the
# convolution has biases. The formula still counts the convolution only. Complete it, so that it
# gives all numbers that PyTorch's optimiser would learn.


# %%
def parameters(in_channels: int, filters: int, kernel_size: int, bias: bool) -> int:
    convolution = filters * (kernel_size * kernel_size * in_channels + bias)
    norm = 0
    return convolution + norm
