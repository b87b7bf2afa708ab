"""From one kernel to many and back: the same function, and gradients that add up to the shared."""

import itertools

import pytest
import torch
from conv_cases import (
    assert_equal,
    convolutions,
    output_and_gradients,
    transposed_convolutions,
    tries,
)
from hypothesis import given, strategies as st
from torch import nn

from sharedconv import layers
from sharedconv.layers import (
    LocalConv,
    LocalConv1d,
    LocalConv2d,
    LocalConvTranspose,
    LocalConvTranspose2d,
    SharedConv,
    SharedConv2d,
    SharedConvTranspose,
    SharedConvTranspose2d,
)

BIASES = st.sampled_from([True, "channel"])
SWITCHES = [(SharedConv2d, LocalConv2d), (SharedConvTranspose2d, LocalConvTranspose2d)]


@st.composite
def shared_layers(draw):
    """A shared layer, transposed or not, its case, and the class of the same without sharing."""
    if draw(st.booleans()):
        case = draw(transposed_convolutions())
        return SharedConvTranspose(case.ndim, **case.arguments), case, LocalConvTranspose
    case = draw(convolutions())
    return SharedConv(case.ndim, **case.arguments), case, LocalConv


@tries(300)
@given(shared_layers(), BIASES)
def test_a_copy_of_the_shared_kernel_at_every_position_computes_the_same(drawn, bias):
    shared, case, family = drawn
    local = family.from_shared(shared, case.size, bias=bias)
    image = case.image()
    output, by_image, by_kernel, *by_bias = output_and_gradients(shared, image, shared.parameters())
    found, found_by_image, found_by_kernel, *found_by_bias = output_and_gradients(
        local, image, local.parameters()
    )
    assert_equal([found, found_by_image], [output, by_image])
    # The lesson's proof: the shared kernel's gradient is the sum of all positions' gradients.
    assert_equal([found_by_kernel.sum(tuple(range(case.ndim)))], [by_kernel])
    assert_equal(
        [each.flatten(1).sum(1) if bias is True else each for each in found_by_bias], by_bias
    )


@tries(120)
@given(shared_layers(), BIASES)
def test_tied_every_position_receives_the_shared_gradient(drawn, bias):
    shared, case, family = drawn
    local = family.from_shared(shared, case.size, bias=bias, tied=True)
    image = case.image()
    wanted = output_and_gradients(shared, image, shared.parameters())
    found = output_and_gradients(local, image, local.parameters())
    assert_equal(found[:2], wanted[:2])
    assert_equal([found[2]], [wanted[2].expand(local.kernel.shape)])
    if shared.bias is not None:
        column = wanted[3].reshape(-1, *(1,) * (local.bias.dim() - 1))
        assert_equal([found[3]], [column.expand(local.bias.shape)])


@tries(120)
@given(shared_layers(), BIASES)
def test_there_and_back_is_the_same_layer(drawn, bias):
    shared, case, family = drawn
    back = family.from_shared(shared, case.size, bias=bias).to_shared()
    assert type(back) is type(shared)
    assert repr(back) == repr(shared)
    assert [name for name, _ in back.named_parameters()] == [
        name for name, _ in shared.named_parameters()
    ]
    assert_equal(back.parameters(), shared.parameters(), within=0)
    image = case.image()
    assert torch.equal(back(image), shared(image))


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("kind", ["Conv", "ConvTranspose"])
def test_back_and_there_is_the_same_layer(n, kind):
    shared_class = getattr(layers, f"Shared{kind}{n}d")
    local_class = getattr(layers, f"Local{kind}{n}d")
    one = shared_class(2, 4, 2, stride=2, groups=2, dtype=torch.float64)
    local = local_class.from_shared(one, 5)
    again = local_class.from_shared(local.to_shared(), 5)
    assert type(local.to_shared()) is shared_class
    assert type(again) is local_class
    assert repr(again) == repr(local)
    assert_equal(again.parameters(), local.parameters(), within=0)
    assert again.kernel.stride() == local.kernel.stride()


def step(layer, optimizer, images, labels, times=3):
    steps = optimizer(layer.parameters(), lr=0.05)
    for _ in range(times):
        steps.zero_grad()
        (layer(images) - labels).square().mean().backward()
        steps.step()


@pytest.mark.parametrize("optimizer", [torch.optim.SGD, torch.optim.Adam])
@pytest.mark.parametrize(("shared_class", "family"), SWITCHES)
def test_training_tied_positions_is_training_the_shared_kernel(optimizer, shared_class, family):
    torch.manual_seed(0)
    shared = shared_class(2, 3, 3, padding=1, stride=2, dtype=torch.float64)
    tied = family.from_shared(shared, (6, 5), tied=True)
    loose = family.from_shared(shared, (6, 5))
    images = torch.randn(4, 2, 6, 5, dtype=torch.float64)
    labels = torch.randn(shared(images).shape, dtype=torch.float64)
    for layer in (shared, tied, loose):
        step(layer, optimizer, images, labels)
    assert_equal([tied(images)], [shared(images)], within=1e-9)
    assert_equal([tied.kernel], [shared.kernel.expand_as(tied.kernel)], within=1e-9)
    assert (loose(images) - shared(images)).abs().max() > 1e-3, "untied, positions go their own way"
    back = tied.to_shared(tolerance=1e-9)
    assert_equal(back.parameters(), shared.parameters(), within=1e-9)
    with pytest.raises(ValueError, match="differs from the one at position"):
        loose.to_shared(tolerance=1e-9)


@pytest.mark.parametrize(("shared_class", "family"), SWITCHES)
def test_from_shared_keeps_dtype_device_and_what_is_trained(shared_class, family):
    shared = shared_class(2, 3, 3, dtype=torch.float64).eval()
    shared.kernel.requires_grad_(False)
    state = torch.random.get_rng_state()
    with torch.no_grad():
        local = family.from_shared(shared, 5)
        back = local.to_shared()
    assert torch.equal(torch.random.get_rng_state(), state), "conversion draws random numbers"
    assert type(local) is family
    for each in (local, back):
        assert each.kernel.dtype == each.bias.dtype == torch.float64
        assert not each.kernel.requires_grad
        assert each.bias.requires_grad
        assert not each.training
        assert each.kernel.is_leaf
    assert family.from_shared(shared_class(2, 3, 3, device="meta"), 5).kernel.is_meta
    # A single position: its kernel is still a copy, there and back.
    one = (
        family.from_shared(shared, 1, bias="channel")
        if family.transposed
        else (family.from_shared(shared, 3, bias="channel"))
    )
    assert one.kernel.data_ptr() != shared.kernel.data_ptr()
    assert one.bias.data_ptr() != shared.bias.data_ptr()
    again = one.to_shared()
    assert again.kernel.data_ptr() != one.kernel.data_ptr()
    assert again.bias.data_ptr() != one.bias.data_ptr()


@pytest.mark.parametrize("family", [LocalConv2d, LocalConvTranspose2d])
def test_to_shared_names_the_first_position_that_differs(family):
    layer = family.from_shared(family.shared_form(2, 3, 3, dtype=torch.float64), (5, 6))
    positions = [*itertools.product(*map(range, layer.positions))]
    assert positions[-1] == ((4, 5) if family.transposed else (2, 3))
    with torch.no_grad():
        for number in (len(positions) - 1, 7, 3):  # each before the one that was first
            position = positions[number]
            layer.kernel[(*position, 1, 0, 2, 1)] += 0.25
            with pytest.raises(ValueError, match=r"^the kernel at position ") as caught:
                layer.to_shared(tolerance=0.125)
            assert f"at position {position} differs from the one at position (0, 0) by 0.25, " in (
                str(caught.value)
            )
            assert f"so no {family.shared_form.__name__} computes the same." in str(caught.value)
        layer.to_shared(tolerance=0.25 + 1e-9)
        layer.kernel[(*positions[2], 0, 0, 0, 0)] = float("nan")
        with pytest.raises(ValueError, match=r"at position \(0, 2\) .* by nan,"):
            layer.to_shared(tolerance=1e9)


@pytest.mark.parametrize("family", [LocalConv2d, LocalConvTranspose2d])
def test_to_shared_names_a_bias_that_differs_too(family):
    layer = family.from_shared(family.shared_form(2, 3, 3, dtype=torch.float64), (5, 6))
    with torch.no_grad():
        layer.bias[1, 2, 3] -= 0.5
        layer.bias[2, 1, 3] += 0.75
    with pytest.raises(ValueError, match=r"^the bias at position \(1, 3\) differs .* by 0\.75, "):
        layer.to_shared()
    with pytest.raises(ValueError, match=r"^the bias at position \(1, 3\) .* tolerance of 0\.6,"):
        layer.to_shared(tolerance=0.6)
    shared = layer.to_shared(tolerance=0.75)
    assert_equal([shared.bias], [layer.bias.flatten(1).mean(1)])
    layer = family.from_shared(family.shared_form(2, 3, 3), (5, 6), bias="channel")
    assert torch.equal(layer.to_shared().bias, layer.bias), "one for all as it is"


def test_within_the_tolerance_the_shared_kernel_is_the_mean():
    layer = LocalConv1d.from_shared(layers.SharedConv1d(2, 3, 2, dtype=torch.float64), 5)
    with torch.no_grad():
        layer.kernel += 1e-6 * torch.rand(layer.kernel.shape, dtype=torch.float64)
    with pytest.raises(ValueError, match="the kernel at position"):
        layer.to_shared()
    shared = layer.to_shared(tolerance=1e-6)
    assert_equal([shared.kernel], [layer.kernel.mean(0)])
    image = torch.randn(2, 2, 5, dtype=torch.float64)
    assert_equal([shared(image)], [layer(image)], within=1e-5)


def test_a_learners_own_subclass_can_be_copied_into():
    class Named(LocalConv1d):
        pass

    shared = layers.SharedConv1d(2, 3, 3)
    assert type(Named.from_shared(shared, 7)) is Named
    assert type(Named.from_shared(shared, 7).to_shared()) is layers.SharedConv1d


def test_what_cannot_be_copied_is_refused_in_a_sentence():
    conv, back = SharedConv2d(3, 4, 3), SharedConvTranspose2d(3, 4, 3, padding=2)
    for other in (nn.Conv2d(3, 4, 3), back, LocalConv2d(3, 4, 3, 8)):
        with pytest.raises(TypeError, match=rf"copies a SharedConv, not a {type(other).__name__};"):
            LocalConv2d.from_shared(other, 8)
    for other in (nn.ConvTranspose2d(3, 4, 3), conv, LocalConvTranspose2d(3, 4, 3, 8)):
        with pytest.raises(
            TypeError, match=rf"copies a SharedConvTranspose, not a {type(other).__name__};"
        ):
            LocalConvTranspose2d.from_shared(other, 8)
    for family, shared, sentence in (
        (LocalConv2d, conv, r"kernel spans 3"),
        (LocalConvTranspose2d, back, r"\(1, 1\) into an output of \(-1, -1\)"),
    ):
        with pytest.raises(ValueError, match=r"bias=False"):
            family.from_shared(shared, 8, bias=False)
        with pytest.raises(ValueError, match=r"'position'"):
            family.from_shared(shared, 8, bias="position")
        with pytest.raises(ValueError, match=sentence):
            family.from_shared(shared, 1)
    with pytest.raises(ValueError, match=r"kernel_size .* not \(3, 3\)"):
        LocalConv1d.from_shared(conv, 8)


@pytest.mark.parametrize(
    ("tolerance", "kind"),
    [(float("nan"), ValueError), (-1, ValueError), ("a", TypeError), (None, TypeError)],
)
def test_a_tolerance_is_a_number_of_at_least_zero(tolerance, kind):
    for layer in (LocalConv2d(2, 3, 3, 6), LocalConv2d.from_shared(SharedConv2d(2, 3, 3), 6)):
        with pytest.raises(kind, match=rf"^tolerance .* at least 0, not {tolerance!r}\.$"):
            layer.to_shared(tolerance)


@pytest.mark.parametrize("family", [LocalConv2d, LocalConvTranspose2d])
def test_infinite_everywhere_is_alike_and_what_is_no_number_is_like_nothing(family):
    for name in ("kernel", "bias"):
        shared = family.shared_form(2, 3, 3)
        with torch.no_grad():
            shared.get_parameter(name).flatten()[1] = float("-inf")
        local = family.from_shared(shared, 6)
        assert_equal(local.to_shared().parameters(), shared.parameters(), within=0)
        with torch.no_grad():
            shared.get_parameter(name).flatten()[1] = float("nan")
        with pytest.raises(ValueError, match=rf"^the {name} at position \(0, 0\) holds nan"):
            family.from_shared(shared, 6).to_shared()


def test_without_numbers_nothing_is_compared():
    with pytest.raises(ValueError, match="on the device 'meta' there are none"):
        LocalConv2d(2, 3, 3, 6, device="meta").to_shared()
