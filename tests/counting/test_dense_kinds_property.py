"""Bilinear, EinsumDense, Embedding and PReLU against the real layers of PyTorch and Keras.

Whatever stands on the right of an assertion comes from a real layer: its own count, the tensors
it holds, or what it gives out.
"""

import os
from math import prod
from typing import Any

import pytest
import torch
from hypothesis import given, settings, strategies as st
from torch import nn

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras

from sharedconv.counting import Bilinear, EinsumDense, Embedding, Kind, PReLU
from sharedconv.spelling import read

quickly = settings(max_examples=200, deadline=None)
small = st.integers(1, 9)
shapes = st.lists(st.integers(1, 5), max_size=3).map(tuple)


def parameters(layer: nn.Module) -> int:
    return sum(each.numel() for each in layer.parameters())


def trained(layer: nn.Module) -> int:
    return sum(each.numel() for each in layer.parameters() if each.requires_grad)


def written(name: str, arguments: dict[str, Any]) -> str:
    return f"{name}({', '.join(f'{each}={value!r}' for each, value in arguments.items())})"


def built(name: str, arguments: dict[str, Any], shape: tuple[int | None, ...]) -> Any:
    layer = getattr(keras.layers, name)(**arguments)
    layer.build((None, *shape))
    return layer


# -- bilinear ------------------------------------------------------------------------------------


@quickly
@given(small, small, small, st.booleans(), shapes)
def test_a_bilinear_layer_is_counted_as_torch_does(
    first: int, second: int, units: int, bias: bool, positions: tuple[int, ...]
) -> None:
    real = nn.Bilinear(first, second, units, bias=bias, device="meta")
    inputs = [torch.empty(1, *positions, size, device="meta") for size in (first, second)]
    line = f"nn.Bilinear({first}, {second}, {units}, bias={bias})"
    layer = read(line, (*positions, first))
    assert int(layer.count()) == int(read(line).count()) == parameters(real)
    assert int(layer.count().role("kernel")) == real.weight.numel()
    assert layer.output_shape().sizes == tuple(real(*inputs).shape[1:])
    # each weight of each output meets one pair of numbers
    assert layer.kind.mult_adds() == prod(positions) * real.weight.numel()


def test_a_bilinear_layer_says_what_does_not_fit() -> None:
    with pytest.raises(ValueError, match=r"in1_features=3, and the last number of the input 4 is"):
        read("nn.Bilinear(3, 4, 5)", (4,))
    with pytest.raises(ValueError, match="in2_features is 0; it has to be a whole number"):
        Bilinear(3, 0, 5)
    with pytest.raises(TypeError, match="bias is 1; it has to be True or False"):
        Bilinear(3, 4, 5, 1)
    assert "every pair of one of the 3 numbers of the first" in Bilinear(3, 4, 5).about()


# -- dense along any axes ------------------------------------------------------------------------


@st.composite
def equations(draw: st.DrawFn) -> tuple[dict[str, Any], tuple[int, ...]]:
    """An equation of any form that Keras takes, its arguments, and the shape of an input."""
    sizes = {letter: draw(st.integers(1, 6)) for letter in "cdefgxyz"}
    kept = draw(st.lists(st.sampled_from("cde"), unique=True, max_size=2))
    summed = draw(st.lists(st.sampled_from("fg"), unique=True, min_size=1))
    new = draw(st.lists(st.sampled_from("xyz"), unique=True, min_size=1, max_size=2))
    also_in_kernel = [letter for letter in kept if draw(st.booleans())]
    inputs = "".join(draw(st.permutations([*kept, *summed])))
    weights = "".join(draw(st.permutations([*summed, *new, *also_in_kernel])))
    outputs = "".join(draw(st.permutations([*kept, *new])))
    # the sizes of the output that the input says may be left open, unless the kernel has them
    output_sizes: list[int | None] = [
        None if letter in kept and letter not in weights and draw(st.booleans()) else sizes[letter]
        for letter in outputs
    ]
    shape = tuple(sizes[letter] for letter in inputs)
    form = draw(st.sampled_from(["plain", "left", "right"]))
    alone = tuple(draw(st.lists(st.integers(1, 4), min_size=0, max_size=2)))
    if form == "plain":
        equation = f"a{inputs},{weights}->a{outputs}"
    elif form == "left":
        equation, shape = f"...{inputs},{weights}->...{outputs}", (*alone, *shape)
    else:
        equation, shape = f"a{inputs}...,{weights}->a{outputs}...", (*shape, *alone)
    # a bias along an axis whose size the line leaves open is more than Keras can build
    along = [letter for letter, size in zip(outputs, output_sizes, strict=True) if size is not None]
    bias_axes = draw(st.lists(st.sampled_from(along), unique=True).map("".join))
    arguments: dict[str, Any] = {"equation": equation, "output_shape": tuple(output_sizes)}
    if bias_axes:
        arguments["bias_axes"] = bias_axes
    return arguments, shape


@quickly
@given(equations())
def test_a_dense_layer_along_any_axes_is_counted_as_keras_does(
    drawn: tuple[dict[str, Any], tuple[int, ...]],
) -> None:
    arguments, shape = drawn
    real = built("EinsumDense", arguments, shape)
    layer = read(written("EinsumDense", arguments), shape)
    assert int(layer.count()) == real.count_params()
    by_role = {each.name: prod(each.shape) for each in real.weights}
    assert {term.role: term.size for term in layer.count().terms} == by_role
    out = real(torch.zeros(1, *shape))
    assert layer.output_shape().sizes == tuple(out.shape[1:])


@quickly
@given(equations())
def test_its_multiply_adds_are_those_of_a_plain_sum(
    drawn: tuple[dict[str, Any], tuple[int, ...]],
) -> None:
    """Each output is a sum over the summed axes, f and g, of products: as many multiply-adds as
    there are numbers that come out, times the places that are summed over."""
    arguments, shape = drawn
    kind = read(written("EinsumDense", arguments), shape).kind
    real = built("EinsumDense", arguments, shape)
    ones = keras.ops.ones_like(real.kernel)
    out = torch.einsum(arguments["equation"], torch.ones(1, *shape), ones)
    # a sum of ones counts its summands
    assert kind.mult_adds() == int(out.sum())


def test_the_equations_of_keras_own_documentation() -> None:
    """keras.layers.EinsumDense, its three examples: the shapes, and the parameters they have."""
    plain = read("EinsumDense('ab,bc->ac', output_shape=64, bias_axes='c')", (32,))
    assert (int(plain.count()), plain.output_shape().sizes) == (32 * 64 + 64, (64,))
    sequence = read("EinsumDense('abc,cd->abd', output_shape=(None, 64), bias_axes='d')", (32, 128))
    assert (int(sequence.count()), sequence.output_shape().sizes) == (128 * 64 + 64, (32, 64))
    dots = read("EinsumDense('...x,xy->...y', output_shape=64, bias_axes='y')", (32, 128))
    assert (int(dots.count()), dots.output_shape().sizes) == (128 * 64 + 64, (32, 64))
    assert "Along c the layer adds up. The same weights are used all along b." in (
        sequence.kind.about()
    )
    assert sequence.count().formula() == "axis c 128 × axis d 64 + axis d 64 = 8,256"


@pytest.mark.parametrize(
    ("equation", "sizes", "bias_axes", "shape", "sentence"),
    [
        ("abc", (4,), None, (3, 4), "the equation 'abc' can't be read"),
        ("ab,bc", (4,), None, (3,), "can't be read"),
        ("ab,bb->ab", (3,), None, (3,), "each letter once in each part"),
        ("ab,bc->cd", (4,), None, (3,), "begins with a and the output with c"),
        ("ab,bc->ad", (4,), None, (3,), "the output of .* has the axis d"),
        ("ab,bcd->ac", (4,), None, (3,), "the kernel of .* has the axis d"),
        ("abc,cd->abd", (5, 4), None, (3, 2), "the axis b of .* is 3 in the input and 5 in"),
        ("abc,cd->abd", (4,), None, (3, 2), "takes 2 sizes there"),
        ("abc,cd->abd", (3, 4), None, (2,), "has 1 dimensions, and 'abc,cd->abd' takes 2"),
        ("abc,cd->abd", (3, 4), None, (3, 3, 2), "takes 2, besides the batch"),
        ("abc,cd->abd", (3, 4), "c", (3, 2), "bias_axes has c, which is no axis of the output"),
        ("abc,cd->abd", (3, 4), "", (3, 2), "name an axis of the output, or None for no bias"),
        ("abc,cd->abd", (3, 4), "d", (3, None), "the size of the axis c of .* is open"),
        ("abc,cd->abd", (None, 4), "b", (None, 2), "the size of the axis b of .* is open"),
    ],
)
def test_an_equation_that_can_not_be_is_said_in_a_sentence(
    equation: str, sizes: Any, bias_axes: str | None, shape: Any, sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        EinsumDense(equation, sizes, bias_axes, input_shape=shape)


def test_open_sizes_stay_open() -> None:
    kind = EinsumDense("abc,cd->abd", (None, 4), input_shape=(None, 2))
    assert (int(kind.count()), kind.output_shape()) == (8, (None, 4))
    with pytest.raises(ValueError, match="needs the size of every axis"):
        kind.mult_adds()
    with pytest.raises(ValueError, match="Keras reads the number of places along each axis"):
        read("EinsumDense('abc,cd->abd', (None, 4))")


# -- embeddings ----------------------------------------------------------------------------------


@quickly
@given(st.integers(1, 400), st.integers(1, 60), shapes, st.data())
def test_an_embedding_is_counted_as_torch_does(
    rows: int, width: int, positions: tuple[int, ...], data: st.DataObject
) -> None:
    padding = data.draw(st.one_of(st.none(), st.integers(-rows, rows - 1)))
    frozen = data.draw(st.booleans())
    real = nn.Embedding(rows, width, padding, _freeze=frozen, device="meta")
    text = f"nn.Embedding({rows}, {width}, {padding}, _freeze={frozen})"
    layer, seen = read(text), read(text, positions)
    assert int(layer.count()) == parameters(real)
    assert int(layer.count().trainable) == trained(real)
    out = real(torch.zeros(1, *positions, dtype=torch.long, device="meta"))
    assert not positions or seen.output_shape().sizes == tuple(out.shape[1:])
    assert seen.kind.mult_adds() == 0


@quickly
@given(st.integers(1, 400), st.integers(1, 60), st.integers(1, 9))
def test_a_bag_of_embeddings_is_counted_as_torch_does(rows: int, width: int, length: int) -> None:
    real = nn.EmbeddingBag(rows, width)
    layer = read(f"nn.EmbeddingBag({rows}, {width})", (length,))
    assert int(layer.count()) == parameters(real)
    out = real(torch.zeros(1, length, dtype=torch.long))
    assert layer.output_shape().sizes == tuple(out.shape[1:])


@quickly
@given(st.integers(1, 400), st.integers(1, 60), shapes.filter(bool))
def test_an_embedding_is_counted_as_keras_does(
    rows: int, width: int, positions: tuple[int, ...]
) -> None:
    real = built("Embedding", {"input_dim": rows, "output_dim": width}, positions)
    layer = read(f"Embedding({rows}, {width})", positions)
    assert int(layer.count()) == real.count_params()
    assert layer.output_shape().sizes == real.compute_output_shape((None, *positions))[1:]
    assert read(f"Embedding(input_dim={rows}, output_dim={width})", positions) == (
        layer.replace(text=f"Embedding(input_dim={rows}, output_dim={width})")
    )


def test_what_people_write_around_an_embedding() -> None:
    """Keras 2's input_length is the shape of the input; input_dim is none."""
    layer = read("Embedding(10000, 64, input_length=100)")
    assert (int(layer.count()), layer.output_shape().sizes) == (640_000, (100, 64))
    layer = read("Embedding(10000, 64, weights=[matrix], trainable=False)")
    assert (int(layer.count()), int(layer.count().trainable)) == (640_000, 0)
    assert layer.output_shape() is None
    words = read("nn.Embedding(10, 3, padding_idx=0)").kind.about()
    assert "Row 0 stands for padding" in words
    assert "PyTorch counts it" in words


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Embedding(0, 3), "num_embeddings is 0"),
        (lambda: Embedding(5, 3, 5), "padding_idx is 5; the table has 5 rows, and the last one"),
        (lambda: Embedding(5, 3, -6), "padding_idx is -6; it has to be"),
        (lambda: read("nn.Embedding(5, 3, 7)"), "the last one is 4"),
        (lambda: read("Embedding(5, 3, lora_rank=4)"), "lora_rank adds parameters"),
    ],
)
def test_an_embedding_that_can_not_be_is_said_in_a_sentence(make: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        make()


# -- learned slopes ------------------------------------------------------------------------------


@quickly
@given(st.lists(st.integers(1, 6), min_size=1, max_size=4).map(tuple), st.booleans())
def test_a_learned_slope_is_counted_as_torch_does(shape: tuple[int, ...], each: bool) -> None:
    number = shape[0] if each else 1
    real = nn.PReLU(number, device="meta")
    layer = read(f"nn.PReLU({number})", shape)
    assert int(layer.count()) == int(read(f"nn.PReLU({number})").count()) == parameters(real)
    out = real(torch.empty(1, *shape, device="meta"))
    assert layer.output_shape().sizes == tuple(out.shape[1:])


@quickly
@given(st.lists(st.integers(1, 6), min_size=1, max_size=4).map(tuple), st.data())
def test_a_learned_slope_is_counted_as_keras_does(
    shape: tuple[int, ...], data: st.DataObject
) -> None:
    axes = data.draw(
        st.one_of(st.none(), st.lists(st.integers(1, len(shape)), unique=True, min_size=1))
    )
    real = built("PReLU", {"shared_axes": axes}, shape)
    layer = read(f"PReLU(shared_axes={axes})", shape)
    assert int(layer.count()) == real.count_params()
    assert layer.output_shape().sizes == real.compute_output_shape((None, *shape))[1:]


def test_the_slopes_are_named_by_their_axes() -> None:
    def formula(text: str) -> str:
        return read(text, (28, 30, 3)).count().formula()

    assert formula("PReLU()") == "channels 3 × height 28 × width 30 = 2,520"
    assert formula("PReLU(shared_axes=[1, 2])") == "channels 3 = 3"
    assert formula("PReLU(shared_axes=[3])") == "height 28 × width 30 = 840"
    assert formula("PReLU(shared_axes=[1, 2, 3])") == "slope for all 1 = 1"
    assert "There is one slope for everything." in read("nn.PReLU()").kind.about()
    assert "Each channel has a slope of its own." in read("nn.PReLU(8)").kind.about()
    words = read("PReLU(shared_axes=[3])", (28, 30, 3)).kind.about()
    assert "There is a slope for each place along height and width." in words


@pytest.mark.parametrize(
    ("text", "shape", "sentence"),
    [
        ("nn.PReLU(5)", (3, 9, 9), "num_parameters=5, and the input 3×9×9, read channels first"),
        ("PReLU()", (None, 9, 3), "leaves a dimension open"),
        ("PReLU(shared_axes=[4])", (9, 9, 3), "shared_axes has 4, and the input 9×9×3 has 3 axes"),
        ("PReLU(shared_axes=[0])", (9, 9, 3), "shared_axes is 0; it has to be a whole number of 1"),
        ("PReLU()", None, "Keras reads the number of places along each axis from the input"),
    ],
)
def test_slopes_that_can_not_be_are_said_in_a_sentence(
    text: str, shape: Any, sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        read(text, shape)


def test_slopes_and_shape_have_to_fit() -> None:
    with pytest.raises(ValueError, match="there are 4 slopes along an axis of 3"):
        PReLU(4, shape=(3, 9))
    with pytest.raises(ValueError, match="shaped as the input is, and that is not given"):
        PReLU(4).output_shape()


@pytest.mark.parametrize(
    "kind",
    [
        Bilinear(3, 4, 5, positions=(2, None)),
        EinsumDense("abc,cd->abd", (None, 4), "d", input_shape=(7, 2)),
        Embedding(10, 3, 2, positions=(5,)),
        PReLU((3, 1, 1), shape=(3, None, 9)),
    ],
)
def test_a_kind_is_a_value_that_can_be_changed_in_a_copy(kind: Kind) -> None:
    assert kind.replace() == kind
    assert hash(kind.replace()) == hash(kind)
    name = next(iter(vars(kind)))
    with pytest.raises(AttributeError, match="cannot be changed"):
        setattr(kind, name, getattr(kind, name))
