"""Which layer of one model is which of another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from difflib import SequenceMatcher

from .anatomy import Layer

Pair = tuple[Layer | None, Layer | None]

LONGEST = 1000
"""Of longer sequences no best alignment is sought: it would take minutes."""


def align(a: Sequence[Layer], b: Sequence[Layer]) -> list[Pair]:
    """Each layer of `a` with its like in `b`, and those that have none by themselves, in order.

    First the longest runs of layers that are alike in both are sought. What is left is put together
    where it is alike though in another place, as the branches of a network can be, and at last
    where at least the family is the same.
    """
    likeness = [[each.likeness for each in layers] for layers in (a, b)]
    start = next(
        (place for place, (one, other) in enumerate(zip(*likeness, strict=False)) if one != other),
        min(len(a), len(b)),
    )
    match = {place: place for place in range(start)}
    left, right = (each[start:] for each in likeness)
    if max(len(left), len(right)) <= LONGEST:
        for block in SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks():
            for place in range(block.size):
                match[start + block.a + place] = start + block.b + place
    for key in (lambda each: each.likeness, lambda each: each.family):
        _match_rest(a, b, match, key)
    partner = {place: first for first, place in match.items()}

    pairs: list[Pair] = []

    def add_lonely(place: int) -> None:
        while place < len(b) and place not in partner:
            pairs.append((None, b[place]))
            place += 1

    add_lonely(0)
    for place, layer in enumerate(a):
        pairs.append((layer, b[match[place]] if place in match else None))
        if place in match:
            add_lonely(match[place] + 1)
    return pairs


def _match_rest(
    a: Sequence[Layer],
    b: Sequence[Layer],
    match: dict[int, int],
    key: Callable[[Layer], Hashable],
) -> None:
    taken = set(match.values())
    free: defaultdict[Hashable, list[int]] = defaultdict(list)
    for place in reversed(range(len(b))):
        if place not in taken:
            free[key(b[place])].append(place)
    for place, layer in enumerate(a):
        if place not in match and free[key(layer)]:
            match[place] = free[key(layer)].pop()
