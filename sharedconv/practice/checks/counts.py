"""The check `count`: a number that the learner writes for a given layer."""

from __future__ import annotations

from ...counting.count import Count, number
from ..work import NotYet, Work
from .amounts import Subject, amount_of, facts_of, part_of, short, subject
from .number_slips import slips, told


def count(
    work: Work,
    *,
    of: str,
    input: str | None = None,
    name: str = "answer",
    what: str = "parameters",
) -> dict[str, str]:
    """Hold the number in `name` against the rule.

    of: a layer, the lines of a model, or a network's name. input: the shape of one input.
    what: "parameters"; "kernel", "bias" or another role; "trainable", "non-trainable";
        "multiply-adds", "size", "positions", "outputs", "inputs" of a convolution.

    Gives the facts total and, of parameters, formula and sum, which has a line for each term.
    """
    about = subject(of, input)
    given = whole(work.get(name), name)
    right = amount_of(about, what)
    if given != right:
        found = slips(about, what, given) if given >= 0 else []
        if found:
            raise NotYet(told(found), tuple(slug for each in found for slug in each.slugs))
        raise NotYet(unexplained(about, what, given))
    part = part_of(about, what)
    return {"total": number(right)} if part is None else facts_of(part)


def whole(value: object, name: str) -> int:
    """The number that was written; `NotYet` where it is none."""
    if isinstance(value, Count):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        shown = repr(value) if len(repr(value)) <= 60 else f"{repr(value)[:57]}..."
        raise NotYet(f"{name} is {shown}, and a whole number is asked for, such as 12.")
    return value


def unexplained(about: Subject, what: str, given: int) -> str:
    """What to say of a number to which no known slip leads."""
    part = part_of(about, what)
    why = (
        "no slip that people often make leads there" if given >= 0 else "a count can't be negative"
    )
    words = f"{short(given)}: {why}, so look at the parts."
    if part is None or len(part.terms) > 4 or not part.terms:
        return f"{words} What is counted here, and what is it multiplied by?"
    parts = [
        f"{term.role}: {' × '.join(term.factors) if term.factors else 'one number'}"
        for term in part.terms
    ]
    return (
        f"{words} The sum has {'one part' if len(parts) == 1 else f'{len(parts)} parts'} "
        f"({'; '.join(parts)}). Which of these factors are in your number?"
    )
