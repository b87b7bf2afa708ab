"""The check `same`: a function of the learner's, held against the real layer, number by number."""

from __future__ import annotations

import copy
import inspect
import re
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from ...layers import ConvLayer, conv_matrix
from ...spelling import read_shape
from ..work import NotYet, Work
from .places import first_place, named, sum_there, why_there
from .real import an_input, several
from .tensor_slips import TENSOR_SLIPS, TensorSlip


def same(
    work: Work,
    *,
    name: str,
    of: str | Sequence[str],
    input: str | Sequence[str],
    squeeze: bool = False,
    gives: str = "output",
) -> dict[str, str]:
    """Call the function `name` and hold its tensor against the real layer's, in float64.

    of: the layer's line, such as ``SharedConv1d(1, 1, 3)``; several lines for layers one after the
        other (``conv = ...``); a list to try several. input: the shape of one input, channels
        first; a list goes with a list of layers.
    squeeze: leave the axes of size 1 out, of what the function gets and of what it gives.
    gives: what the function gives: "output", or "matrix", the layer as a matrix. Where it gives a
        module, that is called on the input.

    The function says by the names of its arguments what it wants: x, the input, without a batch;
    layer, or the names in `of`; kernel, bias, and other parameters of a single layer; its
    kernel_size, stride, padding, dilation, groups; length or height and width, or input_size.

    Gives the fact tried: how many layers there were.
    """
    function = work.get(name)
    if not callable(function) or isinstance(function, nn.Module):
        raise NotYet(f"{name} is {type(function).__name__}, and a function is asked for.")
    lines = [of] if isinstance(of, str) else list(of)
    shapes = [input] * len(lines) if isinstance(input, str) else list(input)
    for line, shape in zip(lines, shapes, strict=True):
        sizes = tuple(size or 1 for size in read_shape(shape))
        _Case(name, line, sizes, squeeze, gives).hold(work, function)
    return {"tried": str(len(lines))}


class _Case:
    """One real layer (or several, one after the other) with one input."""

    def __init__(
        self, name: str, line: str, sizes: tuple[int, ...], squeeze: bool, gives: str
    ) -> None:
        self.name, self.squeeze = name, squeeze
        self.layers, self.x = several(line), an_input(sizes)
        self.shown = ", then ".join(line.strip().splitlines())
        self.only = next(iter(self.layers.values())) if len(self.layers) == 1 else None
        with torch.no_grad():
            # some layers of torch.nn take nothing without a batch
            self.right: Tensor = nn.Sequential(*self.layers.values())(self.x[None])[0]
        self.matrix = gives == "matrix"
        if self.matrix:
            if not isinstance(self.only, ConvLayer):
                raise ValueError(f"{line!r} is no single convolution, so it is no matrix")
            self.right = conv_matrix(self.only, sizes[1:]).matrix.to_dense()

    def hold(self, work: Work, function: Callable[..., Any]) -> None:
        """Call the function; `NotYet` where it doesn't give what the layer gives."""
        known = self._known()
        wanted = [
            each.name
            for each in inspect.signature(function).parameters.values()
            if each.default is inspect.Parameter.empty
        ]
        for each in wanted:
            if each not in known:
                raise NotYet(
                    f"{self.name} asks for {each}, which the check doesn't know; it can have "
                    f"{', '.join(known)}."
                )
        try:
            result = work.call(function, **{each: known[each] for each in wanted})
        except NotYet as stopped:
            raise _beyond_the_end(stopped, self.name) from stopped.__cause__
        if isinstance(result, nn.Module):
            module = result.double()
            result = work.call(module, self.x)
        got = self._tensor(result)
        if not _alike(got, self._plain(self.right)):
            raise self._not_yet(got)

    def _known(self) -> dict[str, object]:
        """What the function can ask for, by name."""
        known: dict[str, object] = {"x": self._plain(self.x), **self.layers}
        if self.only is not None:
            known |= {
                name: self._plain(each.detach()) for name, each in self.only.named_parameters()
            }
            for name in ("kernel_size", "stride", "padding", "dilation"):
                sizes = getattr(self.only, name, None)
                if sizes is not None:
                    known[name] = sizes[0] if len(set(sizes)) == 1 else sizes
            known["groups"] = getattr(self.only, "groups", 1)
        size = tuple(self.x.shape[1:])
        axes = {1: ("length",), 2: ("height", "width")}.get(len(size), ())
        return {**known, "input_size": size, **dict(zip(axes, size, strict=True))}

    def _plain(self, tensor: Tensor) -> Tensor:
        return tensor.squeeze() if self.squeeze else tensor

    def _tensor(self, result: object) -> Tensor:
        try:
            tensor = torch.as_tensor(result).detach()
        except (TypeError, ValueError, RuntimeError):
            raise NotYet(
                f"{self.name} gives {type(result).__name__}, and a tensor is asked for (or a list "
                "of numbers)."
            ) from None
        if not tensor.is_floating_point():
            tensor = tensor.double()
        return self._plain(tensor)

    # -- what to say of another tensor -------------------------------------------------------------

    def _not_yet(self, got: Tensor) -> NotYet:
        for slip in TENSOR_SLIPS:
            if any(self._is_made_by(got, each) for each in self._given_by(slip)):
                return NotYet(
                    f"{self.name} {slip.says}. {slip.reason}\n\n{self._difference(got)}\n\n"
                    f"Ask yourself: {slip.question}",
                    (slip.slug,),
                )
        return NotYet(f"{self._difference(got, by_itself=True)}")

    def _given_by(self, slip: TensorSlip) -> list[Tensor]:
        """What a slip in the single layer gives for the input; a matrix knows no bias."""
        if self.only is None:
            return []
        layer = copy.deepcopy(self.only)
        if self.matrix and layer.bias is not None:
            assert isinstance(layer.bias, Tensor)
            layer.bias.data.zero_()
        return slip.gives(layer, self.x)

    def _is_made_by(self, got: Tensor, slipped: Tensor) -> bool:
        if not self.matrix:
            return _alike(got, self._plain(slipped))
        if got.dim() != 2 or got.shape[1] != self.x.numel():
            return False
        return _alike(got.double() @ self.x.flatten(), slipped.flatten())

    def _difference(self, got: Tensor, by_itself: bool = False) -> str:
        right = self._plain(self.right)
        against = f"held against {self.shown} on an input of {_shape(self._plain(self.x))}"
        theirs = "the layer's matrix is" if self.matrix else "the layer gives"
        if got.shape != right.shape:
            more = " What decides how many there are?" if by_itself else ""
            gives = f"gives {_shape(got)}, and {theirs} {_shape(right)}."
            return f"{self.name}, {against}, {gives}{more}"
        near = _near(got)
        got = got.double().view(self.right.shape)
        differ = ~torch.isclose(got, self.right, rtol=near, atol=near)
        place = first_place(differ)
        layer = self.only if isinstance(self.only, ConvLayer) and not self.matrix else None
        where = f"index {place}" if len(place) != 1 else f"index {place[0]}"
        if self.matrix:
            where = f"row {place[0]}, column {place[1]}"
        elif layer is not None:
            where = named(place, self.right.shape[0] > 1)
        words = (
            f"{self.name}, {against}, first differs at {where} (counted from 0): it gives "
            f"{float(got[place]):.4g} there, and the layer {float(self.right[place]):.4g}."
        )
        if self.matrix:
            return f"{words} A row belongs to an output, and a column to an input."
        if layer is None:
            return words
        why = why_there(layer, self.x, got, self.right, differ)
        if not by_itself:
            return f"{words} {why}".rstrip()
        why = why or "Nothing shows in where it differs, so follow the sum at that place."
        return " ".join([words, why, sum_there(layer, self.x, place)]).rstrip()


BEYOND = re.compile(
    r"(?P<line>Line \d+ of \S+) stops with IndexError: index (?P<at>-?\d+) is out of bounds for "
    r"dimension \d+ with size (?P<size>\d+)"
)


def _beyond_the_end(stopped: NotYet, name: str) -> NotYet:
    """The same in words that tell what was asked for, where it was a number beyond the last."""
    found = BEYOND.match(stopped.words)
    if not found:
        return stopped
    size = int(found["size"])
    return NotYet(
        f"{found['line']} asks for number {found['at']} of {size}. They are counted from 0, so "
        f"the last one is number {size - 1}: {name} goes on beyond the end.\n\n"
        "Ask yourself: Where does the kernel start for the last output, and which number lies "
        "below its last weight there?",
        ("beyond-the-end",),
    )


def _near(tensor: Tensor) -> float:
    """How near two numbers are that count as the same."""
    return 1e-9 if tensor.dtype == torch.float64 else 1e-4


def _alike(got: Tensor, right: Tensor) -> bool:
    near = _near(got)
    return got.shape == right.shape and torch.allclose(
        got.double(), right.double(), rtol=near, atol=near
    )


def _shape(tensor: Tensor) -> str:
    sizes = " × ".join(map(str, tensor.shape)) or "1"
    return f"{sizes} number{'' if sizes == '1' else 's'}"
