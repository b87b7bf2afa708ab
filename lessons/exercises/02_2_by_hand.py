# %% [markdown]
# # Exercise 2.2. A convolution by hand
# `x` is a sequence of numbers, `kernel` has a few weights, `bias` is one number. The function
# should give what the layer of lesson 2 gives: at each place the numbers below the kernel, each
# times its weight, added up, and the bias. Write what is missing in the place of the three dots.

# %%
from torch import Tensor


def by_hand(x: Tensor, kernel: Tensor, bias: Tensor) -> list[Tensor]:
    outputs = []
    for place in range(len(x) - len(kernel) + 1):
        ...
    return outputs
