"""The fifth witness: which weights stand in the convolution's matrix, found without a formula.

The test finds them itself: it numbers the kernel's entries 1, 2, 3, ..., lets autograd write out
the layer's Jacobian, and collects the different numbers in it.
"""

import importlib
from typing import Any

import pytest
import torch
from hypothesis import given, settings, strategies as st
from torch import nn

from sharedconv import layers
from sharedconv.layers import (
    LocalConv2d,
    LocalConvTranspose2d,
    SharedConv1d,
    SharedConv2d,
    SharedConvTranspose2d,
)
from sharedconv.witnesses import by_matrix, cross_check

BY_MATRIX = importlib.import_module("sharedconv.witnesses.by_matrix")
MATRIX = importlib.import_module("sharedconv.layers.matrix")


def seen_by_autograd(layer: Any, shape: tuple[int, ...]) -> int:
    """How many different entries of the kernel the layer's output depends on."""
    kernel = layer.kernel if hasattr(layer, "kernel") else layer.weight
    with torch.no_grad():
        kernel.copy_(torch.arange(1, kernel.numel() + 1).view_as(kernel))
    jacobian = torch.autograd.functional.jacobian(layer, torch.zeros(1, *shape))
    return len(set(jacobian.flatten().tolist()) - {0.0})


@st.composite
def convolutions(draw: st.DrawFn) -> tuple[nn.Module, tuple[int, ...]]:
    """Small convolutions with much padding, so that some weights meet nothing else."""
    ndim, groups = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    kernel, padding = draw(st.integers(1, 4)), draw(st.integers(0, 3))
    dilation, stride = draw(st.integers(1, 2)), draw(st.integers(1, 3))
    transposed = draw(st.booleans())
    reach = dilation * (kernel - 1) + 1
    if transposed:
        least = max(1, -(-(2 * padding - reach + 1) // stride) + 1)
    else:
        least = max(1, reach - 2 * padding)
    prefix, room = draw(st.sampled_from([("", nn), ("Shared", layers)]))
    made = getattr(room, f"{prefix}Conv{'Transpose' if transposed else ''}{ndim}d")(
        groups * draw(st.integers(1, 2)),
        groups * draw(st.integers(1, 2)),
        kernel,
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=groups,
        bias=draw(st.booleans()),
    )
    size = [least + draw(st.integers(0, 2)) for _ in range(ndim)]
    return made, (made.in_channels, *size)


@given(convolutions())
@settings(max_examples=150)
def test_the_matrix_holds_the_weights_that_the_output_depends_on(
    case: tuple[nn.Module, tuple[int, ...]],
) -> None:
    layer, shape = case
    check = cross_check(layer, shape, keras=False)
    kernel = sum(each.numel() for name, each in layer.named_parameters() if name != "bias")
    seen = seen_by_autograd(layer, shape)
    assert check["matrix"].total == seen
    assert check.kernels == kernel
    assert check.unexplained == ()
    assert check.agree == (seen == kernel)


def test_unshared_kernels_are_found_one_by_one() -> None:
    layer = LocalConv2d(1, 1, 3, 28)
    assert cross_check(layer, (1, 28, 28), keras=False)["matrix"].total == 6_084
    layer = LocalConvTranspose2d(1, 1, 3, 28)
    assert cross_check(layer, (1, 28, 28), keras=False)["matrix"].total == 28 * 28 * 9
    options: dict[str, Any] = {"padding": 1, "stride": 2, "groups": 2}
    for kind in (LocalConv2d, LocalConvTranspose2d):
        layer = kind(2, 4, 2, 4, **options)
        check = cross_check(layer, (2, 4, 4), keras=False)
        assert check["matrix"].total == seen_by_autograd(layer, (2, 4, 4)) < check.kernels
        assert check.unexplained == ()


def test_weights_that_meet_nothing_but_padding_are_explained() -> None:
    """Of a 3×3 kernel on a single pixel, only the middle one ever meets it."""
    check = cross_check(SharedConv2d(1, 1, 3, padding=1), (1, 1, 1), keras=False)
    assert (check["rule"].total, check["matrix"].total) == (10, 1)
    (why,) = check.explanations
    assert why.startswith("matrix: 8 of the weights meet nothing but padding")
    assert check.unexplained == ()


def test_several_convolutions_add_up_and_other_layers_have_no_such_matrix() -> None:
    model = nn.Sequential(
        SharedConv2d(1, 2, 3), nn.ReLU(), SharedConvTranspose2d(2, 3, 2), nn.Flatten()
    )
    check = cross_check(model, (1, 6, 6), keras=False)
    assert check["matrix"].total == 1 * 2 * 9 + 2 * 3 * 4
    assert check.agree
    assert by_matrix({nn.Linear(3, 4): (3,), nn.ReLU(): (3,)}) is None
    with pytest.raises(KeyError):
        cross_check(nn.Linear(3, 4), (3,), keras=False)["matrix"]


def test_one_convolution_used_twice_has_one_kernel() -> None:
    layer = SharedConv1d(1, 1, 3)
    check = cross_check(nn.Sequential(layer, layer), (1, 9), keras=False)
    assert check["matrix"].total == check.kernels == 3


def test_a_matrix_that_is_too_large_is_not_built_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """64 filters × 3 channels × (3 × 224 - 2)² places inside the image, one entry each."""

    def building(*_: Any) -> None:
        raise AssertionError("it is being built")

    monkeypatch.setattr(MATRIX, "_cells", building)
    check = cross_check(SharedConv2d(3, 64, 3, padding=1), (3, 224, 224), keras=False)
    assert check["matrix"].total is None
    assert check["matrix"].remark.startswith("not built: ")
    assert f"{64 * 3 * (3 * 224 - 2) ** 2:,}" in check["matrix"].remark
    assert check["tally"].total == 1_792
    assert check.unexplained == check.explanations == ()


def test_the_limit_is_the_witness_s_own(monkeypatch: pytest.MonkeyPatch) -> None:
    layer = SharedConv1d(1, 1, 3)
    monkeypatch.setattr(BY_MATRIX, "MOST_ENTRIES", 18)
    assert cross_check(layer, (1, 8), keras=False)["matrix"].total == 3
    monkeypatch.setattr(BY_MATRIX, "MOST_ENTRIES", 17)
    assert cross_check(layer, (1, 8), keras=False)["matrix"].total is None


@pytest.mark.parametrize(
    ("layer", "why"),
    [
        (nn.Conv2d(1, 1, 3, padding=1, padding_mode="circular"), "circular"),
        (SharedConv2d(1, 1, 3, device="meta"), "meta"),
    ],
)
def test_where_there_is_no_matrix_the_others_still_testify(layer: nn.Module, why: str) -> None:
    check = cross_check(layer, (1, 9, 9), keras=False)
    assert check["matrix"].total is None
    assert why in check["matrix"].remark
    assert check["rule"].total == check["tally"].total == 10
    assert check.unexplained == check.explanations == ()
