"""The convolution with one kernel for all positions, and the same with one kernel per position."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor

from .arguments import Size, true_or_false
from .base import ConvLayer
from .products import read
from .unshared import Bias, Device, UnsharedConvLayer

# Not torch.convolution, which takes the three ranks alike: it stays in float32 under autocast on
# the CPU, and knows neither inputs without a batch nor complex numbers nor padding='same'.
CONVOLVE: dict[int, Callable[..., Tensor]] = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}


def one_kernel_for_all_positions(layer: SharedConv, images: Tensor) -> Tensor:
    """The same few numbers at every position: the kernel has no axis for positions."""
    padding = layer.padding
    if layer.padding_mode != "zeros":
        images = F.pad(images, layer.pad_amounts, layer.padding_mode)
        padding = (0,) * layer.ndim
    return CONVOLVE[layer.ndim](
        images, layer.kernel, layer.bias, layer.stride, padding, layer.dilation, layer.groups
    )


def one_kernel_per_position(layer: LocalConv, images: Tensor) -> Tensor:
    """Other numbers at every position: the kernel's first axes are the positions."""
    kernel, bias = layer.kernel_and_bias()
    if layer.padding_mode != "zeros":
        images = F.pad(images, layer.pad_amounts, layer.padding_mode)
    return layer.with_bias(read(images, kernel, layer.places), bias)


class SharedConv(ConvLayer):
    """`torch.nn.Conv1d/2d/3d` in one class, with its kernel in the open.

    Args:
        ndim: spatial dimensions, 1, 2 or 3.
        in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias,
            padding_mode, device, dtype: as in `torch.nn.Conv2d`.

    Shapes:
        kernel: `(out_channels, in_channels // groups, *kernel_size)`, whatever the image's size.
        bias: `(out_channels,)`, or None.
        input: `(N, in_channels, *size)` or `(in_channels, *size)`.
        output: `(N, out_channels, *output_positions(size))`, or without N.

    Raises TypeError or ValueError for arguments, and ValueError for an input, that don't fit.
    """

    def __init__(
        self,
        ndim: int,
        in_channels: int,
        out_channels: int,
        kernel_size: Size,
        stride: Size = 1,
        padding: str | Size = 0,
        dilation: Size = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: torch.device | str | int | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__(
            ndim,
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding,
            dilation,
            groups,
            padding_mode,
        )
        with_bias = true_or_false("bias", bias)
        self._make_parameters((self.out_channels,) if with_bias else None, device, dtype)

    def forward(self, input: Tensor) -> Tensor:
        """One kernel for all positions: `one_kernel_for_all_positions`."""
        try:
            return one_kernel_for_all_positions(self, input)
        except (RuntimeError, TypeError) as problem:
            self._explain(problem, input)
            raise


class LocalConv(UnsharedConvLayer):
    """A convolution with weight sharing switched off: each output position has its own kernel.

    Keras 2 called it `LocallyConnected`; `torch.nn` has none. It multiplies and adds exactly as
    often as `SharedConv`, but holds a kernel for each output position; how many there are depends
    on the image, so `input_size` has to be known, or is the first input's.

    Args:
        ndim: spatial dimensions, 1, 2 or 3.
        input_size: the image's size, in pixels along each dimension; None to take the first
            input's, as `torch.nn.LazyConv2d` takes its channels.
        bias: True for one per position and channel (as in Keras 2 and in layer H1 of LeCun 1989),
            "channel" for one per channel (as in `SharedConv`), False for none.
        in_channels, out_channels, kernel_size, stride, padding, dilation, groups, padding_mode,
            device, dtype: as in `torch.nn.Conv2d`.

    Shapes:
        kernel: `(*output_size, out_channels, in_channels // groups, *kernel_size)`: the shared
            kernel's shape with the output positions in front.
        bias: `(out_channels, *output_size)`, `(out_channels,)` or None.
        input: `(N, in_channels, *input_size)` or `(in_channels, *input_size)`.
        output: `(N, out_channels, *output_size)`, or without N.

    Raises TypeError or ValueError for arguments, and ValueError for an input, that don't fit.
    """

    shared_form: ClassVar[type[ConvLayer]] = SharedConv

    def __init__(
        self,
        ndim: int,
        in_channels: int,
        out_channels: int,
        kernel_size: Size,
        input_size: Size | None = None,
        stride: Size = 1,
        padding: str | Size = 0,
        dilation: Size = 1,
        groups: int = 1,
        bias: Bias = True,
        padding_mode: str = "zeros",
        device: Device = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        ConvLayer.__init__(
            self,
            ndim,
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding,
            dilation,
            groups,
            padding_mode,
        )
        self._make(input_size, bias, device, dtype)

    def forward(self, input: Tensor) -> Tensor:
        """One kernel per position: `one_kernel_per_position`."""
        return self._on_a_batch(one_kernel_per_position, input)
