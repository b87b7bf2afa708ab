"""Layers of the first convolutional networks that no framework has: a table of maps, subsampling...

Sources: LeCun et al. 1989, Neural Computation 1(4), and LeCun, Bottou, Bengio and Haffner 1998,
Proc. IEEE 86(11), section II.B. Torch 7 called the first one ``SpatialConvolutionMap``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..layers.arguments import Size, sizes, whole_number


class MappedConv2d(nn.Module):
    """A convolution in which each output map sees only the input maps that a table gives it.

    Args:
        table: for each output map, the numbers of the input maps that it sees, from 0.
        in_channels: how many input maps there are; as many as the table names where None.
        kernel_size, stride, padding, bias: as in `torch.nn.Conv2d`.

    Shapes:
        kernel: `(pairs, kernel height, kernel width)`: one small kernel for each pair of an input
            and an output map that the table connects, in the table's order.
        bias: `(len(table),)`, or None.
        input: `(N, in_channels, H, W)` or `(in_channels, H, W)`.
        output: `(N, len(table), H_out, W_out)`, or without N.

    Parameters: pairs × kernel height × kernel width + output maps (LeNet-5's C3: 60 × 5 × 5 + 16).

    Raises TypeError or ValueError for a table, or for sizes, that no layer can have.
    """

    def __init__(
        self,
        table: Sequence[Sequence[int]],
        kernel_size: Size,
        stride: Size = 1,
        padding: Size = 0,
        bias: bool = True,
        *,
        in_channels: int | None = None,
    ) -> None:
        super().__init__()
        self.table = tuple(tuple(whole_number("table", n, 0) for n in row) for row in table)
        if not self.table or not all(self.table):
            raise ValueError(
                "table has to name at least one input map for each output map, such as "
                f"[[0, 1], [1, 2]], not {table!r}."
            )
        if any(len(set(row)) < len(row) for row in self.table):
            raise ValueError("table names an input map twice for one output map; name it once.")
        named = 1 + max(map(max, self.table))
        self.in_channels = whole_number("in_channels", in_channels or named, least=named)
        self.out_channels = len(self.table)
        self.kernel_size = sizes("kernel_size", kernel_size, 2, least=1)
        self.stride = sizes("stride", stride, 2, least=1)
        self.padding = sizes("padding", padding, 2, least=0)
        pairs = sum(map(len, self.table))
        self.kernel = nn.Parameter(torch.empty(pairs, *self.kernel_size))
        self.register_parameter("bias", nn.Parameter(torch.empty(len(table))) if bias else None)
        self.reset_parameters()

    bias: nn.Parameter | None

    def reset_parameters(self) -> None:
        """Uniform within ±1/√fan_in, as `torch.nn` does, where fan_in is what one output reads."""
        fan_in = [len(row) * math.prod(self.kernel_size) for row in self.table]
        of_each_pair = [n for n, row in zip(fan_in, self.table, strict=True) for _ in row]
        with torch.no_grad():
            self.kernel.uniform_(-1, 1).mul_(self._like_kernel(of_each_pair).rsqrt()[:, None, None])
            if self.bias is not None:
                self.bias.uniform_(-1, 1).mul_(self._like_kernel(fan_in).rsqrt())

    def forward(self, input: Tensor) -> Tensor:
        """The convolution whose kernel is zero between maps that aren't connected.

        One large convolution is many times faster than a small one for each pair of maps, though
        it multiplies by the zeros.
        """
        # Made anew each time, not kept as a buffer: to_empty() would leave anything in it.
        places = torch.tensor(
            [n * self.in_channels + seen for n, row in enumerate(self.table) for seen in row],
            device=self.kernel.device,
        )
        full = self.kernel.new_zeros(self.out_channels * self.in_channels, *self.kernel_size)
        full = full.index_copy(0, places, self.kernel)
        full = full.view(self.out_channels, self.in_channels, *self.kernel_size)
        return F.conv2d(input, full, self.bias, self.stride, self.padding)

    def _like_kernel(self, numbers: Sequence[int]) -> Tensor:
        return torch.tensor(numbers, dtype=self.kernel.dtype, device=self.kernel.device)

    def extra_repr(self) -> str:
        """The sizes as `torch.nn` writes them, and how many pairs of maps are connected."""
        return (
            f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, "
            f"stride={self.stride}, pairs={len(self.kernel)}"
        )


class PositionBias(nn.Module):
    """A bias for each channel and position: one that is not shared, behind a kernel that is.

    Args:
        channels: channels of the input.
        size: height and width of the input.

    Shapes:
        bias: `(channels, *size)`.
        input, output: `(N, channels, *size)` or `(channels, *size)`.

    Parameters: channels × height × width.
    """

    def __init__(self, channels: int, size: Size) -> None:
        super().__init__()
        self.channels = whole_number("channels", channels, least=1)
        self.size = sizes("size", size, 2, least=1)
        self.bias = nn.Parameter(torch.zeros(self.channels, *self.size))

    def forward(self, input: Tensor) -> Tensor:
        """The input, and at each position the position's own bias."""
        if input.shape[-3:] != self.bias.shape:
            raise ValueError(
                f"PositionBias has a bias for each of {tuple(self.bias.shape)}, and the input is "
                f"{tuple(input.shape)}; the last three numbers have to be equal."
            )
        return input + self.bias

    def extra_repr(self) -> str:
        """The input's sizes."""
        return f"{self.channels}, {self.size}"


class Subsampling2d(nn.Module):
    """LeNet-5's pooling, which learns: the window's sum, times a factor, plus a bias, for each map.

    Args:
        channels: maps of the input and the output.
        kernel_size: the window, in pixels; windows stand side by side and don't overlap.

    Shapes:
        scale, bias: `(channels,)`.
        input: `(N, channels, H, W)` or `(channels, H, W)`.
        output: `(N, channels, H // kernel height, W // kernel width)`, or without N.

    Parameters: 2 × channels. It begins as the window's mean.
    """

    def __init__(self, channels: int, kernel_size: Size = 2) -> None:
        super().__init__()
        self.channels = whole_number("channels", channels, least=1)
        self.kernel_size = sizes("kernel_size", kernel_size, 2, least=1)
        self.scale = nn.Parameter(torch.full((self.channels,), 1 / math.prod(self.kernel_size)))
        self.bias = nn.Parameter(torch.zeros(self.channels))

    def forward(self, input: Tensor) -> Tensor:
        """``scale * (sum over the window) + bias``."""
        total = F.avg_pool2d(input, self.kernel_size, divisor_override=1)
        return total * self.scale[:, None, None] + self.bias[:, None, None]

    def extra_repr(self) -> str:
        """The number of maps, and the window."""
        return f"{self.channels}, kernel_size={self.kernel_size}"


class RadialBasis(nn.Module):
    """LeNet-5's output: how far the input is from each of a few fixed points, squared.

    Args:
        centers: the points, `(units, in_features)`. They are a buffer: nobody learns them.

    Shapes:
        input: `(N, in_features)`; output: `(N, units)`. The smallest distance is the answer.

    Parameters: none; units × in_features fixed numbers (LeNet-5: 10 × 84).
    """

    def __init__(self, centers: Tensor) -> None:
        super().__init__()
        self.units, self.in_features = centers.shape
        self.register_buffer("centers", centers)

    centers: Tensor

    def forward(self, input: Tensor) -> Tensor:
        """Squared distances: ``sum((input - center) ** 2)`` for each center."""
        return (input.unsqueeze(-2) - self.centers).square().sum(-1)

    def extra_repr(self) -> str:
        """How many numbers go in and come out."""
        return f"{self.in_features}, {self.units}"


class ScaledTanh(nn.Module):
    """``1.7159 * tanh(2/3 * x)``, which is 1 at 1 and -1 at -1 (LeCun et al. 1998, appendix A)."""

    def forward(self, input: Tensor) -> Tensor:
        """Each number by itself."""
        return 1.7159 * torch.tanh(2 / 3 * input)
