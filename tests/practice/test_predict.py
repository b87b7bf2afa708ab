"""Predict first: who is asked, who isn't, and what a wrong number is met with."""

import builtins
import contextlib
import runpy
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sharedconv import Conv, practice
from sharedconv.counting import Count
from sharedconv.practice import predict
from sharedconv.practice.lessons import lessons_in

QUESTION = Conv(1, 10, (5, 5)).count()
"""260, of which the bias is 10."""
Answering = Callable[..., list[str]]
LESSONS = lessons_in(Path(__file__).resolve().parents[2])


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


def test_a_second_wrong_number_is_explained_too(
    answering: Answering, capsys: pytest.CaptureFixture[str]
) -> None:
    answering("7", "250")
    assert predict("How many?", QUESTION) == 7
    said = " ".join(capsys.readouterr().out.split())
    assert said.index("That isn't it.") < said.index("250 leaves out the bias.")
    assert said.endswith("It is 260. Let us look.")


def test_the_same_wrong_number_again_is_not_explained_again(
    answering: Answering, capsys: pytest.CaptureFixture[str]
) -> None:
    answering("250", "250")
    predict("How many?", QUESTION)
    assert capsys.readouterr().out.count("leaves out the bias") == 1


@pytest.mark.parametrize("answer", [19_968, Conv(1, 12, (5, 5)).count()])
def test_a_question_may_know_its_own_slips(
    answering: Answering, capsys: pytest.CaptureFixture[str], answer: Count | int
) -> None:
    """Connections are no parameters, so no edit of a layer's count leads to them."""
    answering("19200", "")
    predict("How many?", answer, {"bias-unconnected": Conv(1, 768, (5, 5), bias=False).count()})
    said = " ".join(capsys.readouterr().out.split())
    assert "19,200 leaves out the connections to the biases." in said
    assert "Ask yourself: The image is zero everywhere." in said


# wrong numbers from a report, in the order of the lesson's questions; "" goes on without an answer
IN_LESSONS = [
    (5, ["112", "120"], "112 leaves out the numbers of the normalisation."),
    (5, ["", "", "312", ""], "312 counts one bias for all positions of the output."),
    (7, ["", "1056", ""], "1,056 leaves out the depthwise kernel."),
    (7, ["", "", "4624", "2312"], "4,624 divides the count by the stride."),
    (7, ["", "", "4625", "2312"], "2,312 divides the count by the stride."),
    (8, ["", "", "1600", ""], "1,600 counts the shared weights in both layers."),
    (11, ["19200", ""], "19,200 leaves out the connections to the biases."),
    (11, ["1068", ""], "1,068 counts the parameters, not the connections."),
    (12, ["98990", ""], "98,990 multiplies every layer by the places of the first one."),
]


@pytest.mark.parametrize(("lesson", "typed", "said"), IN_LESSONS)
def test_a_lesson_names_the_slip_that_leads_to_a_prediction(
    answering: Answering,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    lesson: int,
    typed: list[str],
    said: str,
) -> None:
    """Up to this answer the lesson is run as it is."""

    class EnoughError(Exception):
        pass

    left = list(typed)

    def type_one(_: str) -> str:
        if not left:
            raise EnoughError
        return left.pop(0)

    answering()
    monkeypatch.setattr(builtins, "input", type_one)
    on_the_cpu = {"device": "cpu"}
    monkeypatch.setattr(practice, "toggles", lambda variables: variables.update(on_the_cpu))
    with contextlib.suppress(EnoughError):
        runpy.run_path(str(LESSONS[lesson]), run_name="__main__")
    assert said in " ".join(capsys.readouterr().out.split())


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
