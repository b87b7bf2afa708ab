"""The rule against the real layers of PyTorch and Keras, over a thousand random configurations.

Everything on the right-hand side of an assertion is read from a real layer's tensors, from what
it gave out, or from torch's own counter of operations.
"""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import keras
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from counting.configurations import (
    KERAS_CONVS,
    TORCH_CONVS,
    Configuration,
    keras_convs,
    spoiled_torch_convs,
    torch_convs,
)
from hypothesis import assume, example, given, reject, settings, strategies as st
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from sharedconv.counting import BatchNorm, Conv, Count, Dense, LocalConv


def roles(count: Count) -> dict[str, int]:
    """What a count says of each role; the roles that it doesn't have are left out."""
    return {term.role: term.size for term in count.terms}


def sizes_of(layer: nn.Module) -> dict[str, int]:
    """The same of a real layer, read from its tensors."""
    names = {"weight": "kernel", "bias": "bias"}
    return {names[name]: each.numel() for name, each in layer.named_parameters()}


# -- PyTorch -------------------------------------------------------------------------------------


@settings(max_examples=700)
@given(torch_convs())
def test_a_convolution_is_counted_as_torch_makes_it(configuration: Configuration) -> None:
    kind, layer = configuration.kind(), configuration.torch()

    assert roles(kind.count()) == sizes_of(layer)
    assert int(kind.count()) == sum(each.numel() for each in layer.parameters())
    assert int(kind.count().trainable) == sum(
        each.numel() for each in layer.parameters() if each.requires_grad
    )

    image = torch.empty(1, configuration.in_channels, *configuration.size, device="meta")
    with FlopCounterMode(display=False) as flops:
        output = layer(image)
    assert (1, *kind.output_shape()) == output.shape
    # torch counts a multiplication and its addition as two, and leaves the bias out
    assert 2 * kind.mult_adds() == flops.get_total_flops()


@given(torch_convs())
def test_the_count_needs_no_input_size(configuration: Configuration) -> None:
    """Sharing: whatever the image, the kernel is the same."""
    unknown = configuration.kind().replace(input_size=None)
    assert int(unknown.count()) == sum(each.numel() for each in configuration.torch().parameters())
    assert unknown.output_shape() == (configuration.filters, *[None] * configuration.ndim)
    with pytest.raises(ValueError, match="input size"):
        unknown.mult_adds()


@given(torch_convs(), st.integers(1, 9))
def test_one_number_stands_for_all_dimensions(configuration: Configuration, size: int) -> None:
    layer = TORCH_CONVS[configuration.ndim, False](
        configuration.in_channels, configuration.filters, size, groups=configuration.groups
    )
    kind = Conv(
        configuration.in_channels,
        configuration.filters,
        size,
        groups=configuration.groups,
        ndim=configuration.ndim,
    )
    assert roles(kind.count()) == sizes_of(layer)


@settings(max_examples=500)
@given(spoiled_torch_convs())
def test_what_torch_refuses_is_refused_and_nothing_else(configuration: Configuration) -> None:
    """Bad groups, sizes below what a layer can have, kernels larger than the input, ..."""
    # Keras has 'same' with a stride, torch has not; torch lets a dilation of 0 pass for a kernel
    # of 1. On these two the frameworks differ, and not the two sides of this test.
    assume(configuration.padding != "same" or max(configuration.stride) <= 1)
    assume(0 not in configuration.dilation)
    try:
        image = torch.zeros(1, configuration.in_channels, *configuration.size)
        works = configuration.torch("cpu")(image).numel() > 0
    except (RuntimeError, ValueError, ZeroDivisionError):
        works = False

    if works:
        configuration.kind()
    else:
        with pytest.raises((ValueError, TypeError)) as refused:
            configuration.kind()
        assert_one_sentence(refused.value)


def assert_one_sentence(problem: BaseException) -> None:
    words = str(problem)
    assert words
    assert "\n" not in words


# -- Keras ---------------------------------------------------------------------------------------


@settings(max_examples=500)
@given(keras_convs())
def test_a_convolution_is_counted_as_keras_makes_it(configuration: Configuration) -> None:
    layer = configuration.keras()
    image = np.zeros((1, *configuration.size, configuration.in_channels), "float32")
    try:
        output = layer(image)
    except ValueError:  # the kernel doesn't fit into the input
        with pytest.raises(ValueError, match="is larger than the input"):
            configuration.kind()
        return
    if 0 in output.shape:  # Keras goes on with an output of nothing; no use to anybody
        with pytest.raises(ValueError, match="cuts away the whole output"):
            configuration.kind()
        return

    kind = configuration.kind()
    filters, *size = kind.output_shape()
    assert (1, *size, filters) == tuple(output.shape)
    assert int(kind.count()) == layer.count_params()
    assert kind.count().role("kernel").total == int(np.prod(layer.kernel.shape))
    assert kind.count().role("bias").total == (configuration.bias and int(layer.bias.shape[0]))


KERAS_REFUSES = {
    "groups that don't divide the channels": (
        {"filters": 4, "kernel_size": 3, "groups": 2},
        {"in_channels": 5, "filters": 4, "kernel_size": 3, "groups": 2},
    ),
    "groups that don't divide the filters": (
        {"filters": 3, "kernel_size": 3, "groups": 2},
        {"in_channels": 4, "filters": 3, "kernel_size": 3, "groups": 2},
    ),
    "no filters": (
        {"filters": 0, "kernel_size": 3},
        {"in_channels": 4, "filters": 0, "kernel_size": 3},
    ),
    "less than no filters": (
        {"filters": -2, "kernel_size": 3},
        {"in_channels": 4, "filters": -2, "kernel_size": 3},
    ),
    "no groups": (
        {"filters": 4, "kernel_size": 3, "groups": 0},
        {"in_channels": 4, "filters": 4, "kernel_size": 3, "groups": 0},
    ),
    "an empty kernel": (
        {"filters": 4, "kernel_size": (3, 0)},
        {"in_channels": 4, "filters": 4, "kernel_size": (3, 0)},
    ),
    "a stride of nothing": (
        {"filters": 4, "kernel_size": 3, "strides": 0},
        {"in_channels": 4, "filters": 4, "kernel_size": 3, "stride": 0},
    ),
    "three kernel sizes for two dimensions": (
        {"filters": 4, "kernel_size": (3, 3, 3)},
        {"in_channels": 4, "filters": 4, "kernel_size": (3, 3, 3)},
    ),
    "a word that is no padding": (
        {"filters": 4, "kernel_size": 3, "padding": "full"},
        {"in_channels": 4, "filters": 4, "kernel_size": 3, "padding": "full"},
    ),
    "causal in two dimensions": (
        {"filters": 4, "kernel_size": 3, "padding": "causal"},
        {"in_channels": 4, "filters": 4, "kernel_size": 3, "padding": "causal"},
    ),
    "words for sizes": (
        {"filters": 4, "kernel_size": "three"},
        {"in_channels": 4, "filters": 4, "kernel_size": "three"},
    ),
}


@pytest.mark.parametrize(("in_keras", "in_ours"), KERAS_REFUSES.values(), ids=KERAS_REFUSES.keys())
def test_what_keras_refuses_is_refused(in_keras: dict[str, Any], in_ours: dict[str, Any]) -> None:
    with pytest.raises((ValueError, TypeError, ZeroDivisionError)):
        keras.layers.Conv2D(**in_keras).build((None, 9, 9, in_ours["in_channels"]))
    with pytest.raises((ValueError, TypeError)) as refused:
        Conv(**in_ours, ndim=2)
    assert_one_sentence(refused.value)


# -- without sharing -----------------------------------------------------------------------------


def starts(configuration: Configuration, axis: int) -> Iterator[int]:
    """Slide the kernel along one axis, step by step, for as long as it lies on the input."""
    reach = configuration.dilation[axis] * (configuration.kernel_size[axis] - 1)
    padding = configuration.padding
    if padding == "same":  # the stride is 1 here: one position for each place of the input
        yield from range(configuration.size[axis])
        return
    around = 0 if isinstance(padding, str) else padding[axis]
    place = -around
    while place + reach < configuration.size[axis] + around:
        yield place
        place += configuration.stride[axis]


@settings(max_examples=100)
@given(torch_convs(transposed=False, most_channels=2, most_extra=2), st.data())
def test_an_unshared_convolution_has_a_weight_for_each_place_it_is_used_at(
    configuration: Configuration, data: st.DataObject
) -> None:
    """Counted one by one: every position, every filter, every number that lies under it."""
    positions = list(
        itertools.product(*(list(starts(configuration, i)) for i in range(configuration.ndim)))
    )
    offsets = list(itertools.product(*map(range, configuration.kernel_size)))
    groups = configuration.groups
    # brute force has to end
    assume(len(positions) * len(offsets) * configuration.filters < 20_000)
    weights: set[object] = set()
    biases: set[tuple[object, int]] = set()
    for position in positions:
        for one_filter in range(configuration.filters):
            biases.add((position, one_filter))
            group = one_filter * groups // configuration.filters
            for channel in range(configuration.in_channels):
                if channel * groups // configuration.in_channels == group:
                    weights.update((position, one_filter, channel, offset) for offset in offsets)

    bias = data.draw(st.sampled_from([True, False, "channel"]))
    shared = configuration.kind()
    local = LocalConv(**{**vars(shared), "bias": bias})
    found = roles(local.count())
    assert found.pop("kernel") == len(weights)
    expected = {True: len(biases), "channel": len({each for _, each in biases}), False: None}[bias]
    assert found.get("bias") == expected
    assert shared.unshared().count().role("kernel").total == len(weights)

    # the same places, the same work: torch counts what the shared layer multiplies
    image = torch.empty(1, configuration.in_channels, *configuration.size, device="meta")
    with FlopCounterMode(display=False) as flops:
        output = configuration.torch()(image)
    assert 2 * local.mult_adds() == flops.get_total_flops()
    assert (1, *local.output_shape()) == output.shape


@given(torch_convs(ndim=2, transposed=False, most_channels=3, most_extra=8))
def test_an_unshared_convolution_has_a_weight_for_each_entry_that_torch_unfolds(
    configuration: Configuration,
) -> None:
    """torch lays out, position by position, what lies under the kernel: one weight for each."""
    configuration = replace(configuration, groups=1)  # torch unfolds all channels together
    padding = configuration.padding
    if isinstance(padding, str):
        reject()
    image = torch.zeros(1, configuration.in_channels, *configuration.size)
    columns = F.unfold(
        image,
        configuration.kernel_size,
        configuration.dilation,
        padding,
        configuration.stride,
    )
    kernel = configuration.kind().unshared().count().role("kernel")
    assert kernel.total == columns.numel() * configuration.filters


@settings(max_examples=100)
@given(torch_convs(transposed=True, most_channels=2, most_extra=2), st.data())
def test_transposed_it_has_a_weight_for_each_place_of_the_input_that_writes(
    configuration: Configuration, data: st.DataObject
) -> None:
    """Counted one by one; the places of the biases are those of what torch gives out."""
    positions = list(itertools.product(*map(range, configuration.size)))
    offsets = list(itertools.product(*map(range, configuration.kernel_size)))
    groups = configuration.groups
    assume(len(positions) * len(offsets) * configuration.filters < 20_000)
    weights: set[object] = set()
    for position, channel, one_filter in itertools.product(
        positions, range(configuration.in_channels), range(configuration.filters)
    ):
        group = one_filter * groups // configuration.filters
        if channel * groups // configuration.in_channels == group:
            weights.update((position, channel, one_filter, offset) for offset in offsets)

    image = torch.empty(1, configuration.in_channels, *configuration.size, device="meta")
    with FlopCounterMode(display=False) as flops:
        output = configuration.torch()(image)
    bias = data.draw(st.sampled_from([True, False, "channel"]))
    shared = configuration.kind()
    local = LocalConv(**{**vars(shared), "bias": bias})
    found = roles(local.count())
    assert found.pop("kernel") == len(weights)
    expected = {True: output.numel(), "channel": configuration.filters, False: None}[bias]
    assert found.get("bias") == expected
    assert shared.unshared().count().role("kernel").total == len(weights)
    # the same work, and the same output
    assert 2 * local.mult_adds() == flops.get_total_flops()
    assert (1, *local.output_shape()) == output.shape


@given(torch_convs(most_channels=3, most_extra=3), st.sampled_from([True, False, "channel"]))
def test_shared_again_it_is_what_it_was(configuration: Configuration, bias: bool | str) -> None:
    shared = configuration.kind()
    assert shared.unshared().shared() == shared == shared.shared()
    local = LocalConv(**{**vars(shared), "bias": bias})
    assert local.unshared() == local
    assert roles(local.shared().count()) == sizes_of(
        replace(configuration, bias=bool(bias)).torch()
    )


@pytest.mark.parametrize(
    ("transposed", "bias", "says"),
    [
        (False, True, "So one filter has 3 × 3 × 2 + 1 = 19 parameters at each position."),
        (False, "channel", "one number more for each filter, the same everywhere."),
        (False, False, "There is no bias here."),
        (True, True, "one number more for each filter at each position of the output"),
        (True, "channel", "one number more for each filter, the same everywhere."),
        (True, False, "There is no bias here."),
    ],
)
def test_an_unshared_convolution_says_where_its_kernels_and_biases_are(
    transposed: bool, bias: bool | str, says: str
) -> None:
    kind = LocalConv(2, 5, (3, 3), bias=bias, transposed=transposed, input_size=(6, 7))
    words = kind.about()
    assert "here 3×3×2 (kernel height, kernel width, in_channels)." in words
    assert f"every position of the {'input' if transposed else 'output'} has weights" in words
    assert words.endswith(says) or f"{says}, added to what the kernels wrote there." in words
    # 42 places of the input write, 4 × 5 of the output read
    kernels, height, width = (42, 8, 9) if transposed else (20, 4, 5)
    numbers = kernels * 5 * 18 + {True: 5 * height * width, "channel": 5, False: 0}[bias]
    assert int(kind.count()) == numbers


@given(torch_convs(most_channels=3, most_extra=3))
def test_the_dense_layer_in_its_place_connects_everything(configuration: Configuration) -> None:
    image = torch.empty(1, configuration.in_channels, *configuration.size, device="meta")
    output = configuration.torch()(image)
    layer = nn.Linear(image.numel(), output.numel(), bias=configuration.bias, device="meta")
    assert roles(configuration.kind().dense().count()) == sizes_of(layer)


def test_an_unshared_convolution_needs_the_input_size() -> None:
    with pytest.raises(ValueError, match="input size"):
        LocalConv(1, 1, (3, 3))
    with pytest.raises(ValueError, match="input size"):
        LocalConv(1, 1, (3, 3), input_size=(28, None))
    with pytest.raises(ValueError, match="input size"):
        LocalConv(1, 1, (3, 3), transposed=True)
    with pytest.raises(ValueError, match="input size"):
        Conv(1, 1, (3, 3), transposed=True, input_size=(28, None)).unshared()


# -- dense layers and batch normalisation --------------------------------------------------------


@settings(max_examples=100)
@given(
    st.integers(1, 300), st.integers(1, 300), st.booleans(), st.lists(st.integers(1, 9), max_size=3)
)
@example(784, 128, True, [])
def test_a_dense_layer_is_counted_as_torch_and_keras_make_it(
    in_features: int, units: int, bias: bool, positions: list[int]
) -> None:
    kind = Dense(in_features, units, bias, positions=positions)

    layer = nn.Linear(in_features, units, bias, device="meta")
    with FlopCounterMode(display=False) as flops:
        output = layer(torch.empty(1, *positions, in_features, device="meta"))
    assert roles(kind.count()) == sizes_of(layer)
    assert (1, *kind.output_shape()) == output.shape
    assert 2 * kind.mult_adds() == flops.get_total_flops()

    other = keras.layers.Dense(units, use_bias=bias)
    shape = (None, *positions, in_features)
    other.build(shape)
    assert int(kind.count()) == other.count_params()
    assert (None, *kind.output_shape()) == tuple(other.compute_output_shape(shape))


@given(st.integers(1, 200), st.booleans(), st.booleans())
def test_batch_normalisation_has_two_numbers_a_channel_in_torch_and_four_in_keras(
    channels: int, scale: bool, shift: bool
) -> None:
    layer = nn.BatchNorm2d(channels)
    assert roles(BatchNorm(channels).count()) == {
        "scale": layer.weight.numel(),
        "shift": layer.bias.numel(),
    }

    other = keras.layers.BatchNormalization(scale=scale, center=shift)
    other.build((None, 4, 4, channels))
    ours = BatchNorm(channels, scale, shift, statistics=True).count()
    assert int(ours) == other.count_params()
    assert int(ours.trainable) == sum(int(np.prod(each.shape)) for each in other.trainable_weights)
    assert int(ours.non_trainable) == sum(
        int(np.prod(each.shape)) for each in other.non_trainable_weights
    )
    assert (
        BatchNorm(channels, size=(4, 5)).output_shape()
        == layer(torch.zeros(2, channels, 4, 5)).shape[1:]
    )


# -- sizes no layer can have, and things that are no sizes ---------------------------------------


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (((5, 4, 3), {"groups": 2, "ndim": 2}), "does not divide in_channels=5"),
        (((4, 5, 3), {"groups": 2, "ndim": 2}), "does not divide filters=5"),
        (((4, 4, 0), {"ndim": 2}), "kernel_size is 0"),
        (((4, 4, -3), {"ndim": 2}), "kernel_size is -3"),
        (((0, 4, 3), {"ndim": 2}), "in_channels is 0"),
        (((4, 4, (3, 3)), {"stride": 0}), "stride is 0"),
        (((4, 4, (3, 3)), {"dilation": 0}), "dilation is 0"),
        (((4, 4, (3, 3)), {"padding": -1}), "padding is -1"),
        (((4, 4, (3, 3)), {"padding": (1, 1, 1)}), "give one number for all, or 2"),
        (((4, 4, (3, 3)), {"padding": "full"}), "'valid', 'same'"),
        (((4, 4, 3), {}), "number of dimensions"),
        (((4, 4, ()), {}), "number of dimensions"),
        (((4, 4, (3, 3)), {"input_size": (28,)}), "give one number for all, or 2"),
        (((4, 4, (3, 3)), {"input_size": (2, 28)}), "kernel height 3 is larger than the input"),
        (((4, 4, (3, 3)), {"dilation": 9, "input_size": 18}), "dilated to 19"),
        (((4, 4, (3, 3)), {"output_padding": 1}), "only a transposed convolution"),
        (
            ((4, 4, (3, 3)), {"transposed": True, "output_padding": 2, "stride": 2}),
            "smaller than the stride",
        ),
        (((4, 4, (3, 3)), {"bias": "channel"}), "bias=True or bias=False"),
        (((2.0, 4, (3, 3)), {}), "in_channels is 2.0"),
        (((True, 4, (3, 3)), {}), "in_channels is True"),
        (((4, "4", (3, 3)), {}), "filters is '4'"),
        (((4, 4, (3, None)), {}), "kernel_size is None"),
        (((4, 4, (3, 3)), {"bias": None}), "bias is None"),
        (((4, 4, (3, 3)), {"groups": 0}), "groups is 0"),
        (((4, 4, (3, 3)), {"ndim": 0}), "ndim is 0"),
    ],
)
def test_a_layer_that_cannot_be_says_what_is_wrong_in_one_sentence(
    arguments: tuple[tuple[Any, ...], dict[str, Any]], says: str
) -> None:
    positional, keywords = arguments
    with pytest.raises((ValueError, TypeError)) as refused:
        Conv(*positional, **keywords)
    assert says in str(refused.value)
    assert_one_sentence(refused.value)


def test_numbers_of_other_libraries_are_numbers() -> None:
    """A shape that comes from numpy or torch does for a size, and comes out as a plain integer."""
    sizes: Any = (np.int64(3), torch.tensor(8), (np.int32(3), 3))
    count = Conv(*sizes).count()
    assert int(count) == sum(each.numel() for each in nn.Conv2d(3, 8, 3).parameters())
    assert {type(size) for term in count.terms for size in term.factors.values()} == {int}


def test_every_convolution_of_both_frameworks_was_tried() -> None:
    """So that a convolution that Keras or torch gains doesn't go untested in silence."""
    for layers, home in ((KERAS_CONVS, keras.layers), (TORCH_CONVS, nn)):
        there = {
            name
            for name in dir(home)
            # Keras spells each of them twice; a ConvLSTM is another kind
            if name.startswith("Conv") and not name.startswith(("Convolution", "ConvLSTM"))
        }
        assert there == {each.__name__ for each in layers.values()}
