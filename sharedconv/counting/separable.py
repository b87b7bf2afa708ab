"""Convolutions taken apart: first each channel by itself, then the channels mixed at each point.

Sources: Sifre 2014 and Chollet 2017 (Xception); ``keras.layers.DepthwiseConv`` and
``SeparableConv``; in PyTorch a depthwise convolution is ``nn.Conv2d`` with ``groups=in_channels``.
"""

from __future__ import annotations

from math import prod

from .conv import Conv
from .count import Count, Term
from .kind import Kind
from .sizes import counted, named_axes, times, whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import ClassVar

    from .sizes import Sizes


class DepthwiseConv(Kind):
    """A convolution in which a filter sees one input channel only.

    in_channels: channels of the input; each has filters of its own.
    depth_multiplier: how many filters each input channel has.
    kernel_size, stride, padding, dilation, bias, ndim, input_size: as in `Conv`.

    Raises ValueError or TypeError, in one sentence, for sizes that no layer can have.
    """

    image: ClassVar[bool] = True

    in_channels: int
    kernel_size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...] | str
    dilation: tuple[int, ...]
    depth_multiplier: int
    bias: bool
    ndim: int
    input_size: tuple[int | None, ...]

    def __init__(
        self,
        in_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Sizes | str = 0,
        dilation: Sizes = 1,
        depth_multiplier: int = 1,
        bias: bool = True,
        *,
        ndim: int | None = None,
        input_size: tuple[int | None, ...] | int | None = None,
    ) -> None:
        in_channels = whole("in_channels", in_channels)
        depth_multiplier = whole("depth_multiplier", depth_multiplier)
        conv = Conv(
            in_channels,
            in_channels * depth_multiplier,
            kernel_size,
            stride,
            padding,
            dilation,
            in_channels,
            bias,
            ndim=ndim,
            input_size=input_size,
        )
        super().__init__(
            in_channels=in_channels,
            kernel_size=conv.kernel_size,
            stride=conv.stride,
            padding=conv.padding,
            dilation=conv.dilation,
            depth_multiplier=depth_multiplier,
            bias=conv.bias,
            ndim=conv.ndim,
            input_size=conv.input_size,
        )

    def as_conv(self) -> Conv:
        """The same layer as PyTorch spells it: a convolution with one group for each channel."""
        return Conv(
            self.in_channels,
            self.in_channels * self.depth_multiplier,
            self.kernel_size,
            self.stride,
            self.padding,
            self.dilation,
            self.in_channels,
            self.bias,
            input_size=self.input_size,
        )

    def count(self) -> Count:
        """kernel: in_channels × depth_multiplier × kernel size; bias: in_channels × multiplier."""
        beside = self.as_conv().count().terms[0].beside
        outputs = {"in_channels": self.in_channels, "depth_multiplier": self.depth_multiplier}
        kernel = {**outputs, **named_axes("kernel", self.kernel_size)}
        terms = [Term("kernel", kernel, beside=beside)]
        if self.bias:
            terms.append(Term("bias", outputs, beside=beside))
        return Count(terms)

    def output_shape(self) -> tuple[int | None, ...]:
        """``(in_channels × depth_multiplier, H, W)``, channels first; None where unknown."""
        return self.as_conv().output_shape()

    def mult_adds(self) -> int:
        """Positions × in_channels × depth_multiplier × kernel size; the bias's additions aside."""
        return self.as_conv().mult_adds()

    def about(self) -> str:
        """Where the numbers of the count come from, in sentences."""
        size = times(self.kernel_size)
        filters = counted(self.depth_multiplier, "filter")
        bias = (
            "Each filter adds one number more, its bias." if self.bias else "There is no bias here."
        )
        return (
            f"Each input channel has {filters} of its own. Each of them has {size} weights, and "
            "sees this channel and no other: it does not span the channels, as a filter of an "
            "ordinary convolution does. "
            f"{bias}"
        )


class SeparableConv(Kind):
    """A depthwise convolution, and behind it a pointwise one (kernel size 1) that mixes channels.

    in_channels, filters: channels of the input and of the output.
    depth_multiplier: how many filters each input channel has in the depthwise part.
    kernel_size, stride, padding, dilation, ndim, input_size: of the depthwise part, as in `Conv`.
    bias: whether each of the `filters` adds one learned number, at the end; the depthwise part
        has no bias.

    Raises ValueError or TypeError, in one sentence, for sizes that no layer can have.
    """

    image: ClassVar[bool] = True

    in_channels: int
    filters: int
    kernel_size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...] | str
    dilation: tuple[int, ...]
    depth_multiplier: int
    bias: bool
    ndim: int
    input_size: tuple[int | None, ...]

    def __init__(
        self,
        in_channels: int,
        filters: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Sizes | str = 0,
        dilation: Sizes = 1,
        depth_multiplier: int = 1,
        bias: bool = True,
        *,
        ndim: int | None = None,
        input_size: tuple[int | None, ...] | int | None = None,
    ) -> None:
        depthwise = DepthwiseConv(
            in_channels,
            kernel_size,
            stride,
            padding,
            dilation,
            depth_multiplier,
            bias,
            ndim=ndim,
            input_size=input_size,
        )
        own = {"in_channels": depthwise.in_channels, "filters": whole("filters", filters)}
        super().__init__(**{**own, **vars(depthwise)})

    def depthwise(self) -> DepthwiseConv:
        """The first part, by itself."""
        fields = {name: value for name, value in vars(self).items() if name != "filters"}
        return DepthwiseConv(**{**fields, "bias": False})

    def count(self) -> Count:
        """depthwise kernel, as in `DepthwiseConv`; pointwise kernel: filters × its outputs; bias.

        depthwise kernel: in_channels × depth_multiplier × kernel size; pointwise kernel: filters
        × in_channels × depth_multiplier; bias: filters.
        """
        (first,) = self.depthwise().count().terms
        mixed = {
            "filters": self.filters,
            "in_channels": self.in_channels,
            "depth_multiplier": self.depth_multiplier,
        }
        terms = [
            first.replace(role="depthwise kernel"),
            Term("pointwise kernel", mixed, beside=first.beside),
        ]
        if self.bias:
            terms.append(Term("bias", {"filters": self.filters}, beside=first.beside))
        return Count(terms)

    def output_shape(self) -> tuple[int | None, ...]:
        """``(filters, H, W)``, channels first; None where unknown."""
        return (self.filters, *self.depthwise().output_shape()[1:])

    def mult_adds(self) -> int:
        """Those of the depthwise part, and positions × filters × its outputs for the pointwise."""
        depthwise = self.depthwise()
        mixed = prod(size for size in depthwise.output_shape() if size is not None)
        return depthwise.mult_adds() + mixed * self.filters

    def about(self) -> str:
        """Where the numbers of the count come from, in sentences."""
        whole_conv = Conv(self.in_channels, self.filters, self.kernel_size, bias=self.bias)
        bias = (
            " One number more for each filter is the bias." if self.bias else " There is no bias."
        )
        return (
            f"Two steps in place of one. First each input channel is looked at by itself, through "
            f"{times(self.kernel_size)} weights; then, at each position, "
            f"{counted(self.filters, 'filter')} of size 1 mix the channels.{bias} An ordinary "
            "convolution does both at once, and would have "
            f"{whole_conv.count().arithmetic()} parameters."
        )
