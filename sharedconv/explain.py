"""What is said about one layer: the text that the command prints, and the object behind --json."""

from __future__ import annotations

from .counting import Conv, Count, diagnose
from .counting.count import number
from .counting.sizes import axis_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .counting import Diagnosis
    from .spelling import Spelled

WIDTH = 88
FRAMEWORK_WORDS = {"keras": "Keras", "torch": "PyTorch"}


def explain(layer: Spelled, expected: int | None = None, bold: str = "{}") -> str:
    """The whole answer, ready to print.

    expected: the number that somebody expected, if they said one.
    bold: how a heading is written, with {} for its text.
    """
    count = layer.count()
    on = f" on {layer.shape}" if layer.shape else ""
    parts = [
        bold.format(f"{layer.text}{on} has {number(count.total)} parameters."),
        _indented(str(count)),
        _wrapped(layer.kind.about()),
        *_what_comes_out(layer),
    ]
    if not layer.trainable:
        parts.append(_wrapped("The layer is frozen: training changes none of them."))
    if expected is not None:
        parts += _about_expected(layer, count, expected, bold)
    parts += _otherwise(layer, count, bold)
    return "\n\n".join(parts)


def explain_json(layer: Spelled, expected: int | None = None) -> dict[str, Any]:
    """The same as one object; its keys are a stable interface."""
    count = layer.count()
    output = layer.output_shape()
    return {
        "layers": [
            {
                "text": layer.text,
                "kind": type(layer.kind).__name__,
                "framework": layer.framework,
                "input_shape": layer.shape and list(layer.shape.sizes),
                "output_shape": output and list(output.sizes),
                "terms": [
                    {
                        "role": term.role,
                        "trainable": term.trainable,
                        "factors": dict(term.factors),
                        "size": term.size,
                    }
                    for term in count.terms
                ],
                "total": count.total,
                "formula": count.formula(),
                "mult_adds": _mult_adds(layer),
            }
        ],
        "total": count.total,
        "trainable": count.trainable.total,
        "non_trainable": count.non_trainable.total,
        "mult_adds": _mult_adds(layer),
        "otherwise": {name: other.total for name, other in _alternatives(layer).items()},
        "expected": expected,
        "diagnosis": [
            {
                "misconceptions": list(each.slugs),
                "sentence": each.sentence,
                "number": each.number,
            }
            for each in (diagnose(count, expected) if expected is not None else [])
        ],
    }


# -- the parts -----------------------------------------------------------------------------------


def _what_comes_out(layer: Spelled) -> list[str]:
    output = layer.output_shape()
    if output is None:
        return []
    names: tuple[str, ...] = ()
    ndim = getattr(layer.kind, "ndim", 0)
    if ndim:
        names = axis_names(ndim)
        names = (*names, "channels") if output.channels_last else ("channels", *names)
    order = f"   ({' × '.join(names)})" if names else ""
    lines = [f"output shape    {output}{order}"]
    mult_adds = _mult_adds(layer)
    if mult_adds is not None:
        lines.append(
            f"multiply-adds   {number(mult_adds)}   (each weight is used again at every position)"
            if ndim
            else f"multiply-adds   {number(mult_adds)}"
        )
    return ["\n".join(lines)]


def _about_expected(layer: Spelled, count: Count, expected: int, bold: str) -> list[str]:
    if expected == count.total:
        return [bold.format(f"You expected {number(expected)}, and that is right.")]
    heading = bold.format(f"You expected {number(expected)}.")
    found = diagnose(count, expected)
    if not found:
        words = (
            f"No known slip leads from {number(count.total)} to {number(expected)}. Perhaps the "
            "number belongs to another layer than this line: look whether the two were taken from "
            "the same place."
        )
        return [f"{heading}\n{_indented(_wrapped(words, WIDTH - 2))}"]
    if len(found) > 1:
        heading += (
            f" {len(found)} ways lead there, and the number alone can't tell which was yours:"
        )
    return [heading, *(_indented(_one_diagnosis(layer, each)) for each in found)]


def _one_diagnosis(layer: Spelled, found: Diagnosis) -> str:
    lines = [
        _wrapped(found.sentence, WIDTH - 2),
        f"counted so: {found.count.formula()}",
        *(_wrapped(f"Ask yourself: {each.question}", WIDTH - 2) for each in found.misconceptions),
    ]
    if found.remedy:
        changed = layer.rewritten(found.remedy)
        lines.append(f"A layer that really has {number(found.number)}: {changed}")
    return "\n".join(lines)


def _otherwise(layer: Spelled, count: Count, bold: str) -> list[str]:
    others = _alternatives(layer)
    if not others:
        return []
    rows = [("as written", _SHARING["as written"], count.total)]
    rows += [(name, _SHARING[name], other.total) for name, other in others.items()]
    left, middle, right = (max(len(str(row[i])) for row in rows) for i in (0, 1, 2))
    right += right // 3
    lines = [
        f"{name:<{left}}   {what:<{middle}}   {number(total):>{right}}"
        for name, what, total in rows
    ]
    title = bold.format("What the same output would cost without sharing, in parameters")
    return [f"{title}\n{_indented(chr(10).join(lines))}"]


_SHARING = {
    "as written": "one kernel for each filter, used everywhere",
    "unshared": "one kernel for each filter and position",
    "dense": "a weight from every input to every output",
}


def _alternatives(layer: Spelled) -> dict[str, Count]:
    kind = layer.kind
    if not isinstance(kind, Conv) or not kind.shares_kernel or kind.transposed:
        return {}
    if None in kind.input_size:
        return {}
    return {"unshared": kind.unshared().count(), "dense": kind.dense().count()}


def _mult_adds(layer: Spelled) -> int | None:
    if layer.shape is None or None in layer.shape.sizes:
        return None
    return layer.kind.mult_adds()


def _wrapped(words: str, width: int = WIDTH) -> str:
    from textwrap import fill

    return fill(words, width, break_long_words=False, break_on_hyphens=False)


def _indented(block: str) -> str:
    return "\n".join(f"  {line}" for line in block.split("\n"))
