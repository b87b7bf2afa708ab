"""The check `shift`: does what comes out move with what goes in?"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

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
    tried = _Moved(name, function, before, after, by, by if moves is None else moves, circular)
    difference = tried.difference(tried.steps)
    inside = difference[..., edge : difference.shape[-1] - edge]
    if inside.numel() == 0:
        raise ValueError(f"with by={by} and edge={edge} nothing of the output is left to compare")
    if float(inside.max()) > NEAR:
        raise tried.not_yet(inside > NEAR, edge + (0 if circular else tried.steps), sizes[-1])
    return {"difference": f"{float(inside.max()):.1e}"}


NEAR = 1e-9
"""What is nearer in float64 differs by rounding."""


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


class _Moved(NamedTuple):
    """What came out before the input moved by so many places, and after; and how far it has to."""

    name: str
    function: object
    before: Tensor
    after: Tensor
    by: int
    steps: int
    circular: bool

    def difference(self, steps: int) -> Tensor:
        """What is left between the output before, moved so far, and the one after."""
        before, after = self.before, self.after
        if self.circular:
            return (after - before.roll(steps, -1)).abs()
        return (after[..., steps:] - before[..., : before.shape[-1] - steps]).abs()

    def not_yet(self, differ: Tensor, offset: int, size: int) -> NotYet:
        """Where they first differ, and why; size: how many places the input has."""
        place = first_place(differ)
        shown = named((*place[:-1], place[-1] + offset), channel=differ.shape[0] > 1)
        places = "place" if self.by == 1 else "places"
        words = (
            f"The input was moved by {self.by} {places}, and what {self.name} gives is another "
            f"thing, not the same one moved by {self.steps}. They first differ at {shown} (counted "
            "from 0)."
        )
        slug, why, question = self._why(differ, size)
        return NotYet(f"{words}\n\n{why}\n\nAsk yourself: {question}", (slug,) if slug else ())

    def _why(self, differ: Tensor, size: int) -> tuple[str, str, str]:
        modules = list(self.function.modules()) if isinstance(self.function, nn.Module) else []
        if any(isinstance(each, ConvLayer) and not each.shares_kernel for each in modules):
            return (
                "unshared",
                "It has a kernel of its own for every place, so at another place it looks for "
                "something else.",
                "What would all its kernels have to be for the output to move along?",
            )
        moved = self.by
        for stride in _strides(modules):
            if moved % stride:
                what = "what comes into it moves" if moved != self.by else "the input moves"
                return (
                    "stride-between-places",
                    f"With a stride of {stride} the kernel passes places over. Here {what} by "
                    f"{moved}, so the kernel stands on others than before.",
                    f"By how much may its input move so that the kernel, in steps of {stride}, "
                    "meets the same numbers again?",
                )
            moved //= stride
        if moved != self.steps and moved < self.before.shape[-1] and self._moves_by(moved):
            return (
                "moves-otherwise",
                f"It does move along, but by {moved} and not by {self.steps}.",
                "By how much does what comes out of each layer move, when what goes in moves by "
                f"{self.by}?",
            )
        if self.circular and moved == self.by and self.before.shape[-1] != size:
            out = self.before.shape[-1]
            return (
                "another-length",
                f"{size} numbers go in and {out} come out, so the ring that comes out isn't as "
                "long as the one that went in: what leaves it at one end isn't what comes in at "
                "the other.",
                f"At how many places of a ring of {size} can the middle of a kernel stand?",
            )
        if _alike_inside(differ):
            if any(map(_pads, modules)):
                return (
                    "padding-at-the-edge",
                    "In the middle it does move along; only places at the edge differ. There the "
                    "kernel stands on the padding, which doesn't move with the input.",
                    "What does the kernel see beyond the edge before the move, and what after it?",
                )
            return (
                "",
                "In the middle it does move along; only places at the edge differ.",
                "Which numbers do these places see before the move, and which after it?",
            )
        return (
            "",
            "It differs in the middle, too, so it isn't the edge.",
            "Follow one number of the input: what becomes of it, and does that depend on its "
            "place?",
        )

    def _moves_by(self, steps: int) -> bool:
        return _alike_inside(self.difference(steps) > NEAR)


def _alike_inside(differ: Tensor) -> bool:
    """Whether only places near the edges differ."""
    along = differ.flatten(0, -2).any(0)
    middle = along[len(along) // 4 : len(along) - len(along) // 4]
    return middle.numel() > 0 and not bool(middle.any())


def _strides(modules: Sequence[nn.Module]) -> Iterator[int]:
    """Along the last axis, one layer after the other; a transposed one goes the other way."""
    for each in modules:
        stride = getattr(each, "stride", 1)
        step = stride[-1] if isinstance(stride, tuple) else stride
        if isinstance(step, int) and "Transpose" not in type(each).__name__:
            yield step


def _pads(module: nn.Module) -> bool:
    padding = getattr(module, "padding", 0)
    if isinstance(padding, str):
        return padding != "valid"
    return any(padding) if isinstance(padding, tuple) else bool(padding)
