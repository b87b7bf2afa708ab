"""The data, made on the spot: nothing is downloaded, and the same seed gives the same numbers.

Sources: MNIST-1D is Greydanus and Kobak, "Scaling down deep learning with MNIST-1D" (2020,
arXiv 2011.14439), made by the authors' own package; the digits are scikit-learn's, 1,797 images of
8×8 pixels that come with it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import NamedTuple

import torch
from torch import Tensor

TASKS = {
    "in order": "MNIST-1D as it is",
    "shuffled": "MNIST-1D, its 40 positions shuffled, all examples alike",
    "placed": "digits, each at one place of a 16×16 canvas",
    "placed 10 times": "digits, each at ten places of the canvas",
    "centred": "digits, trained in the middle of the canvas and tested anywhere on it",
}
"""The tasks, and what each is."""

SEED_OF_THE_PAPER = 42
CANVAS = 16
DIGITS_TO_TEST = 597
PLACES_TO_TEST = 3
"""At how many places of the canvas each of the digits to test stands."""


class Data(NamedTuple):
    """Examples to learn from, and others to be tested on.

    x, x_test: float32, `(N, 1, 40)` or `(N, 1, 16, 16)`.
    y, y_test: the digit of each, int64, `(N,)`.
    """

    x: Tensor
    y: Tensor
    x_test: Tensor
    y_test: Tensor


def load(task: str, examples: int | None = None, seed: int = 0) -> Data:
    """The data of a task.

    Args:
        task: one of `TASKS`.
        examples: how many to learn from; None for all. The digits to test are always all of them.
        seed: draws which examples are taken and in which order, how the positions are shuffled,
            and at which places the digits stand that are learnt from.

    Raises ValueError for another task, or for more examples than there are.
    """
    if task not in TASKS:
        raise ValueError(f"there is no task {task!r}; the tasks are: {', '.join(TASKS)}")
    draw = torch.Generator().manual_seed(seed)
    whole = _mnist1d() if task in ("in order", "shuffled") else _digits()
    count = len(whole.x) if examples is None else examples
    if not 1 <= count <= len(whole.x):
        raise ValueError(
            f"examples is {count}, and {task!r} has {len(whole.x):,} to learn from; take 1 to "
            f"{len(whole.x):,}"
        )
    taken = torch.randperm(len(whole.x), generator=draw)[:count]
    data = whole._replace(x=whole.x[taken], y=whole.y[taken])
    if task == "shuffled":
        positions = torch.randperm(data.x.shape[-1], generator=draw)
        return data._replace(x=data.x[..., positions], x_test=data.x_test[..., positions])
    if task == "in order":
        return data
    if task == "centred":
        middle = (CANVAS - data.x.shape[-1]) // 2
        return data._replace(x=_place(data.x, torch.full((count, 2), middle)))
    times = 10 if task == "placed 10 times" else 1
    return data._replace(x=_anywhere(data.x, times, draw), y=data.y.repeat(times))


@cache
def _mnist1d() -> Data:
    from mnist1d.data import get_dataset_args, make_dataset

    with _random_numbers_left_alone():  # the package seeds them for the whole program
        made = make_dataset(get_dataset_args())
    x, x_test = (torch.tensor(made[name]).float().unsqueeze(1) for name in ("x", "x_test"))
    y, y_test = (torch.tensor(made[name]).long() for name in ("y", "y_test"))
    return Data(x, y, x_test, y_test)


@contextmanager
def _random_numbers_left_alone() -> Iterator[None]:
    import numpy

    before, before_numpy = random.getstate(), numpy.random.get_state()
    try:
        yield
    finally:
        random.setstate(before)
        numpy.random.set_state(before_numpy)


@cache
def _digits() -> Data:
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    draw = torch.Generator().manual_seed(SEED_OF_THE_PAPER)
    order = torch.randperm(len(labels), generator=draw)
    x = torch.tensor(images / 16).float().view(-1, 1, 8, 8)[order]  # pixels are 0 to 16
    y = torch.tensor(labels).long()[order]
    x_test = _anywhere(x[:DIGITS_TO_TEST], PLACES_TO_TEST, draw)
    y_test = y[:DIGITS_TO_TEST].repeat(PLACES_TO_TEST)
    return Data(x[DIGITS_TO_TEST:], y[DIGITS_TO_TEST:], x_test, y_test)


def _anywhere(x: Tensor, times: int, draw: torch.Generator) -> Tensor:
    """Each image `times` times, each time at a place of its own: `(N × times, 1, 16, 16)`."""
    room = CANVAS - x.shape[-1] + 1
    corners = torch.randint(room, (len(x) * times, 2), generator=draw)
    return _place(x.repeat(times, 1, 1, 1), corners)


def _place(x: Tensor, corners: Tensor) -> Tensor:
    canvas = x.new_zeros(len(x), 1, CANVAS, CANVAS)
    along = torch.arange(x.shape[-1])
    rows = corners[:, 0, None, None] + along[:, None]
    columns = corners[:, 1, None, None] + along
    canvas[torch.arange(len(x))[:, None, None], 0, rows, columns] = x[:, 0]
    return canvas
