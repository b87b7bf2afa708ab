"""Questions on the first networks with shared kernels: lesson 11."""

from __future__ import annotations

from ...counting.connections import connections
from ...counting.conv import Conv
from ...counting.lenet import MappedConv, PositionBias, Subsampling
from ...counting.sizes import times
from ..checks.number_slips import SLIPS
from .question import Asked
from .slips import KNOWN, at_every_position, instead

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...counting.count import Count
    from ...counting.misconceptions import Misconception
    from .draw import Draw


# -- 11: LeCun, 1989 -------------------------------------------------------------------------------


def first_map(draw: Draw, _: str) -> Asked:
    """H1 of 1989: the kernels are shared, the biases aren't."""
    kind = _of_1989(draw)
    size = tuple(each or 0 for each in kind.output_size())
    biases = PositionBias(kind.filters, size).count()
    count = kind.count() + biases
    slips = [
        instead(
            "biases-shared",
            "shares the biases as well as the kernels",
            "In 1989 only the kernels were shared; each unit kept a bias of its own.",
            "How many units does one map have?",
            kind.replace(bias=True).count(),
        ),
        _one_map(kind.replace(filters=1).count() + PositionBias(1, size).count()),
        KNOWN["forgot-bias"],
        KNOWN["unshared-per-position"],
        KNOWN["kernel-one-dimensional"],
    ]
    words = (
        f"{_words_of_1989(kind)} Every unit has a bias of its own. How many parameters does the "
        "layer have?"
    )
    return Asked(words, (), "", count, ("biases-shared", "unshared-per-position"), slips)


def _of_1989(draw: Draw) -> Conv:
    return Conv(
        1,
        draw.one_of((4, 5, 6, 8, 10, 12, 16, 20, 24, 30)),
        (5, 5),
        stride=draw.one_of((1, 2)),
        padding=2,
        bias=False,
        input_size=(draw.one_of((12, 16, 18, 20, 24, 28, 30, 32, 36, 40)),) * 2,
    )


def _words_of_1989(kind: Conv) -> str:
    return (
        f"A layer in the manner of 1989: {kind.filters} maps of {times(kind.output_size())} units "
        f"over one image. The units of a map share one kernel of {times(kind.kernel_size)}."
    )


def _one_map(count: Count) -> Misconception:
    return instead(
        "one-map-only",
        "counts one map only",
        "Each map has a kernel of its own, because each looks for something else.",
        "If two maps had the same kernel, how would what they find differ?",
        count,
    )


def connected(draw: Draw, _: str) -> Asked:
    """Connections against parameters, the two numbers that the papers give."""
    kind = _of_1989(draw)
    size = tuple(each or 0 for each in kind.output_size())
    biases = PositionBias(kind.filters, size)
    count = connections(kind) + connections(biases)
    slips = [
        instead(
            "parameters-for-connections",
            *SLIPS["parameters-for-connections"],
            kind.count() + biases.count(),
        ),
        _one_map(connections(kind.replace(filters=1)) + connections(PositionBias(1, size))),
        instead(
            "bias-unconnected",
            *SLIPS["bias-unconnected"],
            connections(kind),
        ),
        KNOWN["kernel-one-dimensional"],
    ]
    words = (
        f"{_words_of_1989(kind)} Every unit is connected to the inputs below its kernel, and to a "
        "bias. How many connections does the layer have?"
    )
    return Asked(words, (), "", count, ("parameters-for-connections", "bias-unconnected"), slips)


def subsampled(draw: Draw, _: str) -> Asked:
    """S2 of LeNet-5: a pooling that learns."""
    maps, window = draw.one_of(range(4, 65)), draw.one_of((2, 3, 4))
    side = window * draw.one_of((4, 5, 6, 7, 8))
    kind = Subsampling(maps, window, input_size=(side, side))
    count = kind.count()
    slips = [
        instead(
            "one-number-forgotten",
            "counts one number for each map",
            "Each map has two: the sum is multiplied by one and the other is added.",
            "The map is zero everywhere. What can this pooling still give out?",
            count.role("scale"),
        ),
        instead(
            "weight-per-pixel",
            "gives each pixel of the window a weight of its own",
            "The window's pixels are added up first; the sum is then multiplied by one number.",
            "By how many numbers is a window's sum multiplied?",
            count.edited(lambda term: term.times(term.beside)),
        ),
        at_every_position(
            "pooling-per-position",
            "gives each position numbers of its own",
            ("scale", "bias"),
            tuple(each or 0 for each in kind.output_shape()[1:]),
        ),
        instead(
            "one-pair-for-all",
            "counts two numbers for all maps together",
            "Each map has two numbers of its own.",
            "Should a map that is bright everywhere and one that is dark get the same factor?",
            kind.replace(channels=1).count(),
        ),
    ]
    words = (
        f"LeNet-5's pooling learns: in each of {maps} maps of {side}×{side} it adds up windows of "
        f"{window}×{window}, multiplies the sum by one learned number, and adds another. How many "
        "parameters does it have?"
    )
    return Asked(words, (), "", count, [each.slug for each in slips], slips)


def by_a_table(draw: Draw, _: str) -> Asked:
    """C3 of LeNet-5: each map sees some of the maps below."""
    channels, maps, seen = draw.one_of((4, 6, 8)), draw.one_of(range(8, 33)), draw.one_of((2, 3))
    table = [[(first + each) % channels for each in range(seen)] for first in range(maps)]
    kind = MappedConv(table, channels, 5)
    slips = [
        KNOWN["forgot-bias"],
        instead(
            "table-forgotten",
            "connects every map to all the maps below",
            "The table leaves most pairs of maps unconnected, and what isn't connected has no "
            "weights.",
            "Which maps below does the first map see?",
            kind.full().count(),
        ),
        instead(
            "one-map-seen",
            "connects every map to one map below",
            "A map has a kernel of its own for each map that it sees, and adds up what they give.",
            "How many maps below does the first map see?",
            MappedConv([row[:1] for row in table], channels, 5).count(),
        ),
        KNOWN["kernel-one-dimensional"],
        KNOWN["double-bias"],
    ]
    words = (
        f"A layer in the manner of LeNet-5's C3: {maps} maps over {channels} maps. A table "
        f"connects each map to {seen} of those below, by a kernel of 5×5 each; each map has one "
        "bias. How many parameters does the layer have?"
    )
    return Asked(words, (), "", kind.count(), ("table-forgotten", "one-map-seen"), slips)
