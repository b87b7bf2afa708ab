"""Whether the rows of a summary table can be what they say they are, and what they then are."""

from __future__ import annotations

from ..counting.count import number
from ..counting.sizes import counted, times
from ..counting.value import Value
from .readings import Tries, can_be_checked, has_no_parameters, in_a_row, readings, whole_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .readings import Reading
    from .table import Sizes, Table, TableRow

MOST_ROWS_BACK, MOST_SHAPES = 60, 20
"""How far back, and how many shapes, where the table doesn't say what a row is connected to."""
MOST_TRIES = 4_000
"""A table of 200 rows takes some hundreds."""


class Verdict(Value):
    """What can be said about one row.

    row: the row. type: its layer's class, written out where the table cuts it.
    came: the shape that comes in, where the table shows it; None where it doesn't.
    readings: the layers that it can be; exactly one where the figures allow only one.
    problem: why it can't be what it says, one sentence; "" where it can, or where nothing is known.
    """

    row: TableRow
    type: str
    came: Sizes | None
    readings: tuple[Reading, ...]
    problem: str

    def __init__(
        self,
        row: TableRow,
        type: str,
        came: Sizes | None = None,
        readings: Iterable[Reading] = (),
        problem: str = "",
    ) -> None:
        super().__init__(row=row, type=type, came=came, readings=tuple(readings), problem=problem)


def verdicts(table: Table) -> list[Verdict]:
    """One for each row of the table, in order.

    In a very long table the last rows may be left without: MOST_TRIES layers are tried.
    """
    tries = Tries(MOST_TRIES)
    known: dict[tuple[object, ...], Verdict] = {}
    found = []
    for place, row in enumerate(table.rows):
        shapes, certain = _shapes_in(table, place, tries)
        same = (row.type, row.cut, row.output, row.params, row.holds, certain, *shapes)
        if same not in known:
            known[same] = _verdict(table, row, shapes, certain, tries)
        found.append(known[same].replace(row=row))
    return found


def totals_problems(table: Table) -> list[str]:
    """Where the sums under the table don't agree with its rows or with each other."""
    shown, found = table.totals, []
    whole = table.total
    if "total" in shown and table.complete:
        kept = shown.get("optimizer", 0)
        if shown["total"] not in (whole, whole + kept):
            found.append(
                f"the rows add up to {number(whole)}, and the table says Total params: "
                f"{number(shown['total'])}"
            )
    if "trainable" in shown and "non-trainable" in shown:
        both = shown["trainable"] + shown["non-trainable"]
        total = shown.get("total", whole)
        if both not in (total, total - shown.get("optimizer", 0)):
            found.append(
                f"trainable and non-trainable params add up to {number(both)}, and the total is "
                f"{number(total)}"
            )
    return found


def _verdict(
    table: Table, row: TableRow, shapes: list[Sizes], certain: bool, tries: Tries
) -> Verdict:
    kind = whole_name(row.type, table.framework) if row.cut else row.type
    if row.params is None or row.output is None or row.holds:
        return Verdict(row, kind)
    if has_no_parameters(kind) and row.params:
        problem = f"a {kind} has no parameters, and this row shows {number(row.params)}"
        return Verdict(row, kind, problem=problem)
    if not can_be_checked(kind, table.framework):
        return Verdict(row, kind)
    if not shapes and certain:
        return Verdict(row, kind)
    if not shapes:
        return _first_row(table, row, kind, tries)
    for came in shapes:
        found = readings(kind, table.framework, came, row.output, row.params, tries)
        if any(each.fits for each in found):
            return Verdict(row, kind, came, found)
    if not certain:
        problem = _indivisible(row, kind, table.framework)
        return Verdict(row, kind, problem=problem)
    if tries.left < 0:
        return Verdict(row, kind)
    came = shapes[0]
    found = readings(kind, table.framework, came, row.output, row.params, tries)
    return Verdict(row, kind, came, found, _impossible(row, kind, came, found))


def _impossible(row: TableRow, kind: str, came: Sizes, found: Sequence[Reading]) -> str:
    assert row.params is not None
    assert row.output is not None
    if found:
        gives = found[0].spelled.output_shape()
        return (
            f"{number(row.params)} parameters fit {found[0].text}, but that gives {gives} from "
            f"{times(came)}, and this row shows {times(row.output)}"
        )
    bias = ", with its bias or without" if kind in ("Dense", "Linear") else ""
    bias = ", whatever its kernel, and with its bias or without" if "Conv" in kind else bias
    return (
        f"no {kind} makes {times(row.output)} from {times(came)} with {number(row.params)} "
        f"parameters{bias}"
    )


def _indivisible(row: TableRow, kind: str, framework: str) -> str:
    """A convolution has equally many parameters for each filter, whatever comes in."""
    if "Conv" not in kind or "Depthwise" in kind or "Separable" in kind or not row.output:
        return ""
    filters = row.output[-1] if framework == "keras" else row.output[0]
    if not filters or row.params is None or row.params % filters == 0:
        return ""
    return (
        f"{number(row.params)} parameters can't be divided among {counted(filters, 'filter')}, "
        "and each filter has equally many"
    )


def _first_row(table: Table, row: TableRow, kind: str, tries: Tries) -> Verdict:
    """A row of which the table doesn't show what comes in."""
    problem = _indivisible(row, kind, table.framework)
    if problem or "Conv" not in kind or row.output is None or row.params is None:
        return Verdict(row, kind, problem=problem)
    open_sizes = (None,) * (len(row.output) - 1)
    found = []
    for channels in (1, 3):
        came = (*open_sizes, channels) if table.framework == "keras" else (channels, *open_sizes)
        plain = readings(kind, table.framework, came, row.output, row.params, tries)
        found += [(came, each) for each in plain if "groups" not in each.text]
    square = [(came, each) for came, each in found if each.square]
    found = square or found
    came_if_one = found[0][0] if len(found) == 1 else None
    return Verdict(row, kind, came_if_one, [each for _, each in found])


# -- what comes in ---------------------------------------------------------------------------------


def _shapes_in(table: Table, place: int, tries: Tries) -> tuple[list[Sizes], bool]:
    """The shapes that may come into a row, the likeliest first, and whether one of them does."""
    row = table.rows[place]
    if row.input is not None:
        return [row.input], True
    nearby = table.rows[max(place - MOST_ROWS_BACK, 0) : place]
    earlier = [each for each in reversed(nearby) if not each.holds and each.output is not None]
    if table.framework == "keras" and not row.sources:
        return [each.output for each in earlier[:1] if each.output], bool(earlier)
    certain = False
    if table.framework == "keras":
        whole = [each for each in row.sources if not each.endswith("…")]
        exact = [each for each in table.rows[:place] if each.name in whole and each.output]
        certain = bool(exact)
        starts = tuple(each.removesuffix("…") for each in row.sources)
        earlier = exact[::-1] or [each for each in earlier if each.name.startswith(starts)]
    shapes = list(dict.fromkeys(each.output for each in earlier if each.output))[:MOST_SHAPES]
    if table.framework == "torch" and shapes:
        # forward() may flatten, and may take any earlier output
        flat = in_a_row(shapes[0], tries)
        shapes += [flat] if flat else []
    return shapes, certain
