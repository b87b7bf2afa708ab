"""``sharedconv practice``, ``practice 3``, ``practice 3.2 --hint``: exercises that answer back."""

from __future__ import annotations

from .printing import bold, print_json, print_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from ..refusing import Parser


def add_practice(commands: argparse._SubParsersAction[Parser]) -> None:
    """Tell the parser about ``practice``."""
    practice = commands.add_parser(
        "practice",
        help="exercises that answer back",
        description="Runs your file of the next exercise, and says what it finds.",
    )
    practice.add_argument(
        "which",
        nargs="?",
        metavar="WHICH",
        help="an exercise, such as 3.2, or a lesson, such as 3; without it, the next unsolved one",
    )
    does = practice.add_mutually_exclusive_group()
    does.add_argument("--list", action="store_true", help="all exercises, and which are solved")
    does.add_argument("--hint", action="store_true", help="a hint; again for the next one")
    does.add_argument("--solution", action="store_true", help="one way to do it")
    does.add_argument(
        "--reset", action="store_true", help="put it back to how it began; your file is kept aside"
    )
    practice.add_argument("--json", action="store_true", help="the list for a program")
    practice.set_defaults(run=_run)


def _run(asked: argparse.Namespace) -> None:
    from ..practice import session
    from ..practice.exercises import Course
    from ..practice.home import lessons_root
    from ..practice.progress import progress

    course, done = Course(lessons_root()), progress()
    which = asked.which
    among = list(course.exercises) if which is None else course.chosen(which)
    if asked.json:
        print_json(session.as_json(among, done))
        return
    if asked.list:
        _print(session.listing(among, done))
        return
    if asked.reset:
        if which is None:
            raise ValueError(
                "say what to put back: practice 3.2 --reset for an exercise, practice 3 --reset "
                "for all of a lesson"
            )
        _print(session.reset(course, among))
        return
    # an exercise that is named runs again, solved or not
    left = among if which is not None and "." in which else course.left(done, among)
    if not left:
        print_text(session.nothing_left(course, which))
    elif asked.hint:
        _print(session.hint(left[0], done, bold()))
    elif asked.solution:
        _print(session.solution(course, left[0], bold()))
    else:
        _print(session.practise(course, left[:1] if which is None else left, bold()))


def _print(texts: Iterable[str]) -> None:
    for text in texts:
        print_text(text)
