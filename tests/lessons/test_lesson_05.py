"""Lesson 5: batch norm takes a bias away, and LeNet-1989 doesn't share it."""

import re
import sys

import pytest
from facts.figures import H1_BIASES, H1_WEIGHTS, VGG
from running import flat
from torch import nn
from whole import answered, refused, row, run


def parameters(*layers: nn.Module) -> int:
    return sum(each.numel() for each in nn.Sequential(*layers).parameters())


def differences(text: str) -> tuple[float, float, float]:
    """Between the answers in training and in use; and after the biases were raised."""
    (training,) = re.findall(r"their answers the largest difference is (\S+\d)", flat(text))
    ((use, raised),) = re.findall(
        r"largest difference of the answers is (\S+\d)\. .* change by up to (\S+\d)", flat(text)
    )
    return float(training), float(use), float(raised)


def gradients(text: str) -> tuple[float, float]:
    kernel, bias = re.findall(r"largest gradient, \w+ +(\S+)$", text, re.MULTILINE)
    return float(kernel), float(bias)


def remembered(text: str) -> list[tuple[float, ...]]:
    """For each filter: bias, mean without it, mean with it, difference."""
    found = re.findall(r"^ +\d+" + 4 * r" +(-?\d+\.\d{3})" + "$", text, re.MULTILINE)
    return [tuple(map(float, each)) for each in found]


@pytest.fixture(scope="module")
def as_it_is() -> str:
    """What the lesson prints with nothing switched."""
    return run(5)


def test_behind_a_batch_norm_a_bias_has_no_effect_and_never_learns(as_it_is: str) -> None:
    assert f"total = {parameters(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4))}\n" in as_it_is
    training, use, raised = differences(as_it_is)
    assert training < 1e-10
    assert use < 1e-10
    assert raised > 0.1, "what is remembered doesn't follow a bias that is changed afterwards"
    kernel, bias = gradients(as_it_is)
    assert kernel > 1
    assert bias < 1e-6
    assert "The bias has no effect." in as_it_is


def test_the_mean_that_is_remembered_holds_the_bias() -> None:
    means = remembered(run(5, "--filters", "8", "--bias-size", "1000"))
    assert len(means) == 8
    assert max(abs(bias) for bias, *_ in means) > 100
    for bias, without, with_bias, difference in means:
        assert abs(without) < 2
        assert with_bias == pytest.approx(without + bias, abs=2e-3)
        assert difference == pytest.approx(bias, abs=2e-3)


def test_a_relu_between_gives_the_bias_its_effect_back() -> None:
    text = run(5, "--relu-between", "--bias-size", "1")
    training, use, _ = differences(text)
    assert min(training, use) > 0.1
    assert gradients(text)[1] > 1
    assert any(abs(bias - moved) > 0.1 for bias, *_, moved in remembered(text))
    assert "Here the bias has an effect." in text


def test_without_batch_norm_there_is_no_shift_and_no_mean() -> None:
    text = run(5, "--no-batch-norm")
    assert f"total = {parameters(nn.Conv2d(3, 4, 3))}\n" in text
    assert "shift  " not in text
    assert remembered(text) == []
    training, use, raised = differences(text)
    assert training == use > 1
    assert raised == 1


def test_networks_leave_out_the_bias_where_a_batch_norm_follows(as_it_is: str) -> None:
    assert row(as_it_is, "vgg16") == [len(VGG["D"]), 0, len(VGG["D"])]
    # 53 = 1 + 3 × (3 + 4 + 6 + 3) blocks + 4 shortcuts
    assert row(as_it_is, "resnet50") == [53, 53, 0]
    # 28 = 1 + 2 × 13 separable ones + 1 that answers, the only one without a batch norm
    assert row(as_it_is, "mobilenet") == [28, 27, 1]
    assert row(as_it_is, "lenet1989") == [2, 0, 0]
    assert row(as_it_is, "conv.kernel (12, 1, 5, 5)") == [H1_WEIGHTS.number]
    assert row(as_it_is, "bias.bias   (12, 8, 8)") == [H1_BIASES.number]
    assert row(as_it_is, "if the biases were shared") == [parameters(nn.Conv2d(1, 12, 5))]


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminal in the standard library")
def test_typed_answers_meet_their_reasons() -> None:
    words = answered(5, "116", "120", "28", "0", "312", "1068")
    assert "116 leaves out the bias." in words
    assert "Yes, 120." in words
    assert "It is 1." in words
    assert "Yes, 1,068." in words
    assert answered(5, "120", "1", "1,068").count("Yes, ") == 3


def test_a_layer_without_filters_is_refused() -> None:
    assert "filters is 0" in refused(5, "--filters", "0")
