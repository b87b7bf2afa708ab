"""The products of `blocks` for few numbers: where a call takes longer than its work, few calls."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from .places import Places

FEW = 1 << 15
"""Numbers in all windows up to which it is done so."""


def fits(tensor: Tensor, channels: int, places: Places) -> bool:
    """Whether there are few numbers in the windows of as many images, not stored channels last.

    tensor: the images, or what stands for them at the positions; channels: those of the images.
    """
    if tensor.shape[0] * channels * places.seen > FEW or places.groups > 1:
        return False
    return tensor.is_contiguous() or not tensor.movedim(1, -1).is_contiguous()


def can_fold(places: Places) -> bool:
    """Whether PyTorch's `fold` knows such places: on a line or a plane, and filling it."""
    return len(places.positions) < 3 and places.no_more_fit


def read(image: Tensor, matrices: Tensor, places: Places) -> Tensor:
    """`(N, channels, *image)` and `(P, taps · channels, filters)` to `(N, filters, *positions)`."""
    found = torch.bmm(_seen(image, places), matrices)
    n = len(places.positions)
    found = found.view(*places.positions, *found.shape[1:]).permute(n, n + 1, *range(n))
    return found.clone(memory_format=torch.contiguous_format)


def write(small: Tensor, matrices: Tensor, places: Places) -> Tensor:
    """`(N, filters, *positions)` and the same matrices, to `(N, channels, *image)`."""
    seen = torch.bmm(_there(small), matrices.transpose(1, 2))
    count, channels = len(small), matrices.shape[1] // places.taps
    columns = seen.view(places.count, count, places.taps, channels).permute(1, 3, 2, 0)
    columns = columns.reshape(count, channels * places.taps, places.count)
    line = (1,) * (2 - len(places.positions))  # it knows planes only
    # F.fold, without its own look at the arguments
    image = torch._C._nn.col2im(
        columns,
        line + places.padded,
        line + places.kernel_size,
        line + places.dilation,
        (0, 0),
        line + places.stride,
    )
    image = image.squeeze_(2) if line else image
    return image if places.padded == places.image else image[places.inside].clone()


def correlate(image: Tensor, small: Tensor, places: Places) -> Tensor:
    """`(N, channels, *image)` and `(N, filters, *positions)`, to the matrices."""
    return torch.bmm(_seen(image, places).transpose(1, 2), _there(small))


def _seen(image: Tensor, places: Places) -> Tensor:
    """`(P, N, taps · channels)`."""
    if places.padded != places.image:
        image = F.pad(image, places.edges)
    sizes, steps = places.all_windows(image.shape, image.stride())
    count, channels = image.shape[:2]
    return image.as_strided(sizes, steps).reshape(places.count, count, places.taps * channels)


def _there(small: Tensor) -> Tensor:
    """`(P, N, filters)`."""
    return small.flatten(2).permute(2, 0, 1).contiguous()
