"""How far a learner is: lessons finished, exercises solved, hints seen; one small JSON file.

The file is only ever exchanged as a whole, so a process that is killed at any moment leaves the
old one or the new one. Who changes it holds a lock from reading to writing, so that two terminals
lose nothing of each other's. Nothing here stops a lesson: where progress can't be kept, a sentence
says so, and all goes on. Only the standard library, because `scripts/learn.py` asks before anything
is installed.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .home import VARIABLE, data_folder, set_aside, shown

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

NAME = "progress.json"
LOCK = "progress.lock"
PART = "progress.part-"


@dataclass(frozen=True)
class Progress:
    """What has been done so far.

    lessons, exercises: number or id -> when it was first finished, in UTC: "2025-11-25T02:37:11Z".
    hints: id of an exercise -> how many of its hints were shown.
    others: whatever else stands in the file, perhaps from a newer version; it is kept.
    """

    lessons: Mapping[str, str] = field(default_factory=dict)
    exercises: Mapping[str, str] = field(default_factory=dict)
    hints: Mapping[str, int] = field(default_factory=dict)
    others: Mapping[str, Any] = field(default_factory=dict)

    def with_lesson(self, number: int) -> Progress:
        """With this lesson finished, now or before."""
        lessons = {str(number): _now(), **self.lessons}
        return Progress(lessons, self.exercises, self.hints, self.others)

    def with_exercise(self, id: str) -> Progress:
        """With this exercise solved, now or before."""
        exercises = {id: _now(), **self.exercises}
        return Progress(self.lessons, exercises, self.hints, self.others)

    def with_hints(self, id: str, seen: int) -> Progress:
        """With at least so many hints of this exercise seen."""
        hints = {**self.hints, id: max(seen, self.hints.get(id, 0))}
        return Progress(self.lessons, self.exercises, hints, self.others)

    def without(self, id: str) -> Progress:
        """With this exercise not solved, and none of its hints seen."""
        exercises = {each: when for each, when in self.exercises.items() if each != id}
        hints = {each: seen for each, seen in self.hints.items() if each != id}
        return Progress(self.lessons, exercises, hints, self.others)


def progress() -> Progress:
    """What is on record; nothing where there is no record or it can't be read.

    A damaged record is set aside, and a sentence on standard error says where.
    """
    try:
        folder = data_folder()
        found = _read(folder)
        if found is None:
            with _alone(folder):
                found = _read_or_set_aside(folder)
    except OSError as problem:
        _say(_cannot("read", problem))
        return Progress()
    return found


def keep(change: Callable[[Progress], Progress]) -> Progress:
    """Change what is on record, and give what is there then.

    Where it can't be written, a sentence on standard error says so, and the change holds for this
    process alone.
    """
    before = Progress()
    try:
        folder = data_folder()
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder) as really_alone:
            before = _read_or_set_aside(folder)
            after = change(before)
            if really_alone:
                _clear_away(folder)
            if after != before:
                _write(folder, after)
    except OSError as problem:
        _say(_cannot("kept", problem))
        return change(before)
    return after


def finished_lesson(number: int) -> None:
    """Put on record that this lesson has run to its end."""
    keep(lambda before: before.with_lesson(number))


# -- the file --------------------------------------------------------------------------------------


def _read(folder: Path) -> Progress | None:
    """What stands in the file; None where it is damaged."""
    try:
        text = (folder / NAME).read_bytes()
    except FileNotFoundError:
        return Progress()
    try:
        return _understood(json.loads(text))
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None


def _understood(entries: Any) -> Progress:
    kinds = {"lessons": str, "exercises": str, "hints": int}
    for name, kind in kinds.items():
        part = entries.setdefault(name, {})
        if type(part) is not dict or not all(type(each) is kind for each in part.values()):
            raise TypeError(f"{name} are not as this file has them")
    others = {name: value for name, value in entries.items() if name not in kinds}
    return Progress(entries["lessons"], entries["exercises"], entries["hints"], others)


def _read_or_set_aside(folder: Path) -> Progress:
    found = _read(folder)
    if found is not None:
        return found
    aside = set_aside(folder / NAME, "damaged")
    _say(
        f"The record of your progress could not be read. It was set aside as {shown(aside)}, and a "
        "new one begins."
    )
    return Progress()


def _clear_away(folder: Path) -> None:
    """What somebody left who was killed while writing."""
    for left_over in folder.glob(f"{PART}*"):
        left_over.unlink(missing_ok=True)


def _write(folder: Path, what: Progress) -> None:
    entries = {
        **what.others,
        "lessons": what.lessons,
        "exercises": what.exercises,
        "hints": what.hints,
    }
    # a name of this process's own, for disks without locks
    part = folder / f"{PART}{os.getpid()}"
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(entries, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, folder / NAME)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(part)
        raise
    _remember_the_new_name(folder)


def _remember_the_new_name(folder: Path) -> None:
    """On Linux and macOS a new name is safe from a power cut only when its folder is written."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):  # some network disks can't
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Hold the lock; the system lets go of it even if this process is killed.

    Gives whether it is really held: some network disks have no locks, and work goes on there.
    """
    handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield _take(handle)
    finally:
        os.close(handle)


def _take(handle: int) -> bool:
    if sys.platform == "win32":
        while True:
            try:
                msvcrt.locking(handle, msvcrt.LK_LOCK, 1)  # which waits for ten seconds
                return True
            except OSError as problem:
                if problem.errno not in (errno.EACCES, errno.EDEADLK):
                    return False
    else:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
        except OSError:
            return False
        return True


# -- what is said ----------------------------------------------------------------------------------


def _cannot(done: str, problem: OSError) -> str:
    where = f" in {problem.filename}" if problem.filename else ""
    return (
        f"Your progress can't be {done}{where} ({problem.strerror or problem}). All else works; to "
        f"have it kept, set {VARIABLE} to a folder of your own."
    )


def _say(sentence: str) -> None:
    # not on standard output, which belongs to the lesson
    print(sentence, file=sys.stderr, flush=True)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
