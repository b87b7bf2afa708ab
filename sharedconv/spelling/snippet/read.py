"""From a piece of code to the models in it."""

from __future__ import annotations

import ast
import warnings

from ...counting.count import Count, Term, number
from ..call import nests_deeper
from ..foreign import refuse_julia
from .follow import Follower
from .handing import Missing
from .making import Maker
from .methods import learners
from .objects import (
    Class,
    Container,
    Function,
    Graph,
    Group,
    Stack,
    Step,
    Tensor,
    at_line,
    short,
)
from .rows import Model, Row

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .objects import Sizes

LONGEST_TEXT = 200_000
DEEPEST_NESTING = 100
"""Statements in functions in classes, and layers in lists in them, stay far below that."""


def read_snippet(
    text: str,
    shape: Sizes | None = None,
    data_format: str | None = None,
    names: dict[str, object] | None = None,
) -> tuple[Model, ...]:
    """Read the models that a piece of code makes; () where it makes no layers at all.

    text: Python code as people paste it: ``Sequential`` with a list or with ``model.add`` lines,
        Keras's functional style, ``nn.Sequential``, classes of ``nn.Module``.
    shape: the shape of one input, without the batch, where the text leaves it out; it goes before
        the text's own.
    data_format: as in `read`.
    names: what earlier pieces of the same text gave names to; those of this one are added.

    Raises ValueError or TypeError, in one sentence that names the line, for what can't be read.
    """
    if len(text) > LONGEST_TEXT:
        raise ValueError(
            f"the text has {number(len(text))} characters; at most {number(LONGEST_TEXT)} are read"
        )
    tree = parsed(text)
    maker = Maker(shape, data_format)
    follower = Follower(maker)
    follower.scope.own.update(names or {})
    try:
        follower.follow(tree.body, follower.scope)
        roots = _roots(follower, maker)
        if names is not None:
            names.update(follower.scope.own)
        return tuple(_model(root, maker) for root in roots)
    except RecursionError:
        raise ValueError("the text is nested too deeply to be followed; write it flatter") from None


def parsed(text: str) -> ast.Module:
    """The text's statements, by Python's own parser.

    Raises ValueError, in one sentence that names the line, where it isn't Python.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
        if nests_deeper(tree, DEEPEST_NESTING):
            raise RecursionError
    except SyntaxError as error:
        raise at_line(error.lineno or 1, _not_python(text, error)) from None
    except (RecursionError, MemoryError, ValueError):
        raise ValueError("the text is nested too deeply to be read; write it flatter") from None
    return tree


def _not_python(text: str, error: SyntaxError) -> ValueError:
    lines = text.splitlines()[(error.lineno or 1) - 1 :]
    try:
        refuse_julia(lines[0] if lines else "")
    except ValueError as problem:
        return problem
    return ValueError(f"this can't be read as Python: {error.msg}")


# -- which models there are ------------------------------------------------------------------------


def _roots(follower: Follower, maker: Maker) -> list[Container]:
    """What the text makes and doesn't make part of something else."""
    missing: Missing | None = None
    for found_in in (None, _classes, _functions):
        try:
            if found_in is not None:
                found_in(follower)
        except Missing as problem:
            missing = missing or problem
        found = _outermost(maker) or _loose(maker)
        if found:
            return found
    if missing is not None:
        raise missing
    return []


def _outermost(maker: Maker) -> list[Container]:
    outer = [each for each in maker.containers if not each.inside and _holds_something(each)]
    owned = [{id(layer) for layer in learners(each)} for each in outer]
    return [
        each
        for place, (each, own) in enumerate(zip(outer, owned, strict=True))
        if not any(
            own < other or (own == other and place < at)
            for at, other in enumerate(owned)
            if at != place
        )
    ]


def _holds_something(model: Container) -> bool:
    """Whether there are layers in it, or something in a layer's place that isn't one."""
    if isinstance(model, Stack):
        return any(not isinstance(each, (Tensor, type(None))) for each in model.members)
    return bool(learners(model))


def _loose(maker: Maker) -> list[Container]:
    """Layers that belong to no model: applied one after the other, or only written down."""
    if any(step.layer is not None for step in maker.steps):
        ends = [Tensor(step.output, step) for step in maker.steps]
        return [Graph(maker.steps[0].line, [], ends)]
    layers = [each for each in maker.layers if each.known and not each.used]
    return [Stack(layers[0].line, layers)] if layers else []


def _classes(follower: Follower) -> None:
    """Make one of each class that nothing else makes one of, the last first."""
    found = [each for each in follower.scope.own.values() if isinstance(each, Class)]
    problem = None
    for each in reversed(found):
        if each.framework and not each.used:
            try:
                follower.calls.instance(each, [], {}, each.node.lineno)
            except Missing as missing:
                problem = problem or missing
    if problem is not None:
        raise problem


def _functions(follower: Follower) -> None:
    """Call each function that nothing else calls, the last first."""
    found = [each for each in follower.scope.own.values() if isinstance(each, Function)]
    problem = None
    for each in reversed(found):
        if not each.called:
            try:
                follower.run(each, [], {}, each.node.lineno)
            except Missing as missing:
                problem = problem or missing
    if problem is not None:
        raise problem


# -- their rows ------------------------------------------------------------------------------------


def _model(root: Container, maker: Maker) -> Model:
    if isinstance(root, Graph):
        steps = root.steps()
    else:
        before = len(maker.steps)
        why = "the text doesn't say what shape comes in; add it with --input"
        maker.through(root, [Tensor(maker.asked, None, why)], root.line)
        steps = maker.steps[before:]
    numbers: dict[int, int] = {}
    for number_, step in enumerate(steps, 1):
        numbers.setdefault(id(step.layer or step.free or step), number_)
    rows = [_row(step, number_, numbers) for number_, step in enumerate(steps, 1)]
    lines = [root.line, *(row.line for row in rows)]
    return Model(
        root.title, rows, min(lines), max(lines), [*maker.notes, *_about(root, steps, maker)]
    )


def _row(step: Step, place: int, numbers: dict[int, int]) -> Row:
    first = numbers[id(step.layer or step.free or step)]
    same_as = first if first != place else None
    spelled, came = step.spelled, step.inputs[0].sizes if step.inputs else None
    if step.free is not None:
        count = Count([Term("parameter", _sizes_named(step.free.sizes), not step.free.frozen)])
        return Row(
            step.text,
            step.line,
            "Parameter",
            "torch",
            None,
            None,
            None,
            Count() if same_as else count,
            same_as,
        )
    if spelled is None or step.layer is None:
        return Row(
            step.text,
            step.line,
            step.merges.capitalize(),
            "keras",
            None,
            came,
            step.output,
            Count(),
        )
    count, tied_to = spelled.count(), None
    if step.layer.tied is not None:
        tied_to = numbers.get(id(step.layer.tied))
        if tied_to is not None:
            count = count.role("bias")
    frozen = step.layer.frozen
    if frozen:
        count = count.edited(
            lambda term: (
                term.replace(trainable=False)
                if ("bias" if term.role == "bias" else "weight") in frozen
                else term
            )
        )
    return Row(
        step.text,
        step.layer.line,
        type(spelled.kind).__name__,
        spelled.framework,
        spelled,
        None if spelled.shape is None else spelled.shape.sizes,
        step.output,
        Count() if same_as else count,
        same_as if count.terms else None,
        tied_to,
    )


def _sizes_named(sizes: Sequence[int]) -> dict[str, int]:
    return {f"size {place}": size for place, size in enumerate(sizes, 1)}


def _about(root: Container, steps: Sequence[Step], maker: Maker) -> list[tuple[int, str]]:
    """What a reader of the rows should know."""
    notes = []
    if isinstance(root, Group) and steps:
        notes.append(
            (
                root.line,
                f"{root.title} says in a method how its layers follow each other, and that isn't "
                "read: so there are counts here, and no shapes",
            )
        )
    used = {id(step.layer) for step in steps}
    ours = learners(root)
    for layer in maker.layers:
        if layer.known and not layer.used and id(layer) not in used and layer not in ours:
            notes.append((layer.line, f"{short(layer.text)} is made here, and not used"))
    return notes
