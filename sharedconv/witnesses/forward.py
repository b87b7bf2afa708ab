"""One run of a model, watched: which modules are called, with what shapes, and how much work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode


@dataclass(frozen=True)
class Called:
    """One call of one module. Shapes are without the batch, channels first; None where unknown."""

    name: str
    module: nn.Module
    input_shape: tuple[int, ...] | None
    output_shape: tuple[int, ...] | None


@dataclass(frozen=True)
class Run:
    """All calls of one run in their order, and the multiply-adds that PyTorch itself counted."""

    calls: tuple[Called, ...]
    mult_adds: int


def run(model: nn.Module, input_size: Sequence[int | None]) -> Run:
    """Run a model once on zeros, in evaluation mode, on whatever device it is on (meta included).

    input_size: the shape of one input without the batch, channels first ``(C_in, H, W)``.

    The model is left as it was, except that lazy modules take their sizes from this input, as from
    any first one. Raises ValueError, in one sentence, where it can't take the input.
    """
    shape = [1 if size is None else size for size in input_size]
    # what a model computes in is what its parameters are; a model without any takes float32
    like = next(
        (each for each in model.parameters() if each.is_floating_point() or each.is_complex()),
        torch.empty(0),
    )
    example = torch.zeros(1, *shape, dtype=like.dtype, device=like.device)
    calls: list[Called] = []
    counter = FlopCounterMode(display=False)
    with _watched(model, calls), _evaluating(model), torch.no_grad(), counter:
        try:
            model(example)
        except Exception as error:  # whatever stops somebody's own model, in a sentence
            sizes = " × ".join(map(str, shape))
            first_line = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise ValueError(
                f"the model can't take an input of {sizes} (channels first, without the batch): "
                f"{first_line}"
            ) from error
    return Run(tuple(calls), counter.get_total_flops() // 2)


@contextmanager
def _watched(model: nn.Module, calls: list[Called]) -> Iterator[None]:
    def note(module: nn.Module, inputs: tuple[object, ...], output: object) -> None:
        first = inputs[0] if inputs else None
        calls.append(Called(names[module], module, _shape(first), _shape(output)))

    names: dict[nn.Module, str] = {}
    handles = []
    for name, module in model.named_modules():
        names[module] = name or type(module).__name__.lower()
        is_leaf = not any(True for _ in module.children())
        if is_leaf or any(True for _ in module.parameters(recurse=False)):
            handles.append(module.register_forward_hook(note))
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


@contextmanager
def _evaluating(model: nn.Module) -> Iterator[None]:
    training = [module for module in model.modules() if module.training]
    model.eval()
    try:
        yield
    finally:
        for module in training:
            module.training = True


def _shape(value: object) -> tuple[int, ...] | None:
    return tuple(value.shape[1:]) if isinstance(value, Tensor) else None
