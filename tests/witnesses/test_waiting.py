"""The bar for somebody who waits: only on a terminal, only after a while; no test waits for it."""

import io
import sys
import threading

import pytest

from sharedconv.witnesses import Waiting


class Screen(io.StringIO):
    def __init__(self, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


def timers() -> list[threading.Thread]:
    return [each for each in threading.enumerate() if isinstance(each, threading.Timer)]


def screen(monkeypatch: pytest.MonkeyPatch, terminal: bool = True) -> Screen:
    """Not a fixture: pytest puts its own standard error in place before each test's body."""
    made = Screen(terminal)
    monkeypatch.setattr(sys, "stderr", made)
    monkeypatch.setenv("TERM", "xterm")
    for each in ("NO_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "FORCE_COLOR"):
        monkeypatch.delenv(each, raising=False)
    return made


def shown() -> None:
    """Until the bar, whose time has come, is there."""
    for timer in timers():
        timer.join()


def test_after_a_while_a_terminal_shows_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = screen(monkeypatch)
    with Waiting("running the model", 4, after=0) as waiting:
        shown()
        for _ in range(3):
            waiting.step()
    assert "running the model" in seen.getvalue()
    assert "75%" in seen.getvalue()


def test_more_steps_than_anybody_knew_of_are_no_more_than_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = screen(monkeypatch)
    with Waiting("running the model", 2, after=0) as waiting:
        shown()
        for _ in range(9):
            waiting.step()
    assert "100%" in seen.getvalue()
    assert "450%" not in seen.getvalue()


def test_what_is_done_at_once_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = screen(monkeypatch)
    with Waiting("running the model", 2, after=3_600) as waiting:
        assert timers()
        waiting.step()
    assert seen.getvalue() == ""


def test_where_there_is_no_terminal_nothing_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = screen(monkeypatch, terminal=False)
    before = timers()
    with Waiting("running the model", 2, after=0) as waiting:
        assert timers() == before, "nobody is waiting for anything"
        waiting.step()
    assert seen.getvalue() == ""


def test_an_error_takes_the_bar_away(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = screen(monkeypatch)

    def stopping() -> None:
        with Waiting("running the model", 2, after=0):
            shown()
            raise KeyError

    with pytest.raises(KeyError):
        stopping()
    assert seen.getvalue().endswith("\x1b[2K"), "the line is empty again"
    assert "\x1b[?25h" in seen.getvalue(), "and the cursor is back"
