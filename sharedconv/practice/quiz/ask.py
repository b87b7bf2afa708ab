"""The quiz on a terminal: a question, a choice, and what the choice shows, at once."""

from __future__ import annotations

from textwrap import fill

from ...counting.count import number
from ..say import WIDTH
from .question import LETTERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .make import Quiz
    from .question import Choice, Question

ANSWERS = (
    "Answer with the letter of your choice, or with the number that stands behind it. Enter goes "
    "on, Ctrl-C leaves."
)
ANOTHER = (
    "One of {letters}, please, or one of the numbers behind them; Enter goes on, Ctrl-C leaves."
)


def ask(quiz: Quiz) -> int:
    """Ask every question, with a second try after a wrong choice; gives how many were right at
    first.

    The end of the input (Ctrl-D) ends the quiz at the question where it comes.
    """
    first_try = 0
    place = 0
    print(f"\n{_indented(ANSWERS)}")
    try:
        for place, question in enumerate(quiz.questions, 1):
            print(f"\n{place} of {len(quiz.questions)}\n\n{_shown(question)}\n")
            first_try += _asked(question)
    except EOFError:
        place -= 1
        print()
    print(f"\n{_indented(f'{first_try} of {place} at the first try.')}")
    print(f"{_indented(f'The same questions again: {quiz.command()}')}\n")
    return first_try


def _shown(question: Question) -> str:
    asked = question.asked
    lines = ["", *(f"       {each}" for each in asked.lines)] if asked.lines else []
    widest = max(len(number(each.number)) for each in question.choices)
    choices = [
        f"   {letter})  {number(each.number):>{widest}}"
        for letter, each in zip(LETTERS, question.choices, strict=True)
    ]
    return "\n".join([_indented(asked.words), *lines, "", *choices])


def _asked(question: Question) -> bool:
    """Whether the first choice was the right one."""
    right = question.choices[question.right]
    chosen = first = _choice("Your choice: ", question)
    if chosen is not None and chosen is not right:
        print(f"\n{_indented(f'{chosen.says} Ask yourself: {chosen.question}')}\n")
        chosen = _choice("Another try (Enter shows it): ", question)
        if chosen is not None and chosen is not right and chosen is not first:
            print(f"\n{_indented(chosen.says)}\n")
    letter = LETTERS[question.right]
    begins = "Yes:" if chosen is right else f"It is {letter}) {number(right.number)}:"
    print(_indented(f"{begins} {right.says}"))
    return first is right


def _choice(words: str, question: Question) -> Choice | None:
    letters = LETTERS[: len(question.choices)]
    by_name = dict(zip(letters, question.choices, strict=True))
    by_name |= {str(each.number): each for each in question.choices}
    while True:
        said = input(f"   {words}").strip().lower().rstrip(")").replace(",", "")
        if not said:
            return None
        if said in by_name:
            return by_name[said]
        print(_indented(ANOTHER.format(letters=", ".join(letters))))


def _indented(words: str) -> str:
    return fill(words, WIDTH, initial_indent="   ", subsequent_indent="   ")
