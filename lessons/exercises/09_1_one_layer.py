# %% [markdown]
# # Exercise 9.1. One layer of VGG-16
# conv4_1 has 512 filters of 3×3, and sees the 256 channels of the block before. How many parameters
# does it have?

# %%
answer = ...
