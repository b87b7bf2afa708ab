"""Which value goes to which parameter of a function that the text defines."""

from __future__ import annotations

import ast

from .objects import Argument, Function, Group, Located, Scope, at_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


class Missing(Located):
    """A sentence that says which values a function of the text lacks."""


def hand_over(
    function: Function,
    positional: Sequence[Argument],
    keywords: Mapping[str | None, Argument],
    inner: Scope,
    line: int,
) -> None:
    """Give the parameters their values, as Python would; those with defaults may be left out.

    Raises ValueError, in one sentence, where the arguments don't fit the parameters.
    """
    takes = function.node.args
    names = [each.arg for each in (*takes.posonlyargs, *takes.args)]
    by_name = [*names, *(each.arg for each in takes.kwonlyargs)]
    title, shown = _title(function), names
    if title == "__init__" and isinstance(function.owner, Group):
        title, shown = function.owner.title, names[1:]
    if len(positional) > len(names) and takes.vararg is None:
        more = f"{title} takes {', '.join(shown) or 'nothing'}, and gets more here"
        raise at_line(line, ValueError(more))
    for name, argument in zip(names, positional, strict=False):
        inner.own[name] = argument.value
    if takes.vararg is not None:
        inner.own[takes.vararg.arg] = tuple(each.value for each in positional[len(names) :])
    others: dict[object, object] = {}
    for key, argument in keywords.items():
        if key in by_name:
            inner.own[str(key)] = argument.value
        elif takes.kwarg is not None:
            others[key] = argument.value
        else:
            raise at_line(line, ValueError(f"{title} has no argument {key!r}"))
    if takes.kwarg is not None:
        inner.own[takes.kwarg.arg] = others
    left = {name for name, _ in left_to_defaults(function, inner)}
    missing = [name for name in by_name if name not in inner.own and name not in left]
    if missing:
        raise Missing(
            f"line {line}: {title} needs {' and '.join(missing)}, and the text gives no value for "
            f"it; add a line that does, {title}({', '.join(shown)}) with numbers in the places of "
            "these names"
        )


def left_to_defaults(function: Function, inner: Scope) -> Iterator[tuple[str, ast.expr]]:
    """The parameters that have no value yet, and their defaults."""
    takes = function.node.args
    names = [each.arg for each in (*takes.posonlyargs, *takes.args)]
    late = zip(names[len(names) - len(takes.defaults) :], takes.defaults, strict=True)
    only = zip((each.arg for each in takes.kwonlyargs), takes.kw_defaults, strict=True)
    for name, default in (*late, *only):
        if name not in inner.own and default is not None:
            yield name, default


def _title(function: Function) -> str:
    return getattr(function.node, "name", "this function")
