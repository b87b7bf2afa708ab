"""PyTorch's dense layers, with its own signatures (a test holds each against the real class)."""

from __future__ import annotations

from ...counting.dense import Bilinear as BilinearKind, Dense
from ..arguments import (
    LAZY,
    flag,
    needed,
    same_channels,
    same_features,
    size_of,
    whole_of,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..recipe import Recipe
    from ..shape import Shape


def Linear(
    in_features: object,
    out_features: object,
    bias: object = True,
    device: object = None,
    dtype: object = None,
) -> Recipe:
    return _dense(locals())


def LazyLinear(
    out_features: object, bias: object = True, device: object = None, dtype: object = None
) -> Recipe:
    return _lazy(locals())


def Bilinear(
    in1_features: object,
    in2_features: object,
    out_features: object,
    bias: object = True,
    device: object = None,
    dtype: object = None,
) -> Recipe:
    return _bilinear(locals())


def _dense(given: Mapping[str, object]) -> Recipe:
    in_features = whole_of(given, "in_features")
    out_features = whole_of(given, "out_features")
    bias = flag(given, "bias")

    def build(shape: Shape | None) -> Dense:
        if shape is None:
            return Dense(in_features, out_features, bias)
        *positions, features = shape.sizes
        same_channels("in_features", in_features, shape, features)
        return Dense(in_features, out_features, bias, positions=positions)

    return build


def _lazy(given: Mapping[str, object]) -> Recipe:
    out_features, bias = whole_of(given, "out_features"), flag(given, "bias")

    def build(shape: Shape | None) -> Dense:
        seen = needed(shape, "input features", "784", LAZY)
        return Dense(size_of(seen), out_features, bias, positions=seen.sizes[:-1])

    return build


def _bilinear(given: Mapping[str, object]) -> Recipe:
    first, second = whole_of(given, "in1_features"), whole_of(given, "in2_features")
    out_features, bias = whole_of(given, "out_features"), flag(given, "bias")

    def build(shape: Shape | None) -> BilinearKind:
        positions: tuple[int | None, ...] = ()
        if shape is not None:  # that of the first of the two inputs
            same_features("in1_features", first, shape)
            positions = shape.sizes[:-1]
        return BilinearKind(first, second, out_features, bias, positions=positions)

    return build
