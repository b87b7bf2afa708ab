"""A learner's file, run: what stands in it, and one sentence for whatever goes wrong in it."""

from __future__ import annotations

import inspect
import re
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
            raise NotYet(_nothing(function, named, result))
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
        if not _is_utf8(file):
            raise NotYet(
                f"{file.name} isn't saved as UTF-8, which Python reads: save it again, and choose "
                'UTF-8 as the encoding in your editor\'s "save as".'
            ) from error
        raise NotYet(_stopped(file, error)) from error


def in_words(setting: Mapping[str, object]) -> str:
    """Arguments as they are written in a call."""
    return ", ".join(f"{name}={value!r}" for name, value in setting.items())


DOTS = re.compile(r"(^|:|=|\breturn)[ \t]*\.\.\.[ \t]*(#|$)", re.MULTILINE)
"""Three dots where lines are still to be written, and not those of ``x[..., 0]``."""


def _nothing(function: Callable[..., Any], named: Mapping[str, object], result: object) -> str:
    """What to say of a call that gave nothing."""
    function = getattr(function, "forward", function)  # of a layer or a model
    name = getattr(function, "__name__", "it")
    try:
        source = inspect.getsource(function)
    except (OSError, TypeError):  # not written in a file
        source = ""
    if result is ... or DOTS.search(source):
        return (
            f"{name} gives nothing back yet. Put your lines in the place of the three dots, "
            "with a return at the end."
        )
    plain = {key: value for key, value in named.items() if isinstance(value, int | float | tuple)}
    call = f"{name}({in_words(plain)})" if plain else name
    return (
        f"{call} returns nothing: print only shows a number, so let every way through the function "
        "end with a return, which gives it back."
    )


def _is_utf8(file: Path) -> bool:
    try:
        return "\0" not in file.read_text("utf-8")
    except UnicodeDecodeError:
        return False
    except OSError:  # nobody can tell
        return True


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
    if isinstance(error, EOFError) and "reading a line" in why:
        return (
            f"{where} waits for something to be typed, and nobody can type while the check runs: "
            "write the number itself into the file."
        )
    if isinstance(error, SystemExit):
        return f"{where} stops the whole file before the check: take the exit out."
    kind = type(error).__name__
    return f"{where} stops with {kind}{f': {why}' if why else ''}".rstrip(".") + "."
