"""Activations with parameters. (Those without leave the shape as it is: `shaping.SameShape`.)

Source: He et al. 2015; ``torch.nn.PReLU`` and ``keras.layers.PReLU``.
"""

from __future__ import annotations

from .count import Count, Term
from .kind import Kind
from .sizes import axis_names, image_size, per_dimension

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import ClassVar


class PReLU(Kind):
    """A rectifier whose slope for negative numbers is learned.

    slopes: how many slopes there are, for each axis of the input: its size, or 1 where all
        places along it share a slope; channels first. ``(1,)`` is one slope for everything,
        ``(C,)`` one for each channel.
    shape: the shape of one input, channels first ``(C, H, W)``; None where it isn't known.

    Raises ValueError or TypeError, in one sentence, where the two don't fit.
    """

    image: ClassVar[bool] = True

    slopes: tuple[int, ...]
    shape: tuple[int | None, ...] | None

    def __init__(
        self, slopes: int | Sequence[int] = 1, *, shape: Sequence[int | None] | None = None
    ) -> None:
        slopes = (slopes,) if isinstance(slopes, int) else tuple(slopes)
        known = None if shape is None else image_size("shape", tuple(shape), len(shape))
        super().__init__(
            slopes=per_dimension("slopes", slopes, len(slopes)),
            shape=known,
        )
        for size, there in zip(self.slopes, self.shape or (), strict=False):
            if size != 1 and there not in (None, size):
                raise ValueError(
                    f"there are {size} slopes along an axis of {there}; it takes {there} or 1"
                )

    def count(self) -> Count:
        """slope: the product of the axes along which each place has its own; 1 where none has."""
        names = ("channels", *axis_names(len(self.slopes) - 1)) if len(self.slopes) > 1 else ()
        own = {
            name: size
            for name, size in zip(names or ("channels",), self.slopes, strict=True)
            if size != 1
        }
        return Count([Term("slope", own or {"slope for all": 1})])

    def output_shape(self) -> tuple[int | None, ...]:
        """The input's shape, unchanged.

        Raises ValueError where it isn't known.
        """
        if self.shape is None:
            raise ValueError("the output is shaped as the input is, and that is not given")
        return self.shape

    def mult_adds(self) -> int:
        """0: by the usual convention only the products of kernels are counted."""
        return 0

    def about(self) -> str:
        """Where the numbers of the count come from, in sentences."""
        (slope,) = self.count().terms
        whose = f"There is a slope for each place along {' and '.join(slope.factors)}"
        if slope.size == 1:
            whose = "There is one slope for everything"
        elif list(slope.factors) == ["channels"]:
            whose = "Each channel has a slope of its own"
        return (
            "Numbers above 0 pass as they are; numbers below 0 are multiplied by a learned slope. "
            f"{whose}."
        )
