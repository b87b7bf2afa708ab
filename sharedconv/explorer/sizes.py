"""The numbers that follow from the page's fields along one dimension, as formulas.

Each formula is traced from the function in `counting` that the layers themselves use. Within one,
``size``, ``kernel``, ``stride``, ``padding``, ``dilation`` and ``extra`` (the output padding) are
the fields of that dimension; a name that is a key here stands for that formula.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..counting.positions import padding_beside, positions, reach, transposed_positions
from .tracing import Symbol, traced

if TYPE_CHECKING:
    from .tracing import Formula

NUMBERS = "numbers"
"""The padding is numbers, and not one of the words."""
SIZE, KERNEL, STRIDE, PADDING, DILATION, EXTRA = map(
    Symbol, ("size", "kernel", "stride", "padding", "dilation", "extra")
)


def sizes(transposed: bool, padding: str, extra: bool = False) -> dict[str, Formula]:
    """What a layer's sizes are with this padding: "numbers", or one of the words.

    output: how many positions come out. padding: what counts as the padding on either side.
    reach: what the kernel spans. first: how far outside the image the kernel begins.
    """
    around = PADDING if padding == NUMBERS else padding
    span = traced(reach, KERNEL, DILATION)
    if transposed:
        given = (SIZE, KERNEL, STRIDE, around, DILATION, EXTRA if extra else None)
        output = traced(transposed_positions, *given)
        # what is cut off is cut off half and half, as in a convolution that runs the other way
        whole = traced(transposed_positions, SIZE, KERNEL, STRIDE, 0, DILATION, None)
        first: Formula = _half(["-", whole, "output"])
    else:
        output = traced(positions, SIZE, KERNEL, STRIDE, around, DILATION)
        rest = ["-", ["+", ["*", ["-", "output", 1], "stride"], "reach"], "size"]
        beginnings: dict[str, Formula] = {"same": _half(rest), "causal": ["-", "reach", 1]}
        first = beginnings.get(padding, 0)
    return {
        "output": output,
        "reach": span,
        "padding": traced(padding_beside, KERNEL, DILATION, around),
        "first": "padding" if padding == NUMBERS else first,
    }


def _half(whole: Formula) -> Formula:
    return ["if", [">", whole, 0], ["//", whole, 2], 0]
