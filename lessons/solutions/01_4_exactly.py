# %% [markdown]
# # Exercise 1.4. Exactly 130
# Make a layer for grey images (one input channel) that has exactly 130 parameters, with its bias.
# Write it in the place of the three dots, for example `SharedConv2d(1, 10, 3)`: input channels,
# filters, size of the kernel.

# %%
from sharedconv import SharedConv2d

layer = SharedConv2d(1, 5, 5)
