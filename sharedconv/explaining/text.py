"""What is said about a pasted text: its models, its tables, and whether they belong together."""

from __future__ import annotations

from ..spelling.sense import verdicts
from ..spelling.snippet import Model
from ..spelling.text import disagreement
from .expected import reasons
from .layer import terms_json
from .layout import wrapped
from .model import model_text
from .table import table_model, table_problems, table_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..spelling.snippet import Row
    from ..spelling.table import Table
    from ..spelling.text import Text


def explain_text(text: Text, expected: int | None = None, bold: str = "{}") -> str:
    """The whole answer on a text, ready to print.

    expected: the number that somebody expected of it, if they said one.
    bold: how a heading is written, with {} for its text.
    """
    with_table = {id(table): model for model, table in text.pairs()}
    blocks: list[str] = []
    for part in text.parts:
        if isinstance(part, Model):
            blocks += model_text(part, expected, bold)
        else:
            blocks += table_text(part, expected, bold)
            model = with_table.get(id(part))
            if model is not None:
                blocks.append(wrapped(_together(model, part)))
    blocks += [wrapped(f"Not read: {sentence}.") for _, sentence in text.notes]
    return "\n\n".join(blocks)


def explain_text_json(text: Text, expected: int | None = None) -> dict[str, Any]:
    """The same as one object; its keys are a stable interface.

    Those of a single layer, where "layers" has them all, and "total", ... are their sums. A text
    with several models or tables has each of them in "parts", and the sums are those of its
    models (of its tables where it has no model).
    """
    models = [part for part in text.parts if isinstance(part, Model)]
    each = [_part_json(part, expected) for part in text.parts]
    summed = [
        one
        for part, one in zip(text.parts, each, strict=True)
        if isinstance(part, Model) or not models
    ]
    answer = summed[0] if len(summed) == 1 else _sums(summed, expected)
    if len(each) > 1:
        answer = {**answer, "parts": each}
    pairs = [
        {
            "code_lines": [model.first_line, model.last_line],
            "table_lines": [table.first_line, table.last_line],
            "disagreement": disagreement(model, table) or None,
        }
        for model, table in text.pairs()
    ]
    return {**answer, "pairs": pairs, "not_read": [sentence for _, sentence in text.notes]}


def _together(model: Model, table: Table) -> str:
    problem = disagreement(model, table)
    code = f"The code in front of this table (lines {model.first_line} to {model.last_line})"
    if not problem:
        return f"{code} gives what the table shows."
    return f"{code} and the table don't belong together: {problem}."


def _part_json(part: Model | Table, expected: int | None) -> dict[str, Any]:
    if isinstance(part, Model):
        return {
            **_model_json(part, expected),
            "notes": [{"line": line, "sentence": sentence} for line, sentence in part.notes],
        }
    found = verdicts(part)
    answer = _model_json(table_model(part, found), expected)
    for layer, verdict in zip(answer["layers"], found, strict=True):
        layer["row"] = verdict.row.name
        layer["readings"] = [each.text for each in verdict.readings]
        layer["problem"] = verdict.problem or None
    split = {
        "trainable": part.totals.get("trainable", answer["trainable"]),
        "non_trainable": part.totals.get("non-trainable", answer["non_trainable"]),
    }
    # rows alone don't say what is trainable, the table's last lines do, if they fit its rows
    fits = sum(split.values()) == answer["total"]
    return {
        **answer,
        **(split if fits else {}),
        "table": part.layout,
        "problems": table_problems(part, found),
    }


def _model_json(model: Model, expected: int | None) -> dict[str, Any]:
    count = model.count()
    found = [] if expected is None else reasons(model, expected)
    return {
        "title": model.title,
        "lines": [model.first_line, model.last_line],
        "layers": [_row_json(row) for row in model.rows],
        "total": count.total,
        "trainable": count.trainable.total,
        "non_trainable": count.non_trainable.total,
        "state_dict": (count + model.buffers()).total,
        "mult_adds": model.mult_adds,
        "expected": expected,
        "diagnosis": [
            {
                "misconceptions": list(each.slugs),
                "sentence": each.sentence,
                "number": each.number,
            }
            for each in found
        ],
    }


def _row_json(row: Row) -> dict[str, Any]:
    return {
        "text": row.text,
        "line": row.line,
        "kind": row.kind,
        "framework": row.framework,
        "input_shape": None if row.input_shape is None else list(row.input_shape),
        "output_shape": None if row.output_shape is None else list(row.output_shape),
        "terms": terms_json(row.count),
        "total": row.count.total,
        "formula": row.count.formula(),
        "mult_adds": row.mult_adds,
        "same_weights_as": row.same_as,
        "weight_of": row.tied_to,
    }


def _sums(each: list[dict[str, Any]], expected: int | None) -> dict[str, Any]:
    works = [one["mult_adds"] for one in each]
    return {
        "layers": [layer for one in each for layer in one["layers"]],
        **{
            name: sum(one[name] for one in each)
            for name in ("total", "trainable", "non_trainable", "state_dict")
        },
        "mult_adds": None if None in works else sum(works),
        "expected": expected,
        "diagnosis": [found for one in each for found in one["diagnosis"]],
    }
