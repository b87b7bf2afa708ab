"""Does sharing help? All runs, a table and a picture of them: `python3 scripts/train.py`.

Stopped at any moment (Ctrl-C, kill -9, a power cut), the same command goes on where it was, and the
figures are those of a run that was never stopped. On several CUDA cards, or machines, each batch is
shared out: `torchrun --nproc-per-node 2 scripts/train.py`.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

import environment

if TYPE_CHECKING:
    from sharedconv.training import Machine, Result, Results, Run


def main() -> int:
    asked = _arguments()
    if Path(sys.prefix).resolve() != (environment.ROOT / ".venv").resolve():
        python = environment.prepared_python()
        return environment.run([python, Path(__file__), *sys.argv[1:]])

    from sharedconv.training import table

    runs = table(asked.seeds or (1 if asked.quick else 3), asked.quick, asked.batch)
    chosen = [run for run in runs if all(word in run.name for word in asked.only)]
    if not chosen:
        raise environment.CannotGoOn(
            f"No run has {' and '.join(asked.only)} in its name; a name is for example "
            f"{runs[0].name!r}."
        )
    try:
        with _machine(asked.device) as machine:
            _work(chosen, machine, asked)
    except (ValueError, MemoryError) as sentence:
        raise environment.CannotGoOn(f"{sentence}.") from None
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="train.py",
        description="Train networks that share kernels and networks that don't, and compare.",
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help="fewer steps, one seed, none of the slowest runs: two minutes on two quiet cores",
    )
    parser.add_argument(
        "--only",
        nargs="+",
        default=[],
        metavar="WORD",
        help="only runs with all these words in their names, such as: --only shuffled dense",
    )
    parser.add_argument("--seeds", type=_number, metavar="N", help="3; with --quick 1")
    parser.add_argument(
        "--batch", type=_number, default=100, metavar="N", help="examples for a step; 100"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("training-results"), metavar="DIR", help="for the files"
    )
    parser.add_argument("--device", default="auto", help='"cpu", "cuda:1"; chosen, if left out')
    parser.add_argument(
        "--save-every", type=_number, default=500, metavar="N", help="steps between two savings"
    )
    return parser.parse_args()


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"a whole number above 0 is needed, not {text!r}")
    return int(text)


@contextmanager
def _machine(asked: str) -> Iterator[Machine]:
    from sharedconv.practice import choose_device
    from sharedconv.training import Machine, one_of_several, started_by_torchrun

    if started_by_torchrun():
        with one_of_several(asked) as machine:
            yield machine
    else:
        with redirect_stdout(sys.stderr):
            device = choose_device(asked)
        yield Machine.of(device)


def _work(chosen: list[Run], machine: Machine, asked: argparse.Namespace) -> None:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from sharedconv.training import carry_out

    first = machine.rank == 0
    results = _results(asked.out) if first else None
    todo = machine.agree([run for run in chosen if results and run not in results.of])
    checkpoint = asked.out / "checkpoint.pt"
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(
        *columns, console=Console(stderr=True), disable=not (first and sys.stderr.isatty())
    ) as progress:
        bar = progress.add_task("", total=sum(run.steps for run in chosen))
        done = sum(run.steps for run in set(chosen) - set(todo))
        for number, run in enumerate(todo, 1 + len(chosen) - len(todo)):
            progress.update(bar, description=f"{number}/{len(chosen)}  {run.task}, {run.model}")
            result = carry_out(
                run,
                machine,
                checkpoint,
                asked.save_every,
                lambda step, done=done: progress.update(bar, completed=done + step),
            )
            done += run.steps
            if results is not None:
                results.add(run, result)
                progress.console.print(
                    f"{run.name}: {result.test_accuracy:.1f}% right", soft_wrap=True
                )
    if results is not None:
        checkpoint.unlink(missing_ok=True)
        _show({run: results.of[run] for run in chosen}, asked.out)


def _results(out: Path) -> Results:
    """The results so far, in a folder that only one such program works in at a time."""
    from sharedconv.training import Results

    out.mkdir(parents=True, exist_ok=True)
    # open until this program ends, however it ends: then the system lets go of it
    lock = os.open(out / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    if not environment.take(lock):
        raise environment.CannotGoOn(
            f"Another train.py is at work in {out}; wait for it, or choose another folder with "
            "--out."
        )
    return Results(out / "results.csv")


def _show(results: dict[Run, Result], out: Path) -> None:
    from rich.console import Console
    from rich.table import Table

    from sharedconv.training import by_setting, draw, spread_of

    draw(results, out / "picture.svg")
    groups: dict[str, Table] = {}
    for run, found in by_setting(results).items():
        heading = f"{run.task}, {run.head} head, {run.examples:,} examples"
        if heading not in groups:
            shown = Table(title=heading, title_justify="left", box=None)
            shown.add_column("model", min_width=len("shared, stride 2"))
            shown.add_column("matched", min_width=len("parameters"))
            for name, digits in (("parameters", "3,633,930"), ("steps", "6,000")):
                shown.add_column(name, justify="right", min_width=len(digits))
            for name in ("right, %", "from", "to"):
                shown.add_column(name, justify="right", min_width=len("100.0"))
            groups[heading] = shown
        groups[heading].add_row(
            *(run.model, run.matched, f"{found[0].parameters:,}", f"{run.steps:,}"),
            *(f"{accuracy:.1f}" for accuracy in spread_of(found)),
        )
    console = Console()
    with console.capture() as printed:
        for shown in groups.values():
            console.print("", shown)
    print(*(line.rstrip() for line in printed.get().splitlines()), sep="\n")
    print(f"\nAll of it is in {out / 'results.csv'}, drawn in {out / 'picture.svg'}.")


if __name__ == "__main__":
    sys.exit(environment.exit_code(main))
