"""Does a test notice every factor and every term of every count: `python3 scripts/mutation.py`.

A mutant is a rule of sharedconv/counting with one factor of one term dropped, or one whole term.
The mutants are read off what the tests make the rules count. Then the tests that met the factor
run with the rule so changed; when all of them pass, nobody would notice if it were forgotten.

This file is also the pytest plugin that changes the rule (`-p mutation`). It gets its orders in
the JSON file that SHAREDCONV_MUTATION names, and answers in another.
"""

from __future__ import annotations

import argparse
import inspect
import json
import multiprocessing
import os
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import environment

if TYPE_CHECKING:
    import pytest

    from sharedconv.counting import Count, Kind

ORDERS = "SHAREDCONV_MUTATION"
FOLDERS = ("tests/counting", "tests/witnesses")
FORKS = hasattr(os, "fork")
LIMIT = 300  # seconds: a rule that is wrong may send a search on without end


class Mutant(NamedTuple):
    """What is dropped: a factor of the nth term with this role, or without a factor, the term."""

    kind: str
    role: str
    nth: int
    factor: str | None

    def __str__(self) -> str:
        which = f" ({self.nth + 1})" if self.nth else ""
        how = "dropped" if self.factor is None else f"without {self.factor}"
        return f"{self.kind}: {self.role}{which} {how}"


def mutants_of(kind: str, count: Count) -> Iterator[Mutant]:
    seen: dict[str, int] = defaultdict(int)
    for term in count.terms:
        for factor in (None, *term.factors):
            yield Mutant(kind, term.role, seen[term.role], factor)
        seen[term.role] += 1


def mutated(count: Count, mutant: Mutant) -> Count:
    """The same count, less what the mutant drops where it is there."""
    terms = list(count.terms)
    places = [place for place, term in enumerate(terms) if term.role == mutant.role]
    for place in places[mutant.nth : mutant.nth + 1]:
        drop = mutant.factor
        terms[place : place + 1] = [] if drop is None else [terms[place].without(drop)]
    return type(count)(terms)


Rule = Callable[["Kind"], "Count"]


def wrapped(rule: Rule, see: Callable[[str, Count], Count]) -> Rule:
    """The rule, with each of its counts exchanged for what `see` makes of it."""

    def count(self: Kind) -> Count:
        # by the kind that was asked: a rule that others inherit is wrong for one of them only
        return see(type(self).__name__, rule(self))

    return count


@cache  # so that a fork has no module that came later
def kinds() -> list[type[Kind]]:
    """Every class below Kind, in all modules of sharedconv/counting."""
    for file in sorted((environment.ROOT / "sharedconv" / "counting").glob("[a-z]*.py")):
        import_module(f"sharedconv.counting.{file.stem}")
    from sharedconv.counting import Kind

    found = Kind.__subclasses__()
    for kind in found:  # it grows meanwhile
        found += kind.__subclasses__()
    return found


# -- inside pytest -------------------------------------------------------------------------------


def pytest_configure(config: pytest.Config) -> None:
    from hypothesis import Phase, settings

    orders = json.loads(Path(os.environ[ORDERS]).read_text("utf-8"))
    kinds()
    # The same examples each time, or luck would decide; none made smaller, as nobody reads it.
    some = {"phases": [Phase.explicit, Phase.generate], **orders["examples"]}
    fixed = settings(derandomize=True, database=None, **some)
    settings.register_profile("mutation", fixed)
    settings.load_profile("mutation")
    if not config.option.collectonly:
        config.pluginmanager.register(Watcher(orders))


class Watcher:
    """Changes the rule of one kind, or without a mutant writes down what each test counts."""

    def __init__(self, orders: dict[str, Any]) -> None:
        self.mutant = Mutant(*orders["mutant"]) if orders["mutant"] else None
        self.tests: list[str] = orders["tests"]
        self.answer = Path(orders["folder"], "answer.json")
        self.applied = False
        self.failed: list[str] = []
        self.seconds: dict[str, float] = defaultdict(float)
        self.seen: dict[str, set[Mutant]] = defaultdict(set)
        for kind in kinds():
            if "count" in vars(kind):
                kind.count = wrapped(kind.count, self.see)  # type: ignore[assignment, method-assign]

    def see(self, kind: str, count: Count) -> Count:
        if self.mutant is None:
            test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" (")[0]
            self.seen[test] |= {*mutants_of(kind, count)}
        elif kind == self.mutant.kind:
            old, count = count, mutated(count, self.mutant)
            self.applied |= count != old
        return count

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        if self.mutant is not None:
            of_name = {each.nodeid: each for each in items}
            items[:] = [of_name[test] for test in self.tests if test in of_name]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] += report.duration
        if report.failed:
            self.failed.append(report.nodeid)

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        results = {0: "survived" if self.applied else "not applied", 1: "killed"}
        answer = {
            "result": results.get(exitstatus, "pytest broke down"),
            "failed": self.failed,
            "seconds": self.seconds,
            "seen": {test: list(mutants) for test, mutants in self.seen.items()},
        }
        self.answer.write_text(json.dumps(answer), "utf-8")


# -- around pytest -------------------------------------------------------------------------------


def main() -> int:
    parser = argparse.ArgumentParser(description="Does a test notice every factor and every term?")
    parser.add_argument("--quick", action="store_true", help="fewer random layers, less certain")
    parser.add_argument("--json", action="store_true", help="the results for a program")
    asked = parser.parse_args()
    if Path(sys.prefix).resolve() != (environment.ROOT / ".venv").resolve():
        python = environment.prepared_python()
        return environment.run([python, Path(__file__), *sys.argv[1:]])
    with tempfile.TemporaryDirectory() as folder:
        results, seconds = check(Path(folder), asked.quick)
    _print(results, seconds, asked.json)
    return int(any(result != "killed" for result in results.values()))


def check(folder: Path, quick: bool) -> tuple[dict[Mutant, str], float]:
    """What became of every mutant in its tests, and the seconds it took."""
    started = time.monotonic()
    os.chdir(environment.ROOT)
    os.environ |= {ORDERS: str(folder / "orders.json"), "KERAS_BACKEND": "torch"}
    orders: dict[str, Any] = {"folder": str(folder), "mutant": None, "tests": FOLDERS}
    orders["examples"] = {"max_examples": 10} if quick else {}
    kinds()
    if FORKS:
        _pytest(orders, "--collect-only")
    environment.say("The tests as they are, to see what they count ...")
    first = _pytest_apart(orders)
    if not first.get("seen"):
        raise environment.CannotGoOn("pytest broke down before any rule was changed.")
    for test in first["failed"]:
        environment.say(f"left out, it fails as it is: {test}")
    meets: dict[Mutant, list[str]] = defaultdict(list)
    # the fastest first, as one that fails is enough
    for test in sorted(first["seconds"], key=first["seconds"].__getitem__):
        for words in first["seen"].get(test, ()) if test not in first["failed"] else ():
            meets[Mutant(*words)].append(test)
    results: dict[Mutant, str] = {}
    for number, mutant in enumerate(sorted(meets, key=str), 1):
        answer = _pytest_apart({**orders, "mutant": mutant, "tests": meets[mutant]})
        results[mutant] = answer.get("result", "pytest broke down")
        by = ["by", *answer["failed"]] if answer.get("failed") else []
        environment.say(" ".join([f"{number}/{len(meets)}  {mutant}: {results[mutant]}", *by]))
    return results, time.monotonic() - started


def _pytest(orders: dict[str, Any], *more: str) -> None:
    import pytest

    Path(os.environ[ORDERS]).write_text(json.dumps(orders), "utf-8")
    files = sorted({test.split("::")[0] for test in orders["tests"]})
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):
        pytest.main([*more, "-n", "0", "-p", "no:cacheprovider", "-p", "mutation", *files])


def _pytest_apart(orders: dict[str, Any]) -> dict[str, Any]:
    """What the plugin answers in a process of its own; nothing if that broke down."""
    answer = Path(orders["folder"], "answer.json")
    answer.unlink(missing_ok=True)
    # a fork has torch, Keras and the tests already, which take longer to import than to run
    context: Any = multiprocessing.get_context("fork" if FORKS else "spawn")
    child = context.Process(target=_pytest, args=(orders, "-x" if orders["mutant"] else "-q"))
    child.start()
    child.join(LIMIT if orders["mutant"] else None)
    child.kill()  # where it still runs
    return json.loads(answer.read_text("utf-8")) if answer.exists() else {}


def _print(results: dict[Mutant, str], seconds: float, as_json: bool) -> None:
    of_kind = {kind.__name__: Counter[str]() for kind in kinds() if not inspect.isabstract(kind)}
    for mutant, result in results.items():
        of_kind[mutant.kind].update(["mutants", result])
    nothing = [kind for kind, found in of_kind.items() if not found]
    if as_json:
        rows = [{**mutant._asdict(), "result": result} for mutant, result in results.items()]
        print(json.dumps({"mutants": rows, "nothing counted": nothing, "seconds": seconds}))
        return
    of_kind["together"] = sum(of_kind.values(), Counter[str]())
    print(f"{'kind':<28}{'mutants':>8}{'killed':>8}")
    for kind, found in of_kind.items():
        print(f"{kind:<28}{found['mutants']:>8}{found['killed']:>8}")
    print(f"\nin {seconds:.0f} s; no test met a term of {', '.join(nothing)}")
    print(*[f"{how}: {mutant}" for mutant, how in results.items() if how != "killed"], sep="\n")


if __name__ == "__main__":
    sys.exit(environment.exit_code(main))
