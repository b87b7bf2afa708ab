"""The README's pictures are what the commands beside them draw."""

import re
import shlex
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from sharedconv.cli import main

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PICTURES = re.findall(r"\]\((lessons/pictures/.*?)\)", README)


def in_words(file: Path) -> list[str | None]:
    names = ("title", "desc")
    root = ElementTree.parse(file).getroot()
    return [root.findtext(f"{{http://www.w3.org/2000/svg}}{name}") for name in names]


@pytest.mark.parametrize("picture", PICTURES)
def test_a_picture_is_what_its_command_draws(
    picture: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (command,) = re.findall(rf"sharedconv (picture .*{re.escape(picture)})", README)
    words = shlex.split(command.replace(picture, str(tmp_path / "again.svg")))
    monkeypatch.chdir(tmp_path)
    assert main(words) == 0
    kept = in_words(ROOT / picture)
    assert all(kept)
    assert in_words(tmp_path / "again.svg") == kept


def test_there_are_two() -> None:
    assert len(PICTURES) == 2
    assert {each.name for each in (ROOT / "lessons" / "pictures").iterdir()} == {
        Path(each).name for each in PICTURES
    }
