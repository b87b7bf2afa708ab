"""Keras's layers that put the same numbers into another shape, and those that join inputs.

Each has Keras's own signature (a test holds it against the real class); none has parameters.
"""

from __future__ import annotations

from ...counting.joining import Concatenate as ConcatenateKind, Merge
from ...counting.shaping import (
    Flatten as FlattenKind,
    Input as InputKind,
    Permute as PermuteKind,
    RepeatVector as RepeatKind,
    Reshape as ReshapeKind,
)
from ..arguments import dimension_of, whole_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..recipe import Recipe
    from ..shape import Shape


def Input(
    shape: object = None,
    batch_size: object = None,
    dtype: object = None,
    sparse: object = None,
    ragged: object = None,
    batch_shape: object = None,
    name: object = None,
    tensor: object = None,
    optional: object = False,
) -> Recipe:
    return _input(locals())


def InputLayer(
    shape: object = None,
    batch_size: object = None,
    dtype: object = None,
    sparse: object = None,
    ragged: object = None,
    batch_shape: object = None,
    input_tensor: object = None,
    optional: object = False,
    name: object = None,
    **kwargs: object,
) -> Recipe:
    return _input(locals())


def Flatten(data_format: object = None, **kwargs: object) -> Recipe:
    return lambda shape: FlattenKind(_sizes(shape))


def Reshape(target_shape: object, **kwargs: object) -> Recipe:
    target = _numbers(target_shape, "target_shape", least=-1)
    return lambda shape: ReshapeKind(_sizes(shape), target)


def Permute(dims: object, **kwargs: object) -> Recipe:
    order = [axis - 1 for axis in _numbers(dims, "dims")]
    return lambda shape: PermuteKind(_sizes(shape), order)


def RepeatVector(n: object, **kwargs: object) -> Recipe:
    times = whole_of(locals(), "n")
    return lambda shape: RepeatKind(_sizes(shape), times)


def Add(**kwargs: object) -> Recipe:
    return lambda shape: Merge([shape.sizes] if shape else [])


Average = Maximum = Minimum = Multiply = Subtract = Add


def Concatenate(axis: object = -1, **kwargs: object) -> Recipe:
    place = dimension_of(locals(), "axis")
    return lambda shape: ConcatenateKind([shape.sizes] if shape else [], place)


def _input(given: Mapping[str, object]) -> Recipe:
    def build(shape: Shape | None) -> InputKind:
        if shape is None:
            raise ValueError("the shape of the input is missing; write it as in Input((28, 28, 1))")
        if given["shape"] not in (None, shape.sizes, *shape.sizes):
            raise ValueError(
                f"the line says shape={given['shape']}, and the input is {shape}; leave one out"
            )
        return InputKind(shape.sizes)

    return build


def _sizes(shape: Shape | None) -> tuple[int | None, ...] | None:
    return None if shape is None else shape.sizes


def _numbers(value: object, name: str, least: int = 1) -> tuple[int, ...]:
    values = value if isinstance(value, tuple) else (value,)
    return tuple(whole_of({name: each}, name, least) for each in values)
