"""Too large for the memory there is: said in one sentence, and before anything is filled."""

from __future__ import annotations

import math
import os
import re
from pathlib import Path

import torch

SMALL = 64_000_000
"""A kernel of fewer bytes is made without a look at what is free, which takes longer than it."""
MEMORY = Path("/proc/meminfo")
GROUP = Path("/sys/fs/cgroup")
"""Where Linux says what is free, and what a container may take of it."""


def refuse_what_cannot_fit(
    asked: str,
    shape: tuple[int, ...],
    positions: int,
    dtype: torch.dtype | None,
    device: torch.device | str | int | None,
) -> None:
    """Look, before a kernel per position is made, whether it fits.

    Args:
        asked: who asks for it, for example "LocalConv2d".
        shape: the shape of all kernels together.
        positions: how many kernels they are.
        dtype, device: as `torch.empty` takes them; None stands for the defaults.

    Raises MemoryError where it needs more than is free.
    """
    each = (dtype or torch.get_default_dtype()).itemsize
    wanted = math.prod(shape) * each
    if wanted < SMALL:
        return
    if wanted >= 1 << 63:
        raise MemoryError(
            f"{asked} asks for {in_units(wanted)}, more than PyTorch can count even on the device "
            f"'meta': {positions:,} positions with {math.prod(shape) // positions:,} numbers each, "
            f"{each} bytes a number; it takes a smaller image."
        )
    where = torch.get_default_device() if device is None else torch.device(device)
    # under FakeTensorMode nothing is filled, as on 'meta'
    free = free_memory(where) if type(torch.empty(0)) is torch.Tensor else None
    if free is None or wanted <= free:
        return
    one = math.prod(shape) // positions
    raise MemoryError(
        f"{asked} asks for {in_units(wanted)}: {positions:,} positions with {one:,} numbers each, "
        f"{each} bytes a number; {in_units(free)} are free, room for {free // (one * each):,} "
        f"positions: it takes a smaller image, or one shared kernel ({in_units(one * each)}), and "
        "device='meta' is enough to count."
    )


def out_of_memory(asked: str, problem: Exception) -> MemoryError | None:
    """What PyTorch said when memory ran out, in one sentence; None where it said something else.

    asked: who was at work, for example "LocalConv2d".
    """
    words = str(problem)
    if not isinstance(problem, torch.OutOfMemoryError) and "DefaultCPUAllocator" not in words:
        return None
    tried = re.search(r"tried to allocate ([\d.]+) (\w+)", words, re.IGNORECASE)
    more = ""
    if tried is not None:
        number, unit = tried.groups()
        more = f" for {in_units(int(number)) if unit == 'bytes' else f'{number} {unit}'} more"
    return MemoryError(
        f"{asked} asked{more}, and the memory ran out: it takes fewer images at a time, or smaller "
        "ones."
    )


def free_memory(device: torch.device) -> int | None:
    """How many bytes are free on a device; None where nobody says, and on 'meta', which needs none.

    On the CPU: what the system can give without hurting others, and a container its processes.
    """
    if device.type == "cuda" and torch.cuda.is_available():
        free, _ = torch.cuda.mem_get_info(device)
        kept = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return free + kept  # PyTorch keeps what it was given once, for tensors to come
    if device.type != "cpu":
        return None
    known = [each for each in (_of_the_system(), _of_the_container()) if each is not None]
    return max(0, min(known)) if known else None


def _of_the_system() -> int | None:
    try:
        sizes = _numbers(MEMORY)
        return 1024 * (sizes["MemAvailable:"] + sizes["SwapFree:"])
    except (OSError, KeyError):
        pass
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # Windows has none of this
        return None


def _of_the_container() -> int | None:
    for folder, limit, used in (
        (GROUP, "memory.max", "memory.current"),
        (GROUP / "memory", "memory.limit_in_bytes", "memory.usage_in_bytes"),
    ):
        try:
            taken = int((folder / used).read_text())
            sizes = _numbers(folder / "memory.stat")
            # files that were read stay in memory until somebody else needs it
            given_back = sizes["inactive_file"] + sizes["active_file"]
            return int((folder / limit).read_text()) - taken + given_back
        except (OSError, KeyError, ValueError):  # no container, or "max": no limit
            continue
    return None


def _numbers(file: Path) -> dict[str, int]:
    rows = (line.split() for line in file.read_text().splitlines())
    return {row[0]: int(row[1]) for row in rows if len(row) > 1 and row[1].isdigit()}


def in_units(size: int) -> str:
    """Bytes as people say them, 1 kB being 1,000: 960 bytes, 1.0 kB, 12.3 TB."""
    if size < 1000:
        return f"{size} bytes"
    names = enumerate(("kB", "MB", "GB", "TB", "PB"), 1)
    fitting = ((1000**power, name) for power, name in names if 20 * size < 19_999 * 1000**power)
    unit, name = next(fitting, (1000**6, "EB"))
    tenths = (10 * size + unit // 2) // unit
    return f"{tenths // 10:,}.{tenths % 10} {name}"
