"""A layer kind written as a line: what the real frameworks make of that line, and `read` too."""

import ast
import os
from typing import Any

import pytest
import torch
from hypothesis import given, settings, strategies as st
from torch import nn

from sharedconv.counting import BatchNorm, Conv, Dense
from sharedconv.counting.inverse import inverse
from sharedconv.counting.separable import DepthwiseConv
from sharedconv.spelling import read
from sharedconv.spelling.found import found_json, found_text
from sharedconv.spelling.write import write

os.environ.setdefault("KERAS_BACKEND", "torch")


def taken_apart(line: str) -> tuple[str, list[Any], dict[str, Any]]:
    """The constructor's name and its arguments, as Python reads them."""
    call = ast.parse(line, mode="eval").body
    assert isinstance(call, ast.Call)
    name = ast.unparse(call.func).rpartition(".")[2]
    keywords = {str(each.arg): ast.literal_eval(each.value) for each in call.keywords}
    return name, [ast.literal_eval(each) for each in call.args], keywords


def of_torch(line: str) -> nn.Module:
    name, in_order, by_name = taken_apart(line)
    module: nn.Module = getattr(nn, name)(*in_order, **by_name, device="meta")
    return module


@st.composite
def convs(draw: st.DrawFn) -> Conv | DepthwiseConv:
    ndim = draw(st.integers(1, 3))
    depthwise = draw(st.booleans()) and ndim < 3
    groups = draw(st.sampled_from([1, 1, 2, 3]))
    sides = draw(st.tuples(*[st.integers(1, 5)] * ndim))
    strides = draw(st.sampled_from([1, 1, 2, 3]))
    dilation = 1 if strides > 1 else draw(st.sampled_from([1, 1, 2]))
    words = ["valid", "same"] if all(each % 2 for each in sides) or strides == 1 else ["valid"]
    more = {
        "stride": strides,
        "dilation": dilation,
        "padding": draw(st.sampled_from(words)),
        "bias": draw(st.booleans()),
    }
    channels = groups * draw(st.integers(1, 6))
    if depthwise:
        multiplier = draw(st.integers(1, 3))
        return DepthwiseConv(channels, sides, depth_multiplier=multiplier, **more)
    return Conv(channels, groups * draw(st.integers(1, 6)), sides, groups=groups, **more)


@settings(max_examples=200, deadline=None)
@given(convs())
def test_pytorch_makes_the_layer_of_its_line(kind: Conv | DepthwiseConv) -> None:
    layer = of_torch(write(kind, "torch"))
    conv = kind.as_conv() if isinstance(kind, DepthwiseConv) else kind
    assert isinstance(layer, nn.Conv1d | nn.Conv2d | nn.Conv3d)
    assert (layer.in_channels, layer.out_channels) == (conv.in_channels, conv.filters)
    assert (layer.kernel_size, layer.stride) == (conv.kernel_size, conv.stride)
    assert (layer.dilation, layer.groups) == (conv.dilation, conv.groups)
    assert (layer.bias is not None) == conv.bias
    size = [7 + 4 * max(conv.kernel_size)] * conv.ndim
    expected = conv.replace(input_size=tuple(size)).output_shape()
    output = layer(torch.zeros(1, conv.in_channels, *size, device="meta"))
    assert tuple(output.shape[1:]) == expected


@settings(max_examples=100, deadline=None)
@given(convs())
def test_keras_makes_the_layer_of_its_line(kind: Conv | DepthwiseConv) -> None:
    from keras import layers

    name, in_order, by_name = taken_apart(write(kind, "keras"))
    layer = getattr(layers, name)(*in_order, **by_name)
    layer.build((None, *[None] * kind.ndim, kind.in_channels))
    # as many as PyTorch's own layer has
    assert layer.count_params() == sum(
        each.numel() for each in of_torch(write(kind, "torch")).parameters()
    )
    assert tuple(layer.kernel_size) == kind.kernel_size
    assert tuple(layer.strides) == kind.stride
    assert tuple(layer.dilation_rate) == kind.dilation
    assert layer.padding == kind.padding
    assert layer.use_bias == kind.bias


@settings(max_examples=200, deadline=None)
@given(convs(), st.integers(10, 40))
def test_reading_what_was_written_gives_the_same_layer(
    kind: Conv | DepthwiseConv, size: int
) -> None:
    kind = kind.replace(input_size=(size,) * kind.ndim)
    shape = (*[size] * kind.ndim, kind.in_channels)
    assert read(write(kind, "keras"), shape).kind == kind
    conv = kind.as_conv() if isinstance(kind, DepthwiseConv) else kind
    again = read(write(kind, "torch"), (conv.in_channels, *[size] * conv.ndim)).kind
    assert again.count() == conv.count()
    assert again.output_shape() == conv.output_shape()


@pytest.mark.parametrize(
    ("kind", "keras", "torch_line"),
    [
        (Conv(1, 10, (5, 5)), "Conv2D(10, 5)", "nn.Conv2d(1, 10, 5)"),
        (
            Conv(3, 8, (3, 5), stride=2, padding="same", bias=False),
            "Conv2D(8, (3, 5), strides=2, padding='same', use_bias=False)",
            "nn.Conv2d(3, 8, (3, 5), stride=2, padding=(1, 2), bias=False)",
        ),
        (
            Conv(4, 8, 3, dilation=2, groups=2, padding="same", ndim=1),
            "Conv1D(8, 3, padding='same', dilation_rate=2, groups=2)",
            "nn.Conv1d(4, 8, 3, padding='same', dilation=2, groups=2)",
        ),
        (
            DepthwiseConv(4, (3, 3), depth_multiplier=2),
            "DepthwiseConv2D(3, depth_multiplier=2)",
            "nn.Conv2d(4, 8, 3, groups=4)",
        ),
        (Dense(784, 10), "Dense(10)", "nn.Linear(784, 10)"),
        (Dense(5, 3, False), "Dense(3, use_bias=False)", "nn.Linear(5, 3, bias=False)"),
    ],
)
def test_lines_are_as_one_would_write_them(kind: Any, keras: str, torch_line: str) -> None:
    assert write(kind, "keras") == keras
    assert write(kind, "torch") == torch_line


@pytest.mark.parametrize(
    ("kind", "framework", "words"),
    [
        (Conv(1, 1, 3, padding=1, ndim=2), "keras", "padding is .* ZeroPadding"),
        (Conv(1, 1, 3, padding="causal", ndim=1), "torch", "pads both sides alike"),
        (Conv(1, 1, 4, padding="same", stride=2, ndim=2), "torch", "pads both sides alike"),
        (Conv(1, 1, 3, transposed=True, ndim=2), "torch", "can't be written"),
        (BatchNorm(3), "keras", "a BatchNorm"),
        (Dense(1, 1), "jax", "framework is 'jax'"),
    ],
)
def test_what_has_no_line_is_said_in_a_sentence(kind: Any, framework: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        write(kind, framework)


def test_the_table_of_the_question() -> None:
    found = inverse(260, 1, output=(10, 96, 96), input_size=(100, 100))
    lines = found_text(found).splitlines()
    assert lines[0] == "1 layer has 260 parameters."
    assert lines[2].split() == ["in", "Keras", "on", "in", "PyTorch", "parameters"]
    shown = ["Conv2D(10, 5)", "100×100×1", "nn.Conv2d(1, 10, 5)", "10 × 5 × 5 × 1 + 10 = 260"]
    assert lines[3].strip().split("   ") == shown
    assert " ".join(lines[5:]) == found.ranges


def test_the_heading_says_how_many_there_are() -> None:
    assert found_text(inverse(10**30)).startswith("None of the layers that were looked through")
    everything = inverse(7, limit=10_000)
    text = found_text(everything)
    assert text.startswith(f"{everything.found} layers have 7 parameters, the most usual first:")
    few = found_text(inverse(7, limit=3))
    assert few.startswith(f"{everything.found} layers have 7 parameters. The 3 most usual (--limit")
    assert few.count("nn.") == 3
    assert found_text(inverse(7, limit=3), bold="<{}>").startswith("<")


def test_the_object_for_programs() -> None:
    answer = found_json(inverse(260, 1, "conv2d", limit=1))
    assert answer["total"] == 260
    assert answer["found"] == 7
    assert answer["layers"] == [
        {
            "kind": "Conv",
            "keras": "Conv2D(10, 5)",
            "torch": "nn.Conv2d(1, 10, 5)",
            "in_channels": 1,
            "input_size": [None, None],
            "output_shape": [10, None, None],
            "formula": "filters 10 × kernel height 5 × kernel width 5 × in_channels 1 + filters 10 "
            "= 260",
        }
    ]
    assert "1 to 31" in answer["ranges"]
    assert found_json(inverse(7850, 784, "dense"))["layers"][0]["input_size"] == []
