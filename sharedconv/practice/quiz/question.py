"""One question, and its choices: the true count, and what single slips make of it."""

from __future__ import annotations

from ...counting.count import Count
from ...counting.diagnosing import Diagnosis
from ...counting.misconceptions import MISCONCEPTIONS, Misconception
from ...counting.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from .draw import Draw

LETTERS = "abcd"
WRONG = len(LETTERS) - 1
"""So many wrong choices stand beside the right one."""


_SLUGS = [each.slug for each in MISCONCEPTIONS]
OFFERED = MISCONCEPTIONS[: _SLUGS.index("forgot-output-kernel") + 1]
"""The slips that are as old as the quiz. Younger ones belong only to questions that name them: a
teacher's seed has to keep its questions."""


class Asked(Value):
    """What is asked, before anybody has thought of choices.

    words: the question, in sentences. lines: the layers as one writes them; () where the words say
    all. framework: "keras", "torch", or "" where it is neither's. count: the right answer.
    slips: what may be made of it. focus: the slugs that the lesson is about; one of them is always
    among the choices.
    """

    words: str
    lines: tuple[str, ...]
    framework: str
    count: Count
    focus: tuple[str, ...]
    slips: tuple[Misconception, ...]

    def __init__(
        self,
        words: str,
        lines: Iterable[str],
        framework: str,
        count: Count,
        focus: Iterable[str],
        slips: Iterable[Misconception] = OFFERED,
    ) -> None:
        super().__init__(
            words=words,
            lines=tuple(lines),
            framework=framework,
            count=count,
            focus=tuple(focus),
            slips=tuple(slips),
        )


class Choice(Value):
    """A number to choose, and what is said to somebody who chose it.

    slug: the name of the slip that leads to it; "" for the right one. says: what the number does
    and why the layer does otherwise; for the right one, the formula. question: what to ask
    oneself; "" for the right one.
    """

    number: int
    slug: str
    says: str
    question: str

    def __init__(self, number: int, slug: str, says: str, question: str) -> None:
        super().__init__(number=number, slug=slug, says=says, question=question)


class Question(Value):
    """A question with its choices, in the order in which they are shown."""

    lesson: int
    asked: Asked
    choices: tuple[Choice, ...]

    def __init__(self, lesson: int, asked: Asked, choices: Iterable[Choice]) -> None:
        super().__init__(lesson=lesson, asked=asked, choices=tuple(choices))

    @property
    def right(self) -> int:
        """The place of the right choice, from 0."""
        return next(place for place, each in enumerate(self.choices) if not each.slug)


def choices(asked: Asked, draw: Draw) -> list[Choice] | None:
    """The right number and three wrong ones, each of which exactly one slip leads to.

    How many of the wrong ones are smaller than the right one is drawn first, so that its size
    doesn't give it away, and their order is drawn last, so that its place doesn't. None where the
    numbers of this question don't give three.
    """
    found = _one_slip_each(asked)
    order = draw.shuffled(slug for slug in found if slug in asked.focus)
    if not order:
        return None
    first = found[order[0]]
    order = [*order[1:], *draw.shuffled(slug for slug in found if slug not in asked.focus)]
    true = asked.count.total
    room = {True: draw.below(WRONG + 1)}
    room[False] = WRONG - room[True]
    taken, left = [first], []
    room[first.number < true] -= 1
    for slug in order:
        each = found[slug]
        if room[each.number < true] > 0:
            room[each.number < true] -= 1
            taken.append(each)
        else:
            left.append(each)
    taken = [*taken, *left][:WRONG]
    if len(taken) < WRONG:
        return None
    right = Choice(true, "", asked.count.formula(), "")
    return draw.shuffled([right, *map(_choice, taken)])


def _one_slip_each(asked: Asked) -> dict[str, Diagnosis]:
    """By slug, the wrong number that no other slip leads to: the feedback has to be the reason.

    Where a slip is made in several ways, it is the first, which its sentence describes best.
    """
    ways: dict[int, set[str]] = {}
    first: dict[str, Diagnosis] = {}
    for slip in asked.slips:
        for edited in slip.edit(asked.count):
            ways.setdefault(edited.total, set()).add(slip.slug)
            first.setdefault(slip.slug, Diagnosis((slip,), edited, asked.count))
    impossible = (0, asked.count.total)
    return {
        slug: found
        for slug, found in first.items()
        if found.number not in impossible and len(ways[found.number]) == 1
    }


def _choice(found: Diagnosis) -> Choice:
    (slip,) = found.misconceptions
    return Choice(found.number, slip.slug, found.sentence, slip.question)
