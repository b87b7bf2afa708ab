"""One run of the table, from its first step or from where it was stopped, to its result."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch

from ..layers.memory import out_of_memory
from .data import Data, load
from .loop import Training, one_thread
from .machine import ONE_CPU, Machine
from .models import build
from .runs import Run
from .saving import Result, keep, kept


@one_thread()
def carry_out(
    run: Run,
    machine: Machine = ONE_CPU,
    checkpoint: Path | None = None,
    every: int = 500,
    advanced: Callable[[int], None] | None = None,
) -> Result:
    """Train the run's model to its last step, and test it.

    Args:
        run: what to train, on what.
        machine: where; every process of several calls this.
        checkpoint: a file to write down in, after so many steps as `every` says, where the run
            stands. Where it is there already, and of this run, the run goes on from it, and ends
            with the same figures as if it had never stopped.
        advanced: told how many steps have been taken, before the first, too, and after each.

    Raises MemoryError, in one sentence that says what would fit, where the memory runs out.
    """
    data = load(run.task, run.examples, run.seed)
    try:
        return _train(run, data, machine, checkpoint, every, advanced)
    except (RuntimeError, MemoryError) as problem:
        if not _ran_out(problem):
            raise
    # only now is free again what the training held
    raise MemoryError(_what_fits(run, data, machine))


def _train(
    run: Run,
    data: Data,
    machine: Machine,
    checkpoint: Path | None,
    every: int,
    advanced: Callable[[int], None] | None,
) -> Result:
    training = _begin(run, data, machine, run.batch)
    state = kept(checkpoint, run) if checkpoint is not None and machine.rank == 0 else None
    state = machine.agree(state)
    if state is not None:
        training.restore(state)
    while True:
        if advanced is not None:
            advanced(training.step)
        if training.step >= run.steps:
            break
        training.advance()
        if checkpoint is not None and machine.rank == 0 and training.step % every == 0:
            keep(checkpoint, run, training.state())
    return Result(
        sum(each.numel() for each in training.model.parameters()),
        training.accuracy(training.x, training.y),
        training.accuracy(training.x_test, training.y_test),
        machine.name,
    )


def _begin(run: Run, data: Data, machine: Machine, batch: int) -> Training:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(run.seed)
        model = build(run.model, run.images, run.head, run.matched == "parameters")
    return Training(model, data, machine, batch=batch)


def _ran_out(problem: RuntimeError | MemoryError) -> bool:
    return isinstance(problem, MemoryError) or out_of_memory("the run", problem) is not None


def _what_fits(run: Run, data: Data, machine: Machine) -> str:
    alone = Machine(machine.device, autocast=machine.autocast)
    share = -(-run.batch // machine.processes)
    while share > 1:
        share //= 2
        try:
            _begin(run, data, alone, share).advance()
        except (RuntimeError, MemoryError) as problem:
            if not _ran_out(problem):
                raise
        else:
            return (
                f"the memory of {machine.device} ran out in the run {run.name!r} with a batch of "
                f"{run.batch:,}; --batch {share * machine.processes} fits"
            )
    return (
        f"the memory of {machine.device} doesn't hold the run {run.name!r}, not even with one "
        "example at a time; leave it out with --only, or use another --device"
    )
