"""A kernel per position is a matrix per position: its three products, in blocks that fit a cache.

What a position sees of the images is a matrix `seen[p]` of `(N, taps · channels)`, a window a row.
Its kernel is one, `kernel[p]`, of `(taps · channels, filters)`; its outputs are `small[p]`, of
`(N, filters)`. From any two of them comes the third:

    read        small[p]  = seen[p] @ kernel[p]     the convolution
    write       seen[p]   = small[p] @ kernel[p].T  and overlapping windows are added up: transposed
    correlate   kernel[p] = seen[p].T @ small[p]    how the kernels should change

All windows together take `taps` times the memory of the images. A block of them at a time stays in
the processor's cache, where `torch.bmm` multiplies it, a position a time, at nearly the speed of
one large product.
"""

from __future__ import annotations

import itertools
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from . import few
from .pages import on_large_pages
from .places import KEPT, Block, Places


def read(image: Tensor, kernel: Tensor, places: Places) -> Tensor:
    """`(N, channels, *image)` and the kernels, to `(N, filters, *positions)`."""
    matrices = as_matrices(kernel, places)
    if few.fits(image, image.shape[1], places):
        return few.read(image, matrices, places)
    window = len(image) * image.shape[1] * places.taps
    pixels = _channels_last(image, places)
    small = empty_small(image, kernel, places)
    for block in places.blocks(window * image.element_size(), image.device):
        small[block.where] = _read(pixels, matrices[block.numbers], places, block)
    return small


def write(small: Tensor, kernel: Tensor, places: Places) -> Tensor:
    """`(N, filters, *positions)` and the kernels, to `(N, channels, *image)`."""
    matrices = as_matrices(kernel, places)
    channels = matrices.shape[1] // places.taps * places.groups
    if few.fits(small, channels, places) and few.can_fold(places):
        return few.write(small, matrices, places)
    window, n = len(small) * channels * places.taps, len(places.positions)
    shape = (len(small), channels, *places.padded)
    pixels = _empty(small, shape, (0, *range(2, n + 2), 1)).zero_()
    for block in places.blocks(window * small.element_size(), small.device):
        seen = _seen_from(small, matrices[block.numbers], places, block)
        windows = places.windows(pixels, block)
        # Windows overlap, but what one tap meets is another pixel at each position.
        for tap in itertools.product(*map(range, places.kernel_size)):
            one: tuple[Any, ...] = (..., *tap, slice(None))
            windows[one].add_(seen[one])
    return empty_image(small, kernel, places).copy_(pixels[places.inside])


def correlate(image: Tensor, small: Tensor, places: Places) -> Tensor:
    """`(N, channels, *image)` and `(N, filters, *positions)`, to kernels as `read` takes them."""
    if few.fits(image, image.shape[1], places):
        return as_kernel(few.correlate(image, small, places), places)
    kernel = empty_kernel(image, small, places)
    matrices = as_matrices(kernel, places)
    window = len(image) * image.shape[1] * places.taps
    pixels = _channels_last(image, places)
    for block in places.blocks(window * image.element_size(), image.device):
        seen = _seen(pixels, places, block).transpose(1, 2)
        there = _there(small, places, block)
        found = matrices[block.numbers]
        if places.groups > 1:
            each = torch.bmm(seen, there).view(block.count, places.groups, *seen.shape[1:2], -1)
            torch.unflatten(found, 2, (places.groups, -1)).copy_(each.transpose(1, 2))
        elif len(image) == 1 and _can_skip_bmm(matrices):
            torch.mul(seen, there, out=found)
        else:
            torch.bmm(seen, there, out=found)
    return kernel


def empty_small(image: Tensor, kernel: Tensor, places: Places) -> Tensor:
    """Memory for what `read` gives, laid out as `image` is."""
    filters = kernel.shape[len(places.positions)]
    return _empty(image, (image.shape[0], filters, *places.positions), _order(image))


def empty_image(small: Tensor, kernel: Tensor, places: Places) -> Tensor:
    """Memory for what `write` gives, laid out as `small` is."""
    channels = kernel.shape[len(places.positions) + 1] * places.groups
    return _empty(small, (small.shape[0], channels, *places.image), _order(small))


def empty_kernel(image: Tensor, small: Tensor, places: Places) -> Tensor:
    """Memory for what `correlate` gives, stored as LocalConv stores its kernels."""
    channels = image.shape[1] // places.groups
    shape = (*places.positions, small.shape[1], channels, *places.kernel_size)
    return _empty(image, shape, places.order)


def strides(shape: tuple[int, ...], order: tuple[int, ...]) -> tuple[int, ...]:
    """The strides of a tensor of `shape` whose axes are stored in `order`, without gaps."""
    found, step = [1] * len(shape), 1
    for axis in reversed(order):
        found[axis] = step
        step *= max(1, shape[axis])
    return tuple(found)


def as_matrices(kernel: Tensor, places: Places) -> Tensor:
    """`(*positions, filters, channels / groups, *kernel_size)` as `(P, taps · channels, filters)`.

    A view where the kernel is stored in this order, as LocalConv stores its own.
    """
    known = places.views.get(kernel.stride())
    if known is not None:
        return kernel.as_strided(*known)
    stored = kernel.permute(places.order)
    matrices = stored.reshape(places.count, -1, kernel.shape[len(places.positions)])
    # by their memory: the address of every tensor without numbers is 0
    same = matrices.untyped_storage()._cdata == kernel.untyped_storage()._cdata
    if same and len(places.views) < KEPT:
        places.views[kernel.stride()] = matrices.shape, matrices.stride()
    return matrices


def as_kernel(matrices: Tensor, places: Places) -> Tensor:
    """The way back, as a view."""
    n = len(places.positions)
    rows, columns = matrices.shape[1:]
    sizes = (*places.positions, *places.kernel_size, rows // places.taps, columns)
    return matrices.view(sizes).permute(*range(n), 2 * n + 1, 2 * n, *range(n, 2 * n))


def _read(pixels: Tensor, matrices: Tensor, places: Places, block: Block) -> Tensor:
    seen = _seen(pixels, places, block)
    if len(pixels) == places.groups == 1 and _can_skip_bmm(matrices):
        # A row times a matrix is a sum of the matrix's rows, each times a number: as for words in
        # a bag, which is read faster than bmm reads a matrix for a single row.
        rows = matrices.flatten(0, 1)
        each = torch.arange(len(rows), dtype=torch.int32, device=rows.device).view(block.count, -1)
        found = F.embedding_bag(each, rows, mode="sum", per_sample_weights=seen.flatten(1))
    else:
        found = torch.bmm(seen, _of_each_group(matrices, places.groups))
    n, columns = len(block.sizes), found.shape[-1]
    if places.groups == 1:
        return found.view(*block.sizes, len(pixels), columns).permute(n, n + 1, *range(n))
    apart = found.view(*block.sizes, places.groups, len(pixels), columns)
    return apart.permute(n + 1, n, n + 2, *range(n)).flatten(1, 2)


def _seen_from(small: Tensor, matrices: Tensor, places: Places, block: Block) -> Tensor:
    """`(*block.sizes, groups, N, *kernel_size, channels / groups)`: windows before they add up."""
    there, kernels = _there(small, places, block), _of_each_group(matrices, places.groups)
    if len(small) == 1:  # a matrix times a column reads the matrix more quickly than a row times it
        seen = torch.bmm(kernels, there.transpose(1, 2))
    else:
        seen = torch.bmm(there, kernels.transpose(1, 2))
    channels = kernels.shape[1] // places.taps
    return seen.view(*block.sizes, places.groups, len(small), *places.kernel_size, channels)


def _seen(pixels: Tensor, places: Places, block: Block) -> Tensor:
    """`(B · groups, N, taps · channels of a group)`, of B positions."""
    windows = places.windows(pixels, block)
    seen = places.taps * windows.shape[-1]
    return windows.reshape(block.count * places.groups, len(pixels), seen)


def _there(small: Tensor, places: Places, block: Block) -> Tensor:
    """`(B · groups, N, filters of a group)`, contiguous: else bmm takes the matrices one by one."""
    part, n = small[block.where], len(block.sizes)
    filters = small.shape[1] // places.groups
    if places.groups == 1:
        moved = part.permute(*range(2, n + 2), 0, 1)
    else:
        apart = torch.unflatten(part, 1, (places.groups, filters))
        moved = apart.permute(*range(3, n + 3), 1, 0, 2)
    return moved.reshape(block.count * places.groups, len(small), filters).contiguous()


def _can_skip_bmm(matrices: Tensor) -> bool:
    """Whether another operation may stand for bmm: not while somebody counts multiplications."""
    plain = matrices.is_cpu and matrices.dtype is torch.float32
    return plain and torch._C._len_torch_dispatch_stack() == 0


def _of_each_group(matrices: Tensor, groups: int) -> Tensor:
    """`(B, rows, filters)` as `(B · groups, rows, filters of a group)`."""
    if groups == 1:
        return matrices
    return torch.unflatten(matrices, 2, (groups, -1)).transpose(1, 2).flatten(0, 1)


def _channels_last(image: Tensor, places: Places) -> Tensor:
    """The image, padded, with its channels together in memory: what a window copies is in order."""
    last = image.movedim(1, -1)
    if places.padded == places.image and last.is_contiguous():
        return image
    pixels = _empty(image, (*image.shape[:2], *places.padded), (0, *range(2, last.dim()), 1))
    if places.padded != places.image:
        pixels.zero_()
    pixels[places.inside] = image
    return pixels


def _order(tensor: Tensor) -> tuple[int, ...]:
    """The axes of an image as they are stored: channels last, or in the order of its shape."""
    n = tensor.dim()
    if not tensor.is_contiguous() and tensor.movedim(1, -1).is_contiguous():
        return (0, *range(2, n), 1)
    return tuple(range(n))


def _empty(model: Tensor, shape: tuple[int, ...], order: tuple[int, ...]) -> Tensor:
    """Memory for `shape` stored in `order`, of the dtype and on the device of `model`."""
    return on_large_pages(model.new_empty_strided(shape, strides(shape, order)))
