"""The fifth witness, which needs no formula: the different numbers in a convolution's matrix.

A convolution is a matrix, mostly of zeros, in which the same few numbers stand over and over.
How many different kernel entries stand in it is how many weights the kernel has.
"""

from __future__ import annotations

from collections.abc import Mapping

from torch import nn

from ..counting import Conv
from ..layers import conv_matrix, from_torch
from ..layers.base import ConvLayer
from .rule import kind_of
from .testimony import Testimony

MOST_ENTRIES = 20_000_000
"""A larger matrix would take seconds and gigabytes, so it isn't built."""


def by_matrix(inputs: Mapping[nn.Module, tuple[int, ...]]) -> Testimony | None:
    """Look into the matrices of all convolutions among these modules.

    inputs: module -> the shape of its input without the batch, channels first ``(C_in, H, W)``.

    None where there is no convolution among them.
    """
    found, looked_into = 0, 0
    for module, shape in inputs.items():
        if not isinstance(kind_of(module), Conv):
            continue
        layer = module if isinstance(module, ConvLayer) else from_torch(module)
        try:
            found += conv_matrix(layer, shape[1:], limit=MOST_ENTRIES).distinct_entries
        except ValueError as reason:
            return Testimony("matrix", None, f"not built: {reason}", kernels_only=True)
        looked_into += 1
    if not looked_into:
        return None
    return Testimony(
        "matrix",
        found,
        "different weights found in the convolution's matrix, where no bias is",
        kernels_only=True,
    )
