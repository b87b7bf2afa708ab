"""Depthwise and separable convolutions against the real layers of Keras and PyTorch.

Whatever stands on the right of an assertion comes from a real layer: its own count, the tensors
it holds, what it gives out, or PyTorch's counter of operations.
"""

import os
from math import prod
from typing import Any

import pytest
import torch
from hypothesis import given, settings, strategies as st
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras

from sharedconv.counting import Count, DepthwiseConv, LocalConv, SeparableConv
from sharedconv.layers import LocalConv1d, LocalConv2d
from sharedconv.spelling import read

CONVS = {1: nn.Conv1d, 2: nn.Conv2d, 3: nn.Conv3d}
LOCAL = {1: LocalConv1d, 2: LocalConv2d}
quickly = settings(max_examples=200, deadline=None)


def sizes(ndim: int, least: int, most: int) -> st.SearchStrategy[tuple[int, ...]]:
    return st.tuples(*[st.integers(least, most)] * ndim)


def written(name: str, arguments: dict[str, Any]) -> str:
    return f"{name}({', '.join(f'{each}={value!r}' for each, value in arguments.items())})"


@st.composite
def keras_arguments(draw: st.DrawFn) -> tuple[int, int, tuple[int, ...], dict[str, Any]]:
    """Dimensions, input channels, input size, and what both layers of Keras take."""
    ndim = draw(st.sampled_from([1, 2]))
    ones = (1,) * ndim
    stride, dilation = draw(
        st.one_of(
            st.tuples(sizes(ndim, 1, 3), st.just(ones)), st.tuples(st.just(ones), sizes(ndim, 1, 3))
        )
    )
    arguments = {
        "kernel_size": draw(sizes(ndim, 1, 4)),
        "strides": stride,
        "padding": draw(st.sampled_from(["valid", "same"])),
        "dilation_rate": dilation,
        "depth_multiplier": draw(st.integers(1, 4)),
        "use_bias": draw(st.booleans()),
    }
    return ndim, draw(st.integers(1, 6)), draw(sizes(ndim, 10, 14)), arguments


def assert_as_keras(name: str, arguments: dict[str, Any], shape: tuple[int, ...]) -> Count:
    """The line that would make this layer is counted and shaped as Keras does it."""
    real = getattr(keras.layers, name)(**arguments)
    real.build((None, *shape))
    layer = read(written(name, arguments), shape)
    assert int(layer.count()) == real.count_params()
    assert layer.output_shape().sizes == real.compute_output_shape((None, *shape))[1:]
    kernels = [term.size for term in layer.count().terms if "kernel" in term.role]
    assert kernels == [prod(each.shape) for each in real.weights if "kernel" in each.name]
    return layer.count()


@quickly
@given(keras_arguments())
def test_a_depthwise_convolution_is_counted_as_keras_does(
    drawn: tuple[int, int, tuple[int, ...], dict[str, Any]],
) -> None:
    ndim, channels, size, arguments = drawn
    assert_as_keras(f"DepthwiseConv{ndim}D", arguments, (*size, channels))


@quickly
@given(keras_arguments(), st.integers(1, 9))
def test_a_separable_convolution_is_counted_as_keras_does(
    drawn: tuple[int, int, tuple[int, ...], dict[str, Any]], filters: int
) -> None:
    ndim, channels, size, arguments = drawn
    arguments = {"filters": filters, **arguments}
    assert_as_keras(f"SeparableConv{ndim}D", arguments, (*size, channels))


@st.composite
def torch_depthwise(draw: st.DrawFn) -> tuple[DepthwiseConv, nn.Module, tuple[int, ...]]:
    """One in three numbers of dimensions, by our kind and by PyTorch's grouped convolution."""
    ndim = draw(st.sampled_from([1, 2, 3]))
    channels, multiplier = draw(st.integers(1, 6)), draw(st.integers(1, 4))
    kernel_size, stride = draw(sizes(ndim, 1, 4)), draw(sizes(ndim, 1, 3))
    padding, dilation = draw(sizes(ndim, 0, 2)), draw(sizes(ndim, 1, 2))
    bias, size = draw(st.booleans()), draw(sizes(ndim, 8, 12))
    real = CONVS[ndim](
        channels,
        channels * multiplier,
        kernel_size,
        stride,
        padding,
        dilation,
        groups=channels,
        bias=bias,
        device="meta",
    )
    kind = DepthwiseConv(
        channels, kernel_size, stride, padding, dilation, multiplier, bias, input_size=size
    )
    return kind, real, (channels, *size)


def parameters(*layers: nn.Module) -> int:
    return sum(each.numel() for layer in layers for each in layer.parameters())


def run(shape: tuple[int, ...], *layers: nn.Module) -> tuple[tuple[int, ...], int]:
    """What comes out of real layers one behind the other, and how many multiply-adds it took."""
    counter = FlopCounterMode(display=False)
    with counter, torch.no_grad():
        seen = nn.Sequential(*layers)(torch.empty(1, *shape, device="meta"))
    return tuple(seen.shape[1:]), counter.get_total_flops() // 2


@quickly
@given(torch_depthwise())
def test_a_depthwise_convolution_is_pytorchs_with_a_group_for_each_channel(
    drawn: tuple[DepthwiseConv, nn.Module, tuple[int, ...]],
) -> None:
    kind, real, shape = drawn
    assert int(kind.count()) == parameters(real)
    assert (kind.output_shape(), kind.mult_adds()) == run(shape, real)


@quickly
@given(torch_depthwise(), st.integers(1, 9), st.booleans())
def test_a_separable_convolution_is_two_of_pytorchs(
    drawn: tuple[DepthwiseConv, nn.Module, tuple[int, ...]], filters: int, bias: bool
) -> None:
    depthwise, real, shape = drawn
    first = type(real)(
        real.in_channels,
        real.out_channels,
        real.kernel_size,
        real.stride,
        real.padding,
        real.dilation,
        groups=real.groups,
        bias=False,
        device="meta",
    )
    second = CONVS[depthwise.ndim](real.out_channels, filters, 1, bias=bias, device="meta")
    kind = SeparableConv(**{**vars(depthwise), "filters": filters, "bias": bias})
    assert int(kind.count()) == parameters(first, second)
    assert (kind.output_shape(), kind.mult_adds()) == run(shape, first, second)


def test_mobilenets_first_block_as_its_paper_counts_it() -> None:
    """Howard et al. 2017, table 1: 3×3 depthwise on 112×112×32, then 1×1 to 64 channels.

    Their cost is DK·DK·M·DF·DF + M·N·DF·DF multiply-adds (equation 5).
    """
    kind = SeparableConv(32, 64, 3, padding="same", bias=False, ndim=2, input_size=112)
    assert [term.size for term in kind.count().terms] == [3 * 3 * 32, 32 * 64]
    assert kind.mult_adds() == 3 * 3 * 32 * 112 * 112 + 32 * 64 * 112 * 112


# -- Keras 2's layers without sharing -------------------------------------------------------------


def test_locally_connected_is_counted_as_keras_2_documents() -> None:
    """tf.keras 2's documentation of LocallyConnected2D: LocallyConnected2D(64, (3, 3)) on 32×32×3
    "will consume (30*30)*(3*3*3*64) + (30*30)*64 parameters"."""
    layer = read("LocallyConnected2D(64, (3, 3), input_shape=(32, 32, 3))")
    assert isinstance(layer.kind, LocalConv)
    terms = layer.count().terms
    assert [term.size for term in terms] == [(30 * 30) * (3 * 3 * 3 * 64), (30 * 30) * 64]
    assert layer.output_shape().sizes == (30, 30, 64)
    # and of LocallyConnected1D: 10 timesteps, length 3, give (None, 8, 64)
    layer = read("LocallyConnected1D(64, 3, input_shape=(10, 5))")
    assert layer.output_shape().sizes == (8, 64)
    assert int(layer.count()) == 8 * 3 * 5 * 64 + 8 * 64
    assert int(read("LocallyConnected1D(64, 3, use_bias=False)", (10, 5)).count()) == 7_680


@quickly
@given(st.data())
def test_locally_connected_has_as_many_weights_as_a_masked_dense_layer_uses(
    data: st.DataObject,
) -> None:
    """A convolution of ones on ones, unfolded by PyTorch, says how many products there are: as
    many as an unshared layer has weights, when each is used once."""
    ndim = data.draw(st.sampled_from([1, 2]))
    size, kernel = data.draw(sizes(ndim, 5, 9)), data.draw(sizes(ndim, 1, 4))
    stride = data.draw(sizes(ndim, 1, 3))
    channels, filters = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 4))
    real = CONVS[ndim](channels, filters, kernel, stride, bias=False, device="meta")
    shape, mult_adds = run((channels, *size), real)
    text = f"LocallyConnected{ndim}D({filters}, {kernel}, strides={stride})"
    layer = read(text, (*size, channels))
    assert layer.output_shape().sizes == (*shape[1:], shape[0])
    assert int(layer.count().role("kernel")) == layer.kind.mult_adds() == mult_adds
    assert int(layer.count().role("bias")) == torch.empty(shape, device="meta").numel()
    ours = LOCAL[ndim](channels, filters, kernel, size, stride=stride, device="meta")
    assert int(layer.count()) == parameters(ours)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("LocallyConnected2D(4, 3, padding='same')", "with implementation=1 Keras 2 took 'valid'"),
        ("LocallyConnected2D(4, 3, implementation=2)", "a weight for every input and output"),
        ("LocallyConnected2D(4, 3, padding='causal')", "Keras takes 'valid' and 'same'"),
        ("DepthwiseConv2D(3, padding='causal')", "Keras takes 'valid' and 'same'"),
        ("SeparableConv1D(8, 3, padding='causal')", "Keras takes 'valid' and 'same'"),
        ("DepthwiseConv2D(3, depth_multiplier=0)", "depth_multiplier is 0; it has to be a whole"),
        ("SeparableConv2D(0, 3)", "filters is 0; it has to be a whole number of 1 or more"),
        ("SeparableConv2D(8, 30)", "the kernel height 30 is larger than the input height 9"),
        ("SeparableConv2D(8, (3, 3, 3))", "3 numbers for 2 dimensions"),
    ],
)
def test_what_can_not_be_is_said_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        read(text, (9, 9, 2))


def test_a_size_that_is_not_known_stays_open() -> None:
    layer = read("SeparableConv2D(8, 3)", (None, 9, 2))
    assert layer.output_shape().sizes == (None, 7, 8)
    assert int(layer.count()) == 3 * 3 * 2 + 2 * 8 + 8
    with pytest.raises(ValueError, match="needs the whole input size"):
        layer.kind.mult_adds()
    with pytest.raises(ValueError, match="reads the number of input channels from the input"):
        read("DepthwiseConv2D(3)")
    with pytest.raises(ValueError, match="leaves its channels open"):
        read("DepthwiseConv2D(3)", (9, 9, None))


def test_the_words_say_what_a_filter_sees() -> None:
    words = read("DepthwiseConv2D(3, depth_multiplier=2)", (9, 9, 4)).kind.about()
    assert "2 filters of its own. Each of them has 3×3 weights, and sees this channel and" in words
    words = read("SeparableConv2D(8, 3)", (9, 9, 4)).kind.about()
    # the ordinary layer that it stands for, whose number Keras says
    ordinary = keras.layers.Conv2D(8, 3)
    ordinary.build((None, 9, 9, 4))
    assert f"= {ordinary.count_params()} parameters" in words
