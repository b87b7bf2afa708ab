"""One loop for all: the training of the MNIST-1D paper, on one process or on several.

Source: github.com/greydanus/mnist1d, notebooks/train.py: Adam with a rate of 0.01 and no decay,
batches of 100 taken in turn from examples that are never shuffled anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from .data import Data
from .machine import ONE_CPU, Machine


class Training:
    """A model that is learning. Everything that comes next follows from `state()`.

    Args:
        model: gives a score for each class.
        data: what it learns from and is tested on; taken to the model's type of numbers.
        machine: where. With several processes each takes its part of every batch, and what they
            learn is what one would have learnt from all of it.
        batch: examples for each step, of all processes together.
        rate: Adam's learning rate.
    """

    def __init__(
        self,
        model: nn.Module,
        data: Data,
        machine: Machine = ONE_CPU,
        *,
        batch: int = 100,
        rate: float = 1e-2,
    ) -> None:
        self.machine = machine
        device = machine.device
        self.model = model.to(device)
        dtype = next(model.parameters()).dtype
        images, labels = (data.x, data.x_test), (data.y, data.y_test)
        self.x, self.x_test = (each.to(device, dtype) for each in images)
        self.y, self.y_test = (each.to(device) for each in labels)
        self.batch = batch
        self.optimizer = torch.optim.Adam(model.parameters(), rate)
        self.step = 0
        self._called: nn.Module = self.model
        if machine.processes > 1:
            self._called = DistributedDataParallel(self.model)
        if machine.compiled:
            torch.compiler.reset()  # or it would soon have too many models to remember
            self._called = torch.compile(self._called)  # type: ignore[assignment]

    def advance(self) -> None:
        """One step: a batch, its gradients, and what Adam makes of them."""
        machine = self.machine
        batch = torch.arange(self.step * self.batch, (self.step + 1) * self.batch) % len(self.x)
        mine = batch[machine.rank :: machine.processes].to(machine.device)
        with self._numbers():
            scores = self._called(self.x[mine])
            loss = nn.functional.cross_entropy(scores, self.y[mine], reduction="sum")
        self.optimizer.zero_grad()
        # the mean over the whole batch, since gradients come as the mean over the processes
        mean = loss * machine.processes / self.batch
        mean.backward()  # type: ignore[no-untyped-call]
        self.optimizer.step()
        self.step += 1

    def accuracy(self, x: Tensor, y: Tensor) -> float:
        """Of how many percent the digit has the highest score."""
        right = 0
        with torch.no_grad(), self._numbers():
            for start in range(0, len(x), self.batch):
                part = slice(start, start + self.batch)
                right += int((self.model(x[part]).argmax(1) == y[part]).sum())
        return 100 * right / len(y)

    def state(self) -> dict[str, Any]:
        """All that the next steps depend on besides the data. Nothing in them is drawn by lot."""
        return {
            "step": self.step,
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a `state()`."""
        self.step = state["step"]
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])

    def _numbers(self) -> torch.autocast:
        machine = self.machine
        return torch.autocast(
            machine.device.type, machine.autocast, enabled=machine.autocast is not None
        )


@contextmanager
def one_thread() -> Iterator[None]:
    """Compute on one core meanwhile.

    These networks are so small that a second core costs more than it brings, on a busy machine
    many times more; and sums come out alike on a machine with any number of cores.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@one_thread()
def fit(
    model: nn.Module, data: Data, steps: int, machine: Machine = ONE_CPU, batch: int = 100
) -> float:
    """Train a model, and give its accuracy in percent on the examples that it hasn't seen.

    Args: as for `Training`; the model is changed.
    """
    training = Training(model, data, machine, batch=batch)
    for _ in range(steps):
        training.advance()
    return training.accuracy(training.x_test, training.y_test)
