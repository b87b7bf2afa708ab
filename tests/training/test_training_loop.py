"""The loop: the steps of the paper's own loop, and nothing that depends on where it was stopped."""

import copy
import shutil
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings, strategies as st
from torch import nn

from sharedconv.training import Data, Machine, Run, Training, build, carry_out, fit, load
from sharedconv.training.machine import ONE_CPU
from sharedconv.training.saving import keep, kept

SHORT = Run("in order", "unshared", examples=250, seed=3, steps=40)


def test_it_takes_the_steps_of_the_paper_s_loop() -> None:
    """Batches in turn, Adam with 0.01: written here once more, as the authors' train.py does it."""
    data = load("in order", 450, seed=1)
    ours = build("shared", "MNIST-1D").double()
    theirs = copy.deepcopy(ours)
    optimizer = torch.optim.Adam(theirs.parameters(), 1e-2, weight_decay=0)
    x, twice = data.x.double().repeat(2, 1, 1), data.y.repeat(2)
    training = Training(ours, data)
    for step in range(20):
        training.advance()
        start = step * 100 % len(data.x)
        scores = theirs(x[start : start + 100])
        nn.functional.cross_entropy(scores, twice[start : start + 100]).backward()
        optimizer.step()
        optimizer.zero_grad()
    for mine, given_ in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(mine, given_)


@given(tests=st.integers(1, 30), batch=st.integers(1, 40), seed=st.integers(0, 1000))
def test_accuracy_is_the_share_of_right_answers(tests: int, batch: int, seed: int) -> None:
    random = torch.Generator().manual_seed(seed)
    x = torch.randn(tests, 1, 40, generator=random)
    y = torch.randint(10, (tests,), generator=random)
    training = Training(build("logistic", "MNIST-1D"), Data(x, y, x, y), batch=batch)
    right = sum(int(training.model(x[n : n + 1]).flatten().argmax() == y[n]) for n in range(tests))
    assert training.accuracy(x, y) == 100 * right / tests


def test_fit_learns() -> None:
    data = load("centred", 200)
    model = build("shared", "digits", "max")
    before = fit(copy.deepcopy(model), data, steps=0)
    assert before < 35
    assert fit(model, data, steps=80) > 60


@given(stops=st.sets(st.integers(1, 39), max_size=4), every=st.sampled_from([1, 7]))
@settings(max_examples=8)
def test_stopped_anywhere_it_ends_as_if_it_had_never_stopped(
    tmp_path_factory: pytest.TempPathFactory, stops: set[int], every: int
) -> None:
    folder = tmp_path_factory.mktemp("stops")
    checkpoint = folder / "checkpoint.pt"

    class Stopped(Exception):
        pass

    for stop in sorted(stops):

        def at(step: int, stop: int = stop) -> None:
            if step == stop:
                raise Stopped

        with pytest.raises(Stopped):
            carry_out(SHORT, checkpoint=checkpoint, every=every, advanced=at)
    seen: list[int] = []
    ended = carry_out(SHORT, checkpoint=checkpoint, every=every, advanced=seen.append)
    assert seen[0] == max(stops, default=0) // every * every, "it went on from its last saving"
    last = kept(checkpoint, SHORT)
    assert ended == carry_out(SHORT, checkpoint=folder / "other.pt", every=every)
    uninterrupted = kept(folder / "other.pt", SHORT)
    assert last is not None
    assert uninterrupted is not None
    assert last["step"] == uninterrupted["step"] == 40 // every * every
    for name, weights in uninterrupted["model"].items():
        assert torch.equal(last["model"][name], weights), "to the last digit"


def test_another_run_s_checkpoint_or_a_damaged_one_is_not_taken(tmp_path: Path) -> None:
    here, there = tmp_path / "here.pt", tmp_path / "there.pt"
    keep(here, SHORT, {"step": 7})
    assert kept(here, SHORT) == {"step": 7}
    assert kept(here, Run("in order", "unshared", examples=250, seed=4, steps=40)) is None
    assert kept(there, SHORT) is None
    for damaged in (b"", b"nonsense", here.read_bytes()[:-80]):
        there.write_bytes(damaged)
        assert kept(there, SHORT) is None
    shutil.copy(here, there)
    assert kept(there, SHORT) == {"step": 7}


def test_it_multiplies_in_bfloat16_and_keeps_its_weights_in_float32() -> None:
    types: set[torch.dtype] = set()
    model = build("shared", "MNIST-1D")
    model[0].register_forward_hook(lambda *given_: types.add(given_[2].dtype))
    machine = Machine(torch.device("cpu"), autocast=torch.bfloat16)
    accuracy = fit(model, load("in order"), 150, machine)
    assert types == {torch.bfloat16}
    assert {each.dtype for each in model.parameters()} == {torch.float32}
    assert accuracy > 55
    assert machine.name == "cpu bfloat16"
    assert ONE_CPU.name == "cpu"


@pytest.mark.slow
@pytest.mark.skipif(
    shutil.which("g++") is None, reason="torch.compile needs a compiler for the CPU"
)
@pytest.mark.parametrize("way", ["shared", "unshared"])
def test_compiled_it_learns_the_same(way: str) -> None:
    data = load("in order", 200)
    model = build(way, "MNIST-1D").double()
    compiled = copy.deepcopy(model)
    fit(model, data, 10)
    fit(compiled, data, 10, Machine(torch.device("cpu"), compiled=True))
    for mine, plain in zip(compiled.parameters(), model.parameters(), strict=True):
        torch.testing.assert_close(mine, plain, rtol=1e-6, atol=1e-8)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device here")
@pytest.mark.parametrize("model", ["shared", "unshared", "dense"])
def test_on_a_card_it_learns_in_bfloat16_compiled(model: str) -> None:
    machine = Machine.of(torch.device("cuda"))
    result = carry_out(Run("in order", model, steps=300), machine)
    assert result.device.startswith("cuda")
    assert result.test_accuracy > 50
