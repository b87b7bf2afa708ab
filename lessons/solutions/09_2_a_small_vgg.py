# %% [markdown]
# # Exercise 9.2. A small VGG, all of it
# Coloured images of 32×32 pixels come into a model of Keras's, through these layers, one after the
# other: `Conv2D(16, 3, padding="same")`, `MaxPooling2D()`, `Conv2D(32, 3, padding="same")`,
# `MaxPooling2D()`, `Flatten()`, `Dense(10)`. How many parameters does it have? Write down the shape
# of what comes out of each layer first. A pooling halves both sides.

# %%
answer = 448 + 4640 + 20490
