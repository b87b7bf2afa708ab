"""Compiled, each layer is one graph, in which each product of an unshared one is one operation."""

import copy
import shutil
from functools import partial

import pytest
import torch
from conv_cases import assert_equal
from small_layers import AT_ONCE, LAYERS, LOCAL, gradients, image_for, in_blocks_of

from sharedconv.layers import LocalConv2d, LocalConvTranspose2d, products

COMPILER = "inductor" if shutil.which("g++") or shutil.which("clang++") else "aot_eager"


@pytest.fixture(autouse=True)
def _from_the_start():
    torch.compiler.reset()


def assert_compiles(layer, backend, batches, within, **options):
    compiled = torch.compile(layer, fullgraph=True, backend=backend, **options)
    for batch in batches:
        image = image_for(layer, batch)
        assert_equal(
            [compiled(image), *gradients(compiled, image)],
            [layer(image), *gradients(layer, image)],
            within,
        )


def test_the_whole_layer_is_one_graph(layer):
    assert_compiles(layer, "aot_eager", (2,), within=1e-12)


@pytest.mark.parametrize("name", LOCAL)
def test_its_graph_computes_the_same_as_it_is(name):
    """Without what else a compiler does to it, which hides what is wrong with an operation."""
    assert_compiles(LOCAL[name](), "eager", (2, 3), within=1e-12)


@pytest.mark.parametrize("name", ["local 2d", "local transposed 2d"])
def test_to_machine_code_with_a_batch_of_any_size(name):
    assert_compiles(LOCAL[name](), COMPILER, (2, 3), within=1e-9, dynamic=True)


@pytest.mark.slow
def test_every_layer_to_machine_code(layer):
    assert_compiles(layer, COMPILER, (2,), within=1e-9)


def test_batches_of_other_sizes_need_no_other_graph():
    seen = []

    def backend(graph, _):
        seen.append(graph)
        return graph.forward

    layer = LOCAL["local 2d"]()
    compiled = torch.compile(layer, fullgraph=True, backend=backend, dynamic=True)
    for batch in (2, 3, 7):
        image = image_for(layer, batch)
        assert_equal([compiled(image)], [layer(image)])
    assert len(seen) == 1
    products_in_it = [
        node for node in seen[0].graph.nodes if str(node.target).startswith("sharedconv.")
    ]
    assert [str(node.target) for node in products_in_it] == ["sharedconv.read.default"]


@pytest.mark.parametrize("name", ["shared 2d", "local 2d", "local transposed 2d"])
def test_compiled_it_takes_an_image_without_a_batch_and_one_stored_channels_last(name):
    layer = LAYERS[name]()
    compiled = torch.compile(layer, fullgraph=True, backend="aot_eager")
    image = image_for(layer)
    assert_equal([compiled(image[0])], [layer(image[0])])
    last = image.detach().movedim(1, -1).contiguous().movedim(-1, 1).requires_grad_()
    output = compiled(last)
    assert output.stride() == layer(last).stride()
    assert_equal([output, *gradients(compiled, last)], [layer(last), *gradients(layer, last)])


def test_compiled_under_autocast():
    for name in ("local 2d", "local transposed 2d"):
        layer = LOCAL[name]().float()
        image = image_for(layer).float()
        compiled = torch.compile(layer, fullgraph=True, backend="aot_eager")
        with torch.autocast("cpu", torch.bfloat16):
            output = compiled(image)
            assert output.dtype == torch.bfloat16
            torch.testing.assert_close(output, layer(image))


@pytest.mark.parametrize(("room", "groups"), [(None, 1), (200, 2)])
@pytest.mark.parametrize("last", [False, True])
def test_the_operations_are_what_torch_asks_of_operations(room, groups, last):
    layer = LocalConv2d(4, 6, 3, 5, stride=2, padding=1, groups=groups, dtype=torch.float64)
    image = image_for(layer).detach()
    with torch.no_grad():
        small = layer(image)
    if last:
        image, small = (each.to(memory_format=torch.channels_last) for each in (image, small))
    operands = {
        "read": (image, layer.kernel),
        "write": (small, layer.kernel),
        "correlate": (image, small),
    }
    assert operands.keys() == products._AS_ONE_OPERATION.keys()
    with in_blocks_of(room):
        for name, operation in products._AS_ONE_OPERATION.items():
            first, second = (each.detach().clone().requires_grad_() for each in operands[name])
            torch.library.opcheck(operation, (first, second, products._numbers(layer.places)))


def test_exported_it_computes_the_same(layer):
    image = image_for(layer).detach()
    program = torch.export.export(layer, (image,))
    assert_equal([program.module()(image)], [layer(image)])


def test_a_waiting_layer_compiles_once_it_has_its_size():
    layer = LocalConvTranspose2d(4, 6, 3, dtype=torch.float64)
    image = image_for(LOCAL["local 2d"]())
    layer(image)
    twin = copy.deepcopy(layer)
    compiled = torch.compile(twin, fullgraph=True, backend="aot_eager")
    assert_equal([compiled(image)], [layer(image)])


@pytest.mark.parametrize("name", ["local 2d", "local transposed 1d"])
def test_derivatives_by_torch_func_are_compiled_too(name):
    layer = LOCAL[name]()
    image = image_for(layer).detach()
    way = torch.randn_like(image)
    parameters = {key: value.detach() for key, value in layer.named_parameters()}

    def loss(parameters, image):
        return torch.func.functional_call(layer, parameters, image).square().sum()

    for derivative, *given in (
        (lambda image, way: torch.func.jvp(layer, (image,), (way,))[1], image, way),
        (torch.func.jacfwd(layer), image[:1]),
        (lambda *both: [*torch.func.grad(loss)(*both).values()], parameters, image),
        (lambda image: torch.func.vmap(torch.func.grad(partial(loss, parameters)))(image), image),
    ):
        compiled = torch.compile(derivative, fullgraph=True, backend="aot_eager")
        found, wanted = compiled(*given), derivative(*given)
        assert all(each.any() for each in wanted)
        assert_equal([*found], [*wanted], within=1e-12)


@pytest.mark.filterwarnings("ignore")  # tracing is deprecated, and warns of every look at a size
@pytest.mark.parametrize("room", [None, AT_ONCE, 300])
@pytest.mark.parametrize("name", LOCAL)
def test_traced_it_computes_the_same_for_other_images_and_batches(name, room):
    layer = LOCAL[name]()
    with torch.no_grad(), in_blocks_of(room):
        wanted = [layer(image_for(layer, batch, seed)) for batch, seed in ((2, 0), (2, 1), (3, 2))]
        traced = torch.jit.trace(layer, image_for(layer).detach())
        found = [traced(image_for(layer, batch, seed)) for batch, seed in ((2, 0), (2, 1), (3, 2))]
        assert_equal(found, wanted)
        assert_equal([layer(image_for(layer))], wanted[:1])
