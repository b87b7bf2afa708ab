"""`scripts/train.py` as it is typed: it ends the same after any number of kills, and says no."""

import csv
import importlib
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import xml.etree.ElementTree as ET
from contextlib import suppress
from pathlib import Path

import pytest

from sharedconv.training import Results, draw, table

HERE = Path(__file__).resolve().parents[2]
SHORT = ["--quick", "--only", "order", "shared, matched width", "250", "--save-every", "50"]
"""Two runs, shared and unshared, of 500 steps each."""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows links no .venv without asking")


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The script in a project whose .venv is the Python that runs the tests."""
    root = tmp_path_factory.mktemp("project")
    shutil.copytree(HERE / "scripts", root / "scripts")
    (root / ".venv").symlink_to(sys.prefix)
    return root / "scripts" / "train.py"


def environ() -> dict[str, str]:
    # one thread, because the suite runs one process for each core
    own = {"PYTHONPATH": str(HERE), "CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1"}
    return {**os.environ, **own, "COLUMNS": "150"}


def start(script: Path, *words: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, script, *map(str, words)],
        env=environ(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def run(script: Path, *words: object) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    process = start(script, *words)
    out, err = process.communicate(timeout=600)
    return process.returncode, out, err


@pytest.fixture(scope="module")
def whole(script: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which nothing was ever interrupted."""
    out = tmp_path_factory.mktemp("whole")
    code, said, err = run(script, *SHORT, "--out", out)
    assert code == 0, err
    heading = r"in order, flatten head, 250 examples *\n.*\n"
    assert re.search(rf"^{heading} *shared +width +5,210 +\d+( +[\d.]+){{3}} *$", said, re.M)
    assert f"All of it is in {out / 'results.csv'}, drawn in {out / 'picture.svg'}." in said
    return out


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "results.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_it_writes_a_table_and_a_picture(whole: Path) -> None:
    found = {(row["model"], row["parameters"]) for row in rows(whole)}
    assert found == {("shared", "5210"), ("unshared", "32610")}
    assert {row["steps"] for row in rows(whole)} == {"500"}
    assert all(15 < float(row["test_accuracy"]) < 60 for row in rows(whole))
    assert ET.parse(whole / "picture.svg").getroot().tag.endswith("svg")
    assert not (whole / "checkpoint.pt").exists(), "nothing is under way"


def wait_for_news(out: Path, process: subprocess.Popen[str]) -> None:
    """Until something new is written down, or the process has ended."""

    def files() -> list[int | None]:
        watched = (out / "checkpoint.pt", out / "results.csv")
        return [path.stat().st_ino if path.exists() else None for path in watched]

    before = files()
    while process.poll() is None:
        with suppress(FileNotFoundError):  # just now, between the look and the stat
            if files() != before:
                return
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.01)


def test_killed_at_many_moments_it_ends_with_the_same_files(
    script: Path, whole: Path, tmp_path: Path
) -> None:
    kills = 0
    for how_often in (1, 3, 8, 5):
        process = start(script, *SHORT, "--out", tmp_path)
        for _ in range(how_often):
            wait_for_news(tmp_path, process)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        kills += process.returncode == -signal.SIGKILL
    assert kills >= 2
    assert not (tmp_path / "picture.svg").exists(), "it never came to its end"
    code, _, err = run(script, *SHORT, "--out", tmp_path)
    assert code == 0, err
    for name in ("results.csv", "picture.svg"):
        assert (tmp_path / name).read_bytes() == (whole / name).read_bytes()


KILLED_WHILE_WRITING = """
import os, signal, sys
from pathlib import Path
from sharedconv.writing import replace_file

def half(file):
    file.write(b"half of")
    file.flush()
    os.kill(os.getpid(), signal.SIGKILL)

replace_file(Path(sys.argv[1]), half)
"""


def test_killed_in_the_middle_of_writing_the_old_file_is_whole(tmp_path: Path) -> None:
    kept = tmp_path / "results.csv"
    kept.write_text("all of it")
    program = [sys.executable, "-c", KILLED_WHILE_WRITING, kept]
    assert subprocess.run(program, env=environ(), check=False).returncode == -signal.SIGKILL
    assert kept.read_text() == "all of it"
    assert (tmp_path / "results.csv.part").read_text() == "half of"


def test_what_is_done_is_not_done_again_and_other_settings_stand_beside_it(
    script: Path, whole: Path, tmp_path: Path
) -> None:
    shutil.copytree(whole, tmp_path, dirs_exist_ok=True)
    more = ["--quick", "--only", "order", "unshared", "250", "--batch", "60"]
    code, said, err = run(script, *more, "--out", tmp_path)
    assert code == 0, err
    assert len(rows(tmp_path)) == 3
    assert {row["batch"] for row in rows(tmp_path)} == {"60", "100"}
    old = {tuple(row.values()) for row in rows(whole)}
    assert old < {tuple(row.values()) for row in rows(tmp_path)}
    assert " shared" not in said, "only what was asked for is shown"


@pytest.mark.slow
def test_two_processes_of_torchrun_end_like_one(script: Path, whole: Path, tmp_path: Path) -> None:
    torchrun = Path(sysconfig.get_path("scripts")) / "torchrun"
    words = ["--standalone", "--nproc-per-node", "2", script, *SHORT, "--out", tmp_path]
    done = subprocess.run(
        [torchrun, *map(str, words)], env=environ(), capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("All of it is in") == 1
    for mine, theirs in zip(rows(tmp_path), rows(whole), strict=True):
        # the sums are added up in another order, and 500 steps make the last digits larger
        assert float(mine.pop("test_accuracy")) == pytest.approx(
            float(theirs.pop("test_accuracy")), abs=4
        )
        assert float(mine.pop("train_accuracy")) == pytest.approx(
            float(theirs.pop("train_accuracy")), abs=1
        )
        assert mine == theirs


# -- what is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--only", "cnn"], "No run has cnn in its name; a name is for example 'MNIST-1D in order"),
        (["--batch", "0"], "a whole number above 0 is needed, not '0'"),
        (["--seeds", "two"], "a whole number above 0 is needed, not 'two'"),
        (["--device", "tpu"], "there is no device 'tpu' here; use --device cpu"),
        (["--quack"], "unrecognized arguments: --quack"),
    ],
)
def test_what_makes_no_sense_is_said_in_a_sentence(
    script: Path, tmp_path: Path, words: list[str], sentence: str
) -> None:
    code, said, err = run(script, *words, "--out", tmp_path / "out")
    assert code == 2
    assert sentence in " ".join(err.split())
    assert "Traceback" not in said + err
    assert not (tmp_path / "out").exists()


def test_another_file_of_that_name_is_left_alone(script: Path, tmp_path: Path) -> None:
    mine = tmp_path / "results.csv"
    mine.write_text("my,own\n1,2\n")
    code, _, err = run(script, *SHORT, "--out", tmp_path)
    assert code == 2
    assert f"{mine} isn't a table that this program wrote; move it away" in err
    assert "Traceback" not in err
    assert mine.read_text() == "my,own\n1,2\n"


def test_two_at_once_in_one_folder_are_one_too_many(
    script: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(HERE / "scripts")
    environment = importlib.import_module("environment")
    held = os.open(tmp_path / "lock", os.O_RDWR | os.O_CREAT)
    try:
        assert environment.take(held)
        code, _, err = run(script, *SHORT, "--out", tmp_path)
    finally:
        os.close(held)
    assert code == 2
    assert f"Another train.py is at work in {tmp_path}" in err


LITTLE_MEMORY = """
import resource, runpy, sys
import torch, sharedconv.training
from pathlib import Path
pages = int(Path("/proc/self/statm").read_text().split()[0])
limit = pages * resource.getpagesize() + 700_000_000
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
sys.argv = sys.argv[1:]
sys.path.insert(0, str(Path(sys.argv[0]).parent))
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits the memory as Linux does")
def test_out_of_memory_it_says_which_batch_fits(script: Path, tmp_path: Path) -> None:
    words = ["--only", "order, shared, matched width", "--batch", "400000", "--out", tmp_path]
    words += ["--seeds", "1", "--quick", "--device", "cpu"]
    done = subprocess.run(
        [sys.executable, "-c", LITTLE_MEMORY, script, *words],
        env=environ(),
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 2, done.stderr
    said = " ".join(done.stderr.split())
    found = re.search(
        r"[Tt]he memory of cpu ran out in the run 'MNIST-1D in order, shared, .*' with a batch of "
        r"400,000; --batch (\d+) fits\.",
        said,
    )
    assert found, said
    assert int(found[1]) in {400_000 // 2**n for n in range(1, 8)}
    assert "Traceback" not in done.stderr


# -- the picture -------------------------------------------------------------------------------


def test_the_picture_is_the_same_each_time_and_takes_any_part_of_the_table(
    whole: Path, tmp_path: Path
) -> None:
    results = Results(whole / "results.csv").of
    draw(results, tmp_path / "again.svg")
    assert (tmp_path / "again.svg").read_bytes() == (whole / "picture.svg").read_bytes()
    only = dict(list(results.items())[:1])
    draw(only, tmp_path / "one.png")
    assert (tmp_path / "one.png").read_bytes().startswith(b"\x89PNG")


def test_the_table_s_runs_have_names_of_their_own() -> None:
    runs = table(seeds=2)
    assert len({run.name for run in runs}) == len(set(runs)) == len(runs)
    quick = table(1, quick=True)
    assert {run.model for run in quick} == {run.model for run in runs} - {"gru"}
    # with a flatten head and with max, in every task, and each model of the rest of the table
    assert {(run.task, run.head) for run in quick} == {(run.task, run.head) for run in runs}
    assert {run.examples for run in quick if run.images == "MNIST-1D"} == {250, 4000}
    # a class waits for it: a step on the digits is about five times the work
    work = sum(run.steps * (5 if run.images == "digits" else 1) for run in quick)
    assert work < 26_000
