"""What sharing is worth in a layer: parameters, work and memory by the rule, and time by the clock.

The counts are never read from a layer that was made for it, so that one which nobody could build
is compared like any other: ResNet-50's first layer, dense, would take 483 GB.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from time import perf_counter
from typing import Any

import torch
from torch import Tensor, nn

from ..counting import Conv, Dense, Kind
from ..counting.sharing import Sharing, Way, in_units, sharing
from ..counting.sizes import per_dimension
from ..layers import LocalConv, LocalConvTranspose, SharedConv, SharedConvTranspose
from ..layers.base import ConvLayer
from ..layers.memory import free_memory, out_of_memory
from .rule import kind_of

Size = int | Sequence[int]

LEAST_RUNS, MOST_RUNS, SECONDS = 5, 50, 0.5
"""One image is run at least so often and at most so often, in between until so long has passed."""
LAYERS: dict[tuple[bool, bool], Callable[..., ConvLayer]] = {
    (True, False): SharedConv,
    (True, True): SharedConvTranspose,
    (False, False): LocalConv,
    (False, True): LocalConvTranspose,
}


def compare_sharing(
    layer: nn.Module | Kind,
    input_size: Size | None = None,
    *,
    measure: bool = True,
    limit: int = 1_000_000_000,
    progress: Callable[[], None] | None = None,
) -> Sharing:
    """Compare a convolution with the same one unshared, and with a dense layer in its place.

    layer: a convolution of ``torch.nn`` or of `sharedconv.layers`, or the kind `Conv` or
        `LocalConv` of `sharedconv.counting`. It is not run itself; others like it are, on its
        device and with its type of numbers.
    input_size: the size of the image, one number a dimension or one for all, with or without the
        channels in front; None where the layer knows it.
    measure: whether to measure the time for one image, forward: the quickest of a few runs, since
        whatever else the machine does can only make a run longer.
    limit: how many bytes a layer, what goes in and what comes out may take together to be measured.
    progress: called after each of the three ways.

    Raises TypeError for another layer, ValueError where the size isn't known or doesn't fit.
    """
    kind = _kind(layer, input_size)
    like, padding_mode = torch.empty(0), "zeros"
    if isinstance(layer, nn.Module):
        like = next(layer.parameters())
        padding_mode = str(layer.padding_mode)
    found = sharing(kind, like.element_size())
    if not measure:
        return found
    ways = []
    for way in found.ways:
        seconds, why_not = _time(way, kind, like, padding_mode, limit)
        ways.append(way.replace(seconds=seconds, not_measured=why_not))
        if progress is not None:
            progress()
    return found.replace(ways=ways)


def _kind(layer: nn.Module | Kind, input_size: Size | None) -> Conv:
    name = type(layer).__name__
    kind = layer if isinstance(layer, Conv) else None
    if isinstance(layer, nn.Module):
        ruled = kind_of(layer)
        kind = ruled if isinstance(ruled, Conv) else None
        if kind is None and isinstance(layer, ConvLayer):
            raise ValueError(
                f"this {name} takes its size from its first input, and has none yet: call it "
                "once, or make it with an input_size"
            )
    if kind is None:
        raise TypeError(
            f"compare_sharing takes a convolution of torch.nn or of sharedconv, not a {name}"
        )
    if input_size is None:
        if None in kind.input_size:
            raise ValueError(
                f"how large a {name} is without sharing depends on the image: give its input_size"
            )
        return kind
    given = input_size
    if not isinstance(given, int) and len(given) == kind.ndim + 1:
        channels, *given = given
        if channels != kind.in_channels:
            raise ValueError(
                f"the input has {channels} channels (channels first), and this {name} takes "
                f"{kind.in_channels}"
            )
    size = per_dimension("input_size", given, kind.ndim)
    if not kind.shares_kernel and size != kind.input_size:
        raise ValueError(
            f"this {name} has one kernel for each position of an input of {kind.input_size}, not "
            f"of {size}"
        )
    return kind.replace(input_size=size)


def _time(
    way: Way, conv: Conv, like: Tensor, padding_mode: str, limit: int
) -> tuple[float | None, str | None]:
    """The seconds for one image; or None, and why."""
    if like.is_meta:
        return None, "on the device meta there is nothing to run"
    shape = (1, conv.in_channels, *_known(conv.input_size))
    numbers = way.parameters.total + prod(shape) + prod(_known(conv.output_shape()))
    needed, free = numbers * like.element_size(), free_memory(like.device)
    if needed > limit:
        return None, f"it takes {in_units(needed)}, over the limit of {in_units(limit)}"
    if free is not None and needed > free:
        return None, f"it takes {in_units(needed)}, and {in_units(free)} are free"
    try:
        layer = _filled(_built(way.kind, padding_mode, like.dtype), like.device)
        with torch.no_grad():
            image = torch.full(shape, 0.5, dtype=like.dtype, device=like.device)
            return _seconds(layer, image), None
    except RuntimeError as problem:
        return None, str(out_of_memory(f"the {way.name} layer", problem) or problem).split("\n")[0]
    except ValueError as problem:
        return None, str(problem)


def _seconds(layer: nn.Module, image: Tensor) -> float:
    times: list[float] = []
    layer(image)  # the first run also sets things up
    while len(times) < LEAST_RUNS or (len(times) < MOST_RUNS and sum(times) < SECONDS):
        _wait_for(image.device)
        start = perf_counter()
        layer(image)
        _wait_for(image.device)
        times.append(perf_counter() - start)
    return min(times)


def _wait_for(device: torch.device) -> None:
    if device.type != "cpu":  # others work on while Python goes ahead
        torch.accelerator.synchronize(device)


def _filled(layer: nn.Module, device: torch.device) -> nn.Module:
    """A layer from 'meta' brought to a device: random numbers would take longer than all the runs.

    Filled, because memory that nobody wrote to is read more quickly than any other.
    """
    layer.to_empty(device=device)
    for parameter in layer.parameters():
        nn.init.constant_(parameter, 0.01)
    return layer


def _built(kind: Kind, padding_mode: str, dtype: torch.dtype) -> nn.Module:
    where: dict[str, Any] = {"device": "meta", "dtype": dtype}
    if isinstance(kind, Dense):
        linear = nn.Linear(kind.in_features, kind.units, kind.bias, **where)
        return nn.Sequential(nn.Flatten(), linear)
    if not isinstance(kind, Conv):
        raise TypeError(f"a {type(kind).__name__} is no way to connect an image")
    padding, output_padding = _padding(kind)
    options: dict[str, Any] = {
        "in_channels": kind.in_channels,
        "out_channels": kind.filters,
        "kernel_size": kind.kernel_size,
        "stride": kind.stride,
        "padding": padding,
        "dilation": kind.dilation,
        "groups": kind.groups,
        "bias": kind.bias,
        "padding_mode": padding_mode,
        **where,
    }
    if kind.transposed:
        options["output_padding"] = output_padding
    if not kind.shares_kernel:
        options["input_size"] = kind.input_size
    layer = LAYERS[kind.shares_kernel, kind.transposed](kind.ndim, **options)
    if layer.output_positions(_known(kind.input_size)) != kind.output_size():
        raise ValueError(f"PyTorch has no layer with this padding {kind.padding!r}")
    return layer


def _padding(kind: Conv) -> tuple[tuple[int, ...] | str, tuple[int, ...]]:
    """The padding and output padding with which PyTorch has as many positions.

    Keras's words may put one pixel more on one side, which costs no time.
    """
    extra = kind.output_padding or (0,) * kind.ndim
    if not isinstance(kind.padding, str):
        return kind.padding, extra
    if not kind.transposed and set(kind.stride) == {1}:
        return "valid" if kind.padding == "valid" else "same", extra
    around, behind = [], []
    for size, out, kernel, stride, dilation in zip(
        *(_known(kind.input_size), _known(kind.output_size())),
        *(kind.kernel_size, kind.stride, kind.dilation),
        strict=True,
    ):
        small, large = (size, out) if kind.transposed else (out, size)
        spanned = (small - 1) * stride + dilation * (kernel - 1) + 1
        around.append(max(0, -(-(spanned - large) // 2)))
        behind.append(large + 2 * around[-1] - spanned)
    return tuple(around), tuple(behind)


def _known(sizes: Sequence[int | None]) -> tuple[int, ...]:
    return tuple(size for size in sizes if size is not None)
