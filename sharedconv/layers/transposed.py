"""The convolution run backwards: each input position writes where a convolution would read."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor

from .arguments import Size, known_padding_mode, sizes
from .base import ConvLayer

CONVOLVE_BACK: dict[int, Callable[..., Tensor]] = {
    1: F.conv_transpose1d,
    2: F.conv_transpose2d,
    3: F.conv_transpose3d,
}


class SharedConvTranspose(ConvLayer):
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

    transposed: ClassVar[bool] = True
    padding: tuple[int, ...]

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
        known_padding_mode(padding_mode, known=("zeros",))
        if isinstance(padding, str):
            raise TypeError(
                f"padding of a transposed convolution must be in numbers, not {padding!r}."
            )
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
        self.output_padding = sizes("output_padding", output_padding, self.ndim, least=0)
        limits = tuple(map(max, self.stride, self.dilation))
        if any(extra >= most for extra, most in zip(self.output_padding, limits, strict=True)):
            raise ValueError(
                f"output_padding={self.output_padding} must be smaller than stride or dilation, "
                f"that is, than {limits}."
            )
        self._make_parameters((self.out_channels,) if bias else None, device, dtype)

    def forward(self, input: Tensor, output_size: Size | None = None) -> Tensor:
        """One kernel for all positions, read backwards.

        `output_size` picks one of the sizes that a strided convolution maps to the input's size:
        `(H, W)` or `(N, C_out, H, W)`, as in `torch.nn.ConvTranspose2d`. ValueError for another.
        """
        if input.is_meta:  # where torch's own check of the channels is missing (2.13)
            self._refuse_bad_input(input)
        try:
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
        except RuntimeError:  # looked into only now, so that a good input costs nothing
            self._refuse_bad_input(input)
            raise

    def output_positions(self, input_size: Size) -> tuple[int, ...]:
        """How many output positions there are along each dimension for an input of `input_size`.

        `(size - 1) * stride - 2 * padding + dilation * (kernel_size - 1) + output_padding + 1`
        (`torch.nn.ConvTranspose2d`). Raises ValueError where nothing would be left.
        """
        given = sizes("input_size", input_size, self.ndim, least=1)
        found = tuple(
            (n - 1) * s - 2 * p + d * (k - 1) + extra + 1
            for n, s, p, d, k, extra in zip(
                given,
                self.stride,
                self.padding,
                self.dilation,
                self.kernel_size,
                self.output_padding,
                strict=True,
            )
        )
        if min(found) < 1:
            raise ValueError(
                f"{type(self).__name__} would turn an input of {given} into an output of {found}: "
                f"it takes a larger input or less padding than {self.padding}."
            )
        return found

    def _extra_for(self, output_size: Size, input: Tensor) -> tuple[int, ...]:
        self._refuse_bad_input(input)
        given = output_size
        if not isinstance(given, int) and len(given) == input.dim():
            given = given[-self.ndim :]
        wanted = sizes("output_size", given, self.ndim, least=1)
        positions = self.output_positions(tuple(input.shape[-self.ndim :]))
        least = tuple(n - extra for n, extra in zip(positions, self.output_padding, strict=True))
        most = tuple(n + s - 1 for n, s in zip(least, self.stride, strict=True))
        if any(not low <= n <= high for low, n, high in zip(least, wanted, most, strict=True)):
            raise ValueError(
                f"output_size={wanted} is out of reach for an input of "
                f"{tuple(input.shape[-self.ndim :])}: it can be {least} up to {most}."
            )
        return tuple(n - low for n, low in zip(wanted, least, strict=True))
