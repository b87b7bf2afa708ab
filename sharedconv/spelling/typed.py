"""A number as somebody types it: 1,728, or the way to it, 5*5*10 + 10."""

from __future__ import annotations

import ast
import re

from .arithmetic import combined, signed

LONGEST = 100
"""As many characters as a number may have, so that what it comes to stays a number to read."""

SEPARATOR = r"(?<=[0-9])(?:[,_]|\s(?=[0-9]{3}(?![0-9])))(?=[0-9])"
"""What people set between thousands: 1,728 or 1 728."""

SIGNS = str.maketrans("×·x", "***")


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
    value = _worked_out(tree.body)
    if type(value) is not int:
        raise ValueError(f"{text!r} is no whole number")
    return value


def _worked_out(part: ast.expr) -> object:
    if isinstance(part, ast.Constant):
        return part.value
    if isinstance(part, ast.UnaryOp):
        return signed(part.op, _worked_out(part.operand))
    if isinstance(part, ast.BinOp):
        return combined(part.op, _worked_out(part.left), _worked_out(part.right))
    return None
