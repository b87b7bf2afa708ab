"""Lessons and exercises as Jupyter notebooks: made by jupytext, run by nbclient."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from .lessons import lessons_in
from .manifest import read_manifest

NEEDED = ("jupytext", "nbclient", "ipykernel")
SECONDS = 600
"""So long one cell may take."""


@dataclass(frozen=True)
class Source:
    """A script to make a notebook of.

    script: the lesson's or exercise's file. name: where the notebook goes, below a folder of the
    reader's choice. runs: whether its cells can be run: an exercise waits for its reader.
    closing: what is said behind the last cell; "" for nothing.
    """

    script: Path
    name: str
    runs: bool
    closing: str = ""


def sources(root: Path, lesson: int | None = None) -> list[Source]:
    """What notebooks there are: each lesson, and behind it its exercises.

    root: the folder with `lessons/` in it. lesson: only this one's.

    Raises ValueError, in one sentence, for a lesson that there isn't.
    """
    lessons = lessons_in(root)
    if lesson is not None and lesson not in lessons:
        known = ", ".join(map(str, lessons)) or "none yet"
        raise ValueError(f"there is no lesson {lesson}; the lessons are {known}")
    exercises = read_manifest(root / "lessons" / "exercises")
    found = []
    for number, script in lessons.items():
        if lesson in (None, number):
            found.append(Source(script, f"{script.stem}.ipynb", runs=True))
            found += [
                Source(
                    root / "lessons" / "exercises" / each.file,
                    f"exercises/{Path(each.file).stem}.ipynb",
                    runs=False,
                    closing=CHECKED.format(id=each.id),
                )
                for each in exercises
                if each.lesson == number
            ]
    return found


CHECKED = """\
To have your answer checked, run `sharedconv practice {id}` in a terminal. It makes a file for your
answer and says where it is. That file opens as a notebook, too: in JupyterLab, by a right click and
*Open With*, *Notebook*, where jupytext is installed."""


def notebook(source: Source, run: bool = True) -> Any:
    """The notebook of a script, as jupytext and nbformat have it.

    run: whether to run its cells, in a kernel of the Python that this is.

    Raises ValueError, in one sentence, where a package is missing and where a cell stops.
    """
    missing = [name for name in (NEEDED if run else NEEDED[:1]) if find_spec(name) is None]
    if missing:
        raise ValueError(
            f"a notebook needs {' and '.join(missing)}; install with: "
            "pip install 'sharedconv[notebook]'"
        )
    import jupytext

    text = source.script.read_text(encoding="utf-8")
    if source.closing:
        text += "".join(f"# {line}\n" for line in ["%% [markdown]", *source.closing.splitlines()])
    made = jupytext.reads(text, fmt="py:percent")
    for place, cell in enumerate(made.cells, 1):
        cell["id"] = f"cell-{place}"  # the same each time, so that a new run shows what is new
    made.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    if run and source.runs:
        _run(made, source.script)
    return made


def _run(made: Any, script: Path) -> None:
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    try:
        with TemporaryDirectory(prefix="sharedconv-") as sockets:
            manager = AsyncKernelManager(kernel_spec_manager=_this_python())
            if os.name != "nt":
                # files that only this user can open; over TCP, another user of a shared machine
                # could listen
                manager.transport = "ipc"
                manager.connection_file = str(Path(sockets, "kernel.json"))
            client = NotebookClient(made, timeout=SECONDS, km=manager)
            client.execute(cleanup_kc=True, env={"KERAS_BACKEND": "torch", **os.environ})
    except CellExecutionError as problem:
        place = next(
            place
            for place, cell in enumerate(made.cells, 1)
            if any(each.output_type == "error" for each in cell.get("outputs", []))
        )
        raise ValueError(
            f"{script.name} stops in cell {place} ({problem.ename}: {problem.evalue})"
        ) from None
    except CellTimeoutError:
        raise ValueError(f"a cell of {script.name} takes more than {SECONDS} seconds") from None
    except DeadKernelError:
        raise ValueError(
            f"the process that ran {script.name} ended; is there memory enough for it?"
        ) from None


def _this_python() -> Any:
    """Kernels of this Python, whatever others are installed under the name that they share."""
    from jupyter_client.kernelspec import KernelSpec, KernelSpecManager

    class ThisPython(KernelSpecManager):
        def get_kernel_spec(self, _: str) -> KernelSpec:
            start = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
            # what a lesson runs is nothing that its reader has typed
            start.append("--HistoryManager.enabled=False")
            return KernelSpec(argv=start, display_name="Python 3", language="python")

    return ThisPython()


def write_notebooks(folder: Path, found: Iterable[Source], run: bool = True) -> Iterator[Path]:
    """Write each source's notebook below a folder, which is made where there is none.

    Gives each file once it is written. Raises ValueError as `notebook` does, where a file can't
    be written, and before anything is written where one is there already.
    """
    wanted = list(found)
    for file in (folder / source.name for source in wanted):
        if file.exists():
            raise ValueError(
                f"{file} is there already, and may hold somebody's work; name another folder, or "
                "move it away"
            )
    for source in wanted:
        file = folder / source.name
        made = notebook(source, run)
        import jupytext

        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            text = jupytext.writes(made, fmt="ipynb")
            file.write_text(text, encoding="utf-8", newline="\n")
        except OSError as problem:
            raise ValueError(
                f"{file} can't be written ({problem.strerror}); name a folder that is yours"
            ) from None
        yield file
