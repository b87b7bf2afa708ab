"""PyTorch's layers that put the same numbers into another shape, with its own signatures.

PyTorch counts the batch as dimension 0; shapes here are without it.
"""

from __future__ import annotations

from ...counting.shaping import Flatten as FlattenKind, Reshape
from ..arguments import dimension_of, whole_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..recipe import Recipe


def Flatten(start_dim: object = 1, end_dim: object = -1) -> Recipe:
    start, end = dimension_of(locals(), "start_dim"), dimension_of(locals(), "end_dim")
    return lambda shape: FlattenKind(shape.sizes if shape else None, start, end)


def Unflatten(dim: object, unflattened_size: object) -> Recipe:
    axis = dimension_of(locals(), "dim")
    sizes = unflattened_size if isinstance(unflattened_size, tuple) else (unflattened_size,)
    target = [whole_of({"unflattened_size": each}, "unflattened_size", -1) for each in sizes]
    return lambda shape: Reshape(shape.sizes if shape else None, target, axis)
