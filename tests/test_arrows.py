"""Who may know whom (DESIGN.md, section 2), read from every import in the package.

`counting` knows nobody, so that the rule stays arithmetic; `layers` and `counting` don't know each
other, so that rule and tensor testify independently; a witness is where the two meet.
"""

import ast
import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import sharedconv

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "sharedconv"
FILES = sorted(PACKAGE.rglob("*.py"))

ROOMS: dict[str, set[str]] = {
    # a room, and the rooms below it that it may import from
    "counting": set(),
    "refusing": set(),
    "writing": set(),
    "running": set(),
    "spelling": {"counting"},
    "explaining": {"counting", "spelling"},
    "layers": set(),
    "networks": {"layers"},
    "witnesses": {"counting", "layers", "networks", "running"},
    "practice": {
        *("counting", "spelling", "explaining", "layers", "networks", "witnesses"),
        *("refusing", "running"),
    },
    "pictures": {"counting", "spelling", "layers", "networks", "witnesses", "writing"},
    "explorer": {"counting", "spelling", "explaining", "practice"},
    "training": {"layers", "networks", "witnesses", "writing"},
}
TOP = {"__init__", "__main__", "cli", "commands"}
"""The doors of the package: they may know everybody."""

OUTSIDE: dict[str, set[str]] = {
    # what else than Python's own library a room may import, at any depth
    "counting": set(),
    "refusing": set(),
    "writing": set(),
    "running": set(),
    "spelling": set(),
    "explaining": set(),
    "cli": set(),
    "commands": set(),
    "__init__": set(),
    "__main__": set(),
    # the page is made without torch; of practice it asks the quiz, which needs none
    "explorer": {"jinja2"},
    # numpy and keras: where weights are converted
    "layers": {"torch", "numpy", "keras"},
}


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """The full name of every module that a file imports, wherever in the file, with its line."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((each.name, node.lineno) for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, *([node.module] if node.module else [])])
            if module == "sharedconv":  # from .. import counting
                yield from ((f"sharedconv.{each.name}", node.lineno) for each in node.names)
            else:
                yield module, node.lineno


def ours(path: Path) -> Iterator[tuple[str, int]]:
    """The rooms that a file imports from."""
    for module, line in imports(path):
        parts = module.split(".")
        if parts[0] == "sharedconv" and len(parts) > 1:
            yield parts[1], line


def named(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_room_knows_only_the_rooms_below_it(path: Path) -> None:
    here = room(path)
    if here in TOP:
        return
    assert here in ROOMS, f"{here} is a new room; say in ROOMS which rooms it may know"
    wrong = [(other, line) for other, line in ours(path) if other not in {here, *ROOMS[here]}]
    assert not wrong


@pytest.mark.parametrize("path", FILES, ids=named)
def test_only_a_witness_knows_both_layers_and_counting(path: Path) -> None:
    known = {other for other, _ in ours(path)} | {room(path)}
    if room(path) not in {*TOP, "witnesses"}:
        assert not {"layers", "counting"} <= known


@pytest.mark.parametrize("path", FILES, ids=named)
def test_the_light_rooms_import_nothing_heavy(path: Path) -> None:
    here = room(path)
    allowed = {*sys.stdlib_module_names, "sharedconv", *OUTSIDE.get(here, set())}
    if here in OUTSIDE:
        roots = {module.partition(".")[0] for module, _ in imports(path)}
        assert not roots - allowed


@pytest.mark.parametrize("path", FILES, ids=named)
def test_nothing_is_executed_from_text(path: Path) -> None:
    """No eval, no exec, no compile: a line of a layer is taken apart, never run."""
    names = {
        node.id
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Name)
    }
    assert not names & {"eval", "exec", "compile", "__import__"}
    assert "builtins" not in {module for module, _ in imports(path)}


def loaded_after(statement: str) -> set[str]:
    program = (
        "import json, sys; before = set(sys.modules); "
        f"{statement}; print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return set(json.loads(done.stdout))


@pytest.mark.parametrize(
    "statement",
    [
        "import sharedconv",
        "import sharedconv.counting",
        "import sharedconv.spelling",
        "import sharedconv.pictures",  # matplotlib comes when something is drawn
    ],
)
def test_the_light_rooms_load_no_framework(statement: str) -> None:
    loaded = {name.partition(".")[0] for name in loaded_after(statement)}
    assert "sharedconv" in loaded
    assert not loaded & {
        "torch",
        "numpy",
        "keras",
        "rich",
        "torchinfo",
        "dataclasses",
        "matplotlib",
    }


def test_the_layers_load_no_counting_and_no_keras() -> None:
    loaded = loaded_after("import sharedconv.layers")
    assert "torch" in loaded
    assert not [name for name in loaded if name.startswith("sharedconv.counting")]
    assert "keras" not in {name.partition(".")[0] for name in loaded}


def test_this_test_sees_every_kind_of_import() -> None:
    """Otherwise an arrow could turn round unseen."""
    file = PACKAGE / "counting" / "conv.py"
    found = {module for module, _ in imports(file)}
    assert {"sharedconv.counting.count", "sharedconv.counting.dense", "math"} <= found
    assert {other for other, _ in ours(PACKAGE / "explaining" / "layer.py")} >= {
        "counting",
        "spelling",
    }
    # imports inside functions too
    assert {"explaining", "spelling", "witnesses"} <= {
        other for other, _ in ours(PACKAGE / "cli.py")
    }


def test_the_door_of_the_package_opens_to_every_name_it_promises() -> None:
    """What a type checker is told of ``sharedconv.X`` is what comes out of the room named."""
    promised = {
        (alias.asname, node.module)
        for node in ast.walk(ast.parse((PACKAGE / "__init__.py").read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.level == 1
        for alias in node.names
    }
    assert ("Conv", "counting") in promised
    assert set(dir(sharedconv)) >= {name for name, _ in promised}
    for name, module in promised:
        home = importlib.import_module(f"sharedconv.{module}")
        assert getattr(sharedconv, str(name)) is getattr(home, str(name))
    with pytest.raises(AttributeError, match="no attribute 'Konv'"):
        sharedconv.Konv  # noqa: B018
