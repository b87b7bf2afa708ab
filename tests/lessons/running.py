"""Running a lesson as a learner does: in a process of its own, on a pipe or on a terminal."""

import atexit
import errno
import multiprocessing
import os
import re
import runpy
import select
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "lessons"
LESSONS = sorted(FOLDER.glob("[0-9]*.py"))
AT_MOST = 300
"""Seconds after which a lesson counts as hanging."""
PATH_AT_FIRST = os.environ.get("PYTHONPATH")
LOADED: Any = None
"""Starts processes that have loaded what the lessons need."""
if "forkserver" in multiprocessing.get_all_start_methods():
    LOADED = multiprocessing.get_context("forkserver")
    LOADED.set_forkserver_preload(
        ["keras", "torchinfo", "sharedconv.witnesses", "sharedconv.layers"]
    )


def lesson(number: int) -> Path:
    (found,) = FOLDER.glob(f"{number:02}_*.py")
    return found


def on_a_pipe(number: int, *flags: str) -> subprocess.CompletedProcess[str]:
    """Run a lesson from another folder, where nobody can type anything, and without CUDA.

    As it is, in a process as a learner starts it. With toggles, where the system can, in one that
    has PyTorch and Keras loaded already: loading takes longer than most lessons.
    """
    settings = {**os.environ, "CUDA_VISIBLE_DEVICES": "", "PYTHONIOENCODING": "utf-8"}
    as_it_is = not {*flags} - {"--device", "cpu"}
    if as_it_is or not LOADED or os.environ.get("PYTHONPATH") != PATH_AT_FIRST:
        return subprocess.run(
            [sys.executable, lesson(number), *flags],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            env=settings,
            cwd="/",
            timeout=AT_MOST,
        )
    command = [str(lesson(number)), *flags]
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, name) for name in ("out", "err")]
        process = LOADED.Process(target=_as_started, args=(command, settings, files))
        process.start()
        process.join(AT_MOST)
        code = process.exitcode
        process.kill()
        out, err = (each.read_text(encoding="utf-8") for each in files)
    assert code is not None, "the lesson hangs"
    return subprocess.CompletedProcess(command, code, out, err)


def _as_started(command: list[str], settings: dict[str, str], files: list[Path]) -> None:
    os.environ.clear()
    os.environ.update(settings)
    os.chdir("/")
    for stream, file in zip((sys.stdout, sys.stderr), files, strict=True):
        opened = os.open(file, os.O_WRONLY | os.O_CREAT, 0o600)
        os.dup2(opened, stream.fileno())
        stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.argv = command
    sys.path.insert(0, str(FOLDER))
    try:
        runpy.run_path(command[0], run_name="__main__")
    except Exception as error:
        trace = error.__traceback__
        while trace and trace.tb_frame.f_code.co_filename != command[0]:
            trace = trace.tb_next
        sys.excepthook(type(error), error, trace)
        raise SystemExit(1) from None
    finally:
        atexit._run_exitfuncs()


def on_a_terminal(number: int, *flags: str, answers: list[str]) -> tuple[int, str]:
    """Run a lesson on a pseudo-terminal and type an answer at each prompt.

    Gives the exit code and all that stood on the screen.
    """
    import pty  # Windows has none

    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, lesson(number), *flags],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        start_new_session=True,
    )
    os.close(theirs)
    screen, left = b"", list(answers)
    prompts = 0
    try:
        while chunk := _read(ours):
            screen += chunk
            if screen.count(b"(Enter ") > prompts and screen.endswith(b": "):
                prompts += 1
                assert left, f"it asks more often than expected:\n{screen.decode()}"
                os.write(ours, left.pop(0).encode() + b"\n")
        code = process.wait(AT_MOST)
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    assert not left, f"it never asked for {left}"
    return code, screen.decode().replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    ready, _, _ = select.select([terminal], [], [], AT_MOST)
    assert ready, "the lesson hangs"
    try:
        return os.read(terminal, 65536)
    except OSError as error:
        # this is how Linux says that the other side has closed the terminal
        if error.errno != errno.EIO:
            raise
        return b""


def flat(text: str) -> str:
    """The text with its line breaks taken for spaces, since a page may break anywhere."""
    return " ".join(text.split())


def said_by_witnesses(text: str) -> dict[str, int]:
    """``{"rule": 10, "tally": 10, "torchinfo": 10, "Keras": 10, "matrix": 9}``."""
    lines = re.findall(r"^(rule|tally|torchinfo|Keras|matrix) +([\d,]+) ", text, re.MULTILINE)
    return {witness: int(number.replace(",", "")) for witness, number in lines}
