"""Copies that stay copies: what ties the kernels of all positions together without sharing one."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor


def summed_gradient(many: Tensor, dims: tuple[int, ...]) -> Tensor:
    """`many` itself, but each copy along `dims` receives the gradients of all, added up.

    By the chain rule that sum is the gradient of the one tensor they are copies of.
    """
    # torch.compile refuses a function that says how it is followed forwards
    tie = _SummedGradient if torch.compiler.is_compiling() else _AlsoForwards
    result: Tensor = tie.apply(many, dims)  # type: ignore[no-untyped-call]
    return result


class _SummedGradient(torch.autograd.Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(many: Tensor, dims: tuple[int, ...]) -> Tensor:  # noqa: ARG004
        return many.view_as(many)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:  # noqa: ARG004
        ctx.dims = inputs[1]

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        return gradient.sum(ctx.dims, keepdim=True).expand_as(gradient), None


class _AlsoForwards(_SummedGradient):
    @staticmethod
    def jvp(ctx: Any, change: Tensor, _: None) -> Tensor:  # noqa: ARG004
        return change.view_as(change)
