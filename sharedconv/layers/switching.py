"""Switching sharing off and on again: what may be asked for, and whether positions are alike."""

from __future__ import annotations

import inspect
import itertools
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

if TYPE_CHECKING:
    from .unshared import UnsharedConvLayer


def known_bias(bias: object) -> None:
    """Raise ValueError for what is no way to have a bias."""
    if not isinstance(bias, bool) and bias != "channel":
        raise ValueError(f"bias must be True, False or 'channel', not {bias!r}.")


def for_dimensions(cls: Any, ndim: int, options: dict[str, Any]) -> Any:
    """`cls(...)`, told the number of dimensions where its name doesn't say it."""
    open_ = "ndim" in inspect.signature(cls.__init__).parameters
    return cls(**options, **({"ndim": ndim} if open_ else {}))


def refuse_bad_tolerance(tolerance: object) -> None:
    """Raise TypeError for what is no number, ValueError for one below 0."""
    if isinstance(tolerance, bool) or not isinstance(tolerance, int | float):
        raise TypeError(f"tolerance must be a number of at least 0, not {tolerance!r}.")
    if not tolerance >= 0:  # nan is neither more nor less
        raise ValueError(f"tolerance must be a number of at least 0, not {tolerance!r}.")


def one_for_all(
    layer: UnsharedConvLayer,
    name: str,
    each: Tensor,
    positions: tuple[int, ...],
    tolerance: float,
) -> Tensor:
    """What stands for `each`, the same numbers at all positions; ValueError where they aren't."""
    if each[0].isnan().any():
        raise ValueError(
            f"the {name} at position {(0,) * layer.ndim} holds nan, which equals no number, so "
            "nobody can say whether the other positions are alike."
        )
    # where both are infinite, their difference is nan
    off = (each - each[0]).masked_fill_(each == each[0], 0).abs().flatten(1).amax(1)
    beyond = ~(off <= tolerance)
    if beyond.any():
        number = int(beyond.to(torch.uint8).argmax())
        position = [*itertools.product(*map(range, positions))][number]
        raise ValueError(
            f"the {name} at position {position} differs from the one at position "
            f"{(0,) * layer.ndim} by {float(off[number]):.3g}, more than the tolerance of "
            f"{tolerance:g}, so no {layer.shared_form.__name__} computes the same."
        )
    one = each.mean(0) if off.any() else each[0]
    # Strides of the unshared storage would send torch down another path, with other last bits.
    return one.clone(memory_format=torch.contiguous_format)
