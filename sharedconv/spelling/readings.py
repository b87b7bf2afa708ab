"""Which layers a row of a summary table can be: from its type, its shapes and its number."""

from __future__ import annotations

from math import gcd

from ..counting.value import Value
from .read import read
from .recipe import FAMILIES, names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from .read import Spelled

    Sizes = tuple[int | None, ...]

LARGEST_KERNEL = 31
MOST_LAYERS_DEEP = 6
WITHOUT_PARAMETERS = ("passing", "pooling", "shaping", "resizing")
"""Families of layers that have no parameters."""


class Reading(Value):
    """A layer that a row can be.

    text: the call. spelled: the same, read, on the shape that comes in.
    fits: whether it gives the shape that comes out, too.
    """

    text: str
    spelled: Spelled
    fits: bool

    @property
    def square(self) -> bool:
        """Whether its kernel, if it has one, is as wide as it is high."""
        return len(set(getattr(self.spelled.kind, "kernel_size", ()))) <= 1

    def __init__(self, text: str, spelled: Spelled, fits: bool) -> None:
        super().__init__(text=text, spelled=spelled, fits=fits)


class Tries:
    """Reads layers to try them, each once, and at most so many: a table may be anything."""

    def __init__(self, left: int) -> None:
        self.left = left
        self._known: dict[tuple[str, Sizes], Spelled | None] = {}

    def read(self, text: str, came: Sizes) -> Spelled | None:
        """The layer on this input; None where it can't be, or no tries are left."""
        key = (text, came)
        if key not in self._known:
            self.left -= 1
            if self.left < 0:
                return None
            try:
                self._known[key] = read(text, came)
            except (ValueError, TypeError):
                self._known[key] = None
        return self._known[key]


def readings(
    kind: str, framework: str, came: Sizes, output: Sizes, params: int, tries: Tries
) -> list[Reading]:
    """The layers of this type that have so many parameters on this input, the plainest first.

    kind: the class's name. framework: "keras" or "torch". came, output: the shapes in and out,
        without the batch. params: the number shown. tries: what layers are read with.
    """
    given: list[str] = []
    found: list[Reading] = []
    for text in _candidates(kind, framework, came, output, params, tries):
        spelled = tries.read(text, came)
        if spelled is None or spelled.count().total != params or text in given:
            continue
        given.append(text)
        found.append(_with_shape(text, spelled, came, output, tries))
    fitting = [each for each in found if each.fits]
    return fitting or found


def can_be_checked(kind: str, framework: str) -> bool:
    """Whether `readings` knows this type of layer."""
    return kind in _CONVOLUTIONS or kind in _OTHERS[framework]


def has_no_parameters(kind: str) -> bool:
    """Whether a layer of this type never has any."""
    return any(
        kind in FAMILIES[framework].get(family, ())
        for framework in FAMILIES
        for family in WITHOUT_PARAMETERS
    )


def whole_name(shown: str, framework: str) -> str:
    """The type of which only the beginning is shown; the beginning itself where several fit."""
    fitting = [each for each in names(framework) if each.startswith(shown)] if shown else []
    return fitting[0] if len(fitting) == 1 else shown


def in_a_row(sizes: Sizes, tries: Tries) -> Sizes | None:
    """The shape that flattening gives."""
    flat = tries.read("Flatten()", sizes)
    shape = None if flat is None else flat.output_shape()
    return None if shape is None or None in shape.sizes else shape.sizes


def _candidates(
    kind: str, framework: str, came: Sizes, output: Sizes, params: int, tries: Tries
) -> Iterable[str]:
    if kind in _CONVOLUTIONS:
        return _convolutions(kind, came, output, params, tries)
    if not came or not output or output[-1] is None:
        return []
    return _OTHERS[framework][kind](came, output[-1], len(output) == len(came), params)


# -- convolutions ----------------------------------------------------------------------------------

_CONVOLUTIONS = {
    **{f"Conv{n}D": (n, "{f}, ") for n in (1, 2, 3)},
    **{f"Conv{n}DTranspose": (n, "{f}, ") for n in (1, 2, 3)},
    **{f"SeparableConv{n}D": (n, "{f}, ") for n in (1, 2)},
    **{f"DepthwiseConv{n}D": (n, "") for n in (1, 2)},
    **{f"Conv{n}d": (n, "{c}, {f}, ") for n in (1, 2, 3)},
    **{f"ConvTranspose{n}d": (n, "{c}, {f}, ") for n in (1, 2, 3)},
}
"""Its number of dimensions, and what is written in front of the kernel size."""


def _convolutions(kind: str, came: Sizes, output: Sizes, params: int, tries: Tries) -> list[str]:
    ndim, head = _CONVOLUTIONS[kind]
    if len(came) != ndim + 1 or len(output) != ndim + 1:
        return []
    keras = kind.endswith(("D", "Transpose"))
    channels, filters = (came[-1], output[-1]) if keras else (came[0], output[0])
    if channels is None or filters is None:
        return []
    name = kind if keras else f"nn.{kind}"
    start = f"{name}({head.format(f=filters, c=channels)}"
    found: list[tuple[tuple[int, ...], str]] = []
    for groups in _groups(channels, filters, kind):
        tail = f", groups={groups}" if groups > 1 else ""
        for bias in ("", ", use_bias=False" if keras else ", bias=False"):
            end = f"{tail}{bias})"
            for sides in _kernels(start, end, came, params, tries):
                size = sides[0] if len(set(sides)) == 1 else sides
                found.append((sides, f"{start}{size}{end}"))
        if found and groups == 1:
            break
    square = [text for sides, text in found if len(set(sides)) == 1]
    return square or [text for _, text in found]


def _groups(channels: int, filters: int, kind: str) -> list[int]:
    if "Transpose" in kind or kind.startswith(("Separable", "Depthwise")):
        return [1]
    both = gcd(channels, filters)
    divisors = [each for each in range(2, min(both, 4096) + 1) if both % each == 0]
    return [1, *divisors[:12], *divisors[12:][-1:]]


def _kernels(
    start: str, end: str, came: Sizes, params: int, tries: Tries
) -> Iterator[tuple[int, ...]]:
    """The kernels with which there are so many parameters: their number grows evenly with the
    kernel's, so that two small kernels tell how large this one is."""
    ndim = len(came) - 1
    open_sizes = (None,) * ndim
    keras = not start.startswith("nn.")
    came = (*open_sizes, came[-1]) if keras else (came[0], *open_sizes)
    one, two = (tries.read(f"{start}{(*(1,) * (ndim - 1), side)}{end}", came) for side in (1, 2))
    if one is None or two is None:
        return
    each = two.count().total - one.count().total
    weights, left = divmod(params - one.count().total, each)
    if left or weights < 0 or weights + 1 > LARGEST_KERNEL**ndim:
        return
    yield from _sides(weights + 1, ndim)


def _sides(weights: int, ndim: int) -> Iterator[tuple[int, ...]]:
    if ndim == 1:
        if weights <= LARGEST_KERNEL:
            yield (weights,)
        return
    for side in range(1, min(weights, LARGEST_KERNEL) + 1):
        if weights % side == 0:
            for rest in _sides(weights // side, ndim - 1):
                yield (side, *rest)


def _with_shape(text: str, spelled: Spelled, came: Sizes, output: Sizes, tries: Tries) -> Reading:
    """The reading, with the stride and the padding that give the shape that comes out."""
    if _gives(spelled, output):
        return Reading(text, spelled, True)
    kind = text.partition("(")[0].removeprefix("nn.")
    if kind in _CONVOLUTIONS and None not in (*came, *output):
        for more in _strides_and_paddings(kind, came, output):
            changed = f"{text[:-1]}, {more})"
            again = tries.read(changed, came)
            if again is not None and _gives(again, output):
                return Reading(changed, again, True)
    return Reading(text, spelled, None in came)


def _gives(spelled: Spelled, output: Sizes) -> bool:
    try:
        shape = spelled.output_shape()
    except ValueError:
        return True
    if shape is None or len(shape.sizes) != len(output):
        return False
    return all(None in both or both[0] == both[1] for both in zip(shape.sizes, output, strict=True))


def _strides_and_paddings(kind: str, came: Sizes, output: Sizes) -> Iterator[str]:
    keras = kind.endswith(("D", "Transpose"))
    here, there = (came[0], output[0]) if keras else (came[-1], output[-1])
    ratio = max(here or 1, there or 1) / min(here or 1, there or 1)
    strides = dict.fromkeys([1, max(int(ratio), 1), int(ratio) + 1, 2, 3, 4])
    for stride in strides:
        if keras:
            given = [] if stride == 1 else [f"strides={stride}"]
            yield from (
                ", ".join([*given, *padding])
                for padding in ([], ["padding='same'"])
                if given or padding
            )
        else:
            given = [] if stride == 1 else [f"stride={stride}"]
            extra = ("", ", output_padding=1") if "Transpose" in kind and stride > 1 else ("",)
            for padding in range(16):
                shown = [*given, f"padding={padding}"] if padding else given
                yield from (", ".join(shown) + more for more in extra if shown)
    rates = "dilation_rate" if keras else "dilation"
    for dilation in (2, 3, 4, 6, 8, 12, 16, 18, 24):
        yield f"{rates}={dilation}"
        if keras:
            continue
        yield from (f"padding={dilation * half}, {rates}={dilation}" for half in (1, 2, 3))


# -- other layers ----------------------------------------------------------------------------------


def _dense(_: Sizes, last: int, *__: object) -> Iterator[str]:
    yield f"Dense({last})"
    yield f"Dense({last}, use_bias=False)"


def _linear(came: Sizes, last: int, *_: object) -> Iterator[str]:
    yield f"nn.Linear({came[-1]}, {last})"
    yield f"nn.Linear({came[-1]}, {last}, bias=False)"


def _embedding(name: str) -> Callable[..., Iterator[str]]:
    def candidates(_: Sizes, last: int, __: bool, params: int) -> Iterator[str]:
        if params % last == 0:
            yield f"{name}({params // last}, {last})"

    return candidates


def _scaled(name: str) -> Callable[..., Iterator[str]]:
    def candidates(*_: object) -> Iterator[str]:
        yield f"{name}()"
        yield f"{name}(center=False)"
        yield f"{name}(scale=False)"
        yield f"{name}(center=False, scale=False)"

    return candidates


def _per_channel(name: str) -> Callable[..., Iterator[str]]:
    def candidates(came: Sizes, *_: object) -> Iterator[str]:
        yield f"nn.{name}({came[0]})"
        yield f"nn.{name}({came[0]}, affine={name.startswith('Instance')})"

    return candidates


def _layer_norm(came: Sizes, *_: object) -> Iterator[str]:
    for sizes in (came[-1:], came):
        shown = sizes[0] if len(sizes) == 1 else sizes
        yield f"nn.LayerNorm({shown})"
        yield f"nn.LayerNorm({shown}, bias=False)"


def _keras_recurrent(name: str) -> Callable[..., Iterator[str]]:
    def candidates(_: Sizes, last: int, same: bool, *__: object) -> Iterator[str]:
        for more in ("", ", use_bias=False", ", reset_after=False")[: 3 if name == "GRU" else 2]:
            yield f"{name}({last}{more}{', return_sequences=True' if same else ''})"

    return candidates


def _bidirectional(came: Sizes, last: int, same: bool, params: int) -> Iterator[str]:
    for name in ("LSTM", "GRU", "SimpleRNN"):
        for text in _keras_recurrent(name)(came, max(last // 2, 1), same, params):
            yield f"Bidirectional({text})"


def _torch_recurrent(name: str) -> Callable[..., Iterator[str]]:
    def candidates(came: Sizes, last: int, *_: object) -> Iterator[str]:
        for layers in range(1, MOST_LAYERS_DEEP + 1):
            deep = f", {layers}" if layers > 1 else ""
            for units, both in ((last, ""), (max(last // 2, 1), ", bidirectional=True")):
                for bias in ("", ", bias=False"):
                    yield f"nn.{name}({came[-1]}, {units}{deep}{bias}{both})"

    return candidates


_OTHERS: dict[str, dict[str, Callable[..., Iterator[str]]]] = {
    "keras": {
        "Dense": _dense,
        "Embedding": _embedding("Embedding"),
        **{name: _scaled(name) for name in ("BatchNormalization", "LayerNormalization")},
        **{name: _keras_recurrent(name) for name in ("SimpleRNN", "LSTM", "GRU")},
        "Bidirectional": _bidirectional,
    },
    "torch": {
        "Linear": _linear,
        "Embedding": _embedding("nn.Embedding"),
        **{f"BatchNorm{n}d": _per_channel(f"BatchNorm{n}d") for n in (1, 2, 3)},
        **{f"InstanceNorm{n}d": _per_channel(f"InstanceNorm{n}d") for n in (1, 2, 3)},
        "LayerNorm": _layer_norm,
        **{name: _torch_recurrent(name) for name in ("RNN", "LSTM", "GRU")},
    },
}
