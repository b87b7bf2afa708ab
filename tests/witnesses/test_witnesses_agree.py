"""Rule, tally, torchinfo and Keras, each asked by itself, come to the same numbers.

What they are held against is asked for here as well: real torchinfo and real Keras are called by
the test, and the sum over ``model.parameters()`` is its own yardstick.
"""

from types import SimpleNamespace

import keras
import pytest
import torch
import torchinfo
from hypothesis import given, settings
from model_cases import Case, models
from torch import nn

from sharedconv import layers
from sharedconv.witnesses import by_keras, by_torchinfo, cross_check, kind_of, rule, tally


@given(models())
@settings(max_examples=500)
def test_four_witnesses_and_the_real_ones_say_the_same(case: Case) -> None:
    model = case.model
    total = sum(each.numel() for each in model.parameters())
    trainable = sum(each.numel() for each in model.parameters() if each.requires_grad)
    statistics = sum(
        2 * each.num_features
        for each in set(model.modules())
        if isinstance(each, nn.BatchNorm1d | nn.BatchNorm2d | nn.BatchNorm3d)
    )

    check = cross_check(model)

    assert check["rule"].total == total
    assert check["tally"].total == total
    assert (tally(model).total, tally(model).trainable) == (total, trainable)
    assert check["torchinfo"].total == total
    assert torchinfo.summary(model, verbose=0).total_params == total
    in_keras = case.counted_by_keras()
    assert check["Keras"].total == in_keras
    assert in_keras in (None, total + statistics)
    assert check.unexplained == ()
    assert check.agree == (not statistics or in_keras is None)


@pytest.mark.parametrize(
    ("module", "parameters"),
    [
        (layers.SharedConv1d(1, 1, 3), 3 + 1),  # the question's three arrows
        (layers.SharedConv2d(1, 1, 3), 10),
        (layers.SharedConv2d(1, 10, 5, bias=False), 250),
        (layers.SharedConv3d(2, 3, 2), 2 * 3 * 8 + 3),
        (layers.SharedConv2d(3, 32, 3), 896),
        (layers.SharedConv2d(4, 4, 3, groups=4), 4 * 9 + 4),
        (layers.SharedConv(2, 3, 32, 3), 896),
        (layers.SharedConvTranspose2d(3, 5, 2), 3 * 5 * 4 + 5),
        (layers.SharedConvTranspose(1, 4, 6, 3, groups=2), 4 * 3 * 3 + 6),
        (layers.LocalConv2d(1, 1, 3, (28, 28)), 6_760),
        (layers.LocalConv2d(1, 1, 3, (28, 28), bias="channel"), 6_085),
        (layers.LocalConv2d(1, 1, 3, (28, 28), bias=False), 6_084),
        (layers.LocalConv(1, 1, 1, 3, 8), 6 * 3 + 6),
        # the positions of the kernels are the input's, those of the biases the output's
        (layers.LocalConvTranspose2d(1, 1, 3, (28, 28)), 28 * 28 * 9 + 30 * 30),
        (layers.LocalConvTranspose2d(3, 5, 2, 4, bias="channel"), 16 * 3 * 5 * 4 + 5),
        (layers.LocalConvTranspose(1, 4, 6, 3, 7, groups=2, bias=False), 7 * 4 * 3 * 3),
        (nn.Linear(784, 676, device="meta"), 530_660),
        (nn.Linear(25_088, 4_096, device="meta"), 102_764_544),  # VGG-16's fc6
        (nn.BatchNorm2d(64), 128),
        (nn.BatchNorm2d(64, affine=False), 0),
    ],
)
def test_figures_that_are_known_beforehand(module: nn.Module, parameters: int) -> None:
    """DESIGN.md, section 5, and a product by hand for the rest."""
    assert rule(module).total == parameters
    assert tally(module).total == parameters
    assert by_torchinfo(module).total == parameters


def test_the_rule_reads_no_tensor_and_the_tally_nothing_else() -> None:
    """Each is deaf to what the other reads; so where they agree, it means something."""
    layer = layers.SharedConv2d(1, 1, 3)
    layer.kernel = nn.Parameter(torch.zeros(7))
    assert (rule(layer).total, tally(layer).total) == (10, 8)
    check = cross_check(layer, keras=False)
    assert [each.split()[0] for each in check.unexplained] == ["rule"]

    layer = layers.SharedConv2d(1, 1, 3)
    layer.out_channels = 100
    assert (rule(layer).total, tally(layer).total) == (1_000, 10)


def test_torchinfo_and_keras_are_really_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever they say is what their witness says, not a number of our own."""
    monkeypatch.setattr(torchinfo, "summary", lambda *_, **__: SimpleNamespace(total_params=777))
    monkeypatch.setattr(keras.layers.Conv2D, "count_params", lambda _: 555)
    check = cross_check(nn.Sequential(layers.SharedConv2d(1, 1, 3), nn.Linear(2, 3)))
    assert check["torchinfo"].total == 777
    assert check["Keras"].total == 555 + 9
    assert [each.split()[0] for each in check.unexplained] == ["torchinfo", "Keras"]


def test_a_subclass_may_compute_something_else_so_there_is_no_rule_for_it() -> None:
    class Twisted(nn.Conv2d):
        pass

    assert kind_of(Twisted(1, 1, 3)) is None
    testimony = rule(nn.Sequential(Twisted(1, 1, 3), nn.Linear(2, 2)))
    assert testimony.total is None
    assert "Twisted" in testimony.remark


@pytest.mark.parametrize(
    ("module", "why"),
    [
        (layers.LocalConv2d(1, 1, 3, 8), "unshared"),
        (layers.LocalConvTranspose2d(1, 1, 3, 8), "unshared"),
        (layers.LocalConv2d(1, 1, 3), "a LocalConv2d before its first input"),
        (nn.ConvTranspose2d(2, 2, 3, groups=2), "groups"),
        (nn.Conv2d(1, 1, 3, stride=2, dilation=2), "stride and dilation"),
        (nn.Sequential(nn.Linear(2, 2), nn.Bilinear(2, 2, 2)), "Bilinear"),
    ],
)
def test_keras_says_which_layer_it_does_not_have(module: nn.Module, why: str) -> None:
    testimony = by_keras(module)
    assert testimony.total is None
    assert why in testimony.remark
    assert "\n" not in testimony.remark
