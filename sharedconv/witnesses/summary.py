"""A model's layers as a table: in torchinfo's manner, or as a Keras user knows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any, Literal

from torch import nn

from ..counting import BatchNorm, Conv, Dense
from ..counting.count import number
from .cross_check import CrossCheck, cross_check
from .forward import Called, run
from .rule import Kind, kind_of
from .tally import tally

Style = Literal["torch", "keras"]


@dataclass(frozen=True)
class Row:
    """One call of one layer. Shapes are channels first, without the batch.

    image: whether the output is an image (or sound, or film), so that its channels come first; a
        sequence of features has as many dimensions, and a Keras user sees it as it is.
    """

    name: str
    layer: str
    kind: Kind | None
    output_shape: tuple[int, ...] | None
    image: bool
    parameters: int
    statistics: int
    mult_adds: int | None
    note: str


@dataclass(frozen=True)
class Summary:
    """A model's layers, its totals, and what the witnesses say of them. Printing it is its use.

    statistics: the numbers that batch norms keep but don't learn. Keras counts them among the
        parameters, as non-trainable ones; PyTorch doesn't, so style "torch" lists them apart.
    mult_adds: by the rule; None where a layer with parameters has none. seen_mult_adds: what
        PyTorch's own counter saw in one run.
    """

    style: Style
    rows: tuple[Row, ...]
    total: int
    trainable: int
    statistics: int
    mult_adds: int | None
    seen_mult_adds: int
    check: CrossCheck

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
            "non_trainable": self._total - self.trainable,
            "mult_adds": self.mult_adds,
            "witnesses": {each.witness: each.total for each in self.check.testimonies},
            "explanations": [*self.check.explanations, *self.check.unexplained],
        }

    def __str__(self) -> str:
        # imported only where a table is drawn
        from rich import box
        from rich.console import Console
        from rich.table import Table

        table = Table(box=box.HEAVY_HEAD if self.style == "keras" else box.SIMPLE_HEAD)
        for heading in self._headings():
            right = heading in ("Param #", "parameters", "multiply-adds")
            table.add_column(heading, justify="right" if right else "left", overflow="fold")
        for row in self.rows:
            table.add_row(*self._cells(row))
        page = StringIO()
        Console(file=page, width=1000, markup=False, highlight=False).print(table)
        drawn = "\n".join(line.rstrip() for line in page.getvalue().splitlines())
        check = [] if self.style == "keras" else ["", str(self.check)]
        return "\n".join([drawn.strip("\n"), *self._totals(), *check])

    def _repr_markdown_(self) -> str:
        headings = self._headings()
        rows = ["| " + " | ".join(self._cells(row)) + " |" for row in self.rows]
        lines = ["| " + " | ".join(headings) + " |", "| --- " * len(headings) + "|", *rows]
        check = [] if self.style == "keras" else ["", self.check._repr_markdown_()]
        return "\n".join([*lines, "", *(f"{line}  " for line in self._totals()), *check])

    # -- the two styles ----------------------------------------------------------------------

    def _headings(self) -> list[str]:
        if self.style == "keras":
            return ["Layer (type)", "Output Shape", "Param #"]
        return ["layer", "type", "output shape", "parameters", "multiply-adds", ""]

    def _cells(self, row: Row) -> list[str]:
        counted = number(self._counted(row))
        if self.style == "keras":
            shape = "?" if row.output_shape is None else str((None, *_channels_last(row)))
            # a note takes the place of nothing but a zero: the column has to add up to the total
            return [
                f"{row.name} ({row.layer})",
                shape,
                counted if self._counted(row) else row.note or "0",
            ]
        shape = "?" if row.output_shape is None else " × ".join(map(str, row.output_shape))
        work = "" if row.mult_adds is None else number(row.mult_adds)
        return [row.name, row.layer, shape, counted, work, row.note]

    def _counted(self, row: Row) -> int:
        return row.parameters + (row.statistics if self.style == "keras" else 0)

    def _formula(self, row: Row) -> str | None:
        kind = row.kind
        if self.style == "keras" and isinstance(kind, BatchNorm):
            kind = kind.replace(statistics=True)
        return kind.count().formula() if kind else None

    @property
    def _total(self) -> int:
        return self.total + (self.statistics if self.style == "keras" else 0)

    def _totals(self) -> list[str]:
        lines = [
            f"Total params: {number(self._total)}",
            f"Trainable params: {number(self.trainable)}",
            f"Non-trainable params: {number(self._total - self.trainable)}",
        ]
        if self.style == "keras":
            return lines
        if self.statistics:
            lines.append(f"Statistics, kept as buffers: {number(self.statistics)}")
        return [*lines, self._work()]

    def _work(self) -> str:
        seen = number(self.seen_mult_adds)
        if self.mult_adds is None:
            return f"Multiply-adds: {seen} (PyTorch's counter; some layers have no rule)"
        if self.mult_adds == self.seen_mult_adds:
            return f"Multiply-adds: {seen} (by the rule, and by PyTorch's counter)"
        return (
            f"Multiply-adds: {number(self.mult_adds)} by the rule, {seen} by PyTorch's counter: "
            "the model also multiplies outside the layers that have a rule"
        )


def summary(model: nn.Module, input_size: Sequence[int | None], style: Style = "torch") -> Summary:
    """Run a model once on zeros and set down its layers in the order in which they are called.

    model: any module that takes one tensor; on any device, meta included.
    input_size: the shape of one input without the batch, channels first ``(C_in, H, W)``.
    style: "torch", or "keras" for the table that a Keras user knows, with shapes channels last.

    The total is the number of distinct parameter elements, what an optimiser would get.
    Raises ValueError, in one sentence, where the model can't take the input.
    """
    if style not in ("torch", "keras"):
        raise ValueError(f"style is {style!r}; it has to be 'torch' or 'keras'")
    watched = run(model, input_size)
    rows = _rows(model, watched.calls)
    counted = tally(model)
    work = [row.mult_adds for row in rows]
    return Summary(
        style=style,
        rows=tuple(rows),
        total=counted.total,
        trainable=counted.trainable,
        statistics=sum(row.statistics for row in rows),
        mult_adds=None if None in work else sum(each or 0 for each in work),
        seen_mult_adds=watched.mult_adds,
        check=cross_check(model, keras=False),
    )


def _rows(model: nn.Module, calls: Sequence[Called]) -> list[Row]:
    rows: list[Row] = []
    first_row: dict[int, int] = {}  # a parameter's or module's id -> the row of its first use
    for call in calls:
        rows.append(_row(call, rows, first_row))
    for name, module in model.named_modules():
        own = list(module.parameters(recurse=False))
        if any(id(each) not in first_row for each in own):
            unused = Called(name or type(module).__name__.lower(), module, None, None)
            row = _row(unused, rows, first_row)
            rows.append(_with_note(row, "not used for this input"))
    return rows


def _row(call: Called, before: Sequence[Row], first_row: dict[int, int]) -> Row:
    place = len(before) + 1
    own = list(call.module.parameters(recurse=False))
    new = [each for each in own if id(each) not in first_row]
    seen = [first_row[id(each)] for each in own if id(each) in first_row]
    is_new = id(call.module) not in first_row
    first_row.update((id(each), place) for each in [*new, call.module] if id(each) not in first_row)
    kind = kind_of(call.module, call.input_shape)
    note = f"the same weights as row {seen[0]}" if seen else ""
    statistics = 0
    if isinstance(kind, BatchNorm) and is_new:
        kept = kind.replace(statistics=True).count()
        tracked = getattr(call.module, "running_mean", None) is not None
        statistics = kept.non_trainable.total if tracked else 0
    if kind is None and own:
        shapes = ", ".join(" × ".join(map(str, each.shape)) for each in own)
        note = "; ".join(filter(None, [f"no rule; its tensors are {shapes}", note]))
    work: int | None = 0 if not own else None
    if kind is not None and call.input_shape is not None:
        work = kind.mult_adds()
    return Row(
        name=call.name,
        layer=type(call.module).__name__,
        kind=kind,
        output_shape=call.output_shape,
        image=_is_image(call, kind, before[-1] if before else None),
        parameters=sum(each.numel() for each in new),
        statistics=statistics,
        mult_adds=work,
        note=note,
    )


def _with_note(row: Row, note: str) -> Row:
    return Row(**{**vars(row), "note": "; ".join(filter(None, [row.note, note])), "mult_adds": 0})


def _is_image(call: Called, kind: Kind | None, before: Row | None) -> bool:
    shape = call.output_shape or ()
    if isinstance(kind, Dense) or len(shape) < 2:
        return False
    # a sequence (time, features) has as many dimensions as a one-dimensional image (channels,
    # length); the layer's name tells them apart, or, for an activation, the layer before it
    same = before is not None and before.image and before.output_shape == shape
    return same or len(shape) > 2 or isinstance(kind, Conv) or "1d" in type(call.module).__name__


def _channels_last(row: Row) -> tuple[int, ...]:
    shape = row.output_shape or ()
    return (*shape[1:], shape[0]) if row.image else shape
