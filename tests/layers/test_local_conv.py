"""The unshared layers against plain loops; and what they are before they compute anything."""

import itertools

import numpy as np
import torch
from conv_cases import (
    assert_same_layer,
    convolutions,
    spread,
    transposed_convolutions,
    tries,
)
from hypothesis import given, strategies as st

from sharedconv import layers
from sharedconv.layers import (
    LocalConv,
    LocalConv2d,
    LocalConvTranspose,
    LocalConvTranspose2d,
    SharedConv2d,
)

NUMPY_MODES = {
    "zeros": {"mode": "constant", "constant_values": -1},
    "reflect": {"mode": "reflect"},
    "replicate": {"mode": "edge"},
    "circular": {"mode": "wrap"},
}
BIASES = st.sampled_from([True, False, "channel"])


class Loop(torch.nn.Module):
    """What LocalConv is: at every position, the pixels around it times that position's kernel.

    Written out with numpy's padding and one multiplication a position and filter; nothing in it
    comes from sharedconv but the two parameters.
    """

    def __init__(self, case, kernel, bias):
        super().__init__()
        self.case, self.kernel, self.bias = case, kernel, bias

    def window(self, position):
        given, n = self.case.arguments, self.case.ndim
        steps = (spread(given[key], n) for key in ("stride", "dilation", "kernel_size"))
        every = zip(position, *steps, strict=True)
        return tuple(slice(p * s, p * s + d * (k - 1) + 1, d) for p, s, d, k in every)

    def forward(self, image):
        n = self.case.ndim
        batch = image if image.dim() == n + 2 else image[None]
        output = self.on_a_batch(batch)
        if self.bias is not None:
            output = output + self.bias.reshape(self.bias.shape + (1,) * (n + 1 - self.bias.dim()))
        return output if image.dim() == n + 2 else output[0]

    def on_a_batch(self, batch):
        given, n = self.case.arguments, self.case.ndim
        spans = [
            d * (k - 1)
            for d, k in zip(
                spread(given["dilation"], n), spread(given["kernel_size"], n), strict=True
            )
        ]
        edges = given["padding"]
        if edges == "same":
            edges = [(span // 2, span - span // 2) for span in spans]
        else:
            edges = [(edge, edge) for edge in spread(0 if edges == "valid" else edges, n)]
        pixels = np.arange(np.prod(self.case.size)).reshape(self.case.size)
        pixels = np.pad(pixels, edges, **NUMPY_MODES[given["padding_mode"]])
        flat = torch.cat([batch.flatten(2), batch.new_zeros(*batch.shape[:2], 1)], 2)  # -1: a zero
        positions = [
            (padded - span - 1) // s + 1
            for padded, span, s in zip(pixels.shape, spans, spread(given["stride"], n), strict=True)
        ]
        channels = given["in_channels"] // given["groups"]
        filters = given["out_channels"] // given["groups"]
        rows = []
        for filter in range(given["out_channels"]):
            group = slice(filter // filters * channels, (filter // filters + 1) * channels)
            for position in itertools.product(*map(range, positions)):
                seen = flat[:, group][:, :, torch.from_numpy(pixels[self.window(position)].copy())]
                rows.append((seen * self.kernel[(*position, filter)]).flatten(1).sum(1))
        return torch.stack(rows, 1).reshape(len(batch), given["out_channels"], *positions)


class LoopBack(Loop):
    """What LocalConvTranspose is: every pixel, times its own kernel, is added to a window."""

    def on_a_batch(self, batch):
        given, n = self.case.arguments, self.case.ndim
        sizes = [
            (size - 1) * s + d * (k - 1) + 1 + extra
            for size, s, d, k, extra in zip(
                self.case.size,
                *(
                    spread(given[key], n)
                    for key in ("stride", "dilation", "kernel_size", "output_padding")
                ),
                strict=True,
            )
        ]
        inside = tuple(
            slice(edge, size - edge)
            for edge, size in zip(spread(given["padding"], n), sizes, strict=True)
        )
        groups, filters = given["groups"], given["out_channels"] // given["groups"]
        channels = given["in_channels"] // groups
        numbers = np.arange(np.prod(sizes)).reshape(sizes)
        written = batch.new_zeros(len(batch), given["out_channels"], numbers.size)
        for channel in range(given["in_channels"]):
            group = range(channel // channels * filters, (channel // channels + 1) * filters)
            for position in itertools.product(*map(range, self.case.size)):
                where = torch.from_numpy(numbers[self.window(position)].flatten())
                for out, weights in zip(group, self.kernel[(*position, channel)], strict=True):
                    part = batch[(slice(None), channel, *position)][:, None] * weights.flatten()
                    written[:, out].index_add_(1, where, part)
        return written[:, :, torch.from_numpy(numbers[inside].copy())]


@tries(240)
@given(convolutions(largest=1), BIASES)
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


@tries(160)
@given(transposed_convolutions(), BIASES)
def test_transposed_outputs_and_gradients_are_those_of_a_loop_over_positions(case, bias):
    arguments = case.arguments | {"bias": bias, "input_size": case.size}
    ours = LocalConvTranspose(case.ndim, **arguments)
    image = case.image()
    assert_same_layer(ours, LoopBack(case, ours.kernel, ours.bias), image)
    filters, channels = case.arguments["out_channels"], case.arguments["in_channels"]
    assert ours.kernel.shape == (
        *case.size,
        channels,
        filters // case.arguments["groups"],
        *ours.kernel_size,
    )
    assert ours.output_size == ours(image).shape[-case.ndim :]
    shapes = {True: (filters, *ours.output_size), "channel": (filters,)}
    assert ours.bias is None if not bias else ours.bias.shape == shapes[bias]


def test_first_values_are_spread_as_one_positions_inputs_ask():
    for transposed in (False, True):
        family = LocalConvTranspose2d if transposed else LocalConv2d
        torch.manual_seed(0)
        layer = family(4, 6, (3, 2), input_size=(12, 11), groups=2)
        # what one kernel of torch.nn's takes for it, not 1 / sqrt(fan_in) of a dense layer
        bound = 1 / ((3 if transposed else 2) * 3 * 2) ** 0.5
        for parameter in (layer.kernel, layer.bias):
            assert parameter.abs().max() <= bound
            assert parameter.abs().max() > 0.9 * bound
            assert abs(parameter.mean()) < 0.1 * bound
        # and drawn in the order in which they are stored, kernel first
        torch.manual_seed(0)
        *positions, rows, columns, high, wide = layer.kernel.shape
        same = torch.empty(*positions, high, wide, columns, rows).uniform_(-bound, bound)
        assert torch.equal(layer.kernel, same.permute(0, 1, 5, 4, 2, 3))
        assert torch.equal(layer.bias, torch.empty_like(layer.bias).uniform_(-bound, bound))


def test_what_the_readme_counts():
    def parameters(layer):
        return sum(each.numel() for each in layer.parameters())

    assert parameters(LocalConv2d(1, 1, 3, 28)) == 6760
    assert parameters(LocalConv2d(1, 1, 3, 28, bias="channel")) == 6085
    assert parameters(LocalConv2d(1, 1, 3, 28, bias=False)) == 6084
    # LeCun 1989, H1 without sharing: 12 maps of 8 × 8 units, each with its own 5 × 5 kernel
    assert parameters(LocalConv2d(1, 12, 5, 16, stride=2, padding=2)) == 12 * 8 * 8 * (25 + 1)
    # a kernel for each of 8 × 8 pixels, a bias for each of the 18 × 18 that they write
    assert parameters(LocalConvTranspose2d(3, 2, 4, 8, stride=2)) == 64 * 3 * 2 * 16 + 2 * 18**2


def test_what_is_printed():
    assert repr(LocalConv2d(1, 2, 3, 8)) == (
        "LocalConv2d(1, 2, kernel_size=(3, 3), stride=(1, 1), input_size=(8, 8))"
    )
    assert repr(LocalConvTranspose2d(1, 2, 3, 8, stride=2, output_padding=1)) == (
        "LocalConvTranspose2d(1, 2, kernel_size=(3, 3), stride=(2, 2), output_padding=(1, 1), "
        "input_size=(8, 8))"
    )
    shared = SharedConv2d(1, 2, 3, padding="same")
    assert repr(LocalConv2d.from_shared(shared, 8, bias="channel", tied=True)) == (
        "LocalConv2d(1, 2, kernel_size=(3, 3), stride=(1, 1), padding=same, input_size=(8, 8), "
        "bias=channel, tied=True)"
    )
    for name in layers.__all__:
        if name.startswith(("Local", "Shared")):
            assert getattr(layers, name).shares_kernel is name.startswith("Shared")
            assert getattr(layers, name).transposed is ("Transpose" in name)
