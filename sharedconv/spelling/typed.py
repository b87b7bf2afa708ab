"""A number as somebody types it: 1,728, or the way to it, 5*5*10 + 10."""

from __future__ import annotations

import ast
import operator
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST = 100
"""As many characters as a number may have, so that what it comes to stays a number to read."""

SEPARATOR = r"(?<=[0-9])(?:[,_]|\s(?=[0-9]{3}(?![0-9])))(?=[0-9])"
"""What people set between thousands: 1,728 or 1 728."""

SIGNS = str.maketrans("×·x", "***")
BY_SIGN: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}


def typed_number(text: str) -> int:
    """The whole number that a text says: ``250``, ``1,728``, ``5*5*10 + 10``, ``10 × (25 + 1)``.

    Sums, differences and products are worked out, with brackets; nothing else is.

    Raises ValueError for any other text.
    """
    sum_ = re.sub(SEPARATOR, "", text.strip().lower()).translate(SIGNS)
    if len(sum_) > LONGEST or re.search(r"[^0-9+\-*() ]|\*\s*\*", sum_):
        raise ValueError(f"{text!r} is no whole number")
    try:
        # Python itself reads no 007
        tree = ast.parse(re.sub(r"\b0+(?=[0-9])", "", sum_), mode="eval")
    except (SyntaxError, RecursionError, MemoryError):
        raise ValueError(f"{text!r} is no whole number") from None
    return _worked_out(tree.body, text)


def _worked_out(part: ast.expr, text: str) -> int:
    if isinstance(part, ast.Constant):
        return int(str(part.value))
    if isinstance(part, ast.UnaryOp):
        inner = _worked_out(part.operand, text)
        return -inner if isinstance(part.op, ast.USub) else inner
    if isinstance(part, ast.BinOp):
        sign = BY_SIGN[type(part.op)]
        return sign(_worked_out(part.left, text), _worked_out(part.right, text))
    raise ValueError(f"{text!r} is no whole number")
