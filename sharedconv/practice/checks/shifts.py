"""The check `shift`: does what comes out move with what goes in?"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from ...layers import ConvLayer
from ...spelling import read_shape
from ..work import NotYet, Work
from .places import first_place, named
from .real import drawn


def shift(
    work: Work,
    *,
    input: str,
    name: str = "layer",
    by: int = 1,
    moves: int | None = None,
    circular: bool = False,
    edge: int = 0,
) -> dict[str, str]:
    """Move the input of the layer `name` along its last axis, and see whether the output moves too.

    name: a layer, a function of x, or a function without arguments that makes a layer.
    input: the shape of one input, channels first. by: how many places the input moves.
    moves: how many the output has to move (as many; fewer with a stride).
    circular: what leaves on the right comes in on the left; otherwise new numbers come in.
    edge: how many places at either edge of the output are left out.

    In float64. Gives the fact difference, the largest one that is left: rounding.
    """
    function = _function(work, name)
    sizes = tuple(size or 1 for size in read_shape(input))
    generator = torch.Generator().manual_seed(3)
    if circular:
        x = drawn(sizes, generator)
        moved = x.roll(by, -1)
    else:
        longer = drawn((*sizes[:-1], sizes[-1] + by), generator)
        x, moved = longer[..., by:], longer[..., : sizes[-1]]
    before, after = (_output(work, name, function, each) for each in (x, moved))
    if before.dim() != len(sizes):
        raise NotYet(
            f"{name} gives {tuple(before.shape)} for an input of {sizes}: there are no places left "
            "that could move.\n\nAsk yourself: From which places of the input does each number of "
            "the output come?",
            ("flattened",),
        )
    steps = by if moves is None else moves
    if circular:
        before = before.roll(steps, -1)
    else:
        before, after = before[..., : before.shape[-1] - steps], after[..., steps:]
    difference = (after - before).abs()
    inside = difference[..., edge : difference.shape[-1] - edge]
    if inside.numel() == 0:
        raise ValueError(f"with by={by} and edge={edge} nothing of the output is left to compare")
    if float(inside.max()) > 1e-9:
        raise _not_yet(name, function, inside > 1e-9, by, steps, edge + (0 if circular else steps))
    return {"difference": f"{float(inside.max()):.1e}"}


def _function(work: Work, name: str) -> Callable[[Tensor], Any]:
    value = work.get(name)
    if isinstance(value, nn.Module) or not callable(value):
        made = value
    else:
        required = [
            each
            for each in inspect.signature(value).parameters.values()
            if each.default is inspect.Parameter.empty
        ]
        if required:
            function: Callable[[Tensor], Any] = value
            return function
        made = work.call(value)
    if not isinstance(made, nn.Module):
        raise NotYet(f"{name} is {type(made).__name__}, and a layer is asked for.")
    return made.double().eval()


def _output(work: Work, name: str, function: Callable[[Tensor], Any], x: Tensor) -> Tensor:
    with torch.no_grad():
        result = work.call(function, x)
    if not isinstance(result, Tensor):
        raise NotYet(f"{name} gives {type(result).__name__}, and a tensor is asked for.")
    return result.double()


def _not_yet(
    name: str, function: object, differ: Tensor, by: int, steps: int, offset: int
) -> NotYet:
    place = first_place(differ)
    shown = named((*place[:-1], place[-1] + offset), channel=differ.shape[0] > 1)
    places = "place" if by == 1 else "places"
    words = (
        f"The input was moved by {by} {places}, and what {name} gives is another thing, not the "
        f"same one moved by {steps}. They first differ at {shown} (counted from 0)."
    )
    slug, why, question = _why(function, differ, by)
    return NotYet(f"{words}\n\n{why}\n\nAsk yourself: {question}", (slug,) if slug else ())


def _why(function: object, differ: Tensor, by: int) -> tuple[str, str, str]:
    modules = list(function.modules()) if isinstance(function, nn.Module) else []
    if any(isinstance(each, ConvLayer) and not each.shares_kernel for each in modules):
        return (
            "unshared",
            "It has a kernel of its own for every place, so at another place it looks for "
            "something else.",
            "What would all its kernels have to be for the output to move along?",
        )
    strides = [getattr(each, "stride", 1) for each in modules]
    steps = [each[-1] if isinstance(each, tuple) else each for each in strides]
    wide = next((step for step in steps if isinstance(step, int) and by % step), None)
    if wide is not None:
        return (
            "stride-between-places",
            f"With a stride of {wide} the kernel passes places over. Moved by {by}, it stands on "
            "others than before.",
            f"By how much may the input move so that the kernel, in steps of {wide}, meets the "
            "same numbers again?",
        )
    along = differ.flatten(0, -2).any(0)
    middle = along[len(along) // 4 : len(along) - len(along) // 4]
    if not middle.any():
        return (
            "padding-at-the-edge",
            "In the middle it does move along; only places at the edge differ. There the kernel "
            "stands on the padding, which doesn't move with the input.",
            "What does the kernel see beyond the edge before the move, and what after it?",
        )
    return (
        "",
        "It differs in the middle, too, so something in it knows at which place it is.",
        "Which numbers in it belong to one place only?",
    )
