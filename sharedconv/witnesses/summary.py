"""A model's layers as a table: in torchinfo's manner, or as a Keras user knows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any, ClassVar, Literal

from torch import nn

from ..counting import BatchNorm
from ..counting.count import number
from ..counting.sizes import counted
from .cross_check import CrossCheck, cross_check
from .forward import Dtype, Size, run
from .load import is_keras
from .nesting import with_room
from .rows import Row, rows_of_run, rows_without_run
from .walk import depth_of

Style = Literal["torch", "keras"]


@dataclass(frozen=True)
class Summary:
    """A model's layers, its totals, and what the witnesses say of them. Printing it is its use.

    statistics: the numbers that batch norms keep but don't learn. Keras counts them among the
        parameters, as non-trainable ones; PyTorch doesn't, so style "torch" lists them apart.
    mult_adds: by the rule; None where a layer with parameters has none. seen_mult_adds: what
        PyTorch's own counter saw in one run; None where there was none.
    """

    style: Style
    rows: tuple[Row, ...]
    statistics: int
    mult_adds: int | None
    seen_mult_adds: int | None
    check: CrossCheck

    NUMBERS: ClassVar = ("Param #", "parameters", "multiply-adds")

    @property
    def total(self) -> int | None:
        """Distinct parameter elements; None where some have no size before the first input."""
        return None if self.check.counted.without_size else self.check.counted.total

    @property
    def trainable(self) -> int | None:
        """Those of them that training changes."""
        return None if self.check.counted.without_size else self.check.counted.trainable

    @property
    def mult_adds_and_biases(self) -> int | None:
        """Multiply-adds by the rule, and an addition for each bias that meets an output.

        Some count so, among them torchinfo, which takes parameters times positions.
        """
        added = [row.bias_adds for row in self.rows]
        if self.mult_adds is None or None in added:
            return None
        return self.mult_adds + sum(each or 0 for each in added)

    def as_json(self) -> dict[str, Any]:
        """The same as one object; its keys are a stable interface."""
        return {
            "layers": [
                {
                    "name": row.name,
                    "layer": row.layer,
                    "output_shape": row.output_shape and list(row.output_shape),
                    "total": self._counted(row),
                    "formula": self._formula(row),
                    "mult_adds": row.mult_adds,
                    "note": row.note,
                }
                for row in self.rows
            ],
            "total": self._total,
            "trainable": self.trainable,
            "non_trainable": self._non_trainable,
            "mult_adds": self.mult_adds,
            "witnesses": {each.witness: each.total for each in self.check.testimonies},
            "explanations": [
                *self.check.explanations,
                *self.check.unexplained,
                *self._without_size(),
            ],
        }

    def __str__(self) -> str:
        # imported only where a table is drawn
        from rich import box
        from rich.console import Console
        from rich.table import Table

        headings, rows = self.cells()
        table = Table(box=box.HEAVY_HEAD if self.style == "keras" else box.SIMPLE_HEAD)
        for heading in headings:
            right = heading in self.NUMBERS
            table.add_column(heading, justify="right" if right else "left", overflow="fold")
        for row in rows:
            table.add_row(*row)
        page = StringIO()
        Console(file=page, width=1000, markup=False, highlight=False).print(table)
        drawn = "\n".join(line.rstrip() for line in page.getvalue().splitlines())
        check = [] if self.style == "keras" else ["", str(self.check)]
        return "\n".join([drawn.strip("\n"), *self.totals(), *check])

    def _repr_markdown_(self) -> str:
        headings, cells = self.cells()
        rows = ["| " + " | ".join(each.replace("|", r"\|") for each in row) + " |" for row in cells]
        lines = ["| " + " | ".join(headings) + " |", "| --- " * len(headings) + "|", *rows]
        check = [] if self.style == "keras" else ["", self.check._repr_markdown_()]
        return "\n".join([*lines, "", *(f"{line}  " for line in self.totals()), *check])

    # -- the two styles ----------------------------------------------------------------------

    def cells(self) -> tuple[list[str], list[list[str]]]:
        """The table's headings, and its rows as they are shown."""
        if self.style == "keras":
            return ["Layer (type)", "Output Shape", "Param #"], list(map(self._in_keras, self.rows))
        headings = ["layer", "type", "output shape", "parameters", "multiply-adds", ""]
        return headings, list(map(self._in_torch, self.rows))

    def _in_keras(self, row: Row) -> list[str]:
        shape = "?"
        if row.output_shape is not None:
            channels, *size = row.output_shape or (None,)
            last = (*size, channels) if row.image else row.output_shape
            shape = str((None, *last))
        # a note takes the place of nothing but a zero: the column has to add up to the total
        shown = row.note if row.note and not self._counted(row) else self._shown(row)
        return [f"{_short(row.name)} ({row.layer})", shape, shown]

    def _in_torch(self, row: Row) -> list[str]:
        shape = "?" if row.output_shape is None else " × ".join(map(str, row.output_shape))
        work = "" if row.mult_adds is None else number(row.mult_adds)
        return [_short(row.name), row.layer, shape, self._shown(row), work, row.note]

    def _shown(self, row: Row) -> str:
        return "?" if row.without_size else number(self._counted(row))

    def _counted(self, row: Row) -> int:
        return row.parameters + (row.statistics if self.style == "keras" else 0)

    def _formula(self, row: Row) -> str | None:
        kind = row.kind
        if self.style == "keras" and isinstance(kind, BatchNorm):
            kind = kind.replace(statistics=True)
        return kind.count().formula() if kind else None

    @property
    def _total(self) -> int | None:
        if self.total is None:
            return None
        return self.total + (self.statistics if self.style == "keras" else 0)

    @property
    def _non_trainable(self) -> int | None:
        if self._total is None or self.trainable is None:
            return None
        return self._total - self.trainable

    def totals(self) -> list[str]:
        """The lines below the table."""
        sizes = {
            "Total": self._total,
            "Trainable": self.trainable,
            "Non-trainable": self._non_trainable,
        }
        lines = [
            f"{which} params: {'?' if size is None else number(size)}"
            for which, size in sizes.items()
        ]
        lines += self._without_size()
        if self.style == "keras":
            return lines
        if self.statistics:
            lines.append(f"Statistics, kept as buffers: {number(self.statistics)}")
        lines.append(
            f"Memory: {number(self.check.counted.memory.parameters)} bytes of parameters, "
            f"{number(self.check.counted.memory.buffers)} bytes of buffers"
        )
        return lines + self._work()

    def _without_size(self) -> list[str]:
        names = self.check.counted.without_size
        if not names:
            return []
        return [
            f"{counted(self.check.counted.total, 'number')} can be counted; only the "
            f"first input gives a size to {', '.join(names)}"
        ]

    def _work(self) -> list[str]:
        if self.seen_mult_adds is None:
            return [
                "The model was not run. With the shape of an input, output shapes and "
                "multiply-adds are listed, too."
            ]
        seen = number(self.seen_mult_adds)
        if self.mult_adds is None:
            return [f"Multiply-adds: {seen} (PyTorch's counter; some layers have no rule)"]
        if self.mult_adds == self.seen_mult_adds:
            lines = [f"Multiply-adds: {seen} (by the rule, and by PyTorch's counter)"]
        else:
            lines = [
                f"Multiply-adds: {number(self.mult_adds)} by the rule, {seen} by PyTorch's "
                "counter: "
                + (
                    "the model also multiplies outside the layers that have a rule"
                    if self.mult_adds < self.seen_mult_adds
                    else "the counter has no formula for some of the operations"
                )
            ]
        both = self.mult_adds_and_biases
        if both is not None and both != self.mult_adds:
            lines.append(f"With an addition for each bias at each output: {number(both)}")
        return lines


def _short(name: str) -> str:
    """The end of a name that is longer than any table, from a model nested hundreds of times."""
    return name if len(name) <= 100 else f"...{name[-97:]}"


def summary(
    model: nn.Module,
    input_size: Size | Sequence[Size] | None = None,
    style: Style = "torch",
    *,
    dtype: Dtype | Sequence[Dtype] | None = None,
    progress: Callable[[], None] | None = None,
) -> Summary:
    """Run a model once on zeros and set down its layers in the order in which they are called.

    model: any module; on any device, meta included.
    input_size: the shape of one input without the batch, channels first ``(C_in, H, W)``, or a
        list of shapes for a model of several inputs. Without it the model isn't run: its layers
        are listed as they stand in it, without shapes and without multiply-adds.
    style: "torch", or "keras" for the table that a Keras user knows, with shapes channels last.
    dtype: the type of the inputs' numbers, one for all or one for each. Where none is said, they
        are of the parameters' type, and whole numbers where an embedding takes them.
    progress: called after each layer's call, for somebody who waits.

    The total is the number of distinct parameter elements, what an optimiser would get; the packed
    weights of quantised layers, which it wouldn't get, are counted too, as not trainable.
    Raises ValueError, in one sentence, where the model can't take the input.
    """
    if style not in ("torch", "keras"):
        raise ValueError(f"style is {style!r}; it has to be 'torch' or 'keras'")
    if is_keras(model):
        raise ValueError(
            "this is a model of Keras, whose own summary() lists its layers; to set it beside "
            "another model, layer by layer, there is: sharedconv compare"
        )
    return with_room(depth_of(model), lambda: _summary(model, input_size, style, dtype, progress))


def _summary(
    model: nn.Module,
    input_size: Size | Sequence[Size] | None,
    style: Style,
    dtype: Dtype | Sequence[Dtype] | None,
    progress: Callable[[], None] | None,
) -> Summary:
    seen = None
    if input_size is None:
        rows = rows_without_run(model)
    else:
        watched = run(model, input_size, dtype, progress)
        seen = watched.mult_adds
        rows = rows_of_run(model, watched)
    work = [row.mult_adds for row in rows]
    return Summary(
        style=style,
        rows=tuple(rows),
        statistics=sum(row.statistics for row in rows),
        mult_adds=None if None in work else sum(each or 0 for each in work),
        seen_mult_adds=seen,
        check=cross_check(model, keras=False),
    )
