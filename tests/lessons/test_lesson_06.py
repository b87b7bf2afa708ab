"""Lesson 6: what shifts with the image, exactly, and the two exceptions."""

import re
import sys

import pytest
from running import flat
from whole import answered, refused, run


def rows(text: str, name: str) -> list[list[int]]:
    """The two lines of a layer, before and moved; a dot is a zero."""
    found = re.findall(rf"^  {name} +(?:before|moved by \d+) +(.*)$", text, re.MULTILINE)
    return [[int(each) for each in line.replace("·", "0").split()] for line in found]


def differing(text: str) -> list[tuple[int, int]]:
    """For pixels, shared and unshared: how many differ, of how many."""
    found = re.findall(r"different: (\d+) of (\d+)$", text, re.MULTILINE)
    return [(int(some), int(all_of_them)) for some, all_of_them in found]


def marks(text: str, name: str) -> str:
    """``"x·········x"``, where x is a place at which the answers differ."""
    (found,) = re.findall(rf"^  {name} +([·x ]*)$", text, re.MULTILINE)
    return str(found).replace(" ", "")


def followed(text: str) -> dict[int, int | None]:
    """By how many places the answer moved, for each move of the row."""
    found = re.findall(
        r"^  row moved by (\d+)   answer (?:moved by (\d+)|is another one)$", text, re.M
    )
    return {int(by): int(steps) if steps else None for by, steps in found}


@pytest.fixture(scope="module")
def as_it_is() -> str:
    """What the lesson prints with nothing switched."""
    return run(6)


def test_a_shared_kernel_moves_along_exactly_and_an_unshared_one_does_not(as_it_is: str) -> None:
    for name in ("pixels", "shared"):
        before, moved = rows(as_it_is, name)
        assert any(before)
        assert moved == [0, 0, 0, *before[:-3]]
    before, moved = rows(as_it_is, "unshared")
    assert sum(map(bool, before)) == sum(map(bool, moved)) == 5
    assert moved != [0, 0, 0, *before[:-3]]
    assert differing(as_it_is) == [(0, 11), (0, 9), (5, 9)]


def test_the_two_strips_of_the_bug_report_are_answered_alike(as_it_is: str) -> None:
    words = flat(as_it_is)
    assert "with all that is around them? True." in words
    ((left, right),) = re.findall(
        r"answered by (\[[\d, ]+\]), the right edge by (\[[\d, ]+\])", words
    )
    left, right = ([int(each) for each in edge[1:-1].split(",")] for edge in (left, right))
    assert left[0] == right[-1] == 0, "far from a strip there is nothing to answer to"
    assert left[-1] == right[0] > 0, "inside a strip"
    # where one column of the kernel lies on the strip, another one does at the other edge
    assert left[1] + right[1] == left[2] + right[2] == left[-1]
    assert left != right[::-1]


@pytest.mark.parametrize(("kernel", "shift", "stride"), [(3, 3, 2), (5, 4, 3), (2, 3, 7)])
def test_padding_and_stride_break_it_where_they_must_and_nowhere_else(
    kernel: int, shift: int, stride: int
) -> None:
    text = run(6, f"--kernel-size={kernel}", f"--shift={shift}", f"--stride={stride}")
    edge = kernel // 2
    compared = 14 + 2 * edge - kernel + 1 - shift
    assert marks(text, "with padding") == edge * "x" + (compared - 2 * edge) * "·" + edge * "x"
    assert marks(text, "without padding") == (14 - kernel + 1 - shift) * "·"
    assert followed(text) == {by: by // stride if by % stride == 0 else None for by in range(1, 7)}


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminal in the standard library")
def test_typed_answers_right_and_wrong() -> None:
    words = answered(6, "9", "0", "0", "2", "6", "")
    assert words.count("That isn't it.") == 3
    assert words.count("Yes, ") == 2
    assert "It is 3." in words
    assert answered(6, "0", "2", "3").count("Yes, ") == 3


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (("--shift", "-1"), "shift is -1"),
        (("--shift", "12"), "shift is 12; it has to be a whole number of 1 to 11"),
        (("--stride", "0"), "stride must be a whole number of at least 1"),
        (("--length", "2"), "a larger input"),
    ],
)
def test_what_no_layer_can_do_is_refused(flags: tuple[str, ...], words: str) -> None:
    assert words in refused(6, *flags)
