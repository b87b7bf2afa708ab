"""A figure that says in words what it shows, and shows itself in a notebook."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from matplotlib.animation import FuncAnimation, PillowWriter
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from .style import DPI, PAPER, SIZE

MARGIN = 0.12
"""Around each part of a picture, in inches."""


class Picture(Figure):
    """matplotlib's Figure, drawn without a screen.

    title: its title. alternative: what it shows, in words.
    """

    def __init__(self, title: str, alternative: str) -> None:
        layout = ConstrainedLayoutEngine(w_pad=MARGIN, h_pad=MARGIN)
        super().__init__(figsize=SIZE, dpi=DPI, layout=layout, facecolor=PAPER)
        FigureCanvasAgg(self)
        self.title = title
        self.alternative = alternative

    def _repr_png_(self) -> tuple[bytes, dict[str, str]]:
        """What a notebook shows where the picture is the last value of a cell."""
        page = io.BytesIO()
        self.savefig(page, format="png")
        return page.getvalue(), {"alt": self.alternative}


class Moving(FuncAnimation):
    """A picture that changes. alternative: what it shows, in words."""

    def __init__(
        self, picture: Picture, show: Callable[[int], list[Any]], frames: int, milliseconds: int
    ) -> None:
        super().__init__(picture, show, frames, init_func=list, interval=milliseconds)
        self.picture = picture

    @property
    def alternative(self) -> str:
        """What the picture shows, in words."""
        return self.picture.alternative


class Gif(PillowWriter):
    """matplotlib's own writer, which also writes down what the frames show."""

    def __init__(self, words: str, milliseconds: int) -> None:
        super().__init__(fps=1000 // milliseconds)
        self._words = words

    def finish(self) -> None:
        """Write the file."""
        # the writer has no other place for it
        self._frames[0].info["comment"] = self._words.encode()  # type: ignore[attr-defined]
        super().finish()
