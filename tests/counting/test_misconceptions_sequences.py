"""Slips with recurrent layers, normalisations, attention and depthwise layers: are they recognised?

The wrong numbers here are counted on the tensors of the real layer that somebody who made the slip
has in mind, or are worked out by hand; they never come from our own edits.
"""

import os
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from torch import nn

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras

from sharedconv.counting import (
    GRU,
    LSTM,
    MISCONCEPTIONS,
    BatchNorm,
    Bidirectional,
    Conv,
    ConvLSTM,
    Count,
    Kind,
    LayerNorm,
    MultiheadAttention,
    SimpleRNN,
    diagnose,
)
from sharedconv.counting.dense import Dense
from sharedconv.counting.separable import DepthwiseConv, SeparableConv
from sharedconv.spelling import read

BY_SLUG = {each.slug: each for each in MISCONCEPTIONS}
HERE = {
    # DESIGN.md, section 4: those of other kinds than convolutions
    "gates-forgotten",
    "forgot-recurrent-kernel",
    "double-bias-torch-rnn",
    "non-trainable-statistics",
    "framework-default-differs",
    "depthwise-taken-for-full",
    # and two more
    "forgot-direction",
    "forgot-output-kernel",
    # and of several layers
    "forgot-depthwise-kernel",
    "forgot-pointwise-kernel",
    "other-number-of-gates",
}


def slugs(count: Count, expected: int) -> list[tuple[str, ...]]:
    return [each.slugs for each in diagnose(count, expected)]


def in_torch(layer: nn.Module) -> int:
    return sum(each.numel() for each in layer.parameters())


def tensors(layer: nn.Module, *names: str) -> int:
    """How many numbers the tensors hold whose names have one of these in them."""
    return sum(
        tensor.numel()
        for name, tensor in layer.named_parameters()
        if any(each in name for each in names)
    )


def in_keras(layer: Any, *shape: int) -> int:
    layer.build((None, *shape))
    count: int = layer.count_params()
    return count


# -- each slip, by hand or by another real layer ---------------------------------------------------

TORCH_LSTM = LSTM(8, 16, recurrent_bias=True)
TORCH_GRU = GRU(8, 16, recurrent_bias=True)
BOTH_WAYS = LSTM(8, 5, 2, recurrent_bias=True, bidirectional=True)
ATTENTION = MultiheadAttention(64, 8, 8)
ALONE: list[tuple[str, Kind, int, int]] = [
    # slug, layer, its number, the number with the slip
    ("gates-forgotten", LSTM(8, 16), 1_600, 400),  # (8 + 16) × 16 + 16
    ("gates-forgotten", TORCH_LSTM, 1_664, in_torch(nn.RNN(8, 16))),
    ("gates-forgotten", TORCH_GRU, 1_248, in_torch(nn.RNN(8, 16))),
    ("gates-forgotten", ConvLSTM(2, 3, (3, 3)), 552, 138),  # (2 + 3) × 3 × 9 + 3
    ("forgot-recurrent-kernel", LSTM(8, 16), 1_600, 576),  # 4 × (8 × 16 + 16)
    ("forgot-recurrent-kernel", SimpleRNN(8, 16), 400, in_torch(nn.Linear(8, 16))),
    ("forgot-recurrent-kernel", TORCH_GRU, 1_248, 480),  # 3 × 8 × 16 + 2 × 3 × 16
    # DESIGN.md, section 5: the two numbers of LSTM(8 -> 16)
    ("double-bias-torch-rnn", TORCH_LSTM, 1_664, 1_600),
    ("double-bias-torch-rnn", LSTM(8, 16), 1_600, 1_664),
    ("double-bias-torch-rnn", SimpleRNN(8, 16), 400, in_torch(nn.RNN(8, 16))),
    (
        "double-bias-torch-rnn",
        BOTH_WAYS,
        1_280,
        1_280 - tensors(nn.LSTM(8, 5, 2, bidirectional=True), "bias_hh"),
    ),
    ("double-bias-torch-rnn", Bidirectional(LSTM(8, 16)), 3_200, 3_328),
    ("framework-default-differs", GRU(8, 16), 1_200, 1_248),
    (
        "framework-default-differs",
        TORCH_GRU,
        1_248,
        in_keras(keras.layers.GRU(16, reset_after=False), 5, 8),
    ),
    (
        "forgot-direction",
        BOTH_WAYS,
        1_280,
        in_torch(nn.LSTM(8, 5)) + in_torch(nn.LSTM(10, 5)),
    ),
    ("forgot-direction", BOTH_WAYS, 1_280, in_torch(nn.LSTM(8, 5, 2))),
    ("forgot-direction", Bidirectional(GRU(8, 16)), 2_400, 1_200),
    # DESIGN.md, section 5: BatchNorm over C is 2C in torch, 4C in Keras
    ("non-trainable-statistics", BatchNorm(64), 128, 256),
    ("non-trainable-statistics", BatchNorm(64, statistics=True), 256, 128),
    (
        "non-trainable-statistics",
        BatchNorm(64, scale=False),
        64,
        in_keras(keras.layers.BatchNormalization(scale=False), 64),
    ),
    ("forgot-output-kernel", ATTENTION, 16_640, 16_640 - 64 * 64),
    ("forgot-output-kernel", ATTENTION, 16_640, 16_640 - in_torch(nn.Linear(64, 64))),
    ("other-number-of-gates", LSTM(8, 16), 1_600, 1_200),  # 3 × 16 × (8 + 16 + 1)
    ("other-number-of-gates", TORCH_LSTM, 1_664, in_torch(nn.GRU(8, 16))),
    ("other-number-of-gates", TORCH_GRU, 1_248, in_torch(nn.LSTM(8, 16))),
    # exercise 7.2: 32 × 3 × 3, then 64 × 32 + 64
    ("forgot-depthwise-kernel", SeparableConv(32, 64, (3, 3)), 2_400, 2_112),
    ("forgot-pointwise-kernel", SeparableConv(32, 64, (3, 3)), 2_400, 352),
    ("depthwise-taken-for-full", DepthwiseConv(32, (3, 3)), 320, in_torch(nn.Conv2d(32, 32, 3))),
    (
        "depthwise-taken-for-full",
        DepthwiseConv(3, (3, 3), depth_multiplier=2, bias=False),
        54,
        in_torch(nn.Conv2d(3, 6, 3, bias=False)),
    ),
    (
        "depthwise-taken-for-full",
        SeparableConv(32, 64, (3, 3)),
        2_400,
        in_torch(nn.Conv2d(32, 64, 3)),
    ),
    # those that convolutions have as well
    ("forgot-bias", LSTM(8, 16), 1_600, 1_536),
    ("forgot-bias", TORCH_LSTM, 1_664, tensors(nn.LSTM(8, 16), "weight")),
    ("forgot-bias", ATTENTION, 16_640, in_torch(nn.MultiheadAttention(64, 8, bias=False))),
    ("expected-bias", LSTM(8, 16, bias=False), 1_536, 1_600),
    ("expected-bias", LSTM(8, 16, bias=False), 1_536, in_torch(nn.LSTM(8, 16))),
    (
        "expected-bias",
        BOTH_WAYS.replace(bias=False),
        1_120,
        in_torch(nn.LSTM(8, 5, 2, bidirectional=True)),
    ),
    ("expected-bias", MultiheadAttention(64, 8, 8, bias=False), 16_384, 16_640),
    (
        "expected-bias",
        SeparableConv(3, 5, (3, 3), bias=False),
        42,
        in_keras(keras.layers.SeparableConv2D(5, 3), 8, 8, 3),
    ),
    ("expected-bias", ConvLSTM(2, 3, (3, 3), bias=False), 540, 552),
    ("double-bias", ATTENTION, 16_640, 16_896),
    ("forgot-in-channels", ConvLSTM(2, 3, (3, 3)), 552, 444),  # 4 × 3 × 9 × (1 + 3) + 12
    ("kernel-one-dimensional", ConvLSTM(2, 3, (3, 5)), 912, 192),  # 4 × 3 × 3 × 5 + 12
    ("kernel-two-dimensional", ConvLSTM(2, 3, (3,)), 192, 552),
    ("kernel-one-dimensional", SeparableConv(3, 5, (3, 7)), 83, 29),  # 3 × 3 + 3 × 5 + 5
]


@pytest.mark.parametrize(("slug", "kind", "right", "wrong"), ALONE)
def test_each_slip_is_recognised_alone(slug: str, kind: Kind, right: int, wrong: int) -> None:
    count = kind.count()
    assert int(count) == right
    assert (slug,) in slugs(count, wrong)
    for found in diagnose(count, wrong):
        assert found.number == wrong
        assert found.sentence.startswith(f"{wrong:,} ")


def test_no_misconception_of_these_kinds_is_left_out_above() -> None:
    assert {slug for slug, *_ in ALONE} >= HERE
    assert set(BY_SLUG) >= HERE


@pytest.mark.parametrize(
    ("kind", "wrong", "together"),
    [
        # 4 × 16 × 8: one of two kernels, and nothing else
        (LSTM(8, 16), 512, {"forgot-bias", "forgot-recurrent-kernel"}),
        # one gate, with PyTorch's two biases
        (LSTM(8, 16), 416, {"gates-forgotten", "double-bias-torch-rnn"}),
        # 3 × d²: queries, keys and values, without a bias
        (ATTENTION, 3 * 64 * 64, {"forgot-bias", "forgot-output-kernel"}),
    ],
)
def test_two_slips_together(kind: Kind, wrong: int, together: set[str]) -> None:
    assert together in [set(each) for each in slugs(kind.count(), wrong)]


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        # there is one way to have a second bias, and it isn't the general one
        (LSTM(8, 16), 1_664),
        (GRU(8, 16), 1_248),
        (TORCH_GRU, 1_200),
        # nothing is kept here, so nothing was forgotten
        (LayerNorm(64), 256),
        (LayerNorm(64), 64),
    ],
)
def test_what_is_no_slip_of_this_layer_is_not_said(kind: Kind, wrong: int) -> None:
    said = {slug for found in slugs(kind.count(), wrong) for slug in found}
    assert not said & {"double-bias", "non-trainable-statistics", "forgot-bias"}
    if isinstance(kind, GRU):
        assert said == {"framework-default-differs"}


# -- on random layers, against real tensors --------------------------------------------------------

small = st.integers(2, 12)
flags = st.booleans()


def assert_recognised(count: Count, slips: Iterable[tuple[str, int]]) -> None:
    for slug, number in slips:
        if number == int(count):
            continue
        found = diagnose(count, number)
        assert (slug,) in [each.slugs for each in found], (slug, number)
        assert {len(each.slugs) for each in found} == {1}


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([(SimpleRNN, nn.RNN), (LSTM, nn.LSTM), (GRU, nn.GRU)]), small, small, flags)
def test_each_slip_on_a_random_recurrent_layer(
    pair: tuple[type[Any], type[Any]], features: int, units: int, both: bool
) -> None:
    kind, real = pair
    layer = real(features, units, bidirectional=both, device="meta")
    count = kind(features, units, recurrent_bias=True, bidirectional=both).count()
    total = in_torch(layer)
    other = "framework-default-differs" if kind is GRU else "double-bias-torch-rnn"
    slips = [
        ("forgot-recurrent-kernel", total - tensors(layer, "weight_hh")),
        ("forgot-bias", tensors(layer, "weight")),
        (other, total - tensors(layer, "bias_hh")),
    ]
    if both:
        slips.append(("forgot-direction", in_torch(real(features, units, device="meta"))))
    if kind is not SimpleRNN:
        one_gate = nn.RNN(features, units, bidirectional=both, device="meta")
        slips.append(("gates-forgotten", in_torch(one_gate)))
    assert_recognised(count, slips)


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 6), st.integers(1, 6), flags)
def test_each_slip_on_a_random_attention(heads: int, size: int, bias: bool) -> None:
    layer = nn.MultiheadAttention(heads * size, heads, bias=bias, device="meta")
    total = in_torch(layer)
    slips = [("forgot-output-kernel", total - tensors(layer, "out_proj.weight"))]
    if bias:
        slips.append(("forgot-bias", tensors(layer, "weight")))
    else:
        other = nn.MultiheadAttention(heads * size, heads, device="meta")
        slips.append(("expected-bias", in_torch(other)))
    count = MultiheadAttention(heads * size, heads, size, bias=bias).count()
    assert int(count) == total
    assert_recognised(count, slips)


@settings(max_examples=100, deadline=None)
@given(small, st.integers(1, 20), st.integers(1, 4), flags)
def test_each_slip_on_a_random_depthwise_layer(
    channels: int, filters: int, size: int, bias: bool
) -> None:
    depthwise = DepthwiseConv(channels, (size, size), bias=bias)
    full = nn.Conv2d(channels, channels, size, bias=bias, device="meta")
    assert_recognised(depthwise.count(), [("depthwise-taken-for-full", in_torch(full))])
    separable = SeparableConv(channels, filters, (size, size), bias=bias)
    ordinary = nn.Conv2d(channels, filters, size, bias=bias, device="meta")
    assert_recognised(separable.count(), [("depthwise-taken-for-full", in_torch(ordinary))])


def test_a_whole_model_in_the_other_framework() -> None:
    """Statistics are added once for each batch norm, beside its scale, its shift or both."""
    norms = [BatchNorm(16), BatchNorm(8, scale=False), BatchNorm(4, shift=False)]
    kinds = [Conv(3, 16, (3, 3)), *norms, Dense(10, 3)]
    count = sum((each.count() for each in kinds), Count())
    # 2 × (16 + 8 + 4) statistics
    assert slugs(count, int(count) + 56) == [("non-trainable-statistics",)]
    with_them = sum((each.replace(statistics=True).count() for each in norms), Count())
    assert slugs(with_them, int(with_them) - 56) == [("non-trainable-statistics",)]


def test_the_batch_norm_behind_a_convolution_may_be_left_out() -> None:
    """And where there is nothing else, there is nothing to leave out."""
    both = Conv(3, 4, (3, 3)).count() + BatchNorm(4).count()
    assert int(both) == 120
    assert slugs(both, 112) == [("forgot-norm",)]
    in_keras = Conv(3, 4, (3, 3)).count() + BatchNorm(4, statistics=True).count()
    assert slugs(in_keras, 112) == [("forgot-norm",)]
    assert not [*BY_SLUG["forgot-norm"].edit(BatchNorm(4).count())]


# -- what is said, and what would really have that number ------------------------------------------


@pytest.mark.parametrize("slug", sorted(HERE))
def test_every_misconception_is_written_out(slug: str) -> None:
    slip = BY_SLUG[slug]
    assert slip.says[0].islower()
    assert slip.says[-1].isalnum()
    assert slip.reason[0].isupper()
    assert slip.reason.endswith(".")
    assert slip.question.endswith("?")
    for words in (slip.says, slip.reason, slip.question):
        assert not set("{}\n") & set(words)
        assert "  " not in words


def test_what_learns_a_bias_is_called_by_its_name() -> None:
    for kind, word in (
        (LSTM(8, 16), "unit of a gate"),
        (
            GRU(8, 16, recurrent_bias=True),
            "unit of a gate, for each of its two kernels,",
        ),
        (ATTENTION, "output"),
        (Conv(1, 1, 3, ndim=1), "filter"),
    ):
        count = kind.count()
        weights = sum(term.size for term in count.terms if "bias" not in term.role)
        (found,) = [each for each in diagnose(count, weights) if each.slugs == ("forgot-bias",)]
        assert f"each {word} learns one number more" in found.sentence


@pytest.mark.parametrize(
    ("text", "shape", "build"),
    [
        ("LSTM(16, use_bias=False)", (5, 8), lambda: keras.layers.LSTM(16, use_bias=False)),
        (
            "Bidirectional(LSTM(16, use_bias=False))",
            (5, 8),
            lambda: keras.layers.Bidirectional(keras.layers.LSTM(16, use_bias=False)),
        ),
        (
            "Bidirectional(GRU(4, use_bias=False), backward_layer=GRU(4, go_backwards=True, "
            "use_bias=False))",
            (5, 8),
            lambda: keras.layers.Bidirectional(
                keras.layers.GRU(4, use_bias=False),
                backward_layer=keras.layers.GRU(4, go_backwards=True, use_bias=False),
            ),
        ),
        ("RNN(LSTMCell(4, use_bias=False))", (5, 8), lambda: keras.layers.RNN(
            keras.layers.LSTMCell(4, use_bias=False))),
    ],
)  # fmt: skip
def test_the_line_that_really_has_the_number(
    text: str, shape: tuple[int, ...], build: Callable[[], Any]
) -> None:
    """In a layer around a layer it is the one inside that is changed."""
    number = in_keras(build(), *shape)
    line = read(text.replace(", use_bias=False", ""), shape)
    (found,) = [each for each in diagnose(line.count(), number) if each.remedy]
    assert line.rewritten(found.remedy, found.number) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # with bias=True PyTorch's LSTM has two biases, so there is no line with one
        ("nn.LSTM(8, 16, bias=False)", 1_600),
        # bias=False takes the layer norms' shifts away as well
        ("nn.TransformerEncoderLayer(8, 2, 4)", 352),
    ],
)
def test_a_line_that_would_not_have_the_number_is_not_offered(text: str, expected: int) -> None:
    line = read(text)
    found = [each for each in diagnose(line.count(), expected) if each.remedy]
    assert found
    assert [line.rewritten(each.remedy, each.number) for each in found] == [None]
