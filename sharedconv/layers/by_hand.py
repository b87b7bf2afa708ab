"""The convolution computed by hand, slowly, in ways that each show something."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor

if TYPE_CHECKING:
    from .unshared import UnsharedConvLayer


def loop_over_taps(layer: UnsharedConvLayer, images: Tensor) -> Tensor:
    """Tap by tap: what this tap sees at each position, times the numbers it has there."""
    kernel, bias = layer.kernel_and_bias()
    places, groups, n = layer.places, layer.groups, layer.ndim
    if layer.padding_mode != "zeros":
        images = F.pad(images, layer.pad_amounts, layer.padding_mode)
    elif not layer.transposed:
        images = F.pad(images, places.edges)
    # (*size, groups, channels of a group, N)
    pixels = torch.unflatten(images.movedim((0, 1), (-1, -2)), -2, (groups, -1))
    # For each tap (*positions, groups, rows and columns of a group). By unbind, because the
    # gradient of a slice kernel[..., tap] would be as large as the kernel, at each tap anew.
    rows, columns = kernel.shape[n] // groups, kernel.shape[n + 1]
    taps = kernel.reshape(*layer.positions, groups, rows, columns, -1).unbind(-1)
    output: Tensor | None = None
    for tap, weights in zip(itertools.product(*map(range, layer.kernel_size)), taps, strict=True):
        there = places.under(tap, places.whole)[2:]
        if layer.transposed:
            part = weights.mT @ pixels
            if output is None:
                output = part.new_zeros(*places.padded, *part.shape[n:])
            output[there] += part
        else:
            part = weights @ pixels[there]
            output = part if output is None else output + part
    assert output is not None  # a kernel has a tap
    output = output.flatten(n, n + 1).movedim((-1, -2), (0, 1))
    output = output[places.inside] if layer.transposed else output
    if bias is None:
        return output
    spread = bias.reshape(bias.shape + (1,) * (n + 1 - bias.dim()))
    return output + spread.to(output.dtype)  # which autocast lowers, the bias not
