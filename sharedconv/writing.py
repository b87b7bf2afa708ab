"""Writing a file without losing the one that was there."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from typing import BinaryIO


def replace_file(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Write a file beside the old one and only then put it in its place, which takes no time.

    Whatever goes wrong, the old file is still there, and nothing beside it. A link stays a link;
    what is no file, such as a pipe, is written to as it is.
    """
    path = path.resolve()
    if path.exists() and not path.is_file():
        with path.open("wb") as pipe:
            write(pipe)
        return
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def write_file(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """The same, for a file that somebody named: raises ValueError, in one sentence, where it can't
    be written."""
    try:
        replace_file(path, write)
    except OSError as problem:
        raise ValueError(
            f"{path} can't be written ({problem.strerror}); name a file in a folder that is there "
            "and yours"
        ) from None


def check_replaceable(path: Path, marks: Iterable[bytes], what: str) -> None:
    """Raise ValueError, in one sentence, where a file is there that a command is not to replace.

    marks: what stands in every file that the command writes in this format. what: such a file,
    in words. An empty file is nothing to lose, and what is no file, such as a pipe, only takes.
    """
    if not path.is_file() or path.stat().st_size == 0:
        return
    there = path.read_bytes()
    if not all(mark in there for mark in marks):
        raise ValueError(
            f"{path} is there already, and isn't {what} that this command made; name another "
            "file, or move that one away"
        )
