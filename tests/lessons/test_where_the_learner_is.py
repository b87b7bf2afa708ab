"""A lesson that runs to its end is on record, and the next one is known."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from running import FOLDER, LESSONS, on_a_pipe

from sharedconv.practice.lessons import lesson_number, lessons_in, next_lesson, title_of, where
from sharedconv.practice.manifest import read_manifest
from sharedconv.practice.progress import Progress, finished_lesson, keep, progress

ROOT = FOLDER.parent
LESSON = "from sharedconv.practice import toggles\nbias = True\ntoggles(globals())\n"


def python(*words: str, cwd: Path = ROOT) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *words],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def command(*words: str) -> "subprocess.CompletedProcess[str]":
    return python("-m", "sharedconv", "learn", *words)


# -- what counts as finished -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "more", "flags", "finished"),
    [
        ("lessons/07_mine.py", "", [], True),
        ("lessons/07_mine.py", "", ["--no-bias"], True),
        ("lessons/07_mine.py", "", ["--help"], False),
        ("lessons/07_mine.py", "", ["--nonsense"], False),
        ("lessons/07_mine.py", "1 / 0", [], False),
        ("lessons/07_mine.py", "raise KeyboardInterrupt", [], False),
        ("lessons/07_mine.py", "from sharedconv import Conv\nConv(0, 1, (3,))", [], False),
        ("lessons/07_mine.py", "import os, signal; os.kill(os.getpid(), 9)", [], False),
        ("copies/07_mine.py", "", [], False),
        ("lessons/my_copy.py", "", [], False),
    ],
)
def test_a_lesson_that_runs_to_its_end_is_finished(
    file: str, more: str, flags: list[str], finished: bool, tmp_path: Path
) -> None:
    lesson = tmp_path / file
    lesson.parent.mkdir()
    lesson.write_text(LESSON + more, "utf-8")
    done = python(str(lesson), *flags, cwd=tmp_path)
    assert set(progress().lessons) == ({"7"} if finished else set())
    if finished:
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("EXERCISES: sharedconv practice 7")
        assert done.stdout.count("\n") == 2


def test_a_real_lesson_is_put_on_record_from_whatever_folder() -> None:
    done = on_a_pipe(3, "--device", "cpu")
    assert done.returncode == 0, done.stderr
    assert set(progress().lessons) == {"3"}
    assert done.stderr == ""


def test_where_nothing_can_be_kept_the_lesson_runs_all_the_same(home: Path, tmp_path: Path) -> None:
    home.write_text("a file", "utf-8")
    lesson = tmp_path / "lessons" / "07_mine.py"
    lesson.parent.mkdir()
    lesson.write_text(f"{LESSON}print('to the end')", "utf-8")
    done = python(str(lesson))
    assert done.returncode == 0
    assert done.stdout.startswith("to the end\nEXERCISES: sharedconv practice 7")
    assert done.stderr.count("\n") == 1
    assert "Your progress can't be kept" in done.stderr


@pytest.mark.parametrize(
    ("path", "number"),
    [
        ("lessons/03_channels.py", 3),
        ("/a/lessons/12_does_it.py", 12),
        ("lessons/exercises/03_1_coloured.py", None),
        ("03_channels.py", None),
        ("lessons/3_channels.py", None),
        (None, None),
    ],
)
def test_which_lesson_a_file_is(path: str | None, number: int | None) -> None:
    assert lesson_number(path) == number


# -- where the learner is --------------------------------------------------------------------------


def test_the_next_lesson_is_the_first_that_is_not_finished() -> None:
    none = Progress()
    assert next_lesson(ROOT, none) == 1
    assert where(ROOT, none) == f"The beginning is lesson {title_of(LESSONS[0])}"
    first, third = none.with_lesson(1), none.with_lesson(1).with_lesson(3)
    assert next_lesson(ROOT, first) == next_lesson(ROOT, third) == 2
    many = len(LESSONS)
    words = f"So far: 2 of {many} lessons finished. On with lesson {title_of(LESSONS[1])}"
    assert where(ROOT, third) == words
    every = none
    for number in lessons_in(ROOT):
        every = every.with_lesson(number)
    assert next_lesson(ROOT, every) is None
    assert f"{many} of {many} lessons finished" in where(ROOT, every)
    assert "all of them" in where(ROOT, every)


def test_solved_exercises_are_counted_with_their_lesson() -> None:
    exercises = read_manifest(ROOT / "lessons" / "exercises")
    of_the_second = [each.id for each in exercises if each.lesson == 2]
    finished_lesson(1)
    for each in of_the_second[:2]:
        keep(lambda before, id=each: before.with_exercise(id))  # type: ignore[misc]
    for words in (["-m", "sharedconv", "learn", "--list"], ["scripts/learn.py", "--list"]):
        lines = python(*words).stdout.splitlines()
        assert len(lines) == len(LESSONS)
        assert lines[0].split(title_of(LESSONS[0]))[1].split() == ["finished"]
        two_of = f"2 of {len(of_the_second)} exercises"
        assert lines[1].split(title_of(LESSONS[1]))[1].strip() == two_of
        assert lines[2] == f"  {title_of(LESSONS[2])}"
    assert (
        f"1 of {len(LESSONS)} lessons finished, 2 of {len(exercises)} exercises. On with lesson 2"
        in (where(ROOT, progress()))
    )


def test_the_command_goes_on_from_there_and_says_so() -> None:
    finished_lesson(1)
    finished_lesson(2)
    done = command()
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("LESSON 3. CHANNELS")
    assert f"2 of {len(LESSONS)} lessons finished. On with lesson 3. Channels" in done.stderr
    assert "3" in progress().lessons


def test_the_command_passes_flags_and_exit_codes_on() -> None:
    helped = command("3", "--help")
    assert helped.returncode == 0
    assert "--in-channels" in helped.stdout
    wrong = command("3", "--nonsense")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "--nonsense" in wrong.stderr
    assert progress() == Progress()


@pytest.mark.parametrize("word", ["99", "0", "-1", "channels"])
def test_there_is_no_such_lesson(word: str) -> None:
    done = command(word)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("sharedconv")


def test_when_all_is_finished_it_says_so_and_runs_nothing() -> None:
    for number in lessons_in(ROOT):
        finished_lesson(number)
    for words in (["-m", "sharedconv", "learn"], ["scripts/learn.py"]):
        done = python(*words)
        assert (done.returncode, done.stdout) == (0, "")
        assert "That is all of them" in done.stderr


@pytest.mark.parametrize("words", [["--no-bias"], ["--filters", "10", "--no-bias"]])
def test_switches_without_a_lesson_are_met_with_the_lesson_just_finished(words: list[str]) -> None:
    keep(lambda _: Progress(lessons={"2": "2025-11-25T02:37:11Z", "1": "2025-11-25T02:30:00Z"}))
    for who in (["-m", "sharedconv", "learn"], ["scripts/learn.py"]):
        done = python(*who, *words)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.count("\n") == 1
        assert f" 2 {' '.join(words)}; the lessons are 1, 2" in done.stderr, "what to type instead"
        assert "comes before its switches" in done.stderr
