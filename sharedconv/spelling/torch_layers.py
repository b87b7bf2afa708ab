"""PyTorch's constructors, with PyTorch's own signatures (a test holds each against the real class).

Each gives a recipe: a function from the input's shape to the layer kind. PyTorch's layers name
their input channels themselves, so the shape may be left out; then only the count is known.
"""

from __future__ import annotations

from ..counting import Conv, Dense
from .arguments import flag, sizes_of, whole_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .shape import Shape

    Recipe = Callable[[Shape | None], Conv | Dense]

# Most arguments of a constructor have no part in a count; the signature names them all the same.


def Conv1d(
    in_channels: object,
    out_channels: object,
    kernel_size: object,
    stride: object = 1,
    padding: object = 0,
    dilation: object = 1,
    groups: object = 1,
    bias: object = True,
    padding_mode: object = "zeros",
    device: object = None,
    dtype: object = None,
) -> Recipe:
    return _conv(1, locals())


def Conv2d(
    in_channels: object,
    out_channels: object,
    kernel_size: object,
    stride: object = 1,
    padding: object = 0,
    dilation: object = 1,
    groups: object = 1,
    bias: object = True,
    padding_mode: object = "zeros",
    device: object = None,
    dtype: object = None,
) -> Recipe:
    return _conv(2, locals())


def Conv3d(
    in_channels: object,
    out_channels: object,
    kernel_size: object,
    stride: object = 1,
    padding: object = 0,
    dilation: object = 1,
    groups: object = 1,
    bias: object = True,
    padding_mode: object = "zeros",
    device: object = None,
    dtype: object = None,
) -> Recipe:
    return _conv(3, locals())


def ConvTranspose1d(
    in_channels: object,
    out_channels: object,
    kernel_size: object,
    stride: object = 1,
    padding: object = 0,
    output_padding: object = 0,
    groups: object = 1,
    bias: object = True,
    dilation: object = 1,
    padding_mode: object = "zeros",
    device: object = None,
    dtype: object = None,
) -> Recipe:
    return _conv(1, locals(), transposed=True)


def ConvTranspose2d(
    in_channels: object,
    out_channels: object,
    kernel_size: object,
    stride: object = 1,
    padding: object = 0,
    output_padding: object = 0,
    groups: object = 1,
    bias: object = True,
    dilation: object = 1,
    padding_mode: object = "zeros",
    device: object = None,
    dtype: object = None,
) -> Recipe:
    return _conv(2, locals(), transposed=True)


def ConvTranspose3d(
    in_channels: object,
    out_channels: object,
    kernel_size: object,
    stride: object = 1,
    padding: object = 0,
    output_padding: object = 0,
    groups: object = 1,
    bias: object = True,
    dilation: object = 1,
    padding_mode: object = "zeros",
    device: object = None,
    dtype: object = None,
) -> Recipe:
    return _conv(3, locals(), transposed=True)


def Linear(
    in_features: object,
    out_features: object,
    bias: object = True,
    device: object = None,
    dtype: object = None,
) -> Recipe:
    return _dense(locals())


def _conv(ndim: int, given: Mapping[str, object], transposed: bool = False) -> Recipe:
    in_channels = whole_of(given, "in_channels")
    out_channels = whole_of(given, "out_channels")
    kernel_size = sizes_of(given, "kernel_size", ndim)
    stride = sizes_of(given, "stride", ndim)
    dilation = sizes_of(given, "dilation", ndim)
    groups = whole_of(given, "groups")
    bias = flag(given, "bias")
    padding = given["padding"]
    if not isinstance(padding, str):
        padding = sizes_of(given, "padding", ndim, least=0)
    elif transposed:
        raise ValueError(
            f"padding is {padding!r}; a transposed layer takes numbers only in PyTorch"
        )
    elif padding not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}; PyTorch takes numbers, 'valid' or 'same'")
    elif padding == "same" and max(stride) > 1:
        raise ValueError(
            f"padding is 'same' and stride is {stride}; PyTorch takes 'same' with stride 1 only, "
            "so give the padding as a number"
        )
    modes = ("zeros",) if transposed else ("zeros", "reflect", "replicate", "circular")
    mode = given["padding_mode"]
    if isinstance(mode, str) and mode not in modes:
        raise ValueError(
            f"padding_mode is {mode!r}; here PyTorch takes {', '.join(map(repr, modes))}"
        )
    output_padding = sizes_of(given, "output_padding", ndim, least=0) if transposed else None

    def build(shape: Shape | None) -> Conv:
        size = None
        if shape is not None:
            size = shape.image(ndim)
            _same_channels("in_channels", in_channels, shape, shape.channels)
        return Conv(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding,
            dilation,
            groups,
            bias,
            transposed=transposed,
            output_padding=output_padding,
            input_size=size,
        )

    return build


def _dense(given: Mapping[str, object]) -> Recipe:
    in_features = whole_of(given, "in_features")
    out_features = whole_of(given, "out_features")
    bias = flag(given, "bias")

    def build(shape: Shape | None) -> Dense:
        if shape is None:
            return Dense(in_features, out_features, bias)
        *positions, features = shape.sizes
        _same_channels("in_features", in_features, shape, features)
        return Dense(in_features, out_features, bias, positions=positions)

    return build


def _same_channels(name: str, wanted: int, shape: Shape, found: int | None) -> None:
    if found in (None, wanted):
        return
    if name == "in_features":
        raise ValueError(
            f"the layer has in_features={wanted}, and the last number of the input {shape} is "
            f"{found}; the two have to be equal"
        )
    turned = shape.replace(channels_last=not shape.channels_last)
    hint = (
        f"it would fit with --data-format channels_{'last' if turned.channels_last else 'first'}"
        if turned.channels == wanted
        else "the two have to be equal"
    )
    raise ValueError(
        f"the layer has in_channels={wanted}, and the input {shape}, read {shape.order}, has "
        f"{found}; {hint}"
    )


LAYERS: dict[str, Callable[..., Recipe]] = {
    each.__name__: each
    for each in (
        Conv1d,
        Conv2d,
        Conv3d,
        ConvTranspose1d,
        ConvTranspose2d,
        ConvTranspose3d,
        Linear,
    )
}
