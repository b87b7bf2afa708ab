"""What `sharedconv explain` was given: a layer or a text, from the line, a file or a pipe."""

from __future__ import annotations

import os
import sys

from ..spelling.call import read_call

LONGEST = 200_000
"""As many characters as a text may have; one more is read, so that a longer one is refused."""
CONTAINERS = ("Sequential", "Model", "ModuleList", "ModuleDict", "OrderedDict")


def pasted(given: str) -> str:
    """The text: of a file where there is one of this name, of standard input for "-".

    Raises OSError where a file can't be opened, ValueError for a name of a file that isn't there.
    """
    if given == "-":
        return sys.stdin.buffer.read(4 * LONGEST + 1).decode("utf-8-sig", "replace")
    if os.path.isfile(given):
        with open(given, encoding="utf-8-sig", errors="replace") as file:
            return file.read(LONGEST + 1)
    if given.endswith((".py", ".txt", ".md", ".ipynb")) and "(" not in given and "\n" not in given:
        shown = given if len(given) <= 60 else f"...{given[-57:]}"
        raise ValueError(f"there is no file {shown}; give the path to one, or - for standard input")
    return given


def is_one_layer(text: str) -> bool:
    """Whether a text is a single layer (or should be one), not a model or a table."""
    try:
        name = read_call(text).name
    except ValueError:
        several = "\n" in text.strip() or any(f"{each}(" in text for each in CONTAINERS)
        return not several
    return name.rpartition(".")[2] not in CONTAINERS
