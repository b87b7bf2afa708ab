"""What goes into a model and comes out of it, the work between, and that nothing else changes."""

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from odd_models import SelfAttention, Size, pruned
from torch import Tensor, nn
from torch.nn.utils import parametrizations
from torch.utils.flop_counter import FlopCounterMode

from sharedconv.layers import SharedConv2d
from sharedconv.witnesses import cross_check, run, summary

# -- what goes in and comes out ----------------------------------------------------------------


class Gives(nn.Module):
    def __init__(self, wrap: Callable[[Tensor], Any]) -> None:
        super().__init__()
        self.layer = nn.Linear(3, 2)
        self.wrap = wrap

    def forward(self, x: Tensor) -> Any:
        return self.wrap(self.layer(x))


@dataclass
class Output:
    loss: Tensor | None
    hidden: Tensor


@pytest.mark.parametrize(
    "wrap",
    [
        lambda y: {"out": y},
        lambda y: (y, None),
        lambda y: [{"deep": (None, y)}],
        lambda y: Output(None, y),
    ],
    ids=["dict", "tuple", "nested", "dataclass"],
)
def test_models_that_give_more_than_a_tensor(wrap: Callable[[Tensor], Any]) -> None:
    model = nn.Sequential(Gives(wrap))
    found = summary(model, (3,))
    assert [(each.name, each.output_shape) for each in found.rows] == [("0.layer", (2,))]
    model[0].scale = nn.Parameter(torch.ones(2))  # now the model itself is a row as well
    assert summary(model, (3,)).rows[1].output_shape == (2,)
    assert summary(nn.Sequential(), (3,)).rows[0].output_shape == (3,)


def test_layers_called_by_name_only_are_seen_with_their_input() -> None:
    class ByName(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Conv1d(2, 3, 2)

        def forward(self, x: Tensor) -> Tensor:
            return self.layer(input=x)

    # 4 places × 3 filters × 2 × 2
    assert [each.mult_adds for each in summary(ByName(), (2, 5)).rows] == [48]


class WordsAndNumbers(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(10, 4)
        self.numbers = nn.Linear(3, 4)

    def forward(self, words: Tensor, numbers: Tensor) -> Tensor:
        self.seen = (words.dtype, numbers.dtype)
        return self.words(words).mean(1) + self.numbers(numbers)


class Squeezed(nn.Module):
    """The embedding sees the input only after something was done to it."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(10, 4)

    def forward(self, words: Tensor) -> Tensor:
        return self.words(words.squeeze(1))


def test_several_inputs_and_whole_numbers_only_where_an_embedding_takes_them() -> None:
    model = WordsAndNumbers()
    found = summary(model, [(5,), (3,)])
    assert [each.output_shape for each in found.rows] == [(5, 4), (4,)]
    assert model.seen == (torch.long, torch.float32)
    assert cross_check(model, [(5,), (3,)], keras=False).agree


@pytest.mark.parametrize(
    ("model", "size", "shape"),
    [
        (nn.Embedding(10, 4), (5,), (5, 4)),
        (nn.EmbeddingBag(10, 4), (5,), (4,)),
        (Squeezed(), (1, 5), (5, 4)),
        (nn.Sequential(nn.Embedding(10, 4, device="meta")), (5,), (5, 4)),
    ],
)
def test_words_are_whole_numbers(model: nn.Module, size: Size, shape: tuple[int, ...]) -> None:
    assert summary(model, size).rows[0].output_shape == shape


class OneHot(nn.Module):
    """Wants whole numbers, and has nothing that would say so."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(7, 2)

    def forward(self, words: Tensor) -> Tensor:
        return self.layer(nn.functional.one_hot(words, 7).to(torch.float32))


@pytest.mark.parametrize("dtype", ["long", torch.long, ["int64"]])
def test_a_dtype_can_be_said(dtype: Any) -> None:
    assert summary(OneHot(), (5,), dtype=dtype).rows[0].output_shape == (5, 2)
    with pytest.raises(ValueError, match="can't take an input of 5 "):
        summary(OneHot(), (5,))


def test_a_dtype_that_is_said_is_taken_even_if_it_is_wrong() -> None:
    with pytest.raises(ValueError, match="can't take an input of 5 "):
        summary(nn.Embedding(10, 4), (5,), dtype=torch.float32)


@pytest.mark.parametrize(
    ("size", "dtype", "words"),
    [
        ((5,), "lng", "dtype is 'lng'; it has to be one of PyTorch's types"),
        ((5,), "nn", "dtype is 'nn'"),
        ([(5,), (3,)], ["long"] * 3, "there are 3 dtypes for 2 inputs"),
        ((-5,), None, "a size of the input is -5"),
        ([(5,), 3], None, "a size of the input"),
    ],
)
def test_inputs_that_can_not_be(size: Size, dtype: Any, words: str) -> None:
    with pytest.raises((ValueError, TypeError), match=words) as refused:
        summary(WordsAndNumbers(), size, dtype=dtype)
    assert "\n" not in str(refused.value)


def test_inputs_that_do_not_fit_are_all_named() -> None:
    with pytest.raises(ValueError, match=r"can't take inputs of 5, 4 \(channels first"):
        summary(WordsAndNumbers(), [(5,), (4,)])


# -- multiply-adds -----------------------------------------------------------------------------


def test_the_mult_adds_of_the_question_s_layer_without_and_with_its_biases() -> None:
    """24 × 24 places: 250 products at each are 144,000; 260 numbers at each are 149,760."""
    found = summary(SharedConv2d(1, 10, 5), (1, 28, 28))
    assert found.mult_adds == found.seen_mult_adds == 144_000
    assert found.mult_adds_and_biases == 149_760
    lines = str(found).splitlines()
    assert "Multiply-adds: 144,000 (by the rule, and by PyTorch's counter)" in lines
    assert "With an addition for each bias at each output: 149,760" in lines
    without = summary(SharedConv2d(1, 10, 5, bias=False), (1, 28, 28))
    assert without.mult_adds_and_biases == without.mult_adds == 144_000
    assert "With an addition" not in str(without)


def test_where_nobody_knows_how_often_a_bias_is_added_no_sum_is_made_up() -> None:
    assert summary(SelfAttention(), (5, 8)).mult_adds_and_biases is None


class Everything(nn.Module):
    """Convolutions, products of matrices and of batches of them, attention, a mode within."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(2, 4, 3, groups=2)
        self.back = nn.ConvTranspose2d(4, 2, 3, stride=2)
        self.layer = nn.Linear(9, 6)
        self.cell = nn.GRUCell(6, 5)

    def forward(self, x: Tensor) -> Tensor:
        y = self.back(self.conv(x))
        y = self.layer(y[..., :9])
        y = torch.matmul(y, y.transpose(-1, -2)) @ y
        y = nn.functional.scaled_dot_product_attention(y, y, y)
        with torch.inference_mode():
            nn.functional.linear(y, self.layer.weight.T)
        return self.cell(y[:, 0, 0])


def test_the_work_that_is_seen_is_what_torch_s_own_counter_sees() -> None:
    model = Everything().eval()
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(torch.zeros(1, 2, 7, 7))
    seen = run(model, (2, 7, 7)).mult_adds
    assert seen == counter.get_total_flops() // 2 > 0


# -- it only looks -----------------------------------------------------------------------------


def test_what_a_model_does_of_itself_in_eval_is_not_set_off() -> None:
    """Some merge weights there; nothing could take that back."""

    class Merges(nn.Linear):
        merged = False

        def train(self, mode: bool = True) -> "Merges":
            self.merged = not mode
            return super().train(mode)

    model = Merges(3, 3)
    model.train()
    watched = []
    model.register_forward_hook(lambda module, *_: watched.append(module.training))
    summary(model, (3,))
    assert watched == [False]
    assert (model.training, model.merged) == (True, False)


def test_pruning_and_parametrizations_stay_in_place() -> None:
    model = nn.Sequential(pruned()[0], parametrizations.weight_norm(nn.Linear(8, 8)))
    before = {name: each.clone() for name, each in model.state_dict().items()}
    summary(model, (8,))
    after = model.state_dict()
    assert list(before) == list(after)
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_a_model_of_keras_is_sent_to_its_own_summary() -> None:
    keras = pytest.importorskip("keras")
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    with pytest.raises(ValueError, match="a model of Keras") as refused:
        summary(model, (4,))
    assert "sharedconv compare" in str(refused.value)
