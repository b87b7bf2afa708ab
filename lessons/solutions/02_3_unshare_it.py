# %% [markdown]
# # Exercise 2.3. Unshare it
# In a layer that shares nothing there is a kernel for each place: `kernel[0]` is the one for the
# first place, `kernel[1]` for the second, and so on; the same holds for `bias`. This function
# still uses one kernel at all places. Change it, so that each place uses its own.

# %%
from torch import Tensor


def unshared(x: Tensor, kernel: Tensor, bias: Tensor) -> list[Tensor]:
    outputs = []
    for place in range(len(kernel)):
        here = kernel[place]
        below = x[place : place + len(here)]
        outputs.append((here * below).sum() + bias[place])
    return outputs
