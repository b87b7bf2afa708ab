"""How two frameworks come to two totals for one network, step by step."""

from __future__ import annotations

from ..counting import BatchNorm
from ..counting.count import number
from .style import COLOURS, GREY, INK, SMALL, TEXT, blank

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..witnesses import Comparison
    from .figure import Picture

Steps = tuple[tuple[str, int], tuple[tuple[str, int], ...], tuple[str, int]]
"""Where it starts, what is added (or taken away), and where it ends; each with its name."""


def frameworks(compared: int | Comparison = 50) -> Picture:
    """The difference of two counts as a waterfall: a bar for each total, a step for each reason.

    compared: the depth of a ResNet, counted as PyTorch has it and as Keras has it; or what
    `sharedconv.compare` found in two models.

    Raises ValueError for another depth, and for two models that don't differ.
    """
    (first, start), steps, (last, end) = (
        resnet_steps(compared) if isinstance(compared, int) else _steps(compared)
    )
    if not steps:
        raise ValueError(f"{first} and {last} have equal counts, {number(start)}: no step to draw")
    picture = blank(
        f"{first} and {last}: what makes the difference",
        f"{first} has {number(start)} parameters. "
        + " ".join(f"{_signed(size)} {name}." for name, size in steps)
        + f" {last} has {number(end)}: {_signed(end - start)}.",
    )
    panel = picture.subplots()
    levels = [start]
    for _, size in steps:
        levels.append(levels[-1] + size)
    low, high = min(levels), max(levels)
    floor = max(0, low - (high - low) // 3)
    floor -= floor % 10 ** (len(str(high - low)) - 1)  # a rounder number, since it is written
    bars = [(first, floor, start, COLOURS[1], "")]
    for (name, size), level in zip(steps, levels, strict=False):
        bars.append((name, min(level, level + size), max(level, level + size), COLOURS[0], "//"))
    bars.append((last, floor, end, COLOURS[1], ""))
    labels = [number(start), *(_signed(size) for _, size in steps), number(end)]
    for place, ((_, bottom, top, color, hatch), label) in enumerate(zip(bars, labels, strict=True)):
        panel.bar(
            place, top - bottom, 0.62, bottom, color=color, hatch=hatch, edgecolor="white", lw=0
        )
        panel.text(
            place,
            top + (high - floor) * 0.015,
            label,
            fontsize=TEXT,
            fontweight="bold",
            color=INK,
            ha="center",
            va="bottom",
        )
    for place, level in enumerate(levels):
        panel.plot([place + 0.31, place + 0.69], [level] * 2, color=GREY, linewidth=1.5, ls=":")
    panel.set_xticks(range(len(bars)), [_two_lines(name) for name, *_ in bars], fontsize=TEXT)
    panel.set_ylim(floor, high + (high - floor) * 0.1)
    panel.set_xlim(-0.6, len(bars) - 0.4)
    panel.set_yticks([])
    cut = f"bars cut off below {number(floor)}" if floor else "bars from 0"
    panel.set_ylabel(f"parameters ({cut})", fontsize=SMALL, color=INK)
    panel.tick_params(length=0)
    panel.spines[["top", "right", "left"]].set_visible(False)
    return picture


def resnet_steps(depth: int) -> Steps:
    """A ResNet's total in PyTorch and in Keras, and what lies between, by the rules alone.

    Keras's convolutions have biases, and it counts what its batch norms keep.
    """
    import torch

    from ..networks.resnet import resnet
    from ..witnesses.rule import count_of, modules_and_kinds

    with torch.device("meta"):
        ours, theirs = resnet(depth), resnet(depth, conv_bias=True)
    start = count_of(ours)
    biases = count_of(theirs).total - start.total
    statistics = sum(
        kind.replace(statistics=True).count().total - kind.count().total
        for _, kind in modules_and_kinds(theirs)
        if isinstance(kind, BatchNorm)
    )
    steps = (("biases of convolutions", biases), ("statistics of batch norms", statistics))
    end = start.total + biases + statistics
    name = f"ResNet-{depth}"
    return (f"{name} in PyTorch", start.total), steps, (f"{name} in Keras", end)


def _steps(compared: Comparison) -> Steps:
    first, last = compared.names
    steps = tuple((each.words(), each.size) for each in compared.terms if each.size)
    return (first, compared.a.total), steps, (last, compared.b.total)


def _signed(size: int) -> str:
    return f"{'+' if size > 0 else '−'}{number(abs(size))}"


def _two_lines(name: str) -> str:
    from textwrap import fill

    return fill(name, 16)
