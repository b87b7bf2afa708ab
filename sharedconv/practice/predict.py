"""Predict first: a question to answer before the lesson shows what is the case."""

from __future__ import annotations

import sys
from contextlib import suppress
from textwrap import fill

from ..counting import Count
from ..counting.count import number
from ..spelling.typed import typed_number
from .say import WIDTH
from .showing import in_notebook

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

NO_SLIP = "That isn't it."
ANOTHER = (
    "A whole number, please, such as 12, or how you come to it, such as 3*4; Enter goes on, Ctrl-C "
    "leaves."
)


def predict(
    question: str, answer: Count | int, slips: Mapping[str, Count | int] | None = None
) -> int | None:
    """Ask for a number, and say what it tells about the one who gave it.

    On a terminal and in a notebook it waits for an answer (just Enter goes on without one), and
    after a wrong one for a second. Where nobody can answer, in a pipe or in CI, it prints the
    question and goes on.

    answer: the right number; as a Count, a wrong guess is met with the slip that leads to it.
    slips: other numbers that people come to here, by the names of the slips (those of
        `MISCONCEPTIONS`, or of `SLIPS` in sharedconv.practice.checks.number_slips).

    Gives the number that was guessed first, or None.
    """
    print(f"\n?  {_indented(question).lstrip()}")
    try:
        if not (in_notebook() or (sys.stdin.isatty() and sys.stdout.isatty())):
            raise NotImplementedError
        # which a kernel raises, too, where no page is open that could ask
        guess = first = _ask("Your number (Enter goes on without one): ")
    except NotImplementedError:
        print("   (Nobody is here to answer, so the lesson goes on.)\n")
        return None
    if guess is None:
        print("   Then let us look.\n")
        return None
    if guess != int(answer):
        print(f"\n{_indented(_about(guess, answer, slips or {}) or NO_SLIP)}\n")
        guess = _ask("Another try (Enter shows it): ")
        if guess not in (None, first, int(answer)):
            about = _about(guess, answer, slips or {})
            print(f"\n{_indented(about)}\n" if about else "", end="")
    if guess == int(answer):
        print(f"   Yes, {number(guess)}.\n")
    else:
        print(f"   It is {number(int(answer))}. Let us look.\n")
    return first


def _ask(words: str) -> int | None:
    while True:
        try:
            said = input(f"   {words}")
        except EOFError:
            print()
            return None
        if not said.strip():
            return None
        with suppress(ValueError):
            if (found := typed_number(said)) >= 0:
                return found
        print(_indented(ANOTHER))


def _about(guess: int, answer: Count | int, slips: Mapping[str, Count | int]) -> str:
    """The slip that leads to a number, and its question; "" where no known one does."""
    from .checks.number_slips import diagnosed, worded  # only a wrong number needs them

    found = [worded(slug, guess) for slug, number in slips.items() if int(number) == guess]
    if not found and isinstance(answer, Count):
        found = diagnosed(answer, guess)
    return f"{found[0].sentence} Ask yourself: {found[0].question}" if found else ""


def _indented(words: str) -> str:
    return fill(words, WIDTH, initial_indent="   ", subsequent_indent="   ")
