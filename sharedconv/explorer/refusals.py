"""What Python says of a line that it can't read, with slots in place of what stood in that line.

The page says the same. So each sentence is asked of `spelling`, by a line that gets it, and no
sentence is written twice.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..explaining.pasted import CONTAINERS
from ..spelling import foreign, former, read
from ..spelling.call import (
    DEEPEST_NESTING,
    KERAS_LAYER_ARGUMENTS,
    LONGEST_TEXT,
    MOST_NAMED,
    Unread,
    nearest,
)
from ..spelling.read import DATA_FORMATS, SHAPES
from ..spelling.recipe import FRAMEWORKS, names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

_DEEP = f"Conv2D({'f(' * DEEPEST_NESTING}n{')' * DEEPEST_NESTING})"
ASKED: dict[str, tuple[str, dict[str, str]]] = {
    "no call": ("10 + 5", {"'10 + 5'": "{text}"}),
    "not closed": ("Conv2D(10, 5", {"'Conv2D(10, 5'": "{text}", "'('": "'{sign}'"}),
    "not opened": ("Conv2D(10, 5))", {"'Conv2D(10, 5))'": "{text}", "')'": "'{sign}'"}),
    "other bracket": (
        "Conv2D(10, 5]",
        {"'Conv2D(10, 5]'": "{text}", "'('": "'{open}'", "']'": "'{sign}'"},
    ),
    "quote": ("Dense(10, 'relu)", {'"Dense(10, \'relu)"': "{text}"}),
    "comma": ("Conv2D(10 5)", {"'Conv2D(10 5)'": "{text}"}),
    "order": ("Conv2D(filters=10, 5)", {"'Conv2D(filters=10, 5)'": "{text}"}),
    "deep": (_DEEP, {f"'{_DEEP[:57]}...'": "{text}"}),
    "long": ("a" * (LONGEST_TEXT + 1), {f"{LONGEST_TEXT + 1:,}": "{length}"}),
    "unpacked": ("Conv2D(*sizes)", {"*sizes": "{text}"}),
    "digits": (f"Conv2D({'9' * 101}, 5)", {}),
    "power": ("Conv2D(2 ** 999, 5)", {"2": "{base}", "999": "{power}"}),
    "no result": ("Conv2D(7 // 0, 5)", {"7": "{left}", "//": "{sign}", " 0 ": " {right} "}),
    "unknown": (
        "Konv2D(3, 3)",
        {"Konv2D": "{name}", nearest("Konv2D", ["Conv2D", "Conv2d"]): "{near}"},
    ),
    "mixed": (
        "nn.Conv2D(3, 3)",
        {
            "keras.layers": "{home}",
            "Keras's": "{framework}'s",
            "nn.Conv2D": "{call}",
            "Conv2D": "{name}",
        },
    ),
    "prefix": ("mine.Conv2D(3, 3)", {"mine.Conv2D": "{call}"}),
    "foreign": ("hk.Conv2D(3, 3)", {"hk.Conv2D": "{call}", "Haiku": "{library}"}),
    "too many": (
        "nn.ReLU(1, 2)",
        {"nn.ReLU": "{name}", "inplace": "{order}", "1": "{most}", "2": "{given}"},
    ),
    "takes none": ("nn.Tanh(1)", {"nn.Tanh": "{name}", "0": "{most}", "1": "{given}"}),
    "twice": ("Conv2D(10, 5, filters=3)", {"Conv2D": "{name}", "filters": "{argument}"}),
    "again": ("Dense(units=3, units=4)", {"units": "{argument}"}),
    "no argument": (
        "Dense(3, unit=4)",
        {nearest("unit", ["units"]): "{near}", "Dense": "{name}", "unit": "{argument}"},
    ),
    "missing": (
        "nn.Linear(10)",
        {
            "in_features, out_features": "{order}",
            "out_features": "{argument}",
            "nn.Linear": "{name}",
        },
    ),
    "title": (
        "nn.Linear(1, 2, bias=false)",
        {"bias": "{argument}", "false": "{value}", "False": "{titled}"},
    ),
    "own shape": (
        "Conv2D(10, 5, input_shape=side)",
        {"side": "{value}", "input_shape is": "{argument} is"},
    ),
    "order of axes": ("Conv2D(10, 5, data_format='last')", {"'last'": "{value}"}),
    "batch": ("nn.Flatten(0)", {"start_dim": "{argument}"}),
}
"""A line for each sentence, and what in the sentence comes from the line."""
ON_SHAPES: dict[str, tuple[str, tuple[int, ...], dict[str, str]]] = {
    "flatten axis": (
        "nn.Flatten(7)",
        (2, 4, 5),
        {"2×4×5": "{shape}", "3": "{rank}", "7": "{axis}"},
    ),
    "flatten order": ("nn.Flatten(2, 1)", (2, 4, 5), {"axis 1": "axis {start}", "0": "{end}"}),
    "norm axis": (
        "BatchNormalization(axis=7)",
        (2, 4, 5),
        {"7": "{axis}", "2×4×5": "{shape}", "1 to 3": "1 to {rank}"},
    ),
    "whole axis": ("BatchNormalization(axis='x')", (2, 4, 5), {"'x'": "{axis}"}),
    "normalized": (
        "nn.LayerNorm(7)",
        (2, 4, 5),
        {"=7": "={given}", "2×4×5": "{shape}"},
    ),
    "cut": (
        "Cropping1D(5)",
        (6, 2),
        {"10": "{cut}", "length": "{axis}", "6": "{size}"},
    ),
}
"""The same for lines that are refused for what comes in."""
SORTS: dict[str, object] = {
    "word": "no word",
    "'valid'": "valid",
    "'same'": "same",
    "'causal'": "causal",
    "None": None,
    "flag": True,
    "2": 2,
    "whole": 6,
    "negative": -7,
    "number": 7.25,
    "several": (6,) * 7,
    "unread": Unread("how_many"),
}
"""What an argument is given, to hear what Python says; by its value, or by what it is."""


def refusals() -> dict[str, str]:
    """Sentence by sentence: what Python says in that case; {names} in braces are slots."""
    return {
        **{key: _asked(line, slots) for key, (line, slots) in ASKED.items()},
        **{key: _asked(line, slots, shape) for key, (line, shape, slots) in ON_SHAPES.items()},
    }


def usual_slips() -> list[str]:
    """What Python says of most arguments: of a number, of True or False, and of a name."""
    number, flag = "in_features", "bias"
    return [
        _asked("nn.Linear(7.25, 1)", {number: "{argument}", "7.25": "{value}"}),
        _asked("nn.Linear(1, 1, 7.25)", {flag: "{argument}", "7.25": "{value}"}),
        _asked("nn.Linear(how_many, 1)", {number: "{argument}", "how_many": "{value}"}),
    ]


def suggestions() -> dict[str, Any]:
    """The words for the name that comes near another one, or for all names that there are."""
    many = [f"name{place}" for place in range(MOST_NAMED + 1)]
    return {
        "near": nearest("name1", ["name"]).replace("name", "{near}"),
        "all": nearest("qq", ["name"]).replace("name", "{known}."),
        "more": nearest("qq", many).rpartition(", ")[2].replace(str(MOST_NAMED - 9), "{more}"),
        "none": _asked("nn.Tanh(a=1)", {}).rpartition("; ")[2],
        "most": MOST_NAMED,
    }


def readable() -> dict[str, Any]:
    """All that `sharedconv explain` can read, so that the page sends there what it can't show."""
    return {
        "names": {framework: names(framework) for framework in FRAMEWORKS},
        "frameworks": FRAMEWORKS,
        "todays": list(KERAS_LAYER_ARGUMENTS),
        "containers": list(CONTAINERS),
        "shapes": list(SHAPES),
        "data_formats": list(DATA_FORMATS),
        "foreign": {
            "roots": {
                root: library for library, roots in foreign.LIBRARIES.items() for root in roots
            },
            "names": list(foreign.FLAX_NAMES),
            "arguments": foreign.ARGUMENTS,
        },
        "former": {
            "arguments": [each for each in former.ARGUMENTS if each not in former.WEAK],
            "sides": {name: list(sides) for name, sides in former.SIDES.items()},
        },
    }


def refused(
    give: Callable[[object], object], argument: str, sentences: list[str]
) -> dict[str, int]:
    """What Python says to each sort of value that an argument can't be: the sentence's place.

    give: makes the layer with this value.
    sentences: those that are known so far; new ones are added.
    """
    found: dict[str, int] = {}
    for sort, value in SORTS.items():
        try:
            give(value)
        except (ValueError, TypeError) as problem:
            slots = {
                f"{argument} ": "{argument} ",
                f"is {value!r}": "is {value}",
                "7 numbers": "{numbers}",
            }
            sentence = _slotted(str(problem), slots)
            if sentence not in sentences:
                sentences.append(sentence)
            found[sort] = sentences.index(sentence)
    return found


def taken_words(give: Callable[[object], object], sentence: str) -> tuple[str, ...]:
    """Which of the words that a sentence names are indeed taken."""
    taken = []
    for word in re.findall(r"'(\w+)'", sentence):
        try:
            give(word)
        except (ValueError, TypeError):
            continue
        taken.append(word)
    return tuple(taken)


def _asked(line: str, slots: Mapping[str, str], shape: tuple[int, ...] | None = None) -> str:
    try:
        read(line, shape)
    except (ValueError, TypeError) as problem:
        return _slotted(str(problem), slots)
    raise LookupError(f"Python reads {line!r}, which the page takes for one that it refuses")


def _slotted(sentence: str, slots: Mapping[str, str]) -> str:
    for found, slot in slots.items():
        sentence = sentence.replace(found, slot)
    if sentence.startswith(("the ", "a ")):
        sentence = sentence[0].upper() + sentence[1:]
    return sentence if sentence.endswith(("?", ".", "{near}")) else f"{sentence}."
