# %% [markdown]
# # Exercise 7.1. Depthwise
# `DepthwiseConv2D(3)` on images of 32×32 pixels with 16 channels: one filter of 3×3 for each
# channel, with a bias. How many numbers does it learn?

# %%
answer = ...
