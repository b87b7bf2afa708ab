"""``sharedconv learn``: go on with the lessons; ``learn 3 --no-bias``: run one."""

from __future__ import annotations

import os
import sys

from .printing import print_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from typing import NoReturn

    from ..refusing import Parser


def add_learn(commands: argparse._SubParsersAction[Parser]) -> None:
    """Tell the parser about ``learn``."""
    learn = commands.add_parser(
        "learn",
        help="the lessons, from where you are",
        description="Runs the first lesson that you haven't finished, or the one that you name.",
    )
    learn.add_argument("--list", action="store_true", help="all lessons, and how far you are")
    learn.add_argument("lesson", nargs="?", metavar="N", help="the number of a lesson")
    learn.add_argument(
        "flags",
        nargs="...",
        metavar="...",
        help="goes to the lesson; after N, --help lists its own",
    )
    learn.set_defaults(run=_run)
    learn.unread = _no_lesson


def _no_lesson(words: list[str]) -> NoReturn:
    from ..practice.home import lessons_root
    from ..practice.lessons import no_lesson
    from ..practice.progress import progress

    raise ValueError(no_lesson(lessons_root(), progress(), words, "sharedconv learn"))


def _run(asked: argparse.Namespace) -> None:
    import subprocess

    from ..practice.home import lessons_root
    from ..practice.lessons import lessons_in, listing, next_lesson, where
    from ..practice.progress import progress

    root, done = lessons_root(), progress()
    lessons = lessons_in(root)
    if asked.list:
        for line in listing(root, done):
            print_text(f"  {line}")
        return
    number = asked.lesson
    if number is None:
        print(where(root, done), end="\n\n", file=sys.stderr, flush=True)
        number = next_lesson(root, done)
        if number is None:
            return
    if not (str(number).isdecimal() and int(number) in lessons):
        _no_lesson([number])
    words = [sys.executable, str(lessons[int(number)]), *asked.flags]
    code = subprocess.call(words, env={"KERAS_BACKEND": "torch", **os.environ})
    if code:
        raise SystemExit(128 - code if code < 0 else code)
