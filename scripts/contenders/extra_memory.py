"""What a forward and backward pass takes beyond its images and its kernel, at its peak."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import torch
from contenders.rivals import Shape
from contenders.trial import Trial

PROCESS = Path("/proc/self")


def can_be_measured(device: torch.device) -> bool:
    return device.type == "cuda" or (PROCESS / "clear_refs").exists()


def of_kernel(name: str, shape: Shape, device: torch.device) -> float:
    """As a multiple of the kernel's bytes, in a process that does nothing else."""
    # so that what is freed goes back to the system, and is counted when it is taken again
    os.environ["MALLOC_MMAP_THRESHOLD_"] = "65536"
    try:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
            extra = alone.submit(_extra_bytes, name, shape, str(device)).result()
    finally:
        del os.environ["MALLOC_MMAP_THRESHOLD_"]
    return extra / (4 * shape.weights)


def _extra_bytes(name: str, shape: Shape, device: str) -> int:
    contender = Trial(shape, torch.device(device)).contender(name)
    contender.numbers()  # what stays after a first call is not extra
    if device.startswith("cuda"):
        torch.cuda.reset_peak_memory_stats(device)
        before = torch.cuda.memory_allocated(device)
        contender.both()
        return torch.cuda.max_memory_allocated(device) - before
    (PROCESS / "clear_refs").write_text("5")  # sets the peak to what is taken now
    before = _status("VmRSS")
    contender.both()
    return _status("VmHWM") - before


def _status(name: str) -> int:
    lines = (PROCESS / "status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith(name))
