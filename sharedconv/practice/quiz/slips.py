"""Slips that belong to one kind of question, and so aren't among `MISCONCEPTIONS`.

Those are slips in counting a layer's parameters. Here are slips in counting something else, such
as multiplications or positions, and slips that need to know the layer next door.
"""

from __future__ import annotations

from ...counting.count import Count, Term
from ...counting.edits import all_shared, is_a, without_roles
from ...counting.misconceptions import MISCONCEPTIONS, Misconception
from ...counting.sizes import named_axes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

KNOWN = {each.slug: each for each in MISCONCEPTIONS}


def instead(slug: str, says: str, reason: str, question: str, other: Count) -> Misconception:
    """A slip that takes another count for the one that is asked for."""
    return Misconception(slug, says, reason, question, lambda _: [other])


def _swapped(names: Mapping[str, int]) -> Callable[[Count], Iterable[Count]]:
    def edit(term: Term) -> Term:
        for name, size in names.items():
            if name in term.factors:
                term = term.swapped(name, name, size)
        return term

    return lambda count: [count.edited(edit)]


# -- multiplications: the weights of the same layer, used at every position --------------------


def work_slips(size: tuple[int, ...]) -> tuple[Misconception, ...]:
    """Slips in counting multiplications, for a layer on an input of this size."""
    return (
        Misconception(
            "weights-for-work",
            "counts each weight once",
            "A weight is one number, and it is multiplied again at every position of the output.",
            "The filter moves on by one position. Which of its weights rest?",
            all_shared,
        ),
        Misconception(
            "work-at-every-place",
            "multiplies at every place of the input",
            "The whole kernel has to lie on the input, so the output has fewer positions than the "
            "input has places; with a stride it has fewer still.",
            "Where does the kernel lie at its last position, and how far is that from the edge?",
            _swapped(named_axes("output", size)),
        ),
        Misconception(
            "bias-multiplied",
            "counts the biases among the multiplications",
            "A bias is added to the sum, and multiplied by nothing.",
            "By which number of the input would a bias be multiplied?",
            _with_biases,
        ),
        KNOWN["forgot-in-channels"],
        KNOWN["forgot-filters"],
    )


def _with_biases(count: Count) -> list[Count]:
    def only_outputs(term: Term) -> Term:
        kept = {
            name: size
            for name, size in term.factors.items()
            if name == "filters" or name.startswith("output ")
        }
        return term.replace(role="bias", factors=kept)

    return [count + count.edited(only_outputs)]


# -- in one dimension ------------------------------------------------------------------------------


IN_A_SEQUENCE = {
    "the size of the image": "the length of the sequence",
    "the left half of the image": "the first half of the sequence",
    "the right half": "the second half",
    "the image were twice as wide": "the sequence were twice as long",
    "in the sky and on the ground": "at the beginning and at the end",
    "red, green and blue see colours": "all its channels tell them apart",
    "image": "sequence",
}
"""What is said of images, and what it is in a sequence, which has a length and no colours."""


def in_a_sequence(slips: Iterable[Misconception]) -> list[Misconception]:
    """The same slips, in words for a layer that moves along a sequence."""

    def said(words: str) -> str:
        for image, sequence in IN_A_SEQUENCE.items():
            words = words.replace(image, sequence)
        return words

    return [
        each.replace(says=said(each.says), reason=said(each.reason), question=said(each.question))
        for each in slips
    ]


# -- a neighbour's numbers ---------------------------------------------------------------------


GROWS = Misconception(
    "grows-with-the-image",
    "grows with the image",
    "A larger image has more positions, and the same few weights are used at all of them.",
    "If the image were twice as wide, which weights would be new?",
    lambda count: [count.edited(lambda term: term.times({"twice as wide": 2}))],
)


def channels_of_the_image(channels: int) -> Misconception:
    """For the second of two layers: the image's channels taken for those that it sees."""
    return Misconception(
        "channels-of-the-image",
        "gives the second layer the channels of the image",
        "A layer sees what the layer before it gives out: one channel for each filter of that one.",
        "How many channels come out of the first layer?",
        _swapped({"in_channels": channels}),
    )


def flatten_sizes(
    sizes: Mapping[str, int],
    reason: str = "Flatten puts every number of the last feature map in a row: its height times "
    "its width times its channels, as they are when it gets there.",
    question: str = "What shape does the map have right before Flatten?",
) -> list[Misconception]:
    """For a dense layer behind other layers: another size taken for what comes in.

    sizes: what is taken for it, in words, and how many numbers that is.
    """
    return [
        Misconception(
            f"flatten-size-{place}",
            f"takes {what} for what comes in",
            reason,
            question,
            _swapped({"in_features": size}),
        )
        for place, (what, size) in enumerate(sizes.items(), 1)
    ]


COUNTED_TWICE = KNOWN["counted-shared-twice"].replace(
    edit=lambda count: [count + count.role("kernel")]
)

# -- parts of a layer that are forgotten --------------------------------------------------------


FORGOT_SHIFT = Misconception(
    "forgot-shift",
    "leaves out the shift",
    "A batch norm learns two numbers for each channel: it multiplies by one, the scale, and adds "
    "the other, the shift.",
    "A batch norm brings every channel to mean 0. How could a channel get another mean again?",
    without_roles(("shift",)),
)
STATISTICS_TRAINED = Misconception(
    "statistics-trained",
    "counts the moving statistics among what training changes",
    "The moving mean and variance are measured while the model runs; no gradient ever moves them.",
    "Which of a batch norm's numbers would an optimiser change?",
    KNOWN["non-trainable-statistics"].edit,
)


def at_every_position(
    slug: str, says: str, roles: Iterable[str], size: tuple[int, ...]
) -> Misconception:
    """The terms of these roles once more at every position of an image of this size."""
    positions = named_axes("output", size)
    return Misconception(
        slug,
        says,
        "The numbers of a channel are the same at every position of the image.",
        "If the image were twice as wide, which numbers would be new?",
        lambda count: [
            count.edited(lambda term: term.times(positions) if term.role in roles else term)
        ],
    )


def counted_dilation(dilation: int) -> Misconception:
    """The reach of a dilated kernel taken for its size."""

    def reach(term: Term) -> Term:
        for name, size in term.factors.items():
            if is_a("kernel", term) and name.startswith("kernel "):
                term = term.swapped(name, name, dilation * (size - 1) + 1)
        return term

    return Misconception(
        "counted-dilation",
        "counts the gaps between the weights as weights",
        "Dilation pulls the weights of a kernel apart; between them there is nothing to learn.",
        "How many pixels does the filter read at one place?",
        lambda count: [count.edited(reach)],
    )
