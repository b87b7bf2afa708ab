"""The tally over a plain sum of sizes, and our summary over torchinfo's."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
import torchinfo
from measuring import Case, Subject, Work
from torch import nn

from sharedconv import summary, tally
from sharedconv.networks import NETWORKS

SUMMARIZED = ("vgg16", "resnet50")


def subject(device: torch.device, quick: bool) -> Subject:
    numbers = (1_000,) if quick else (1_000, 10_000)
    plain = {f"{n:,} layers": partial(_small_layers, n) for n in numbers}
    counted: dict[str, Callable[[], nn.Module]] = {
        **plain,
        "70 billion parameters on meta": _seventy_billion,
    }
    cases = [
        Case(f"counting a model, {name}", partial(_tallies, make), 0.5 if quick else 3)
        for name, make in counted.items()
    ]
    listed: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
        **{name: (NETWORKS[name].build, NETWORKS[name].input_size) for name in SUMMARIZED},
        **{name: (make, (8,)) for name, make in plain.items()},
    }
    seconds, rounds = (0.4, 2) if quick else (3, 3)
    cases += [
        Case(f"summary, {name}", partial(_summaries, make, size, device), seconds, rounds)
        for name, (make, size) in listed.items()
    ]
    return Subject(cases, ["models of 10,000 layers, by --quick"] if quick else [])


def _tallies(make: Callable[[], nn.Module]) -> dict[str, Work]:
    model = make()
    return {
        "sum(numel)": lambda: sum(each.numel() for each in model.parameters()),
        "tally": lambda: tally(model),
    }


def _summaries(
    make: Callable[[], nn.Module], size: tuple[int, ...], device: torch.device
) -> dict[str, Work]:
    """All witnesses but Keras, over torchinfo alone, each with the same input."""
    model = make().to(device)
    image = torch.zeros(1, *size, device=device)
    return {
        "torchinfo": lambda: torchinfo.summary(model, input_data=image, verbose=0),
        "summary": lambda: summary(model, size),
    }


def _small_layers(number: int) -> nn.Module:
    return nn.Sequential(*[nn.Linear(8, 8) for _ in range(number)])


def _seventy_billion() -> nn.Module:
    """The layers of Llama 3's 70 billion parameters; nobody runs them."""
    width, keys, inside, words = 8_192, 1_024, 28_672, 128_256
    sizes = {
        "query": (width, width),
        "key": (width, keys),
        "value": (width, keys),
        "output": (width, width),
        "gate": (width, inside),
        "up": (width, inside),
        "down": (inside, width),
    }
    with torch.device("meta"):
        blocks = [
            nn.ModuleDict(
                {
                    **{name: nn.Linear(*size, bias=False) for name, size in sizes.items()},
                    "attention norm": nn.RMSNorm(width),
                    "norm": nn.RMSNorm(width),
                }
            )
            for _ in range(80)
        ]
        return nn.ModuleList(
            [
                nn.Embedding(words, width),
                *blocks,
                nn.RMSNorm(width),
                nn.Linear(width, words, bias=False),
            ]
        )
