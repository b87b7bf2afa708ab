"""What every convolution here has in common: its sizes, its kernel and its bias."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any, ClassVar, Concatenate, ParamSpec, TypeVar

import torch
from torch import Tensor, nn

from .arguments import (
    Size,
    dividing_groups,
    known_dtype,
    known_padding_mode,
    padding_words_or_sizes,
    sizes,
    whole_number,
)
from .memory import out_of_memory

P = ParamSpec("P")
Self_ = TypeVar("Self_")


class ConvLayer(nn.Module):
    """A convolution in 1, 2 or 3 dimensions, not yet saying whether its positions share a kernel.

    Arguments and attributes are those of `torch.nn`'s convolutions; its two parameters are called
    `kernel` and `bias`. Subclasses are `SharedConv`, `SharedConvTranspose` and `LocalConv`.
    """

    shares_kernel: ClassVar[bool] = True
    """Whether all positions use one kernel; from this follows the kernel's shape."""
    transposed: ClassVar[bool] = False

    kernel: nn.Parameter
    bias: nn.Parameter | None
    output_size: tuple[int, ...]

    def __init__(
        self,
        ndim: int,
        in_channels: int,
        out_channels: int,
        kernel_size: Size,
        stride: Size,
        padding: str | Size,
        dilation: Size,
        groups: int,
        padding_mode: str,
    ) -> None:
        super().__init__()
        self.ndim = whole_number("ndim", ndim, least=1)
        if self.ndim > 3:
            raise ValueError(f"ndim must be 1, 2 or 3 (PyTorch convolves no more), not {ndim}.")
        self.in_channels = whole_number("in_channels", in_channels, least=1)
        self.out_channels = whole_number("out_channels", out_channels, least=1)
        self.kernel_size = sizes("kernel_size", kernel_size, self.ndim, least=1)
        self.stride = sizes("stride", stride, self.ndim, least=1)
        self.padding = padding_words_or_sizes(padding, self.ndim, self.stride)
        self.dilation = sizes("dilation", dilation, self.ndim, least=1)
        self.output_padding = (0,) * self.ndim
        self.groups = dividing_groups(groups, self.in_channels, self.out_channels)
        self.padding_mode = known_padding_mode(padding_mode)
        self.pad_amounts = [n for pair in reversed(self.edges) for n in pair]  # as F.pad wants it

    @property
    def kernel_shape(self) -> tuple[int, ...]:
        """`(out_channels, in_channels // groups, *kernel_size)`, as in `torch.nn`.

        Transposed: `(in_channels, out_channels // groups, *kernel_size)`.
        """
        ends = (self.out_channels, self.in_channels)
        first, second = reversed(ends) if self.transposed else ends
        return (first, second // self.groups, *self.kernel_size)

    @property
    def edges(self) -> tuple[tuple[int, int], ...]:
        """How much padding stands before and after the image, a pair a dimension.

        'same' puts the odd one after, as `torch.nn` and Keras do.
        """
        if self.padding == "same":
            spare = [d * (k - 1) for d, k in zip(self.dilation, self.kernel_size, strict=True)]
            return tuple((n // 2, n - n // 2) for n in spare)
        if isinstance(self.padding, str):
            return ((0, 0),) * self.ndim
        return tuple((n, n) for n in self.padding)

    def output_positions(self, input_size: Size) -> tuple[int, ...]:
        """How many output positions there are along each dimension of an image of `input_size`.

        `floor((size + padding - dilation * (kernel_size - 1) - 1) / stride) + 1` (Dumoulin &
        Visin 2016, arXiv:1603.07285, relationship 15). Raises ValueError where the kernel, spread
        by its dilation, doesn't fit into the padded image.
        """
        found = []
        for n, size in enumerate(sizes("input_size", input_size, self.ndim, least=1)):
            before, after = self.edges[n]
            most = {"reflect": size - 1, "circular": size}.get(self.padding_mode)
            if most is not None and max(before, after) > most:
                raise ValueError(
                    f"padding_mode={self.padding_mode!r} can pad a dimension of {size} "
                    f"by at most {most}, not by {max(before, after)}."
                )
            span = self.dilation[n] * (self.kernel_size[n] - 1) + 1
            if span > before + size + after:
                raise ValueError(
                    f"{type(self).__name__}'s kernel spans {span} along spatial dimension {n} "
                    f"(kernel_size {self.kernel_size[n]}, dilation {self.dilation[n]}), more than "
                    f"the input's {size} padded to {before + size + after}: "
                    "it takes a larger input or more padding."
                )
            found.append((before + size + after - span) // self.stride[n] + 1)
        return tuple(found)

    def reset_parameters(self) -> None:
        """Draw new values as `torch.nn` does: kernel and bias uniform within ±1/√fan_in.

        fan_in is what one output position reads: `in_channels // groups` times the kernel's size.
        """
        with torch.no_grad():
            kernel: Tensor = self.kernel
            if not kernel.is_contiguous():  # drawn in the order of the shape, not of the memory
                kernel = torch.empty_like(kernel, memory_format=torch.contiguous_format)
            nn.init.kaiming_uniform_(kernel, a=math.sqrt(5))
            if kernel is not self.kernel:
                self.kernel.copy_(kernel)
            if self.bias is not None:
                bound = 1 / math.sqrt(kernel[0].numel())
                nn.init.uniform_(self.bias, -bound, bound)

    def extra_repr(self) -> str:
        """The arguments that differ from their defaults, written as `torch.nn` writes them."""
        ones, none = (1,) * self.ndim, (0,) * self.ndim
        words = [f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}"]
        words += [f"stride={self.stride}"]
        words += [f"padding={self.padding}"] if self.padding != none else []
        words += [f"dilation={self.dilation}"] if self.dilation != ones else []
        words += [f"output_padding={self.output_padding}"] if self.output_padding != none else []
        words += [f"groups={self.groups}"] if self.groups != 1 else []
        words += ["bias=False"] if self.bias is None else []
        words += [f"padding_mode={self.padding_mode}"] if self.padding_mode != "zeros" else []
        return ", ".join(words)

    def _make_parameters(
        self,
        bias_shape: tuple[int, ...] | None,
        device: torch.device | str | int | None,
        dtype: torch.dtype | None,
    ) -> None:
        known_dtype(dtype)
        self.kernel = nn.Parameter(self._empty_kernel(device, dtype))
        if bias_shape is None:
            self.register_parameter("bias", None)
        else:
            self.bias = nn.Parameter(torch.empty(bias_shape, device=device, dtype=dtype))
        self.reset_parameters()

    def _empty_kernel(self, device: Any, dtype: torch.dtype | None) -> Tensor:
        return torch.empty(self.kernel_shape, device=device, dtype=dtype)

    def _explain(self, problem: Exception, input: Any) -> None:
        """Say in a sentence what made the layer fail; if nothing is known of it, do nothing.

        Looked into only then, so that a good input costs nothing.
        """
        name = type(self).__name__
        if not isinstance(input, Tensor):
            raise TypeError(
                f"{name} takes a torch.Tensor, not a {type(input).__name__}: torch.as_tensor makes "
                "one of an array or of a list of numbers."
            ) from problem
        self._refuse_bad_input(input)
        said = out_of_memory(name, problem)
        if said is not None:
            raise said from problem
        dtype = self.kernel.dtype
        if input.dtype != dtype:
            raise TypeError(
                f"{name} has a kernel of dtype {dtype}, and the input is of {input.dtype}: "
                f"it takes input.to({dtype}), or the layer changed by layer.to({input.dtype})."
            ) from problem

    def _refuse_bad_input(self, input: Tensor, and_positions: bool = True) -> None:
        name, channels = type(self).__name__, self.in_channels
        if input.dim() not in (self.ndim + 1, self.ndim + 2):
            raise ValueError(
                f"{name} takes an input of {self.ndim + 2} dimensions (batch, channels and "
                f"{self.ndim} spatial ones) or of {self.ndim + 1} (no batch), "
                f"not of {input.dim()}: {tuple(input.shape)}."
            )
        if input.shape[-self.ndim - 1] != channels:
            raise ValueError(
                f"{name} has in_channels={channels}, but the input {tuple(input.shape)} has "
                f"{input.shape[-self.ndim - 1]} channels, in its dimension {-self.ndim - 1}."
            )
        size = tuple(input.shape[-self.ndim :])
        if 0 in size:
            raise ValueError(f"{name} takes an image of at least one pixel, not one of {size}.")
        if and_positions:
            self.output_positions(size)


def constructor_arguments(given: Any) -> dict[str, Any]:
    """What the constructors of `torch.nn`'s convolutions and of ours take alike, read from `given`.

    The device is 'meta': the layer made with them waits for its numbers, and fills no memory.
    """
    names = "in_channels out_channels kernel_size stride padding dilation groups padding_mode"
    extra = {"output_padding": given.output_padding} if given.transposed else {}
    alike = {name: getattr(given, name) for name in names.split()}
    return alike | extra | {"bias": given.bias is not None, "device": "meta"}


def fixing_ndim(
    ndim: int, init: Callable[Concatenate[Any, int, P], None]
) -> Callable[[Callable[[Self_], None]], Callable[Concatenate[Self_, P], None]]:
    """Make an `__init__` that is `init` with its first argument, `ndim`, fixed.

    The signature is `init`'s without `ndim`, for `help`, for editors and for type checkers: it
    stands in one place, and the classes for 1, 2 and 3 dimensions can't drift apart.
    """

    def decorate(empty: Callable[[Self_], None]) -> Callable[Concatenate[Self_, P], None]:
        def __init__(self: Self_, /, *args: P.args, **kwargs: P.kwargs) -> None:
            init(self, ndim, *args, **kwargs)

        whole = inspect.signature(init)
        kept = [each for name, each in whole.parameters.items() if name != "ndim"]
        __init__.__signature__ = whole.replace(parameters=kept)  # type: ignore[attr-defined]
        __init__.__qualname__, __init__.__module__ = empty.__qualname__, empty.__module__
        return __init__

    return decorate
