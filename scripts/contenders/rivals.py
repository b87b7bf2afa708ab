"""What people write for a convolution without sharing, as there is no layer for it in `torch.nn`.

Each rival takes images and its kernel, laid out as suits it best, and gives the output as a
convolution does: `(N, channels, *size)`, contiguous. None has a bias.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from sharedconv.layers import LocalConv


@dataclass(frozen=True)
class Shape:
    """A layer without sharing, and how many images it gets."""

    name: str
    in_channels: int
    out_channels: int
    kernel_size: tuple[int, ...]
    input_size: tuple[int, ...]
    batch: int
    stride: int = 1
    padding: int = 0
    groups: int = 1

    def layer(self, device: torch.device) -> LocalConv:
        return LocalConv(
            len(self.kernel_size),
            self.in_channels,
            self.out_channels,
            self.kernel_size,
            self.input_size,
            stride=self.stride,
            padding=self.padding,
            groups=self.groups,
            bias=False,
            device=device,
        )

    @property
    def taps(self) -> int:
        return math.prod(self.kernel_size)

    @property
    def positions(self) -> tuple[int, ...]:
        sizes = zip(self.input_size, self.kernel_size, strict=True)
        return tuple((n + 2 * self.padding - k) // self.stride + 1 for n, k in sizes)

    @property
    def weights(self) -> int:
        """How many numbers all kernels have together: multiply-adds for one image, too."""
        fan_in = self.in_channels // self.groups * self.taps
        return math.prod(self.positions) * self.out_channels * fan_in


@dataclass(frozen=True)
class Rival:
    """compute: from shape, images and kernel to the output.

    lay: the kernel for it, from `(positions, groups, filters, channels, taps)`, all counted
        through, filters and channels within their group.
    takes: the shapes that it can compute in reasonable memory.
    """

    compute: Callable[[Shape, Tensor, Tensor], Tensor]
    lay: Callable[[Shape, Tensor], Tensor]
    takes: Callable[[Shape], bool] = lambda _: True


# -- the public snippet: broadcast, multiply, sum ----------------------------------------------


def _snippet(shape: Shape, images: Tensor, kernel: Tensor) -> Tensor:
    n = len(shape.kernel_size)
    windows = _padded(shape, images)
    for dim, size in enumerate(shape.kernel_size, 2):
        windows = windows.unfold(dim, size, shape.stride)
    windows = windows.flatten(-n)
    return (windows.unsqueeze(1) * kernel).sum((2, -1))


def _lay_for_snippet(shape: Shape, kernel: Tensor) -> Tensor:
    # (filters, channels, *positions, taps)
    return torch.unflatten(kernel[:, 0].movedim(0, 2), 2, shape.positions)


def _fits_the_snippet(shape: Shape) -> bool:
    return shape.groups == 1 and 4 * shape.batch * shape.weights < 2e9


# -- F.unfold, then one product a position ----------------------------------------------------


def _bmm(shape: Shape, images: Tensor, kernel: Tensor) -> Tensor:
    columns = _columns(shape, images)
    if shape.groups == 1:
        output = torch.bmm(columns.permute(2, 0, 1), kernel).permute(1, 2, 0)
    else:
        apart = torch.unflatten(columns, 1, (shape.groups, -1)).permute(3, 1, 0, 2)
        output = torch.bmm(apart.flatten(0, 1), kernel)
        output = torch.unflatten(output, 0, (-1, shape.groups)).permute(2, 1, 3, 0)
    return _as_output(shape, output)


def _lay_for_bmm(_: Shape, kernel: Tensor) -> Tensor:
    # (positions · groups, channels · taps, filters)
    return kernel.flatten(3).flatten(0, 1).transpose(1, 2)


def _einsum(shape: Shape, images: Tensor, kernel: Tensor) -> Tensor:
    columns = _columns(shape, images)
    if shape.groups == 1:
        return _as_output(shape, torch.einsum("nkp,pkf->nfp", columns, kernel))
    apart = torch.unflatten(columns, 1, (shape.groups, -1))
    return _as_output(shape, torch.einsum("ngkp,pgkf->ngfp", apart, kernel))


def _lay_for_einsum(shape: Shape, kernel: Tensor) -> Tensor:
    # (positions, groups, channels · taps, filters), and no axis for one group
    laid = kernel.flatten(3).transpose(2, 3)
    return laid[:, 0] if shape.groups == 1 else laid


# -- a grouped convolution of 1 × 1, a group for each position --------------------------------


def _grouped(shape: Shape, images: Tensor, kernel: Tensor) -> Tensor:
    patches = _columns(shape, images).transpose(1, 2).reshape(shape.batch, -1, 1, 1)
    output = F.conv2d(patches, kernel, groups=math.prod(shape.positions) * shape.groups)
    return _as_output(shape, output.view(shape.batch, -1, shape.out_channels).transpose(1, 2))


def _lay_for_grouped(_: Shape, kernel: Tensor) -> Tensor:
    # (positions · filters, channels · taps, 1, 1)
    return kernel.flatten(3).flatten(0, 2)[..., None, None]


RIVALS = {
    "public snippet": Rival(_snippet, _lay_for_snippet, _fits_the_snippet),
    "F.unfold + einsum": Rival(_einsum, _lay_for_einsum),
    "F.unfold + bmm": Rival(_bmm, _lay_for_bmm),
    "grouped conv, patches as channels": Rival(_grouped, _lay_for_grouped),
}


def _padded(shape: Shape, images: Tensor) -> Tensor:
    return F.pad(images, [shape.padding] * 2 * len(shape.kernel_size)) if shape.padding else images


def _columns(shape: Shape, images: Tensor) -> Tensor:
    """`(N, channels · taps, positions)`."""
    if len(shape.kernel_size) == 2:
        padding = shape.padding
        return F.unfold(images, shape.kernel_size, padding=padding, stride=shape.stride)
    # F.unfold knows planes only
    return F.unfold(
        images.unsqueeze(2),
        (1, *shape.kernel_size),
        padding=(0, shape.padding),
        stride=(1, shape.stride),
    )


def _as_output(shape: Shape, output: Tensor) -> Tensor:
    return output.reshape(shape.batch, shape.out_channels, *shape.positions).contiguous()
