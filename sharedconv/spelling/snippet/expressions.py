"""The values of expressions, as far as the text itself shows them. Nothing is executed."""

from __future__ import annotations

import ast

from ..arithmetic import LONGEST_LIST, UNCLEAR, combined, compared, plain, signed
from .objects import (
    Argument,
    Class,
    Function,
    Graph,
    Group,
    Layer,
    Named,
    Scope,
    Stack,
    Tensor,
    Unknown,
    Unordered,
    Weight,
    at_line,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any


MOST_STEPS = 150_000
"""A text with 10,000 layers takes half as many."""


class Expressions:
    """Works out expressions, one node at a time, and counts its steps.

    call: what a call gives. operate: what an operator makes of tensors.
    """

    def __init__(
        self,
        call: Callable[[ast.Call, Scope], object],
        operate: Callable[[ast.BinOp, object, object], object],
    ) -> None:
        self.call = call
        self.operate = operate
        self.steps = 0

    def step(self, line: int) -> None:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise at_line(
                line, ValueError("this goes on for too long; at most 10,000 layers are followed")
            )

    def value(self, node: ast.expr, scope: Scope) -> object:
        """The value of an expression; an Unread where the text doesn't show it."""
        self.step(node.lineno)
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name):
            return scope.find(node.id)
        work = _WORK.get(type(node))
        found = Unknown(node) if work is None else work(self, node, scope)
        return Unknown(node) if found is UNCLEAR else found

    def known(self, node: ast.expr, scope: Scope) -> tuple[bool, bool]:
        """Whether the text shows what a condition is, and what it is."""
        value = self.value(node, scope)
        return plain(value), bool(value)

    # -- one kind of expression each ---------------------------------------------------------------

    def _attribute(self, node: ast.Attribute, scope: Scope) -> object:
        owner = self.value(node.value, scope)
        return attribute(owner, node.attr, node)

    def _subscript(self, node: ast.Subscript, scope: Scope) -> object:
        owner, place = self.value(node.value, scope), self.value(node.slice, scope)
        if isinstance(owner, Tensor):
            return Tensor(None, owner.step, f"line {node.lineno} takes a part of it")
        if isinstance(owner, (Stack, Group)):
            owner = members(owner)
        if isinstance(owner, Unordered):
            raise at_line(
                node.lineno,
                ValueError(
                    "in which order Keras lists the layers of a model with branches isn't known "
                    "here; name the layer itself"
                ),
            )
        try:
            return owner[place]  # type: ignore[index]
        except (IndexError, KeyError):
            what = ast.unparse(node.slice)
            raise at_line(
                node.lineno, ValueError(f"there is no {what} in {ast.unparse(node.value)[:40]}")
            ) from None
        except (TypeError, ValueError):
            return Unknown(node)

    def _slice(self, node: ast.Slice, scope: Scope) -> object:
        ends = [each and self.value(each, scope) for each in (node.lower, node.upper, node.step)]
        if all(each is None or isinstance(each, int) for each in ends):
            return slice(*ends)
        return Unknown(node)

    def _tuple(self, node: ast.Tuple, scope: Scope) -> object:
        return tuple(self.several(node.elts, scope))

    def _list(self, node: ast.List, scope: Scope) -> object:
        return list(self.several(node.elts, scope))

    def _dict(self, node: ast.Dict, scope: Scope) -> object:
        made: dict[object, object] = {}
        for key, each in zip(node.keys, node.values, strict=True):
            if key is None:
                return Unknown(node)
            name = self.value(key, scope)
            if not isinstance(name, (str, int, float, bool, type(None))):
                return Unknown(node)
            made[name] = self.value(each, scope)
        return made

    def _binary(self, node: ast.BinOp, scope: Scope) -> object:
        left, right = self.value(node.left, scope), self.value(node.right, scope)
        if isinstance(left, Tensor) or isinstance(right, Tensor):
            return self.operate(node, left, right)
        try:
            return combined(node.op, left, right)
        except ValueError as problem:
            raise at_line(node.lineno, problem) from None

    def _unary(self, node: ast.UnaryOp, scope: Scope) -> object:
        value = self.value(node.operand, scope)
        return value if isinstance(value, Tensor) else signed(node.op, value)

    def _compare(self, node: ast.Compare, scope: Scope) -> object:
        values = [self.value(each, scope) for each in (node.left, *node.comparators)]
        return compared(node.ops, values)

    def _and_or(self, node: ast.BoolOp, scope: Scope) -> object:
        value: object = UNCLEAR
        for each in node.values:
            value = self.value(each, scope)
            if not plain(value):
                return UNCLEAR
            if bool(value) is isinstance(node.op, ast.Or):
                return value
        return value

    def _if(self, node: ast.IfExp, scope: Scope) -> object:
        shown, holds = self.known(node.test, scope)
        return self.value(node.body if holds else node.orelse, scope) if shown else UNCLEAR

    def _lambda(self, node: ast.Lambda, scope: Scope) -> object:
        return Function(node, scope)

    def _text(self, node: ast.JoinedStr, scope: Scope) -> object:
        parts: list[str] = []
        for each in node.values:
            inner = each.value if isinstance(each, ast.FormattedValue) else each
            value = self.value(inner, scope)
            if not isinstance(value, (str, int)) or len(parts) > 100:
                return UNCLEAR
            parts.append(str(value)[:100])
        return "".join(parts)

    def _call(self, node: ast.Call, scope: Scope) -> object:
        return self.call(node, scope)

    def _starred(self, node: ast.Starred, _: Scope) -> object:
        return Unknown(node)

    def _comprehension(self, node: ast.ListComp | ast.GeneratorExp, scope: Scope) -> object:
        inner = Scope(scope)
        made: list[object] = []
        return made if self._nested(node, node.generators, inner, made) else UNCLEAR

    def _nested(
        self,
        node: ast.ListComp | ast.GeneratorExp,
        loops: list[ast.comprehension],
        scope: Scope,
        made: list[object],
    ) -> bool:
        if not loops:
            made.append(self.value(node.elt, scope))
            return True
        values = iterated(self.value(loops[0].iter, scope))
        if values is None:
            return False
        for each in values:
            self.step(node.lineno)
            assign(loops[0].target, each, scope)
            tests = [self.known(test, scope) for test in loops[0].ifs]
            if not all(shown for shown, _ in tests):
                return False
            if all(holds for _, holds in tests) and not self._nested(node, loops[1:], scope, made):
                return False
        return True

    # -- several at once ---------------------------------------------------------------------------

    def several(self, nodes: Iterable[ast.expr], scope: Scope) -> Iterator[object]:
        """The values in a list; ``*more`` is written out."""
        for each in nodes:
            yield from (argument.value for argument in self.argument(each, scope))

    def argument(self, node: ast.expr, scope: Scope) -> list[Argument]:
        """What one place among the arguments hands over: one value, or those of ``*more``."""
        if not isinstance(node, ast.Starred):
            return [Argument(self.value(node, scope), node)]
        values = iterated(self.value(node.value, scope))
        if values is None:
            return [Argument(Unknown(node), node)]
        self.steps += len(values)
        return [Argument(each, node.value) for each in values]


def iterated(value: object) -> list[object] | None:
    """The members that a loop goes through; None where the text doesn't show them."""
    if isinstance(value, (Stack, Group)):
        return list(members(value))
    if isinstance(value, (list, tuple, str, dict)):
        return list(value)
    if isinstance(value, range):
        if len(value) > LONGEST_LIST:
            raise ValueError(f"{value} goes on for too long; at most 10,000 layers are followed")
        return list(value)
    return None


def members(holder: Stack | Group) -> list[object]:
    """What a holder of layers holds, in order."""
    return holder.members if isinstance(holder, Stack) else list(holder.attributes.values())


def attribute(owner: object, name: str, node: ast.expr) -> object:
    """``owner.name``, where the text shows it."""
    if isinstance(owner, Named):
        return Named(f"{owner.text}.{name}")
    if isinstance(owner, Class):
        return Unknown(node) if (found := owner.found(name)) is None else found
    if isinstance(owner, Group):
        if name in owner.attributes:
            return owner.attributes[name]
        found = owner.cls and owner.cls.found(name)
        if isinstance(found, Function):
            return found.of(owner)
        return Unknown(node) if found is None else found
    if isinstance(owner, Stack) and name == "layers":
        return [each for each in owner.members if not isinstance(each, Tensor)]
    if isinstance(owner, Graph) and name == "layers":
        steps = owner.steps()
        layers = dict.fromkeys(step.layer or step for step in steps)
        chain = all(len(step.inputs) == 1 for step in steps)
        return (list if chain else Unordered)([*owner.inputs, *layers])
    if isinstance(owner, Layer) and name in ("weight", "bias"):
        return Weight(owner, name)
    return Unknown(node)


def assign(target: ast.expr, value: object, scope: Scope) -> None:
    """Give a value its name, or its names."""
    if isinstance(target, ast.Name):
        scope.own[target.id] = value
    elif isinstance(target, (ast.Tuple, ast.List)):
        values = iterated(value)
        if values is None or len(values) != len(target.elts):
            values = [Unknown(target)] * len(target.elts)
        for each, inner in zip(target.elts, values, strict=True):
            assign(each, inner, scope)


_WORK: dict[type, Callable[[Expressions, Any, Scope], object]] = {
    ast.Attribute: Expressions._attribute,
    ast.Subscript: Expressions._subscript,
    ast.Slice: Expressions._slice,
    ast.Tuple: Expressions._tuple,
    ast.List: Expressions._list,
    ast.Dict: Expressions._dict,
    ast.BinOp: Expressions._binary,
    ast.UnaryOp: Expressions._unary,
    ast.Compare: Expressions._compare,
    ast.BoolOp: Expressions._and_or,
    ast.IfExp: Expressions._if,
    ast.Lambda: Expressions._lambda,
    ast.JoinedStr: Expressions._text,
    ast.Call: Expressions._call,
    ast.Starred: Expressions._starred,
    ast.ListComp: Expressions._comprehension,
    ast.GeneratorExp: Expressions._comprehension,
}
