"""What a lesson says between its runs: paragraphs, as wide as a page is easily read."""

from __future__ import annotations

from textwrap import dedent, fill

WIDTH = 78


def say(text: str) -> None:
    """Print paragraphs, each wrapped and followed by an empty line.

    A paragraph that starts with spaces is left as it is.
    """
    for paragraph in dedent(text).strip("\n").split("\n\n"):
        as_it_is = paragraph.startswith(" ")
        print(paragraph if as_it_is else fill(" ".join(paragraph.split()), WIDTH), end="\n\n")
