"""The exports, read back by somebody else.

Moodle XML by the package moodle-xml-parser, Markdown by markdown-it-py. For GIFT there is no
package that installs without trouble, so a reader below follows the published description,
https://docs.moodle.org/en/GIFT_format, and not the code that writes.
"""

import html
import re
from collections.abc import Iterator
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, strategies as st
from markdown_it import MarkdownIt
from moodle_xml_parser.parser import parse_string

from sharedconv.counting import Count, Term
from sharedconv.counting.count import number
from sharedconv.practice.quiz import EXPORTS, Quiz, make_quiz
from sharedconv.practice.quiz.question import Asked, Choice, Question

QUIZZES = [make_quiz(60, 7), make_quiz(20, 1, 3), make_quiz(20, 2, 8), make_quiz(1, 3, 11)]
every_quiz = pytest.mark.parametrize("quiz", QUIZZES, ids=lambda each: each.command())


# -- whatever the words are ------------------------------------------------------------------------

# no control characters, which XML can't hold, and not the private ones that the reader uses
TEXT = st.text(st.characters(exclude_categories=("C", "Z")) | st.sampled_from(" ~=#{}:\\<>&'\"[]"))


@st.composite
def quizzes(draw: st.DrawFn) -> Quiz:
    """One question with words that nobody would write."""
    words, line, says, asks = (draw(TEXT.map(str.strip).filter(bool)) for _ in range(4))
    asked = Asked(words, [line, line], "", Count([Term("kernel", {"filters": 3})]), ())
    choices = [Choice(2, "slip", says, asks), Choice(3, "", says, "")]
    return Quiz(1, 1, [Question(1, asked, choices)])


def stem(question: Question) -> tuple[str, ...]:
    return question.asked.words, *question.asked.lines


def visible(shown: str) -> str:
    """What a browser shows of some HTML, as one line."""
    lines = re.sub(r"</?(p|pre)>", " ", shown)
    assert not re.search(r"<[^ >]", lines), "no other tag"
    return " ".join(html.unescape(lines).split())


def flat(*texts: str) -> str:
    return " ".join(" ".join(texts).split())


def feedback(choice: Choice) -> str:
    return flat(choice.says, *([f"Ask yourself: {choice.question}"] if choice.question else []))


# -- GIFT ------------------------------------------------------------------------------------------

ESCAPED = re.compile(r"\\([~=#{}:\\n])")
QUESTION = re.compile(r"::(.+?)::\[(\w+)\]([^{}]*)\{([^{}]*)\}", re.DOTALL)
Answer = tuple[bool, str, str]


def read_gift(text: str) -> Iterator[tuple[str, str, str, list[Answer]]]:
    """Category, name, text, and for each answer whether it is right, the answer, its feedback."""
    category = ""
    for block in re.split(r"\n[ \t]*\n", text):
        kept = "\n".join(line for line in block.split("\n") if not line.startswith("//")).strip()
        if kept.startswith("$CATEGORY:"):
            category = kept.removeprefix("$CATEGORY:").strip()
        elif kept:
            # what is escaped becomes a sign that nothing else is, and itself again at the end
            hidden = ESCAPED.sub(lambda found: chr(0xE000 + ord(found[1].replace("n", "\n"))), kept)
            assert "\\" not in hidden
            parts = QUESTION.fullmatch(hidden)
            assert parts, kept
            name, form, words, answers = parts.groups()
            assert form == "html"
            first, *rest = re.split(r"([=~])", answers)
            assert not first.strip()
            found = []
            for sign, whole in zip(rest[::2], rest[1::2], strict=True):
                answer, says = whole.split("#")
                found.append((sign == "=", _itself(answer), _itself(says)))
            yield category, _itself(name), _itself(words), found


def _itself(text: str) -> str:
    return "".join(
        chr(ord(each) - 0xE000) if "\ue000" <= each <= "\ue0ff" else each for each in text
    ).strip()


def check_gift(quiz: Quiz) -> None:
    found = list(read_gift(EXPORTS["gift"](quiz)))
    assert len({name for _, name, _, _ in found}) == len(found) == len(quiz.questions)
    for (category, name, words, answers), question in zip(found, quiz.questions, strict=True):
        assert category == f"$course$/top/sharedconv/Lesson {question.lesson}"
        assert f"Lesson {question.lesson}, seed {quiz.seed}" in name
        assert visible(words) == flat(*stem(question))
        assert [right for right, _, _ in answers] == [not each.slug for each in question.choices]
        for (_, answer, says), each in zip(answers, question.choices, strict=True):
            assert answer == number(each.number)
            assert visible(says) == feedback(each)


@every_quiz
def test_gift_is_read_back(quiz: Quiz) -> None:
    check_gift(quiz)


@given(quizzes())
def test_gift_with_any_words(quiz: Quiz) -> None:
    check_gift(quiz)


# -- Moodle XML ------------------------------------------------------------------------------------


def check_moodle(quiz: Quiz) -> None:
    text = EXPORTS["moodle"](quiz)
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<quiz>')
    found = parse_string(text)
    assert not found["cloze"]
    for read, question in zip(found["multichoice"], quiz.questions, strict=True):
        assert visible(read.text_pre_parse) == flat(*stem(question))
        assert read.single
        assert not read.shuffle_answers
        assert read.default_grade == 1
        right = [100 if not each.slug else 0 for each in question.choices]
        assert [each.score_fraction for each in read.options] == right
        assert [each.answer for each in read.options] == [
            number(each.number) for each in question.choices
        ]
        for option, each in zip(read.options, question.choices, strict=True):
            assert visible(option.feedback) == feedback(each)


@every_quiz
def test_moodle_xml_is_read_back(quiz: Quiz) -> None:
    check_moodle(quiz)


@every_quiz
def test_moodle_xml_puts_each_question_into_its_lesson_s_category(quiz: Quiz) -> None:
    """A question of type "category" says where those behind it belong."""
    category, names = "", []
    for node, question in zip(
        ElementTree.fromstring(EXPORTS["moodle"](quiz)),
        _with_heads(quiz),
        strict=True,
    ):
        if question is None:
            assert node.attrib == {"type": "category"}
            category = node.findtext("category/text", "")
            continue
        assert node.attrib == {"type": "multichoice"}
        assert category == f"$course$/top/sharedconv/Lesson {question.lesson}"
        names.append(node.findtext("name/text"))
        for tag in ("questiontext", "answer", "answer/feedback"):
            assert {each.get("format") for each in node.findall(tag)} == {"html"}
    assert names == sorted(set(names), key=names.index)


def _with_heads(quiz: Quiz) -> Iterator[Question | None]:
    lesson = None
    for each in quiz.questions:
        if each.lesson != lesson:
            lesson = each.lesson
            yield None
        yield each


@given(quizzes())
def test_moodle_xml_with_any_words(quiz: Quiz) -> None:
    root = ElementTree.fromstring(EXPORTS["moodle"](quiz))
    (question,) = quiz.questions
    node = root.findall("question")[1]
    assert visible(node.findtext("questiontext/text", "")) == flat(*stem(question))
    says = [visible(each.text or "") for each in node.findall("answer/feedback/text")]
    assert says == [feedback(each) for each in question.choices]


# -- Markdown --------------------------------------------------------------------------------------


@every_quiz
def test_markdown_holds_the_questions_and_then_the_key(quiz: Quiz) -> None:
    tokens = MarkdownIt().parse(EXPORTS["markdown"](quiz))
    headings = [after.content for token, after in pairwise(tokens) if token.type == "heading_open"]
    assert headings[1:] == ["Answer key"]
    split = next(place for place, each in enumerate(tokens) if each.type == "hr")
    questions, key = tokens[:split], tokens[split:]
    code = [each.content.splitlines() for each in questions if each.type == "fence"]
    assert code == [list(q.asked.lines) for q in quiz.questions if q.asked.lines]
    shown = [each.content for each in questions if each.type == "inline"]
    wanted = []
    for place, each in enumerate(quiz.questions, 1):
        lesson = "" if quiz.lesson else f" (lesson {each.lesson})"
        wanted.append(f"**Question {place}**{lesson}: {each.asked.words}")
        wanted += [
            f"{letter}) {number(choice.number)}"
            for letter, choice in zip("abcd", each.choices, strict=True)
        ]
    assert shown[2:] == wanted
    answers = [each.content for each in key if each.type == "inline"][1:]
    assert len(answers) == 4 * len(quiz.questions)
    for place, each in enumerate(quiz.questions):
        head, *others = answers[4 * place : 4 * place + 4]
        letter = "abcd"[each.right]
        count = each.asked.count
        assert head == (
            f"**Question {place + 1}: {letter}) {number(count.total)}**, because {count.formula()}"
        )
        wrong = [choice for choice in each.choices if choice.slug]
        for said, choice in zip(others, wrong, strict=True):
            assert said == (
                f"{'abcd'[each.choices.index(choice)]}) {choice.says} Ask: {choice.question}"
            )
