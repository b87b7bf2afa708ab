"""How far one output of a stack of layers sees."""

from __future__ import annotations

from math import prod
from typing import NamedTuple

from ..counting import Conv, Kind
from ..counting.count import number
from ..counting.pooling import Pool
from ..counting.separable import DepthwiseConv
from ..counting.sizes import counted, times
from .style import COLOURS, GREY, INK, PALE, PAPER, SIZE, SMALL, TEXT, blank
from .wiring import type_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from matplotlib.axes import Axes

    from .figure import Picture

WORDS = 3.6
"""How wide what is said beside a pyramid may be, in inches."""
MOST_LAYERS = 20
MOST_CELLS = 40
"""An image wider than this is drawn as a bar, not pixel by pixel."""


class Window(NamedTuple):
    """One layer of the stack: its window, a number for each dimension."""

    name: str
    kernel_size: tuple[int, ...]
    stride: tuple[int, ...]
    dilation: tuple[int, ...]


def receptive(layers: Any) -> Picture:
    """The receptive field: what one number behind each layer of a stack depends on.

    layers: layer kinds, or modules of PyTorch, in their order; an ``nn.Sequential`` is taken as far
        as its layers have windows (up to Flatten, a dense layer, or a pooling over everything).

    Raises TypeError or ValueError, in one sentence, where there is no window, for too many layers,
    and for a layer that has branches.
    """
    stack = windows(layers)
    fields = fields_of(stack)
    picture = blank(
        "How far one number sees: the receptive field grows with each layer",
        "The receptive field through a stack of layers. "
        + " ".join(
            f"Behind {each.name} ({_described(each)}) one number depends on {times(field)} "
            f"{'pixels' if prod(field) > 1 else 'pixel'} of the image."
            for each, field in zip(stack, fields, strict=True)
        ),
    )
    panel = picture.subplots()
    panel.set_axis_off()
    across = [each[-1] for each in fields]
    draw = _pyramid if across[-1] <= MOST_CELLS and len(stack) <= 6 else _bars
    draw(panel, stack, fields)
    return picture


def windows(layers: Any) -> list[Window]:
    """The layers of a stack that widen what is seen; raises as `receptive` does."""
    found: list[Window] = []
    for name, kind in _kinds(layers):
        if not isinstance(kind, Conv | Pool | DepthwiseConv):
            continue
        if getattr(kind, "transposed", False):
            raise ValueError("a transposed convolution isn't drawn in a stack; leave it out")
        found.append(Window(name, kind.kernel_size, kind.stride, kind.dilation))
    if not found:
        raise ValueError("no layer of this stack has a window; give convolutions, such as vgg16's")
    if len({len(each.kernel_size) for each in found}) > 1:
        raise ValueError("the layers of this stack have different numbers of dimensions")
    if len(found) > MOST_LAYERS:
        raise ValueError(
            f"the stack has {number(len(found))} layers with a window, and {MOST_LAYERS} can be "
            "drawn; a part of it works"
        )
    return found


def fields_of(stack: Sequence[Window]) -> list[tuple[int, ...]]:
    """The receptive field behind each layer, in pixels of the image, for each dimension.

    Each layer adds ``dilation × (kernel − 1)`` times the strides before it.
    """
    axes = range(len(stack[0].kernel_size))
    field, jump = [1 for _ in axes], [1 for _ in axes]
    fields = []
    for each in stack:
        for axis in axes:
            field[axis] += each.dilation[axis] * (each.kernel_size[axis] - 1) * jump[axis]
            jump[axis] *= each.stride[axis]
        fields.append(tuple(field))
    return fields


def seen(stack: Sequence[Window]) -> list[set[int]]:
    """Along the last dimension, from the image to the last layer: the places that one number
    behind the last layer depends on, the first of them being 0. Gaps come from dilation."""
    levels = [{0}]
    for each in reversed(stack):
        taps = range(each.kernel_size[-1])
        levels.append(
            {
                place * each.stride[-1] + tap * each.dilation[-1]
                for place in levels[-1]
                for tap in taps
            }
        )
    return levels[::-1]


def _kinds(layers: Any) -> Iterable[tuple[str, Kind]]:
    """The layers of a stack with their names, as far as a number sees a part of the image only."""
    if isinstance(layers, Kind):
        layers = [layers]
    if hasattr(layers, "named_children"):
        children = list(layers.named_children())
        named = children if type(layers).__name__ == "Sequential" else [("layer", layers)]
    elif not hasattr(layers, "__iter__"):
        named = [("layer", layers)]
    else:
        named = [(f"layer {place}", each) for place, each in enumerate(layers, 1)]
    for name, each in named:
        kind = each if isinstance(each, Kind) else _kind_of(each)
        if type(kind).__name__ in ("Flatten", "Dense", "AdaptivePool", "GlobalPool"):
            return
        yield (f"layer {name}" if name.isdecimal() else name), kind


def _kind_of(module: Any) -> Kind:
    if not hasattr(module, "forward"):
        raise TypeError(
            "receptive takes layers, such as an nn.Sequential or a list, and here is "
            f"{type_of(module)}"
        )
    from ..witnesses import kind_of

    kind = kind_of(module)
    if kind is None:
        raise ValueError(
            f"there is no rule for {type_of(module)}, so that what it sees isn't known; "
            "give a plain stack, such as vgg16 or lenet5"
        )
    return kind


def _described(each: Window) -> str:
    words = f"window {times(each.kernel_size)}"
    if set(each.stride) != {1}:
        words += f", stride {times(each.stride)}"
    if set(each.dilation) != {1}:
        words += f", dilation {times(each.dilation)}"
    return words


def _pyramid(panel: Axes, stack: Sequence[Window], fields: list[tuple[int, ...]]) -> None:
    """Each level in a row, the image at the bottom, with lines from each place to what it reads."""
    levels = seen(stack)
    jump, shift, spots = 1, 0.0, []
    for level, places in enumerate(levels):
        spots.append({place: shift + place * jump for place in range(max(places) + 1)})
        if level < len(stack):
            window = stack[level]
            shift += window.dilation[-1] * (window.kernel_size[-1] - 1) / 2 * jump
            jump *= window.stride[-1]
    rise = max(2.0, fields[-1][-1] / 1.9 / len(stack))
    for level, (places, at) in enumerate(zip(levels, spots, strict=True)):
        for place, x in at.items():
            _place(panel, x, level * rise, place in places, level)
        if level:
            window = stack[level - 1]
            for place in places:
                for tap in range(window.kernel_size[-1]):
                    below = place * window.stride[-1] + tap * window.dilation[-1]
                    panel.plot(
                        [at[place], spots[level - 1][below]],
                        [level * rise, (level - 1) * rise],
                        color=COLOURS[(level - 1) % len(COLOURS)],
                        linewidth=1.5,
                        zorder=1,
                        gid=f"connection {level}",
                    )
    right = fields[-1][-1] - 0.2
    panel.text(right, 0, "the image", fontsize=SMALL, va="center", color=INK)
    for level, (window, field) in enumerate(zip(stack, fields, strict=True), 1):
        words = f"{window.name}: {_described(window)}\none number sees {times(field)}"
        panel.text(right, level * rise, words, fontsize=SMALL, va="center", color=INK)
    height = len(stack) * rise + 1.6
    inches = min((SIZE[1] - 1) / height, (SIZE[0] - WORDS - 0.3) / (right + 1))
    panel.set_xlim(-1, right + WORDS / inches)
    panel.set_ylim(-0.8, height - 0.8)
    panel.set_aspect("equal")


def _place(panel: Axes, x: float, y: float, is_seen: bool, level: int) -> None:
    from matplotlib.patches import Circle

    face = COLOURS[(level - 1) % len(COLOURS)] if level else PALE
    panel.add_patch(
        Circle(
            (x, y),
            0.34,
            facecolor=face if is_seen else PAPER,
            edgecolor=INK if is_seen else GREY,
            linestyle="-" if is_seen else ":",
            linewidth=1.3,
            zorder=3,
            gid=f"seen {level}" if is_seen else None,
        )
    )


def _bars(panel: Axes, stack: Sequence[Window], fields: list[tuple[int, ...]]) -> None:
    """A bar for each layer, as long as what one number behind it sees."""
    longest = fields[-1][-1]
    for row, (window, field) in enumerate(zip(stack, fields, strict=True)):
        panel.barh(
            row,
            field[-1],
            0.72,
            left=(longest - field[-1]) / 2,
            color=COLOURS[1],
            gid=f"field {row}",
        )
        panel.text(
            -0.02 * longest,
            row,
            f"{window.name}: {_described(window)}",
            fontsize=SMALL,
            ha="right",
            va="center",
            color=INK,
        )
        panel.text(
            1.02 * longest,
            row,
            times(field),
            fontsize=SMALL,
            va="center",
            color=INK,
        )
    panel.set_xlim(0, longest)
    panel.set_ylim(len(stack) - 0.4, -0.6)
    panel.set_title(
        f"what one number behind each layer depends on, in pixels of the image "
        f"({counted(len(stack), 'layer')})",
        fontsize=TEXT,
        color=INK,
    )
