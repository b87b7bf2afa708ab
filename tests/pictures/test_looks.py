"""Colours that all eyes tell apart, letters that can be read, nothing cut off."""

from itertools import combinations, pairwise

import pytest
from colorspacious import cspace_convert, deltaE
from matplotlib.colors import to_rgb
from matplotlib.text import Text

from sharedconv.counting import Conv, LocalConv
from sharedconv.networks import NETWORKS
from sharedconv.pictures import areas, arrows, frameworks, matrix, receptive, sizes, sliding
from sharedconv.pictures.figure import Picture
from sharedconv.pictures.style import COLOURS, LOOKS, SMALL, bias_look, fill, ink_on, letter, look

EYES = ("deuteranomaly", "protanomaly", "tritanomaly")
APART = 10
"""In CAM02-UCS, where 1 is a difference that can just be seen."""

CONV = Conv(1, 1, (3, 3), input_size=(5, 5))
BACKWARDS = Conv(1, 1, 3, 2, 1, ndim=2, transposed=True, input_size=4)
PICTURES = {
    "arrows": lambda: arrows(Conv(1, 1, 3, ndim=1, input_size=7)),
    "arrows with padding": lambda: arrows(Conv(1, 2, 3, padding=1, ndim=1, input_size=4)),
    "arrows in two dimensions": lambda: arrows(Conv(1, 1, 2, ndim=2, input_size=3)),
    "sliding": lambda: sliding(CONV.replace(padding=1, stride=2)),
    "sliding along a line": lambda: sliding(Conv(2, 3, 3, dilation=2, ndim=1, input_size=9)),
    "sliding unshared": lambda: sliding(LocalConv(2, 3, 3, ndim=2, input_size=7)),
    "sliding backwards": lambda: sliding(BACKWARDS),
    "matrix": lambda: matrix(CONV),
    "matrix higher than wide": lambda: matrix(Conv(1, 2, 3, padding=1, ndim=1, input_size=6)),
    "matrix of many weights": lambda: matrix(Conv(2, 2, 3, ndim=2, padding="same", input_size=4)),
    "matrix with long names": lambda: matrix(Conv(2, 5, 3, padding=1, ndim=1, input_size=4)),
    "large matrix": lambda: matrix(CONV.replace(input_size=(14, 14))),
    "sizes": lambda: sizes(CONV.replace(input_size=(28, 28))),
    "areas": lambda: areas(NETWORKS["vgg16"].on_meta(), "vgg16"),
    "areas too small for labels": lambda: areas(NETWORKS["lenet5"].on_meta(), "lenet5"),
    "areas of blocks": lambda: areas(NETWORKS["mobilenetv2"].on_meta(), "mobilenetv2"),
    "frameworks": frameworks,
    "receptive": lambda: receptive([CONV, CONV.replace(dilation=2), CONV]),
    "receptive of a network": lambda: receptive(NETWORKS["vgg16"].on_meta()),
}


@pytest.fixture(scope="module", params=PICTURES)
def picture(request: pytest.FixtureRequest) -> Picture:
    drawn = PICTURES[request.param]()
    drawn.draw_without_rendering()
    return drawn


def written(picture: Picture) -> list[Text]:
    hidden = {
        id(each)
        for panel in picture.axes
        if not panel.axison
        for axis in (panel.xaxis, panel.yaxis)
        for each in axis.findobj(Text)
    }
    return [
        each
        for each in picture.findobj(Text)
        if isinstance(each, Text) and each.get_text().strip() and id(each) not in hidden
    ]


def test_no_letter_is_too_small_for_a_slide(picture: Picture) -> None:
    assert tuple(picture.get_size_inches() * picture.dpi) == (1280, 720)
    assert min(each.get_fontsize() for each in written(picture)) >= SMALL >= 14


def test_no_text_is_cut_off_or_on_another(picture: Picture) -> None:
    boxes = [(each.get_text(), each.get_window_extent()) for each in written(picture)]
    for words, box in boxes:
        assert box.x0 >= 0, words
        assert box.x1 <= 1280, words
        assert box.y0 >= 0, words
        assert box.y1 <= 720, words
    for (one, box), (other, beside) in combinations(boxes, 2):
        inside = (
            min(box.x1, beside.x1) - max(box.x0, beside.x0),
            min(box.y1, beside.y1) - max(box.y0, beside.y0),
        )
        # a letter's box is higher than the letter
        assert min(inside[0], inside[1] - 4) <= 1, (one, other)


@pytest.mark.parametrize("eyes", EYES)
def test_neighbouring_colours_stay_apart_for_all_eyes(eyes: str) -> None:
    space = {"name": "sRGB1+CVD", "cvd_type": eyes, "severity": 100}

    def as_seen(color: str | tuple[float, float, float]) -> object:
        return cspace_convert(to_rgb(color), space, "sRGB1")

    for one, other in combinations(COLOURS, 2):
        assert deltaE(as_seen(one), as_seen(other), input_space="sRGB1") >= APART
    for weights, apart in ((3, APART), (9, 8), (25, 5)):
        for one, other in pairwise(range(weights)):
            ours, theirs = fill(one, weights), fill(other, weights)
            assert deltaE(as_seen(ours), as_seen(theirs), input_space="sRGB1") >= apart


def test_each_weight_has_a_look_a_letter_and_a_colour_of_its_own() -> None:
    assert len({look(weight) for weight in range(LOOKS)}) == LOOKS
    assert not {look(weight) for weight in range(LOOKS)} & {bias_look(each) for each in range(14)}
    assert len({letter(weight) for weight in range(1000)}) == 1000
    assert [letter(weight) for weight in (0, 25, 26, 27)] == ["a", "z", "aa", "ab"]
    for weights in (1, 7, 81, 20_000):
        colors = [fill(weight, weights) for weight in range(weights)]
        assert len(set(colors)) == weights
        assert all(0 <= part <= 1 for color in colors for part in color)
        assert all(max(color) - min(color) > 0.05 for color in colors)  # neither white nor black


def test_letters_on_colours_can_be_read() -> None:
    """At least 4.5 to 1, as WCAG 2 wants it."""

    def luminance(color: str | tuple[float, float, float]) -> float:
        linear = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
            for part in to_rgb(color)
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for weights in (6, 25, 49):
        for weight in range(weights):
            color = fill(weight, weights)
            low, high = sorted([luminance(color), luminance(ink_on(color))])
            assert (high + 0.05) / (low + 0.05) >= 4.5
