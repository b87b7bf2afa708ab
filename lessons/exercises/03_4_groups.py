# %% [markdown]
# # Exercise 3.4. Half of what a filter sees
# Each of these eight filters sees all eight input channels. Change one argument, so that each sees
# only half of them and has half the weights. Eight channels still go in, and eight come out.

# %%
from sharedconv import SharedConv2d

layer = SharedConv2d(8, 8, 3)
