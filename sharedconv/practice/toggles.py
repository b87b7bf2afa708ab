"""A lesson's toggles: plain variables in its first cell, and flags of the same name."""

from __future__ import annotations

import argparse
import atexit
import os
import shutil
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from ..refusing import Parser
from .lessons import lesson_number
from .progress import finished_lesson

PACKAGE = Path(__file__).parent.parent


def toggles(lesson: dict[str, Any]) -> None:
    """Let flags from the shell change a lesson's variables.

    lesson: the lesson's ``globals()``. Every variable in lower case that is a plain True or False,
        whole number or word has a flag: ``--no-bias`` and ``--bias``, ``--filters 20``,
        ``--device cpu``. In a notebook there are no flags, and the variables stay as they are.

    A lesson that then runs to its end is put on record as finished.

    Leaves with exit code 2 and one sentence where a flag can't be read.
    """
    if "ipykernel" in sys.modules:
        return
    known = {
        name: value
        for name, value in lesson.items()
        if name.islower() and not name.startswith("_") and type(value) in (bool, int, str)
    }
    parser = Parser(
        prog=Path(sys.argv[0]).name,
        description="Each flag changes the variable of its name in the lesson's first cell.",
    )
    for name, value in known.items():
        flag = f"--{name.replace('_', '-')}"
        if isinstance(value, bool):
            parser.add_argument(flag, action=argparse.BooleanOptionalAction, default=value)
        else:
            parser.add_argument(flag, type=type(value), default=value, metavar=str(value))
    lesson.update(vars(parser.parse_args()))
    sys.excepthook = _one_sentence
    number = lesson_number(lesson.get("__file__"))
    if number is not None:
        atexit.register(_finished, number)


def _finished(number: int) -> None:
    """Put the lesson on record, and say what comes after it."""
    finished_lesson(number)
    activate = r".venv\Scripts\activate" if os.name == "nt" else "source .venv/bin/activate"
    before = "" if shutil.which("sharedconv") else f"   (once before it: {activate})"
    with suppress(OSError):  # who reads may have gone already
        print(f"EXERCISES: sharedconv practice {number}{before}\n", flush=True)


def _one_sentence(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Where sharedconv itself says what is wrong with a number, its sentence is enough."""
    # from inside this hook there is no other way to leave with an exit code of one's own
    if isinstance(error, KeyboardInterrupt):
        os._exit(130)
    if isinstance(error, BrokenPipeError):
        os._exit(0)  # the reader, such as head, has seen enough
    frames = traceback.extract_tb(trace)
    ours = frames and PACKAGE in Path(frames[-1].filename).parents
    if not (ours and isinstance(error, (ValueError, TypeError))):
        atexit.unregister(_finished)
        sys.__excepthook__(kind, error, trace)
        return
    line = next(each.lineno for each in reversed(frames) if each.filename == frames[0].filename)
    sys.stdout.flush()
    print(f"{Path(frames[0].filename).name}, line {line}: {error}", file=sys.stderr, flush=True)
    os._exit(2)
