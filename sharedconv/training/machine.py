"""What a run is carried out on: one device, or several processes that share each batch."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import torch
import torch.distributed as dist


@dataclass(frozen=True)
class Machine:
    """One device; one of several processes, each with its own device, where there are several.

    rank, processes: which process this is, and how many there are.
    autocast: the type to multiply in, where it isn't that of the weights.
    compiled: whether `torch.compile` makes the model faster first.
    """

    device: torch.device
    rank: int = 0
    processes: int = 1
    autocast: torch.dtype | None = None
    compiled: bool = False

    @classmethod
    def of(cls, device: torch.device, rank: int = 0, processes: int = 1) -> Machine:
        """A CUDA card with all that it can do (bfloat16, `torch.compile`), a CPU as it is."""
        card = device.type == "cuda"
        half = torch.bfloat16 if card and torch.cuda.is_bf16_supported() else None
        # torch.compile writes for a card in triton, which isn't everywhere that PyTorch is
        return cls(device, rank, processes, half, card and find_spec("triton") is not None)

    @property
    def name(self) -> str:
        """What to call it in a table: "cpu", or the card and the type, "cuda bfloat16"."""
        return " ".join([self.device.type, *str(self.autocast or "").split(".")[1:]])

    def agree(self, value: Any) -> Any:
        """What process 0 has, in all processes."""
        if self.processes == 1:
            return value
        box = [value]
        dist.broadcast_object_list(box, src=0, device=self.device)
        return box[0]


ONE_CPU = Machine(torch.device("cpu"))


def started_by_torchrun() -> bool:
    """Whether this process is one of several, as ``torchrun`` starts them."""
    return "RANK" in os.environ and "WORLD_SIZE" in os.environ


@contextmanager
def one_of_several(asked: str) -> Iterator[Machine]:
    """This process's part, while it belongs to those that ``torchrun`` has started.

    asked: "auto" for a CUDA card each where there are enough, and the CPU elsewhere; or "cpu",
        or "cuda". They talk by nccl between cards and by gloo between CPUs.

    Raises ValueError for another device, or where there are more processes here than cards.
    """
    here = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    cards = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if asked not in ("auto", "cpu", "cuda"):
        raise ValueError(
            f"--device is {asked!r}; with several processes it can be auto, cpu or cuda"
        )
    if asked == "cuda" and cards < here:
        raise ValueError(
            f"there are {here} processes and {cards} CUDA cards here; start {max(cards, 1)} "
            "processes, or use --device cpu"
        )
    if asked == "cpu" or cards < here:
        device = torch.device("cpu")
    else:
        device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
        torch.cuda.set_device(device)
    dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield Machine.of(device, dist.get_rank(), dist.get_world_size())
    finally:
        dist.destroy_process_group()
