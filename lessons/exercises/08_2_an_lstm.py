# %% [markdown]
# # Exercise 8.2. The forum's LSTM
# `torch.nn.LSTM(10, 20)`: 10 numbers come in at each step, and there are 20 units. How many
# parameters does it have in PyTorch?

# %%
answer = ...
