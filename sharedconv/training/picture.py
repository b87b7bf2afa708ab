"""The results as a picture that is read without colours, too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..writing import replace_file
from .runs import Run
from .saving import Result
from .spread import Spread, by_setting, spread_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


class Look(NamedTuple):
    """How one way of sharing is drawn; the colours are Okabe and Ito's, made for all eyes."""

    color: str
    marker: str
    line: str


LOOKS = {
    "shared": Look("#0072B2", "o", "-"),
    "unshared": Look("#D55E00", "s", "--"),
    "dense": Look("#009E73", "^", ":"),
}
ROWS = (
    ("centred", "max", "learnt in the middle,\nmax over places"),
    ("centred", "flatten", "learnt in the middle,\na weight for each place"),
    ("placed", "max", "one place each,\nmax over places"),
    ("placed", "flatten", "one place each,\na weight for each place"),
    ("placed 10 times", "max", "ten places each,\nmax over places"),
    ("placed 10 times", "flatten", "ten places each,\na weight for each place"),
)


def draw(results: Mapping[Run, Result], path: Path) -> None:
    """Draw the results into a file, as SVG or as PNG, as its ending says.

    The same results make the same file. results: as `figure_of` takes them.
    """
    from matplotlib import rc_context

    # without them an SVG has the date in it, and names drawn by lot
    still = {"Date": None} if path.suffix == ".svg" else {}
    form = path.suffix.removeprefix(".")
    with rc_context({"svg.hashsalt": "sharedconv"}):
        figure = figure_of(results)
        replace_file(path, lambda file: figure.savefig(file, format=form, dpi=150, metadata=still))


def figure_of(results: Mapping[Run, Result]) -> Figure:
    """Test accuracy against the training set's size, and for the digits against what was trained.

    results: of one `table()`, or of a part of it; what is missing is left out.
    """
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with rc_context({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False}):
        figure = Figure(figsize=(12, 4.6), layout="constrained")
        FigureCanvasAgg(figure)  # a canvas that needs no screen
        in_order, shuffled, digits = figure.subplots(1, 3, width_ratios=(1, 1, 1.25))
        _against_size(in_order, "in order", results)
        in_order.set_title("MNIST-1D, in order", loc="left")
        _against_size(shuffled, "shuffled", results)
        shuffled.set_title("MNIST-1D, positions shuffled", loc="left")
        _digits(digits, results)
        digits.set_title("Digits, tested anywhere on a canvas", loc="left")
        names = {
            name: handle
            for panel in (in_order, shuffled, digits)
            for handle, name in zip(*panel.get_legend_handles_labels(), strict=True)
        }
        figure.legend(
            names.values(), names, loc="outside lower center", ncols=len(names), frameon=False
        )
    return figure


def _against_size(panel: Axes, task: str, results: Mapping[Run, Result]) -> None:
    for matched in ("width", "parameters"):
        for model, look in LOOKS.items():
            points = {
                run.examples: spread_of(found)
                for run, found in by_setting(results).items()
                if (run.task, run.model, run.matched) == (task, model, matched)
            }
            if not points:
                continue
            hollow = matched == "parameters"
            panel.errorbar(
                list(points),
                [each.mean for each in points.values()],
                _whiskers(points.values()),
                color=look.color,
                marker=look.marker,
                linestyle=look.line,
                linewidth=0.8 if hollow else 1.8,
                markerfacecolor="white" if hollow else look.color,
                label=f"{model}, as many parameters as unshared" if hollow else model,
            )
    panel.set_xscale("log", base=2)
    sizes = sorted({run.examples for run in results if run.task == task})
    panel.set_xticks(sizes, [f"{size:,}" for size in sizes], minor=False)
    panel.set_xlabel("examples to learn from")
    panel.set_ylabel("test accuracy, %, with the seeds' lowest and highest")
    panel.set_ylim(0, 100)
    panel.grid(axis="y", color="0.9")


def _digits(panel: Axes, results: Mapping[Run, Result]) -> None:
    for row, (task, head, _) in enumerate(ROWS):
        # what is dense has no places to take a maximum over, and serves in both rows
        for offset, (model, look) in zip((-0.2, 0, 0.2), LOOKS.items(), strict=True):
            for run, found in by_setting(results).items():
                if (run.task, run.model, run.matched) != (task, model, "width"):
                    continue
                if run.head != head and model != "dense":
                    continue
                spread = spread_of(found)
                panel.errorbar(
                    spread.mean,
                    row + offset,
                    xerr=_whiskers([spread]),
                    color=look.color,
                    marker=look.marker,
                    linestyle=look.line,
                    linewidth=1.8,
                    label=model,
                )
    panel.set_yticks(range(len(ROWS)), [words for _, _, words in ROWS])
    panel.invert_yaxis()
    panel.set_xlim(0, 100)
    panel.set_xlabel("test accuracy, %")
    panel.grid(axis="x", color="0.9")


def _whiskers(spreads: Iterable[Spread]) -> list[list[float]]:
    given = list(spreads)
    below = [each.mean - each.low for each in given]
    return [below, [each.high - each.mean for each in given]]
