"""Lesson 4: what sharing takes away, against no sharing and against dense."""

import re
import sys

import pytest
from facts.figures import Figure
from running import flat
from torch import nn
from whole import answered, refused, run, whole_number

ASKED = "Artificial Intelligence Stack Exchange, question 28320, quoting the notes of CS231n"
WITHOUT_SHARING = Figure(105_705_600, "96 filters of 11×11×3 at each of 55×55 places", ASKED)
WITH_SHARING = Figure(34_944, "the same, shared", ASKED)


def numbers(text: str, name: str, columns: int) -> list[int]:
    """The one line with this name and so many whole numbers, and nothing else."""
    cells = columns * r" +([\d,]+)"
    (found,) = re.findall(rf"^  {name}{cells}$", text, re.MULTILINE)
    return [whole_number(each) for each in found]


def growth(text: str) -> dict[int, tuple[int, ...]]:
    """Image side: parameters shared, unshared, dense."""
    found = re.findall(r"^ +(\d+)×\1 +([\d,]+) +([\d,]+) +([\d,]+)$", text, re.MULTILINE)
    return {int(side): tuple(map(whole_number, sizes)) for side, *sizes in found}


def by_hand(side: int, kernel: int, filters: int, bias: bool) -> tuple[int, ...]:
    """The same from a PyTorch layer, its output's size, and one weight for each arrow."""
    one = sum(each.numel() for each in nn.Conv2d(1, filters, kernel, bias=bias).parameters())
    places = (side - kernel + 1) ** 2
    return one, places * one, filters * places * (side * side + bias)


@pytest.fixture(scope="module")
def as_it_is() -> str:
    """What the lesson prints with nothing switched."""
    return run(4)


def test_both_counts_of_the_question_are_made_of_their_factors(as_it_is: str) -> None:
    assert f"shared     96 × 11 × 11 × 3 + 96 = {WITH_SHARING.number:,}\n" in as_it_is
    assert (
        "unshared   55 × 55 × 96 × 11 × 11 × 3 + 55 × 55 × 96 = "
        f"{WITHOUT_SHARING.number:,}\n" in as_it_is
    )
    assert "two factors more: output height and output width." in flat(as_it_is)


def test_the_matrix_loses_weights_first_and_different_ones_then() -> None:
    text = run(4, "--no-measure")
    assert numbers(text, "dense", 2) == [529_984, 529_984]
    assert numbers(text, "unshared", 2) == [6_084, 6_084]
    assert numbers(text, "shared", 2) == [6_084, 9]
    assert (
        "of the different weights, 9 are left, and each stands at 676 places of the matrix."
        in flat(text)
    )
    (difference,) = re.findall(r"largest difference is ([\d.e+-]*\d)", flat(text))
    assert float(difference) < 1e-10
    assert growth(text) == {side: by_hand(side, 3, 1, True) for side in (28, 56, 112, 224)}


def test_the_time_is_measured_where_the_layer_fits_and_the_work_is_equal(as_it_is: str) -> None:
    table = re.findall(
        r"^(shared|unshared|dense) +([\d,]+) +([\d,]+) +\S+ \wB +([\d.,]+ ms|-)$", as_it_is, re.M
    )
    sizes = {name: whole_number(size) for name, size, _, _ in table}
    assert sizes["shared"] == WITH_SHARING.number
    assert sizes["unshared"] == WITHOUT_SHARING.number
    work = {name: each for name, _, each, _ in table}
    assert work["shared"] == work["unshared"] == "105,415,200"
    times = {name: time for name, *_, time in table}
    assert times["dense"] == "-"
    assert times["shared"].endswith("ms")
    assert "Not measured: dense" in flat(as_it_is)


def test_every_way_to_compute_it_is_timed(as_it_is: str) -> None:
    timed = re.findall(r"^  (\w+) +(\d+\.\d{3}) ms   \d+e-\d+$", as_it_is, re.MULTILINE)
    ways = {name: float(each) for name, each in timed}
    assert list(ways)[-1] == "forward"
    assert len(ways) == 5
    assert min(ways.values()) > 0


def test_with_everything_changed() -> None:
    flags = ("--image-size", "14", "--kernel-size", "5", "--filters", "8", "--no-bias")
    text = run(4, *flags, "--no-measure")
    assert " ms" not in text
    assert numbers(text, "dense", 2) == [14 * 14 * 8 * 100] * 2
    assert numbers(text, "unshared", 2) == [100 * 8 * 25] * 2
    assert numbers(text, "shared", 2) == [100 * 8 * 25, 8 * 25]
    assert growth(text) == {side: by_hand(side, 5, 8, False) for side in (14, 28, 56, 112)}


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminal in the standard library")
def test_typed_answers_meet_their_reasons() -> None:
    words = answered(4, "34,944", "105,415,200", "9", "6084")
    assert "34,944 counts one kernel for all positions." in words
    assert "It is 105,705,600." in words
    assert "9 counts one kernel for all positions." in words
    assert words.count("Yes, ") == 1
    assert answered(4, "105705600", "6084").count("Yes, ") == 2


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (("--filters", "0"), "filters is 0"),
        (("--image-size", "2"), "the kernel height 3 is larger than the input height 2"),
        (("--image-size", "5000"), "over the limit"),
    ],
)
def test_sizes_that_no_layer_can_have_are_refused(flags: tuple[str, ...], words: str) -> None:
    assert words in refused(4, *flags)
