"""The second witness: the tally. It counts the tensors themselves, each stored number once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from .testimony import Testimony
from .walk import modules_of, named_modules_of, packed_tensors


@dataclass(frozen=True)
class Memory:
    """What a model keeps in memory, each stored number once.

    parameters, buffers: bytes. A buffer that is a view of a parameter takes none of its own.
    buffer_elements: how many numbers the buffers are.
    """

    parameters: int
    buffers: int
    buffer_elements: int


@dataclass(frozen=True)
class Tally:
    """How many distinct numbers a model's parameters are.

    total, trainable: distinct numbers; those that receive gradients. What an optimiser would get,
        and what quantised layers keep packed besides.
    tied: groups of names, one group for each set of parameters that are the same numbers. A module
        that stands in the model several times is there under its first name.
    without_size: names of lazy parameters that get their size from the first input. They are not
        in the total.
    packed: how many of the total are the packed weights of quantised layers, which no optimiser
        gets.
    memory: the bytes of all this and of the buffers; no part of what makes two tallies equal.
    """

    total: int
    trainable: int
    tied: tuple[tuple[str, ...], ...]
    without_size: tuple[str, ...]
    packed: int = 0
    memory: Memory = field(default=Memory(0, 0, 0), compare=False)

    @property
    def non_trainable(self) -> int:
        """Distinct numbers that training leaves as they are."""
        return self.total - self.trainable

    def testimony(self) -> Testimony:
        """What this witness says, for the cross-check."""
        if self.without_size:
            names = ", ".join(self.without_size)
            return Testimony("tally", None, f"only the first input gives a size to {names}")
        remark = "from the tensors, each stored number once"
        if self.packed:
            remark += ", the packed weights of quantised layers among them"
        return Testimony("tally", self.total, remark)


def tally(model: nn.Module) -> Tally:
    """Count a model's parameters, each stored number once, however many modules hold it."""
    first: dict[int, nn.Parameter] = {}  # a storage -> the first parameter found in it
    shared: dict[int, list[Held]] = {}
    buffers: list[Tensor] = []
    packed: list[Tensor] = []
    has_lazy = False
    total = trainable = taken = 0
    # no name is put together and no list made for a parameter that shares nothing: large models
    # have thousands of those
    for module in modules_of(model):
        for parameter in module._parameters.values():
            if parameter is None:
                continue
            if type(parameter) is not nn.Parameter and is_lazy(parameter):
                has_lazy = True
                continue
            storage = _storage(parameter)
            if storage in first:
                shared[storage] = []
                continue
            first[storage] = parameter
            numbers = distinct_numbers((parameter,))
            total += numbers
            taken += numbers * parameter.element_size()
            if parameter.requires_grad:
                trainable += numbers
        if module._buffers:
            buffers += [each for each in module._buffers.values() if each is not None]
        packed += packed_tensors(module).values()
    without_size: list[str] = []
    tied: list[tuple[str, ...]] = []
    for name, module in named_modules_of(model) if shared or has_lazy else ():
        for own, each in module._parameters.items():
            full = f"{name}.{own}".removeprefix(".")
            if each is not None and is_lazy(each):
                without_size.append(full)
            elif each is not None and (storage := _storage(each)) in shared:
                shared[storage].append((full, each))
    for holders in shared.values():
        everyone = [each for _, each in holders]
        trained = [each for each in everyone if each.requires_grad]
        # the first of them was counted above, as if it were alone
        more = distinct_numbers(everyone) - distinct_numbers(everyone[:1])
        total += more
        taken += more * everyone[0].element_size()
        trainable += distinct_numbers(trained)
        trainable -= distinct_numbers([each for each in everyone[:1] if each.requires_grad])
        tied += _same_numbers(holders)
    in_quantised = sum(each.numel() for each in packed)
    taken += sum(each.numel() * each.element_size() for each in packed)
    return Tally(
        total + in_quantised,
        trainable,
        tuple(tied),
        tuple(without_size),
        in_quantised,
        Memory(taken, *_beside(first, shared, buffers)),
    )


def _beside(
    first: Mapping[int, Tensor], shared: Mapping[int, list[Held]], buffers: Iterable[Tensor]
) -> tuple[int, int]:
    """The bytes and the numbers of the buffers, besides what is in the parameters already."""
    by_storage: dict[int, list[Tensor]] = {}
    for each in buffers:
        if not is_lazy(each):
            by_storage.setdefault(_storage(each), []).append(each)
    taken = elements = 0
    for storage, views in by_storage.items():
        held: list[Tensor] = [each for _, each in shared.get(storage, ())]
        if not held and storage in first:
            held = [first[storage]]
        numbers = distinct_numbers([*held, *views]) - distinct_numbers(held)
        taken += numbers * views[0].element_size()
        elements += numbers
    return taken, elements


Held = tuple[str, nn.Parameter]
"""A parameter, and its full name."""


def _storage(tensor: Tensor) -> int:
    try:
        # not the data pointer, which is 0 for every tensor on the meta device
        storage: int = tensor.untyped_storage()._cdata
    except NotImplementedError:  # a sparse tensor has no storage of its own to share
        return id(tensor)
    return storage


def distinct_numbers(tensors: Sequence[Tensor]) -> int:
    """How many stored numbers these tensors, all views of one storage, read between them."""
    if not tensors:
        return 0
    first = tensors[0]
    # a sparse tensor stores something else than its elements, and shares nothing but itself
    if first.layout is not torch.strided or (len(tensors) == 1 and first.is_contiguous()):
        return first.numel()
    different = list({_region(each): each for each in tensors}.values())
    if len(different) == 1:
        alone = _read_once(different[0])
        if alone is not None:
            return alone
    if all(map(_is_gapless, different)):
        starts = [int(each.storage_offset()) for each in different]
        return _covered(
            (start, start + each.numel()) for start, each in zip(starts, different, strict=True)
        )
    # views with gaps or repeats: look at every place that they read
    places = [_places(each) for each in different]
    return len(set(torch.cat(places).tolist()))


def _region(tensor: Tensor) -> tuple[int, tuple[int, ...], tuple[int, ...]]:
    if tensor.layout is not torch.strided:
        return 0, tuple(tensor.shape), ()
    return int(tensor.storage_offset()), tuple(tensor.shape), tuple(tensor.stride())


def _read_once(tensor: Tensor) -> int | None:
    """How many places one view reads; None where its steps overlap, so that one has to look."""
    reach = places = 1
    # from the innermost dimension outwards, each step has to go past all that is within it
    for stride, size in sorted(zip(tensor.stride(), tensor.shape, strict=True)):
        if size == 0:
            return 0
        if size > 1 and stride:
            if stride < reach:
                return None
            reach += stride * (size - 1)
            places *= size
    return places


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


def _same_numbers(holders: list[Held]) -> list[tuple[str, ...]]:
    by_region: dict[object, list[str]] = {}
    for name, parameter in holders:
        by_region.setdefault(_region(parameter), []).append(name)
    return [tuple(names) for names in by_region.values() if len(names) > 1]
