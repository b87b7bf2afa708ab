"""The witnesses on live recurrent layers, normalisations and attention."""

import os
from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import given, settings, strategies as st
from torch import nn

os.environ.setdefault("KERAS_BACKEND", "torch")

from sharedconv.counting import (
    GRU,
    LSTM,
    BatchNorm,
    Bidirectional,
    ConvLSTM,
    GroupNorm,
    InstanceNorm,
    Kind,
    LayerNorm,
    MultiheadAttention,
    RMSNorm,
    SimpleRNN,
    TransformerEncoderLayer,
    UnitNorm,
)
from sharedconv.witnesses import cross_check
from sharedconv.witnesses.by_keras import keras_layer
from sharedconv.witnesses.rule import kind_of, modules_without_rule, rule

small = st.integers(1, 6)
flags = st.booleans()

MODULES: dict[str, Any] = {
    "RNN": st.builds(nn.RNN, small, small, small, bias=flags, bidirectional=flags),
    "GRU": st.builds(nn.GRU, small, small, small, bias=flags, bidirectional=flags),
    "LSTM": st.builds(
        nn.LSTM,
        small,
        st.integers(3, 6),
        small,
        bias=flags,
        bidirectional=flags,
        proj_size=st.integers(0, 2),
    ),
    "RNNCell": st.builds(nn.RNNCell, small, small, bias=flags),
    "LSTMCell": st.builds(nn.LSTMCell, small, small, bias=flags),
    "GRUCell": st.builds(nn.GRUCell, small, small, bias=flags),
    "BatchNorm2d": st.builds(nn.BatchNorm2d, small, affine=flags, bias=flags),
    "SyncBatchNorm": st.builds(nn.SyncBatchNorm, small, affine=flags),
    "InstanceNorm1d": st.builds(nn.InstanceNorm1d, small, affine=flags),
    "GroupNorm": st.builds(nn.GroupNorm, st.sampled_from([1, 2]), st.just(4), affine=flags),
    "LayerNorm": st.builds(
        nn.LayerNorm,
        small | st.lists(small, min_size=1, max_size=3),
        elementwise_affine=flags,
        bias=flags,
    ),
    "RMSNorm": st.builds(nn.RMSNorm, small, elementwise_affine=flags),
    "MultiheadAttention": st.builds(
        nn.MultiheadAttention,
        st.just(12),
        st.sampled_from([1, 2, 3]),
        bias=flags,
        add_bias_kv=flags,
        kdim=st.none() | small,
        vdim=st.none() | small,
    ),
    "TransformerEncoderLayer": st.builds(
        nn.TransformerEncoderLayer, st.just(8), st.sampled_from([1, 2]), small, bias=flags
    ),
    "TransformerDecoderLayer": st.builds(
        nn.TransformerDecoderLayer, st.just(8), st.sampled_from([1, 2]), small, bias=flags
    ),
}


@pytest.mark.parametrize("name", MODULES)
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_the_rule_knows_the_module_and_its_number(name: str, data: st.DataObject) -> None:
    with torch.device("meta"):
        module = data.draw(MODULES[name])
    assert modules_without_rule(module) == []
    assert rule(module).total == sum(each.numel() for each in module.parameters())


def test_the_last_layer_of_an_attention_is_counted_once() -> None:
    """It is a module of its own, inside; 288 is the truth table's figure (issue 3)."""
    assert rule(nn.MultiheadAttention(8, 2)).total == 288
    twice = nn.Sequential(nn.MultiheadAttention(8, 2), nn.Linear(8, 8))
    assert rule(twice).total == 288 + 72


def test_what_is_read_of_a_module() -> None:
    recurrent = kind_of(nn.GRU(8, 16, 2, bidirectional=True), (5, 8))
    assert isinstance(recurrent, GRU)
    assert recurrent.output_shape() == (5, 32)
    attention = kind_of(nn.MultiheadAttention(8, 2, add_zero_attn=True), (5, 8))
    assert isinstance(attention, MultiheadAttention)
    assert attention.zero_key
    assert kind_of(nn.LayerNorm(8), (5, 8)) == LayerNorm(8, shape=(5, 8))
    assert kind_of(nn.InstanceNorm2d(4), (4, 5, 6)) == InstanceNorm(4, size=(5, 6))
    assert kind_of(nn.GRUCell(8, 16)) == GRU(8, 16, recurrent_bias=True, time=1)


class Tagger(nn.Module):
    """An embedding's size of numbers in, a tag for each step out."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(8)
        self.forth_and_back = nn.LSTM(8, 5, 2, bidirectional=True, batch_first=True)
        self.tags = nn.Linear(10, 3)

    def forward(self, sequence: torch.Tensor) -> torch.Tensor:
        states, _ = self.forth_and_back(self.norm(sequence))
        tags: torch.Tensor = self.tags(states)
        return tags


@pytest.mark.parametrize(
    ("make", "in_torch", "in_keras"),
    [
        # DESIGN.md, section 5
        (lambda: nn.LSTM(8, 16), 1_664, 1_600),
        (lambda: nn.GRU(8, 16), 1_248, 1_248),
        (lambda: nn.MultiheadAttention(64, 8), 16_640, 16_640),
        (lambda: nn.BatchNorm1d(10), 20, 40),
        # the truth table of issue 3; Keras has one bias in 2 layers × 2 directions × 4 gates × 5
        (lambda: nn.LSTM(8, 5, 2, bidirectional=True), 1_280, 1_200),
        # with 2 × 8 of the layer norm and 10 × 3 + 3 of the last layer
        (Tagger, 1_329, 1_249),
    ],
)
def test_torch_and_keras_differ_by_what_is_known(
    make: Callable[[], nn.Module], in_torch: int, in_keras: int
) -> None:
    check = cross_check(make())
    assert check["rule"].total == check["tally"].total == in_torch
    assert check["Keras"].total == in_keras
    assert check.unexplained == ()
    assert len(check.explanations) == (in_torch != in_keras)


# -- building the kind in Keras --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "total"),
    [
        # kernel + recurrent kernel + bias, as in the papers; 4 gates, or 3, or none
        (SimpleRNN(3, 4), 3 * 4 + 4 * 4 + 4),
        (LSTM(3, 4, bidirectional=True), 2 * (4 * 4 * (3 + 4) + 4 * 4)),
        (GRU(3, 4), 3 * 4 * (3 + 4) + 3 * 4),
        (GRU(3, 4, recurrent_bias=True), 3 * 4 * (3 + 4) + 2 * 3 * 4),
        (Bidirectional(LSTM(3, 4)), 2 * (4 * 4 * (3 + 4) + 4 * 4)),
        (
            Bidirectional(LSTM(3, 4), "sum", LSTM(3, 4, bias=False)),
            2 * (4 * 4 * (3 + 4)) + 4 * 4,
        ),
        (ConvLSTM(2, 3, (3, 3), dilation=2), 4 * 3 * 9 * (2 + 3) + 4 * 3),
        (
            Bidirectional(ConvLSTM(2, 3, (3,), time=2, input_size=(5,))),
            2 * (4 * 3 * 3 * (2 + 3) + 12),
        ),
        (BatchNorm(5, renorm=True), 7 * 5),
        (GroupNorm(2, 6), 12),
        (InstanceNorm(6, True, False), 6),
        (LayerNorm((3, 4), shift=False), 12),
        (RMSNorm(7), 7),
        (UnitNorm(7), 0),
        (MultiheadAttention(6, 2, 3, 4, key_features=5, gate=True), 36 + 30 + 3 * 48 + 34),
        (MultiheadAttention(6, 4, 3, key_heads=2), 6 * 12 * 2 + 6 * 6 * 2 + 12 + 6 * 2 + 6),
    ],
)
def test_keras_builds_the_kind(kind: Kind, total: int) -> None:
    layer = keras_layer(kind)
    assert layer.built
    assert layer.count_params() == total


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (LSTM(3, 4, projection=2), "no projection"),
        (MultiheadAttention(8, 2, 4, extra_key=True), "no key of its own"),
        (MultiheadAttention(8, 4, 2, 3, key_heads=2), "one size for all"),
        (RMSNorm(4, scale=False), "always has its scale"),
        (TransformerEncoderLayer(8, 2), "no transformer layer"),
    ],
)
def test_what_keras_has_not_is_said(kind: Kind, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        keras_layer(kind)
