"""Where things are: the lessons, a learner's progress, and the exercises a learner writes in.

Only the standard library, because `scripts/learn.py` asks before anything is installed.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from datetime import datetime
from pathlib import Path

VARIABLE = "SHAREDCONV_HOME"
"""The environment variable that names another folder for a learner's things."""
PACKAGE_ROOT = Path(__file__).resolve().parents[2]


def lessons_root() -> Path:
    """The folder with `lessons/` in it: the clone, or where an installed package has put it.

    Raises ValueError, in one sentence, where there are no lessons.
    """
    for root in (PACKAGE_ROOT, Path(sysconfig.get_path("data")) / "share" / "sharedconv"):
        if (root / "lessons" / "exercises").is_dir():
            return root
    raise ValueError(
        "there are no lessons beside this sharedconv; they come with a clone of its repository"
    )


def data_folder() -> Path:
    """The learner's own folder, as the system has it for data of programs.

    SHAREDCONV_HOME where that is set; else `sharedconv` in $XDG_DATA_HOME (~/.local/share) on
    Linux, in ~/Library/Application Support on macOS, in %LOCALAPPDATA% on Windows.

    Raises OSError where there is no home.
    """
    named = os.environ.get(VARIABLE)
    try:
        if named:
            return Path(named).expanduser().absolute()
        return _programs_data() / "sharedconv"
    except RuntimeError as problem:  # a user without a home
        raise FileNotFoundError(str(problem)) from None


def _programs_data() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    chosen = os.environ.get("XDG_DATA_HOME", "")
    # the specification has a relative path ignored
    return Path(chosen) if os.path.isabs(chosen) else Path.home() / ".local" / "share"


def exercise_folder() -> Path:
    """Where the learner's copies of the exercises are.

    `my_exercises/` beside `lessons/` in a clone that is the learner's own; elsewhere, as on a
    course machine with one clone for everybody, in the learner's own folder.
    """
    name = "my_exercises"
    if not os.environ.get(VARIABLE) and _is_own_clone(PACKAGE_ROOT):
        return PACKAGE_ROOT / name
    return data_folder() / name


def _is_own_clone(root: Path) -> bool:
    if not ((root / "lessons").is_dir() and (root / "pyproject.toml").is_file()):
        return False
    # in a folder for a whole group everybody may write, and would write over everybody's answers
    mine = not hasattr(os, "getuid") or root.stat().st_uid == os.getuid()
    return mine and os.access(root, os.W_OK)


def set_aside(file: Path, why: str) -> Path:
    """Rename a file so that nothing in it is lost; gives its new path, which is in use by no other.

    why: a word that comes into the name: ``progress.json.damaged-2025-11-25-023711``.
    """
    stamp = datetime.now().strftime("%Y-%m-%d-%H%M%S")
    for number in range(1, 1000):
        more = "" if number == 1 else f"-{number}"
        aside = file.with_name(f"{file.name}.{why}-{stamp}{more}")
        if not aside.exists():
            break
    file.replace(aside)
    return aside


def shown(path: Path) -> str:
    """A path as short as it can be written from here."""
    here, home = Path.cwd(), Path("~").expanduser()
    if path.is_relative_to(here):
        return path.relative_to(here).as_posix()
    # of a user without a home the ~ stays as it is
    return f"~/{path.relative_to(home).as_posix()}" if path.is_relative_to(home) else str(path)
