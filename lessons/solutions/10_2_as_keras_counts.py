# %% [markdown]
# # Exercise 10.2. As Keras counts
# This function counts a convolution and the batch norm behind it as in PyTorch's ResNet. Change it,
# so that it counts both as Keras does: with biases, and with all that a batch norm keeps.


# %%
def parameters(in_channels: int, filters: int, kernel_size: int) -> int:
    weights = filters * in_channels * kernel_size**2
    return weights + filters + 4 * filters
