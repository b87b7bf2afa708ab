"""Questions on the relatives of the convolution, and on stacks of them: lessons 7 and 9."""

from __future__ import annotations

from ...counting.shaping import Flatten
from .lines import CHANNELS, FILTERS, SIDES, comes_in, conv, image, spelled
from .question import OFFERED, Asked
from .sharing import of_layers, of_one_layer
from .slips import KNOWN, counted_dilation, flatten_sizes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .draw import Draw


# -- 7: the family ---------------------------------------------------------------------------------


def with_a_stride(draw: Draw, framework: str) -> Asked:
    """A stride, which changes how much comes out and not how much is learned."""
    channels, filters = draw.one_of((1, 3, 4, 8)), draw.one_of(FILTERS)
    layer = conv(framework, channels, filters, 3, image(draw), stride=draw.one_of((2, 3)))
    return of_one_layer(layer, ("counted-stride",))


def with_padding(draw: Draw, framework: str) -> Asked:
    """Padding, whose zeros nobody learns."""
    channels, filters = draw.one_of((1, 3, 4, 8)), draw.one_of(FILTERS)
    layer = conv(framework, channels, filters, draw.one_of((3, 5)), image(draw), padding="same")
    return of_one_layer(layer, ("counted-padding",))


def dilated(draw: Draw, framework: str) -> Asked:
    """A kernel pulled apart."""
    dilation = draw.one_of((2, 3))
    channels, filters = draw.one_of((1, 3, 4, 8)), draw.one_of(FILTERS)
    layer = conv(framework, channels, filters, 3, image(draw), dilation=dilation)
    return of_one_layer(layer, ("counted-dilation",), counted_dilation(dilation))


def depthwise(draw: Draw, framework: str) -> Asked:
    """One channel for each filter."""
    channels, kernel = draw.one_of((4, 6, 8, 12, 16, 24, 32, 64)), draw.one_of((3, 5))
    layer = spelled(
        framework,
        f"DepthwiseConv2D({kernel})",
        f"nn.Conv2d({channels}, {channels}, {kernel}, groups={channels})",
        channels,
        image(draw),
    )
    return of_one_layer(layer, ("depthwise-taken-for-full", "forgot-groups"))


def separable(draw: Draw, framework: str) -> Asked:
    """A depthwise and a pointwise convolution; PyTorch spells them apart."""
    channels, filters = draw.one_of((4, 8, 12, 16, 24, 32)), draw.one_of(FILTERS)
    size = image(draw)
    if framework == "keras":
        layer = spelled("keras", f"SeparableConv2D({filters}, 3)", "", channels, size)
        forgotten = [KNOWN["forgot-depthwise-kernel"], KNOWN["forgot-pointwise-kernel"]]
        focus = ("depthwise-taken-for-full", *(each.slug for each in forgotten))
        return of_one_layer(layer, focus, *forgotten)
    first = conv("torch", channels, channels, 3, size, groups=channels, bias=False)
    second = conv("torch", channels, filters, 1, size)
    return of_layers([first, second], ("forgot-groups", "forgot-in-channels"))


def transposed(draw: Draw, framework: str) -> Asked:
    """A convolution that runs backwards."""
    channels, filters, side = draw.one_of(CHANNELS), draw.one_of(FILTERS), draw.one_of(SIDES[:6])
    layer = spelled(
        framework,
        f"Conv2DTranspose({filters}, 3, strides=2)",
        f"nn.ConvTranspose2d({channels}, {filters}, 3, stride=2)",
        channels,
        (side, side),
    )
    return of_one_layer(layer, ("bias-per-channel", "counted-stride", "forgot-in-channels"))


# -- 9: VGG-16 by hand -----------------------------------------------------------------------------


def behind_flatten(draw: Draw, framework: str) -> Asked:
    """The dense layer behind the convolutions, where most of VGG-16's parameters are."""
    channels, side = draw.one_of((1, 3)), draw.one_of((12, 16, 20, 24, 28, 32))
    filters, units = draw.one_of(FILTERS), draw.one_of((10, 10, 16, 32, 64, 100))
    first = conv(framework, channels, filters, 3, (side, side), padding="same")
    shapes = {
        "the pooled map": (filters, side // 2, side // 2),
        "the map in front of the pooling": (filters, side, side),
        "the image": (channels, side, side),
        "one channel of the map": (1, side // 2, side // 2),
        "the number of filters": (filters,),
    }
    right, *others = {
        name: Flatten(shape).output_shape()[0] or 0 for name, shape in shapes.items()
    }.items()
    pool = ("MaxPooling2D(2)", "nn.MaxPool2d(2)")[framework == "torch"]
    flat = ("Flatten()", "nn.Flatten()")[framework == "torch"]
    last = spelled(framework, f"Dense({units})", f"nn.LazyLinear({units})", right[1], ())
    slips = flatten_sizes(dict(others))
    return Asked(
        f"How many parameters does the last of these layers have? {comes_in(first)}",
        [first.text, pool, flat, last.text],
        framework,
        last.count(),
        [each.slug for each in slips],
        [*OFFERED, *slips],
    )


def block(draw: Draw, framework: str) -> Asked:
    """Two convolutions of a block of VGG."""
    channels, filters = draw.one_of((1, 3, 8, 16)), draw.one_of((8, 12, 16, 24, 32, 48, 64))
    size = image(draw)
    layers = [
        conv(framework, each, filters, 3, size, padding="same") for each in (channels, filters)
    ]
    return of_layers(layers, ("forgot-in-channels", "forgot-bias"))
