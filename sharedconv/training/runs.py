"""The table: which runs there are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

STEPS_OF_THE_PAPER = 6000
QUICK_STEPS = {"MNIST-1D": 500, "digits": 150}
"""A step on the digits, which are images, is five times the work of one on a row of numbers."""
STEPS_OF_FEW = 1000
"""Fewer examples are known by heart sooner."""
STEPS_OF_DIGITS = 600
STEPS_OF_LARGE = 200
"""Sharing saves parameters and no work: with as many of them, it is thirty times the work."""
SHARING = (
    ("shared", "width"),
    ("unshared", "width"),
    ("dense", "width"),
    ("shared", "parameters"),
    ("dense", "parameters"),
)
"""The models that differ in sharing alone. Parameters are matched to those of the unshared one."""


@dataclass(frozen=True, order=True)
class Run:
    """One training: everything that decides how it ends, on the same kind of machine.

    task, examples, seed: as `load` takes them; the seed draws the first weights as well.
    model, head: as `build` takes them.
    matched: "width", "parameters" for as many as the unshared network has, or "paper" for a model
        that is as it is there.
    steps, batch: how long it learns, and from how many examples at a time.
    """

    task: str
    model: str
    head: str = "flatten"
    matched: str = "width"
    examples: int = 4000
    seed: int = 0
    steps: int = STEPS_OF_THE_PAPER
    batch: int = 100

    @property
    def images(self) -> str:
        """What is to be recognised: "MNIST-1D" or "digits"."""
        return "MNIST-1D" if self.task in ("in order", "shuffled") else "digits"

    @property
    def name(self) -> str:
        """All of it in words, for people, and for ``--only``."""
        return (
            f"{self.images} {self.task}, {self.model}, matched {self.matched}, {self.head} head, "
            f"{self.examples} examples, seed {self.seed}"
        )


def table(seeds: int = 3, quick: bool = False, batch: int = 100) -> list[Run]:
    """All runs, one seed after the other.

    quick: what a class can wait for. Fewer steps, and left out are what takes longest (the GRU, and
        on the digits as many parameters as the unshared network has) and the middle one of the
        three sizes of the training set.
    """
    runs = [
        replace(run, seed=seed, batch=batch)
        for seed in range(seeds)
        for run in (*_mnist1d(), *_digits())
    ]
    if not quick:
        return runs
    return [
        replace(run, steps=min(run.steps, QUICK_STEPS[run.images]))
        for run in runs
        if run.model != "gru"
        and run.examples != 1000
        and (run.images, run.matched) != ("digits", "parameters")
    ]


def _mnist1d() -> Iterator[Run]:
    for task in ("in order", "shuffled"):
        for examples in (250, 1000, 4000):
            steps = STEPS_OF_THE_PAPER if examples == 4000 else STEPS_OF_FEW
            for model, matched in SHARING:
                yield Run(task, model, matched=matched, examples=examples, steps=steps)
        for model in ("logistic", "mlp 100", "mlp 256", "gru"):
            yield Run(task, model, matched="paper")


def _digits() -> Iterator[Run]:
    usual = Run("placed", "shared", "max", examples=1200, steps=STEPS_OF_DIGITS)
    for task in ("placed", "placed 10 times", "centred"):
        for head in ("max", "flatten"):
            yield replace(usual, task=task, head=head)
            yield replace(usual, task=task, head=head, model="unshared")
        yield replace(usual, task=task, head="flatten", model="dense")
    large = replace(usual, matched="parameters", steps=STEPS_OF_LARGE)
    yield large
    yield replace(large, head="flatten", model="dense")
    yield replace(usual, task="centred", model="shared, stride 2")
