"""The constructors of Keras and PyTorch as data: which argument sets which field of the page.

Names, order and defaults are read from the functions in `spelling` that stand for the frameworks'
constructors. What an argument does is seen by giving it: the field of the layer that changes is
the one that it sets.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from ..counting.conv import Conv, LocalConv
from ..counting.dense import Dense
from ..counting.norm import BatchNorm, LayerNorm
from ..counting.pooling import AdaptivePool, GlobalPool, Pool
from ..counting.resizing import Pad
from ..counting.separable import DepthwiseConv, SeparableConv
from ..counting.shaping import Flatten, Input, SameShape
from ..spelling.recipe import ALIASES, FAMILIES, constructor
from ..spelling.shape import Shape
from .refusals import refused, taken_words, usual_slips

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import CodeType
    from typing import Any

    from ..counting.kind import Kind

KNOWN: dict[type[Kind], str] = {
    Conv: "conv",
    LocalConv: "unshared",
    DepthwiseConv: "depthwise",
    SeparableConv: "separable",
    Dense: "dense",
    Pool: "pool",
    GlobalPool: "global pool",
    AdaptivePool: "adaptive pool",
    BatchNorm: "norm",
    LayerNorm: "layer norm",
    Flatten: "flatten",
    SameShape: "same",
    Input: "input",
    Pad: "pad",
}
"""What the page calls each layer kind."""
FIELDS = {
    "kernel_size": "kernel",
    **dict.fromkeys(("axis", "size", "trainable", "shape", "before", "after"), ""),
}
"""Fields that the page calls otherwise; those without a name it hasn't."""
FAMILIES_SHOWN = (
    *("conv", "local", "separable", "dense", "pooling", "norm", "shaping", "resizing", "passing"),
)
BY_SHAPE = ("axis",)
"""Arguments for which it depends on the input's shape what they may be."""
WORDS = ("valid", "same", "causal")
OF_A_NAME = 2
"""The place among `usual_slips` of what is said of a name."""
TRIED: tuple[object, ...] = (6, 3, *WORDS, False, True, None)
"""What an argument is given, to see what it does."""


def constructors() -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Every constructor that the page can read, by its name; and what Python says to its slips."""
    found: dict[str, dict[str, Any]] = {}
    sentences = usual_slips()
    for framework, families in FAMILIES.items():
        for family in FAMILIES_SHOWN:
            for name in families.get(family, ()):
                entry = _entry(framework, name, sentences)
                if entry is not None:
                    found.setdefault(name, {})[framework] = entry
    return found, sentences


def aliases(known: Mapping[str, object]) -> dict[str, str]:
    """Other names of the constructors that are known."""
    pairs = (pair for each in ALIASES.values() for pair in each.items())
    return {other: name for other, name in pairs if name in known}


def _entry(framework: str, name: str, sentences: list[str]) -> dict[str, Any] | None:
    function = constructor(framework, name)
    code: CodeType = function.__code__
    in_order = code.co_varnames[: code.co_argcount]
    arguments = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    defaults = dict(zip(in_order[::-1], (function.__defaults__ or ())[::-1], strict=False))
    defaults |= function.__kwdefaults__ or {}
    required = {each: 12 for each in arguments if each not in defaults}
    base = next(_made(function, framework, required), None)
    if base is None:
        return None
    shape, kind = base
    if isinstance(kind, Pad) and kind.mode != "constant":
        return None  # those take no more than there is in the image
    found = {each: _field(function, framework, required, each) for each in arguments}
    fields = {name: each for name, each in found.items() if each is not None}
    words = {name: each.words for name, each in fields.items() if each.words}
    slips: dict[str, dict[str, int | None]] = {}
    for each in () if isinstance(kind, Input) else arguments:

        def give(value: object, argument: str = each) -> Kind:
            made: Kind = function(**{**required, argument: value})(shape)
            return made

        heard = {} if each in BY_SHAPE else refused(give, each, sentences)
        if each in fields:
            slips[each] = _shortened(heard, isinstance(defaults.get(each), bool))
        elif heard:
            slips[each] = dict(heard)
            words[each] = taken_words(give, sentences[heard.get("word", 0)])
    transposed = getattr(kind, "transposed", False)
    entry = {
        "kind": "transposed" if transposed else KNOWN[type(kind)],
        "ndim": getattr(kind, "ndim", 0),
        "arguments": " ".join(in_order),
        "by_name": list(arguments[len(in_order) :]),
        "required": len(required),
        "any": bool(code.co_flags & 0x04),
        "more": bool(code.co_flags & 0x08),
        "fields": {name: " ".join(each.fields) for name, each in fields.items()},
        "words": {name: each for name, each in words.items() if each},
        "words_only": [name for name, each in fields.items() if not each.numbers],
        "least": {name: each.least for name, each in fields.items() if each.least != 1},
        "defaults": {each: _plain(defaults[each]) for each in fields if each in defaults},
        "learns": bool(kind.count().terms),
        "sides": _sides(function, required, in_order) if isinstance(kind, Pad) else None,
        "refused": {name: each for name, each in slips.items() if each},
    }
    there = ("kind", "ndim", "arguments", "required", "fields", "defaults")
    return {name: each for name, each in entry.items() if each or name in there}


def _shortened(heard: Mapping[str, int], flag: bool) -> dict[str, int | None]:
    """What is said besides the usual slip; None where that is taken.

    Most often it is the usual one; "" is what is said most often in place of it.
    """
    usual = Counter(heard.values()).most_common(1)[0][0]
    rest: dict[str, int | None] = {} if usual == int(flag) else {"": usual}
    rest |= {sort: place for sort, place in heard.items() if place != usual or sort == "unread"}
    if rest["unread"] == OF_A_NAME:
        del rest["unread"]
    taken = () if flag else ("several", "None")
    return rest | {sort: None for sort in taken if sort not in heard}


class _Argument(NamedTuple):
    """What an argument sets, which words it may be, and whether it may be a number from `least`.

    least: -1 for one that is counted from the end.
    """

    fields: tuple[str, ...]
    words: tuple[str, ...]
    numbers: bool
    least: int


def _made(
    function: Callable[..., Any], framework: str, given: Mapping[str, object]
) -> Iterator[tuple[Shape | None, Kind]]:
    """The layer that comes of these arguments, on an input of as many dimensions as it takes."""
    first = framework == "torch"  # PyTorch's layers name their channels, and need no shape
    sizes: list[Shape | None] = [None] if first else []
    for image in ((), (1_000, 1_000), (1_000,), (1_000, 1_000, 1_000)):
        sizes.append(Shape((12, *image) if first else (*image, 12), not first))
    for shape in sizes:
        try:
            kind = function(**given)(shape)
        except (ValueError, TypeError, LookupError):
            continue
        if type(kind) in KNOWN:
            yield shape, kind


def _field(
    function: Callable[..., Any], framework: str, required: Mapping[str, object], argument: str
) -> _Argument | None:
    """The field that an argument sets, and what it may be besides, or in place of, a number."""
    ways = []
    # a padding of the output needs a stride that leaves room for it
    for more in ({}, {"stride": 8}, {"strides": 8}):
        made: list[tuple[object, Mapping[str, object]]] = []
        for each in TRIED:
            given = {**required, **more, argument: each}
            kind = next(_made(function, framework, given), None)
            if kind is not None:
                made.append((each, vars(kind[1])))
        ways.append(made)
    made = max(ways, key=len)
    taken: dict[str, set[object]] = {}
    for each, fields in made:
        for other, others in made:
            for name in fields:
                if fields[name] != others.get(name):
                    taken.setdefault(FIELDS.get(name, name), set()).update((each, other))
    taken.pop("", None)
    if not taken:
        return None
    values = next(iter(taken.values()))
    numbers, counts = 6 in values, not {True, False} <= values
    tried = ((each, {**required, argument: each}) for each in (-1, 0) if numbers and counts)
    least = next((each for each, given in tried if any(_made(function, framework, given))), 1)
    return _Argument(tuple(taken), tuple(each for each in WORDS if each in values), numbers, least)


def _sides(
    function: Callable[..., Any], required: Mapping[str, object], arguments: tuple[str, ...]
) -> dict[str, Any]:
    """Which argument says how much is put around an image, what it is unsaid, and its sign."""
    argument = arguments[0]
    kind = function(**{**required, argument: 6})(None)
    default = (function.__defaults__ or (None,))[0]
    return {
        "argument": argument,
        "default": None if argument in required else _plain(default),
        "sign": kind.before[0] // 6,
    }


def _plain(default: object) -> object:
    return _plain(default[0]) if isinstance(default, tuple) else default
