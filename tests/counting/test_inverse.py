"""Which layers have N parameters: held against the layers that PyTorch really builds."""

from collections import defaultdict
from collections.abc import Iterator

import pytest
import torch
from hypothesis import given, settings, strategies as st
from torch import nn

from sharedconv.counting import Conv, Dense, inverse as inverse_module
from sharedconv.counting.inverse import DIMENSIONS, inverse
from sharedconv.counting.separable import DepthwiseConv

Key = tuple[str, int, int, int, bool]
"""Kind, in_channels, filters, the kernel's side (0 for a dense layer), bias."""

CONVS = {1: nn.Conv1d, 2: nn.Conv2d, 3: nn.Conv3d}


def key(layer: object) -> Key:
    if isinstance(layer, Dense):
        return "dense", layer.in_features, layer.units, 0, layer.bias
    assert isinstance(layer, Conv | DepthwiseConv)
    (side,) = set(layer.kernel_size)
    if isinstance(layer, DepthwiseConv):
        channels = layer.in_channels
        return "depthwise", channels, channels * layer.depth_multiplier, side, layer.bias
    assert layer.groups == 1
    return f"conv{layer.ndim}d", layer.in_channels, layer.filters, side, bool(layer.bias)


def in_torch(layer: Key, stride: int = 1, padding: str | int = 0) -> nn.Module:
    kind, channels, filters, side, bias = layer
    if kind == "dense":
        return nn.Linear(channels, filters, bias=bias, device="meta")
    return CONVS[DIMENSIONS[kind]](
        channels,
        filters,
        side,
        stride,
        padding,
        groups=channels if kind == "depthwise" else 1,
        bias=bias,
        device="meta",
    )


def parameters(module: nn.Module) -> int:
    return sum(each.numel() for each in module.parameters())


@settings(max_examples=150, deadline=None)
@given(total=st.integers(1, 3000) | st.integers(1, 10**6) | st.integers(1, 10**13))
def test_every_layer_that_is_listed_has_that_number(total: int) -> None:
    found = inverse(total, limit=40)
    assert found.total == total
    assert len(found.layers) == min(found.found, 40)
    keys = [key(layer) for layer in found.layers]
    assert len(set(keys)) == len(keys)
    for each in keys:
        assert parameters(in_torch(each)) == total


UP_TO = 220


def small_layers(
    most_channels: int, largest_kernel: int, most_features: int
) -> Iterator[tuple[int, Key]]:
    """Every layer of up to `UP_TO` parameters within these ranges, as PyTorch counts it."""
    for kind, ndim in DIMENSIONS.items():
        most = most_features if kind == "dense" else most_channels
        for side in [0] if kind == "dense" else range(1, largest_kernel + 1):
            for channels in range(1, min(most, UP_TO) + 1):
                filters = range(1, min(most, UP_TO // (channels * max(side, 1) ** ndim)) + 1)
                if kind == "depthwise":
                    filters = range(channels, channels + 1) if channels > 1 else range(0)
                for number in filters:
                    for bias in (True, False):
                        # nothing is built whose kernel alone is too large
                        seen = 1 if kind == "depthwise" else channels
                        if number * seen * max(side, 1) ** ndim > UP_TO:
                            continue
                        layer = (kind, channels, number, side, bias)
                        yield parameters(in_torch(layer)), layer


@pytest.mark.parametrize(
    ("channels", "kernel", "features"), [(65_536, 31, 1_000_000), (5, 3, 7), (12, 40, 2)]
)
def test_all_layers_in_the_ranges_are_found(
    channels: int, kernel: int, features: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Against brute force: build every small layer, and see which have the number."""
    monkeypatch.setattr(inverse_module, "MOST_CHANNELS", channels)
    monkeypatch.setattr(inverse_module, "LARGEST_KERNEL", kernel)
    monkeypatch.setattr(inverse_module, "MOST_FEATURES", features)
    there: dict[int, set[Key]] = defaultdict(set)
    for total, layer in small_layers(channels, kernel, features):
        there[total].add(layer)
    for total in range(1, UP_TO + 1):
        found = inverse(total, limit=10_000)
        assert {key(layer) for layer in found.layers} == there[total], total
        assert found.found == len(there[total])


@pytest.mark.parametrize(
    ("total", "first"),
    [
        (260, ("conv2d", 1, 10, 5, True)),  # the question's second table
        (10, ("conv2d", 1, 1, 3, True)),  # its first
        (896, ("conv2d", 3, 32, 3, True)),
        (320, ("conv2d", 1, 32, 3, True)),
        (1_792, ("conv2d", 3, 64, 3, True)),  # VGG's conv1_1
        (36_928, ("conv2d", 64, 64, 3, True)),  # VGG's conv1_2
        (7_850, ("dense", 784, 10, 0, True)),
        (102_764_544, ("dense", 25_088, 4096, 0, True)),  # VGG-16's fc6
    ],
)
def test_the_most_usual_layer_comes_first(total: int, first: Key) -> None:
    assert key(inverse(total).layers[0]) == first


def test_the_order_prefers_usual_sizes() -> None:
    keys = [key(layer) for layer in inverse(1_280, limit=10_000).layers]
    with_bias = keys.index(("conv2d", 1, 128, 3, True))
    assert with_bias < keys.index(("conv2d", 1, 1280, 1, False))
    assert with_bias < keys.index(("conv2d", 4, 256, 1, True))
    assert with_bias == 0


@pytest.mark.parametrize(
    ("total", "kind"),
    [(138_357_544, None), (10**29 + 7, None), (2**89 - 1, "dense"), (10**400, None)],
)
def test_a_huge_number_is_answered_within_the_same_ranges(total: int, kind: str | None) -> None:
    found = inverse(total, kind=kind)
    assert "31" in found.ranges or kind == "dense"
    assert "1,000,000" in found.ranges
    assert ("more than any of these has" in found.ranges) == (total > 10**20)
    assert (found.found == 0) == (total > 10**20)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_what_is_asked_for_is_kept_to(data: st.DataObject) -> None:
    total = data.draw(st.integers(1, 5000))
    channels = data.draw(st.integers(1, 40))
    kind = data.draw(st.sampled_from(sorted(DIMENSIONS)))
    every = {key(each) for each in inverse(total, limit=10_000).layers}
    only_channels = inverse(total, channels, limit=10_000)
    assert {key(each) for each in only_channels.layers} == {e for e in every if e[1] == channels}
    only_kind = inverse(total, kind=kind, limit=10_000)
    assert {key(each) for each in only_kind.layers} == {e for e in every if e[0] == kind}


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_an_output_leaves_only_layers_that_give_it(data: st.DataObject) -> None:
    """The layer is drawn, run by PyTorch, and has to be among the answers; all of them run."""
    kind = data.draw(st.sampled_from(["conv1d", "conv2d", "conv3d", "depthwise"]))
    ndim = DIMENSIONS[kind]
    side = data.draw(st.integers(1, 7))
    size = data.draw(st.tuples(*[st.integers(side, 30)] * ndim))
    stride = data.draw(st.integers(1, 4))
    same = data.draw(st.booleans()) and (stride == 1 or side % 2 == 1)
    channels = data.draw(st.integers(2, 12))
    filters = channels if kind == "depthwise" else data.draw(st.integers(1, 12))
    layer = (kind, channels, filters, side, data.draw(st.booleans()))
    module = in_torch(layer, stride, side // 2 if same and stride > 1 else "same" if same else 0)
    output = tuple(module(torch.zeros(1, channels, *size, device="meta")).shape[1:])

    found = inverse(parameters(module), output=output, limit=10_000, input_size=size)
    assert layer in {key(each) for each in found.layers}
    for each in found.layers:
        assert not isinstance(each, Dense)
        by, words = each.stride[0], each.padding
        padding = each.kernel_size[0] // 2 if by > 1 and words == "same" else words
        again = in_torch(key(each), by, padding if isinstance(padding, int) else str(padding))
        assert parameters(again) == parameters(module)
        given = torch.zeros(1, each.in_channels, *size, device="meta")
        assert tuple(again(given).shape[1:]) == output

    # without the input, the one that leads there without padding is named
    for each in inverse(parameters(module), output=output, limit=10_000).layers:
        assert not isinstance(each, Dense)
        given = torch.zeros(1, each.in_channels, *map(int, each.input_size), device="meta")
        assert tuple(in_torch(key(each))(given).shape[1:]) == output


def test_the_output_hints_at_the_kernel() -> None:
    """The question's table: 96×96×10 from 100×100×1 with 260 parameters is a 5×5 kernel."""
    (layer,) = inverse(260, 1, output=(10, 96, 96), input_size=(100, 100)).layers
    assert key(layer) == ("conv2d", 1, 10, 5, True)
    assert layer.output_shape() == (10, 96, 96)


def test_sizes_may_be_unknown() -> None:
    found = inverse(260, output=(None, 96, None), kind="conv2d")
    assert found.found == inverse(260, kind="conv2d").found
    assert all(layer.output_shape()[1:] == (96, None) for layer in found.layers)
    assert inverse(260, output=(10, 96, 96), input_size=(None, 100), in_channels=1).found == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"total": 0}, "total is 0; it has to be a whole number of 1 or more"),
        ({"total": -260}, "total is -260"),
        ({"total": "260"}, "total is '260'"),
        ({"total": True}, "total is True"),
        ({"total": 10, "limit": 0}, "limit is 0"),
        ({"total": 10, "in_channels": 0}, "in_channels is 0"),
        ({"total": 10, "kind": "conv4d"}, "has to be one of conv2d, dense, conv1d, conv3d"),
        ({"total": 10, "output": ()}, "output is empty"),
        ({"total": 10, "output": (10, 0)}, "output is 0"),
        ({"total": 10, "output": (1, 2, 3, 4, 5)}, "4 numbers .* take 3 at most"),
        ({"total": 10, "output": (1, 2), "kind": "conv2d"}, "conv2d takes 2 numbers there"),
        ({"total": 10, "output": (1, 2), "input_size": (2, 2)}, "give equally many"),
        ({"total": 10, "input_size": (2, 2), "kind": "dense"}, "dense takes 0 numbers there"),
    ],
)
def test_questions_that_make_no_sense_get_one_sentence(
    arguments: dict[str, object], words: str
) -> None:
    with pytest.raises((ValueError, TypeError), match=words) as refused:
        inverse(**arguments)  # type: ignore[arg-type]
    assert "\n" not in str(refused.value)
