"""Lesson 10: one ResNet in two frameworks, against torchvision's figures and Keras's table."""

import re
import sys
from pathlib import Path

import pytest
from facts import architectures, asked
from running import flat
from whole import answered, hide_keras, refused, row, run, shown, whole_number


def family(text: str) -> dict[int, tuple[int, int, int]]:
    """For each depth: filters, PyTorch's number, Keras's."""
    rows = re.findall(r"^ +(18|34|50|101|152) +([\d,]+) +([\d,]+) +([\d,]+)$", text, re.MULTILINE)
    return {int(depth): tuple(map(whole_number, sizes)) for depth, *sizes in rows}  # type: ignore[misc]


def no_difference(text: str) -> float:
    (found,) = re.findall(r"largest difference in what the whole network answers is (\S+\d)", text)
    return float(found)


def test_the_two_totals_are_those_that_were_written_down() -> None:
    text = shown(10)
    ours, theirs, more = row(text, "all")
    assert (ours, theirs) == (
        asked.RESNET50_IN_PYTORCH.number,
        asked.RESNET50_IN_KERAS.number,
    )
    assert (ours, theirs) == (
        architectures.PARAMETERS["resnet50"],
        architectures.KERAS["ResNet50"][0],
    )
    for each in (ours, theirs):
        assert str(each) in text.partition("You know both reasons")[0], "as in the question"
    assert more == theirs - ours == 79_680


def test_each_sum_of_one_is_set_against_the_others() -> None:
    text = shown(10)
    assert row(text, "convolution") == [64 * 3 * 7 * 7, 64 * 3 * 7 * 7 + 64]
    assert row(text, "batch norm") == [2 * 64, 4 * 64]
    assert "53 such pairs, with 26,560 filters in all" in flat(text)
    assert "2 × 26,560 + 26,560 = 79,680" in text
    assert row(text, "convolution biases") == [0, 26_560, 26_560]
    assert row(text, "batch-norm statistics") == [0, architectures.KERAS["ResNet50"][1], 53_120]
    same = ["convolution kernel weights", "batch-norm scales", "batch-norm shifts"]
    for name in [*same, "dense kernel weights", "dense biases"]:
        ours, theirs, more = row(text, name)
        assert ours == theirs > 0 == more
    assert "only Keras has any" in flat(text)
    assert no_difference(flat(text)) < 1e-9


def test_the_whole_family_and_the_resnet_that_is_left_to_explain() -> None:
    found = family(shown(10))
    assert {depth: each[1] for depth, each in found.items()} == {
        depth: architectures.PARAMETERS[f"resnet{depth}"] for depth in (18, 34, 50, 101, 152)
    }
    # keras.applications says so of those that it has
    assert [found[depth][2] for depth in (50, 101, 152)] == [25_636_712, 44_707_176, 60_419_944]
    # what MAKE asks for: a convolution of 1×1, 64 to 64, with bias, and Keras's batch norm
    pair = 64 * 64 + 64 + 4 * 64
    assert asked.RESNET34_IN_KERAS.number == found[34][2] + pair
    assert str(asked.RESNET34_IN_KERAS.number) in shown(10).partition("MAKE:")[2]


def test_with_biases_the_statistics_are_all_that_differs() -> None:
    text = shown(10, "--depth", "101", "--conv-bias", "--classes", "10")
    ours, theirs, more = row(text, "all")
    assert more == theirs - ours == 2 * 52_672
    assert "2 × 52,672 = 105,344" in text
    assert row(text, "convolution biases") == [52_672, 52_672, 0]
    assert row(text, "dense biases") == [10, 10, 0]
    assert row(text, "convolution")[0] == row(text, "convolution")[1]
    assert "both have them here" in flat(text)


def test_where_keras_has_no_such_resnet_ours_is_listed_in_its_manner() -> None:
    text = shown(10, "--depth", "18")
    assert "Total params: 11,703,912" in text
    assert "Non-trainable params: 9,600" in text
    assert "2 × 4,800 + 4,800 = 14,400" in text


def test_without_keras_it_says_how_to_get_it_and_comes_to_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hide_keras(tmp_path, monkeypatch)
    text = run(10)
    assert "pip install 'sharedconv[keras]'" in flat(text)
    assert f"Total params: {asked.RESNET50_IN_KERAS.number:,}" in text


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminal in the standard library")
def test_typed_answers_meet_their_reasons() -> None:
    words = answered(10, "53120", "79,680")
    assert "53,120 leaves out the bias." in words
    assert "Yes, 79,680." in words
    words = answered(10, "26560", "")
    assert "26,560 counts the moving statistics otherwise than here." in words
    assert "It is 79,680." in words


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--depth", "49"], "depth is 49; the paper has 18, 34, 50, 101, 152"),
        (["--classes", "0"], "num_classes must be a whole number of at least 1"),
    ],
)
def test_a_flag_that_does_not_work_is_refused_in_a_line(flags: list[str], words: str) -> None:
    assert words in refused(10, *flags)
