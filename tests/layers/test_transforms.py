"""torch.func's transforms and forward-mode derivatives agree with the plain backward pass."""

from functools import partial

import pytest
import torch
from conv_cases import assert_equal
from small_layers import AT_ONCE, LAYERS, LOCAL, image_for, in_blocks_of
from torch.autograd import forward_ad
from torch.func import functional_call, grad, jacrev, jvp, vmap


def parameters_of(layer):
    return {name: value.detach() for name, value in layer.named_parameters()}


def loss_of(layer):
    return lambda parameters, image: functional_call(layer, parameters, image).square().sum()


def test_gradients_a_sample_are_those_of_each_sample(layer):
    parameters, images = parameters_of(layer), image_for(layer, batch=3).detach()
    together = vmap(grad(loss_of(layer)), in_dims=(None, 0))(parameters, images)
    for n, image in enumerate(images):
        apart = torch.autograd.grad(layer(image).square().sum(), list(layer.parameters()))
        assert_equal([together[name][n] for name in parameters], apart, within=1e-10)


@pytest.mark.parametrize("name", [name for name in LAYERS if name != "tied"])
def test_a_derivative_forwards_is_that_backwards(name):
    """Not of tied positions, which have another gradient on the way back only."""
    layer = LAYERS[name]()
    parameters, image = parameters_of(layer), image_for(layer, batch=2).detach()
    made = torch.Generator().manual_seed(1)
    ways = [
        torch.randn(each.shape, generator=made, dtype=each.dtype)
        for each in (image, *parameters.values())
    ]
    by_image, *rest = ways
    tangents = dict(zip(parameters, rest, strict=True))
    output = layer(image)
    back = torch.randn(output.shape, generator=made, dtype=output.dtype)
    by_back = torch.autograd.grad(layer(image.requires_grad_()), [image, *layer.parameters()], back)
    image = image.detach()
    wanted = sum((way * each).sum() for way, each in zip(ways, by_back, strict=True))

    value, change = jvp(
        lambda parameters, image: functional_call(layer, parameters, image),
        (parameters, image),
        (tangents, by_image),
    )
    assert_equal([value, (change * back).sum()], [output, wanted], within=1e-10)

    with forward_ad.dual_level():
        duals = {
            key: forward_ad.make_dual(value, tangents[key]) for key, value in parameters.items()
        }
        found = functional_call(layer, duals, forward_ad.make_dual(image, by_image))
        assert_equal([forward_ad.unpack_dual(found).tangent], [change])
    assert_equal([layer(image)], [output])


@pytest.mark.parametrize("name", ["local 1d", "local transposed 2d", "tied"])
def test_whole_jacobians_are_those_of_the_plain_backward_pass(name):
    layer = LOCAL[name]()
    image = image_for(layer, batch=1).detach()[..., :5]
    wanted = torch.autograd.functional.jacobian(layer, image)
    assert_equal([jacrev(layer)(image)], [wanted])
    assert_equal([torch.func.jacfwd(layer)(image)], [wanted])


@pytest.mark.parametrize("name", LOCAL)
def test_a_batch_of_kernels_is_taken_as_one_of_images_is(name):
    """An ensemble: three layers of one kind in one call."""
    layers = [LOCAL[name]() for _ in range(3)]
    image = image_for(layers[0])
    stacked = {
        key: torch.stack([layer.get_parameter(key).detach() for layer in layers])
        for key in parameters_of(layers[0])
    }
    found = vmap(partial(functional_call, layers[0]), in_dims=(0, None))(stacked, (image,))
    assert_equal(found, [layer(image) for layer in layers])


@pytest.mark.parametrize("room", [None, AT_ONCE, 300])
def test_many_gradients_at_once_are_those_one_by_one(layer, room):
    with in_blocks_of(room):
        image = image_for(layer)
        output, by = layer(image), [image, *layer.parameters()]
        back = torch.randn(3, *output.shape, dtype=output.dtype)
        found = torch.autograd.grad(output, by, back, retain_graph=True, is_grads_batched=True)
        for n, each in enumerate(back):
            wanted = torch.autograd.grad(output, by, each, retain_graph=True)
            assert_equal([many[n] for many in found], wanted)


def test_a_tied_layer_is_followed_forwards_by_its_kernel():
    """The copies change as they are told to: what ties them is their gradient, on the way back."""
    layer = LOCAL["tied"]()
    loose, image = LOCAL["tied"](), image_for(layer).detach()
    loose.load_state_dict(layer.state_dict())
    loose.tied = False
    parameters = parameters_of(layer)
    ways = {name: torch.randn_like(each) for name, each in parameters.items()}
    changes = [
        jvp(lambda given, one=one: functional_call(one, given, image), (parameters,), (ways,))[1]
        for one in (layer, loose)
    ]
    assert changes[0].any()
    assert_equal(changes[:1], changes[1:])
