"""Which calls have a part in a count, by the way that they are written."""

from __future__ import annotations

import ast

from .names import OF_KERAS, OF_TORCH


def calls_super(node: ast.Call) -> bool:
    """``super().method(...)`` or ``super(Net, self).method(...)``."""
    inner = node.func.value if isinstance(node.func, ast.Attribute) else None
    return (
        isinstance(inner, ast.Call)
        and isinstance(inner.func, ast.Name)
        and inner.func.id == "super"
    )


def is_static(node: ast.FunctionDef | ast.Lambda) -> bool:
    """Whether a method takes no ``self``."""
    decorators = getattr(node, "decorator_list", [])
    return any(isinstance(each, ast.Name) and each.id == "staticmethod" for each in decorators)


def _last_name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


def freezes(node: ast.AST) -> bool:
    """Whether a node says what training changes: ``layer.trainable = False``."""
    return isinstance(node, ast.Attribute) and (
        node.attr in ("trainable", "requires_grad") and isinstance(node.ctx, ast.Store)
    )


def makes_layers(node: ast.AST) -> bool:
    """Whether a node is a call that makes a layer, or puts one into a model."""
    if not isinstance(node, ast.Call):
        return False
    name = _last_name(node.func)
    return name in OF_KERAS or name in OF_TORCH or name in ("Sequential", "add", "add_module")


def may_make_layers(node: ast.expr) -> bool:
    """Whether what a call gives, which the text doesn't show, may have parameters."""
    if not isinstance(node, ast.Call):
        return False
    first = node.func
    while isinstance(first, ast.Attribute):
        first = first.value
    return not (isinstance(first, ast.Name) and first.id in _NO_LAYERS)


_NO_LAYERS = (
    *("torch", "np", "numpy", "math", "F", "tf", "K", "os", "random", "logging", "time"),
    *("int", "float", "str", "bool", "set", "getattr", "super"),
)
"""Modules and functions whose results have no parameters."""
