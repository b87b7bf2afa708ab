"""Which input is connected to which output, and by which weight: what most pictures draw."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import NamedTuple

from ..counting import Conv, Count, Dense
from ..counting.count import number
from ..counting.positions import reach
from ..counting.sizes import counted, times

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


class Wire(NamedTuple):
    """One connection.

    source: where it comes from, ``(channel, *pixel)``. A pixel below 0 or behind the last is
        padding. target: the output's place in ``output.flatten()``. weight: the weight's place in
        ``kernel.flatten()``.
    """

    source: tuple[int, ...]
    target: int
    weight: int


def conv_of(
    layer: Any, input_size: int | tuple[int, ...] | None = None, *, transposed_too: bool = False
) -> Conv:
    """The convolution that is to be drawn, with its input size.

    layer: a Conv or LocalConv of `sharedconv.counting`, or a layer of PyTorch or of ours.
    input_size: height and width of the image, channels not counted, where the layer doesn't know.
    transposed_too: whether a transposed one can be drawn so as well.

    Raises TypeError for what is no convolution, ValueError where the input size isn't known, and
    for what can't be drawn: a transposed convolution, padding with something else than zeros.
    """
    kind = layer
    if hasattr(layer, "forward"):
        from ..witnesses import kind_of

        kind = kind_of(layer)
        mode = getattr(layer, "padding_mode", "zeros")
        if mode != "zeros":
            raise ValueError(
                f"padding_mode is {mode!r}; only padding with zeros is drawn, the default"
            )
    if not isinstance(kind, Conv):
        raise TypeError(
            f"{type_of(layer)} can't be drawn so; this picture takes a convolution, such "
            "as Conv2D(1, 3)"
        )
    if kind.transposed and not transposed_too:
        raise ValueError(
            "a transposed convolution isn't drawn so; draw the convolution that it is the reverse "
            "of, or take the picture sliding"
        )
    if input_size is not None:
        kind = kind.replace(input_size=input_size)
    if None in kind.input_size:
        raise ValueError(
            "a picture needs the size of the input; give it a small one (in the command: "
            "--input 7x1 for a Conv1D, --input 5x5x1 for a Conv2D)"
        )
    return kind


def type_of(thing: object) -> str:
    """``a Dense``, ``an LSTM``: what a thing is, for a sentence that refuses it."""
    name = type(thing).__name__
    # an acronym is read letter by letter, and the names of these begin with a vowel
    spelled = name[:2].isupper() and name[0] in "FHLMNRSX"
    return f"{'an' if spelled or name[0].lower() in 'aeio' else 'a'} {name}"


def pixels(conv: Conv, axis: int) -> list[list[int]]:
    """Along one dimension: for each position of the kernel, the pixels that its weights meet.

    These are pixels of the input; a transposed convolution has a position for each of those, and
    its weights meet pixels of the output.
    """
    positions = (conv.input_size if conv.transposed else conv.output_size())[axis]
    if positions is None:
        raise ValueError("the input size isn't known")
    step, apart = conv.stride[axis], conv.dilation[axis]
    first = -before(conv, axis)
    return [
        [first + position * step + tap * apart for tap in range(conv.kernel_size[axis])]
        for position in range(positions)
    ]


def before(conv: Conv, axis: int) -> int:
    """How much padding stands in front of the image along one dimension.

    "same" puts the odd one behind, and with a stride pads as little as Keras does. Of a transposed
    convolution's output so much is cut off in front.
    """
    padding, size = conv.padding, conv.input_size[axis]
    if not isinstance(padding, str):
        return padding[axis]
    further = reach(conv.kernel_size[axis], conv.dilation[axis]) - 1
    if padding == "causal":
        return further
    if padding == "valid" or size is None:
        return 0
    if conv.transposed:
        # Keras 3.15, compute_conv_transpose_output_crops_for_torch
        extra = conv.output_padding
        around = (
            conv.stride[axis] + further - 1
            if extra is None
            else further - 1 + (further + 1) % 2 + extra[axis]
        )
        return max(further - (around - around // 2), 0)
    last = (-(-size // conv.stride[axis]) - 1) * conv.stride[axis] + further
    return max(last - (size - 1), 0) // 2


def is_padding(conv: Conv, source: tuple[int, ...]) -> bool:
    """Whether a wire comes from outside the image, where everything is 0."""
    return any(
        not 0 <= pixel < (size or 0)
        for pixel, size in zip(source[1:], conv.input_size, strict=True)
    )


def wires(kind: Conv | Dense, conv: Conv) -> Iterator[Wire]:
    """The connections of a layer without its biases, padding included, output by output.

    kind: `conv` itself, or `conv.shared()`, `.unshared()` or `.dense()`.
    """
    if isinstance(kind, Dense):
        inputs = sources(conv)
        for target in range(kind.units):
            for place, source in enumerate(inputs):
                yield Wire(source, target, target * len(inputs) + place)
        return
    channels, filters = kind.in_channels // kind.groups, kind.filters
    block = channels * prod(kind.kernel_size)
    places = list(product(*(pixels(kind, axis) for axis in range(kind.ndim))))
    for filter_, (position, met) in product(range(filters), enumerate(places)):
        group = filter_ // (filters // kind.groups)
        own = 0 if kind.shares_kernel else position * filters
        taps = product(range(channels), product(*met))
        for tap, (channel, pixel) in enumerate(taps):
            yield Wire(
                (group * channels + channel, *pixel),
                filter_ * len(places) + position,
                (own + filter_) * block + tap,
            )


def sources(conv: Conv) -> list[tuple[int, ...]]:
    """All inputs, ``(channel, *pixel)``, in the order of ``input.flatten()``."""
    return list(product(range(conv.in_channels), *(range(size or 0) for size in conv.input_size)))


def bias_of(kind: Conv | Dense, conv: Conv, target: int) -> int | None:
    """Which bias an output adds; None where there is none."""
    if not kind.bias:
        return None
    if isinstance(kind, Dense) or not (kind.shares_kernel or kind.bias == "channel"):
        return target
    return target // (outputs(conv) // conv.filters)


def outputs(conv: Conv) -> int:
    """How many numbers come out."""
    return prod(size or 0 for size in conv.output_shape())


def named(conv: Conv) -> str:
    """``a kernel of 3×3, 1 filter, on 5×5, stride 2×2``: what is drawn, in words."""
    words = [f"a kernel of {times(conv.kernel_size)}", f"on an input of {times(conv.input_size)}"]
    ones = (1,) * conv.ndim
    if conv.stride != ones:
        words.append(f"stride {times(conv.stride)}")
    if isinstance(conv.padding, str) and conv.padding != "valid":
        words.append(f"padding '{conv.padding}'")
    elif any(conv.padding) and not isinstance(conv.padding, str):
        words.append(f"padding {times(conv.padding)}")
    if conv.dilation != ones:
        words.append(f"dilation {times(conv.dilation)}")
    if conv.groups > 1:
        words.append(f"{conv.groups} groups")
    return ", ".join(words)


def parts(count: Count) -> str:
    """``3 weights + 1 bias = 4``"""
    weights, biases = count.role("kernel").total, count.role("bias").total
    if biases:
        return f"{counted(weights, 'weight')} + {biases_of(biases)} = {number(count.total)}"
    return f"{counted(weights, 'weight')}, no bias"


def biases_of(biases: int) -> str:
    """``1 bias``, ``2 biases``"""
    return f"{number(biases)} bias{'' if biases == 1 else 'es'}"


def ways_of(conv: Conv) -> dict[str, Conv | Dense]:
    """The layer, the same without sharing, and dense: by name."""
    unshared = conv.unshared() if conv.shares_kernel else conv
    return {"shared": conv.shared(), "unshared": unshared, "dense": conv.dense()}
