"""The rule for normalisations against the real layers of PyTorch and Keras.

Everything on the right-hand side of an assertion is read from a real layer's tensors, from what
it gave out, or is a figure with its source.
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

from sharedconv.counting import (
    BatchNorm,
    Count,
    GroupNorm,
    InstanceNorm,
    Kind,
    LayerNorm,
    RMSNorm,
    UnitNorm,
)

small = st.integers(1, 9)
flags = st.booleans()
sizes = st.lists(st.integers(1, 5), max_size=3).map(tuple)
quickly = settings(max_examples=200, deadline=None)

BATCH = {1: nn.BatchNorm1d, 2: nn.BatchNorm2d, 3: nn.BatchNorm3d}
INSTANCE = {1: nn.InstanceNorm1d, 2: nn.InstanceNorm2d, 3: nn.InstanceNorm3d}


def roles(count: Count) -> dict[str, int]:
    return {term.role: term.size for term in count.terms}


def torch_roles(layer: nn.Module) -> dict[str, int]:
    names = {"weight": "scale", "bias": "shift"}
    return {names[name]: tensor.numel() for name, tensor in layer.named_parameters()}


def assert_counted_as(kind: Kind, layer: Any, shape: tuple[int, ...]) -> None:
    """The same numbers as in Keras, trained and not, and the same shape."""
    layer.build((None, *shape))
    count = kind.count()
    assert int(count) == layer.count_params()
    assert int(count.trainable) == sum(prod(each.shape) for each in layer.trainable_weights)
    kept = sum(prod(each.shape) for each in layer.non_trainable_weights)
    assert int(count.non_trainable) == kept
    assert (None, *kind.output_shape()) == tuple(layer.compute_output_shape((None, *shape)))
    assert kind.mult_adds() == 0


# -- PyTorch -------------------------------------------------------------------------------------


@quickly
@given(st.integers(1, 3), small, flags, flags, flags, st.data())
def test_a_batch_or_instance_norm_is_counted_as_torch_makes_it(
    ndim: int, channels: int, affine: bool, tracked: bool, batch: bool, data: st.DataObject
) -> None:
    real: Any = (BATCH if batch else INSTANCE)[ndim]
    size = tuple(data.draw(st.lists(st.integers(2, 4), min_size=ndim, max_size=ndim)))
    layer = real(channels, affine=affine, track_running_stats=tracked)
    kind = (BatchNorm if batch else InstanceNorm)(channels, affine, affine, size=size)
    assert roles(kind.count()) == torch_roles(layer)
    image = torch.zeros(2, channels, *size)
    assert (2, *kind.output_shape()) == tuple(layer(image).shape)


@quickly
@given(small, st.integers(1, 4), flags, sizes)
def test_a_group_norm_is_counted_as_torch_makes_it(
    per_group: int, groups: int, affine: bool, size: tuple[int, ...]
) -> None:
    channels = groups * per_group
    layer = nn.GroupNorm(groups, channels, affine=affine)
    kind = GroupNorm(groups, channels, affine, affine, size=size)
    assert roles(kind.count()) == torch_roles(layer)
    # torch wants more than one number in each group
    image = torch.zeros(2, channels, *size, 2)
    assert (2, *kind.replace(size=(*size, 2)).output_shape()) == tuple(layer(image).shape)


@quickly
@given(st.lists(st.integers(1, 5), min_size=1, max_size=3), sizes, flags, flags)
def test_a_layer_norm_is_counted_as_torch_makes_it(
    normalized: list[int], before: tuple[int, ...], affine: bool, bias: bool
) -> None:
    shape = (*before, *normalized)
    layer = nn.LayerNorm(normalized, elementwise_affine=affine, bias=bias)
    kind = LayerNorm(normalized, affine, affine and bias, shape=shape)
    assert roles(kind.count()) == torch_roles(layer)
    assert kind.output_shape() == tuple(layer(torch.zeros(shape)).shape)

    root = nn.RMSNorm(normalized, elementwise_affine=affine)
    other = RMSNorm(normalized, affine, shape=shape)
    assert roles(other.count()) == torch_roles(root)
    assert other.output_shape() == tuple(root(torch.zeros(shape)).shape)


# -- Keras ---------------------------------------------------------------------------------------


@quickly
@given(st.lists(st.integers(1, 6), min_size=1, max_size=4), flags, flags, flags, st.data())
def test_a_batch_norm_is_counted_as_keras_makes_it(
    shape: list[int], scale: bool, center: bool, renorm: bool, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(shape) - 1))
    # Keras counts the batch as axis 0
    axis = data.draw(st.sampled_from([place + 1, place - len(shape)]))
    layer = keras.layers.BatchNormalization(axis=axis, scale=scale, center=center, renorm=renorm)
    others = shape[:place] + shape[place + 1 :]
    kind = BatchNorm(
        shape[place], scale, center, statistics=True, renorm=renorm, size=others, axis=place
    )
    assert_counted_as(kind, layer, tuple(shape))
    found = roles(kind.count())
    assert found.get("scale", 0) == (layer.gamma.shape[0] if scale else 0)
    assert found.get("shift", 0) == (layer.beta.shape[0] if center else 0)


@quickly
@given(st.integers(1, 4), small, sizes, flags, flags)
def test_a_group_norm_is_counted_as_keras_makes_it(
    groups: int, per_group: int, size: tuple[int, ...], scale: bool, center: bool
) -> None:
    channels = groups * per_group
    layer = keras.layers.GroupNormalization(groups, scale=scale, center=center)
    kind = GroupNorm(groups, channels, scale, center, size=size, axis=len(size))
    assert_counted_as(kind, layer, (*size, channels))


@quickly
@given(st.lists(st.integers(1, 5), min_size=1, max_size=4), flags, flags, st.data())
def test_a_layer_norm_is_counted_as_keras_makes_it(
    shape: list[int], scale: bool, center: bool, data: st.DataObject
) -> None:
    axes = sorted(data.draw(st.sets(st.integers(0, len(shape) - 1), min_size=1)))
    normalized = [shape[axis] for axis in axes]
    given_axes = [axis + 1 for axis in axes]
    layer = keras.layers.LayerNormalization(axis=given_axes, scale=scale, center=center)
    assert_counted_as(LayerNorm(normalized, scale, center, shape=shape), layer, tuple(shape))
    root = keras.layers.RMSNormalization(axis=given_axes)
    assert_counted_as(RMSNorm(normalized, shape=shape), root, tuple(shape))
    unit = keras.layers.UnitNormalization(axis=given_axes)
    assert_counted_as(UnitNorm(normalized, shape=shape), unit, tuple(shape))


# -- figures and words ---------------------------------------------------------------------------


@pytest.mark.parametrize("channels", [1, 64, 2048])
def test_batch_norm_in_both_frameworks(channels: int) -> None:
    """DESIGN.md, section 5: torch 2C parameters, Keras 4C, of which 2C are not trained."""
    assert int(BatchNorm(channels).count()) == 2 * channels
    in_keras = BatchNorm(channels, statistics=True).count()
    assert (int(in_keras), int(in_keras.non_trainable)) == (4 * channels, 2 * channels)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (BatchNorm(4), "a learned factor and a learned summand"),
        (BatchNorm(4, scale=False), "It then gets a learned summand"),
        (BatchNorm(4, statistics=True), "PyTorch keeps them as buffers"),
        (InstanceNorm(4), "Nothing is learned here"),
        (GroupNorm(2, 8), "The channels of each group (4 of them)"),
        (LayerNorm((3, 4)), "The 3×4 numbers at each position"),
        (RMSNorm(5), "a mean square of 1"),
        (UnitNorm(5), "length 1"),
    ],
    ids=lambda each: type(each).__name__ if isinstance(each, Kind) else "",
)
def test_what_is_said_of_it(kind: Kind, words: str) -> None:
    assert words in kind.about()


def test_the_sizes_of_a_layer_norm_have_names() -> None:
    assert LayerNorm(64).count().terms[0].formula() == "features 64"
    several = LayerNorm((3, 32, 16)).count().terms[0].formula()
    assert several == "first size 3 × second size 32 × third size 16"
    many = LayerNorm((2,) * 8).count()
    assert [list(term.factors.values()) for term in many.terms] == [[2] * 8] * 2


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: GroupNorm(3, 8), "does not divide channels=8"),
        (lambda: BatchNorm(0), "channels is 0"),
        (lambda: BatchNorm(4, size=(5,), axis=2), "axes 0 to 1"),
        (lambda: LayerNorm(()), "normalized_shape is empty"),
        (lambda: LayerNorm((4, 0)), "normalized_shape is 0"),
        (lambda: RMSNorm("4"), "normalized_shape is '4'"),
    ],
)
def test_what_no_layer_can_be_is_refused(make: Any, reason: str) -> None:
    with pytest.raises((ValueError, TypeError), match=reason) as refused:
        make()
    assert "\n" not in str(refused.value)
