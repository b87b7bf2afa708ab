"""The exercises as a learner meets them: copies to write in, what to do, hints, what comes next."""

from __future__ import annotations

import difflib
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from .home import VARIABLE, exercise_folder, set_aside
from .manifest import Exercise, read_manifest
from .progress import Progress


class Course:
    """All exercises of a folder with `lessons/` in it, and the learner's copies of them.

    Raises ValueError where the manifest can't be read.
    """

    def __init__(self, root: Path) -> None:
        self.originals = root / "lessons" / "exercises"
        self.solutions = root / "lessons" / "solutions"
        self.exercises = read_manifest(self.originals)

    def chosen(self, which: str) -> list[Exercise]:
        """Those of a lesson, for "3"; a single one, for "3.2".

        Raises ValueError, in one sentence, where there is none.
        """
        lesson = [each for each in self.exercises if str(each.lesson) == which.partition(".")[0]]
        found = [each for each in lesson if which in (str(each.lesson), each.id)]
        if found:
            return found
        if lesson:
            raise ValueError(
                f"there is no exercise {which!r}; lesson {lesson[0].lesson} has "
                f"{', '.join(each.id for each in lesson)}"
            )
        lessons = sorted({each.lesson for each in self.exercises})
        raise ValueError(
            f"there is no exercise {which!r}; write a lesson, such as 3, or an exercise, such as "
            f"3.2; the lessons with exercises are {', '.join(map(str, lessons)) or 'none yet'}"
        )

    def left(self, done: Progress, among: Sequence[Exercise] | None = None) -> list[Exercise]:
        """The exercises that aren't solved yet, of all or of some."""
        every = self.exercises if among is None else among
        return [each for each in every if each.id not in done.exercises]

    # -- the learner's copies ----------------------------------------------------------------------

    def copy_of(self, exercise: Exercise) -> Path:
        """The file in which the learner writes; made, as the exercise begins, where there is none.

        Raises OSError, in one sentence, where it can't be made.
        """
        copy = exercise_folder() / exercise.file
        if copy.is_file():
            return copy
        part = copy.with_name(f"{copy.name}.part-{os.getpid()}")
        try:
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.originals / exercise.file, part)
            part.replace(copy)
        except OSError as problem:
            raise OSError(
                f"your copy of the exercise can't be made in {copy.parent} ({problem.strerror}); "
                f"set {VARIABLE} to a folder of your own"
            ) from None
        finally:
            with suppress(OSError):  # where all went well it is there no more
                part.unlink()
        return copy

    def is_untouched(self, exercise: Exercise) -> bool:
        """Whether the copy is still as the exercise begins, or there is none."""
        copy = exercise_folder() / exercise.file
        original = (self.originals / exercise.file).read_bytes()
        return not copy.is_file() or copy.read_bytes() == original

    def reset(self, exercise: Exercise) -> Path | None:
        """Put the exercise back to how it begins; gives where the learner's own file is now.

        None where there was nothing to keep.
        """
        if self.is_untouched(exercise):
            return None
        aside = set_aside(self.copy_of(exercise), "before-reset")
        self.copy_of(exercise)
        return aside

    # -- what is said of them ----------------------------------------------------------------------

    def task(self, exercise: Exercise) -> str:
        """What is to be done, as the file's first cell says it, without its title."""
        lines = (self.originals / exercise.file).read_text(encoding="utf-8").splitlines()
        words: list[str] = []
        for line in lines[2:]:
            if not line.startswith("#") or line.startswith("# %%"):
                break
            words.append(line.removeprefix("#").removeprefix(" "))
        return "\n".join(words)

    def solution(self, exercise: Exercise) -> str:
        """The lines of the solution that fill the hole."""
        start, solution = (
            (folder / exercise.file).read_text(encoding="utf-8").splitlines()
            for folder in (self.originals, self.solutions)
        )
        changes = difflib.ndiff(start, solution)
        return "\n".join(line.removeprefix("+ ") for line in changes if line.startswith("+ "))
