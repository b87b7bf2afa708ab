"""Every command and every output in the README is what one gets."""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, flags=re.DOTALL | re.MULTILINE)


def shell(command: str) -> subprocess.CompletedProcess[str]:
    own = dict(os.environ, PATH=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    return subprocess.run(
        command,
        shell=True,
        cwd=ROOT,
        env=own,
        text=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )


@pytest.mark.parametrize("block", blocks("console"))
def test_a_command_prints_what_the_readme_shows(block: str) -> None:
    first, _, shown = block.partition("\n")
    printed = shell(first.removeprefix("$ ")).stdout
    # a line of three dots stands for lines left out
    parts = [re.escape(each.strip("\n")) for each in re.split(r"^\.\.\.$", shown, flags=re.M)]
    assert re.fullmatch(r".*?".join(parts), printed.strip("\n"), flags=re.DOTALL), printed


def test_the_commands_without_output_run() -> None:
    commands = [
        line.partition("#")[0].strip() for block in blocks("sh") for line in block.splitlines()
    ]
    assert "python3 scripts/learn.py" in commands
    assert "python3 scripts/test.py" in commands
    # the two with switches are the lessons' own tests; this suite is itself what test.py runs
    switched = [each for each in commands if "--" in each]
    assert switched
    for command in switched:
        done = shell(f"{command} --help")
        assert done.returncode == 0, done.stdout
    assert "python3 scripts/test.py" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_python_in_the_readme_gives_what_it_shows() -> None:
    parser = doctest.DocTestParser()
    examples = parser.get_doctest("\n".join(blocks("python")), {}, "README.md", "README.md", 0)
    assert len(examples.examples) >= 8
    results = doctest.DocTestRunner().run(examples)
    assert results.failed == 0


def test_the_answer_is_on_the_first_screen() -> None:
    first_screen = README.splitlines()[:12]
    assert any("where does the +1 come from" in line.lower() for line in first_screen)
    assert any("bias" in line for line in first_screen)


def test_every_room_that_the_readme_names_is_there() -> None:
    for room in re.findall(r"^\| `([^`]+)`", README, flags=re.MULTILINE):
        assert (ROOT / room).exists(), room
