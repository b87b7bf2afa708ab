"""The convolution as a matrix: few numbers in many places."""

from __future__ import annotations

from collections import Counter

from ..counting import Conv, Dense
from ..counting.count import number
from ..counting.sizes import counted
from .style import GREY, INK, PALE, PAPER, SMALL, blank, fill, head, ink_on, letter
from .wiring import conv_of, is_padding, named, outputs, sources, ways_of, wires

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from matplotlib.axes import Axes

    from .figure import Picture

MOST_CELLS = 40_000
"""More cells than this are too small to be seen."""
ROOM = (20, 30)
"""So many rows and columns of the shared matrix have cells large enough for letters."""
MOST_LINES = 80
"""With more rows or columns, lines between the cells would hide them."""


def matrix(layer: Any, input_size: int | tuple[int, ...] | None = None) -> Picture:
    """A convolution as a matrix: a row for each output, a column for each input.

    A weight that stands in several cells has a colour there, and a letter where there is room; one
    that stands in a single cell is grey, with a dot; 0 is white. Beside it are the matrices of the
    layer without sharing, and of a dense one.

    layer, input_size: as in `conv_of`.

    Raises ValueError, in one sentence, for a matrix with too many cells to be seen.
    """
    conv = conv_of(layer, input_size)
    rows, columns = outputs(conv), conv.dense().in_features
    if rows * columns > MOST_CELLS:
        raise ValueError(
            f"the matrix has {number(rows)} rows and {number(columns)} columns, and "
            f"{number(MOST_CELLS)} cells can be drawn; a smaller input works, such as 5x5x1"
        )
    kinds = ways_of(conv)
    entries = {way: _entries(kind, conv) for way, kind in kinds.items()}
    said = [
        f"A convolution with {named(conv)}, as a matrix of {counted(rows, 'row')}, one for each "
        f"output, and {counted(columns, 'column')}, one for each input; all other cells are 0."
    ]
    picture = blank("The layer as a matrix: a colour for each weight in more than one cell", "")
    grid = picture.add_gridspec(2, 2, width_ratios=(2, 1))
    places = (grid[:, 0], grid[0, 1], grid[1, 1])
    longest = len(letter(max(entries["shared"].values(), default=0)))
    has_room = rows <= ROOM[0] and columns * longest <= ROOM[1]
    for way, place in zip(kinds, places, strict=True):
        different = len(set(entries[way].values()))
        words = f"{counted(different, 'weight')} in {counted(len(entries[way]), 'cell')}"
        said.append(f"{way.capitalize()}: {words}.")
        panel = picture.add_subplot(place)
        _cells(panel, entries[way], (rows, columns), letters=way == "shared" and has_room)
        head(panel, way, words)
        if way == "shared":
            panel.set_ylabel("outputs", fontsize=SMALL, color=GREY)
            panel.set_xlabel("inputs", fontsize=SMALL, color=GREY)
    key = "grey: a weight that stands in this cell only; white: 0"
    if not has_room:
        key += "\ntoo small for letters: in each row the weights stand in the kernel's order"
    picture.supxlabel(key, fontsize=SMALL, color=INK)
    if conv.bias:
        said.append("The bias is not in the matrix; it is added afterwards.")
    picture.alternative = " ".join(said)
    return picture


def _entries(kind: Conv | Dense, conv: Conv) -> dict[tuple[int, int], int]:
    """Row and column of each cell that isn't 0 -> the weight in it."""
    columns = {source: column for column, source in enumerate(sources(conv))}
    return {
        (wire.target, columns[wire.source]): wire.weight
        for wire in wires(kind, conv)
        if not is_padding(conv, wire.source)
    }


def _cells(
    panel: Axes, entries: dict[tuple[int, int], int], shape: tuple[int, int], letters: bool
) -> None:
    import numpy as np
    from matplotlib.colors import to_rgb

    rows, columns = shape
    colors = np.ones((rows, columns, 3))
    times = Counter(entries.values())
    weights = max(entries.values(), default=0) + 1
    for cell, weight in entries.items():
        colors[cell] = fill(weight, weights) if times[weight] > 1 else to_rgb(PALE)
    panel.imshow(colors, interpolation="nearest")
    panel.set_xticks([])
    panel.set_yticks([])
    for side in panel.spines.values():
        side.set_color(INK)
    if max(rows, columns) > MOST_LINES:
        return
    panel.set_xticks([column - 0.5 for column in range(1, columns)], minor=True)
    panel.set_yticks([row - 0.5 for row in range(1, rows)], minor=True)
    panel.grid(which="minor", color=PAPER if letters else "#EEEEEE", linewidth=0.8)
    panel.tick_params(which="both", length=0)
    single = [cell for cell, weight in entries.items() if times[weight] == 1]
    if letters:
        for (row, column), weight in entries.items():
            panel.text(
                column,
                row,
                letter(weight),
                fontsize=SMALL,
                color=ink_on(tuple(colors[row, column])),
                ha="center",
                va="center",
            )
    elif single:
        down, across = zip(*single, strict=True)
        panel.scatter(across, down, s=3, color=INK, linewidths=0, gid="single")
