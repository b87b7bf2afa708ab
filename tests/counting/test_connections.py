"""Connections, against what really depends on what: the entries of PyTorch's own Jacobians."""

from math import prod

import pytest
import torch
from hypothesis import given, settings, strategies as st
from torch import nn

from sharedconv.counting import BatchNorm, Conv, Dense, LocalConv
from sharedconv.counting.attention import MultiheadAttention
from sharedconv.counting.connections import connections, units
from sharedconv.counting.lenet import MappedConv, PositionBias, RadialBasis, Subsampling
from sharedconv.counting.separable import DepthwiseConv
from sharedconv.networks import parts


def dependencies(layer: nn.Module, *shape: int) -> int:
    """How many pairs of an input and an output there are of which one changes the other."""
    jacobian = torch.autograd.functional.jacobian(layer, torch.randn(1, *shape))
    assert isinstance(jacobian, torch.Tensor)
    return int(jacobian.count_nonzero())


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_convolutions_connections(data: st.DataObject) -> None:
    """Without padding every connection reads a number of the image; each unit has its bias too."""
    groups = data.draw(st.sampled_from([1, 1, 2]))
    channels, filters = (groups * data.draw(st.integers(1, 3)) for _ in range(2))
    sides = data.draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    size = data.draw(st.tuples(st.integers(3, 6), st.integers(3, 6)))
    stride, bias = data.draw(st.integers(1, 2)), data.draw(st.booleans())
    layer = nn.Conv2d(channels, filters, sides, stride, groups=groups, bias=bias)
    kind = Conv(channels, filters, sides, stride, groups=groups, bias=bias, input_size=size)
    outputs = prod(layer(torch.zeros(1, channels, *size)).shape)
    found = connections(kind)
    assert found.role("kernel").total == dependencies(layer, channels, *size)
    assert found.role("bias").total == (outputs if bias else 0)
    assert units(kind) == outputs
    if groups == channels == filters:
        depthwise = DepthwiseConv(channels, sides, stride, bias=bias, input_size=size)
        assert (connections(depthwise).total, units(depthwise)) == (found.total, outputs)
    # without sharing there are as many weights as connections
    for unshared_bias in (True, "channel") if bias else (False,):
        unshared = LocalConv(**{**vars(kind), "bias": unshared_bias})
        assert connections(unshared).total == found.total


def test_padding_counts_as_something_to_be_connected_to() -> None:
    """LeCun 1989, H1: 'units ... 26 each' at the border too: 768 × 26 = 19,968."""
    kind = Conv(1, 12, (5, 5), stride=2, padding=2, input_size=(16, 16))
    assert connections(kind).total == 19_968
    assert units(kind) == 768


def test_the_connections_of_a_mapped_convolution() -> None:
    table = [[0, 2], [1], [0, 1, 2]]
    layer = parts.MappedConv2d(table, 2)
    found = connections(MappedConv(table, 3, 2, input_size=(4, 5)))
    assert found.role("kernel").total == dependencies(layer, 3, 4, 5)
    assert found.role("bias").total == 3 * 3 * 4


def test_a_subsampling_units_window_is_connected_by_one_factor() -> None:
    kind = Subsampling(3, (2, 3), input_size=(6, 9))
    found = connections(kind)
    assert found.role("scale").total == dependencies(parts.Subsampling2d(3, (2, 3)), 3, 6, 9)
    assert found.role("bias").total == units(kind) == 3 * 3 * 3


def test_dense_layers_and_fixed_outputs() -> None:
    assert connections(Dense(5, 4)).total == dependencies(nn.Linear(5, 4), 5) + 4
    assert connections(Dense(5, 4, positions=(7,))).total == 7 * (5 * 4 + 4)
    assert units(Dense(5, 4, positions=(7,))) == 28
    fixed = connections(RadialBasis(84, 10))
    assert (fixed.total, fixed.trainable.total) == (840, 0)
    assert units(RadialBasis(84, 10)) == 10


def test_what_changes_numbers_one_by_one_adds_no_units() -> None:
    norm = BatchNorm(3, size=(4, 5))
    layer = nn.BatchNorm2d(3).eval()
    assert connections(norm).role("scale").total == dependencies(layer, 3, 4, 5)
    assert connections(norm).total == 2 * 3 * 4 * 5
    assert units(norm) == 0
    bias = PositionBias(3, (4, 5))
    assert connections(bias).total == 60
    assert units(bias) == 0


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Conv(1, 1, (3, 3)), "input size isn't known"),
        (Conv(1, 1, (3, 3), transposed=True, input_size=(4, 4)), "a transposed Conv"),
        (MultiheadAttention(8, 2, 4), "a MultiheadAttention aren't known"),
    ],
)
def test_what_cant_be_counted_is_said_in_a_sentence(kind: Conv, words: str) -> None:
    with pytest.raises(ValueError, match=words) as refused:
        connections(kind)
    assert "\n" not in str(refused.value)
