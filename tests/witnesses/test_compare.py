"""`compare`: real models of Keras against real modules of PyTorch.

Totals are those of DESIGN.md, section 5, or worked out beside the test.
"""

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import json
import warnings
from itertools import pairwise
from typing import Any

import keras
import pytest
import torch
from hypothesis import given, settings, strategies as st
from torch import Tensor, nn

from sharedconv.networks import NETWORKS
from sharedconv.witnesses import Comparison, compare, load_keras

HEADLINE = "+26,560 convolution biases, +53,120 batch-norm statistics; everything else equal"


def on_meta(name: str) -> nn.Module:
    with torch.device("meta"):
        return NETWORKS[name].build()


@pytest.fixture(scope="module")
def resnet() -> Comparison:
    return compare(on_meta("resnet50"), load_keras("keras:ResNet50"), ("ours", "theirs"))


def terms(found: Comparison) -> dict[str, int]:
    """``{"convolution biases": 26560}``: only what differs."""
    return {each.words(): each.size for each in found.terms if each.size}


# -- the two ResNet-50s ------------------------------------------------------------------------


def test_resnet_50_in_one_sentence(resnet: Comparison) -> None:
    assert (resnet.a.total, resnet.b.total) == (25_557_032, 25_636_712)
    assert resnet.difference == 26_560 + 53_120
    assert resnet.sentence == HEADLINE
    assert (resnet.b.total - resnet.b.trainable) == 53_120


def test_resnet_50_layer_by_layer(resnet: Comparison) -> None:
    """53 convolutions and as many norms, and the last layer, each with its like."""
    assert len(resnet.pairs) == 107
    apart = []
    for ours, theirs in resnet.pairs:
        assert ours is not None
        assert theirs is not None
        assert ours.likeness == theirs.likeness
        more = {role: size for role, size in theirs.roles.items() if role not in ours.roles}
        assert {**ours.roles, **more} == theirs.roles
        apart.append((ours.family, tuple(more)))
    assert apart.count(("convolution", ("bias",))) == 53
    assert apart.count(("batch-norm", ("statistic",))) == 53
    assert apart.count(("dense", ())) == 1
    first, _ = resnet.pairs[:2]
    assert [each.name for each in first if each] == ["conv1", "conv1_conv"]


def test_resnet_50_on_the_screen(resnet: Comparison) -> None:
    text = str(resnet)
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert lines[0].startswith("theirs against ours: +26,560 convolution biases,")
    assert "convolution biases 0 26,560 +26,560" in lines
    assert "batch-norm shifts 26,560 26,560" in lines
    assert "total 25,557,032 25,636,712 +79,680" in lines
    assert [line for line in lines if line.startswith("53 convolution layers with more biases in")]
    assert "53,120 statistics, too, but as buffers" in " ".join(lines)
    assert max(map(len, text.splitlines())) <= 100
    every = [" ".join(line.split()) for line in resnet.text(every_layer=True).splitlines()]
    assert "conv1 conv1_conv 9,408 9,472 +64 biases" in every
    assert "norm1 conv1_bn 128 256 +128 statistics" in every


def test_resnet_50_the_other_way_round(resnet: Comparison) -> None:
    there = compare(load_keras("keras:resnet50"), on_meta("resnet50"), ("theirs", "ours"))
    assert terms(there) == {words: -size for words, size in terms(resnet).items()}
    assert there.sentence.startswith("-26,560 convolution biases, -53,120 batch-norm statistics")


def test_resnet_50_for_a_notebook_and_for_a_program(resnet: Comparison) -> None:
    markdown = resnet._repr_markdown_()
    assert f"**theirs against ours: {HEADLINE}.**" in markdown
    assert "| convolution biases | 0 | 26,560 | +26,560 |" in markdown
    answer = resnet.as_json()
    assert json.loads(json.dumps(answer)) == answer
    assert answer["a"] == {
        "name": "ours",
        "framework": "PyTorch",
        "total": 25_557_032,
        "trainable": 25_557_032,
        "non_trainable": 0,
    }
    assert (answer["b"]["framework"], answer["b"]["non_trainable"]) == ("Keras", 53_120)
    assert (answer["difference"], answer["sentence"]) == (79_680, HEADLINE)
    biases = {"family": "convolution", "role": "bias", "a": 0, "b": 26_560, "difference": 26_560}
    assert biases in answer["terms"]
    assert answer["layers"][0] == {
        "a": "conv1",
        "b": "conv1_conv",
        "total_a": 9_408,
        "total_b": 9_472,
        "differences": {"bias": 64},
    }


def test_other_networks_against_keras_s() -> None:
    """MobileNetV2: 3,538,984, of which 34,112 are statistics."""
    found = compare(on_meta("mobilenetv2"), load_keras("keras:MobileNetV2"))
    assert found.b.total == 3_538_984
    assert terms(found) == {"batch-norm statistics": 34_112}
    assert None not in [each for pair in found.pairs for each in pair]


# -- layers whose parts the two frameworks keep differently ------------------------------------


def built(layer: Any, *shapes: tuple[int | None, ...]) -> Any:
    layer.build(*shapes)
    return layer


LAYERS = keras.layers


@pytest.mark.parametrize(
    ("in_torch", "in_keras", "difference"),
    [
        (nn.Linear(8, 3), built(LAYERS.Dense(3), (None, 8)), {}),
        (nn.Linear(8, 3, bias=False), built(LAYERS.Dense(3), (None, 8)), {"dense biases": 3}),
        # the second bias vector: 4 gates × 16
        (nn.LSTM(8, 16), built(LAYERS.LSTM(16), (None, 5, 8)), {"LSTM biases": -64}),
        (nn.GRU(8, 16), built(LAYERS.GRU(16), (None, 5, 8)), {}),
        (
            nn.GRU(8, 16),
            built(LAYERS.GRU(16, reset_after=False), (None, 5, 8)),
            {"GRU biases": -48},
        ),
        (nn.RNN(8, 16), built(LAYERS.SimpleRNN(16), (None, 5, 8)), {"RNN biases": -16}),
        (
            nn.LSTM(8, 16, bidirectional=True),
            built(LAYERS.Bidirectional(LAYERS.LSTM(16)), (None, 5, 8)),
            {"LSTM biases": -128},
        ),
        (
            nn.MultiheadAttention(64, 8),
            built(LAYERS.MultiHeadAttention(8, 8), (None, 5, 64), (None, 5, 64)),
            {},
        ),
        (nn.Embedding(40, 10), built(LAYERS.Embedding(40, 10), (None, 5)), {}),
        (
            nn.BatchNorm2d(5),
            built(LAYERS.BatchNormalization(), (None, 4, 4, 5)),
            {"batch-norm statistics": 10},
        ),
        (nn.LayerNorm(6), built(LAYERS.LayerNormalization(), (None, 6)), {}),
        (nn.GroupNorm(2, 6), built(LAYERS.GroupNormalization(2), (None, 4, 4, 6)), {}),
        (nn.PReLU(6), built(LAYERS.PReLU(shared_axes=[1, 2]), (None, 4, 4, 6)), {}),
        (nn.Conv2d(4, 6, 3), built(LAYERS.Conv2D(6, 3), (None, 9, 9, 4)), {}),
        (nn.Conv2d(4, 4, 3, groups=4), built(LAYERS.DepthwiseConv2D(3), (None, 9, 9, 4)), {}),
        (
            nn.ConvTranspose2d(4, 6, (3, 5)),
            built(LAYERS.Conv2DTranspose(6, (3, 5)), (None, 9, 9, 4)),
            {},
        ),
        (
            nn.utils.parametrizations.weight_norm(nn.Linear(8, 8)),
            built(LAYERS.Dense(8), (None, 8)),
            {"dense kernel weights": -8},
        ),
    ],
)
def test_one_layer_in_both(in_torch: nn.Module, in_keras: Any, difference: dict[str, int]) -> None:
    found = compare(in_torch, in_keras)
    assert found.a.total == sum(each.numel() for each in in_torch.parameters())
    assert found.b.total == in_keras.count_params()
    assert terms(found) == difference
    assert found.difference == sum(difference.values())
    (pair,) = found.pairs
    assert None not in pair
    if not difference:
        assert found.sentence == "equal, term by term and layer by layer"


def test_what_a_keras_model_keeps_in_models_and_layers_within_it() -> None:
    """A model inside a model, a layer that is used twice, and a weight of the model's own."""

    class Own(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.shared = LAYERS.Dense(4)
            self.inner = keras.Sequential([keras.Input((4,)), LAYERS.Dense(4), LAYERS.Dropout(0.5)])
            self.scale = self.add_weight(shape=(4,), name="gamma")

        def call(self, x: Any) -> Any:
            return self.inner(self.shared(self.shared(x))) * self.scale

    theirs = Own()
    theirs(torch.zeros(1, 4))
    found = compare(nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4)), theirs)
    assert found.b.total == theirs.count_params() == 44
    assert terms(found) == {"Own scales": 4}
    assert [each.name for pair in found.pairs for each in pair[1:] if each][-1] == theirs.name


def test_quantised_and_tied_models_of_torch() -> None:
    once = nn.Sequential(nn.Embedding(40, 10), nn.Linear(10, 40, bias=False))
    again = nn.Sequential(nn.Embedding(40, 10), nn.Linear(10, 40, bias=False))
    again[1].weight = again[0].weight
    found = compare(once, again, ("apart", "tied"))
    assert terms(found) == {"dense kernel weights": -400}
    assert "1 dense layer only in apart: 1" in str(found)
    layer = nn.Sequential(nn.Linear(8, 8))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        int8 = torch.ao.quantization.quantize_dynamic(layer, {nn.Linear}, dtype=torch.qint8)
    found = compare(layer, int8)
    assert found.sentence == "equal in every term, but 72 fewer are trained"


def test_overlapping_memory_is_said() -> None:
    memory = torch.zeros(12)
    views = nn.ParameterList([nn.Parameter(memory[:8]), nn.Parameter(memory[4:])])
    (note,) = compare(views, nn.Linear(11, 1)).notes
    assert "16 numbers" in note
    assert "the total is 12" in note


# -- alignment ---------------------------------------------------------------------------------


def stack(*widths: int) -> nn.Module:
    return nn.Sequential(*[nn.Linear(here, there) for here, there in pairwise(widths)])


def names(found: Comparison) -> list[tuple[str | None, str | None]]:
    return [(a and a.name, b and b.name) for a, b in found.pairs]  # type: ignore[misc]


def test_a_layer_more_in_the_middle() -> None:
    found = compare(stack(3, 4, 5), stack(3, 4, 4, 5))
    assert names(found) == [("0", "0"), (None, "1"), ("1", "2")]
    assert terms(found) == {"dense kernel weights": 16, "dense biases": 4}


def test_layers_in_another_order_are_found() -> None:
    found = compare(
        nn.ModuleList([nn.Linear(3, 4), nn.Conv1d(2, 2, 3), nn.Linear(5, 6)]),
        nn.ModuleList([nn.Linear(5, 6), nn.Linear(3, 4), nn.Conv1d(2, 2, 3)]),
    )
    assert sorted(names(found), key=str) == [("0", "1"), ("1", "2"), ("2", "0")]
    assert found.sentence == "equal, term by term and layer by layer"


def test_the_same_architecture_in_another_width() -> None:
    found = compare(stack(3, 4, 2), stack(3, 8, 2))
    assert names(found) == [("0", "0"), ("1", "1")]
    assert terms(found) == {"dense kernel weights": 20, "dense biases": 4}


def test_equal_sums_of_different_layers_are_not_called_equal() -> None:
    """2 × 6 + 6 and 6 × 3 + 3 are 39, as are 3 × 6 + 6 and 6 × 2 + 3 of no stack."""
    found = compare(
        nn.ModuleList([nn.Linear(2, 6, bias=False), nn.Linear(4, 3, bias=False)]),
        nn.ModuleList([nn.Linear(5, 2, bias=False), nn.Linear(7, 2, bias=False)]),
    )
    assert found.difference == 0
    assert found.sentence == "equal in every term, but 2 layers differ"


def test_two_of_vgg() -> None:
    """B is A with two more layers: 3 × 3 × 64 × 64 + 64 and 3 × 3 × 128 × 128 + 128."""
    found = compare(on_meta("vgg11"), on_meta("vgg13"), ("A", "B"))
    assert terms(found) == {
        "convolution kernel weights": 36_864 + 147_456,
        "convolution biases": 64 + 128,
    }
    assert "2 convolution layers only in B" in str(found)


@given(
    st.lists(st.integers(1, 3), min_size=1, max_size=8),
    st.lists(st.integers(1, 3), min_size=1, max_size=8),
)
@settings(max_examples=100, deadline=None)
def test_every_layer_is_in_one_pair_and_the_differences_add_up(a: list[int], b: list[int]) -> None:
    left, right = stack(*a), stack(*b)
    found = compare(left, right)
    for place, model in ((0, left), (1, right)):
        held = [pair[place].name for pair in found.pairs if pair[place]]  # type: ignore[union-attr]
        assert sorted(held, key=int) == [name for name, _ in model.named_children()]
    assert found.difference == sum(
        sum(each["differences"].values()) for each in found.as_json()["layers"]
    )
    assert (found.sentence.startswith("equal")) == (not any(each.size for each in found.terms))
    if a == b:
        assert all(one and other and one.name == other.name for one, other in found.pairs)


def test_long_stacks_are_compared_at_once() -> None:
    """Beyond the length for which the best alignment is sought, too."""
    with torch.device("meta"):
        left, right = stack(*[2] * 3_000), stack(3, *[2] * 3_000)
    found = compare(left, right)
    assert terms(found) == {"dense kernel weights": 6, "dense biases": 2}


# -- what can't be compared --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (7, "a int can't be compared"),
        (nn.Sequential(nn.LazyLinear(3)), "only the first input gives a size to 0.weight, 0.bias"),
        (keras.Sequential([LAYERS.Dense(3)]), "built"),
    ],
    ids=["number", "lazy", "unbuilt"],
)
def test_what_has_nothing_to_compare_is_refused_in_a_sentence(model: Any, words: str) -> None:
    for pair in ((model, nn.Linear(3, 3)), (nn.Linear(3, 3), model)):
        with pytest.raises((ValueError, TypeError), match=words) as refused:
            compare(*pair)
        assert "\n" not in str(refused.value)


def test_models_without_parameters() -> None:
    found = compare(nn.ReLU(), nn.Sequential())
    assert (found.difference, found.terms, found.pairs) == (0, (), ())
    assert "equal" in str(found)


def test_a_tensor_is_no_model() -> None:
    with pytest.raises(TypeError, match="a Tensor can't be compared"):
        compare(Tensor(3), nn.Linear(3, 3))
