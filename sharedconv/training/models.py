"""Networks that differ in sharing alone, and those of the MNIST-1D paper.

Source of the latter: github.com/greydanus/mnist1d, notebooks/models.py: its ConvBase is "shared" on
MNIST-1D here, LinearBase "logistic", MLPBase "mlp 100" (with the hidden_size of its settings, 256,
"mlp 256"), GRUBase "gru".
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import torch
from torch import Tensor, nn

from ..layers import LocalConv, SharedConv
from ..witnesses import count_of

CLASSES = 10
MATCHED_WITHIN = 0.01
"""How far, at most, a matched number of parameters is from the one it is matched to: 1%."""


@dataclass(frozen=True)
class Stage:
    """One convolution: its kernel's size, its stride and padding; times × width filters."""

    kernel_size: int
    stride: int
    padding: int
    times: int = 1

    def outputs(self, size: tuple[int, ...]) -> tuple[int, ...]:
        """How many places it has along each dimension, on an image of this size."""
        wide = self.kernel_size - 2 * self.padding
        return tuple((n - wide) // self.stride + 1 for n in size)


@dataclass(frozen=True)
class Plan:
    """An architecture before it is said what is shared: the image's size, stages, usual width."""

    size: tuple[int, ...]
    stages: tuple[Stage, ...]
    width: int


PLANS = {
    "MNIST-1D": Plan((40,), (Stage(5, 2, 1), Stage(3, 2, 1), Stage(3, 2, 1)), width=25),
    "digits": Plan((16, 16), (Stage(5, 1, 2), Stage(3, 1, 1, times=2)), width=5),
    "digits, stride 2": Plan((16, 16), (Stage(5, 2, 2), Stage(3, 1, 1, times=2)), width=5),
}


def network(
    plan: Plan,
    way: str,
    width: Fraction | int | None = None,
    head: str = "flatten",
    device: torch.device | str | None = None,
) -> nn.Sequential:
    """The plan's network, with ReLU behind each stage.

    Args:
        plan: what it looks like.
        way: "shared" for one kernel at all places, "unshared" for one at each place, "dense" for
            a weight from each input to each output; in all three a stage has as many outputs.
        width: the filters of a stage are its `times` × width. A dense network has no filters, only
            outputs (filters × places), so its width may be a fraction. None for the plan's.
        head: "flatten" gives the last layer a weight for each filter and place; "max" takes each
            filter's largest output over all places before, so that places no longer matter. What
            is dense has no places left, so it always ends as with "flatten".
        device: as in `torch.nn`.

    Shapes: input `(N, 1, *plan.size)`, output `(N, 10)`.

    Raises ValueError for another way or head.
    """
    if way not in ("shared", "unshared", "dense") or head not in ("flatten", "max"):
        raise ValueError(
            f"there is no network that is {way!r} and ends with {head!r}; it can be shared, "
            "unshared or dense, and end with flatten or max"
        )
    width = plan.width if width is None else width
    ndim, size, channels = len(plan.size), plan.size, 1
    layers: list[nn.Module] = [nn.Flatten()] if way == "dense" else []
    features = math.prod(size)
    for stage in plan.stages:
        places = stage.outputs(size)
        outputs = round(stage.times * width * math.prod(places))
        filters = int(stage.times * width)
        sizes = (ndim, channels, filters, stage.kernel_size)
        if way == "dense":
            layers.append(nn.Linear(features, outputs, device=device))
        elif way == "shared":
            layers.append(SharedConv(*sizes, stage.stride, stage.padding, device=device))
        else:
            layers.append(LocalConv(*sizes, size, stage.stride, stage.padding, device=device))
        layers.append(nn.ReLU())
        features, size, channels = outputs, places, filters
    if way != "dense":
        if head == "max":
            pool = nn.AdaptiveMaxPool1d if ndim == 1 else nn.AdaptiveMaxPool2d
            layers.append(pool(1))
            features = channels
        layers.append(nn.Flatten())
    return nn.Sequential(*layers, nn.Linear(features, CLASSES, device=device))


def width_with(plan: Plan, way: str, head: str, parameters: int) -> Fraction:
    """The width at which the network has this many parameters, as nearly as it can.

    The parameters are counted by the rule, from the hyperparameters. Raises ValueError where no
    width comes within `MATCHED_WITHIN`.
    """
    steps = math.prod(plan.stages[0].outputs(plan.size)) if way == "dense" else 1

    def count(step: int) -> int:
        on_paper = network(plan, way, Fraction(step, steps), head, device="meta")
        return count_of(on_paper).total

    above = bisect_left(range(1, parameters), parameters, key=count) + 1
    found = min({max(1, above - 1), above}, key=lambda step: abs(count(step) - parameters))
    if abs(count(found) - parameters) > MATCHED_WITHIN * parameters:
        raise ValueError(
            f"no width gives the {way} network {parameters:,} parameters; the nearest has "
            f"{count(found):,}"
        )
    return Fraction(found, steps)


class Residual(nn.Sequential):
    """What its layers make of the input, added to the input: `(N, *)` to the same shape."""

    def forward(self, input: Tensor) -> Tensor:
        """``input + layers(input)``."""
        added: Tensor = super().forward(input)  # type: ignore[no-untyped-call]
        return input + added


class Reader(nn.Module):
    """A GRU that reads a sequence in both directions, and a linear layer on all it said.

    Shapes: input `(N, 1, length)`, output `(N, 10)`.
    """

    def __init__(
        self, length: int, units: int = 6, device: torch.device | str | None = None
    ) -> None:
        super().__init__()
        self.gru = nn.GRU(1, units, batch_first=True, bidirectional=True, device=device)
        self.linear = nn.Linear(2 * units * length, CLASSES, device=device)

    def forward(self, input: Tensor) -> Tensor:
        """A score for each class."""
        said, _ = self.gru(input.transpose(1, 2))
        scores: Tensor = self.linear(said.flatten(1))
        return scores


def _logistic(features: int, device: torch.device | str | None) -> nn.Module:
    return nn.Sequential(nn.Flatten(), nn.Linear(features, CLASSES, device=device))


def _mlp(units: int) -> Callable[[int, torch.device | str | None], nn.Module]:
    def make(features: int, device: torch.device | str | None) -> nn.Module:
        second = nn.Linear(units, units, device=device)
        return nn.Sequential(
            *(nn.Flatten(), nn.Linear(features, units, device=device), nn.ReLU()),
            *(Residual(second, nn.ReLU()), nn.Linear(units, CLASSES, device=device)),
        )

    return make


OTHERS: dict[str, Callable[[int, torch.device | str | None], nn.Module]] = {
    "logistic": _logistic,
    "mlp 100": _mlp(100),
    "mlp 256": _mlp(256),
    "gru": lambda features, device: Reader(features, device=device),
}
MODELS: Sequence[str] = ("shared", "unshared", "dense", "shared, stride 2", *OTHERS)


def build(
    model: str,
    images: str,
    head: str = "flatten",
    matched: bool = False,
    device: torch.device | str | None = None,
) -> nn.Module:
    """A model for "MNIST-1D" or the "digits".

    Args:
        model: one of `MODELS`.
        images: what it is for.
        head: as in `network`.
        matched: whether it has as many parameters as the unshared network of the usual width;
            otherwise it has the usual width itself.
        device: as in `torch.nn`.

    Raises ValueError for another model, or where no width matches.
    """
    if model not in MODELS:
        raise ValueError(f"there is no model {model!r}; the models are: {', '.join(MODELS)}")
    if model in OTHERS:
        return OTHERS[model](math.prod(PLANS[images].size), device)
    way, _, change = model.partition(", ")
    plan = PLANS[f"{images}, {change}" if change else images]
    width = None
    if matched:
        unshared = count_of(network(plan, "unshared", head=head, device="meta")).total
        width = width_with(plan, way, head, unshared)
    return network(plan, way, width, head, device)
