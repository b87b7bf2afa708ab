"""Two processes that share each batch learn what one learns from all of it."""

from pathlib import Path

import pytest
import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch import nn

from sharedconv.training import Machine, Training, build, load
from sharedconv.training.machine import one_of_several

STEPS = 12


def model_of(name: str) -> nn.Module:
    torch.manual_seed(4)
    head = "max" if name.startswith("digits") else "flatten"
    images = "digits" if name.startswith("digits") else "MNIST-1D"
    return build(name.removeprefix("digits "), images, head).double()


def train(name: str, batch: int, machine: Machine) -> dict[str, torch.Tensor]:
    """All gradients of the first step, and all weights after the last."""
    data = load("placed" if name.startswith("digits") else "shuffled", 130)
    training = Training(model_of(name), data, machine, batch=batch)
    training.advance()
    model = training.model
    found = {f"gradient of {n}": p.grad.clone() for n, p in model.named_parameters()}
    for _ in range(STEPS - 1):
        training.advance()
    return found | {n: p.detach().clone() for n, p in model.named_parameters()}


CASES = {  # the batch: also one that can't be halved
    "shared": 20,
    "unshared": 20,
    "dense": 25,
    "digits shared": 7,
    "digits unshared": 8,
}


def one_process(rank: int, folder: Path) -> None:
    torch.set_num_threads(1)
    dist.init_process_group(
        "gloo", init_method=f"file://{folder / 'meeting'}", rank=rank, world_size=2
    )
    machine = Machine(torch.device("cpu"), rank, processes=2)
    assert machine.agree({"from": rank}) == {"from": 0}
    for name, batch in CASES.items():
        torch.save(train(name, batch, machine), folder / f"{name}, {rank}.pt")
    dist.destroy_process_group()


@pytest.fixture(scope="module")
def two_processes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("two processes")
    mp.spawn(one_process, (folder,), nprocs=2)
    return folder


@pytest.mark.parametrize("name", CASES)
def test_two_processes_are_one(two_processes: Path, name: str) -> None:
    alone = train(name, CASES[name], Machine(torch.device("cpu")))
    start = dict(model_of(name).named_parameters())
    for rank in (0, 1):
        together = torch.load(two_processes / f"{name}, {rank}.pt")
        assert together.keys() == alone.keys()
        for each, numbers in alone.items():
            assert numbers.dtype == torch.float64
            torch.testing.assert_close(together[each], numbers, rtol=0, atol=1e-6)
    moved = max((alone[each] - weights).abs().max().item() for each, weights in start.items())
    assert moved > 0.01, "they did learn something"


def test_each_process_sees_its_own_part_of_the_batch() -> None:
    """Without the other process' part the gradient is another one: the test above can fail."""
    data = load("in order", 130)
    whole = Training(model_of("shared"), data, batch=20)
    half = Training(model_of("shared"), data, batch=20)
    half.machine = Machine(torch.device("cpu"), rank=1, processes=2)
    seen: list[torch.Tensor] = []
    half.model.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    for each in (whole, half):
        each.advance()
    assert torch.equal(seen[0], data.x[:20][1::2].double())
    mine, all_ = (next(each.model.parameters()).grad for each in (half, whole))
    assert (mine - all_).abs().max() > 1e-3


def test_devices_that_several_processes_cannot_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "3")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    with (
        pytest.raises(ValueError, match="3 processes and 2 CUDA cards here; start 2 processes"),
        one_of_several("cuda"),
    ):
        pass
    with pytest.raises(ValueError, match="--device is 'tpu'"), one_of_several("tpu"):
        pass
