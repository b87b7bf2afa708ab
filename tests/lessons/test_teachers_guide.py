"""The teacher's guide: every number and every slip in it is the library's, every command works."""

import re
import shlex
from pathlib import Path

import pytest
import teachers_guide as made

from sharedconv.cli import main
from sharedconv.practice.lessons import title_of
from sharedconv.practice.manifest import read_manifest

TEXT = made.GUIDE.read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.parametrize("lesson", made.LESSONS)
def test_the_answer_key_is_what_the_library_says(lesson: int) -> None:
    """Where this fails: python tests/lessons/teachers_guide.py writes it anew."""
    wanted = made.block(lesson)
    assert made.block_in(TEXT, lesson) == wanted
    asked = wanted.partition("| Asked | Answer |")[2]
    # each question of the lesson, something to change, something to make
    source = made.LESSONS[lesson].read_text(encoding="utf-8")
    assert asked.count("\n| ") - 1 == len(re.findall(r"\bpredict\(", source)) + 2 >= 3
    assert asked.count("| *Change, make:* ") == 2


@pytest.mark.parametrize("lesson", made.LESSONS)
def test_each_lesson_has_its_line_and_its_section(lesson: int) -> None:
    file = made.LESSONS[lesson]
    title = title_of(file).partition(". ")[2]
    assert re.search(
        rf"^\| {lesson} \| \[{re.escape(title)}\]\({file.name}\) \| \d+ min \| \d+ min \|$",
        TEXT,
        re.MULTILINE,
    )
    section = re.search(rf"^### {lesson}\. (.+?)$(.*?)^##", TEXT, re.DOTALL | re.MULTILINE)
    assert section
    assert section[1] == title
    assert "**Aim.**" in section[2]
    assert "**In class.**" in section[2]


def test_there_is_a_section_for_every_lesson_and_no_other() -> None:
    sections = [int(each) for each in re.findall(r"^### (\d+)\. ", TEXT, re.MULTILINE)]
    assert sections == list(made.LESSONS)
    assert set(re.findall(r"\]\((\d\d_\w+\.py)\)", TEXT)) == {
        each.name for each in made.LESSONS.values()
    }
    week = TEXT.partition("## A week")[2].partition("##")[0]
    days = re.findall(r"^\| \w+day \| ([\d, ]+) \|", week, re.MULTILINE)
    assert [int(each) for day in days for each in day.split(", ")] == list(made.LESSONS)


def test_two_hours_are_two_hours() -> None:
    table = TEXT.partition("## Two hours")[2].partition("##")[0]
    assert sum(map(int, re.findall(r"^\| (\d+) \|", table, re.MULTILINE))) == 120
    # a lesson takes as long here as it is said to take above
    planned = re.findall(r"^\| (\d+) \| Lesson (\d+),", table, re.MULTILINE)
    assert [lesson for _, lesson in planned] == ["1", "2", "3"]
    for minutes, lesson in planned:
        assert re.search(rf"^\| {lesson} \| .* \| {minutes} min \| \d+ min \|$", TEXT, re.MULTILINE)
    assert all("--seed" in quiz for quiz in re.findall(r"`sharedconv (quiz .*)`", table))


def test_the_exercises_that_it_names_are_there() -> None:
    known = {each.id for each in read_manifest(made.ROOT / "lessons" / "exercises")}
    named = {
        number
        for line in re.findall(r"[Ee]xercises? .*", TEXT)
        for number in re.findall(r"\b\d\.\d\b", line)
    }
    assert named
    assert named <= known


def lines(word: str) -> list[list[str]]:
    """The commands in the guide that begin so, as a shell takes them apart."""
    found = [shlex.split(line, comments=True) for block in BLOCKS for line in block.splitlines()]
    found += [shlex.split(each) for each in re.findall(r"`(sharedconv [^`]+)`", TEXT)]
    return [each for each in found if each[:1] == [word]]


def test_its_commands_do_what_they_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    commands = lines("sharedconv")
    assert {each[1] for each in commands} >= {"quiz", "notebook", "inverse", "practice", "learn"}
    for _, command, *arguments in commands:
        if command == "notebook" and "--no-run" not in arguments:
            arguments.append("--no-run")  # running them is another test's work
        if command in ("quiz", "notebook", "inverse"):
            assert main([command, *arguments]) == 0, arguments
    written = {each.name for each in tmp_path.iterdir()}
    assert written == {"lesson3.xml", "all.gift", "lesson3.md", "notebooks", "lesson3", "to-run"}
    assert capsys.readouterr().err == ""


def test_the_scripts_and_files_that_it_names_are_there() -> None:
    words = {word for block in BLOCKS for word in block.split()}
    files = {word for word in words if word.startswith("scripts/")}
    assert files == {"scripts/learn.py", "scripts/requirements.lock"}
    for each in files:
        assert (made.ROOT / each).is_file()
    pins = (made.ROOT / "scripts" / "requirements.lock").read_text(encoding="utf-8")
    assert len(re.findall(r"^torch==", pins, re.MULTILINE)) == 1, "what grep leaves out"
    for link in re.findall(r"\]\(([\w./]+)\)", TEXT):
        assert (made.GUIDE.parent / link).exists()
