"""How fast, as ratios of things measured side by side: `python3 scripts/benchmark.py`.

Each round measures every contender once, in turn, and a ratio is taken within the round, so that
whatever else the machine does meets all of them alike. Said are the median of the rounds' ratios
and, as their spread, the quartiles. "again" is the baseline a second time: how far its ratio is
from 1 is how far the other ratios can be trusted.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import environment

if TYPE_CHECKING:
    from torch import nn

Work = Callable[[], object]

KERAS_SUMMARY = """
import keras
keras.Sequential([keras.Input((100, 100, 1)), keras.layers.Conv2D(10, 5)]).summary()
"""


@dataclass(frozen=True)
class Case:
    """What is compared: the first contender is the baseline. calls: how often one sample calls."""

    name: str
    contenders: dict[str, Work]
    rounds: int
    calls: int = 1


@dataclass(frozen=True)
class Ratio:
    """How many times the baseline's time a contender took: the median, and the quartiles."""

    low: float
    median: float
    high: float

    def __str__(self) -> str:
        digits = 0 if self.median >= 20 else 2
        return f"{self.median:,.{digits}f}  ({self.low:,.{digits}f} to {self.high:,.{digits}f})"


def main() -> int:
    asked = _arguments()
    if Path(sys.prefix).resolve() != (environment.ROOT / ".venv").resolve():
        python = environment.prepared_python()
        return environment.run([python, Path(__file__), *sys.argv[1:]])

    import torch
    from rich.console import Console
    from rich.progress import Progress

    from sharedconv.practice import choose_device

    with Console(stderr=True) as screen:
        with redirect_stdout(sys.stderr):
            device = choose_device(asked.device)
        cases = [
            *_layers(device, asked.quick),
            *_tallies(asked.quick),
            *_summaries(device, asked.quick),
            *_commands(asked.quick),
        ]
        results = []
        with Progress(console=screen, transient=True) as progress:
            task = progress.add_task("measuring", total=sum(case.rounds for case in cases))
            for case in cases:
                progress.update(task, description=case.name)
                results.append(_measure(case, lambda: progress.advance(task)))
    if asked.json:
        print(json.dumps(_as_json(results, str(device)), indent=2))
    else:
        print(f"torch {torch.__version__}, {torch.get_num_threads()} threads, {device}\n")
        for case, times, ratios in results:
            _print(case, times, ratios)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Ratios of times, measured side by side.")
    parser.add_argument("--device", default="cpu", help='"cuda", "cuda:1", "auto"; cpu if not said')
    parser.add_argument("--quick", action="store_true", help="fewer rounds, less certain")
    parser.add_argument("--json", action="store_true", help="the results for a program")
    return parser.parse_args()


# -- what is compared ----------------------------------------------------------------------------


def _layers(device: object, quick: bool) -> Iterator[Case]:
    import torch
    from torch import nn

    from sharedconv import SharedConv2d, from_torch

    sizes = {
        "smallest": ((1, 1, 3), (1, 1, 8, 8), 1000),
        "above 50 µs": ((3, 16, 3), (4, 3, 32, 32), 100),
        "large": ((64, 64, 3), (8, 64, 56, 56), 1),
    }
    for name, (arguments, shape, calls) in sizes.items():
        theirs = nn.Conv2d(*arguments, device=device)  # type: ignore[call-overload]
        ours = from_torch(theirs)
        assert isinstance(ours, SharedConv2d)
        image = torch.rand(shape, device=device, requires_grad=True)  # type: ignore[call-overload]
        layers = {"nn.Conv2d": theirs, "again": theirs, "SharedConv2d": ours}
        rounds = 15 if quick else 60
        yield Case(
            f"forward, {name} {shape}",
            {each: _forward(layer, image) for each, layer in layers.items()},
            rounds,
            calls,
        )
        yield Case(
            f"forward and backward, {name} {shape}",
            {each: _backward(layer, image) for each, layer in layers.items()},
            rounds,
            max(1, calls // 4),
        )


def _forward(layer: Callable[..., object], image: object) -> Work:
    import torch

    def work() -> None:
        with torch.no_grad():
            layer(image)

    return work


def _backward(layer: Callable[..., object], image: object) -> Work:
    return lambda: layer(image).sum().backward()  # type: ignore[attr-defined]


def _tallies(quick: bool) -> Iterator[Case]:
    import torch
    from torch import nn

    from sharedconv import tally

    models: dict[str, nn.Module] = {
        f"{layers:,} layers": nn.Sequential(*[nn.Linear(8, 8) for _ in range(layers)])
        for layers in (1_000, 10_000)
    }
    with torch.device("meta"):
        models["70 billion parameters on meta"] = _seventy_billion()
    for name, model in models.items():
        numels = _summing_numels(model)
        contenders = {
            "sum(numel)": numels,
            "again": numels,
            "tally": lambda model=model: tally(model),
        }
        calls = 1 if "10,000" in name else 10
        yield Case(f"counting a model, {name}", contenders, 15 if quick else 60, calls)


def _summing_numels(model: nn.Module) -> Work:
    return lambda: sum(each.numel() for each in model.parameters())


def _seventy_billion() -> nn.Module:
    """The layers of Llama 3's 70 billion parameters; nobody runs them."""
    from torch import nn

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


def _summaries(device: object, quick: bool) -> Iterator[Case]:
    """All witnesses but Keras, over torchinfo alone, each with the same input."""
    import torch
    from torch import nn

    from sharedconv import summary
    from sharedconv.networks import NETWORKS

    models: dict[str, tuple[nn.Module, tuple[int, ...]]] = {
        name: (NETWORKS[name].build(), NETWORKS[name].input_size) for name in ("vgg16", "resnet50")
    }
    models |= {
        f"{layers:,} layers": (
            nn.Sequential(*[nn.Linear(8, 8) for _ in range(layers)]),
            (8,),
        )
        for layers in (1_000, 10_000)
    }
    for name, (model, size) in models.items():
        model.to(device)  # type: ignore[call-overload]
        image = torch.zeros(1, *size, device=device)  # type: ignore[call-overload]
        theirs = _torchinfo(model, image)
        contenders = {
            "torchinfo": theirs,
            "again": theirs,
            "summary": lambda model=model, size=size: summary(model, size),
        }
        yield Case(f"summary, {name}", contenders, rounds=3 if quick else 15)


def _torchinfo(model: nn.Module, image: object) -> Work:
    import torchinfo

    return lambda: torchinfo.summary(model, input_data=image, verbose=0)


def _commands(quick: bool) -> Iterator[Case]:
    explain = ["-m", "sharedconv", "explain", "Conv2D(10, 5)", "--input", "100x100x1"]
    nothing = _process("-c", "pass")
    yield Case(
        "a process that explains a layer, over one that does nothing",
        {
            "python -c pass": nothing,
            "again": nothing,
            "explain": _process(*explain),
            "explain --expected 250": _process(*explain, "--expected", "250"),
        },
        rounds=15 if quick else 60,
    )
    yield Case(
        "a process that prints a Keras summary, over one that explains the same layer",
        {"explain": _process(*explain), "Keras summary": _process("-c", KERAS_SUMMARY)},
        rounds=2 if quick else 7,
    )


def _process(*arguments: str) -> Work:
    # as for somebody who has run it before: Python keeps what it has compiled
    own = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    own["KERAS_BACKEND"] = "torch"
    return lambda: subprocess.run(
        [sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL, env=own
    )


# -- how it is measured --------------------------------------------------------------------------

Result = tuple[Case, dict[str, float], dict[str, Ratio]]


def _measure(case: Case, advance: Callable[[], None]) -> Result:
    names = list(case.contenders)
    times: dict[str, list[float]] = {name: [] for name in names}
    for work in case.contenders.values():
        work()  # the first call builds caches
    for each_round in range(case.rounds):
        # nobody is always first
        start = each_round % len(names)
        for name in names[start:] + names[:start]:
            times[name].append(_seconds(case.contenders[name], case.calls))
        advance()
    baseline = times[names[0]]
    ratios = {}
    for name in names[1:]:
        of_rounds = [mine / base for mine, base in zip(times[name], baseline, strict=True)]
        low, median, high = statistics.quantiles(of_rounds, n=4, method="inclusive")
        ratios[name] = Ratio(low, median, high)
    return case, {name: statistics.median(each) for name, each in times.items()}, ratios


def _seconds(work: Work, calls: int) -> float:
    _wait()
    start = time.perf_counter()
    for _ in range(calls):
        work()
    _wait()
    return (time.perf_counter() - start) / calls


def _wait() -> None:
    import torch

    if torch.cuda.is_available():
        torch.cuda.synchronize()


def _print(case: Case, times: dict[str, float], ratios: dict[str, Ratio]) -> None:
    print(case.name)
    for name, seconds in times.items():
        of = f"   ratio {ratios[name]}" if name in ratios else ""
        print(f"  {name:<24}{seconds * 1000:>12,.4f} ms{of}")
    print()


def _as_json(results: list[Result], device: str) -> dict[str, object]:
    import torch

    return {
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
        "device": device,
        "cases": [
            {
                "name": case.name,
                "median_seconds": times,
                "ratios": {name: vars(ratio) for name, ratio in ratios.items()},
            }
            for case, times, ratios in results
        ],
    }


if __name__ == "__main__":
    sys.exit(environment.exit_code(main))
