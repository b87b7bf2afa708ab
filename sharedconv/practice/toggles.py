"""A lesson's toggles: plain variables in its first cell, and flags of the same name."""

from __future__ import annotations

import argparse
import atexit
import os
import sys
import traceback
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
        atexit.register(finished_lesson, number)


def _one_sentence(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Where sharedconv itself says what is wrong with a number, its sentence is enough."""
    if isinstance(error, KeyboardInterrupt):
        # from inside this hook there is no other way to leave with an exit code of one's own
        os._exit(130)
    frames = traceback.extract_tb(trace)
    ours = frames and PACKAGE in Path(frames[-1].filename).parents
    if not (ours and isinstance(error, (ValueError, TypeError))):
        atexit.unregister(finished_lesson)
        sys.__excepthook__(kind, error, trace)
        return
    line = next(each.lineno for each in reversed(frames) if each.filename == frames[0].filename)
    sys.stdout.flush()
    print(f"{Path(frames[0].filename).name}, line {line}: {error}", file=sys.stderr, flush=True)
    os._exit(2)
