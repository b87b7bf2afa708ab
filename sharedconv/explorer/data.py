"""Everything that the page counts with: what Python's own rules say of themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..counting.sizes import axis_names
from ..practice.quiz.make import make_quiz
from ..spelling.call import FORMER_LAYER_ARGUMENTS, KERAS_LAYER_ARGUMENTS
from ..spelling.read import PREFIXES
from . import probes
from .factors import Factors
from .refusals import readable, suggestions
from .sizes import NUMBERS, sizes
from .spellings import aliases, constructors
from .structure import norms, renamed, structure
from .words import words

if TYPE_CHECKING:
    from typing import Any

QUIZ_LESSONS = (1, 2, 3, 4, 7)
"""The lessons on one layer, which is what the page shows: two questions of each make ten."""
QUIZZES = 3


def explorer_data() -> dict[str, Any]:
    """The page's data.

    layers: by kind, dimensions and bias, as `structure` describes them. factors, terms: what the
    numbers in them stand for. sizes: the formulas of what follows from the fields, by kind and
    padding. constructors, aliases: how Keras and PyTorch write layers. slips: what Python says to
    arguments that can't be. readable, suggestions: what else Python reads, and how a name that
    comes near is told. words: what is said. quizzes: three times ten questions.
    """
    factors = Factors()
    known, slips = constructors()
    layers = {
        f"{kind} {ndim} {int(bias)}": structure(kind, ndim, bias, factors)
        for kind in probes.KINDS
        for ndim in dimensions(kind)
        for bias in (True, False)
    }
    return {
        "layers": layers,
        "norms": norms(factors),
        "renamed": renamed(),
        "dimensions": {kind: list(dimensions(kind)) for kind in probes.KINDS},
        "axes": {ndim: list(axis_names(ndim)) for ndim in (1, 2, 3)},
        "sizes": _all_sizes(),
        "constructors": known,
        "slips": slips,
        "readable": readable(),
        "suggestions": suggestions(),
        "prefixes": {framework: list(each) for framework, each in PREFIXES.items()},
        "layer_arguments": [*KERAS_LAYER_ARGUMENTS, *FORMER_LAYER_ARGUMENTS],
        "aliases": aliases(known),
        "words": words(),
        "quizzes": [_ten_questions(seed) for seed in range(1, QUIZZES + 1)],
        **factors.as_json(),
    }


def dimensions(kind: str) -> tuple[int, ...]:
    """In how many dimensions there is such a layer."""
    return {"dense": (1,), "separable": (1, 2)}.get(kind, (1, 2, 3))


def _all_sizes() -> dict[str, Any]:
    found = {f"conv {word}": sizes(False, word) for word in (NUMBERS, "valid", "same", "causal")}
    for word in (NUMBERS, "valid", "same"):
        found[f"transposed {word}"] = sizes(True, word)
        found[f"transposed {word} extra"] = sizes(True, word, extra=True)
    return found


def _ten_questions(seed: int) -> list[dict[str, Any]]:
    asked = ("question", "lines", "right", "formula")
    chosen = ("number", "feedback", "ask")
    return [
        {name: question[name] for name in asked}
        | {"choices": [{name: each[name] for name in chosen} for each in question["choices"]]}
        for lesson in QUIZ_LESSONS
        for question in make_quiz(10 // len(QUIZ_LESSONS), seed, lesson).as_json()["questions"]
    ]
