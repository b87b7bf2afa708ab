"""Python's own functions that texts use on numbers and lists, each worked out by a copy that is
bounded: nothing of the text is executed."""

from __future__ import annotations

import math

from ..arithmetic import UNCLEAR, plain
from .expressions import iterated

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


def worked_out(name: str, values: Sequence[object], named: Mapping[str | None, object]) -> object:
    """What ``name(*values, **named)`` gives; UNCLEAR where the text doesn't show it.

    Raises ValueError, in one sentence, where there would be too much of it.
    """
    try:
        if None in named:
            return UNCLEAR
        return FUNCTIONS[name](*values, **{str(key): value for key, value in named.items()})
    except (TypeError, ArithmeticError, AttributeError):
        return UNCLEAR


def _range(*ends: object) -> object:
    if not all(isinstance(each, int) for each in ends):
        return UNCLEAR
    made = range(*ends)  # type: ignore[call-overload]
    iterated(made)
    return made


def _len(value: object) -> object:
    if isinstance(value, (str, range)):
        return len(value)
    found = iterated(value)
    return UNCLEAR if found is None else len(found)


def _listed(made: Callable[[list[object]], object]) -> Callable[..., object]:
    def work(value: object = ()) -> object:
        found = iterated(value)
        return UNCLEAR if found is None else made(found)

    return work


def _dict(*values: object, **named: object) -> object:
    if not values:
        return dict(named)
    pairs = values[0].items() if isinstance(values[0], dict) else iterated(values[0])
    if pairs is None:
        return UNCLEAR
    made: dict[object, object] = {}
    for pair in pairs:
        both = iterated(pair)
        if both is None or len(both) != 2 or not isinstance(both[0], (str, int)):
            return UNCLEAR
        made[both[0]] = both[1]
    made.update(named)
    return made


def _zip(*values: object) -> object:
    lists = [found for value in values if (found := iterated(value)) is not None]
    return list(zip(*lists, strict=False)) if len(lists) == len(values) else UNCLEAR


def _enumerate(value: object, start: object = 0) -> object:
    found = iterated(value)
    if found is None or not isinstance(start, int):
        return UNCLEAR
    return list(enumerate(found, start))


def _of_numbers(work: Callable[..., object]) -> Callable[..., object]:
    def bounded(*values: object) -> object:
        shown = plain(list(values)) and not any(isinstance(each, (str, range)) for each in values)
        return work(*values) if shown else UNCLEAR

    return bounded


def _product(values: object) -> object:
    found = iterated(values)
    if found is None or len(found) > 12 or not all(isinstance(each, int) for each in found):
        return UNCLEAR
    return math.prod(each for each in found if isinstance(each, int))


FUNCTIONS: dict[str, Callable[..., object]] = {
    "range": _range,
    "len": _len,
    "list": _listed(list),
    "tuple": _listed(tuple),
    "reversed": _listed(lambda found: found[::-1]),
    "dict": _dict,
    "OrderedDict": _dict,
    "zip": _zip,
    "enumerate": _enumerate,
    "int": _of_numbers(int),
    "float": _of_numbers(float),
    "abs": _of_numbers(abs),
    "round": _of_numbers(round),
    "max": _of_numbers(max),
    "min": _of_numbers(min),
    "sum": _of_numbers(sum),
    "prod": _product,
    "ceil": _of_numbers(math.ceil),
    "floor": _of_numbers(math.floor),
    "sqrt": _of_numbers(math.sqrt),
    "log2": _of_numbers(math.log2),
}
