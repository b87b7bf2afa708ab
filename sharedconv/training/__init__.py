"""Does sharing help? Data made on the spot, networks that differ in sharing alone, one loop.

`scripts/train.py` carries out the whole table of runs, lesson 12 a few of them. Needs the extra
``training``; nothing is downloaded.
"""

from .carry_out import carry_out
from .data import TASKS, Data, load
from .loop import Training, fit
from .machine import Machine, one_of_several, started_by_torchrun
from .models import MATCHED_WITHIN, MODELS, PLANS, Plan, build, network, width_with
from .picture import draw
from .runs import Run, table
from .saving import Result, Results
from .spread import Spread, by_setting, spread_of

__all__ = [
    "MATCHED_WITHIN",
    "MODELS",
    "PLANS",
    "TASKS",
    "Data",
    "Machine",
    "Plan",
    "Result",
    "Results",
    "Run",
    "Spread",
    "Training",
    "build",
    "by_setting",
    "carry_out",
    "draw",
    "fit",
    "load",
    "network",
    "one_of_several",
    "spread_of",
    "started_by_torchrun",
    "table",
    "width_with",
]
