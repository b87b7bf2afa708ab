"""The layers that have a number of parameters: as a table, and as the object behind --json."""

from __future__ import annotations

from ..counting.count import number
from ..counting.dense import Dense
from ..counting.sizes import counted, times
from .write import write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..counting.inverse import Inverse, Layer

WIDTH = 88
HEADINGS = ("in Keras", "on", "in PyTorch", "parameters")


def found_text(found: Inverse, bold: str = "{}") -> str:
    """The layers as one would write them, each with its sum, and what was looked through.

    bold: how a heading is written, with {} for its text.
    """
    # imported only where something is printed, as everything here that takes a while to load
    from textwrap import fill

    heading, ranges = bold.format(_heading(found)), fill(found.ranges, WIDTH)
    if not found.layers:
        return f"{heading}\n\n{ranges}"
    rows = [HEADINGS]
    for layer in found.layers:
        rows.append(
            (write(layer, "keras"), _on(layer), write(layer, "torch"), layer.count().arithmetic())
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  " + "   ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    return "\n".join([heading, "", *lines, "", ranges])


def found_json(found: Inverse) -> dict[str, Any]:
    """The same as one object; its keys are a stable interface."""
    return {
        "total": found.total,
        "found": found.found,
        "layers": [
            {
                "kind": type(layer).__name__,
                "keras": write(layer, "keras"),
                "torch": write(layer, "torch"),
                "in_channels": _channels(layer),
                "input_size": list(_input_size(layer)),
                "output_shape": list(layer.output_shape()),
                "formula": layer.count().formula(),
            }
            for layer in found.layers
        ],
        "ranges": found.ranges,
    }


def _heading(found: Inverse) -> str:
    total = counted(found.total, "parameter")
    if not found.found:
        return f"None of the layers that were looked through has {total}."
    have = "layer has" if found.found == 1 else "layers have"
    heading = f"{number(found.found)} {have} {total}"
    if found.found == 1:
        return f"{heading}."
    if found.found == len(found.layers):
        return f"{heading}, the most usual first:"
    shown = f"{number(len(found.layers))} most" if len(found.layers) > 1 else "most"
    return f"{heading}. The {shown} usual (--limit {found.found} shows all):"


def _channels(layer: Layer) -> int:
    return layer.in_features if isinstance(layer, Dense) else layer.in_channels


def _input_size(layer: Layer) -> tuple[int | None, ...]:
    return () if isinstance(layer, Dense) else layer.input_size


def _on(layer: Layer) -> str:
    size, channels = _input_size(layer), _channels(layer)
    if any(size):
        return times((*size, channels))
    return counted(channels, "input" if isinstance(layer, Dense) else "channel")
