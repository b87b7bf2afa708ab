"""Layers that make an image larger or smaller without learning: padding, cropping, upsampling.

Sources: the layers of the same names in ``torch.nn`` and ``keras.layers``.
"""

from __future__ import annotations

from math import floor

from .count import number
from .shaping import OnImage
from .sizes import axis_names, counted, per_dimension, whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from .kind import Sizes

LEAVES = {"reflect": 1, "circular": 0}
"""How much of the image has to be left where the padding is taken from the image itself."""
LARGEST_SCALE = 1_000_000
"""No image is ever made larger than that; with still larger ones, fractions lose their meaning."""


class Pad(OnImage):
    """More positions on each side of the image, or, with negative numbers, fewer.

    before, after: how many on the two sides, one number for each dimension.
    mode: what the new positions hold: "constant", "reflect", "replicate" or "circular".
    channels, ndim, input_size: as in `shaping.OnImage`.

    Raises ValueError or TypeError, in one sentence, where nothing is left of the image.
    """

    does = "This layer adds positions around the image, or cuts some away."

    before: tuple[int, ...]
    after: tuple[int, ...]
    mode: str

    def __init__(
        self,
        before: Sequence[int],
        after: Sequence[int],
        mode: str = "constant",
        *,
        channels: int | None = None,
        ndim: int,
        input_size: Sequence[int | None] | int | None = None,
    ) -> None:
        super().__init__(
            before=tuple(before),
            after=tuple(after),
            mode=mode,
            channels=channels,
            ndim=ndim,
            input_size=input_size,
        )
        self.output_shape()

    def output_shape(self) -> Sizes:
        """``(C, H, W)``, channels first; None where unknown."""
        return (self.channels, *(self._along(axis) for axis in range(self.ndim)))

    def _along(self, axis: int) -> int | None:
        size, before, after = self.input_size[axis], self.before[axis], self.after[axis]
        if size is None:
            return None
        name = axis_names(self.ndim)[axis]
        if self.mode in LEAVES and max(before, after) > size - LEAVES[self.mode]:
            raise ValueError(
                f"{number(max(before, after))} of {self.mode} padding can't be taken from an input "
                f"{name} of {number(size)}; use {number(size - LEAVES[self.mode])} at most"
            )
        cut = -min(before, 0) - min(after, 0)
        if cut > size or size + before + after < 1:
            raise ValueError(
                f"{number(cut)} can't be cut from an input {name} of {number(size)}, since nothing "
                "would be left; cut away less"
            )
        return size + before + after


class Resize(OnImage):
    """The image brought to another size, by repeating or blending what it has.

    size: the size asked for; a number for all dimensions, or one for each.
    scale: in place of a size, how many times larger; a fraction makes it smaller.
    channels, ndim, input_size: as in `shaping.OnImage`.

    Raises ValueError or TypeError, in one sentence, unless exactly one of the two is given.
    """

    does = "This layer makes the image larger or smaller, without learning how."

    size: tuple[int, ...] | None
    scale: tuple[float, ...] | None

    def __init__(
        self,
        size: int | Sequence[int] | None = None,
        scale: float | Sequence[float] | None = None,
        *,
        channels: int | None = None,
        ndim: int,
        input_size: Sequence[int | None] | int | None = None,
    ) -> None:
        if (size is None) == (scale is None):
            raise ValueError("give either the size asked for or the scale, not both and not none")
        super().__init__(
            size=None if size is None else per_dimension("size", size, ndim),
            scale=None if scale is None else _scale(scale, ndim),
            channels=channels,
            ndim=ndim,
            input_size=input_size,
        )
        self.output_shape()

    def output_shape(self) -> Sizes:
        """``(C, H, W)``, channels first; None where unknown."""
        if self.size is not None:
            return (self.channels, *self.size)
        pairs = zip(self.input_size, self.scale or (), strict=True)
        return (self.channels, *(_scaled(size, scale) for size, scale in pairs))


class PixelShuffle(OnImage):
    """Channels laid out as pixels: ``(C × factor², H, W)`` becomes ``(C, H × factor, W × factor)``.

    factor: how many times larger the image gets.
    back: the other way round, pixels to channels.
    channels, input_size: as in `shaping.OnImage`.

    Raises ValueError or TypeError, in one sentence, where the sizes can't be divided so.
    """

    does = "This layer lays channels out as pixels, or pixels as channels, and changes no number."

    factor: int
    back: bool

    def __init__(
        self,
        factor: int,
        back: bool = False,
        *,
        channels: int | None = None,
        ndim: int = 2,
        input_size: Sequence[int | None] | int | None = None,
    ) -> None:
        super().__init__(
            factor=whole("factor", factor),
            back=bool(back),
            channels=channels,
            ndim=ndim,
            input_size=input_size,
        )
        self.output_shape()

    def output_shape(self) -> Sizes:
        """``(C / factor², H × factor, W × factor)``, or back; None where unknown."""
        pixels = self.factor**2
        if not self.back:
            larger = (None if size is None else size * self.factor for size in self.input_size)
            return (_divided("channels", self.channels, pixels), *larger)
        names = axis_names(self.ndim)
        pairs = zip(names, self.input_size, strict=True)
        smaller = (_divided(f"input {name}", size, self.factor) for name, size in pairs)
        return (None if self.channels is None else self.channels * pixels, *smaller)


def _divided(name: str, size: int | None, by: int) -> int | None:
    if size is None:
        return None
    if size % by:
        raise ValueError(f"{name} is {number(size)}; it has to be a multiple of {number(by)} here")
    return size // by


def _scale(scale: Any, ndim: int) -> tuple[float, ...]:
    given = tuple(scale) if isinstance(scale, (tuple, list)) else (scale,) * ndim
    if len(given) != ndim:
        raise ValueError(
            f"the scale is {given}, {counted(len(given), 'number')} for "
            f"{counted(ndim, 'dimension')}; give one number for all, or {ndim} of them"
        )
    scales: list[float] = []
    for each in given:
        is_number = isinstance(each, (int, float)) and not isinstance(each, bool)
        if not (is_number and 0 < each <= LARGEST_SCALE):
            raise ValueError(
                f"the scale is {each!r}; it has to be a number above 0, {number(LARGEST_SCALE)} at "
                "most"
            )
        scales.append(each)
    return tuple(scales)


def _scaled(size: int | None, scale: float) -> int | None:
    if size is None:
        return None
    scaled = floor(size * scale)
    if scaled < 1:
        raise ValueError(f"{number(size)} times {scale} leaves nothing; use a larger scale")
    return scaled
