"""PyTorch's normalisations, with its own signatures (a test holds each against the real class)."""

from __future__ import annotations

from ...counting import norm
from ...counting.sizes import counted
from ..arguments import flag, same_channels, sizes_of, whole_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..recipe import Recipe
    from ..shape import Shape

# Most arguments of a constructor have no part in a count; the signature names them all the same.


def BatchNorm1d(
    num_features: object,
    eps: object = 1e-05,
    momentum: object = 0.1,
    affine: object = True,
    track_running_stats: object = True,
    device: object = None,
    dtype: object = None,
    *,
    bias: object = True,
) -> Recipe:
    return _batch_norm((1, 2), locals())


def BatchNorm2d(
    num_features: object,
    eps: object = 1e-05,
    momentum: object = 0.1,
    affine: object = True,
    track_running_stats: object = True,
    device: object = None,
    dtype: object = None,
    *,
    bias: object = True,
) -> Recipe:
    return _batch_norm((3,), locals())


def BatchNorm3d(
    num_features: object,
    eps: object = 1e-05,
    momentum: object = 0.1,
    affine: object = True,
    track_running_stats: object = True,
    device: object = None,
    dtype: object = None,
    *,
    bias: object = True,
) -> Recipe:
    return _batch_norm((4,), locals())


def SyncBatchNorm(
    num_features: object,
    eps: object = 1e-05,
    momentum: object = 0.1,
    affine: object = True,
    track_running_stats: object = True,
    process_group: object = None,
    device: object = None,
    dtype: object = None,
    *,
    bias: object = True,
) -> Recipe:
    return _batch_norm((), locals())


def InstanceNorm1d(
    num_features: object,
    eps: object = 1e-05,
    momentum: object = 0.1,
    affine: object = False,
    track_running_stats: object = False,
    device: object = None,
    dtype: object = None,
    *,
    bias: object = True,
) -> Recipe:
    return _instance_norm((2,), locals())


def InstanceNorm2d(
    num_features: object,
    eps: object = 1e-05,
    momentum: object = 0.1,
    affine: object = False,
    track_running_stats: object = False,
    device: object = None,
    dtype: object = None,
    *,
    bias: object = True,
) -> Recipe:
    return _instance_norm((3,), locals())


def InstanceNorm3d(
    num_features: object,
    eps: object = 1e-05,
    momentum: object = 0.1,
    affine: object = False,
    track_running_stats: object = False,
    device: object = None,
    dtype: object = None,
    *,
    bias: object = True,
) -> Recipe:
    return _instance_norm((4,), locals())


def GroupNorm(
    num_groups: object,
    num_channels: object,
    eps: object = 1e-05,
    affine: object = True,
    device: object = None,
    dtype: object = None,
    *,
    bias: object = True,
) -> Recipe:
    given = locals()
    groups, channels = whole_of(given, "num_groups"), whole_of(given, "num_channels")
    scale, shift = _affine(given)

    def build(shape: Shape | None) -> norm.GroupNorm:
        size, axis = _around(shape, "num_channels", channels)
        return norm.GroupNorm(groups, channels, scale, shift, size=size, axis=axis)

    return build


def LayerNorm(
    normalized_shape: object,
    eps: object = 1e-05,
    elementwise_affine: object = True,
    bias: object = True,
    device: object = None,
    dtype: object = None,
) -> Recipe:
    given = locals()
    sizes = _normalized(given)
    scale = flag(given, "elementwise_affine")
    shift = scale and flag(given, "bias")

    def build(shape: Shape | None) -> norm.LayerNorm:
        return norm.LayerNorm(sizes, scale, shift, shape=_ending_in(sizes, shape))

    return build


def RMSNorm(
    normalized_shape: object,
    eps: object = None,
    elementwise_affine: object = True,
    device: object = None,
    dtype: object = None,
) -> Recipe:
    given = locals()
    sizes = _normalized(given)
    scale = flag(given, "elementwise_affine")

    def build(shape: Shape | None) -> norm.RMSNorm:
        return norm.RMSNorm(sizes, scale, shape=_ending_in(sizes, shape))

    return build


def _batch_norm(ranks: tuple[int, ...], given: Mapping[str, object]) -> Recipe:
    channels = whole_of(given, "num_features")
    scale, shift = _affine(given)

    def build(shape: Shape | None) -> norm.BatchNorm:
        size, axis = _around(shape, "num_features", channels, ranks)
        return norm.BatchNorm(channels, scale, shift, size=size, axis=axis)

    return build


def _instance_norm(ranks: tuple[int, ...], given: Mapping[str, object]) -> Recipe:
    channels = whole_of(given, "num_features")
    scale, shift = _affine(given)

    def build(shape: Shape | None) -> norm.InstanceNorm:
        size, axis = _around(shape, "num_features", channels, ranks)
        return norm.InstanceNorm(channels, scale, shift, size=size, axis=axis)

    return build


def _affine(given: Mapping[str, object]) -> tuple[bool, bool]:
    scale = flag(given, "affine")
    return scale, scale and flag(given, "bias")


def _around(
    shape: Shape | None, name: str, channels: int, ranks: tuple[int, ...] = ()
) -> tuple[tuple[int | None, ...], int]:
    """The sizes besides the channels, and where among them the channels are."""
    if shape is None:
        return (), 0
    if ranks and len(shape.sizes) not in ranks:
        raise ValueError(
            f"the input is {shape}, which is {counted(len(shape.sizes), 'number')}; this layer "
            f"takes {' or '.join(map(str, ranks))} ({shape.order})"
        )
    same_channels(name, channels, shape, shape.channels)
    if shape.channels_last:
        return shape.sizes[:-1], len(shape.sizes) - 1
    return shape.sizes[1:], 0


def _normalized(given: Mapping[str, object]) -> tuple[int, ...]:
    value = given["normalized_shape"]
    return sizes_of(given, "normalized_shape", len(value) if isinstance(value, tuple) else 1)


def _ending_in(sizes: tuple[int, ...], shape: Shape | None) -> tuple[int | None, ...] | None:
    """The whole shape of the input, whose last dimensions are those that are normalised."""
    if shape is None:
        return None
    last = shape.sizes[-len(sizes) :]
    known = [size if found is None else found for found, size in zip(last, sizes, strict=False)]
    if tuple(known) != sizes:
        raise ValueError(
            f"the layer has normalized_shape={sizes[0] if len(sizes) == 1 else sizes}, and the "
            f"input {shape} doesn't end in that; the two have to be equal"
        )
    return shape.sizes
