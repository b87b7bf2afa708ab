# %% [markdown]
# # Exercise 7.2. Separable
# `SeparableConv2D(64, 3)` on images of 28×28 pixels with 32 channels. First a filter of 3×3 for
# each channel alone, without a bias; then 64 filters of 1×1 across the channels, with one. How many
# numbers does it learn?

# %%
answer = ...
