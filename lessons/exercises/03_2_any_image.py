# %% [markdown]
# # Exercise 3.2. A formula for any image
# This is the asker's formula from lesson 1. Repair it, so that it is right for images with any
# number of channels.


# %%
def parameters(filters: int, height: int, width: int, in_channels: int) -> int:
    return filters * (height * width + 1)
