# %% [markdown]
# # Exercise 2.5. As many out as in
# For 50 numbers this layer gives 48. Change it, so that 50 come out. It should keep its kernel of 3
# and its bias, and so have as many parameters as now.

# %%
from sharedconv import SharedConv1d

layer = SharedConv1d(1, 1, 3, padding=1)
