# %% [markdown]
# # Exercise 4.2. The work
# `Conv2D(6, 5)` on a grey image of 32×32 pixels, without padding. How often does it multiply a
# weight by a pixel, for one image? (Unshared, it would be as often.)

# %%
answer = ...
