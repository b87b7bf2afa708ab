"""A learner's file, run: what stands in it, and one sentence for whatever goes wrong in it."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..running import running


class NotYet(Exception):
    """The exercise isn't solved yet.

    words: paragraphs for the learner, as `say` takes them. slugs: the misconceptions named there.
    """

    def __init__(self, words: str, slugs: tuple[str, ...] = ()) -> None:
        super().__init__(words)
        self.words = words
        self.slugs = slugs


class Work:
    """What a learner has written.

    Nothing in it is trusted: every name may be missing or be anything, every call may fail.
    """

    def __init__(self, file: Path, names: Mapping[str, object]) -> None:
        self.file = file
        self.names = names

    def get(self, name: str) -> Any:
        """The value of a variable; raises `NotYet` where it is missing or still three dots."""
        if name not in self.names:
            raise NotYet(
                f"{self.file.name} has no {name} any more, and the check looks for it by this "
                "name. Write it again, or put the whole file back with --reset."
            )
        value = self.names[name]
        if value is ...:
            raise NotYet(f"{name} is still three dots. Put your answer in their place.")
        return value

    def call(self, function: Callable[..., Any], *values: object, **named: object) -> Any:
        """What a function of the learner's gives; raises `NotYet` where it gives up or nothing."""
        try:
            result = function(*values, **named)
        except (Exception, SystemExit) as error:
            raise NotYet(_stopped(self.file, error)) from error
        if result is None or result is ...:
            name = getattr(function, "__name__", "it")
            raise NotYet(
                f"{name} gives nothing back yet. Put your lines in the place of the three dots, "
                "with a return at the end."
            )
        return result


def run_file(file: Path) -> Work:
    """Run a learner's file.

    Raises `NotYet` where it can't be read or stops on the way, and ValueError where there is none.
    """
    if not file.is_file():
        raise ValueError(f"there is no file {file}")
    try:
        with running(file) as module:
            return Work(file, dict(vars(module)))
    except (Exception, SystemExit) as error:
        raise NotYet(_stopped(file, error)) from error


def _stopped(file: Path, error: BaseException) -> str:
    """Where and why, in one sentence."""
    why = " ".join(str(error).split())
    if isinstance(error, SyntaxError):
        line = f"Line {error.lineno}" if error.filename == str(file) else "A line"
        return f"{line} of {file.name} can't be read as Python: {error.msg}."
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == str(file)
    ]
    where = f"Line {lines[-1]} of {file.name}" if lines else file.name
    kind = type(error).__name__
    return f"{where} stops with {kind}{f': {why}' if why else ''}".rstrip(".") + "."
