"""LocalConv against `jax.lax.conv_general_dilated_local`: values it gave once, and what it gives.

The saved values are in tests/facts/local_reference.json, with how they were made.
"""

import json
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from math import prod
from pathlib import Path

import pytest
import torch
from conv_cases import assert_equal, convolutions, spread, tries
from hypothesis import given

from sharedconv.layers import LocalConv, LocalConvTranspose

ROOT = Path(__file__).resolve().parents[2]
CASES = json.loads((ROOT / "tests/facts/local_reference.json").read_text("utf-8"))["cases"]
GEOMETRY = ("kernel_size", "stride", "padding", "dilation")


def name(case):
    said = [f"{key} {case[key]}" for key in ("size", *GEOMETRY)]
    return ", ".join(said).replace("[", "").replace("]", "")


def in_order(images):
    return images


def channels_last(images):
    return images.movedim(1, -1).contiguous().movedim(-1, 1)


def our_kernel(case, kernel):
    """From `(filters, channels · taps, *positions)` to `(*positions, filters, channels, *size)`."""
    n = len(case["size"])
    apart = kernel.unflatten(1, (-1, *case["kernel_size"]))
    return apart.permute(*range(n + 2, 2 * n + 2), *range(n + 2))


def numbers(case, *names):
    return [torch.tensor(case[each], dtype=torch.float64) for each in names]


def computed(case, images, kernel, output_gradient):
    """Our layer's output, and the gradients by its input and its kernel."""
    layer = LocalConv(
        len(case["size"]),
        case["channels"],
        case["filters"],
        input_size=case["size"],
        bias=False,
        dtype=torch.float64,
        **{each: case[each] for each in GEOMETRY},
    )
    with torch.no_grad():
        layer.kernel.copy_(our_kernel(case, kernel))
    images.requires_grad_()
    output = layer(images)
    return output, *torch.autograd.grad(output, (images, layer.kernel), output_gradient)


@pytest.mark.parametrize("layout", [in_order, channels_last])
@pytest.mark.parametrize("case", CASES, ids=name)
def test_output_and_gradients_are_those_that_jax_gave(case, layout):
    images, kernel, gradient = numbers(case, "images", "kernel", "output_gradient")
    output, by_images, by_kernel = numbers(case, "output", "by_images", "by_kernel")
    found = computed(case, layout(images), kernel, gradient)
    assert_equal(found, [output, by_images, our_kernel(case, by_kernel)])


@pytest.mark.parametrize("case", [each for each in CASES if each["padding"] != "same"], ids=name)
def test_the_transposed_layer_is_jaxs_gradient_by_the_images(case):
    kernel, gradient, by_images = numbers(case, "kernel", "output_gradient", "by_images")
    geometry = zip(
        case["size"], gradient.shape[2:], *(case[each] for each in GEOMETRY), strict=True
    )
    layer = LocalConvTranspose(
        len(case["size"]),
        case["filters"],
        case["channels"],
        input_size=tuple(gradient.shape[2:]),
        output_padding=[
            size - ((positions - 1) * stride - 2 * padding + dilation * (k - 1) + 1)
            for size, positions, k, stride, padding, dilation in geometry
        ],
        bias=False,
        dtype=torch.float64,
        **{each: case[each] for each in GEOMETRY},
    )
    with torch.no_grad():
        layer.kernel.copy_(our_kernel(case, kernel))
    assert_equal([layer(gradient)], [by_images])


def test_the_saved_values_are_of_all_kinds():
    # not a word of our arithmetic: what is in the file, and that none of it is empty or all zero
    assert {len(each["size"]) for each in CASES} == {1, 2, 3}
    for option, plain in {"stride": 1, "padding": 0, "dilation": 1}.items():
        assert {len(each["size"]) for each in CASES if set(each[option]) != {plain}} == {1, 2, 3}
    for case in CASES:
        for each in numbers(case, "output", "by_images", "by_kernel"):
            assert each.abs().max() > 0


@pytest.mark.skipif(find_spec("jax") is None, reason="jax is not installed: pip install jax")
@tries(25)
@given(convolutions(modes=("zeros",)))
def test_output_and_gradients_are_those_that_jax_gives_now(case):
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "scripts")  # a folder of commands, so no package
        jax_s = import_module("local_reference")
    options = {each: case.arguments[each] for each in GEOMETRY}
    options["padding"] = 0 if options["padding"] == "valid" else options["padding"]
    case = {
        "size": case.size,
        "channels": case.arguments["in_channels"],
        "filters": case.arguments["out_channels"],
        **{
            key: each if each == "same" else spread(each, case.ndim)
            for key, each in options.items()
        },
    }
    draw = partial(torch.randn, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    images = draw(2, case["channels"], *case["size"])
    positions = jax_s.positions_of(case, images.numpy())
    kernel = draw(case["filters"], case["channels"] * prod(case["kernel_size"]), *positions)
    gradient = draw(2, case["filters"], *positions)
    wanted = jax_s.reference(case, images.numpy(), kernel.numpy(), gradient.numpy())
    output, by_images, by_kernel = (torch.from_numpy(each.copy()) for each in wanted)
    found = computed(case, images, kernel, gradient)
    assert_equal(found, [output, by_images, our_kernel(case, by_kernel)])
