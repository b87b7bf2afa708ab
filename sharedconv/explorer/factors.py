"""Terms as data: each factor with its name, and the formula of fields that its size comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..counting.sizes import axis_names
from .tracing import value

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from ..counting.count import Count, Term
    from .probes import Numbers
    from .tracing import Formula


class Factors:
    """All factors and terms that the page knows, each written down once and called by its place."""

    def __init__(self) -> None:
        self.factors: list[tuple[str, Formula]] = []
        self.terms: list[tuple[str, bool, tuple[int, ...]]] = []
        self._places: dict[str, int] = {}

    def of(self, count: Count, where: Where) -> list[int]:
        """The places of a count's terms, where `where` tells what their sizes come from."""
        return [self._term(each, where) for each in count.terms]

    def as_json(self) -> dict[str, Any]:
        """The page's two tables."""
        return {
            "factors": [
                name if name == formula else [name, formula] for name, formula in self.factors
            ],
            "terms": [[role, int(trains), *places] for role, trains, places in self.terms],
        }

    def _term(self, term: Term, where: Where) -> int:
        factors = tuple(
            self._place(self.factors, (name, where.formula(name, size)))
            for name, size in term.factors.items()
        )
        return self._place(self.terms, (term.role, term.trainable, factors))

    def _place(self, table: list[Any], entry: tuple[Any, ...]) -> int:
        key = repr(entry)
        if key not in self._places:
            self._places[key] = len(table)
            table.append(entry)
        return self._places[key]


class Where:
    """What the sizes of factors come from, told by the telling numbers of one layer."""

    def __init__(self, ndim: int, numbers: Numbers) -> None:
        self._numbers = numbers
        self._derived = _derived(axis_names(ndim), numbers)
        self._by_number = {size: name for name, size in numbers.items()}

    def formula(self, name: str, size: int) -> Formula:
        """The formula that gives a factor of this name and size.

        Raises LookupError where nobody has said where such a factor comes from.
        """
        if self._numbers.get(name) == size:
            return name
        derived = self._derived.get(name)
        if derived is not None and value(derived, self._numbers) == size:
            return derived
        found = self._by_number.get(size)
        if found is None:
            raise LookupError(
                f"the page can't tell where the {size} of the factor {name!r} comes from; say it "
                "in sharedconv/explorer/factors.py"
            )
        return found


def _derived(axes: Iterable[str], numbers: Numbers) -> dict[str, Formula]:
    """Factors that are no field, by their names."""
    known = [axis for axis in axes if f"kernel {axis}" in numbers]
    made: dict[str, Formula] = {
        "in_channels per group": ["//", "in_channels", "groups"],
        "filters per group": ["//", "filters", "groups"],
        "in_channels seen": "in_channels",
        "filters / stride": _shared_out("filters", f"stride {known[0]}" if known else 1),
        "filters / strides": _shared_out("filters", _joined("*", "stride", known) or 1),
        "moving mean and variance": 2,
        # counted only where there is a stride, or a padding
        "stride values": ["if", [">", _joined("*", "stride", known), 1], len(known), 0],
        "padding values": ["if", [">", _joined("+", "padding", known), 0], len(known), 0],
    }
    for axis in known:
        made[f"image {axis}"] = f"input {axis}"
        made[f"steps {axis}"] = ["-", f"output {axis}", 1]
        around: Formula = ["*", 2, f"padding {axis}"]
        made[f"kernel {axis} with padding"] = ["+", f"kernel {axis}", around]
    if known and f"output {known[0]}" in numbers:
        made["in_features"] = ["*", "in_channels", _joined("*", "input", known)]
        made["units"] = ["*", "filters", _joined("*", "output", known)]
    return made


def _shared_out(what: str, by: Formula) -> Formula:
    """One number divided by another, where nothing is left over."""
    return ["if", [">", ["%", what, by], 0], what, ["//", what, by]]


def _joined(sign: str, what: str, axes: list[str]) -> Formula:
    if not axes:
        return 0
    made: Formula = f"{what} {axes[0]}"
    for axis in axes[1:]:
        made = [sign, made, f"{what} {axis}"]
    return made
