"""What a lesson says comes in paragraphs that are easily read."""

from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from sharedconv.practice import say
from sharedconv.practice.flags import as_variables
from sharedconv.practice.say import WIDTH


def said(text: str, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    say(text)
    return capsys.readouterr().out


def test_paragraphs_are_filled_and_set_apart(capsys: pytest.CaptureFixture[str]) -> None:
    text = """
    First
    and   still first.

    Second.
    """
    assert said(text, capsys) == "First and still first.\n\nSecond.\n\n"


def test_what_starts_with_spaces_is_left_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    code = "    from sharedconv import SharedConv2d\n    print(SharedConv2d(1, 1,    3))"
    assert said(f"Write:\n\n{code}\n\nRun it.", capsys) == f"Write:\n\n{code}\n\nRun it.\n\n"


@given(words=st.lists(st.text("abc×3", min_size=1, max_size=12), min_size=1, max_size=60))
def test_no_line_is_wider_than_the_page_and_no_word_is_lost(words: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        printed: list[str] = []
        patch.setattr("builtins.print", lambda text, end: printed.append(text + end))
        say(" ".join(words))
    lines = "".join(printed).splitlines()
    assert all(len(line) <= WIDTH for line in lines)
    assert " ".join(lines).split() == words


CHANGES = {
    "--no-bias; --filters 10 --kernel-size 5. Say it.": (
        "--no-bias",
        "bias = False; filters = 10 and kernel_size = 5. Say it.",
    ),
    "--in-channels 1 makes it right. --in-channels 4\n--groups 2: why?": (
        "--in-channels 1",
        "in_channels = 1 makes it right. in_channels = 4 and groups = 2: why?",
    ),
    "--relu-between --bias-size 1. Which?": (
        "--relu-between --bias-size 1",
        "relu_between = True and bias_size = 1. Which?",
    ),
    "--head flatten: why? --configuration A. It's over.": (
        "--head flatten",
        'head = "flatten": why? configuration = "A". It\'s over.',
    ),
}


@pytest.mark.parametrize(("words", "said_so"), CHANGES.items())
def test_what_to_change_is_said_as_one_changes_it(
    words: str,
    said_so: tuple[str, str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.argv", [str(Path("lessons", "03_channels.py"))])
    command, variables = said_so
    typed = said(f"Words.\n\nCHANGE: {words}\n\nMAKE: more.", capsys).split("\n\n")
    assert typed[2:] == [f"    python3 scripts/learn.py 3 {command}", "MAKE: more.", ""]
    assert typed[1].split() == f"CHANGE: {words}".split()
    in_cells = " ".join(as_variables(f"CHANGE: {words}").split())
    assert in_cells == f"CHANGE, in the first cell, and run all cells again: {variables}"


def test_a_copy_that_learn_py_doesn_t_know_names_no_command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["03_mine.py"])
    assert said("CHANGE: --no-bias.", capsys) == "CHANGE: --no-bias.\n\n"
