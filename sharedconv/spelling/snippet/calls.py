"""What a call in a text gives: a layer, a model, a tensor, a number. Nothing is executed."""

from __future__ import annotations

import ast

from ..arithmetic import UNCLEAR
from ..foreign import refuse_foreign
from ..former import DATA_FORMATS
from .expressions import attribute, iterated
from .functions import FUNCTIONS, worked_out
from .making import flat
from .methods import METHODS
from .names import ELEMENTWISE, merging, written
from .objects import (
    Argument,
    Class,
    Container,
    Filled,
    Free,
    Function,
    Graph,
    Group,
    Layer,
    Named,
    Partial,
    Scope,
    Stack,
    Tensor,
    Unknown,
    at_line,
    held,
    short,
    told,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .expressions import Expressions
    from .making import Maker

    Keywords = Mapping[str | None, Argument]
    Run = Callable[[Function, list[Argument], Keywords, int], object]


class Calls:
    """Works out calls.

    run: follows a function that the text defines. preferred: the framework of bare names that both
    frameworks have.
    """

    def __init__(self, maker: Maker, expressions: Expressions, run: Run) -> None:
        self.maker = maker
        self.expressions = expressions
        self.run = run
        self.preferred = "keras"

    def call(self, node: ast.Call, scope: Scope) -> object:
        if isinstance(node.func, ast.Attribute):
            owner = self.expressions.value(node.func.value, scope)
            name = node.func.attr
            own = isinstance(owner, Group) and owner.cls and owner.cls.found(name)
            for kind, methods in METHODS.items():
                if isinstance(owner, kind) and name in methods and not own:
                    positional, keywords = self.arguments(node, scope)
                    values = [each.value for each in positional]
                    named = {key: each.value for key, each in keywords.items()}
                    return methods[name](owner, values, named, node)
            callee = attribute(owner, name, node.func)
            if isinstance(owner, Tensor):
                return Tensor(None, owner.step, f"line {node.lineno} works on it by .{name}()")
        else:
            callee = self.expressions.value(node.func, scope)
        positional, keywords = self.arguments(node, scope)
        return self.of(callee, positional, keywords, node, scope)

    def arguments(self, node: ast.Call, scope: Scope) -> tuple[list[Argument], Keywords]:
        """What is handed over; ``*more`` and ``**more`` are written out."""
        positional = [
            argument for each in node.args for argument in self.expressions.argument(each, scope)
        ]
        keywords: dict[str | None, Argument] = {}
        for each in node.keywords:
            value = self.expressions.value(each.value, scope)
            if each.arg is None and isinstance(value, dict):
                keywords.update((str(key), Argument(one, each.value)) for key, one in value.items())
            else:
                keywords[each.arg] = Argument(value, each.value)
        return positional, keywords

    def of(
        self,
        callee: object,
        positional: list[Argument],
        keywords: Keywords,
        node: ast.Call,
        scope: Scope,
    ) -> object:
        """What a call gives, once it is clear what is called with what."""
        if isinstance(callee, Partial):
            together: dict[str | None, Argument] = {**callee.keywords, **keywords}
            return self.of(callee.callee, [*callee.positional, *positional], together, node, scope)
        if isinstance(callee, Function):
            return self.run(callee, positional, keywords, node.lineno)
        if isinstance(callee, Class):
            return self.instance(callee, positional, keywords, node.lineno)
        if isinstance(callee, (Layer, Container)):
            return self._applied(callee, positional, node, scope)
        if isinstance(callee, Named):
            return self._named(callee, positional, keywords, node)
        self._refuse_tensors(told(callee), positional, node.lineno)
        return Unknown(node)

    def instance(
        self, cls: Class, positional: list[Argument], keywords: Keywords, line: int
    ) -> Group:
        cls.used = True
        made = Group(line, cls.node.name, cls)
        if cls.framework:
            self.maker.container(made)
        start = cls.found("__init__")
        if isinstance(start, Function):
            self.run(start.of(made), positional, keywords, line)
        return made

    def _applied(
        self, callee: Layer | Container, positional: list[Argument], node: ast.Call, scope: Scope
    ) -> object:
        inputs = _tensors(positional)
        if not inputs and positional:
            given = positional[0].value
            if isinstance(given, Filled) and isinstance(callee, Stack):
                callee.sizes = callee.sizes or given.sizes[1:]
            if isinstance(callee, Container) or not callee.known:
                return Unknown(node)  # model(x_train): the data isn't in the text
            if isinstance(given, Filled):
                inputs = [Tensor(given.sizes[1:])]
            else:
                inputs = [self.maker.unseen(told(given))]
                if isinstance(node.args[0], ast.Name):
                    scope.own[node.args[0].id] = inputs[0]
        if not inputs:
            return Unknown(node)
        return self.maker.through(callee, inputs, node.lineno)

    def _named(
        self, callee: Named, positional: list[Argument], keywords: Keywords, node: ast.Call
    ) -> object:
        line, last = node.lineno, callee.last
        values = [each.value for each in positional]
        if last[:1].isupper():
            refuse_foreign(callee.text)
        special = _SPECIAL.get(last)
        if special is not None:
            return special(self, positional, keywords, line)
        if last in FUNCTIONS and callee.text in (last, *(f"{root}.{last}" for root in _ROOTS)):
            named = {key: each.value for key, each in keywords.items()}
            found = worked_out(last, values, named)
            return Unknown(node) if found is UNCLEAR else found
        tensors = _tensors(positional)
        if tensors:
            how = merging(callee)
            if how:
                asked = keywords.get("axis") or (positional[1] if len(positional) > 1 else None)
                axis = asked and asked.value
                if how == "merge":
                    mode = keywords.get("mode")
                    how = "concatenate" if mode and mode.value == "concat" else "add"
                text = short(ast.unparse(node))
                whole = axis if isinstance(axis, int) else None
                return self.maker.merged(how, tensors, whole, text, line)
            if last.lower() in ELEMENTWISE:
                return tensors[0]
            self._refuse_tensors(callee.text, positional, line)
        if last in _FILLED and callee.text.startswith(("torch.", "np.", "numpy.", "tf.")):
            sizes = values[0] if len(values) == 1 and iterated(values[0]) else values
            if all(type(each) is int for each in iterated(sizes) or [None]):
                return Filled(sizes)  # type: ignore[arg-type]
            return Unknown(node)
        name, known = written(callee, self.preferred)
        if known or last[:1].isupper():
            return self.maker.layer(name, known, positional, keywords, line)
        return Unknown(node)

    def _refuse_tensors(self, name: str, positional: list[Argument], line: int) -> None:
        if _tensors(positional) and name not in _HARMLESS:
            raise at_line(
                line,
                ValueError(
                    f"{short(name)}(...) is not followed; write a layer in its place, or the "
                    "function that it is"
                ),
            )

    # -- calls with a meaning of their own ---------------------------------------------------------

    def _input(self, positional: list[Argument], keywords: Keywords, line: int) -> object:
        return self.maker.input(positional, keywords, line)

    def _sequential(self, positional: list[Argument], keywords: Keywords, line: int) -> object:
        given = [*positional, *(keywords[key] for key in ("layers",) if key in keywords)]
        made = Stack(line, list(flat([each.value for each in given], line)))
        held(made.members)
        self.maker.container(made)
        return made

    def _model(self, positional: list[Argument], keywords: Keywords, line: int) -> object:
        by_name = [keywords[key] for keys in _ENDS for key in keys if key in keywords]
        ends = [_tensors([each]) for each in [*positional[:2], *by_name]]
        if len(ends) != 2 or not ends[1]:
            raise at_line(
                line,
                ValueError(
                    "it isn't clear from what to what this model goes; write its "
                    "layers out, as in Model(inputs, outputs)"
                ),
            )
        made = Graph(line, *ends)
        self.maker.container(made)
        return made

    def _holder(self, positional: list[Argument], _: Keywords, line: int) -> object:
        made = Group(line, "a list of layers")
        given = positional[0].value if positional else []
        named = given if isinstance(given, dict) else dict(enumerate(iterated(given) or []))
        made.attributes = {str(key): each for key, each in named.items()}
        held(list(named.values()))
        self.maker.container(made)
        return made

    def _parameter(self, positional: list[Argument], _: Keywords, line: int) -> object:
        value = positional[0].value if positional else None
        if not isinstance(value, Filled):
            raise at_line(
                line,
                ValueError(
                    "the shape of this parameter isn't clear; write it as in "
                    "nn.Parameter(torch.zeros(1, 64))"
                ),
            )
        sizes = ", ".join(map(str, value.sizes))
        return Free(f"nn.Parameter(torch.zeros({sizes}))", value.sizes, line)

    def _order(self, positional: list[Argument], _: Keywords, line: int) -> object:
        """Which way round Keras reads shapes from here on, where the caller leaves it open."""
        given = positional[0].value if positional else None
        order = DATA_FORMATS.get(str(given), given)
        if order not in DATA_FORMATS.values():
            raise at_line(
                line,
                ValueError("the order of the channels is not clear here; write 'channels_last'"),
            )
        self.maker.data_format = self.maker.data_format or str(order)
        return None

    def _partial(self, positional: list[Argument], keywords: Keywords, line: int) -> object:
        if not positional:
            raise at_line(line, ValueError("partial() needs something to call"))
        return Partial(positional[0].value, positional[1:], keywords)


_ENDS = (("inputs", "input"), ("outputs", "output"))
_HARMLESS = ("print", "display", "type", "str", "repr", "len")
_FILLED = ("zeros", "ones", "randn", "rand", "empty", "full", "random")
_ROOTS = ("math", "np", "numpy", "collections")
_SPECIAL: dict[str, Callable[[Calls, list[Argument], Keywords, int], object]] = {
    "Input": Calls._input,
    "InputLayer": Calls._input,
    "Sequential": Calls._sequential,
    "Model": Calls._model,
    "Functional": Calls._model,
    "ModuleList": Calls._holder,
    "ModuleDict": Calls._holder,
    "ParameterList": Calls._holder,
    "Parameter": Calls._parameter,
    "partial": Calls._partial,
    "set_image_data_format": Calls._order,
    "set_image_dim_ordering": Calls._order,
}


def _tensors(arguments: Sequence[Argument]) -> list[Tensor]:
    """The tensors among the arguments, and those in a list of them."""
    found: list[Tensor] = []
    for each in arguments:
        value = each.value
        inside = value if isinstance(value, (list, tuple)) else [value]
        found += [one for one in inside if isinstance(one, Tensor)]
    return found
