"""The layers of the first networks, against the same sums written with PyTorch's own functions."""

import copy
import os

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings, strategies as st
from torch import Tensor, nn

from sharedconv.networks import lenet5, lenet1989
from sharedconv.networks.lenet import C3_SEES, DIGITS, H2_SEES
from sharedconv.networks.mobilenet import PadAsSame
from sharedconv.networks.parts import (
    MappedConv2d,
    PositionBias,
    RadialBasis,
    ScaledTanh,
    Subsampling2d,
)

os.environ.setdefault("KERAS_BACKEND", "torch")


@st.composite
def tables(draw: st.DrawFn) -> list[list[int]]:
    inputs = draw(st.integers(1, 5))
    row = st.lists(st.integers(0, inputs - 1), min_size=1, max_size=inputs, unique=True)
    return draw(st.lists(row, min_size=1, max_size=5))


def map_by_map(layer: MappedConv2d, images: Tensor) -> Tensor:
    """Each output map by itself: a full convolution of the input maps that it sees."""
    maps, first = [], 0
    for number, row in enumerate(layer.table):
        kernel = layer.kernel[first : first + len(row)].unsqueeze(0)
        bias = None if layer.bias is None else layer.bias[number : number + 1]
        maps.append(F.conv2d(images[:, list(row)], kernel, bias, layer.stride, layer.padding))
        first += len(row)
    return torch.cat(maps, dim=1)


@settings(max_examples=100, deadline=None)
@given(tables(), st.booleans(), st.integers(1, 3), st.integers(0, 2), st.integers(1, 4))
def test_a_mapped_convolution_sees_the_maps_of_its_table(
    table: list[list[int]], bias: bool, stride: int, padding: int, side: int
) -> None:
    layer = MappedConv2d(table, (side, side + 1), stride, padding, bias, in_channels=6).double()
    images = torch.randn(2, 6, 9, 8, dtype=torch.double)
    output = layer(images)
    torch.testing.assert_close(output, map_by_map(layer, images), rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(layer(images[0]), output[0], rtol=1e-12, atol=1e-12)
    pairs = sum(map(len, table))
    assert layer.kernel.shape == (pairs, side, side + 1)
    learned = sum(each.numel() for each in layer.parameters())
    assert learned == pairs * side * (side + 1) + (len(table) if bias else 0)

    wanted = torch.autograd.grad(map_by_map(layer, images).sin().sum(), list(layer.parameters()))
    given = torch.autograd.grad(layer(images).sin().sum(), list(layer.parameters()))
    torch.testing.assert_close(given, wanted, rtol=1e-10, atol=1e-10)


def test_a_full_table_is_an_ordinary_convolution() -> None:
    layer = MappedConv2d([range(3)] * 4, 3)
    ordinary = nn.Conv2d(3, 4, 3)
    with torch.no_grad():
        ordinary.weight.copy_(layer.kernel.unflatten(0, (4, 3)))
        assert layer.bias is not None
        assert ordinary.bias is not None
        ordinary.bias.copy_(layer.bias)
    images = torch.randn(2, 3, 8, 8)
    torch.testing.assert_close(layer(images), ordinary(images))


def test_a_mapped_convolution_begins_as_pytorchs_do() -> None:
    """Uniform within ±1/√fan_in, where what a map reads is the kernels of its own row."""
    torch.manual_seed(0)
    layer = MappedConv2d([[0], list(range(100))], 10)
    one, many = layer.kernel[0], layer.kernel[1:]
    assert layer.bias is not None
    assert 0.09 < one.abs().max() <= 0.1
    assert 0.0099 < many.abs().max() <= 0.01
    assert layer.bias[0].abs() <= 0.1
    assert layer.bias[1].abs() <= 0.01
    assert abs(many.mean()) < 0.001


@pytest.mark.parametrize("build", [lenet1989, lenet5])
def test_a_network_made_on_meta_works_after_it_has_got_its_weights(build: object) -> None:
    """What isn't in the state has to come from elsewhere than from uninitialised memory."""
    real = build()  # type: ignore[operator]
    with torch.device("meta"):
        empty = build()  # type: ignore[operator]
    empty = empty.to_empty(device="cpu")
    empty.load_state_dict(real.state_dict())
    size = {"lenet1989": 16, "lenet5": 32}[build.__name__]  # type: ignore[attr-defined]
    images = torch.randn(3, 1, size, size)
    torch.testing.assert_close(empty(images), real(images))
    torch.testing.assert_close(copy.deepcopy(real)(images), real(images))


def test_h1_shares_its_kernel_and_sees_white_beyond_the_border() -> None:
    h1 = lenet1989().get_submodule("H1")
    with torch.no_grad():
        h1.get_parameter("bias.bias").normal_()
    images = torch.randn(2, 1, 16, 16)
    padded = F.pad(images, (2, 2, 2, 2), value=-1.0)
    found = F.conv2d(padded, h1.get_parameter("conv.kernel"), stride=2)
    expected = 1.7159 * torch.tanh(2 / 3 * (found + h1.get_parameter("bias.bias")))
    torch.testing.assert_close(h1(images), expected)
    assert expected.shape == (2, 12, 8, 8)


def test_each_map_of_h2_sees_8_of_12_and_each_map_of_h1_is_seen_8_times() -> None:
    assert [len(set(row)) for row in H2_SEES] == [8] * 12
    assert sorted(n for row in H2_SEES for n in row) == sorted([*range(12)] * 8)


def test_the_table_of_c3_is_the_papers() -> None:
    """Table I: six maps see three neighbours, six see four, three see four apart, one sees all."""
    assert [len(row) for row in C3_SEES] == [3] * 6 + [4] * 9 + [6]
    assert len({frozenset(row) for row in C3_SEES}) == 16

    def neighbours(row: tuple[int, ...]) -> bool:
        return any({(first + n) % 6 for n in range(len(row))} == set(row) for first in range(6))

    assert [neighbours(row) for row in C3_SEES] == [True] * 12 + [False] * 3 + [True]
    # the columns of Table I, from map 0 of S2 to map 5: how many maps of C3 see each
    assert [sum(n in row for row in C3_SEES) for n in range(6)] == [10] * 6


def test_subsampling_is_a_scaled_sum_with_a_bias() -> None:
    layer = Subsampling2d(3, (2, 3))
    images = torch.randn(2, 3, 8, 9)
    windows = images.unflatten(2, (4, 2)).unflatten(4, (3, 3))
    # it begins as the mean
    torch.testing.assert_close(layer(images), windows.mean(dim=(3, 5)))
    with torch.no_grad():
        layer.scale.copy_(torch.tensor([1.0, 2.0, 3.0]))
        layer.bias.copy_(torch.tensor([0.5, 0.0, -1.0]))
    by_hand = windows.sum(dim=(3, 5)) * torch.tensor([1.0, 2.0, 3.0])[:, None, None]
    by_hand += torch.tensor([0.5, 0.0, -1.0])[:, None, None]
    torch.testing.assert_close(layer(images), by_hand)
    assert layer(torch.zeros(3, 5, 7)).shape == (3, 2, 2)  # what fills no window is left out


def test_the_output_is_the_squared_distance_to_each_picture() -> None:
    centers = torch.randn(5, 7)
    given = torch.randn(3, 7)
    torch.testing.assert_close(RadialBasis(centers)(given), torch.cdist(given, centers) ** 2)


def test_lenet5_recognises_its_own_pictures() -> None:
    output = lenet5().get_submodule("output")
    centers = output.get_buffer("distance.centers")
    assert centers.shape == (10, 84)
    assert set(centers.flatten().tolist()) == {-1.0, 1.0}
    assert output(centers).argmin(dim=1).tolist() == list(range(10))
    # no two digits are nearly alike
    apart = torch.cdist(centers, centers) ** 2 / 4
    assert apart[~torch.eye(10, dtype=torch.bool)].min() >= 7
    one = [line.split()[1] for line in DIGITS.split("\n") if line]
    drawn = torch.tensor([[1.0 if ink == "#" else -1.0 for ink in row] for row in one])
    assert drawn.shape == (12, 7)
    torch.testing.assert_close(centers[1].view(12, 7), drawn)


def test_more_classes_than_digits_get_codes_that_stay_the_same() -> None:
    first, again = (lenet5(20).get_buffer("output.distance.centers") for _ in range(2))
    torch.testing.assert_close(first, again)
    assert len({tuple(row) for row in first.tolist()}) == 20
    torch.testing.assert_close(first[:10], lenet5().get_buffer("output.distance.centers"))


def test_the_squashing_function_is_1_at_1() -> None:
    points = torch.tensor([-1.0, 0.0, 1.0])
    torch.testing.assert_close(ScaledTanh()(points), points, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("build", "size"), [(lenet1989, 16), (lenet5, 32)])
def test_every_parameter_learns(build: object, size: int) -> None:
    torch.manual_seed(1)
    network = build()  # type: ignore[operator]
    images, labels = torch.randn(8, 1, size, size), torch.arange(8)
    optimizer = torch.optim.Adam(network.parameters(), lr=0.01)
    losses = []
    for _ in range(40):
        sign = -1 if build is lenet5 else 4  # the smallest distance is the answer there
        loss = F.cross_entropy(sign * network(images), labels)
        optimizer.zero_grad()
        loss.backward()
        assert all(each.grad is not None and each.grad.any() for each in network.parameters())
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.2 * losses[0]


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("kernel_size", [1, 2, 3, 5])
@pytest.mark.parametrize("size", [(6, 7), (9, 12)])
def test_uneven_padding_is_that_of_keras(
    size: tuple[int, int], kernel_size: int, stride: int
) -> None:
    import keras

    images = torch.randn(1, 1, *size)
    kernel = torch.randn(1, 1, kernel_size, kernel_size)
    layer = keras.layers.Conv2D(1, kernel_size, stride, padding="same", use_bias=False)
    layer.build((None, None, None, 1))
    layer.set_weights([kernel.permute(2, 3, 1, 0).numpy()])
    theirs = layer(images.permute(0, 2, 3, 1)).detach().permute(0, 3, 1, 2)
    ours = F.conv2d(PadAsSame(kernel_size, stride)(images), kernel, stride=stride)
    torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: MappedConv2d([], 3), "at least one input map"),
        (lambda: MappedConv2d([[0], []], 3), "at least one input map"),
        (lambda: MappedConv2d([[0, 0]], 3), "twice for one output map"),
        (lambda: MappedConv2d([[0, 3]], 3, in_channels=3), "in_channels must be .* at least 4"),
        (lambda: MappedConv2d([[-1]], 3), "table must be"),
        (lambda: MappedConv2d([["a"]], 3), "table must be"),  # type: ignore[list-item]
        (lambda: MappedConv2d([[0]], 0), "kernel_size"),
        (lambda: Subsampling2d(0), "channels must be"),
        (lambda: PositionBias(1, (2, 2, 2)), "size must be"),
        (lambda: PositionBias(2, 3)(torch.zeros(1, 2, 3, 4)), "has a bias for each of .2, 3, 3."),
    ],
)
def test_what_no_layer_can_be_is_said_in_a_sentence(build: object, words: str) -> None:
    with pytest.raises((ValueError, TypeError), match=words) as refused:
        build()  # type: ignore[operator]
    assert "\n" not in str(refused.value)
