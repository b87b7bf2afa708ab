"""A layer made without input_size takes the first input's, and until then waits."""

import copy
import io
import pickle

import pytest
import torch
from conv_cases import assert_equal
from torch import nn
from torch.nn.parameter import UninitializedParameter

from sharedconv.layers import (
    LocalConv,
    LocalConv1d,
    LocalConv2d,
    LocalConv3d,
    LocalConvTranspose,
    LocalConvTranspose1d,
    LocalConvTranspose2d,
    LocalConvTranspose3d,
    by_hand,
    conv_matrix,
    memory,
)

FAMILIES = [LocalConv2d, LocalConvTranspose2d]
FIXED = [
    *(LocalConv1d, LocalConv2d, LocalConv3d),
    *(LocalConvTranspose1d, LocalConvTranspose2d, LocalConvTranspose3d),
]


def waits(layer):
    return (
        layer.input_size is None
        and type(layer.kernel) is UninitializedParameter
        and "input_size=None" in repr(layer)
    )


@pytest.fixture(params=FAMILIES)
def family(request):
    return request.param


@pytest.fixture
def image():
    return torch.randn(2, 3, 5, 6, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("fixed", FIXED)
@pytest.mark.parametrize("batch", [(2,), ()])
def test_the_first_input_decides(fixed, batch):
    layer = fixed(3, 8, 3, dilation=2, padding=1)
    image = torch.randn(*batch, 3, *(5, 6, 7)[: layer.ndim])
    assert waits(layer)
    torch.manual_seed(1)
    output = layer(image)
    torch.manual_seed(1)
    same = fixed(3, 8, 3, image.shape[-layer.ndim :], dilation=2, padding=1)
    assert torch.equal(output, same(image))
    assert torch.equal(layer(image), output)
    assert type(layer) is fixed
    assert type(layer.kernel) is nn.Parameter
    assert repr(layer) == repr(same)
    assert layer.kernel.stride() == same.kernel.stride()
    assert layer.kernel.requires_grad
    assert layer.bias.shape == same.bias.shape == same.bias_shape
    assert not layer._forward_pre_hooks, "nothing looks for a first input any more"
    with pytest.raises(ValueError, match="has one kernel per position of an input of"):
        layer(torch.randn(2, 3, *(9,) * layer.ndim))


def test_the_general_classes_wait_too():
    for general, options in ((LocalConv, {"padding": "same"}), (LocalConvTranspose, {})):
        layer = general(1, 2, 3, 3, bias="channel", **options)
        assert waits(layer)
        assert layer(torch.randn(1, 2, 7)).shape == (1, 3, 9 if general.transposed else 7)
        assert layer.bias.shape == (3,)
        assert general(1, 2, 3, 3, bias=False)(torch.randn(1, 2, 7)).requires_grad


def test_a_chain_of_waiting_layers_settles_at_the_first_input(image):
    chain = nn.Sequential(LocalConv2d(3, 4, 3), nn.ReLU(), LocalConvTranspose2d(4, 2, 3, stride=2))
    assert chain(image).shape == (2, 2, 7, 9)
    assert [chain[0].input_size, chain[2].input_size] == [(5, 6), (3, 4)]


def test_device_and_dtype(family, image):
    layer = family(3, 8, 3, dtype=torch.float64)
    layer(image.double())
    assert layer.kernel.dtype == layer.bias.dtype == torch.float64
    layer = family(3, 8, 3).double()
    layer(image.double())
    assert layer.kernel.dtype == layer.bias.dtype == torch.float64
    empty = family(3, 8, 3, device="meta")
    assert empty(image.to("meta")).is_meta
    assert empty.kernel.is_meta
    assert empty.bias.is_meta


@pytest.mark.parametrize("optimizer", [torch.optim.SGD, torch.optim.Adam])
def test_an_optimizer_may_come_first(optimizer, family, image):
    layer = family(3, 8, 3)
    steps = optimizer(layer.parameters(), lr=0.1)
    torch.manual_seed(0)
    layer(image).square().mean().backward()
    torch.manual_seed(0)
    same = family(3, 8, 3, (5, 6))
    same(image).square().mean().backward()
    steps.step()
    optimizer(same.parameters(), lr=0.1).step()
    assert_equal(layer.parameters(), same.parameters(), within=1e-6)


@pytest.mark.parametrize("saved", ["waited", "made"])
@pytest.mark.parametrize("loading", ["waiting", "waited", "made"])
def test_a_state_goes_from_any_to_any(saved, loading, family, image):
    def made(how):
        layer = family(3, 8, 3, **({"input_size": (5, 6)} if how == "made" else {}))
        if how == "waited":
            layer(image)
        return layer

    source, target = made(saved), made(loading)
    file = io.BytesIO()
    torch.save(source.state_dict(), file)
    file.seek(0)
    target.load_state_dict(torch.load(file))
    assert_equal(target.parameters(), source.parameters(), within=0)
    assert torch.equal(target(image), source(image))
    assert_equal(target.parameters(), source.parameters(), within=0)
    assert target.kernel.stride() == source.kernel.stride(), "stored as the layer stores it"


def test_a_waiting_state_loaded_into_a_waiting_layer_leaves_it_waiting(family, image):
    layer = family(3, 8, 3)
    layer.load_state_dict(family(3, 8, 3).state_dict())
    assert waits(layer)
    assert layer(image).shape[:2] == (2, 8)


def test_what_a_state_leaves_out_is_drawn(family, image):
    whole = family(3, 8, 3, (5, 6))
    for name in ("kernel", "bias"):
        other = {"kernel": "bias", "bias": "kernel"}[name]
        layer = family(3, 8, 3)
        layer.load_state_dict({name: whole.state_dict()[name]}, strict=False)
        torch.manual_seed(7)
        layer(image)
        assert torch.equal(getattr(layer, name), getattr(whole, name))
        bound = 1 / ((8 if layer.transposed else 3) * 9) ** 0.5
        assert 0 < getattr(layer, other).abs().max() <= bound, "not what was left in the memory"


def test_a_state_that_does_not_fit_the_first_input_is_said_in_a_sentence(family, image):
    smaller = family(3, 8, 3, 5)
    for state, name in (
        (smaller.state_dict(), "kernel"),
        (family(3, 8, 3, (5, 6), bias="channel").state_dict(), "bias"),
    ):
        layer = family(3, 8, 3)
        layer.load_state_dict(state)
        shape = tuple(state[name].shape)
        with pytest.raises(ValueError, match=rf"^the {name} loaded into this ") as caught:
            layer(image)
        assert str(shape) in str(caught.value)
        assert "(2, 3, 5, 6)" in str(caught.value)
        assert str(caught.value).endswith(".")
        assert layer.input_size is None
    layer = family(3, 8, 3)
    layer.load_state_dict(smaller.state_dict())
    with pytest.raises(ValueError, match="the kernel loaded"):
        layer(image)
    square = image[..., :5]
    assert torch.equal(layer(square), smaller(square)), "the input it was saved with still fits"


def test_a_waiting_layer_is_copied_and_pickled_as_one(family, image):
    layer = family(3, 8, 3)
    twins = [copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))]
    for twin in twins:
        assert waits(twin)
        assert twin(image).shape[:2] == (2, 8)
        assert not twin._forward_pre_hooks
        assert waits(layer), "a copy settles for itself"
    after = copy.deepcopy(twins[0])
    assert torch.equal(after(image), twins[0](image))
    assert torch.equal(pickle.loads(pickle.dumps(after))(image), after(image))


def test_a_first_input_that_does_not_fit_leaves_it_waiting(family, image):
    layer = family(3, 8, 3, padding=3 if family.transposed else 0)
    for bad, sentence in (
        (image[:, :2], "has 2 channels"),
        (image[0, 0], "not of 2"),
        (image[..., :1, :], "larger input"),
    ):
        with pytest.raises(ValueError, match=sentence):
            layer(bad)
        assert waits(layer)
    assert layer(image).shape[:2] == (2, 8)


def test_a_first_input_with_too_many_positions_leaves_it_waiting(family, image, monkeypatch):
    layer = family(3, 8, 3)
    with monkeypatch.context() as patch:
        patch.setattr(memory, "SMALL", 0)
        patch.setattr(memory, "free_memory", lambda _: 1000)
        with pytest.raises(MemoryError, match=r"input_size=\(5, 6\)"):
            layer(image)
    assert waits(layer)
    assert layer(image).shape[:2] == (2, 8)


def test_what_needs_the_size_says_that_it_is_missing(family, image):
    layer = family(3, 8, 3)
    for ask in (
        lambda: layer.positions,
        lambda: layer.kernel_shape,
        lambda: layer.bias_shape,
        layer.to_shared,
        lambda: conv_matrix(layer, (5, 6)),
        lambda: by_hand.loop_over_positions(layer, image),
        lambda: by_hand.sparse_matrix(layer, image),
    ):
        with pytest.raises(ValueError, match=r"made without input_size, .*: call it once, or"):
            ask()


def test_what_was_frozen_or_tied_stays_so(family, image):
    layer = family(3, 8, 3)
    layer.kernel.requires_grad = False
    layer.tied = True
    layer.eval()
    layer(image)
    assert not layer.kernel.requires_grad
    assert layer.bias.requires_grad
    assert layer.tied
    assert not layer.training


def test_drawing_new_values_leaves_it_waiting(family, image):
    layer = family(3, 8, 3)
    layer.reset_parameters()
    assert waits(layer)
    assert layer(image).shape[:2] == (2, 8)


def test_a_first_call_that_fails_on_the_way_leaves_nothing_behind(family, image, monkeypatch):
    """Memory may run out between kernel and bias, and a drawing may be broken off."""
    layer = family(3, 8, 3)

    def fails(*_, **__):
        raise KeyboardInterrupt

    for owner, name in ((torch, "empty"), (nn.init, "uniform_")):
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, fails)
            with pytest.raises(KeyboardInterrupt):
                layer(image)
    torch.manual_seed(3)
    output = layer(image)
    torch.manual_seed(3)
    assert torch.equal(output, family(3, 8, 3, (5, 6))(image))
    assert layer.kernel.abs().max() > 0
