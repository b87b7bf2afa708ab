"""``sharedconv notebook OUT/``: the lessons as notebooks that have been run."""

from __future__ import annotations

import sys
from pathlib import Path

from .printing import print_text
from .quiz import lesson_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from ..refusing import Parser


def add_notebook(commands: argparse._SubParsersAction[Parser]) -> None:
    """Tell the parser about ``notebook``."""
    notebook = commands.add_parser(
        "notebook",
        help="the lessons and exercises as Jupyter notebooks",
        description="Writes a notebook for each lesson, run from its first cell to its last, and "
        "one for each exercise, not run.",
    )
    notebook.add_argument("folder", metavar="OUT", help="the folder to write to")
    notebook.add_argument(
        "--lesson",
        metavar="N",
        action="append",
        help="this lesson and its exercises only; again for a further one",
    )
    notebook.add_argument("--no-run", action="store_true", help="run nothing, which is quick")
    notebook.set_defaults(run=_run)


def _run(asked: argparse.Namespace) -> None:
    from ..practice.home import lessons_root
    from ..practice.notebook import sources, write_notebooks

    lessons = [lesson_number(each) for each in asked.lesson or [None]]
    found = [each for lesson in dict.fromkeys(lessons) for each in sources(lessons_root(), lesson)]
    for file in write_notebooks(Path(asked.folder), found, run=not asked.no_run):
        print_text(str(file))
        sys.stdout.flush()  # each takes a while
