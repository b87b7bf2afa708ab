"""The quiz: multiple choice, in which every wrong number is one way to count wrongly.

`make_quiz` makes the questions, `ask` asks them on a terminal, and `EXPORTS` writes them for
others: Moodle, GIFT, Markdown. Nothing here needs torch.
"""

from .ask import ask
from .export import EXPORTS, MARKS, SUFFIXES
from .make import Quiz, make_quiz

__all__ = ["EXPORTS", "MARKS", "SUFFIXES", "Quiz", "ask", "make_quiz"]
