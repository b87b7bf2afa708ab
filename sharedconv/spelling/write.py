"""From a layer kind to the line that makes it, in Keras or in PyTorch. `read` is the way back."""

from __future__ import annotations

from ..counting.conv import Conv
from ..counting.dense import Dense
from ..counting.separable import DepthwiseConv

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..counting.kind import Kind


def write(kind: Kind, framework: str) -> str:
    """``Conv2D(10, 5)`` or ``nn.Conv2d(1, 10, 5)``: the call, with what differs from its defaults.

    kind: a `Conv` that isn't transposed, a `DepthwiseConv` or a `Dense`.
    framework: "keras" or "torch". Keras reads the number of input channels from what comes in, so
        its line is without them.

    Raises ValueError, in one sentence, for another kind, and for a padding that the framework
    can't express: numbers in Keras, "causal" or a strided "same" of an even kernel in PyTorch.
    """
    if framework not in ("keras", "torch"):
        raise ValueError(f"framework is {framework!r}; it has to be 'keras' or 'torch'")
    in_keras = framework == "keras"
    if isinstance(kind, Dense):
        no_bias = [] if kind.bias else ["use_bias=False" if in_keras else "bias=False"]
        sizes = [kind.units] if in_keras else [kind.in_features, kind.units]
        return _call("Dense" if in_keras else "nn.Linear", sizes, no_bias)
    if isinstance(kind, DepthwiseConv):
        return _keras_conv(kind) if in_keras else _torch_conv(kind.as_conv())
    if type(kind) is Conv and not kind.transposed:
        return _keras_conv(kind) if in_keras else _torch_conv(kind)
    raise ValueError(f"a {type(kind).__name__} like this one can't be written as one line here")


def _keras_conv(kind: Conv | DepthwiseConv) -> str:
    name, sizes, more = f"Conv{kind.ndim}D", [], []
    if isinstance(kind, DepthwiseConv):
        name = f"Depthwise{name}"
    else:
        sizes.append(kind.filters)
    if max(kind.stride) > 1:
        more.append(f"strides={_short(kind.stride)}")
    if isinstance(kind.padding, str):
        more += [] if kind.padding == "valid" else [f"padding={kind.padding!r}"]
    elif any(kind.padding):
        raise ValueError(
            f"padding is {kind.padding}; a layer of Keras takes the words 'valid' and 'same', and "
            "ZeroPadding in front of it takes numbers"
        )
    if max(kind.dilation) > 1:
        more.append(f"dilation_rate={_short(kind.dilation)}")
    if isinstance(kind, DepthwiseConv):
        more += [f"depth_multiplier={kind.depth_multiplier}"] if kind.depth_multiplier > 1 else []
    elif kind.groups > 1:
        more.append(f"groups={kind.groups}")
    more += [] if kind.bias else ["use_bias=False"]
    return _call(name, [*sizes, _short(kind.kernel_size)], more)


def _torch_conv(kind: Conv) -> str:
    more = [f"stride={_short(kind.stride)}"] if max(kind.stride) > 1 else []
    padding = _torch_padding(kind)
    if padding not in ((0,) * kind.ndim, "valid"):
        shown = repr(padding) if isinstance(padding, str) else _short(padding)
        more.append(f"padding={shown}")
    if max(kind.dilation) > 1:
        more.append(f"dilation={_short(kind.dilation)}")
    if kind.groups > 1:
        more.append(f"groups={kind.groups}")
    more += [] if kind.bias else ["bias=False"]
    sizes = [kind.in_channels, kind.filters, _short(kind.kernel_size)]
    return _call(f"nn.Conv{kind.ndim}d", sizes, more)


def _torch_padding(kind: Conv) -> tuple[int, ...] | str:
    reaches = [d * (k - 1) for d, k in zip(kind.dilation, kind.kernel_size, strict=True)]
    if kind.padding == "causal" or (
        kind.padding == "same" and max(kind.stride) > 1 and any(each % 2 for each in reaches)
    ):
        raise ValueError(
            f"padding is {kind.padding!r}, which puts more on one side than on the other here; a "
            "layer of PyTorch pads both sides alike"
        )
    if kind.padding == "same" and max(kind.stride) > 1:
        # as many positions as Keras's, though Keras may leave out the first row of zeros
        return tuple(each // 2 for each in reaches)
    return kind.padding


def _short(sizes: Sequence[int]) -> int | tuple[int, ...]:
    return sizes[0] if len(set(sizes)) == 1 else tuple(sizes)


def _call(name: str, in_order: Sequence[object], by_name: Sequence[str]) -> str:
    return f"{name}({', '.join([*map(str, in_order), *by_name])})"
