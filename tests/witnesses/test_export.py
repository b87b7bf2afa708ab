"""A summary's table for other programs, each read back by that format's own reader or rules."""

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import contextlib
import csv
import io
import json
import re
from pathlib import Path

import pytest
from torch import Tensor, nn

from sharedconv.cli import main
from sharedconv.witnesses import FORMS, Summary, export, summary


class Awkward(nn.Module):
    """Names with signs that mean something in Markdown, CSV or LaTeX, and a tied weight."""

    def __init__(self) -> None:
        super().__init__()
        self.add_module("conv_1 & 50% #{~^}", nn.Conv2d(1, 4, 3))
        self.add_module('a|b,"c"', nn.Linear(6, 3))
        self.last = nn.Linear(6, 3)
        self.last.weight = self.get_submodule('a|b,"c"').weight

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.children():
            y = layer(x)
        return y


@pytest.fixture(scope="module")
def table() -> Summary:
    # 4 × 9 + 4, 6 × 3 + 3, and 3 biases of its own
    return summary(Awkward(), (1, 8, 6))


def test_csv_has_a_line_for_each_layer_and_numbers_without_commas(table: Summary) -> None:
    rows = list(csv.DictReader(io.StringIO(export(table, "csv"))))
    assert [row["name"] for row in rows] == ["conv_1 & 50% #{~^}", 'a|b,"c"', "last"]
    assert [int(row["total"]) for row in rows] == [40, 21, 3]
    assert [row["output_shape"] for row in rows] == ["4x6x4", "1x8x3", "1x8x3"]
    # 6 × 4 places × 4 × 9; 8 rows × 6 × 3
    assert [row["mult_adds"] for row in rows] == ["864", "144", "144"]
    assert rows[0]["formula"].endswith(" = 40")
    assert rows[2]["note"] == "the same weights as row 2"


def test_json_is_the_object_that_programs_know(table: Summary) -> None:
    assert json.loads(export(table, "json")) == table.as_json()


def test_markdown_keeps_its_columns(table: Summary) -> None:
    text = export(table, "markdown")
    assert text == table._repr_markdown_()
    rows = [line for line in text.splitlines()[: 2 + 3] if line.startswith("|")]
    assert len({len(re.findall(r"(?<!\\)\|", line)) for line in rows}) == 1
    assert r'a\|b,"c"' in text


def test_latex_escapes_what_means_something_to_it(table: Summary) -> None:
    text = export(table, "latex")
    lines = text.splitlines()
    assert lines[0] == r"\begin{tabular}{lllrrl}"
    assert lines[-1] == r"\end{tabular}"
    assert r"conv\_1 \& 50\% \#\{\textasciitilde{}\textasciicircum{}\}" in text
    assert r"4 $\times$ 6 $\times$ 4" in text
    body = [line for line in lines if line.endswith(r"\\")]
    cells = [len(re.findall(r"(?<!\\)&", line)) + 1 for line in body if "multicolumn" not in line]
    assert cells == [6] * 4, "a heading and three layers, each with all columns"
    # nothing is left that isn't escaped, once commands and their braces are taken away
    plain = re.sub(r"\\(begin|end)\{tabular\}(\{\w+\})?|\\multicolumn\{6\}\{l\}", "", text)
    plain = re.sub(r"\\\\$", "", plain, flags=re.MULTILINE)
    plain = re.sub(r"\\[&%$#_{}]|\\text\w+\{\}|\$\\times\$|\\hline", "", plain)
    assert not set("#%~^_$\\") & set(plain)
    assert r"\multicolumn{6}{l}{Total params: 64} \\" in lines


@pytest.mark.parametrize("form", FORMS)
def test_every_format_also_in_keras_s_style_and_without_a_run(form: str) -> None:
    text = export(summary(nn.Sequential(nn.BatchNorm2d(4)), style="keras"), form)
    assert "16" in text
    assert export(summary(nn.Sequential()), form)


def test_another_format_is_refused(table: Summary) -> None:
    with pytest.raises(ValueError, match="the format is 'xml'; it has to be one of markdown, csv"):
        export(table, "xml")


# -- the command -------------------------------------------------------------------------------


@pytest.fixture
def net(tmp_path: Path) -> str:
    file = tmp_path / "net.py"
    file.write_text(
        "from torch import nn\n"
        "class Two(nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.words, self.layer = nn.Embedding(10, 4), nn.Linear(3, 4)\n"
        "    def forward(self, words, x):\n"
        "        return {'out': self.words(words).mean(1) + self.layer(x)}\n"
        "lazy = nn.LazyLinear(3)\n"
    )
    return str(file)


def command(*arguments: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main(arguments)
        except SystemExit as left:
            code = left.code
    return code, out.getvalue(), err.getvalue()


def test_several_inputs_on_the_command_line(net: str) -> None:
    code, out, err = command("summary", f"{net}:Two", "--input", "5", "--input", "3")
    assert (code, err) == (0, "")
    assert "Total params: 56" in out
    assert "5 × 4" in out


def test_types_of_numbers_on_the_command_line(net: str) -> None:
    inputs = ["--input", "5", "--input", "3"]
    asked = ["summary", f"{net}:Two", *inputs, "--dtype", "int32", "--dtype", "float32"]
    assert command(*asked)[0] == 0
    code, out, err = command("summary", f"{net}:Two", *inputs, "--dtype", "lng")
    assert (code, out) == (2, "")
    assert err.startswith("sharedconv: dtype is 'lng'")
    code, out, err = command("summary", f"{net}:Two", *inputs, "--dtype", "long")
    assert (code, out, err.count("\n")) == (2, "", 1)


def test_without_an_input_the_model_is_listed_all_the_same(net: str) -> None:
    code, out, _ = command("summary", f"{net}:Two")
    assert code == 0
    assert "Total params: 56" in out
    assert "The model was not run." in out
    code, out, _ = command("summary", f"{net}:lazy")
    assert code == 0
    assert "Total params: ?" in out


@pytest.mark.parametrize("form", FORMS)
def test_formats_on_the_command_line(net: str, form: str) -> None:
    code, out, err = command("summary", f"{net}:Two", "--format", form)
    assert (code, err) == (0, "")
    assert "layer" in out
    if form == "json":
        assert out == command("summary", f"{net}:Two", "--json")[1]


def test_a_format_that_there_is_not_is_refused_with_those_that_there_are(net: str) -> None:
    code, out, err = command("summary", f"{net}:Two", "--format", "xml")
    assert (code, out) == (2, "")
    assert all(form in err for form in FORMS)
