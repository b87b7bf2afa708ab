"""SharedConv and its transposed twin against torch.nn, which serves as the reference."""

import copy
import inspect

import pytest
import torch
from conv_cases import (
    assert_same_layer,
    convolutions,
    torch_class,
    transposed_convolutions,
    tries,
)
from hypothesis import given
from torch import nn

from sharedconv import layers
from sharedconv.layers import SharedConv, SharedConvTranspose, from_torch, to_torch

NAMES = [f"Conv{kind}{n}d" for kind in ("", "Transpose") for n in (1, 2, 3)]


@tries(360)
@given(convolutions())
def test_outputs_and_gradients_are_those_of_torch(case):
    theirs = torch_class(case.ndim)(**case.arguments)
    ours = SharedConv(case.ndim, **case.arguments)
    ours.load_state_dict(
        {{"weight": "kernel"}.get(name, name): value for name, value in theirs.state_dict().items()}
    )
    assert_same_layer(ours, theirs, case.image())
    assert ours.output_positions(case.size) == theirs(case.image()).shape[-case.ndim :]


@tries(240)
@given(transposed_convolutions())
def test_transposed_outputs_and_gradients_are_those_of_torch(case):
    theirs = torch_class(case.ndim, transposed=True)(**case.arguments)
    ours = SharedConvTranspose(case.ndim, **case.arguments)
    ours.load_state_dict(
        {{"weight": "kernel"}.get(name, name): value for name, value in theirs.state_dict().items()}
    )
    assert_same_layer(ours, theirs, case.image())
    assert ours.output_positions(case.size) == theirs(case.image()).shape[-case.ndim :]


@tries(120)
@given(convolutions())
def test_the_kernels_shape_and_first_values_are_those_of_torch(case):
    torch.manual_seed(5)
    theirs = torch_class(case.ndim)(**case.arguments)
    torch.manual_seed(5)
    ours = SharedConv(case.ndim, **case.arguments)
    assert torch.equal(ours.kernel, theirs.weight)
    assert (ours.bias is None) is (theirs.bias is None)
    assert ours.bias is None or torch.equal(ours.bias, theirs.bias)
    assert list(ours.state_dict()) == ["kernel", "bias"][: len(theirs.state_dict())]


@tries(120)
@given(transposed_convolutions())
def test_the_transposed_kernels_shape_and_first_values_are_those_of_torch(case):
    torch.manual_seed(5)
    theirs = torch_class(case.ndim, transposed=True)(**case.arguments)
    torch.manual_seed(5)
    ours = SharedConvTranspose(case.ndim, **case.arguments)
    assert torch.equal(ours.kernel, theirs.weight)
    assert ours.bias is None or torch.equal(ours.bias, theirs.bias)


def test_resetting_draws_what_torch_draws_whatever_the_memory_format():
    ours = layers.SharedConv2d(4, 6, 3).to(memory_format=torch.channels_last)
    theirs = nn.Conv2d(4, 6, 3).to(memory_format=torch.channels_last)
    for layer in (ours, theirs):
        torch.manual_seed(9)
        layer.reset_parameters()
    assert torch.equal(ours.kernel, theirs.weight)
    assert torch.equal(ours.bias, theirs.bias)
    assert ours.kernel.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("name", NAMES)
def test_arguments_are_those_of_torch_in_their_order_with_their_defaults(name):
    ours = inspect.signature(getattr(layers, f"Shared{name}")).parameters
    theirs = inspect.signature(getattr(nn, name)).parameters
    assert list(ours) == list(theirs)
    assert [each.default for each in ours.values()] == [each.default for each in theirs.values()]
    general = inspect.signature(SharedConvTranspose if "Transpose" in name else SharedConv)
    assert list(general.parameters) == ["ndim", *theirs]
    local = inspect.signature(getattr(layers, f"Local{name}")).parameters
    assert [each for each in local if each != "input_size"] == list(theirs)
    assert list(local)[3] == "input_size", "after the kernel's size, before what has a default"
    assert all(local[each].default == theirs[each].default for each in theirs)


@pytest.mark.parametrize("name", NAMES)
def test_attributes_and_what_is_printed_are_those_of_torch(name):
    options = {"stride": 2, "padding": 1, "dilation": 3, "groups": 2, "bias": False}
    options |= {"output_padding": 1} if "Transpose" in name else {"padding_mode": "circular"}
    for given_options in ({}, options):
        ours = getattr(layers, f"Shared{name}")(4, 6, 3, **given_options)
        theirs = getattr(nn, name)(4, 6, 3, **given_options)
        assert repr(ours) == f"Shared{theirs!r}"
        for attribute in theirs.__constants__:
            assert getattr(ours, attribute) == getattr(theirs, attribute), attribute
        assert ours.transposed is theirs.transposed


@tries(180)
@given(transposed_convolutions())
def test_every_output_size_in_reach_is_reached_as_in_torch(case):
    case.arguments["output_padding"] = 0
    theirs = torch_class(case.ndim, transposed=True)(**case.arguments)
    ours = from_torch(theirs)
    image = case.image()
    least = ours.output_positions(case.size)
    most = tuple(n + s - 1 for n, s in zip(least, ours.stride, strict=True))
    for size in (least, most, [*image.shape[: -case.ndim], *most]):
        torch.testing.assert_close(ours(image, size), theirs(image, list(size)), rtol=0, atol=0)
        assert ours(image, output_size=size).shape[-case.ndim :] == tuple(size[-case.ndim :])
    beyond = tuple(n + 1 for n in most)
    with pytest.raises(ValueError, match=r"out of reach") as caught:
        ours(image, beyond)
    assert str(beyond) in str(caught.value)
    assert str(least) in str(caught.value)


def test_subclasses_only_fix_the_number_of_dimensions():
    for n in (1, 2, 3):
        for family in ("SharedConv", "SharedConvTranspose", "LocalConv", "LocalConvTranspose"):
            general, fixed = getattr(layers, family), getattr(layers, f"{family}{n}d")
            size = {} if general.shares_kernel else {"input_size": 5}
            torch.manual_seed(2)
            one = general(n, 2, 3, 2, **size)
            torch.manual_seed(2)
            other = fixed(2, 3, 2, **size)
            assert isinstance(other, general)
            assert other.ndim == n
            image = torch.randn(2, 2, *(5,) * n)
            assert torch.equal(one(image), other(image))
            assert fixed.forward is general.forward


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16, torch.complex64])
def test_to_torch_and_back_loses_nothing(name, dtype):
    module = getattr(nn, name)(4, 6, 3, stride=2, groups=2, padding=1, dtype=dtype)
    module.weight.requires_grad_(False)
    module.eval()
    state = torch.random.get_rng_state()
    ours = from_torch(module)
    back = to_torch(ours)
    assert torch.equal(torch.random.get_rng_state(), state), "conversion draws random numbers"
    assert type(ours) is getattr(layers, f"Shared{name}")
    assert type(back) is type(module)
    assert repr(back) == repr(module)
    assert not ours.training
    assert not back.training
    assert torch.equal(ours.kernel, module.weight)
    for key, value in module.named_parameters():
        copied = back.get_parameter(key)
        assert torch.equal(copied, value)
        assert copied.dtype == dtype
        assert copied.requires_grad == value.requires_grad
        assert copied.data_ptr() != value.data_ptr()


def test_conversion_keeps_device_and_memory_format():
    assert from_torch(nn.Conv2d(3, 4, 3, device="meta")).kernel.is_meta
    tidy = from_torch(nn.Conv2d(3, 4, 3).to(memory_format=torch.channels_last))
    assert tidy.kernel.is_contiguous(memory_format=torch.channels_last)
    assert type(to_torch(SharedConv(2, 3, 4, 3, bias=False))) is nn.Conv2d


def test_complex_numbers_go_through_as_in_torch():
    theirs = nn.Conv2d(2, 3, 3, padding=1, dtype=torch.complex128)
    image = torch.randn(2, 2, 5, 5, dtype=torch.complex128, requires_grad=True)
    assert_same_layer(from_torch(theirs), theirs, image)


def test_copies_are_their_own():
    ours = layers.SharedConv2d(2, 3, 3)
    twin = copy.deepcopy(ours)
    with torch.no_grad():
        twin.kernel.zero_()
    assert ours.kernel.abs().sum() > 0
