"""Flags in a lesson's words: with their command on a terminal, as variables in a notebook.

A lesson is one text for both, and says in flags what to change: ``CHANGE: --no-bias; --depth 101``.
"""

from __future__ import annotations

import re

# a word is a flag's value only where the sentence ends behind it; else it is the sentence's own
VALUE = r"\d+|[A-Z]\b|[a-z]+(?=[:;.])"
FLAG = rf"--(?:no-)?[a-z][a-z-]*(?:\s(?:{VALUE}))?"
CHANGE = "CHANGE:"


def with_command(paragraph: str, lesson: int | None) -> str:
    """The paragraph on what to change, and below it the line to type for the first change.

    lesson: its number; None where it is no lesson's file that runs, but somebody's copy.
    """
    together = re.search(rf"{FLAG}(?:\s{FLAG})*", paragraph)
    if lesson is None or not (paragraph.startswith(CHANGE) and together):
        return paragraph
    flags = " ".join(together[0].split())
    return f"{paragraph}\n\n    python3 scripts/learn.py {lesson} {flags}"


def as_variables(text: str) -> str:
    """The same words in a notebook, where a flag's variable is changed in the first cell."""
    text = re.sub(rf"({FLAG})\s(?=--)", r"\1 and ", text)
    text = re.sub(FLAG, _variable, text)
    return text.replace(CHANGE, "CHANGE, in the first cell, and run all cells again:")


def _variable(flag: re.Match[str]) -> str:
    name, _, value = " ".join(flag[0].removeprefix("--").split()).partition(" ")
    if value:
        value = value if value.isdigit() else f'"{value}"'
    else:
        value = str(not name.startswith("no-"))
        name = name.removeprefix("no-")
    return f"{name.replace('-', '_')} = {value}"
