"""An exercise judged: the learner's file is run, and held against the checks of the manifest.

`judge` does it here; `judge_apart` in a process of its own, which a loop without end in the
learner's file can't hold up for ever.
"""

from __future__ import annotations

import faulthandler
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .checks import check_named
from .manifest import Exercise
from .work import NotYet, run_file

SECONDS = 60
"""So long a learner's file may take."""


@dataclass(frozen=True)
class Verdict:
    """What came of an exercise: whether it is solved, paragraphs for the learner, slips named."""

    solved: bool
    words: str
    slugs: tuple[str, ...] = ()


def judge(exercise: Exercise, file: Path) -> Verdict:
    """Run the file in this process, and make every check of the exercise."""
    facts: dict[str, str] = {}
    try:
        work = run_file(file)
        for kind, arguments in exercise.checks:
            facts = {**check_named(kind)(work, **arguments), **facts}
    except NotYet as reason:
        return Verdict(False, reason.words, reason.slugs)
    return Verdict(True, exercise.solved.format(**facts))


def judge_apart(exercise: Exercise, file: Path, seconds: int = SECONDS) -> Verdict:
    """The same in a process of its own, with this terminal for whatever the file prints.

    A file that takes longer than `seconds` is stopped, and the line where it was is said.
    """
    with tempfile.TemporaryDirectory(prefix="sharedconv-") as folder:
        request, answer, trace = (Path(folder, name) for name in ("request", "answer", "trace"))
        asked = {**asdict(exercise), "path": str(file), "seconds": seconds}
        request.write_text(json.dumps(asked), encoding="utf-8")
        root = str(Path(__file__).resolve().parents[2])
        found = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
        sys.stdout.flush()
        done = subprocess.run(
            # -P: no file of the folder where the learner is takes a library's place
            [sys.executable, "-P", "-m", "sharedconv.practice.judging", folder],
            stdin=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(found)},
            check=False,
        )
        if answer.is_file():
            told = json.loads(answer.read_text(encoding="utf-8"))
            return Verdict(told["solved"], told["words"], tuple(told["slugs"]))
        return Verdict(False, _unfinished(file, trace, seconds, done.returncode))


def _unfinished(file: Path, trace: Path, seconds: int, code: int) -> str:
    said = trace.read_text(encoding="utf-8", errors="replace") if trace.is_file() else ""
    if not said:
        return (
            f"{file.name} ended the whole process (exit code {code}), so nothing could be checked. "
            "Is there an exit in it, or does it take more memory than there is?"
        )
    lines = re.findall(rf'File "[^"\n]*{re.escape(file.name)}", line (\d+)', said)
    where = f", and was in line {lines[0]} then" if lines else ""
    return (
        f"{file.name} was still busy after {seconds} seconds{where}, so it was stopped. What "
        "would make the loop there end?"
    )


def _answer(folder: Path) -> None:
    request: dict[str, Any] = json.loads((folder / "request").read_text(encoding="utf-8"))
    file, seconds = Path(request.pop("path")), request.pop("seconds")
    checks: list[tuple[str, Mapping[str, Any]]] = [
        (kind, given) for kind, given in request["checks"]
    ]
    exercise = Exercise(**{**request, "checks": tuple(checks), "hints": tuple(request["hints"])})
    for kind, _ in checks:
        check_named(kind)  # which may import torch, and is none of the learner's time
    with (folder / "trace").open("w", encoding="utf-8") as trace:
        # a thread below Python watches the clock, so that even one long call is stopped, and this
        # process doesn't outlive the one that started it
        faulthandler.dump_traceback_later(seconds, exit=True, file=trace)
        verdict = judge(exercise, file)
        faulthandler.cancel_dump_traceback_later()
    part = folder / "part"
    part.write_text(json.dumps(asdict(verdict)), encoding="utf-8")
    part.replace(folder / "answer")


if __name__ == "__main__":
    try:
        _answer(Path(sys.argv[1]))
    except KeyboardInterrupt:  # which the process that waits for this one has heard, too
        os._exit(130)
    sys.stdout.flush()
    os._exit(0)  # without waiting for a thread that the learner's file has started
