"""Every lesson runs from the shell, with its toggles as they are and changed, and says what is so.

The figures are those of DESIGN.md, section 5, and of the question.
"""

import os
import re
import subprocess
import sys

import pytest
import torch
from running import flat, lesson, on_a_pipe, said_by_witnesses


def run(number: int, *flags: str) -> str:
    """What the lesson printed; it has to have run to its end."""
    done = on_a_pipe(number, *flags, "--device", "cpu")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert "CHANGE" in done.stdout
    assert "MAKE" in done.stdout
    assert done.stdout.count("Running on cpu") == 1
    # on a pipe the questions are printed, and nobody waits for an answer
    assert done.stdout.count("Nobody is here to answer") == done.stdout.count("\n?  ") >= 1
    assert "Your number" not in done.stdout
    return done.stdout


def everyone_says(number: int, kernel: int) -> dict[str, int]:
    says = dict.fromkeys(("rule", "tally", "torchinfo", "Keras"), number)
    return {**says, "matrix": kernel}


def largest_difference(text: str) -> float:
    (found,) = re.findall(r"largest difference (?:from the whole layer )?is ([\d.e+-]*\d)", text)
    return float(found)


# -- lesson 1: the question -------------------------------------------------------------------


def test_lesson_1_shows_where_the_plus_one_comes_from() -> None:
    text = run(1)
    assert said_by_witnesses(text) == everyone_says(10, kernel=9)
    assert "kernel has the shape (1, 1, 3, 3), numbers: 9 bias has the shape (1,)" in flat(text)
    assert re.search(r"kernel height 3 .* = +9\nbias .* = +1\n +total = 10\n", text)
    assert re.search(r"^SharedConv2d .* 10$", text, re.MULTILINE), "torchinfo's own table"
    # an image of zeros makes the bias come out, and nothing else
    smallest_largest = r"smallest answer is (\S+\d), and its largest is (\S+\d)\."
    ((low, high),) = re.findall(smallest_largest, flat(text))
    assert f"Its bias is {low} in this run: a layer that has learned nothing yet" in flat(text)
    assert low == high
    bias = low
    assert float(bias) != 0
    # the second half of the question
    assert re.search(r"kernel height 5 .* = 250\nbias .* =  10\n +total = 260\n", text)
    assert "250 leaves out the bias" in text
    # the question's own formula stands by itself, before later lessons come back to it
    assert "\n\n    num_filters * (kernel_width * kernel_height + 1)\n\n" in text
    # the second listing, whose code and table don't belong together
    assert "It makes 600, and 60 output channels." in flat(text)
    assert "none leads from there to 260" in flat(text)


def test_lesson_1_without_bias_has_no_plus_one() -> None:
    text = run(1, "--no-bias")
    assert said_by_witnesses(text) == everyone_says(9, kernel=9)
    assert "smallest answer is 0.0000, and its largest is 0.0000." in flat(text)
    assert "Ten filters of 5×5 on one channel, bias=False: how many" in flat(text)
    assert "nothing comes out of nothing" in flat(text)
    assert re.search(r"kernel height 5 .* = 250\n +total = 250\n", text)
    assert "leaves out the bias" not in text
    assert "It makes 600, and 60 output channels." in flat(text)


def test_lesson_1_with_the_numbers_of_the_second_half() -> None:
    text = run(1, "--filters", "10", "--kernel-size", "5", "--image-size", "28")
    assert said_by_witnesses(text) == everyone_says(260, kernel=250)
    assert "[1, 10, 24, 24]" in text


# -- lesson 2: sharing ------------------------------------------------------------------------


def ways(text: str) -> dict[str, list[int]]:
    """Parameters, multiply-adds by the rule and by PyTorch: shared, unshared, dense."""
    rows = re.findall(r"^  (shared|unshared|dense) +([\d,]+) +([\d,]+) +([\d,]+)$", text, re.M)
    return {name: [int(each.replace(",", "")) for each in numbers] for name, *numbers in rows}


def drawn(text: str) -> list[str]:
    return [row.replace(" ", "") for row in re.findall(r"^  output +\d+   (.*)$", text, re.M)]


def gradients(text: str) -> list[list[str]]:
    """The two lines that are to be equal, as they are printed."""
    rows = re.findall(
        r"^  gradient, one (?:kernel for all|each, summed) +(.*)$", text, re.MULTILINE
    )
    return [row.split() for row in rows]


def test_lesson_2_shows_one_kernel_at_many_places() -> None:
    text = run(2)
    assert drawn(text) == ["abc·····", "·abc····", "··abc···", "···abc··", "····abc·", "·····abc"]
    assert "18 arrows, one for each letter, and 3 different weights" in flat(text)
    assert re.findall(r"([\d,]+) inputs, +([\d,]+) outputs, (\d+) parameters", text) == [
        ("8", "6", "4"),
        ("80", "78", "4"),
        ("8,000", "7,998", "4"),
    ]
    shared, summed = gradients(text)
    assert len(shared) == 3
    assert shared == summed
    assert any(float(each) for each in shared)
    assert largest_difference(flat(text)) < 1e-10
    assert ways(text) == {
        "shared": [10, 6_084, 6_084],
        "unshared": [6_760, 6_084, 6_084],
        "dense": [530_660, 529_984, 529_984],
    }
    assert "every one of 676 places" in flat(text)
    # what the second question asks can be worked out from what is on the screen before it
    asked = flat(text).partition("each of the 26×26 places has a kernel and a bias of its own")
    assert "an image of 28×28 pixels with one channel, and one filter of 3×3" in asked[0]
    assert asked[1]


def test_lesson_2_with_everything_changed() -> None:
    text = run(2, "--no-bias", "--length", "30", "--kernel-size", "5", "--image-size", "12")
    assert drawn(text)[:2] == ["abcde" + 25 * "·", "·abcde" + 24 * "·"]
    assert "130 arrows, one for each letter, and 5 different weights" in flat(text)
    assert ("300", "296", "5") in re.findall(r"(\S+) inputs, +(\S+) outputs, (\d+)", text)
    assert largest_difference(flat(text)) < 1e-10
    assert "each of the 10×10 places has a kernel of its own" in flat(text)
    assert ways(text) == {
        "shared": [9, 900, 900],
        "unshared": [900, 900, 900],
        "dense": [14_400, 14_400, 14_400],
    }


# -- lesson 3: channels -----------------------------------------------------------------------


def askers_formula(text: str) -> list[tuple[int, int, int]]:
    rows = re.findall(r"^ +(\d+) +([\d,]+) +([\d,]+)$", text, re.MULTILINE)
    return [tuple(int(each.replace(",", "")) for each in row) for row in rows]


def test_lesson_3_shows_where_the_asker_s_formula_ends() -> None:
    text = run(3)
    assert askers_formula(text) == [
        (1, 320, 320),  # only here it is right
        (2, 320, 608),
        (3, 320, 896),
        (16, 320, 4_640),
    ]
    assert said_by_witnesses(text) == everyone_says(896, kernel=864)
    assert "288 leaves out the bias and gives each filter one input channel only" in flat(text)
    assert "\nkernel   filters 32 × kernel height 3 × kernel width 3   = 288\n" in text
    assert "Running on cpu (no CUDA card needed).\n\nThe question of lesson 1 ends" in text
    assert "\n\n    num_filters * (kernel_width * kernel_height + 1)\n\n" in text
    assert largest_difference(flat(text)) < 1e-10
    assert "here       (32, 3, 3, 3)" in text
    assert "in Keras   (3, 3, 3, 32)" in text


def test_lesson_3_shows_which_filter_sees_which_channels() -> None:
    text = run(3)
    rows = re.findall(r"^ +(\d)   ((?:[x·] ?){4} .*?) +(\d+)$", text, re.MULTILINE)
    sees = {int(groups): re.findall(r"[x·] [x·] [x·] [x·]", row) for groups, row, _ in rows}
    assert sees == {
        1: ["x x x x"] * 4,
        2: ["x x · ·", "x x · ·", "· · x x", "· · x x"],
        4: ["x · · ·", "· x · ·", "· · x ·", "· · · x"],
    }
    of_torch = [torch.nn.Conv2d(4, 4, 3, groups=groups) for groups in sees]
    assert [int(total) for *_, total in rows] == [
        sum(each.numel() for each in layer.parameters()) for layer in of_torch
    ]
    assert "groups" not in text.partition("how many parameters?")[0], "not asked before it is said"


def test_lesson_3_with_one_channel_and_no_bias_has_the_288_that_was_expected() -> None:
    text = run(3, "--in-channels", "1", "--no-bias")
    assert "32 filters of 3×3 on 1 channel, bias=False" in flat(text)
    assert askers_formula(text)[0] == (1, 320, 288)
    assert "Another learner expected 288. With these settings that is right." in flat(text)
    assert "leads there" not in flat(text)


def test_lesson_3_with_groups_and_without_bias() -> None:
    text = run(3, "--no-bias", "--in-channels", "4", "--groups", "2", "--filters", "6")
    # the table is about the layer that was asked for, too
    assert askers_formula(text) == [(2, 60, 54), (4, 60, 108), (6, 60, 162), (32, 60, 864)]
    assert said_by_witnesses(text) == everyone_says(108, kernel=108)  # 6 × 3 × 3 × 4 / 2
    assert "(there is no bias)" in flat(text)
    assert "one bias serves them all" not in flat(text)
    assert "54 gives each filter one input channel only" in flat(text)
    assert largest_difference(flat(text)) < 1e-10
    assert "in Keras   (3, 3, 2, 6)" in text


# -- flags that don't work --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "flags", "words"),
    [
        (1, ["--filters", "0"], "filters is 0"),
        (1, ["--kernel-size", "200", "--device", "cpu"], "200"),
        (2, ["--device", "cuda"], "there is no device 'cuda' here; use --device cpu"),
        (3, ["--nonsense"], "--nonsense"),
        (3, ["--groups", "5", "--device", "cpu"], "groups is 5, which does not divide"),
    ],
)
def test_a_flag_that_does_not_work_is_refused_in_a_line(
    number: int, flags: list[str], words: str
) -> None:
    done: subprocess.CompletedProcess[str] = on_a_pipe(number, *flags)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert re.match(rf"0{number}_\w+\.py[:,] ", done.stderr)
    assert words in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_a_lesson_whose_reader_has_gone_stops_quietly() -> None:
    """As in ``learn.py 1 | head -1``."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, lesson(1), "--device", "cpu"],
        stdin=subprocess.DEVNULL,
        stdout=writing,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        check=False,
    )
    os.close(writing)
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


@pytest.mark.parametrize("number", [1, 2, 3, 4, 9, 12])
def test_what_a_lesson_prints_fits_a_terminal_of_80_columns(number: int) -> None:
    text = run(number, *(["--steps", "1"] if number == 12 else []))
    assert [line for line in text.splitlines() if len(line) > 80] == []
