"""Inputs, outputs, and an arrow for each connection: the picture that the question had."""

from __future__ import annotations

from math import dist

from ..counting import Conv, Dense
from ..counting.count import number
from ..counting.sizes import counted
from .style import (
    BIAS_LOOKS,
    GREY,
    INK,
    LOOKS,
    PALE,
    PAPER,
    SMALL,
    WAYS_IN_WORDS,
    Look,
    bias_look,
    blank,
    head,
    letter,
    look,
    small,
)
from .wiring import (
    Wire,
    bias_of,
    biases_of,
    conv_of,
    is_padding,
    named,
    outputs,
    parts,
    ways_of,
    wires,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from matplotlib.axes import Axes

    from .figure import Picture

Point = tuple[float, float]

MOST_UNITS = 13
"""So many inputs or outputs find room in a column."""
RADIUS, CONSTANT = 0.3, 1.3
"""A unit's radius, and how far the constant 1 is below the last input; a row is 1."""


def arrows(
    layer: Any,
    input_size: int | tuple[int, ...] | None = None,
    ways: Sequence[str] = ("shared", "unshared", "dense"),
) -> Picture:
    """Input neurons, output neurons, and an arrow for each connection between them.

    Each weight has a colour, a kind of line and a letter of its own, so that one sees which arrows
    share it. The bias is an arrow from a constant 1. Beside it the same layer without sharing, and
    dense; one of these with more weights than can be told apart is left out, and it says so.

    layer, input_size: as in `conv_of`. ways: which of the three are drawn.

    Raises ValueError, in one sentence, for more than can be drawn.
    """
    conv = conv_of(layer, input_size)
    kinds = ways_of(conv)
    strange = [each for each in ways if each not in kinds]
    if strange or not ways:
        raise ValueError(f"ways is {list(ways)}; it takes some of {', '.join(kinds)}")
    _refuse_many(conv)
    left_out = {way: why for way in ways for why in [_too_many(kinds[way])] if why}
    chosen = {way: kinds[way] for way in ways if way not in left_out}
    if not chosen:
        way, why = next(iter(left_out.items()))
        raise ValueError(
            f"the {way} layer has {why}; a smaller input works, such as "
            '"Conv1D(1, 3)" on 7x1 or "Conv2D(1, 2)" on 3x3x1'
        )
    notes = [f"Not drawn is {way}: it has {why}." for way, why in left_out.items()]
    words = " ".join([_in_words(conv, chosen), *notes])
    picture = blank("How many different weights do the arrows have?", words)
    panels = picture.subplots(1, len(chosen), squeeze=False)[0]
    for panel, (way, kind) in zip(panels, chosen.items(), strict=True):
        _panel(panel, way, kind, conv)
    _legend(picture, conv if "shared" in chosen else None, notes)
    return picture


def _too_many(kind: Conv | Dense) -> str:
    """Why not all of its arrows would look different; empty where they do."""
    count = kind.count()
    weights, biases = count.role("kernel").total, count.role("bias").total
    if weights <= LOOKS and biases <= BIAS_LOOKS:
        return ""
    return (
        f"{counted(weights, 'weight')} and {biases_of(biases)}, and {LOOKS} and {BIAS_LOOKS} can "
        "be told apart as arrows"
    )


def _refuse_many(conv: Conv) -> None:
    # counted before it is laid out: an image may be huge
    at_least, out = conv.dense().in_features, outputs(conv)
    inputs = at_least if at_least > MOST_UNITS else len(_inputs(conv))
    if max(inputs, out) > MOST_UNITS:
        raise ValueError(
            f"there are {number(inputs)} inputs{' (with padding)' * (inputs != at_least)} and "
            f"{number(out)} outputs, and "
            f"{MOST_UNITS} of each can be drawn; a smaller input works, such as "
            '"Conv1D(1, 3)" on 7x1 or "Conv2D(1, 2)" on 3x3x1'
        )


def _inputs(conv: Conv) -> list[tuple[int, ...]]:
    """The column on the left: every pixel, and the padding that some arrow comes from."""
    return sorted({wire.source for kind in (conv, conv.dense()) for wire in wires(kind, conv)})


def _panel(panel: Axes, way: str, kind: Conv | Dense, conv: Conv) -> None:
    """In units of a row: inputs at the left, from 0 down, outputs at the right."""
    inputs, out = _inputs(conv), outputs(conv)
    rows = max(len(inputs) + (CONSTANT if conv.bias else 0), out)
    right, middle = 0.75 * rows, (len(inputs) - 1) / 2
    starts = {source: (0.0, -float(row)) for row, source in enumerate(inputs)}
    ends = [(right, (out - 1) / 2 - middle - row) for row in range(out)]
    highest, constant = max(0.0, ends[0][1]), (0.0, 1 - len(inputs) - CONSTANT)
    lowest = min(constant[1] if conv.bias else 1.0 - len(inputs), ends[-1][1])
    panel.set_xlim(-0.6, right + 0.6)
    panel.set_ylim(lowest - 0.5, highest + 1.0)
    panel.set_aspect("equal")
    panel.set_axis_off()
    head(panel, way, parts(kind.count()))
    for words, place in (("in", starts[inputs[0]]), ("out", ends[0])):
        panel.text(place[0], place[1] + 0.62, words, fontsize=SMALL, ha="center", color=GREY)
    for source, centre in starts.items():
        if is_padding(conv, source):
            _unit(panel, centre, PAPER, GREY, ":", "0")
        else:
            _unit(panel, centre, PAPER, INK)
    for centre in ends:
        _unit(panel, centre, PALE, INK)
    biases = {
        target: bias
        for target in range(out)
        for bias in [bias_of(kind, conv, target)]
        if bias is not None
    }
    room = _Room(panel, rows, [(constant, ends[target]) for target in biases])
    for wire in wires(kind, conv):
        start, end, drawn = starts[wire.source], ends[wire.target], look(wire.weight)
        _arrow(panel, start, end, drawn, f"weight {wire.weight}")
        if way != "dense":
            room.letter_on(start, end, _name(wire, conv, way))
    if conv.bias:
        _unit(panel, constant, INK, INK, words="1")
        for target, bias in biases.items():
            _arrow(panel, constant, ends[target], bias_look(bias), f"bias {bias}")


def _unit(
    panel: Axes, centre: Point, face: str, edge: str, line: str = "-", words: str = ""
) -> None:
    from matplotlib.patches import Circle

    panel.add_patch(
        Circle(centre, RADIUS, facecolor=face, edgecolor=edge, linestyle=line, lw=1.6, zorder=3)
    )
    if words:
        color = PAPER if face == INK else edge
        panel.text(*centre, words, fontsize=SMALL, ha="center", va="center", color=color, zorder=4)


def _arrow(panel: Axes, start: Point, end: Point, drawn: Look, name: str) -> None:
    from matplotlib.patches import FancyArrowPatch

    long = dist(start, end)
    along = [(to - since) / long * RADIUS * 1.12 for since, to in zip(start, end, strict=True)]
    panel.add_patch(
        FancyArrowPatch(
            (start[0] + along[0], start[1] + along[1]),
            (end[0] - along[0], end[1] - along[1]),
            arrowstyle="-|>,head_width=3,head_length=6",
            color=drawn.color,
            linestyle=drawn.line,
            linewidth=1.9,
            capstyle="butt",
            shrinkA=0,
            shrinkB=0,
            gid=name,
        )
    )


SPOTS = (0.66, 0.58, 0.74, 0.5, 0.42, 0.34, 0.26, 0.8, 0.86, 0.2, 0.14)
"""Where on an arrow its letter may stand, as a share of the way; the first that is free."""


class _Room:
    """Where letters stand on the arrows of a panel, so that none covers another, nor a bias's
    arrow, from which it couldn't be read."""

    def __init__(self, panel: Axes, rows: float, biases: list[tuple[Point, Point]]) -> None:
        self._panel = panel
        self._biases = biases
        self._taken: list[Point] = []
        # a letter's height in units of a row: a panel is about five inches high
        self._apart = 1.25 * SMALL / 72 / (5 / (rows + 1))

    def letter_on(self, start: Point, end: Point, letters: str) -> None:
        """Write it where there is room; the legend says it, too, where there is none."""
        wide = self._apart * (0.75 + 0.25 * len(letters))
        for share in SPOTS:
            x, y = (since + share * (to - since) for since, to in zip(start, end, strict=True))
            if all(
                abs(x - a) > wide or abs(y - b) > self._apart for a, b in self._taken
            ) and not any(self._crosses((x, y), wide, *bias) for bias in self._biases):
                self._taken.append((x, y))
                self._panel.text(
                    x,
                    y,
                    letters,
                    fontsize=SMALL,
                    color=INK,
                    ha="center",
                    va="center",
                    zorder=2,
                    bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 0.8},
                )
                return

    def _crosses(self, centre: Point, wide: float, start: Point, end: Point) -> bool:
        """Whether an arrow goes through what a letter covers: half its height to each side."""
        half = (wide / 2, self._apart / 2)
        steps = [share / 100 for share in range(101)]
        return any(
            all(
                abs(since + step * (to - since) - at) < most
                for since, to, at, most in zip(start, end, centre, half, strict=True)
            )
            for step in steps
        )


def _name(wire: Wire, conv: Conv, way: str) -> str:
    position, weight = divmod(wire.weight, conv.shared().count().role("kernel").total)
    return letter(weight) + (small(position) if way == "unshared" else "")


def _legend(picture: Picture, conv: Conv | None, notes: list[str]) -> None:
    from matplotlib.lines import Line2D

    keys, title = [], [*notes]
    if conv is not None:
        count = conv.shared().count()
        biases = count.role("bias").total
        one = "bias, from the constant 1"
        looks = [
            *((look(weight), letter(weight)) for weight in range(count.role("kernel").total)),
            *((bias_look(n), one if biases == 1 else f"bias {n + 1}") for n in range(biases)),
        ]
        keys = [
            Line2D([], [], color=drawn.color, linestyle=drawn.line, linewidth=2.4, label=words)
            for drawn, words in looks
        ]
        title.append("the weights of the shared kernel")
    legend = picture.legend(
        handles=keys,
        title="\n".join(title),
        title_fontsize=SMALL,
        loc="outside lower center",
        ncols=max(1, min(len(keys), 10)),
        fontsize=SMALL,
        frameon=False,
        handlelength=3.2,
    )
    legend.get_title().set_multialignment("center")


def _in_words(conv: Conv, kinds: dict[str, Conv | Dense]) -> str:
    drawn = sum(1 for _ in wires(conv, conv))
    said = [
        f"Arrows from inputs to outputs: a convolution with {named(conv)}, "
        f"{counted(conv.filters, 'filter')}. Its kernel makes {counted(drawn, 'connection')}"
    ]
    said[0] += f", and the constant 1 {number(outputs(conv))} more." if conv.bias else "."
    for way, kind in kinds.items():
        count = kind.count()
        said.append(f"{way.capitalize()}, {WAYS_IN_WORDS[way]}: {count.formula()} parameters.")
    return " ".join(said)
