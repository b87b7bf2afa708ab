"""What each way to connect a layer costs, against the size of the image."""

from __future__ import annotations

from ..counting import Conv
from ..counting.count import number
from ..counting.sizes import times
from .style import GREY, INK, MARKERS, SMALL, TEXT, WAYS, WAYS_IN_WORDS, blank
from .wiring import conv_of, ways_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .figure import Picture

LARGEST = 512


def sizes(layer: Any, input_size: int | tuple[int, ...] | None = None) -> Picture:
    """Parameters of a layer shared, unshared and dense, against the size of the image.

    Both axes are logarithmic: each step is a factor. Nothing is built; the rules count.

    layer, input_size: as in `conv_of`; this size is marked.
    """
    conv = conv_of(layer, input_size)
    marked = max(size or 1 for size in conv.input_size)
    along = _images(conv, marked)
    counts = {way: [ways_of(_on(conv, size))[way].count().total for size in along] for way in WAYS}
    at = {way: kind.count() for way, kind in ways_of(_on(conv, marked)).items()}
    picture = blank(
        "Only a shared kernel does not grow with the image",
        f"Parameters of a convolution with a kernel of {times(conv.kernel_size)} against the size "
        f"of the image, from {along[0]} to {along[-1]} pixels a side. "
        + " ".join(
            f"{way.capitalize()}: {number(counts[way][0])} to {number(counts[way][-1])}, and at "
            f"{marked} {at[way].formula()}."
            for way in WAYS
        ),
    )
    from matplotlib.ticker import LogLocator  # behind `blank`, which says where it is missing

    panel = picture.subplots()
    for way, drawn in WAYS.items():
        panel.plot(
            along,
            counts[way],
            color=drawn.color,
            linestyle=drawn.line,
            linewidth=2.6,
            marker=MARKERS[way],
            markersize=9,
            label=way,
        )
        panel.annotate(
            f"{way}\n{WAYS_IN_WORDS[way]}",
            (along[-1], counts[way][-1]),
            xytext=(14, 0),
            textcoords="offset points",
            va="center",
            fontsize=TEXT,
            color=INK,
        )
        panel.annotate(
            number(at[way].total),
            (marked, at[way].total),
            xytext=(0, 10),
            textcoords="offset points",
            ha="right",
            fontsize=SMALL,
            color=INK,
        )
    panel.axvline(marked, color=GREY, linewidth=1, linestyle=":", zorder=0)
    panel.set_xscale("log", base=2)
    panel.set_yscale("log")
    panel.set_xticks(along, [str(size) for size in along], minor=False)
    panel.yaxis.set_major_locator(LogLocator(10, numticks=20))
    panel.set_ylim(min(counts["shared"]) / 3)
    panel.set_xlim(along[0] * 0.9, along[-1] * 1.08)
    panel.set_xlabel(f"pixels a side ({times(conv.kernel_size)} kernel)", fontsize=TEXT)
    panel.set_ylabel("parameters (each line is ten times more)", fontsize=TEXT)
    panel.tick_params(labelsize=SMALL)
    panel.minorticks_off()
    panel.grid(axis="y", color="0.9")
    panel.spines[["top", "right"]].set_visible(False)
    return picture


def _images(conv: Conv, marked: int) -> list[int]:
    """Powers of 2 into which the kernel fits, and the layer's own size among them."""
    fitting = []
    for size in sorted({marked, *(2**power for power in range(2, LARGEST.bit_length()))}):
        try:
            _on(conv, size)
        except ValueError:
            continue
        if size == marked or not 0.75 < size / marked < 1.34:
            fitting.append(size)
    return fitting


def _on(conv: Conv, size: int) -> Conv:
    return conv.replace(input_size=(size,) * conv.ndim)
