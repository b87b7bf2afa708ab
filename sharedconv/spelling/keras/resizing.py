"""Keras's layers that make an image larger or smaller: padding, cropping, upsampling, resizing.

Each has Keras's own signature (a test holds it against the real class); none has parameters.
"""

from __future__ import annotations

from ...counting.resizing import Pad, Resize
from ..arguments import image_if_known, sizes_of, whole_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..recipe import Recipe


def ZeroPadding1D(padding: object = 1, data_format: object = None, **kwargs: object) -> Recipe:
    return _pad(1, locals(), "padding")


def ZeroPadding2D(padding: object = (1, 1), data_format: object = None, **kwargs: object) -> Recipe:
    return _pad(2, locals(), "padding")


def ZeroPadding3D(
    padding: object = ((1, 1), (1, 1), (1, 1)), data_format: object = None, **kwargs: object
) -> Recipe:
    return _pad(3, locals(), "padding")


def Cropping1D(cropping: object = (1, 1), **kwargs: object) -> Recipe:
    return _pad(1, locals(), "cropping")


def Cropping2D(
    cropping: object = ((0, 0), (0, 0)), data_format: object = None, **kwargs: object
) -> Recipe:
    return _pad(2, locals(), "cropping")


def Cropping3D(
    cropping: object = ((1, 1), (1, 1), (1, 1)), data_format: object = None, **kwargs: object
) -> Recipe:
    return _pad(3, locals(), "cropping")


def UpSampling1D(size: object = 2, **kwargs: object) -> Recipe:
    return _upsample(1, locals())


def UpSampling2D(
    size: object = (2, 2),
    data_format: object = None,
    interpolation: object = "nearest",
    **kwargs: object,
) -> Recipe:
    return _upsample(2, locals())


def UpSampling3D(size: object = (2, 2, 2), data_format: object = None, **kwargs: object) -> Recipe:
    return _upsample(3, locals())


def Resizing(
    height: object,
    width: object,
    interpolation: object = "bilinear",
    crop_to_aspect_ratio: object = False,
    pad_to_aspect_ratio: object = False,
    fill_mode: object = "constant",
    fill_value: object = 0.0,
    antialias: object = False,
    data_format: object = None,
    **kwargs: object,
) -> Recipe:
    return _to_size(locals())


def CenterCrop(
    height: object, width: object, data_format: object = None, **kwargs: object
) -> Recipe:
    return _to_size(locals())


def RandomCrop(
    height: object,
    width: object,
    seed: object = None,
    data_format: object = None,
    name: object = None,
    **kwargs: object,
) -> Recipe:
    return _to_size(locals())


def _pad(ndim: int, given: Mapping[str, object], name: str) -> Recipe:
    value = given[name]
    # along a single dimension Keras takes the two sides without brackets around them
    sides = (value,) if ndim == 1 else value
    if not isinstance(sides, tuple):
        sides = (sides,) * ndim
    if len(sides) != ndim:
        raise ValueError(
            f"{name} is {value!r}; give one number, or for each of the {ndim} dimensions a number "
            "or a pair of them"
        )
    pairs = [sizes_of({name: each}, name, 2, least=0) for each in sides]
    sign = -1 if name == "cropping" else 1
    before, after = ([sign * pair[side] for pair in pairs] for side in (0, 1))
    return lambda shape: Pad(before, after, **image_if_known(shape, ndim))


def _upsample(ndim: int, given: Mapping[str, object]) -> Recipe:
    # along a single dimension Keras takes a number only
    scale = (whole_of(given, "size"),) if ndim == 1 else sizes_of(given, "size", ndim)
    return lambda shape: Resize(scale=scale, **image_if_known(shape, ndim))


def _to_size(given: Mapping[str, object]) -> Recipe:
    size = (whole_of(given, "height"), whole_of(given, "width"))
    return lambda shape: Resize(size, **image_if_known(shape, 2))
