"""A whole pasted text, read: the models that its code makes, and the summary tables in it."""

from __future__ import annotations

from ..counting.count import number
from ..counting.sizes import times
from ..counting.value import Value
from .passage import pieces
from .snippet import Model, read_snippet
from .table import Table, read_table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .passage import Piece
    from .snippet import Row
    from .table import Sizes, TableRow


class Text(Value):
    """What is in a text.

    parts: the models and the tables, in order. notes: (line, sentence) on what was left out.
    """

    parts: tuple[Model | Table, ...]
    notes: tuple[tuple[int, str], ...]

    def __init__(
        self, parts: Iterable[Model | Table], notes: Iterable[tuple[int, str]] = ()
    ) -> None:
        super().__init__(parts=tuple(parts), notes=tuple(notes))

    def pairs(self) -> list[tuple[Model, Table]]:
        """Each table with the model in front of it, which it seems to show."""
        return [
            (before, after)
            for before, after in zip(self.parts, self.parts[1:], strict=False)
            if isinstance(before, Model) and isinstance(after, Table)
        ]


def read_text(text: str, shape: Sizes | None = None, data_format: str | None = None) -> Text:
    """Read everything in a text that is code or a summary table; prose is passed over.

    shape, data_format: as in `read_snippet`, for all the code.

    Raises ValueError or TypeError, in one sentence, where there is neither, and where something
    that matters can't be read; the sentence then names the line.
    """
    found = pieces(text)
    together = _together(found)
    if together is not None:
        try:
            models = read_snippet(together, shape, data_format)
            if models:
                return Text(models)
        except (ValueError, TypeError):
            pass  # one of them can't be read: read each by itself
    parts: list[Model | Table] = []
    problems: list[Exception] = []
    notes: list[tuple[int, str]] = []
    known: dict[str, object] = {}
    for piece in found:
        try:
            if piece.what == "table":
                parts.append(read_table(piece.lines, piece.first_line))
            elif piece.problem:
                raise ValueError(f"line {piece.first_line}: {piece.problem}")
            else:
                parts += read_snippet(piece.source, shape, data_format, known)
        except (ValueError, TypeError) as problem:
            if len(found) == 1:
                raise
            problems.append(problem)
            notes.append((piece.first_line, str(problem)))
    if not parts:
        raise (
            problems[0]
            if problems
            else ValueError(
                "there is no layer in this text that sharedconv finds; write one, such as "
                "Conv2D(10, 5), or paste the code of a model or its summary table"
            )
        )
    return Text(parts, notes)


def _together(found: Sequence[Piece]) -> str | None:
    """Several pieces of code as one, each at its lines, since they may build on each other."""
    if len(found) < 2 or any(each.what == "table" or each.problem for each in found):
        return None
    lines: list[str] = []
    for each in found:
        lines += [""] * (each.first_line - 1 - len(lines))
        lines += each.source.split("\n")[each.first_line - 1 :]
    return "\n".join(lines)


def disagreement(model: Model, table: Table) -> str:
    """Where a table shows something else than the code in front of it; "" where they agree.

    One sentence, with the first row that differs.
    """
    ours = [row for row in model.rows if row.text]
    theirs = [
        row for row in table.rows if not row.holds and row.type not in ("InputLayer", "Input")
    ]
    total = model.count().total
    for row, shown in zip(ours, theirs, strict=False):
        if not _alike(row, shown):
            return (
                f"the code has {row.text} with {_said(row.count.total, row.output_shape)}, and the "
                f"table shows {shown.name} ({shown.type}) with {_said(shown.params, shown.output)}"
            )
    if len(ours) != len(theirs) or total != table.total:
        return (
            f"the code has {len(ours)} layers with {number(total)} parameters, and the table shows "
            f"{len(theirs)} with {number(table.total)}"
        )
    return ""


def _alike(row: Row, shown: TableRow) -> bool:
    if shown.params not in (None, row.count.total):
        return False
    ours, theirs = row.output_shape, shown.output
    if ours is None or theirs is None:
        return True
    return len(ours) == len(theirs) and all(
        None in both or both[0] == both[1] for both in zip(ours, theirs, strict=True)
    )


def _said(params: int | None, shape: Sizes | None) -> str:
    count = "the parameters of an earlier row" if params is None else f"{number(params)} parameters"
    return count if shape is None else f"{count} and an output of {times(shape)}"
