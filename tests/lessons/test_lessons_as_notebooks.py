"""Each lesson is a notebook as well: percent cells, a title, and toggles in the first code cell."""

import ast
import re
import sys
from pathlib import Path
from typing import Any

import jupytext
import pytest
from running import FOLDER, LESSONS

from sharedconv.practice import toggles
from sharedconv.practice.flags import as_variables

every_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda each: each.stem)


def cells(lesson: Path) -> list[Any]:
    return jupytext.reads(lesson.read_text(encoding="utf-8"), fmt="py:percent").cells


def first_code(lesson: Path) -> str:
    return next(each.source for each in cells(lesson) if each.cell_type == "code")


def test_there_are_lessons_and_their_numbers_follow_each_other() -> None:
    assert [int(each.name[:2]) for each in LESSONS] == list(range(1, len(LESSONS) + 1))
    assert len(LESSONS) >= 3
    # nothing that looks like a lesson escapes these tests
    assert {each.name for each in FOLDER.glob("*.py")} == {each.name for each in LESSONS}


@every_lesson
def test_its_number_is_the_same_in_its_name_its_title_and_its_first_words(lesson: Path) -> None:
    first = cells(lesson)[0]
    assert first.cell_type == "markdown"
    number, title = re.match(r"# (\d+)\. (.+)", first.source).groups()  # type: ignore[union-attr]
    assert int(number) == int(lesson.name[:2])
    text = lesson.read_text(encoding="utf-8")
    assert f"LESSON {number}. {title.upper()}" in text
    assert len(first.source.splitlines()) >= 2, "a title and what it is about"


@every_lesson
def test_it_is_as_long_as_a_talk_and_fits_the_page(lesson: Path) -> None:
    lines = lesson.read_text(encoding="utf-8").splitlines()
    assert 60 <= len(lines) <= 140
    assert all(len(line) <= 100 for line in lines)


@every_lesson
def test_it_alternates_between_telling_and_doing(lesson: Path) -> None:
    """And every code cell is a whole piece of Python, since a notebook runs it by itself."""
    kinds = [each.cell_type for each in cells(lesson)]
    assert kinds[0] == "markdown"
    assert kinds.count("markdown") >= 4
    assert kinds.count("code") >= 5
    for each in cells(lesson):
        if each.cell_type == "code":
            ast.parse(each.source)


@every_lesson
def test_its_first_code_cell_holds_plain_toggles_and_their_flags(
    lesson: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source = first_code(lesson)
    for statement, line in zip(ast.parse(source).body, source.splitlines(), strict=True):
        assert isinstance(statement, ast.Assign), f"not a plain variable: {line}"
        assert isinstance(statement.value, ast.Constant), f"not a plain value: {line}"

    variables: dict[str, Any] = {}
    exec(source, variables)
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    monkeypatch.setattr(sys, "argv", [lesson.name, "--help"])
    with pytest.raises(SystemExit):
        toggles(dict(variables))
    shown = capsys.readouterr().out
    for line in source.splitlines():
        name, flag, value = re.fullmatch(  # type: ignore[union-attr]
            r"(\w+) = .+  # (--[\w-]+)(?: (\S+))?", line
        ).groups()
        assert (value is None) == isinstance(variables[name], bool)
        assert flag in shown
        # the flag in the comment really changes this variable, to another value than it has
        changed = dict(variables)
        monkeypatch.setattr(sys, "argv", [lesson.name, flag, *filter(None, [value])])
        monkeypatch.setattr(sys, "excepthook", sys.excepthook)
        toggles(changed)
        assert changed[name] != variables[name]
        assert {**changed, name: None} == {**variables, name: None}


@every_lesson
def test_it_starts_with_its_toggles_and_asks_before_it_shows(lesson: Path) -> None:
    code = [each.source for each in cells(lesson) if each.cell_type == "code"]
    assert "toggles(globals())" in code[1]
    assert "choose_device(device)" in code[1]
    asking = next(place for place, each in enumerate(code) if "predict(" in each)
    assert asking == 2, "the first thing after the toggles is a question"


@every_lesson
def test_it_ends_with_something_to_change_and_something_to_make(lesson: Path) -> None:
    last = cells(lesson)[-1].source
    assert "CHANGE:" in last
    assert "MAKE:" in last
    # the flags that it proposes are flags that it has
    variables: dict[str, Any] = {}
    exec(first_code(lesson), variables)
    for flag in re.findall(r"--([a-z-]+)", last):
        assert flag.removeprefix("no-").replace("-", "_") in variables
    # and in a notebook, where there are no flags, it proposes other values of its variables
    in_cells = as_variables(last)
    assert "--" not in in_cells
    assert "in the first cell" in in_cells
    changes = re.findall(r'\b([a-z_]+) = (True|False|\d+|"\w+")', in_cells.partition("CHANGE")[2])
    assert changes
    for name, value in changes:
        assert type(ast.literal_eval(value)) is type(variables[name])
        assert ast.literal_eval(value) != variables[name]
