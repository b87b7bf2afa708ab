"""A difference between two totals as a sum of the model's own parts."""

from __future__ import annotations

from itertools import combinations

from ..counting.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ..spelling.snippet import Model

MOST_PAIRED = 300
MOST_IN_THREES = 24
MOST_SHOWN = 3
"""With many parts, many sums come out by chance: only few are looked at, and fewer are shown."""


class Part(Value):
    """Some terms of a model that have a name together.

    places: (row, term) of each. size: of all together. often: whether models of the same design
    often differ in it, as in their biases, or in the statistics that only Keras counts.
    """

    name: str
    places: frozenset[tuple[int, int]]
    size: int
    often: bool

    def __init__(
        self, name: str, places: Iterable[tuple[int, int]], size: int, often: bool = False
    ) -> None:
        super().__init__(name=name, places=frozenset(places), size=size, often=often)


def parts_that_make(model: Model, difference: int, at_most: int = 3) -> Sequence[tuple[Part, ...]]:
    """The parts whose sizes add up to exactly this; the fewest that do, [] for none.

    Looks at one part, then at two, then at three, of kinds of layers; then at two layers.
    """
    kinds, rows, terms = (list(found) for found in (_of_kinds(model), _rows(model), _terms(model)))
    once = [part for part in [*kinds, *rows, *terms] if part.size == difference]
    if once:
        # the same terms under two names are told once
        told = {part.places: part for part in reversed(once)}
        return [(part,) for part in told.values()][:MOST_SHOWN]
    for parts, together in ((kinds, 2), (kinds, 3), (rows, 2)):
        if together > at_most:
            continue
        most = MOST_IN_THREES if together == 3 else MOST_PAIRED
        found = list(_sums(parts[:most], together, difference))
        if found:
            likely = [some for some in found if all(part.often for part in some)]
            return (likely or found)[:MOST_SHOWN]
    return []


def _sums(parts: list[Part], together: int, difference: int) -> Iterator[tuple[Part, ...]]:
    for some in combinations(parts, together):
        if sum(part.size for part in some) == difference:
            places = [place for part in some for place in part.places]
            if len(places) == len(set(places)):
                yield some


def _of_kinds(model: Model) -> Iterator[Part]:
    """The biases of all convolutions, the statistics of all batch normalisations, ..."""
    groups: dict[tuple[str, str], list[tuple[int, int, int]]] = {}
    for place, row in enumerate(model.rows):
        for at, term in enumerate(row.count.terms):
            for kind in (row.kind, ""):
                groups.setdefault((kind, term.role), []).append((place, at, term.size))
    told = set()
    # what is true of one kind only is said of that kind
    for (kind, role), found in sorted(groups.items(), key=lambda each: not each[0][0]):
        if frozenset(found) in told:
            continue
        told.add(frozenset(found))
        rows = {place for place, _, _ in found}
        names = {_called(model.rows[place].text) for place in rows}
        of = f"the {names.pop() if len(names) == 1 else kind} layers" if kind else "all layers"
        if len(rows) == 1:
            of = f"layer {next(iter(rows)) + 1}"
        yield Part(
            f"the {_plural(role)} of {of}",
            [(place, at) for place, at, _ in found],
            sum(size for _, _, size in found),
            role.endswith(("bias", "statistic")),
        )


def _rows(model: Model) -> Iterator[Part]:
    for place, row in enumerate(model.rows):
        if row.count.terms:
            places = [(place, at) for at in range(len(row.count.terms))]
            yield Part(f"layer {place + 1}, {row.text}", places, row.count.total)


def _terms(model: Model) -> Iterator[Part]:
    for place, row in enumerate(model.rows):
        for at, term in enumerate(row.count.terms):
            name = f"the {_plural(term.role)} of layer {place + 1}, {row.text}"
            yield Part(name, [(place, at)], term.size)


def _called(text: str) -> str:
    """The name of the layer that a call makes: ``Conv2D``."""
    return text.partition("(")[0].rpartition(".")[2]


def _plural(role: str) -> str:
    return f"{role}es" if role.endswith("s") else f"{role}s"
