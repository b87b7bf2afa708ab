"""A quiz: questions of fresh numbers for one lesson, or for all of them."""

from __future__ import annotations

from ...counting.value import Value
from . import family, lecun, places, sharing, summaries
from .draw import Draw
from .question import Question, choices

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from .question import Asked

    Form = Callable[[Draw, str], Asked]

FORMS: dict[int, tuple[Form, ...]] = {
    1: (sharing.grey_image, sharing.without_bias, sharing.only_biases),
    2: (sharing.along_a_sequence, sharing.twice_as_wide, sharing.own_kernels),
    3: (sharing.coloured_image, sharing.in_groups, sharing.second_layer),
    4: (sharing.multiplications, sharing.own_kernels_in_colour, sharing.dense_instead),
    5: (summaries.conv_and_norm, summaries.norm_alone, summaries.conv_without_bias),
    6: (places.positions, places.it_shifts),
    7: (
        *(family.with_a_stride, family.with_padding, family.dilated),
        *(family.depthwise, family.separable, family.transposed),
    ),
    8: (
        *(summaries.lstm, summaries.trainable, summaries.gru),
        *(summaries.tied, summaries.both_ways),
    ),
    9: (family.behind_flatten, family.block),
    10: (summaries.norm_elsewhere, summaries.lstm_elsewhere),
    11: (lecun.first_map, lecun.connected, lecun.subsampled, lecun.by_a_table),
    12: (
        *(sharing.one_dimension_shared, sharing.one_dimension_unshared),
        *(sharing.one_dimension_work, sharing.pooled_or_flattened),
    ),
}
"""The forms of question that belong to each lesson's subject."""
MOST = 200
"""A quiz has so many questions at most; every lesson has more of them than this."""
TRIES = 100


class Quiz(Value):
    """Questions in the order of the lessons, and what makes the same ones again.

    lesson: the lesson they belong to; None for all lessons.
    """

    lesson: int | None
    seed: int
    questions: tuple[Question, ...]

    def __init__(self, lesson: int | None, seed: int, questions: Iterable[Question]) -> None:
        super().__init__(lesson=lesson, seed=seed, questions=tuple(questions))

    def command(self) -> str:
        """What to type for the same quiz."""
        lesson = "" if self.lesson is None else f" --lesson {self.lesson}"
        return f"sharedconv quiz{lesson} --n {len(self.questions)} --seed {self.seed}"

    def as_json(self) -> dict[str, Any]:
        """The quiz as one object; its keys are a stable interface."""
        return {
            "command": self.command(),
            "questions": [
                {
                    "lesson": each.lesson,
                    "question": each.asked.words,
                    "lines": list(each.asked.lines),
                    "framework": each.asked.framework,
                    "right": each.choices[each.right].number,
                    "formula": each.asked.count.formula(),
                    "choices": [
                        {
                            "number": choice.number,
                            "misconception": choice.slug or None,
                            "feedback": choice.says,
                            "ask": choice.question or None,
                        }
                        for choice in each.choices
                    ],
                }
                for each in self.questions
            ],
        }


def make_quiz(n: int, seed: int, lesson: int | None = None) -> Quiz:
    """n questions that follow from the seed, the same ones on every machine.

    lesson: the lesson whose subject they are about; None for all of them in turn.

    Raises ValueError, in one sentence, for a lesson that there isn't, and for fewer than 1 or more
    than 200 questions.
    """
    if not 1 <= n <= MOST:
        raise ValueError(f"a quiz of {n} questions can't be made; ask for 1 to {MOST}")
    if lesson is not None and lesson not in FORMS:
        raise ValueError(f"there is no lesson {lesson}; the quiz knows lessons 1 to {max(FORMS)}")
    order = [lesson] if lesson else Draw(seed, "lessons").shuffled(FORMS)
    questions: list[Question] = []
    for number, share in sorted((each, _share(n, len(order), i)) for i, each in enumerate(order)):
        questions += _of_lesson(number, share, seed)
    return Quiz(lesson, seed, questions)


def _share(n: int, lessons: int, place: int) -> int:
    return n // lessons + (place < n % lessons)


def _of_lesson(lesson: int, n: int, seed: int) -> list[Question]:
    start = Draw(seed, lesson)
    forms = start.shuffled(FORMS[lesson])
    frameworks = start.shuffled(("keras", "torch"))
    made: list[Question] = []
    asked_before: set[tuple[str, tuple[str, ...]]] = set()
    for place in range(n):
        # every form in either framework, before one comes again in the same
        round_, which = divmod(place, len(forms))
        framework = frameworks[(round_ + which) % 2]
        for attempt in range(TRIES):
            draw = Draw(seed, lesson, place, attempt)
            asked = forms[which](draw, framework)
            found = choices(asked, draw)
            if found and (asked.words, asked.lines) not in asked_before:
                asked_before.add((asked.words, asked.lines))
                made.append(Question(lesson, asked, found))
                break
        else:
            raise ValueError(
                f"lesson {lesson} has no {n} questions that differ; ask for fewer than {place + 1}"
            )
    return made
