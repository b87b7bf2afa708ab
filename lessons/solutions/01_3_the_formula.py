# %% [markdown]
# # Exercise 1.3. A formula for grey images
# This function should count the parameters of a layer that looks at grey images: so many filters,
# each so high and so wide, with a bias or without one. It doesn't yet. Repair its last line.


# %%
def parameters(filters: int, height: int, width: int, bias: bool) -> int:
    return filters * (height * width + bias)
