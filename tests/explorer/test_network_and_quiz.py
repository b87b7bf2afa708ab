"""The page's other two views: a network counted in two ways, and ten questions."""

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from sharedconv.counting.count import number
from sharedconv.explorer import explorer_data
from sharedconv.practice.quiz import make_quiz
from sharedconv.spelling.snippet import Model
from sharedconv.spelling.text import read_text


def totals(page: Page) -> list[str]:
    return page.locator("#net-totals strong").all_inner_texts()


def link(lines: list[str], shape: str) -> str:
    return urlencode({"view": "network", "net": "|".join(lines), "shape": shape})


NETWORKS = {
    "Conv2D(32, 3)|BatchNormalization()|MaxPooling2D(2)|Flatten()|Dense(10)": (28, 28, 1),
    "Conv2D(8, 3, padding='same')|Conv2D(8, 3, strides=2)|GlobalAveragePooling2D()": (32, 32, 3),
    "Conv1D(4, 5)|Dropout(0.5)|AveragePooling1D(2)|Conv1D(8, 3)|Flatten()|Dense(3)": (40, 2),
    "SeparableConv2D(16, 3)|DepthwiseConv2D(3)|BatchNormalization(scale=False)": (20, 20, 4),
    "Conv2DTranspose(4, 3, strides=2)|LocallyConnected2D(2, 3)": (5, 5, 1),
}


@pytest.mark.parametrize(("net", "shape"), NETWORKS.items())
def test_a_network_is_counted_as_python_counts_it(
    opened: Callable[..., Page], net: str, shape: tuple[int, ...]
) -> None:
    lines = net.split("|")
    page = opened(link(lines, "x".join(map(str, shape))))
    text = f"Sequential([Input({shape}), {', '.join(lines)}])"
    (model,) = read_text(text).parts
    assert isinstance(model, Model)
    count = model.count()
    kept = count.non_trainable.total
    assert totals(page) == [number(count.total), number(count.trainable.total)]
    expect(page.locator("#net-totals dd").first).to_contain_text(
        f"{number(count.trainable.total)} trainable, {number(kept)} non-trainable"
    )
    shapes = [each.output_shape for each in model.rows if each.kind != "Input"]
    said = page.locator(".row-shape").all_inner_texts()
    assert said[-1] == "gives " + "×".join(map(number, shapes[-1] or ()))


def test_the_two_ways_of_counting_are_explained(opened: Callable[..., Page]) -> None:
    page = opened("view=network")
    assert totals(page) == ["54,538", "54,474"]
    expect(page.locator("#net-words")).to_contain_text("moving mean and variance")


def test_layers_are_added_moved_and_taken_out(opened: Callable[..., Page]) -> None:
    page = opened("view=network")
    page.click("text=+ Dense")
    expect(page.locator("#net-rows li")).to_have_count(7)
    page.click("[aria-label='Move up layer 7']")
    page.click("[aria-label='Remove layer 7']")
    expect(page.locator("#net-rows li")).to_have_count(6)
    page.fill("[aria-label='Layer 6']", "nn.Linear(5408, 20)")
    assert totals(page)[1] == number(320 + 64 + 5408 * 20 + 20)
    page.fill("[aria-label='Layer 6']", "nn.Linear(100, 20)")
    expect(page.locator("#net-rows .problem")).to_contain_text("takes 100 channels, and 5,408")
    for _ in range(6):
        page.click("text=+ ReLU")
    expect(page.locator("#net-rows li")).to_have_count(12)
    expect(page.locator("#net-add")).to_be_hidden()
    page.go_back()
    expect(page.locator("#net-rows li")).to_have_count(11)


def test_a_line_that_cannot_be_read_is_told_where_it_stands(opened: Callable[..., Page]) -> None:
    page = opened(link(["Conv2D(4, 3)", "Konv(3)", "Dense(2)"], "9x9x1"))
    problems = page.locator("#net-rows .problem").all_inner_texts()
    assert ["Konv" in problems[0], "behind a line" in problems[1]] == [True, True]
    page.fill("#net-shape", "9x-9")
    expect(page.locator("#net-shape-problem")).to_contain_text("such as 28x28x1")


def test_the_quiz_answers_each_choice_with_its_reason(opened: Callable[..., Page]) -> None:
    page = opened("view=quiz")
    questions = explorer_data()["quizzes"][0]
    assert len(questions) == 10
    right = 0
    for at, question in enumerate(questions):
        expect(page.locator("#quiz-heading")).to_have_text(f"Question {at + 1}")
        place = at % 4
        choice = question["choices"][place]
        page.locator(".choice").nth(place).click()
        answered = page.locator(".answered").first
        if choice["number"] == question["right"]:
            right += 1
            expect(answered).to_contain_text(": right")
        else:
            expect(answered).to_contain_text(choice["feedback"])
            expect(answered).to_contain_text(choice["ask"])
        # the number once, and then how it is counted
        formula, _, number_ = question["formula"].rpartition(" = ")
        expect(answered).to_contain_text(f"is {number_}, counted so: {formula}.")
    assert right
    expect(page.locator("#quiz-progress")).to_have_text(f"{right} of 10 right.")
    page.click("text=Ten others")
    expect(page.locator("#quiz-progress")).to_have_text("Question 1 of 10. 0 right so far.")
    page.go_back()
    expect(page.locator("#quiz-progress")).to_have_text(f"{right} of 10 right.")


def test_the_questions_are_those_of_the_command() -> None:
    asked = {each["question"] for each in explorer_data()["quizzes"][1]}
    assert {each.asked.words for each in make_quiz(2, 2, 3).questions} <= asked


def test_a_refused_line_says_its_sentence_and_nothing_else(opened: Callable[..., Page]) -> None:
    page = opened(link(["Konv(3)"], "9x9x1"))
    said = page.locator(".row-says").first
    assert said.inner_text() == page.locator("#net-rows .problem").first.inner_text()
    expect(page.locator("#net-totals")).to_be_hidden()
    expect(page.locator("#net-words")).to_contain_text("nothing to count")


def test_a_double_click_answers_one_question(opened: Callable[..., Page]) -> None:
    page = opened("view=quiz")
    page.locator(".choice").first.dblclick()
    expect(page.locator("#quiz-heading")).to_have_text("Question 2")
    # the answer stands above the next question, where the eye comes to it first
    tops = [page.locator(css).first.bounding_box() for css in (".answered", "#quiz-heading")]
    assert tops[0]["y"] < tops[1]["y"]  # type: ignore[index]
