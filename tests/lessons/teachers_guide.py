"""What `lessons/README.md` says in numbers, and in the words of a slip: made from the library.

The guide holds it between two comments for each lesson. Run this file to write it there anew:

    python tests/lessons/teachers_guide.py
"""

import contextlib
import io
import re
import runpy
from pathlib import Path
from typing import Any
from unittest import mock

import torch

import sharedconv.practice
from sharedconv import Conv, Count, Dense, LocalConv2d, tally
from sharedconv.counting import LSTM, BatchNorm, Embedding
from sharedconv.counting.count import number
from sharedconv.networks import resnet
from sharedconv.practice.lessons import lessons_in
from sharedconv.practice.quiz import make_quiz

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "lessons" / "README.md"
LESSONS = lessons_in(ROOT)
BEGIN, END = (
    "<!-- lesson {}: made by tests/lessons/teachers_guide.py -->",
    "<!-- lesson {}: end -->",
)


# -- what is asked in the lesson -------------------------------------------------------------------


def questions(lesson: int) -> list[tuple[str, str]]:
    """Every `predict` of a lesson, in their order, with the right answer."""
    asked: list[tuple[str, str]] = []

    def note(question: str, answer: Count | int, _: object = None) -> None:
        right = answer.arithmetic() if isinstance(answer, Count) else number(int(answer))
        asked.append((" ".join(question.split()), right))

    def on_the_cpu(variables: dict[str, Any]) -> None:
        variables["device"] = "cpu"

    practice = sharedconv.practice
    with (
        mock.patch.object(practice, "predict", note),
        mock.patch.object(practice, "toggles", on_the_cpu),
        contextlib.redirect_stdout(io.StringIO()),
    ):
        runpy.run_path(str(LESSONS[lesson]))
    return asked


# -- what they get wrong ---------------------------------------------------------------------------


def slips(lesson: int) -> list[tuple[str, str]]:
    """What the quiz's questions on this lesson are about: what a number does, and what to ask."""
    does: dict[str, list[str]] = {}
    for question in make_quiz(60, 1, lesson).questions:
        for slip in question.asked.slips:
            if slip.slug in question.asked.focus:
                words = does.setdefault(slip.question, [])
                if slip.says not in words:
                    words.append(slip.says)
    return [("; or ".join(words), asks) for asks, words in does.items()]


# -- what is to be changed and to be made ----------------------------------------------------------


def _local(size: int) -> int:
    with torch.device("meta"):
        return tally(LocalConv2d(1, 1, 3, size)).total


def _resnets(depth: int) -> tuple[int, int]:
    """Filters, and parameters."""
    with torch.device("meta"):
        network = resnet(depth)
    norms = [each for each in network.modules() if isinstance(each, torch.nn.BatchNorm2d)]
    return sum(each.num_features for each in norms), tally(network).total


def _small_network() -> int:
    convolutions = [Conv(3, 32, (3, 3)), Conv(32, 64, (3, 3)), Conv(64, 128, (3, 3))]
    return sum(int(each.count()) for each in [*convolutions, Dense(128, 10)])


def _lenet_for_28() -> Count:
    parts = [Conv(1, 6, (5, 5)), Conv(6, 16, (5, 5))]
    parts += [Dense(16 * 4 * 4, 120), Dense(120, 84), Dense(84, 10)]
    return sum((each.count() for each in parts), Count())


def endings(lesson: int) -> list[tuple[str, str]]:
    """Answers to the CHANGE and MAKE with which a lesson ends."""
    n = number
    if lesson == 1:
        ten = Conv(1, 10, (5, 5))
        return [
            (
                "`--no-bias`; `--filters 10 --kernel-size 5`; `--image-size 28`",
                f"without bias {int(Conv(1, 1, (3, 3), bias=False).count())} and "
                f"{int(ten.replace(bias=False).count())}; then {int(ten.count())}; the size of the "
                "image changes nothing",
            ),
            (
                "a layer with exactly 100",
                f"`SharedConv2d(1, 10, 3)`: {Conv(1, 10, (3, 3)).count().arithmetic()}; others: "
                "`sharedconv inverse 100 --in-channels 1`",
            ),
        ]
    if lesson == 2:
        longer = Conv(1, 1, (3,), bias=False, input_size=(100,)).unshared().count()
        dense = Conv(1, 1, (3, 3), input_size=(100, 100)).dense().count()
        return [
            (
                "`--length 100`; `--kernel-size 5`; `--image-size 100`",
                f"{n(longer.total)} arrows and still {int(Conv(1, 1, (3,)).count())} parameters; "
                f"{int(Conv(1, 1, (5,)).count())} parameters; {n(_local(100))} unshared, "
                f"{n(dense.total)} dense, and still {int(Conv(1, 1, (3, 3)).count())} shared",
            ),
            (
                "one step of training, with and without `tied=True`",
                "unshared, the copies part after one step, because each place has a gradient of "
                "its own; tied, they stay copies: that is sharing",
            ),
        ]
    if lesson == 3:
        first, second = Conv(1, 1, (3, 3)).count(), Conv(1, 10, (3, 3)).count()
        return [
            (
                "`--in-channels 1`; `--in-channels 4 --groups 2`; `--groups 5`",
                f"{int(Conv(1, 32, (3, 3)).count())}, as the asker's formula says; "
                f"{Conv(4, 32, (3, 3), groups=2).count().arithmetic()}, as the first filters see "
                "the first two channels only; 5 groups of equal size can't be made of 3 channels",
            ),
            (
                "the second layer ten times the first",
                f"`SharedConv2d(1, 1, 3)` and `SharedConv2d(1, 10, 3)`: {first.total} and "
                f"{second.total}",
            ),
        ]
    if lesson == 4:
        row = Conv(1, 1, (3, 3)).count()
        rows = 28 - 3 + 1
        return [
            (
                "which columns never change",
                "`--image-size` changes all but the shared column; `--kernel-size` and `--filters` "
                "change every column, and `--no-bias` takes the biases out of each",
            ),
            (
                "a kernel for each row, on 28×28",
                f"{rows} rows of `SharedConv2d(1, 1, 3)`: {rows} × {row.total} = "
                f"{n(rows * row.total)}, between {row.total} and {n(_local(28))}",
            ),
        ]
    if lesson == 5:
        return [
            (
                "which biases learn",
                "those behind which no batch norm takes the mean away: with `--no-batch-norm`, and "
                "with `--relu-between`, where the bias decides what the ReLU lets through",
            ),
            (
                "one layer for all of `plain`",
                "each filter's kernel times `scale / sqrt(running_var + eps)`, and as its bias "
                "`shift - running_mean * scale / sqrt(running_var + eps)`",
            ),
        ]
    if lesson == 6:
        return [
            (
                "`--stride 3`; `--kernel-size 5`; `--shift 4`",
                "with stride 3 only every third shift is followed; a larger kernel with its "
                "padding has a wider border; a larger shift leaves fewer pairs to compare",
            ),
            (
                "the smallest shift that two strides follow",
                "their product: one step of the second layer is so many steps of the first, and "
                "each of these so many pixels",
            ),
        ]
    if lesson == 7:
        return [
            (
                "which columns change in which lines",
                "`--filters` and `--groups` change the kernel's numbers (a depthwise kernel has no "
                "filters to choose), `--stride` and `--dilation` what comes out, and with it the "
                "multiply-adds",
            ),
            (
                "a stopwatch",
                "the time follows the multiply-adds only where they are many; a depthwise layer "
                "does little work for each number that it fetches, and waits for memory",
            ),
        ]
    if lesson == 8:
        parts = (BatchNorm(8), LSTM(8, 16, recurrent_bias=True), Embedding(100, 8))
        each = [int(part.count()) for part in parts]
        return [
            (
                "`--no-affine`; `--no-tied`",
                "without scale and shift PyTorch counts nothing, and Keras still its statistics; "
                "untied, all agree",
            ),
            (
                "a model that each witness counts otherwise",
                "for example `BatchNorm2d(8)`, `LSTM(8, 16)` and an embedding of 100 × 8 tied to "
                f"its `Linear`: the tensors are {' + '.join(map(n, each))} = {n(sum(each))}",
            ),
        ]
    if lesson == 9:
        conv = Conv(512, 512, (3, 3)).count()
        return [
            (
                "`--image-size 448`; `--classes 10`; `--configuration A`",
                f"fc6 alone: {n(int(Dense(512 * 14 * 14, 4096).count()))}; fc8 alone; the "
                "convolutions alone, as it has fewer",
            ),
            (
                f"fewer than conv5_3, which has {n(conv.total)}",
                "for example filters 32, 64, 128 of 3×3, a mean, `Linear(128, 10)`: "
                f"{n(_small_network())}",
            ),
        ]
    if lesson == 10:
        filters, total = _resnets(34)
        asked, here = 21_827_624, total + 3 * filters
        shortcut = Conv(64, 64, (1, 1)).count().total + BatchNorm(64, statistics=True).count().total
        return [
            (
                "`--depth 101`; `--classes 10`; `--conv-bias`",
                f"deeper, they are {n(3 * _resnets(101)[0])} apart; the classes change both "
                f"totals alike; with biases here, too, {n(2 * _resnets(50)[0])} are left",
            ),
            (
                "the ResNet-34 with 21827624",
                f"{n(asked)} - {n(here)} = {n(asked - here)}, and the pair has {n(shortcut)} as "
                "Keras counts it",
            ),
        ]
    if lesson == 11:
        return [
            (
                "`--shared-biases`; `--classes 26`",
                "shared biases make fewer parameters and as many connections; more classes more of "
                "both, in the output only",
            ),
            (
                "the LeNet-5 with 44426",
                "images of 28×28, so that 16 maps of 4×4 come to C5: "
                f"{_lenet_for_28().arithmetic()}",
            ),
        ]
    return [
        (
            "`--seed 1`; `--examples 250`; `--steps 2000`; `--head flatten`",
            "another seed moves the figures and keeps the order; with few examples the shared one "
            "falls furthest, and none learns much; with the flatten head the last layer has a "
            "weight for each place, and what it learnt in the middle it knows nowhere else",
        ),
        (
            "was it the smaller number that helped?",
            "no: with as many parameters as the unshared one, the shared one is further ahead, "
            "where places are alike",
        ),
    ]


# -- the guide -------------------------------------------------------------------------------------


def block(lesson: int) -> str:
    """What stands between the two comments of a lesson."""
    lines = ["| A number that ... | Ask |", "| --- | --- |"]
    lines += [f"| {says} | {asks} |" for says, asks in slips(lesson)]
    lines += ["", "| Asked | Answer |", "| --- | --- |"]
    lines += [f"| {asks} | {answer} |" for asks, answer in questions(lesson)]
    lines += [f"| *Change, make:* {asks} | {answer} |" for asks, answer in endings(lesson)]
    return "\n".join([BEGIN.format(lesson), "", *lines, "", END.format(lesson)])


def block_in(guide: str, lesson: int) -> str:
    """The same as it stands in the guide; "" where it doesn't."""
    begin, end = re.escape(BEGIN.format(lesson)), re.escape(END.format(lesson))
    found = re.search(f"{begin}.*?{end}", guide, re.DOTALL)
    return found[0] if found else ""


def write() -> None:
    """Write every block into the guide."""
    guide = GUIDE.read_text(encoding="utf-8")
    for lesson in LESSONS:
        guide = guide.replace(block_in(guide, lesson), block(lesson))
    GUIDE.write_text(guide, encoding="utf-8")


if __name__ == "__main__":
    write()
