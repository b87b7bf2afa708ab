# %% [markdown]
# # Exercise 1.2. The bias switched off
# `Conv2D(16, 5, use_bias=False)` on grey images of 32×32 pixels: how many numbers does this layer
# learn? Write the number in the place of the three dots.

# %%
answer = 400
