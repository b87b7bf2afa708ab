"""``sharedconv quiz --lesson 3 --n 20 --seed 7 --export moodle -o lesson3.xml``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ..writing import check_replaceable, write_file
from .printing import print_text, whole_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from ..refusing import Parser

LESSONS = 12
FORMATS = ("gift", "moodle", "markdown")


def add_quiz(commands: argparse._SubParsersAction[Parser]) -> None:
    """Tell the parser about ``quiz``."""
    quiz = commands.add_parser(
        "quiz",
        help="questions whose wrong choices are each one way to count wrongly",
        description="On a terminal it asks. Through a pipe, or with --export or -o, it writes.",
    )
    quiz.add_argument(
        "--lesson",
        metavar="N",
        action="append",
        help="about this lesson; without it, about all",
    )
    quiz.add_argument("--n", metavar="N", default="10", help="so many questions (10)")
    quiz.add_argument("--seed", metavar="N", help="the same number makes the same questions again")
    quiz.add_argument("--export", choices=FORMATS, help="for Moodle, for others, or to print")
    quiz.add_argument(
        "-o",
        dest="output",
        metavar="FILE",
        help="write it there: .gift, .xml, .md; of the files that are there, it replaces only a "
        "quiz of its own in the same format",
    )
    quiz.add_argument("--json", action="store_true", help="the answer for a program")
    quiz.set_defaults(run=_run)


def _run(asked: argparse.Namespace) -> None:
    from ..practice.quiz import EXPORTS, MARKS, SUFFIXES, ask, make_quiz

    given = asked.lesson or [None]
    if len(given) > 1:
        raise ValueError(
            "a quiz is about one lesson or about all of them; give --lesson once, or leave it out"
        )
    lesson = lesson_number(given[0])
    seed = _fresh() if asked.seed is None else whole_number(asked.seed, "--seed")
    file = None if asked.output is None else Path(asked.output)
    form = asked.export
    if file is not None and form is None and not asked.json:
        form = SUFFIXES.get(file.suffix.lower())
        if form is None:
            raise ValueError(
                f"the name {file.name!r} doesn't say what to write; end it in "
                f"{', '.join(SUFFIXES)}, or add --export {' or '.join(FORMATS)}"
            )
    if file is not None:
        form = "json" if asked.json else form
        check_replaceable(file, MARKS[form or ""], f"a quiz in the format {form}")
    quiz = make_quiz(whole_number(asked.n, "--n"), seed, lesson)
    if asked.json:
        import json

        _give(json.dumps(quiz.as_json(), indent=2), file)
    elif form or file or not (sys.stdin.isatty() and sys.stdout.isatty()):
        _give(EXPORTS[form or "markdown"](quiz), file)
    else:
        ask(quiz)
    if file is not None:
        print_text(f"{len(quiz.questions)} questions are in {file} ({quiz.command()}).")


def lesson_number(text: str | None) -> int | None:
    """What ``--lesson`` names, as somebody typed it; None where it was left out.

    Raises ValueError, in one sentence, for anything but a whole number.
    """
    if text is None:
        return None
    try:
        return whole_number(text, "--lesson")
    except ValueError as error:
        begins = str(error).rpartition("; ")[0]
        raise ValueError(f"{begins}; write the number of a lesson, 1 to {LESSONS}") from None


def _give(text: str, file: Path | None) -> None:
    if file is None:
        print_text(text)
        return
    write_file(file, lambda opened: opened.write(f"{text}\n".encode()))


def _fresh() -> int:
    """A seed that is quickly typed again."""
    return int.from_bytes(os.urandom(4), "big") % 10_000
