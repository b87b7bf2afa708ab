"""Times taken side by side, and what they say as ratios.

Each round measures the contenders once, in random order, and a ratio is taken within the round, so
that whatever else the machine does meets all of them alike. Said are the median of the rounds'
ratios and, as their spread, the quartiles. "again" is the baseline a second time: how far its ratio
is from 1 is how far the other ratios can be trusted.
"""

from __future__ import annotations

import gc
import math
import random
import statistics
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import torch

Work = Callable[[], object]
Findings = dict[str, Any]

SAMPLE = 0.005  # seconds: what is faster is called several times in a row


@dataclass(frozen=True)
class Case:
    """What is compared: `build` makes the contenders, and the first of them is the baseline.

    Built when its turn comes, so that only one case's tensors are in memory. `seconds` is about how
    long to measure, an equal share for each contender; `rounds`, in how many each takes part at
    least, and the baseline in twice as many. All are called once before, unless they come warm;
    and where each leaves the memory in another state, once before each sample, to settle.
    """

    name: str
    build: Callable[[], dict[str, Work]]
    seconds: float
    rounds: int = 3
    warm: bool = False
    settle: bool = False


@dataclass(frozen=True)
class Ratio:
    """How many times the baseline's time a contender took: the median, and the quartiles."""

    low: float
    median: float
    high: float

    @classmethod
    def of(cls, values: list[float]) -> Ratio:
        if len(values) == 1:
            return cls(*values * 3)
        return cls(*statistics.quantiles(values, n=4, method="inclusive"))

    @classmethod
    def geometric_mean(cls, ratios: list[Ratio]) -> Ratio:
        ends = zip(*((each.low, each.median, each.high) for each in ratios), strict=True)
        return cls(*(math.exp(statistics.fmean(map(math.log, end))) for end in ends))

    def __str__(self) -> str:
        digits = 0 if self.median >= 20 else 2
        return f"{self.median:,.{digits}f}  ({self.low:,.{digits}f} to {self.high:,.{digits}f})"


@dataclass(frozen=True)
class Result:
    """Seconds by contender, round by round; a round has those that were measured in it."""

    name: str
    rounds: list[dict[str, float]]

    @property
    def names(self) -> list[str]:
        return list(self.rounds[0])

    @property
    def medians(self) -> dict[str, float]:
        return {
            name: statistics.median(each[name] for each in self.rounds if name in each)
            for name in self.names
        }

    @property
    def ratios(self) -> dict[str, Ratio]:
        """Of every contender but the baseline, over the baseline."""
        baseline, *others = self.names
        return {name: self.ratio(lambda each, n=name: each[n] / each[baseline]) for name in others}

    def ratio(self, of_round: Callable[[dict[str, float]], float]) -> Ratio:
        """Over the rounds that have all that `of_round` asks for."""
        found = []
        for each in self.rounds:
            with suppress(KeyError):
                found.append(of_round(each))
        return Ratio.of(found)


@dataclass(frozen=True)
class Subject:
    """Cases that belong together, what they leave out and why, and what follows from them all."""

    cases: list[Case]
    left_out: list[str] = field(default_factory=list)
    findings: Callable[[dict[str, Result]], Findings] = lambda _: {}


def measure(case: Case, advance: Callable[[float], None]) -> Result:
    """Measure a case; `advance` is told the seconds that went by."""
    contenders = case.build()
    baseline, *_ = contenders
    contenders = {baseline: contenders[baseline], "again": contenders[baseline], **contenders}
    for work in () if case.warm else contenders.values():
        work()  # the first call builds caches
    calls = max(1, int(SAMPLE / min(_seconds(contenders[baseline], 1) for _ in range(3))))
    share = case.seconds / len(contenders)
    used = dict.fromkeys(contenders, 0.0)
    chance = random.Random(0)
    rounds: list[dict[str, float]] = []
    while len(rounds) < 2 * case.rounds or used[baseline] < share:
        # One that takes much longer than the baseline has had its share early: it sits out.
        now = [
            name
            for name in contenders
            if name in (baseline, "again") or len(rounds) < case.rounds or used[name] < share
        ]
        chance.shuffle(now)  # nobody is always first, or always after the same one
        times = {}
        for name in now:
            start = time.perf_counter()
            if case.settle:
                contenders[name]()
            times[name] = _seconds(contenders[name], calls)
            used[name] += time.perf_counter() - start
            advance(time.perf_counter() - start)
        rounds.append({name: times[name] for name in contenders if name in times})
    return Result(case.name, rounds)


def _seconds(work: Work, calls: int) -> float:
    gc.disable()  # as timeit does: who is met by it is chance
    _wait()
    start = time.perf_counter()
    for _ in range(calls):
        work()
    _wait()
    end = time.perf_counter()
    gc.enable()
    return (end - start) / calls


def _wait() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()
