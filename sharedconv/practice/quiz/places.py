"""Questions on where the answers are: lesson 6."""

from __future__ import annotations

from ...counting.count import Count, Term
from ...counting.sizes import named_axes
from .lines import FILTERS, SIDES, comes_in, conv, conv_of
from .question import Asked
from .slips import instead

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .draw import Draw


def positions(draw: Draw, framework: str) -> Asked:
    """How many positions there are with a stride, with padding, with both."""
    side, stride, kernel = draw.one_of(SIDES), draw.one_of((1, 2, 2, 3)), draw.one_of((3, 5, 7))
    padded = bool(draw.below(2))
    layer = conv(
        framework,
        1,
        draw.one_of(FILTERS),
        kernel,
        (side, side),
        stride=stride,
        padding="same" if padded else 0,
    )
    kind = conv_of(layer)
    slips = [
        instead(
            "forgot-stride",
            "moves the filter by one pixel at a time",
            "The stride says how far the filter moves from one position to the next.",
            "At which pixel does the second position begin?",
            _places(kind.replace(stride=1).output_size()),
        ),
        instead(
            "forgot-padding",
            "leaves out the padding",
            "The zeros around the image make room for more positions.",
            "Can the filter's centre lie on the corner of the image here?",
            _places(kind.replace(padding=0).output_size()),
        ),
        instead(
            "expected-padding",
            "lets the filter reach over the edge",
            "Without padding the whole kernel has to lie on the image.",
            "Where does the kernel lie at its last position, and how far is that from the edge?",
            _places(kind.replace(padding="same").output_size()),
        ),
        instead(
            "steps-for-positions",
            "counts the steps from one position to the next",
            "There is one position more along a side than there are steps: the one it starts from.",
            "From how many positions to how many does a single step lead?",
            _places(tuple(each and each - 1 for each in kind.output_size())),
        ),
        instead(
            "one-side-of-the-positions",
            "counts the positions along one side only",
            "The filter moves along both sides of the image.",
            "How many positions lie in the first row, and how many rows are there?",
            _places(kind.output_size()[:1]),
        ),
    ]
    words = f"At how many positions does each filter of this layer lie? {comes_in(layer)}"
    focus = ("forgot-stride", "forgot-padding", "expected-padding", "steps-for-positions")
    return Asked(words, [layer.text], framework, _places(kind.output_size()), focus, slips)


def _places(size: tuple[int | None, ...]) -> Count:
    return Count([Term("positions", named_axes("output", [each or 0 for each in size]))])


def it_shifts(draw: Draw, framework: str) -> Asked:
    """Something moves in the image; where is its answer now?"""
    stride, column, columns = draw.one_of((2, 2, 3, 4)), 4 + draw.below(20), 2 + draw.below(9)
    layer = conv(framework, 1, 4, 3, (200, 200), stride=stride)
    words = (
        f"The strongest answer of a filter stands in column {column} of the output. Now what it "
        f"found moves {columns * stride} pixels to the right. In which column is the strongest "
        f"answer then? {comes_in(layer)}"
    )
    before, moved = Term("place", {"column before": column}), "columns of the output"
    count = Count([before, Term("shift", {moved: columns})])
    slips = [
        instead(
            "stays-where-it-was",
            "leaves the answer where it was",
            "A convolution follows: what moves in the image moves in its output, too.",
            "The same kernel meets the same pixels. At which position?",
            Count([before]),
        ),
        instead(
            "forgot-stride",
            "moves the answer by as many columns as there are pixels",
            "With a stride, one column of the output is several pixels of the image further on.",
            "How many pixels further does the filter lie when the output is one column further?",
            Count([before, Term("shift", {moved: columns * stride})]),
        ),
        instead(
            "multiplied-by-the-stride",
            "multiplies by the stride instead of dividing by it",
            "One column of the output is several pixels of the image further on, not the other "
            "way round.",
            "How many pixels further does the filter lie when the output is one column further?",
            Count([before, Term("shift", {moved: columns * stride, "stride": stride})]),
        ),
        instead(
            "shift-for-place",
            "says how far the answer moved, not where it is",
            "The answer moves on from where it was.",
            "Where was the answer before?",
            Count([Term("shift", {moved: columns})]),
        ),
    ]
    wide = conv_of(layer).output_size()[-1] or 0
    inside = [slip for slip in slips if all(each.total < wide for each in slip.edit(count))]
    return Asked(words, [layer.text], framework, count, [each.slug for each in inside], inside)
