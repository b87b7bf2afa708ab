# %% [markdown]
# # Exercise 7.4. A formula with groups
# This formula is right as long as there is one group. Repair it, so that it is right for any number
# of groups that divides the channels and the filters.


# %%
def parameters(in_channels: int, filters: int, kernel_size: int, groups: int) -> int:
    seen = in_channels
    return filters * (kernel_size * kernel_size * seen + 1)
