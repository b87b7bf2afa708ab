"""Keras's normalisations, with Keras's own signatures (a test holds them to it)."""

from __future__ import annotations

from ...counting import norm
from ..arguments import flag, needed, size_of, whole_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..recipe import Recipe
    from ..shape import Shape


def BatchNormalization(
    axis: object = -1,
    momentum: object = 0.99,
    epsilon: object = 0.001,
    center: object = True,
    scale: object = True,
    beta_initializer: object = "zeros",
    gamma_initializer: object = "ones",
    moving_mean_initializer: object = "zeros",
    moving_variance_initializer: object = "ones",
    beta_regularizer: object = None,
    gamma_regularizer: object = None,
    beta_constraint: object = None,
    gamma_constraint: object = None,
    renorm: object = False,
    renorm_clipping: object = None,
    renorm_momentum: object = 0.99,
    synchronized: object = False,
    **kwargs: object,
) -> Recipe:
    given = locals()
    scale, center = flag(given, "scale"), flag(given, "center")
    renorm = flag(given, "renorm")

    def build(shape: Shape | None) -> norm.BatchNorm:
        place, channels, others = _one_axis(given, shape)
        return norm.BatchNorm(
            channels, scale, center, statistics=True, renorm=renorm, size=others, axis=place
        )

    return build


def GroupNormalization(
    groups: object = 32,
    axis: object = -1,
    epsilon: object = 0.001,
    center: object = True,
    scale: object = True,
    beta_initializer: object = "zeros",
    gamma_initializer: object = "ones",
    beta_regularizer: object = None,
    gamma_regularizer: object = None,
    beta_constraint: object = None,
    gamma_constraint: object = None,
    **kwargs: object,
) -> Recipe:
    given = locals()
    scale, center = flag(given, "scale"), flag(given, "center")
    # -1 is Keras's word for a group for each channel
    number = None if groups == -1 else whole_of(given, "groups")

    def build(shape: Shape | None) -> norm.GroupNorm:
        place, channels, others = _one_axis(given, shape)
        return norm.GroupNorm(number or channels, channels, scale, center, size=others, axis=place)

    return build


def LayerNormalization(
    axis: object = -1,
    epsilon: object = 0.001,
    center: object = True,
    scale: object = True,
    beta_initializer: object = "zeros",
    gamma_initializer: object = "ones",
    beta_regularizer: object = None,
    gamma_regularizer: object = None,
    beta_constraint: object = None,
    gamma_constraint: object = None,
    **kwargs: object,
) -> Recipe:
    given = locals()
    scale, center = flag(given, "scale"), flag(given, "center")

    def build(shape: Shape | None) -> norm.LayerNorm:
        sizes, whole_shape = _some_axes(given, shape)
        return norm.LayerNorm(sizes, scale, center, shape=whole_shape)

    return build


def RMSNormalization(axis: object = -1, epsilon: object = 1e-6, **kwargs: object) -> Recipe:
    given = locals()

    def build(shape: Shape | None) -> norm.RMSNorm:
        sizes, whole_shape = _some_axes(given, shape)
        return norm.RMSNorm(sizes, shape=whole_shape)

    return build


def UnitNormalization(axis: object = -1, **kwargs: object) -> Recipe:
    given = locals()

    def build(shape: Shape | None) -> norm.UnitNorm:
        sizes, whole_shape = _some_axes(given, shape)
        return norm.UnitNorm(sizes, shape=whole_shape)

    return build


def _one_axis(
    given: Mapping[str, object], shape: Shape | None
) -> tuple[int, int, tuple[int | None, ...]]:
    """Where the channels are, how many, and the sizes besides."""
    seen = needed(shape, "channels", "28x28x16")
    (place,) = _places(given, seen, several=False)
    others = (*seen.sizes[:place], *seen.sizes[place + 1 :])
    return place, size_of(seen, place), others


def _some_axes(
    given: Mapping[str, object], shape: Shape | None
) -> tuple[tuple[int, ...], tuple[int | None, ...]]:
    """The sizes that are normalised together, and the whole shape."""
    seen = needed(shape, "channels", "28x28x16")
    return tuple(size_of(seen, place) for place in _places(given, seen)), seen.sizes


def _places(given: Mapping[str, object], shape: Shape, several: bool = True) -> list[int]:
    """The axes as places in a shape without the batch, which Keras counts as axis 0."""
    axis, rank = given["axis"], len(shape.sizes) + 1
    places = []
    for each in axis if several and isinstance(axis, tuple) and axis else (axis,):
        if not isinstance(each, int) or isinstance(each, bool):
            raise ValueError(
                f"axis is {each!r}; write a whole number, such as -1 for the last axis"
            )
        if not -rank <= each < rank or each in (0, -rank):
            raise ValueError(
                f"axis is {each}; the input {shape} has the axes 1 to {rank - 1} (0 is the batch), "
                "and -1 is the last"
            )
        places.append(each % rank - 1)
    return sorted(places)
