"""Reading hyperparameters: whole numbers, one for each dimension, or one sentence on why not."""

from __future__ import annotations

from operator import index

from .count import number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    Sizes = int | Sequence[int]


def whole(name: str, value: object, least: int = 1, most: int | None = None) -> int:
    """`value` as a plain integer from `least` to `most`.

    Raises TypeError where it isn't a whole number, ValueError where it is too small or too large.
    """
    fits = f"{least} or more" if most is None else f"{least} to {number(most)}"
    if not isinstance(value, bool):
        try:
            read = index(value)  # type: ignore[arg-type]
        except TypeError:
            pass
        else:
            if read >= least and (most is None or read <= most):
                return read
            raise ValueError(f"{name} is {number(read)}; it has to be a whole number of {fits}")
    raise TypeError(f"{name} is {value!r}; it has to be a whole number of {fits}")


def per_dimension(name: str, value: object, ndim: int, least: int = 1) -> tuple[int, ...]:
    """One number for each dimension; a single number stands for all of them.

    Raises TypeError or ValueError with one sentence, as `whole` does.
    """
    if not isinstance(value, (tuple, list)):
        return (whole(name, value, least),) * ndim
    if len(value) != ndim:
        raise ValueError(
            f"{name} is {tuple(value)}, {counted(len(value), 'number')} for "
            f"{counted(ndim, 'dimension')}; give one number for all, or {ndim} of them"
        )
    return tuple(whole(name, each, least) for each in value)


def image_size(name: str, value: object, ndim: int) -> tuple[int | None, ...]:
    """Like `per_dimension`, but a size that isn't known yet may be None."""
    if not isinstance(value, (tuple, list)):
        value = (value,) * ndim
    known = per_dimension(name, [1 if each is None else each for each in value], ndim)
    return tuple(None if given is None else size for given, size in zip(value, known, strict=True))


def axis_names(ndim: int) -> tuple[str, ...]:
    """What the dimensions of an image are called, outermost first."""
    named = {
        1: ("length",),
        2: ("height", "width"),
        3: ("depth", "height", "width"),
    }
    return named.get(ndim) or tuple(f"axis {axis}" for axis in range(1, ndim + 1))


def named_axes(what: str, sizes: Sequence[int]) -> dict[str, int]:
    """``named_axes("kernel", (3, 5))`` is ``{"kernel height": 3, "kernel width": 5}``."""
    return {
        f"{what} {axis}": size for axis, size in zip(axis_names(len(sizes)), sizes, strict=True)
    }


def times(sizes: Sequence[int | None]) -> str:
    """A shape as it is written on the screen: 96×96×10, with ? for what isn't known."""
    return "×".join("?" if size is None else number(size) for size in sizes)


def counted(count: int, noun: str) -> str:
    """1 channel, 2 channels."""
    return f"{number(count)} {noun}{'' if count == 1 else 's'}"


def divisors(channels: int) -> str:
    """The first few numbers that divide the channels: 1, 2, 4, ..."""
    few = [str(each) for each in range(1, min(channels, 1000) + 1) if channels % each == 0]
    return ", ".join(few[:6]) + (", ..." if len(few) > 6 else "")
