"""The checks of tensors: each slip is found where an independent computation makes it."""

import itertools
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from checking import check_of, refused, work, written
from hypothesis import assume, given, strategies as st

from sharedconv import LocalConv1d, SharedConv2d
from sharedconv.practice.checks.real import an_input, made
from sharedconv.practice.checks.tensor_slips import TENSOR_SLIPS

# -- same ------------------------------------------------------------------------------------------


def naive(x: Any, kernel: Any, bias: Any, layer: Any, slip: str = "") -> torch.Tensor:
    """A convolution by loops over numpy, with one slip made in it."""
    image, weights = x.numpy(), kernel.numpy()
    biases = np.zeros(len(weights)) if bias is None else bias.numpy()
    filters, channels, *sides = weights.shape
    stride = [1] * len(sides) if slip == "forgot-stride" else layer.stride
    dilation = [1] * len(sides) if slip == "forgot-dilation" else layer.dilation
    padding = [0] * len(sides) if slip == "forgot-padding" else layer.padding
    image = np.pad(image, [(0, 0), *[(each, each) for each in padding]])
    last = 0 if slip == "forgot-last-place" else 1
    places = [
        (size - step * (side - 1) - 1) // pace + last
        for size, side, pace, step in zip(image.shape[1:], sides, stride, dilation, strict=True)
    ]
    output = np.zeros((filters, *places))
    for each, *place in itertools.product(*map(range, output.shape)):
        group = 0 if slip == "forgot-groups" else each // (filters // layer.groups)
        total = 0.0
        for channel, *tap in itertools.product(range(channels), *map(range, sides)):
            if slip == "forgot-in-channels" and channel:
                continue
            under = [p * s + d * t for p, s, d, t in zip(place, stride, dilation, tap, strict=True)]
            where = tap[::-1] if slip == "sides-swapped" else tap
            if slip == "kernel-flipped":
                where = [side - 1 - t for side, t in zip(sides, tap, strict=True)]
            own = 0 if slip == "forgot-filters" else each
            seen = image[(group * channels + channel, *under)]
            total += weights[(own, channel, *where)] * seen
        times = {
            "forgot-bias": 0,
            "bias-per-channel": channels,
            "bias-per-weight": channels * int(np.prod(sides)),
        }.get(slip, 1)
        total += times * biases[0 if slip == "one-bias-for-all" else each]
        output[(each, *place)] = total
    return torch.from_numpy(output)


OF_UNSHARED = {"taken-for-shared", "bias-taken-for-shared"}
SLUGS = sorted({each.slug for each in TENSOR_SLIPS} - OF_UNSHARED)
SHARED = st.builds(
    lambda ndim, filters, groups, seen, kernel, stride, padding, dilation: (
        f"SharedConv{ndim}d({groups * seen}, {groups * filters}, {kernel}, stride={stride}, "
        f"padding={padding}, dilation={dilation}, groups={groups})",
        "x".join(map(str, [groups * seen, 9, 8][: ndim + 1])),
    ),
    st.integers(1, 2),
    st.integers(1, 2),
    st.integers(1, 2),
    st.integers(1, 3),
    st.integers(1, 3),
    st.integers(1, 2),
    st.integers(0, 1),
    st.integers(1, 2),
)


@given(case=SHARED)
def test_a_convolution_by_hand_is_the_layer(case: tuple[str, str]) -> None:
    line, shape = case
    facts = check_of["same"](work(naive=naive), name="naive", of=line, input=shape)
    assert facts == {"tried": "1"}


@pytest.mark.parametrize("slug", SLUGS)
@given(case=SHARED)
def test_each_slip_in_a_computation_is_met_by_its_name(slug: str, case: tuple[str, str]) -> None:
    line, shape = case
    layer: Any = made(line)
    x = an_input(tuple(map(int, shape.split("x"))))
    kernel, bias = layer.kernel.detach(), layer.bias.detach()
    slipped = naive(x, kernel, bias, layer, slug)
    right = naive(x, kernel, bias, layer)
    assume(slipped.numel() > 0)
    assume(slipped.shape != right.shape or not torch.allclose(slipped, right))

    def by_hand(x: Any, kernel: Any, bias: Any, layer: Any) -> torch.Tensor:
        return naive(x, kernel, bias, layer, slug)

    found = refused("same", work(by_hand=by_hand), name="by_hand", of=line, input=shape)
    (named,) = found.slugs
    if named != slug:  # then the two slips come to the same here
        entries = [each for each in TENSOR_SLIPS if each.slug == named]
        gives = [each for entry in entries for each in entry.gives(layer, x)]
        assert any(each.shape == slipped.shape and torch.allclose(each, slipped) for each in gives)
    assert "Ask yourself: " in found.words
    assert "held against" in found.words


def test_unshared_and_one_place_s_kernel_everywhere() -> None:
    def shared(x: Any, kernel: Any, bias: Any) -> list[Any]:
        return [(kernel[0] * x[at : at + 3]).sum() + bias[at] for at in range(len(kernel))]

    found = refused(
        "same", work(f=shared), name="f", of="LocalConv1d(1, 1, 3, 8)", input="1x8", squeeze=True
    )
    assert found.slugs == ("taken-for-shared",)


# where they first differ, and why there; each case is an edit of what the layer gives
PADDED = "SharedConv2d(2, 4, 3, padding=1, groups=2)"


@pytest.mark.parametrize(
    ("edit", "first", "why"),
    [
        ("y[:, 0, :] = 7", "channel 0, row 0, column 0", "stands over the edge, on the padding"),
        ("y[:, :, -1] += 1", "channel 0, row 0, column 5", "stands over the edge, on the padding"),
        ("y[2:, 2, 3] += 1", "channel 2, row 2, column 3", "first filter of group 2"),
        ("y[3:, 2, 3] += 1", "channel 3, row 2, column 3", "The channels before 3 are as they"),
        ("y += 0.25", "channel 0, row 0, column 0", "here +0.25: something is added"),
        ("y *= 3", "channel 0, row 0, column 0", "Every number is 3 times the layer's"),
        ("y[:, 2:4, 1::2] = 0", "channel 0, row 2, column 1", "from one to the next the kernel"),
        ("y[:] = 9", "channel 0, row 0, column 0", "follow the sum at that place"),
    ],
)
def test_the_first_place_that_differs_and_why_there(
    edit: str, first: str, why: str, tmp_path: Path
) -> None:
    mine = written(
        f"def by_hand(x, layer):\n    y = layer(x).detach().clone()\n    {edit}\n    return y",
        tmp_path,
    )
    words = refused("same", mine, name="by_hand", of=PADDED, input="2x5x6").words
    assert f"first differs at {first} (counted from 0)" in words
    assert why in words


def test_the_sum_at_that_place_is_written_out_and_right() -> None:
    def by_hand(x: Any) -> Any:
        return x[1:-1] * 0

    found = refused(
        "same", work(f=by_hand), name="f", of="SharedConv1d(1, 1, 3)", input="1x8", squeeze=True
    )
    written_out, _, total = found.words.partition("There the layer computes ")[2].partition(" = ")
    products = [each.split(" × ") for each in written_out.split(" + ")]
    summed = sum(float(np.prod([float(number) for number in each])) for each in products)
    assert summed == pytest.approx(float(total.rstrip(".")), abs=1e-3)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("'tensor'", "a tensor is asked for"),
        ("x[:, :3]", "gives 1 × 3 numbers, and the layer gives 1 × 6 numbers"),
        ("layer.weight", "stops with AttributeError"),
    ],
)
def test_a_function_that_gives_something_else(body: str, words: str, tmp_path: Path) -> None:
    mine = written(f"def f(x, layer):\n    return {body}", tmp_path)
    assert words in refused("same", mine, name="f", of="SharedConv1d(1, 1, 3)", input="1x8").words


def test_a_function_that_asks_for_what_nobody_has() -> None:
    def f(x: Any, weights: Any) -> Any:
        return x * weights

    words = refused("same", work(f=f), name="f", of="SharedConv1d(1, 1, 3)", input="1x8").words
    assert "f asks for weights" in words
    assert "x, layer, kernel, bias" in words


def test_a_function_may_give_a_module() -> None:
    def unshare(layer: Any, length: int) -> torch.nn.Module:
        return LocalConv1d.from_shared(layer, length)

    given = {"name": "f", "of": "SharedConv1d(2, 3, 3)", "input": "2x8"}
    check_of["same"](work(f=unshare), **given)
    fresh = refused("same", work(f=lambda length: LocalConv1d(2, 3, 3, length)), **given)
    assert "first differs at channel 0, place 0" in fresh.words


def test_a_layer_as_a_matrix() -> None:
    def matrix(kernel: Any, length: int, turned: bool = False, places: int = 6) -> torch.Tensor:
        rows = torch.zeros(places, length, dtype=torch.float64)
        for row in range(places):
            rows[row, row : row + 3] = kernel.flip(0) if turned else kernel
        return rows

    given = {"of": "SharedConv1d(1, 1, 3)", "input": "1x8", "squeeze": True, "gives": "matrix"}
    check_of["same"](work(f=matrix), name="f", **given)
    for changes, slug, words in (
        ({"turned": True}, ("kernel-flipped",), "first differs at row 0, column 0"),
        ({"places": 5}, ("forgot-last-place",), "the layer's matrix is 6 × 8 numbers"),
    ):
        found = refused("same", work(f=partial(matrix, **changes)), name="f", **given)
        assert found.slugs == slug
        assert words in found.words
    other = refused("same", work(f=lambda length: torch.eye(6, length)), name="f", **given)
    assert (other.slugs, "row 0, column 0" in other.words) == ((), True)


def test_layers_one_after_the_other() -> None:
    """A batch norm behind a convolution, folded into the convolution."""

    def folded(conv: Any, norm: Any, bias: bool = True) -> torch.nn.Module:
        scale = norm.weight / (norm.running_var + norm.eps).sqrt()
        one = SharedConv2d(1, 2, 3, dtype=torch.float64)
        one.kernel.data = conv.kernel.data * scale[:, None, None, None]
        one.bias.data = (conv.bias.data * bias - norm.running_mean) * scale + norm.bias
        return one

    both = "conv = SharedConv2d(1, 2, 3)\nnorm = BatchNorm2d(2)"
    given = {"name": "f", "of": both, "input": "1x6x6"}
    check_of["same"](work(f=folded), **given)
    words = refused("same", work(f=partial(folded, bias=False)), **given).words
    assert "then norm = BatchNorm2d(2)" in words


# -- shift -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "more", "slug"),
    [
        ("SharedConv1d(2, 3, 3)", {}, None),
        ("SharedConv1d(2, 3, 3, padding=1)", {}, "padding-at-the-edge"),
        ("SharedConv1d(2, 3, 3, padding=1)", {"edge": 1}, None),
        ("SharedConv1d(2, 3, 3, padding=1, padding_mode='circular')", {"circular": True}, None),
        ("SharedConv1d(2, 3, 3)", {"circular": True}, "another-length"),
        ("SharedConv1d(2, 3, 3, stride=2)", {}, "stride-between-places"),
        ("SharedConv1d(2, 3, 3, stride=2)", {"by": 2, "moves": 1}, None),
        ("LocalConv1d(2, 3, 3, 16)", {}, "unshared"),
        ("torch.nn.Sequential(torch.nn.Flatten(0), torch.nn.Linear(32, 5))", {}, "flattened"),
        ("lambda x: x * torch.arange(16)", {}, ""),
        ("lambda x: x.cumsum(-1)", {}, ""),
        ("lambda x: torch.nn.functional.pad(x, (1, 1)).unfold(-1, 3, 1).sum(-1)", {}, ""),
        ("SharedConv1d(2, 3, 3)", {"by": 2, "moves": 1}, "moves-otherwise"),
        (
            "torch.nn.Sequential(SharedConv1d(2, 3, 2, stride=4), SharedConv1d(3, 3, 2, stride=2))",
            {"by": 4, "moves": 1},
            "stride-between-places",
        ),
    ],
)
def test_what_moves_along_and_why_something_does_not(
    line: str, more: dict[str, Any], slug: str | None, tmp_path: Path
) -> None:
    code = f"import torch\nfrom sharedconv import SharedConv1d, LocalConv1d\nlayer = {line}"
    mine = written(code, tmp_path)
    if slug is None:
        assert float(check_of["shift"](mine, input="2x16", **more)["difference"]) < 1e-12
        return
    found = refused("shift", mine, input="2x16", **more)
    assert found.slugs == ((slug,) if slug else ())
    assert "Ask yourself: " in found.words
