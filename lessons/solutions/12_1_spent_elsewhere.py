# %% [markdown]
# # Exercise 12.1. As many parameters, spent elsewhere
# `unshared` has 4 filters, and a kernel of its own for each of them at each of its 16 places. Make
# a shared layer with kernels of the same length, on the same row, and with exactly as many
# parameters. How many filters does it get for them?

# %%
from sharedconv import LocalConv1d, SharedConv1d

unshared = LocalConv1d(1, 4, 5, input_size=20)
layer = SharedConv1d(1, 64, 5)
