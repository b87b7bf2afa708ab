"""Keras's PReLU, with Keras's own signature (a test holds it against the real class)."""

from __future__ import annotations

from ...counting.activation import PReLU as PReLUKind
from ..arguments import needed, size_of, sizes_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..recipe import Recipe
    from ..shape import Shape


def PReLU(
    alpha_initializer: object = "Zeros",
    alpha_regularizer: object = None,
    alpha_constraint: object = None,
    shared_axes: object = None,
    **kwargs: object,
) -> Recipe:
    return _prelu(locals())


def _prelu(given: Mapping[str, object]) -> Recipe:
    axes = given["shared_axes"]
    number = len(axes) if isinstance(axes, tuple) else 1
    shared = () if axes is None else sizes_of(given, "shared_axes", number)

    def build(shape: Shape | None) -> PReLUKind:
        seen = needed(shape, "places along each axis", "28x28x3")
        for axis in shared:
            if axis > len(seen.sizes):
                raise ValueError(
                    f"shared_axes has {axis}, and the input {seen} has {len(seen.sizes)} axes, "
                    "which count from 1"
                )
        slopes = tuple(
            1 if place + 1 in shared else size_of(seen, place) for place in range(len(seen.sizes))
        )
        sizes = seen.sizes
        if seen.channels_last:
            slopes, sizes = (slopes[-1], *slopes[:-1]), (sizes[-1], *sizes[:-1])
        return PReLUKind(slopes, shape=sizes)

    return build
