"""A line of Keras or PyTorch, read: the count of the real layer that the line would make.

The real layer is made by calling the real class with the same values; no text is ever run, here
as little as there.
"""

import inspect
from typing import Any

import keras
import pytest
from counting.configurations import (
    KERAS_CONVS,
    TORCH_CONVS,
    Configuration,
    keras_convs,
    torch_convs,
)
from hypothesis import assume, given, settings, strategies as st
from torch import nn

from sharedconv.counting import Conv, Dense
from sharedconv.spelling import Shape, Spelled, read, read_shape

# -- random layers, written in random ways ---------------------------------------------------------


def shown(draw: st.DrawFn, value: Any) -> str:
    """A value as one person or another writes it."""
    if isinstance(value, tuple):
        if len(set(value)) == 1 and draw(st.booleans()):
            return repr(value[0])  # one number for all dimensions
        return repr(value if draw(st.booleans()) else list(value))
    if type(value) is int and value > 3 and draw(st.booleans()):
        factor = draw(st.integers(2, value - 1))
        return f"{factor} * {value // factor} + {value % factor}"
    return repr(value)


@st.composite
def written(draw: st.DrawFn, real: type[Any], prefix: str, values: dict[str, Any]) -> str:
    """A call of the real class: the first so many arguments in order, the others by name."""
    order = [name for name in inspect.signature(real).parameters if name != "kwargs"]
    required = [name for name in order if name in values]
    in_order = 0
    # arguments in order need every one before them
    while in_order < len(order) and order[in_order] in values:
        in_order += 1
    in_order = draw(st.integers(0, in_order))
    by_name = draw(st.permutations([name for name in required if name not in order[:in_order]]))
    arguments = [shown(draw, values[name]) for name in order[:in_order]]
    arguments += [f"{name}={shown(draw, values[name])}" for name in by_name]
    comma = draw(st.sampled_from([", ", ",", " ,\n  "]))
    after = draw(st.sampled_from(["", ","]))
    around = draw(
        st.sampled_from(
            [
                *["{}", "x = {}", "self.conv1 = {}", "x = {}(x)", "y = {}(x)(z)", "model.add({})"],
                *["net.add({}(x))", "  {}  ", "{},", "{}  # a comment", "layer: object = {}"],
            ]
        )
    )
    return around.format(f"{prefix}{real.__name__}({comma.join(arguments)}{after})")


def parameters(layer: nn.Module) -> int:
    return sum(each.numel() for each in layer.parameters())


@settings(max_examples=250)
@given(torch_convs(), st.data())
def test_a_line_of_torch_is_counted_as_torch_does(
    configuration: Configuration, data: st.DataObject
) -> None:
    real = TORCH_CONVS[configuration.ndim, configuration.transposed]
    prefix = data.draw(st.sampled_from(["", "nn.", "torch.nn."]))
    text = data.draw(written(real, prefix, configuration.torch_arguments()))
    shape = (configuration.in_channels, *configuration.size)

    for given_shape in (None, shape):  # torch's layers need no shape
        layer = read(text, given_shape)
        assert layer.framework == "torch"
        assert int(layer.count()) == parameters(configuration.torch())
        assert (layer.output_shape() is None) == (given_shape is None)
    assert layer.kind == configuration.kind().replace(
        output_padding=(configuration.output_padding or (0,) * configuration.ndim)
        if configuration.transposed
        else None
    )


@settings(max_examples=250)
@given(keras_convs(), st.data())
def test_a_line_of_keras_is_counted_as_keras_does(
    configuration: Configuration, data: st.DataObject
) -> None:
    try:
        configuration.kind()
    except ValueError:  # too small an input; the two agree on that elsewhere
        assume(False)
    arguments = configuration.keras_arguments()
    if arguments.get("output_padding", 0) is None:
        del arguments["output_padding"]
    real = KERAS_CONVS[configuration.ndim, configuration.transposed]
    prefix = data.draw(st.sampled_from(["", "layers.", "keras.layers.", "tf.keras.layers."]))
    text = data.draw(written(real, prefix, arguments))
    shape = (*configuration.size, configuration.in_channels)

    made = real(**arguments)
    made.build((None, *shape))
    layer = read(text, shape)
    assert layer.framework == "keras"
    assert int(layer.count()) == made.count_params()
    output = layer.output_shape()
    assert output is not None
    assert (None, *output.sizes) == tuple(made.compute_output_shape((None, *shape)))


@given(st.integers(1, 500), st.integers(1, 500), st.booleans(), st.data())
def test_a_dense_layer_is_counted_as_both_do(
    in_features: int, units: int, bias: bool, data: st.DataObject
) -> None:
    values: dict[str, Any] = {"in_features": in_features, "out_features": units, "bias": bias}
    text = data.draw(written(nn.Linear, "nn.", values))
    assert int(read(text).count()) == parameters(nn.Linear(**values, device="meta"))

    text = data.draw(written(keras.layers.Dense, "", {"units": units, "use_bias": bias}))
    made = keras.layers.Dense(units, use_bias=bias)
    made.build((None, in_features))
    assert int(read(text, (in_features,)).count()) == made.count_params()


# -- the forms that people use ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shape", "number"),
    [
        # the question's own lines, whose numbers Keras printed
        ("Conv2D(filters=1,kernel_size=(3,3),strides=(1,1),padding='same')", (100, 100, 1), 10),
        ("Conv2D(filters=60,kernel_size=(3,3),strides=(1,1))(input_layer)", (100, 100, 1), 600),
        (
            "ccm1_conv = Conv2D(filters=1, kernel_size=(3, 3), strides=(1, 1), padding='same', "
            "use_bias=False)(input_layer)",
            (100, 100, 1),
            9,
        ),
        ("Conv2D(10, 5)", (100, 100, 1), 260),
        ("nn.Conv2d(1, 10, 5)", None, 260),
        ("nn.Conv2d(1, 10, 5, bias=False)", None, 250),
        ("nn.Conv2d(1, 10, 5, 1, 0, 1, 1, False)", None, 250),
        ("nn.Linear(3, 4)", None, 16),
        ("nn.Linear(in_features=3, out_features=4, bias=False)", None, 12),
        # VGG-16's fc6, as its code spells it
        ("nn.Linear(512 * 7 * 7, 4096)", None, 102_764_544),
        ("Dense(4096, activation='relu')", (25_088,), 102_764_544),
        ("Dense(10)", (7, 3), 40),
        ("Dense(128, input_dim=784)", None, 100_480),
        ("Dense(128, input_shape=(784,))", None, 100_480),
        ("Conv2D(32, (3, 3), activation='relu', input_shape=(28, 28, 1))", None, 320),
        ("Conv2D(32, (3, 3), input_shape=(None, None, 3))", None, 896),
        ("Conv2D(32, [3, 3], padding='SAME')", (224, 224, 3), 896),
        ("Conv2D(32, 3, padding='Valid')", (224, 224, 3), 896),
        ("Conv2D(32, 3)", (None, None, 3), 896),
        ("Conv1D(128, 5)", (1000, 100), 64_128),
        ("Conv1D(128, (5,), padding='causal')", (1000, 100), 64_128),
        # Keras takes the call for what it is; only the name of the initializer stays unread
        ("Conv2D(8, 3, kernel_initializer=init, kernel_regularizer=l2(0.1))", (9, 9, 1), 80),
        ("Conv2D(8, 3, name='a', dtype='float16', autocast=False)", (9, 9, 1), 80),
        ("Conv2D(-(-8), +3)", (9, 9, 1), 80),
        ("Conv2D(17 // 2, 1 + 2)", (9, 9, 1), 80),
        ("Conv2D(9 - 1, 5 - 2)", (9, 9, 1), 80),
        ("nn.Conv2d(3, 6, 5, device='cuda', dtype=torch.float64)", None, 456),
        ("nn.Conv2d(3, 6, 5, padding_mode='circular', padding=2)", None, 456),
    ],
)
def test_a_line_and_its_number(
    text: str, shape: tuple[int | None, ...] | None, number: int
) -> None:
    assert int(read(text, shape).count()) == number


def test_a_frozen_layer_counts_and_is_not_trainable() -> None:
    layer = read("Conv2D(10, 5, trainable=False)", (100, 100, 1))
    real = keras.layers.Conv2D(10, 5, trainable=False)
    real.build((None, 100, 100, 1))
    assert int(layer.count()) == real.count_params() == 260
    assert int(layer.count().trainable) == len(real.trainable_weights) == 0
    assert not layer.trainable
    assert read("Conv2D(10, 5, trainable=True)", (100, 100, 1)).trainable


@pytest.mark.parametrize(
    ("text", "data_format", "shape", "out"),
    [
        # Keras puts the channels last, PyTorch first, unless somebody says otherwise
        ("Conv2D(10, 5)", None, (90, 80, 3), (86, 76, 10)),
        ("nn.Conv2d(3, 10, 5)", None, (3, 90, 80), (10, 86, 76)),
        ("Conv2D(10, 5, data_format='channels_first')", None, (3, 90, 80), (10, 86, 76)),
        ("Conv2D(10, 5)", "channels_first", (3, 90, 80), (10, 86, 76)),
        ("nn.Conv2d(3, 10, 5)", "channels_last", (90, 80, 3), (86, 76, 10)),
        ("Conv2D(10, 5, strides=2)", None, (None, 80, 3), (None, 38, 10)),
        ("Dense(10)", None, (None, 7), (None, 10)),
        ("nn.Linear(7, 10)", None, (5, 7), (5, 10)),
    ],
)
def test_shapes_are_read_and_given_in_one_order(
    text: str,
    data_format: str | None,
    shape: tuple[int | None, ...],
    out: tuple[int | None, ...],
) -> None:
    layer = read(text, shape, data_format)
    output = layer.output_shape()
    assert output is not None
    assert output.sizes == out
    assert output.channels_last == layer.channels_last
    kind = layer.kind
    assert (kind.in_channels if isinstance(kind, Conv) else kind.in_features) in (3, 7)


def test_the_text_is_the_call_without_what_stood_around_it() -> None:
    for text in ("x = Conv2D( 10,5 )(x)", "model.add(Conv2D(10, 5))", "Conv2D(10, 5),  # first"):
        assert read(text, (9, 9, 1)).text == "Conv2D(10, 5)"


@pytest.mark.parametrize(
    ("text", "shape", "bias", "rewritten"),
    [
        ("Conv2D(10, 5)", (9, 9, 1), False, "Conv2D(10, 5, use_bias=False)"),
        ("Conv2D(10, 5, use_bias=False)", (9, 9, 1), True, "Conv2D(10, 5, use_bias=True)"),
        ("nn.Conv2d(1, 10, 5)", None, False, "nn.Conv2d(1, 10, 5, bias=False)"),
        (
            "nn.Conv2d(1, 10, 5, 1, 0, 1, 1, True)",
            None,
            False,
            "nn.Conv2d(1, 10, 5, 1, 0, 1, 1, False)",
        ),
        ("Dense(10, None, True)", (3,), False, "Dense(10, None, False)"),
        ("nn.Linear(3, 4)", None, False, "nn.Linear(3, 4, bias=False)"),
    ],
)
def test_a_remedy_is_written_into_the_line(
    text: str, shape: tuple[int, ...] | None, bias: bool, rewritten: str
) -> None:
    layer = read(text, shape)
    assert layer.rewritten({"bias": bias}) == rewritten
    again = read(rewritten, shape)
    assert bool(again.count().role("bias").terms) is bias
    # the line itself stays as it was
    assert layer.rewritten({}) == text


def test_what_was_read_is_a_value() -> None:
    layer = read("Conv2D(10, 5)", (9, 9, 1))
    assert isinstance(layer, Spelled)
    assert layer == read("Conv2D(10,5)", (9, 9, 1))
    assert hash(layer) == hash(read("Conv2D(10,5)", (9, 9, 1)))
    assert isinstance(layer.kind, Conv)
    assert isinstance(read("Dense(3)", (3,)).kind, Dense)
    with pytest.raises(AttributeError):
        layer.text = "Conv2D(11, 5)"


# -- shapes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("100x100x1", (100, 100, 1)),
        ("100×100×1", (100, 100, 1)),
        ("100X100X1", (100, 100, 1)),
        ("100*100*1", (100, 100, 1)),
        ("(100, 100, 1)", (100, 100, 1)),
        ("(100,100,1,)", (100, 100, 1)),
        ("100,100,1", (100, 100, 1)),
        ("  28 x 28 ", (28, 28)),
        ("784", (784,)),
        ("(784,)", (784,)),
        ("NonexNonex3", (None, None, 3)),
        ("(None, 28, 3)", (None, 28, 3)),
        ("?x?x3", (None, None, 3)),
    ],
)
def test_a_shape_as_people_write_it(text: str, sizes: tuple[int | None, ...]) -> None:
    assert read_shape(text) == sizes


@given(st.lists(st.one_of(st.none(), st.integers(1, 10**30)), min_size=1, max_size=12))
def test_a_shape_is_read_back_as_python_writes_it(sizes: list[int | None]) -> None:
    assert read_shape(repr(tuple(sizes))) == tuple(sizes)
    assert read_shape("x".join(str(each) for each in sizes)) == tuple(sizes)


def test_a_shape_says_how_it_is_read() -> None:
    last, first = Shape((100, 90, 3), True), Shape((3, 100, 90), False)
    assert (str(last), last.order, last.channels) == ("100×90×3", "channels last", 3)
    assert (str(first), first.order, first.channels) == ("3×100×90", "channels first", 3)
    assert last.image(2) == first.image(2) == (100, 90)
    assert str(Shape((None, 3), True)) == "?×3"
