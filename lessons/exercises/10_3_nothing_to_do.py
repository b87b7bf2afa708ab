# %% [markdown]
# # Exercise 10.3. Nothing to do
# In a network a batch norm stands behind this layer, and takes out whatever its biases add. Change
# the layer, so that it learns nothing in vain. What comes out should keep its shape.

# %%
from sharedconv import SharedConv2d

layer = SharedConv2d(16, 32, 3, padding=1)
