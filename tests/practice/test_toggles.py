"""A lesson's variables become flags of the shell; in a notebook they stay as they are."""

import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from sharedconv.practice import toggles


@pytest.fixture(autouse=True)
def _a_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a shell: no notebook's kernel, and whatever `toggles` hangs up is taken down again."""
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)


def lesson(monkeypatch: pytest.MonkeyPatch, *flags: str) -> dict[str, Any]:
    """The variables of a lesson that was started with these flags."""
    monkeypatch.setattr(sys, "argv", ["/somewhere/09_a_lesson.py", *flags])
    variables: dict[str, Any] = {
        "__name__": "__main__",
        "__doc__": None,
        "bias": True,
        "padded": False,
        "filters": 1,
        "kernel_size": 3,
        "device": "auto",
        # none of these is a toggle
        "_private": 1,
        "PACKAGE": "sharedconv",
        "rate": 0.5,
        "sizes": (1, 2),
        "toggles": toggles,
    }
    toggles(variables)
    return variables


def test_without_flags_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    found = lesson(monkeypatch)
    assert (found["bias"], found["padded"], found["filters"]) == (True, False, 1)
    assert (found["kernel_size"], found["device"], found["rate"]) == (3, "auto", 0.5)


@pytest.mark.parametrize(
    ("flags", "name", "value"),
    [
        (["--no-bias"], "bias", False),
        (["--bias"], "bias", True),
        (["--padded"], "padded", True),
        (["--no-padded"], "padded", False),
        (["--filters", "10"], "filters", 10),
        (["--filters=10"], "filters", 10),
        (["--filters", "-1"], "filters", -1),
        (["--kernel-size", "5"], "kernel_size", 5),
        (["--device", "cpu"], "device", "cpu"),
        (["--device", "7"], "device", "7"),
    ],
)
def test_a_flag_changes_its_variable_and_no_other(
    monkeypatch: pytest.MonkeyPatch, flags: list[str], name: str, value: object
) -> None:
    before, found = lesson(monkeypatch), lesson(monkeypatch, *flags)
    assert found[name] == value
    assert type(found[name]) is type(value)
    assert {**found, name: None} == {**before, name: None}


@pytest.mark.parametrize(
    ("flags", "word"),
    [
        (["--nonsense"], "--nonsense"),
        (["--filters"], "--filters"),
        (["--filters", "ten"], "'ten'"),
        (["--filters", "1.5"], "'1.5'"),
        (["--bias", "no"], "no"),
        (["--private", "2"], "--private"),
        (["--rate", "0.1"], "--rate"),
        (["--package", "x"], "--package"),
        (["10"], "10"),
    ],
)
def test_what_can_not_be_read_is_one_sentence_and_exit_code_2(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    flags: list[str],
    word: str,
) -> None:
    with pytest.raises(SystemExit) as left:
        lesson(monkeypatch, *flags)
    said = capsys.readouterr()
    assert left.value.code == 2
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert said.err.startswith("09_a_lesson.py: ")
    assert word in said.err


def test_help_lists_every_flag_with_its_default(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        lesson(monkeypatch, "--help")
    assert left.value.code == 0
    shown = capsys.readouterr().out
    for flag in ("--bias, --no-bias", "--padded, --no-padded", "--filters 1", "--kernel-size 3"):
        assert flag in shown
    assert "--device auto" in shown
    for name in ("private", "rate", "PACKAGE", "package", "sizes"):
        assert f"--{name}" not in shown


def test_in_a_notebook_nothing_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its command line belongs to the kernel: ``ipykernel_launcher.py -f kernel.json``."""
    monkeypatch.setitem(sys.modules, "ipykernel", ModuleType("ipykernel"))
    hook = sys.excepthook
    found = lesson(monkeypatch, "-f", "/run/user/kernel.json")
    assert found["filters"] == 1
    assert sys.excepthook is hook


def run_script(folder: Path, last_line: str) -> subprocess.CompletedProcess[str]:
    script = folder / "a_lesson.py"
    script.write_text(
        "filters = 0\n"
        "from sharedconv import Conv\n"
        "from sharedconv.practice import toggles\n"
        "toggles(globals())\n"
        "print('so far')\n"
        f"{last_line}\n"
    )
    return subprocess.run(
        [sys.executable, script], capture_output=True, text=True, stdin=subprocess.DEVNULL
    )


def test_what_sharedconv_refuses_is_said_with_the_lesson_s_own_line(tmp_path: Path) -> None:
    done = run_script(tmp_path, "Conv(1, filters, (3, 3))")
    assert (done.returncode, done.stdout) == (2, "so far\n")
    assert done.stderr == (
        "a_lesson.py, line 6: filters is 0; it has to be a whole number of 1 or more\n"
    )


def test_a_mistake_in_the_lesson_itself_keeps_its_traceback(tmp_path: Path) -> None:
    """Whoever changes a lesson needs to see where it broke."""
    done = run_script(tmp_path, "int('one')")
    assert (done.returncode, done.stdout) == (1, "so far\n")
    assert "Traceback" in done.stderr
    assert "ValueError: invalid literal" in done.stderr
