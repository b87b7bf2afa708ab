# %% [markdown]
# # Exercise 2.4. What it costs to share nothing
# One 3×3 filter on a grey image of 10×10 pixels, without padding. But this layer shares nothing:
# each place of the output has a kernel of its own, and a bias of its own. (Keras 2 called it
# `LocallyConnected2D(1, 3)`.) How many numbers does it learn?

# %%
answer = ...
