"""The witnesses side by side, and each difference between them in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from torch import nn

from ..counting import BatchNorm, Conv
from ..counting.count import number
from .by_keras import by_keras
from .by_matrix import by_matrix
from .by_torchinfo import by_torchinfo
from .forward import run
from .rule import kind_of, rule
from .tally import Tally, tally
from .testimony import Testimony


@dataclass(frozen=True)
class CrossCheck:
    """What each witness says, and why they differ where they do.

    kernels: how many weights the rule gives the kernels of the convolutions; what the matrix is
        held against, since it has no place for a bias.
    explanations: one sentence for each difference that is understood.
    unexplained: one sentence for each that isn't. Empty unless something is wrong.
    """

    testimonies: tuple[Testimony, ...]
    kernels: int
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
            f"{each.witness:<{name}}   {self._shown(each):>{size}}   {self._remark(each)}"
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
    model: nn.Module, input_size: Sequence[int] | None = None, keras: bool = True
) -> CrossCheck:
    """Ask every witness how many parameters a live model has.

    input_size: the shape of one input without the batch, channels first ``(C_in, H, W)``. With
        it, a fifth witness looks into the matrices of the convolutions.
    keras: whether to ask Keras as well (importing it takes seconds).

    The tally, which counts the tensors themselves, is what the others are held against.
    """
    # first of all, because lazy modules get their sizes from it
    calls = () if input_size is None else run(model, input_size).calls
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
        difference = _difference(each, counted, kernels)
        if not difference:
            continue
        reason = _reason(each, difference, model, counted)
        if reason:
            explanations.append(reason)
        else:
            more = "more" if difference > 0 else "fewer"
            unexplained.append(
                f"{each.witness} counts {number(abs(difference))} {more} than expected, and no "
                "known reason explains it."
            )
    return CrossCheck(testimonies, kernels, tuple(explanations), tuple(unexplained))


def _difference(testimony: Testimony, counted: Tally, kernels: int) -> int:
    if testimony.total is None or counted.without_size:
        return 0
    return testimony.total - (kernels if testimony.kernels_only else counted.total)


def _reason(testimony: Testimony, difference: int, model: nn.Module, counted: Tally) -> str | None:
    """Why this witness differs, in one sentence, if the known reasons give exactly that much."""
    if testimony.kernels_only and difference < 0:
        return (
            f"matrix: {number(-difference)} of the weights meet nothing but padding on an image of "
            "this size, so they don't stand in the matrix."
        )
    tied = "; ".join(f"{' and '.join(names)} are one tensor" for names in counted.tied)
    again = _held_again(model, counted)
    each_holder = f"it counts a tensor once for each module that holds it, and {tied}"
    known: dict[str, list[dict[str, int]]] = {
        "rule": [{f"no hyperparameter says that {tied}": again}],
        "torchinfo": [
            {each_holder: again},
            {
                each_holder: again,
                "it then loses the parameters that hang on a module with children": (
                    -_on_parents(model)
                ),
            },
        ],
        "Keras": [
            {
                "it also counts the moving mean and variance of batch norms, as non-trainable "
                "parameters, where PyTorch keeps them as buffers": _statistics(model),
                f"it built each layer by itself, but here {tied}": again,
            }
        ],
    }
    for reasons in known.get(testimony.witness, []):
        parts = {why: size for why, size in reasons.items() if size}
        if parts and sum(parts.values()) == difference:
            words = "; ".join(
                f"{number(abs(size))} {'more' if size > 0 else 'fewer'}, because {why}"
                for why, size in parts.items()
            )
            return f"{testimony.witness} differs: {words}."
    return None


def _held_again(model: nn.Module, counted: Tally) -> int:
    """How much a sum over modules, each taken once, counts too much because of tied tensors."""
    again = 0
    for names in counted.tied:
        # one module may stand in the model under several names, and a sum takes it once
        holders = {
            (id(model.get_submodule(name.rpartition(".")[0])), id(model.get_parameter(name)))
            for name in names
        }
        again += (len(holders) - 1) * model.get_parameter(names[0]).numel()
    return again


def _on_parents(model: nn.Module) -> int:
    parents = (each for each in model.modules() if any(True for _ in each.children()))
    return sum(own.numel() for each in parents for own in each.parameters(recurse=False))


def _statistics(model: nn.Module) -> int:
    kinds = (kind_of(each) for each in model.modules())
    return sum(
        kind.replace(statistics=True).count().non_trainable.total
        for kind in kinds
        if isinstance(kind, BatchNorm)
    )
