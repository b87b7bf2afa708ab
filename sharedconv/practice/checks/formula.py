"""The check `formula`: a function of hyperparameters, held against the rule."""

from __future__ import annotations

import itertools
import random

from ...counting.count import number
from ..work import NotYet, Work, in_words
from .amounts import Subject, amount_of, part_of, short, subject
from .number_slips import slips, told

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Setting = Mapping[str, object]

MOST = 120
"""So many settings are tried at most; of more, the same ones are drawn each time."""
MOST_EXPLAINED = 20
"""A slip is looked for in so many of the settings at which the numbers differ."""


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
    differ: list[tuple[Setting, Subject, int]] = []
    settings = list(_settings(of, input, vary))
    for setting, about in settings:
        result = work.call(function, **setting)
        try:
            same = bool(result == amount_of(about, what))
            given = int(result)
        except (TypeError, ValueError, OverflowError, RuntimeError):
            raise NotYet(
                f"{name}({in_words(setting)}) gives {result!r}, and a number is asked for."
            ) from None
        if not same:
            if given != result:
                raise NotYet(
                    f"{name}({in_words(setting)}) gives {result}, and a count is a whole number. "
                    "Which division leaves a rest here?"
                )
            differ.append((setting, about, given))
    if differ:
        raise _not_yet(name, what, differ, len(settings))
    return {"tried": str(len(settings))}


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


def _not_yet(
    name: str, what: str, differ: list[tuple[Setting, Subject, int]], tried: int
) -> NotYet:
    """The smallest setting at which they differ, and the slip that explains all of them."""
    explained = [
        (case, slips(case[1], what, case[2])) for case in differ[:MOST_EXPLAINED] if case[2] >= 0
    ]
    names = [{each.slugs for each in found} for _, found in explained if found]
    common = set.intersection(*names) if names else set()
    # without a slip that explains every difference, one that explains a single one will do
    case, chosen = next(
        (
            (case, kept)
            for case, found in explained
            if (kept := [each for each in found if each.slugs in common or not common])
        ),
        (differ[0], []),
    )
    setting, about, given = case
    part = part_of(about, what)
    right = number(amount_of(about, what)) if part is None else part.formula()
    words = (
        f"{name}({in_words(setting)}) gives {short(given)}, and {about.text} has: {right}. "
        f"(It differs in {len(differ)} of {tried} settings that were tried.)"
    )
    if not chosen:
        return NotYet(f"{words}\n\nWhich of these factors does your formula lack, or have twice?")
    return NotYet(
        f"{words}\n\n{told(chosen)}", tuple(slug for each in chosen for slug in each.slugs)
    )
