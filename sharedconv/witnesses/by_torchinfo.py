"""The third witness: torchinfo, which walks the model in its own way."""

from __future__ import annotations

import torchinfo
from torch import nn

from .testimony import Testimony
from .walk import depth_of, modules_of

MOST_STEPS = 50_000_000
"""More would take it minutes."""


def by_torchinfo(model: nn.Module) -> Testimony:
    """What torchinfo's summary says the model's parameters are.

    Only its count is taken. Its mult-adds column looks for parameters called ``weight``, so an
    explicit ``kernel`` is missed there; `summary` takes multiply-adds from the rule.
    """
    depth = depth_of(model)
    # at each level it adds up everything below, which adds up everything below it
    if 2**depth * len(modules_of(model)) > MOST_STEPS:
        return Testimony(
            "torchinfo",
            None,
            "not asked: it takes twice as long for each level of modules inside modules, and here "
            f"are {depth}",
        )
    try:
        statistics = torchinfo.summary(model, verbose=0)
    except Exception as error:  # whatever it can't cope with is its own
        return Testimony("torchinfo", None, f"stopped: {' '.join(str(error).split())}")
    return Testimony(
        "torchinfo", statistics.total_params, f"its own walk (version {torchinfo.__version__})"
    )
