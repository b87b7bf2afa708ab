"""Recurrent layers, normalisations, attention and layers around layers, as people write them.

A line is read, and the real layer is built from the same arguments; the numbers and the shapes
have to be the real one's.
"""

import inspect
import os
from collections.abc import Callable
from math import prod
from typing import Any

import pytest
import torch
from hypothesis import given, settings, strategies as st
from torch import nn

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras

from sharedconv.spelling import Spelled, read
from sharedconv.spelling.recipe import FAMILIES, constructor

OURS = {
    "keras": ("norm", "recurrent", "conv_lstm", "wrappers", "attention"),
    "torch": ("norm", "recurrent", "attention"),
}
NAMES = [
    (framework, name)
    for framework, families in OURS.items()
    for family in families
    for name in FAMILIES[framework][family]
]
quickly = settings(max_examples=200, deadline=None)
small = st.integers(1, 6)
times = st.integers(1, 5)
flags = st.booleans()

Case = tuple[str, dict[str, Any], tuple[int, ...]]
"""A layer's name, its arguments, and the shape of one input."""


# -- any configuration, written down and read back -------------------------------------------------


def drawn(*, optional: dict[str, st.SearchStrategy[Any]], **needed: Any) -> Any:
    return st.fixed_dictionaries(needed, optional=optional)


RECURRENT_IN_KERAS = {
    "use_bias": flags,
    "return_sequences": flags,
    "activation": st.sampled_from(["tanh", "relu"]),
    "dropout": st.sampled_from([0.0, 0.2]),
    "go_backwards": flags,
    "name": st.just("layer"),
    "trainable": flags,
}
NORM_IN_KERAS = {"center": flags, "scale": flags, "epsilon": st.just(1e-5), "trainable": flags}
SEQUENCE = st.tuples(times, small)
IMAGE = st.lists(st.integers(1, 6), min_size=1, max_size=4).map(tuple)

KERAS: dict[str, tuple[Any, Any]] = {
    "SimpleRNN": (drawn(units=small, optional=RECURRENT_IN_KERAS), SEQUENCE),
    "LSTM": (drawn(units=small, optional=RECURRENT_IN_KERAS), SEQUENCE),
    "GRU": (drawn(units=small, optional={**RECURRENT_IN_KERAS, "reset_after": flags}), SEQUENCE),
    "SimpleRNNCell": (drawn(units=small, optional={"use_bias": flags}), st.tuples(small)),
    "LSTMCell": (drawn(units=small, optional={"use_bias": flags}), st.tuples(small)),
    "GRUCell": (
        drawn(units=small, optional={"use_bias": flags, "reset_after": flags}),
        st.tuples(small),
    ),
    "BatchNormalization": (
        drawn(optional={**NORM_IN_KERAS, "axis": st.sampled_from([-1, 1]), "renorm": flags}),
        IMAGE,
    ),
    "LayerNormalization": (
        drawn(optional={**NORM_IN_KERAS, "axis": st.sampled_from([-1, 1, [1], (1, -1)])}),
        st.lists(st.integers(1, 6), min_size=2, max_size=4).map(tuple),
    ),
    "GroupNormalization": (
        drawn(groups=st.sampled_from([1, 2, -1]), optional=NORM_IN_KERAS),
        st.tuples(times, st.sampled_from([2, 4, 8])),
    ),
    "RMSNormalization": (drawn(optional={"axis": st.sampled_from([-1, 1])}), IMAGE),
    "UnitNormalization": (drawn(optional={"axis": st.sampled_from([-1, 1])}), IMAGE),
    "MultiHeadAttention": (
        drawn(
            num_heads=small,
            key_dim=small,
            optional={
                "value_dim": st.none() | small,
                "use_bias": flags,
                "output_shape": st.none() | small,
                "use_gate": flags,
                "attention_axes": st.sampled_from([None, 1, (1,), -2]),
                "dropout": st.just(0.1),
            },
        ),
        SEQUENCE,
    ),
    "GroupQueryAttention": (
        drawn(
            head_dim=small,
            num_query_heads=st.sampled_from([4, 8]),
            num_key_value_heads=st.sampled_from([1, 2, 4]),
            optional={"use_bias": flags, "use_gate": flags},
        ),
        SEQUENCE,
    ),
}
for ndim in (1, 2, 3):
    KERAS[f"ConvLSTM{ndim}D"] = (
        drawn(
            filters=small,
            kernel_size=st.integers(1, 3),
            optional={
                "strides": st.integers(1, 2),
                "padding": st.sampled_from(["valid", "same", "SAME"]),
                "use_bias": flags,
                "return_sequences": flags,
                "data_format": st.sampled_from(["channels_last", "channels_first"]),
            },
        ),
        st.tuples(times, *[st.integers(3, 6)] * (ndim + 1)),
    )


def written(prefix: str, name: str, arguments: dict[str, Any]) -> str:
    return f"{prefix}{name}({', '.join(f'{key}={value!r}' for key, value in arguments.items())})"


def elements(weights: list[Any]) -> int:
    return sum(prod(each.shape) for each in weights)


def assert_is_kerass(read_line: Spelled, layer: Any, shape: tuple[int, ...]) -> None:
    shapes = [(2, *shape)] * (2 if "Attention" in type(layer).__name__ else 1)
    layer.build(*shapes)
    count = read_line.count()
    assert int(count) == layer.count_params()
    assert int(count.trainable) == elements(layer.trainable_weights)
    assert int(count.non_trainable) == elements(layer.non_trainable_weights)
    if hasattr(layer, "state_size") and not hasattr(layer, "cell"):
        return  # a cell doesn't say its output's shape
    output = read_line.output_shape()
    assert output is not None
    assert (2, *output.sizes) == tuple(layer.compute_output_shape(*shapes))


@pytest.mark.parametrize("name", KERAS)
@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_line_of_keras_counts_what_keras_builds(name: str, data: st.DataObject) -> None:
    strategy, shapes = KERAS[name]
    arguments, shape = data.draw(strategy), data.draw(shapes)
    prefix = data.draw(st.sampled_from(["", "keras.layers.", "layers.", "tf.keras.layers."]))
    line = read(written(prefix, name, arguments), shape)
    assert line.framework == "keras"
    assert_is_kerass(line, getattr(keras.layers, name)(**arguments), shape)


RECURRENT_IN_TORCH = {
    "num_layers": st.integers(1, 3),
    "bias": flags,
    "batch_first": flags,
    "bidirectional": flags,
}
NORM_IN_TORCH = {"affine": flags, "track_running_stats": flags, "bias": flags, "eps": st.just(0.1)}
TRANSFORMER = drawn(
    d_model=st.just(12),
    nhead=st.sampled_from([1, 2, 3, 4, 6]),
    optional={"dim_feedforward": small, "bias": flags, "norm_first": flags, "dropout": st.just(0)},
)
TORCH: dict[str, tuple[Any, Callable[[dict[str, Any]], tuple[int, ...]]]] = {
    "RNN": (
        drawn(input_size=small, hidden_size=small, optional=RECURRENT_IN_TORCH),
        lambda given: (3, given["input_size"]),
    ),
    "GRU": (
        drawn(input_size=small, hidden_size=small, optional=RECURRENT_IN_TORCH),
        lambda given: (3, given["input_size"]),
    ),
    "LSTM": (
        drawn(
            input_size=small,
            hidden_size=st.integers(3, 6),
            optional={**RECURRENT_IN_TORCH, "proj_size": st.integers(0, 2)},
        ),
        lambda given: (3, given["input_size"]),
    ),
    **{
        f"{name}Cell": (
            drawn(input_size=small, hidden_size=small, optional={"bias": flags}),
            lambda given: (given["input_size"],),
        )
        for name in ("RNN", "LSTM", "GRU")
    },
    **{
        f"{family}{ndim}d": (
            drawn(num_features=small, optional=NORM_IN_TORCH),
            lambda given, ndim=ndim: (given["num_features"], *[3] * ndim),  # type: ignore[misc]
        )
        for family in ("BatchNorm", "InstanceNorm")
        for ndim in (1, 2, 3)
    },
    "GroupNorm": (
        drawn(
            num_groups=st.sampled_from([1, 2, 4]),
            num_channels=st.sampled_from([4, 8]),
            optional={"affine": flags, "bias": flags},
        ),
        lambda given: (given["num_channels"], 3),
    ),
    "LayerNorm": (
        drawn(
            normalized_shape=small | st.lists(small, min_size=1, max_size=3),
            optional={"elementwise_affine": flags, "bias": flags},
        ),
        lambda given: (
            2,
            *([each] if isinstance(each := given["normalized_shape"], int) else each),
        ),
    ),
    "RMSNorm": (
        drawn(normalized_shape=small, optional={"elementwise_affine": flags}),
        lambda given: (2, given["normalized_shape"]),
    ),
    "MultiheadAttention": (
        drawn(
            embed_dim=st.just(12),
            num_heads=st.sampled_from([1, 2, 3, 4, 6]),
            optional={
                "bias": flags,
                "add_bias_kv": flags,
                "add_zero_attn": flags,
                "batch_first": flags,
            },
        ),
        lambda given: (3, given["embed_dim"]),
    ),
    "TransformerEncoderLayer": (TRANSFORMER, lambda given: (3, given["d_model"])),
    "TransformerDecoderLayer": (TRANSFORMER, lambda given: (3, given["d_model"])),
}


def given_out(layer: nn.Module, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of what the real layer makes of one input (a batch of one where it needs one)."""
    name = type(layer).__name__
    if "Norm" in name:
        # torch wants a batch, and several numbers to take a mean of
        return tuple(layer(torch.zeros(2, *shape)).shape[1:])
    sequence = torch.zeros(shape)
    inputs = {"MultiheadAttention": 3, "TransformerDecoderLayer": 2}.get(name, 1)
    output = layer(*[sequence] * inputs)
    return tuple((output[0] if isinstance(output, tuple) else output).shape)


@pytest.mark.parametrize("name", TORCH)
@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_line_of_torch_counts_what_torch_builds(name: str, data: st.DataObject) -> None:
    strategy, shape_of = TORCH[name]
    arguments = data.draw(strategy)
    shape = shape_of(arguments)
    prefix = data.draw(st.sampled_from(["nn.", "torch.nn."]))
    text = written(prefix, name, arguments)
    line = read(text, shape)
    assert line.framework == "torch"
    layer = getattr(nn, name)(**arguments)
    assert int(line.count()) == sum(each.numel() for each in layer.parameters())
    output = line.output_shape()
    assert output is not None
    assert output.sizes == given_out(layer, shape)
    # the count needs no input
    assert int(read(text).count()) == sum(each.numel() for each in layer.parameters())


@pytest.mark.parametrize(
    ("by_order", "by_name", "shape"),
    [
        ("LSTM(16, 'relu')", "layers.LSTM(units=16, activation='relu')", (5, 8)),
        ("nn.GRU(8, 5, 2, False)", "nn.GRU(8, hidden_size=5, num_layers=2, bias=False)", None),
        ("nn.MultiheadAttention(8, 2)", "nn.MultiheadAttention(num_heads=2, embed_dim=8)", None),
        ("MultiHeadAttention(2, 4)", "MultiHeadAttention(key_dim=4, num_heads=2)", (3, 8)),
        ("x = Bidirectional(LSTM(4))(x)", "model.add(Bidirectional(layer=LSTM(4)))", (5, 8)),
        ("nn.LayerNorm([3, 4]),", "nn.LayerNorm((3, 4))", None),
    ],
)  # fmt: skip
def test_two_ways_to_write_the_same(
    by_order: str, by_name: str, shape: tuple[int, ...] | None
) -> None:
    assert read(by_order, shape).kind == read(by_name, shape).kind


# -- layers around layers --------------------------------------------------------------------------

L = keras.layers
WRAPPED: dict[str, tuple[Callable[[], Any], tuple[int, ...]]] = {
    "Bidirectional(LSTM(16))": (lambda: L.Bidirectional(L.LSTM(16)), (10, 8)),
    "Bidirectional(layers.GRU(3, return_sequences=True), merge_mode='sum')": (
        lambda: L.Bidirectional(L.GRU(3, return_sequences=True), merge_mode="sum"),
        (10, 8),
    ),
    "Bidirectional(LSTM(3), backward_layer=LSTM(3, use_bias=False, go_backwards=True))": (
        lambda: L.Bidirectional(
            L.LSTM(3), backward_layer=L.LSTM(3, use_bias=False, go_backwards=True)
        ),
        (10, 8),
    ),
    "Bidirectional(SimpleRNN(3, trainable=False))": (
        lambda: L.Bidirectional(L.SimpleRNN(3, trainable=False)),
        (10, 8),
    ),
    "Bidirectional(ConvLSTM2D(3, 3, return_sequences=True))": (
        lambda: L.Bidirectional(L.ConvLSTM2D(3, 3, return_sequences=True)),
        (4, 6, 5, 2),
    ),
    "Bidirectional(RNN(GRUCell(3)))": (lambda: L.Bidirectional(L.RNN(L.GRUCell(3))), (10, 8)),
    "RNN(LSTMCell(4), return_sequences=True)": (
        lambda: L.RNN(L.LSTMCell(4), return_sequences=True),
        (10, 8),
    ),
    "TimeDistributed(Dense(10))": (lambda: L.TimeDistributed(L.Dense(10)), (5, 8)),
    "TimeDistributed(Dense(10, trainable=False))": (
        lambda: L.TimeDistributed(L.Dense(10, trainable=False)),
        (5, 8),
    ),
    "TimeDistributed(Conv2D(4, 3, padding='same'))": (
        lambda: L.TimeDistributed(L.Conv2D(4, 3, padding="same")),
        (5, 6, 7, 3),
    ),
    "TimeDistributed(TimeDistributed(BatchNormalization()))": (
        lambda: L.TimeDistributed(L.TimeDistributed(L.BatchNormalization())),
        (5, 6, 7, 3),
    ),
    "TimeDistributed(LSTM(4), trainable=False)": (
        lambda: L.TimeDistributed(L.LSTM(4), trainable=False),
        (5, 6, 3),
    ),
    "TimeDistributed(Bidirectional(LSTM(4)))": (
        lambda: L.TimeDistributed(L.Bidirectional(L.LSTM(4))),
        (5, 6, 3),
    ),
}


@pytest.mark.parametrize(("text", "made"), WRAPPED.items(), ids=WRAPPED)
def test_a_layer_around_a_layer(text: str, made: tuple[Callable[[], Any], tuple[int, ...]]) -> None:
    build, shape = made
    assert_is_kerass(read(text, shape), build(), shape)


def test_images_at_every_step_with_the_channels_first() -> None:
    line = read("TimeDistributed(Conv2D(4, 3))", (5, 3, 8, 7), "channels_first")
    layer = L.TimeDistributed(L.Conv2D(4, 3, data_format="channels_first"))
    assert_is_kerass(line, layer, (5, 3, 8, 7))


def test_an_unknown_length_stays_unknown() -> None:
    line = read("LSTM(16, return_sequences=True)", (None, 8))
    assert int(line.count()) == 1_600  # DESIGN.md, section 5
    output = line.output_shape()
    assert output is not None
    assert output.sizes == (None, 16)


@pytest.mark.parametrize(
    ("text", "shape", "kind"),
    [
        # the name is the same in both frameworks; the arguments tell
        ("LSTM(16)", (5, 8), "keras"),
        ("LSTM(input_size=8, hidden_size=16)", None, "torch"),
        ("GRU(16, return_sequences=True)", (5, 8), "keras"),
        ("RNN(8, 16, num_layers=2)", None, "torch"),
        ("nn.LSTM(8, 16)", None, "torch"),
    ],
)
def test_a_name_of_both_frameworks(text: str, shape: tuple[int, ...] | None, kind: str) -> None:
    assert read(text, shape).framework == kind


# -- what can't be read ----------------------------------------------------------------------------

REFUSED: dict[str, tuple[str, tuple[int | None, ...] | None, str]] = {
    "no input": ("LSTM(16)", None, "add its shape with --input, such as --input 10x8"),
    "an image for a sequence": ("LSTM(16)", (28, 28, 1), "takes 2 (time, features)"),
    "the batch as well": ("LSTM(16)", (32, 10, 8), "leave the batch out"),
    "open features": ("LSTM(16)", (10, None), "leaves its last dimension open"),
    "other features": ("nn.LSTM(8, 16)", (10, 9), "input_size=8"),
    "torch's arguments in Keras": ("LSTM(8, 16)", (10, 8), "nn.LSTM(8, 16)"),
    "a name for a layer": ("Bidirectional(rnn)", (10, 8), "'rnn' is not a layer"),
    "a number for a layer": ("TimeDistributed(3)", (10, 8), "layer is 3"),
    "the other framework inside": ("Bidirectional(nn.LSTM(8, 4))", (10, 8), "PyTorch's"),
    "two directions of a Dense": ("Bidirectional(Dense(4))", (10, 8), "recurrent layer"),
    "one step only": ("TimeDistributed(Dense(4))", (8,), "steps of a sequence first"),
    "a bad layer inside": ("TimeDistributed(Dens(4))", (10, 8), "did you mean Dense"),
    "a merge_mode in a name": ("Bidirectional(LSTM(4), merge_mode=m)", (10, 8), "merge_mode is m"),
    "another merge_mode": ("Bidirectional(LSTM(4), 'max')", (10, 8), "'concat', 'sum'"),
    "the same direction twice": (
        "Bidirectional(LSTM(4), backward_layer=LSTM(4))",
        (10, 8),
        "go_backwards=True",
    ),
    "two layers that differ": (
        "Bidirectional(LSTM(4), backward_layer=LSTM(4, go_backwards=True, return_sequences=True))",
        (10, 8),
        "differ in return_sequences",
    ),
    "another order inside": (
        "TimeDistributed(Conv2D(4, 3, data_format='channels_first'))",
        (5, 8, 8, 3),
        "--data-format channels_first",
    ),
    "several cells": ("RNN([LSTMCell(4), LSTMCell(4)])", (10, 8), "one cell"),
    "a layer for a cell": ("RNN(Dense(4))", (10, 8), "has to be a cell"),
    "axis of the batch": ("BatchNormalization(axis=0)", (10, 8), "0 is the batch"),
    "axis too far": ("BatchNormalization(axis=3)", (10, 8), "the axes 1 to 2"),
    "axis in a name": ("LayerNormalization(axis=a)", (10, 8), "axis is a"),
    "groups": ("GroupNormalization()", (10, 8), "groups is 32"),
    "channels": ("nn.BatchNorm2d(4)", (3, 8, 8), "num_features=4"),
    "dimensions": ("nn.BatchNorm2d(4)", (4, 8), "takes 3"),
    "normalized_shape": ("nn.LayerNorm((3, 4))", (5, 4), "doesn't end in that"),
    "heads": ("nn.MultiheadAttention(64, 7)", None, "7 heads can't share 64 features"),
    "several output axes": ("MultiHeadAttention(2, 4, output_shape=(3, 4))", (5, 8), "one number"),
    "some axes": ("MultiHeadAttention(2, 4, attention_axes=1)", (5, 6, 8), "attention_axes"),
    "a vector": ("MultiHeadAttention(2, 4)", (8,), "takes a sequence"),
    "projection": ("nn.LSTM(8, 4, proj_size=4)", None, "smaller than units=4"),
    "nonlinearity": ("nn.RNN(8, 4, nonlinearity='sigmoid')", None, "'tanh' or 'relu'"),
    "causal": ("ConvLSTM1D(4, 3, padding='causal')", (5, 8, 3), "'valid' and 'same' here"),
    "no time": ("ConvLSTM2D(4, 3)", (8, 8, 3), "takes 4 numbers"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "shape", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_gets_one_sentence(
    text: str, shape: tuple[int | None, ...] | None, reason: str
) -> None:
    with pytest.raises((ValueError, TypeError)) as refused:
        read(text, shape)
    assert reason in str(refused.value)
    assert "\n" not in str(refused.value)


def test_every_name_here_is_written_and_read_somewhere_above() -> None:
    seen = {*KERAS, *TORCH, "RNN", "Bidirectional", "TimeDistributed", "SyncBatchNorm"}
    assert {name for _, name in NAMES} == seen
    assert int(read("nn.SyncBatchNorm(7)").count()) == sum(
        each.numel() for each in nn.SyncBatchNorm(7).parameters()
    )


VALUES = [
    *("None", "True", "False", "0", "-1", "2", "3", "1.5", "10**90", "'same'", "'x'", "()", "[2]"),
    *("(1, 2)", "(None, x)", "x", "f(2)", "LSTM(3)", "nn.GRU(2, 3)", "Dense(3)", "LSTMCell(2)"),
    *("TimeDistributed(Dense(3))", "Conv2D(2, 3, data_format='channels_first')", "lambda: 3"),
]
SHAPES = [None, (4,), (None,), (5, 8), (None, 8), (5, None), (5, 9, 8, 3), (2, 3, 4, 5, 6)]


@settings(max_examples=1_000, deadline=None)
@given(st.sampled_from(NAMES), st.data())
def test_whatever_is_written_gets_an_answer_or_one_sentence(
    name: tuple[str, str], data: st.DataObject
) -> None:
    framework, layer = name
    own = list(inspect.signature(constructor(framework, layer)).parameters)[:-1]
    in_order = data.draw(st.lists(st.sampled_from(VALUES), max_size=3))
    by_name = data.draw(st.dictionaries(st.sampled_from(own), st.sampled_from(VALUES), max_size=4))
    prefix = "nn." if framework == "torch" else ""
    arguments = [*in_order, *(f"{key}={value}" for key, value in by_name.items())]
    text = f"{prefix}{layer}({', '.join(arguments)})"
    try:
        line = read(text, data.draw(st.sampled_from(SHAPES)))
    except (ValueError, TypeError) as refused:
        problem = str(refused)
    else:
        assert int(line.count()) >= 0
        assert line.kind.about()
        line.output_shape()
        return
    # a sentence of ours, and not what Python says of an operation that it can't do
    assert problem
    assert "\n" not in problem
    assert not any(each in problem for each in ("object", "operand", "supported", "unpack"))
