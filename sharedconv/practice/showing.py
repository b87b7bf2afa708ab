"""Words and tables of a lesson: text on a terminal, and in a notebook as a page has them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from html import escape


def in_notebook() -> bool:
    """Whether this runs in the kernel of a notebook, such as Jupyter's or VS Code's."""
    if "ipykernel" not in sys.modules:
        return False
    from IPython.core.getipython import get_ipython

    return get_ipython() is not None


def show(thing: object) -> None:
    """Print a count, a summary, whatever the witnesses say, and an empty line; in a notebook, show
    it as the table that it is.
    """
    if in_notebook():
        _display(thing)
    else:
        print(f"{thing}\n")


def show_picture(draw: Callable[[], object], command: str) -> None:
    """In a notebook, show the picture that this draws; elsewhere, the command that makes a file.

    draw: gives a picture. command: its name, its layer and input, as ``sharedconv picture`` has
    them in the shell.
    """
    if in_notebook():
        try:
            _display(draw())
        except ValueError as why:
            # a toggle can make a layer too large to draw, and the lesson goes on all the same
            show_paragraphs([f"No picture here: {why}."])
    else:
        file = f"{command.split()[0]}.svg"
        print(f"As a picture, in a file {file}:\n  sharedconv picture {command} -o {file}\n")


def show_paragraphs(paragraphs: list[str]) -> None:
    """Show text in a notebook, in its own letters; what starts with spaces stays as it is set."""
    page = "\n".join(
        f"<pre>{escape(each, quote=False)}</pre>"
        if each.startswith(" ")
        else f'<p style="max-width: 46em">{escape(" ".join(each.split()), quote=False)}</p>'
        for each in paragraphs
    )
    _display({"text/plain": "\n\n".join(paragraphs), "text/html": page}, raw=True)


def _display(thing: object, raw: bool = False) -> None:
    from IPython.display import display

    display(thing, raw=raw)  # type: ignore[no-untyped-call]
