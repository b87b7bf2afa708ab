"""Two models against each other: where their counts part, term by term and layer by layer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from textwrap import fill
from typing import Any

from ..counting.count import number
from ..counting.sizes import counted
from .alignment import Pair, align
from .anatomy import Anatomy, Layer, anatomy

SHOWN = 3
"""So many layers of a group are named, if not all are asked for."""


@dataclass(frozen=True)
class Difference:
    """How many numbers of one role the layers of one family have in each of two models."""

    family: str
    role: str
    a: int
    b: int

    @property
    def size(self) -> int:
        """How many more the second has."""
        return self.b - self.a

    def words(self) -> str:
        """``convolution biases``"""
        plural = _PLURALS.get(self.role, f"{self.role} weights")
        return plural if self.family == self.role else f"{self.family} {plural}"


@dataclass(frozen=True)
class Comparison:
    """Two models' counts, side by side. Printing it is its use.

    names: what the two are called. terms: all families and roles that either has. pairs: the
    layers, aligned; None where one has no such layer. notes: what else there is to say.
    """

    names: tuple[str, str]
    a: Anatomy
    b: Anatomy
    terms: tuple[Difference, ...]
    pairs: tuple[Pair, ...]
    notes: tuple[str, ...]

    @property
    def difference(self) -> int:
        """How many parameters more the second has."""
        return self.b.total - self.a.total

    @property
    def sentence(self) -> str:
        """``+26,560 convolution biases, +53,120 batch-norm statistics; everything else equal``"""
        differ = [each for each in self.terms if each.size]
        if differ:
            parts = ", ".join(f"{_signed(each.size)} {each.words()}" for each in differ)
            equal = len(differ) < len(self.terms)
            return f"{parts}; everything else equal" if equal else parts
        apart = sum(bool(_apart(pair)) for pair in self.pairs)
        if apart:
            return f"equal in every term, but {counted(apart, 'layer')} differ"
        trained = self.b.trainable - self.a.trainable
        if trained:
            way = "more" if trained > 0 else "fewer"
            return f"equal in every term, but {number(abs(trained))} {way} are trained"
        return "equal, term by term and layer by layer"

    def as_json(self) -> dict[str, Any]:
        """The same as one object; its keys are a stable interface."""
        return {
            **{
                side: {
                    "name": name,
                    "framework": each.framework,
                    "total": each.total,
                    "trainable": each.trainable,
                    "non_trainable": each.total - each.trainable,
                }
                for side, name, each in zip("ab", self.names, (self.a, self.b), strict=True)
            },
            "difference": self.difference,
            "sentence": self.sentence,
            "terms": [
                {**vars(each), "difference": each.size}  # family, role, a, b
                for each in self.terms
            ],
            "layers": [
                {
                    "a": None if a is None else a.name,
                    "b": None if b is None else b.name,
                    "total_a": 0 if a is None else a.total,
                    "total_b": 0 if b is None else b.total,
                    "differences": _apart((a, b)),
                }
                for a, b in self.pairs
            ],
            "notes": [*self.notes],
        }

    def text(self, every_layer: bool = False) -> str:
        """The whole answer, ready to print; every layer by itself, or those that differ alike
        together."""
        layers = (
            _columns([*self._each_layer()], {2, 3})
            if every_layer
            else "\n".join(map(_wrapped, self._groups()))
        )
        parts = [
            _wrapped(f"{self.names[1]} against {self.names[0]}: {self.sentence}."),
            _columns([["", *self.names, "difference"], *self._sums()], {1, 2, 3}),
            layers,
            *map(_wrapped, self.notes),
        ]
        return "\n\n".join(filter(None, parts))

    def __str__(self) -> str:
        return self.text()

    def _repr_markdown_(self) -> str:
        rows = [["", *self.names, "difference"], ["---", *["---:"] * 3], *self._sums()]
        table = ["| " + " | ".join(each.replace("|", r"\|") for each in row) + " |" for row in rows]
        groups = [f"- {each}" for each in self._groups()]
        head = f"**{self.names[1]} against {self.names[0]}: {self.sentence}.**"
        return "\n".join([head, "", *table, "", *groups, *(f"\n{each}" for each in self.notes)])

    # -- parts ---------------------------------------------------------------------------------

    def _sums(self) -> Iterator[list[str]]:
        rows = [(each.words(), each.a, each.b) for each in self.terms]
        rows += [
            ("total", self.a.total, self.b.total),
            ("trainable", self.a.trainable, self.b.trainable),
        ]
        for words, a, b in rows:
            yield [words, number(a), number(b), _signed(b - a) if a != b else ""]

    def _each_layer(self) -> Iterator[list[str]]:
        yield [*self.names, "", "", "difference"]
        for a, b in self.pairs:
            yield [
                "-" if a is None else a.name,
                "-" if b is None else b.name,
                "" if a is None else number(a.total),
                "" if b is None else number(b.total),
                _listed(_apart((a, b))),
            ]

    def _groups(self) -> Iterator[str]:
        """One line for the layers that differ alike."""
        differ = [pair for pair in self.pairs if _apart(pair)]
        for (family, kind), group in groupby(sorted(differ, key=_way), key=_way):
            pairs = list(group)
            layers = counted(len(pairs), f"{family} layer")
            names = ", ".join(_names(pair) for pair in pairs[:SHOWN])
            more = f" and {number(len(pairs) - SHOWN)} more" if len(pairs) > SHOWN else ""
            if kind in self._ONLY:
                where = self.names[0 if kind == "only a" else 1]
                yield f"{layers} only in {where}: {names}{more}"
            else:
                yield f"{layers} with {kind} in {self.names[1]}: {names}{more}"

    _ONLY = ("only a", "only b")


def compare(a: Any, b: Any, names: tuple[str, str] | None = None) -> Comparison:
    """Set two models side by side, by what their parameters are, and layer by layer.

    a, b: a ``torch.nn.Module`` or a model of Keras (built), in any combination.
    names: what they are called in the answer; else their classes.

    A total is what each framework counts: PyTorch the distinct parameter elements, Keras what its
    ``count_params()`` says, in which batch norms' statistics are. What a tensor is, is told from
    its name and its layer's, and layers are aligned by the sizes of their kernels.

    Raises TypeError where one is no model, ValueError where one has no sizes yet.
    """
    left, right = anatomy(a), anatomy(b)
    if names is None:
        names = (type(a).__name__, type(b).__name__)
        if names[0] == names[1]:
            of = (left.framework, right.framework)
            of = of if of[0] != of[1] else ("1", "2")
            names = (f"{names[0]} ({of[0]})", f"{names[1]} ({of[1]})")
    sums = [_by_term(each) for each in (left, right)]
    terms = [
        Difference(*term, sums[0].get(term, 0), sums[1].get(term, 0))
        for term in dict.fromkeys([*sums[0], *sums[1]])
    ]
    return Comparison(
        names,
        left,
        right,
        tuple(terms),
        tuple(align(left.layers, right.layers)),
        tuple(_notes(names, left, right)),
    )


def _by_term(model: Anatomy) -> dict[tuple[str, str], int]:
    sums: dict[tuple[str, str], int] = {}
    for layer in model.layers:
        for role, size in layer.roles.items():
            sums[layer.family, role] = sums.get((layer.family, role), 0) + size
    return sums


def _notes(names: tuple[str, str], a: Anatomy, b: Anatomy) -> Iterator[str]:
    for name, model, other in ((names[0], a, b), (names[1], b, a)):
        statistics = sum(layer.roles.get("statistic", 0) for layer in other.layers)
        if model.uncounted and statistics:
            yield (
                f"{name} keeps {number(model.uncounted)} statistics, too, but as buffers, which "
                "PyTorch doesn't count."
            )
        held = sum(layer.total for layer in model.layers)
        if held != model.total:
            yield (
                f"The tensors of {name} hold {number(held)} numbers, but some of these are the "
                f"same memory: the total is {number(model.total)}."
            )


def _apart(pair: Pair) -> dict[str, int]:
    """Role -> how many more the second layer of a pair has, where it has more or fewer."""
    a, b = ({} if each is None else each.roles for each in pair)
    sizes = {role: b.get(role, 0) - a.get(role, 0) for role in dict.fromkeys([*a, *b])}
    return {role: size for role, size in sizes.items() if size}


def _way(pair: Pair) -> tuple[str, str]:
    """In what way the two layers of a pair differ, whatever by how much."""
    a, b = pair
    if a is None or b is None:
        only: Layer | None = b if a is None else a
        return ("" if only is None else only.family), "only b" if a is None else "only a"
    more: list[str] = []
    fewer: list[str] = []
    for role, size in _apart(pair).items():
        (more if size > 0 else fewer).append(_PLURALS.get(role, f"{role} weights"))
    ways = [f"more {' and '.join(more)}"] if more else []
    return a.family, " and ".join([*ways, *([f"fewer {' and '.join(fewer)}"] if fewer else [])])


def _names(pair: Pair) -> str:
    return " against ".join(each.name for each in pair if each is not None)


def _listed(sizes: Mapping[str, int]) -> str:
    return ", ".join(
        f"{_signed(size)} {_PLURALS.get(role, f'{role} weights')}" for role, size in sizes.items()
    )


def _columns(rows: list[list[str]], numbers: set[int]) -> str:
    """A table as wide as it has to be, with the columns of numbers set to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "   ".join(
            cell.rjust(width) if place in numbers else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def _wrapped(words: str) -> str:
    return fill(words, 88, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def _signed(size: int) -> str:
    return f"{'+' if size > 0 else ''}{number(size)}"


_PLURALS = {
    "bias": "biases",
    "scale": "scales",
    "shift": "shifts",
    "slope": "slopes",
    "statistic": "statistics",
}
