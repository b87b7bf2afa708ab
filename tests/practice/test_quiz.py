"""The quiz: right numbers, wrong ones that one slip each leads to, and the same ones everywhere."""

import builtins
import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import pytest
import torch
from hypothesis import given, settings, strategies as st

from sharedconv import read
from sharedconv.cli import main
from sharedconv.counting import MISCONCEPTIONS, diagnose
from sharedconv.counting.count import number
from sharedconv.practice.quiz import Quiz, ask, make_quiz
from sharedconv.practice.quiz.make import FORMS, MOST
from sharedconv.practice.quiz.question import Question

ROOT = Path(__file__).resolve().parents[2]
every_lesson = pytest.mark.parametrize("lesson", FORMS)


def numbers(quiz: Quiz) -> list[list[int]]:
    return [[each.number for each in question.choices] for question in quiz.questions]


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
        assert shown == sorted(shown)
        assert shown[0] > 0
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
        if question.asked.slips != MISCONCEPTIONS:
            continue
        for each in question.choices:
            if each.slug:
                (said,) = diagnose(question.asked.count, each.number)
                assert said.slugs == (each.slug,)
                assert said.sentence == each.says
                found += 1
    assert found or lesson in (4, 6, 11)


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


# -- the same everywhere --------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_quiz_in_every_version() -> None:
    """These numbers were written down once: a teacher's seed has to keep its questions."""
    assert numbers(make_quiz(3, 7, 3)) == GOLDEN_3
    assert numbers(make_quiz(4, 7, 8)) == GOLDEN_8
    assert numbers(make_quiz(3, 8, 3)) != GOLDEN_3


GOLDEN_3 = [[336, 444, 456, 4320], [3264, 3712, 12864, 6195264], [120, 1728, 1740, 1920]]
GOLDEN_8 = [
    [45, 105, 120, 135],
    [135, 385, 390, 395],
    [832, 1152, 1600, 1664],
    [4800, 5000, 5200, 9800],
]


def in_a_process(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_no_hash_and_no_torch_has_a_part_in_it() -> None:
    program = (
        "import sys; from sharedconv.cli import main; "
        "main(['quiz', '--n', '36', '--seed', '7', '--json']); "
        "assert not {'torch', 'numpy', 'keras', 'random'} & {*sys.modules}, 'heavy'"
    )
    runs = [in_a_process("-c", program, PYTHONHASHSEED=seed) for seed in ("1", "2")]
    assert [each.returncode for each in runs] == [0, 0], runs[0].stderr
    assert runs[0].stdout == runs[1].stdout
    assert len(json.loads(runs[0].stdout)["questions"]) == 36


# -- the command ----------------------------------------------------------------------------------


def command(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    try:
        code = main(["quiz", *arguments])
    except SystemExit as left:
        code = int(left.code or 0)
    return code, *capsys.readouterr()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--lesson", "13"], "there is no lesson 13; the quiz knows lessons 1 to 12"),
        (["--lesson", "three"], "--lesson is 'three'; write a whole number"),
        (["--n", "0"], "a quiz of 0 questions can't be made; ask for 1 to 200"),
        (["--n", "201"], "a quiz of 201 questions can't be made; ask for 1 to 200"),
        (["--seed", "seven"], "--seed is 'seven'; write a whole number"),
        (["--export", "doc"], "gift"),
        (["-o", "quiz.doc"], "the name 'quiz.doc' doesn't say what to write; end it in .gift"),
        (["-o", "/nowhere/at/all/quiz.md"], "quiz.md can't be written (No such file"),
    ],
)
def test_what_it_can_t_do_is_one_sentence(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = command(*arguments, capsys=capsys)
    assert (code, out) == (2, "")
    assert words in err
    assert err.count("\n") == 1


def test_through_a_pipe_it_prints_and_says_how_to_get_it_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, _ = command("--lesson", "3", "--n", "4", capsys=capsys)
    assert code == 0
    (again,) = re.findall(r"`sharedconv quiz (--lesson 3 --n 4 --seed \d+)`", out)
    assert command(*again.split(), capsys=capsys)[1] == out
    assert out.count("**Question ") == 8
    assert "# Answer key" in out


@pytest.mark.parametrize("name", ["quiz.gift", "quiz.XML", "quiz.md", "quiz.txt"])
def test_a_file_is_written_in_the_format_of_its_name(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--lesson", "2", "--n", "3", "--seed", "1", "-o", str(tmp_path / name)]
    if name.endswith(".txt"):
        arguments += ["--export", "gift"]
    code, out, _ = command(*arguments, capsys=capsys)
    assert code == 0
    assert out.count("\n") == 1
    assert "sharedconv quiz --lesson 2 --n 3 --seed 1" in out
    begins = {".gift": "// ", ".txt": "// ", ".xml": "<?xml", ".md": "# A quiz"}
    text = (tmp_path / name).read_bytes().decode("utf-8")
    assert text.startswith(begins[Path(name).suffix.lower()])
    assert text.endswith("\n")
    assert "\r" not in text


# -- on a terminal --------------------------------------------------------------------------------


def asked(
    quiz: Quiz, answers: list[str], monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> tuple[int, str]:
    """Answer, and leave by Ctrl-D where there are no answers left."""
    left: Iterator[str] = iter(answers)

    def typed(prompt: str) -> str:
        print(prompt, end="")
        try:
            return next(left)
        except StopIteration:
            raise EOFError from None

    monkeypatch.setattr(builtins, "input", typed)
    first = ask(quiz)
    return first, " ".join(capsys.readouterr().out.split())


def test_a_right_choice_gets_the_formula(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    quiz = make_quiz(3, 7, 3)
    letters = ["abcd"[each.right] for each in quiz.questions]
    numbers_too = [
        letters[0].upper(),
        f"{letters[1]})",
        number(quiz.questions[2].asked.count.total),
    ]
    first, screen = asked(quiz, numbers_too, monkeypatch, capsys)
    assert first == 3
    for question in quiz.questions:
        assert f"Yes: {question.asked.count.formula()}" in screen
    assert "3 of 3 at the first try." in screen
    assert screen.endswith("The same questions again: sharedconv quiz --lesson 3 --n 3 --seed 7")


def test_a_wrong_choice_gets_its_slip_and_a_second_try(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    quiz = make_quiz(2, 7, 3)
    one, two = quiz.questions
    wrong = [place for place in range(4) if place != one.right]
    other = next(place for place in range(4) if place != two.right)
    answers = ["z", "abcd"[wrong[0]], "abcd"[wrong[1]], "abcd"[other], "abcd"[two.right]]
    first, screen = asked(quiz, answers, monkeypatch, capsys)
    assert first == 0
    assert screen.count("One of a, b, c, d, please") == 1
    slip = one.choices[wrong[0]]
    assert f"{slip.says} Ask yourself: {slip.question} Another try" in screen
    assert one.choices[wrong[1]].says in screen
    assert f"It is {'abcd'[one.right]}) {number(one.asked.count.total)}: " in screen
    assert f"Yes: {two.asked.count.formula()}" in screen
    assert "0 of 2 at the first try." in screen
    assert not re.search(r"wrong|correct|sorry|well done|score", screen, re.IGNORECASE)


def test_going_on_without_an_answer_and_leaving_early(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    quiz = make_quiz(4, 7, 3)
    first, screen = asked(quiz, ["", "abcd"[quiz.questions[1].right]], monkeypatch, capsys)
    assert first == 1
    assert f"It is {'abcd'[quiz.questions[0].right]}) " in screen
    assert "Another try" not in screen
    assert "1 of 2 at the first try." in screen


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminal")
def test_on_a_real_terminal_it_asks() -> None:
    import pty

    quiz = make_quiz(1, 7, 1)
    letter = "abcd"[quiz.questions[0].right]
    ours, theirs = pty.openpty()
    line = ["-m", "sharedconv", "quiz", "--lesson", "1", "--n", "1", "--seed", "7"]
    process = subprocess.Popen(
        [sys.executable, *line], cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    os.write(ours, f"{letter}\n".encode())
    screen = b""
    try:
        while chunk := os.read(ours, 65536):
            screen += chunk
    except OSError:  # so Linux says that the other side has closed the terminal
        pass
    assert process.wait(60) == 0
    os.close(ours)
    assert b"1 of 1 at the first try." in screen
