"""A learner's work as a check gets it, and what a check says to it."""

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sharedconv.practice.checks import CHECKS, check_named
from sharedconv.practice.work import NotYet, Work, run_file

Check = Callable[..., dict[str, str]]
check_of: dict[str, Check] = {kind: check_named(kind) for kind in CHECKS}


def written(code: str, tmp_path: Path) -> Work:
    file = tmp_path / "04_1_mine.py"
    file.write_text(textwrap.dedent(code), "utf-8")
    return run_file(file)


def work(**names: object) -> Work:
    return Work(Path("04_1_mine.py"), names)


def refused(kind: str, work: Work, **arguments: Any) -> NotYet:
    with pytest.raises(NotYet) as caught:
        check_of[kind](work, **arguments)
    return caught.value
