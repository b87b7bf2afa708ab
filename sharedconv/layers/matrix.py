"""A convolution is a matrix in which few numbers stand in many places; here is the matrix."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass

import torch
from torch import Tensor

from .arguments import Size, sizes, whole_number
from .base import ConvLayer
from .unshared import UnsharedConvLayer

LIMIT = 100_000_000
"""Entries a matrix may hold unless told otherwise: about 2 GB with their places, in float32."""


@dataclass(frozen=True, eq=False)
class ConvMatrix:
    """What a layer without its bias does to one image, as a matrix.

    Attributes:
        matrix: sparse CSR of shape `(outputs, inputs)`, both counted channel by channel as
            `Tensor.flatten` does: `matrix @ x.flatten() == layer(x).flatten()` up to the bias.
        entries: int64 of shape `(stored entries,)`, in the order of `matrix.values()`: which
            element of `layer.kernel.flatten()` stands there. Places that read padding hold none.
    """

    matrix: Tensor
    entries: Tensor

    @property
    def distinct_entries(self) -> int:
        """How many different elements of the kernel stand in the matrix.

        It equals `layer.kernel.numel()` where each element meets the image somewhere: the kernel's
        parameters, counted without a formula.
        """
        return int(torch.bincount(self.entries).count_nonzero())


def conv_matrix(layer: ConvLayer, input_size: Size, limit: int = LIMIT) -> ConvMatrix:
    """The matrix of `layer` for one image of `input_size` pixels, channels not counted.

    Args:
        layer: a SharedConv or LocalConv, or a transposed one, with padding_mode 'zeros'. Its values
            are copied: the matrix does not follow later training.
        input_size: the image's size along each dimension.
        limit: the most entries the matrix may store.

    Raises TypeError for another layer; ValueError for other padding modes, where several elements
    of the kernel add up in one place, for an `input_size` that doesn't fit, and over the limit.
    """
    if not isinstance(layer, ConvLayer):
        raise TypeError(
            f"conv_matrix takes a layer of sharedconv.layers, not a {type(layer).__name__}; "
            "from_torch turns torch.nn's convolutions into one."
        )
    whole_number("limit", limit, least=1)
    if layer.kernel.is_meta:
        raise ValueError(
            "conv_matrix needs the kernel's numbers, and on the device 'meta' there are none: "
            "make the layer on another device."
        )
    if layer.padding_mode != "zeros":
        raise ValueError(
            f"conv_matrix takes padding_mode='zeros' only, not {layer.padding_mode!r}, with which "
            "several elements of the kernel add up in one place: pad the image by itself first."
        )
    given = sizes("input_size", input_size, layer.ndim, least=1)
    if isinstance(layer, UnsharedConvLayer) and (known := layer._known_size()) != given:
        raise ValueError(
            f"{type(layer).__name__} has one kernel per position of an input of {known}, "
            f"not of {given}."
        )
    produced = layer.output_positions(given)
    # A transposed convolution writes where the convolution reads, so it is that one's matrix
    # with rows and columns exchanged.
    positions, image = (given, produced) if layer.transposed else (produced, given)
    reads = [_reads(layer, n, positions[n], image[n]) for n in range(layer.ndim)]
    filters, channels = layer.kernel.shape[-layer.ndim - 2 : -layer.ndim]
    stored = filters * channels * math.prod(int((source >= 0).sum()) for source in reads)
    if stored > limit:
        raise ValueError(
            f"the matrix would store {stored:,} entries, over the limit of {limit:,}: "
            "it takes a smaller image, or a higher limit."
        )
    per_row, columns, entries = _cells(layer, reads, image)
    shape = (filters * math.prod(positions), layer.groups * channels * math.prod(image))
    if layer.transposed:
        rows = torch.repeat_interleave(per_row)
        order = torch.argsort(columns, stable=True)
        per_row, columns = torch.bincount(columns, minlength=shape[1]), rows[order]
        entries, shape = entries[order], (shape[1], shape[0])
    starts = torch.cat([per_row.new_zeros(1), per_row.cumsum(0)])
    values = layer.kernel.detach().flatten()[entries]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Sparse CSR tensor support is in beta")
        matrix = torch.sparse_csr_tensor(
            starts, columns, values, shape, device=values.device, check_invariants=False
        )
    return ConvMatrix(matrix, entries)


def _reads(layer: ConvLayer, dim: int, positions: int, size: int) -> Tensor:
    """Along one dimension, the pixel that each tap meets at each position; negative outside it."""
    device, (before, _) = layer.kernel.device, layer.edges[dim]
    position = torch.arange(positions, device=device)[:, None] * layer.stride[dim] - before
    tap = torch.arange(layer.kernel_size[dim], device=device) * layer.dilation[dim]
    pixel = position + tap
    return torch.where(pixel < size, pixel, -1)


def _cells(
    layer: ConvLayer, reads: list[Tensor], image: tuple[int, ...]
) -> tuple[Tensor, Tensor, Tensor]:
    """The cells of the convolution's matrix, row by row: how many, their columns, their entries."""
    pixel = reads[0].new_zeros(1, 1)  # (positions, taps), grown by a dimension of the image a time
    for source, size in zip(reads, image, strict=True):
        both = pixel[:, None, :, None] * size + source[None, :, None, :]
        inside = (pixel[:, None, :, None] >= 0) & (source[None, :, None, :] >= 0)
        pixel = torch.where(inside, both, -1).flatten(2, 3).flatten(0, 1)
    positions, taps = pixel.shape
    filters, channels = layer.kernel.shape[-layer.ndim - 2 : -layer.ndim]

    def up_to(n: int) -> Tensor:
        return torch.arange(n, device=pixel.device)

    position, channel, tap = up_to(positions)[:, None, None], up_to(channels)[:, None], up_to(taps)
    per_position = 0 if layer.shares_kernel else filters * channels * taps
    inside = (pixel >= 0)[:, None, :].expand(positions, channels, taps)
    # One filter's cells; those of the next are the same, further down its group and the kernel.
    columns = (channel * math.prod(image) + pixel[:, None, :])[inside]
    entries = (position * per_position + channel * taps + tap)[inside]
    group = up_to(filters) // (filters // layer.groups)
    columns = columns + (group * channels * math.prod(image))[:, None]
    entries = entries + (up_to(filters) * channels * taps)[:, None]
    per_row = (pixel >= 0).sum(1) * channels
    return per_row.repeat(filters), columns.flatten(), entries.flatten()
