# %% [markdown]
# # Exercise 6.3. Two strides
# Two layers, one behind the other, each with a stride. When the input moves by four places, the
# output should move by one place, exactly. Change the strides.

# %%
from torch import nn

from sharedconv import SharedConv1d

model = nn.Sequential(
    SharedConv1d(1, 2, 3, stride=2),
    SharedConv1d(2, 2, 3, stride=2),
)
