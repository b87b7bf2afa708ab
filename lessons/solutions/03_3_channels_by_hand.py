# %% [markdown]
# # Exercise 3.3. Channels by hand
# `x` is an image: channels, rows, columns. `kernel` holds the filters: filters, input channels,
# rows, columns; `bias` has one number for each filter. The function should give what the layer
# gives. Write what is missing in the place of the three dots.

# %%
import torch
from torch import Tensor


def by_hand(x: Tensor, kernel: Tensor, bias: Tensor) -> Tensor:
    filters, channels, height, width = kernel.shape
    rows, columns = x.shape[1] - height + 1, x.shape[2] - width + 1
    output = torch.zeros(filters, rows, columns, dtype=x.dtype)
    for each in range(filters):
        for row in range(rows):
            for column in range(columns):
                total = bias[each]
                for channel in range(channels):
                    block = x[channel, row : row + height, column : column + width]
                    total = total + (kernel[each, channel] * block).sum()
                output[each, row, column] = total
    return output
