"""Questions on one kernel at many places: lessons 1 to 4, and 12.

A form makes one question of fresh numbers, in the spelling of the framework that it is given.
"""

from __future__ import annotations

from ...counting.conv import Conv
from ...counting.shaping import Flatten
from ...counting.sizes import times
from .lines import (
    CHANNELS,
    FILTERS,
    KERNELS,
    LENGTHS,
    SIDES,
    comes_in,
    conv,
    conv_of,
    image,
    spelled,
    together,
)
from .question import OFFERED, Asked
from .slips import (
    GROWS,
    KNOWN,
    channels_of_the_image,
    flatten_sizes,
    in_a_sequence,
    instead,
    work_slips,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...counting.misconceptions import Misconception
    from ...spelling.read import Spelled
    from .draw import Draw

HOW_MANY = "How many parameters does this layer have?"


def of_one_layer(
    layer: Spelled, focus: tuple[str, ...], *more: Misconception, words: str = HOW_MANY
) -> Asked:
    """How many parameters a layer has on its input."""
    return Asked(
        f"{words} {comes_in(layer)}",
        [layer.text],
        layer.framework,
        layer.count(),
        focus,
        in_words_for(layer, [*OFFERED, *more]),
    )


def in_words_for(layer: Spelled, slips: Iterable[Misconception]) -> list[Misconception]:
    """The slips, told of a sequence where the layer moves along one."""
    kind = layer.kind
    return in_a_sequence(slips) if isinstance(kind, Conv) and kind.ndim == 1 else [*slips]


def of_layers(layers: list[Spelled], focus: tuple[str, ...]) -> Asked:
    """How many parameters several layers have together; the first one's input is said."""
    return Asked(
        f"How many parameters do these layers have together? {comes_in(layers[0])}",
        [each.text for each in layers],
        layers[0].framework,
        together(*layers),
        focus,
    )


# -- 1: the bias -----------------------------------------------------------------------------------


def grey_image(draw: Draw, framework: str) -> Asked:
    """The question of lesson 1: filters on one channel."""
    layer = conv(framework, 1, draw.one_of(FILTERS), draw.one_of(KERNELS), image(draw))
    return of_one_layer(layer, ("forgot-bias",))


def without_bias(draw: Draw, framework: str) -> Asked:
    """The bias is switched off."""
    channels, size = draw.one_of((1, 1, 3, 4)), image(draw)
    layer = conv(framework, channels, draw.one_of(FILTERS), draw.one_of(KERNELS), size, bias=False)
    return of_one_layer(layer, ("expected-bias",))


def only_biases(draw: Draw, framework: str) -> Asked:
    """How many of the parameters are biases."""
    layer = conv(framework, draw.one_of(CHANNELS), draw.one_of(FILTERS), 3, image(draw))
    count = layer.count().role("bias")
    words = f"How many of this layer's parameters are biases? {comes_in(layer)}"
    focus = ("bias-per-position", "bias-per-channel", "one-bias-for-all")
    return Asked(words, [layer.text], framework, count, focus)


# -- 2: positions ----------------------------------------------------------------------------------

PLACES = ("unshared-per-position", "counted-spatial-size", "bias-per-position")


def along_a_sequence(draw: Draw, framework: str) -> Asked:
    """One dimension, as in the picture with the arrows."""
    size = (draw.one_of(LENGTHS),)
    layer = conv(
        framework, draw.one_of((1, 1, 2, 4)), draw.one_of(FILTERS), draw.one_of(KERNELS), size
    )
    return of_one_layer(layer, (*PLACES, "kernel-two-dimensional"))


def twice_as_wide(draw: Draw, framework: str) -> Asked:
    """The same layer on a larger image."""
    size = image(draw)
    channels, filters = draw.one_of((1, 3)), draw.one_of(FILTERS)
    layer = conv(framework, channels, filters, draw.one_of(KERNELS), (size[0], 2 * size[1]))
    words = (
        f"This layer was built for images of {times(size)}. How many parameters does it have on "
        "images that are twice as wide?"
    )
    return of_one_layer(layer, ("grows-with-the-image", *PLACES), GROWS, words=words)


def own_kernels(draw: Draw, framework: str) -> Asked:
    """Sharing switched off: a kernel and a bias for each position."""
    side = draw.one_of(SIDES[:8])
    layer = conv(framework, draw.one_of((1, 1, 2, 3)), draw.one_of(FILTERS), 3, (side, side))
    return _unshared(layer)


def _unshared(layer: Spelled) -> Asked:
    words = (
        "Think of this layer with sharing switched off: at each position of the output, a kernel "
        f"and a bias of its own. How many parameters would it have? {comes_in(layer)}"
    )
    slips = [
        KNOWN[slug]
        for slug in (
            *("taken-for-shared", "forgot-bias", "forgot-in-channels", "forgot-filters"),
            *("kernel-one-dimensional", "double-bias"),
        )
    ]
    count = conv_of(layer).unshared().count()
    told = in_words_for(layer, slips)
    return Asked(words, [layer.text], layer.framework, count, ("taken-for-shared",), told)


# -- 3: channels -----------------------------------------------------------------------------------


def coloured_image(draw: Draw, framework: str) -> Asked:
    """Several input channels."""
    filters, kernel = draw.one_of(FILTERS), draw.one_of(KERNELS)
    layer = conv(framework, draw.one_of(CHANNELS), filters, kernel, image(draw))
    return of_one_layer(layer, ("forgot-in-channels", "bias-per-channel"))


def in_groups(draw: Draw, framework: str) -> Asked:
    """Channels in groups that don't see each other."""
    groups = draw.one_of((2, 2, 4))
    channels, filters = groups * draw.one_of((2, 3, 4, 8)), groups * draw.one_of((2, 3, 4, 8, 16))
    layer = conv(framework, channels, filters, draw.one_of(KERNELS), image(draw), groups=groups)
    return of_one_layer(layer, ("forgot-groups",))


def second_layer(draw: Draw, framework: str) -> Asked:
    """A layer behind a layer: its channels are the first one's filters."""
    channels, filters, size = draw.one_of((1, 3)), draw.one_of(FILTERS), image(draw)
    first = conv(framework, channels, filters, draw.one_of((3, 5)), size)
    inside = conv_of(first).output_size()
    second = conv(
        framework,
        filters,
        draw.one_of(FILTERS),
        draw.one_of((3, 5)),
        tuple(each for each in inside if each is not None),
    )
    return Asked(
        f"How many parameters does the second of these two layers have? {comes_in(first)}",
        [first.text, second.text],
        framework,
        second.count(),
        ("channels-of-the-image", "forgot-in-channels"),
        [*OFFERED, channels_of_the_image(channels)],
    )


# -- 4: what sharing saves -------------------------------------------------------------------------


def multiplications(draw: Draw, framework: str) -> Asked:
    """How much work a shared layer is."""
    size = image(draw)
    stride = draw.one_of((1, 1, 2))
    channels, filters = draw.one_of((1, 2, 3)), draw.one_of(FILTERS)
    return _work(conv(framework, channels, filters, 3, size, stride=stride), size)


def _work(layer: Spelled, size: tuple[int, ...]) -> Asked:
    # each weight of the unshared layer is multiplied once, and both do the same multiplications
    count = conv_of(layer).unshared().replace(bias=False).count()
    words = f"How many multiplications does this layer do for one input? {comes_in(layer)}"
    focus = ("weights-for-work", "bias-multiplied")
    slips = in_words_for(layer, work_slips(size))
    return Asked(words, [layer.text], layer.framework, count, focus, slips)


def own_kernels_in_colour(draw: Draw, framework: str) -> Asked:
    """Sharing switched off, on several channels."""
    side, channels = draw.one_of(SIDES[:8]), draw.one_of((2, 3, 4))
    return _unshared(conv(framework, channels, draw.one_of(FILTERS), 5, (side, side)))


def dense_instead(draw: Draw, framework: str) -> Asked:
    """A dense layer with the same inputs and outputs."""
    side, channels = draw.one_of(SIDES[:7]), draw.one_of((1, 1, 2, 3))
    return _dense(conv(framework, channels, draw.one_of(FILTERS), 3, (side, side)))


def _dense(layer: Spelled) -> Asked:
    kind = conv_of(layer)
    words = (
        "Think of a dense layer in the place of this one: every input connected to every output, "
        "each by a weight of its own, and a bias for each output. How many parameters would it "
        f"have? {comes_in(layer)}"
    )
    reason = "A dense layer has a weight for every pair of an input and an output."
    slips = [
        KNOWN["forgot-bias"],
        KNOWN["double-bias"],
        instead(
            "as-shared",
            "counts the layer with its kernel shared",
            reason,
            "Which inputs does the first output of a dense layer see?",
            kind.count(),
        ),
        instead(
            "as-unshared",
            "gives each output the inputs below one kernel only",
            reason,
            "Which inputs does the first output of a dense layer see?",
            kind.unshared().count(),
        ),
        instead(
            "one-filter-only",
            "counts the outputs of one filter only",
            "The layer that it stands in for gives out a whole map for each of its filters.",
            "How many numbers come out of the layer that it stands in for?",
            kind.replace(filters=1).dense().count(),
        ),
    ]
    focus = ("as-unshared", "as-shared")
    return Asked(words, [layer.text], layer.framework, kind.dense().count(), focus, slips)


# -- 12: what is held against each other -----------------------------------------------------------


def one_dimension_shared(draw: Draw, framework: str) -> Asked:
    """A layer of the experiment, shared."""
    channels, filters = draw.one_of((1, 8, 16, 25)), draw.one_of(FILTERS)
    layer = conv(framework, channels, filters, draw.one_of((3, 5, 7)), (40,), stride=2)
    return of_one_layer(layer, (*PLACES, "forgot-in-channels"))


def one_dimension_unshared(draw: Draw, framework: str) -> Asked:
    """A layer of the experiment with a kernel for each position."""
    channels, kernel = draw.one_of((1, 2, 4, 8)), draw.one_of((3, 5))
    return _unshared(conv(framework, channels, draw.one_of(FILTERS), kernel, (40,)))


def one_dimension_work(draw: Draw, framework: str) -> Asked:
    """The work of a layer of the experiment, the same shared and unshared."""
    channels, kernel = draw.one_of((2, 4, 8, 16)), draw.one_of((3, 5, 7))
    return _work(conv(framework, channels, draw.one_of(FILTERS), kernel, (40,)), (40,))


def pooled_or_flattened(draw: Draw, framework: str) -> Asked:
    """Global pooling in front of the dense layer: the places are gone before it."""
    channels, length, classes = draw.one_of(FILTERS), draw.one_of(LENGTHS), draw.one_of((5, 8, 10))
    pool = ("GlobalMaxPooling1D()", "nn.AdaptiveMaxPool1d(1)")
    lines = ([pool[0]], [pool[1], "nn.Flatten()"])[framework == "torch"]
    came = spelled(framework, *pool, channels, (length,))
    last = spelled(framework, f"Dense({classes})", f"nn.LazyLinear({classes})", channels, ())
    flattened = Flatten((channels, length)).output_shape()[0] or 0
    sizes = {"the whole map": flattened, "the length of the map": length}
    return Asked(
        f"How many parameters does the last of these layers have? {comes_in(came)}",
        [*lines, last.text],
        framework,
        last.count(),
        ("flatten-size-1", "flatten-size-2"),
        [
            *OFFERED,
            *flatten_sizes(
                sizes,
                "Global pooling keeps one number of each channel, however long the map was.",
                "How many numbers leave the pooling?",
            ),
        ],
    )
