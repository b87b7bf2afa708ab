"""The data: the authors' own numbers, the same on every run, and nothing fetched for it."""

import hashlib
import random
import socket
import subprocess
import sys

import numpy
import pytest
import torch
from hypothesis import given, settings, strategies as st
from mnist1d.data import get_dataset_args, make_dataset
from sklearn.datasets import load_digits

from sharedconv.training import TASKS, Data, data as module, load

every_task = pytest.mark.parametrize("task", TASKS)
FINGERPRINTS = """
import hashlib
from sharedconv.training import TASKS, load
for task in TASKS:
    digest = hashlib.sha256()
    for part in load(task, 300, seed=5):
        digest.update(part.numpy().tobytes())
    print(digest.hexdigest())
"""


def fingerprint(data: Data) -> str:
    digest = hashlib.sha256()
    for part in data:
        digest.update(part.numpy().tobytes())
    return digest.hexdigest()


def test_it_is_the_same_in_every_process() -> None:
    said = subprocess.run(
        [sys.executable, "-c", FINGERPRINTS], capture_output=True, encoding="utf-8", check=True
    )
    assert said.stdout.split() == [fingerprint(load(task, 300, seed=5)) for task in TASKS]
    assert not set(said.stdout.split()) & {fingerprint(load(task, 300, seed=6)) for task in TASKS}


@every_task
def test_its_shapes_and_types(task: str) -> None:
    data = load(task, 300)
    size = (40,) if task in ("in order", "shuffled") else (16, 16)
    learnt = 3000 if task == "placed 10 times" else 300
    assert data.x.shape == (learnt, 1, *size)
    assert data.x_test.shape == (len(data.y_test), 1, *size)
    assert data.y.shape == (learnt,)
    assert (data.x.dtype, data.y.dtype) == (torch.float32, torch.int64)
    assert set(data.y.tolist()) == set(data.y_test.tolist()) == set(range(10))


def test_mnist_1d_is_what_its_authors_package_makes() -> None:
    theirs = make_dataset(get_dataset_args())
    ours = load("in order")
    numpy.testing.assert_array_equal(ours.x_test[:, 0], theirs["x_test"].astype(numpy.float32))
    numpy.testing.assert_array_equal(ours.y_test, theirs["y_test"])
    # to learn from: the same 4,000, in an order drawn with the seed
    mine = sorted(zip(ours.x[:, 0].tolist(), ours.y.tolist(), strict=True))
    given = theirs["x"].astype(numpy.float32).tolist()
    assert mine == sorted(zip(given, theirs["y"].tolist(), strict=True))


def test_nothing_is_fetched_and_nobody_s_random_numbers_are_touched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("it wants to fetch something")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    for made in (module._mnist1d, module._digits):
        made.cache_clear()
    before = random.getstate(), numpy.random.get_state()[1].tolist(), torch.get_rng_state()
    for task in TASKS:
        load(task)
    assert random.getstate() == before[0]
    assert numpy.random.get_state()[1].tolist() == before[1]
    assert torch.equal(torch.get_rng_state(), before[2])


@given(seed=st.integers(0, 1000), examples=st.integers(50, 400))
@settings(max_examples=10)
def test_shuffled_is_in_order_with_one_permutation_of_positions(seed: int, examples: int) -> None:
    order, shuffled = load("in order", examples, seed), load("shuffled", examples, seed)
    columns = {tuple(order.x[:, 0, place].tolist()): place for place in range(40)}
    moved = [columns[tuple(shuffled.x[:, 0, place].tolist())] for place in range(40)]
    assert sorted(moved) == list(range(40))
    assert moved != list(range(40))
    assert torch.equal(shuffled.x_test, order.x_test[..., moved])
    assert torch.equal(shuffled.y, order.y)


def crops(canvases: torch.Tensor, images: set[tuple[float, ...]]) -> list[tuple[int, int]]:
    """The corner at which each canvas has one of the images, all else being empty."""
    corners = []
    for canvas in canvases[:, 0]:
        (corner,) = {
            (row, column)
            for row in range(9)
            for column in range(9)
            if tuple(canvas[row : row + 8, column : column + 8].flatten().tolist()) in images
            and canvas[row : row + 8, column : column + 8].sum() == canvas.sum()
        }
        corners.append(corner)
    return corners


def test_digits_stand_where_they_should_and_nobody_is_tested_on_what_was_learnt() -> None:
    images, labels = load_digits(return_X_y=True)
    all_images = {tuple(each) for each in (images / 16).astype(numpy.float32).tolist()}
    centred, placed = load("centred", 60), load("placed", 60)
    assert set(crops(centred.x, all_images)) == {(4, 4)}
    assert len(set(crops(placed.x, all_images))) > 30
    assert torch.equal(centred.x_test, placed.x_test)
    tested = load("placed").x_test
    assert len(set(crops(tested[:400], all_images))) > 75, "of 81 places"

    def ink(canvases: torch.Tensor) -> set[tuple[float, ...]]:
        return {tuple(each[each > 0].tolist()) for each in canvases}

    everything = load("placed")
    assert not ink(everything.x) & ink(everything.x_test)
    assert len(everything.x) + len(everything.x_test) / 3 == len(labels)


def test_ten_places_are_ten_of_each() -> None:
    once, ten_times = load("placed", 40), load("placed 10 times", 40)
    sums = ten_times.x.sum((1, 2, 3)).view(10, 40)
    torch.testing.assert_close(sums, once.x.sum((1, 2, 3)).expand(10, 40))
    assert torch.equal(ten_times.y, once.y.repeat(10))
    first = ten_times.x.view(10, 40, 256)[:, 0]
    assert len({tuple(each.tolist()) for each in first}) > 7, "at places of their own"


@pytest.mark.parametrize(
    ("task", "examples", "words"),
    [
        ("sorted", None, "there is no task 'sorted'; the tasks are: in order, shuffled, placed"),
        ("in order", 0, "examples is 0, and 'in order' has 4,000 to learn from; take 1 to 4,000"),
        ("centred", 1201, "examples is 1201, and 'centred' has 1,200 to learn from"),
    ],
)
def test_what_there_is_not_is_refused(task: str, examples: int | None, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        load(task, examples)
