"""The rule on live modules: what it reads from each is what the real module has and gives out."""

import os

import pytest
import torch
from torch import nn

os.environ.setdefault("KERAS_BACKEND", "torch")

from sharedconv.counting import (
    Bilinear,
    Conv,
    DepthwiseConv,
    EinsumDense,
    Embedding,
    Kind,
    LocalConv,
    Pool,
    PReLU,
    SeparableConv,
)
from sharedconv.spelling import read
from sharedconv.spelling.recipe import FAMILIES
from sharedconv.witnesses import by_keras, keras_layer, kind_of, rule, tally

MODULES: list[tuple[nn.Module, tuple[int, ...]]] = [
    *((each(), (3, 5)) for each in (nn.ReLU, nn.GELU, nn.Sigmoid, nn.Identity, nn.LogSigmoid)),
    (nn.Dropout(0.3), (3,)),
    (nn.Softmax(dim=1), (3, 4, 5)),
    (nn.LocalResponseNorm(2), (3, 5, 5)),
    (nn.ChannelShuffle(2), (4, 5, 5)),
    (nn.MaxPool1d(3, 2, 1), (2, 10)),
    (nn.MaxPool2d((3, 2), dilation=(1, 2), ceil_mode=True), (2, 10, 11)),
    (nn.MaxPool3d(2), (2, 4, 5, 6)),
    (nn.AvgPool1d(2), (2, 9)),
    (nn.AvgPool2d(3, stride=2, padding=1), (2, 9, 8)),
    (nn.AvgPool3d(2, ceil_mode=True), (2, 5, 5, 5)),
    (nn.LPPool1d(2, 3), (2, 9)),
    (nn.LPPool2d(2, (3, 2), stride=1), (2, 9, 8)),
    (nn.AdaptiveAvgPool1d(4), (2, 9)),
    (nn.AdaptiveAvgPool2d((None, 3)), (2, 9, 8)),
    (nn.AdaptiveMaxPool3d(1), (2, 5, 5, 5)),
    (nn.ZeroPad2d((1, 2, 3, 4)), (2, 5, 6)),
    (nn.ZeroPad1d(-1), (2, 5)),
    (nn.ConstantPad3d((1, 2, 3, 4, 5, 6), 0.5), (2, 5, 6, 7)),
    (nn.ReflectionPad1d((2, 1)), (2, 5)),
    (nn.ReplicationPad2d(3), (2, 5, 6)),
    (nn.CircularPad2d((1, 2, 3, 4)), (2, 5, 6)),
    (nn.Upsample(scale_factor=2), (2, 5)),
    (nn.Upsample(scale_factor=(1.5, 2), mode="bilinear"), (2, 5, 6)),
    (nn.Upsample(size=(7, 9)), (2, 5, 6)),
    (nn.UpsamplingNearest2d(scale_factor=3), (2, 5, 6)),
    (nn.PixelShuffle(2), (8, 5, 6)),
    (nn.PixelUnshuffle(3), (2, 9, 6)),
    (nn.Flatten(), (2, 5, 6)),
    (nn.Flatten(2, -1), (2, 5, 6)),
    (nn.Unflatten(1, (2, 3)), (6, 4)),
    (nn.Unflatten(-1, (-1, 2)), (6, 4)),
    (nn.PReLU(), (3, 4)),
    (nn.PReLU(3), (3, 4, 5)),
]


@pytest.mark.parametrize(("module", "shape"), MODULES, ids=[str(each) for each, _ in MODULES])
def test_a_module_gives_out_what_the_rule_says(module: nn.Module, shape: tuple[int, ...]) -> None:
    with torch.no_grad():
        seen = module(torch.zeros(1, *shape))
    kind = kind_of(module, shape)
    assert kind is not None
    assert kind.output_shape() == tuple(seen.shape[1:])
    assert int(kind.count()) == sum(each.numel() for each in module.parameters())
    # the shape has no part in the count
    assert kind_of(module).count() == kind.count()


def test_there_is_a_rule_for_every_pytorch_layer_that_can_be_read() -> None:
    """But for lazy ones, which have no sizes yet; and none gets the shape of another."""
    from sharedconv.witnesses.rule import RULES

    ruled = {each for classes, _ in RULES for each in classes}
    families = ("conv", "dense", "embedding", "prelu", "passing", "pooling", "shaping", "resizing")
    spelled = {getattr(nn, name) for family in families for name in FAMILIES["torch"][family]}
    lazy = {each for each in spelled if each.__name__.startswith("Lazy")}
    assert len(lazy) == 7
    assert spelled - lazy <= ruled


@pytest.mark.parametrize(
    "module", [nn.Flatten(0), nn.Flatten(-3), nn.Unflatten(0, (1, 1)), nn.Flatten(start_dim=0)]
)
def test_what_takes_the_batch_in_has_no_rule(module: nn.Module) -> None:
    """Shapes are without the batch."""
    assert kind_of(module, (3, 4)[: 2 - (module.__class__ is nn.Unflatten)]) is None


def test_an_input_that_does_not_fit_leaves_the_sizes_open() -> None:
    """A module may be fed without a batch, or with nothing in it."""
    assert kind_of(nn.MaxPool2d(2), (8, 8)).output_shape() == (None, None, None)
    assert kind_of(nn.MaxPool2d(2), (3, 0, 8)).output_shape() == (None, None, None)
    with pytest.raises(ValueError, match="that is not given"):
        kind_of(nn.ReLU(), (0, 3)).output_shape()


def test_a_model_of_all_sorts_is_counted_by_every_witness() -> None:
    model = nn.Sequential(
        nn.Embedding(50, 8, padding_idx=0),
        nn.Flatten(),
        nn.Linear(80, 12),
        nn.PReLU(12),
        nn.Unflatten(1, (3, 4)),
        nn.Dropout(),
        nn.PReLU(),
    )
    assert tuple(model(torch.zeros(2, 10, dtype=torch.long)).shape) == (2, 3, 4)
    tensors = sum(each.numel() for each in model.parameters())
    assert rule(model).total == tally(model).total == by_keras(model).total == tensors


def test_bags_and_pairs_are_counted_from_their_hyperparameters() -> None:
    bag, pair = nn.EmbeddingBag(50, 8), nn.Bilinear(3, 4, 5, bias=False)
    assert kind_of(bag, (10,)) == Embedding(50, 8, bag=True, positions=(10,))
    assert kind_of(bag, (10,)).output_shape() == tuple(bag(torch.zeros(1, 10).long()).shape[1:])
    assert kind_of(pair, (3,)) == Bilinear(3, 4, 5, False)
    assert rule(nn.Sequential(bag, pair)).total == bag.weight.numel() + pair.weight.numel()
    assert by_keras(pair).total is None
    assert "Keras has no bilinear layer" in by_keras(pair).remark


@pytest.mark.parametrize(
    "kind",
    [
        DepthwiseConv(3, (3, 2), depth_multiplier=2),
        DepthwiseConv(3, 5, 2, "same", bias=False, ndim=1),
        SeparableConv(3, 7, (3, 2), depth_multiplier=2),
        SeparableConv(3, 7, 3, 2, "same", bias=False, ndim=1),
        EinsumDense("abc,cd->abd", (None, 7), "d", input_shape=(5, 3)),
        EinsumDense("...x,xyz->...yz", (2, 3), input_shape=(5, 4)),
        Embedding(30, 7),
        PReLU(5),
        PReLU(1),
        PReLU(4, shape=(4, 5, 6)),
        PReLU((1, 5, 6), shape=(4, 5, 6)),
        PReLU((4, 5, 6), shape=(4, 5, 6)),
    ],
    ids=repr,
)
def test_keras_builds_the_same_layer(kind: Kind) -> None:
    assert int(kind.count()) == keras_layer(kind).count_params()


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        (DepthwiseConv(3, 3, ndim=3), "Keras has no DepthwiseConv in 3 dimensions"),
        (LocalConv(1, 2, 3, ndim=1, input_size=9), "Keras 3 has no unshared convolution"),
        (Pool(2, ndim=2), "sharedconv knows no way to build a Pool in Keras"),
        (Conv(1, 2, 3, ndim=4), "Keras has no convolution in 4 dimensions"),
    ],
    ids=repr,
)
def test_what_keras_has_not_is_said_in_a_sentence(kind: Kind, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        keras_layer(kind)


# the others print their arguments in words of their own, or not all of them
PRINTED = [
    each
    for each in MODULES
    if not isinstance(each[0], (nn.ConstantPad3d, nn.Upsample, nn.AvgPool3d))
]


@pytest.mark.parametrize(("module", "shape"), PRINTED, ids=[str(each) for each, _ in PRINTED])
def test_what_pytorch_prints_for_a_module_can_be_read_back(
    module: nn.Module, shape: tuple[int, ...]
) -> None:
    with torch.no_grad():
        seen = module(torch.zeros(1, *shape))
    layer = read(f"nn.{module!r}", shape)
    assert layer.output_shape().sizes == tuple(seen.shape[1:])
    assert int(layer.count()) == sum(each.numel() for each in module.parameters())
    assert type(layer.kind) is type(kind_of(module))
