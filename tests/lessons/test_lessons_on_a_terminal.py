"""On a terminal a lesson asks first, and answers what was typed."""

import sys

import pytest
from running import flat, on_a_terminal, said_by_witnesses

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no pseudo-terminal in the standard library"
)


def test_the_asker_s_own_answers_meet_the_bias() -> None:
    """9, and then 250, as in the question."""
    code, screen = on_a_terminal(1, "--device", "cpu", answers=["9", "9", "250", "260"])
    assert code == 0
    words = flat(screen)
    assert "9 leaves out the bias." in words
    assert "It is 10. Let us look." in words
    assert "The input is zero everywhere. What can the layer still give out" in words
    assert "250 leaves out the bias." in words
    assert words.count("Yes") == 1, "the second try at the second question"
    assert said_by_witnesses(screen)["Keras"] == 10


def test_right_answers_and_a_slip_of_the_finger() -> None:
    code, screen = on_a_terminal(1, "--device", "cpu", answers=["ten", "10", "260"])
    assert code == 0
    words = flat(screen)
    assert words.count("A whole number, please") == 1
    assert "Yes, 10." in words
    assert "Yes, 260." in words
    assert "It is 10" not in words
    assert "leaves out the bias" not in words


@pytest.mark.parametrize("answers", [["896"], ["5", "896"], ["5", ""]])
def test_a_right_answer_and_one_that_no_slip_leads_to_meet_another_learner_s(
    answers: list[str],
) -> None:
    code, screen = on_a_terminal(3, "--device", "cpu", answers=answers)
    assert code == 0
    words = flat(screen)
    assert "Another learner expected 288. Each of these sums leads there:" in words
    assert "288 leaves out the bias and gives each filter one input channel only." in words
    assert "expected 896" not in words
    assert "expected 5." not in words


def test_an_answer_that_a_slip_leads_to_is_taken_apart() -> None:
    code, screen = on_a_terminal(3, "--device", "cpu", answers=["864", "896"])
    assert code == 0
    words = flat(screen)
    assert "You expected 864. This sum leads there:" in words
    assert words.count("864 leaves out the bias.") == 2, "in the answer, and beside its sum"
    assert "Another learner" not in words
