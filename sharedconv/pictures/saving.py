"""A picture in a file, with what it shows in words in it."""

from __future__ import annotations

import io
from pathlib import Path
from xml.sax.saxutils import escape

from ..writing import write_file
from .slide import MILLISECONDS
from .style import DPI

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, BinaryIO

    from .figure import Moving, Picture

STILL = (".svg", ".png", ".pdf")
MOVING = ".gif"
MARKS = {
    ".svg": (b'<svg role="img"', b"<desc>"),
    ".png": (b"\x89PNG", b"Description"),
    ".pdf": (b"%PDF", b"/Subject"),
    ".gif": (b"GIF8", b"\x21\xfe"),  # the second begins a comment
}
"""By ending, what stands in every picture that `save` has written."""


def alternative(picture: Picture | Moving) -> str:
    """What a picture shows, in words, for those who can't see it."""
    return picture.alternative


def save(picture: Picture | Moving, path: str | Path) -> None:
    """Write a picture as its file's ending says: .svg, .png or .pdf, an animation as .gif.

    The alternative text goes along: as title and desc of an SVG, Description of a PNG, Subject of a
    PDF, comment of a GIF. The same picture makes the same file. A file that was there is replaced
    when the new one is whole.

    Raises ValueError, in one sentence, for another ending, and where nothing can be written.
    """
    path = Path(path)
    moves = not hasattr(picture, "savefig")
    check_ending(path, moves)
    writers: dict[str, Callable[[Any, BinaryIO], None]] = {
        ".svg": _svg,
        ".png": _png,
        ".pdf": _pdf,
        ".gif": _gif,
    }
    # drawn before anything is written: what goes wrong in drawing has to do with no file
    page = io.BytesIO()
    writers[path.suffix.lower()](picture, page)
    write_file(path, lambda file: file.write(page.getvalue()))


def check_ending(path: Path, moves: bool) -> None:
    """Raise ValueError, in one sentence, where a picture, moving or not, isn't written so."""
    ending = path.suffix.lower()
    if ending == MOVING and not moves:
        raise ValueError(
            f"{path.name} would be an animation, and only the picture sliding moves; end the name "
            f"in {', '.join(STILL)}"
        )
    if ending not in ((MOVING,) if moves else STILL):
        known = MOVING if moves else f"{', '.join(STILL)}, or for sliding {MOVING}"
        raise ValueError(f"the name {path.name!r} doesn't say what to write; end it in {known}")


def _svg(picture: Picture, page: BinaryIO) -> None:
    from matplotlib import rc_context

    drawn = io.BytesIO()
    # without these an SVG has the date in it, and names drawn by lot
    with rc_context({"svg.hashsalt": "sharedconv"}):
        picture.savefig(drawn, format="svg", metadata={"Title": picture.title, "Date": None})
    described = f"</title>\n <desc>{escape(picture.alternative)}</desc>"
    text = drawn.getvalue().decode().replace("</title>", described, 1)
    page.write(text.replace("<svg ", '<svg role="img" ', 1).encode())


def _png(picture: Picture, page: BinaryIO) -> None:
    words = {"Title": picture.title, "Description": picture.alternative}
    picture.savefig(page, format="png", metadata=words)


def _pdf(picture: Picture, page: BinaryIO) -> None:
    words = {"Title": picture.title, "Subject": picture.alternative, "CreationDate": None}
    picture.savefig(page, format="pdf", metadata=words)


def _gif(moving: Moving, page: BinaryIO) -> None:
    from tempfile import TemporaryDirectory

    from .figure import Gif

    # matplotlib's writers take nothing but a file with a name
    with TemporaryDirectory() as folder:
        file = Path(folder, "moving.gif")
        moving.save(file, writer=Gif(moving.alternative, MILLISECONDS), dpi=DPI)
        page.write(file.read_bytes())
