"""PyTorch's own samples for its convolutions, judged by PyTorch: a second set nobody here chose."""

import pytest
import torch
from conv_cases import assert_equal, output_and_gradients
from torch import nn
from torch.testing._internal.common_methods_invocations import op_db
from torch.testing._internal.common_modules import module_db

from sharedconv import layers

MODULES = {
    info.module_cls.__name__: info
    for info in module_db
    if info.module_cls.__name__ in {f"Conv{t}{n}d" for t in ("", "Transpose") for n in (1, 2, 3)}
}
OPERATIONS = {
    info.name.removeprefix("nn.functional."): info
    for info in op_db
    if info.name.startswith("nn.functional.conv") and not info.variant_test_name
}
CONVOLUTIONS = [f"conv{t}{n}d" for t in ("", "_transpose") for n in (1, 2, 3)]


def test_all_six_modules_are_among_the_samples():
    assert len(MODULES) == 6
    assert set(CONVOLUTIONS) <= set(OPERATIONS)
    # PyTorch has no error inputs for these modules (2.13): the operations' are taken below.
    assert all(info.module_error_inputs_func is None for info in MODULES.values())


@pytest.mark.parametrize("name", sorted(MODULES))
def test_module_samples(name):
    info = MODULES[name]
    samples = info.module_inputs_func(
        info, device="cpu", dtype=torch.float64, requires_grad=True, training=True
    )
    assert len(samples) >= 2
    for sample in samples:
        args, options = sample.constructor_input.args, sample.constructor_input.kwargs
        theirs = info.module_cls(*args, **options, dtype=torch.float64)
        ours = getattr(layers, f"Shared{name}")(*args, **options, dtype=torch.float64)
        with torch.no_grad():
            ours.kernel.copy_(theirs.weight)
            ours.bias.copy_(theirs.bias)
        image, *rest = sample.forward_input.args
        assert not rest
        assert_equal(
            output_and_gradients(ours, image, ours.parameters()),
            output_and_gradients(theirs, image, theirs.parameters()),
        )
        if sample.reference_fn is not None:
            wanted = sample.reference_fn(theirs, image)
            assert_equal([ours(image)], [wanted])


def layer_for(name, weight, bias, options):
    """The layer of ours that does what the operation `name` does with these arguments."""
    ndim, transposed = int(name[-2]), "transpose" in name
    groups = options.get("groups", 1)
    first, second = weight.shape[0], weight.shape[1] * groups
    ends = (first, second) if transposed else (second, first)
    family = layers.SharedConvTranspose if transposed else layers.SharedConv
    whole = {
        key: value * ndim if isinstance(value, tuple) and len(value) == 1 else value
        for key, value in options.items()
    }
    layer = family(ndim, *ends, tuple(weight.shape[2:]), bias=bias is not None, **whole)
    layer.kernel = nn.Parameter(weight, requires_grad=weight.requires_grad)
    if bias is not None:
        layer.bias = nn.Parameter(bias, requires_grad=bias.requires_grad)
    return layer


def named(name, args, options):
    """An operation's positional arguments by their names, as its layer takes them."""
    order = ["stride", "padding", "dilation", "groups"]
    if "transpose" in name:
        order = ["stride", "padding", "output_padding", "groups", "dilation"]
    return dict(zip(order, args, strict=False)) | options


@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_operation_samples(name):
    info = OPERATIONS[name]
    seen = 0
    for sample in info.sample_inputs("cpu", torch.float64, requires_grad=True):
        weight, *rest = sample.args
        bias, *rest = rest or [sample.kwargs.get("bias")]
        options = named(name, rest, {k: v for k, v in sample.kwargs.items() if k != "bias"})
        layer = layer_for(name, weight, bias, options)
        assert_equal([layer(sample.input)], [info.op(sample.input, *sample.args, **sample.kwargs)])
        seen += 1
    assert seen >= 4


@pytest.mark.parametrize("name", ["conv1d", "conv2d", "conv3d"])
def test_operation_errors(name):
    seen = 0
    for error in OPERATIONS[name].error_inputs_func(OPERATIONS[name], "cpu"):
        sample = error.sample_input
        weight, bias, *rest = sample.args
        # Mixed dtypes are left to torch, whose sentence names them; all else is ours to explain.
        raised = (ValueError, TypeError)
        if error.error_regex == "should be the same":
            raised = RuntimeError
        with pytest.raises(raised):
            layer_for(name, weight, bias, named(name, rest, sample.kwargs))(sample.input)
        seen += 1
    assert seen >= 8
