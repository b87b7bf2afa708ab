"""Progress survives whatever happens: kill -9, two terminals, a damaged file, a full disk."""

import contextlib
import errno
import io
import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, strategies as st

from sharedconv.practice import home as home_module, progress as progress_module
from sharedconv.practice.home import data_folder
from sharedconv.practice.progress import NAME, Progress, finished_lesson, keep, progress

ROOT = Path(__file__).resolve().parents[2]

ADDING = """
import sys
from sharedconv.practice.progress import keep
name, many = sys.argv[1], int(sys.argv[2])
for number in range(many):
    keep(lambda before: before.with_exercise(f"{name}.{number}"))
    print(f"{name}.{number}", flush=True)
"""
"""A learner who solves exercise after exercise, and says so once each is on record."""


def adding(home: Path, name: str, many: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", ADDING, name, str(many)],
        cwd=ROOT,
        env={**os.environ, "SHAREDCONV_HOME": str(home)},
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )


def on_disk(home: Path) -> Any:
    return json.loads((home / NAME).read_text("utf-8"))


def said_while(work: Callable[[], object]) -> str:
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        work()
    return said.getvalue()


# -- what is kept ----------------------------------------------------------------------------------


def test_nothing_is_on_record_and_nothing_is_made_before_something_is_done(home: Path) -> None:
    assert progress() == Progress()
    assert not home.exists()


def test_what_is_kept_is_there_for_the_next_process() -> None:
    finished_lesson(3)
    keep(lambda before: before.with_exercise("3.2").with_hints("3.2", 2).with_hints("1.1", 1))
    program = "from sharedconv.practice.progress import progress; print(progress())"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )
    assert done.stdout.strip() == str(progress())
    assert set(progress().lessons) == {"3"}
    assert set(progress().exercises) == {"3.2"}
    assert progress().hints == {"3.2": 2, "1.1": 1}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", progress().lessons["3"])
    assert done.stderr == ""


def test_the_first_time_stays() -> None:
    was = Progress({"1": "2020"}, {"1.1": "2020"}, {"1.1": 3})
    assert was.with_lesson(1).with_exercise("1.1").with_hints("1.1", 1) == was
    assert was.without("1.1") == Progress({"1": "2020"})


def test_what_a_newer_version_has_written_stays(home: Path) -> None:
    home.mkdir(parents=True)
    (home / NAME).write_text('{"lessons": {"1": "then"}, "badges": [1, {"a": null}]}', "utf-8")
    keep(lambda before: before.with_exercise("1.1"))
    found = on_disk(home)
    assert found["badges"] == [1, {"a": None}]
    assert found["lessons"] == {"1": "then"}
    assert list(found["exercises"]) == ["1.1"]


# -- kill -9, and two at once ----------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_killed_at_any_moment_it_loses_nothing_that_was_on_record(home: Path) -> None:
    """Every exercise that a process had said to be on record is there after it was killed."""
    moments = random.Random(7)
    recorded: set[str] = set()
    for life in range(12):
        process = adding(home, str(life), 100_000)
        assert process.stdout is not None
        for _ in range(moments.randint(1, 60)):
            recorded.add(process.stdout.readline().strip())
        # let it come to some other point of its next writing
        for _ in range(moments.randint(0, 20_000)):
            pass
        process.kill()
        recorded.update(process.stdout.read().split("\n")[:-1])
        assert process.wait() == -9
        process.stdout.close()
        found = set(on_disk(home)["exercises"])
        assert recorded <= found
        assert len(found - recorded) <= life + 1, "one more at most in each life, not yet said"
    # what they left behind is cleared away, and nothing was ever taken for damaged
    assert said_while(lambda: finished_lesson(1)) == ""
    assert {each.name for each in home.iterdir()} == {NAME, "progress.lock"}


def test_two_at_once_lose_nothing_of_each_other_s(home: Path) -> None:
    both = [adding(home, name, 150) for name in ("a", "b")]
    assert [process.wait() for process in both] == [0, 0]
    for process in both:
        assert process.stdout is not None
        process.stdout.close()
    expected = {f"{name}.{number}" for name in ("a", "b") for number in range(150)}
    assert set(on_disk(home)["exercises"]) == expected


# -- damaged ---------------------------------------------------------------------------------------


def dumped(entries: object) -> bytes:
    return json.dumps(entries).encode()


def is_record(content: bytes) -> bool:
    """Whether it is a record, judged by its own rules and not by ours."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return False
    if not isinstance(found, dict):
        return False
    kinds = {"lessons": str, "exercises": str, "hints": int}
    return all(
        isinstance(found.get(name, {}), dict)
        and all(type(each) is kind for each in found.get(name, {}).values())
        for name, kind in kinds.items()
    )


STRANGE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=5), inside),
    max_leaves=5,
)
NO_RECORD = st.one_of(
    st.binary(max_size=60).filter(lambda each: not is_record(each)),
    STRANGE.filter(lambda each: not isinstance(each, dict)).map(dumped),
    st.tuples(
        st.sampled_from(["lessons", "exercises", "hints"]),
        STRANGE.filter(lambda each: each != {}),
    )
    .map(lambda pair: dumped({pair[0]: pair[1]}))
    .filter(lambda each: not is_record(each)),
    st.just(b"[" * 100_000),
    st.integers(1, 60).map(lambda size: json.dumps({"lessons": {"1": "x" * 70}}).encode()[:size]),
)


@given(content=NO_RECORD, write_first=st.booleans())
def test_a_damaged_record_is_set_aside_and_never_lost(content: bytes, write_first: bool) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHAREDCONV_HOME", folder)
        (Path(folder) / NAME).write_bytes(content)
        said = said_while(lambda: finished_lesson(2) if write_first else progress())
        (aside,) = Path(folder).glob(f"{NAME}.damaged-*")
        assert aside.read_bytes() == content
        assert said.count("\n") == 1
        assert aside.name in said
        # a new one begins, and is kept
        finished_lesson(1)
        assert set(progress().lessons) == ({"1", "2"} if write_first else {"1"})
        assert said_while(progress) == ""


def test_two_damaged_ones_in_the_same_second_are_both_kept(home: Path) -> None:
    home.mkdir(parents=True)
    for content in (b"one", b"two", b"three"):
        (home / NAME).write_bytes(content)
        said_while(progress)
    kept = {each.read_bytes() for each in home.glob(f"{NAME}.damaged-*")}
    assert kept == {b"one", b"two", b"three"}


# -- where nothing can be kept ---------------------------------------------------------------------


def test_where_it_can_t_be_kept_a_sentence_says_so_and_all_goes_on(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home.parent.mkdir(exist_ok=True)
    home.write_text("a file stands where the folder should be", "utf-8")
    after = keep(lambda before: before.with_exercise("1.1"))
    assert set(after.exercises) == {"1.1"}, "for this process it counts"
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert str(home) in said
    assert "SHAREDCONV_HOME" in said
    assert progress() == Progress()


def test_what_can_t_be_set_aside_is_not_written_over(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / NAME).mkdir(parents=True)
    (home / NAME / "inside").touch()
    keep(lambda before: before.with_exercise("1.1"))
    assert (home / NAME / "inside").exists()
    assert capsys.readouterr().err.count("\n") == 1


def test_a_full_disk_leaves_the_old_record(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    finished_lesson(1)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(progress_module.os, "fsync", full)
        finished_lesson(2)
    assert "No space left on device" in capsys.readouterr().err
    assert set(progress().lessons) == {"1"}
    assert {each.name for each in home.iterdir()} == {NAME, "progress.lock"}


def test_on_a_disk_without_locks_it_is_kept_all_the_same(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fcntl = pytest.importorskip("fcntl")

    def none_here(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", none_here)
    finished_lesson(1)
    assert set(on_disk(home)["lessons"]) == {"1"}


# -- where it is -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("platform", "variables", "place"),
    [
        ("linux", {}, "~/.local/share/sharedconv"),
        ("linux", {"XDG_DATA_HOME": "/data/of/me"}, "/data/of/me/sharedconv"),
        ("linux", {"XDG_DATA_HOME": "not/absolute"}, "~/.local/share/sharedconv"),
        ("darwin", {}, "~/Library/Application Support/sharedconv"),
        ("win32", {"LOCALAPPDATA": "/Users/me/Local"}, "/Users/me/Local/sharedconv"),
        ("win32", {}, "~/AppData/Local/sharedconv"),
        ("linux", {"SHAREDCONV_HOME": "/course/me"}, "/course/me"),
        ("darwin", {"SHAREDCONV_HOME": "~/course"}, "~/course"),
    ],
)
def test_it_is_where_each_system_has_a_program_s_data(
    monkeypatch: pytest.MonkeyPatch, platform: str, variables: dict[str, str], place: str
) -> None:
    for name in ("SHAREDCONV_HOME", "XDG_DATA_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(home_module.sys, "platform", platform)
    assert data_folder() == Path(place).expanduser()


def test_it_needs_nothing_that_has_to_be_installed() -> None:
    program = (
        "import sys; sys.path[:] = [each for each in sys.path if 'site-packages' not in each]; "
        "import sharedconv.practice.lessons, sharedconv.practice.progress; "
        "print([each for each in ('torch', 'numpy', 'rich', 'keras') if each in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", program],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr
