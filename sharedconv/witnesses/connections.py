"""A network's connections, the word of the first papers, next to its units and its parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from torch import nn

from ..counting import Count
from ..counting.connections import connections as connections_of, units as units_of
from ..counting.count import number
from .forward import run
from .rule import kind_of, names_without_rule


@dataclass(frozen=True)
class Stage:
    """One named part of a network: ``H1``, ``conv1_1``, a block.

    connections: what its units are connected to, their biases included.
    parameters: the same with its sharing: each weight once, however many connections use it.
    """

    name: str
    units: int
    connections: Count
    parameters: Count


@dataclass(frozen=True)
class Connections:
    """A network's stages, and what they add up to. Printing it is its use.

    inputs: the numbers of one input, which the papers count among the units.
    """

    inputs: int
    stages: tuple[Stage, ...]

    @property
    def units(self) -> int:
        """Inputs and units of all stages."""
        return self.inputs + sum(each.units for each in self.stages)

    @property
    def connections(self) -> Count:
        """All connections: what the network would have to learn without sharing."""
        return sum((each.connections for each in self.stages), Count())

    @property
    def parameters(self) -> Count:
        """What it has to learn, with sharing."""
        return sum((each.parameters for each in self.stages), Count())

    def __getitem__(self, stage: str) -> Stage:
        for each in self.stages:
            if each.name == stage:
                return each
        raise KeyError(f"{stage!r} is no stage; {[each.name for each in self.stages]}")

    def as_json(self) -> dict[str, Any]:
        """The same as one object; its keys are a stable interface."""
        names = ("stage", "units", "connections", "parameters")
        rows = [dict(zip(names, row, strict=True)) for row in self._rows()]
        return {"inputs": self.inputs, "stages": rows[:-1], "total": rows[-1]}

    def __str__(self) -> str:
        table = [["", "units", "connections", "parameters"]]
        table += [[name, *map(number, sizes)] for name, *sizes in self._rows()]
        widths = [max(len(row[place]) for row in table) for place in range(4)]
        lines = [
            "   ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip()
            for row in table
        ]
        return "\n".join([*lines, "", self._sentence()])

    def _repr_markdown_(self) -> str:
        rows = [f"| {name} | {' | '.join(map(number, sizes))} |" for name, *sizes in self._rows()]
        head = ["| | units | connections | parameters |", "| --- | ---: | ---: | ---: |"]
        return "\n".join([*head, *rows, "", self._sentence()])

    def _rows(self) -> list[tuple[str, int, int, int]]:
        rows = [
            (each.name, each.units, each.connections.total, each.parameters.total)
            for each in self.stages
        ]
        return [*rows, ("all", self.units, self.connections.total, self.parameters.total)]

    def _sentence(self) -> str:
        inputs = f"The units include the {number(self.inputs)} inputs."
        fixed = self.connections.non_trainable.total
        if fixed:
            inputs += f" {number(fixed)} of the connections are fixed beforehand, not learned."
        shared, unshared = self.parameters.total, self.connections.trainable.total
        if shared == unshared:
            return f"{inputs} Nothing is shared: every connection has a weight of its own."
        return (
            f"{inputs} Without sharing, each connection would have a weight of its own: "
            f"{number(unshared)} to learn instead of {number(shared)}."
        )


def connections(model: nn.Module, input_size: Sequence[int | None]) -> Connections:
    """Count a network's connections, with its units and parameters, stage by stage.

    A stage is what stands directly in the model; what is in a stage is added up. A layer that is
    called twice has twice the connections, and its parameters once.

    model: any module whose layers have a rule; on any device, meta included.
    input_size: the shape of one input without the batch, channels first ``(C_in, H, W)``.

    Raises ValueError, in one sentence, where a layer has no rule, or the model can't take the
    input.
    """
    unknown = names_without_rule(model)
    if unknown:
        raise ValueError(
            f"there is no rule for {', '.join(unknown)}, so that the connections can't be counted"
        )
    found: dict[str, Stage] = {}
    seen: set[nn.Module] = set()
    for call in run(model, input_size).calls:
        kind = kind_of(call.module, call.input_shape)
        if kind is None:
            continue
        name = call.name.partition(".")[0]
        before = found.get(name, Stage(name, 0, Count(), Count()))
        made = connections_of(kind)
        found[name] = Stage(
            name,
            before.units + units_of(kind),
            before.connections + made,
            before.parameters + (Count() if call.module in seen else kind.count()),
        )
        seen.add(call.module)
    inputs = prod(size for size in input_size if size is not None)
    return Connections(inputs, tuple(each for each in found.values() if each.connections.terms))
