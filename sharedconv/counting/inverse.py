"""The question turned round: which layers have so many parameters?

The search goes over the divisors of the number: a layer with `filters` filters has ``filters ×
(one filter's weights + bias)`` parameters, so the filters divide the total, and what is left says
what one filter may look like. It stays within fixed ranges, whatever the number.
"""

from __future__ import annotations

from .conv import Conv
from .count import number
from .dense import Dense
from .separable import DepthwiseConv
from .sizes import counted, image_size, times, whole
from .value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    Layer = Conv | DepthwiseConv | Dense
    Shape = tuple[int | None, ...]

DIMENSIONS = {"conv2d": 2, "dense": 0, "conv1d": 1, "conv3d": 3, "depthwise": 2}
"""The kinds that are looked through, the most usual first, and their dimensions."""

LARGEST_KERNEL = 31
MOST_CHANNELS = 65_536
MOST_FEATURES = 1_000_000
MOST_STRIDE = 4


class Inverse(Value):
    """The layers that have a number of parameters.

    total: the number. layers: the most usual ones first. found: how many there are in all.
    ranges: one sentence on what was looked through, and so on what wasn't.
    """

    total: int
    layers: tuple[Layer, ...]
    found: int
    ranges: str

    def __init__(self, total: int, layers: Sequence[Layer], found: int, ranges: str) -> None:
        super().__init__(total=total, layers=tuple(layers), found=found, ranges=ranges)


def inverse(
    total: int,
    in_channels: int | None = None,
    kind: str | None = None,
    output: Sequence[int | None] | None = None,
    limit: int = 20,
    *,
    input_size: Sequence[int | None] | None = None,
) -> Inverse:
    """Which layers have exactly `total` parameters?

    in_channels: only layers with so many input channels (or features).
    kind: only "conv1d", "conv2d", "conv3d", "dense" or "depthwise"; all of them where None.
    output: only layers that give such an output, ``(C, H, W)``, channels first; a size may be
        None. Its dimensions say which kinds can.
    limit: list so many at most; how many there are is counted all the same.
    input_size: height and width of the input (or length, or depth, height, width). With `output`
        it leaves only layers that lead from one to the other, with padding "valid" or "same" and
        a stride of 1 to 4.

    The ranges are `LARGEST_KERNEL`, `MOST_CHANNELS` and `MOST_FEATURES`; kernels have equal sides,
    and there are no groups but in "depthwise", which has one filter for each of its channels, 2 or
    more. All layers in the ranges are found. Raises ValueError or TypeError, in one sentence, for
    questions that make no sense.
    """
    total, limit = whole("total", total), whole("limit", limit)
    channels = None if in_channels is None else whole("in_channels", in_channels)
    shape = None if output is None else image_size("output", tuple(output), len(output))
    size = None
    if input_size is not None:
        size = image_size("input_size", tuple(input_size), len(input_size))
    kinds = _kinds(kind, shape, size)
    found = [
        each
        for name in kinds
        for each in _candidates(name, total, shape[0] if shape else None)
        if channels is None or each[1] == channels
    ]
    if size is not None:
        found = [each for each in found if _placed(each, shape, size) is not None]
    found.sort(key=_unusual)
    layers = [_placed(each, shape, size) for each in found[:limit]]
    made = [each for each in layers if each is not None]
    return Inverse(total, made, len(found), _ranges(kinds, total, shape, size))


def _kinds(kind: str | None, shape: Shape | None, size: Shape | None) -> list[str]:
    if kind is not None and kind not in DIMENSIONS:
        raise ValueError(f"kind is {kind!r}; it has to be one of {', '.join(DIMENSIONS)}")
    if shape == ():
        raise ValueError("output is empty; give at least the channels, such as 10")
    kinds = list(DIMENSIONS) if kind is None else [kind]
    asked = [] if shape is None else [("output", shape[1:])]
    asked += [] if size is None else [("input_size", size)]
    for name, sizes in asked:
        if kind is not None and DIMENSIONS[kind] != len(sizes):
            raise ValueError(
                f"{name} has {_sizes(sizes)} besides the channels; {kind} takes "
                f"{counted(DIMENSIONS[kind], 'number')} there"
            )
        kinds = [each for each in kinds if DIMENSIONS[each] == len(sizes)]
    if shape is not None and size is not None and len(shape) != len(size) + 1:
        raise ValueError(
            f"output has {_sizes(shape[1:])} besides the channels, and input_size has "
            f"{_sizes(size)}; give equally many"
        )
    if not kinds:
        name, sizes = asked[0]
        raise ValueError(
            f"{name} has {_sizes(sizes)} besides the channels; the layers here take 3 at most"
        )
    return kinds


def _sizes(sizes: Shape) -> str:
    return f"{counted(len(sizes), 'number')} ({times(sizes)})" if sizes else "no number"


# A layer that has the number, before it is made: its kind, in_channels (or in_features), filters
# (or units), the kernel's side, and whether it has a bias.
Candidate = tuple[str, int, int, int, bool]


def _candidates(name: str, total: int, filters: int | None) -> Iterator[Candidate]:
    if total > _largest(name):
        return
    ndim = DIMENSIONS[name]
    most = MOST_FEATURES if name == "dense" else MOST_CHANNELS
    kernels = [1] if name == "dense" else range(1, LARGEST_KERNEL + 1)
    for each in _divisors(total, most):
        if filters not in (None, each):
            continue
        of_one_filter = total // each
        for bias in (True, False):
            for kernel in kernels:
                channels, rest = divmod(of_one_filter - bias, kernel**ndim)
                if rest or not channels:
                    continue
                if name != "depthwise":
                    if channels <= most:
                        yield name, channels, each, kernel, bias
                elif channels == 1 < each:  # of one channel it is an ordinary convolution
                    yield name, each, each, kernel, bias


def _largest(name: str) -> int:
    """The most parameters that a layer of this kind has in these ranges."""
    if name == "dense":
        return Dense(MOST_FEATURES, MOST_FEATURES).count().total
    largest = (LARGEST_KERNEL,) * DIMENSIONS[name]
    if name == "depthwise":
        return DepthwiseConv(MOST_CHANNELS, largest).count().total
    return Conv(MOST_CHANNELS, MOST_CHANNELS, largest).count().total


def _divisors(value: int, most: int) -> list[int]:
    """All divisors up to `most`, from the prime factors up to it."""
    divisors, rest, prime = [1], value, 2
    while prime <= most and rest > 1:
        if prime * prime > rest:
            prime = rest  # nothing below divides it any more: it is a prime itself
            if prime > most:
                break
        powers = [1]
        while rest % prime == 0:
            rest //= prime
            powers.append(powers[-1] * prime)
        if len(powers) > 1:
            divisors = [d * power for d in divisors for power in powers if d * power <= most]
        prime += 1 if prime == 2 else 2
    return divisors


def _placed(found: Candidate, shape: Shape | None, size: Shape | None) -> Layer | None:
    """The layer, on the input that it has to have; None where none leads to that output."""
    name, channels, filters, kernel, bias = found
    if name == "dense":
        return Dense(channels, filters, bias)
    ndim = DIMENSIONS[name]
    if size is None:
        sizes = shape[1:] if shape else (None,) * ndim
        # what it takes with padding "valid" and a stride of 1
        size = tuple(None if each is None else each + kernel - 1 for each in sizes)
        shape = None
    for stride in range(1, (MOST_STRIDE if shape else 1) + 1):
        for padding in ("valid", "same"):
            if padding == "valid" and any(each is not None and each < kernel for each in size):
                continue
            if padding == "same" and (not shape or (stride > 1 and kernel % 2 == 0)):
                continue  # PyTorch can't pad an even kernel so
            more: dict[str, Any] = {
                "stride": stride,
                "padding": padding,
                "bias": bias,
                "input_size": size,
            }
            sides = (kernel,) * ndim
            layer: Conv | DepthwiseConv = (
                DepthwiseConv(channels, sides, **more)
                if name == "depthwise"
                else Conv(channels, filters, sides, **more)
            )
            if shape is None or _agree(layer.output_shape()[1:], shape[1:]):
                return layer
    return None


def _agree(given: Shape, wanted: Shape) -> bool:
    return all(a == b or None in (a, b) for a, b in zip(given, wanted, strict=True))


# -- the order -------------------------------------------------------------------------------------

USUAL_KERNELS = (3, 5, 1, 7, 11, 9)
USUAL_FEATURES = (784, 3072, 400, 9216, 25088)


def _unusual(found: Candidate) -> tuple[int, ...]:
    """How seldom one sees such a layer: the sort key."""
    name, channels, filters, kernel, bias = found
    place = list(DIMENSIONS).index(name)
    points = place + _unusual_width(filters) + (0 if bias else 2)
    if name == "dense":
        points += 1 + (0 if channels in USUAL_FEATURES else _unusual_width(channels))
    else:
        points += USUAL_KERNELS.index(kernel) if kernel in USUAL_KERNELS else 6 + kernel // 2
        if name != "depthwise" and not (channels in (1, 3) and kernel > 1):
            points += _unusual_width(channels)
    return points, place, channels, filters, kernel, not bias


def _unusual_width(width: int) -> int:
    if 8 <= width <= 4096 and width & (width - 1) == 0:  # a power of two
        return 0
    if width in (10, 20, 50, 100, 500, 1000) or (width <= 1024 and width % 16 == 0):
        return 1
    if width < 10 or (width <= 4096 and (width % 8 == 0 or width % 10 == 0)):
        return 3
    return 4 + len(str(width))


def _ranges(kinds: Sequence[str], total: int, shape: Shape | None, size: Shape | None) -> str:
    """What was looked through, and what the layers' inputs rest on."""
    parts = [
        f"{', '.join(each for each in kinds if each.startswith('conv'))} without groups",
        "depthwise with one filter for each channel",
        f"dense with up to {number(MOST_FEATURES)} inputs and units",
    ]
    there = [any(each.startswith("conv") for each in kinds), "depthwise" in kinds, "dense" in kinds]
    words = "; ".join(part for part, has in zip(parts, there, strict=True) if has)
    if kinds != ["dense"]:
        words += (
            f"; kernels with equal sides from 1 to {LARGEST_KERNEL}, up to "
            f"{number(MOST_CHANNELS)} channels and filters"
        )
    sentences = [f"Looked through: {words}; each with a bias and without."]
    if size and shape:
        sentences.append(f"Padding is 'valid' or 'same', the stride 1 to {MOST_STRIDE}.")
    elif shape and len(shape) > 1:
        sentences.append("The inputs are shown as the layers take them without padding and stride.")
    if total > max(map(_largest, kinds)):
        sentences.append(f"{number(total)} is more than any of these has.")
    return " ".join(sentences)
