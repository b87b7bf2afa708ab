"""The constructors of Keras and PyTorch as data: which argument sets which field of the page.

Names, order and defaults are read from the functions in `spelling` that stand for the frameworks'
constructors. What an argument does is seen by giving it: the field of the layer that changes is
the one that it sets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..counting.conv import Conv, LocalConv
from ..counting.dense import Dense
from ..counting.norm import BatchNorm
from ..counting.pooling import AdaptivePool, GlobalPool, Pool
from ..counting.separable import DepthwiseConv, SeparableConv
from ..counting.shaping import Flatten, SameShape
from ..spelling.recipe import ALIASES, FAMILIES, constructor
from ..spelling.shape import Shape

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
    Flatten: "flatten",
    SameShape: "same",
}
"""What the page calls each layer kind."""
FIELDS = {"kernel_size": "kernel", "axis": "", "size": "", "trainable": ""}
"""Fields that the page calls otherwise; those without a name it hasn't."""
FAMILIES_SHOWN = ("conv", "local", "separable", "dense", "pooling", "norm", "shaping", "passing")
WORDS = ("valid", "same", "causal")
TRIED: tuple[object, ...] = (6, 3, *WORDS, False, True, None)
"""What an argument is given, to see what it does."""


def constructors() -> dict[str, dict[str, Any]]:
    """Every constructor that the page can read, by its name."""
    found: dict[str, dict[str, Any]] = {}
    for framework, families in FAMILIES.items():
        for family in FAMILIES_SHOWN:
            for name in families.get(family, ()):
                entry = _entry(framework, name)
                if entry is not None:
                    found.setdefault(name, {})[framework] = entry
    return found


def aliases() -> dict[str, str]:
    """Other names of the same constructors."""
    known = constructors()
    pairs = (pair for each in ALIASES.values() for pair in each.items())
    return {other: name for other, name in pairs if name in known}


def _entry(framework: str, name: str) -> dict[str, Any] | None:
    function = constructor(framework, name)
    code: CodeType = function.__code__
    arguments = code.co_varnames[: code.co_argcount]
    defaults = dict(zip(arguments[::-1], (function.__defaults__ or ())[::-1], strict=False))
    required = {each: 12 for each in arguments if each not in defaults}
    base = next(_made(function, framework, required), None)
    if base is None:
        return None
    ndim, kind = base
    found = {each: _field(function, framework, required, each) for each in arguments}
    fields = {name: each for name, each in found.items() if each is not None}
    transposed = getattr(kind, "transposed", False)
    entry = {
        "kind": "transposed" if transposed else KNOWN[type(kind)],
        "ndim": ndim,
        "arguments": " ".join(arguments),
        "required": len(required),
        "any": bool(code.co_flags & 0x04),
        "more": bool(code.co_flags & 0x08),
        "fields": {name: " ".join(each.fields) for name, each in fields.items()},
        "words": {name: each.words for name, each in fields.items() if each.words},
        "words_only": [name for name, each in fields.items() if not each.numbers],
        "defaults": {each: _plain(defaults[each]) for each in fields if each in defaults},
    }
    always = ("kind", "ndim", "arguments", "required", "fields", "defaults")
    return {name: each for name, each in entry.items() if each or name in always}


class _Argument(NamedTuple):
    """What an argument sets, which words it may be, and whether it may be a number."""

    fields: tuple[str, ...]
    words: tuple[str, ...]
    numbers: bool


def _made(
    function: Callable[..., Any], framework: str, given: Mapping[str, object]
) -> Iterator[tuple[int, Kind]]:
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
            yield getattr(kind, "ndim", 0), kind


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
    return _Argument(
        tuple(taken), tuple(each for each in WORDS if each in values), numbers=6 in values
    )


def _plain(default: object) -> object:
    return default[0] if isinstance(default, tuple) else default
