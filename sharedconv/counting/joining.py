"""Layers that take several inputs: joined number by number, or put one behind the other.

Source: ``keras.layers.Add`` and its like, and ``Concatenate``.
"""

from __future__ import annotations

from .shaping import Shaping, axis_from_front
from .sizes import image_size, times

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .kind import Sizes


class Merge(Shaping):
    """Several inputs added up, multiplied, averaged, ... number by number.

    shapes: the shapes of the inputs without the batch. Where one has a size of 1 and the other a
        larger one, the former is used again and again, as in an addition of arrays.
    """

    does = "This layer takes several inputs and joins them number by number."

    shapes: tuple[Sizes, ...]

    def __init__(self, shapes: Sequence[Sequence[int | None]] = ()) -> None:
        super().__init__(shapes=_shapes(shapes))
        if shapes:
            self.output_shape()

    def output_shape(self) -> Sizes:
        """The shape that all inputs fit.

        Raises ValueError where there are no inputs, or they don't fit.
        """
        result, *others = _known(self.shapes)
        for other in others:
            result = _together(result, other)
        return result


class Concatenate(Shaping):
    """Several inputs, one behind the other along an axis.

    shapes: the shapes of the inputs without the batch.
    axis: the axis of these shapes, from 0; negative ones are counted from the end.
    """

    does = "This layer puts several inputs one behind the other."

    shapes: tuple[Sizes, ...]
    axis: int

    def __init__(self, shapes: Sequence[Sequence[int | None]] = (), axis: int = -1) -> None:
        super().__init__(shapes=_shapes(shapes), axis=axis)
        if shapes:
            self.output_shape()

    def output_shape(self) -> Sizes:
        """The sizes of the inputs added up along the axis; elsewhere they are equal.

        Raises ValueError where there are no inputs, or they don't fit.
        """
        first = _known(self.shapes)[0]
        axis = axis_from_front(self.axis, first)
        for other in self.shapes[1:]:
            others = [size for place, size in enumerate(other) if place != axis]
            own = [size for place, size in enumerate(first) if place != axis]
            fits = len(own) == len(others) and all(
                None in pair or pair[0] == pair[1] for pair in zip(own, others, strict=True)
            )
            if not fits:
                raise ValueError(
                    f"{times(first)} and {times(other)} can't be put one behind the other along "
                    f"axis {axis + 1}; all their other sizes have to be equal"
                )
        along = [each[axis] for each in self.shapes]
        known = [size for size in along if size is not None]
        total = sum(known) if len(known) == len(along) else None
        return (*first[:axis], total, *first[axis + 1 :])


def _known(shapes: tuple[Sizes, ...]) -> tuple[Sizes, ...]:
    if not shapes:
        raise ValueError("what comes out depends on the inputs' shapes, and none is given")
    return shapes


def _shapes(shapes: Sequence[Sequence[int | None]]) -> tuple[Sizes, ...]:
    return tuple(image_size("shape", tuple(each), len(each)) for each in shapes)


def _together(left: Sizes, right: Sizes) -> Sizes:
    if len(left) < len(right):
        left, right = right, left
    ahead = len(left) - len(right)
    joined = list(left[:ahead])
    for one, other in zip(left[ahead:], right, strict=True):
        if one != other and None not in (one, other) and 1 not in (one, other):
            raise ValueError(
                f"{times(left)} and {times(right)} can't be joined number by number; their sizes "
                "have to be equal, or 1"
            )
        joined.append(None if None in (one, other) else max(one or 0, other or 0))
    return tuple(joined)
