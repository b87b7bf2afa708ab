"""A lesson on a terminal names the command that draws its picture; a notebook shows it."""

import re
import shlex
from pathlib import Path

import pytest
from running import on_a_pipe

from sharedconv.cli import main

PICTURED = {2: ["--length", "9"], 4: ["--filters", "2"], 9: ["--configuration", "C"], 10: []}


@pytest.mark.parametrize(("number", "flags"), PICTURED.items())
def test_the_command_that_a_lesson_names_draws_its_picture(
    number: int, flags: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = on_a_pipe(number, *flags, "--device", "cpu").stdout
    (command,) = re.findall(r"^  sharedconv (picture .*)$", text, re.MULTILINE)
    monkeypatch.chdir(tmp_path)
    assert main(shlex.split(command)) == 0
    (file,) = tmp_path.glob("*.svg")
    assert f"As a picture, in a file {file.name}:" in text
