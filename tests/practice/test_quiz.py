"""The quiz: right numbers, and wrong ones that one slip each leads to."""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import keras
import pytest
import torch
from hypothesis import given, settings, strategies as st

from sharedconv import read
from sharedconv.counting import diagnose
from sharedconv.counting.count import number
from sharedconv.practice.quiz import make_quiz
from sharedconv.practice.quiz.lines import conv_of
from sharedconv.practice.quiz.make import FORMS, MOST
from sharedconv.practice.quiz.question import OFFERED, Question

every_lesson = pytest.mark.parametrize("lesson", FORMS)


def shape_of(question: Question) -> tuple[int, ...]:
    """What the words say of the input."""
    (sizes,) = re.findall(r"One input is ([\d×]+) \(", question.asked.words)
    return tuple(map(int, sizes.split("×")))


# -- every choice is what it says -----------------------------------------------------------------


@every_lesson
@given(seed=st.integers(-5, 10**12))
@settings(max_examples=10)
def test_each_wrong_number_is_one_slip_and_no_other(lesson: int, seed: int) -> None:
    for question in make_quiz(12, seed, lesson).questions:
        asked, shown = question.asked, [each.number for each in question.choices]
        assert len(set(shown)) == 4
        assert min(shown) > 0
        right = question.choices[question.right]
        assert right.number == asked.count.total
        assert right.says == asked.count.formula()
        for each in question.choices:
            if each is right:
                assert (each.slug, each.question) == ("", "")
                continue
            leads = {
                slip.slug
                for slip in asked.slips
                if any(made.total == each.number for made in slip.edit(asked.count))
            }
            assert leads == {each.slug}
            assert each.says.startswith(f"{number(each.number)} ")
            assert each.says.endswith(".")
            assert "{" not in each.says
            assert each.question.endswith("?")
        assert {each.slug for each in question.choices} & {*asked.focus}


@every_lesson
def test_the_slips_are_those_that_the_command_finds(lesson: int) -> None:
    """Where nothing but parameters is counted, `explain --expected` says the same."""
    found = 0
    for question in make_quiz(60, 1, lesson).questions:
        if [each.slug for each in question.asked.slips] != [each.slug for each in OFFERED]:
            continue
        for each in question.choices:
            if each.slug:
                # which may also know a younger slip that leads there
                said = {s.slugs: s for s in diagnose(question.asked.count, each.number)}
                if question.asked.slips == OFFERED:
                    assert said[each.slug,].sentence == each.says
                found += 1
    assert found or lesson in (4, 6, 11)


def test_of_a_sequence_nothing_is_said_that_only_images_have() -> None:
    asked = {}
    for question in [*make_quiz(60, 2, 2).questions, *make_quiz(60, 2, 12).questions]:
        if not any("onv1" in line for line in question.asked.lines):
            continue
        for each in question.choices:
            words = f"{each.says} {each.question}"
            asked[each.slug] = words
            assert not re.search(
                r"image|pixel|sky|ground|colour|\bred\b|wide|left|right|half of the map", words
            ), words
    assert "takes the length of the sequence for the size of" in asked["counted-spatial-size"]
    assert "raise the first half of the sequence" in asked["bias-per-position"]
    assert "all its channels tell them apart" in asked["forgot-in-channels"]
    of_images = [q for q in make_quiz(60, 2, 3).questions if any("2" in x for x in q.asked.lines)]
    assert any("colours" in each.question for q in of_images for each in q.choices)


@every_lesson
def test_no_question_comes_twice_and_the_right_one_moves(lesson: int) -> None:
    quiz = make_quiz(MOST, 3, lesson)
    assert len({(each.asked.words, each.asked.lines) for each in quiz.questions}) == MOST
    places = Counter(each.right for each in quiz.questions)
    assert len(places) >= 3
    assert max(places.values()) < 0.75 * MOST
    frameworks = Counter(each.asked.framework for each in quiz.questions)
    if lesson == 11:  # in 1989 there was neither
        assert set(frameworks) == {""}
    else:
        assert min(frameworks["keras"], frameworks["torch"]) > 0.3 * MOST


def test_the_right_one_is_at_every_place_about_equally_often() -> None:
    for seed in (1, 2, 3):
        places = Counter(each.right for each in make_quiz(200, seed).questions)
        assert all(0.15 * 200 <= places[each] <= 0.35 * 200 for each in range(4))


def test_no_column_is_offered_that_the_output_hasn_t_got() -> None:
    for question in make_quiz(MOST, 4, 6).questions:
        if "In which column" in question.asked.words:
            (line,) = question.asked.lines
            shape = (200, 200, 1) if question.asked.framework == "keras" else (1, 200, 200)
            columns = conv_of(read(line, shape)).output_size()[-1] or 0
            assert max(each.number for each in question.choices) < columns


def test_the_connections_of_1989_are_told_in_words_about_connections() -> None:
    said = [
        each.says
        for question in make_quiz(40, 1, 11).questions
        for each in question.choices
        if each.slug == "bias-unconnected"
    ]
    assert said
    assert all("one connection more for each unit" in each for each in said)


@every_lesson
def test_a_short_quiz_has_both_spellings_and_several_forms(lesson: int) -> None:
    for seed in range(10):
        quiz = make_quiz(len(FORMS[lesson]), seed, lesson)
        if lesson != 11:
            assert {each.asked.framework for each in quiz.questions} == {"keras", "torch"}
        # the first words tell the forms apart, where they aren't all the same question
        assert len({tuple(each.asked.focus) for each in quiz.questions}) >= 2


def test_without_a_lesson_all_of_them_come_in_turn() -> None:
    assert [each.lesson for each in make_quiz(12, 5).questions] == list(range(1, 13))
    counted = Counter(each.lesson for each in make_quiz(30, 5).questions)
    assert set(counted.values()) == {2, 3}
    assert len({each.lesson for each in make_quiz(5, 5).questions}) == 5


# -- the right number, by those who don't know the quiz -------------------------------------------


def of_torch(question: Question) -> list[Any]:
    """The layers, built and run once."""
    x: Any = torch.zeros(2, *shape_of(question))
    built = []
    for line in question.asked.lines:
        layer = eval(line, {"nn": torch.nn})
        x = layer(x)
        x = x[0] if isinstance(x, tuple) else x
        built.append(layer)
    return built


def of_keras(question: Question) -> list[Any]:
    built = [eval(line, vars(keras.layers)) for line in question.asked.lines]
    keras.Sequential([keras.Input(shape_of(question)), *built])
    return built


def sizes(layer: Any) -> dict[str, int]:
    """Each array of parameters with its size, as the framework itself has them."""
    if isinstance(layer, keras.Layer):  # which is a module of torch as well
        return {each.path: each.value.numel() for each in layer.weights}
    return {name: each.numel() for name, each in layer.named_parameters()}


def trained(layer: Any) -> int:
    if isinstance(layer, keras.Layer):
        return sum(each.value.numel() for each in layer.trainable_variables)
    return sum(each.numel() for each in layer.parameters() if each.requires_grad)


def outputs(layer: Any, question: Question) -> tuple[int, ...]:
    """Height and width (or length) of what comes out."""
    if isinstance(layer, keras.Layer):
        return tuple(layer.output.shape[1:-1])
    return tuple(layer(torch.zeros(1, *shape_of(question))).shape[2:])


def number_of_filters(layer: Any) -> int:
    return layer.filters if isinstance(layer, keras.Layer) else layer.out_channels


def work(layer: Any, question: Question) -> int:
    places = torch.Size(outputs(layer, question)).numel()
    return places * (sum(sizes(layer).values()) - number_of_filters(layer))


def dense(layer: Any, question: Question) -> int:
    inside = torch.Size(shape_of(question)).numel()
    out = torch.Size(outputs(layer, question)).numel() * number_of_filters(layer)
    return torch.nn.Linear(inside, out, device="meta").weight.numel() + out


WITNESS: dict[str, Callable[[list[Any], Question], int]] = {
    "How many parameters does this layer have?": lambda b, _: sum(sizes(b[0]).values()),
    "How many parameters do these layers": lambda b, _: sum(sum(sizes(e).values()) for e in b),
    "list for this layer?": lambda b, _: sum(sizes(b[0]).values()),
    "have on images that are twice as wide?": lambda b, _: sum(sizes(b[0]).values()),
    "parameters are biases?": lambda b, _: sum(
        size for name, size in sizes(b[0]).items() if "bias" in name
    ),
    "the second of these two layers": lambda b, _: sum(sizes(b[1]).values()),
    "does the last of these layers have?": lambda b, _: sum(sizes(b[-1]).values()),
    "does training change": lambda b, _: sum(map(trained, b)),
    "sharing switched off": lambda b, q: (
        sum(sizes(b[0]).values()) * torch.Size(outputs(b[0], q)).numel()
    ),
    "How many multiplications": lambda b, q: work(b[0], q),
    "a dense layer in the place": lambda b, q: dense(b[0], q),
    "At how many positions": lambda b, q: torch.Size(outputs(b[0], q)).numel(),
}


@every_lesson
def test_the_right_number_is_what_the_frameworks_have(lesson: int) -> None:
    checked = set()
    for question in make_quiz(16, 11, lesson).questions:
        found = [words for words in WITNESS if words in question.asked.words]
        if not found:
            continue
        (words,) = found
        built = (of_torch if question.asked.framework == "torch" else of_keras)(question)
        assert WITNESS[words](built, question) == question.asked.count.total, question.asked
        checked.add(words)
    assert checked or lesson in (10, 11)


def test_the_other_framework_s_number_is_the_other_framework_s() -> None:
    """Lesson 10: a line of one, and what the other lists for the same layers."""
    for question in make_quiz(16, 11, 10).questions:
        asked, shape = question.asked, shape_of(question)
        here = read(asked.lines[0], shape)
        if asked.framework == "torch":
            built = of_torch(question)
            if "LSTM" in here.text:
                twin = [keras.layers.LSTM(built[0].hidden_size)]
                size: tuple[int, ...] = shape
            else:
                conv = built[0]
                twin = [
                    keras.layers.Conv2D(
                        conv.out_channels, conv.kernel_size, use_bias=conv.bias is not None
                    ),
                    keras.layers.BatchNormalization(),
                ]
                size = (*shape[1:], shape[0])
            keras.Sequential([keras.Input(size), *twin])
        else:
            built = of_keras(question)
            twin = [torch.nn.LSTM(shape[-1], built[0].units)] if "LSTM" in here.text else []
            if not twin:
                conv = built[0]
                twin = [
                    torch.nn.Conv2d(
                        shape[-1], conv.filters, tuple(conv.kernel_size), bias=conv.use_bias
                    ),
                    torch.nn.BatchNorm2d(conv.filters),
                ]
        assert sum(sum(sizes(each).values()) for each in twin) == asked.count.total
        said = sum(sum(sizes(each).values()) for each in built)
        assert f" lists {number(said)} parameters here." in asked.words


def test_tied_weights_are_one_tensor() -> None:
    questions = [q for q in make_quiz(20, 2, 8).questions if "head.weight" in q.asked.lines[-1]]
    assert questions
    for question in questions:
        names: dict[str, Any] = {"nn": torch.nn}
        exec("\n".join(question.asked.lines), names)
        both = torch.nn.ModuleList([names["embed"], names["head"]])
        assert sum(each.numel() for each in both.parameters()) == question.asked.count.total


def test_something_moves_in_the_image_and_its_answer_follows() -> None:
    """Lesson 6, looked up in a real layer's output."""
    questions = [q for q in make_quiz(12, 4, 6).questions if "pixels to the right" in q.asked.words]
    assert questions
    for question in questions:
        (column,) = map(int, re.findall(r"in column (\d+) of", question.asked.words))
        (pixels,) = map(int, re.findall(r"moves (\d+) pixels", question.asked.words))
        stride = read(question.asked.lines[0], shape_of(question)).kind.stride[1]  # type: ignore[attr-defined]
        layer = torch.nn.Conv2d(1, 1, 3, stride=stride, bias=False)
        torch.nn.init.ones_(layer.weight)
        places = []
        for moved in (0, pixels):
            image = torch.zeros(1, 1, 3, 200)
            image[..., column * stride + moved : column * stride + moved + 3] = 1
            places.append(int(layer(image)[0, 0, 0].argmax()))
        assert places == [column, question.asked.count.total]


def test_lecun_s_first_layer_is_among_those_of_its_kind() -> None:
    """12 maps of 8×8 units, kernels of 5×5: 1,068 parameters, 19,968 connections (LeCun 1989)."""
    found = {}
    for seed in range(300):
        for question in make_quiz(4, seed, 11).questions:
            if "12 maps of 8×8 units" in question.asked.words:
                found["connections" in question.asked.words] = question.asked.count.total
    assert found == {False: 1_068, True: 19_968}
