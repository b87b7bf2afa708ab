"""The products of `blocks` for tiny matrices: where one is multiplied sooner than a call is made.

All positions at once, by PyTorch's own operations one after the other, so that autograd knows their
gradients and no Python of ours runs in between.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from .places import Places

TINY = 400
"""Multiplications of a position up to which `torch.bmm` takes them itself, in whatever order the
numbers are stored, instead of calling a library matrix by matrix (ATen's LinearAlgebra.cpp)."""
MOST = 1 << 20
"""Numbers in all windows up to which there is room for all of them at once."""


def fits(tensor: Tensor, kernel: Tensor, places: Places) -> bool:
    """Whether each position has a tiny matrix, and all numbers are usual.

    tensor: the images, or what stands for them at the positions. Usual is what PyTorch's `unfold`
    and `fold` know: on a line or a plane that the windows fill, in an order other than channels
    last, and of a dtype that is no half and no complex one.
    """
    n, images = len(places.positions), tensor.shape[0]
    filters, channels = kernel.shape[n : n + 2]
    if images * filters // places.groups * channels * places.taps >= TINY or n > 2:
        return False
    if not 0 < images * channels * places.groups * places.seen <= MOST or not places.no_more_fit:
        return False
    if tensor.dtype is not torch.float32 and tensor.dtype is not torch.float64:
        return False
    return tensor.is_contiguous() or not tensor.movedim(1, -1).is_contiguous()


def read(image: Tensor, kernel: Tensor, places: Places) -> Tensor:
    """`(N, channels, *image)` and the kernels, to `(N, filters, *positions)`."""
    if not places.even:
        image = F.pad(image, places.edges)
    count, groups = image.shape[0], places.groups
    columns = torch._C._nn.im2col(_plane(image), *places.folding[1:])  # F.unfold, unchecked
    if groups == 1:
        seen = columns.permute(2, 0, 1)
    else:
        apart = columns.view(count, groups, -1, places.count)
        seen = apart.permute(3, 1, 0, 2).reshape(places.count * groups, count, -1)
    found = torch.bmm(seen, _kernels(kernel, places).transpose(1, 2))
    if groups == 1:
        ordered = found.permute(1, 2, 0)
    else:
        ordered = found.view(places.count, groups, count, -1).permute(2, 1, 3, 0)
    return ordered.contiguous().view(count, -1, *places.positions)


def write(small: Tensor, kernel: Tensor, places: Places) -> Tensor:
    """`(N, filters, *positions)` and the same kernels, to `(N, channels, *image)`."""
    count, groups = small.shape[0], places.groups
    there = small.reshape(count, groups, -1, places.count).permute(3, 1, 0, 2)
    there = there.reshape(places.count * groups, count, -1)
    seen = torch.bmm(there, _kernels(kernel, places)).view(places.count, groups, count, -1)
    columns = seen.permute(2, 1, 3, 0).reshape(count, -1, places.count)
    image = torch._C._nn.col2im(columns, *places.folding)  # F.fold, unchecked
    image = image if len(places.positions) == 2 else image.squeeze(2)
    return image if places.even else image[places.inside].contiguous()


def _plane(image: Tensor) -> Tensor:
    return image if image.dim() == 4 else image.unsqueeze(2)


def _kernels(kernel: Tensor, places: Places) -> Tensor:
    """`(P · groups, filters of a group, channels of a group · taps)`."""
    filters = kernel.shape[len(places.positions)]
    return kernel.reshape(places.count * places.groups, filters // places.groups, -1)
