"""The kinds of the first networks, against the tensors of the layers that they describe."""

from typing import Any

import pytest
import torch
from hypothesis import given, settings, strategies as st
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from sharedconv.counting.kind import Kind
from sharedconv.counting.lenet import MappedConv, PositionBias, RadialBasis, Subsampling
from sharedconv.networks import parts
from sharedconv.witnesses import kind_of


def holds(kind: Kind, layer: nn.Module, input_shape: tuple[int, ...]) -> None:
    """Count, output shape and work of the kind are the layer's own."""
    assert kind.count().total == sum(each.numel() for each in layer.parameters())
    counter = FlopCounterMode(display=False)
    with counter, torch.no_grad():
        output = layer(torch.zeros(1, *input_shape, device="meta"))
    assert kind.output_shape() == tuple(output.shape[1:])
    assert kind.mult_adds() == counter.get_total_flops() // 2
    assert kind_of(layer, input_shape) == kind
    assert kind.about().endswith(".")
    assert kind.replace() == kind


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_mapped_convolution(data: st.DataObject) -> None:
    inputs = data.draw(st.integers(1, 6))
    row = st.lists(st.integers(0, inputs - 1), min_size=1, max_size=inputs, unique=True)
    table = tuple(map(tuple, data.draw(st.lists(row, min_size=1, max_size=6))))
    sides = data.draw(st.tuples(st.integers(1, 5), st.integers(1, 5)))
    stride, padding = data.draw(st.integers(1, 3)), data.draw(st.integers(0, 2))
    bias = data.draw(st.booleans())
    size = data.draw(st.tuples(st.integers(5, 12), st.integers(5, 12)))
    kind = MappedConv(table, inputs, sides, stride, padding, bias, input_size=size)
    with torch.device("meta"):
        layer = parts.MappedConv2d(table, sides, stride, padding, bias, in_channels=inputs)
    holds(kind, layer, (inputs, *size))
    kernel = kind.count().role("kernel").total
    assert kernel == layer.kernel.numel()


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 9))
def test_a_bias_for_each_position(channels: int, height: int, width: int) -> None:
    with torch.device("meta"):
        layer = parts.PositionBias(channels, (height, width))
    holds(PositionBias(channels, (height, width)), layer, (channels, height, width))


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 9), st.integers(1, 3), st.integers(1, 4), st.integers(4, 12))
def test_subsampling(channels: int, height: int, width: int, size: int) -> None:
    with torch.device("meta"):
        layer = parts.Subsampling2d(channels, (height, width))
    kind = Subsampling(channels, (height, width), input_size=(size, size + 1))
    holds(kind, layer, (channels, size, size + 1))


def test_a_fixed_output_has_nothing_to_learn() -> None:
    kind = RadialBasis(84, 10)
    holds(kind, parts.RadialBasis(torch.zeros(10, 84, device="meta")), (84,))
    assert kind.count().total == 0
    fixed = kind.replace(fixed=True).count()
    assert (fixed.total, fixed.trainable.total) == (840, 0)


def test_the_formula_names_the_pairs() -> None:
    """LeNet-5's C3: '1,516 trainable parameters'."""
    table = [[n, (n + 1) % 6, (n + 2) % 6] for n in range(6)] + [[0, 1, 2, 3]] * 9 + [range(6)]
    count = MappedConv(table, 6, 5).count()
    assert count.total == 1_516
    assert count.formula() == (
        "connected pairs of maps 60 × kernel height 5 × kernel width 5 + filters 16 = 1,516"
    )


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: MappedConv([], 1, 3), "at least one input map"),
        (lambda: MappedConv([[]], 1, 3), "at least one input map"),
        (lambda: MappedConv([[0, 0]], 1, 3), "none of them twice"),
        (lambda: MappedConv([[0, 4]], 4, 3), "input map 4, and there are only 4"),
        (lambda: MappedConv([[0.5]], 4, 3), "table is 0.5"),
        (lambda: MappedConv([[0]], 1, 9, input_size=5), "larger than the input"),
        (lambda: PositionBias(0, 3), "channels is 0"),
        (lambda: Subsampling(3, (2, 2, 2)), "kernel_size"),
        (lambda: RadialBasis(0, 3), "in_features is 0"),
    ],
)
def test_what_no_layer_can_be_is_said_in_a_sentence(build: Any, words: str) -> None:
    with pytest.raises((ValueError, TypeError), match=words) as refused:
        build()
    assert "\n" not in str(refused.value)
