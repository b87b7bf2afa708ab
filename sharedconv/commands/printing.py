"""What commands have in common: reading a number, printing an answer."""

from __future__ import annotations

import os
import sys

from ..spelling.typed import typed_number


def whole_number(text: str, what: str, least: int | None = None) -> int:
    """``1,728``, ``1728`` or ``3*3*192``, as somebody typed it.

    what: the option it belongs to. least: what is less than that is refused.

    Raises ValueError, in one sentence, for anything else.
    """
    shown = text if len(text) <= 60 else f"{text[:57]}..."
    try:
        found = typed_number(text)
    except ValueError:
        raise ValueError(
            f"{what} is {shown!r}; write a whole number, such as 250 or 1,728"
        ) from None
    if least is not None and found < least:
        raise ValueError(f"{what} is {shown!r}; it can be {least} or more")
    return found


def bold() -> str:
    """How a heading is written, with {} for its text: plain where no terminal shows it."""
    plain = (
        not sys.stdout.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    )
    return "{}" if plain else "\033[1m{}\033[0m"


def print_text(text: str) -> None:
    """Print an answer, in plain letters where the terminal has no others."""
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        # an old terminal; the sign for a product is all that it can lack in our own words
        text = text.replace("×", "x").encode("ascii", "replace").decode()
    print(text)


def print_json(answer: object) -> None:
    """Print the answer for a program."""
    import json

    print(json.dumps(answer, indent=2))
