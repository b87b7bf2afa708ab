"""What `sharedconv practice` says: each function gives its texts one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from textwrap import indent

from .exercises import Course
from .home import shown
from .judging import judge_apart
from .manifest import Exercise
from .progress import Progress, keep
from .say import wrapped

PLAIN = "{}"
"""How a heading is written: as it is."""


def practise(course: Course, exercises: Sequence[Exercise], heading: str = PLAIN) -> Iterator[str]:
    """Judge the learner's file of each exercise, up to the first that isn't solved."""
    for exercise in exercises:
        file = course.copy_of(exercise)
        yield f"{heading.format(_title(exercise))}\nYour file: {shown(file)}\n"
        if course.is_untouched(exercise):
            yield f"{wrapped(course.task(exercise))}\n"
        verdict = judge_apart(exercise, file)
        if not verdict.solved:
            yield wrapped(
                f"{verdict.words}\n\nChange the file, save it, and run the same command again. "
                "With --hint there is a hint."
            )
            return
        done = _keep(exercise, Progress.with_exercise)
        yield f"{wrapped(f'Solved. {verdict.words.strip()}')}\n"
    yield _next(course, exercises[-1], done)


def _next(course: Course, solved: Exercise, done: Progress) -> str:
    left = course.left(done)
    if not left:
        return nothing_left(course, None)
    here = [each for each in left if each.lesson == solved.lesson]
    if here:
        return wrapped(f"Next: {_title(here[0])} (sharedconv practice {solved.lesson})")
    return wrapped(
        f"Those were all of lesson {solved.lesson}. Next: {_title(left[0])} (sharedconv practice)"
    )


def nothing_left(course: Course, which: str | None) -> str:
    """What is said where everything is solved: all of a lesson, or with None all there is."""
    if not course.exercises:
        return "There are no exercises yet."
    what = "All exercises are" if which is None else f"All exercises of lesson {which} are"
    example = (course.exercises if which is None else course.chosen(which))[0].id
    return wrapped(
        f"{what} solved. One by its number, such as sharedconv practice {example}, runs again."
    )


def hint(exercise: Exercise, done: Progress, heading: str = PLAIN) -> Iterator[str]:
    """The next hint; all of them once all were seen."""
    seen, many = done.hints.get(exercise.id, 0), len(exercise.hints)
    yield heading.format(_title(exercise))
    texts = [f"Hint {at} of {many}: {text}" for at, text in enumerate(exercise.hints, 1)]
    if seen < many:
        _keep(exercise, lambda before, id: before.with_hints(id, seen + 1))
        yield f"\n{wrapped(texts[seen])}"
        return
    texts.append("Those are all. With --solution you see one way to do it.")
    yield "\n" + wrapped("\n\n".join(texts))


def solution(course: Course, exercise: Exercise, heading: str = PLAIN) -> Iterator[str]:
    """One way to do it, to be set beside the learner's own."""
    yield heading.format(_title(exercise))
    yield "\nOne way to do it, the lines that fill the hole:\n"
    yield indent(course.solution(exercise), "    ")
    yield "\n" + wrapped(
        "Why do they do what is asked? Set them beside yours before you change anything."
    )


def reset(course: Course, exercises: Sequence[Exercise]) -> Iterator[str]:
    """Put exercises back to how they began; what the learner wrote is kept."""
    for exercise in exercises:
        aside = course.reset(exercise)
        _keep(exercise, Progress.without)
        # a path stands by itself, as it is copied
        kept = "" if aside is None else f" What you wrote is kept in\n  {shown(aside)}"
        yield f"{exercise.id} is as it began.{kept}"


def listing(exercises: Sequence[Exercise], done: Progress) -> Iterator[str]:
    """A line for each exercise, with a word before those that are solved."""
    for each in exercises:
        mark = "solved" if each.id in done.exercises else ""
        yield f"  {mark:<6}  {each.id:>4}  {each.title}"


def as_json(exercises: Sequence[Exercise], done: Progress) -> list[dict[str, object]]:
    """The same for a program."""
    return [
        {
            "id": each.id,
            "lesson": each.lesson,
            "title": each.title,
            "solved": done.exercises.get(each.id),
            "hints_seen": done.hints.get(each.id, 0),
        }
        for each in exercises
    ]


def _title(exercise: Exercise) -> str:
    return f"{exercise.id}. {exercise.title}"


def _keep(exercise: Exercise, change: Callable[[Progress, str], Progress]) -> Progress:
    return keep(lambda before: change(before, exercise.id))
