"""`sharedconv practice`, as a learner types it: what is said, what is kept, what goes wrong."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sharedconv.practice import home as home_module
from sharedconv.practice.exercises import Course
from sharedconv.practice.home import exercise_folder, lessons_root
from sharedconv.practice.judging import Verdict, judge_apart
from sharedconv.practice.manifest import read_manifest
from sharedconv.practice.say import WIDTH

ROOT = Path(__file__).resolve().parents[2]
ORIGINALS, SOLUTIONS = ROOT / "lessons" / "exercises", ROOT / "lessons" / "solutions"
MANIFEST = read_manifest(ORIGINALS)
FIRST, SECOND = MANIFEST[:2]
FIRST_LESSON = [each for each in MANIFEST if each.lesson == 1]


def practice(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "sharedconv", "practice", *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def said(*words: str) -> str:
    done = practice(*words)
    assert (done.returncode, done.stderr) == (0, "")
    # a path is as long as it is
    assert all(
        len(line) <= WIDTH for line in done.stdout.splitlines() if "my_exercises" not in line
    )
    return done.stdout


def flat(text: str) -> str:
    return " ".join(text.split())


def solve(home: Path, *files: str) -> None:
    """As a learner who writes what the solutions have."""
    (home / "my_exercises").mkdir(parents=True, exist_ok=True)
    for file in files:
        shutil.copy(SOLUTIONS / file, home / "my_exercises")


# -- the way through -------------------------------------------------------------------------------


def test_from_the_first_word_to_the_next_exercise(home: Path) -> None:
    """It shows what to do, answers a wrong number, and goes on after the right one."""
    mine = home / "my_exercises" / FIRST.file
    text = said()
    assert text.startswith(f"{FIRST.id}. {FIRST.title}\n")
    assert str(mine) in text
    assert "seven filters of 3×3" in flat(text)
    assert "three dots" in text
    assert mine.read_bytes() == (ORIGINALS / FIRST.file).read_bytes()

    mine.write_text(mine.read_text("utf-8").replace("...", "63"), "utf-8")
    text = flat(said())
    assert "63 leaves out the bias." in text
    assert "Ask yourself: The input is zero everywhere." in text
    assert "--hint" in text
    assert "70" not in text
    assert "three dots" not in text, "what to do is shown only before something is done"

    mine.write_text(mine.read_text("utf-8").replace("63", "70"), "utf-8")
    text = flat(said())
    assert "Solved. 70:" in text
    assert "each filter learns one number more, the bias" in text
    assert f"Next: {SECOND.id}. {SECOND.title}" in text
    assert said().startswith(f"{SECOND.id}. {SECOND.title}\n")
    # by its number it runs again, and stays solved
    mine.write_text(mine.read_text("utf-8").replace("70", "71"), "utf-8")
    assert "71: no slip" in said(FIRST.id)
    assert said().startswith(f"{SECOND.id}. ")


def test_a_lesson_goes_on_from_one_to_the_next_up_to_the_first_unsolved(home: Path) -> None:
    solve(home, *(each.file for each in FIRST_LESSON[:2]))
    text = said("1")
    assert text.count("Solved. ") == 2
    assert f"{FIRST_LESSON[2].id}. {FIRST_LESSON[2].title}" in text
    assert f"{FIRST_LESSON[3].id}. {FIRST_LESSON[3].title}" not in text
    solve(home, *(each.file for each in FIRST_LESSON))
    text = flat(said("1"))
    assert text.count("Solved. ") == len(FIRST_LESSON) - 2
    assert f"Those were all of lesson 1. Next: {MANIFEST[len(FIRST_LESSON)].id}." in text
    assert "All exercises of lesson 1 are solved." in flat(said("1"))


def test_the_same_lesson_goes_on_before_an_earlier_one(home: Path) -> None:
    third = [each for each in MANIFEST if each.lesson == 3]
    solve(home, *(each.file for each in third))
    text = flat(said("3.1"))
    assert f"Next: {third[1].id}. {third[1].title} (sharedconv practice 3)" in text
    text = flat(said("3"))
    assert f"lesson 3. Next: {FIRST.id}. {FIRST.title} (sharedconv practice)" in text


def test_the_list_shows_what_is_solved(home: Path) -> None:
    solve(home, SECOND.file)
    said(SECOND.id)
    lines = [line.split(maxsplit=1) for line in said("--list").splitlines()]
    assert lines[0] == [FIRST.id, FIRST.title]
    assert lines[1] == ["solved", f"{SECOND.id}  {SECOND.title}"]
    assert len(lines) == len(MANIFEST)
    assert len(said("1", "--list").splitlines()) == len(FIRST_LESSON)
    found = json.loads(said("--json"))
    assert [each["id"] for each in found] == [each.id for each in MANIFEST]
    assert [bool(each["solved"]) for each in found[:3]] == [False, True, False]


def test_hints_come_one_after_the_other_and_then_all_together() -> None:
    for number, hint in enumerate(FIRST.hints, 1):
        text = flat(said("--hint"))
        assert f"Hint {number} of {len(FIRST.hints)}: {hint}" in text
        assert text.count("Hint ") == 1
    text = flat(said("--hint"))
    assert all(hint in text for hint in FIRST.hints)
    assert "--solution" in text
    assert json.loads(said("--json"))[0]["hints_seen"] == len(FIRST.hints)


@pytest.mark.parametrize("exercise", MANIFEST, ids=lambda each: each.id)
def test_the_solution_shows_the_lines_that_fill_the_hole(exercise: object) -> None:
    course = Course(ROOT)
    (found,) = course.chosen(exercise.id)  # type: ignore[attr-defined]
    shown = course.solution(found).splitlines()
    solution = (SOLUTIONS / found.file).read_text("utf-8").splitlines()
    assert shown
    assert all(line in solution for line in shown)
    assert not any(line.startswith("# %%") for line in shown)


def test_a_reset_puts_it_back_and_keeps_what_was_written(home: Path) -> None:
    solve(home, FIRST.file, SECOND.file)
    said("1")
    text = said(FIRST.id, "--reset")
    assert f"{FIRST.id} is as it began." in text
    folder = home / "my_exercises"
    (kept,) = folder.glob(f"{FIRST.file}.before-reset-*")
    assert kept.name in text
    assert kept.read_bytes() == (SOLUTIONS / FIRST.file).read_bytes()
    assert (folder / FIRST.file).read_bytes() == (ORIGINALS / FIRST.file).read_bytes()
    assert [bool(each["solved"]) for each in json.loads(said("--json"))[:2]] == [False, True]
    # of a whole lesson; what wasn't touched isn't copied either
    said("1", "--reset")
    assert not any(each["solved"] for each in json.loads(said("--json")))
    assert {each.suffix for each in folder.iterdir() if "before-reset" not in each.name} == {".py"}


# -- what goes wrong -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["9x"], "there is no exercise '9x'; write a lesson, such as 3, or an exercise"),
        (["1.9"], "there is no exercise '1.9'; lesson 1 has 1.1, 1.2"),
        (["--reset"], "say what to put back"),
        (["--hint", "--reset"], "not allowed with argument"),
    ],
)
def test_what_can_t_be_done_is_refused_in_a_sentence(words: list[str], sentence: str) -> None:
    done = practice(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_folder_that_can_t_be_made_is_refused_in_a_sentence(home: Path) -> None:
    home.write_text("a file", "utf-8")
    done = practice()
    assert done.returncode == 2
    refusal = done.stderr.splitlines()[-1]
    assert "your copy of the exercise can't be made" in refusal
    assert "SHAREDCONV_HOME" in refusal
    assert "Traceback" not in done.stderr


def test_a_folder_in_the_place_of_the_file_leaves_nothing_behind(home: Path) -> None:
    (home / "my_exercises" / FIRST.file).mkdir(parents=True)
    done = practice()
    assert done.returncode == 2
    assert "your copy of the exercise can't be made" in done.stderr
    assert [each.name for each in (home / "my_exercises").iterdir()] == [FIRST.file]


def judged(code: str, home: Path, seconds: int = 60) -> Verdict:
    home.mkdir(parents=True, exist_ok=True)
    file = home / FIRST.file
    file.write_text(code, "utf-8")
    return judge_apart(FIRST, file, seconds)


@pytest.mark.parametrize(
    "code", ["x = 1\nwhile True:\n    x += 1", "x = 1\n\nx = [9**9**9 for _ in 'long']"]
)
def test_a_loop_without_end_is_stopped_and_its_line_said(code: str, home: Path) -> None:
    verdict = judged(code, home, seconds=1)
    assert not verdict.solved
    assert f"{FIRST.file} was still busy after 1 second" in verdict.words
    assert "was in line 2 then" in verdict.words or "was in line 3 then" in verdict.words
    assert verdict.words.endswith("?")


def test_a_file_that_ends_the_process_is_said_to(home: Path) -> None:
    verdict = judged("import os\nos._exit(7)", home)
    assert "ended the whole process (exit code 7)" in verdict.words


def test_nobody_waits_for_an_answer_that_the_file_asks_for(home: Path) -> None:
    words = judged("answer = int(input())", home).words
    assert f"Line 1 of {FIRST.file} waits for something to be typed" in words


def test_nobody_waits_for_a_thread_that_the_file_has_started(home: Path) -> None:
    code = "import threading\nthreading.Thread(target=threading.Event().wait).start()\nanswer = 70"
    assert judged(code, home).solved


def test_a_file_beside_the_learner_hides_no_library(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('not the one you meant')", "utf-8")
    monkeypatch.chdir(tmp_path)
    assert judged("answer = 70", home).solved


def test_what_the_file_prints_is_seen(home: Path) -> None:
    solve(home, FIRST.file)
    mine = home / "my_exercises" / FIRST.file
    mine.write_text(mine.read_text("utf-8") + "print('looked at', answer)\n", "utf-8")
    text = said()
    assert text.index("Your file") < text.index("looked at 70") < text.index("Solved.")


def test_the_same_verdict_apart_as_here(home: Path) -> None:
    verdict = judged("answer = 63", home)
    assert verdict.slugs == ("forgot-bias",)


# -- where the copies are --------------------------------------------------------------------------


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "lessons" / "exercises").mkdir(parents=True)
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.delenv("SHAREDCONV_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr(home_module, "PACKAGE_ROOT", tmp_path)
    monkeypatch.setattr(home_module.sys, "platform", "linux")
    return tmp_path


def test_in_a_clone_of_one_s_own_they_lie_beside_the_lessons(clone: Path) -> None:
    assert exercise_folder() == clone / "my_exercises"
    assert lessons_root() == clone
    assert "my_exercises/" in (ROOT / ".gitignore").read_text("utf-8").splitlines()


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="Windows has no user numbers")
def test_in_a_clone_for_everybody_they_lie_in_one_s_own_folder(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where everybody may write in it, since thirty people would write over each other."""
    own = os.getuid()
    monkeypatch.setattr(home_module.os, "getuid", lambda: own + 1)
    assert exercise_folder() == clone / "data" / "sharedconv" / "my_exercises"


def test_a_clone_that_can_t_be_written_in(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home_module.os, "access", lambda *_: False)
    assert exercise_folder() == clone / "data" / "sharedconv" / "my_exercises"


def test_a_folder_that_was_asked_for_wins(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHAREDCONV_HOME", str(clone / "mine"))
    assert exercise_folder() == clone / "mine" / "my_exercises"


def test_without_lessons_a_sentence_says_where_they_are(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(clone / "lessons")
    monkeypatch.setattr(home_module.sysconfig, "get_path", lambda _: str(clone))
    with pytest.raises(ValueError, match="they come with a clone"):
        lessons_root()
    # an installed package keeps them there
    (clone / "share" / "sharedconv" / "lessons" / "exercises").mkdir(parents=True)
    assert lessons_root() == clone / "share" / "sharedconv"


def test_the_readme_shows_what_a_learner_sees(home: Path) -> None:
    (shown,) = re.findall(
        r"^```text\n\$ sharedconv practice\n(.*?)^```$",
        (ROOT / "README.md").read_text("utf-8"),
        flags=re.DOTALL | re.MULTILINE,
    )
    solve(home, FIRST.file)
    mine = home / "my_exercises" / FIRST.file
    mine.write_text(mine.read_text("utf-8").replace("70", "63"), "utf-8")
    here = said().replace(f"{home.as_posix()}/", "")
    assert here.startswith(shown)
