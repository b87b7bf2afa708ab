"""How answers are laid out: widths, margins and columns of plain text."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

WIDTH = 78


def wrapped(words: str, width: int = WIDTH) -> str:
    """The words in lines of at most so many characters."""
    # textwrap does the same, and importing it takes longer than all the wrapping
    lines: list[str] = []
    for word in words.split():
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return "\n".join(lines)


def indented(block: str) -> str:
    """Every line two characters to the right."""
    return "\n".join(f"  {line}" for line in block.split("\n"))


def columns(rows: Sequence[Sequence[str]], right: Collection[int] = ()) -> list[str]:
    """A line for each row, with its cells below each other; those in `right` end below each other.

    rows: equally many cells in each.
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "   ".join(
            cell.rjust(width) if place in right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
