"""What a lesson says between its runs: paragraphs, as wide as a page is easily read."""

from __future__ import annotations

from textwrap import dedent, fill

from .showing import in_notebook, show_paragraphs

WIDTH = 78


def say(text: str) -> None:
    """Print paragraphs, each wrapped and followed by an empty line; in a notebook, show them.

    A paragraph that starts with spaces is left as it is.
    """
    if in_notebook():
        show_paragraphs(wrapped(text).split("\n\n"))
    else:
        print(wrapped(text), end="\n\n")


def wrapped(text: str) -> str:
    """The paragraphs that `say` prints, as one text."""
    found = []
    for paragraph in dedent(text).strip("\n").split("\n\n"):
        as_it_is = paragraph.startswith(" ")
        found.append(paragraph if as_it_is else fill(" ".join(paragraph.split()), WIDTH))
    return "\n\n".join(found)
