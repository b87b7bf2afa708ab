# %% [markdown]
# # Exercise 8.1. What PyTorch counts
# A convolution and a batch norm, in PyTorch:
# `nn.Sequential(nn.Conv2d(16, 24, 3), nn.BatchNorm2d(24))`. How many parameters will torchinfo
# show? Write the number in the place of the three dots.

# %%
answer = ...
