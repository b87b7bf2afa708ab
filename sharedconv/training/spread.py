"""One figure for several seeds: their mean, and how far apart they are."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from .runs import Run
from .saving import Result


class Spread(NamedTuple):
    """Test accuracies over the seeds, in percent: the mean, the lowest, the highest."""

    mean: float
    low: float
    high: float


def spread_of(results: Iterable[Result]) -> Spread:
    """The spread of these results' test accuracies. Raises ValueError where there are none."""
    given = [each.test_accuracy for each in results]
    return Spread(statistics.fmean(given), min(given), max(given))


def by_setting(results: Mapping[Run, Result]) -> dict[Run, list[Result]]:
    """The results of all seeds together, under the run with the seed 0, in the order given."""
    found: dict[Run, list[Result]] = {}
    for run, result in results.items():
        found.setdefault(replace(run, seed=0), []).append(result)
    return found
