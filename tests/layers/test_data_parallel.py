"""Data parallel training of the layers: several processes learn what one would."""

import subprocess
import sys

import torch
import torch.distributed as dist
from conv_cases import assert_equal
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from sharedconv.layers import (
    LocalConv2d,
    LocalConvTranspose2d,
    SharedConv2d,
    SharedConvTranspose2d,
)

PROCESSES = 2


def model_and_images():
    torch.manual_seed(0)
    shared = SharedConv2d(3, 4, 3, dtype=torch.float64)
    model = nn.Sequential(
        SharedConv2d(1, 2, 3, dtype=torch.float64),
        nn.ReLU(),
        LocalConv2d(2, 3, 3, 6, bias="channel", dtype=torch.float64),
        LocalConvTranspose2d(3, 3, 3, 4, stride=2, dtype=torch.float64),
        LocalConv2d.from_shared(shared, 9, tied=True),
        SharedConvTranspose2d(4, 1, 3, dtype=torch.float64),
    )
    return model, torch.randn(2 * PROCESSES, 1, 8, 8, dtype=torch.float64)


def one_of(rank, folder):
    """What one process does: its share of the images, and its gradients into a file."""
    torch.set_num_threads(1)
    dist.init_process_group(
        "gloo", init_method=f"file://{folder}/rendezvous", rank=rank, world_size=PROCESSES
    )
    model, images = model_and_images()
    strides = [each.stride() for each in model.parameters()]
    parallel = DistributedDataParallel(model)
    for _ in range(2):  # DDP lays out its buckets after the first
        parallel.zero_grad()
        parallel(images[rank::PROCESSES]).square().mean().backward()
    assert [each.stride() for each in model.parameters()] == strides
    assert [each.grad.stride() for each in model.parameters()] == strides
    torch.save([each.grad for each in model.parameters()], f"{folder}/{rank}")
    # Or it would be the last to hold the process group, and end it with Python locked, while
    # gloo's thread waits for Python: torch 2.13 then hangs now and then.
    del parallel
    dist.destroy_process_group()


def test_two_processes_have_the_gradients_of_one(tmp_path):
    running = [
        subprocess.Popen(
            [sys.executable, __file__, str(rank), str(tmp_path)], stderr=subprocess.PIPE, text=True
        )
        for rank in range(PROCESSES)
    ]
    said = [process.communicate(timeout=300)[1] for process in running]
    assert [process.returncode for process in running] == [0] * PROCESSES, "\n".join(said)
    assert "Grad strides do not match" not in "".join(said), "then DDP would copy them all"
    model, images = model_and_images()
    wanted = torch.autograd.grad(model(images).square().mean(), list(model.parameters()))
    for rank in range(PROCESSES):
        assert_equal(torch.load(tmp_path / str(rank)), wanted)


if __name__ == "__main__":
    one_of(int(sys.argv[1]), sys.argv[2])
