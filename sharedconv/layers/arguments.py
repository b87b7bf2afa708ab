"""Reading a layer's arguments as `torch.nn` does; what is wrong with one is said in a sentence."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any, SupportsIndex, TypeAlias

import torch

Size: TypeAlias = int | Sequence[int]
"""One number for every dimension, or one number a dimension."""

PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


def whole_number(name: str, value: object, least: int) -> int:
    """`value` as an int of at least `least`.

    Raises TypeError for anything but a whole number (True is none), ValueError below `least`.
    """
    number = _index(value)
    if number is None:
        raise TypeError(f"{name} must be a whole number of at least {least}, not {value!r}.")
    if number < least:
        raise ValueError(f"{name} must be a whole number of at least {least}, not {value!r}.")
    return number


def _index(value: object) -> int | None:
    """`value` as an int; None for what is no whole number, as True or an array of several."""
    if isinstance(value, bool) or not isinstance(value, SupportsIndex):
        return None
    try:
        return operator.index(value)
    except TypeError:  # tensors and arrays find out only now
        return None


def sizes(name: str, value: object, ndim: int, least: int) -> tuple[int, ...]:
    """`value` as one int a dimension: a single number counts for all of them.

    Raises TypeError for anything but whole numbers, ValueError for another length than `ndim` or
    a number below `least`.
    """
    wanted = (
        f"{name} must be a whole number of at least {least}, "
        f"or {ndim} of them (one a dimension), not {value!r}."
    )
    several = isinstance(value, Sequence) or getattr(value, "ndim", 0) == 1  # an array, a tensor
    single = not several or isinstance(value, str | bytes)
    numbers: Sequence[Any] = [value] * ndim if single else list(value)  # type: ignore[call-overload]
    read = [_index(n) for n in numbers]
    found = tuple(n for n in read if n is not None)
    if len(found) != len(read):
        raise TypeError(wanted)
    if len(found) != ndim or any(n < least for n in found):
        raise ValueError(wanted)
    return found


def true_or_false(name: str, value: object) -> bool:
    """`value`, where it is True or False; ValueError where it isn't: "no" would count as True."""
    if not isinstance(value, bool):
        raise ValueError(f"{name} must be True or False, not {value!r}.")
    return value


def known_dtype(dtype: object) -> None:
    """Raise TypeError for what is neither a dtype of torch nor None."""
    if dtype is not None and not isinstance(dtype, torch.dtype):
        raise TypeError(f"dtype must be one of torch's, as torch.float32 is, not {dtype!r}.")


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
        both = math.gcd(in_channels, out_channels)
        small = [n for n in range(1, min(math.isqrt(both), 1000) + 1) if both % n == 0]
        possible = sorted({*small, *(both // n for n in small)})
        words = [str(n) for n in (possible if len(possible) < 8 else possible[:6])]
        words += [] if len(possible) < 8 else [f"another divisor of {both}"]
        raise ValueError(
            f"groups must divide in_channels={in_channels} and out_channels={out_channels}, which "
            f"{number} does not: possible here {' or '.join(words)}."
        )
    return number


def known_padding_mode(padding_mode: object, known: Sequence[str] = PADDING_MODES) -> str:
    """`padding_mode`, where it is one of `known`; ValueError where it isn't."""
    if not isinstance(padding_mode, str) or padding_mode not in known:
        words = " or ".join(repr(word) for word in known)
        raise ValueError(f"padding_mode must be {words}, not {padding_mode!r}.")
    return padding_mode
