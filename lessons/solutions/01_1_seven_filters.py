# %% [markdown]
# # Exercise 1.1. Seven filters
# Somebody writes `Conv2D(7, 3)`: seven filters of 3×3. The images are grey, 28×28 pixels. How many
# numbers does this layer learn? Write the number in the place of the three dots.

# %%
answer = 70
