"""The kernel on its way over the image: stages side by side, or moving."""

from __future__ import annotations

from itertools import product
from math import prod

from ..counting import Conv
from ..counting.count import number
from ..counting.sizes import counted, times
from .style import GREY, INK, PALE, PAPER, SMALL, blank, fill, ink_on, letter, small
from .wiring import biases_of, conv_of, named, parts, pixels

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from matplotlib.axes import Axes

    from .figure import Moving, Picture

MOST_CELLS, MOST_OWN_CELLS = 10, 7
"""So many pixels, with padding, can be drawn along each dimension; fewer in two dimensions where
each position has weights of its own, whose names are longer."""
STAGES = 4
MILLISECONDS = 1000
"""How long the animation stays at each position."""
GAP = 1.6
"""Between what goes in and what comes out, in pixels."""

Cell = tuple[int, int]
Place = tuple[float, float]


def sliding(layer: Any, input_size: int | tuple[int, ...] | None = None) -> Picture:
    """The kernel at a few of its positions, side by side, with padding, stride and dilation.

    Of several channels and filters the first is drawn. A transposed layer's kernel is on the
    output, where it writes. layer, input_size: as in `conv_of`.

    Raises ValueError, in one sentence, for an image too large, or of three dimensions.
    """
    conv = _drawable(layer, input_size)
    picture = blank(_title(conv), _in_words(conv))
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

    Its figure is a `Picture`. `save` writes it as a GIF or MP4; in a notebook,
    ``HTML(moving(...).to_jshtml())`` shows it. Raises as `sliding` does.
    """
    conv = _drawable(layer, input_size)
    picture = blank(_title(conv), _in_words(conv))
    from .figure import Moving

    panel = picture.subplots()
    picture.supxlabel(_caption(conv), fontsize=SMALL, color=INK)

    def show(position: int) -> list[Any]:
        panel.clear()
        _stage(panel, conv, position)
        return []

    return Moving(picture, show, _positions(conv), MILLISECONDS)


def _drawable(layer: Any, input_size: int | tuple[int, ...] | None) -> Conv:
    conv = conv_of(layer, input_size, transposed_too=True)
    if conv.ndim > 2:
        raise ValueError(
            f"the kernel has {conv.ndim} dimensions, and a sheet of paper has two; give a layer "
            "with one or two, such as Conv2D(1, 3)"
        )
    own = conv.ndim == 2 and not conv.shares_kernel
    most = MOST_OWN_CELLS if own else MOST_CELLS
    sizes = zip(_image(conv), conv.kernel_size, conv.dilation, conv.stride, strict=True)
    # before each pixel is looked at: an image may be huge
    if any(max(size, d * (k - 1), s) > 10 * MOST_CELLS for size, k, d, s in sizes):
        around = list(_image(conv))
    else:
        around = [len(each) for each in _extent(conv)][-conv.ndim :]
    if max(*around, *(size or 0 for size in (*conv.output_size(), *conv.input_size))) > most:
        whole = "output" if conv.transposed else "image"
        with_ = "what is cut off" if conv.transposed else "its padding"
        raise ValueError(
            f"the {whole} is {times(around)} pixels with {with_}, and "
            f"{times((most,) * conv.ndim)} {'of an unshared layer ' if own else ''}can be drawn; "
            f"a smaller input works, such as {'3x3x1' if conv.transposed else '5x5x1'}"
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
    """The size of what the kernel lies on: the input, or where it writes, the output."""
    return tuple(size or 0 for size in (conv.output_size() if conv.transposed else conv.input_size))


def _positions(conv: Conv) -> int:
    return prod(size or 0 for size in (conv.input_size if conv.transposed else conv.output_size()))


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
    # what goes in stands above what comes out, and the kernel on one of the two
    heights = (len(met[0]), len(extent[0])) if conv.transposed else (len(extent[0]), len(met[0]))
    below = heights[0] + GAP
    top, other_top = (below, 0.0) if conv.transposed else (0.0, below)
    for cell in product(*extent):
        inside = all(0 <= at < size for at, size in zip(cell, image, strict=True))
        down, across = _shifted(cell, extent, wide)
        place = (down + top, across)
        if cell in taps:
            _weight(panel, place, inside, conv, position, taps.index(cell))
        else:
            _square(panel, place, PAPER, *((INK, "-") if inside else (GREY, ":")))
            if not inside and not conv.transposed:
                _write(panel, place, "0", GREY)
    for at, cell in enumerate(product(range(len(met[0])), range(len(met[1])))):
        left = (wide - len(met[1])) / 2
        face = INK if at == position else PALE if at < position else PAPER
        name = f"{'input' if conv.transposed else 'output'} {at}"
        _square(panel, (cell[0] + other_top, cell[1] + left), face, INK, "-", gid=name)
    middle = (wide - 1) / 2
    panel.set_title(
        f"position {position + 1} of {number(_positions(conv))}", fontsize=SMALL, color=INK
    )
    panel.annotate(
        "",
        (middle, below - 0.6),
        xytext=(middle, below - GAP + 0.6 - 0.4),
        arrowprops={"arrowstyle": "-|>", "color": GREY, "linewidth": 1.6},
    )
    if conv.bias:
        if conv.transposed:
            _bias(panel, (sum(heights) + GAP, middle), conv, position)
        else:
            _bias(panel, (below - 0.5 - GAP / 2, middle + 0.3), conv, position)
    panel.set_xlim(-0.6, wide - 0.4)
    panel.set_ylim(sum(heights) + GAP + (0.6 if conv.transposed and conv.bias else -0.4), -0.6)
    panel.set_aspect("equal")
    panel.set_axis_off()


def _shifted(cell: Cell, extent: tuple[range, range], wide: int) -> Place:
    return cell[0] - extent[0][0], cell[1] - extent[1][0] + (wide - len(extent[1])) / 2


def _weight(
    panel: Axes, place: Place, inside: bool, conv: Conv, position: int, weight: int
) -> None:
    taps, name = prod(conv.kernel_size), letter(weight)
    number_, numbers = weight, taps
    if not conv.shares_kernel:
        number_, numbers = position * taps + weight, _positions(conv) * taps
        name += small(position)
    color = fill(number_, numbers)
    _square(panel, place, color, INK, "-" if inside else ":", gid=f"weight {number_}")
    _write(panel, place, name, ink_on(color), "bold" if conv.shares_kernel else "normal")


def _bias(panel: Axes, place: Place, conv: Conv, position: int) -> None:
    """Beside the arrow, or where the kernel writes, behind all that is written; black, as no
    weight is."""
    words, bias = "+ bias", 0
    if conv.transposed:
        words = f"at the end + bias{'es' if _own_biases(conv) else ''}"
    elif _own_biases(conv):
        words, bias = words + small(position), position
    panel.text(
        *place[::-1],
        words,
        fontsize=SMALL,
        color=PAPER,
        ha="center" if conv.transposed else "left",
        va="center",
        gid=f"bias {bias}",
        bbox={"facecolor": INK, "edgecolor": "none", "pad": 2},
    )


def _own_biases(conv: Conv) -> bool:
    return not conv.shares_kernel and conv.bias is True


def _write(panel: Axes, place: Place, words: str, color: str, weight: str = "normal") -> None:
    panel.text(
        *place[::-1],
        words,
        fontsize=SMALL,
        fontweight=weight,
        color=color,
        ha="center",
        va="center",
    )


def _square(
    panel: Axes,
    place: Place,
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


def _title(conv: Conv) -> str:
    writes = "The kernel writes into the output: " if conv.transposed else ""
    which = "the same weights at" if conv.shares_kernel else "other weights at"
    return f"{writes}{which if writes else which.capitalize()} every position"


def _caption(conv: Conv) -> str:
    several = [
        counted(many, thing)
        for many, thing in ((conv.in_channels, "channel"), (conv.filters, "filter"))
        if many > 1
    ]
    lines = [_weights_in_words(conv), ""]
    if several:
        first = f"drawn: the first of {' and of '.join(several)}"
        lines.append(f"{first}; the whole layer has {parts(conv.count())}")
    elif not conv.shares_kernel:
        lines[1] = f"in all {parts(conv.count())}"
    if conv.transposed:
        lines.append("numbers written into the same square are added")
        if conv.bias:
            bias = "a bias of its own" if _own_biases(conv) else "the bias"
            lines[-1] += f"; at the end each square gets {bias}"
    steps = [
        f"{name} {times(sizes)}"
        for name, sizes in (("stride", conv.stride), ("dilation", conv.dilation))
        if any(size > 1 for size in sizes)
    ]
    if any(
        len(each) > size
        for each, size in zip(_extent(conv)[-conv.ndim :], _image(conv), strict=True)
    ):
        cut = "cut off by the padding" if conv.transposed else "padding, where everything is 0"
        steps.append(f"dotted: {cut}")
    lines[1] = "; ".join([*filter(None, [lines[1]]), *steps])
    return "\n".join(filter(None, lines))


def _weights_in_words(conv: Conv) -> str:
    """What is drawn: of one channel and one filter."""
    places, taps = _positions(conv), prod(conv.kernel_size)
    last = "" if conv.shares_kernel else small(places - 1)
    names = letter(0) + last + (f" to {letter(taps - 1)}{last}" if taps > 1 else "")
    if conv.shares_kernel:
        words = f"{counted(taps, 'weight')}, {names}"
        if conv.bias:
            words += f", + {biases_of(1)}"
            if conv.in_channels == conv.filters == 1:
                words += f" = {conv.count().total} parameters"
        return f"{words}, the same at {'all ' * (places > 1)}{counted(places, 'position')}"
    words = f"at each of {counted(places, 'position')}: {counted(taps, 'weight')} of its own"
    words += f" (at the last {names})"
    if conv.bias and not _own_biases(conv):
        return f"{words} and everywhere the same bias"
    return words + (" and a bias of its own" if conv.bias and not conv.transposed else "")


def _in_words(conv: Conv) -> str:
    places = number(_positions(conv))
    same = "the same weights" if conv.shares_kernel else "weights of its own"
    used = "are used" if conv.shares_kernel else "are used, and nowhere else"
    size = f"{times(conv.output_size())} in all"
    if conv.transposed:
        said = (
            f"A transposed convolution with {named(conv)}. At each of the {places} positions of "
            f"the input {same} {used}: the kernel, times the number there, is added to the output, "
            f"{size}."
        )
        bias = " To each number of the output {} is added at the end."
    else:
        said = (
            f"A convolution with {named(conv)}, moves over the image. At each of its {places} "
            f"positions {same} {used}, and each filter gives one number: {size}."
        )
        bias = " To each number {} is added."
    if conv.bias:
        said += bias.format("a bias of its own" if _own_biases(conv) else "the filter's bias")
    return f"{said} It has {conv.count().formula()} parameters."
