"""What sharing is worth: one kernel for all positions, one for each, one weight for each pair."""

from __future__ import annotations

from math import prod

from .count import Count, number
from .value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from .conv import Conv
    from .kind import Kind


class Way(Value):
    """One way to connect the same input to the same output.

    name: "shared", "unshared" or "dense".
    kind: the layer that connects so; what is said of it is said by its rule.
    bytes_each: the bytes that one number takes.
    seconds: how long one image took, where somebody measured.
    not_measured: why nobody could, where they tried.
    """

    name: str
    kind: Kind
    bytes_each: int
    seconds: float | None
    not_measured: str | None

    def __init__(
        self,
        name: str,
        kind: Kind,
        bytes_each: int,
        seconds: float | None = None,
        not_measured: str | None = None,
    ) -> None:
        super().__init__(
            name=name,
            kind=kind,
            bytes_each=bytes_each,
            seconds=seconds,
            not_measured=not_measured,
        )

    @property
    def parameters(self) -> Count:
        """What there is to learn."""
        return self.kind.count()

    @property
    def mult_adds(self) -> int:
        """Multiplications, each with its addition, for one image."""
        return self.kind.mult_adds()

    @property
    def bytes(self) -> int:
        """What the parameters take in memory."""
        return self.parameters.total * self.bytes_each

    def as_json(self) -> dict[str, Any]:
        """The same as one object; its keys are a stable interface."""
        return {
            "name": self.name,
            "parameters": self.parameters.total,
            "mult_adds": self.mult_adds,
            "bytes": self.bytes,
            "seconds": self.seconds,
            "not_measured": self.not_measured,
        }


class Sharing(Value):
    """A convolution with sharing, without, and as a dense layer. Printing it is its use.

    positions: how many positions the kernel is used at.
    bytes_each: the bytes that one number takes.
    """

    ways: tuple[Way, ...]
    positions: int
    bytes_each: int

    def __init__(self, ways: Iterable[Way], positions: int, bytes_each: int) -> None:
        super().__init__(ways=tuple(ways), positions=positions, bytes_each=bytes_each)

    @property
    def measured(self) -> bool:
        """Whether somebody tried to measure the time."""
        return any(each.seconds is not None or each.not_measured for each in self.ways)

    def __getitem__(self, name: str) -> Way:
        for each in self.ways:
            if each.name == name:
                return each
        raise KeyError(f"{name!r} is none of {[each.name for each in self.ways]}")

    def as_json(self) -> dict[str, Any]:
        """The same as one object; its keys are a stable interface."""
        rows = [each.as_json() for each in self.ways]
        return {"positions": self.positions, "bytes_each": self.bytes_each, "sharing": rows}

    def table(self, written: str = "") -> str:
        """A line for each way. written: the name of the one that is called "as written"."""
        rows = [("", *self._columns())]
        rows += [("as written" if row[0] == written else row[0], *row[1:]) for row in self._rows()]
        first, *others = (max(map(len, column)) for column in zip(*rows, strict=True))
        return "\n".join(
            "   ".join([name.ljust(first), *map(str.rjust, cells, others)]) for name, *cells in rows
        )

    def sentences(self) -> list[str]:
        """What the table shows, in words."""
        each = f"{self.bytes_each} byte{'' if self.bytes_each == 1 else 's'} of memory each"
        if self.positions == 1:
            said = ["There is one position only: sharing and not sharing are the same."]
        else:
            said = [
                f"Unshared, each of the {number(self.positions)} positions of the "
                f"{self._where()} has a kernel of its own: {self._as_many()} as many parameters "
                f"({each}), and not one multiplication more. Sharing saves parameters, not work. "
                "Dense, every output has a weight for every input."
            ]
        if not self.measured:
            return said
        if self.positions > 1:
            said.append(
                "Unshared may take longer all the same: each weight is fetched from memory for "
                "one multiplication an image, where a shared one is at hand for the next position."
            )
        reasons: dict[str, list[str]] = {}
        for way in self.ways:
            if way.not_measured:
                reasons.setdefault(way.not_measured, []).append(way.name)
        said += [f"Not measured: {', '.join(names)} ({why})." for why, names in reasons.items()]
        return said

    def __str__(self) -> str:
        from textwrap import fill

        words = [fill(each, 78, break_on_hyphens=False) for each in self.sentences()]
        return "\n\n".join([self.table(), *words])

    def _repr_markdown_(self) -> str:
        names = self._columns()
        head = [f"| | {' | '.join(names)} |", f"| --- |{' ---: |' * len(names)}"]
        rows = [f"| {' | '.join(row)} |" for row in self._rows()]
        return "\n".join([*head, *rows, "", "\n\n".join(self.sentences())])

    def _columns(self) -> list[str]:
        return ["parameters", "multiply-adds", "memory", *(["one image"] if self.measured else [])]

    def _rows(self) -> list[tuple[str, ...]]:
        return [
            (
                each.name,
                number(each.parameters.total),
                number(each.mult_adds),
                in_units(each.bytes),
                *([_milliseconds(each.seconds)] if self.measured else []),
            )
            for each in self.ways
        ]

    def _where(self) -> str:
        return "input" if getattr(self["shared"].kind, "transposed", False) else "output"

    def _as_many(self) -> str:
        shared, unshared = (self[name].parameters.total for name in ("shared", "unshared"))
        about = "about " if unshared % shared else ""
        return f"{about}{number((unshared + shared // 2) // shared)} times"


def sharing(kind: Conv, bytes_each: int = 4) -> Sharing:
    """Compare a convolution with its other forms: by the rules, nothing is built.

    bytes_each: what one number takes; 4 in float32, which both frameworks use unless told.

    Raises ValueError, in one sentence, where the input size isn't known.
    """
    unshared = kind.unshared() if kind.shares_kernel else kind
    forms = {"shared": kind.shared(), "unshared": unshared, "dense": kind.dense()}
    weights = kind.filters * prod(kind.kernel_size) * (kind.in_channels // kind.groups)
    ways = (Way(name, form, bytes_each) for name, form in forms.items())
    return Sharing(ways, kind.mult_adds() // weights, bytes_each)


def in_units(size: int) -> str:
    """Bytes as people say them, 1 kB being 1,000: 960 bytes, 1.0 kB, 12.3 TB."""
    if size < 1000:
        return f"{size} bytes"
    names = enumerate(("kB", "MB", "GB", "TB", "PB"), 1)
    fitting = ((1000**power, name) for power, name in names if 20 * size < 19_999 * 1000**power)
    unit, name = next(fitting, (1000**6, "EB"))
    tenths = (10 * size + unit // 2) // unit
    return f"{number(tenths // 10)}.{tenths % 10} {name}"


def _milliseconds(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    time = 1000 * seconds
    digits = 3 if time < 1 else 2 if time < 10 else 1 if time < 100 else 0
    return f"{time:,.{digits}f} ms"
