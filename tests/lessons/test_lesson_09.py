"""Lesson 9: VGG-16 added up by the rule, held against the paper's table and Keras's."""

import re
import sys
from math import prod

import pytest
from facts import architectures, asked, figures
from running import flat
from whole import answered, refused, shown, whole_number


def layers(text: str) -> dict[str, tuple[list[int], int, int]]:
    """Each layer of the two lists: the factors of its kernel, its biases, its total."""
    found = re.findall(r"^  (conv\d_\d|fc\d)   (.+?) \+ ([\d,]+) = ([\d,]+)", text, re.MULTILINE)
    return {
        name: ([whole_number(each) for each in kernel.split(" × ")], *map(whole_number, rest))
        for name, kernel, *rest in found
    }


def from_the_paper(configuration: str) -> list[tuple[list[int], int]]:
    """Filters, kernel and channels of each convolution, from the paper's table 1."""
    convs = figures.VGG[configuration]
    seen = [3, *(filters for filters, _ in convs)]
    return [
        ([filters, size, size, channels], filters)
        for (filters, size), channels in zip(convs, seen, strict=False)
    ]


def endings(text: str) -> list[int]:
    return [
        whole_number(each) for each in re.findall(r"^  (?:flatten|mean),.* ([\d,]+)$", text, re.M)
    ]


def sides(text: str) -> list[int]:
    return [int(each) for each in re.findall(r" on (\d+)×\1$", text, re.MULTILINE)]


@pytest.mark.parametrize("configuration", ["D", "A", "C"])
def test_every_layer_is_that_of_the_paper_and_they_add_up(configuration: str) -> None:
    text = shown(9) if configuration == "D" else shown(9, "--configuration", configuration)
    listed = layers(text)
    kernels = from_the_paper(configuration)
    dense = [([units, features], units) for features, units in figures.VGG_DENSE]
    assert [each[:2] for each in listed.values()] == [*kernels, *dense]
    assert all(prod(kernel) + bias == total for kernel, bias, total in listed.values())
    total = sum(total for *_, total in listed.values())
    millions = figures.VGG_MILLIONS[configuration].number
    assert round(total / 1e6) == millions
    assert f"The network's own tensors hold {total:,} numbers" in flat(text)
    assert endings(text)[0] == total


def test_it_is_the_138_million_and_most_of_them_stand_in_fc6() -> None:
    text = shown(9)
    assert "tensors hold 138,357,544 numbers; the most stand in fc6" in flat(text)
    assert figures.VGG16.number == 138_357_544
    assert layers(text)["fc6"][-1] == figures.VGG16_FC6.number
    assert f"{asked.VGG_CONV3.number:,} leave out the biases" in flat(text)
    assert "The most work is done in convolutions" in flat(text)
    assert sides(text) == [224] * 2 + [112] * 2 + [56] * 3 + [28] * 3 + [14] * 3
    shares = re.findall(
        r"^  (convolutions|fc6|fc7 and fc8) +[\d,]+ +(\d+)% +[\d,]+ +(\d+)%", text, re.M
    )
    assert shares == [("convolutions", "11", "99"), ("fc6", "74", "1"), ("fc7 and fc8", "15", "0")]
    (difference,) = re.findall(r"largest difference is ([\d.e+-]*\d)", flat(text))
    assert float(difference) < 1e-10


def test_the_means_leave_what_the_second_asker_saw() -> None:
    flattened, kept, only_classes, theirs = endings(shown(9))
    assert flattened == architectures.KERAS["VGG16"][0]
    assert kept == flattened - (25_088 - 512) * 4_096
    assert only_classes == theirs - (512 * 512 + 512) - (512 + 1) + 512 * 1_000 + 1_000
    assert theirs == asked.VGG16_WITH_MEANS.number


def test_the_size_of_the_image_changes_fc6_only() -> None:
    text = shown(9, "--image-size", "448", "--classes", "10")
    usual = layers(shown(9))
    changed = {name for name, each in layers(text).items() if each != usual[name]}
    assert changed == {"fc6", "fc8"}
    assert layers(text)["fc6"] == ([4_096, 512 * 14 * 14], 4_096, 4_096 * (512 * 14 * 14 + 1))
    assert layers(text)["fc8"][-1] == 10 * 4_097
    assert endings(text)[-1] == endings(shown(9))[-1]


def test_the_picture_is_named_only_where_the_command_draws_this_network() -> None:
    assert "sharedconv picture areas vgg16" in shown(9)
    for flags in (["--image-size", "448", "--classes", "10"], ["--image-size", "32"]):
        assert "sharedconv picture" not in shown(9, *flags)
    assert "sharedconv picture areas vgg11" in shown(9, "--configuration", "A")


def test_with_flags_it_does_not_call_the_last_line_theirs() -> None:
    assert "Their network is the last line: they expected the first" in flat(shown(9))
    other = flat(shown(9, "--configuration", "A"))
    assert "Without flags, their network is the last line" in other


def test_on_small_images_it_does_not_say_what_is_not_so() -> None:
    text = flat(shown(9, "--image-size", "32"))
    assert "the most stand in fc7 and fc8" in text
    assert "512 channels of 1×1" in text


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminal in the standard library")
def test_typed_answers_meet_their_reasons() -> None:
    words = answered(9, "589824", "590080", "102760448", "", "2101248")
    assert "589,824 leaves out the bias." in words
    assert "Yes, 590,080." in words
    assert "102,760,448 leaves out the bias." in words
    assert "It is 102,764,544." in words
    assert "Yes, 2,101,248." in words


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--configuration", "F"], "configuration is 'F'; the paper has A, B, C, D, E"),
        (["--image-size", "31"], "image_size must be a whole number of at least 32"),
        (["--classes", "0"], "num_classes must be a whole number of at least 1"),
    ],
)
def test_a_flag_that_does_not_work_is_refused_in_a_line(flags: list[str], words: str) -> None:
    assert words in refused(9, *flags)
