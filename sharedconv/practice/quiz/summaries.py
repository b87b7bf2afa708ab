"""Questions on what a summary lists, in Keras and in PyTorch: lessons 5, 8 and 10."""

from __future__ import annotations

from ...counting.conv import Conv
from ...spelling.recipe import FRAMEWORKS
from .lines import (
    CHANNELS,
    FILTERS,
    KERNELS,
    SIDES,
    comes_in,
    conv,
    image,
    in_a_sequence,
    spelled,
    together,
)
from .question import OFFERED, Asked
from .sharing import of_layers, of_one_layer
from .slips import COUNTED_TWICE, FORGOT_SHIFT, STATISTICS_TRAINED, at_every_position

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...counting.count import Count
    from ...spelling.read import Spelled
    from .draw import Draw


# -- 5: bias or not --------------------------------------------------------------------------------


def conv_and_norm(draw: Draw, framework: str) -> Asked:
    """A convolution and a batch norm behind it, with a bias between them or without."""
    bias = not draw.below(3)
    layers = _normalised(draw, framework, bias)
    focus = ("forgot-bias" if bias else "expected-bias", "non-trainable-statistics")
    return of_layers(layers, focus)


def _normalised(draw: Draw, framework: str, bias: bool) -> list[Spelled]:
    channels, filters = draw.one_of((1, 3, 4, 8)), draw.one_of(FILTERS)
    first = conv(framework, channels, filters, draw.one_of(KERNELS), image(draw), bias=bias)
    return [first, _norm(framework, filters)]


def _norm(framework: str, channels: int) -> Spelled:
    norm = f"nn.BatchNorm2d({channels})"
    return spelled(framework, "BatchNormalization()", norm, channels, (1, 1))


def norm_alone(draw: Draw, framework: str) -> Asked:
    """A batch norm as one framework counts it."""
    channels, side = draw.one_of((*CHANNELS, 20, 24, 32, 48, 64, 96, 128)), draw.one_of(SIDES)
    layer = spelled(
        framework,
        "BatchNormalization()",
        f"nn.BatchNorm2d({channels})",
        channels,
        (side, side),
    )
    per_position = at_every_position(
        "norm-per-position",
        "gives each position a scale and a shift of its own",
        ("scale", "shift"),
        (side, side),
    )
    words = f"How many parameters does {FRAMEWORKS[framework]} list for this layer?"
    focus = ("non-trainable-statistics", "forgot-shift")
    return of_one_layer(layer, focus, FORGOT_SHIFT, per_position, words=words)


def conv_without_bias(draw: Draw, framework: str) -> Asked:
    """A convolution whose bias a batch norm would take away again."""
    channels, filters = draw.one_of(CHANNELS), draw.one_of(FILTERS)
    layer = conv(framework, channels, filters, draw.one_of((1, 3)), image(draw), bias=False)
    return of_one_layer(layer, ("expected-bias", "forgot-in-channels"))


# -- 8: reading summaries --------------------------------------------------------------------------

UNITS = (5, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64)


def lstm(draw: Draw, framework: str) -> Asked:
    """Four gates, and one bias or two."""
    features, units = draw.one_of(CHANNELS), draw.one_of(UNITS)
    layer = in_a_sequence(
        framework, f"LSTM({units})", f"nn.LSTM({features}, {units})", features, draw.one_of(SIDES)
    )
    return _steps(layer, ("double-bias-torch-rnn", "gates-forgotten", "forgot-recurrent-kernel"))


def gru(draw: Draw, framework: str) -> Asked:
    """Three gates, and two biases in both frameworks."""
    features, units = draw.one_of(CHANNELS), draw.one_of(UNITS)
    layer = in_a_sequence(
        framework, f"GRU({units})", f"nn.GRU({features}, {units})", features, draw.one_of(SIDES)
    )
    return _steps(layer, ("framework-default-differs", "gates-forgotten"))


def both_ways(draw: Draw, framework: str) -> Asked:
    """A sequence read from both ends."""
    features, units = draw.one_of(CHANNELS), draw.one_of(UNITS)
    layer = in_a_sequence(
        framework,
        f"Bidirectional(LSTM({units}))",
        f"nn.LSTM({features}, {units}, bidirectional=True)",
        features,
        draw.one_of(SIDES),
    )
    return _steps(layer, ("forgot-direction", "double-bias-torch-rnn"))


def _steps(layer: Spelled, focus: tuple[str, ...]) -> Asked:
    words = (
        f"How many parameters does {FRAMEWORKS[layer.framework]} list for this layer? One input is "
        f"{layer.shape} (steps × features)."
    )
    return Asked(words, [layer.text], layer.framework, layer.count(), focus)


def trainable(draw: Draw, framework: str) -> Asked:
    """What training changes, of what a summary lists."""
    layers = _normalised(draw, framework, bias=False)
    return Asked(
        f"How many numbers does training change in these layers? {comes_in(layers[0])}",
        [each.text for each in layers],
        framework,
        together(*layers).trainable,
        ("statistics-trained", "expected-bias"),
        [
            *(each for each in OFFERED if each.slug != "non-trainable-statistics"),
            STATISTICS_TRAINED,
        ],
    )


def tied(draw: Draw, _: str) -> Asked:
    """One matrix in two layers, which PyTorch can say in a line."""
    words, size = draw.one_of((50, 100, 200, 500, 1000, 2000)), draw.one_of(UNITS)
    head = spelled("torch", "", f"nn.Linear({size}, {words})", size, ())
    return Asked(
        "The last line makes both layers use one and the same matrix. How many parameters are "
        "there?",
        [
            f"embed = nn.Embedding({words}, {size})",
            f"head = {head.text}",
            "head.weight = embed.weight",
        ],
        "torch",
        head.count(),
        ("counted-shared-twice",),
        [*OFFERED, COUNTED_TWICE],
    )


# -- 10: two frameworks ----------------------------------------------------------------------------


def norm_elsewhere(draw: Draw, framework: str) -> Asked:
    """The layers in one framework, the count in the other."""
    other = "torch" if framework == "keras" else "keras"
    bias = bool(draw.below(2))
    layers = _normalised(draw, framework, bias)
    conv_kind = layers[0].kind
    assert isinstance(conv_kind, Conv)
    elsewhere = together(layers[0], _norm(other, conv_kind.filters))
    focus = ("non-trainable-statistics", "forgot-bias" if bias else "expected-bias")
    return _elsewhere(layers, other, elsewhere, focus, comes_in(layers[0]))


def lstm_elsewhere(draw: Draw, framework: str) -> Asked:
    """An LSTM in one framework, its count in the other."""
    other = "torch" if framework == "keras" else "keras"
    features, units, steps = draw.one_of(CHANNELS), draw.one_of(UNITS), draw.one_of(SIDES)
    lines = (f"LSTM({units})", f"nn.LSTM({features}, {units})")
    here = in_a_sequence(framework, *lines, features, steps)
    there = in_a_sequence(other, *lines, features, steps)
    on = f"One input is {here.shape} (steps × features)."
    return _elsewhere([here], other, there.count(), ("double-bias-torch-rnn",), on)


def _elsewhere(
    layers: list[Spelled], other: str, count: Count, focus: tuple[str, ...], on: str
) -> Asked:
    framework = layers[0].framework
    words = (
        f"{FRAMEWORKS[framework]} lists {together(*layers).total:,} parameters here. How many does "
        f"{FRAMEWORKS[other]} list for the same layer{'s' * (len(layers) > 1)}? {on}"
    )
    return Asked(words, [each.text for each in layers], framework, count, focus)
