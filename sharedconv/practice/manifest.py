"""What exercises there are: `lessons/exercises/exercises.toml`, read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NAME = "exercises.toml"


@dataclass(frozen=True)
class Exercise:
    """One exercise.

    id: "3.2", the second one of lesson 3. title: a few words. file: its name, the same in
    exercises/ and solutions/. checks: for each its kind and its arguments, in the order in which
    they are made. hints: questions first, more telling later. solved: the words after success;
    {total} and other facts that the checks found are filled in.
    """

    id: str
    title: str
    file: str
    checks: tuple[tuple[str, Mapping[str, Any]], ...]
    hints: tuple[str, ...]
    solved: str

    @property
    def lesson(self) -> int:
        """The number of its lesson."""
        return int(self.id.partition(".")[0])

    @property
    def place(self) -> tuple[int, int]:
        """Its place in the order of all exercises."""
        lesson, _, number = self.id.partition(".")
        return int(lesson), int(number)


def read_manifest(folder: Path) -> tuple[Exercise, ...]:
    """The exercises of a folder, in their order; none where the folder has no manifest.

    Raises ValueError, in one sentence, for a manifest that can't be read.
    """
    file = folder / NAME
    if not file.is_file():
        return ()
    try:
        with file.open("rb") as opened:
            entries = tomllib.load(opened).get("exercise", [])
        found = sorted((_exercise(entry) for entry in entries), key=lambda each: each.place)
    except (tomllib.TOMLDecodeError, TypeError, KeyError, AttributeError) as problem:
        raise ValueError(f"{file} can't be read: {problem}") from None
    ids = [each.id for each in found]
    twice = [each for each in ids if ids.count(each) > 1]
    if twice:
        raise ValueError(f"{file} has exercise {twice[0]} twice; give each a number of its own")
    return tuple(found)


def _exercise(entry: Mapping[str, Any]) -> Exercise:
    words: dict[str, str] = {}
    for key in ("id", "title", "file", "solved"):
        if not isinstance(entry.get(key), str):
            raise TypeError(f"an exercise needs {key}, a text, and has {entry.get(key)!r}")
        words[key] = entry[key]
    if not re.fullmatch(r"[1-9]\d?\.[1-9]\d?", words["id"]):
        raise TypeError(f"the id {words['id']!r} is not of the form 3.2")
    return Exercise(
        **words, checks=_checks(entry["check"]), hints=tuple(str(each) for each in entry["hints"])
    )


def _checks(tables: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    return tuple(
        (table["kind"], {name: value for name, value in table.items() if name != "kind"})
        for table in tables
    )
