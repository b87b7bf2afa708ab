"""The values in a line of code, read as what a layer needs them to be."""

from __future__ import annotations

from ..counting.sizes import per_dimension, whole
from .call import Unread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


def whole_of(given: Mapping[str, object], name: str) -> int:
    """The argument as a whole number of 1 or more."""
    return whole(name, _seen(given, name))


def sizes_of(given: Mapping[str, object], name: str, ndim: int, least: int = 1) -> tuple[int, ...]:
    """The argument as one number for each dimension."""
    return per_dimension(name, _seen(given, name), ndim, least)


def flag(given: Mapping[str, object], name: str) -> bool:
    """The argument as True or False."""
    value = _seen(given, name)
    if isinstance(value, (bool, int)) or value is None:
        return bool(value)
    raise ValueError(f"{name} is {value!r}; it has to be True or False")


def _seen(given: Mapping[str, object], name: str) -> object:
    value = given[name]
    for each in value if isinstance(value, tuple) else (value,):
        if isinstance(each, Unread):
            raise ValueError(
                f"{name} is {value!r}, whose value is not in this line; write the number or word "
                "itself"
            )
    return value
