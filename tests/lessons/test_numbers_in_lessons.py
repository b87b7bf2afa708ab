"""Numbers that stand in a lesson's own words: each a setting, or a figure that is checked here.

What a lesson computes, it prints from the computation. What is left in its words is looked up: a
figure that somebody published (`tests/facts/`), or one that the library derives.
"""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from facts import asked, figures
from running import LESSONS

from sharedconv import Conv
from sharedconv.networks import NETWORKS

NUMBER = re.compile(r"(?<![\w.,])\d+(?:,\d{3})*(?=M\b|\b)")
NO_FIGURES = (
    r"--[\w-]+(?: [\w,]+)?",  # a switch, and what it is set to
    r"\w+\([^()]*(?:\([^()]*\))*[^()]*\)",  # a line of code
    r"`[^`]*`",
    r"{[^}]*}",
    r"\d+(?:×\d+)+|\d+(?:\*\d+)+|\(\d+\*\d+\)",  # a size
    r"(?:question|issue|issues|topic|lessons?|table|pull request|arXiv|PR) [\d.]+",  # a reference
    r"(?:LESSON|Exercise) \d+",
    r"(?:Computation|IEEE) \d+\(\d+\)",
    r"(?:In|of|in|January|others,) (?:19|20)\d\d",  # a year
    r"(?:LeNet|ResNet|VGG|MNIST)-\d+D?",
    r"\+1|\+ 1",
    r"^# \d+\.",
)
"""What looks like a figure and is none."""

A_FEW = 10
"""Settings of an example, and small words such as "9 of 10", are below; figures are checked from
here on, and below it where they are listed."""


def total(kind: Conv) -> int:
    return int(kind.count())


CHECKED: dict[int, dict[int, int | Callable[[], int]]] = {
    1: {
        9: total(Conv(1, 1, (3, 3), bias=False)),
        10: total(Conv(1, 1, (3, 3))),
        250: total(Conv(1, 10, (5, 5), bias=False)),
        260: total(Conv(1, 10, (5, 5))),
        100: 100,  # a task: a layer with exactly so many
    },
    3: {
        288: total(Conv(1, 32, (3, 3), bias=False)),
        896: total(Conv(3, 32, (3, 3))),
        32: 32,  # filters of the layer that is asked about
    },
    8: {100: 100, 16: 16},  # words of the embedding, units of the LSTM
    9: {138: figures.VGG16.number // 1_000_000, 10: 10, 256: 256},  # classes, filters
    10: {
        25_557_032: lambda: sum(p.numel() for p in NETWORKS["resnet50"].build().parameters()),
        25_636_712: asked.RESNET50_IN_KERAS.number,
        21_827_624: asked.RESNET34_IN_KERAS.number,
        64: 64,  # channels of the convolution beside the first block
    },
    11: {
        64_660: figures.LECUN_1989_CONNECTIONS.number,
        9_760: figures.LECUN_1989_PARAMETERS.number,
        44_426: asked.LENET5_ON_28.number,
        12: 12,  # maps of H1, in the paper
    },
}
"""By lesson, what its words say, and where the same number comes from otherwise."""


def words(lesson: Path) -> Iterator[str]:
    """The text of its markdown, and every string that it may print, without what is filled in."""
    source = lesson.read_text(encoding="utf-8")
    for line in source.splitlines():
        if line.startswith("# ") and not line.startswith("# %%"):
            yield line.removeprefix("# ")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in (
            "say",
            "predict",
            "print",
        ):
            yield from _texts(node.args)


def _texts(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif not isinstance(node, ast.FormattedValue):  # what is filled in, and its width
            yield from _texts(ast.iter_child_nodes(node))


def figures_in(text: str) -> list[int]:
    text = re.sub(r"^ {4}.*$", "", text, flags=re.MULTILINE)  # a listing
    text = re.sub(r"\s+", " ", text)
    for pattern in NO_FIGURES:
        text = re.sub(pattern, " ", text)
    return [int(each.replace(",", "")) for each in NUMBER.findall(text)]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda each: each.stem)
def test_its_words_hold_no_number_that_nobody_derives(lesson: Path) -> None:
    known = CHECKED.get(int(lesson.name[:2]), {})
    found = {number for text in words(lesson) for number in figures_in(text)}
    unknown = {number for number in found if number not in known and number >= A_FEW}
    assert not unknown, "derive it in the lesson, or say in CHECKED where it comes from"
    for number, elsewhere in known.items():
        assert number in found, "no longer said: take it out of CHECKED"
        assert number == (elsewhere() if callable(elsewhere) else elsewhere)


def test_figures_are_found_where_they_stand() -> None:
    assert figures_in("It has 25557032 parameters, or 1,068.") == [25_557_032, 1_068]
    assert figures_in("Lesson: 3×3 filters, `Conv2D(10, 5)` gives 260; see lesson 12.") == [260]
    assert figures_in("CHANGE: --length 100; the 138M of VGG-16") == [138]
    assert figures_in("4,320 and 28") == [4_320, 28]
