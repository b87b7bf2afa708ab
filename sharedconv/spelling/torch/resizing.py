"""PyTorch's layers that make an image larger or smaller: padding, upsampling, pixel shuffling.

Each has PyTorch's own signature (a test holds it against the real class); none has parameters.
"""

from __future__ import annotations

from ...counting.resizing import Pad, PixelShuffle as ShuffleKind, Resize
from ..arguments import image_if_known, whole_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from ..recipe import Recipe
    from ..shape import Shape

UPSAMPLED = {"linear": 1, "bilinear": 2, "bicubic": 2, "trilinear": 3}
"""Ways of upsampling that fix the number of dimensions."""


def _padded(ndim: int, mode: str) -> Callable[..., Recipe]:
    def Pad(padding: object) -> Recipe:
        return _pad(ndim, mode, padding)

    return Pad


def _constant(ndim: int) -> Callable[..., Recipe]:
    def ConstantPad(padding: object, value: object) -> Recipe:
        return _pad(ndim, "constant", padding)

    return ConstantPad


ZeroPad1d, ZeroPad2d, ZeroPad3d = (_padded(ndim, "constant") for ndim in (1, 2, 3))
ReflectionPad1d, ReflectionPad2d, ReflectionPad3d = (_padded(n, "reflect") for n in (1, 2, 3))
ReplicationPad1d, ReplicationPad2d, ReplicationPad3d = (_padded(n, "replicate") for n in (1, 2, 3))
CircularPad1d, CircularPad2d, CircularPad3d = (_padded(n, "circular") for n in (1, 2, 3))
ConstantPad1d, ConstantPad2d, ConstantPad3d = map(_constant, (1, 2, 3))


def Upsample(
    size: object = None,
    scale_factor: object = None,
    mode: object = "nearest",
    align_corners: object = None,
    recompute_scale_factor: object = None,
) -> Recipe:
    return _upsample(locals(), UPSAMPLED.get(str(mode)))


def UpsamplingNearest2d(size: object = None, scale_factor: object = None) -> Recipe:
    return _upsample(locals(), 2)


UpsamplingBilinear2d = UpsamplingNearest2d


def PixelShuffle(upscale_factor: object) -> Recipe:
    factor = whole_of(locals(), "upscale_factor")
    return lambda shape: ShuffleKind(factor, **image_if_known(shape, 2))


def PixelUnshuffle(downscale_factor: object) -> Recipe:
    factor = whole_of(locals(), "downscale_factor")
    return lambda shape: ShuffleKind(factor, back=True, **image_if_known(shape, 2))


def _pad(ndim: int, mode: str, padding: object) -> Recipe:
    given = padding if isinstance(padding, tuple) else (padding,) * (2 * ndim)
    sides = [each for each in given if isinstance(each, int) and not isinstance(each, bool)]
    if len(sides) < len(given):
        raise TypeError(f"padding is {padding!r}; it has to be whole numbers")
    if len(sides) != 2 * ndim:
        raise ValueError(
            f"padding is {padding!r}; give one number, or {2 * ndim} of them: the two sides of "
            "each dimension, the last dimension first"
        )
    # PyTorch begins with the last dimension: left, right, top, bottom, front, back
    before, after = sides[0::2][::-1], sides[1::2][::-1]
    return lambda shape: Pad(before, after, mode, **image_if_known(shape, ndim))


def _upsample(given: Mapping[str, Any], ndim: int | None) -> Recipe:
    size, scale = given["size"], given["scale_factor"]

    def build(shape: Shape | None) -> Resize:
        dimensions = ndim or _dimensions(shape, size, scale)
        return Resize(size, scale, **image_if_known(shape, dimensions))

    return build


def _dimensions(shape: Shape | None, *numbers: object) -> int:
    lengths = [len(each) for each in numbers if isinstance(each, tuple)]
    if shape is not None:
        lengths = [len(shape.sizes) - 1]
    # an image, where nothing says otherwise
    return lengths[0] if lengths else 2
