"""The kernel on its way over the image: stages side by side, or moving."""

from __future__ import annotations

from itertools import product
from math import prod

from ..counting import Conv
from ..counting.count import number
from ..counting.sizes import counted, times
from .style import GREY, INK, PALE, PAPER, SMALL, blank, fill, ink_on, letter
from .wiring import conv_of, named, pixels

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from matplotlib.axes import Axes

    from .figure import Moving, Picture

MOST_CELLS = 10
"""So many pixels, with padding, can be drawn along each dimension."""
STAGES = 4
MILLISECONDS = 1000
"""How long the animation stays at each position."""
GAP = 1.6
"""Between the image and what comes out, in pixels."""

Cell = tuple[int, int]


def sliding(layer: Any, input_size: int | tuple[int, ...] | None = None) -> Picture:
    """The kernel at a few of its positions, side by side, with padding, stride and dilation.

    Of several channels and filters the first is drawn. layer, input_size: as in `conv_of`.

    Raises ValueError, in one sentence, for an image too large, or of three dimensions.
    """
    conv = _drawable(layer, input_size)
    picture = blank("The same weights at every position", _in_words(conv))
    shown = _stages(conv)
    # a sound is one row of pixels, and two stages beside each other fill a sheet
    beside = len(shown) if conv.ndim == 2 else min(2, len(shown))
    grid = picture.add_gridspec(-(-len(shown) // beside), beside)
    for place, position in enumerate(shown):
        _stage(picture.add_subplot(grid[place]), conv, position)
    picture.supxlabel(_caption(conv), fontsize=SMALL, color=INK)
    return picture


def moving(layer: Any, input_size: int | tuple[int, ...] | None = None) -> Moving:
    """The same as an animation: the kernel at each of its positions in turn.

    Its figure is a `Picture`. `save` writes it as a GIF; in a notebook,
    ``HTML(moving(...).to_jshtml())`` shows it. Raises as `sliding` does.
    """
    conv = _drawable(layer, input_size)
    picture = blank("The same weights at every position", _in_words(conv))
    from .figure import Moving

    panel = picture.subplots()
    picture.supxlabel(_caption(conv), fontsize=SMALL, color=INK)

    def show(position: int) -> list[Any]:
        panel.clear()
        _stage(panel, conv, position)
        return []

    frames = prod(size or 1 for size in conv.output_size())
    return Moving(picture, show, frames, MILLISECONDS)


def _drawable(layer: Any, input_size: int | tuple[int, ...] | None) -> Conv:
    conv = conv_of(layer, input_size)
    if conv.ndim > 2:
        raise ValueError(
            f"the kernel has {conv.ndim} dimensions, and a sheet of paper has two; give a layer "
            "with one or two, such as Conv2D(1, 3)"
        )
    around = [len(each) for each in _extent(conv)]
    if max(*around, *(size or 0 for size in conv.output_size())) > MOST_CELLS:
        raise ValueError(
            f"the image is {times(around[-conv.ndim :])} pixels with its padding, and "
            f"{times((MOST_CELLS,) * conv.ndim)} can be drawn; a smaller input works, such as 5x5x1"
        )
    return conv


def _met(conv: Conv) -> tuple[list[list[int]], list[list[int]]]:
    """For each position, the pixels down and across; a sound is an image of one row."""
    across = pixels(conv, conv.ndim - 1)
    return (pixels(conv, 0) if conv.ndim == 2 else [[0]]), across


def _extent(conv: Conv) -> tuple[range, range]:
    """The rows and columns that are drawn: the image, and the padding that the kernel meets."""
    down, across = (
        range(min(0, *map(min, met)), max(size - 1, *map(max, met)) + 1)
        for met, size in zip(
            _met(conv), (*(() if conv.ndim == 2 else (1,)), *_image(conv)), strict=True
        )
    )
    return down, across


def _image(conv: Conv) -> tuple[int, ...]:
    return tuple(size or 0 for size in conv.input_size)


def _stages(conv: Conv) -> list[int]:
    """The first position, the next, the first of the second row, and the last."""
    down, across = map(len, _met(conv))
    last = down * across - 1
    chosen = {0, min(1, last), across if down > 1 else min(2, last), last}
    return sorted(chosen)[:STAGES]


def _stage(panel: Axes, conv: Conv, position: int) -> None:
    met, extent = _met(conv), _extent(conv)
    row, column = divmod(position, len(met[1]))
    image = (1, *_image(conv))[-2:]
    taps = list(product(met[0][row], met[1][column]))
    wide = max(len(extent[1]), len(met[1]))
    for cell in product(*extent):
        inside = all(0 <= at < size for at, size in zip(cell, image, strict=True))
        weight = taps.index(cell) if cell in taps else None
        _pixel(panel, _shifted(cell, extent, wide), inside, weight, len(taps))
    top = len(extent[0]) + GAP
    for place, cell in enumerate(product(range(len(met[0])), range(len(met[1])))):
        left = (wide - len(met[1])) / 2
        face = INK if place == position else PALE if place < position else PAPER
        _square(panel, (cell[0] + top, cell[1] + left), face, INK, "-", gid=f"output {place}")
    middle = (wide - 1) / 2
    places = len(met[0]) * len(met[1])
    panel.set_title(f"position {position + 1} of {places}", fontsize=SMALL, color=INK)
    panel.annotate(
        "",
        (middle, top - 0.6),
        xytext=(middle, top - GAP + 0.6 - 0.4),
        arrowprops={"arrowstyle": "-|>", "color": GREY, "linewidth": 1.6},
    )
    panel.set_xlim(-0.6, wide - 0.4)
    panel.set_ylim(top + len(met[0]) - 0.4, -0.6)
    panel.set_aspect("equal")
    panel.set_axis_off()


def _shifted(cell: Cell, extent: tuple[range, range], wide: int) -> tuple[float, float]:
    return cell[0] - extent[0][0], cell[1] - extent[1][0] + (wide - len(extent[1])) / 2


def _pixel(
    panel: Axes, place: tuple[float, float], inside: bool, weight: int | None, weights: int
) -> None:
    if weight is None:
        edge, line = (INK, "-") if inside else (GREY, ":")
        _square(panel, place, PAPER, edge, line)
        if not inside:
            panel.text(*place[::-1], "0", fontsize=SMALL, color=GREY, ha="center", va="center")
        return
    color = fill(weight, weights)
    _square(panel, place, color, INK, "-" if inside else ":", gid=f"weight {weight}")
    panel.text(
        *place[::-1],
        letter(weight),
        fontsize=SMALL,
        fontweight="bold",
        color=ink_on(color),
        ha="center",
        va="center",
    )


def _square(
    panel: Axes,
    place: tuple[float, float],
    face: str | tuple[float, float, float],
    edge: str,
    line: str,
    gid: str | None = None,
) -> None:
    from matplotlib.patches import Rectangle

    down, across = place
    corner = (across - 0.45, down - 0.45)
    panel.add_patch(
        Rectangle(corner, 0.9, 0.9, facecolor=face, edgecolor=edge, linestyle=line, gid=gid)
    )


def _caption(conv: Conv) -> str:
    weights = prod(conv.kernel_size)
    names = letter(0) if weights == 1 else f"{letter(0)} to {letter(weights - 1)}"
    words = (
        f"{counted(weights, 'weight')}, {names}, at "
        f"{counted(prod(size or 1 for size in conv.output_size()), 'position')}"
    )
    steps = [
        f"{name} {times(sizes)}"
        for name, sizes in (("stride", conv.stride), ("dilation", conv.dilation))
        if any(size > 1 for size in sizes)
    ]
    words = ", ".join([words, *steps])
    if any(
        len(each) > size
        for each, size in zip(_extent(conv)[-conv.ndim :], _image(conv), strict=True)
    ):
        words += "; dotted: padding, where everything is 0"
    if max(conv.in_channels, conv.filters) > 1:
        words += (
            f"\ndrawn: the first of {counted(conv.in_channels, 'channel')} and of "
            f"{counted(conv.filters, 'filter')}"
        )
    return words


def _in_words(conv: Conv) -> str:
    places = prod(size or 1 for size in conv.output_size())
    return (
        f"A convolution with {named(conv)}, moves over the image. At each of its "
        f"{number(places)} positions the same weights are used, and one number comes out: "
        f"{times(conv.output_size())} in all. It has {conv.count().formula()} parameters."
    )
