"""A formula as data, taken from the function that computes it.

The function is called with symbols in place of numbers, and what it does to them is written down:
``["+", ["*", "size", "stride"], 1]``. Where it compares, it is followed both ways:
``["if", [">", a, b], then, otherwise]``. A whole number stands for itself, a word for a number that
is called so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Formula = int | str | list[Any]


def traced(function: Callable[..., Any], *given: Any) -> Formula:
    """What the function makes of these: `Symbol`s are followed, anything else is as it is."""
    return _followed(lambda: function(*given), {})


def value(formula: Formula, named: Mapping[str, int]) -> int:
    """The number that comes out, with these numbers for the words."""
    if isinstance(formula, int):
        return formula
    if isinstance(formula, str):
        return named[formula]
    sign, *parts = formula
    if sign == "if":
        condition, then, otherwise = parts
        return value(then if value(condition, named) else otherwise, named)
    left, right = (value(each, named) for each in parts)
    return int(_SIGNS[sign](left, right))


class Symbol:
    """A number that isn't known yet; it keeps what is done to it."""

    def __init__(self, formula: Formula) -> None:
        self.formula = formula

    def __add__(self, other: object) -> Symbol:
        return Symbol(["+", self.formula, _formula(other)])

    def __radd__(self, other: object) -> Symbol:
        return Symbol(["+", _formula(other), self.formula])

    def __sub__(self, other: object) -> Symbol:
        return Symbol(["-", self.formula, _formula(other)])

    def __mul__(self, other: object) -> Symbol:
        return Symbol(["*", self.formula, _formula(other)])

    def __rmul__(self, other: object) -> Symbol:
        return Symbol(["*", _formula(other), self.formula])

    def __floordiv__(self, other: object) -> Symbol:
        return Symbol(["//", self.formula, _formula(other)])

    def __mod__(self, other: object) -> Symbol:
        return Symbol(["%", self.formula, _formula(other)])

    def __neg__(self) -> Symbol:
        return Symbol(["*", -1, self.formula])

    def __gt__(self, other: object) -> bool:
        return _decided([">", self.formula, _formula(other)])

    def __lt__(self, other: object) -> bool:
        return _decided([">", _formula(other), self.formula])


class _UndecidedError(Exception):
    def __init__(self, condition: Formula) -> None:
        self.condition = condition


_decisions: list[dict[str, bool]] = []


def _followed(call: Callable[[], object], decisions: dict[str, bool]) -> Formula:
    _decisions.append(decisions)
    try:
        return _formula(call())
    except _UndecidedError as undecided:
        condition = undecided.condition
    finally:
        _decisions.pop()
    ways = (_followed(call, {**decisions, repr(condition): answer}) for answer in (True, False))
    return ["if", condition, *ways]


def _decided(condition: Formula) -> bool:
    try:
        return _decisions[-1][repr(condition)]
    except KeyError:
        raise _UndecidedError(condition) from None


def _formula(of: object) -> Formula:
    if isinstance(of, Symbol):
        return of.formula
    if type(of) is int:
        return of
    raise TypeError(f"{of!r} is neither a whole number nor a symbol")


_SIGNS: dict[str, Callable[[int, int], int]] = {
    "+": int.__add__,
    "-": int.__sub__,
    "*": int.__mul__,
    "//": int.__floordiv__,
    "%": int.__mod__,
    ">": int.__gt__,
}
