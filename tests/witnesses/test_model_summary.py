"""`summary`: the table of a model, held against the table that real Keras prints for the same one.

Multiply-adds are held against PyTorch's own counter, run by the test, and against loops that do
nothing but count.
"""

import itertools
import json
import math
from collections.abc import Callable
from typing import Any

import keras
import pytest
import torch
from hypothesis import given, settings, strategies as st
from model_cases import Own, Twice
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from sharedconv.layers import (
    LocalConv2d,
    LocalConvTranspose2d,
    SharedConv1d,
    SharedConv2d,
    SharedConvTranspose2d,
)
from sharedconv.witnesses import Summary, summary


def small_cnn() -> nn.Module:
    return nn.Sequential(
        SharedConv2d(1, 4, 3),
        nn.BatchNorm2d(4),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(4 * 13 * 13, 10),
    )


def small_cnn_in_keras() -> Any:
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.Conv2D(4, 3),
            keras.layers.BatchNormalization(),
            keras.layers.MaxPooling2D(2),
            keras.layers.Flatten(),
            keras.layers.Dense(10),
        ]
    )


class LastStep(nn.Module):
    """Gives on the last of a sequence of features, as Keras's LSTM does by itself."""

    def forward(self, x: Tensor) -> Tensor:
        return x[:, -1]


def signal_cnn() -> nn.Module:
    """Sound, a channel by a length; its activation comes by itself, as it does in PyTorch."""
    return nn.Sequential(
        SharedConv1d(2, 4, 3),
        nn.ReLU(),
        nn.BatchNorm1d(4),
        nn.MaxPool1d(2),
        nn.Flatten(),
        nn.Linear(4 * 9, 3),
    )


def signal_cnn_in_keras() -> Any:
    return keras.Sequential(
        [
            keras.Input((20, 2)),
            keras.layers.Conv1D(4, 3),
            keras.layers.ReLU(),
            keras.layers.BatchNormalization(),
            keras.layers.MaxPooling1D(2),
            keras.layers.Flatten(),
            keras.layers.Dense(3),
        ]
    )


def sequence_model() -> nn.Module:
    """Words, a length by features: the features come last in both frameworks."""
    return nn.Sequential(nn.Linear(6, 5), nn.ReLU(), LastStep(), nn.Linear(5, 2))


def sequence_model_in_keras() -> Any:
    return keras.Sequential(
        [
            keras.Input((7, 6)),
            keras.layers.Dense(5),
            keras.layers.ReLU(),
            keras.layers.Lambda(lambda x: x[:, -1], output_shape=(5,)),
            keras.layers.Dense(2),
        ]
    )


def cells(table: str) -> list[list[str]]:
    """The rows of a table that is drawn with │, its heading left out."""
    lines = [line for line in table.splitlines() if line.startswith("│")]
    return [[each.strip() for each in line.strip("│").split("│")] for line in lines]


def totals(table: str) -> dict[str, int]:
    """``{"Total": 10, "Trainable": 10, "Non-trainable": 0}``."""
    lines = [line.split() for line in table.splitlines() if " params: " in line]
    return {words[0]: int(words[2].replace(",", "")) for words in lines}


def printed_by(in_keras: Any) -> str:
    lines: list[str] = []
    in_keras.summary(print_fn=lambda text, **_: lines.append(text), line_length=200)
    return "\n".join(lines)


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """As wide a terminal as Keras's table needs to break no name."""
    monkeypatch.setenv("COLUMNS", "200")


# -- the table that a Keras user knows --------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "input_size", "in_keras"),
    [
        (small_cnn, (1, 28, 28), small_cnn_in_keras),
        (signal_cnn, (2, 20), signal_cnn_in_keras),
        (sequence_model, (7, 6), sequence_model_in_keras),
    ],
)
def test_shapes_and_numbers_are_those_that_keras_prints(
    model: Callable[[], nn.Module], input_size: tuple[int, ...], in_keras: Callable[[], Any]
) -> None:
    theirs = in_keras()
    ours = summary(model(), input_size, style="keras")
    assert [row[1:] for row in cells(str(ours))] == [row[1:] for row in cells(printed_by(theirs))]
    assert totals(str(ours)) == totals(printed_by(theirs))
    sizes = [
        sum(math.prod(each.shape) for each in weights)
        for weights in (theirs.trainable_weights, theirs.non_trainable_weights)
    ]
    assert totals(str(ours)) == dict(
        zip(("Total", "Trainable", "Non-trainable"), (theirs.count_params(), *sizes), strict=True)
    )


def test_the_keras_style_letter_by_letter() -> None:
    assert str(summary(small_cnn(), (1, 28, 28), style="keras")) == (
        "┏━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━┓\n"
        "┃ Layer (type)     ┃ Output Shape      ┃ Param # ┃\n"
        "┡━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━┩\n"
        "│ 0 (SharedConv2d) │ (None, 26, 26, 4) │      40 │\n"
        "│ 1 (BatchNorm2d)  │ (None, 26, 26, 4) │      16 │\n"
        "│ 2 (MaxPool2d)    │ (None, 13, 13, 4) │       0 │\n"
        "│ 3 (Flatten)      │ (None, 676)       │       0 │\n"
        "│ 4 (Linear)       │ (None, 10)        │   6,770 │\n"
        "└──────────────────┴───────────────────┴─────────┘\n"
        "Total params: 6,826\n"
        "Trainable params: 6,818\n"
        "Non-trainable params: 8"
    )


def test_the_torch_style_lists_statistics_apart_and_lets_the_witnesses_speak() -> None:
    lines = [" ".join(line.split()) for line in str(summary(small_cnn(), (1, 28, 28))).splitlines()]
    # 26 × 26 places × 4 filters × 9 weights, and 676 × 10
    assert "0 SharedConv2d 4 × 26 × 26 40 24,336" in lines
    assert "1 BatchNorm2d 4 × 26 × 26 8 0" in lines
    assert "4 Linear 10 6,770 6,760" in lines
    assert "Total params: 6,818" in lines
    assert "Non-trainable params: 0" in lines
    assert "Statistics, kept as buffers: 8" in lines
    assert "Multiply-adds: 31,096 (by the rule, and by PyTorch's counter)" in lines
    assert [line for line in lines if line.startswith("torchinfo 6,818 ")]


def test_frozen_layers_are_not_trainable_and_statistics_come_on_top() -> None:
    model, theirs = small_cnn(), small_cnn_in_keras()
    model[0].requires_grad_(False)
    theirs.layers[0].trainable = False
    ours = str(summary(model, (1, 28, 28), style="keras"))
    assert totals(ours) == totals(printed_by(theirs))
    assert totals(ours) == {"Total": 6_826, "Trainable": 6_778, "Non-trainable": 48}


def test_a_batch_norm_used_twice_keeps_one_set_of_statistics() -> None:
    class Net(nn.Module):
        def __init__(self, affine: bool) -> None:
            super().__init__()
            self.norm = nn.BatchNorm1d(4, affine=affine)

        def forward(self, x: Tensor) -> Tensor:
            return self.norm(self.norm(x))

    for affine in (True, False):
        norm = keras.layers.BatchNormalization(center=affine, scale=affine)
        image = keras.Input((4,))
        theirs = keras.Model(image, norm(norm(image)))
        ours = summary(Net(affine), (4,), style="keras")
        assert totals(str(ours))["Total"] == theirs.count_params()


# -- rows -------------------------------------------------------------------------------------


class Detour(nn.Module):
    """Two layers of which one is used twice and the other not at all, and a parameter of its own.

    72 + 36 + 8; the parameter belongs to the model itself, which is a row for that.
    """

    def __init__(self) -> None:
        super().__init__()
        self.used = nn.Linear(8, 8)
        self.idle = nn.Linear(8, 4)
        self.scale = nn.Parameter(torch.ones(8))

    def forward(self, x: Tensor) -> Tensor:
        return self.used(self.used(x)) * self.scale


def test_a_module_that_is_used_again_says_whose_weights_it_has() -> None:
    first, again, _, _ = summary(Detour(), (8,)).rows
    assert (first.name, first.parameters, first.note) == ("used", 72, "")
    assert (again.name, again.parameters) == ("used", 0)
    assert again.note == "the same weights as row 1"
    table = cells(str(summary(Twice(), (8,), style="keras")))
    assert [row[2] for row in table] == ["72", "the same weights as row 1"]


def test_a_tied_weight_says_so_and_what_is_new_is_still_counted() -> None:
    model = nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 8))
    model[2].weight = model[0].weight
    table = cells(str(summary(model, (8,), style="keras")))
    assert [row[2] for row in table] == ["72", "0", "8"]
    assert summary(model, (8,)).rows[2].note == "the same weights as row 1"


def test_what_is_not_used_is_listed_all_the_same_because_it_counts() -> None:
    idle = summary(Detour(), (8,)).rows[-1]
    assert (idle.name, idle.parameters, idle.note) == ("idle", 36, "not used for this input")
    assert (idle.output_shape, idle.mult_adds) == (None, 0)


def test_a_layer_without_a_rule_is_listed_with_its_tensors() -> None:
    rows = summary(nn.Sequential(nn.Linear(3, 4), Own(4)), (3,)).rows
    assert rows[1].parameters == 4
    assert rows[1].mult_adds is None
    assert "no rule" in rows[1].note
    assert "4" in rows[1].note


@pytest.mark.parametrize("style", ["torch", "keras"])
@pytest.mark.parametrize(
    ("model", "input_size"),
    [
        (small_cnn(), (1, 28, 28)),
        (Detour(), (8,)),
        (Twice(), (8,)),
        (nn.Sequential(nn.LSTM(3, 4)), (5, 3)),
        (nn.Sequential(nn.Linear(3, 4), Own(4)), (3,)),
    ],
    ids=["cnn", "detour", "twice", "lstm", "own"],
)
def test_the_column_of_parameters_adds_up_to_the_total(
    model: nn.Module, input_size: tuple[int, ...], style: Any
) -> None:
    found = summary(model, input_size, style=style)
    lines = found._repr_markdown_().splitlines()
    heading = [each.strip() for each in lines[0].split("|")]
    column = heading.index("Param #" if style == "keras" else "parameters")
    rows = [line.split("|")[column].strip() for line in lines[2 : lines.index("")]]
    counted = sum(int(each.replace(",", "")) for each in rows if each[0].isdigit())
    parameters = sum(each.numel() for each in model.parameters())
    norms = [each for each in model.modules() if isinstance(each, nn.BatchNorm2d)]
    statistics = sum(2 * each.num_features for each in norms) if style == "keras" else 0
    assert counted == parameters + statistics
    assert totals(str(found))["Total"] == parameters + statistics


# -- multiply-adds ----------------------------------------------------------------------------


def seen_by_torch(model: nn.Module, input_size: tuple[int, ...]) -> int:
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model.eval()(torch.zeros(1, *input_size))
    return counter.get_total_flops() // 2


def counted_one_by_one(layer: Any, height: int, width: int) -> int:
    """Every multiplication of a convolution, in loops, without multiplying anything."""
    (kh, kw), (sh, sw), (dh, dw), (ph, pw) = (
        layer.kernel_size,
        layer.stride,
        layer.dilation,
        layer.padding,
    )
    done = 0
    rows = range(-ph, height + ph - dh * (kh - 1), sh)
    columns = range(-pw, width + pw - dw * (kw - 1), sw)
    for _ in itertools.product(rows, columns, range(layer.out_channels)):
        for _ in itertools.product(range(layer.in_channels // layer.groups), range(kh), range(kw)):
            done += 1
    return done


@given(
    groups=st.integers(1, 2),
    kernel=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    stride=st.tuples(st.integers(1, 3), st.integers(1, 2)),
    padding=st.tuples(st.integers(0, 1), st.integers(0, 2)),
    dilation=st.integers(1, 2),
    bias=st.booleans(),
    shared=st.booleans(),
    size=st.tuples(st.integers(5, 7), st.integers(5, 8)),
)
@settings(max_examples=60)
def test_multiply_adds_are_those_that_are_done(
    groups: int,
    kernel: tuple[int, int],
    stride: tuple[int, int],
    padding: tuple[int, int],
    dilation: int,
    bias: bool,
    shared: bool,
    size: tuple[int, int],
) -> None:
    """Shared or not: sharing saves parameters, not work."""
    options: Any = {
        "stride": stride,
        "padding": padding,
        "dilation": dilation,
        "groups": groups,
        "bias": bias,
    }
    layer: nn.Module = (
        SharedConv2d(2, 4, kernel, **options)
        if shared
        else LocalConv2d(2, 4, kernel, size, **options)
    )
    found = summary(layer, (2, *size))
    done = counted_one_by_one(layer, *size)
    assert found.mult_adds == found.seen_mult_adds == done
    assert seen_by_torch(layer, (2, *size)) == done


@pytest.mark.parametrize(
    ("model", "input_size"),
    [
        (small_cnn(), (1, 28, 28)),
        (signal_cnn(), (2, 20)),
        (sequence_model(), (7, 6)),
        (nn.Sequential(SharedConvTranspose2d(2, 4, 3, stride=2, groups=2)), (2, 5, 5)),
        (nn.Sequential(nn.Conv3d(1, 2, 2), nn.Flatten(), nn.Linear(16, 3)), (1, 3, 3, 3)),
        (Twice(), (8,)),
    ],
)
def test_multiply_adds_of_whole_models_are_those_that_torch_sees(
    model: nn.Module, input_size: tuple[int, ...]
) -> None:
    found = summary(model, input_size)
    assert found.mult_adds == found.seen_mult_adds == seen_by_torch(model, input_size)
    assert found.mult_adds == sum(row.mult_adds or 0 for row in found.rows)


def test_the_question_s_own_figure() -> None:
    """DESIGN.md, section 5: 6,084 multiply-adds, shared and unshared alike."""
    for layer in (SharedConv2d(1, 1, 3), LocalConv2d(1, 1, 3, 28)):
        assert summary(layer, (1, 28, 28)).mult_adds == 6_084


def test_an_unshared_transposed_layer_does_what_the_shared_one_does() -> None:
    """20 places of the input, each with 3 × 3 weights for 2 × 4 / 2 pairs of channels."""
    options: Any = {"stride": 2, "padding": 1, "output_padding": 1, "groups": 2}
    shared = SharedConvTranspose2d(2, 4, 3, **options)
    for layer in (shared, LocalConvTranspose2d.from_shared(shared, (4, 5))):
        found = summary(layer, (2, 4, 5))
        assert found.mult_adds == found.seen_mult_adds == 20 * 9 * 4


def test_work_outside_the_layers_is_not_hidden() -> None:
    class Squared(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(4, 4)

        def forward(self, x: Tensor) -> Tensor:
            y = self.layer(x)
            return y @ y.T

    found = summary(Squared(), (4,))
    assert (found.mult_adds, found.seen_mult_adds) == (16, 20)
    assert "16 by the rule, 20 by PyTorch's counter" in str(found)


def test_where_a_rule_is_missing_only_torch_s_counter_is_named() -> None:
    found = summary(nn.Sequential(nn.Linear(3, 4), Own(4)), (3,))
    assert (found.mult_adds, found.seen_mult_adds) == (None, 12)
    assert "Multiply-adds: 12 (PyTorch's counter" in str(found)


# -- it only looks ----------------------------------------------------------------------------


def test_a_model_on_meta_may_be_larger_than_any_memory() -> None:
    model = nn.Sequential(
        SharedConv2d(3, 10**6, 3, padding=1, device="meta"),
        nn.Flatten(),
        nn.Linear(10**6 * 64, 10**6, device="meta"),
    )
    found = summary(model, (3, 8, 8))
    assert found.total == 10**6 * 27 + 10**6 + 64 * 10**12 + 10**6
    assert found.mult_adds == found.seen_mult_adds == 64 * 27 * 10**6 + 64 * 10**12
    assert all(each.is_meta for each in model.parameters())
    assert totals(str(found))["Total"] == found.total


@pytest.mark.parametrize("input_size", [(1, 28, 28), (7, 28, 28)], ids=["runs", "refused"])
def test_the_model_is_left_as_it_was(input_size: tuple[int, ...]) -> None:
    called = []
    model = small_cnn()
    model[0].register_forward_hook(lambda *_: called.append("hook"))
    model.train()
    model[1].eval()
    model[4].weight.requires_grad_(False)
    training = [each.training for each in model.modules()]
    before = {name: each.clone() for name, each in model.state_dict().items()}

    try:
        summary(model, input_size)
    except ValueError:
        assert input_size[0] == 7
    else:
        assert called == ["hook"]

    assert [each.training for each in model.modules()] == training
    after = model.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert model[1].num_batches_tracked == 0
    assert [len(each._forward_hooks) for each in model.modules()] == [0, 1, 0, 0, 0, 0]
    assert all(each.grad is None for each in model.parameters())
    assert [each.requires_grad for each in model[4].parameters()] == [False, True]


def test_the_model_runs_in_evaluation_mode_and_without_gradients() -> None:
    class Watching(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            self.seen = (self.training, torch.is_grad_enabled(), x.dtype, tuple(x.shape))
            return x

    watching = Watching()
    summary(nn.Sequential(nn.Linear(3, 3, dtype=torch.float64), watching), (3,))
    assert watching.seen == (False, False, torch.float64, (1, 3))


# -- what it refuses --------------------------------------------------------------------------


class Needs(nn.Module):
    """A model that stops in its own way."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def forward(self, _: Tensor) -> Tensor:
        raise self.error


class NeedsTwo(nn.Module):
    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        return x + y


@pytest.mark.parametrize(
    ("model", "input_size"),
    [
        (small_cnn(), (3, 28, 28)),
        (small_cnn(), (1, 32, 32)),
        (small_cnn(), (1, 2, 2)),
        (small_cnn(), (784,)),
        (nn.Conv2d(1, 1, 3), (3, 28, 28)),
        (nn.Sequential(nn.LSTM(3, 4), nn.Flatten()), (5, 3)),
        (NeedsTwo(), (3,)),
        (Needs(AssertionError("only\ncolour images")), (3,)),
        (Needs(AssertionError()), (3,)),
        (Needs(KeyError("x")), (3,)),
    ],
)
def test_an_input_that_does_not_fit_is_refused_in_a_sentence(
    model: nn.Module, input_size: tuple[int, ...]
) -> None:
    with pytest.raises(ValueError, match="the model can't take an input of ") as refused:
        summary(model, input_size)
    sentence = str(refused.value)
    assert " × ".join(map(str, input_size)) in sentence
    assert "\n" not in sentence
    assert not sentence.endswith(": ")


def test_an_unknown_style_is_refused() -> None:
    with pytest.raises(ValueError, match="'torch' or 'keras'"):
        summary(small_cnn(), (1, 28, 28), style="tensorflow")  # type: ignore[arg-type]


# -- for a notebook and for a program ---------------------------------------------------------


def test_the_table_of_a_notebook() -> None:
    markdown = summary(small_cnn(), (1, 28, 28), style="keras")._repr_markdown_()
    assert markdown.splitlines()[:4] == [
        "| Layer (type) | Output Shape | Param # |",
        "| --- | --- | --- |",
        "| 0 (SharedConv2d) | (None, 26, 26, 4) | 40 |",
        "| 1 (BatchNorm2d) | (None, 26, 26, 4) | 16 |",
    ]
    assert "Total params: 6,826" in markdown
    in_torch = summary(small_cnn(), (1, 28, 28))._repr_markdown_()
    assert "| 0 | SharedConv2d | 4 × 26 × 26 | 40 | 24,336 |" in in_torch
    assert "| tally | 6,818 |" in in_torch


def test_the_object_for_a_program() -> None:
    answer = summary(small_cnn(), (1, 28, 28), style="keras").as_json()
    assert json.loads(json.dumps(answer)) == answer
    assert {name: answer[name] for name in ("total", "trainable", "non_trainable")} == {
        "total": 6_826,
        "trainable": 6_818,
        "non_trainable": 8,
    }
    assert answer["mult_adds"] == 31_096
    assert answer["witnesses"] == {"rule": 6_818, "tally": 6_818, "torchinfo": 6_818}
    assert answer["explanations"] == []
    assert answer["layers"][0] == {
        "name": "0",
        "layer": "SharedConv2d",
        "output_shape": [4, 26, 26],
        "total": 40,
        "formula": "filters 4 × kernel height 3 × kernel width 3 × in_channels 1 + filters 4 = 40",
        "mult_adds": 24_336,
        "note": "",
    }
    assert answer["layers"][1]["formula"].endswith(" = 16")


@pytest.mark.parametrize("style", ["torch", "keras"])
@pytest.mark.parametrize(
    ("model", "input_size"),
    [(Detour(), (8,)), (nn.Sequential(nn.LSTM(3, 4)), (5, 3)), (nn.ReLU(), (3,))],
)
def test_every_answer_can_be_written_as_json_with_the_same_keys(
    model: nn.Module, input_size: tuple[int, ...], style: Any
) -> None:
    found: Summary = summary(model, input_size, style=style)
    answer = json.loads(json.dumps(found.as_json()))
    assert set(answer) == {
        *("layers", "total", "trainable", "non_trainable", "mult_adds"),
        *("witnesses", "explanations"),
    }
    keys = {"name", "layer", "output_shape", "total", "formula", "mult_adds", "note"}
    assert all(set(each) == keys for each in answer["layers"])
    assert sum(each["total"] for each in answer["layers"]) == answer["total"]
