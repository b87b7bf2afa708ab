"""The check `formula`: a function of hyperparameters, held against the rule."""

from __future__ import annotations

import itertools
import random
from typing import NamedTuple

from ...counting.diagnosing import Diagnosis
from ...counting.misconceptions import CONTRADICTIONS, MISCONCEPTIONS
from ..work import NotYet, Work, in_words
from .amounts import Subject, amount_of, part_of, short, subject
from .number_slips import Slip, slips, told

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ...counting.count import Count
    from ...counting.misconceptions import Misconception

    Setting = Mapping[str, object]

MOST = 120
"""So many settings are tried at most; of more, the same ones are drawn each time."""
MOST_EXPLAINED = 20
"""A slip is looked for in so many of the settings at which the numbers differ."""
FEWEST_IN_COMMON = 3
"""What fits in fewer settings may fit by chance."""


def formula(
    work: Work,
    *,
    of: str,
    vary: Mapping[str, Sequence[object]],
    input: str | None = None,
    name: str = "parameters",
    what: str = "parameters",
) -> dict[str, str]:
    """Call the function `name` with settings by name, and hold its numbers against the rule.

    of, input: as in `count`, with settings in braces: ``nn.Conv2d({in_channels}, {filters}, 3)``.
    vary: for each setting, which the function takes as an argument of the same name, its values.
        Settings that no layer can have (groups that don't divide) are passed over.
    what: as in `count`.

    Gives the fact tried: how many settings there were.
    """
    function = work.get(name)
    if not callable(function):
        raise NotYet(f"{name} is {function!r}, and a function is asked for.")
    cases: list[Case] = []
    for setting, about in _settings(of, input, vary):
        result, right = work.call(function, **setting), amount_of(about, what)
        try:
            same = bool(result == right)
            given = int(result)
        except (TypeError, ValueError, OverflowError, RuntimeError):
            raise NotYet(
                f"{name}({in_words(setting)}) gives {result!r}, and a number is asked for."
            ) from None
        if not same and given != result:
            raise NotYet(
                f"{name}({in_words(setting)}) gives {result}, and a count is a whole number. "
                "Which division leaves a rest here?"
            )
        cases.append(Case(setting, about, given, right))
    if any(case.given != case.right for case in cases):
        raise _not_yet(name, what, cases)
    return {"tried": str(len(cases))}


def _settings(
    of: str, input: str | None, vary: Mapping[str, Sequence[object]]
) -> Iterator[tuple[Setting, Subject]]:
    """The settings that a layer can have, from small to large."""
    every = [dict(zip(vary, values, strict=True)) for values in itertools.product(*vary.values())]
    if len(every) > MOST:
        every = random.Random(0).sample(every, MOST)
    found = []
    for setting in every:
        try:
            shape = None if input is None else input.format(**setting)
            found.append((setting, subject(of.format(**setting), shape)))
        except ValueError:
            continue
    if not found:
        raise ValueError(f"no layer can have any of the settings of {of!r}")
    yield from sorted(found, key=lambda each: each[1].count.total)


# -- what to say of a formula that differs -----------------------------------------------------


class Case(NamedTuple):
    """One setting: what it is about, what the formula gives, and what is right."""

    setting: Setting
    about: Subject
    given: int
    right: int


def _not_yet(name: str, what: str, cases: list[Case]) -> NotYet:
    """The smallest setting at which they differ, and the slip that explains every setting."""
    differ = [case for case in cases if case.given != case.right]
    setting, about, given, right = differ[0]
    where, question = _where(cases, differ)
    words = (
        f"{name}({in_words(setting)}) gives {short(given)}, and {about.text} has "
        f"{'more' if given < right else 'fewer'}. "
        f"(It differs in {len(differ)} of {len(cases)} settings that were tried{where}.)"
    )
    found = _explaining(name, what, cases, differ)
    if not found:
        return NotYet(f"{words}\n\nAsk yourself: {question}")
    slugs = tuple(slug for each in found for slug in each.slugs)
    return NotYet(f"{words}\n\n{told(found)}", slugs)


def _explaining(name: str, what: str, cases: list[Case], differ: list[Case]) -> list[Slip]:
    """The fewest slips that lead to what the formula gives in every setting; [] for none."""
    if differ[0].about.model is not None and (found := _common(what, differ)):
        return found
    counts = [part_of(case.about, what) for case in (*differ, *cases)]
    tried = [
        (count, case.given)
        for count, case in zip(counts, (*differ, *cases), strict=True)
        if count is not None
    ]
    for together in (1, 2) if tried else ():
        found = [
            _of_the_formula(name, Diagnosis(chain, tried[0][0]))
            for chain in itertools.combinations(MISCONCEPTIONS, together)
            if {each.slug for each in chain} not in CONTRADICTIONS
            and all(given in _reached(chain, count) for count, given in tried)
        ]
        if found:
            return found
    return _common(what, differ)


def _reached(slips: Sequence[Misconception], count: Count) -> set[int]:
    """The numbers to which these slips lead; one that can't be made here changes nothing."""
    reached = [count]
    for slip in slips:
        reached = [made for each in reached for made in ([*slip.edit(each)] or [each])]
    return {each.total for each in reached}


def _of_the_formula(name: str, found: Diagnosis) -> Slip:
    does = found.sentence.partition(" ")[2]
    return Slip(
        found.slugs,
        f"{name} {does}",
        " ".join(each.question for each in found.misconceptions),
    )


def _common(what: str, differ: list[Case]) -> list[Slip]:
    """The slips, other than edits of one count, that each difference alone could be."""
    if len(differ) < FEWEST_IN_COMMON:
        return []
    explained = [
        slips(case.about, what, case.given) if case.given >= 0 else []
        for case in differ[:MOST_EXPLAINED]
    ]
    common = set.intersection(*({each.slugs for each in found} for found in explained))
    return [each for each in explained[0] if each.slugs in common]


def _where(cases: list[Case], differ: list[Case]) -> tuple[str, str]:
    """What the settings have in common at which the formula differs, and what to ask of it."""
    agree = [case for case in cases if case.given == case.right]
    by_hand = (
        "What do you get by hand for this setting, and which part of the formula gives "
        "something else?"
    )
    if not agree:
        return "", by_hand
    names = list(cases[0].setting)
    only: dict[str, str] = {}
    for name in names:
        values = list(dict.fromkeys(case.setting[name] for case in differ))
        if len(values) < len({case.setting[name] for case in cases}):
            *others, last = map(repr, sorted(values))  # type: ignore[type-var]
            only[name] = f"{', '.join(others)} or {last}" if others else last
    if only:
        where = " and ".join(f"{name} is {values}" for name, values in only.items())
        changed = list(only)[-1]
        return (
            f", and only where {where}",
            f"What does {changed} change in the layer, and where does the formula say so?",
        )
    for one, other in itertools.combinations(names, 2):
        if all((c.setting[one] == c.setting[other]) == (c.given == c.right) for c in cases):
            return (
                f": wherever {one} and {other} differ",
                f"Where in the formula does {one} stand, and where {other}?",
            )
    return "", by_hand
