"""The layers as modules among others: whatever PyTorch does with a module, it does with these."""

import copy
import pickle

import pytest
import torch
from conv_cases import assert_equal, convolutions, transposed_convolutions, tries
from hypothesis import given
from small_layers import AT_ONCE, LOCAL, gradients, image_for, in_blocks_of
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils.flop_counter import FlopCounterMode

from sharedconv import Conv
from sharedconv.layers import (
    LocalConv,
    LocalConv2d,
    LocalConvTranspose,
    LocalConvTranspose2d,
    SharedConv,
    SharedConv2d,
    SharedConvTranspose,
    by_hand,
    conv_matrix,
    to_torch,
)


def test_copies_and_states_compute_the_same(layer):
    image = image_for(layer)
    expected = layer(image)
    for twin in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        assert torch.equal(twin(image), expected)
        assert repr(twin) == repr(layer)
        for ours, theirs in zip(twin.parameters(), layer.parameters(), strict=True):
            assert ours.data_ptr() != theirs.data_ptr()
            assert ours.stride() == theirs.stride()
        with torch.no_grad():
            twin.kernel.zero_()
        assert torch.equal(layer(image), expected)
    other = copy.deepcopy(layer)
    other.reset_parameters()
    assert not torch.equal(other(image), expected)
    other.load_state_dict(layer.state_dict())
    assert torch.equal(other(image), expected)
    assert set(layer.state_dict()) <= {"kernel", "bias"}


@pytest.mark.parametrize("name", [name for name in LOCAL if name != "tied"])
def test_a_state_from_elsewhere_is_loaded_into_the_layers_own_order(name):
    layer, other = LOCAL[name](), LOCAL[name]()
    state = {key: value.contiguous() for key, value in layer.state_dict().items()}
    assert state["kernel"].stride() != layer.kernel.stride()
    before = other.kernel.stride()
    other.load_state_dict(state)
    assert other.kernel.stride() == before
    image = image_for(layer)
    assert torch.equal(other(image), layer(image))
    other.load_state_dict(state, assign=True)  # in the order in which the state has it
    assert other.kernel.is_contiguous()
    assert_equal([other(image), *gradients(other, image)], [layer(image), *gradients(layer, image)])


def test_on_the_device_meta_it_has_shapes_only(layer):
    output = layer(image_for(layer))
    empty = copy.deepcopy(layer).to("meta")
    for image in (image_for(layer), image_for(layer)[0]):
        there = empty(image.to("meta"))
        assert there.is_meta
        assert there.shape == output.shape[-there.dim() :]
    there = image_for(layer).detach().to("meta").requires_grad_()
    assert all(each.is_meta for each in gradients(empty, there))


def test_a_layer_too_large_for_any_memory_is_made_on_the_device_meta():
    layer = LocalConv2d(512, 512, 3, input_size=512, padding=1, device="meta")
    assert layer.kernel.numel() == 512**4 * 9
    assert layer(torch.empty(1, 512, 512, 512, device="meta")).shape == (1, 512, 512, 512)
    back = LocalConvTranspose2d(512, 512, 3, input_size=512, stride=2, device="meta")
    assert back(torch.empty(1, 512, 512, 512, device="meta")).shape == (1, 512, 1025, 1025)
    with torch.device("meta"):
        assert SharedConv2d(1, 1, 3).kernel.is_meta
        assert LocalConv2d(1, 1, 3, 5).kernel.is_meta


@pytest.mark.parametrize("room", [None, AT_ONCE, 1000])
def test_autocast_lowers_the_precision_as_it_does_for_torch(layer, room):
    layer = layer.float()
    image = image_for(layer).detach().float().requires_grad_()
    with in_blocks_of(room):
        with torch.autocast("cpu", torch.bfloat16):
            output = layer(image)
        assert output.dtype == torch.bfloat16
        if layer.shares_kernel:
            with torch.autocast("cpu", torch.bfloat16):
                assert torch.equal(output, to_torch(layer)(image))
        exact = layer(image)
        torch.testing.assert_close(output.float(), exact, rtol=0.02, atol=0.05)
        found = torch.autograd.grad(output.float().square().mean(), [image, *layer.parameters()])
        wanted = torch.autograd.grad(exact.square().mean(), [image, *layer.parameters()])
    for ours, theirs in zip(found, wanted, strict=True):
        assert ours.dtype == torch.float32
        assert (ours - theirs).abs().max() <= 0.02 * theirs.abs().max()


def test_autocast_with_a_single_channel_and_in_double_precision():
    with torch.autocast("cpu", torch.bfloat16):
        for family in (LocalConv2d, LocalConvTranspose2d):
            assert family(1, 1, 1, 3)(torch.randn(1, 1, 3, 3)).dtype == torch.bfloat16
            double = family(1, 1, 1, 3, dtype=torch.float64)
            assert double(torch.randn(1, 1, 3, 3).double()).dtype == torch.float64


def multiplied_as_often_as_the_rule_says(shared, family, case):
    """Shared or not, in few calls or in blocks: a multiplication and an addition each."""
    names = ("kernel_size", "stride", "padding", "dilation", "groups", "transposed")
    options = {name: getattr(shared, name) for name in names}
    if shared.transposed:
        options["output_padding"] = shared.output_padding
    rule = Conv(shared.in_channels, shared.out_channels, input_size=case.size, **options)
    image = case.image().detach().float()
    for room, layer in (
        (None, shared),
        (None, family.from_shared(shared, case.size)),
        (AT_ONCE, family.from_shared(shared, case.size)),
        (200, family.from_shared(shared, case.size)),
    ):
        with in_blocks_of(room), FlopCounterMode(display=False) as counter:
            layer(image)
        assert counter.get_total_flops() == 2 * max(1, case.batch) * rule.mult_adds()


@tries(80)
@given(convolutions(modes=("zeros",)))
def test_it_multiplies_as_often_as_the_rule_says(case):
    case.arguments["dtype"] = torch.float32
    shared = SharedConv(case.ndim, **case.arguments)
    multiplied_as_often_as_the_rule_says(shared, LocalConv, case)


@tries(80)
@given(transposed_convolutions())
def test_transposed_it_multiplies_as_often_as_the_rule_says(case):
    case.arguments["dtype"] = torch.float32
    shared = SharedConvTranspose(case.ndim, **case.arguments)
    multiplied_as_often_as_the_rule_says(shared, LocalConvTranspose, case)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_on_a_gpu_it_computes_the_same(layer):
    image = image_for(layer)
    moved, there = copy.deepcopy(layer).cuda(), image.detach().cuda().requires_grad_()
    found, wanted = gradients(moved, there), gradients(layer, image)
    assert_equal(
        [moved(there).cpu(), *(each.cpu() for each in found)], [layer(image), *wanted], 1e-9
    )
    for ours, theirs in zip(moved.parameters(), layer.parameters(), strict=True):
        assert ours.stride() == theirs.stride()
    if layer.padding_mode == "zeros":
        found = conv_matrix(moved, 5)
        assert found.matrix.is_cuda
        assert found.distinct_entries == conv_matrix(layer, 5).distinct_entries


@pytest.mark.parametrize("room", [None, AT_ONCE, 300])
def test_after_a_look_at_its_shapes_on_meta_it_takes_numbers_in_any_order(room):
    layer = LocalConv2d(2, 3, 3, 6)
    state = {name: value.contiguous() for name, value in layer.state_dict().items()}
    waits = LocalConv2d(2, 3, 3, 6, device="meta")
    empty = {name: value.to("meta") for name, value in state.items()}
    image = torch.randn(2, 2, 6, 6)
    with in_blocks_of(room):
        waits.load_state_dict(empty, assign=True)
        waits(image.to("meta"))
        waits.load_state_dict(state, assign=True)
        torch.testing.assert_close(waits(image), layer(image))


@pytest.mark.filterwarnings("error")
def test_without_memory_nobody_asks_for_its_address():
    with FakeTensorMode():
        layer = LocalConv2d(16, 32, 3, 40)
        layer(torch.randn(2, 16, 40, 40)).sum().backward()
        assert layer.kernel.grad.shape == layer.kernel.shape


@pytest.mark.filterwarnings("ignore:Complex modules")
@pytest.mark.parametrize("room", [None, AT_ONCE, 300])
@pytest.mark.parametrize(("family", "shared"), [(LocalConv2d, SharedConv2d)])
def test_autocast_lowers_what_it_lowers_for_torchs_own_layers(family, shared, room):
    layers = [family(2, 3, 3, 6), shared(2, 3, 3)]
    image = torch.randn(2, 2, 6, 6)
    with torch.autocast("cpu", torch.bfloat16), in_blocks_of(room):
        for dtype in (torch.complex64, torch.float64, torch.float16):
            outputs = [copy.deepcopy(each).to(dtype)(image.to(dtype)) for each in layers]
            assert outputs[0].dtype == outputs[1].dtype
        complex_ = copy.deepcopy(layers[0]).to(torch.complex64)
        mixed = image + 1j * image
        torch.testing.assert_close(complex_(mixed), by_hand.loop_over_taps(complex_, mixed))
        for each in layers:  # numbers that it doesn't lower, by numbers that it does
            for other in (image.int(), image.double()):
                with pytest.raises((TypeError, RuntimeError)):
                    each(other)


@pytest.mark.parametrize("name", LOCAL)
def test_a_memory_format_for_images_leaves_its_parameters_stored_as_they_are(name):
    for form in (torch.channels_last, torch.channels_last_3d):
        layer = LOCAL[name]()
        before = [each.stride() for each in layer.parameters()]
        chain = torch.nn.Sequential(copy.deepcopy(layer)).to(memory_format=form)
        assert [each.stride() for each in chain.parameters()] == before
        image = image_for(layer)
        image.grad = None
        chain[0](image).sum().backward()
        chain.to(dtype=torch.float32, memory_format=form)
        assert [each.stride() for each in chain.parameters()] == before
        assert [each.grad.dtype for each in chain.parameters()] == [torch.float32] * len(before)
        torch.testing.assert_close(chain[0](image.float()), layer(image).float())
