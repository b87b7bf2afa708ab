"""A summary's table in the formats that other programs read: ``export(table, "csv")``."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from io import StringIO

from .summary import Summary


def export(table: Summary, form: str) -> str:
    """The summary as text in one of `FORMS`.

    Raises ValueError for any other.
    """
    if form not in FORMS:
        raise ValueError(f"the format is {form!r}; it has to be one of {', '.join(FORMS)}")
    return FORMS[form](table)


def _csv(table: Summary) -> str:
    """One line a layer; numbers as plain digits, so that a spreadsheet can add them up."""
    page = StringIO()
    writer = csv.writer(page, lineterminator="\n")
    layers = table.as_json()["layers"]
    names = ("name", "layer", "output_shape", "total", "mult_adds", "formula", "note")
    writer.writerow(names)
    for each in layers:
        shape = each["output_shape"]
        each = {**each, "output_shape": "" if shape is None else "x".join(map(str, shape))}
        writer.writerow(["" if each[name] is None else each[name] for name in names])
    return page.getvalue().rstrip("\n")


def _latex(table: Summary) -> str:
    r"""A ``tabular``, in which nothing needs a package; totals stand below a second ``\hline``."""
    headings, rows = table.cells()
    align = "".join("r" if each in table.NUMBERS else "l" for each in headings)
    lines = [rf"\begin{{tabular}}{{{align}}}", r"\hline"]
    lines += [" & ".join(map(_escaped, row)) + r" \\" for row in [headings]]
    lines += [r"\hline", *(" & ".join(map(_escaped, row)) + r" \\" for row in rows), r"\hline"]
    lines += [
        rf"\multicolumn{{{len(headings)}}}{{l}}{{{_escaped(line)}}} \\" for line in table.totals()
    ]
    return "\n".join([*lines, r"\hline", r"\end{tabular}"])


_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "×": r"$\times$",
    **{each: rf"\{each}" for each in "&%$#_{}"},
}


def _escaped(text: str) -> str:
    return "".join(_SPECIAL.get(each, each) for each in text)


FORMS: dict[str, Callable[[Summary], str]] = {
    "markdown": lambda table: table._repr_markdown_(),
    "csv": _csv,
    "json": lambda table: json.dumps(table.as_json(), indent=2),
    "latex": _latex,
}
