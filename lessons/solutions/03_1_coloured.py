# %% [markdown]
# # Exercise 3.1. A coloured image
# `Conv2D(16, 5)` on coloured images of 64×64 pixels (red, green and blue): how many numbers does
# this layer learn? Write the number in the place of the three dots.

# %%
answer = 1216
