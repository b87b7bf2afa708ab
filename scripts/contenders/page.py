"""What the script of the explorer's page takes in a browser without a window, beside a limit.

The times are those of the browser's own timeline: `first-contentful-paint`, and a measure around
all that a script does, which is the page's script until it has answered, and each listener, timer
and frame that follows a gesture. What the browser draws afterwards is not script. The limit is what
is felt as at once.
"""

from __future__ import annotations

import atexit
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import browser
import torch
from measuring import Case, Findings, Result, Subject, Work

try:
    from playwright.sync_api import Browser, Page, sync_playwright
except ImportError:
    sync_playwright = None  # type: ignore[assignment]

LIMIT = 0.050
BESIDE = f"(the limit, {1000 * LIMIT:.0f} ms)"

TIMELINE = """(() => {
  let depth = 0;
  const timed = (does) => typeof does !== "function" ? does : function (...given) {
    const start = performance.now();
    depth += 1;
    try { return does.apply(this, given); }
    finally { if (!--depth) performance.measure("script", { start }); }
  };
  const { addEventListener } = EventTarget.prototype;
  EventTarget.prototype.addEventListener = function (type, does, ...how) {
    return addEventListener.call(this, type, timed(does), ...how);
  };
  for (const later of ["setTimeout", "setInterval", "requestAnimationFrame"]) {
    const plain = window[later].bind(window);
    window[later] = (does, ...how) => plain(timed(does), ...how);
  }
  // the parser calls observers right before it runs a script, and right after
  let start = 0;
  new MutationObserver((_, watching) => {
    if (!document.getElementById("total")?.textContent) return void (start = performance.now());
    performance.measure("opening", { start });
    watching.disconnect();
  }).observe(document, { childList: true, subtree: true });
})()"""
"""Run before the page's own script."""
SETTLED = """new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(
  performance.getEntriesByName("script").reduce((all, each) => all + each.duration, 0)))))"""
OPENING = "performance.getEntriesByName('opening')[0].duration"
SHOW = """(link) => {
  document.activeElement.blur();
  history.replaceState(null, "", link);
  dispatchEvent(new PopStateEvent("popstate"));
}"""
PAINT = """new Promise((done) => new PerformanceObserver((list) => {
  for (const each of list.getEntriesByName("first-contentful-paint")) done(each.startTime);
}).observe({ type: "paint", buffered: true }))"""


@dataclass(frozen=True)
class OnTimeline(Case):
    """A case whose works give back themselves how many seconds they took."""

    def measured(self, advance: Callable[[float], None]) -> Result:
        works = cast(dict[str, Callable[[], float]], self.build())
        for work in works.values():
            work()  # the first call compiles
        chance = random.Random(0)
        rounds: list[dict[str, float]] = []
        begun = time.monotonic()
        while len(rounds) < self.rounds or time.monotonic() - begun < self.seconds:
            start = time.monotonic()
            names = chance.sample([*works], len(works))
            times = {name: works[name]() for name in names}
            rounds.append({name: times[name] for name in works})
            advance(time.monotonic() - start)
        return Result(self.name, rounds)


@dataclass(frozen=True)
class Spread:
    """Milliseconds."""

    lowest: float
    median: float
    highest: float

    @classmethod
    def of(cls, seconds: list[float]) -> Spread:
        found = min(seconds), statistics.median(seconds), max(seconds)
        return cls(*(round(1000 * each, 2) for each in found))

    def __str__(self) -> str:
        return f"{self.median:.1f}  ({self.lowest:.1f} to {self.highest:.1f})"


@dataclass(frozen=True)
class Gesture:
    """What somebody does on the page: where it begins, what comes before, and what is measured."""

    at: str
    ready: Callable[[Page], object]
    act: Callable[[Page], object]

    def seconds(self, page: Page) -> float:
        page.evaluate(SHOW, f"#{self.at}")
        self.ready(page)
        page.evaluate(SETTLED)
        page.evaluate("performance.clearMeasures()")
        self.act(page)
        milliseconds = float(page.evaluate(SETTLED))
        assert page.evaluate("location.hash") != f"#{self.at}", "nothing came of it"
        return milliseconds / 1000


@dataclass(frozen=True)
class Layer:
    """A layer for the page: its address, and what is typed to come there, or to ask about it."""

    name: str
    at: str
    typed: tuple[str, str, str]
    """The address in front of the last digit, the field, the digit."""
    line: str
    expected: str
    """What forgets the bias, without its last digit, a 0."""

    @property
    def gestures(self) -> dict[str, Gesture]:
        elsewhere = "kind=depthwise&dims=1"
        at, field, digit = self.typed
        return {
            "typing a number": _typing(at, field, digit),
            "toggling the bias": _clicking(self.at, "#bias"),
            "reading a pasted line": _clicking(elsewhere, "#paste button", {"#line": self.line}),
            "expecting a number": _typing(f"{self.at}&expected={self.expected}", "#expected", "0"),
            "following a link": Gesture(elsewhere, lambda _: None, partial(_follow, link=self.at)),
        }


QUESTION = Layer(
    "Conv2D(10, 5) on 100×100×1",
    "filters=10&bias=1",
    ("filters=1", "#field-filters", "0"),
    "Conv2D(10, 5)",
    "25",
)
LARGEST = Layer(
    "nn.Linear(50, 52), the largest matrix that is drawn",
    "kind=dense&inputs=50&units=52",
    ("kind=dense&inputs=50&units=5", "#field-units", "2"),
    "nn.Linear(50, 52)",
    "260",
)


def _typing(at: str, field: str, digit: str) -> Gesture:
    return Gesture(
        at, lambda page: page.locator(field).press("End"), lambda page: page.keyboard.press(digit)
    )


def _clicking(at: str, what: str, filled: dict[str, str] | None = None) -> Gesture:
    def ready(page: Page) -> None:
        for field, text in (filled or {}).items():
            page.fill(field, text)
        page.hover(what)

    def act(page: Page) -> None:
        page.mouse.down()
        page.mouse.up()

    return Gesture(at, ready, act)


def _follow(page: Page, link: str) -> None:
    page.goto(f"{page.url.partition('#')[0]}#{link}")


ELSEWHERE = {
    "opening the network": _clicking("", "#to-network"),
    "the quiz's last answer": _clicking(f"view=quiz&answers={'0' * 9}", ".choice >> nth=0"),
}


def subject(_: torch.device, quick: bool) -> Subject:
    if (why_not := _why_not()) is not None:
        return Subject([], [why_not])
    seconds, rounds = (1, 5) if quick else (12, 10)
    question = QUESTION.gestures | ELSEWHERE
    cases: list[Case] = [
        OnTimeline("the page, opened from its file", _paint, seconds / 4, rounds),
        OnTimeline("script of opening the page", _opening, seconds / 4, rounds),
        OnTimeline(f"script, {QUESTION.name}", partial(_doing, question), seconds, rounds),
        OnTimeline(f"script, {LARGEST.name}", partial(_doing, LARGEST.gestures), seconds, rounds),
    ]
    return Subject(cases, findings=_findings)


def _why_not() -> str | None:
    """What is missing for the page to be measured here; None if nothing is."""
    if sync_playwright is None:
        return "the page: playwright is not installed: `.venv/bin/python -m pip install playwright`"
    if browser.found() is None:
        return f"the page, which takes a browser: install one of {', '.join(browser.NAMES)}"
    return None


def _paint() -> dict[str, Work]:
    return {"first contentful paint": partial(_opened, PAINT)}


def _opening() -> dict[str, Work]:
    return {BESIDE: lambda: LIMIT, "until it can be used": partial(_opened, OPENING)}


def _doing(gestures: dict[str, Gesture]) -> dict[str, Work]:
    page = _page()
    works: dict[str, Work] = {name: partial(each.seconds, page) for name, each in gestures.items()}
    return {BESIDE: lambda: LIMIT, **works}


def _opened(asked: str) -> float:
    page = _page()
    milliseconds = page.evaluate(asked)
    page.context.close()
    return float(milliseconds) / 1000


def _page() -> Page:
    """The page, opened by somebody who has never been there."""
    started, address = _started()
    page = started.new_context().new_page()
    page.add_init_script(TIMELINE)
    page.goto(address)
    return page


@cache
def _started() -> tuple[Browser, str]:
    """A browser, and the address of the page: the file that the command writes."""
    until_end = ExitStack()
    atexit.register(until_end.close)
    file = Path(until_end.enter_context(TemporaryDirectory()), "explorer.html")
    command = [sys.executable, "-m", "sharedconv", "explorer", "-o", str(file)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    chromium = until_end.enter_context(sync_playwright()).chromium
    started = chromium.launch(executable_path=browser.found(), args=[*browser.FLAGS])
    until_end.callback(started.close)
    return started, file.as_uri()


def _findings(results: dict[str, Result]) -> Findings:
    spreads = {
        f"{result.name}: {name}": Spread.of([each[name] for each in result.rounds])
        for result in results.values()
        for name in result.names
        if name != BESIDE
    }
    over = {
        f"{result.name}: {name}": ratio
        for result in results.values()
        for name, ratio in result.ratios.items()
        if ratio.median > 1
    }
    return {
        "browser": f"Chromium {_started()[0].version}",
        "ms: median (lowest to highest)": spreads,
        f"script over {BESIDE}": over or "none",
    }
