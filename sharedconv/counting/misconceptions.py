"""A misconception is an edit of the true count.

"Forgot the bias" drops the bias term; "forgot that a filter spans all input channels" drops
the factor in_channels. Somebody expected another number: which edits of the true count lead
there? 250 is 260 without its bias; 288 is 896 without its bias and without in_channels.

To add one, add an entry to `MISCONCEPTIONS`: a slug, what the wrong number does, the reason why
the layer does otherwise, a question that makes one see it, and the edit.
"""

from __future__ import annotations

from .count import Count, number
from .edits import (
    at_every_position,
    at_no_position,
    bias_after_all,
    bias_twice,
    image_for_kernel,
    in_terms,
    multiplied_or_added,
    once_more_for_each_channel,
    one_side_only,
    other_groups,
    square_of_a_length,
    without_filters,
)
from .value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .edits import Edit


class Misconception(Value):
    """One way to count wrongly.

    slug: its name, the same everywhere.
    says: what a number counted so does; completes the sentence "250 ...".
    reason: why the layer does otherwise, one sentence; {filter} stands for filter or unit.
    question: a question whose answer makes one see it.
    edit: the true count -> the counts that this slip makes of it (none where it can't happen,
        several where people make it in several ways).
    remedy: hyperparameters with which the layer really has that number, where there are any.
    """

    slug: str
    says: str
    reason: str
    question: str
    edit: Edit
    remedy: Mapping[str, bool | int]

    def __init__(
        self,
        slug: str,
        says: str,
        reason: str,
        question: str,
        edit: Edit,
        remedy: Mapping[str, bool | int] | None = None,
    ) -> None:
        super().__init__(
            slug=slug,
            says=says,
            reason=reason,
            question=question,
            edit=edit,
            remedy=dict(remedy or {}),
        )

    def __hash__(self) -> int:
        return hash(self.slug)  # a remedy is a dict, which has no hash


class Diagnosis(Value):
    """How somebody may have come to a number: the slips, and the count that they lead to."""

    misconceptions: tuple[Misconception, ...]
    count: Count

    def __init__(self, misconceptions: tuple[Misconception, ...], count: Count) -> None:
        super().__init__(misconceptions=misconceptions, count=count)

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
        dense = any("units" in term.factors for term in self.count.terms)
        words = f"{number(self.number)} {does}. {reasons}"
        return words.replace("{filter}", "unit" if dense else "filter")

    @property
    def remedy(self) -> dict[str, bool | int]:
        """Hyperparameters that give the layer this number in earnest; {} where none do."""
        if not all(each.remedy for each in self.misconceptions):
            return {}
        return {name: to for each in self.misconceptions for name, to in each.remedy.items()}


def diagnose(count: Count, expected: int, at_most: int = 3) -> list[Diagnosis]:
    """Which slips turn the true count into the number that was expected?

    Tries single slips first, then two together, up to `at_most`, and stops at the first size
    that explains the number. Several results are equally small: which one it was can't be told
    from the number. An empty list: no known slip leads there (or the number is right).
    """
    if expected == count.total:
        return []
    reached: list[tuple[int, Diagnosis]] = [(0, Diagnosis((), count))]
    for _ in range(at_most):
        reached = [step for start, so_far in reached for step in _one_more(start, so_far)]
        found = [each for _, each in reached if each.number == expected]
        if found:
            # one slip made in two ways that give the same number is still one slip
            return list({each.slugs: each for each in reversed(found)}.values())[::-1]
    return []


def _one_more(start: int, so_far: Diagnosis) -> Iterable[tuple[int, Diagnosis]]:
    for place, slip in enumerate(MISCONCEPTIONS[start:], start + 1):
        for edited in slip.edit(so_far.count):
            # a slip that leaves the number as it was explains nothing
            if edited.total != so_far.number:
                yield place, Diagnosis((*so_far.misconceptions, slip), edited)


MISCONCEPTIONS: tuple[Misconception, ...] = (
    Misconception(
        "forgot-bias",
        "leaves out the bias",
        "Besides its weights, each {filter} learns one number more, the bias, "
        "and adds it to its result.",
        "The input is zero everywhere. What can the layer still give out, and where would it "
        "come from?",
        in_terms("bias", lambda _: None),
        {"bias": False},
    ),
    Misconception(
        "expected-bias",
        "counts a bias that is switched off here",
        "With the bias switched off, the layer has its kernel and nothing else.",
        "Which argument of this line says whether there is a bias?",
        bias_after_all,
        {"bias": True},
    ),
    Misconception(
        "forgot-in-channels",
        "gives each filter one input channel only",
        "A filter spans all the input channels: it has weights of its own for each of them, "
        "and adds up what they give.",
        "Would a filter that uses the same weights for red, green and blue see colours?",
        in_terms("kernel", lambda term: term.without("in_channels", "in_channels per group")),
    ),
    Misconception(
        "forgot-filters",
        "counts one filter only",
        "Each filter has a kernel of its own, because each looks for something else.",
        "If two filters had the same weights, how would what they find differ?",
        without_filters,
    ),
    Misconception(
        "unshared-per-position",
        "counts a new kernel for every position of the output",
        "The same kernel is used at every position: that is weight sharing.",
        "If the image were twice as wide, which weights would be new?",
        in_terms("kernel", at_every_position),
    ),
    Misconception(
        "taken-for-shared",
        "counts one kernel for all positions",
        "This layer shares nothing: every position of the output has a kernel of its own.",
        "May this layer look for different things in the sky and on the ground?",
        in_terms("kernel", at_no_position),
    ),
    Misconception(
        "bias-per-position",
        "counts a bias for every position of the output",
        "A filter adds the same bias at every position: the bias is shared, as the kernel is.",
        "A filter's bias is 1. By how much does it raise the left half of the image, and by how "
        "much the right half?",
        in_terms("bias", at_every_position),
    ),
    Misconception(
        "bias-per-channel",
        "counts a bias for every input channel of every filter",
        "A filter first adds up what it finds in all its input channels, then adds one bias to "
        "the sum.",
        "What could two biases, added to the same sum, do that one can't?",
        in_terms("bias", once_more_for_each_channel),
    ),
    Misconception(
        "double-bias",
        "counts the bias twice",
        "There is one bias for each {filter}, and no second one.",
        "What could two biases, added to the same sum, do that one can't?",
        bias_twice,
    ),
    Misconception(
        "forgot-groups",
        "takes the groups otherwise than the layer does",
        "With groups, each filter sees only the channels of its own group, and every group has "
        "filters of its own.",
        "Which input channels does the first filter see?",
        other_groups,
    ),
    Misconception(
        "counted-spatial-size",
        "takes the size of the image for the size of the kernel",
        "The kernel has the same few weights whatever image it moves over.",
        "How many weights does it take to look at one place?",
        in_terms("kernel", image_for_kernel),
    ),
    Misconception(
        "counted-stride",
        "counts the stride as if it were learned",
        "The stride says how far the kernel moves from one place to the next; it is chosen, not "
        "learned, and the kernel stays the same.",
        "If the kernel moves two steps at a time, which of its weights go away?",
        multiplied_or_added("stride", unless=1),
    ),
    Misconception(
        "counted-padding",
        "counts the padding as if it were learned",
        "The padding puts zeros around the image; nobody learns them, and the kernel stays the "
        "same.",
        "Could training change a number that is always zero?",
        multiplied_or_added("padding", unless=0),
    ),
    Misconception(
        "kernel-one-dimensional",
        "takes the kernel for a single row",
        "On an image the kernel is a block: its height times its width.",
        "How many pixels lie under the kernel at one place?",
        one_side_only,
    ),
    Misconception(
        "kernel-two-dimensional",
        "takes the kernel for a square",
        "Along a sequence there is one direction to move in, and the kernel has a length only.",
        "How many points of the sequence lie under the kernel at one place?",
        in_terms("kernel", square_of_a_length),
    ),
)
