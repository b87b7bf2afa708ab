# %% [markdown]
# # Exercise 11.2. Connections, as a formula
# Some filters, as wide as they are high, see a grey image with `side` pixels to a side, in steps of
# 1 and without a border. This function counts parameters. Make it count connections: what the layer
# would have to learn if it shared nothing, neither kernels nor biases. (Keras 2 had such a layer,
# `LocallyConnected2D`.)


# %%
def connections(filters: int, kernel_size: int, side: int) -> int:
    places = (side - kernel_size + 1) ** 2
    return places * filters * (kernel_size**2 + 1)
