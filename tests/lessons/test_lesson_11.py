"""Lesson 11: the networks of 1989 and 1998, stage by stage, against their papers."""

import re
import sys

import pytest
from facts import architectures, asked, figures
from running import flat
from torch import nn
from whole import answered, refused, row, shown


def drawn(text: str) -> list[list[int]]:
    """The tables of who sees whom: for each row, how many maps each of the two sees."""
    rows = re.findall(r"^  ([x· ]{23})(?:      ([x· ]{11}))?$", text, re.MULTILINE)
    return [[half.count("x") for half in each] for each in rows]


def blank_paper(text: str) -> tuple[float, float]:
    """How far the answers are apart: by the kernel alone, and with its biases."""
    ((alone, together),) = re.findall(
        r"another is ([\d.]+) apart at most, .* \(at random\) it is ([\d.]+\d)", flat(text)
    )
    return float(alone), float(together)


def test_every_stage_of_1989_is_that_of_the_paper() -> None:
    text = shown(11)
    for name, stage in architectures.LENET1989.items():
        if name != "output":  # a name that LeNet-5's table has, too
            assert row(text, name) == [stage.units, stage.connections, stage.parameters]
    output = architectures.LENET1989["output"]
    assert re.search(
        rf"^output +{output.units} +{output.connections} +{output.parameters}$", text, re.M
    )
    everything = architectures.LENET1989_ALL
    sizes = rf"{everything.units:,} +{everything.connections:,} +{everything.parameters:,}"
    assert re.search(rf"^all +{sizes}$", text, re.MULTILINE)
    assert "64,660 to learn instead of 9,760" in flat(text)


def test_h1_shares_its_kernels_and_not_its_biases() -> None:
    text = shown(11)
    assert "connections   8 × 8 × 12 × 5 × 5 × 1 + 8 × 8 × 12 = 19,968" in text
    assert "parameters    12 × 5 × 5 × 1 + 8 × 8 × 12 = 1,068" in text
    alone, together = blank_paper(text)
    assert alone == 0
    assert together > 0.5
    assert "the kernels are shared, and the biases are not" in flat(text)
    assert re.findall(r"^  (H\d): +([\d.]+) connections", text, re.MULTILINE) == [
        ("H1", f"{19_968 / 1_068:.1f}"),
        ("H2", f"{38_592 / 2_592:.1f}"),
        ("H3", "1.0"),
    ]


def test_the_tables_of_maps_are_drawn() -> None:
    left, right = zip(*(each for each in drawn(shown(11)) if each[0]), strict=True)
    assert left == (8,) * 12
    # the last rows of LeNet-5's table stand alone
    alone = re.findall(r"^ {31}([x· ]{11})$", shown(11), re.MULTILINE)
    maps = [*right, *(each.count("x") for each in alone)]
    assert {count: maps.count(count) for count in maps} == figures.C3_MAPS


def test_lenet5_then_and_now() -> None:
    text = shown(11)
    then_and_now = text.partition("in 1998")[2]
    for name, stage in architectures.LENET5.items():
        assert row(then_and_now, name)[0] == stage.parameters
    # what today's tutorials make, by hand
    now = {"C1": 156, "S2": 0, "C3": 16 * (6 * 25 + 1), "S4": 0, "C5": 48_120, "F6": 10_164}
    now["output"] = 84 * 10 + 10
    assert {name: row(then_and_now, name)[1] for name in now} == now
    assert row(then_and_now, "all") == [architectures.LENET5_ALL.parameters, sum(now.values())]
    assert sum(now.values()) == 61_706
    assert "60 × 5 × 5 + 16 = 1,516" in text
    assert "16 × 5 × 5 × 6 + 16 = 2,416" in text


def test_what_it_leaves_to_make_can_be_made() -> None:
    """Today's kernels on an image of 28×28, without padding."""
    convolutions = [nn.Conv2d(1, 6, 5), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.AvgPool2d(2)]
    dense = [nn.Linear(16 * 4 * 4, 120), nn.Linear(120, 84), nn.Linear(84, 10)]
    made = sum(each.numel() for each in nn.Sequential(*convolutions, *dense).parameters())
    assert made == asked.LENET5_ON_28.number
    assert str(made) in shown(11).partition("MAKE:")[2]


def test_with_shared_biases_the_connections_stay() -> None:
    text = shown(11, "--shared-biases", "--classes", "26")
    assert row(text, "H1") == [768, 19_968, 12 * (25 + 1)]
    assert row(text, "H2") == [192, 38_592, 96 * 25 + 12]
    assert blank_paper(text) == (0, 0)
    assert "the biases are shared, too" in flat(text)
    assert row(text.partition("in 1998")[2], "output") == [0, 85 * 26]


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminal in the standard library")
def test_typed_answers_meet_their_reasons() -> None:
    words = answered(11, "1068", "19968", "1500", "")
    assert "1,068 counts the parameters, not the connections." in words
    assert "Yes, 19,968." in words
    assert "1,500 leaves out the bias." in words
    assert "It is 1,516." in words


def test_classes_that_no_network_has_are_refused() -> None:
    assert "num_classes must be a whole number of at least 1" in refused(11, "--classes", "0")
