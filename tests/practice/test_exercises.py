"""Every exercise starts unsolved, its solution passes, and wrong answers meet their own slip.

Held for whatever stands in lessons/exercises/exercises.toml, so a new exercise is held to it too.
"""

import difflib
import re
import tomllib
from pathlib import Path
from typing import NamedTuple

import jupytext
import pytest

from sharedconv.counting import MISCONCEPTIONS
from sharedconv.practice.checks.amounts import amount_of, subject
from sharedconv.practice.checks.number_slips import SLIPS
from sharedconv.practice.checks.tensor_slips import TENSOR_SLIPS
from sharedconv.practice.judging import Verdict, judge
from sharedconv.practice.manifest import Exercise, read_manifest
from sharedconv.practice.say import WIDTH
from sharedconv.practice.work import run_file

LESSONS = Path(__file__).resolve().parents[2] / "lessons"
EXERCISES, SOLUTIONS = LESSONS / "exercises", LESSONS / "solutions"
MANIFEST = read_manifest(EXERCISES)
BY_ID = {each.id: each for each in MANIFEST}


class Wrong(NamedTuple):
    """A wrong answer to an exercise, and the slip that it is."""

    exercise: str
    means: str
    change: str = ""
    into: str = ""
    as_given: bool = False

    def text(self) -> str:
        """The whole file as somebody hands it in."""
        name = BY_ID[self.exercise].file
        if self.as_given:
            return (EXERCISES / name).read_text("utf-8")
        solution = (SOLUTIONS / name).read_text("utf-8")
        assert solution.count(self.change) == 1, f"{self.change!r} has to stand there once"
        return solution.replace(self.change, self.into)


WRONG = [
    Wrong(**each)
    for each in tomllib.loads(Path(__file__).with_name("wrong_answers.toml").read_text("utf-8"))[
        "wrong"
    ]
]
every_exercise = pytest.mark.parametrize("exercise", MANIFEST, ids=lambda each: each.id)


def handed_in(exercise: Exercise, text: str, folder: Path) -> Verdict:
    file = folder / exercise.file
    file.write_text(text, "utf-8")
    return judge(exercise, file)


def flat(text: str) -> str:
    return " ".join(text.split())


# -- what each exercise is held to -----------------------------------------------------------------


def test_the_manifest_and_the_two_folders_name_the_same_exercises() -> None:
    names = {each.file for each in MANIFEST}
    assert len(names) == len(MANIFEST)
    assert {each.name for each in EXERCISES.glob("*.py")} == names
    assert {each.name for each in SOLUTIONS.glob("*.py")} == names


def test_every_lesson_from_the_first_on_has_three_to_five() -> None:
    """And within a lesson they are numbered from 1 on."""
    by_lesson: dict[int, list[int]] = {}
    for each in MANIFEST:
        by_lesson.setdefault(each.lesson, []).append(each.place[1])
    assert set(by_lesson) >= {1, 2, 3}
    for numbers in by_lesson.values():
        assert numbers == list(range(1, len(numbers) + 1))
        assert 3 <= len(numbers) <= 5


@every_exercise
def test_it_starts_unsolved_and_stops_nowhere(exercise: Exercise) -> None:
    verdict = judge(exercise, EXERCISES / exercise.file)
    assert not verdict.solved
    assert " stops with " not in verdict.words
    assert "can't be read" not in verdict.words


@every_exercise
def test_its_solution_passes_and_says_why(exercise: Exercise) -> None:
    verdict = judge(exercise, SOLUTIONS / exercise.file)
    assert verdict.solved, verdict.words
    assert verdict.slugs == ()
    assert len(flat(verdict.words).split()) >= 15, "the words after success explain"
    assert not re.search(r"[{}]", verdict.words)


@every_exercise
def test_it_has_two_wrong_answers_of_different_kinds(exercise: Exercise) -> None:
    kinds = {each.means for each in WRONG if each.exercise == exercise.id}
    assert len(kinds) >= 2


@pytest.mark.parametrize("wrong", WRONG, ids=lambda each: f"{each.exercise} {each.means}")
def test_a_wrong_answer_meets_its_slip_in_a_sentence_and_a_question(
    wrong: Wrong, tmp_path: Path
) -> None:
    verdict = handed_in(BY_ID[wrong.exercise], wrong.text(), tmp_path)
    assert not verdict.solved
    assert wrong.means in verdict.slugs[:1], f"{verdict.slugs}: {verdict.words}"
    words = flat(verdict.words)
    assert not re.search(r"\b(wrong|incorrect|error)\b", words.lower())
    assert "Ask yourself: " in words
    asked = words.partition("Ask yourself: ")[2]
    assert asked.endswith("?")
    # and the slip's own words, wherever they are listed
    listed = {each.slug: (each.says, each.question) for each in MISCONCEPTIONS}
    listed |= {slug: (says, question) for slug, (says, _, question) in SLIPS.items()}
    said = [listed[wrong.means]] if wrong.means in listed else []
    said += [(each.says, each.question) for each in TENSOR_SLIPS if each.slug == wrong.means]
    assert any(says in words or question in words for says, question in said) or not said


@pytest.mark.parametrize("wrong", WRONG, ids=lambda each: f"{each.exercise} {each.means}")
def test_a_wrong_answer_is_never_told_the_right_one(wrong: Wrong, tmp_path: Path) -> None:
    """Neither the number, nor another one that makes it together with what was given."""
    exercise = BY_ID[wrong.exercise]
    ((kind, arguments), *_) = exercise.checks
    verdict = handed_in(exercise, wrong.text(), tmp_path)
    if kind == "formula":
        assert " × " not in verdict.words
    if kind != "count":
        return
    about = subject(arguments["of"], arguments.get("input"))
    right = amount_of(about, arguments.get("what", "parameters"))
    names = run_file(tmp_path / exercise.file).names
    given = int(str(names[arguments.get("name", "answer")]))
    said = {int(each.replace(",", "")) for each in re.findall(r"\d[\d,]*", verdict.words)}
    assert right not in said
    assert abs(right - given) not in said - {given}


@pytest.mark.parametrize(
    ("exercise", "change", "into", "where"),
    [
        # from a report: each was told a slip, or three, that fits one setting by chance
        (
            "5.3",
            "2 * filters",
            "2 * in_channels",
            "12 of 16 settings that were tried: wherever in_channels and filters differ",
        ),
        (
            "1.3",
            "filters * (height * width + bias)",
            "filters * height * height + filters * bias",
            "56 of 72 settings that were tried: wherever height and width differ",
        ),
        ("1.3", "+ bias)", "+ 3 * bias)", "only where bias is True"),
        ("7.4", "in_channels // groups", "in_channels // min(groups, 2)", "only where groups is 4"),
    ],
)
def test_where_no_slip_explains_all_it_is_said_where_a_formula_differs(
    exercise: str, change: str, into: str, where: str, tmp_path: Path
) -> None:
    wrong = Wrong(exercise, "", change, into)
    verdict = handed_in(BY_ID[exercise], wrong.text(), tmp_path)
    assert verdict.slugs == ()
    assert where in flat(verdict.words)
    assert flat(verdict.words).endswith("?")


@pytest.mark.parametrize(
    ("exercise", "change", "into"),
    [
        ("6.3", "(1, 2, 3, stride=2)", "(1, 2, 3, stride=4)"),  # 4 and 2
        ("6.3", "(1, 2, 3, stride=2)", "(1, 2, 3, stride=1)"),  # 1 and 2
    ],
)
def test_strides_of_another_product_are_not_taken_for_places_that_are_known(
    exercise: str, change: str, into: str, tmp_path: Path
) -> None:
    verdict = handed_in(BY_ID[exercise], Wrong(exercise, "", change, into).text(), tmp_path)
    assert verdict.slugs in (("stride-between-places",), ("moves-otherwise",))
    assert "belong to one place" not in verdict.words
    assert re.search(r"moves? (along, but )?by \d", verdict.words)


@pytest.mark.parametrize(
    ("exercise", "change", "into", "unfit"),
    [
        (
            "6.3",
            "stride=2),\n    SharedConv1d(2, 2, 3, stride=2",
            "stride=4),\n    SharedConv1d(2, 2, 3, stride=1",
            "become two",
        ),
        (
            "2.2",
            "        for tap in range(len(kernel)):\n"
            "            total = total + kernel[tap] * x[place + tap]\n",
            "        total = total + (kernel * x[place : place + len(kernel)]).sum()\n",
            "loop",
        ),
        (
            "1.3",
            "return filters * (height * width + bias)",
            "return filters * height * width + (filters if bias else 0)",
            "bracket",
        ),
    ],
)
def test_the_words_after_success_fit_another_way_to_solve_it(
    exercise: str, change: str, into: str, unfit: str, tmp_path: Path
) -> None:
    verdict = handed_in(BY_ID[exercise], Wrong(exercise, "", change, into).text(), tmp_path)
    assert verdict.solved
    assert unfit not in verdict.words


def test_a_layer_s_target_is_never_called_a_slip(tmp_path: Path) -> None:
    """130 is what exercise 1.4 asks for; who comes to it with this layer makes the slip."""
    text = Wrong("1.4", "", "(1, 5, 5)", "(1, 10, 13)").text()
    verdict = handed_in(BY_ID["1.4"], text, tmp_path)
    assert "130 leaves out" not in verdict.words
    assert "Somebody who leaves out the bias and takes the kernel for a single row" in verdict.words


@every_exercise
def test_its_file_is_a_notebook_that_begins_with_what_to_do(exercise: Exercise) -> None:
    for folder in (EXERCISES, SOLUTIONS):
        text = (folder / exercise.file).read_text("utf-8")
        first, *others = jupytext.reads(text, fmt="py:percent").cells
        assert first.cell_type == "markdown"
        assert first.source.splitlines()[0] == f"# Exercise {exercise.id}. {exercise.title}"
        assert 2 <= len(first.source.splitlines()) <= 12
        assert any(each.cell_type == "code" for each in others)
        assert exercise.file.startswith(f"{exercise.lesson:02}_{exercise.place[1]}_")


@every_exercise
def test_the_hole_is_small_and_all_else_is_the_same(exercise: Exercise) -> None:
    start, solution = (
        (folder / exercise.file).read_text("utf-8").splitlines()
        for folder in (EXERCISES, SOLUTIONS)
    )
    changed = [line for line in difflib.ndiff(start, solution) if line.startswith("+ ")]
    assert 1 <= len(changed) <= 10
    assert start[0] == solution[0]


@every_exercise
def test_its_hints_begin_with_a_question(exercise: Exercise) -> None:
    assert len(exercise.hints) >= 2
    assert exercise.hints[0].endswith("?")
    assert len(set(exercise.hints)) == len(exercise.hints)


@every_exercise
def test_no_word_is_wider_than_the_page(exercise: Exercise) -> None:
    """Paragraphs are wrapped; tables, which begin with spaces, have to fit by themselves."""
    verdict = judge(exercise, SOLUTIONS / exercise.file)
    for paragraph in verdict.words.strip("\n").split("\n\n"):
        if paragraph.startswith(" "):
            assert all(len(line) <= WIDTH for line in paragraph.splitlines())
