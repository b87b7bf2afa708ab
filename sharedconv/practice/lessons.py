"""The lessons, in their order, and how far a learner is.

Only the standard library, because `scripts/learn.py` asks before anything is installed.
"""

from __future__ import annotations

import re
from pathlib import Path

from .manifest import read_manifest
from .progress import Progress


def lessons_in(root: Path) -> dict[int, Path]:
    """The lessons by number: ``{3: root/lessons/03_name.py}``."""
    found = sorted((root / "lessons").glob("[0-9][0-9]_*.py"))
    return {int(each.name[:2]): each for each in found}


def lesson_number(file: object) -> int | None:
    """The number of the lesson that a path leads to; None where it is no lesson's."""
    path = Path(str(file))
    number = re.fullmatch(r"(\d\d)_\w+\.py", path.name)
    return int(number[1]) if number and path.parent.name == "lessons" else None


def title_of(lesson: Path) -> str:
    """The heading of the lesson's first text cell, which is the line ``# # 1. Title``."""
    for line in lesson.read_text(encoding="utf-8").splitlines():
        if line.startswith("# # "):
            return line[len("# # ") :].strip()
    return lesson.stem


def listing(root: Path, done: Progress) -> list[str]:
    """A line for each lesson: its title and, once there is something, how far the learner is."""
    titles = {number: title_of(file) for number, file in lessons_in(root).items()}
    width = max(map(len, titles.values()), default=0)
    lines = []
    for number, title in titles.items():
        mark = "   ".join(filter(None, [_finished(number, done), _solved(root, done, number)]))
        lines.append(f"{title:<{width}}   {mark}".rstrip())
    return lines


def _finished(number: int, done: Progress) -> str:
    return "finished" if str(number) in done.lessons else ""


def _solved(root: Path, done: Progress, lesson: int | None = None) -> str:
    """``2 of 4 exercises``, of a lesson or of all; nothing before the first is solved."""
    every = [
        each
        for each in read_manifest(root / "lessons" / "exercises")
        if lesson in (None, each.lesson)
    ]
    solved = sum(each.id in done.exercises for each in every)
    return f"{solved} of {len(every)} exercises" if solved else ""


def next_lesson(root: Path, done: Progress) -> int | None:
    """The first lesson that isn't finished; None when all are."""
    return next((each for each in lessons_in(root) if str(each) not in done.lessons), None)


def no_lesson(root: Path, done: Progress, words: list[str], command: str) -> str:
    """Why these words name no lesson, and what to type instead.

    command: what the words were typed behind, such as ``sharedconv learn``.
    """
    known = ", ".join(map(str, lessons_in(root))) or "none yet"
    known = f"the lessons are {known} (--list shows their titles)"
    if words[0].startswith("--"):
        # most likely it is the lesson that they have just come from
        last = max(done.lessons, key=lambda each: done.lessons[each], default="1")
        return (
            f"the number of the lesson comes before its switches, for example: {command} {last} "
            f"{' '.join(words)}; {known}"
        )
    return f"there is no lesson {words[0]!r}; {known}"


def where(root: Path, done: Progress) -> str:
    """Where the learner is, in a line or two."""
    lessons = lessons_in(root)
    here = next_lesson(root, done)
    finished = sum(str(each) in done.lessons for each in lessons)
    parts = [f"{finished} of {len(lessons)} lessons finished" if finished else ""]
    parts += [_solved(root, done)]
    so_far = ", ".join(filter(None, parts))
    so_far = f"So far: {so_far}. " if so_far else ""
    if here is None:
        return f"{so_far}That is all of them. Any lesson runs again by its number."
    words = "On with" if finished else "The beginning is"
    return f"{so_far}{words} lesson {title_of(lessons[here])}"
