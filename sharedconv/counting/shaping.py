"""Layers that learn nothing: they have no parameters, but there is a shape that comes out.

Sources: the layers of the same names in ``torch.nn`` and ``keras.layers``.
"""

from __future__ import annotations

from abc import abstractmethod
from math import prod

from .count import Count, number
from .kind import Kind
from .sizes import counted, image_size, times, whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import ClassVar

    from .kind import Sizes


class Shaping(Kind):
    """A layer without parameters; a subclass says what becomes of the shape."""

    does: ClassVar[str]
    """What it does, as a sentence."""

    def count(self) -> Count:
        """No parameters at all."""
        return Count()

    def mult_adds(self) -> int:
        """0: by the usual convention only the products of kernels are counted."""
        return 0

    def about(self) -> str:
        """What the layer does, in sentences."""
        return f"{self.does} There is nothing to learn in it."


class _OnShape(Shaping):
    """What reads the shape of its whole input, and needs it to say what comes out."""

    shape: Sizes | None

    def output_shape(self) -> Sizes:
        """The shape of one output.

        Raises ValueError where that of the input isn't known.
        """
        if self.shape is None:
            raise ValueError("what comes out depends on the input's shape, and that is not given")
        return self._after(self.shape)

    @abstractmethod
    def _after(self, shape: Sizes) -> Sizes:
        """The shape of the output, for an input of this shape."""

    def _check(self) -> None:
        if self.shape is not None:
            self._after(self.shape)


class OnImage(Shaping):
    """A layer without parameters that works on each channel of an image by itself.

    channels: channels of the input; None where they aren't known.
    ndim: the number of dimensions of the image.
    input_size: height and width of the image (or length, or depth, height, width); None where
        it isn't known.
    """

    image: ClassVar[bool] = True

    channels: int | None
    ndim: int
    input_size: Sizes

    def __init__(
        self,
        *,
        channels: int | None,
        ndim: int,
        input_size: Sequence[int | None] | int | None,
        **fields: object,
    ) -> None:
        super().__init__(
            **fields,
            channels=None if channels is None else whole("channels", channels),
            ndim=ndim,
            input_size=image_size("input_size", input_size, ndim),
        )


class SameShape(_OnShape):
    """Dropout, an activation, noise, ...: whatever leaves the shape as it is.

    shape: the shape of one input without the batch; None where it isn't known.
    """

    does = "This layer changes numbers, and leaves the shape as it is."

    def __init__(self, shape: Sequence[int | None] | None = None) -> None:
        super().__init__(shape=_shape(shape))

    def _after(self, shape: Sizes) -> Sizes:
        return shape


class Input(_OnShape):
    """The place where the data comes in.

    shape: the shape of one input without the batch.
    """

    does = "This is where the data comes in: it says what shape the data has, and does nothing."

    def __init__(self, shape: Sequence[int | None] | None = None) -> None:
        super().__init__(shape=_shape(shape))

    def _after(self, shape: Sizes) -> Sizes:
        return shape


class Flatten(_OnShape):
    """All axes from `start` to `end` in a row: ``(64, 7, 7)`` becomes ``(3136,)``.

    shape: the shape of one input without the batch; None where it isn't known.
    start, end: axes of that shape, from 0; negative ones are counted from the end.
    """

    does = "This layer puts the numbers in a row, and changes none of them."

    start: int
    end: int

    def __init__(
        self, shape: Sequence[int | None] | None = None, start: int = 0, end: int = -1
    ) -> None:
        super().__init__(shape=_shape(shape), start=start, end=end)
        self._check()

    def _after(self, shape: Sizes) -> Sizes:
        if not shape:
            return (1,)
        start, end = (axis_from_front(each, shape) for each in (self.start, self.end))
        if start > end:
            raise ValueError(f"flatten goes from axis {start} to axis {end}; turn the two round")
        return (*shape[:start], _product(shape[start : end + 1]), *shape[end + 1 :])


class Reshape(_OnShape):
    """The same numbers in another shape: ``Reshape((784,), (28, 28, 1))``.

    shape: the shape of one input without the batch; None where it isn't known.
    target: the shape of one output; one size may be -1, which is then worked out.
    axis: the axis of the input that is taken apart; None for the whole input.
    """

    does = "This layer puts the numbers into another shape, and changes none of them."

    target: tuple[int, ...]
    axis: int | None

    def __init__(
        self,
        shape: Sequence[int | None] | None,
        target: Sequence[int],
        axis: int | None = None,
    ) -> None:
        sizes = tuple(each if each == -1 else whole("target shape", each) for each in target)
        if sizes.count(-1) > 1:
            raise ValueError(f"the target shape is {sizes}; one size at most can be left to -1")
        super().__init__(shape=_shape(shape), target=sizes, axis=axis)
        self._check()

    def output_shape(self) -> Sizes:
        """The target, with its -1 worked out; None where that can't be.

        Raises ValueError where one axis is taken apart and the input's shape isn't known.
        """
        if self.shape is None and self.axis is None:
            return tuple(None if each == -1 else each for each in self.target)
        return super().output_shape()

    def _after(self, shape: Sizes) -> Sizes:
        if self.axis is None:
            return self._filled(shape)
        axis = axis_from_front(self.axis, shape)
        return (*shape[:axis], *self._filled(shape[axis : axis + 1]), *shape[axis + 1 :])

    def _filled(self, taken: Sizes) -> Sizes:
        there, given = _product(taken), prod(each for each in self.target if each != -1)
        if there is None:
            return tuple(None if each == -1 else each for each in self.target)
        if there % given or (-1 not in self.target and there != given):
            raise ValueError(
                f"{times(taken)} has {counted(there, 'number')}, which don't fit into the shape "
                f"{self.target}; the two have to hold equally many"
            )
        return tuple(there // given if each == -1 else each for each in self.target)


class Permute(_OnShape):
    """The axes in another order.

    shape: the shape of one input without the batch; None where it isn't known.
    order: for each axis of the output, the axis of the input that it is, from 0.
    """

    does = "This layer turns the axes round, and changes no number."

    order: tuple[int, ...]

    def __init__(self, shape: Sequence[int | None] | None, order: Sequence[int]) -> None:
        super().__init__(shape=_shape(shape), order=tuple(order))
        if sorted(self.order) != list(range(len(self.order))):
            axes = ", ".join(str(each + 1) for each in range(len(self.order)))
            raise ValueError(
                f"the axes are put in the order {tuple(each + 1 for each in self.order)}; each of "
                f"{axes} has to be there once"
            )
        self._check()

    def _after(self, shape: Sizes) -> Sizes:
        if len(shape) != len(self.order):
            raise ValueError(
                f"the input {times(shape)} has {counted(len(shape), 'dimension')}, and "
                f"{len(self.order)} are put in order; the two have to be equal"
            )
        return tuple(shape[axis] for axis in self.order)


class RepeatVector(_OnShape):
    """The input `n` times over: ``(features,)`` becomes ``(n, features)``."""

    does = "This layer repeats what comes in."

    n: int

    def __init__(self, shape: Sequence[int | None] | None, n: int) -> None:
        super().__init__(shape=_shape(shape), n=whole("n", n))
        self._check()

    def _after(self, shape: Sizes) -> Sizes:
        if len(shape) != 1:
            raise ValueError(f"the input is {times(shape)}; a single row of numbers is repeated")
        return (self.n, *shape)


def _shape(shape: Sequence[int | None] | None) -> Sizes | None:
    return None if shape is None else image_size("shape", tuple(shape), len(shape))


def axis_from_front(axis: int, shape: Sizes) -> int:
    """The axis counted from the front."""
    if not -len(shape) <= axis < len(shape):
        raise ValueError(
            f"the input {times(shape)} has {counted(len(shape), 'dimension')} besides the "
            f"batch, and number {number(axis + 1 if axis >= 0 else axis)} is none of them"
        )
    return axis % len(shape)


def _product(sizes: Sizes) -> int | None:
    known = [size for size in sizes if size is not None]
    return prod(known) if len(known) == len(sizes) else None
