"""First and second derivatives of every layer against finite differences."""

import pytest
import torch
from small_layers import AT_ONCE, LAYERS, image_for, in_blocks_of

from sharedconv.layers import (
    LocalConv1d,
    LocalConv2d,
    LocalConv3d,
    LocalConvTranspose1d,
    LocalConvTranspose2d,
    LocalConvTranspose3d,
)

DOUBLE, COMPLEX = {"dtype": torch.float64}, {"dtype": torch.complex128}

TINY = {
    "plain": lambda: LocalConv2d(2, 2, 2, 3, **DOUBLE),
    "groups, stride": lambda: LocalConv2d(2, 4, 2, (3, 4), stride=(1, 2), groups=2, **DOUBLE),
    "dilation, padding": lambda: LocalConv1d(1, 2, 3, 4, padding=2, dilation=2, **DOUBLE),
    "replicate": lambda: LocalConv1d(2, 2, 2, 4, padding=1, padding_mode="replicate", **DOUBLE),
    "3d": lambda: LocalConv3d(1, 1, 2, (2, 3, 2), bias="channel", **DOUBLE),
    "complex": lambda: LocalConv1d(2, 2, 2, 3, groups=2, **COMPLEX),
    "transposed": lambda: LocalConvTranspose2d(2, 2, 2, 2, **DOUBLE),
    "transposed, groups, stride": lambda: LocalConvTranspose2d(
        4, 2, 2, (1, 2), stride=(3, 2), output_padding=(2, 0), groups=2, **DOUBLE
    ),
    "transposed, dilation, padding": lambda: LocalConvTranspose1d(
        1, 2, 3, 3, padding=1, dilation=2, output_padding=1, **DOUBLE
    ),
    "transposed 3d": lambda: LocalConvTranspose3d(1, 1, 2, (2, 1, 2), bias="channel", **DOUBLE),
    "transposed complex": lambda: LocalConvTranspose1d(2, 2, 2, 2, groups=2, **COMPLEX),
}


def function_of(layer):
    """The layer as a function of an image and its parameters, and these parameters."""
    names = [name for name, _ in layer.named_parameters()]

    def function(image, *parameters):
        return torch.func.functional_call(layer, dict(zip(names, parameters, strict=True)), image)

    return function, list(layer.parameters())


@pytest.mark.parametrize("room", [None, AT_ONCE, 48])
@pytest.mark.parametrize("name", TINY)
def test_every_derivative_of_the_unshared_layers(name, room):
    layer = TINY[name]()
    function, parameters = function_of(layer)
    made = torch.Generator().manual_seed(0)
    shape = (2, layer.in_channels, *layer.input_size)
    image = torch.randn(shape, generator=made, dtype=layer.kernel.dtype, requires_grad=True)
    with in_blocks_of(room):
        assert torch.autograd.gradcheck(function, (image, *parameters))
        assert torch.autograd.gradgradcheck(function, (image, *parameters))


@pytest.mark.parametrize("name", [name for name in LAYERS if name != "tied"])
def test_larger_ones_in_a_random_direction(name):
    """Not of tied positions: their gradients are sums over positions, on purpose."""
    layer = LAYERS[name]()
    function, parameters = function_of(layer)
    inputs = (image_for(layer, batch=1), *parameters)
    assert torch.autograd.gradcheck(function, inputs, fast_mode=True)
    assert torch.autograd.gradgradcheck(function, inputs, fast_mode=True)
