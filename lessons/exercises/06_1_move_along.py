# %% [markdown]
# # Exercise 6.1. Make it move along
# When the numbers that go into this layer move by a few places, what comes out doesn't move with
# them. Put another layer in its place, with a kernel of 3 as well, whose output does.

# %%
import sharedconv

layer = sharedconv.LocalConv1d(1, 1, 3, input_size=12)
