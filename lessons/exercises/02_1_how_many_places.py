# %% [markdown]
# # Exercise 2.1. How many places?
# A kernel of 5 weights moves along a sequence of 100 numbers, one step at a time, with no padding.
# At how many places can it stand? Write the number in the place of the three dots.

# %%
answer = ...
