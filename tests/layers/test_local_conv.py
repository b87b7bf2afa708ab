"""LocalConv against a plain loop over positions, and against the SharedConv it was copied from."""

import itertools

import numpy as np
import pytest
import torch
from conv_cases import (
    assert_equal,
    assert_same_layer,
    convolutions,
    output_and_gradients,
    spread,
    tries,
)
from hypothesis import given, strategies as st

from sharedconv import layers
from sharedconv.layers import LocalConv, LocalConv1d, LocalConv2d, SharedConv, SharedConv2d

NUMPY_MODES = {
    "zeros": {"mode": "constant", "constant_values": -1},
    "reflect": {"mode": "reflect"},
    "replicate": {"mode": "edge"},
    "circular": {"mode": "wrap"},
}


class Loop(torch.nn.Module):
    """What LocalConv is: at every position, the pixels around it times that position's kernel.

    Written out with numpy's padding and one multiplication a position and filter; nothing in it
    comes from sharedconv but the two parameters.
    """

    def __init__(self, case, kernel, bias):
        super().__init__()
        self.case, self.kernel, self.bias = case, kernel, bias

    def forward(self, image):
        given, n = self.case.arguments, self.case.ndim
        steps = {key: spread(given[key], n) for key in ("kernel_size", "stride", "dilation")}
        spans = [d * (k - 1) for k, d in zip(steps["kernel_size"], steps["dilation"], strict=True)]
        edges = given["padding"]
        if edges == "same":
            edges = [(span // 2, span - span // 2) for span in spans]
        else:
            edges = [(edge, edge) for edge in spread(0 if edges == "valid" else edges, n)]
        pixels = np.arange(np.prod(self.case.size)).reshape(self.case.size)
        pixels = np.pad(pixels, edges, **NUMPY_MODES[given["padding_mode"]])
        batch = image if image.dim() == n + 2 else image[None]
        flat = torch.cat([batch.flatten(2), batch.new_zeros(*batch.shape[:2], 1)], 2)  # -1: a zero
        outputs = [
            (padded - span - 1) // s + 1
            for padded, span, s in zip(pixels.shape, spans, steps["stride"], strict=True)
        ]
        channels = given["in_channels"] // given["groups"]
        filters = given["out_channels"] // given["groups"]
        rows = []
        for filter in range(given["out_channels"]):
            group = slice(filter // filters * channels, (filter // filters + 1) * channels)
            row = []
            for position in itertools.product(*map(range, outputs)):
                window = tuple(
                    slice(p * s, p * s + span + 1, d)
                    for p, s, span, d in zip(
                        position, steps["stride"], spans, steps["dilation"], strict=True
                    )
                )
                seen = flat[:, group][:, :, torch.from_numpy(pixels[window].copy())]
                value = (seen * self.kernel[(*position, filter)]).flatten(1).sum(1)
                if self.bias is not None and self.bias.dim() == 1:
                    value = value + self.bias[filter]
                elif self.bias is not None:
                    value = value + self.bias[(filter, *position)]
                row.append(value)
            rows.append(torch.stack(row, 1))
        output = torch.stack(rows, 1).reshape(len(batch), given["out_channels"], *outputs)
        return output if image.dim() == n + 2 else output[0]


@tries(240)
@given(convolutions(largest=1), st.sampled_from([True, False, "channel"]))
def test_outputs_and_gradients_are_those_of_a_loop_over_positions(case, bias):
    ours = LocalConv(case.ndim, input_size=case.size, **(case.arguments | {"bias": bias}))
    assert_same_layer(ours, Loop(case, ours.kernel, ours.bias), case.image())
    filters, channels = case.arguments["out_channels"], case.arguments["in_channels"]
    assert ours.kernel.shape == (
        *ours.output_size,
        filters,
        channels // case.arguments["groups"],
        *ours.kernel_size,
    )
    shapes = {True: (filters, *ours.output_size), "channel": (filters,)}
    assert ours.bias is None if not bias else ours.bias.shape == shapes[bias]


@tries(240)
@given(convolutions(), st.sampled_from([True, "channel"]))
def test_a_copy_of_the_shared_kernel_at_every_position_computes_the_same(case, bias):
    shared = SharedConv(case.ndim, **case.arguments)
    local = LocalConv.from_shared(shared, case.size, bias=bias)
    image = case.image()
    expected, by_image, by_kernel, *by_bias = output_and_gradients(
        shared, image, shared.parameters()
    )
    output, local_by_image, local_by_kernel, *local_by_bias = output_and_gradients(
        local, image, local.parameters()
    )
    assert_equal([output, local_by_image], [expected, by_image])
    # The lesson's proof: the shared kernel's gradient is the sum of all positions' gradients.
    assert_equal([local_by_kernel.sum(tuple(range(case.ndim)))], [by_kernel])
    if bias is True:
        local_by_bias = [each.flatten(1).sum(1) for each in local_by_bias]
    assert_equal(local_by_bias, by_bias)


@tries(120)
@given(convolutions(), st.sampled_from([True, "channel"]))
def test_tied_every_position_receives_the_shared_gradient(case, bias):
    shared = SharedConv(case.ndim, **case.arguments)
    local = LocalConv.from_shared(shared, case.size, bias=bias, tied=True)
    image = case.image()
    wanted = output_and_gradients(shared, image, shared.parameters())
    found = output_and_gradients(local, image, local.parameters())
    assert_equal(found[:2], wanted[:2])
    assert_equal([found[2]], [wanted[2].expand(local.kernel.shape)])
    if shared.bias is not None:
        column = wanted[3].reshape(-1, *(1,) * (local.bias.dim() - 1))
        assert_equal([found[3]], [column.expand(local.bias.shape)])


@pytest.mark.parametrize("optimizer", [torch.optim.SGD, torch.optim.Adam])
def test_training_tied_positions_is_training_the_shared_kernel(optimizer):
    torch.manual_seed(0)
    shared = SharedConv2d(2, 3, 3, padding=1, stride=2, dtype=torch.float64)
    tied = LocalConv2d.from_shared(shared, (6, 5), tied=True)
    loose = LocalConv2d.from_shared(shared, (6, 5))
    images = torch.randn(4, 2, 6, 5, dtype=torch.float64)
    labels = torch.randn(4, 3, 3, 3, dtype=torch.float64)
    for layer in (shared, tied, loose):
        steps = optimizer(layer.parameters(), lr=0.05)
        for _ in range(3):
            steps.zero_grad()
            (layer(images) - labels).square().mean().backward()
            steps.step()
    assert_equal([tied(images)], [shared(images)], within=1e-9)
    assert_equal([tied.kernel], [shared.kernel.expand_as(tied.kernel)], within=1e-9)
    assert (loose(images) - shared(images)).abs().max() > 1e-3, "untied, positions go their own way"


def test_from_shared_keeps_dtype_device_and_what_is_trained():
    shared = SharedConv2d(2, 3, 3, dtype=torch.float64).eval()
    shared.kernel.requires_grad_(False)
    state = torch.random.get_rng_state()
    with torch.no_grad():
        local = LocalConv2d.from_shared(shared, 5)
    assert torch.equal(torch.random.get_rng_state(), state), "conversion draws random numbers"
    assert type(local) is LocalConv2d
    assert local.kernel.dtype == local.bias.dtype == torch.float64
    assert not local.kernel.requires_grad
    assert local.bias.requires_grad
    assert not local.training
    one = LocalConv2d.from_shared(shared, 3)  # a single position: its kernel is still a copy
    assert one.kernel.data_ptr() != shared.kernel.data_ptr()


def test_first_values_are_spread_as_one_positions_inputs_ask():
    torch.manual_seed(0)
    layer = LocalConv2d(4, 6, (3, 2), input_size=(12, 11), groups=2)
    bound = 1 / (2 * 3 * 2) ** 0.5  # not 1 / sqrt(fan_in) of a dense layer
    for parameter in (layer.kernel, layer.bias):
        assert parameter.abs().max() <= bound
        assert parameter.abs().max() > 0.9 * bound
        assert abs(parameter.mean()) < 0.1 * bound
    # and drawn in the order in which they are stored, kernel first
    torch.manual_seed(0)
    same = torch.empty(*layer.output_size, 3, 2, 2, 6).uniform_(-1, 1) * bound
    torch.testing.assert_close(layer.kernel.detach(), same.permute(0, 1, 5, 4, 2, 3))


def test_what_the_readme_counts():
    def parameters(layer):
        return sum(each.numel() for each in layer.parameters())

    assert parameters(LocalConv2d(1, 1, 3, 28)) == 6760
    assert parameters(LocalConv2d(1, 1, 3, 28, bias="channel")) == 6085
    assert parameters(LocalConv2d(1, 1, 3, 28, bias=False)) == 6084
    # LeCun 1989, H1 without sharing: 12 maps of 8 × 8 units, each with its own 5 × 5 kernel
    assert parameters(LocalConv2d(1, 12, 5, 16, stride=2, padding=2)) == 12 * 8 * 8 * (25 + 1)


def test_the_output_is_contiguous_as_a_convolutions_is():
    output = LocalConv2d(2, 3, 3, 6)(torch.randn(4, 2, 6, 6))
    assert output.is_contiguous()
    assert LocalConv2d(2, 3, 3, 6)(torch.randn(0, 2, 6, 6)).shape == (0, 3, 4, 4)


def test_what_is_printed():
    assert repr(LocalConv2d(1, 2, 3, 8)) == (
        "LocalConv2d(1, 2, kernel_size=(3, 3), stride=(1, 1), input_size=(8, 8))"
    )
    shared = SharedConv2d(1, 2, 3, padding="same")
    assert repr(LocalConv2d.from_shared(shared, 8, bias="channel", tied=True)) == (
        "LocalConv2d(1, 2, kernel_size=(3, 3), stride=(1, 1), padding=same, input_size=(8, 8), "
        "bias=channel, tied=True)"
    )
    assert layers.LocalConv.shares_kernel is False
    assert layers.SharedConv.shares_kernel is True


def test_a_learners_own_subclass_can_be_copied_into():
    class Named(LocalConv1d):
        pass

    shared = layers.SharedConv1d(2, 3, 3)
    assert type(Named.from_shared(shared, 7)) is Named
