"""The manifest of exercises, read: in order, and refused in a sentence."""

from pathlib import Path

import pytest

from sharedconv.practice.manifest import NAME, read_manifest

ENTRY = """
[[exercise]]
id = "{id}"
title = "Of {id}"
file = "x.py"
hints = ["Why?", "So."]
solved = "Because."
[[exercise.check]]
kind = "count"
of = "Conv2D(1, 3)"
"""


def written(text: str, folder: Path) -> Path:
    (folder / NAME).write_text(text, "utf-8")
    return folder


def test_exercises_come_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    text = "".join(ENTRY.format(id=each) for each in ("10.1", "2.10", "2.9", "1.1"))
    found = read_manifest(written(text, tmp_path))
    assert [each.id for each in found] == ["1.1", "2.9", "2.10", "10.1"]
    assert [each.lesson for each in found] == [1, 2, 2, 10]
    assert found[0].checks == (("count", {"of": "Conv2D(1, 3)"}),)


def test_a_folder_without_a_manifest_has_none(tmp_path: Path) -> None:
    assert read_manifest(tmp_path) == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[exercise", "can't be read"),
        (ENTRY.format(id="1"), "the id '1' is not of the form 3.2"),
        (ENTRY.format(id="1.1").replace("title =", "name ="), "needs title"),
        (ENTRY.format(id="1.1").replace("kind =", "sort ="), "'kind'"),
        (ENTRY.format(id="1.1").replace("hints =", "hint ="), "'hints'"),
        (ENTRY.format(id="1.1") * 2, "has exercise 1.1 twice"),
        ("exercise = 3", "can't be read"),
    ],
)
def test_what_is_no_manifest_is_refused_in_a_sentence(
    text: str, words: str, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=NAME) as caught:
        read_manifest(written(text, tmp_path))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value).strip()
