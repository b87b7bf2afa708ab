"""What is said about a whole model: a line and a formula for each layer, the totals, the notes."""

from __future__ import annotations

from ..counting.count import number
from ..counting.sizes import counted, times
from ..spelling.habits import habit
from .expected import reasons
from .layout import WIDTH, columns, indented, wrapped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..spelling.snippet import Model, Row

LONGEST_NAME = 48


def model_text(model: Model, expected: int | None, bold: str) -> list[str]:
    """The blocks of the answer for one model, in order."""
    count = model.count()
    lines = _lines(model.first_line, model.last_line)
    heading = bold.format(
        f"{model.title} ({lines}): {counted(len(model.rows), 'layer')}, "
        f"{counted(count.total, 'parameter')}."
    )
    blocks = [heading, indented(_rows(model)), *_totals(model)]
    notes = sorted({*model.notes, *_habits(model)})
    blocks += [wrapped(f"Line {line}: {sentence}{_stop(sentence)}") for line, sentence in notes]
    if expected is not None:
        blocks += expected_text(model, expected, bold)
    return blocks


def expected_text(model: Model, expected: int, bold: str) -> list[str]:
    """What may have led to the number that somebody expected of a model."""
    total = model.count().total
    if expected == total:
        return [bold.format(f"You expected {number(expected)}, and that is right.")]
    heading = bold.format(f"You expected {number(expected)}.")
    found = reasons(model, expected)
    if not found:
        words = (
            f"No single slip leads from {number(total)} to {number(expected)}, and the difference, "
            f"{number(abs(total - expected))}, is no sum of a few of the model's own parts. "
            "Perhaps the number belongs to another model than this text."
        )
        return [f"{heading}\n{indented(wrapped(words, WIDTH - 2))}"]
    if len(found) > 1:
        heading += (
            f" {len(found)} ways lead there, and the number alone can't tell which was yours:"
        )
    blocks = [
        [each.sentence, *(f"Ask yourself: {question}" for question in each.questions)]
        for each in found
    ]
    return [
        heading,
        *(indented("\n".join(wrapped(words, WIDTH - 2) for words in block)) for block in blocks),
    ]


def _rows(model: Model) -> str:
    rows = [("", "layer", "comes out", "parameters")]
    rows += [
        (str(place), _shortened(row.text), _shape(row), _size(row))
        for place, row in enumerate(model.rows, 1)
    ]
    rows.append(("", "", "total", number(model.count().total)))
    lines = columns(rows, right=(0, 3))
    told = [lines[0]]
    margin = " " * (len(str(len(model.rows))) + 3)
    for row, line in zip(model.rows, lines[1:], strict=False):
        told.append(line)
        if row.count.terms:
            told.append(f"{margin}{row.count.formula()}")
        if row.tied_to is not None:
            told.append(f"{margin}its weight is that of layer {row.tied_to}")
    return "\n".join([*told, lines[-1]])


def _size(row: Row) -> str:
    return f"as layer {row.same_as}" if row.same_as is not None else number(row.count.total)


def _shape(row: Row) -> str:
    return "" if row.output_shape is None else times(row.output_shape) or "one number"


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_NAME else f"{line[: LONGEST_NAME - 3]}..."


def _totals(model: Model) -> list[str]:
    count, buffers = model.count(), model.buffers()
    lines = []
    if count.non_trainable.terms:
        lines.append(("trainable", number(count.trainable.total), "what training changes"))
        lines.append(("non-trainable", number(count.non_trainable.total), ""))
    if buffers.terms:
        whole = count + buffers
        words = f"with {counted(buffers.total, 'number')} of statistics, which are buffers"
        lines.append(("in the state_dict", number(whole.total), words))
    if model.mult_adds:
        lines.append(("multiply-adds", number(model.mult_adds), "for one input"))
    blocks = ["\n".join(columns(lines, right=(1,)))] if lines else []
    if any(row.same_as is not None for row in model.rows):
        blocks.append(
            wrapped(
                "A layer that is used again has the same weights as before: they are counted once."
            )
        )
    return blocks


def _habits(model: Model) -> list[tuple[int, str]]:
    """Arguments that are perhaps in the wrong place, once for each line that has one."""
    found = {}
    for row in model.rows:
        if row.spelled is not None and row.count.terms and row.text not in found:
            shown = habit(row.spelled)
            if shown is not None:
                found[row.text] = (row.line, shown.sentence)
    return list(found.values())


def _lines(first: int, last: int) -> str:
    return f"line {first}" if first == last else f"lines {first} to {last}"


def _stop(sentence: str) -> str:
    return "" if sentence.endswith((".", "?")) else "."
