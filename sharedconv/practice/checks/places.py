"""Where two tensors first differ, and why there: the edge, a channel, a group, a step."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from ...layers import ConvLayer


def first_place(differ: Tensor) -> tuple[int, ...]:
    """The first index, in reading order, at which a tensor of booleans is True."""
    flat = int(differ.flatten().to(torch.int8).argmax())
    return tuple(int(each) for each in torch.unravel_index(torch.tensor(flat), differ.shape))


def named(place: tuple[int, ...], channel: bool = True) -> str:
    """``channel 0, row 1, column 2``; counted from 0, as Python does.

    channel: whether there is more than one, so that it has to be said which.
    """
    axes = {1: ["place"], 2: ["row", "column"], 3: ["depth", "row", "column"]}[len(place) - 1]
    parts = [f"{axis} {at}" for axis, at in zip(["channel", *axes], place, strict=True)]
    return ", ".join(parts if channel else parts[1:])


def why_there(layer: ConvLayer, x: Tensor, got: Tensor, right: Tensor, differ: Tensor) -> str:
    """What the places that differ have in common, in a sentence or two; "" where nothing shows.

    x: the input, ``(C, *size)``. got, right, differ: ``(F, *places)``.
    """
    difference = (got - right).flatten(1)
    if bool(differ.all()):
        amounts = difference[:, :1]
        if torch.allclose(difference, amounts.expand_as(difference), rtol=0, atol=1e-9):
            each = "" if len(amounts) == 1 else " of a channel"
            return (
                f"The difference is the same at every place{each}, here {amounts[0, 0]:+.4g}: "
                "something is added, not multiplied."
            )
        ratios = (got / right).flatten()
        if bool(ratios.isfinite().all()) and torch.allclose(ratios, ratios[:1], atol=1e-9):
            return f"Every number is {ratios[0]:.4g} times the layer's."
    over_the_edge = _over_the_edge(layer, x)
    if over_the_edge.any() and not over_the_edge.all():
        edge = over_the_edge.expand_as(differ)
        if not (differ & ~edge).any():
            return (
                "All places that differ are those at which the kernel stands over the edge, on "
                "the padding. Inside, everything is as it should be."
            )
    return _of_channels(layer, differ) or _of_steps(layer, differ)


def _over_the_edge(layer: ConvLayer, x: Tensor) -> Tensor:
    """At which places the kernel reaches beyond the input: booleans of ``(*places)``."""
    over: Tensor | None = None
    sizes, places = x.shape[1:], layer.output_positions(tuple(x.shape[1:]))
    for axis, (size, many) in enumerate(zip(sizes, places, strict=True)):
        start = torch.arange(many) * layer.stride[axis] - layer.edges[axis][0]
        end = start + layer.dilation[axis] * (layer.kernel_size[axis] - 1)
        shape = [1] * len(sizes)
        shape[axis] = many
        along = ((start < 0) | (end >= size)).view(shape)
        over = along if over is None else over | along
    assert over is not None  # an image has a dimension
    return over


def _of_channels(layer: ConvLayer, differ: Tensor) -> str:
    channels = differ.flatten(1).any(1)
    first = int(channels.to(torch.int8).argmax())
    if first == 0 or not bool(channels[first:].all()):
        return ""
    group = layer.out_channels // layer.groups
    if first % group == 0:
        return (
            f"Channel {first} is the first filter of group {first // group + 1}, and the groups "
            "before it are as they should be: which input channels does this group see?"
        )
    return (
        f"The channels before {first} are as they should be: what is the next filter's own, its "
        "kernel or its bias?"
    )


def _of_steps(layer: ConvLayer, differ: Tensor) -> str:
    if differ.flatten(0, -2).any(0)[0]:
        return ""
    before = "The places before it are as they should be; "
    if not layer.shares_kernel:
        own = "a kernel of its own" if layer.bias is None else "a kernel and a bias of its own"
        return f"{before}each has {own}: which belong to the next?"
    stride = layer.stride[-1]
    step = "by one input" if stride == 1 else f"by its stride, {stride} inputs"
    return f"{before}from one to the next the kernel moves {step}."


def sum_there(layer: ConvLayer, x: Tensor, place: tuple[int, ...]) -> str:
    """The sum that the layer computes at one place, written out; "" where that gets too long."""
    channels = layer.in_channels // layer.groups
    if not layer.shares_kernel or layer.ndim != 1 or channels * math.prod(layer.kernel_size) > 5:
        return ""
    filter_, at = place
    first = filter_ // (layer.out_channels // layer.groups) * channels
    start = at * layer.stride[0] - layer.edges[0][0]
    parts = []
    for channel in range(channels):
        for tap in range(layer.kernel_size[0]):
            where = start + tap * layer.dilation[0]
            inside = 0 <= where < x.shape[1]
            seen = float(x[first + channel, where]) if inside else 0.0
            weight = float(layer.kernel[filter_, channel, tap].detach())
            parts.append(f"{weight:.4g} × {seen:.4g}")
    if layer.bias is not None:
        parts.append(f"{float(layer.bias[filter_].detach()):.4g}")
    total = layer(x).detach()[place]
    return f"There the layer computes {' + '.join(parts)} = {float(total):.4g}."
