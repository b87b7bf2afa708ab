"""Layers without parameters: what becomes of the shape, against the real layers.

A random layer is written as a line, read, and held against the real layer: PyTorch's is run,
Keras's is asked for its output's shape. Where the real one refuses, so does ours, and the other way
round.
"""

import os
from typing import Any

import pytest
import torch
from hypothesis import given, settings, strategies as st
from torch import nn

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras

from sharedconv.counting import Concatenate, Count, Flatten, Merge, Pool, Resize, SameShape
from sharedconv.spelling import read

quickly = settings(max_examples=200, deadline=None)

Shape = tuple[int, ...]
Case = tuple[str, dict[str, Any], Shape]
"""A layer's name, its arguments, and the shape of one input."""


def written(prefix: str, case: Case) -> str:
    name, arguments, _ = case
    return f"{prefix}{name}({', '.join(f'{each}={value!r}' for each, value in arguments.items())})"


def ours(prefix: str, case: Case) -> Shape | None:
    """What comes out by the line, or None where it is refused with one sentence."""
    text = written(prefix, case)
    try:
        layer = read(text, case[2])
    except ValueError:
        return None
    assert layer.count() == read(text).count() == Count()
    assert layer.kind.mult_adds() == 0
    return layer.output_shape().sizes


def in_torch(case: Case) -> Shape | None:
    """What comes out of the real layer, or None where it refuses, or nothing is left."""
    name, arguments, shape = case
    try:
        real = getattr(nn, name)(**arguments)
        with torch.no_grad():
            seen = real(torch.zeros(1, *shape))
    except (RuntimeError, ValueError, IndexError, TypeError):
        return None
    assert not list(real.parameters())
    return tuple(seen.shape[1:]) if seen.numel() else None


def in_keras(case: Case) -> Shape | None:
    name, arguments, shape = case
    try:
        real = getattr(keras.layers, name)(**arguments)
        real.build((None, *shape))
        seen = real.compute_output_shape((None, *shape))
    except (ValueError, IndexError):
        return None
    assert real.count_params() == 0
    return tuple(seen[1:])


def per_axis(draw: st.DrawFn, ndim: int, least: int, most: int) -> int | Shape:
    """One number for all dimensions, or one for each."""
    if draw(st.booleans()):
        return draw(st.integers(least, most))
    return tuple(draw(st.integers(least, most)) for _ in range(ndim))


def image(draw: st.DrawFn, ndim: int, least: int = 1, most: int = 9) -> Shape:
    return tuple(draw(st.integers(least, most)) for _ in range(ndim))


# -- pooling -------------------------------------------------------------------------------------


@st.composite
def torch_pools(draw: st.DrawFn) -> Case:
    ndim, what = draw(st.sampled_from([1, 2, 3])), draw(st.sampled_from(["Max", "Avg", "LP"]))
    arguments: dict[str, Any] = {"kernel_size": per_axis(draw, ndim, 1, 4)}
    if draw(st.booleans()):
        arguments["stride"] = per_axis(draw, ndim, 1, 4)
    if what != "LP" and draw(st.booleans()):
        arguments["padding"] = per_axis(draw, ndim, 0, 2)
    if what == "Max" and draw(st.booleans()):
        arguments["dilation"] = per_axis(draw, ndim, 1, 3)
    if what == "LP":
        arguments["norm_type"] = 2
        if ndim == 1:  # the one layer that takes a number only
            arguments["kernel_size"] = draw(st.integers(1, 4))
    arguments["ceil_mode"] = draw(st.booleans())
    # these want an input as large as their window, whatever the padding
    least = 4 if ndim == 3 and what != "Max" else 1
    return f"{what}Pool{ndim}d", arguments, (draw(st.integers(1, 3)), *image(draw, ndim, least))


@settings(max_examples=600, deadline=None)
@given(torch_pools())
def test_pooling_is_shaped_as_torch_does(case: Case) -> None:
    assert ours("nn.", case) == in_torch(case)


@st.composite
def keras_pools(draw: st.DrawFn) -> Case:
    ndim, what = draw(st.sampled_from([1, 2, 3])), draw(st.sampled_from(["Max", "Average"]))
    arguments: dict[str, Any] = {"pool_size": per_axis(draw, ndim, 1, 4)}
    if draw(st.booleans()):
        arguments["strides"] = per_axis(draw, ndim, 1, 4)
    arguments["padding"] = draw(st.sampled_from(["valid", "same"]))
    first = draw(st.booleans())
    if draw(st.booleans()) or first:
        arguments["data_format"] = "channels_first" if first else "channels_last"
    size, channels = image(draw, ndim), draw(st.integers(1, 3))
    return f"{what}Pooling{ndim}D", arguments, (channels, *size) if first else (*size, channels)


@quickly
@given(keras_pools())
def test_pooling_is_shaped_as_keras_does(case: Case) -> None:
    assert ours("", case) == in_keras(case)


@st.composite
def adaptive(draw: st.DrawFn) -> tuple[Case, Case]:
    ndim, what = draw(st.sampled_from([1, 2, 3])), draw(st.sampled_from(["Avg", "Max"]))
    in_torch = per_axis(draw, ndim, 1, 5)
    if isinstance(in_torch, tuple) and ndim > 1:
        in_torch = tuple(draw(st.sampled_from([None, each])) for each in in_torch)
    in_keras = per_axis(draw, ndim, 1, 5)
    size, channels = image(draw, ndim), draw(st.integers(1, 3))
    name = {"Avg": "Average", "Max": "Max"}[what]
    return (
        (f"Adaptive{what}Pool{ndim}d", {"output_size": in_torch}, (channels, *size)),
        (f"Adaptive{name}Pooling{ndim}D", {"output_size": in_keras}, (*size, channels)),
    )


@quickly
@given(adaptive())
def test_pooling_to_a_size_is_shaped_as_both_do(cases: tuple[Case, Case]) -> None:
    assert ours("nn.", cases[0]) == in_torch(cases[0])
    assert ours("", cases[1]) == in_keras(cases[1])


@pytest.mark.parametrize("what", ["Max", "Average"])
@pytest.mark.parametrize("ndim", [1, 2, 3])
@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("data_format", ["channels_first", "channels_last"])
def test_pooling_over_everything_is_shaped_as_keras_does(
    what: str, ndim: int, keepdims: bool, data_format: str
) -> None:
    arguments = {"keepdims": keepdims, "data_format": data_format}
    case = (f"Global{what}Pooling{ndim}D", arguments, (6, 5, 4, 3)[-ndim - 1 :])
    assert ours("", case) == in_keras(case)


# -- padding, cropping, larger and smaller ------------------------------------------------------


@st.composite
def torch_pads(draw: st.DrawFn) -> Case:
    ndim = draw(st.sampled_from([1, 2, 3]))
    name = draw(st.sampled_from(["Zero", "Constant", "Reflection", "Replication", "Circular"]))
    least = -3 if name in ("Zero", "Constant") else 0
    arguments: dict[str, Any] = {"padding": per_axis(draw, 2 * ndim, least, 4)}
    if name == "Constant":
        arguments["value"] = 3.5
    return f"{name}Pad{ndim}d", arguments, (draw(st.integers(1, 3)), *image(draw, ndim, most=6))


@settings(max_examples=400, deadline=None)
@given(torch_pads())
def test_padding_is_shaped_as_torch_does(case: Case) -> None:
    assert ours("nn.", case) == in_torch(case)


@st.composite
def keras_pads(draw: st.DrawFn) -> Case:
    ndim, crops = draw(st.sampled_from([1, 2, 3])), draw(st.booleans())
    amounts: Any = per_axis(draw, 2 if ndim == 1 else ndim, 0, 3)
    if ndim > 1 and isinstance(amounts, tuple) and draw(st.booleans()):
        amounts = tuple((each, draw(st.integers(0, 3))) for each in amounts)
    name = f"Cropping{ndim}D" if crops else f"ZeroPadding{ndim}D"
    arguments = {"cropping" if crops else "padding": amounts}
    return name, arguments, (*image(draw, ndim, most=8), draw(st.integers(1, 3)))


@quickly
@given(keras_pads())
def test_padding_and_cropping_are_shaped_as_keras_does(case: Case) -> None:
    assert ours("", case) == in_keras(case)


@st.composite
def upsampled(draw: st.DrawFn) -> tuple[Case, Case]:
    ndim = draw(st.sampled_from([1, 2, 3]))
    arguments: dict[str, Any]
    if draw(st.booleans()):
        arguments = {"size": per_axis(draw, ndim, 1, 9)}
    else:
        scale = st.sampled_from([0.3, 0.5, 1, 1.5, 2, 2.7, 3])
        scales = tuple(draw(scale) for _ in range(ndim))
        arguments = {"scale_factor": draw(st.sampled_from([scales[0], scales]))}
    words = {1: ["nearest", "linear"], 2: ["nearest", "bilinear", "bicubic"]}
    arguments["mode"] = draw(st.sampled_from(words.get(ndim, ["nearest", "trilinear"])))
    size, channels = image(draw, ndim), draw(st.integers(1, 3))
    keras_size = draw(st.integers(1, 4)) if ndim == 1 else per_axis(draw, ndim, 1, 4)
    return (
        ("Upsample", arguments, (channels, *size)),
        (f"UpSampling{ndim}D", {"size": keras_size}, (*size, channels)),
    )


@quickly
@given(upsampled())
def test_upsampling_is_shaped_as_both_do(cases: tuple[Case, Case]) -> None:
    assert ours("nn.", cases[0]) == in_torch(cases[0])
    assert ours("", cases[1]) == in_keras(cases[1])


@quickly
@given(
    st.sampled_from(["PixelShuffle", "PixelUnshuffle"]),
    st.integers(1, 4),
    st.tuples(st.integers(1, 32), st.integers(1, 9), st.integers(1, 9)),
)
def test_pixels_from_channels_are_shaped_as_torch_does(
    name: str, factor: int, shape: Shape
) -> None:
    which = "upscale_factor" if name == "PixelShuffle" else "downscale_factor"
    case = (name, {which: factor}, shape)
    assert ours("nn.", case) == in_torch(case)


@pytest.mark.parametrize("name", ["Resizing", "CenterCrop", "RandomCrop"])
@pytest.mark.parametrize("shape", [(9, 8, 3), (30, 40, 1)])
def test_images_are_brought_to_a_size_as_keras_does(name: str, shape: Shape) -> None:
    case = (name, {"height": 7, "width": 5}, shape)
    assert ours("", case) == in_keras(case) == (7, 5, shape[-1])


@pytest.mark.parametrize("name", ["UpsamplingNearest2d", "UpsamplingBilinear2d"])
def test_the_former_upsampling_of_torch(name: str) -> None:
    for arguments in ({"size": (7, 4)}, {"size": 6}, {"scale_factor": 3}):
        case = (name, arguments, (2, 5, 4))
        assert ours("nn.", case) == in_torch(case) is not None


# -- other shapes --------------------------------------------------------------------------------


@quickly
@given(
    st.lists(st.integers(1, 5), min_size=1, max_size=4).map(tuple),
    st.integers(-5, 5).filter(bool),
    st.integers(-5, 5).filter(bool),
)
def test_flatten_is_shaped_as_torch_does(shape: Shape, start: int, end: int) -> None:
    # where the batch itself would be flattened, ours refuses: it is not in its shapes
    rank = len(shape) + 1
    takes_the_batch = start == -rank or end == -rank
    case = ("Flatten", {"start_dim": start, "end_dim": end}, shape)
    expected = None if takes_the_batch else in_torch(case)
    assert ours("nn.", case) == expected


@quickly
@given(st.lists(st.integers(1, 5), min_size=1, max_size=4).map(tuple), st.data())
def test_unflatten_is_shaped_as_torch_does(shape: Shape, data: st.DataObject) -> None:
    dim = data.draw(st.integers(1, len(shape)))
    target = data.draw(st.lists(st.sampled_from([-1, 1, 2, 3, 4]), min_size=1, max_size=3))
    case = ("Unflatten", {"dim": dim, "unflattened_size": tuple(target)}, shape)
    try:
        theirs = in_torch(case)
    except AssertionError:
        theirs = None
    if target.count(-1) > 1:
        with pytest.raises(ValueError, match="one size at most can be left to -1"):
            read(written("nn.", case))
        assert theirs is None
    else:
        assert ours("nn.", case) == theirs


@quickly
@given(st.lists(st.integers(1, 5), max_size=4).map(tuple), st.data())
def test_other_shapes_are_as_keras_has_them(shape: Shape, data: st.DataObject) -> None:
    case: Case = ("Flatten", {}, shape)
    if shape:
        assert ours("", case) == in_keras(case)
    order = data.draw(st.permutations(range(1, len(shape) + 1)))
    if shape:
        case = ("Permute", {"dims": tuple(order)}, shape)
        assert ours("", case) == in_keras(case)
        target = data.draw(st.lists(st.sampled_from([-1, 1, 2, 3, 4]), min_size=1, max_size=3))
        if target.count(-1) < 2:
            case = ("Reshape", {"target_shape": tuple(target)}, shape)
            assert ours("", case) == in_keras(case)
    if len(shape) == 1:
        case = ("RepeatVector", {"n": data.draw(st.integers(1, 9))}, shape)
        assert ours("", case) == in_keras(case)


# -- several inputs ------------------------------------------------------------------------------


@quickly
@given(st.lists(st.integers(1, 3), min_size=1, max_size=3), st.data())
def test_inputs_are_joined_as_keras_does(sizes: list[int], data: st.DataObject) -> None:
    """Sizes that are equal, or 1, or, now and then, neither."""
    inputs = [
        tuple(data.draw(st.sampled_from([each, each, 1, None])) for each in sizes)
        for _ in range(data.draw(st.integers(2, 4)))
    ]
    if data.draw(st.booleans()):
        inputs[0] = tuple(data.draw(st.integers(1, 3)) for _ in sizes)
    name = data.draw(st.sampled_from(["Add", "Average", "Maximum", "Multiply", "Minimum"]))
    try:
        joined = keras.layers.Add()([keras.Input(shape) for shape in inputs]).shape[1:]
        real = getattr(keras.layers, name)()
        assert real([keras.Input(shape) for shape in inputs]).shape[1:] == joined
    except ValueError:
        with pytest.raises(ValueError, match="have to be equal, or 1"):
            Merge(inputs)
    else:
        kind = read(f"{name}()", inputs[0]).kind.replace(shapes=inputs)
        assert kind.output_shape() == tuple(joined)


@quickly
@given(st.lists(st.integers(1, 3), min_size=1, max_size=3), st.data())
def test_inputs_are_put_one_behind_the_other_as_keras_does(
    sizes: list[int], data: st.DataObject
) -> None:
    axis = data.draw(st.integers(1, len(sizes)))
    place = axis - 1
    inputs = [
        (*sizes[:place], data.draw(st.integers(1, 4)), *sizes[place + 1 :])
        for _ in range(data.draw(st.integers(2, 4)))
    ]
    written_axis = data.draw(st.sampled_from([axis, axis - len(sizes) - 1]))
    real = keras.layers.Concatenate(axis=written_axis)
    seen = real([keras.Input(shape) for shape in inputs]).shape[1:]
    kind = read(f"Concatenate(axis={written_axis})", inputs[0]).kind.replace(shapes=inputs)
    assert kind.output_shape() == tuple(seen)
    if len(sizes) > 1:
        other = list(inputs[0])
        other[place - 1] += 1
        with pytest.raises(ValueError, match="all their other sizes have to be equal"):
            Concatenate([inputs[0], other], place)
        with pytest.raises(RuntimeError):
            torch.cat([torch.zeros(1, *shape) for shape in (inputs[0], other)], axis)


def test_joining_nothing_is_said_in_a_sentence() -> None:
    for text in ("Add()", "Concatenate()"):
        with pytest.raises(ValueError, match="depends on the inputs' shapes, and none is given"):
            read(text).kind.output_shape()
    with pytest.raises(ValueError, match="axis is 0, which is the batch"):
        read("Concatenate(axis=0)")


# -- sizes that aren't known, and what can't be --------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shape", "expected"),
    [
        ("MaxPooling2D()", (None, 9, 3), (None, 4, 3)),
        ("MaxPooling2D(padding='same')", (None, 9, 3), (None, 5, 3)),
        ("GlobalAveragePooling2D()", (None, None, 3), (3,)),
        ("ZeroPadding2D(2)", (None, 9, 3), (None, 13, 3)),
        ("Flatten()", (None, 9, 3), (None,)),
        ("Reshape((-1, 3))", (None, 9, 3), (None, 3)),
        ("Permute((2, 1))", (None, 9), (9, None)),
        ("UpSampling2D()", (None, 9, 3), (None, 18, 3)),
        ("Dropout(0.5)", (None, 9, 3), (None, 9, 3)),
        ("Input((None, None, 3))", None, (None, None, 3)),
    ],
)
def test_a_size_that_is_not_known_stays_open(text: str, shape: Any, expected: Any) -> None:
    assert read(text, shape).output_shape().sizes == expected
    assert keras_shape(text, shape) == expected


def keras_shape(text: str, shape: Any) -> Any:
    """The same by Keras; the lines above are short enough to be taken apart by hand."""
    name, _, rest = text.removesuffix(")").partition("(")
    if name == "Input":
        return keras.Input((None, None, 3)).shape[1:]
    values = {"": {}, "padding='same'": {"padding": "same"}, "2": {"padding": 2}}
    values |= {"(-1, 3)": {"target_shape": (-1, 3)}, "(2, 1)": {"dims": (2, 1)}}
    values |= {"0.5": {"rate": 0.5}}
    return in_keras((name, values[rest], shape))


@pytest.mark.parametrize(
    ("text", "shape", "sentence"),
    [
        ("nn.MaxPool2d(3, padding=2)", None, "it can be 1 at most"),
        ("nn.MaxPool2d(12)", (3, 9, 9), "the window's height 12 is larger than the input height 9"),
        ("MaxPooling2D(2, padding='full')", (9, 9, 3), "Keras takes 'valid' and 'same'"),
        ("MaxPooling2D(2)", (9, 3), "this layer takes 3 .channels last., such as 100x100x1"),
        ("nn.ReflectionPad1d(9)", (3, 9), "use 8 at most"),
        ("nn.ZeroPad2d(-5)", (3, 9, 9), "10 can't be cut from an input height of 9"),
        ("nn.ZeroPad2d((1, 2, 3))", None, "give one number, or 4 of them"),
        ("ZeroPadding2D((1, 2, 3))", None, "give one number, or for each of the 2 dimensions"),
        ("Cropping2D(5)", (9, 9, 3), "10 can't be cut from an input height of 9"),
        ("nn.Upsample()", None, "give either the size asked for or the scale"),
        ("nn.Upsample(2, 2)", None, "give either the size asked for or the scale"),
        ("nn.Upsample(scale_factor=0)", None, "the scale is 0; it has to be a number above 0"),
        ("nn.Upsample(scale_factor=factor)", None, "the scale is factor; it has to be a number"),
        ("nn.Upsample(scale_factor=1e400)", None, "the scale is inf; it has to be a number"),
        ("nn.Upsample(scale_factor=0.01)", (3, 9, 9), "9 times 0.01 leaves nothing"),
        ("nn.PixelShuffle(2)", (3, 9, 9), "channels is 3; it has to be a multiple of 4 here"),
        ("nn.Flatten(0)", (3, 9), "start_dim is 0, which is the batch"),
        ("nn.Flatten(-1, 1)", (3, 9, 9), "goes from axis 2 to axis 0; turn the two round"),
        ("nn.Flatten(4)", (3, 9), "has 2 dimensions besides the batch, and number 4 is none"),
        ("nn.Unflatten(1, (4, 2))", (9,), "9 has 9 numbers, which don't fit into the shape"),
        ("Reshape((4, -1))", (9, 9), "9×9 has 81 numbers, which don't fit"),
        ("Permute((1, 3))", (9, 9), "each of 1, 2 has to be there once"),
        ("Permute((2, 1, 3))", (9, 9), "has 2 dimensions, and 3 are put in order"),
        ("RepeatVector(3)", (9, 9), "a single row of numbers is repeated"),
        ("Input()", None, "the shape of the input is missing"),
        ("Input((28, 28, 1))", (9, 9), "the line says that its input is 28×28×1, and .* is 9×9"),
    ],
)
def test_what_can_not_be_is_said_in_a_sentence(text: str, shape: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        read(text, shape)


def test_padding_takes_whole_numbers_only() -> None:
    with pytest.raises(TypeError, match=r"padding is 1.5; it has to be whole numbers"):
        read("nn.ZeroPad1d(1.5)")
    with pytest.raises(TypeError, match="start_dim is True; it has to be a whole number"):
        read("nn.Flatten(True)")


def test_without_a_shape_there_is_a_count_and_no_shape() -> None:
    for text in ("nn.ReLU()", "nn.MaxPool2d(2)", "nn.Flatten()", "Dropout(0.5)", "MaxPooling2D()"):
        layer = read(text)
        assert int(layer.count()) == 0
        assert layer.output_shape() is None
        assert "There is nothing to learn in it." in layer.kind.about()
    with pytest.raises(ValueError, match="depends on the input's shape, and that is not given"):
        SameShape().output_shape()
    assert Pool(2, ndim=2).output_shape() == (None, None, None)
    assert Resize(7, ndim=2).output_shape() == (None, 7, 7)


def test_a_kind_without_parameters_is_a_value_too() -> None:
    assert Flatten((3, 4), 0, -1).replace(shape=(5, 4)) == Flatten((5, 4))
    assert Pool(2, ndim=2, channels=3, input_size=9).replace(stride=1).output_shape() == (3, 8, 8)
    assert len({Pool(2, ndim=2), Pool((2, 2), 2, ndim=2), Pool(3, ndim=2)}) == 2
