"""Predict first: who is asked, who isn't, and what a wrong number is met with."""

import builtins
import sys
from collections.abc import Callable

import pytest

from sharedconv import Conv
from sharedconv.counting import Count
from sharedconv.practice import predict

QUESTION = Conv(1, 10, (5, 5)).count()
"""260, of which the bias is 10."""
Answering = Callable[..., list[str]]


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Answering:
    """Let somebody sit at the terminal and type these answers; gives the prompts they see."""

    def sit_down(*answers: str | None) -> list[str]:
        left, prompts = list(answers), []

        def type_one(prompt: str = "") -> str:
            prompts.append(prompt)
            answer = left.pop(0)
            if answer is None:
                raise EOFError
            return answer

        monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        monkeypatch.setattr(builtins, "input", type_one)
        return prompts

    return sit_down


@pytest.mark.parametrize(("reads", "writes"), [(False, False), (True, False), (False, True)])
def test_where_nobody_can_answer_nobody_is_asked(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    reads: bool,
    writes: bool,
) -> None:
    """In a pipe on either side, and in CI."""

    def never(*_: object) -> str:
        raise AssertionError("it asked")

    monkeypatch.setattr(builtins, "input", never)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: reads)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: writes)
    assert predict("How many?", QUESTION) is None
    said = capsys.readouterr().out
    assert "How many?" in said
    assert "Nobody is here to answer" in said
    assert "260" not in said, "the answer is not given away before the lesson shows it"


def test_the_right_number(answering: Answering, capsys: pytest.CaptureFixture[str]) -> None:
    prompts = answering("260")
    assert predict("How many?", QUESTION) == 260
    assert len(prompts) == 1
    said = capsys.readouterr().out
    assert said.index("How many?") < said.index("Yes, 260.")


@pytest.mark.parametrize("typed", ["1,664", "1_664", " 1664 "])
def test_numbers_are_read_as_people_write_them(answering: Answering, typed: str) -> None:
    answering(typed)
    assert predict("How many?", 1664) == 1664


@pytest.mark.parametrize(
    ("count", "wrong", "why", "asks"),
    [
        (Conv(1, 1, (3, 3)).count(), 9, "leaves out the bias", "The input is zero everywhere"),
        (QUESTION, 250, "leaves out the bias", "The input is zero everywhere"),
        (QUESTION, 26, "counts one filter only", "If two filters had the same weights"),
        (Conv(3, 32, (3, 3)).count(), 320, "gives each filter one input channel only", "red"),
    ],
)
def test_a_wrong_number_meets_the_slip_that_leads_to_it(
    answering: Answering,
    capsys: pytest.CaptureFixture[str],
    count: Count,
    wrong: int,
    why: str,
    asks: str,
) -> None:
    prompts = answering(str(wrong), "7")
    assert predict("How many?", count) == wrong
    assert len(prompts) == 2, "a wrong number gets a second try"
    said = " ".join(capsys.readouterr().out.split())  # however the lines are broken
    assert f"{wrong} {why}." in said
    assert "Ask yourself: " in said
    assert asks in said
    assert f"It is {int(count):,}." in said
    assert "Yes" not in said


def test_the_second_try_may_be_right(
    answering: Answering, capsys: pytest.CaptureFixture[str]
) -> None:
    answering("250", "260")
    assert predict("How many?", QUESTION) == 250
    said = capsys.readouterr().out
    assert said.index("leaves out the bias") < said.index("Yes, 260.")


@pytest.mark.parametrize(("answer", "wrong"), [(QUESTION, 123_457), (1664, 1600)])
def test_a_number_that_nothing_explains_is_not_explained(
    answering: Answering, capsys: pytest.CaptureFixture[str], answer: Count | int, wrong: int
) -> None:
    answering(str(wrong), "")
    assert predict("How many?", answer) == wrong
    said = capsys.readouterr().out
    assert "That isn't it." in said
    assert "Ask yourself" not in said


@pytest.mark.parametrize("gone", ["", "   ", None], ids=["enter", "blanks", "end of input"])
def test_nobody_has_to_answer(
    answering: Answering, capsys: pytest.CaptureFixture[str], gone: str | None
) -> None:
    answering(gone)
    assert predict("How many?", QUESTION) is None
    said = capsys.readouterr().out
    assert "Then let us look." in said
    assert "260" not in said


def test_the_way_to_a_number_is_as_good_as_the_number(
    answering: Answering, capsys: pytest.CaptureFixture[str]
) -> None:
    answering("5*5*10", "5 × 5 × 10 + 10")
    assert predict("How many?", QUESTION) == 250
    assert "leaves out the bias" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    "garbage", ["ten", "9.5", "-9", "2³", "٣", "9" * 101, "__import__('os')", "9 oder 10"]
)
def test_what_is_no_number_is_asked_for_again(
    answering: Answering, capsys: pytest.CaptureFixture[str], garbage: str
) -> None:
    prompts = answering(garbage, garbage, "260")
    assert predict("How many?", QUESTION) == 260
    assert len(prompts) == 3
    assert capsys.readouterr().out.count("A whole number, please") == 2
