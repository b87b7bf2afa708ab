"""The checks of numbers, formulas and layers: another number is met with its slip, in words."""

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from checking import check_of, refused, work, written

from sharedconv.practice.checks import check_named
from sharedconv.practice.work import NotYet, run_file

# -- a learner's file ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("\n\nanswer = 1 / 0", "Line 3 of 04_1_mine.py stops with ZeroDivisionError: division"),
        ("answer = (\n", "Line 1 of 04_1_mine.py can't be read as Python: '(' was never closed."),
        ("import nothing_of_this_name", "Line 1 of 04_1_mine.py stops with ModuleNotFoundError"),
        (
            "raise SystemExit(3)",
            "Line 1 of 04_1_mine.py stops the whole file before the check: take the exit",
        ),
        ("def f():\n  return f()\nf()", "stops with RecursionError"),
        ("raise KeyError", "Line 1 of 04_1_mine.py stops with KeyError."),
    ],
)
def test_what_goes_wrong_in_the_file_is_a_sentence_with_its_line(
    code: str, words: str, tmp_path: Path
) -> None:
    with pytest.raises(NotYet) as caught:
        written(code, tmp_path)
    assert words in caught.value.words
    assert "\n" not in caught.value.words


def test_a_call_that_stops_names_the_learner_s_line_and_not_the_library_s(tmp_path: Path) -> None:
    mine = written(
        """\
        from sharedconv import SharedConv2d
        def layer():
            return SharedConv2d(4, 6, 3, groups=5)
        """,
        tmp_path,
    )
    words = refused("layer", mine, parameters=10).words
    assert words.startswith("Line 3 of 04_1_mine.py stops with ValueError: ")
    assert "groups" in words


def test_a_name_that_is_gone_and_one_that_is_not_filled(tmp_path: Path) -> None:
    assert (
        "has no answer any more" in refused("count", work(), of="Conv2D(1, 3)", input="9x9x1").words
    )
    dots = refused("count", work(answer=...), of="Conv2D(1, 3)", input="9x9x1").words
    assert "three dots" in dots
    empty = written("def by_hand(x): ...", tmp_path)
    words = refused("same", empty, name="by_hand", of="SharedConv1d(1, 1, 3)", input="1x8").words
    assert "gives nothing back yet" in words


def test_a_call_that_returns_nothing_is_named_where_no_dots_are_left(tmp_path: Path) -> None:
    """And the dots of an index are none that wait for lines."""
    code = """\
        def parameters(bias):
            first = [10][0] if bias else print(90)
            if bias:
                return 90 + first
        def by_hand(x):
            print(x[..., 0])
        """
    mine = written(code, tmp_path)
    of = "nn.Conv2d(1, 10, 3, bias={bias})"
    words = refused("formula", mine, of=of, vary={"bias": [True, False]}).words
    assert words.startswith("parameters(bias=False) returns nothing: print only shows a number")
    words = refused("same", mine, name="by_hand", of="SharedConv1d(1, 1, 3)", input="1x8").words
    assert words.startswith("by_hand returns nothing")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "latin-1"])
def test_a_file_that_is_not_utf_8_is_to_be_saved_so(encoding: str, tmp_path: Path) -> None:
    file = tmp_path / "04_1_mine.py"
    file.write_text("answer = 'für später'", encoding)
    with pytest.raises(NotYet, match=r"04_1_mine\.py isn't saved as UTF-8") as caught:
        run_file(file)
    assert '"save as"' in caught.value.words


def test_a_neighbour_can_be_imported_and_a_dataclass_made(tmp_path: Path) -> None:
    (tmp_path / "beside.py").write_text("number = 10", "utf-8")
    mine = written(
        """\
        from __future__ import annotations
        from dataclasses import dataclass
        import beside
        @dataclass
        class Mine:
            number: int
        answer = Mine(beside.number).number
        """,
        tmp_path,
    )
    facts = check_of["count"](mine, of="Conv2D(1, 3)", input="9x9x1")
    assert facts["total"] == "10"


def test_there_is_no_other_check() -> None:
    with pytest.raises(ValueError, match="no check 'counts'; there are count, formula"):
        check_named("counts")


MODEL = "Sequential([Conv2D(32, 3, input_shape=(28, 28, 1)), Flatten(), Dense(10)])"


# -- count -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", [70, 70.0, torch.tensor(70).item(), np.int64(70).item()])
def test_a_number_is_a_number_however_it_was_computed(given: object) -> None:
    facts = check_of["count"](work(answer=given), of="Conv2D(7, 3)", input="9x9x1")
    assert facts["formula"].endswith("= 70")


@pytest.mark.parametrize("given", ["70", None, True, 70.5, float("nan"), [70], 1j])
def test_what_is_no_number_is_said_to_be_none(given: object) -> None:
    words = refused("count", work(answer=given), of="Conv2D(7, 3)", input="9x9x1").words
    assert "a whole number is asked for" in words


@pytest.mark.parametrize(
    ("of", "input", "what", "right"),
    [
        ("Conv2D(10, 5)", "100x100x1", "kernel", 250),
        ("Conv2D(10, 5)", "100x100x1", "bias", 10),
        ("Conv2D(1, 3)", "28x28x1", "multiply-adds", 6_084),  # DESIGN.md, section 5
        ("Conv2D(1, 3)", "28x28x1", "positions", 26 * 26),
        ("Conv2D(2, 3)", "28x28x1", "outputs", 2 * 26 * 26),
        ("Conv2D(2, 3)", "28x28x3", "inputs", 28 * 28 * 3),
        ("nn.Conv1d(1, 1, 5, stride=2, padding=1)", "1x20", "size", 9),
        ("BatchNormalization()", "26x26x32", "non-trainable", 64),
        ("BatchNormalization()", "26x26x32", "parameters", 128),
        ("vgg16", None, "parameters", 138_357_544),
        (MODEL, None, "parameters", 320 + 26 * 26 * 32 * 10 + 10),
    ],
)
def test_what_can_be_counted(of: str, input: str | None, what: str, right: int) -> None:
    facts = check_of["count"](work(answer=right), of=of, input=input, what=what)
    assert facts["total"] == f"{right:,}"
    refused("count", work(answer=right + 1), of=of, input=input, what=what)


@pytest.mark.parametrize(
    ("of", "input", "what", "given", "slug"),
    [
        ("Conv2D(1, 3)", "28x28x1", "multiply-adds", 10, "counted-parameters"),
        ("Conv2D(1, 3)", "28x28x1", "multiply-adds", 9, "counted-kernel"),
        ("Conv2D(1, 3)", "28x28x1", "parameters", 676, "counted-positions"),
        ("Conv2D(4, 3)", "28x28x3", "multiply-adds", 676 * 9 * 4, "forgot-in-channels"),
        ("Conv2D(4, 3)", "28x28x3", "multiply-adds", 676 * 27, "forgot-filters"),
        ("nn.Conv2d(1, 1, 5, padding=2)", "1x28x28", "size", 24, "forgot-padding"),
        ("nn.Conv2d(1, 1, 5, stride=2)", "1x29x29", "size", 25, "forgot-stride"),
        ("nn.Conv2d(1, 1, 3, dilation=4)", "1x28x28", "size", 26, "forgot-dilation"),
        ("nn.Conv2d(1, 1, 3)", "1x28x28", "size", 25, "forgot-last-place"),
        ("nn.LSTM(8, 16)", None, "parameters", 1_600, "double-bias-torch-rnn"),
        (MODEL, None, "parameters", 288 + 26 * 26 * 32 * 10, "forgot-bias"),
    ],
)
def test_another_number_meets_its_slip(
    of: str, input: str | None, what: str, given: int, slug: str
) -> None:
    found = refused("count", work(answer=given), of=of, input=input, what=what)
    assert found.slugs[:1] == (slug,)
    assert f"{given:,}" in found.words
    assert "Ask yourself: " in found.words


def test_a_number_that_nothing_explains_gets_the_parts_and_a_question() -> None:
    found = refused("count", work(answer=71), of="Conv2D(7, 3)", input="28x28x1")
    assert found.slugs == ()
    assert (
        "kernel: filters × kernel height × kernel width × in_channels; bias: filters" in found.words
    )
    assert found.words.endswith("?")
    assert "70" not in found.words, "the answer isn't given away"


@pytest.mark.parametrize(
    ("given", "start"),
    [
        (10**300, "100000... (301 digits): no slip"),
        (-(10**5000), "-100000... (5,001 digits): a count can't be negative"),
        (-70, "-70: a count can't be negative, so look at the parts."),
    ],
    ids=["long", "long and negative", "negative"],  # str refuses to write the second
)
def test_a_number_longer_than_a_line_and_one_below_nothing(given: int, start: str) -> None:
    words = refused("count", work(answer=given), of="Conv2D(7, 3)", input="9x9x1").words
    assert words.startswith(start)
    assert words.count("?") == 1


# -- formula ---------------------------------------------------------------------------------------

CONV = "nn.Conv2d({in_channels}, {filters}, {kernel_size}, groups={groups}, bias={bias})"
VARY = {
    "in_channels": [1, 2, 3, 4],
    "filters": [2, 6],
    "kernel_size": [1, 3, 5],
    "groups": [1, 2],
    "bias": [True, False],
}


def test_a_right_formula_agrees_wherever_a_layer_can_be() -> None:
    def parameters(
        in_channels: int, filters: int, kernel_size: int, groups: int, bias: bool
    ) -> float:
        return filters * (kernel_size**2 * in_channels / groups + bias)

    facts = check_of["formula"](work(parameters=parameters), of=CONV, vary=VARY)
    possible = sum(
        channels % groups == 0
        for channels, _, _, groups, _ in itertools.product(*VARY.values())  # type: ignore[arg-type]
    )
    assert facts["tried"] == str(possible)


@pytest.mark.parametrize(
    ("body", "slug"),
    [
        ("filters * kernel_size**2 * in_channels // groups", "forgot-bias"),
        ("filters * (kernel_size**2 + bias)", "forgot-in-channels"),
        ("filters * (kernel_size**2 * in_channels + bias)", "forgot-groups"),
        ("filters * (kernel_size * in_channels // groups + bias)", "kernel-one-dimensional"),
        ("filters * (kernel_size**2 * in_channels // groups + 1)", "expected-bias"),
        ("filters * kernel_size**2 * in_channels // groups + bias", "one-bias-for-all"),
    ],
)
def test_one_slip_in_a_formula_is_told_from_all_settings_together(
    body: str, slug: str, tmp_path: Path
) -> None:
    code = f"def parameters(in_channels, filters, kernel_size, groups, bias):\n    return {body}"
    found = refused("formula", written(code, tmp_path), of=CONV, vary=VARY)
    assert found.slugs[:1] == (slug,)
    assert "settings that were tried" in found.words


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("None", "returns nothing"),
        ("...", "gives nothing back yet"),
        ("10**5000", "gives 100000... (5,001 digits), and"),
        ("'many'", "a number is asked for"),
        ("filters / 4 + 0.25", "a count is a whole number"),
        ("filters[0]", "Line 2 of 04_1_mine.py stops with TypeError"),
        ("-filters", "What do you get by hand for this setting"),
    ],
)
def test_a_formula_that_gives_no_number(body: str, words: str, tmp_path: Path) -> None:
    code = f"def parameters(in_channels, filters, kernel_size, groups, bias):\n    return {body}"
    assert words in refused("formula", written(code, tmp_path), of=CONV, vary=VARY).words


def test_no_function_and_no_setting() -> None:
    assert "a function is asked for" in refused("formula", work(parameters=3), of="", vary={}).words
    with pytest.raises(ValueError, match="no layer can have any of the settings"):
        check_of["formula"](
            work(parameters=len), of="nn.Conv2d(3, 4, 3, groups={groups})", vary={"groups": [2]}
        )


# -- layer -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "arguments", "slug"),
    [
        ("SharedConv2d(1, 11, (3, 3))", {"parameters": 99}, "forgot-bias"),
        ("SharedConv2d(1, 10, 3, bias=False)", {"parameters": 100}, "expected-bias"),
        ("SharedConv2d(3, 10, 3)", {"parameters": 100}, "forgot-in-channels"),
        ("torch.nn.Linear(9, 10)", {"kinds": ["SharedConv2d"]}, "another-layer"),
        ("SharedConv2d(3, 10, 3)", {"input": "1x28x28"}, "other-channels"),
        ("SharedConv2d(1, 10, 5)", {"input": "1x28x28", "output": "10x28x28"}, "forgot-padding"),
        ("SharedConv2d(1, 10, 2)", {"input": "1x28x28", "output": "10x14x14"}, "forgot-stride"),
        ("SharedConv2d(1, 9, 5)", {"input": "1x28x28", "output": "10x24x24"}, "forgot-filters"),
    ],
)
def test_another_layer_meets_its_slip(
    line: str, arguments: dict[str, Any], slug: str, tmp_path: Path
) -> None:
    mine = written(f"import torch\nfrom sharedconv import SharedConv2d\nlayer = {line}", tmp_path)
    assert refused("layer", mine, **arguments).slugs[:1] == (slug,)


def test_a_model_is_counted_by_its_tensors_even_where_no_rule_knows_it(tmp_path: Path) -> None:
    mine = written(
        """\
        import torch
        class Odd(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.scale = torch.nn.Parameter(torch.ones(7))
            def forward(self, x):
                return x * self.scale
        def layer():
            return torch.nn.Sequential(torch.nn.Linear(3, 7), Odd())
        """,
        tmp_path,
    )
    facts = check_of["layer"](mine, parameters=35, input="3", output="7")
    assert facts == {"total": "35", "output": "7"}
    assert (
        "layer has 35 parameters, and 28 are asked for"
        in refused("layer", mine, parameters=28).words
    )
