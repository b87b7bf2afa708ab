"""The quiz as one gets it: from a seed the same everywhere, in a file, and on a terminal."""

import builtins
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sharedconv.cli import main
from sharedconv.counting.count import number
from sharedconv.practice.quiz import Quiz, ask, make_quiz

ROOT = Path(__file__).resolve().parents[2]


def numbers(quiz: Quiz) -> list[list[int]]:
    return [[each.number for each in question.choices] for question in quiz.questions]


# -- the same everywhere --------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_quiz_in_every_version() -> None:
    """These numbers were written down once: a teacher's seed has to keep its questions."""
    assert numbers(make_quiz(3, 7, 3)) == GOLDEN_3
    assert numbers(make_quiz(4, 7, 8)) == GOLDEN_8
    assert numbers(make_quiz(3, 8, 3)) != GOLDEN_3


GOLDEN_3 = [[444, 4320, 456, 336], [294976, 12864, 6195264, 3264], [1920, 1740, 1728, 120]]
GOLDEN_8 = [
    [120, 135, 45, 105],
    [385, 135, 395, 390],
    [832, 1664, 1152, 1600],
    [5200, 4800, 9800, 5000],
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
        (["--lesson", "three"], "--lesson is 'three'; write the number of a lesson, 1 to 12"),
        (["--lesson", "3", "--lesson", "1"], "a quiz is about one lesson or about all of them"),
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


MADE = {
    "gift": ["--export", "gift"],
    "moodle": ["--export", "moodle"],
    "markdown": ["--export", "markdown"],
    "json": ["--json"],
}


@pytest.mark.parametrize("form", MADE)
def test_a_quiz_of_this_format_is_replaced_and_no_other_file(
    form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "all.quiz"
    mine = [*MADE[form], "--n", "2", "-o", str(file), "--seed"]
    assert command(*mine, "1", capsys=capsys)[0] == 0
    first = file.read_bytes()
    assert command(*mine, "2", capsys=capsys)[0] == 0
    assert file.read_bytes() != first
    for other, flags in MADE.items():
        if other != form:
            file.unlink()
            command(*flags, "--n", "2", "-o", str(file), "--seed", "3", capsys=capsys)
        else:
            file.write_text('<?xml version="1.0"?><quiz><!-- questions of my own --></quiz>')
        there = file.read_bytes()
        code, out, err = command(*mine, "4", capsys=capsys)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert f"all.quiz is there already, and isn't a quiz in the format {form} that" in err
        assert file.read_bytes() == there


def test_the_help_says_what_is_replaced(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = command("--help", capsys=capsys)
    assert "replaces only a quiz of its own in the same format" in " ".join(out.split())


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
    assert "Answer with the letter of your choice, or with the number that stands" in screen
    assert screen.count("One of a, b, c, d, please, or one of the numbers behind them") == 1
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
