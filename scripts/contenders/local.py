"""LocalConv over everything else there is for a convolution without sharing, and over its limit.

All compute the same, in float32 and without a bias, and are held to that before they are timed.
"Forward and backward" has the gradients by the images and by the kernel. The limit is the time that
reading the kernel once takes, or that as many multiply-adds take in one large matrix product,
whichever is longer, both measured in the same rounds; forward and backward is three times as much.
"""

from __future__ import annotations

from functools import cache, lru_cache, partial

import torch
from contenders import extra_memory, in_jax
from contenders.rivals import RIVALS, Shape
from contenders.trial import JAX, OURS, TAPS, Contender, Trial
from measuring import Case, Findings, Ratio, Result, Subject, Work

from sharedconv.layers.memory import free_memory, in_units

READ, PRODUCT = "(reading 100 MB)", "(one product, 2048³)"
WAYS = {"forward": 1, "forward and backward": 3}
"""How many times the forward pass's work each is."""

TABLE = {
    Shape("900 × 144 → 16, batch 64", 16, 16, (3, 3), (32, 32), 64): 4.0,
    Shape("676 × 576 → 64, batch 1", 64, 64, (3, 3), (28, 28), 1): 4.0,
    Shape("676 × 576 → 64, batch 64", 64, 64, (3, 3), (28, 28), 64): 8.0,
    Shape("2,916 × 576 → 64, batch 64", 64, 64, (3, 3), (56, 56), 64): 20.0,
}
"""Positions × numbers a filter sees → filters; and the seconds for each of the two ways."""
FIRST, _, LARGE, LARGEST = TABLE
KNOWN = ("public snippet", "F.unfold + bmm", JAX)
"""Those that the aims are about: in a hurry, the only ones."""

SMALL = [
    Shape("LocalConv2d(1, 1, 3, 8), batch 1", 1, 1, (3, 3), (8, 8), 1),
    Shape("LocalConv2d(3, 8, 3, 12), batch 4", 3, 8, (3, 3), (12, 12), 4),
    Shape("LocalConv1d(4, 8, 5, 64), batch 8", 4, 8, (5,), (64,), 8),
    Shape("LocalConv2d(3, 16, 5, 32, 2, 2), batch 8", 3, 16, (5, 5), (32, 32), 8, 2, 2),
    Shape("LocalConv2d(8, 8, 3, 16, groups=8), batch 4", 8, 8, (3, 3), (16, 16), 4, groups=8),
]


def subject(device: torch.device, quick: bool) -> Subject:
    torch.backends.cudnn.allow_tf32 = False  # all contenders multiply alike
    left_out = [each] if (each := in_jax.why_not(device)) else []
    seconds = {shape: full / 8 if quick else full for shape, full in TABLE.items()}
    seconds |= dict.fromkeys(SMALL, 0.25 if quick else 1.2)
    if quick:
        del seconds[LARGEST]
        left_out.append(f"{LARGEST.name}, and all rivals but {', '.join(KNOWN)}, by --quick")
        left_out.append(f"public snippet on {FIRST.name}, by --quick")
    else:
        left_out.append(f"F.unfold + einsum and {TAPS} on {LARGEST.name}, for the time they take")
    free = free_memory(device)
    for shape in [*seconds]:
        # the kernel in each contender's layout, as many gradients, and what they take meanwhile
        wanted = 20 * 4 * shape.weights
        if free is not None and wanted > free:
            del seconds[shape]
            left_out.append(f"{shape.name}, which takes {in_units(wanted)} of free memory")
    for name, rival in RIVALS.items():
        without = [shape.name for shape in seconds if not rival.takes(shape)]
        left_out += [f"{name} on {'; '.join(without)}"] if without else []
    if not extra_memory.can_be_measured(device):
        left_out.append("the extra memory, which takes Linux or a CUDA card")
    cases = [
        Case(
            f"{way}, {shape.name}",
            partial(_works, shape, way, device, quick),
            each,
            rounds=2 if shape is LARGEST or (quick and shape in TABLE) else 3,
            warm=True,
            settle=shape in TABLE and not quick,
        )
        for shape, each in seconds.items()
        for way in WAYS
    ]
    return Subject(cases, left_out, partial(_findings, device, quick))


def _works(shape: Shape, way: str, device: torch.device, quick: bool) -> dict[str, Work]:
    contenders = _contenders(shape, device, quick)
    works: dict[str, Work] = {
        name: each.forward if way == "forward" else each.both for name, each in contenders.items()
    }
    return works | (_yardsticks(device) if shape in TABLE else {})


@lru_cache(1)
def _contenders(shape: Shape, device: torch.device, quick: bool) -> dict[str, Contender]:
    among = KNOWN if quick else (*RIVALS, TAPS, JAX)
    if shape is LARGEST:
        among = (*KNOWN, "grouped conv, patches as channels")
    elif quick and shape is FIRST:
        among = (*set(KNOWN) - {"public snippet"},)
    contenders = Trial(shape, device).contenders(among)
    for each in contenders.values():
        each.forward()
    return contenders


@cache
def _yardsticks(device: torch.device) -> dict[str, Work]:
    numbers = torch.rand(25_000_000, device=device)
    one, other = torch.rand(2, 2048, 2048, device=device)
    return {READ: numbers.sum, PRODUCT: lambda: torch.mm(one, other)}


# -- what follows from it --------------------------------------------------------------------------


def _findings(device: torch.device, quick: bool, results: dict[str, Result]) -> Findings:
    measured = [
        (shape, way, results[f"{way}, {shape.name}"])
        for shape in (*TABLE, *SMALL)
        for way in WAYS
        if f"{way}, {shape.name}" in results
    ]
    in_table = [each for each in measured if each[0] in TABLE]
    slower = {
        f"{name}, {result.name}": ratio
        for _, _, result in measured
        for name, ratio in result.ratios.items()
        if ratio.median < 1 and name not in ("again", READ, PRODUCT)
    }
    findings: Findings = {
        f"{OURS} over its limit": {
            result.name: result.ratio(partial(_over_limit, shape, way))
            for shape, way, result in in_table
        },
        f"over {OURS}, the geometric mean over those of the table that each can do": {
            name: Ratio.geometric_mean(found)
            for name in (*RIVALS, TAPS, JAX)
            if (found := [r.ratios[name] for _, _, r in in_table if name in r.names])
        },
        f"{OURS} is slower than": slower or "none of them, anywhere",
    }
    if extra_memory.can_be_measured(device) and not quick:
        names = [OURS, "F.unfold + bmm"]
        if device.type == "cpu" and not in_jax.why_not(device):
            names.append(JAX)
        findings[f"extra memory over the kernel's own, forward and backward, {LARGE.name}"] = {
            name: extra_memory.of_kernel(name, LARGE, device) for name in names
        }
    return findings


def _over_limit(shape: Shape, way: str, times: dict[str, float]) -> float:
    reading = times[READ] * 4 * shape.weights / 100e6
    adding = times[PRODUCT] * shape.batch * shape.weights / 2048**3
    return times[OURS] / (WAYS[way] * max(reading, adding))
