"""The slow forms: each computes what the layer computes, in the way that its name says."""

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
from small_layers import LAYERS, image_for
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

from sharedconv.layers import (
    LocalConv,
    LocalConv2d,
    LocalConvTranspose,
    SharedConv,
    SharedConv2d,
    SharedConvTranspose,
    by_hand,
)

FORMS = [by_hand.loop_over_positions, by_hand.loop_over_taps, by_hand.im2col, by_hand.sparse_matrix]
BIASES = st.sampled_from([True, False, "channel"])


def assert_each_is(layer, case):
    image = case.image()
    wanted = output_and_gradients(layer, image, layer.parameters())
    for form in FORMS if layer.padding_mode == "zeros" else FORMS[:3]:
        assert_equal(output_and_gradients(partial(form, layer), image, layer.parameters()), wanted)


@tries(100)
@given(convolutions(largest=2))
def test_of_the_shared_layer(case):
    assert_each_is(SharedConv(case.ndim, **case.arguments), case)


@tries(100)
@given(transposed_convolutions())
def test_of_the_transposed_layer(case):
    assert_each_is(SharedConvTranspose(case.ndim, **case.arguments), case)


@tries(100)
@given(convolutions(largest=2), BIASES, st.booleans())
def test_of_the_local_layer(case, bias, tied):
    layer = LocalConv(case.ndim, input_size=case.size, **(case.arguments | {"bias": bias}))
    layer.tied = tied
    assert_each_is(layer, case)


@tries(100)
@given(transposed_convolutions(), BIASES, st.booleans())
def test_of_the_local_transposed_layer(case, bias, tied):
    options = case.arguments | {"input_size": case.size, "bias": bias}
    layer = LocalConvTranspose(case.ndim, **options)
    layer.tied = tied
    assert_each_is(layer, case)


class Watched(TorchDispatchMode):
    """Counts matrix products, and keeps how many numbers each new tensor has."""

    def __init__(self):
        super().__init__()
        self.products, self.sizes = 0, []

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        self.products += function.overloadpacket in (torch.ops.aten.mm, torch.ops.aten.bmm)
        before = {each.untyped_storage().data_ptr() for each in args if torch.is_tensor(each)}
        if torch.is_tensor(result) and result.untyped_storage().data_ptr() not in before:
            self.sizes.append(result.untyped_storage().nbytes() // 8)
        return result


@pytest.mark.parametrize("local", [False, True])
@pytest.mark.parametrize("transposed", [False, True])
def test_each_takes_the_steps_and_the_memory_that_it_says(local, transposed):
    layer = (SharedConvTranspose if transposed else SharedConv)(
        2, 4, 4, 3, padding=1, groups=2, dtype=torch.float64
    )
    if local:
        layer = (LocalConvTranspose if transposed else LocalConv).from_shared(layer, (10, 9))
    images = torch.randn(5, 4, 10, 9, dtype=torch.float64)
    steps = {by_hand.loop_over_positions: 90, by_hand.loop_over_taps: 9, by_hand.im2col: 1}
    for form, number in steps.items():
        with torch.no_grad(), Watched() as watched:
            form(layer, images)
        assert watched.products == number
        if form is by_hand.im2col:
            assert max(watched.sizes) == 9 * images.numel(), "a pixel for each tap"
        else:
            assert max(watched.sizes) <= 5 * 4 * 12 * 11, "nothing larger than the padded images"
        with FlopCounterMode(display=False) as counter:
            form(layer, images)
        assert counter.get_total_flops() == 2 * images.numel() * 9 * 2


@pytest.mark.parametrize("family", [LocalConv, LocalConvTranspose])
def test_the_loop_over_taps_makes_the_kernels_gradient_once(family):
    layer = family(2, 2, 2, 3, 9, bias=False, dtype=torch.float64)
    images = torch.randn(1, 2, 9, 9, dtype=torch.float64)
    output = by_hand.loop_over_taps(layer, images)
    with Watched() as watched:
        torch.autograd.grad(output, [layer.kernel], torch.ones_like(output))
    assert watched.sizes.count(layer.kernel.numel()) == 1, "not once for each tap"


def test_the_sparse_matrix_is_never_written_out():
    layer = SharedConv2d(1, 1, 3, padding=1, dtype=torch.float64)
    image = torch.randn(2, 1, 256, 256, dtype=torch.float64, requires_grad=True)
    found = output_and_gradients(partial(by_hand.sparse_matrix, layer), image, layer.parameters())
    # 34 GB written out, in the backward pass as well
    assert_equal(found, output_and_gradients(layer, image, layer.parameters()), within=1e-9)


@pytest.mark.filterwarnings("ignore:Complex modules:UserWarning")
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ["transposed 2d", "local 2d"])
def test_complex_numbers(form, name):
    layer = LAYERS[name]().to(torch.complex128)
    made = torch.Generator().manual_seed(0)
    image = torch.randn(2, 4, 5, 5, generator=made, dtype=torch.complex128, requires_grad=True)
    found = output_and_gradients(partial(form, layer), image, layer.parameters())
    assert_equal(found, output_and_gradients(layer, image, layer.parameters()))


@pytest.mark.parametrize("name", [name for name in LAYERS if "3d" not in name])
def test_autocast_lowers_their_precision_as_it_does_the_layers(name):
    layer = LAYERS[name]().float()
    image = image_for(layer).detach().float()
    with torch.autocast("cpu", torch.bfloat16):
        for form in FORMS[:3]:
            output = form(layer, image)
            assert output.dtype == torch.bfloat16
            torch.testing.assert_close(output, layer(image), rtol=0.05, atol=0.05)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", [name for name in LAYERS if "3d" not in name])
def test_with_no_image_in_the_batch_too(form, name):
    layer = LAYERS[name]()
    if form is by_hand.sparse_matrix and layer.padding_mode != "zeros":
        with pytest.raises(ValueError, match=rf"not '{layer.padding_mode}', with which"):
            form(layer, image_for(layer))
        return
    assert form(layer, image_for(layer)[:0]).shape == layer(image_for(layer)[:0]).shape


@pytest.mark.parametrize("form", FORMS)
def test_what_it_cannot_take_is_said_in_a_sentence(form):
    with pytest.raises(TypeError, match=rf"{form.__name__} takes a layer .*, not a Conv2d; .*\.$"):
        form(nn.Conv2d(3, 4, 3), torch.randn(2, 3, 5, 5))
    with pytest.raises(ValueError, match=r"in_channels=3, .* has 2 channels"):
        form(SharedConv2d(3, 4, 3), torch.randn(2, 2, 5, 5))
    with pytest.raises(ValueError, match=r"\(5, 5\), and got one of \(6, 5\)"):
        form(LocalConv2d(3, 4, 3, 5), torch.randn(3, 6, 5))
