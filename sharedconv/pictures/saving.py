"""A picture in a file, with what it shows in words in it."""

from __future__ import annotations

import io
from pathlib import Path
from shutil import which
from xml.sax.saxutils import escape

from ..writing import write_file
from .slide import MILLISECONDS
from .style import DPI

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, BinaryIO

    from matplotlib.animation import AbstractMovieWriter

    from .figure import Moving, Picture

STILL = (".svg", ".png", ".pdf")
MOVING = (".gif", ".mp4")
MARKS = {
    ".svg": (b'<svg role="img"', b"<desc>"),
    ".png": (b"\x89PNG", b"Description"),
    ".pdf": (b"%PDF", b"/Subject"),
    ".gif": (b"GIF8", b"\x21\xfe"),  # the second begins a comment
    ".mp4": (b"ftyp", b"\xa9cmt"),
}
"""By ending, what stands in every picture that `save` has written."""


def alternative(picture: Picture | Moving) -> str:
    """What a picture shows, in words, for those who can't see it."""
    return picture.alternative


def save(picture: Picture | Moving, path: str | Path) -> None:
    """Write a picture as its file's ending says: .svg, .png or .pdf, an animation as .gif or .mp4.

    The alternative text goes along: as title and desc of an SVG, Description of a PNG, Subject of a
    PDF, comment of a GIF and an MP4. The same picture makes the same file. A file that was there is
    replaced when the new one is whole.

    Raises ValueError, in one sentence, for another ending, where nothing can be written, and for an
    MP4 where the program ffmpeg isn't installed.
    """
    path = Path(path)
    moves = not hasattr(picture, "savefig")
    check_ending(path, moves)
    writers: dict[str, Callable[[Any, BinaryIO], None]] = {
        ".svg": _svg,
        ".png": _png,
        ".pdf": _pdf,
        ".gif": _gif,
        ".mp4": _mp4,
    }
    # drawn before anything is written: what goes wrong in drawing has to do with no file
    page = io.BytesIO()
    writers[path.suffix.lower()](picture, page)
    write_file(path, lambda file: file.write(page.getvalue()))


def check_ending(path: Path, moves: bool) -> None:
    """Raise ValueError, in one sentence, where a picture, moving or not, isn't written so."""
    ending = path.suffix.lower()
    if ending in MOVING and not moves:
        raise ValueError(
            f"{path.name} would be an animation, and only the picture sliding moves; end the name "
            f"in {', '.join(STILL)}"
        )
    if ending not in (MOVING if moves else STILL):
        of_sliding = " or ".join(MOVING)
        known = of_sliding if moves else f"{', '.join(STILL)}, or for sliding {of_sliding}"
        raise ValueError(f"the name {path.name!r} doesn't say what to write; end it in {known}")
    if ending == ".mp4" and not which("ffmpeg"):
        raise ValueError(
            f"{path.name} would be written by the program ffmpeg, which isn't installed here; "
            "install it, or end the name in .gif, which needs no other program"
        )


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
    from .figure import Gif

    _animate(moving, page, Gif(moving.alternative, MILLISECONDS), ".gif")


def _mp4(moving: Moving, page: BinaryIO) -> None:
    from subprocess import CalledProcessError

    from matplotlib.animation import FFMpegWriter

    writer = FFMpegWriter(
        fps=1000 // MILLISECONDS,
        metadata={"title": moving.picture.title, "comment": moving.alternative},
        # without it the file has ffmpeg's version in it
        extra_args=["-fflags", "+bitexact", "-flags:v", "+bitexact"],
    )
    try:
        _animate(moving, page, writer, ".mp4")
    except (CalledProcessError, OSError) as failed:
        raise ValueError(
            f"ffmpeg, which writes an .mp4, stopped without one ({failed}); end the name in .gif, "
            "which needs no other program"
        ) from None


def _animate(moving: Moving, page: BinaryIO, writer: AbstractMovieWriter, ending: str) -> None:
    from tempfile import TemporaryDirectory

    # matplotlib's writers take nothing but a file with a name
    with TemporaryDirectory() as folder:
        file = Path(folder, f"moving{ending}")
        moving.save(file, writer=writer, dpi=DPI)
        page.write(file.read_bytes())
