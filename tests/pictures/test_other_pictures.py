"""The other pictures' artists: cells, areas, steps, windows."""

import re
from collections import Counter
from math import prod

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings, strategies as st
from matplotlib.colors import to_hex
from matplotlib.patches import Circle, Rectangle
from small_convs import convs
from torch import nn

import sharedconv
from sharedconv.counting import Conv
from sharedconv.layers import LocalConv2d, SharedConv2d, conv_matrix
from sharedconv.networks import NETWORKS
from sharedconv.networks.resnet import BLOCKS, resnet
from sharedconv.pictures import (
    alternative,
    areas,
    frameworks,
    matrix,
    receptive,
    sizes,
)
from sharedconv.pictures.stack import fields_of, seen, windows
from sharedconv.pictures.where import parts_of

SMALL = Conv(1, 1, (3, 3), input_size=(5, 5))


GREY = (0xDD / 255,) * 3
"""Of a cell whose weight stands in no other one."""


def cells_of(panel: object) -> Counter[tuple[float, ...]]:
    """How many cells have which colour; white ones hold 0."""
    cells = np.asarray(panel.images[0].get_array()).reshape(-1, 3)  # type: ignore[attr-defined]
    found = Counter(tuple(each) for each in cells.tolist())
    del found[1.0, 1.0, 1.0]
    return found


def rectangles(panel: object, gid: str) -> list[Rectangle]:
    return [
        each
        for each in panel.patches  # type: ignore[attr-defined]
        if isinstance(each, Rectangle) and str(each.get_gid()).startswith(gid)
    ]


def test_a_matrix_has_a_colour_for_each_entry_that_is_used_more_than_once() -> None:
    picture = matrix(SMALL)
    shared, unshared, dense = picture.axes
    layer = SharedConv2d(1, 1, 3)
    found = conv_matrix(layer, 5)
    assert len(cells_of(shared)) == found.distinct_entries == 9
    assert {*cells_of(shared).values()} == {9}
    local = conv_matrix(LocalConv2d(1, 1, 3, input_size=5), 5)
    assert cells_of(unshared) == {GREY: local.distinct_entries} == {GREY: 81}
    assert cells_of(dense) == {GREY: prod(found.matrix.shape)} == {GREY: 225}
    letters = Counter(each.get_text() for each in shared.texts)
    assert letters == dict.fromkeys("abcdefghi", 9)
    # what colour says is said without it, too
    assert [len(panel.collections[0].get_offsets()) for panel in (unshared, dense)] == [81, 225]
    assert "grey: a weight that stands in this cell only" in picture.get_supxlabel()


def test_where_letters_have_no_room_the_order_tells_the_weights() -> None:
    picture = matrix(Conv(2, 2, (3, 3), padding="same", input_size=(4, 4)))
    assert not picture.axes[0].texts
    assert "in each row the weights stand in the kernel's order" in picture.get_supxlabel()
    assert len(cells_of(picture.axes[0])) == 36
    assert "kernel's order" not in matrix(SMALL).get_supxlabel()


@settings(max_examples=20)
@given(convs())
def test_a_matrix_of_any_convolution(conv: Conv) -> None:
    panels = matrix(conv).axes
    kinds = (conv.shared(), conv.unshared(), conv.dense())
    for panel, kind in zip(panels, kinds, strict=True):
        found = cells_of(panel)
        # a weight that meets nothing but padding stands nowhere in the matrix
        assert len({*found} - {GREY}) + found[GREY] <= kind.count().role("kernel").total
        assert all(cells > 1 for color, cells in found.items() if color != GREY)
    assert {*cells_of(panels[1])} <= {GREY}
    assert cells_of(panels[2]) == {GREY: conv.dense().count().role("kernel").total}


def test_vgg16_is_mostly_fc6() -> None:
    picture = areas(NETWORKS["vgg16"].on_meta(), "VGG-16")
    drawn = rectangles(picture.axes[0], "")
    named = {str(each.get_gid()).partition(":")[0]: each for each in drawn}
    sized = {name: int(str(each.get_gid()).partition(": ")[2]) for name, each in named.items()}
    assert sum(sized.values()) == 138_357_544
    assert sized["fc6"] == 102_764_544
    area = {name: each.get_width() * each.get_height() for name, each in named.items()}
    for name, size in sized.items():
        assert area[name] / sum(area.values()) == pytest.approx(size / 138_357_544)
    said = alternative(picture)
    assert sum(int(n.replace(",", "")) for n in re.findall(r"\): ([\d,]+)", said)) == 138_357_544


@pytest.mark.parametrize("name", NETWORKS)
def test_the_areas_of_every_network_are_its_tally(name: str) -> None:
    model = NETWORKS[name].on_meta()
    drawn = rectangles(areas(model).axes[0], "")
    total = sum(int(str(each.get_gid()).partition(": ")[2]) for each in drawn)
    assert total == sharedconv.tally(model).total


@pytest.mark.parametrize("name", NETWORKS)
def test_every_area_has_its_name_and_its_familys_colour(name: str) -> None:
    model = NETWORKS[name].on_meta()
    picture = areas(model, name)
    drawn = {
        part: (int(size), to_hex(each.get_facecolor()))
        for each in rectangles(picture.axes[0], "")
        for part, _, size in [str(each.get_gid()).partition(": ")]
    }
    (legend,) = picture.legends
    families = {
        words.get_text().partition(",")[0]: to_hex(patch.get_facecolor())
        for words, patch in zip(legend.get_texts(), legend.get_patches(), strict=True)
    }
    # every colour is in the legend, and has as many parameters as its family's parts
    expected = dict.fromkeys(families, 0)
    for part in parts_of(model).values():
        expected[part.family] += part.size
    assert expected == {
        family: sum(size for size, ours in drawn.values() if ours == color)
        for family, color in families.items()
    }
    labels = [" ".join(each.get_text().split()) for each in picture.axes[0].texts]
    left_out = legend.get_title().get_text()
    for part, (size, _) in drawn.items():
        short = part.removesuffix(" parts")
        amount = f" {size:,}" if "smaller" in part else ""
        inside = any(f"{each} ".startswith((f"{part}{amount} ", short + amount)) for each in labels)
        assert inside != (f"{part} {size:,} (" in " ".join(left_out.split()))
    mixed = any(not part.whole for part in parts_of(model).values())
    assert mixed == any("or mostly so" in each.get_text() for each in legend.get_texts())
    assert mixed == ("(mostly convolution)" in alternative(picture))


def test_areas_refuses_what_has_none() -> None:
    with pytest.raises(ValueError, match="a ReLU has no parameters"):
        areas(nn.ReLU())
    with pytest.raises(ValueError, match="has no size before its first input"):
        areas(nn.Sequential(nn.LazyLinear(3)))
    with pytest.raises(TypeError, match="areas takes a model of PyTorch, not a str"):
        areas("vgg16")


def test_the_waterfall_leads_from_pytorch_to_keras() -> None:
    picture = frameworks()
    start, *steps, end = [
        int(each.get_text().replace(",", "").replace("−", "-")) for each in picture.axes[0].texts
    ]
    assert (start, end, steps) == (25_557_032, 25_636_712, [26_560, 53_120])
    assert start + sum(steps) == end
    heights = [each.get_height() for each in picture.axes[0].patches[1:-1]]
    assert heights == steps


@pytest.mark.parametrize("depth", BLOCKS)
def test_the_waterfall_of_each_depth_adds_up(depth: int) -> None:
    said = alternative(frameworks(depth))
    start, biases, statistics, end, apart = (
        int(each.replace(",", "")) for each in re.findall(r"(?<![-\d])[\d,]{3,}\d", said)
    )
    assert start + biases + statistics == start + apart == end


def test_the_waterfall_of_any_comparison() -> None:
    a, b = nn.Linear(3, 4), nn.Linear(3, 4, bias=False)
    picture = frameworks(sharedconv.compare(a, b, ("with", "without")))
    assert [each.get_text() for each in picture.axes[0].texts] == ["16", "−4", "12"]
    with pytest.raises(ValueError, match="have equal counts, 16"):
        frameworks(sharedconv.compare(a, a, ("one", "other")))
    with pytest.raises(ValueError, match="depth is 51"):
        frameworks(51)


def test_the_waterfall_is_what_the_comparison_of_the_models_says() -> None:
    with torch.device("meta"):
        found = sharedconv.compare(resnet(50), resnet(50, conv_bias=True), ("a", "b"))
    assert found.difference == 26_560
    assert "+26,560" in alternative(frameworks(found))


def test_only_the_shared_line_is_flat() -> None:
    picture = sizes(SMALL.replace(input_size=(28, 28)))
    lines = {each.get_label(): each for each in picture.axes[0].lines}
    at = {
        name: dict(zip(*lines[name].get_data(), strict=True))
        for name in ("shared", "unshared", "dense")
    }
    assert {*at["shared"].values()} == {10}
    assert (at["unshared"][28], at["dense"][28]) == (6_760, 530_660)
    shown = ("shared", "unshared", "dense")
    assert len({lines[name].get_color() for name in shown}) == 3
    assert len({lines[name].get_marker() for name in shown}) == 3
    assert picture.axes[0].get_yscale() == "log"


# -- the receptive field -------------------------------------------------------------------------


@st.composite
def stacks(draw: st.DrawFn) -> list[nn.Module]:
    layers: list[nn.Module] = []
    for _ in range(draw(st.integers(1, 4))):
        kernel, stride, dilation = (draw(st.integers(1, most)) for most in (3, 2, 2))
        if draw(st.booleans()):
            layers.append(nn.Conv1d(1, 1, kernel, stride, dilation=dilation))
        else:
            layers.append(nn.AvgPool1d(kernel, stride))
        layers.append(nn.Identity())
    return layers


@given(stacks())
def test_the_receptive_field_is_what_autograd_says(layers: list[nn.Module]) -> None:
    stack = windows(layers)
    (field,) = fields_of(stack)[-1]
    image = torch.ones(1, 1, field, requires_grad=True)
    for layer in layers:
        for parameter in layer.parameters():
            nn.init.ones_(parameter)
    answer = nn.Sequential(*layers)(image)
    assert answer.numel() == 1  # with one pixel fewer there would be none
    answer.backward()
    assert image.grad is not None
    places = image.grad.flatten().nonzero().flatten().tolist()
    assert places == sorted(seen(stack)[0])
    assert (places[0], places[-1]) == (0, field - 1)


@settings(max_examples=15)
@given(stacks())
def test_the_pyramid_has_a_place_for_all_that_is_seen(layers: list[nn.Module]) -> None:
    stack = windows(layers)
    assume(fields_of(stack)[-1][-1] <= 40)
    panel = receptive(layers).axes[0]
    for level, places in enumerate(seen(stack)):
        circles = [
            each
            for each in panel.patches
            if isinstance(each, Circle) and each.get_gid() == f"seen {level}"
        ]
        assert len(circles) == len(places)


def test_vgg16_sees_212_pixels() -> None:
    picture = receptive(NETWORKS["vgg16"].on_meta())
    bars = rectangles(picture.axes[0], "field")
    assert [each.get_width() for each in bars][-1] == 212
    assert len(bars) == 18
    assert "212×212" in alternative(picture)


@pytest.mark.parametrize(
    ("layers", "problem", "words"),
    [
        (nn.Sequential(nn.ReLU()), ValueError, "no layer of this stack has a window"),
        (NETWORKS["resnet18"].on_meta(), ValueError, "no rule for a Residual"),
        ([SMALL] * 30, ValueError, "30 layers with a window, and 20 can be drawn"),
        ([nn.Conv1d(1, 1, 3), nn.Conv2d(1, 1, 3)], ValueError, "different numbers of dimensions"),
        ([nn.ConvTranspose1d(1, 1, 3)], ValueError, "transposed"),
        ("vgg16", TypeError, "here is a str"),
        (3, TypeError, "here is an int"),
    ],
)
def test_receptive_says_what_it_cant_draw(
    layers: object, problem: type[Exception], words: str
) -> None:
    with pytest.raises(problem, match=words):
        receptive(layers)
