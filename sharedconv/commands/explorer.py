"""``sharedconv explorer -o explorer.html --open``: one page to try layers out on."""

from __future__ import annotations

import re
from pathlib import Path

from ..writing import check_replaceable, write_file
from .printing import print_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from ..refusing import Parser


def add_explorer(commands: argparse._SubParsersAction[Parser]) -> None:
    """Tell the parser about ``explorer``."""
    explorer = commands.add_parser(
        "explorer",
        help="a web page to try layers out on, in one file",
        description="Writes one page that needs no network and no installation: open it, put it "
        "on any web server, link to it.",
    )
    explorer.add_argument(
        "-o",
        dest="output",
        metavar="FILE",
        default="explorer.html",
        help="write it there (explorer.html); of the files that are there, it replaces only such "
        "a page",
    )
    explorer.add_argument("--open", action="store_true", help="show it in the browser")
    explorer.set_defaults(run=_run)


def _run(asked: argparse.Namespace) -> None:
    from ..explorer import make_page

    file = Path(asked.output)
    page = make_page().encode()
    check_replaceable(file, re.findall(rb"<title>.*?</title>", page), "a page")
    write_file(file, lambda opened: opened.write(page))
    print_text(f"The page is in {file}; open it in any browser.")
    if asked.open:
        import webbrowser

        if not webbrowser.open(file.resolve().as_uri()):
            raise ValueError(f"no browser could be opened; open {file} yourself")
