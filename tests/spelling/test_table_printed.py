"""Summary tables as Keras and torchinfo really print them, read back: every row agrees."""

from __future__ import annotations

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

from functools import lru_cache
from typing import Any

import keras
import pytest
import torch
import torchinfo
from torch import nn

from sharedconv.spelling.passage import pieces
from sharedconv.spelling.sense import totals_problems, verdicts
from sharedconv.spelling.table import Table, read_table

APPLICATIONS = ("VGG16", "ResNet50", "MobileNet", "MobileNetV2", "Xception", "DenseNet121")
LOOKS = {
    "as it comes": {},
    "wide": {"line_length": 120},
    "with all its columns": {"expand_nested": True, "show_trainable": True},
}


@pytest.fixture(autouse=True)
def _wide_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")


@lru_cache(maxsize=1)  # VGG16 alone takes half a gigabyte
def application(name: str) -> Any:
    return getattr(keras.applications, name)(weights=None)


def printed(model: Any, **look: Any) -> str:
    lines: list[str] = []
    model.summary(print_fn=lambda line, **_: lines.append(line), **look)
    return "\n".join(lines)


def read_printed(text: str) -> Table:
    (piece,) = pieces(f"Here it is:\n\n{text}\n\nWhy so many?\n")
    assert piece.what == "table"
    return read_table(piece.lines, piece.first_line)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", APPLICATIONS)
def test_every_row_of_an_application_is_read_back(name: str, look: str) -> None:
    model = application(name)
    table = read_printed(printed(model, **LOOKS[look]))
    assert (table.layout, table.framework) == ("Keras 3", "keras")
    assert [row.params for row in table.rows] == [each.count_params() for each in model.layers]
    assert [row.output for row in table.rows] == [each.output.shape[1:] for each in model.layers]
    assert table.total == table.totals["total"] == model.count_params()
    assert totals_problems(table) == []


@pytest.mark.parametrize("name", APPLICATIONS)
def test_every_row_of_an_application_can_be_what_it_says(name: str) -> None:
    """In a wide table all that is there to see is seen, so every layer can be told."""
    model = application(name)
    found = verdicts(read_printed(printed(model, line_length=120)))
    assert [each.problem for each in found if each.problem] == []
    weighted = [
        (each, layer)
        for each, layer in zip(found, model.layers, strict=True)
        if layer.count_params() and type(layer).__name__ != "Normalization"
    ]
    assert all(each.readings for each, _ in weighted)
    for verdict, layer in weighted:
        if len(verdict.readings) == 1 and hasattr(layer, "kernel_size"):
            kind = verdict.readings[0].spelled.kind
            assert tuple(getattr(kind, "kernel_size", ())) == layer.kernel_size
            assert getattr(kind, "bias", None) is layer.use_bias
            assert tuple(getattr(kind, "stride", ())) == layer.strides
    assert sum(len(verdict.readings) == 1 for verdict, _ in weighted) >= 0.95 * len(weighted)


def test_a_table_of_a_narrow_window_says_that_numbers_are_missing() -> None:
    table = read_printed(printed(application("VGG16"), line_length=60))
    cut = [row.name for row in table.rows if row.params is None]
    assert cut == ["fc1", "fc2"]
    assert not table.complete
    assert table.total == 138_357_544
    assert totals_problems(table) == []
    assert not any(each.problem for each in verdicts(table))


def test_a_trained_model_counts_the_optimizers_variables_in_its_total() -> None:
    model = keras.Sequential([keras.Input((16,)), keras.layers.Dense(37), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    model.train_on_batch(torch.zeros(2, 16), torch.zeros(2, 1))
    table = read_printed(printed(model))
    assert table.total == model.count_params()
    assert table.totals["total"] == table.total + table.totals["optimizer"]
    assert totals_problems(table) == []


def test_a_model_in_a_model_is_counted_once() -> None:
    inner = keras.Sequential([keras.Input((8,)), keras.layers.Dense(4), keras.layers.Dense(3)])
    model = keras.Sequential([keras.Input((8,)), inner, keras.layers.Dense(2)])
    table = read_printed(printed(model, expand_nested=True))
    assert [(row.depth > 0, row.holds) for row in table.rows] == [
        (False, True),
        (True, False),
        (True, False),
        (False, False),
    ]
    assert table.total == model.count_params()
    assert not any(each.problem for each in verdicts(table))


# -- torchinfo -------------------------------------------------------------------------------------


class Block(nn.Module):
    def __init__(self, inside: int, outside: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inside, outside, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(outside)
        self.conv2 = nn.Conv2d(outside, outside, 3, 1, 1)
        self.short = nn.Conv2d(inside, outside, 1, stride)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.conv2(torch.relu(self.norm1(self.conv1(x)))) + self.short(x))


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 7, 2, 3), nn.ReLU(), nn.MaxPool2d(2))
        self.again = nn.Conv2d(8, 8, 3, padding=1, groups=4)
        self.blocks = nn.Sequential(Block(8, 16, 1), Block(16, 32, 2))
        self.scale = nn.Parameter(torch.ones(32))
        self.head = nn.Linear(32, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.blocks(self.again(self.again(self.stem(x)))).mean((2, 3))
        return self.head(x * self.scale)


TORCHINFO_LOOKS = {
    "as it comes": {},
    "down to the last layer": {"depth": 9},
    "one level": {"depth": 1},
    "with all its columns": {
        "depth": 9,
        "col_names": ("input_size", "output_size", "num_params", "kernel_size", "mult_adds"),
        "row_settings": ("var_names", "depth"),
    },
    "in plain letters": {"depth": 9, "row_settings": ("ascii_only", "depth")},
}


@pytest.mark.parametrize("look", TORCHINFO_LOOKS)
def test_every_row_of_torchinfo_is_read_back(look: str) -> None:
    model = Net()
    shown = torchinfo.summary(model, (1, 3, 64, 64), verbose=0, **TORCHINFO_LOOKS[look])
    table = read_printed(str(shown))
    assert (table.layout, table.framework) == ("torchinfo", "torch")
    assert table.total == sum(each.numel() for each in model.parameters())
    assert totals_problems(table) == []
    depth = TORCHINFO_LOOKS[look].get("depth", 3)
    theirs = [each for each in shown.summary_list if each.depth <= depth]
    assert [row.type for row in table.rows] == [each.class_name for each in theirs]
    assert [row.output for row in table.rows] == [tuple(each.output_size[1:]) for each in theirs]
    assert [row.reused for row in table.rows] == [each.is_recursive for each in theirs]
    found = verdicts(table)
    assert [each.problem for each in found if each.problem] == []
    if look == "with all its columns":
        told = {each.type: each for each in found if each.row.params and not each.row.holds}
        assert told["Linear"].readings[0].text == "nn.Linear(32, 10)"
        assert [each.text for each in told["BatchNorm2d"].readings] == ["nn.BatchNorm2d(32)"]
        stem = next(each for each in found if each.type == "Conv2d")
        assert [each.text for each in stem.readings] == ["nn.Conv2d(3, 8, 7, stride=2, padding=3)"]


def test_torchinfo_without_an_input_has_counts_and_no_shapes() -> None:
    table = read_printed(str(torchinfo.summary(Net(), verbose=0)))
    assert table.total == sum(each.numel() for each in Net().parameters())
    assert {row.output for row in table.rows} == {None}
