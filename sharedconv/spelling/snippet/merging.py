"""The shape of several tensors made one."""

from __future__ import annotations

from ...counting.sizes import times

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .objects import Sizes


def together(shapes: Sequence[Sizes]) -> Sizes:
    """The shape of tensors added (or multiplied, ...) number by number."""
    longest = max(shapes, key=len)
    made: list[int | None] = list(longest)
    for shape in shapes:
        for place in range(-len(shape), 0):
            ours, theirs = made[place], shape[place]
            if ours is None or ours == 1:
                made[place] = theirs if theirs is not None else ours
            elif theirs not in (None, 1, ours):
                raise ValueError(
                    f"{' and '.join(times(each) for each in shapes[:3])} can't be put together "
                    "number by number; their shapes have to be equal"
                )
    return tuple(made)


def side_by_side(shapes: Sequence[Sizes], axis: int | None) -> Sizes:
    """The shape of tensors put side by side along an axis, which counts the batch as 0."""
    first = shapes[0]
    place = -1 if axis is None else axis
    place = place - 1 if place > 0 else place + len(first)
    fits = [
        len(shape) == len(first)
        and all(
            here == there or None in (here, there)
            for at, (here, there) in enumerate(zip(shape, first, strict=False))
            if at != place
        )
        for shape in shapes
    ]
    if not 0 <= place < len(first) or not all(fits):
        raise ValueError(
            f"{' and '.join(times(each) for each in shapes[:3])} can't be put side by side "
            f"along axis {-1 if axis is None else axis}; all their other sizes have to be equal"
        )
    along = [shape[place] for shape in shapes]
    total = None if None in along else sum(each for each in along if each is not None)
    return (*first[:place], total, *first[place + 1 :])
