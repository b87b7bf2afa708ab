"""The command, as a process, over processes that do less or more."""

from __future__ import annotations

import os
import subprocess
import sys

import torch
from measuring import Case, Subject, Work

EXPLAIN = ("-m", "sharedconv", "explain", "Conv2D(10, 5)", "--input", "100x100x1")
KERAS_SUMMARY = """
import keras
keras.Sequential([keras.Input((100, 100, 1)), keras.layers.Conv2D(10, 5)]).summary()
"""


def subject(_: torch.device, quick: bool) -> Subject:
    explain = Case(
        "a process that explains a layer, over one that does nothing",
        lambda: {
            "python -c pass": _process("-c", "pass"),
            "explain": _process(*EXPLAIN),
            "explain --expected 250": _process(*EXPLAIN, "--expected", "250"),
        },
        seconds=1 if quick else 5,
    )
    keras = Case(
        "a process that prints a Keras summary, over one that explains the same layer",
        lambda: {"explain": _process(*EXPLAIN), "Keras summary": _process("-c", KERAS_SUMMARY)},
        seconds=3,
    )
    if quick:
        return Subject([explain], [f"{keras.name}, by --quick"])
    return Subject([explain, keras])


def _process(*arguments: str) -> Work:
    # as for somebody who has run it before: Python keeps what it has compiled
    own = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    own["KERAS_BACKEND"] = "torch"
    return lambda: subprocess.run(
        [sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL, env=own
    )
