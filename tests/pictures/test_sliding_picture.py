"""The sliding kernel: every stage has the weights and the bias that are used there."""

from math import prod

import keras
import pytest
import torch
from hypothesis import assume, given, settings, strategies as st
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from small_convs import convs
from torch.nn import functional as F

from sharedconv import read
from sharedconv.counting import Conv
from sharedconv.pictures import alternative, moving, sliding
from sharedconv.pictures.figure import Picture
from sharedconv.pictures.wiring import pixels

SMALL = Conv(1, 1, (3, 3), input_size=(5, 5))
BACKWARDS = Conv(1, 1, (3, 3), 2, transposed=True, input_size=(3, 3))


def squares(panel: object, gid: str) -> list[Rectangle]:
    return [
        each
        for each in panel.patches  # type: ignore[attr-defined]
        if isinstance(each, Rectangle) and str(each.get_gid()).startswith(gid)
    ]


def biases(panel: object) -> list[tuple[str, str]]:
    return [
        (str(each.get_gid()), each.get_text())
        for each in panel.texts  # type: ignore[attr-defined]
        if isinstance(each, Text) and str(each.get_gid()).startswith("bias")
    ]


def caption(picture: Picture) -> str:
    return picture.get_supxlabel()


def test_sliding_uses_every_weight_once_at_each_stage() -> None:
    picture = sliding(SMALL.replace(padding=1, stride=2))
    assert len(picture.axes) == 4
    for panel in picture.axes:
        weights = squares(panel, "weight")
        assert len({each.get_facecolor() for each in weights}) == len(weights) == 9
        assert sorted(each.get_text() for each in panel.texts if each.get_text().isalpha()) == [
            *"abcdefghi"
        ]
        assert len(squares(panel, "output")) == 9
    assert "stride 2×2" in alternative(picture)


@settings(max_examples=15)
@given(convs())
def test_sliding_any_convolution(conv: Conv) -> None:
    try:
        picture = sliding(conv)
    except ValueError as refused:
        said = str(refused)
    else:
        said = ""
    assert not said or "can be drawn; a smaller input works" in said
    assume(not said)
    for panel in picture.axes:
        assert len(squares(panel, "weight")) == prod(conv.kernel_size)
        assert len(biases(panel)) == bool(conv.bias)
        assert len(squares(panel, "output")) == prod(size or 0 for size in conv.output_size())


def test_the_animation_goes_to_every_position() -> None:
    animation = moving(SMALL)
    animation._draw_was_started = True  # or it warns that nobody saw it
    shown = []
    for frame in animation.new_frame_seq():
        animation._draw_frame(frame)
        shown.append(animation.picture.axes[0].get_title())
    assert shown == [f"position {place} of 9" for place in range(1, 10)]
    assert alternative(animation) == alternative(sliding(SMALL))


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (SMALL.replace(input_size=(28, 28)), "28×28 pixels with its padding, and 10×10"),
        (Conv(1, 1, (3, 3, 3), input_size=(4, 4, 4)), "a sheet of paper has two"),
        (SMALL.replace(input_size=(10**9, 10**9)), "and 10×10 can be drawn"),
        (SMALL.unshared().replace(input_size=(8, 8)), "8×8 pixels .* and 7×7 of an unshared layer"),
        (BACKWARDS.replace(input_size=(5, 5)), "the output is 11×11 pixels .* such as 3x3x1"),
    ],
)
def test_sliding_says_what_it_cant_draw(layer: Conv, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        sliding(layer)


def test_an_unshared_kernel_has_other_weights_at_each_position() -> None:
    picture = sliding(read("LocallyConnected2D(1, 3)", (5, 5, 1)).kind)
    seen: dict[str, object] = {}
    for panel, position in zip(picture.axes, "₁₂₄₉", strict=True):
        weights = squares(panel, "weight")
        letters = {each.get_text() for each in panel.texts}
        assert {f"{letter}{position}" for letter in "abcdefghi"} < letters
        assert not seen.keys() & {each.get_gid() for each in weights}
        seen |= {str(each.get_gid()): each.get_facecolor() for each in weights}
    assert len(seen) == len(set(seen.values())) == 36
    assert "same weights" not in picture.title + alternative(picture) + caption(picture)
    assert picture.title == "Other weights at every position"
    assert "81 weights + 9 biases = 90" in caption(picture)


def test_the_plus_one_is_in_the_picture() -> None:
    picture = sliding(SMALL)
    assert [biases(panel) for panel in picture.axes] == [[("bias 0", "+ bias")]] * 4
    assert "9 weights, a to i, + 1 bias = 10 parameters" in caption(picture)
    assert "the filter's bias is added" in alternative(picture)
    without = sliding(SMALL.replace(bias=False))
    assert not any(biases(panel) for panel in without.axes)
    assert "bias" not in caption(without)
    several = sliding(SMALL.replace(in_channels=2, filters=3))
    assert "whole layer has 54 weights + 3 biases = 57" in caption(several)


def test_an_unshared_layer_has_its_biases_where_it_has_them() -> None:
    own = sliding(SMALL.unshared())
    assert [biases(panel) for panel in own.axes] == [
        [(f"bias {position}", f"+ bias{small}")]
        for position, small in ((0, "₁"), (1, "₂"), (3, "₄"), (8, "₉"))
    ]
    one = sliding(SMALL.unshared().replace(bias="channel"))
    assert {each for panel in one.axes for each in biases(panel)} == {("bias 0", "+ bias")}
    assert "everywhere the same bias" in caption(one)


def test_a_transposed_kernel_lies_on_what_comes_out() -> None:
    picture = sliding(BACKWARDS)
    for panel in picture.axes:
        assert len({each.get_gid() for each in squares(panel, "weight")}) == 9
        assert len(squares(panel, "input")) == 9
        lowest_input = max(each.get_y() for each in squares(panel, "input"))
        assert all(each.get_y() > lowest_input for each in squares(panel, "weight"))
        assert biases(panel) == [("bias 0", "at the end + bias")]
    assert "writes" in picture.title
    assert "7×7 in all" in alternative(picture)
    unshared = sliding(BACKWARDS.unshared())
    drawn = [each.get_gid() for panel in unshared.axes for each in squares(panel, "weight")]
    assert len(drawn) == len(set(drawn)) == 36
    assert "a bias of its own" in caption(unshared)


@given(st.data())
def test_a_transposed_kernel_writes_where_pytorchs_does(data: st.DataObject) -> None:
    kernel, stride, dilation, size = (data.draw(st.integers(1, most)) for most in (4, 3, 2, 4))
    padding = data.draw(st.integers(0, 2))
    extra = data.draw(st.integers(0, max(stride, dilation) - 1))
    assume((size - 1) * stride - 2 * padding + dilation * (kernel - 1) + 1 + extra >= 1)
    conv = Conv(
        1,
        1,
        kernel,
        stride,
        padding,
        dilation,
        ndim=1,
        transposed=True,
        output_padding=extra,
        input_size=size,
    )
    weight = 10.0 ** torch.arange(kernel).reshape(1, 1, -1)
    theirs = F.conv_transpose1d(
        torch.eye(size).unsqueeze(1), weight, None, stride, padding, extra, 1, dilation
    )
    assert torch.equal(written(conv), theirs.squeeze(1))


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("kernel", [1, 2, 3, 4, 5])
@pytest.mark.parametrize(("stride", "extra"), [(1, None), (2, None), (3, None), (2, 1), (3, 1)])
def test_a_transposed_kernel_writes_where_kerass_does(
    padding: str, kernel: int, stride: int, extra: int | None
) -> None:
    layer = keras.layers.Conv1DTranspose(
        1, kernel, stride, padding, output_padding=extra, use_bias=False
    )
    layer.build((None, 4, 1))
    layer.set_weights([(10.0 ** torch.arange(kernel)).reshape(-1, 1, 1).numpy()])
    theirs = layer(torch.eye(4).unsqueeze(-1)).detach().cpu().squeeze(-1)
    conv = Conv(
        1,
        1,
        kernel,
        stride,
        padding,
        ndim=1,
        transposed=True,
        output_padding=extra,
        input_size=4,
    )
    assert torch.equal(written(conv), theirs)


def written(conv: Conv) -> torch.Tensor:
    """What the weights 1, 10, 100, ... write from each position of the input."""
    (size,) = conv.output_size()
    ours = torch.zeros(conv.input_size[0] or 0, size or 0)
    for position, places in enumerate(pixels(conv, 0)):
        for weight, place in enumerate(places):
            if 0 <= place < (size or 0):
                ours[position, place] = 10.0**weight
    return ours
