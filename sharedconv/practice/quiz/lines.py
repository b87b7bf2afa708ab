"""Layers as a question shows them: in the spelling of one framework, on an input of some size."""

from __future__ import annotations

from ...counting.conv import Conv
from ...counting.count import Count
from ...counting.sizes import axis_names
from ...spelling.read import Spelled, read
from ...spelling.write import write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .draw import Draw

Size = tuple[int, ...]

FILTERS = (4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64)
CHANNELS = (2, 3, 4, 5, 6, 8, 10, 12, 16)
KERNELS = (2, 3, 4, 5, 7)
SIDES = (10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 64, 100)
LENGTHS = (20, 24, 28, 30, 40, 50, 64, 80, 100, 128, 200)


def image(draw: Draw) -> Size:
    """Height and width of an image, most often the same."""
    side = draw.one_of(SIDES)
    return (side, side) if draw.below(4) else (side, draw.one_of(SIDES))


def spelled(framework: str, keras: str, torch: str, channels: int, size: Size) -> Spelled:
    """The one of two lines that belongs to the framework, read on an input of this size.

    size: length, or height and width; () for a plain vector of `channels` numbers.
    """
    in_keras = framework == "keras"
    shape = (*size, channels) if in_keras else (channels, *size)
    return read(keras if in_keras else torch, shape)


def conv(
    framework: str, channels: int, filters: int, kernel: int, size: Size, **more: Any
) -> Spelled:
    """A convolution in as many dimensions as the size has; more: what else `Conv` takes."""
    kind = Conv(channels, filters, kernel, ndim=len(size), **more)
    text = write(kind, framework)
    return spelled(framework, text, text, channels, size)


def in_a_sequence(framework: str, keras: str, torch: str, features: int, steps: int) -> Spelled:
    """A line that reads a sequence of `steps` steps with `features` numbers each."""
    return read(keras if framework == "keras" else torch, (steps, features))


def comes_in(layer: Spelled) -> str:
    """``One input is 28×28×3 (height × width × channels).``"""
    ndim = len(layer.shape.sizes) - 1 if layer.shape else 0
    names = axis_names(ndim)
    order = (*names, "channels") if layer.channels_last else ("channels", *names)
    return f"One input is {layer.shape} ({' × '.join(order)})."


def conv_of(layer: Spelled) -> Conv:
    """The convolution behind a line that is one."""
    assert isinstance(layer.kind, Conv)
    return layer.kind


def together(*layers: Spelled) -> Count:
    """The count of several layers."""
    return sum((each.count() for each in layers), Count())
