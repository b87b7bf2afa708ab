"""Where a network's parameters are, as areas."""

from __future__ import annotations

from ..counting import Conv, Dense
from ..counting.count import number
from ..counting.lenet import MappedConv
from ..counting.separable import DepthwiseConv
from .style import INK, PAPER, SMALL, TEXT, blank, refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from matplotlib.axes import Axes
    from matplotlib.text import Text

    from .figure import Picture

SMALLEST = 0.015
"""Parts with a smaller share of the parameters are drawn together: their names have no room."""
FAMILIES = {
    "convolution": ("#8FC1E3", ""),
    "dense": ("#F2B48C", "/"),
    "other": ("#9FD9C5", "."),
}
"""Each family's colour, one of Okabe and Ito's made paler, and its hatching."""


def areas(model: Any, name: str = "") -> Picture:
    """The parts of a network as areas, as large as they have parameters.

    model: any PyTorch model, on the device "meta", too. name: what it is called in the title.

    Raises TypeError for what is no PyTorch model, ValueError for one without parameters, or whose
    layers have no size before the first input.
    """
    parts = parts_of(model)
    total = sum(size for size, _ in parts.values())
    name = name or type(model).__name__
    picture = blank(
        f"Where the {number(total)} parameters of {name} are",
        f"{name} has {number(total)} parameters. "
        + " ".join(
            f"{part} ({family}): {number(size)}, {_share(size, total)}."
            for part, (size, family) in parts.items()
        ),
    )
    try:
        from squarify import squarify
    except ModuleNotFoundError as missing:
        raise refusal(missing) from None
    drawn = _together(parts, total)
    panel = picture.subplots()
    wide, high = 12.0, 5.9
    sizes = [size / total * wide * high for size, _ in drawn.values()]
    panel.set_xlim(0, wide)
    panel.set_ylim(high, 0)
    panel.set_axis_off()
    _legend(picture, {family for _, family in drawn.values()})
    picture.draw_without_rendering()  # so that it is known how large a text will be
    for (part, (size, family)), box in zip(
        drawn.items(), squarify(sizes, 0, 0, wide, high), strict=True
    ):
        _area(panel, box, family, part, size)
        long = f"{part}\n{number(size)}\n{_share(size, total)}"
        _fitting(
            panel, box, [long, f"{part}\n{_share(size, total)}", f"{part.replace(' ', chr(10))}"]
        )
    return picture


def parts_of(model: Any) -> dict[str, tuple[int, str]]:
    """What stands directly in a network: name -> parameters, and the family of most of them.

    Largest first; parts without parameters are left out. Raises as `areas` does.
    """
    from ..witnesses import is_keras
    from ..witnesses.rows import rows_without_run

    if not hasattr(model, "forward") or is_keras(model):
        raise TypeError(
            f"areas takes a model of PyTorch, not a {type(model).__name__}; NETWORKS of "
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
        name: (sum(families.values()), max(families, key=lambda each: families[each]))
        for name, families in found.items()
        if sum(families.values())
    }
    if not parts:
        raise ValueError(f"a {type(model).__name__} has no parameters, so there is no area to draw")
    return dict(sorted(parts.items(), key=lambda each: -each[1][0]))


def _together(parts: dict[str, tuple[int, str]], total: int) -> dict[str, tuple[int, str]]:
    small = {name: part for name, part in parts.items() if part[0] < SMALLEST * total}
    if len(small) < 2:
        return parts
    drawn = {name: part for name, part in parts.items() if name not in small}
    by_family: dict[str, int] = {}
    for size, family in small.values():
        by_family[family] = by_family.get(family, 0) + size
    all_small = (sum(by_family.values()), max(by_family, key=lambda each: by_family[each]))
    drawn[f"{len(small)} smaller parts"] = all_small
    return dict(sorted(drawn.items(), key=lambda each: -each[1][0]))


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


def _fitting(panel: Axes, box: dict[str, float], texts: list[str]) -> None:
    """Write the first of these texts that fits into a box, upright if need be, or none."""
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
                return
            text.remove()


def _fits(panel: Axes, text: Text, box: dict[str, float]) -> bool:
    extent = text.get_window_extent().transformed(panel.transData.inverted())
    return abs(extent.width) < box["dx"] - 0.08 and abs(extent.height) < box["dy"] - 0.08


def _legend(picture: Picture, families: set[str]) -> None:
    from matplotlib.patches import Patch

    keys = [
        Patch(facecolor=color, hatch=hatch, edgecolor=PAPER, label=family)
        for family, (color, hatch) in FAMILIES.items()
        if family in families
    ]
    picture.legend(handles=keys, loc="outside lower center", ncols=3, fontsize=SMALL, frameon=False)


def _share(size: int, total: int) -> str:
    return f"{100 * size / total:.{1 if 1000 * size >= total else 3}f}%"
