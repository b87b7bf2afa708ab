"""The third witness: torchinfo, which walks the model in its own way."""

from __future__ import annotations

from importlib.metadata import version

import torchinfo
from torch import nn

from .testimony import Testimony


def by_torchinfo(model: nn.Module) -> Testimony:
    """What torchinfo's summary says the model's parameters are.

    Only its count is taken. Its mult-adds column looks for parameters called ``weight``, so an
    explicit ``kernel`` is missed there; `summary` takes multiply-adds from the rule.
    """
    statistics = torchinfo.summary(model, verbose=0)
    return Testimony(
        "torchinfo", statistics.total_params, f"its own walk (version {version('torchinfo')})"
    )
