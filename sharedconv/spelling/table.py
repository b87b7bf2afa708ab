"""A pasted summary table, read: Keras 2's and Keras 3's, torchinfo's, torchsummary's.

Reads what stands there; whether it can be true is another question (`sense`).
"""

from __future__ import annotations

import re
from itertools import pairwise

from ..counting.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    Sizes = tuple[int | None, ...]
    Reader = Callable[[str, Iterable[tuple[int, str]]], Iterator["TableRow"]]

MOST_ROWS = 10_000


class TableRow(Value):
    """One row of a table.

    line: where it stands in the text. name: the layer's name, as far as it is shown.
    type: the layer's class, as far as it is shown; cut: whether it isn't shown whole.
    output, input: the shapes shown, without the batch; None where there are none.
    params: the number shown; None where there is none, because it is a layer of an earlier row
        (then reused is True) or because the table is too narrow for it.
    depth: how deep it is nested; holds: whether the rows behind it are its parts.
    sources: the names of the layers that it is connected to; one that is cut ends with "…".
    """

    line: int
    name: str
    type: str
    cut: bool
    output: Sizes | None
    input: Sizes | None
    params: int | None
    reused: bool
    depth: int
    holds: bool
    sources: tuple[str, ...]

    def __init__(
        self,
        line: int,
        name: str,
        type: str,
        cut: bool,
        output: Sizes | None,
        input: Sizes | None,
        params: int | None,
        reused: bool,
        depth: int,
        holds: bool = False,
        sources: Iterable[str] = (),
    ) -> None:
        super().__init__(
            line=line,
            name=name,
            type=type,
            cut=cut,
            output=output,
            input=input,
            params=params,
            reused=reused,
            depth=depth,
            holds=holds,
            sources=tuple(sources),
        )


class Table(Value):
    """A summary table.

    layout: "Keras 2", "Keras 3", "torchinfo" or "torchsummary". framework: "keras" or "torch".
    rows: its rows. totals: the sums that it shows, by "total", "trainable", "non-trainable" and
        "optimizer". first_line, last_line: where it stands in the text.
    """

    layout: str
    framework: str
    rows: tuple[TableRow, ...]
    totals: Mapping[str, int]
    first_line: int
    last_line: int

    def __init__(
        self,
        layout: str,
        framework: str,
        rows: Iterable[TableRow],
        totals: Mapping[str, int],
        first_line: int,
        last_line: int,
    ) -> None:
        super().__init__(
            layout=layout,
            framework=framework,
            rows=tuple(rows),
            totals=dict(totals),
            first_line=first_line,
            last_line=last_line,
        )

    @property
    def complete(self) -> bool:
        """Whether every row shows its number."""
        return all(row.params is not None or row.reused for row in self.rows)

    @property
    def total(self) -> int:
        """The sum of the rows, or the total that is shown where not every row has its number.

        A row that holds others is, in Keras's tables, their sum.
        """
        if not self.complete and "total" in self.totals:
            return self.totals["total"] - self.totals.get("optimizer", 0)
        counted = (row for row in self.rows if self.framework == "torch" or not row.holds)
        return sum(row.params or 0 for row in counted)


def read_table(lines: Sequence[str], first_line: int = 1) -> Table:
    """Read a summary table.

    lines: those of the table, with or without the ruled ones. first_line: where it stands.

    Raises ValueError, in one sentence, where there is no table, or one without rows.
    """
    header = next((at for at, line in enumerate(lines) if _HEADER.search(line)), None)
    if header is None:
        raise ValueError(
            f"line {first_line}: a summary table has a line with the words Layer (type) and "
            "Param #; there is none here"
        )
    if "Param #" not in " ".join(lines[header].split()):
        raise ValueError(
            f"line {first_line + header}: the table has no column Param #, perhaps because it was "
            "printed in a narrow window; paste it whole"
        )
    totals = {
        found[1].lower(): int(found[2].replace(",", ""))
        for line in lines
        if (found := _TOTAL.match(line))
    }
    end = next((at for at, line in enumerate(lines) if _TOTAL.match(line)), len(lines))
    body = list(enumerate(lines[header + 1 : end], first_line + header + 1))
    layout, read_rows = _layout(lines[header])
    rows = list(read_rows(lines[header], body))
    if not rows:
        raise ValueError(f"line {first_line + header}: this table has no rows that can be read")
    if len(rows) > MOST_ROWS:
        raise ValueError(f"line {first_line}: the table has over {MOST_ROWS} rows; paste a part")
    held = [
        row.replace(holds=following is not None and following.depth > row.depth)
        for row, following in zip(rows, [*rows[1:], None], strict=True)
    ]
    framework = "keras" if layout.startswith("Keras") else "torch"
    return Table(layout, framework, held, totals, first_line, first_line + len(lines) - 1)


_HEADER = re.compile(r"Layer\s*\(type.*(Param\s*#|Output Shape)")
_TOTAL = re.compile(r"[\s│|]*(Total|Trainable|Non-trainable|Optimizer) params\s*:\s*([\d,]{1,100})")
_BOX = re.compile("[│┃|]")
_SHAPE = r"(?:\[?\((?:None|[\d, ])*\)?\]?(?:,\s*\([^)]*\)\]?)*|\[[-\d, ]*\]|multiple|\?|--)"
_PARAMS = r"(?:[\d,]{1,60}|--|\(recursive\)|\?)(?: \(\w+\))?"
_PLAIN_ROW = re.compile(rf"^(.*?)\s+({_SHAPE})\s+({_PARAMS})(?:\s+(\S.*))?$")
_TORCHSUMMARY_ROW = re.compile(r"^\s*([A-Za-z_]\w*)-(\d+)\s+(\[.*\])\s+([\d,]{1,60})\s*$")


def _layout(header: str) -> tuple[str, Reader]:
    if "┃" in header or "│" in header:
        return "Keras 3", _box
    if "depth-idx" in header:
        return "torchinfo", _torchinfo
    # torchsummary puts its columns to the right
    if header.find("Layer") > 3:
        return "torchsummary", _torchsummary
    return "Keras 2", _keras2


# -- one layout each -------------------------------------------------------------------------------


def _box(header: str, body: Iterable[tuple[int, str]]) -> Iterator[TableRow]:
    titles = [each.strip() for each in _BOX.split(header)[1:-1]]
    places = {_WORN.get(title[:5], title): place for place, title in enumerate(titles)}
    if not {"Layer (type)", "Output Shape", "Param #"} <= places.keys():
        return
    waiting: list[list[str]] = []
    start = 0
    for line, text in [*body, (0, "")]:
        cells = [each.strip() for each in _BOX.split(text)[1:-1]]
        fits = len(cells) == len(titles)
        # a row's first line is the one with its number
        if waiting and (not fits or cells[places["Param #"]]):
            yield _keras_row(start, waiting, places)
            waiting = []
        if fits:
            start = start if waiting else line
            waiting.append(cells)


_WORN = {"Layer": "Layer (type)", "Outpu": "Output Shape", "Param": "Param #"}
"""The titles of columns, by their beginning."""


def _keras_row(line: int, wrapped: list[list[str]], places: Mapping[str, int]) -> TableRow:
    columns = [[cells[place] for cells in wrapped] for place in range(len(wrapped[0]))]
    to = places.get("Connected to")
    return _row(
        line,
        "".join(columns[places["Layer (type)"]]),
        " ".join(columns[places["Output Shape"]]),
        columns[places["Param #"]][0],
        [] if to is None else columns[to],
    )


def _keras2(header: str, body: Iterable[tuple[int, str]]) -> Iterator[TableRow]:
    starts = [header.find(title) for title in ("Output Shape", "Param #", "Connected to")]
    starts = [0, *(each for each in starts if each > 0), 10**6]
    places = {"Layer (type)": 0, "Output Shape": 1, "Param #": 2, "Connected to": 3}
    waiting: list[list[str]] = []
    start = 0
    for line, text in body:
        if not re.search(r"\w", text.replace("_", "")):
            continue
        cells = [text[a:b].strip() for a, b in pairwise(starts)]
        if len(cells) < 3 or not re.fullmatch(_PARAMS, cells[2]):
            found = _PLAIN_ROW.match(text)
            if found:
                cells = [(each or "").strip() for each in found.groups()]
            elif waiting and len(cells) > 2 and not cells[2]:
                waiting.append([*cells, "", ""][: len(waiting[0])])
                continue
            else:
                continue
        if waiting:
            yield _keras_row(start, waiting, places)
        start, waiting = line, [[*cells, "", ""][:4]]
    if waiting:
        yield _keras_row(start, waiting, places)


def _torchinfo(header: str, body: Iterable[tuple[int, str]]) -> Iterator[TableRow]:
    titles = re.split(r"\s{2,}", header.strip())
    for line, text in body:
        cells = re.split(r"\s{2,}", text.rstrip())
        marks = re.match(r"[\s│├└─|+]*", text)
        indent = marks.end() if marks else 0
        if indent:  # the marks of the tree hold spaces of their own
            cells = re.split(r"\s{2,}", text[indent:].rstrip())
        if len(cells) != len(titles):
            continue
        by_title = dict(zip(titles[1:], cells[1:], strict=True))
        kind = re.match(r"([A-Za-z_]\w*)(?:\s*\(([^)]*)\))?(?::\s*(\d+)-\d+)?", cells[0])
        if kind is None or "Param #" not in by_title:
            continue
        shown = by_title["Param #"]
        if not re.fullmatch(_PARAMS, shown):
            continue
        yield TableRow(
            line,
            cells[0],
            kind[1],
            False,
            _sizes(by_title.get("Output Shape", "--")),
            _sizes(by_title.get("Input Shape", "--")),
            None if "recursive" in shown else _number(shown),
            "recursive" in shown,
            int(kind[3] or 0),
        )


def _torchsummary(header: str, body: Iterable[tuple[int, str]]) -> Iterator[TableRow]:
    del header
    for line, text in body:
        found = _TORCHSUMMARY_ROW.match(text)
        if found:
            name = f"{found[1]}-{found[2]}"
            yield TableRow(
                line, name, found[1], False, _sizes(found[3]), None, _number(found[4]), False, 0
            )


# -- cells -----------------------------------------------------------------------------------------


def _row(line: int, title: str, shape: str, params: str, sources: Iterable[str]) -> TableRow:
    bare = title.lstrip(" └|─")
    name, opened, kind = bare.partition("(")
    shown = re.sub(r"\W.*", "", kind)
    return TableRow(
        line,
        name.strip(),
        shown,
        bool(opened) and not kind.rstrip().endswith(")"),
        _sizes(shape),
        None,
        _number(params),
        False,
        len(title) - len(bare),
        False,
        [
            f"{name}{end if end == '…' else ''}"
            for name, end in re.findall(r"([\w./-]+)(…|\[)", "".join(sources))
        ],
    )


def _number(text: str) -> int | None:
    if "…" in text:
        return None
    digits = re.sub(r"\D", "", text.partition(" ")[0])
    return int(digits) if digits else 0


def _sizes(text: str) -> Sizes | None:
    """The first shape that is written there, without the batch; None where there is none."""
    found = re.search(r"[(\[]+([^()\[\]]*)", text)
    if found is None:
        return None
    parts = [each.strip() for each in found[1].split(",") if each.strip()]
    sizes = [None if each in ("None", "-1") else each for each in parts]
    if not sizes or any(each is not None and not each.isdecimal() for each in sizes):
        return None
    return tuple(None if each is None else int(each[:100]) for each in sizes[1:])
