"""Files that are whole at any moment: the results so far, and where the present run stands."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch

from ..writing import replace_file
from .runs import Run


@dataclass(frozen=True)
class Result:
    """How a run ended.

    parameters: how many the model has.
    train_accuracy, test_accuracy: in percent, after the last step.
    device: what it ran on; a card that multiplies in bfloat16 ends a little differently.
    """

    parameters: int
    train_accuracy: float
    test_accuracy: float
    device: str


class Results:
    """The results in a CSV file, one line for each run. Runs with other settings may be in it, too.

    Raises ValueError where the file is something else.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.of: dict[Run, Result] = {}
        if not path.exists():
            return
        try:
            with path.open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file, strict=True):
                    self.of[_made(Run, row)] = _made(Result, row)
        except (KeyError, ValueError, TypeError, csv.Error):
            raise ValueError(
                f"{path} isn't a table that this program wrote; move it away, or choose another "
                "folder with --out"
            ) from None

    def add(self, run: Run, result: Result) -> None:
        """Keep a result, in the file as well."""
        self.of[run] = result
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(each.name for each in (*fields(Run), *fields(Result)))
        for run, result in sorted(self.of.items(), key=lambda each: each[0]):
            writer.writerow([*asdict(run).values(), *asdict(result).values()])
        replace_file(self.path, lambda file: file.write(text.getvalue().encode()))


def _made(kind: Any, row: dict[str, str]) -> Any:
    types: dict[str, Callable[[str], object]] = {"int": int, "float": float, "str": str}
    return kind(**{each.name: types[str(each.type)](row[each.name]) for each in fields(kind)})


def keep(path: Path, run: Run, state: dict[str, Any]) -> None:
    """Write down where a run stands; whatever stood there before is gone only then."""
    replace_file(path, lambda file: torch.save({"run": asdict(run), **state}, file))


def kept(path: Path, run: Run) -> dict[str, Any] | None:
    """Where this run stood when it was last written down; None where it wasn't."""
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except (FileNotFoundError, UnpicklingError, RuntimeError, EOFError):
        return None  # something else than a checkpoint: the run starts again, which is never wrong
    return state if state.pop("run", None) == asdict(run) else None
