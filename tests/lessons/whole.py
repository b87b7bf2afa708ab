"""A lesson run to its end, and read."""

import re
from functools import cache
from pathlib import Path

import pytest
from running import flat, on_a_pipe, on_a_terminal


def run(number: int, *flags: str) -> str:
    """What a lesson printed where nobody can answer; it has to have run to its end."""
    done = on_a_pipe(number, *flags, "--device", "cpu")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout.count("Nobody is here to answer") == done.stdout.count("\n?  ") >= 1
    assert "CHANGE:" in done.stdout
    assert "MAKE:" in done.stdout
    return done.stdout


shown = cache(run)
"""The same, for tests that look at the same run."""


def answered(number: int, *answers: str) -> str:
    """The words on a terminal where these answers were typed, without line breaks."""
    code, screen = on_a_terminal(number, "--device", "cpu", answers=list(answers))
    assert code == 0, screen
    return flat(screen)


def refused(number: int, *flags: str) -> str:
    """The one line that a lesson says where a flag doesn't work."""
    done = on_a_pipe(number, *flags, "--device", "cpu")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert re.match(rf"{number:02}_\w+\.py[:,] ", done.stderr)
    assert "Traceback" not in done.stdout + done.stderr
    return done.stderr


def whole_number(text: str) -> int:
    """``"1,664"`` is 1664."""
    return int(text.replace(",", ""))


def row(text: str, name: str) -> list[int]:
    """The whole numbers of the one line that starts with this name."""
    (found,) = re.findall(rf"^ *{re.escape(name)} +([-+\d][-+\d, ]*)$", text, re.MULTILINE)
    return [whole_number(each) for each in found.split()]


def hide_keras(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let processes that are started from here find no Keras."""
    (folder / "sitecustomize.py").write_text(
        "import importlib.util\n"
        "real = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name, *more: None if name == 'keras' else "
        "real(name, *more)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(folder), prepend=":")
