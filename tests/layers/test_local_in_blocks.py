"""The quick way against the loop over taps: in few calls, in blocks, however things are stored."""

from functools import partial

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
from small_layers import AT_ONCE, in_blocks_of
from torch import nn

from sharedconv.layers import (
    LocalConv,
    LocalConv2d,
    LocalConvTranspose,
    LocalConvTranspose2d,
    places,
)
from sharedconv.layers.by_hand import loop_over_taps

FAMILIES = [LocalConv2d, LocalConvTranspose2d]


def stored(tensor, way):
    """The same numbers in another order in memory: of a learner's slices, or channels last."""
    if way == "channels last" and tensor.dim() > 2:
        return tensor.movedim(1, -1).contiguous().movedim(-1, 1)
    if way == "with gaps":
        wide = tensor.new_zeros(*tensor.shape[:-1], 2 * tensor.shape[-1])
        wide[..., ::2] = tensor
        return wide[..., ::2]
    return tensor.contiguous()


ROOMS = st.sampled_from([None, AT_ONCE, 1, 100, 400, 1500, 6000])
WAYS = st.sampled_from(["in order", "channels last", "with gaps"])
DTYPES = st.sampled_from([torch.float64, torch.float32, torch.complex128])


@st.composite
def layers_and_images(draw):
    """Any unshared layer and an image for it, each stored in any way, any of them frozen."""
    transposed = draw(st.booleans())
    case = draw(transposed_convolutions() if transposed else convolutions(largest=4))
    family = LocalConvTranspose if transposed else LocalConv
    dtype = draw(DTYPES)
    options = {"bias": draw(st.sampled_from([True, False, "channel"])), "dtype": dtype}
    layer = family(case.ndim, input_size=case.size, **(case.arguments | options))
    way = draw(st.sampled_from(["its own", "in order", "with gaps"]))
    if way != "its own":
        layer.kernel = nn.Parameter(stored(layer.kernel.detach(), way))
    if not draw(st.integers(0, 3)):
        layer.kernel.requires_grad_(False)
    image = torch.randn(draw(st.integers(1, 3)), layer.in_channels, *case.size, dtype=dtype)
    image = stored(image, draw(WAYS))
    return layer, image if draw(st.integers(0, 3)) else image[0]


@tries(300)
@given(layers_and_images(), ROOMS, st.booleans())
def test_outputs_and_gradients_are_those_of_the_loop_over_taps(pair, room, of_the_image):
    layer, image = pair
    image.requires_grad_(of_the_image)
    within = 1e-4 if image.dtype is torch.float32 else 1e-12
    wanted_of = [each for each in (image, *layer.parameters()) if each.requires_grad]
    if not wanted_of:
        layer.kernel.requires_grad_()
        wanted_of = [layer.kernel]
    first, *rest = wanted_of
    wanted = output_and_gradients(lambda _: loop_over_taps(layer, image), first, rest)
    with in_blocks_of(room):
        found = output_and_gradients(lambda _: layer(image), first, rest)
        assert_equal(found, wanted, within)
        with torch.no_grad():
            assert_equal([layer(image)], wanted[:1], within)


@tries(100)
@given(convolutions(), ROOMS, st.integers(1, 3))
def test_blocks_are_every_position_once_and_fit_the_room(case, room, threads):
    layer = LocalConv(case.ndim, input_size=case.size, **case.arguments)
    window = layer.in_channels * layer.places.taps * 8
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        with in_blocks_of(room):
            found = layer.places.blocks(window, torch.device("cpu"))
            room = places.BLOCK
    finally:
        torch.set_num_threads(before)
    numbers = torch.arange(layer.places.count).reshape(1, 1, *layer.positions)
    for block in found:
        assert block.count * window <= threads * room or block.count <= threads
        inside = torch.arange(layer.places.count)[block.numbers]
        assert torch.equal(numbers[block.where].flatten(), inside)
    every = [n for block in found for n in range(block.numbers.start, block.numbers.stop)]
    assert every == list(range(layer.places.count))


def test_small_rooms_make_many_blocks_and_smaller_ones_at_the_edge():
    layer = LocalConv2d(2, 3, 3, (9, 9))
    with in_blocks_of(2 * 9 * 4 * 3):  # of three windows
        found = layer.places.blocks(2 * 9 * 4, torch.device("cpu"))
    assert {block.sizes for block in found} == {(1, 3), (1, 1)}
    with in_blocks_of(2 * 9 * 4 * 14):
        found = layer.places.blocks(2 * 9 * 4, torch.device("cpu"))
    assert [block.sizes for block in found] == [(2, 7), (2, 7), (2, 7), (1, 7)]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("room", [None, AT_ONCE, 300])
class TestBothWays:
    @pytest.mark.parametrize("groups", [1, 2])
    def test_no_image_one_image_and_an_image_without_a_batch(self, family, room, groups):
        layer = family(4, 6, 3, 5, groups=groups, dtype=torch.float64)
        images = torch.randn(3, 4, 5, 5, dtype=torch.float64, requires_grad=True)
        with in_blocks_of(room):
            output = layer(images)
            for n, image in enumerate(images):
                assert_equal([layer(image), layer(image[None])[0]], [output[n]] * 2)
            none = layer(images[:0])
            assert none.shape == (0, *output.shape[1:])
            by_image, by_kernel = torch.autograd.grad(none.sum(), [images, layer.kernel])
        assert not by_image.any()
        assert not by_kernel.any()
        assert by_kernel.shape == layer.kernel.shape

    def test_one_image_in_single_precision(self, family, room):
        layer = family(4, 6, 3, 5, padding=1)
        image = torch.randn(1, 4, 5, 5, requires_grad=True)
        wanted = output_and_gradients(partial(loop_over_taps, layer), image, layer.parameters())
        with in_blocks_of(room):
            found = output_and_gradients(layer, image, layer.parameters())
        assert_equal(found, wanted, within=1e-5)

    def test_the_output_is_stored_as_the_image_is(self, family, room):
        layer = family(4, 6, 3, 5)
        image = torch.randn(3, 4, 5, 5)
        last = image.to(memory_format=torch.channels_last)
        with in_blocks_of(room):
            assert layer(image).is_contiguous()
            assert layer(last).is_contiguous(memory_format=torch.channels_last)
            assert layer(image[0]).is_contiguous()
            torch.testing.assert_close(layer(last), layer(image))

    def test_the_kernels_gradient_is_stored_as_the_kernel_is(self, family, room):
        layer = family(4, 6, 3, 5, stride=2, groups=2)
        with in_blocks_of(room):
            layer(torch.randn(3, 4, 5, 5)).sum().backward()
        assert layer.kernel.grad.stride() == layer.kernel.stride()
        ways = sorted(range(layer.kernel.dim()), key=lambda axis: -layer.kernel.stride(axis))
        assert ways == [0, 1, 4, 5, 3, 2], "each position's kernel in one piece"

    def test_only_what_is_asked_for_is_computed(self, family, room):
        layer = family(4, 6, 3, 5)
        image = torch.randn(3, 4, 5, 5)
        with in_blocks_of(room):
            layer.requires_grad_(False)
            assert not layer(image).requires_grad
            layer.kernel.requires_grad_()
            layer(image).sum().backward()
            assert image.grad is layer.bias.grad is None
            with torch.inference_mode():
                assert layer(image).is_inference()

    def test_an_image_is_left_as_it_was(self, family, room):
        layer = family(4, 6, 3, 5, bias="channel", padding=1)
        image = torch.randn(3, 4, 5, 5, requires_grad=True)
        with torch.no_grad():
            before, kernel = image.clone(), layer.kernel.clone()
        with in_blocks_of(room):
            layer(image).sum().backward()
            # An output is the caller's own to write to.
            layer(image).detach().zero_()
        assert torch.equal(image, before)
        assert torch.equal(layer.kernel, kernel)


@pytest.mark.parametrize("family", FAMILIES)
def test_with_two_threads_as_with_one(family):
    layer = family(4, 6, 3, 9, padding=1, dtype=torch.float64)
    image = torch.randn(3, 4, 9, 9, dtype=torch.float64, requires_grad=True)
    wanted = output_and_gradients(partial(loop_over_taps, layer), image, layer.parameters())
    torch.set_num_threads(2)
    try:
        with in_blocks_of(2000):
            assert_equal(output_and_gradients(layer, image, layer.parameters()), wanted)
    finally:
        torch.set_num_threads(1)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("room", [None, AT_ONCE, 300])
def test_whatever_the_default_device_is_the_numbers_are_where_the_image_is(family, room):
    layer = family(4, 6, 3, 5)
    for batch in (1, 2):
        image = torch.randn(batch, 4, 5, 5, requires_grad=True)
        with in_blocks_of(room):
            wanted = output_and_gradients(layer, image, layer.parameters())
            with torch.device("meta"):
                output = layer(image)
                found = torch.autograd.grad(
                    output, [image, *layer.parameters()], torch.ones_like(output, device="cpu")
                )
            by_ones = torch.autograd.grad(layer(image).sum(), [image, *layer.parameters()])
        assert_equal([output, *found], [wanted[0], *by_ones], within=1e-5)
