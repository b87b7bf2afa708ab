# %% [markdown]
# # Exercise 11.1. The units of H1
# H1's 12 kernels of 5×5 move over an image of 16×16 pixels in steps of 2, with a border of 2 pixels
# around the image. How many units does H1 have, which is how many numbers come out?

# %%
answer = ...
