# %% [markdown]
# # Exercise 4.3. A formula for a kernel at each place
# This is the formula for a layer that shares its kernels and biases. Change it, so that it is right
# for one that shares nothing, on a square image with sides of `side` pixels, without padding.


# %%
def parameters(filters: int, kernel_size: int, in_channels: int, side: int) -> int:
    return filters * (kernel_size * kernel_size * in_channels + 1)
