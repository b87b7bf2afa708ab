"""Somebody expected another number: which slips, edits of the true count, lead there?

250 is 260 without its bias; 288 is 896 without its bias and without in_channels.
"""

from __future__ import annotations

from .count import Count, number
from .edits import is_a, positions_in
from .misconceptions import CONTRADICTIONS, MISCONCEPTIONS, Misconception
from .value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


class Diagnosis(Value):
    """How somebody may have come to a number: the slips, and the count that they lead to.

    true: the count that the slips were made of; left out, it is the same count.
    """

    misconceptions: tuple[Misconception, ...]
    count: Count
    true: Count

    def __init__(
        self, misconceptions: tuple[Misconception, ...], count: Count, true: Count | None = None
    ) -> None:
        super().__init__(misconceptions=misconceptions, count=count, true=true or count)

    @property
    def slugs(self) -> tuple[str, ...]:
        """The names of the slips, in the order of `MISCONCEPTIONS`."""
        return tuple(each.slug for each in self.misconceptions)

    @property
    def number(self) -> int:
        """The number that was expected."""
        return self.count.total

    @property
    def sentence(self) -> str:
        """What the expected number does, and why the layer does otherwise."""
        does = " and ".join(each.says for each in self.misconceptions)
        reasons = " ".join(each.reason for each in self.misconceptions)
        words = f"{number(self.number)} {does}. {reasons}"
        return words.replace("{filter}", self.what_has_weights)

    @property
    def what_has_weights(self) -> str:
        """What {filter} stands for in the sentences: what has one bias, a filter, a unit, ..."""
        terms = self.true.terms
        words = {"units": "unit", "heads": "output"}
        found = (word for name, word in words.items() if any(name in t.factors for t in terms))
        word = next(found, "filter")
        biases = [term for term in terms if is_a("bias", term)]
        if any("gates" in term.factors for term in biases):
            word += " of a gate"
        if any(map(positions_in, biases)):
            word += " at each position"
        if any(term.role == "recurrent bias" for term in biases):
            word += ", for each of its two kernels,"
        return word

    @property
    def remedy(self) -> dict[str, bool | int]:
        """Hyperparameters that give the layer this number in earnest; {} where none do."""
        if not all(each.remedy for each in self.misconceptions):
            return {}
        return {name: to for each in self.misconceptions for name, to in each.remedy.items()}


MOST_SLIPS = 2
"""So many slips at once are looked for: three explain nearly any number, and mostly by chance."""


def diagnose(count: Count, expected: int, at_most: int = MOST_SLIPS) -> list[Diagnosis]:
    """Which slips turn the true count into the number that was expected?

    Tries single slips first, then two together, up to `at_most`, and stops at the first size
    that explains the number. Several results are equally small: which one it was can't be told
    from the number. An empty list: no known slip leads there (or the number is right).
    """
    if expected == count.total:
        return []
    reached: list[tuple[int, Diagnosis]] = [(0, Diagnosis((), count))]
    for _ in range(at_most):
        reached = [step for start, so_far in reached for step in one_slip_more(start, so_far)]
        found = [each for _, each in reached if each.number == expected]
        if found:
            # one slip made in two ways that give the same number is still one slip
            return list({each.slugs: each for each in reversed(found)}.values())[::-1]
    return []


def one_slip_more(start: int, so_far: Diagnosis) -> Iterable[tuple[int, Diagnosis]]:
    """What one slip more makes of a count, for each slip from the place `start` on.

    Gives, with each, the place in `MISCONCEPTIONS` from which a further slip may come.
    """
    for place, slip in enumerate(MISCONCEPTIONS[start:], start + 1):
        if any({slip.slug, before} in CONTRADICTIONS for before in so_far.slugs):
            continue
        for edited in slip.edit(so_far.count):
            # a slip that leaves the number as it was explains nothing
            if edited.total != so_far.number:
                yield place, Diagnosis((*so_far.misconceptions, slip), edited, so_far.true)
