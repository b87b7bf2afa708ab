"""The convolution with one kernel for all positions, and the same with one kernel per position."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, ClassVar, Literal, Self

import torch
import torch.nn.functional as F
from torch import Tensor

from .arguments import Size, sizes
from .base import ConvLayer
from .tied import copies, summed_gradient

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
    """Other numbers at every position: the kernel's first axes are the positions.

    Tap by tap: what this tap sees at each position, times the numbers that the position has for it.
    """
    kernel, bias, ndim = *layer._kernel_and_bias(), layer.ndim
    mode = "constant" if layer.padding_mode == "zeros" else layer.padding_mode
    groups, i, o = layer.groups, layer.in_channels, layer.out_channels
    # (*padded size, groups, input channels of a group, N)
    seen = F.pad(images, layer.pad_amounts, mode).movedim((0, 1), (-1, -2))
    seen = torch.unflatten(seen, -2, (groups, i // groups))
    # For each tap (*positions, groups, output and input channels of a group). By unbind, because
    # the gradient of a slice kernel[..., tap] would be as large as the kernel, at each tap anew.
    taps = kernel.reshape(*layer.output_size, groups, o // groups, i // groups, -1).unbind(-1)
    output: Tensor | None = None
    for tap, weights in zip(itertools.product(*map(range, layer.kernel_size)), taps, strict=True):
        part = weights @ seen[layer._where_it_falls(tap)]
        output = part if output is None else output + part
    assert output is not None  # a kernel has a tap
    output = output.flatten(ndim, ndim + 1).movedim((-1, -2), (0, 1))
    if bias is None:
        return output
    spread = bias.reshape(bias.shape + (1,) * (ndim + 1 - bias.dim()))
    return output + spread.to(output.dtype)  # which autocast lowers, the bias not


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
        self._make_parameters((self.out_channels,) if bias else None, device, dtype)

    def forward(self, input: Tensor) -> Tensor:
        """One kernel for all positions: `one_kernel_for_all_positions`."""
        try:
            return one_kernel_for_all_positions(self, input)
        except RuntimeError:  # looked into only now, so that a good input costs nothing
            self._refuse_bad_input(input)
            raise


class LocalConv(ConvLayer):
    """A convolution with weight sharing switched off: each output position has its own kernel.

    Keras 2 called it `LocallyConnected`; `torch.nn` has none. It multiplies and adds exactly as
    often as `SharedConv`, but holds a kernel for each output position; how many there are depends
    on the image, so `input_size` has to be known.

    Args:
        ndim: spatial dimensions, 1, 2 or 3.
        input_size: the image's size, in pixels along each dimension.
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

    shares_kernel: ClassVar[bool] = False

    def __init__(
        self,
        ndim: int,
        in_channels: int,
        out_channels: int,
        kernel_size: Size,
        input_size: Size,
        stride: Size = 1,
        padding: str | Size = 0,
        dilation: Size = 1,
        groups: int = 1,
        bias: bool | Literal["channel"] = True,
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
        self.input_size = sizes("input_size", input_size, self.ndim, least=1)
        self.output_size = self.output_positions(self.input_size)
        self.tied = False
        if not isinstance(bias, bool) and bias != "channel":
            raise ValueError(f"bias must be True, False or 'channel', not {bias!r}.")
        per_position = () if bias == "channel" else self.output_size
        self._make_parameters((self.out_channels, *per_position) if bias else None, device, dtype)

    def forward(self, input: Tensor) -> Tensor:
        """One kernel per position: `one_kernel_per_position`."""
        self._refuse_bad_input(input)
        batch = input if input.dim() == self.ndim + 2 else input.unsqueeze(0)
        output = one_kernel_per_position(self, batch).contiguous()
        return output if input.dim() == self.ndim + 2 else output.squeeze(0)

    @classmethod
    def from_shared(
        cls,
        conv: SharedConv,
        input_size: Size,
        bias: bool | Literal["channel"] = True,
        tied: bool = False,
    ) -> Self:
        """A layer that computes what `conv` computes, with a copy of its kernel per position.

        Args:
            conv: the layer to copy from.
            input_size: the image's size, in pixels along each dimension.
            bias: True for a copy of the bias per position, "channel" for a single copy; without
                effect where `conv` has none.
            tied: whether every position receives the gradient summed over all positions. This sum
                is the shared kernel's gradient, so a step of any optimizer that treats each
                parameter by itself (SGD, momentum, Adam; not clipping by norm) leaves this layer
                and `conv` the same function.

        Raises TypeError where `conv` is no SharedConv, ValueError where the sizes don't fit.
        """
        if not isinstance(conv, SharedConv):
            raise TypeError(
                f"from_shared copies a SharedConv, not a {type(conv).__name__}; "
                "from_torch turns torch.nn's convolutions into one."
            )
        if conv.bias is not None and bias is False:
            raise ValueError(
                "bias=False would compute another function than this SharedConv, which has a bias: "
                "give bias=True or bias='channel'."
            )
        options: dict[str, Any] = {
            "in_channels": conv.in_channels,
            "out_channels": conv.out_channels,
            "kernel_size": conv.kernel_size,
            "input_size": input_size,
            "stride": conv.stride,
            "padding": conv.padding,
            "dilation": conv.dilation,
            "groups": conv.groups,
            "bias": bias if conv.bias is not None else False,
            "padding_mode": conv.padding_mode,
            "device": "meta",  # no memory filled and no random numbers drawn, only to be replaced
        }
        layer = cls(conv.ndim, **options) if cls is LocalConv else cls(**options)
        layer.kernel = copies(conv.kernel, layer.kernel.shape)
        if conv.bias is not None and layer.bias is not None:
            layer.bias = copies(conv.bias, layer.bias.shape, axes_after=layer.bias.dim() - 1)
        layer.tied = tied
        return layer.train(conv.training)

    def extra_repr(self) -> str:
        """`SharedConv`'s, with the input's size, the kind of bias, and whether it is tied."""
        words = f"{super().extra_repr()}, input_size={self.input_size}"
        words += ", bias=channel" if self.bias is not None and self.bias.dim() == 1 else ""
        return words + (", tied=True" if self.tied else "")

    def _kernel_and_bias(self) -> tuple[Tensor, Tensor | None]:
        """Kernel and bias; tied, they pass the gradient of each position on to all."""
        kernel, bias = self.kernel, self.bias
        if not self.tied:
            return kernel, bias
        if bias is not None and bias.dim() > 1:
            return self._tie(kernel, 0), self._tie(bias, 1)
        return self._tie(kernel, 0), bias

    def _where_it_falls(self, tap: tuple[int, ...]) -> tuple[slice, ...]:
        """The pixels of the padded image that one tap of the kernel meets, over all positions."""
        return tuple(
            slice(t * d, t * d + (n - 1) * s + 1, s)
            for t, d, n, s in zip(tap, self.dilation, self.output_size, self.stride, strict=True)
        )

    def _tie(self, copies: Tensor, first: int) -> Tensor:
        return summed_gradient(copies, tuple(range(first, first + self.ndim)))

    def _refuse_bad_input(self, input: Tensor) -> None:
        super()._refuse_bad_input(input)
        given = tuple(input.shape[-self.ndim :])
        if given != self.input_size:
            raise ValueError(
                f"{type(self).__name__} has one kernel per position of an input of "
                f"{self.input_size}, and got one of {given}: it takes a layer with "
                f"input_size={given}."
            )
