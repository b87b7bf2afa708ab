"""Going through the statements of a text, and through its functions and classes where it calls
them. What has no part in a count is passed over; nothing is executed."""

from __future__ import annotations

import ast

from ..foreign import refuse_foreign
from .calls import Calls
from .expressions import Expressions, assign, iterated
from .handing import hand_over, left_to_defaults
from .matters import calls_super, freezes, is_static, makes_layers, may_make_layers
from .methods import freeze
from .objects import (
    Argument,
    Class,
    Container,
    Function,
    Group,
    Layer,
    Named,
    Scope,
    Tensor,
    Unknown,
    Weight,
    at_line,
    held,
    short,
    told,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from .making import Maker

DEEPEST_CALLS = 30


class Follower:
    """Follows a text from its first statement to its last."""

    def __init__(self, maker: Maker) -> None:
        self.maker = maker
        self.expressions = Expressions(self._call, self._operate)
        self.calls = Calls(maker, self.expressions, self.run)
        self.scope = Scope()
        self.scope.own["__name__"] = "__main__"
        self.loose: list[object] = []
        self._depth = 0

    def _call(self, node: ast.Call, scope: Scope) -> object:
        if calls_super(node):
            return self._super(node, scope)
        try:
            return self.calls.call(node, scope)
        except (ValueError, TypeError) as problem:
            raise at_line(node.lineno, problem) from None

    def _operate(self, node: ast.BinOp, left: object, right: object) -> object:
        both = [each for each in (left, right) if isinstance(each, Tensor)]
        if len(both) == 1:
            return both[0]
        sign = {ast.Add: "add", ast.Mult: "multiply", ast.Sub: "subtract"}.get(type(node.op), "add")
        return self.maker.merged(sign, both, None, short(ast.unparse(node)), node.lineno)

    # -- statements --------------------------------------------------------------------------------

    def follow(self, body: Sequence[ast.stmt], scope: Scope) -> _Leaving | None:
        """Go through statements; tells where a return, break or continue leaves them."""
        for node in body:
            self.expressions.step(node.lineno)
            work = _STATEMENTS.get(type(node))
            if work is None:
                continue
            try:
                leaving = work(self, node, scope)
            except (ValueError, TypeError) as problem:
                raise at_line(node.lineno, problem) from None
            if leaving is not None:
                return leaving
        return None

    def _expression(self, node: ast.Expr, scope: Scope) -> None:
        value = self.expressions.value(node.value, scope)
        if scope is self.scope:
            inside = value if isinstance(value, (tuple, list)) else [value]
            self.loose += [each for each in inside if isinstance(each, (Layer, Container))]

    def _assign(self, node: ast.Assign, scope: Scope) -> None:
        value = self.expressions.value(node.value, scope)
        for target in node.targets:
            self._give(target, value, node.value, scope)

    def _annotated(self, node: ast.AnnAssign, scope: Scope) -> None:
        if node.value is not None:
            self._give(node.target, self.expressions.value(node.value, scope), node.value, scope)

    def _augmented(self, node: ast.AugAssign, scope: Scope) -> None:
        reading = ast.BinOp(_loaded(node.target), node.op, node.value)
        value = self.expressions.value(ast.copy_location(reading, node), scope)
        self._give(node.target, value, node.value, scope)

    def _give(self, target: ast.expr, value: object, written: ast.expr, scope: Scope) -> None:
        if isinstance(target, ast.Attribute):
            self._set(self.expressions.value(target.value, scope), target.attr, value, written)
        elif isinstance(target, ast.Subscript):
            holder = self.expressions.value(target.value, scope)
            place = self.expressions.value(target.slice, scope)
            if isinstance(holder, (dict, list)):
                _put(holder, place, value)
            elif isinstance(holder, Group) and isinstance(place, (str, int)):
                holder.attributes[str(place)] = value
                held(value)
        elif isinstance(target, (ast.Tuple, ast.List)) and any(
            isinstance(each, ast.Attribute) for each in target.elts
        ):
            values = iterated(value) or []
            for each, inner in zip(target.elts, values, strict=False):
                self._give(each, inner, written, scope)
        else:
            assign(target, value, scope)

    def _set(self, owner: object, name: str, value: object, written: ast.expr) -> None:
        if name in ("trainable", "requires_grad") and isinstance(value, bool):
            freeze(owner, value)
        elif isinstance(owner, Layer) and name == "weight" and isinstance(value, Weight):
            if value.layer is not owner and value.layer.tied is None:
                owner.tied = value.layer
        elif isinstance(owner, Group):
            owner.attributes[name] = value
            if not isinstance(value, (list, tuple, dict)):  # these hide their layers from PyTorch
                held(value)
            if isinstance(value, Unknown) and may_make_layers(written):
                self.maker.notes.append(
                    (
                        written.lineno,
                        f"what {told(value)} gives isn't in the text; if it has parameters, they "
                        "are not in the total",
                    )
                )

    def _import(self, node: ast.Import, scope: Scope) -> None:
        for each in node.names:
            top = each.name.partition(".")[0]
            scope.own[each.asname or top] = Named(each.name if each.asname else top)

    def _import_from(self, node: ast.ImportFrom, scope: Scope) -> None:
        for each in node.names:
            if each.name == "*":
                if (node.module or "").startswith("torch"):
                    self.calls.preferred = "torch"
            else:
                path = f"{node.module}.{each.name}" if node.module else each.name
                scope.own[each.asname or each.name] = Named(path)

    def _for(self, node: ast.For, scope: Scope) -> _Leaving | None:
        values = iterated(self.expressions.value(node.iter, scope))
        if values is None:
            self._pass_over(node.body, f"what {_source(node.iter)} goes through", node.lineno)
            return None
        for each in values:
            self._give(node.target, each, node.iter, scope)
            leaving = self.follow(node.body, scope)
            if leaving is not None and leaving.how == "break":
                return None
            if leaving is not None and leaving.how == "return":
                return leaving
        return self.follow(node.orelse, scope)

    def _while(self, node: ast.While, _: Scope) -> None:
        self._pass_over(node.body, "how often this loop runs", node.lineno)

    def _if(self, node: ast.If, scope: Scope) -> _Leaving | None:
        shown, holds = self.expressions.known(node.test, scope)
        if shown:
            return self.follow(node.body if holds else node.orelse, scope)
        self._pass_over([*node.body, *node.orelse], f"whether {_source(node.test)}", node.lineno)
        return None

    def _pass_over(self, body: Sequence[ast.stmt], what: str, line: int) -> None:
        """Leave statements out, where nothing in them makes layers."""
        for each in body:
            for inner in ast.walk(each):
                self.expressions.step(line)
                if makes_layers(inner) or freezes(inner):
                    raise at_line(
                        line,
                        ValueError(
                            f"{what} isn't in the text, and layers are made or frozen here; write "
                            "the value, or the layers themselves"
                        ),
                    )

    def _with(self, node: ast.With, scope: Scope) -> _Leaving | None:
        return self.follow(node.body, scope)

    def _try(self, node: ast.Try, scope: Scope) -> _Leaving | None:
        return self.follow(node.body, scope)

    def _define(self, node: ast.FunctionDef, scope: Scope) -> None:
        scope.own[node.name] = Function(node, scope)

    def _class(self, node: ast.ClassDef, scope: Scope) -> None:
        own = Scope(scope)
        bases = [self.expressions.value(each, scope) for each in node.bases]
        made = Class(node, own, bases)
        for base in bases:
            if isinstance(base, Class):
                base.used = True
            elif isinstance(base, Named):
                refuse_foreign(base.text)
        scope.own[node.name] = made
        self.follow(node.body, own)
        # the names in a class's body are its attributes, not names that its methods see
        for each in own.own.values():
            if isinstance(each, Function):
                each.scope = scope
                each.home = made

    def _return(self, node: ast.Return, scope: Scope) -> _Leaving:
        return _Leaving("return", node.value and self.expressions.value(node.value, scope))

    def _break(self, _: ast.Break, __: Scope) -> _Leaving:
        return _Leaving("break")

    def _continue(self, _: ast.Continue, __: Scope) -> _Leaving:
        return _Leaving("continue")

    # -- functions ---------------------------------------------------------------------------------

    def run(
        self,
        function: Function,
        positional: list[Argument],
        keywords: Mapping[str | None, Argument],
        line: int,
    ) -> object:
        """Follow a function of the text, with these arguments."""
        function.called = True
        node = function.node
        inner = Scope(function.scope)
        given = list(positional)
        if function.owner is not None and not is_static(node):
            given.insert(0, Argument(function.owner, ast.Name("self")))
            inner.own["__owner__"] = function.owner
            inner.own["__home__"] = function.home
        hand_over(function, given, keywords, inner, line)
        for name, default in left_to_defaults(function, inner):
            inner.own[name] = self.expressions.value(default, function.scope)
        if isinstance(node, ast.Lambda):
            return self.expressions.value(node.body, inner)
        self._depth += 1
        if self._depth > DEEPEST_CALLS:
            raise at_line(
                line,
                ValueError(
                    f"functions call each other over {DEEPEST_CALLS} deep here; write it out"
                ),
            )
        leaving = self.follow(node.body, inner)
        self._depth -= 1
        return None if leaving is None else leaving.value

    def _super(self, node: ast.Call, scope: Scope) -> object:
        """``super().__init__(...)``: the same method of the class that this one is made from."""
        owner, home = scope.find("__owner__"), scope.find("__home__")
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if isinstance(owner, Group) and isinstance(home, Class):
            for base in home.bases:
                found = base.found(name) if isinstance(base, Class) else None
                if isinstance(found, Function):
                    positional, keywords = self.calls.arguments(node, scope)
                    return self.run(found.of(owner), positional, keywords, node.lineno)
        return Unknown(node)


class _Leaving:
    """How statements are left before their end, and with which value."""

    def __init__(self, how: str, value: object = None) -> None:
        self.how = how
        self.value = value


def _put(holder: dict[object, object] | list[object], place: object, value: object) -> None:
    if isinstance(holder, list):
        if isinstance(place, int) and 0 <= place < len(holder):
            holder[place] = value
    elif isinstance(place, (str, int)):
        holder[place] = value


def _loaded(node: ast.expr) -> ast.expr:
    return ast.parse(ast.unparse(node), mode="eval").body


def _source(node: ast.expr) -> str:
    return short(ast.unparse(node), 40)


_STATEMENTS: dict[type, Callable[[Follower, Any, Scope], _Leaving | None]] = {
    ast.Expr: Follower._expression,
    ast.Assign: Follower._assign,
    ast.AnnAssign: Follower._annotated,
    ast.AugAssign: Follower._augmented,
    ast.Import: Follower._import,
    ast.ImportFrom: Follower._import_from,
    ast.For: Follower._for,
    ast.While: Follower._while,
    ast.If: Follower._if,
    ast.With: Follower._with,
    ast.Try: Follower._try,
    ast.FunctionDef: Follower._define,
    ast.ClassDef: Follower._class,
    ast.Return: Follower._return,
    ast.Break: Follower._break,
    ast.Continue: Follower._continue,
}
"""Other statements (pass, assert, del, raise, ...) have no part in a count."""
