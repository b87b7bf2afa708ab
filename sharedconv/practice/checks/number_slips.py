"""How somebody may have come to another number: the slips that lead there, in words.

To add a slip that changes no parameter, add an entry to `SETTINGS` and one to `SLIPS`; one in a
count of parameters belongs into `MISCONCEPTIONS` of sharedconv.counting.
"""

from __future__ import annotations

from ...counting.conv import Conv
from ...counting.count import Count, number
from ...counting.diagnosing import MOST_SLIPS, Diagnosis, diagnose
from ...counting.misconceptions import MISCONCEPTIONS
from ...counting.value import Value
from ...explaining.expected import reasons
from .amounts import OTHER_AMOUNTS, Subject, amount_of, part_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


class Slip(Value):
    """One way to come to a number: the names of its slips, a sentence, a question."""

    slugs: tuple[str, ...]
    sentence: str
    question: str

    def __init__(self, slugs: Iterable[str], sentence: str, question: str) -> None:
        super().__init__(slugs=tuple(slugs), sentence=sentence, question=question)


def slips(about: Subject, what: str, given: int) -> list[Slip]:
    """Which slips lead to this number; an empty list where no known one does."""
    part = part_of(about, what)
    found: list[Slip] = []
    if part is None and isinstance(about.kind, Conv):
        found = list(_other_settings(about.kind, what, given))
    elif about.model is not None and what == "parameters":
        found = [
            Slip(each.slugs, each.untold, " ".join(each.questions) or OF_A_SUM)
            for each in reasons(about.model, given)
        ]
    elif part is not None:
        found = diagnosed(part, given, at_most=1)
    found = found or list(_another_amount(about, what, given))
    if not found and what == "multiply-adds" and isinstance(about.kind, Conv):
        found = list(_in_the_work(about.kind, given))
    if not found and part is not None and len(part.terms) <= MOST_TERMS:
        found = diagnosed(part, given)
    return found


OF_A_SUM = "Which parts of the model are in your sum, and how often?"
"""The question where the number given is another sum of the same model's parts."""
MOST_TERMS = 40
"""In a longer sum no several slips at once are looked for."""


def diagnosed(count: Count, given: int, at_most: int = MOST_SLIPS) -> list[Slip]:
    """The slips in a count, as `sharedconv.counting.diagnose` finds them."""
    return [
        Slip(each.slugs, each.sentence, " ".join(slip.question for slip in each.misconceptions))
        for each in diagnose(count, given, at_most)
    ]


def _other_settings(kind: Conv, what: str, given: int) -> Iterator[Slip]:
    for slug, edit in SETTINGS.items():
        try:
            edited = OTHER_AMOUNTS[what][0](edit(kind))
        except (ValueError, TypeError):
            continue  # no layer can be so
        if edited == given != OTHER_AMOUNTS[what][0](kind):
            yield worded(slug, given)
    if what == "size" and given == OTHER_AMOUNTS[what][0](kind) - 1:
        yield worded("forgot-last-place", given)


def _in_the_work(kind: Conv, given: int) -> Iterator[Slip]:
    from ..quiz.slips import work_slips  # which takes words from here

    # unshared, each weight is multiplied once, and the work is the same
    count = kind.unshared().replace(bias=False).count()
    for slip in work_slips(tuple(size or 0 for size in kind.input_size)):
        for edited in slip.edit(count):
            if edited.total == given:
                yield Slip([slip.slug], Diagnosis((slip,), edited, count).sentence, slip.question)
                return


def _another_amount(about: Subject, what: str, given: int) -> Iterator[Slip]:
    others = {"parameters": "parameters", "kernel": "weights in the kernel", "bias": "biases"}
    others |= {name: noun for name, (_, noun) in OTHER_AMOUNTS.items() if name != "size"}
    for name, noun in others.items():
        try:
            same = name != what and amount_of(about, name) == given
        except ValueError:
            continue
        if same:
            both_learned = name not in OTHER_AMOUNTS and what not in OTHER_AMOUNTS
            yield Slip(
                [f"counted-{name}"],
                f"{number(given)} is the number of {noun} here, which is another thing than what "
                "is asked.",
                "Which part of the sum is asked for?"
                if both_learned
                else "Which of the two grows when the image grows, and which stays?",
            )
            return


SETTINGS: dict[str, Callable[[Conv], Conv]] = {
    "forgot-padding": lambda kind: kind.replace(padding=0),
    "forgot-stride": lambda kind: kind.replace(stride=1),
    "forgot-dilation": lambda kind: kind.replace(dilation=1),
    "forgot-groups": lambda kind: kind.replace(groups=1),
    "forgot-in-channels": lambda kind: kind.replace(in_channels=1, groups=1),
    "forgot-filters": lambda kind: kind.replace(filters=1, groups=1),
    "forgot-kernel": lambda kind: kind.replace(kernel_size=1, padding=0),
}
"""Slips with what a layer is set to: the same layer as somebody has it who forgot one thing."""


def worded(slug: str, given: int) -> Slip:
    """A single slip in words, of those in counting's list or in `SLIPS`."""
    says, reason, question = SLIPS.get(slug) or next(
        (each.says, each.reason.replace("{filter}", "filter"), each.question)
        for each in MISCONCEPTIONS
        if each.slug == slug
    )
    return Slip([slug], f"{number(given)} {says}. {reason}", question)


SLIPS = {
    "forgot-padding": (
        "leaves out the padding",
        "Zeros put around the image give the kernel more places to stand at.",
        "Where may the middle of the kernel stand when there are zeros beyond the edge?",
    ),
    "forgot-stride": (
        "lets the kernel stop at every place",
        "With a stride the kernel passes places over.",
        "Which places does the kernel stop at along the first row?",
    ),
    "forgot-dilation": (
        "takes the kernel's weights for close neighbours",
        "With a dilation there are gaps between them, so the kernel reaches further.",
        "How far is it from the kernel's first weight to its last?",
    ),
    "forgot-kernel": (
        "lets the kernel stand over the edge",
        "The whole kernel has to find numbers below it, so it can't start at the last places.",
        "Where does the kernel stand for the last output, and which inputs does it see there?",
    ),
    "parameters-for-connections": (
        "counts the parameters, not the connections",
        "A shared weight is one parameter and many connections: one for each unit that uses it.",
        "How many units does the first weight of the kernel serve?",
    ),
    "bias-unconnected": (
        "leaves out the connections to the biases",
        "Besides its inputs, each unit is connected to its bias: one connection more for each "
        "unit.",
        "The image is zero everywhere. What does a unit still receive, and through which "
        "connection?",
    ),
    "every-layer-as-the-first": (
        "multiplies every layer by the places of the first one",
        "Each layer has places of its own: where the stride is more than one, each has fewer than "
        "the one before it. The dense layer at the end has none to multiply by.",
        "At how many places does the second layer work?",
    ),
}
"""Slips that change no parameter: what a number made so does, the reason, a question."""


def told(found: list[Slip]) -> str:
    """The slips as paragraphs: the first with its question, the others as other ways."""
    first, *others = found
    words = [first.sentence]
    words += [f"Or, another way to the same number: {each.sentence}" for each in others[:1]]
    return "\n\n".join([*words, f"Ask yourself: {first.question}"])
