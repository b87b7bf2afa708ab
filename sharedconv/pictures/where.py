"""Where a network's parameters are, as areas."""

from __future__ import annotations

from textwrap import fill
from typing import NamedTuple

from ..counting import Conv, Dense
from ..counting.count import number
from ..counting.lenet import MappedConv
from ..counting.separable import DepthwiseConv
from .style import INK, PAPER, SMALL, TEXT, blank, refusal
from .wiring import type_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from matplotlib.axes import Axes
    from matplotlib.legend import Legend
    from matplotlib.text import Text

    from .figure import Picture

SMALLEST = 0.015
"""Parts of one family with a smaller share of the parameters are drawn together: their names have
no room."""
FAMILIES = {
    "convolution": ("#8FC1E3", ""),
    "dense": ("#F2B48C", "/"),
    "other": ("#9FD9C5", "."),
}
"""Each family's colour, one of Okabe and Ito's made paler, and its hatching."""
GROUPS = {"convolution": "convolutions", "dense": "dense layers", "other": "other layers"}


class Part(NamedTuple):
    """A part of a network: its parameters, the family of most of them, and whether of all."""

    size: int
    family: str
    whole: bool


def areas(model: Any, name: str = "") -> Picture:
    """The parts of a network as areas, as large as they have parameters.

    model: any PyTorch model, on the device "meta", too. name: what it is called in the title.

    Raises TypeError for what is no PyTorch model, ValueError for one without parameters, or whose
    layers have no size before the first input.
    """
    parts = parts_of(model)
    total = sum(part.size for part in parts.values())
    name = name or type(model).__name__
    picture = blank(
        f"Where the {number(total)} parameters of {name} are",
        f"{name} has {number(total)} parameters. "
        + " ".join(
            f"{part} ({'' if whole else 'mostly '}{family}): {number(size)}, {_share(size, total)}."
            for part, (size, family, whole) in parts.items()
        ),
    )
    try:
        from squarify import squarify
    except ModuleNotFoundError as missing:
        raise refusal(missing) from None
    drawn = _together(parts, total)
    panel = picture.subplots()
    wide, high = 12.0, 5.9
    sizes = [part.size / total * wide * high for part in drawn.values()]
    boxes = squarify(sizes, 0, 0, wide, high)
    panel.set_xlim(0, wide)
    panel.set_ylim(high, 0)
    panel.set_axis_off()
    legend = _legend(picture, list(drawn.values()))
    for (part, (size, family, _)), box in zip(drawn.items(), boxes, strict=True):
        _area(panel, box, family, part, size)
    left_out: list[str] = []
    while True:
        picture.draw_without_rendering()  # so that it is known how large a text will be
        found = []
        for (part, (size, *_)), box in zip(drawn.items(), boxes, strict=True):
            amount, share = number(size), _share(size, total)
            lines = "\n".join(part.rsplit(" ", 1))
            texts = [f"{part}\n{amount}\n{share}", f"{lines}\n{amount}\n{share}"]
            # a part's amount is in the words, too, but not that of several together
            alone = [f"{part}\n{share}", part]
            texts += alone if part in parts else [f"{' '.join(part.split()[:2])}\n{amount}"]
            if not _fitting(panel, box, texts):
                found.append(f"{part} {amount} ({share})")
        if found == left_out:
            return picture
        # what is said of them takes room, which may be missing for another label
        left_out = found
        legend.set_title(fill(f"too small for a label: {', '.join(left_out)}", 110))
        for text in [*panel.texts]:
            text.remove()


def parts_of(model: Any) -> dict[str, Part]:
    """What stands directly in a network, by name.

    Largest first; parts without parameters are left out. Raises as `areas` does.
    """
    from ..witnesses import is_keras
    from ..witnesses.rows import rows_without_run

    if not hasattr(model, "forward") or is_keras(model):
        raise TypeError(
            f"areas takes a model of PyTorch, not {type_of(model)}; NETWORKS of "
            "sharedconv.networks has some"
        )
    found: dict[str, dict[str, int]] = {}
    for row in rows_without_run(model):
        if row.without_size:
            raise ValueError(
                f"{row.name} has no size before its first input; run the model once, and then "
                "draw it"
            )
        families = found.setdefault(row.name.partition(".")[0], {})
        family = (
            "convolution"
            if isinstance(row.kind, Conv | DepthwiseConv | MappedConv)
            else "dense"
            if isinstance(row.kind, Dense)
            else "other"
        )
        families[family] = families.get(family, 0) + row.parameters
    parts = {
        name: Part(sum(families.values()), family, families[family] == sum(families.values()))
        for name, families in found.items()
        for family in [max(families, key=lambda each: families[each])]
        if sum(families.values())
    }
    if not parts:
        raise ValueError(f"{type_of(model)} has no parameters, so there is no area to draw")
    return dict(sorted(parts.items(), key=lambda each: -each[1].size))


def _together(parts: dict[str, Part], total: int) -> dict[str, Part]:
    """The same with one part for the smallest ones of each family."""
    drawn = dict(parts)
    small: dict[str, list[str]] = {}
    for name, part in parts.items():
        if part.size < SMALLEST * total:
            small.setdefault(part.family, []).append(name)
    several = {family: names for family, names in small.items() if len(names) > 1}
    for family, names in several.items():
        gone = [drawn.pop(name) for name in names]
        # the first group has the largest parts, and blocks of several families may be among them
        group = "parts" if family == next(iter(several)) else GROUPS[family]
        drawn[f"{len(names)} smaller {group}"] = Part(
            sum(part.size for part in gone), family, all(part.whole for part in gone)
        )
    return dict(sorted(drawn.items(), key=lambda each: -each[1].size))


def _area(panel: Axes, box: dict[str, float], family: str, part: str, size: int) -> None:
    from matplotlib.patches import Rectangle

    color, hatch = FAMILIES[family]
    panel.add_patch(
        Rectangle(
            (box["x"], box["y"]),
            box["dx"],
            box["dy"],
            facecolor=color,
            edgecolor=PAPER,
            hatch=hatch,
            linewidth=2.5,
            gid=f"{part}: {size}",
        )
    )


def _fitting(panel: Axes, box: dict[str, float], texts: list[str]) -> bool:
    """Write the first of these texts that fits into a box, upright if need be; or none, and say
    so."""
    middle = (box["x"] + box["dx"] / 2, box["y"] + box["dy"] / 2)
    large = min(box["dx"], box["dy"]) > 2
    for rotation in (0, 90):
        for words in texts:
            text = panel.text(
                *middle,
                words,
                fontsize=TEXT if large else SMALL,
                color=INK,
                ha="center",
                va="center",
                rotation=rotation,
                linespacing=1.3,
                bbox={"facecolor": PAPER, "alpha": 0.75, "edgecolor": "none", "pad": 2},
            )
            if _fits(panel, text, box):
                return True
            text.remove()
    return False


def _fits(panel: Axes, text: Text, box: dict[str, float]) -> bool:
    extent = text.get_window_extent().transformed(panel.transData.inverted())
    return abs(extent.width) < box["dx"] - 0.08 and abs(extent.height) < box["dy"] - 0.08


def _legend(picture: Picture, parts: list[Part]) -> Legend:
    from matplotlib.patches import Patch

    keys = []
    for family, (color, hatch) in FAMILIES.items():
        whole = [part.whole for part in parts if part.family == family]
        if whole:
            label = family if all(whole) else f"{family}, or mostly so"
            keys.append(Patch(facecolor=color, hatch=hatch, edgecolor=PAPER, label=label))
    return picture.legend(
        handles=keys,
        loc="outside lower center",
        ncols=3,
        fontsize=SMALL,
        title_fontsize=SMALL,
        frameon=False,
    )


def _share(size: int, total: int) -> str:
    return f"{100 * size / total:.{1 if 1000 * size >= total else 3}f}%"
