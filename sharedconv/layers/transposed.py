"""The convolution run backwards: each input position writes where a convolution would read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor

from .arguments import Size, known_padding_mode, sizes, true_or_false
from .base import ConvLayer
from .products import write
from .unshared import Bias, Device, UnsharedConvLayer

CONVOLVE_BACK: dict[int, Callable[..., Tensor]] = {
    1: F.conv_transpose1d,
    2: F.conv_transpose2d,
    3: F.conv_transpose3d,
}


class TransposedConvLayer(ConvLayer):
    """A convolution run backwards, not yet saying whether its positions share a kernel."""

    transposed: ClassVar[bool] = True
    padding: tuple[int, ...]

    def __init__(
        self,
        ndim: int,
        in_channels: int,
        out_channels: int,
        kernel_size: Size,
        stride: Size,
        padding: Size,
        output_padding: Size,
        dilation: Size,
        groups: int,
        padding_mode: str,
    ) -> None:
        known_padding_mode(padding_mode, known=("zeros",))
        if isinstance(padding, str):
            raise TypeError(
                f"padding of a transposed convolution must be in numbers, not {padding!r}."
            )
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
        self.output_padding = sizes("output_padding", output_padding, self.ndim, least=0)
        limits = tuple(map(max, self.stride, self.dilation))
        if any(extra >= most for extra, most in zip(self.output_padding, limits, strict=True)):
            raise ValueError(
                f"output_padding={self.output_padding} must be smaller than stride or dilation, "
                f"that is, than {limits}."
            )

    def output_positions(self, input_size: Size) -> tuple[int, ...]:
        """How many output positions there are along each dimension for an input of `input_size`.

        `(size - 1) * stride - 2 * padding + dilation * (kernel_size - 1) + output_padding + 1`
        (`torch.nn.ConvTranspose2d`). Raises ValueError where nothing would be left.
        """
        given = sizes("input_size", input_size, self.ndim, least=1)
        least = self._least_positions(given)
        found = tuple(n + extra for n, extra in zip(least, self.output_padding, strict=True))
        if min(found) < 1:
            raise ValueError(
                f"{type(self).__name__} would turn an input of {given} into an output of {found}: "
                f"it takes a larger input or less padding than {self.padding}."
            )
        return found

    def _least_positions(self, given: tuple[int, ...]) -> tuple[int, ...]:
        """Without output_padding; it may be less than one."""
        numbers = zip(
            given, self.stride, self.padding, self.dilation, self.kernel_size, strict=True
        )
        return tuple((n - 1) * s - 2 * p + d * (k - 1) + 1 for n, s, p, d, k in numbers)


class SharedConvTranspose(TransposedConvLayer):
    """`torch.nn.ConvTranspose1d/2d/3d` in one class, with its kernel in the open.

    As a matrix it is the transpose of the `SharedConv` with the same kernel (see `conv_matrix`).

    Args:
        ndim: spatial dimensions, 1, 2 or 3.
        output_padding: pixels added to the output's far end, fewer than stride or dilation.
        in_channels, out_channels, kernel_size, stride, padding, groups, bias, dilation,
            padding_mode, device, dtype: as in `torch.nn.ConvTranspose2d`, in its order.

    Shapes:
        kernel: `(in_channels, out_channels // groups, *kernel_size)`.
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
        padding: Size = 0,
        output_padding: Size = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Size = 1,
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
            output_padding,
            dilation,
            groups,
            padding_mode,
        )
        with_bias = true_or_false("bias", bias)
        self._make_parameters((self.out_channels,) if with_bias else None, device, dtype)

    def forward(self, input: Tensor, output_size: Size | None = None) -> Tensor:
        """One kernel for all positions, read backwards.

        `output_size` picks one of the sizes that a strided convolution maps to the input's size:
        `(H, W)` or `(N, C_out, H, W)`, as in `torch.nn.ConvTranspose2d`. ValueError for another.
        """
        try:
            # where torch's own check of the channels is missing (2.13); and with an output_size,
            # of which the number of dimensions tells what it means
            if input.is_meta or output_size is not None:
                self._refuse_bad_input(input, output_size is None)
            extra = (
                self.output_padding if output_size is None else self._extra_for(output_size, input)
            )
            return CONVOLVE_BACK[self.ndim](
                input,
                self.kernel,
                self.bias,
                self.stride,
                self.padding,
                extra,
                self.groups,
                self.dilation,
            )
        except (RuntimeError, TypeError, AttributeError) as problem:
            self._explain(problem, input)
            raise

    def _extra_for(self, output_size: Size, input: Tensor) -> tuple[int, ...]:
        given: Any = output_size
        if getattr(given, "ndim", None) != 0 and hasattr(given, "__len__"):
            given = given[-self.ndim :] if len(given) == input.dim() else given
        wanted = sizes("output_size", given, self.ndim, least=1)
        least = self._least_positions(tuple(input.shape[-self.ndim :]))
        most = tuple(n + s - 1 for n, s in zip(least, self.stride, strict=True))
        if any(not low <= n <= high for low, n, high in zip(least, wanted, most, strict=True)):
            raise ValueError(
                f"output_size={wanted} is out of reach for an input of "
                f"{tuple(input.shape[-self.ndim :])}: it can be "
                f"{tuple(max(1, n) for n in least)} up to {most}."
            )
        return tuple(n - low for n, low in zip(wanted, least, strict=True))


def one_kernel_per_position(layer: LocalConvTranspose, small: Tensor) -> Tensor:
    """Other numbers at every position, here of the input: each writes by a kernel of its own."""
    kernel, bias = layer.kernel_and_bias()
    return layer.with_bias(write(small, kernel, layer.places), bias)


class LocalConvTranspose(UnsharedConvLayer, TransposedConvLayer):
    """The transposed convolution with weight sharing switched off: a kernel per input position.

    As a matrix it is the transpose of the `LocalConv` with the same kernel (see `conv_matrix`).

    Args:
        ndim: spatial dimensions, 1, 2 or 3.
        input_size: the input's size, in pixels along each dimension; None to take the first
            input's, as `torch.nn.LazyConv2d` takes its channels.
        bias: True for one per output position and channel, "channel" for one per channel (as in
            `SharedConvTranspose`), False for none.
        in_channels, out_channels, kernel_size, stride, padding, output_padding, groups, dilation,
            padding_mode, device, dtype: as in `torch.nn.ConvTranspose2d`, in its order.

    Shapes:
        kernel: `(*input_size, in_channels, out_channels // groups, *kernel_size)`: the shared
            kernel's shape with the input positions in front.
        bias: `(out_channels, *output_size)`, `(out_channels,)` or None.
        input: `(N, in_channels, *input_size)` or `(in_channels, *input_size)`.
        output: `(N, out_channels, *output_size)`, or without N.

    Raises TypeError or ValueError for arguments, and ValueError for an input, that don't fit.
    """

    shared_form: ClassVar[type[ConvLayer]] = SharedConvTranspose

    def __init__(
        self,
        ndim: int,
        in_channels: int,
        out_channels: int,
        kernel_size: Size,
        input_size: Size | None = None,
        stride: Size = 1,
        padding: Size = 0,
        output_padding: Size = 0,
        groups: int = 1,
        bias: Bias = True,
        dilation: Size = 1,
        padding_mode: str = "zeros",
        device: Device = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        TransposedConvLayer.__init__(
            self,
            ndim,
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding,
            output_padding,
            dilation,
            groups,
            padding_mode,
        )
        self._make(input_size, bias, device, dtype)

    def forward(self, input: Tensor) -> Tensor:
        """One kernel per input position: `one_kernel_per_position`."""
        return self._on_a_batch(one_kernel_per_position, input)
