"""Why somebody may have expected another number of parameters of a whole model."""

from __future__ import annotations

from ..counting.count import Count, number
from ..counting.diagnosing import MOST_SLIPS, diagnose
from ..counting.misconceptions import MISCONCEPTIONS
from ..counting.shaping import Flatten
from ..counting.value import Value
from ..spelling.habits import habit
from .parts import parts_that_make

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..spelling.snippet import Model, Row
    from .parts import Part

MOST_TERMS = {2: 600, 1: 3_000}
"""So many slips at once are looked for in sums of at most so many terms."""
MOST_ROWS = 400
"""In a longer model it isn't asked of each layer whether it alone was counted otherwise."""


class Reason(Value):
    """One way to come to the expected number.

    slugs: names of what it is; those of `MISCONCEPTIONS` where it is one. sentence: the same in
    words. number: the number that it leads to. questions: what to ask oneself. untold: the sentence
    without what would tell the right number, for those who are still to find it.
    """

    slugs: tuple[str, ...]
    sentence: str
    number: int
    questions: tuple[str, ...]
    untold: str

    def __init__(
        self,
        slugs: Iterable[str],
        sentence: str,
        number: int,
        questions: Iterable[str] = (),
        untold: str = "",
    ) -> None:
        super().__init__(
            slugs=tuple(slugs),
            sentence=sentence,
            number=number,
            questions=tuple(questions),
            untold=untold or sentence,
        )


def reasons(model: Model, expected: int) -> list[Reason]:
    """Which totals, slips or parts lead to the expected number, the simplest kind that does.

    First another total of the same model and slips made in the whole of it, then one slip in one
    layer, then the difference as one of the model's own parts, such as a layer left out; then two
    slips together, then a sum of several parts. An empty list: nothing of this leads there (or the
    number is right).
    """
    count = model.count()
    if expected == count.total:
        return []
    looks = (_in_the_whole, _in_one_layer, _one_part, _several_slips, _sum_of_parts)
    for look in looks:
        found = [each for each in look(model, count, expected) if each.number == expected]
        if found:
            return list({each.sentence: each for each in found}.values())
    return []


# -- one place to look in each ---------------------------------------------------------------------


def _in_the_whole(model: Model, count: Count, expected: int) -> Iterator[Reason]:
    yield from _other_totals(model, count)
    yield from _shared_twice(model, count)
    yield from _flatten_sizes(model, count)
    yield from _habits(model, count)
    yield from _slips(count, expected, 1)


def _in_one_layer(model: Model, count: Count, expected: int) -> Iterator[Reason]:
    if not 1 < len(model.rows) <= MOST_ROWS:
        return
    for place, row in enumerate(model.rows, 1):
        wanted = row.count.total + expected - count.total
        if not row.count.terms or wanted <= 0:
            continue
        for each in diagnose(row.count, wanted, at_most=1):
            yield Reason(
                each.slugs,
                f"{number(expected)} counts layer {place}, {row.text}, as {number(wanted)}, and "
                f"all others as they are: {each.sentence}",
                expected,
                [slip.question for slip in each.misconceptions],
            )


def _several_slips(_: Model, count: Count, expected: int) -> Iterator[Reason]:
    yield from _slips(count, expected, MOST_SLIPS)


def _one_part(model: Model, count: Count, expected: int) -> Iterator[Reason]:
    sums = parts_that_make(model, abs(expected - count.total), at_most=1)
    yield from _parts(count, expected, sums)


def _sum_of_parts(model: Model, count: Count, expected: int) -> Iterator[Reason]:
    yield from _parts(count, expected, parts_that_make(model, abs(expected - count.total)))


def _parts(count: Count, expected: int, sums: Iterable[tuple[Part, ...]]) -> Iterator[Reason]:
    difference = expected - count.total
    for parts in sums if expected else ():  # who counts nothing leaves out all, which says nothing
        names = [part.name for part in parts]
        sizes = [f"{part.name} ({number(part.size)})" for part in parts]
        exactly = " plus ".join(sizes if len(parts) > 1 else names)
        more, once_more = ("more", ", counted once more") if difference > 0 else ("less", "")
        yield Reason(
            ["sum-of-parts"],
            f"{number(expected)} is {number(abs(difference))} {more} than "
            f"{number(count.total)}, and that is exactly {exactly}{once_more}.",
            expected,
            untold=f"{number(expected)} counts {' and '.join(names)} once more."
            if difference > 0
            else f"{number(expected)} leaves out exactly {' and '.join(names)}.",
        )


# -- what each finds -------------------------------------------------------------------------------


def _slips(count: Count, expected: int, at_most: int) -> Iterator[Reason]:
    if len(count.terms) > MOST_TERMS[at_most]:
        return
    for each in diagnose(count, expected, at_most):
        yield Reason(
            each.slugs, each.sentence, each.number, [slip.question for slip in each.misconceptions]
        )


def _other_totals(model: Model, count: Count) -> Iterator[Reason]:
    trained, kept = count.trainable, count.non_trainable
    if kept.terms:
        yield Reason(
            ["trainable-total"],
            f"{number(trained.total)} are the trainable parameters alone; "
            f"{number(kept.total)} more belong to the model, but training leaves them as they are.",
            trained.total,
            untold=f"{number(trained.total)} are the trainable parameters alone; others belong to "
            "the model, too, but training leaves them as they are.",
        )
        yield Reason(
            ["non-trainable-total"],
            f"{number(kept.total)} are the non-trainable parameters alone.",
            kept.total,
        )
    buffers = model.buffers()
    if buffers.terms:
        state = count + buffers
        yield Reason(
            ["state-dict-total"],
            f"{number(state.total)} are all the numbers in PyTorch's state_dict: besides the "
            f"parameters it holds {number(buffers.total)} of the normalisation's statistics, "
            "which are buffers.",
            state.total,
            untold=f"{number(state.total)} are all the numbers in PyTorch's state_dict: besides "
            "the parameters it holds the normalisation's statistics, which are buffers.",
        )
    if model.framework == "keras" and trained.terms:
        for name, each in (("Adam", 2), ("SGD with momentum", 1)):
            # besides: how many steps were made, and the learning rate
            kept_by = Count(term.times({"numbers kept": each}) for term in trained.terms)
            total = count.total + kept_by.total + 2
            yield Reason(
                ["optimizer-variables"],
                f"{number(total)} is the total that Keras prints once the model was trained with "
                f"{name}: the optimizer keeps {number(kept_by.total)} numbers for the trainable "
                "parameters, and 2 of its own. They are not the model's.",
                total,
                untold=f"{number(total)} is the total that Keras prints once the model was "
                f"trained with {name}: the optimizer keeps numbers of its own. They are not the "
                "model's.",
            )


def _shared_twice(model: Model, _: Count) -> Iterator[Reason]:
    again = [row for row in model.rows if row.same_as is not None or row.tied_to is not None]
    if not again:
        return
    whole = sum((row.whole() for row in model.rows), Count())
    names = " and ".join(f"layer {row.same_as or row.tied_to}" for row in again[:3])
    yield Reason(
        ["counted-shared-twice"],
        f"{number(whole.total)} counts the weights of {names} again each time that they are used. "
        "A layer that is used twice has its weights once: training changes them together.",
        whole.total,
        [each.question for each in MISCONCEPTIONS if each.slug == "counted-shared-twice"],
    )


def _flatten_sizes(model: Model, count: Count) -> Iterator[Reason]:
    shapes: dict[tuple[int | None, ...], str] = {}
    flat = False
    for row in model.rows:
        came = row.input_shape
        if came is not None and len(came) > 1:
            start = "the model's input" if not shapes else f"what comes into {row.text}"
            shapes.setdefault(came, start)
        flat = flat or row.kind == "Flatten"
        terms = [term for term in row.count.terms if "in_features" in term.factors]
        if not flat or not terms:
            continue
        yield from _flattened_elsewhere(row, shapes, count)
        return


def _flattened_elsewhere(
    row: Row, shapes: dict[tuple[int | None, ...], str], count: Count
) -> Iterator[Reason]:
    for shape, what in shapes.items():
        size = None if {None, 0} & {*shape} else Flatten(shape).output_shape()[0]
        if size is None:
            continue
        wrong = row.count.edited(
            lambda term, size=size: term.swapped("in_features", "in_features", size)  # type: ignore[misc]
        )
        total = count.total - row.count.total + wrong.total
        if total != count.total:
            yield Reason(
                ["flatten-size"],
                f"{number(total)} takes {number(size)} inputs for {row.text}, the size of {what}. "
                "Flatten puts the last feature map in a row, as it is when it gets there: smaller "
                "by every pooling and every stride, and with as many channels as the last "
                "convolution has filters.",
                total,
                ["What shape does the map have right before Flatten?"],
            )


def _habits(model: Model, count: Count) -> Iterator[Reason]:
    for row in model.rows:
        found = None if row.spelled is None or not row.count.terms else habit(row.spelled)
        if found is not None:
            total = count.total - row.count.total + found.meant.count().total
            yield Reason(["positional-argument"], found.sentence, total)
