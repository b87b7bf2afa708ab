"""The three products of `blocks` for autograd and for `torch.compile`.

They are three faces of one sum, over positions, of `small · kernel · seen`: each is linear in its
two operands, and its gradients are the other two. So the gradient of a gradient needs nothing new.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import torch
from torch import Tensor

from . import blocks, tiny
from .places import Places

Product: TypeAlias = Callable[[Tensor, Tensor, Places], Tensor]


def read(image: Tensor, kernel: Tensor, places: Places) -> Tensor:
    """Each position's kernel times what it sees: `(N, C, *image)` to `(N, filters, *positions)`."""
    return _product("read", image, kernel, places)


def write(small: Tensor, kernel: Tensor, places: Places) -> Tensor:
    """The transposed of `read`: `(N, filters, *positions)` to `(N, C, *image)`."""
    return _product("write", small, kernel, places)


_IN_BLOCKS: dict[str, Product] = {
    "read": blocks.read,
    "write": blocks.write,
    "correlate": blocks.correlate,
}

_AT_ONCE: dict[str, Product] = {"read": tiny.read, "write": tiny.write}


def _product(name: str, first: Tensor, second: Tensor, places: Places) -> Tensor:
    where = first.device
    if where != second.device:  # the layer says it in a sentence, and bmm gives nonsense for 'meta'
        raise RuntimeError(f"{name} of tensors on {where} and on {second.device}")
    device = where.type
    if device != "meta" and torch.is_autocast_enabled(device):
        dtype = torch.get_autocast_dtype(device)
        first, second = _lowered(first, dtype), _lowered(second, dtype)
    if torch.compiler.is_compiling():
        return _one_operation(name, first, second, places)
    at_once = _AT_ONCE.get(name)
    if at_once is not None and tiny.fits(first, second, places):
        return at_once(first, second, places)
    if torch.is_grad_enabled():
        result: Tensor = _Product.apply(first, second, name, places)  # type: ignore[no-untyped-call]
        return result
    return _in_blocks(name, first, second, places)


def _lowered(operand: Tensor, dtype: torch.dtype) -> Tensor:
    """As autocast lowers what `torch.nn`'s layers multiply: no whole, complex or double numbers."""
    lowers = operand.is_floating_point() and operand.dtype is not torch.float64
    return operand.to(dtype) if lowers else operand


def _in_blocks(name: str, first: Tensor, second: Tensor, places: Places) -> Tensor:
    return _IN_BLOCKS[name](first, second, places)


def _gradient_by_first(
    call: Callable[..., Tensor], name: str, second: Tensor, gradient: Tensor, places: Any
) -> Tensor:
    if name == "read":
        return call("write", gradient, second.conj(), places)
    if name == "write":
        return call("read", gradient, second.conj(), places)
    return call("write", second.conj(), gradient, places)


def _gradient_by_second(
    call: Callable[..., Tensor], name: str, first: Tensor, gradient: Tensor, places: Any
) -> Tensor:
    if name == "read":
        return call("correlate", first.conj(), gradient, places)
    if name == "write":
        return call("correlate", gradient, first.conj(), places)
    return call("read", first.conj(), gradient, places)


def _one_operation(name: str, first: Tensor, second: Tensor, places: Places) -> Tensor:
    found: Tensor = _AS_ONE_OPERATION[name](first, second, _numbers(places))
    return found


class _Product(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, first: Tensor, second: Tensor, name: str, places: Places) -> Tensor:
        ctx.save_for_backward(first, second)
        ctx.name, ctx.places = name, places
        return _IN_BLOCKS[name](first, second, places)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, Tensor | None, None, None]:
        first, second = ctx.saved_tensors
        # Only the gradient of a gradient has to be followed: the rest without the detour.
        call: Callable[..., Tensor] = _product if torch.is_grad_enabled() else _in_blocks
        if torch._C._functorch.is_legacy_batchedtensor(gradient):  # of is_grads_batched
            call = _one_operation
        by_first = by_second = None
        if ctx.needs_input_grad[0]:
            by_first = _gradient_by_first(call, ctx.name, second, gradient, ctx.places)
        if ctx.needs_input_grad[1]:
            by_second = _gradient_by_second(call, ctx.name, first, gradient, ctx.places)
        return by_first, by_second, None, None


# -- for torch.compile ---------------------------------------------------------------------------
# A graph of every block would be long and slow to make, so each product is one operation in it.


def _numbers(places: Places) -> list[int]:
    """`places` as an operation can take it; `_places` is the way back."""
    every = (
        places.image,
        places.positions,
        places.kernel_size,
        places.stride,
        places.dilation,
        places.before,
    )
    return [places.groups, *(n for each in every for n in each)]


def _places(numbers: Sequence[int]) -> Places:
    groups, *rest = numbers
    n = len(rest) // 6
    image, positions, kernel_size, stride, dilation, before = (
        tuple(rest[start : start + n]) for start in range(0, 6 * n, n)
    )
    return Places(image, positions, kernel_size, stride, dilation, before, groups)


def _operation(name: str, empty: Product) -> Callable[[Tensor, Tensor, list[int]], Tensor]:
    def compute(first: Tensor, second: Tensor, numbers: Sequence[int]) -> Tensor:
        return _IN_BLOCKS[name](first, second, _places(numbers))

    def only_shape(first: Tensor, second: Tensor, numbers: Sequence[int]) -> Tensor:
        return empty(first, second, _places(numbers))

    def remember(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:  # noqa: ARG001
        first, second, ctx.numbers = inputs
        ctx.save_for_backward(first, second)

    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, Tensor | None, None]:
        def call(product: str, one: Tensor, other: Tensor, numbers: list[int]) -> Tensor:
            return _AS_ONE_OPERATION[product](one, other, numbers)

        first, second = ctx.saved_tensors
        by_first = by_second = None
        if ctx.needs_input_grad[0]:
            by_first = _gradient_by_first(call, name, second, gradient, ctx.numbers)
        if ctx.needs_input_grad[1]:
            by_second = _gradient_by_second(call, name, first, gradient, ctx.numbers)
        return by_first, by_second, None

    operation = torch.library.custom_op(
        f"sharedconv::{name}",
        compute,
        mutates_args=(),
        schema="(Tensor first, Tensor second, int[] numbers) -> Tensor",
    )
    operation.register_fake(only_shape)
    operation.register_autograd(backward, setup_context=remember)
    return operation


_AS_ONE_OPERATION = {
    "read": _operation("read", blocks.empty_small),
    "write": _operation("write", blocks.empty_image),
    "correlate": _operation("correlate", blocks.empty_kernel),
}
