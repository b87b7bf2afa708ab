"""What slips do to a computation: the bias left out, the kernel turned round, the padding missing.

As with counts, a slip is an edit of the truth: here of the real layer. The learner's tensor is held
against what the layer gives when it is so edited; where the two are the same, that was the slip.
To add one, add an entry to `TENSOR_SLIPS`.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from ...layers import ConvLayer

Edit = Callable[[Any, Tensor], Iterator[Tensor]]
"""From the real layer and a batch to what somebody gets for it who makes the slip."""


class TensorSlip(NamedTuple):
    """A slip in a computation: its name, what it does, why the layer does otherwise, a question."""

    slug: str
    says: str
    reason: str
    question: str
    edit: Edit

    def gives(self, layer: nn.Module, x: Tensor) -> list[Tensor]:
        """What somebody computes who makes this slip; nothing where it can't be made."""
        try:
            with torch.no_grad():
                # some layers of torch.nn take nothing without a batch
                return [each[0] for each in self.edit(layer, x[None])]
        except (RuntimeError, ValueError, AttributeError, IndexError):
            return []  # not a layer with such a part


def _changed(layer: nn.Module, **attributes: object) -> nn.Module:
    other = copy.deepcopy(layer)
    for name, value in attributes.items():
        setattr(other, name, nn.Parameter(value) if isinstance(value, Tensor) else value)
    return other


# -- edits of the bias -----------------------------------------------------------------------------


def _without_bias(layer: Any, x: Tensor) -> Iterator[Tensor]:
    if layer.bias is not None:
        yield _changed(layer, bias=torch.zeros_like(layer.bias))(x)


def _bias_times(amount: Callable[[Any], int]) -> Edit:
    def edit(layer: Any, x: Tensor) -> Iterator[Tensor]:
        yield _changed(layer, bias=layer.bias * amount(layer))(x)

    return edit


def _first_bias(layer: Any, x: Tensor) -> Iterator[Tensor]:
    yield _changed(layer, bias=layer.bias[:1].expand_as(layer.bias).clone())(x)


# -- edits of the kernel ---------------------------------------------------------------------------


def _kernel(edit: Callable[[Any], Tensor]) -> Edit:
    def edited(layer: ConvLayer, x: Tensor) -> Iterator[Tensor]:
        yield _changed(layer, kernel=edit(layer).clone())(x)

    return edited


def _space(layer: ConvLayer) -> tuple[int, ...]:
    return tuple(range(-layer.ndim, 0))


def _first_slice_only(layer: ConvLayer) -> Tensor:
    kernel = torch.zeros_like(layer.kernel)
    channels = -layer.ndim - 1
    kernel.narrow(channels, 0, 1).copy_(layer.kernel.narrow(channels, 0, 1))
    return kernel


def _first(axis: int) -> Callable[[ConvLayer], Tensor]:
    """The kernel with what is first along an axis in front of its sizes, everywhere."""

    def edit(layer: ConvLayer) -> Tensor:
        return layer.kernel.narrow(axis - layer.ndim, 0, 1).expand_as(layer.kernel)

    return edit


def _first_place(layer: ConvLayer, x: Tensor) -> Iterator[Tensor]:
    if layer.shares_kernel:
        return
    first = (slice(0, 1),) * layer.ndim
    kernel = layer.kernel[first].expand_as(layer.kernel).clone()
    other = _changed(layer, kernel=kernel)
    yield other(x)
    yield from _first_place_bias(other, x)


def _first_place_bias(layer: Any, x: Tensor) -> Iterator[Tensor]:
    if not layer.shares_kernel and layer.bias is not None and layer.bias.dim() > 1:
        first = (slice(None), *(slice(0, 1),) * layer.ndim)
        yield _changed(layer, bias=layer.bias[first].expand_as(layer.bias).clone())(x)


# -- edits of the settings and of where the kernel goes --------------------------------------------


def _with(**settings: int) -> Edit:
    def edit(layer: ConvLayer, x: Tensor) -> Iterator[Tensor]:
        if layer.shares_kernel:
            values = {name: (value,) * layer.ndim for name, value in settings.items()}
            yield _changed(layer, **values)(x)

    return edit


def _first_group(layer: ConvLayer, x: Tensor) -> Iterator[Tensor]:
    seen = layer.in_channels // layer.groups
    yield layer(torch.cat([x[:, :seen]] * layer.groups, 1))


def _without_last_place(layer: ConvLayer, x: Tensor) -> Iterator[Tensor]:
    right = layer(x)
    yield right[(..., *[slice(0, -1)] * layer.ndim)]
    for axis in _space(layer):
        yield right.narrow(axis, 0, right.shape[axis] - 1)


TENSOR_SLIPS: tuple[TensorSlip, ...] = (
    TensorSlip(
        "forgot-bias",
        "leaves out the bias",
        "Whatever the kernel finds, the layer adds its bias to it, at every place.",
        "What does the layer give out when its input is zero everywhere?",
        _without_bias,
    ),
    TensorSlip(
        "bias-per-weight",
        "adds the bias once for every weight of the kernel",
        "The products are added up first; the bias comes to their sum, once.",
        "How often does the line with the bias run for one output?",
        _bias_times(
            lambda layer: (layer.in_channels // layer.groups) * math.prod(layer.kernel_size)
        ),
    ),
    TensorSlip(
        "bias-per-channel",
        "adds the bias once for every input channel",
        "What the slices of a filter find is added up first; the bias comes to their sum, once.",
        "How often does the line with the bias run for one output?",
        _bias_times(lambda layer: layer.in_channels // layer.groups),
    ),
    TensorSlip(
        "one-bias-for-all",
        "adds the first filter's bias to every filter's result",
        "Each filter has a bias of its own.",
        "Which of the biases belongs to the second filter?",
        _first_bias,
    ),
    TensorSlip(
        "kernel-flipped",
        "turns the kernel round",
        "The layer lays the kernel on the input as it is: its first weight on the first number "
        "below it. (What mathematicians call a convolution turns it round; these layers don't.)",
        "Which number of the input does the kernel's first weight meet at the first place?",
        _kernel(lambda layer: layer.kernel.flip(_space(layer))),
    ),
    TensorSlip(
        "sides-swapped",
        "takes the kernel's rows for its columns",
        "The kernel's shape ends with its height, then its width, and so does the image's.",
        "In which direction of the image does the kernel's last index run?",
        _kernel(lambda layer: layer.kernel.transpose(-1, -2)),
    ),
    TensorSlip(
        "forgot-in-channels",
        "looks at the first input channel only",
        "A filter has a slice for each input channel, and adds up what they all find.",
        "Would a filter that sees only red notice something blue?",
        _kernel(_first_slice_only),
    ),
    TensorSlip(
        "forgot-in-channels",
        "lays the same slice on every input channel",
        "A filter has a slice of its own for each input channel.",
        "Would a filter that uses the same weights for red, green and blue see colours?",
        _kernel(_first(-1)),
    ),
    TensorSlip(
        "forgot-filters",
        "uses the first filter's kernel for every filter",
        "Each filter has a kernel of its own, because each looks for something else.",
        "If two filters had the same weights, how would what they find differ?",
        _kernel(_first(-2)),
    ),
    TensorSlip(
        "taken-for-shared",
        "uses the first place's kernel at every place",
        "This layer shares nothing: every place of the output has a kernel of its own.",
        "May this layer look for different things in the sky and on the ground?",
        _first_place,
    ),
    TensorSlip(
        "bias-taken-for-shared",
        "uses the first place's bias at every place",
        "Here every place has a bias of its own, beside its kernel.",
        "Which of the biases belongs to the second place?",
        _first_place_bias,
    ),
    TensorSlip(
        "forgot-padding",
        "leaves out the padding",
        "Zeros put around the input give the kernel more places to stand at.",
        "Where may the middle of the kernel stand when there are zeros beyond the edge?",
        _with(padding=0),
    ),
    TensorSlip(
        "forgot-stride",
        "lets the kernel stop at every place",
        "With a stride the kernel passes places over.",
        "At which inputs does the kernel start, one output after the other?",
        _with(stride=1),
    ),
    TensorSlip(
        "forgot-dilation",
        "takes the kernel's weights for close neighbours",
        "With a dilation there are gaps between them.",
        "How far is it from the kernel's first weight to its last?",
        _with(dilation=1),
    ),
    TensorSlip(
        "forgot-groups",
        "lets every group look at the first group's channels",
        "With groups, each filter sees the channels of its own group.",
        "Which input channels does the last filter see?",
        _first_group,
    ),
    TensorSlip(
        "forgot-last-place",
        "stops one place too early",
        "The kernel fits once more, with its last weight on the last number.",
        "Where does the kernel stand for the last output?",
        _without_last_place,
    ),
)
