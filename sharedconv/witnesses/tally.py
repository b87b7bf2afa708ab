"""The second witness: the tally. It counts the tensors themselves, each stored number once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from .testimony import Testimony


@dataclass(frozen=True)
class Tally:
    """How many distinct numbers a model's parameters are.

    total, trainable: distinct numbers; those that receive gradients. What an optimiser would get.
    tied: groups of names, one group for each set of parameters that are the same numbers.
    without_size: names of lazy parameters that get their size from the first input.
    """

    total: int
    trainable: int
    tied: tuple[tuple[str, ...], ...]
    without_size: tuple[str, ...]

    @property
    def non_trainable(self) -> int:
        """Distinct numbers that training leaves as they are."""
        return self.total - self.trainable

    def testimony(self) -> Testimony:
        """What this witness says, for the cross-check."""
        if self.without_size:
            names = ", ".join(self.without_size)
            return Testimony("tally", None, f"only the first input gives a size to {names}")
        return Testimony("tally", self.total, "from the tensors, each stored number once")


def tally(model: nn.Module) -> Tally:
    """Count a model's parameters, each stored number once, however many modules hold it."""
    by_storage: dict[int, list[tuple[str, nn.Parameter]]] = {}
    without_size: list[str] = []
    for name, parameter in model.named_parameters(remove_duplicate=False):
        if is_lazy(parameter):
            without_size.append(name)
        else:
            # not the data pointer, which is 0 for every tensor on the meta device
            storage = parameter.untyped_storage()._cdata
            by_storage.setdefault(storage, []).append((name, parameter))
    total = trainable = 0
    tied: list[tuple[str, ...]] = []
    for holders in by_storage.values():
        parameters = [parameter for _, parameter in holders]
        total += distinct_numbers(parameters)
        trainable += distinct_numbers(each for each in parameters if each.requires_grad)
        if len(holders) > 1:
            tied += _same_numbers(holders)
    return Tally(total, trainable, tuple(tied), tuple(without_size))


def distinct_numbers(tensors: Iterable[Tensor]) -> int:
    """How many stored numbers these tensors, all views of one storage, read between them."""
    different = list({_region(each): each for each in tensors}.values())
    if not different:
        return 0
    if len(different) == 1 and _is_gapless(different[0]):
        return different[0].numel()
    if all(map(_is_gapless, different)):
        starts = [int(each.storage_offset()) for each in different]
        return _covered(
            (start, start + each.numel()) for start, each in zip(starts, different, strict=True)
        )
    # views with gaps or repeats: look at every place that they read
    places = [_places(each) for each in different]
    return len(set(torch.cat(places).tolist()))


def _region(tensor: Tensor) -> tuple[int, tuple[int, ...], tuple[int, ...]]:
    return int(tensor.storage_offset()), tuple(tensor.shape), tuple(tensor.stride())


def _is_gapless(tensor: Tensor) -> bool:
    """Whether it reads each place from its first to its last once (a transposed view does too)."""
    if not tensor.numel():
        return True
    read = 1
    # from the innermost dimension outwards, each step has to be as long as all that is within it
    for stride, size in sorted(zip(tensor.stride(), tensor.shape, strict=True)):
        if size > 1 and stride != read:
            return False
        read *= size
    return True


def _covered(intervals: Iterable[tuple[int, int]]) -> int:
    covered = end = 0
    for start, stop in sorted(intervals):
        covered += max(0, stop - max(start, end))
        end = max(end, stop)
    return covered


def _places(tensor: Tensor) -> Tensor:
    places = torch.tensor([tensor.storage_offset()])
    for size, stride in zip(tensor.shape, tensor.stride(), strict=True):
        places = (places[:, None] + torch.arange(size) * stride).flatten()
    return places


def _same_numbers(holders: list[tuple[str, nn.Parameter]]) -> list[tuple[str, ...]]:
    by_region: dict[object, list[str]] = {}
    for name, parameter in holders:
        by_region.setdefault(_region(parameter), []).append(name)
    return [tuple(names) for names in by_region.values() if len(names) > 1]
