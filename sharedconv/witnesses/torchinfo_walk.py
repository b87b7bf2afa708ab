"""What torchinfo 1.8.0's way of walking through a model makes of its count, for the cross-check.

It sums up leaves (modules with nothing inside), and for every other module what is left of its
parameters when those of everything inside are taken away, but never less than 0.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import nn

from .walk import sized_parameters


@dataclass(frozen=True)
class Walked:
    """By how much its count differs from a sum over modules, each module taken once.

    masked: weights that pruning set to 0, which it leaves out.
    again: parameters of modules that stand inside several others, which it counts in each.
    lost: parameters on modules with something inside, which get lost behind what it counted twice.
    """

    masked: int
    again: int
    lost: int


def torchinfo_walk(model: nn.Module) -> Walked:
    """Go the same way as torchinfo, and see where it counts more or less than there is."""
    visits = _visits(model)
    again = lost = 0
    below: list[tuple[int, int]] = []  # depth, and what was counted from there down
    for depth, module, is_repeated in reversed(visits):
        inside = 0
        while below and below[-1][0] > depth:
            inside += below.pop()[1]
        counted = 0
        if not is_repeated:
            counted = _unmasked(module) - inside
            if any(module.children()):
                own = sum(_left_by_mask(module).values())
                again += max(0, counted - own)
                lost += max(0, own - max(0, counted))
        below.append((depth, inside + counted))
    masked = sum(
        sum(each.numel() for _, each in sized_parameters(module))
        - sum(_left_by_mask(module).values())
        for _, module, is_repeated in visits
        if not is_repeated
    )
    return Walked(masked, again, lost)


def _visits(model: nn.Module) -> list[tuple[int, nn.Module, bool]]:
    """Depth, module, and whether it was there before, parents first, once for each way to it."""
    found: list[tuple[int, nn.Module, bool]] = []
    seen: set[int] = set()
    waiting: list[tuple[int, nn.Module]] = [(0, model)]
    while waiting:
        depth, module = waiting.pop()
        found.append((depth, module, id(module) in seen))
        seen.add(id(module))
        children = [each for each in module._modules.values() if each is not None]
        waiting += [(depth + 1, each) for each in reversed(children)]
    return found


def _unmasked(module: nn.Module) -> int:
    """All parameters in and below a module, each once, without what is masked."""
    different: dict[int, int] = {}
    for each in module.modules():
        for parameter, left in _left_by_mask(each).items():
            different.setdefault(parameter, left)
    return sum(different.values())


def _left_by_mask(module: nn.Module) -> dict[int, int]:
    """The id of each of its own parameters -> how many of its numbers no pruning mask covers."""
    left: dict[int, int] = {}
    for name, parameter in sized_parameters(module):
        mask = module._buffers.get(f"{name.removesuffix('_orig')}_mask")
        if mask is None or not name.endswith("_orig"):
            left.setdefault(id(parameter), parameter.numel())
        else:
            left.setdefault(id(parameter), int(mask.sum()))
    return left
