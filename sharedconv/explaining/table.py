"""What is said about a pasted summary table: what its rows can be, and which can't be true."""

from __future__ import annotations

from ..counting.count import Count, Term, number
from ..counting.sizes import counted, times
from ..spelling.sense import totals_problems, verdicts
from ..spelling.snippet import Model, Row
from .layout import columns, indented, wrapped
from .model import expected_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..spelling.sense import Verdict
    from ..spelling.table import Table

MOST_READINGS = 3


def table_text(table: Table, expected: int | None, bold: str) -> list[str]:
    """The blocks of the answer for one table, in order."""
    found = verdicts(table)
    heading = bold.format(
        f"A summary table as {table.layout} prints it (lines {table.first_line} to "
        f"{table.last_line}): {counted(len(table.rows), 'row')}, "
        f"{counted(table.total, 'parameter')}."
    )
    blocks = [heading, indented(_rows(found))]
    problems = table_problems(table, found)
    blocks += [wrapped(f"{problem[0].upper()}{problem[1:]}.") for problem in problems]
    if not problems:
        checked = sum(bool(each.readings) for each in found)
        blocks.append(
            wrapped(
                "The rows add up, and nothing in them contradicts itself. In "
                f"{counted(checked, 'row')} the figures show the layer."
            )
        )
    if expected is not None:
        blocks += expected_text(table_model(table, found), expected, bold)
    return blocks


def table_problems(table: Table, found: list[Verdict]) -> list[str]:
    """What can't be true in a table, one sentence each, those of rows with their line."""
    rows = [
        f"line {each.row.line}, {_name(each)}: {each.problem}" for each in found if each.problem
    ]
    return [*rows, *totals_problems(table)]


def table_model(table: Table, found: list[Verdict]) -> Model:
    """The table as a model: rows whose layer is clear have its terms, others only their number."""
    rows = [_row(table, each) for each in found]
    return Model(f"{table.layout} table", rows, table.first_line, table.last_line)


def _row(table: Table, verdict: Verdict) -> Row:
    row = verdict.row
    one = verdict.readings[0] if len(verdict.readings) == 1 and not verdict.problem else None
    params = 0 if row.holds and table.framework == "keras" else row.params or 0
    if one is not None:
        count = one.spelled.count()
    else:
        count = Count([Term("parameter", {"shown": params})] if params else [])
    return Row(
        text=_name(verdict) if one is None else one.text,
        line=row.line,
        kind=verdict.type if one is None else type(one.spelled.kind).__name__,
        framework=table.framework,
        spelled=None if one is None else one.spelled,
        input_shape=verdict.came,
        output_shape=row.output,
        count=count,
    )


def _rows(found: list[Verdict]) -> str:
    rows = [("row", "comes out", "parameters", "can be")]
    for each in found:
        shape = "" if each.row.output is None else times(each.row.output)
        size = "of an earlier row" if each.row.reused else "not shown"
        size = size if each.row.params is None else number(each.row.params)
        rows.append((_name(each), shape, size, _can_be(each)))
    lines = columns(rows, right=(2,))
    told = lines[:1]
    for each, line in zip(found, lines[1:], strict=True):
        told.append(line)
        if len(each.readings) == 1 and not each.problem and each.row.params:
            told.append(f"  {each.readings[0].spelled.count().formula()}")
    return "\n".join(told)


def _can_be(verdict: Verdict) -> str:
    if verdict.problem:
        return "nothing that sharedconv knows"
    texts = [each.text for each in verdict.readings]
    more = f" or {len(texts) - MOST_READINGS} more" if len(texts) > MOST_READINGS else ""
    return " or ".join(texts[:MOST_READINGS]) + more


def _name(verdict: Verdict) -> str:
    row, kind = verdict.row, verdict.type
    # torchinfo and torchsummary put the class in front; Keras puts it behind
    return row.name if row.name.startswith(kind) or not kind else f"{row.name} ({kind})"
