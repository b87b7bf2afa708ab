# %% [markdown]
# # Exercise 6.2. Around the corner
# Think of a ring of twelve numbers, such as the hours on a clock: what moves out at the end comes
# in at the start. On such rings this layer should move along exactly, at all places. One argument
# stands in the way. (The documentation of `torch.nn.Conv1d` lists what it can be.)

# %%
from sharedconv import SharedConv1d

layer = SharedConv1d(1, 2, 3, padding=1, padding_mode="circular")
