# %% [markdown]
# # Exercise 4.1. Nothing shared, with channels
# Eight filters of 5×5 look at coloured images of 21×21 pixels, with a stride of 2 and no padding.
# Nothing is shared, neither the kernels nor the biases. (In Keras 2 this was
# `LocallyConnected2D(8, 5, strides=2)`.) How many numbers does the layer learn?

# %%
answer = 49248
