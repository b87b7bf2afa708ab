"""Pooling: many positions taken together into one, without a parameter.

Sources: the formulas in the documentation of ``torch.nn.MaxPoolNd``, ``AvgPoolNd`` and
``AdaptiveAvgPoolNd``, and of ``keras.layers.MaxPooling``, ``AveragePooling`` and
``GlobalAveragePooling``.
"""

from __future__ import annotations

from .count import number
from .shaping import OnImage
from .sizes import axis_names, image_size, per_dimension

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .kind import Sizes as Shape
    from .sizes import Sizes

PADDING_WORDS = ("valid", "same")


class Pool(OnImage):
    """A window moves over the image, and what it sees becomes one number: its maximum, or mean.

    kernel_size: the window; a number for all dimensions, or one for each.
    stride: how far it moves; None for its own size.
    padding: numbers (on both sides of each dimension), or "valid" (none) or "same" (as many
        positions as the input has, divided by the stride).
    dilation: the distance between the places that the window sees.
    ceil_mode: whether a last window that the input only partly fills counts as well.
    channels, ndim, input_size: as in `Conv`; all may be unknown.

    Raises ValueError or TypeError, in one sentence, for sizes that no layer can have.
    """

    does = "A window moves over each channel, and what it sees becomes one number."

    kernel_size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...] | str
    dilation: tuple[int, ...]
    ceil_mode: bool

    def __init__(
        self,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes | str = 0,
        dilation: Sizes = 1,
        ceil_mode: bool = False,
        *,
        channels: int | None = None,
        ndim: int,
        input_size: Sequence[int | None] | int | None = None,
    ) -> None:
        if isinstance(padding, str) and padding not in PADDING_WORDS:
            raise ValueError(
                f"padding is {padding!r}; it has to be a number, or one of the words "
                f"{' and '.join(map(repr, PADDING_WORDS))}"
            )
        super().__init__(
            kernel_size=per_dimension("kernel_size", kernel_size, ndim),
            stride=per_dimension("stride", kernel_size if stride is None else stride, ndim),
            padding=padding
            if isinstance(padding, str)
            else per_dimension("padding", padding, ndim, least=0),
            dilation=per_dimension("dilation", dilation, ndim),
            ceil_mode=bool(ceil_mode),
            channels=channels,
            ndim=ndim,
            input_size=input_size,
        )
        self.output_shape()

    def output_shape(self) -> Shape:
        """``(C, H, W)``, channels first; None where unknown."""
        return (self.channels, *(self._along(axis) for axis in range(self.ndim)))

    def _along(self, axis: int) -> int | None:
        size, stride, window = self.input_size[axis], self.stride[axis], self.kernel_size[axis]
        reach = self.dilation[axis] * (window - 1) + 1
        around = 0 if isinstance(self.padding, str) else self.padding[axis]
        if around > window // 2:
            raise ValueError(
                f"padding is {number(around)}; with a window of {number(window)} it can be "
                f"{number(window // 2)} at most"
            )
        if size is None:
            return None
        if self.padding == "same":
            return -(-size // stride)
        room = size + 2 * around - reach
        if self.ceil_mode:
            places = -(-room // stride) + 1
            # the last window has to begin inside the input, or in the padding before it
            if (places - 1) * stride >= size + around:
                places -= 1
        else:
            places = room // stride + 1
        if places < 1:
            name = axis_names(self.ndim)[axis]
            raise ValueError(
                f"the window's {name} {number(reach)} is larger than the input {name} "
                f"{number(size)}; use a smaller window or a larger input"
            )
        return places


class AdaptivePool(OnImage):
    """Pooling with as many windows as it takes to give an output of the size asked for.

    output_size: a number for all dimensions, or one for each; None leaves a dimension as it is.
    channels, ndim, input_size: as in `Pool`.
    """

    does = "Each channel is brought to the size asked for, by windows that are as large as needed."

    output_size: Shape

    def __init__(
        self,
        output_size: int | Sequence[int | None] | None,
        *,
        channels: int | None = None,
        ndim: int,
        input_size: Sequence[int | None] | int | None = None,
    ) -> None:
        super().__init__(
            output_size=image_size("output_size", output_size, ndim),
            channels=channels,
            ndim=ndim,
            input_size=input_size,
        )

    def output_shape(self) -> Shape:
        """``(C, *output_size)``, channels first; None where unknown."""
        pairs = zip(self.output_size, self.input_size, strict=True)
        return (self.channels, *(size if asked is None else asked for asked, size in pairs))


class GlobalPool(OnImage):
    """All positions of each channel taken together into one number.

    keepdims: whether the dimensions stay, with a size of 1.
    channels, ndim, input_size: as in `Pool`.
    """

    does = "All that a channel holds becomes one number: its mean, or its maximum."

    keepdims: bool

    def __init__(
        self,
        keepdims: bool = False,
        *,
        channels: int | None = None,
        ndim: int,
        input_size: Sequence[int | None] | int | None = None,
    ) -> None:
        super().__init__(
            keepdims=bool(keepdims),
            channels=channels,
            ndim=ndim,
            input_size=input_size,
        )

    def output_shape(self) -> Shape:
        """``(C,)``, or ``(C, 1, 1)`` with `keepdims`."""
        return (self.channels, *((1,) * self.ndim if self.keepdims else ()))
