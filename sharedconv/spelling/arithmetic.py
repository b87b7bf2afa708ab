"""Arithmetic on what stands in a text: whole numbers, words, lists. Bounded, and never executed."""

from __future__ import annotations

import ast
import operator

from ..counting.count import number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LARGEST_NUMBER = 10**100
LONGEST_LIST = 20_000
"""No text makes more layers than that; a longer list is a slip, or mischief."""
LARGEST_POWER = 400
"""Enough for the largest number that a text may hold, and quick to work out."""
UNCLEAR = object()
"""What comes of values that the text alone doesn't show."""


def combined(sign: ast.operator, left: object, right: object) -> object:
    """``left + right`` and the like; UNCLEAR where the text alone can't tell.

    Raises ValueError, in one sentence, for what has no result or a result beyond all layers.
    """
    if _are(int | float, left, right) and type(sign) in _NUMBERS:
        return _of_numbers(sign, left, right)  # type: ignore[arg-type]
    if isinstance(sign, ast.Add) and type(left) is type(right):
        if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
            return _not_too_long(len(left) + len(right)) and type(left)([*left, *right])
        if isinstance(left, str) and isinstance(right, str):
            return _not_too_long(len(left) + len(right)) and left + right
    if isinstance(sign, ast.Mult):
        for what, times in ((left, right), (right, left)):
            if isinstance(what, (list, tuple, str)) and isinstance(times, int):
                return _not_too_long(len(what) * times) and what * max(times, 0)
    return UNCLEAR


def signed(sign: ast.unaryop, value: object) -> object:
    """``-value``, ``+value`` and ``not value``; UNCLEAR where the text alone can't tell."""
    if isinstance(sign, ast.Not) and plain(value):
        return not value
    if isinstance(value, (int, float)):
        if isinstance(sign, ast.USub):
            return -value
        if isinstance(sign, ast.UAdd):
            return +value
    return UNCLEAR


def compared(signs: Sequence[ast.cmpop], values: Sequence[object]) -> object:
    """``a < b <= c``; UNCLEAR where the text alone can't tell."""
    if not all(plain(value) for value in values):
        return UNCLEAR
    try:
        return all(
            _COMPARISONS[type(sign)](left, right)
            for sign, left, right in zip(signs, values[:-1], values[1:], strict=True)
        )
    except TypeError:
        return UNCLEAR


def plain(value: object) -> bool:
    """Whether it is a value that the text itself shows, through and through."""
    waiting, seen = [value], 0
    while waiting:
        each = waiting.pop()
        seen += 1
        if isinstance(each, (tuple, list)):
            waiting += each
        elif not (each is None or isinstance(each, (int, float, str, range))):
            return False
        if seen + len(waiting) > LONGEST_LIST:  # a list of lists of lists can be very long
            return False
    return True


def _are(kinds: object, *values: object) -> bool:
    return all(isinstance(value, kinds) for value in values)  # type: ignore[arg-type]


def _of_numbers(sign: ast.operator, left: float, right: float) -> object:
    if isinstance(sign, ast.Pow) and abs(right) > LARGEST_POWER:
        raise ValueError(f"{left} ** {right} is larger than any layer; look for a slip")
    try:
        result = _NUMBERS[type(sign)](left, right)
    except ZeroDivisionError:
        raise ValueError(
            f"{_shown(left)} {_WRITTEN[type(sign)]} {_shown(right)} has no result; divide by "
            "another number"
        ) from None
    except OverflowError:
        return UNCLEAR
    return not_too_large(result) if isinstance(result, (int, float)) else UNCLEAR


def not_too_large(value: object) -> object:
    """The value itself.

    Raises ValueError for a whole number beyond all layers.
    """
    if isinstance(value, int) and abs(value) > LARGEST_NUMBER:
        raise ValueError(
            "a number in the text has over 100 digits; no layer is that large, so look for a slip"
        )
    return value


def _shown(value: float) -> str:
    return number(value) if isinstance(value, int) else str(value)


def _not_too_long(length: int) -> bool:
    if length > LONGEST_LIST:
        raise ValueError(
            f"a list in the text would have {number(length)} members; at most "
            f"{number(LONGEST_LIST)} are followed"
        )
    return True


_NUMBERS: dict[type, Callable[[float, float], object]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_WRITTEN = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Div: "/",
    ast.Pow: "**",
}
_COMPARISONS: dict[type, Callable[[object, object], object]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,  # type: ignore[dict-item]
    ast.LtE: operator.le,  # type: ignore[dict-item]
    ast.Gt: operator.gt,  # type: ignore[dict-item]
    ast.GtE: operator.ge,  # type: ignore[dict-item]
    ast.In: lambda left, right: left in right,  # type: ignore[operator]
    ast.NotIn: lambda left, right: left not in right,  # type: ignore[operator]
    ast.Is: lambda left, right: left is right or left == right,
    ast.IsNot: lambda left, right: not (left is right or left == right),
}
