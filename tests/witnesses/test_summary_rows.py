"""What the rows of a summary say: whose weights, what is frozen, unused, unknown, not there yet."""

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import warnings
from typing import Any

import pytest
import torch
from odd_models import (
    InADict,
    InAList,
    OnParent,
    SelfAttention,
    Size,
    Unused,
    frozen_layer,
    frozen_weight,
    int8,
    tied,
    twice,
)
from torch import Tensor, nn
from torch.nn.utils import parametrizations

from sharedconv.witnesses import cross_check, summary

# -- what a row says ---------------------------------------------------------------------------


def row(model: nn.Module, size: Size, name: str) -> Any:
    (found,) = [each for each in summary(model, size).rows if each.name == name]
    return found


def test_tied_and_reused_weights_name_the_row_where_they_came_first() -> None:
    first, second, third = summary(twice(), (8,)).rows
    assert (first.note, second.note) == ("", "")
    assert third.note == "the same weights as row 1"
    model = nn.Sequential(nn.ReLU(), *tied())
    assert [each.note for each in summary(model, (5,), dtype=torch.long).rows] == [
        "",
        "",
        "the same weights as row 2",
    ]
    layer = int8(nn.Linear(8, 8))[0]
    first, second = summary(nn.Sequential(layer, layer), (8,)).rows
    assert (first.parameters, second.parameters) == (72, 0)
    assert second.note.endswith("the same weights as row 1")


def test_one_tensor_under_two_names_in_one_module_is_no_other_row() -> None:
    class Both(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.one = self.two = nn.Parameter(torch.ones(8))

        def forward(self, x: Tensor) -> Tensor:
            return x * self.one * self.two

    found = row(Both(), (8,), "both")
    assert found.parameters == 8
    assert "same weights" not in found.note


def test_frozen_parameters_are_marked() -> None:
    assert [each.note for each in summary(frozen_layer(), (8,)).rows] == ["frozen", ""]
    assert row(frozen_weight(), (8,), "linear").note == "8 of them are trained"


def test_an_unused_module_is_counted_and_marked() -> None:
    idle = row(Unused(), (8,), "idle")
    assert (idle.parameters, idle.note) == (36, "not used for this input")
    assert [each.note for each in summary(Unused()).rows] == ["", ""], "nothing was run"


@pytest.mark.parametrize(
    ("model", "size", "name", "parameters"),
    [
        (SelfAttention(), (5, 8), "attention", 288),
        (InAList(), (8,), "inalist", 96),
        (InADict(), (8,), "inadict", 24),
        (OnParent(), (8,), "onparent", 8),
        (parametrizations.weight_norm(nn.Linear(8, 8)), (8,), "parametrizedlinear", 80),
        (nn.Sequential(parametrizations.spectral_norm(nn.Conv1d(8, 4, 1))), (8, 3), "0", 36),
    ],
    ids=["attention", "list", "dict", "parent", "weight_norm", "spectral_norm"],
)
def test_what_a_module_uses_without_calling_it_is_its_own(
    model: nn.Module, size: Size, name: str, parameters: int
) -> None:
    """Attention never calls its last layer, but multiplies with that layer's weights itself."""
    rows = summary(model, size).rows
    assert {each.name: each.parameters for each in rows if each.parameters}[name] == parameters
    assert not [each for each in rows if "not used" in each.note]


def test_an_encoder_layer_is_counted_once_on_its_fast_path_too() -> None:
    """In evaluation mode torch may do a whole layer in one operation, calling nothing inside."""
    layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
    # attention 288, 8 × 16 + 16, 16 × 8 + 8, two norms of 16
    found = summary(layer, (5, 8))
    assert found.total == sum(each.parameters for each in found.rows) == 600
    assert not [each for each in found.rows if "not used" in each.note]


class Scaled(nn.Module):
    """A kind that nobody has a rule for."""

    def __init__(self) -> None:
        super().__init__()
        self.mix = nn.Parameter(torch.zeros(3, 5))
        self.shift = nn.Parameter(torch.zeros(()))

    def forward(self, x: Tensor) -> Tensor:
        return x @ self.mix + self.shift


def test_without_a_rule_a_row_says_so_and_shows_the_tensors() -> None:
    found = summary(nn.Sequential(Scaled(), nn.Linear(5, 2)), (3,))
    assert found.rows[0].note == "no rule; its tensors are mix 3 × 5, shift 1"
    assert (found.rows[0].parameters, found.rows[0].mult_adds) == (16, None)
    assert found.mult_adds is None
    # 3 × 5 and 5 × 2
    assert found.seen_mult_adds == 25


def test_a_rule_that_does_not_fit_the_tensors_is_not_passed_over() -> None:
    layer = nn.Linear(8, 8)
    layer.weight = nn.Parameter(torch.zeros(3, 8))
    found = row(layer, None, "linear")
    assert (found.parameters, found.note) == (
        32,
        "the rule says 72, but its tensors are weight 3 × 8, bias 8",
    )


def test_a_scripted_model_can_not_be_watched_but_is_counted() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = torch.jit.script(nn.Sequential(nn.Linear(8, 8), nn.ReLU()))
    found = summary(model, (8,))
    assert found.total == 72
    assert "used, but not called as a module" in found.rows[0].note


# -- lazy modules ------------------------------------------------------------------------------


def test_lazy_modules_get_their_size_from_the_run() -> None:
    found = summary(nn.Sequential(nn.LazyConv2d(4, 3), nn.Flatten(), nn.LazyLinear(2)), (1, 5, 5))
    # 4 × 9 + 4, 2 × 4 × 9 + 2
    assert found.total == 40 + 74


@pytest.mark.parametrize("style", ["torch", "keras"])
def test_what_has_no_size_yet_is_said_and_is_not_0(style: Any) -> None:
    found = summary(nn.Sequential(nn.LazyLinear(4), nn.Linear(4, 2)), style=style)
    assert (found.total, found.trainable) == (None, None)
    assert found.rows[0].note == "only the first input gives a size to weight and bias"
    lines = str(found).splitlines()
    assert "Total params: ?" in lines
    assert [line for line in lines if "0.weight, 0.bias" in line and line.startswith("10 numbers")]
    assert [line for line in lines if line.strip(" │").startswith("0 ") and "?" in line]
    answer = found.as_json()
    assert (answer["total"], answer["trainable"], answer["non_trainable"]) == (None, None, None)
    assert [line for line in answer["explanations"] if "0.weight, 0.bias" in line]
    assert "Total params: ?" in found._repr_markdown_()


def test_a_witness_that_leaves_lazy_parameters_out_is_told_apart() -> None:
    check = cross_check(nn.Sequential(nn.LazyLinear(4)), keras=False)
    assert check["tally"].total is None
    assert check.unexplained == ()
    if check["torchinfo"].total is not None:
        assert "torchinfo leaves out what has no size yet." in check.explanations
