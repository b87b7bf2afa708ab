"""Layers of the first convolutional networks: not all maps connected, not all biases shared.

Sources: LeCun et al. 1989, Neural Computation 1(4) (H1 and H2); LeCun, Bottou, Bengio and Haffner
1998, Proc. IEEE 86(11), section II.B (S2, C3, the output). C3's kind is the
``SpatialConvolutionMap`` of Torch 7.
"""

from __future__ import annotations

from .conv import Conv
from .count import Count, Term, number
from .kind import Kind
from .sizes import counted, image_size, named_axes, per_dimension, times, whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import ClassVar

    from .sizes import Sizes


class MappedConv(Kind):
    """A convolution in which each output map sees only the input maps that a table gives it.

    table: for each output map, the numbers of the input maps that it sees, from 0.
    in_channels, kernel_size, stride, padding, bias, input_size: as in `Conv`, in two dimensions.

    Raises ValueError or TypeError, in one sentence, for a table or sizes that no layer can have.
    """

    image: ClassVar[bool] = True

    table: tuple[tuple[int, ...], ...]
    in_channels: int
    kernel_size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...]
    bias: bool
    input_size: tuple[int | None, ...]

    def __init__(
        self,
        table: Sequence[Sequence[int]],
        in_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Sizes = 0,
        bias: bool = True,
        *,
        input_size: tuple[int | None, ...] | int | None = None,
    ) -> None:
        super().__init__(
            table=tuple(tuple(whole("table", each, least=0) for each in row) for row in table),
            in_channels=whole("in_channels", in_channels),
            kernel_size=per_dimension("kernel_size", kernel_size, 2),
            stride=per_dimension("stride", stride, 2),
            padding=per_dimension("padding", padding, 2, least=0),
            bias=bool(bias),
            input_size=image_size("input_size", input_size, 2),
        )
        if not self.table or any(not row or len(set(row)) < len(row) for row in self.table):
            raise ValueError(
                "table has to name at least one input map for each output map, and none of them "
                "twice, such as [[0, 1], [1, 2]]"
            )
        last = max(map(max, self.table))
        if last >= self.in_channels:
            raise ValueError(
                f"table names the input map {number(last)}, and there are only "
                f"{number(self.in_channels)}, numbered from 0; correct the table or in_channels"
            )
        self.output_shape()

    def full(self) -> Conv:
        """The same layer with every output map connected to every input map."""
        return Conv(
            self.in_channels,
            len(self.table),
            self.kernel_size,
            self.stride,
            self.padding,
            bias=self.bias,
            input_size=self.input_size,
        )

    def count(self) -> Count:
        """kernel: connected pairs of maps × kernel size; bias: filters."""
        pairs = {"connected pairs of maps": sum(map(len, self.table))}
        return (
            self.full()
            .count()
            .edited(
                lambda term: (
                    term.without("filters", "in_channels").times(pairs)
                    if term.role == "kernel"
                    else term
                )
            )
        )

    def output_shape(self) -> tuple[int | None, ...]:
        """``(len(table), H, W)``; None where unknown."""
        return self.full().output_shape()

    def mult_adds(self) -> int:
        """As many as `full()`: it is computed with zeros between maps that aren't connected.

        `connections.connections` says how many of the products are none of these zeros.
        """
        return self.full().mult_adds()

    def about(self) -> str:
        """Where the numbers of the count come from, in sentences."""
        maps = counted(len(self.table), "output map")
        bias = ", and each output map has one bias" if self.bias else "; there is no bias here"
        return (
            f"Not every output map sees every input map: a table says which do. For each of the "
            f"{counted(sum(map(len, self.table)), 'pair')} that it connects there is a small "
            f"kernel of {times(self.kernel_size)}, used at every position{bias} ({maps})."
        )


class PositionBias(Kind):
    """A bias for each channel and position: what stands behind a shared kernel in LeNet-1989.

    channels, size: the input's channels, and its height and width.
    """

    image: ClassVar[bool] = True

    channels: int
    size: tuple[int, ...]

    def __init__(self, channels: int, size: Sizes) -> None:
        super().__init__(channels=whole("channels", channels), size=per_dimension("size", size, 2))

    def count(self) -> Count:
        """bias: output height × output width × channels."""
        positions = named_axes("output", self.size)
        return Count([Term("bias", {**positions, "channels": self.channels}, beside=positions)])

    def output_shape(self) -> tuple[int | None, ...]:
        """The input's shape, unchanged: ``(C, H, W)``."""
        return (self.channels, *self.size)

    def mult_adds(self) -> int:
        """0: it adds, and multiplies nothing."""
        return 0

    def about(self) -> str:
        """Where the numbers of the count come from, in sentences."""
        return (
            "The biases are not shared here: each channel has one of its own at each of the "
            f"{times(self.size)} positions."
        )


class Subsampling(Kind):
    """LeNet-5's pooling, which learns: the window's sum, times a factor, plus a bias, for each map.

    channels: maps of the input and of the output.
    kernel_size: the window; windows stand side by side.
    input_size: height and width of the input; None where unknown.
    """

    image: ClassVar[bool] = True

    channels: int
    kernel_size: tuple[int, ...]
    input_size: tuple[int | None, ...]

    def __init__(
        self,
        channels: int,
        kernel_size: Sizes = 2,
        *,
        input_size: tuple[int | None, ...] | int | None = None,
    ) -> None:
        super().__init__(
            channels=whole("channels", channels),
            kernel_size=per_dimension("kernel_size", kernel_size, 2),
            input_size=image_size("input_size", input_size, 2),
        )

    def count(self) -> Count:
        """scale: channels; bias: channels. The window's pixels share one factor."""
        channels = {"channels": self.channels}
        window = named_axes("window", self.kernel_size)
        return Count([Term("scale", channels, beside=window), Term("bias", channels)])

    def output_shape(self) -> tuple[int | None, ...]:
        """``(C, H // window height, W // window width)``; None where unknown."""
        sizes = zip(self.input_size, self.kernel_size, strict=True)
        return (self.channels, *(None if size is None else size // by for size, by in sizes))

    def mult_adds(self) -> int:
        """0: by the usual convention only the products of kernels are counted."""
        return 0

    def about(self) -> str:
        """Where the numbers of the count come from, in sentences."""
        return (
            f"The {times(self.kernel_size)} numbers of a window are added up; the sum is "
            "multiplied by one learned factor and raised by one learned bias. Each channel has "
            "one of either, the same at all positions."
        )


class RadialBasis(Kind):
    """LeNet-5's output: how far the input is from a fixed point for each class. Nothing is learned.

    in_features, units: how many numbers go in and come out.
    fixed: whether the fixed numbers are counted, as non-trainable parameters. PyTorch keeps them
        as a buffer, uncounted.
    """

    in_features: int
    units: int
    fixed: bool

    def __init__(self, in_features: int, units: int, fixed: bool = False) -> None:
        super().__init__(
            in_features=whole("in_features", in_features),
            units=whole("units", units),
            fixed=bool(fixed),
        )

    def count(self) -> Count:
        """Nothing; with `fixed`, center: units × in_features, not trainable."""
        factors = {"units": self.units, "in_features": self.in_features}
        return Count([Term("center", factors, trainable=False)] if self.fixed else [])

    def output_shape(self) -> tuple[int | None, ...]:
        """``(units,)``."""
        return (self.units,)

    def mult_adds(self) -> int:
        """0: by the usual convention only the products of kernels are counted."""
        return 0

    def about(self) -> str:
        """Where the numbers of the count come from, in sentences."""
        return (
            f"For each of the {counted(self.units, 'unit')} there is a point of "
            f"{counted(self.in_features, 'number')}, chosen beforehand, and the unit says how far "
            "the input is from it. Nothing is learned here."
        )
