"""Lesson 7: which settings change the count, and which never do."""

import re
import sys
from math import prod
from typing import Any, NamedTuple

import pytest
import torch
from running import flat
from torch import nn
from whole import answered, refused, run, whole_number


class Line(NamedTuple):
    """One line of the lesson's tables."""

    kernels: list[tuple[int, ...]]
    numbers: int
    bias: int
    side: int
    work: int


def tables(text: str) -> list[dict[str, Line]]:
    """What the kernel is, and where it is used."""
    found = []
    for part in text.split("comes out  multiply-adds\n")[1:]:
        lines = re.findall(
            r"^  (\S+(?: \S+)?) +((?:\d+×)+\d+(?: \+ (?:\d+×)+\d+)?) +([\d,]+) +([\d,]+)"
            r" +(\d+)×\5 +([\d,]+)$",
            part,
            re.MULTILINE,
        )
        found.append(
            {
                name: Line(
                    [tuple(map(int, shape.split("×"))) for shape in kernels.split(" + ")],
                    *map(whole_number, (numbers, bias, side, work)),
                )
                for name, kernels, numbers, bias, side, work in lines
            }
        )
    return found


def in_torch(size: int, *layers: Any) -> Line:
    """The same line from torch.nn's own layers; each multiplies once for each output's weight."""
    x, work = torch.zeros(1, layers[0].in_channels, size, size, device="meta"), 0
    for layer in layers:
        before, x = x, layer.to("meta")(x)
        places = prod((before if layer.transposed else x).shape[-2:])
        work += places * layer.weight.numel()
    return Line(
        [tuple(layer.weight.shape) for layer in layers],
        sum(layer.weight.numel() for layer in layers),
        sum(layer.bias.numel() for layer in layers if layer.bias is not None),
        x.shape[-1],
        work,
    )


@pytest.mark.parametrize(
    "flags",
    [
        {},
        {"in-channels": 16, "filters": 64, "kernel-size": 5, "image-size": 56}
        | {"stride": 4, "dilation": 3, "groups": 8},
    ],
)
def test_every_line_is_what_torch_says_of_its_own_layer(flags: dict[str, int]) -> None:
    text = run(7, *(word for name, value in flags.items() for word in (f"--{name}", str(value))))
    settings = {"in-channels": 32, "filters": 32, "kernel-size": 3, "image-size": 112}
    settings |= {"stride": 2, "dilation": 2, "groups": 16} | flags
    channels, filters, kernel, size, stride, dilation, groups = settings.values()
    depthwise = nn.Conv2d(channels, channels, kernel, groups=channels, bias=False)
    plain = in_torch(size, nn.Conv2d(channels, filters, kernel))
    what_it_is, where_used = tables(text)
    assert what_it_is == {
        "plain": plain,
        f"groups={groups}": in_torch(size, nn.Conv2d(channels, filters, kernel, groups=groups)),
        "depthwise": in_torch(size, depthwise),
        "pointwise": in_torch(size, nn.Conv2d(channels, filters, 1)),
        "separable": in_torch(size, depthwise, nn.Conv2d(channels, filters, 1)),
    }
    dilated = nn.Conv2d(channels, filters, kernel, dilation=dilation)
    assert where_used == {
        "plain": plain,
        "larger image": in_torch(2 * size, nn.Conv2d(channels, filters, kernel)),
        "padding=1": in_torch(size, nn.Conv2d(channels, filters, kernel, padding=1)),
        f"stride={stride}": in_torch(size, nn.Conv2d(channels, filters, kernel, stride)),
        f"dilation={dilation}": in_torch(size, dilated),
        "transposed": in_torch(size, nn.ConvTranspose2d(channels, filters, kernel, stride)),
    }
    assert len({(line.numbers, line.bias) for line in where_used.values()}) == 1
    assert len({(line.numbers, line.bias) for line in what_it_is.values()}) == 5
    # the two products that are set side by side
    area = kernel * kernel
    assert f"{channels} × ({area} + {filters}) numbers" in flat(text)
    assert what_it_is["separable"].numbers == channels * (area + filters)
    assert plain.numbers == channels * (area * filters)


def test_dilated_and_grouped_are_plain_kernels_with_zeros() -> None:
    words = flat(run(7, "--groups", "4", "--filters", "8"))
    differences = re.findall(r"(?:largest difference is|grouped one does:) (\S+\d)\.", words)
    assert len(differences) == 2
    assert all(float(each) < 1e-10 for each in differences)
    assert "A plain kernel of 5×5 with zeros in the gaps" in words


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminal in the standard library")
def test_typed_answers_meet_their_reasons() -> None:
    words = answered(7, "9,248", "576", "9248", "1,344", "9216", "9248")
    assert "9,248 takes the groups otherwise than the layer does." in words
    assert "It is 608." in words
    assert "9,248 takes the layer for an ordinary convolution." in words
    assert "Yes, 1,344." in words
    assert "9,216 leaves out the bias." in words
    assert "Yes, 9,248." in words
    assert answered(7, "608", "1344", "9248").count("Yes, ") == 3


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (("--groups", "5"), "groups is 5, which does not divide in_channels=32"),
        (("--image-size", "2"), "a larger input"),
        (("--dilation", "0"), "dilation must be a whole number of at least 1"),
    ],
)
def test_what_no_layer_can_be_is_refused(flags: tuple[str, ...], words: str) -> None:
    assert words in refused(7, *flags)
