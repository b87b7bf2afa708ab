"""A quiz for somebody else: Moodle's question bank, GIFT, or Markdown to print.

Sources: https://docs.moodle.org/en/GIFT_format and https://docs.moodle.org/en/Moodle_XML_format.
"""

from __future__ import annotations

from html import escape

from ...counting.count import number
from .question import LETTERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from xml.etree.ElementTree import Element

    from .make import Quiz
    from .question import Choice, Question


def _named(quiz: Quiz) -> Iterator[tuple[str, Question]]:
    """Each question with its name, which sorts in a question bank as the questions follow here."""
    width = len(str(len(quiz.questions)))
    for place, question in enumerate(quiz.questions, 1):
        yield f"Lesson {question.lesson}, seed {quiz.seed}, question {place:0{width}}", question


def _category(question: Question) -> str:
    return f"$course$/top/sharedconv/Lesson {question.lesson}"


def _html_question(question: Question) -> str:
    asked = question.asked
    lines = f"<pre>{_html(chr(10).join(asked.lines))}</pre>" if asked.lines else ""
    return f"<p>{_html(asked.words)}</p>{lines}"


def _html_feedback(choice: Choice) -> str:
    ask = f"<p>Ask yourself: {_html(choice.question)}</p>" if choice.question else ""
    return f"<p>{_html(choice.says)}</p>{ask}"


def _html(text: str) -> str:
    return escape(text, quote=False)


# -- GIFT ------------------------------------------------------------------------------------------


def gift(quiz: Quiz) -> str:
    """The quiz in GIFT, which Moodle and many others import."""
    parts = [f"// {quiz.command()}"]
    lesson = None
    for name, question in _named(quiz):
        if question.lesson != lesson:
            lesson = question.lesson
            parts.append(f"$CATEGORY: {_category(question)}")
        choices = [
            f"\t{'~' if each.slug else '='}{_gift(number(each.number))}"
            f"#{_gift(_html_feedback(each))}"
            for each in question.choices
        ]
        text = f"::{_gift(name)}::[html]{_gift(_html_question(question))}"
        parts.append("\n".join([f"{text} {{", *choices, "}"]))
    return "\n\n".join(parts)


def _gift(text: str) -> str:
    """With the signs escaped that mean something in GIFT; a line break would end the question."""
    marked = "".join(f"\\{sign}" if sign in "\\~=#{}:" else sign for sign in text)
    return marked.replace("\n", "\\n")


# -- Moodle XML ------------------------------------------------------------------------------------


def moodle(quiz: Quiz) -> str:
    """The quiz in Moodle XML, with the lessons as categories."""
    from xml.etree import ElementTree

    root = ElementTree.Element("quiz")
    lesson = None
    for name, question in _named(quiz):
        if question.lesson != lesson:
            lesson = question.lesson
            head = ElementTree.SubElement(root, "question", type="category")
            _text(ElementTree.SubElement(head, "category"), _category(question))
        root.append(_moodle_question(name, question))
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, "unicode")}'


def _moodle_question(name: str, question: Question) -> Element:
    from xml.etree.ElementTree import Element, SubElement

    node = Element("question", type="multichoice")
    _text(SubElement(node, "name"), name)
    _text(SubElement(node, "questiontext", format="html"), _html_question(question))
    # the choices stay as they are, so that their letters are those of the printed quiz
    fixed = {
        "defaultgrade": "1",
        "penalty": "0.3333333",
        "hidden": "0",
        "single": "true",
        "shuffleanswers": "false",
        "answernumbering": "abc",
    }
    for tag, value in fixed.items():
        SubElement(node, tag).text = value
    for each in question.choices:
        answer = SubElement(node, "answer", fraction="0" if each.slug else "100", format="html")
        _text(answer, number(each.number))
        _text(SubElement(answer, "feedback", format="html"), _html_feedback(each))
    return node


def _text(node: Element, text: str) -> None:
    from xml.etree.ElementTree import SubElement

    SubElement(node, "text").text = text


# -- Markdown --------------------------------------------------------------------------------------


def markdown(quiz: Quiz) -> str:
    """The quiz to print, the answer key behind it."""
    about = "all lessons" if quiz.lesson is None else f"lesson {quiz.lesson}"
    parts = [
        f"# A quiz on {about}",
        f"`{quiz.command()}` makes the same quiz again.",
    ]
    for place, question in enumerate(quiz.questions, 1):
        asked = question.asked
        lesson = f" (lesson {question.lesson})" if quiz.lesson is None else ""
        parts.append(f"**Question {place}**{lesson}: {asked.words}")
        if asked.lines:
            parts.append("\n".join(["```python", *asked.lines, "```"]))
        parts.append(
            "\n".join(
                f"- {letter}) {number(each.number)}"
                for letter, each in zip(LETTERS, question.choices, strict=True)
            )
        )
    parts += ["---", "# Answer key"]
    parts += [_key(place, question) for place, question in enumerate(quiz.questions, 1)]
    return "\n\n".join(parts)


def _key(place: int, question: Question) -> str:
    lettered = list(zip(LETTERS, question.choices, strict=True))
    letter, right = lettered[question.right]
    lines = [f"**Question {place}: {letter}) {number(right.number)}**, because {right.says}", ""]
    lines += [
        f"- {letter}) {each.says} Ask: {each.question}" for letter, each in lettered if each.slug
    ]
    return "\n".join(lines)


EXPORTS: dict[str, Callable[[Quiz], str]] = {"gift": gift, "moodle": moodle, "markdown": markdown}
"""The formats by name."""
MARKS = {
    "gift": (b"// sharedconv quiz",),
    "moodle": (b"<quiz>", b"$course$/top/sharedconv/"),
    "markdown": (b"# A quiz on ", b"`sharedconv quiz"),
    "json": (b'"command": "sharedconv quiz',),
}
"""By format, and for a program's, what stands in every file of it."""
SUFFIXES = {".gift": "gift", ".xml": "moodle", ".md": "markdown"}
"""Which format a file's name asks for."""
