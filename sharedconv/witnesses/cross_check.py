"""The witnesses side by side, and each difference between them in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import fill

from torch import nn

from ..counting import Conv
from ..counting.count import number
from .by_keras import by_keras
from .by_matrix import by_matrix
from .by_torchinfo import by_torchinfo
from .forward import Dtype, Size, run
from .nesting import with_room
from .reasons import reason
from .rule import kind_of, rule
from .tally import Tally, tally
from .testimony import Testimony
from .walk import depth_of


@dataclass(frozen=True)
class CrossCheck:
    """What each witness says, and why they differ where they do.

    counted: the tally, which the others are held against.
    kernels: how many weights the rule gives the kernels of the convolutions; what the matrix is
        held against, since it has no place for a bias.
    explanations: one sentence for each difference that is understood.
    unexplained: one sentence for each that isn't. Empty unless something is wrong.
    """

    testimonies: tuple[Testimony, ...]
    kernels: int
    counted: Tally
    explanations: tuple[str, ...]
    unexplained: tuple[str, ...]

    @property
    def agree(self) -> bool:
        """Whether all witnesses that have a number have the same, each for what it can see."""
        return not self.explanations and not self.unexplained

    def __getitem__(self, witness: str) -> Testimony:
        for each in self.testimonies:
            if each.witness == witness:
                return each
        raise KeyError(f"{witness!r} was not asked; {[each.witness for each in self.testimonies]}")

    def __str__(self) -> str:
        name = max(len(each.witness) for each in self.testimonies)
        size = max(len(self._shown(each)) for each in self.testimonies)
        lines = [
            fill(
                f"{each.witness:<{name}}   {self._shown(each):>{size}}   {self._remark(each)}",
                80,
                subsequent_indent=" " * (name + size + 6),
            )
            for each in self.testimonies
        ]
        return "\n".join([*lines, *self.explanations, *self.unexplained])

    def _repr_markdown_(self) -> str:
        rows = [
            f"| {each.witness} | {self._shown(each)} | {each.remark} |" for each in self.testimonies
        ]
        head = ["| witness | parameters | how it knows |", "| --- | ---: | --- |"]
        notes = [f"\n{each}" for each in (*self.explanations, *self.unexplained)]
        return "\n".join([*head, *rows, *notes])

    def _remark(self, testimony: Testimony) -> str:
        if not testimony.kernels_only or testimony.total is None:
            return testimony.remark
        return f"{testimony.remark}; the rule says {number(self.kernels)}"

    @staticmethod
    def _shown(testimony: Testimony) -> str:
        return "-" if testimony.total is None else number(testimony.total)


def cross_check(
    model: nn.Module,
    input_size: Size | Sequence[Size] | None = None,
    keras: bool = True,
    dtype: Dtype | Sequence[Dtype] | None = None,
) -> CrossCheck:
    """Ask every witness how many parameters a live model has.

    input_size: the shape of one input without the batch, channels first ``(C_in, H, W)``, or a
        list of shapes. With it, a fifth witness looks into the matrices of the convolutions.
    keras: whether to ask Keras as well (importing it takes seconds).
    dtype: the type of the inputs' numbers, as `run` takes it.

    The tally, which counts the tensors themselves, is what the others are held against.
    """
    return with_room(depth_of(model), lambda: _cross_check(model, input_size, keras, dtype))


def _cross_check(
    model: nn.Module,
    input_size: Size | Sequence[Size] | None,
    keras: bool,
    dtype: Dtype | Sequence[Dtype] | None,
) -> CrossCheck:
    # first of all, because lazy modules get their sizes from it
    calls = () if input_size is None else run(model, input_size, dtype).calls
    counted = tally(model)
    asked = [rule(model), counted.testimony(), by_torchinfo(model)]
    matrix = None
    if keras:
        asked.append(by_keras(model))
    kernels = 0
    if input_size is not None:
        inputs = {each.module: each.input_shape for each in calls if each.input_shape}
        matrix = by_matrix(inputs)
        kernels = sum(
            kind.count().role("kernel").total
            for kind in map(kind_of, inputs)
            if isinstance(kind, Conv)
        )
    testimonies = (*asked, *([matrix] if matrix else []))
    explanations, unexplained = [], []
    for each in testimonies:
        if each.total is not None and counted.without_size and not each.kernels_only:
            explanations.append(f"{each.witness} leaves out what has no size yet.")
        difference = _difference(each, counted, kernels)
        if not difference:
            continue
        why = reason(each, difference, model, counted)
        if why:
            explanations.append(why)
        else:
            more = "more" if difference > 0 else "fewer"
            unexplained.append(
                f"{each.witness} counts {number(abs(difference))} {more} than expected, and no "
                "known reason explains it."
            )
    return CrossCheck(testimonies, kernels, counted, tuple(explanations), tuple(unexplained))


def _difference(testimony: Testimony, counted: Tally, kernels: int) -> int:
    if testimony.total is None or counted.without_size:
        return 0
    return testimony.total - (kernels if testimony.kernels_only else counted.total)
