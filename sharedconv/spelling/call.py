"""One line of code, taken apart: the layer's name and its arguments. Nothing is executed."""

from __future__ import annotations

import ast
import warnings

from ..counting.count import number
from ..counting.value import Value
from .arithmetic import UNCLEAR, combined, not_too_large, signed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import CodeType

LONGEST_TEXT = 20_000
DEEPEST_NESTING = 50
"""A layer's own line has a handful of levels; ast.unparse fails somewhere above 200."""


class Unread(Value):
    """An argument whose value can't be seen in the text, such as a name or a call.

    Fine where the value has no part in a count (``kernel_initializer=init``); where it has
    one, its text stands in the sentence that says so.
    """

    text: str

    def __init__(self, text: str) -> None:
        super().__init__(text=text)

    def __repr__(self) -> str:
        return self.text


class Call(Value):
    """``Conv2D(10, 5, use_bias=False)``: dotted name, values in order, values by keyword."""

    name: str
    positional: tuple[object, ...]
    keywords: Mapping[str, object]
    node: ast.Call

    def __init__(
        self,
        name: str,
        positional: Sequence[object],
        keywords: Mapping[str, object],
        node: ast.Call,
    ) -> None:
        super().__init__(
            name=name, positional=tuple(positional), keywords=dict(keywords), node=node
        )


def read_call(text: str) -> Call:
    """Take a call apart. ``x = Conv2D(10, 5)(x)`` and ``model.add(Conv2D(10, 5))`` are fine.

    Raises ValueError, in one sentence, where the text is no such line.
    """
    if len(text) > LONGEST_TEXT:
        raise ValueError(
            f"the text has {number(len(text))} characters; a layer takes one line, such as "
            "Conv2D(10, 5)"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = ast.parse(text.strip()).body
        node = _the_layer(body, text)
        if nests_deeper(node, DEEPEST_NESTING):
            raise RecursionError
        return taken_apart(node, text)
    except SyntaxError as error:
        raise ValueError(f"{_shown(text)} can't be read as a line of Python: {error.msg}") from None
    except (RecursionError, MemoryError):
        raise ValueError(
            f"{_shown(text)} is nested too deeply to be a layer; write one call, such as "
            "Conv2D(10, 5)"
        ) from None


def taken_apart(node: ast.Call, text: str) -> Call:
    """A call that Python's parser has read already. text: for the sentence that refuses it."""
    return Call(
        _dotted(node.func, text),
        [_value(each) for each in node.args],
        _by_name(node.keywords),
        node,
    )


def _the_layer(body: list[ast.stmt], text: str) -> ast.Call:
    if len(body) == 1:
        node: ast.AST | None = getattr(body[0], "value", None)
        if isinstance(node, ast.Tuple) and len(node.elts) == 1:
            node = node.elts[0]  # a comma left over from a list of layers
        while isinstance(node, ast.Call):
            applied = isinstance(node.func, ast.Call)
            added = isinstance(node.func, ast.Attribute) and node.func.attr == "add"
            if applied:
                node = node.func
            elif added and len(node.args) == 1:
                node = node.args[0]
            else:
                return node
    raise ValueError(f"{_shown(text)} is not a layer; write one call, such as Conv2D(10, 5)")


def nests_deeper(node: ast.AST, levels: int) -> bool:
    """Whether something in the tree lies more than so many levels down."""
    level = [node]
    for _ in range(levels):
        level = [child for each in level for child in ast.iter_child_nodes(each)]
    return bool(level)


def _dotted(node: ast.expr, text: str) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value, text)}.{node.attr}"
    raise ValueError(f"{_shown(text)} is not a layer; write one call, such as Conv2D(10, 5)")


def _by_name(keywords: list[ast.keyword]) -> dict[str, object]:
    values: dict[str, object] = {}
    for each in keywords:
        if each.arg is None:
            raise ValueError(
                f"**{_shown(ast.unparse(each.value), quote=False)} can't be looked into; write "
                "the arguments out"
            )
        if each.arg in values:  # which Python would notice only on compiling
            raise ValueError(f"{each.arg} stands there twice; give it once")
        values[each.arg] = _value(each.value)
    return values


def _value(node: ast.expr) -> object:
    if isinstance(node, ast.Starred):
        raise ValueError(
            f"{_shown(ast.unparse(node), quote=False)} can't be looked into; write the arguments "
            "out"
        )
    if isinstance(node, ast.Constant):
        return not_too_large(node.value)
    if isinstance(node, (ast.Tuple, ast.List)):
        return tuple(_value(each) for each in node.elts)
    found: object = UNCLEAR
    if isinstance(node, ast.UnaryOp):
        found = signed(node.op, _value(node.operand))
    if isinstance(node, ast.BinOp):
        found = combined(node.op, _value(node.left), _value(node.right))
    return Unread(ast.unparse(node)) if found is UNCLEAR else found


def _shown(text: str, quote: bool = True) -> str:
    short = " ".join(text.split())
    short = short if len(short) <= 60 else f"{short[:57]}..."
    return repr(short) if quote else short


def bind(call: Call, function: Callable[..., object]) -> dict[str, object]:
    """Which value goes to which argument of `function`, as Python itself would decide it.

    Raises ValueError, in one sentence, for an unknown argument (with the nearest known one), a
    missing one, one given twice, or too many.
    """
    # inspect.signature would tell the same, but importing inspect takes longer than all of this
    code: CodeType = function.__code__
    names = code.co_varnames[: code.co_argcount]
    by_name_only = code.co_varnames[code.co_argcount :][: code.co_kwonlyargcount]
    takes_more = bool(code.co_flags & 0x08)
    extra = (*by_name_only, *(_LAYER_ARGUMENTS if takes_more else ()))
    title = call.name
    if code.co_flags & 0x04:
        return {}  # such as nn.Identity, which takes anything and uses nothing
    if len(call.positional) > len(names):
        order = f"; the order is {', '.join(names)}" if names else ""
        raise ValueError(
            f"{title} takes at most {len(names)} arguments in order, and got "
            f"{len(call.positional)}{order}"
        )
    given = dict(zip(names, call.positional, strict=False))
    for name, value in call.keywords.items():
        if name in given:
            raise ValueError(f"{title} got {name} twice; give it once")
        if name not in names and name not in extra:
            today = [each for each in extra if each not in FORMER_LAYER_ARGUMENTS]
            known = list(dict.fromkeys([*names, *today]))
            near = nearest(name, known) if known else "it takes none"
            raise ValueError(f"{title} has no argument {name!r}; {near}")
        given[name] = value
    required = names[: len(names) - len(function.__defaults__ or ())]
    missing = [name for name in required if name not in given]
    if missing:
        raise ValueError(
            f"{title} needs {' and '.join(missing)}; it takes "
            f"{', '.join(required)} in this order, or by name"
        )
    return given


def arguments_of(function: Callable[..., object]) -> tuple[str, ...]:
    """The names of a constructor's own arguments."""
    code: CodeType = function.__code__
    return code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]


KERAS_LAYER_ARGUMENTS = (
    "name",
    "trainable",
    "dtype",
    "autocast",
    "activity_regularizer",
    "input_shape",
    "input_dim",
)
"""What every Keras layer takes besides its own arguments."""
FORMER_LAYER_ARGUMENTS = ("batch_input_shape", "input_length", "weights", "implementation")
"""What layers took in Keras 1 or 2 and no longer do."""
_LAYER_ARGUMENTS = (*KERAS_LAYER_ARGUMENTS, *FORMER_LAYER_ARGUMENTS)


MOST_NAMED = 30
"""More names than these are no help in a sentence."""


def nearest(name: str, known: Sequence[str]) -> str:
    """``did you mean X?``, or the list of what there is."""
    import difflib

    known = list(dict.fromkeys(known))  # both frameworks have a ReLU
    by_lower: dict[str, list[str]] = {}
    for each in known:
        by_lower.setdefault(each.lower(), []).append(each)
    close = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    if close:
        return f"did you mean {' or '.join(by_lower[close[0]])}?"
    if len(known) > MOST_NAMED:
        known = [*known[:10], f"and {len(known) - 10} more"]
    return f"there are {', '.join(known)}"
