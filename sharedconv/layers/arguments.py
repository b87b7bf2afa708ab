"""Reading a layer's arguments as `torch.nn` does; what is wrong with one is said in a sentence."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any, SupportsIndex, TypeAlias

Size: TypeAlias = int | Sequence[int]
"""One number for every dimension, or one number a dimension."""

PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


def whole_number(name: str, value: object, least: int) -> int:
    """`value` as an int of at least `least`.

    Raises TypeError for anything but a whole number (True is none), ValueError below `least`.
    """
    if isinstance(value, bool) or not isinstance(value, SupportsIndex):
        raise TypeError(f"{name} must be a whole number of at least {least}, not {value!r}.")
    number = operator.index(value)
    if number < least:
        raise ValueError(f"{name} must be a whole number of at least {least}, not {value!r}.")
    return number


def sizes(name: str, value: object, ndim: int, least: int) -> tuple[int, ...]:
    """`value` as one int a dimension: a single number counts for all of them.

    Raises TypeError for anything but whole numbers, ValueError for another length than `ndim` or
    a number below `least`.
    """
    wanted = (
        f"{name} must be a whole number of at least {least}, "
        f"or {ndim} of them (one a dimension), not {value!r}."
    )
    single = not isinstance(value, Sequence) or isinstance(value, str)
    numbers: Sequence[Any] = [value] * ndim if single else list(value)  # type: ignore[call-overload]
    if any(isinstance(n, bool) or not isinstance(n, SupportsIndex) for n in numbers):
        raise TypeError(wanted)
    read = tuple(operator.index(n) for n in numbers)
    if len(read) != ndim or any(n < least for n in read):
        raise ValueError(wanted)
    return read


def padding_words_or_sizes(
    padding: object, ndim: int, stride: tuple[int, ...]
) -> str | tuple[int, ...]:
    """`padding` as 'same', as 'valid', or as one int a dimension.

    Raises ValueError for another word, and for 'same' with a stride: as in `torch.nn`, because how
    much to pad would then depend on the image's size.
    """
    if not isinstance(padding, str):
        return sizes("padding", padding, ndim, least=0)
    if padding not in ("same", "valid"):
        raise ValueError(f"padding must be 'same', 'valid' or numbers, not {padding!r}.")
    if padding == "same" and any(step != 1 for step in stride):
        raise ValueError(
            f"padding='same' works with stride 1 only, not with stride={stride}: "
            "give the padding in numbers, for example kernel_size // 2."
        )
    return padding


def dividing_groups(groups: object, in_channels: int, out_channels: int) -> int:
    """`groups` as an int that divides both numbers of channels; ValueError where it doesn't."""
    number = whole_number("groups", groups, least=1)
    if in_channels % number or out_channels % number:
        possible = [
            n
            for n in range(1, min(in_channels, out_channels) + 1)
            if in_channels % n == out_channels % n == 0
        ]
        raise ValueError(
            f"groups must divide in_channels={in_channels} and out_channels={out_channels}, which "
            f"{number} does not: possible here {' or '.join(map(str, possible))}."
        )
    return number


def known_padding_mode(padding_mode: object, known: Sequence[str] = PADDING_MODES) -> str:
    """`padding_mode`, where it is one of `known`; ValueError where it isn't."""
    if not isinstance(padding_mode, str) or padding_mode not in known:
        words = " or ".join(repr(word) for word in known)
        raise ValueError(f"padding_mode must be {words}, not {padding_mode!r}.")
    return padding_mode
