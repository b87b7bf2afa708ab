"""The layers as modules among others: whatever PyTorch does with a module, it does with these."""

import copy
import pickle

import pytest
import torch
import torch.distributed as dist
from conv_cases import assert_equal
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from sharedconv.layers import (
    LocalConv1d,
    LocalConv2d,
    LocalConv3d,
    SharedConv1d,
    SharedConv2d,
    SharedConv3d,
    SharedConvTranspose1d,
    SharedConvTranspose2d,
    SharedConvTranspose3d,
    conv_matrix,
    to_torch,
)


def shared():
    return SharedConv2d(4, 6, 3, stride=2, padding=1, groups=2, dtype=torch.float64)


LAYERS = {
    "shared 1d": lambda: SharedConv1d(4, 6, 3, padding="same", groups=2, dtype=torch.float64),
    "shared 2d": shared,
    "shared 3d": lambda: SharedConv3d(4, 2, 2, bias=False, dtype=torch.float64),
    "reflect": lambda: SharedConv2d(
        4, 6, 3, padding=1, padding_mode="reflect", dtype=torch.float64
    ),
    "transposed 1d": lambda: SharedConvTranspose1d(4, 6, 3, stride=2, dtype=torch.float64),
    "transposed 2d": lambda: SharedConvTranspose2d(4, 6, 3, groups=2, dtype=torch.float64),
    "transposed 3d": lambda: SharedConvTranspose3d(4, 2, 2, dtype=torch.float64),
    "local 1d": lambda: LocalConv1d(4, 6, 3, 5, padding="same", dtype=torch.float64),
    "local 2d": lambda: LocalConv2d(4, 6, 3, 5, stride=2, groups=2, dtype=torch.float64),
    "local 3d": lambda: LocalConv3d(4, 2, 2, 5, bias="channel", dtype=torch.float64),
    "tied": lambda: LocalConv2d.from_shared(shared(), 5, tied=True),
}


def image_for(layer, batch=2):
    made = torch.Generator().manual_seed(0)
    shape = (batch, 4, *(5,) * layer.ndim)
    return torch.randn(shape, generator=made, dtype=torch.float64, requires_grad=True)


@pytest.fixture(params=LAYERS)
def layer(request):
    torch.manual_seed(0)
    return LAYERS[request.param]()


@pytest.mark.parametrize("name", [name for name in LAYERS if name != "tied"])
def test_gradients_are_those_of_finite_differences(name):
    """Not so for tied positions: their gradients are sums over positions, on purpose."""
    layer = LAYERS[name]()
    values = list(layer.parameters())
    names = [name for name, _ in layer.named_parameters()]

    def function(image, *parameters):
        return torch.func.functional_call(layer, dict(zip(names, parameters, strict=True)), image)

    inputs = (image_for(layer, batch=1), *values)
    assert torch.autograd.gradcheck(function, inputs, fast_mode=True)
    assert torch.autograd.gradgradcheck(function, inputs, fast_mode=True)


def test_copies_and_states_compute_the_same(layer):
    image = image_for(layer)
    expected = layer(image)
    for twin in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        assert torch.equal(twin(image), expected)
        assert repr(twin) == repr(layer)
        assert all(
            ours.data_ptr() != theirs.data_ptr()
            for ours, theirs in zip(twin.parameters(), layer.parameters(), strict=True)
        )
    other = copy.deepcopy(layer)
    other.reset_parameters()
    assert not torch.equal(other(image), expected)
    other.load_state_dict(layer.state_dict())
    assert torch.equal(other(image), expected)
    assert set(layer.state_dict()) <= {"kernel", "bias"}


def test_on_the_device_meta_it_has_shapes_only(layer):
    shape = layer(image_for(layer)).shape
    empty = copy.deepcopy(layer).to("meta")
    output = empty(image_for(layer).to("meta"))
    assert output.is_meta
    assert output.shape == shape
    assert all(each.is_meta for each in empty.parameters())


def test_a_layer_too_large_for_any_memory_is_made_on_the_device_meta():
    layer = LocalConv2d(512, 512, 3, input_size=512, padding=1, device="meta")
    assert layer.kernel.numel() == 512**4 * 9
    assert layer(torch.empty(1, 512, 512, 512, device="meta")).shape == (1, 512, 512, 512)
    with torch.device("meta"):
        assert SharedConv2d(1, 1, 3).kernel.is_meta


def test_the_whole_layer_is_one_graph(layer):
    torch.compiler.reset()
    compiled = torch.compile(layer, fullgraph=True, backend="aot_eager")
    for batch in (2, 3):
        image = image_for(layer, batch)
        found = torch.autograd.grad(compiled(image).square().sum(), [image, *layer.parameters()])
        wanted = torch.autograd.grad(layer(image).square().sum(), [image, *layer.parameters()])
        assert_equal([compiled(image), *found], [layer(image), *wanted])


@pytest.mark.slow
def test_compiled_to_machine_code_it_computes_the_same(layer):
    torch.compiler.reset()
    image = image_for(layer)
    compiled = torch.compile(layer, fullgraph=True)
    found = torch.autograd.grad(compiled(image).square().sum(), [image, *layer.parameters()])
    wanted = torch.autograd.grad(layer(image).square().sum(), [image, *layer.parameters()])
    assert_equal([compiled(image), *found], [layer(image), *wanted], within=1e-9)


def test_autocast_lowers_the_precision_as_it_does_for_torch(layer):
    layer = layer.float()
    image = image_for(layer).detach().float()
    with torch.autocast("cpu", torch.bfloat16):
        output = layer(image)
        assert output.dtype == torch.bfloat16
        if not hasattr(layer, "input_size"):
            assert torch.equal(output, to_torch(layer)(image))
    torch.testing.assert_close(output.float(), layer(image), rtol=0.05, atol=0.05)
    output.float().sum().backward()
    assert layer.kernel.grad.dtype == torch.float32


def test_autocast_with_a_single_channel():
    with torch.autocast("cpu", torch.bfloat16):
        assert LocalConv2d(1, 1, 1, 3)(torch.randn(1, 1, 3, 3)).dtype == torch.bfloat16


def test_gradients_a_sample_are_those_of_each_sample(layer):
    parameters = {name: value.detach() for name, value in layer.named_parameters()}
    images = image_for(layer, batch=3).detach()

    def loss(parameters, image):
        return torch.func.functional_call(layer, parameters, image).square().sum()

    together = torch.func.vmap(torch.func.grad(loss), in_dims=(None, 0))(parameters, images)
    for n, image in enumerate(images):
        apart = torch.autograd.grad(layer(image).square().sum(), list(layer.parameters()))
        assert_equal([together[name][n] for name in parameters], apart, within=1e-10)


def test_exported_it_computes_the_same(layer):
    image = image_for(layer).detach()
    program = torch.export.export(layer, (image,))
    assert_equal([program.module()(image)], [layer(image)])


def test_data_parallel_training_takes_the_layers(tmp_path):
    torch.manual_seed(0)
    model = nn.Sequential(
        SharedConv2d(1, 2, 3), nn.ReLU(), LocalConv2d(2, 3, 3, 6), SharedConvTranspose2d(3, 1, 3)
    )
    image = torch.randn(2, 1, 8, 8)
    expected = torch.autograd.grad(model(image).square().sum(), list(model.parameters()))
    dist.init_process_group(
        "gloo", init_method=f"file://{tmp_path / 'rendezvous'}", rank=0, world_size=1
    )
    try:
        parallel = nn.parallel.DistributedDataParallel(model)
        parallel(image).square().sum().backward()
        # Or it would be the last to hold the process group, and end it with Python locked, while
        # gloo's thread waits for Python: torch 2.13 then hangs now and then.
        del parallel
    finally:
        dist.destroy_process_group()
    assert_equal([each.grad for each in model.parameters()], expected, within=1e-5)


def test_unshared_multiplies_as_often_as_shared():
    def counted(layer, image):
        with FlopCounterMode(display=False) as counter:
            layer(image)
        return counter.get_total_flops()

    conv = SharedConv2d(4, 6, 3, padding=1, groups=2)
    image = torch.randn(5, 4, 7, 8)
    flops = counted(conv, image)
    assert flops == 2 * 5 * 6 * 7 * 8 * (4 // 2) * 9  # a multiplication and an addition each
    assert counted(to_torch(conv), image) == flops
    assert counted(LocalConv2d.from_shared(conv, (7, 8)), image) == flops


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_on_a_gpu_it_computes_the_same(layer):
    image = image_for(layer)
    wanted = torch.autograd.grad(layer(image).square().sum(), [image, *layer.parameters()])
    moved, there = copy.deepcopy(layer).cuda(), image.detach().cuda().requires_grad_()
    found = torch.autograd.grad(moved(there).square().sum(), [there, *moved.parameters()])
    assert_equal(
        [moved(there).cpu(), *(each.cpu() for each in found)], [layer(image), *wanted], 1e-9
    )
    if layer.padding_mode == "zeros":
        found = conv_matrix(moved, 5)
        assert found.matrix.is_cuda
        assert found.distinct_entries == conv_matrix(layer, 5).distinct_entries
