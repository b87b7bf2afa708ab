"""How fast, as ratios of things measured side by side: `python3 scripts/benchmark.py`.

What is compared is in `contenders/`, a module a subject; how it is measured, in `measuring.py`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import sys
import time
from collections.abc import Iterator
from contextlib import redirect_stdout
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import environment

if TYPE_CHECKING:
    import torch
    from measuring import Result, Subject

SUBJECTS = ("shared", "local", "counting", "commands", "page")


def main() -> int:
    asked = _arguments()
    if Path(sys.prefix).resolve() != (environment.ROOT / ".venv").resolve():
        python = environment.prepared_python()
        return environment.run([python, Path(__file__), *sys.argv[1:]])

    from sharedconv.practice import choose_device

    with redirect_stdout(sys.stderr):
        try:
            device = choose_device(asked.device)
        except ValueError as problem:
            raise environment.CannotGoOn(str(problem)) from None
    names = [name for name in SUBJECTS if name in (asked.only or SUBJECTS)]
    subjects = {
        name: import_module(f"contenders.{name}").subject(device, asked.quick) for name in names
    }
    machine = _machine(device)
    left_out = [line for subject in subjects.values() for line in subject.left_out]
    for line in left_out:
        environment.say(f"Left out: {line}.")
    results, findings = _measured(subjects)
    if asked.json:
        whole = {**machine, "left out": left_out, "cases": list(map(_case, results))}
        print(json.dumps({**whole, "findings": findings}, indent=2, default=vars))
        return 0
    print(", ".join(f"{name}: {value}" for name, value in machine.items()), end="\n\n")
    for result in results:
        print("\n".join(_lines_of(result)), end="\n\n")
    for name, value in findings.items():
        print("\n".join(_lines_of_finding(name, value)), end="\n\n")
    for line in left_out:
        print(f"Left out: {line}.")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Ratios of times, measured side by side.")
    parser.add_argument("--device", default="cpu", help='"cuda", "cuda:1", "auto"; cpu if not said')
    parser.add_argument("--quick", action="store_true", help="fewer rounds, less certain")
    parser.add_argument("--json", action="store_true", help="the results for a program")
    parser.add_argument(
        "--only", choices=SUBJECTS, action="append", help="this subject; may be given again"
    )
    return parser.parse_args()


def _measured(subjects: dict[str, Subject]) -> tuple[list[Result], dict[str, Any]]:
    from measuring import measure
    from rich.console import Console
    from rich.progress import Progress

    results: list[Result] = []
    findings: dict[str, Any] = {}
    total = sum(case.seconds for subject in subjects.values() for case in subject.cases)
    done, shown = 0.0, 0.0
    # drawn between samples: a thread that draws would take its time out of theirs
    with Progress(console=Console(stderr=True), transient=True, auto_refresh=False) as progress:
        task = progress.add_task("", total=total)

        def advance(seconds: float) -> None:
            nonlocal shown
            due = time.monotonic() - shown > 0.3
            progress.update(task, advance=seconds, refresh=due)
            shown = time.monotonic() if due else shown

        for subject in subjects.values():
            of_subject = {}
            for case in subject.cases:
                progress.update(task, description=case.name, completed=done, refresh=True)
                # a case on another clock than ours reads that one itself
                measured = getattr(case, "measured", partial(measure, case))
                of_subject[case.name] = measured(advance)
                done += case.seconds
            progress.update(task, description="what follows", refresh=True)
            findings |= subject.findings(of_subject)
            results += of_subject.values()
    return results, findings


def _machine(device: torch.device) -> dict[str, str | int]:
    import torch

    name = platform.processor() or platform.machine()
    if device.type == "cuda":
        name = torch.cuda.get_device_name(device)
    elif (known := Path("/proc/cpuinfo")).exists():
        names = re.findall(r"^model name\s*: (.*)$", known.read_text(), re.MULTILINE)
        name = names[0] if names else name
    machine: dict[str, str | int] = {
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
        "device": f"{device} ({name})",
    }
    # which takes large pages for all of torch's tensors, the rivals' too
    pages = os.environ.get("THP_MEM_ALLOC_ENABLE")
    return machine | ({"THP_MEM_ALLOC_ENABLE": pages} if pages else {})


def _lines_of(result: Result) -> Iterator[str]:
    yield result.name
    ratios = result.ratios
    for name, seconds in result.medians.items():
        of = f"   ratio {ratios[name]}" if name in ratios else ""
        yield f"  {name:<34}{seconds * 1000:>12,.4f} ms{of}"


def _lines_of_finding(name: str, value: Any) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{name}: {value}"
        return
    yield name
    for each, number in value.items():
        yield f"  {each:<84}{number if not isinstance(number, float) else format(number, '.2f')}"


def _case(result: Result) -> dict[str, Any]:
    rounds = {name: sum(name in each for each in result.rounds) for name in result.names}
    return {
        "name": result.name,
        "median_seconds": result.medians,
        "ratios": result.ratios,
        "rounds": rounds,
    }


if __name__ == "__main__":
    sys.exit(environment.exit_code(main))
