"""Lesson 12 trains, and says what came out: its order is that of the paper, turned round by a
shuffle. Each figure that it prints is measured in that run, so the same ones come out here.
"""

import re
import subprocess
from functools import cache

import pytest
import torch
from running import flat, on_a_pipe, on_a_terminal

from sharedconv import tally
from sharedconv.training import PLANS, fit, load, network


@cache
def lesson(*flags: str) -> str:
    """What it printed; it has to have run to its end."""
    done: subprocess.CompletedProcess[str] = on_a_pipe(12, *flags, "--device", "cpu")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "MAKE" in done.stdout
    return done.stdout


def accuracies(text: str) -> list[dict[str, float]]:
    """The tables in their order: in order, shuffled, digits."""
    rows = re.findall(r"^  (shared|unshared|dense) +([\d.]+)% right", text, re.MULTILINE)
    three, two = ["shared", "unshared", "dense"], ["shared", "unshared"]
    assert [name for name, _ in rows] == [*three, *three, *two]
    numbers = [(name, float(number)) for name, number in rows]
    return [dict(numbers[:3]), dict(numbers[3:6]), dict(numbers[6:])]


def test_sharing_is_first_in_order_and_last_when_positions_are_shuffled() -> None:
    text = lesson()
    in_order, shuffled, digits = accuracies(text)
    assert in_order["shared"] > in_order["unshared"] > in_order["dense"]
    assert "First shared, then unshared, then dense." in flat(text)
    assert shuffled["shared"] < min(shuffled["unshared"], shuffled["dense"])
    assert "Shared is last." in flat(text)
    assert digits["shared"] > 60
    assert digits["unshared"] < 30
    ahead = re.search(r"Shared is ahead by (\d+) points", flat(text))
    assert ahead
    assert int(ahead[1]) == pytest.approx(digits["shared"] - digits["unshared"], abs=0.6)


def test_its_counts_are_those_of_the_tensors() -> None:
    counts = dict(re.findall(r"^  (shared|unshared|dense) +([\d,]+)   first layer", lesson(), re.M))
    for way in ("shared", "unshared", "dense"):
        assert counts[way] == f"{tally(network(PLANS['MNIST-1D'], way)).total:,}"


def test_its_figures_are_measured() -> None:
    """Trained here again, one of them is the same to the last digit that it prints."""
    torch.manual_seed(5)
    model = network(PLANS["MNIST-1D"], "dense")
    here = fit(model, load("shuffled", 500, seed=5), 40)
    text = lesson("--seed", "5", "--steps", "40", "--examples", "500", "--head", "flatten")
    assert accuracies(text)[1]["dense"] == round(here, 1)
    assert "learn from 500 rows for 40 steps" in flat(text)
    assert "a weight for each place comes after it" in flat(text)
    # with a weight for each place, what was learnt in the middle helps nowhere else
    assert max(accuracies(text)[2].values()) < 35


def test_the_answers_of_a_learner() -> None:
    unshared = tally(network(PLANS["MNIST-1D"], "unshared")).total
    code, screen = on_a_terminal(
        *(12, "--device", "cpu", "--steps", "30", "--examples", "500"),
        answers=[str(unshared), "2", ""],
    )
    assert code == 0
    assert f"Yes, {unshared:,}." in flat(screen)
    assert "Which is last now?" in flat(screen)


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--steps", "0"], "steps is 0; it has to be a whole number of 1 or more"),
        (["--examples", "9000"], "has 4,000 to learn from; take 1 to 4,000"),
        (["--head", "mean"], "it can be shared, unshared or dense, and end with flatten or max"),
    ],
)
def test_a_flag_that_does_not_work_is_refused_in_a_line(flags: list[str], words: str) -> None:
    done = on_a_pipe(12, "--steps", "1", *flags, "--device", "cpu")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert words in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
