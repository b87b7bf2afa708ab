"""What is said about one layer: the text that the command prints, and the object behind --json."""

from __future__ import annotations

from ..counting.conv import Conv
from ..counting.count import number
from ..counting.sizes import axis_names
from ..spelling.habits import habit
from .layout import WIDTH, indented, wrapped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from ..counting.count import Count
    from ..counting.diagnosing import Diagnosis
    from ..counting.sharing import Sharing
    from ..spelling import Spelled
    from .expected import Reason

RIGHT = "You expected {expected}, and that is right."
EXPECTED = "You expected {expected}."
WAYS = "{ways} ways lead there, and the number alone can't tell which was yours:"
NO_SLIP = (
    "No known slip leads from {total} to {expected}. Perhaps the number belongs to another layer "
    "than this line: look whether the two were taken from the same place."
)


def explain(
    layer: Spelled,
    expected: int | None = None,
    bold: str = "{}",
    compared: Sharing | None = None,
) -> str:
    """The whole answer, ready to print.

    expected: the number that somebody expected, if they said one.
    bold: how a heading is written, with {} for its text.
    compared: what sharing saves in this layer, where somebody has measured it as well.
    """
    count = layer.count()
    on = f" on {layer.shape}" if layer.shape else ""
    parts = [
        bold.format(f"{layer.text}{on} has {number(count.total)} parameters."),
        indented(str(count)),
        wrapped(layer.kind.about()),
        *_what_comes_out(layer),
    ]
    if not layer.trainable:
        parts.append(wrapped("The layer is frozen: training changes none of them."))
    shown = habit(layer)
    if shown is not None:
        parts.append(wrapped(shown.sentence))
    if expected is not None:
        parts += _about_expected(layer, count, expected, bold)
    parts += _otherwise(layer, compared or sharing_in(layer), bold)
    return "\n\n".join(parts)


def explain_json(
    layer: Spelled, expected: int | None = None, compared: Sharing | None = None
) -> dict[str, Any]:
    """The same as one object; its keys are a stable interface."""
    count = layer.count()
    compared = compared or sharing_in(layer)
    ways = [] if compared is None else [each.as_json() for each in compared.ways]
    written = _as_written(layer)
    output = layer.output_shape()
    return {
        "layers": [
            {
                "text": layer.text,
                "kind": type(layer.kind).__name__,
                "framework": layer.framework,
                "input_shape": layer.shape and list(layer.shape.sizes),
                "output_shape": output and list(output.sizes),
                "terms": terms_json(count),
                "total": count.total,
                "formula": count.formula(),
                "mult_adds": _mult_adds(layer),
            }
        ],
        "total": count.total,
        "trainable": count.trainable.total,
        "non_trainable": count.non_trainable.total,
        "mult_adds": _mult_adds(layer),
        "otherwise": {each["name"]: each["parameters"] for each in ways if each["name"] != written},
        "sharing": ways,
        "expected": expected,
        "diagnosis": [
            {
                "misconceptions": list(each.slugs),
                "sentence": each.sentence,
                "number": each.number,
            }
            for each in _found(layer, count, expected)
        ],
    }


def terms_json(count: Count) -> list[dict[str, Any]]:
    """The terms of a count as objects; their keys are a stable interface."""
    return [
        {
            "role": term.role,
            "trainable": term.trainable,
            "factors": dict(term.factors),
            "size": term.size,
        }
        for term in count.terms
    ]


# -- the parts -----------------------------------------------------------------------------------


def _what_comes_out(layer: Spelled) -> list[str]:
    output = layer.output_shape()
    if output is None:
        return []
    names: tuple[str, ...] = ()
    ndim = getattr(layer.kind, "ndim", 0)
    if ndim and len(output.sizes) == ndim + 1:
        names = axis_names(ndim)
        names = (*names, "channels") if output.channels_last else ("channels", *names)
    lines = [("output shape", str(output), f"({' × '.join(names)})" if names else "")]
    mult_adds = _mult_adds(layer)
    if mult_adds is not None:
        used = "again at every position" if _as_written(layer) == "shared" else "once"
        why = f"(each weight is used {used})" if names and mult_adds else ""
        lines.append(("multiply-adds", number(mult_adds), why))
    width = max(len(value) for _, value, _ in lines)
    return [
        "\n".join(f"{what:<13}   {value:<{width}}   {why}".rstrip() for what, value, why in lines)
    ]


def _about_expected(layer: Spelled, count: Count, expected: int, bold: str) -> list[str]:
    if expected == count.total:
        return [bold.format(RIGHT.format(expected=number(expected)))]
    heading = bold.format(EXPECTED.format(expected=number(expected)))
    found = _found(layer, count, expected)
    if not found:
        words = NO_SLIP.format(total=number(count.total), expected=number(expected))
        return [f"{heading}\n{indented(wrapped(words, WIDTH - 2))}"]
    if len(found) > 1:
        heading += f" {WAYS.format(ways=len(found))}"
    return [heading, *(indented(_one_way(layer, each)) for each in found)]


def _found(layer: Spelled, count: Count, expected: int | None) -> Sequence[Diagnosis | Reason]:
    """What leads to the expected number: an argument in the wrong place, slips, or another sum."""
    if expected is None or expected == count.total:
        return []
    from ..counting.diagnosing import diagnose  # only a number that differs needs them

    shown = habit(layer)
    slips = [] if shown and shown.meant.count().total == expected else diagnose(count, expected)
    if slips:
        return slips
    from ..spelling.snippet import Model, row_of
    from .expected import reasons  # only a number without a slip needs the rest

    return reasons(Model("layer", [row_of(layer)], 1, 1), expected)


def _one_way(layer: Spelled, found: Diagnosis | Reason) -> str:
    from ..counting.diagnosing import Diagnosis

    if isinstance(found, Diagnosis):
        return _one_diagnosis(layer, found)
    return "\n".join(
        wrapped(words, WIDTH - 2)
        for words in (found.sentence, *(f"Ask yourself: {each}" for each in found.questions))
    )


def _one_diagnosis(layer: Spelled, found: Diagnosis) -> str:
    lines = [
        wrapped(found.sentence, WIDTH - 2),
        wrapped(f"counted so: {found.count.formula()}", WIDTH + 8),
        *(wrapped(f"Ask yourself: {each.question}", WIDTH - 2) for each in found.misconceptions),
    ]
    changed = layer.rewritten(found.remedy, found.number) if found.remedy else None
    if changed:
        lines.append(f"A layer that really has {number(found.number)}: {changed}")
    return "\n".join(lines)


def _otherwise(layer: Spelled, compared: Sharing | None, bold: str) -> list[str]:
    if compared is None:
        return []
    return [
        f"{bold.format('What sharing saves, for the same output')}\n"
        f"{indented(compared.table(written=_as_written(layer)))}",
        *(indented(wrapped(words, WIDTH - 2)) for words in compared.sentences()),
    ]


def _as_written(layer: Spelled) -> str:
    return "shared" if getattr(layer.kind, "shares_kernel", True) else "unshared"


def sharing_in(layer: Spelled) -> Sharing | None:
    """A convolution compared with its other forms; None for other layers, and without an input."""
    kind = layer.kind
    if not isinstance(kind, Conv) or None in kind.input_size:
        return None
    from ..counting.sharing import sharing  # only a convolution needs it

    return sharing(kind)


def _mult_adds(layer: Spelled) -> int | None:
    if layer.shape is None or None in layer.shape.sizes:
        return None
    return layer.kind.mult_adds()
