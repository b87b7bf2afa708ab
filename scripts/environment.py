"""The .venv beside README.md: made once, used again by learn.py and test.py, repaired if half made.

Only the standard library, because this runs before anything is installed.
"""

from __future__ import annotations

import errno
import hashlib
import importlib.metadata
import importlib.util
import json
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

ROOT = Path(__file__).resolve().parent.parent
PINS = Path("scripts", "requirements.lock")

# Files that the set-up keeps inside .venv.
BUSY = "sharedconv-setup.lock"  # there first, so it also tells our .venv from somebody else's
STAMP = "sharedconv-setup.txt"  # there last, so a set-up that was killed has none
LOG = "sharedconv-setup.log"


class CannotGoOn(Exception):
    """One sentence for the person at the keyboard: what is wrong and what to do."""


def exit_code(work: Callable[[], int]) -> int:
    """Do the work; turn what can go wrong on somebody's machine into a sentence and a 2."""
    try:
        return work()
    except CannotGoOn as sentence:
        say(str(sentence))
    except OSError as error:
        say(sentence_for(error))
    except KeyboardInterrupt:
        say("\nStopped by Ctrl-C; the same command starts again.")
        return 130
    return 2


DISK_FULL = "The disk, or your share of it, is full: make room, then run the same command again."
NOT_WRITABLE = """{} cannot be written: copy the project to a folder of your own, \
or close the program that uses the file, then run the same command again."""


def sentence_for(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DISK_FULL
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return NOT_WRITABLE.format(error.filename or ROOT)
    return f"{error.strerror or error} ({error.filename or ROOT})."


def say(line: str) -> None:
    # Not on stdout, which belongs to the lesson: `learn.py 3 > mine.txt` stays clean.
    print(line, file=sys.stderr, flush=True)


def python_of(venv: Path) -> Path:
    return venv / "Scripts" / "python.exe" if os.name == "nt" else venv / "bin" / "python"


def fingerprint(root: Path) -> str:
    """Changes when a .venv made earlier no longer fits: other pins, Python, machine, folder."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    parts = [
        (root / PINS).read_text(encoding="utf-8"),
        # Not the whole file: a new lint rule is no reason to fetch torch again.
        json.dumps([project.get("build-system"), project.get("project")], sort_keys=True),
        str(sys.implementation.cache_tag),
        sys.platform,
        platform.machine(),
        str(root.resolve()),  # a .venv holds its own full path and breaks when it is moved
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def is_ready(root: Path) -> bool:
    try:
        stamp = (root / ".venv" / STAMP).read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    # The lines after the first are folders outside .venv that it leans on.
    return (
        stamp[:1] == [fingerprint(root)]
        and all(Path(folder).exists() for folder in stamp[1:])
        and python_of(root / ".venv").exists()
    )


def prepared_python(root: Path = ROOT) -> Path:
    """The Python of .venv, after a set-up if one is needed."""
    venv = root / ".venv"
    if not is_ready(root):
        if Path(sys.prefix).resolve() == venv.resolve():
            outside = getattr(sys, "_base_executable", "the Python outside it")
            raise CannotGoOn(
                "This is the Python inside .venv, and .venv has to be made again: "
                f"run `{outside} {shlex.join(sys.argv)}`."
            )
        with one_at_a_time(venv) as held:
            # Another terminal may have done it while this one waited.
            if not is_ready(root):
                set_up(root, held)
    return python_of(venv)


@contextmanager
def one_at_a_time(venv: Path) -> Iterator[int]:
    """Hold .venv for this set-up; the system lets go of it even if we are killed."""
    venv.mkdir(exist_ok=True)
    names = os.listdir(venv)
    if names and BUSY not in names:
        raise CannotGoOn(
            f"{venv} was not made by this script: rename or delete it, then run this again."
        )
    handle = os.open(venv / BUSY, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not take(handle):
            say("Another set-up of .venv is at work (another terminal?); waiting for it ...")
            while not take(handle):
                time.sleep(0.3)
        yield handle
    finally:
        os.close(handle)


def take(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        # Any other error: a network disk without locks, where one set-up still has to work.
        return error.errno not in (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK)
    return True


def release(version: str) -> tuple[int, ...]:
    """The numbers of a version, 2.6 and 2.6.0+cu124 alike: (2, 6, 0, 0)."""
    numbers = re.match(r"\d+(\.\d+)*", version)
    parts = [int(part) for part in numbers[0].split(".")] if numbers else []
    return tuple([*parts, 0, 0, 0, 0][:4])


def in_range(version: str, requirement: str) -> bool:
    """Whether this version of torch satisfies a requirement such as `torch>=2.6,<3`."""
    for clause in requirement.removeprefix("torch").replace(" ", "").split(","):
        parts = re.fullmatch(r"(>=|<=|==|!=|>|<)(\d+(?:\.\d+)*)", clause)
        # A clause we cannot read counts as not satisfied: fetching torch is slow, but never wrong.
        if parts is None:
            return False
        a, b = release(version), release(parts[2])
        holds = {">=": a >= b, "<=": a <= b, "==": a == b, "!=": a != b, ">": a > b, "<": a < b}
        if not holds[parts[1]]:
            return False
    return True


def torch_already_here(root: Path) -> importlib.metadata.Distribution | None:
    """The torch of the Python that runs this script, if the lessons can use it.

    Course machines often come with a torch built for their GPU. Fetching another would cost
    gigabytes and perhaps not fit the driver.
    """
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [d for d in project["dependencies"] if re.match(r"torch\b(?!-)", d)]
    try:
        torch = importlib.metadata.distribution("torch")
    except importlib.metadata.PackageNotFoundError:
        return None
    good = wanted and in_range(torch.version, wanted[0])
    return torch if good and Path(str(torch.locate_file("torch"))).is_dir() else None


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def comes_with(torch: importlib.metadata.Distribution) -> set[str]:
    """The names of torch and of all it needs that is installed beside it."""
    names, look_at = {"torch"}, [torch]
    while look_at:
        for needed in look_at.pop().requires or []:
            name = plain(re.split(r"[^\w.-]", needed, maxsplit=1)[0])
            if name in names or "extra ==" in needed:
                continue
            try:
                look_at.append(importlib.metadata.distribution(name))
            except importlib.metadata.PackageNotFoundError:
                continue
            names.add(name)
    # Our own build needs the pinned setuptools, whatever torch is content with.
    return names - {"setuptools"}


def show_outer_packages(venv: Path) -> None:
    """Let .venv see the packages of the environment (venv) that runs this script.

    --system-site-packages would show those of the base Python instead. What a .pth file names
    goes to the end of sys.path, so whatever .venv installs for itself still wins.
    """
    outer = [p for p in sys.path if Path(p).name in ("site-packages", "dist-packages")]
    base = {"base": str(venv), "platbase": str(venv)}
    inner = Path(sysconfig.get_path("purelib", scheme="venv", vars=base))
    # "locale", because Python 3.11 reads .pth files that way.
    (inner / "zz_outer_packages.pth").write_text("\n".join(outer) + "\n", encoding="locale")


def set_up(root: Path, held: int) -> None:
    venv, started = root / ".venv", time.monotonic()
    parts = [importlib.util.find_spec(name) for name in ("venv", "ensurepip")]
    # An empty folder that a removed package left behind has a spec, too, but no file.
    if not all(part and part.origin for part in parts):
        raise CannotGoOn(
            "This Python cannot make virtual environments; on Debian or Ubuntu run `sudo apt "
            "install python3-venv` (or python{}.{}-venv), then this again.".format(
                *sys.version_info
            )
        )
    torch = torch_already_here(root)
    say("Setting up .venv beside README.md (once, it takes a few minutes):")
    clear(venv)
    with (venv / LOG).open("w", encoding="utf-8") as log:

        def step(title: str, *command: str) -> None:
            say(f"- {title}")
            do(command, root, log, held)

        python, pins = str(python_of(venv)), root / PINS
        in_environment = sys.prefix != sys.base_prefix
        see_system = ["--system-site-packages"] if torch and not in_environment else []
        new = [sys.executable, "-m", "venv", *see_system, str(venv)]
        step(f"a new environment of Python {platform.python_version()}", *new)
        if torch:
            say(f"  with the torch {torch.version} that this Python already has")
            if in_environment:
                show_outer_packages(venv)
            here, lines = comes_with(torch), pins.read_text(encoding="utf-8").splitlines()
            pins = venv / "requirements-without-torch.txt"
            kept = [line for line in lines if plain(line.split("==")[0]) not in here]
            pins.write_text("\n".join(kept), encoding="utf-8")
        pip = [python, "-m", "pip", "install", "--no-input", "--progress-bar", "off"]
        step(f"the packages in {PINS.as_posix()}", *pip, "-r", str(pins))
        # compat puts this folder itself on sys.path, ahead of a sharedconv beside the outer torch.
        pip += ["--no-index", "--no-deps", "--config-settings", "editable_mode=compat"]
        step("sharedconv itself, from this folder", *pip, "--no-build-isolation", "-e", ".")
        step("does torch start?", python, "-c", "import torch")
    outside = [str(torch.locate_file("torch"))] if torch else []
    part = venv / (STAMP + ".part")
    part.write_text("\n".join([fingerprint(root), *outside]), encoding="utf-8")
    part.replace(venv / STAMP)
    say(f"Ready after {time.monotonic() - started:.0f} s.\n")


def clear(venv: Path) -> None:
    """Empty .venv, the stamp first. The lock file stays, since we hold it."""
    (venv / STAMP).unlink(missing_ok=True)
    for entry in venv.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        elif entry.name != BUSY:
            entry.unlink()


def do(command: Sequence[str], root: Path, log: TextIO, held: int) -> None:
    """Run one step of the set-up, with its output in the log and its downloads on the screen."""
    log.write("$ " + shlex.join(command) + "\n")
    said = []
    with subprocess.Popen(
        command,
        cwd=root,
        # Some machines are set to `pip install --user`, which fails inside an environment.
        env={**os.environ, "PIP_USER": "0", "PYTHONIOENCODING": "utf-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        # pip holds the lock as well: if only this script is killed, the next run waits for pip.
        pass_fds=() if os.name == "nt" else (held,),
    ) as child:
        assert child.stdout is not None
        for line in child.stdout:
            said.append(line)
            log.write(line)
            if wheel := re.search(r"Downloading (?:\S*/)?([^-/ ]+)-[^- ]+-\S+\.whl (\(.+\))", line):
                say(f"  fetching {wheel[1]} {wheel[2]}")
            elif "Installing collected" in line:
                say("  installing")
            elif "Retrying (" in line:
                say("  no connection, pip tries again")
    if child.returncode:
        raise CannotGoOn(what_went_wrong("".join(said), log.name))


def what_went_wrong(said: str, log: str) -> str:
    """One sentence from the many lines of pip."""
    if re.search(r"Errno 28\b|No space left|Errno 122\b|quota exceeded", said, re.IGNORECASE):
        return DISK_FULL
    missing = re.findall(r"No matching distribution found for (\S+)", said)
    last = re.findall(r"^\s*(?:Collecting|Downloading) (\S+)", said, re.MULTILINE)
    what = (missing or last[-1:] or ["a package"])[0].rsplit("/", 1)[-1]
    if re.search(r"connection broken|HTTPSConnectionPool|timed out|NameResolution|Proxy", said):
        cause = f"pip could not fetch {what}: get online, then run the same again"
    elif missing:
        cause = f"pip finds no {what} for Python {platform.python_version()} here: try another one"
    elif denied := re.search(r"(?:Permission denied|Read-only file system): '([^']+)'", said):
        return NOT_WRITABLE.format(denied[1])
    else:
        cause = "The set-up stopped: " + (said.strip().splitlines() or ["no word why"])[-1].strip()
    return f"{cause} (all that was said is in {log})."


def run(command: Sequence[str | Path], folder: Path | None = None) -> int:
    """Run a command of .venv with this terminal as its own, and give back its exit code."""
    environ = {"KERAS_BACKEND": "torch", **os.environ}
    child = subprocess.Popen([str(word) for word in command], cwd=folder, env=environ)
    try:
        code = child.wait()
    except KeyboardInterrupt:
        # Ctrl-C reached the child as well: let it say its last words before we say ours.
        try:
            child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            child.kill()
        raise
    return 128 - code if code < 0 else code
