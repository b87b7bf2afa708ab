# %% [markdown]
# # Exercise 5.1. With a batch norm
# How many numbers does this model learn, on images with three channels? (As PyTorch counts them.)
#
#     nn.Sequential(nn.Conv2d(3, 16, 3, bias=False), nn.BatchNorm2d(16))

# %%
answer = 464
