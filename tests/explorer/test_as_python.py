"""The page says of every layer what Python says: count, formula, shape, work and diagnosis."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from page_layers import Layer, random_expectation, random_layer
from playwright.sync_api import Page

from sharedconv.counting import Conv, diagnose
from sharedconv.counting.connections import connections
from sharedconv.counting.count import number
from sharedconv.counting.sharing import sharing
from sharedconv.counting.sizes import times
from sharedconv.explaining.layer import NO_SLIP, RIGHT
from sharedconv.spelling import read as read_line

Show = Callable[[Page, str], dict[str, Any]]


def agrees(said: dict[str, Any], layer: Layer, expected: int) -> None:
    kind = layer.kind
    count = kind.count()
    assert said["why"] == ""
    assert said["total"] == number(count.total)
    assert said["roles"] == [*(term.role for term in count.terms), "total"]
    assert said["factors"] == [term.formula() for term in count.terms]
    assert said["sizes"] == [number(term.size) for term in count.terms]
    assert said["facts"]["output shape"] == times(kind.channels_last_shape())
    assert said["facts"]["multiply-adds"] == number(kind.mult_adds())
    if not getattr(kind, "transposed", False) and "connections" in said["facts"]:
        assert said["facts"]["connections"] == number(connections(kind).total)
    if isinstance(kind, Conv):
        ways = sharing(kind).ways
        shown = [each for way in ways for each in (way.parameters.total, way.mult_adds)]
        assert said["sharing"] == list(map(number, shown))
    else:
        assert said["sharing"] == []
    found = diagnose(count, expected)
    assert said["ways"] == [
        [each.sentence, f"counted so: {each.count.formula()}"] for each in found
    ]
    slots = {"total": number(count.total), "expected": number(expected)}
    if expected == count.total:
        assert said["diagnosis"] == RIGHT.format(**slots)
    elif not found:
        assert NO_SLIP.format(**slots) in said["diagnosis"]


@pytest.mark.parametrize("seed", range(4))
def test_random_layers(opened: Callable[..., Page], show: Show, seed: int) -> None:
    random, page = Random(seed), opened()
    refused = 0
    for _ in range(55):
        layer = random_layer(random)
        expected = random_expectation(random, layer.kind.count()) if layer.kind else 1
        said = show(page, layer.fragment(expected=expected))
        if layer.kind is None:
            refused += 1
            assert (said["total"], bool(said["why"])) == ("–", True), layer.link
        else:
            agrees(said, layer, expected)
    assert refused < 30


def test_counts_stay_exact_beyond_what_a_float_holds(
    opened: Callable[..., Page], show: Show
) -> None:
    random, page = Random(53), opened()
    seen = 0
    while seen < 12:
        layer = random_layer(random, large=True)
        if layer.kind is None:
            continue
        seen += 1
        assert layer.kind.count().total > 2**53
        expected = random_expectation(random, layer.kind.count())
        agrees(show(page, layer.fragment(expected=expected)), layer, expected)


@pytest.mark.parametrize("seed", range(2))
def test_the_lines_that_the_page_writes_make_that_layer(
    opened: Callable[..., Page], show: Show, seed: int
) -> None:
    random, page = Random(100 + seed), opened()
    written = 0
    for _ in range(80):
        layer = random_layer(random)
        if layer.kind is None:
            continue
        said = show(page, layer.fragment())
        for framework in ("keras", "torch"):
            line = said[framework]
            if not line or ", nn." in line:  # a separable layer is two of PyTorch's
                continue
            written += 1
            read = read_line(line, shape_for(layer.kind, framework)).kind
            assert read.count().total == layer.kind.count().total, line
            assert read.channels_last_shape() == layer.kind.channels_last_shape(), line
    assert written > 60


def shape_for(kind: Any, framework: str) -> tuple[int, ...]:
    if not hasattr(kind, "input_size"):
        return (kind.in_features,)
    channels = (kind.in_channels,)
    sizes: tuple[int, ...] = kind.input_size
    return (*sizes, *channels) if framework == "keras" else (*channels, *sizes)


LINES = (
    "Conv2D(10, 5)",
    "nn.Conv2d(1, 10, 5)",
    "x = layers.Conv2D(filters=32, kernel_size=(3, 5), padding='same', activation='relu')(x)",
    "model.add(Conv2D(64, 3, strides=2, use_bias=False, input_shape=(32, 32, 3)))",
    "torch.nn.Conv1d(8, 16, 3, padding=1, groups=4),",
    "nn.ConvTranspose2d(8, 4, 3, stride=2, padding=1, output_padding=1)",
    "Conv2DTranspose(4, 3, strides=2, padding='SAME')",
    "keras.layers.DepthwiseConv2D(3, depth_multiplier=2)",
    "SeparableConv2D(16, 3)",
    "LocallyConnected1D(4, 3)",
    "nn.Conv3d(2, 4, (1, 3, 3), bias=False)  # a comment",
    "Dense(10, 'relu')",
    "nn.Linear(784, 1_000)",
    "Conv1D(5, 3, padding='causal', kernel_initializer=init('x', 2))",
    "MaxPooling2D(2)",
    "Conv2D(10)",
    "Conv2D(10, 5, filters=3)",
    "Conv2D(10, 5, groups=3)",
    "Conv2D(n, 5)",
    "Conv2D(10, 5, colour=3)",
    "Conv2D(-3, 5)",
    "Conv2D(10, 5, padding=1)",
    "nn.Conv2d(3, 32, 3, padding='same', stride=2)",
    "Conv2D(10, 5, strides=2, dilation_rate=2)",
    "Konv2D(3, 3)",
    "nn.Conv2D(3, 3)",
    "Conv2D(10, 5",
    "10 + 5",
)


@pytest.mark.parametrize("line", LINES)
def test_pasted_lines_are_read_as_python_reads_them(
    pasting: Callable[[str], dict[str, Any]], line: str
) -> None:
    said = pasting(line)
    for shape in ((784,), (100, 100, 1), (100, 1), (16, 100, 100, 1)):
        own = None if "nn." in line or "input_shape" in line else shape
        try:
            kind = read_line(line.partition("#")[0], own).kind
        except (ValueError, TypeError):
            continue
        if not kind.count().terms:  # such as a pooling, which belongs into a network
            assert "network" in said["line problem"]
            return
        assert said["total"] == number(kind.count().total)
        assert said["factors"] == [term.formula() for term in kind.count().terms]
        return
    assert said["line problem"] or said["why"], line
    assert (said["line problem"] or said["why"]).count(". ") == 0
