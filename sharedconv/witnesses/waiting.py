"""Something to look at for somebody who waits."""

from __future__ import annotations

import sys
from threading import Lock, Timer
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress


class Waiting:
    """A bar on a terminal's standard error while something takes long; used as a context.

    It comes after a second and goes when the work is done, and where standard error is no terminal
    it never comes.

    what: the words beside it. steps: how often `step` will be called, as far as one knows.
    after: how many seconds of waiting nobody minds.
    """

    def __init__(self, what: str, steps: int, after: float = 1.0) -> None:
        self._what, self._steps = what, steps
        self._done = 0
        self._bar: Progress | None = None
        self._over = False
        self._lock = Lock()
        self._timer = Timer(after, self._show)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        # it is None where somebody has closed it
        if sys.stderr is not None and sys.stderr.isatty():
            self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        with self._lock:
            self._over = True
            if self._bar is not None:
                self._bar.stop()

    def step(self) -> None:
        """One of the steps is done."""
        self._done += 1
        if self._bar is not None:
            # a layer that is used again is a step that nobody knew of
            done = min(self._done, self._steps)
            self._bar.update(self._bar.task_ids[0], completed=done)

    def _show(self) -> None:
        # imported only where something is drawn
        from rich.console import Console
        from rich.progress import Progress

        bar = Progress(console=Console(stderr=True), transient=True)
        bar.add_task(self._what, total=self._steps, completed=min(self._done, self._steps))
        with self._lock:
            if not self._over:
                bar.start()
                self._bar = bar
