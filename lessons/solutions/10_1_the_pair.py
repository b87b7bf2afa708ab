# %% [markdown]
# # Exercise 10.1. The pair that was left over
# In the ResNet-34 of Keras's pull request 16363 stands a convolution of 1×1, with 64 filters on 64
# channels and with biases, and a batch norm behind it. PyTorch has no such pair there. How many
# parameters does Keras count for the two?

# %%
answer = 4416
