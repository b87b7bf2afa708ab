"""What a lesson says between its runs: paragraphs, as wide as a page is easily read."""

from __future__ import annotations

import sys
from pathlib import Path
from textwrap import dedent, fill

from .flags import as_variables, with_command
from .lessons import lesson_number
from .showing import in_notebook, show_paragraphs

WIDTH = 78


def say(text: str) -> None:
    """Print paragraphs, each wrapped and followed by an empty line; in a notebook, show them.

    A paragraph that starts with spaces is left as it is. Flags are said as one changes them: below
    what to CHANGE stands the command that does it, and in a notebook they are variables.
    """
    if in_notebook():
        show_paragraphs(wrapped(as_variables(text)).split("\n\n"))
        return
    lesson = lesson_number(Path(sys.argv[0]).resolve())
    for paragraph in wrapped(text).split("\n\n"):
        print(with_command(paragraph, lesson), end="\n\n")


def _filled(paragraph: str) -> str:
    # a path is copied whole or not at all
    return fill(paragraph, WIDTH, break_long_words=False, break_on_hyphens=False)


def wrapped(text: str) -> str:
    """The paragraphs that `say` prints, as one text."""
    found = []
    for paragraph in dedent(text).strip("\n").split("\n\n"):
        as_it_is = paragraph.startswith(" ")
        found.append(paragraph if as_it_is else _filled(" ".join(paragraph.split())))
    return "\n\n".join(found)
