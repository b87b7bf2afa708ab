"""The two commands a learner types: what they do before and around the .venv they make."""

import ast
import importlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

HERE = Path(__file__).resolve().parents[2]


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(HERE / "scripts")  # a folder of commands, so no package
    return importlib.import_module("environment")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A small project with the real scripts and package, two lessons, in a folder with a space."""
    root = tmp_path / "my course"
    for folder in ("scripts", "sharedconv"):
        shutil.copytree(HERE / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(HERE / "pyproject.toml", root)
    (root / "lessons").mkdir()
    (root / "lessons/01_first.py").write_text(
        "# %% [markdown]\n# # 1. One kernel, 2 × 2\n", "utf-8"
    )
    (root / "lessons/03_echo.py").write_text(
        "# %% [markdown]\n# # 3. The echo\n# %%\nimport os, sys\n"
        "print(sys.argv[1:], os.environ['KERAS_BACKEND'])\nsys.exit(7)\n",
        "utf-8",
    )
    return root


@pytest.fixture
def made(environment: ModuleType, checkout: Path) -> Path:
    """The same with a .venv that looks as a finished set-up leaves it."""
    python = environment.python_of(checkout / ".venv")
    python.parent.mkdir(parents=True)
    if os.name == "nt":
        shutil.copy(sys.executable, python)
    else:
        python.symlink_to(sys.executable)
    (checkout / ".venv" / environment.BUSY).touch()
    (checkout / ".venv" / environment.STAMP).write_text(environment.fingerprint(checkout))
    return checkout


def type_in(root: Path, *words: str, python: str = sys.executable) -> subprocess.CompletedProcess:
    """What a learner gets who types the command, in a folder that is not the project's."""
    script, *arguments = words
    return subprocess.run(
        [python, str(root / "scripts" / script), *arguments],
        cwd=root.parent,
        env={k: v for k, v in os.environ.items() if k != "KERAS_BACKEND"},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )


@pytest.mark.parametrize(
    ("version", "requirement", "good"),
    [
        ("2.6", "torch>=2.6", True),
        ("2.6.0+cu124", "torch>=2.6", True),
        ("2.6.0a0+df5bbc09d1.nv24.12", "torch >= 2.6", True),
        ("2.13.0", "torch>=2.6", True),
        ("2.5.1", "torch>=2.6", False),
        ("2.13.0+cpu", "torch>=2.6,<2.13", False),
        ("2.6.2", "torch>=2.6,!=2.6.2", False),
        ("2.6.0", "torch==2.6", True),
        ("unknown", "torch>=2.6", False),
        ("2.6.0", "torch~=2.6", False),
    ],
)
def test_a_torch_counts_as_usable_only_within_the_range(
    environment: ModuleType, version: str, requirement: str, good: bool
) -> None:
    assert environment.in_range(version, requirement) is good


@pytest.fixture
def outer(tmp_path: Path, environment: ModuleType) -> Iterator[Path]:
    """A site-packages folder with a make-believe torch 2.99 that needs two other packages."""
    assert environment  # first, as what it puts into the path is taken out by what was there then
    folder = tmp_path / "outer" / "site-packages"
    needs = {
        "torch": ("2.99.0+cu126", "sympy==1.13.3", "setuptools", "optree; extra == 'optree'"),
        "sympy": ("1.13.3", "mpmath<1.4"),
        "setuptools": ("60.0",),
        "mpmath": ("1.3.0",),
        "optree": ("0.13",),
    }
    for name, (version, *requires) in needs.items():
        (folder / name).mkdir(parents=True)
        info = folder / f"{name}-{version}.dist-info"
        info.mkdir()
        lines = [f"Requires-Dist: {r}\n".replace("'", '"') for r in requires]
        (info / "METADATA").write_text(f"Name: {name}\nVersion: {version}\n" + "".join(lines))
    standard = [entry for entry in sys.path if Path(entry).name != "site-packages"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [*standard, str(folder)])
        yield folder


@pytest.mark.usefixtures("outer")
def test_the_torch_of_the_machine_is_taken_with_what_it_needs(
    environment: ModuleType, checkout: Path
) -> None:
    torch = environment.torch_already_here(checkout)
    assert torch.version == "2.99.0+cu126"
    # Not setuptools, which our own build needs newer, and not what only an extra asks for.
    assert environment.comes_with(torch) == {"torch", "sympy", "mpmath"}


def test_a_torch_that_is_too_old_or_gone_is_not_taken(
    environment: ModuleType, checkout: Path, outer: Path
) -> None:
    shutil.rmtree(outer / "torch")
    assert environment.torch_already_here(checkout) is None
    (outer / "torch").mkdir()
    info = outer / "torch-2.99.0+cu126.dist-info"
    (info / "METADATA").write_text("Name: torch\nVersion: 1.13.1\n")
    assert environment.torch_already_here(checkout) is None


@pytest.mark.parametrize("in_environment", [False, True])
def test_set_up_beside_the_torch_of_the_machine_fetches_none(
    environment: ModuleType,
    checkout: Path,
    outer: Path,
    monkeypatch: pytest.MonkeyPatch,
    in_environment: bool,
) -> None:
    venv, commands = checkout / ".venv", []

    def pretend(command: list[str], *_: object) -> None:
        commands.append(command)
        environment.python_of(venv).parent.mkdir(parents=True, exist_ok=True)
        environment.python_of(venv).touch()
        for lib in ("lib/python{}.{}".format(*sys.version_info), "Lib"):
            (venv / lib / "site-packages").mkdir(parents=True, exist_ok=True)

    monkeypatch.setattr(environment, "do", pretend)
    monkeypatch.setattr(sys, "base_prefix", "elsewhere" if in_environment else sys.prefix)
    environment.prepared_python(checkout)

    assert ("--system-site-packages" in commands[0]) is not in_environment
    seen = [path.read_text() for path in venv.rglob("zz_outer_packages.pth")]
    assert seen == ([f"{outer}\n"] if in_environment else [])
    pins = Path(commands[1][commands[1].index("-r") + 1]).read_text()
    names = {line.split("==")[0] for line in pins.splitlines()}
    assert not names & {"torch", "sympy", "mpmath"}
    assert {"setuptools", "pytest", "numpy", "optree"} <= names
    assert environment.is_ready(checkout)

    shutil.rmtree(outer / "torch")  # somebody uninstalls it later
    assert not environment.is_ready(checkout)


def test_ready_until_the_pins_or_the_dependencies_change(
    environment: ModuleType, made: Path
) -> None:
    assert environment.is_ready(made)
    project = made / "pyproject.toml"
    text = project.read_text("utf-8")
    project.write_text(text.replace("dependencies = [", 'dependencies = ["one-more",'), "utf-8")
    assert not environment.is_ready(made)
    project.write_text(text + "\n[tool.another]\n", "utf-8")  # no reason to set up again
    assert environment.is_ready(made)
    with (made / environment.PINS).open("a") as pins:
        pins.write("one-more==1.0\n")
    assert not environment.is_ready(made)


def test_not_ready_once_moved_or_without_its_python(environment: ModuleType, made: Path) -> None:
    moved = made.rename(made.parent / "moved")
    assert not environment.is_ready(moved)
    assert environment.is_ready(moved.rename(made))
    environment.python_of(made / ".venv").unlink()
    assert not environment.is_ready(made)


def test_a_set_up_that_stops_half_way_is_done_again(
    environment: ModuleType, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (made / environment.PINS).write_text("torch==2.13.0\n")  # so .venv has to be made again
    rubbish = made / ".venv" / "lib" / "half.py"

    def killed(command: list[str], *_: object) -> None:
        if "pip" in command:
            raise KeyboardInterrupt
        rubbish.parent.mkdir(exist_ok=True)
        rubbish.touch()

    monkeypatch.setattr(environment, "torch_already_here", lambda _: None)
    monkeypatch.setattr(environment, "do", killed)
    assert environment.exit_code(lambda: environment.prepared_python(made)) == 130
    assert rubbish.exists()
    assert not environment.is_ready(made)

    monkeypatch.setattr(environment, "do", lambda *_: None)
    environment.prepared_python(made)
    assert not rubbish.exists()


def test_only_one_set_up_at_a_time(environment: ModuleType, tmp_path: Path) -> None:
    with environment.one_at_a_time(tmp_path / ".venv"):
        second = os.open(tmp_path / ".venv" / environment.BUSY, os.O_RDWR)
        assert not environment.take(second)
    assert environment.take(second)
    os.close(second)


def test_a_venv_of_somebody_else_is_left_alone(
    environment: ModuleType, checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = checkout / ".venv" / "precious.txt"
    mine.parent.mkdir()
    mine.touch()
    assert environment.exit_code(lambda: environment.prepared_python(checkout)) == 2
    assert mine.exists()
    assert capsys.readouterr().err.count("\n") == 1


def test_without_the_venv_module_one_sentence_says_what_to_install(
    environment: ModuleType,
    checkout: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda _: None)
    assert environment.exit_code(lambda: environment.prepared_python(checkout)) == 2
    said = capsys.readouterr().err
    assert "apt install python3-venv" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("ERROR: Could not install packages: [Errno 28] No space left on device", "disk"),
        (
            "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError'\n"
            "ERROR: No matching distribution found for numpy==2.4.6",
            "could not fetch numpy==2.4.6: get online",
        ),
        (
            "Collecting torch==2.13.0\n  Downloading https://x.org/y/torch-2.13.0.whl (9 MB)\n"
            "ERROR: HTTPSConnectionPool(host='x.org', port=443): Read timed out.",
            "could not fetch torch-2.13.0.whl: get online",
        ),
        ("ERROR: No matching distribution found for torch==2.13.0", "finds no torch==2.13.0"),
        ("OSError: [Errno 13] Permission denied: '/opt/x'", "/opt/x cannot be written"),
        ("Traceback:\nOSError: libcudart.so is missing\n", "libcudart.so is missing"),
        ("", "stopped"),
    ],
)
def test_what_pip_says_becomes_one_sentence(environment: ModuleType, said: str, words: str) -> None:
    sentence = environment.what_went_wrong(said, "setup.log")
    assert words in sentence
    assert "\n" not in sentence


def test_list_needs_no_venv_and_shows_a_title_a_line(checkout: Path) -> None:
    result = type_in(checkout, "learn.py", "--list")
    assert result.returncode == 0, result.stderr
    assert [line.split(maxsplit=1) for line in result.stdout.splitlines()] == [
        ["1.", "One kernel, 2 × 2"],
        ["3.", "The echo"],
    ]
    assert not (checkout / ".venv").exists()


def test_an_unknown_word_is_one_sentence_with_the_lessons_that_exist(checkout: Path) -> None:
    for word in ("2", "99", "-1", "convolutions"):
        result = type_in(checkout, "learn.py", word)
        assert result.returncode == 2
        assert "1, 3" in result.stderr
        assert result.stderr.count("\n") == 1
    result = type_in(checkout, "test.py", "-k", "conv")  # meant for pytest, without the --
    assert result.returncode == 2
    assert result.stderr.count("\n") == 1
    assert not (checkout / ".venv").exists()


@pytest.mark.parametrize("number", ["3", "03"])
def test_a_lesson_gets_its_flags_and_gives_its_exit_code(made: Path, number: str) -> None:
    result = type_in(made, "learn.py", number, "--no-bias", "--help", "a b")
    assert result.stdout == "['--no-bias', '--help', 'a b'] torch\n"
    assert result.stderr == ""
    assert result.returncode == 7


def test_without_a_number_it_goes_on_where_the_learner_is(made: Path, home: Path) -> None:
    result = type_in(made, "learn.py")
    assert result.returncode == 0
    assert result.stderr == "The beginning is lesson 1. One kernel, 2 × 2\n\n"
    home.mkdir()
    (home / "progress.json").write_text('{"lessons": {"1": "2025-11-25T02:37:11Z"}}', "utf-8")
    result = type_in(made, "learn.py")
    assert result.returncode == 7
    assert result.stdout == "[] torch\n"
    assert result.stderr == "So far: 1 of 2 lessons finished. On with lesson 3. The echo\n\n"


def test_help_of_both_commands(checkout: Path) -> None:
    for script in ("learn.py", "test.py"):
        result = type_in(checkout, script, "--help")
        assert result.returncode == 0
        assert f"python3 scripts/{script}" in result.stdout


@pytest.mark.parametrize("script", ["learn.py", "test.py"])
def test_a_python_that_is_too_old_gets_a_sentence(script: str) -> None:
    names = [shutil.which(f"python{v}") for v in ("2.7", "3.6", "3.7", "3.8", "3.9", "3.10")]
    # A name on PATH can be a stand-in of a version manager that starts nothing.
    old = [n for n in names if n and not subprocess.run([n, "-V"], capture_output=True).returncode]
    if not old:
        pytest.skip("no Python older than 3.11 here")
    result = type_in(HERE, script, python=old[0])
    assert result.returncode == 2
    assert "needs Python 3.11 or newer" in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("script", ["learn.py", "test.py"])
def test_nothing_that_an_old_python_cannot_read(script: str) -> None:
    newer = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.Starred, ast.AsyncFunctionDef)
    for node in ast.walk(ast.parse((HERE / "scripts" / script).read_text("utf-8"))):
        assert not isinstance(node, newer), f"line {node.lineno}"
        if isinstance(node, ast.FunctionDef):
            assert node.returns is None
            assert not node.args.kwonlyargs
            assert all(a.annotation is None for a in node.args.args)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print":
            # print of one thing is the same in Python 2, which knows no flush= and no file=
            assert len(node.args) == 1
            assert not node.keywords


@pytest.mark.parametrize("script", ["learn.py", "test.py"])
def test_too_old_is_said_before_anything_newer_is_read(script: str, tmp_path: Path) -> None:
    # The same, where no old Python is installed: a new one that says it is 3.9.
    pretend = (
        "import runpy, sys; sys.version_info = (3, 9, 18, 'final', 0); "
        f"runpy.run_path({str(HERE / 'scripts' / script)!r}, run_name='__main__')"
    )
    result = subprocess.run(
        [sys.executable, "-c", pretend], cwd=tmp_path, capture_output=True, encoding="utf-8"
    )
    assert result.returncode == 2
    assert "this is Python 3.9" in result.stderr
    assert result.stderr.count("\n") == 1
