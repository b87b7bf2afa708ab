"""What the methods of lists, layers and models do, as far as a count is concerned."""

from __future__ import annotations

import ast

from ..arithmetic import LONGEST_LIST
from .expressions import iterated, members
from .objects import (
    Container,
    Filled,
    Free,
    Graph,
    Group,
    Layer,
    Stack,
    Unknown,
    Weight,
    at_line,
    held,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Method = Callable[[object, list[object], Mapping[str | None, object], ast.Call], object]


def freeze(value: object, trains: object) -> None:
    """Note what training changes from here on: ``layer.trainable = False`` and the like."""
    if isinstance(value, Weight):
        frozen = value.layer.frozen
        frozen.discard(value.name) if trains else frozen.add(value.name)
    elif isinstance(value, Layer):
        value.frozen = set() if trains else {"weight", "bias"}
    elif isinstance(value, Free):
        value.frozen = not trains
    elif isinstance(value, Container):
        for each in learners(value):
            freeze(each, trains)


def learners(value: object) -> list[object]:
    """Every layer in something, however deep, each once."""
    found: dict[int, object] = {}
    waiting, seen = [value], set()
    while waiting:
        each = waiting.pop()
        if isinstance(each, (Layer, Free)):
            found.setdefault(id(each), each)
        elif id(each) not in seen:
            seen.add(id(each))
            if isinstance(each, (list, tuple)):
                waiting += each[::-1]
            elif isinstance(each, dict):
                waiting += list(each.values())[::-1]
            elif isinstance(each, Graph):
                waiting += [step.layer for step in each.steps()[::-1]]
            elif isinstance(each, (Stack, Group)):
                waiting += members(each)[::-1]
    return list(found.values())


def _longer(holder: list[object], more: list[object], node: ast.Call) -> None:
    if len(holder) + len(more) > LONGEST_LIST:
        raise at_line(node.lineno, ValueError("this list gets too long to be followed"))
    holder += more


def _appended(owner: object, values: list[object], _: object, node: ast.Call) -> object:
    if isinstance(owner, Group):
        owner.attributes[str(len(owner.attributes))] = values[0] if values else None
        held(values)
    elif isinstance(owner, (list, Stack)):
        _longer(owner.members if isinstance(owner, Stack) else owner, values[:1], node)
        if isinstance(owner, Stack):
            held(values)
    return None


def _extended(owner: object, values: list[object], _: object, node: ast.Call) -> object:
    more = iterated(values[0]) if values else []
    if more is None:
        return Unknown(node)
    if isinstance(owner, Group):
        for each in more:
            _appended(owner, [each], None, node)
    elif isinstance(owner, (list, Stack)):
        _longer(owner.members if isinstance(owner, Stack) else owner, more, node)
        if isinstance(owner, Stack):
            held(more)
    return None


def _inserted(owner: object, values: list[object], _: object, node: ast.Call) -> object:
    holder = owner.members if isinstance(owner, Stack) else owner
    if not isinstance(holder, list) or len(values) != 2 or not isinstance(values[0], int):
        return Unknown(node)
    _longer(holder, [], node)
    holder.insert(max(min(values[0], len(holder)), -len(holder)), values[1])
    held(values[1]) if isinstance(owner, Stack) else None
    return None


def _popped(owner: object, values: list[object], _: object, node: ast.Call) -> object:
    holder = owner.members if isinstance(owner, Stack) else owner
    place = values[0] if values else -1
    if isinstance(holder, list) and isinstance(place, int) and -len(holder) <= place < len(holder):
        return holder.pop(place)
    return Unknown(node)


def _added(
    owner: object, values: list[object], named: Mapping[str | None, object], node: ast.Call
) -> object:
    """``model.add(layer)``, and PyTorch's ``add_module(name, layer)``."""
    given = [*values, *named.values()]
    if not given:
        raise at_line(node.lineno, ValueError("nothing is added here; write a layer"))
    if isinstance(owner, Group):
        owner.attributes[str(given[0])] = given[-1]
        held(given[-1])
        return None
    return _appended(owner, given[-1:], named, node)


def _built(
    owner: object, values: list[object], named: Mapping[str | None, object], node: ast.Call
) -> object:
    """``model.build((None, 28, 28, 1))``: the shape of its input, behind the batch."""
    shape = named.get("input_shape", values[0] if values else None)
    readable = isinstance(shape, (tuple, list)) and all(
        each is None or (type(each) is int and each > 0) for each in shape[1:]
    )
    if isinstance(owner, Stack) and isinstance(shape, (tuple, list)) and readable:
        owner.sizes = tuple(shape[1:])
    return Unknown(node)


def _itself(owner: object, *_: object) -> object:
    return owner


def _every(owner: object, *_: object) -> object:
    return learners(owner)


def _trained_or_not(
    owner: object, values: list[object], named: Mapping[str | None, object], node: ast.Call
) -> object:
    trains = named.get("requires_grad", values[0] if values else True)
    if not isinstance(trains, bool):
        return Unknown(node)
    freeze(owner, trains)
    return owner


def _pairs(owner: object, *_: object) -> object:
    return list(owner.items()) if isinstance(owner, dict) else None


def _keys(owner: object, *_: object) -> object:
    return list(owner) if isinstance(owner, dict) else None


def _values(owner: object, *_: object) -> object:
    return list(owner.values()) if isinstance(owner, dict) else None


def _got(owner: object, values: list[object], _: object, node: ast.Call) -> object:
    if isinstance(owner, dict) and values and isinstance(values[0], (str, int)):
        return owner.get(values[0], values[1] if len(values) > 1 else None)
    return Unknown(node)


_LIST: dict[str, Method] = {
    "append": _appended,
    "extend": _extended,
    "insert": _inserted,
    "pop": _popped,
}
_MODULE: dict[str, Method] = {
    **dict.fromkeys(("to", "cuda", "cpu", "eval", "train", "half", "float", "double"), _itself),
    "apply": _itself,
    "requires_grad_": _trained_or_not,
    "parameters": _every,
    "modules": _every,
}
METHODS: dict[type, dict[str, Method]] = {
    list: _LIST,
    dict: {"items": _pairs, "keys": _keys, "values": _values, "get": _got},
    Stack: {**_MODULE, **_LIST, "add": _added, "add_module": _added, "build": _built},
    Group: {**_MODULE, "append": _appended, "extend": _extended, "add_module": _added},
    Graph: _MODULE,
    Layer: _MODULE,
    Free: _MODULE,
    Filled: dict.fromkeys(("to", "cuda", "float"), _itself),
}
