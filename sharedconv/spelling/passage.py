"""Where in a pasted text the code is, and where the summary tables; the prose is passed over.

Both are found by their form. Every piece keeps the line numbers of the text that it comes from.
"""

from __future__ import annotations

import ast
import re
import warnings

from ..counting.count import number
from ..counting.value import Value
from .recipe import names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

LONGEST_TEXT = 200_000
_LAYER_NAMES = "|".join(sorted({*names("keras"), *names("torch"), "Sequential", "Model", "Module"}))
_LAYER = re.compile(rf"\b({_LAYER_NAMES})\b\s*\(")
MOST_TRIES = 60
"""How often a stretch of code and prose is cut and parsed again."""


class Piece(Value):
    """A stretch of a text that is code or a table.

    what: "code" or "table". first_line, last_line: where it stands, from 1.
    lines: those of the text, from the first to the last.
    problem: why it can't be read, where it looks like code and isn't.
    """

    what: str
    first_line: int
    last_line: int
    lines: tuple[str, ...]
    problem: str

    def __init__(self, what: str, first_line: int, lines: Sequence[str], problem: str = "") -> None:
        super().__init__(
            what=what,
            first_line=first_line,
            last_line=first_line + len(lines) - 1,
            lines=tuple(lines),
            problem=problem,
        )

    @property
    def source(self) -> str:
        """Its lines as Python, each at the line number that it has in the text."""
        return "\n" * (self.first_line - 1) + "\n".join(_dedented(self.lines))


def pieces(text: str) -> list[Piece]:
    """The code and the tables of a text, in order.

    Raises ValueError, in one sentence, for a text that is too long.
    """
    if len(text) > LONGEST_TEXT:
        raise ValueError(
            f"the text has {number(len(text))} characters; at most {number(LONGEST_TEXT)} are read"
        )
    lines = [_plain(line) for line in text.splitlines()]
    prompts = _without_prompts(lines)
    tables = list(_tables(lines))
    whole = Piece("code", 1, lines)
    if not tables and not prompts and not any(_FENCE.match(line) for line in lines):
        stretches = list(_stretches(lines, 0, len(lines), prompts))
        covered = {at for first, last in stretches for at in range(first, last)}
        prose = any(line.strip() and at not in covered for at, line in enumerate(lines))
        if not prose or _problem(whole) is None:
            return [whole]
    found: list[Piece] = []
    start = 0
    for first, last in [*tables, (len(lines), len(lines))]:
        found += _code(lines, list(_stretches(lines, start, first, prompts)))
        if first < len(lines):
            found.append(Piece("table", first + 1, lines[first : last + 1]))
        start = last + 1
    return found


# -- single lines ----------------------------------------------------------------------------------

_HEADER = re.compile(r"Layer\s*\(type.*(Param\s*#|Output Shape)")
_RULED = re.compile(r"[\s=_\-\u2500-\u257f+|¯]*")
_TOTAL = re.compile(r"[\s│|]*(Total|Trainable|Non-trainable|Optimizer) params\s*:")
_AFTER = re.compile(
    r"\s*(Total mult-adds|Input size|Forward/backward pass|Params size|Estimated Total)"
)
_BEFORE = re.compile(r"\s*Model:")
_PROMPT = re.compile(r"\s*(>>>|\.\.\.|In \[\d*\]:|\.{3,}:)( |$)")
_FENCE = re.compile(r"\s*(```|~~~)")
_CODE = re.compile(
    r"\s*(from\s+[\w.]+\s+import\b|import\s+\w|[\w.\[\]'\"]+(\s*,\s*[\w.]+)*\s*[-+*/]?=[^=]"
    r"|[A-Za-z_][\w.]*\(|(for|if|elif|with|while|class|def)\b.*:\s*(#.*)?$|(else|try)\s*:"
    r"|return\b|@\w|\#|[)\]}]|\"\"\"|'''|\*)"
)
_STRINGS = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|#.*")
_PLAIN = str.maketrans(
    {"\xa0": " ", "\u200b": "", "\ufeff": "", "“": '"', "”": '"', "‘": "'", "’": "'", "\t": "    "}
)


def _plain(line: str) -> str:
    """A line without what a web page or a word processor puts in the place of plain characters."""
    return line.translate(_PLAIN).rstrip("\r\f\v")


def _without_prompts(lines: list[str]) -> set[int]:
    """Take ``>>>`` and the like away; the places of the lines that had them."""
    if not any(re.match(r"\s*(>>>|In \[\d*\]:)", line) for line in lines):
        return set()
    prompted = set()
    for place, line in enumerate(lines):
        found = _PROMPT.match(line)
        if found:
            prompted.add(place)
            lines[place] = line[found.end() :]
    return prompted


def _dedented(lines: Sequence[str]) -> list[str]:
    """The lines without the margin that they share; a first line may have lost its own."""
    filled = [line for line in lines if line.strip()]
    margins = [len(line) - len(line.lstrip()) for line in filled]
    rest = min(margins[1:], default=0)
    if margins and margins[0] == 0 < rest and not filled[0].rstrip().endswith(_OPEN):
        return [line[rest:] if line.startswith(" " * rest) else line for line in lines]
    margin = min(margins, default=0)
    return [line[margin:] for line in lines]


_OPEN = (":", "(", "[", "{", ",", "\\")


# -- tables ----------------------------------------------------------------------------------------


def _tables(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The first and the last line of each table."""
    headers = [place for place, line in enumerate(lines) if _HEADER.search(line)]
    end = -1
    for header, following in zip(headers, [*headers[1:], len(lines)], strict=False):
        first = header
        while first - 1 > end and (_ruled(lines[first - 1]) or _BEFORE.match(lines[first - 1])):
            first -= 1
        totals = [at for at in range(header, following) if _TOTAL.match(lines[at])]
        last = totals[0] if totals else header
        for at in range(last + 1, following):
            line = lines[at]
            if _TOTAL.match(line) or _AFTER.match(line) or _ruled(line):
                last = at
            elif not totals and not (_CODE.match(line) or _FENCE.match(line)):
                last = at if re.search(r"[\[(].*\d\s*[\])]", line) else last
            elif line.strip():
                break
        end = last
        yield first, last


def _ruled(line: str) -> bool:
    return bool(line.strip()) and _RULED.fullmatch(line) is not None


# -- code ------------------------------------------------------------------------------------------


def _code(lines: Sequence[str], stretches: Iterable[tuple[int, int]]) -> Iterator[Piece]:
    """The stretches that are code; prose that only looks like it is cut out."""
    tries = 0
    for first, last in stretches:
        while first < last:
            piece = Piece("code", first + 1, lines[first:last])
            problem = _problem(piece)
            if problem is None or (last - first > 1 and _LAYER.search(piece.source)):
                yield piece
                break
            tries += 1
            broken = min(max(problem[0] - 1, first), last - 1)
            if broken > first:
                before = Piece("code", first + 1, lines[first:broken])
                if _problem(before) is None:
                    yield before
            if _LAYER.search(lines[broken]):
                yield Piece("code", broken + 1, lines[broken : broken + 1], problem[1])
            first = broken + 1
            if tries > MOST_TRIES:
                return


def _stretches(
    lines: Sequence[str], start: int, end: int, prompts: set[int]
) -> Iterator[tuple[int, int]]:
    begun: int | None = None
    depth, fenced, blanks = 0, False, 0
    for at in range(start, end):
        line = lines[at]
        if _FENCE.match(line):
            if begun is not None:
                yield begun, at
            begun, depth, fenced = (None, 0, False) if fenced else (at + 1, 0, True)
            continue
        if fenced:
            continue
        inside = begun is not None and (depth > 0 or (line.startswith((" ", "\t")) and blanks < 2))
        if not line.strip():
            blanks += 1
            continue
        if at in prompts if prompts else (_CODE.match(line) or inside):
            begun = at if begun is None else begun
            depth = max(depth + _opened(line), 0)
        elif begun is not None:
            yield begun, at
            begun, depth = None, 0
        blanks = 0
    if begun is not None:
        yield begun, end


def _opened(line: str) -> int:
    """How many brackets a line opens and leaves open."""
    bare = _STRINGS.sub("", line)
    return sum(bare.count(each) for each in "([{") - sum(bare.count(each) for each in ")]}")


def _problem(piece: Piece) -> tuple[int, str] | None:
    """Where and why a piece isn't Python; None where it is."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(piece.source)
    except SyntaxError as error:
        return error.lineno or piece.first_line, error.msg
    except (RecursionError, MemoryError, ValueError):
        return piece.first_line, "it is nested too deeply"
    return None
