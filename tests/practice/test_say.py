"""What a lesson says comes in paragraphs that are easily read."""

import pytest
from hypothesis import given, strategies as st

from sharedconv.practice import say
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
