"""Values back as Python writes them, to stand in a layer's call in the place of their names."""

from __future__ import annotations

import ast

from ..arithmetic import plain
from .objects import Argument, Layer, Named


def literal(argument: Argument) -> ast.expr:
    """What is written for a value: its own writing where the text doesn't show it."""
    value = argument.value
    if isinstance(value, Layer):
        value.used = True
        return value.node
    if isinstance(value, Named) or not plain(value) or isinstance(value, range):
        if isinstance(value, (list, tuple)) and all(isinstance(each, Layer) for each in value):
            return ast.List([literal(Argument(each, argument.node)) for each in value])
        return argument.node
    if isinstance(value, float) and isinstance(argument.node, ast.BinOp):
        return argument.node  # 1./255 says more than 0.0039
    return _constant(value)


def _constant(value: object) -> ast.expr:
    if isinstance(value, (tuple, list)):
        return ast.Tuple([_constant(each) for each in value], ast.Load())
    return ast.Constant(value)  # type: ignore[arg-type]


def whole_number(node: ast.expr | None) -> int | None:
    """The whole number that is written; None where something else is."""
    try:
        value = None if node is None else ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError):
        return None
    return value if type(value) is int else None
