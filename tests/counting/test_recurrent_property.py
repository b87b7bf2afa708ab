"""The rule for recurrent layers against the real layers of PyTorch and Keras.

Everything on the right-hand side of an assertion is read from a real layer's tensors, from what
it gave out, from torch's own counter of operations, or is a figure with its source.
"""

import os
from collections.abc import Iterable
from math import prod
from typing import Any

import pytest
import torch
from hypothesis import given, settings, strategies as st
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras

from sharedconv.counting import (
    GRU,
    LSTM,
    Bidirectional,
    Conv,
    ConvLSTM,
    Count,
    Dense,
    LayerNorm,
    Recurrent,
    SimpleRNN,
    TimeDistributed,
)

PAIRS: list[tuple[type[Recurrent], type[Any], type[Any]]] = [
    (SimpleRNN, nn.RNN, keras.layers.SimpleRNN),
    (LSTM, nn.LSTM, keras.layers.LSTM),
    (GRU, nn.GRU, keras.layers.GRU),
]
CELLS: list[tuple[type[Recurrent], type[Any], type[Any]]] = [
    (SimpleRNN, nn.RNNCell, keras.layers.SimpleRNNCell),
    (LSTM, nn.LSTMCell, keras.layers.LSTMCell),
    (GRU, nn.GRUCell, keras.layers.GRUCell),
]
TORCH_ROLES = {
    "weight_ih": "kernel",
    "weight_hh": "recurrent kernel",
    "weight_hr": "projection kernel",
    "bias_ih": "bias",
    "bias_hh": "recurrent bias",
}

small = st.integers(1, 9)
times = st.integers(1, 5)
flags = st.booleans()
quickly = settings(max_examples=200, deadline=None)


def roles(count: Count) -> dict[str, int]:
    """What a count says of each role, added up."""
    found: dict[str, int] = {}
    for term in count.terms:
        found[term.role] = found.get(term.role, 0) + term.size
    return found


def torch_roles(layer: nn.Module) -> dict[str, int]:
    """The same of a real layer, read from its tensors by their names (weight_ih_l0, ...)."""
    found: dict[str, int] = {}
    for name, tensor in layer.named_parameters():
        role = TORCH_ROLES["_".join(name.split("_")[:2])]
        found[role] = found.get(role, 0) + tensor.numel()
    return found


def elements(weights: Iterable[Any]) -> int:
    """How many numbers Keras's weights hold."""
    return sum(prod(each.shape) for each in weights)


def assert_counted_as(count: Count, layer: Any) -> None:
    assert int(count) == layer.count_params()
    assert int(count.trainable) == elements(layer.trainable_weights)
    assert int(count.non_trainable) == elements(layer.non_trainable_weights)


# -- PyTorch -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "real", "_"), PAIRS, ids=lambda each: each.__name__)
@quickly
@given(st.data())
def test_a_recurrent_layer_is_counted_as_torch_makes_it(
    kind: type[Recurrent], real: type[nn.RNNBase], _: object, data: st.DataObject
) -> None:
    features, units, layers = data.draw(small), data.draw(small), data.draw(st.integers(1, 3))
    bias, both = data.draw(flags), data.draw(flags)
    projection = data.draw(st.integers(0, units - 1)) if real is nn.LSTM else 0
    more = {"proj_size": projection} if projection else {}
    layer = real(
        features, units, layers, bias=bias, bidirectional=both, device="meta", dtype=None, **more
    )
    time = data.draw(times)
    ours = kind(
        features,
        units,
        layers,
        bias,
        recurrent_bias=True,
        bidirectional=both,
        projection=projection,
        sequences=True,
        time=time,
    )
    assert roles(ours.count()) == torch_roles(layer)
    assert int(ours.count().trainable) == sum(each.numel() for each in layer.parameters())
    with FlopCounterMode(display=False) as flops:
        output, *_states = layer(torch.empty(time, features, device="meta"))
    assert ours.output_shape() == tuple(output.shape)
    # torch counts a multiplication and its addition as two
    assert 2 * ours.mult_adds() == flops.get_total_flops()


@pytest.mark.parametrize(("kind", "real", "_"), CELLS, ids=lambda each: each.__name__)
@quickly
@given(small, small, flags)
def test_a_cell_is_counted_as_torch_makes_it(
    kind: type[Recurrent], real: type[nn.RNNCellBase], _: object, features: int, units: int,
    bias: bool,
) -> None:  # fmt: skip
    layer: Any = real(features, units, bias=bias, device="meta")  # type: ignore[call-arg]
    ours = kind(features, units, bias=bias, recurrent_bias=True, time=1)
    assert roles(ours.count()) == torch_roles(layer)
    with FlopCounterMode(display=False) as flops:
        output = layer(torch.empty(features, device="meta"))
    state = output[0] if isinstance(output, tuple) else output
    assert ours.output_shape() == tuple(state.shape)
    assert 2 * ours.mult_adds() == flops.get_total_flops()


# -- Keras ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "_", "real"), PAIRS, ids=lambda each: each.__name__)
@quickly
@given(st.data())
def test_a_recurrent_layer_is_counted_as_keras_makes_it(
    kind: type[Recurrent], _: object, real: type[Any], data: st.DataObject
) -> None:
    features, units, time = data.draw(small), data.draw(small), data.draw(times)
    bias, sequences, states = data.draw(flags), data.draw(flags), data.draw(flags)
    reset_after = data.draw(flags) if kind is GRU else False
    more = {"reset_after": reset_after} if kind is GRU else {}
    trains = data.draw(flags)
    layer = real(
        units,
        use_bias=bias,
        return_sequences=sequences,
        return_state=states,
        trainable=trains,
        **more,
    )
    layer.build((None, time, features))
    ours = kind(
        features,
        units,
        bias=bias,
        recurrent_bias=reset_after,
        sequences=sequences,
        states=states,
        time=time,
    )
    count = ours.count()
    assert_counted_as(count if trains else count.frozen(), layer)
    found = roles(count)
    assert found["kernel"] == prod(layer.cell.kernel.shape)
    assert found["recurrent kernel"] == prod(layer.cell.recurrent_kernel.shape)
    both = found.get("bias", 0) + found.get("recurrent bias", 0)
    assert both == (prod(layer.cell.bias.shape) if bias else 0)
    shapes = layer.compute_output_shape((None, time, features))
    output, *rest = shapes if states else (shapes,)
    assert (None, *ours.output_shape()) == output
    assert [(None, *each) for each in ours.state_shapes()] == [tuple(each) for each in rest]


@pytest.mark.parametrize(("kind", "_", "real"), CELLS, ids=lambda each: each.__name__)
@quickly
@given(small, small, flags, flags)
def test_a_cell_is_counted_as_keras_makes_it(
    kind: type[Recurrent], _: object, real: type[Any], features: int, units: int, bias: bool,
    reset_after: bool,
) -> None:  # fmt: skip
    more = {"reset_after": reset_after} if kind is GRU else {}
    layer = real(units, use_bias=bias, **more)
    layer.build((None, features))
    both = kind is GRU and reset_after
    ours = kind(features, units, bias=bias, recurrent_bias=both, time=1)
    assert_counted_as(ours.count(), layer)
    assert ours.output_shape() == (units,)


@quickly
@given(st.data())
def test_both_directions_are_counted_as_keras_makes_them(data: st.DataObject) -> None:
    kind, _, real = data.draw(st.sampled_from(PAIRS))
    features, units, time = data.draw(small), data.draw(small), data.draw(times)
    sequences, states = data.draw(flags), data.draw(flags)
    biases = [data.draw(flags) for _ in range(data.draw(st.integers(1, 2)))]
    mode = data.draw(st.sampled_from(["concat", "sum", "mul", "ave", None]))

    def made(bias: bool, backwards: bool) -> tuple[Any, Recurrent]:
        theirs = real(
            units,
            use_bias=bias,
            go_backwards=backwards,
            return_sequences=sequences,
            return_state=states,
        )
        ours = kind(
            features,
            units,
            bias=bias,
            recurrent_bias=kind is GRU,
            sequences=sequences,
            states=states,
            time=time,
        )
        return theirs, ours

    pairs = [made(bias, backwards=bool(place)) for place, bias in enumerate(biases)]
    theirs, kinds = zip(*pairs, strict=True)
    layer = keras.layers.Bidirectional(
        theirs[0], merge_mode=mode, backward_layer=theirs[1] if len(theirs) > 1 else None
    )
    layer.build((None, time, features))
    ours = Bidirectional(kinds[0], mode, *kinds[1:])
    assert_counted_as(ours.count(), layer)
    shapes = layer.compute_output_shape((None, time, features))
    several = mode is None or states
    assert (None, *ours.output_shape()) == (shapes[0] if several else shapes)
    if states:
        given_out = [tuple(each) for each in shapes[2 if mode is None else 1 :]]
        assert [(None, *each) for each in ours.state_shapes()] == given_out


@pytest.mark.parametrize("ndim", [1, 2, 3])
@settings(max_examples=70, deadline=None)
@given(st.data())
def test_a_convolutional_lstm_is_counted_as_keras_makes_it(ndim: int, data: st.DataObject) -> None:
    channels, filters, time = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 4)), 3
    kernel = tuple(data.draw(st.lists(st.integers(1, 3), min_size=ndim, max_size=ndim)))
    strided = data.draw(flags)
    stride = data.draw(st.integers(1, 3)) if strided else 1
    dilation = 1 if strided else data.draw(st.integers(1, 2))
    padding = data.draw(st.sampled_from(["valid", "same"]))
    bias, sequences, states = data.draw(flags), data.draw(flags), data.draw(flags)
    first = data.draw(flags)
    size = tuple(data.draw(st.lists(st.integers(5, 9), min_size=ndim, max_size=ndim)))
    layer = getattr(keras.layers, f"ConvLSTM{ndim}D")(
        filters,
        kernel,
        strides=stride,
        dilation_rate=dilation,
        padding=padding,
        use_bias=bias,
        return_sequences=sequences,
        return_state=states,
        data_format="channels_first" if first else "channels_last",
    )
    image = (channels, *size) if first else (*size, channels)
    layer.build((None, time, *image))
    ours = ConvLSTM(
        channels,
        filters,
        kernel,
        stride,
        padding,
        dilation,
        bias,
        input_size=size,
        sequences=sequences,
        states=states,
        time=time,
    )
    assert_counted_as(ours.count(), layer)
    found = roles(ours.count())
    assert found["kernel"] == prod(layer.cell.kernel.shape)
    assert found["recurrent kernel"] == prod(layer.cell.recurrent_kernel.shape)
    shapes = layer.compute_output_shape((None, time, *image))
    output, *rest = shapes if states else (shapes,)
    seen = ours.output_shape() if first else ours.channels_last_shape()
    assert (None, *seen) == tuple(output)
    if first:
        assert [(None, *each) for each in ours.state_shapes()] == [tuple(each) for each in rest]


def test_the_work_of_a_convolutional_lstm_is_that_of_its_convolutions() -> None:
    """Two convolutions for each of four gates, at each of five steps, counted by torch itself."""
    of_input = nn.Conv2d(3, 4 * 6, 3, stride=2, bias=False, device="meta")
    of_state = nn.Conv2d(6, 4 * 6, 3, padding=1, bias=False, device="meta")
    with FlopCounterMode(display=False) as flops:
        for _ in range(5):
            image = of_input(torch.empty(1, 3, 11, 9, device="meta"))
            of_state(torch.empty(1, 6, *image.shape[2:], device="meta"))
    ours = ConvLSTM(3, 6, (3, 3), 2, input_size=(11, 9), time=5)
    assert 2 * ours.mult_adds() == flops.get_total_flops()
    assert ours.output_shape() == (6, *image.shape[2:])


@quickly
@given(st.data())
def test_a_layer_at_every_step_is_counted_as_keras_makes_it(data: st.DataObject) -> None:
    inner, ours, shape = data.draw(
        st.sampled_from(
            [
                (keras.layers.Dense(3), Dense(4, 3), (4,)),
                (keras.layers.Conv2D(2, 3), Conv(1, 2, (3, 3), input_size=(6, 5)), (6, 5, 1)),
                (keras.layers.Conv2D(2, 3), Conv(4, 2, (3, 3), input_size=(6, 5)), (6, 5, 4)),
                (keras.layers.LSTM(3), LSTM(2, 3, time=7), (7, 2)),
                (keras.layers.LayerNormalization(), LayerNorm(4, shape=(2, 4)), (2, 4)),
            ]
        )
    )
    time = data.draw(times)
    layer = keras.layers.TimeDistributed(type(inner).from_config(inner.get_config()))
    layer.build((None, time, *shape))
    steps = TimeDistributed(ours, time)
    assert_counted_as(steps.count(), layer)
    seen = layer.compute_output_shape((None, time, *shape))
    assert (None, *steps.channels_last_shape()) == tuple(seen)


def test_the_work_of_a_layer_at_every_step() -> None:
    with FlopCounterMode(display=False) as flops:
        nn.Linear(4, 3, device="meta")(torch.empty(5, 4, device="meta"))
    assert 2 * TimeDistributed(Dense(4, 3), 5).mult_adds() == flops.get_total_flops()


# -- figures -------------------------------------------------------------------------------------

FIGURES = {
    # DESIGN.md, section 5
    "LSTM(8 -> 16) in Keras": (LSTM(8, 16), 1_600),
    "LSTM(8 -> 16) in PyTorch": (LSTM(8, 16, recurrent_bias=True), 1_664),
    "GRU(8 -> 16) in both": (GRU(8, 16, recurrent_bias=True), 1_248),
    # 3 × 16 × (8 + 16) + 3 × 16: the GRU of Cho et al. 2014 with its one bias
    "GRU(8 -> 16), reset_after=False": (GRU(8, 16), 1_200),
    # the truth table of issue 3: nn.LSTM(8, 5, 2, bidirectional=True)
    "two layers, both directions": (
        LSTM(8, 5, 2, recurrent_bias=True, bidirectional=True),
        1_280,
    ),
}


@pytest.mark.parametrize(("kind", "total"), FIGURES.values(), ids=FIGURES)
def test_known_figures(kind: Recurrent, total: int) -> None:
    assert int(kind.count()) == total


def test_the_terms_read_as_the_field_says_them() -> None:
    assert str(LSTM(8, 16, recurrent_bias=True).count()) == (
        "kernel             gates 4 × units 16 × in_features 8        =   512\n"
        "recurrent kernel   gates 4 × units 16 × recurrent units 16   = 1,024\n"
        "bias               gates 4 × units 16                        =    64\n"
        "recurrent bias     gates 4 × units 16                        =    64\n"
        "                                                       total = 1,664"
    )
    deeper = LSTM(8, 16, 3, bidirectional=True, projection=4).count().role("kernel").terms[1]
    assert deeper.formula() == (
        "deeper layers 2 × directions 2 × gates 4 × units 16 × directions below 2 × "
        "projection below 4"
    )


def test_the_words_name_gates_inputs_and_the_way_back() -> None:
    words = LSTM(8, 16).about()
    assert "4 gates × (8 inputs + 16 recurrent) × 16 units" in words
    assert "which makes 1,664" in words
    # the default has changed between versions, and the number with it: both are said
    for kind, other in ((GRU(8, 16, recurrent_bias=True), "1,200"), (GRU(8, 16), "1,248")):
        assert "reset_after=True" in kind.about()
        assert "reset_after=False" in kind.about()
        assert f"which makes {other}" in kind.about()
    assert "no bias" in LSTM(8, 16, bias=False).about()
    assert "(8 inputs + 16 recurrent) × 16 units" in SimpleRNN(8, 16).about()
    two = Bidirectional(LSTM(8, 16)).about()
    assert "one reads the sequence forwards, one backwards" in two


BAD: dict[str, tuple[type[Any], dict[str, Any], str]] = {
    "no units": (LSTM, {"in_features": 8, "units": 0}, "units is 0"),
    "a word": (LSTM, {"in_features": 8, "units": "many"}, "units is 'many'"),
    "layers": (LSTM, {"in_features": 8, "units": 4, "layers": 0}, "layers is 0"),
    "bias": (LSTM, {"in_features": 8, "units": 4, "bias": "yes"}, "bias is 'yes'"),
    "projection too large": (
        LSTM,
        {"in_features": 8, "units": 4, "projection": 4},
        "smaller than units=4",
    ),
    "projection of a GRU": (GRU, {"in_features": 8, "units": 4, "projection": 2}, "only an LSTM"),
    "merge_mode": (Bidirectional, {"layer": LSTM(8, 4), "merge_mode": "max"}, "'concat', 'sum'"),
    "two directions of a dense layer": (Bidirectional, {"layer": Dense(8, 4)}, "recurrent layer"),
    "a kernel larger than the image": (
        ConvLSTM,
        {"in_channels": 1, "filters": 1, "kernel_size": (5, 5), "input_size": (3, 3)},
        "larger than the input",
    ),
}


@pytest.mark.parametrize(("kind", "fields", "reason"), BAD.values(), ids=BAD)
def test_what_no_layer_can_be_is_refused(
    kind: type[Any], fields: dict[str, Any], reason: str
) -> None:
    with pytest.raises((ValueError, TypeError), match=reason) as refused:
        kind(**fields)
    assert "\n" not in str(refused.value)


def test_torch_refuses_the_same_projections() -> None:
    with pytest.raises(ValueError, match="proj_size"):
        nn.LSTM(8, 4, proj_size=4)
    with pytest.raises(ValueError, match="only supported for LSTM"):
        nn.GRU(8, 4, proj_size=2)


@pytest.mark.parametrize(
    "kind",
    [LSTM(8, 4), ConvLSTM(1, 1, (3, 3), input_size=(5, 5)), TimeDistributed(Dense(3, 2))],
    ids=lambda kind: type(kind).__name__,
)
def test_the_work_needs_the_number_of_steps(kind: Any) -> None:
    with pytest.raises(ValueError, match="number of steps"):
        kind.mult_adds()
