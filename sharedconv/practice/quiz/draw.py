"""Numbers that follow from a seed alone: the same on every machine and in every Python."""

from __future__ import annotations

from hashlib import sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TypeVar

    T = TypeVar("T")


class Draw:
    """Draws that look random and are fixed by what they start from.

    seed: numbers and words. (``random.Random`` promises the same numbers for ``random()`` only,
    and what ``choice`` and ``shuffle`` make of them has changed between versions of Python.)
    """

    def __init__(self, *seed: int | str) -> None:
        self._seed = "/".join(map(str, seed))
        self._drawn = 0

    def below(self, end: int) -> int:
        """A whole number from 0 to end - 1."""
        self._drawn += 1
        digest = sha256(f"{self._seed}/{self._drawn}".encode()).digest()
        return int.from_bytes(digest, "big") % end

    def one_of(self, things: Sequence[T]) -> T:
        """One of them."""
        return things[self.below(len(things))]

    def shuffled(self, things: Iterable[T]) -> list[T]:
        """All of them, in another order."""
        left = list(things)
        return [left.pop(self.below(len(left))) for _ in range(len(left))]
