"""PyTorch's convolutions, with its own signatures (a test holds each against the real class).

Each gives a recipe: a function from the input's shape to the layer kind. PyTorch's layers name
their input channels themselves, so the shape may be left out; then only the count is known.
"""

from __future__ import annotations

from ...counting.conv import Conv
from ..arguments import LAZY, flag, image_of, same_channels, sizes_of, whole_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..recipe import Recipe
    from ..shape import Shape

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


def _lazy_conv(ndim: int) -> Callable[..., Recipe]:
    def LazyConv(
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
        return _conv(ndim, locals())

    return LazyConv


def _lazy_conv_transpose(ndim: int) -> Callable[..., Recipe]:
    def LazyConvTranspose(
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
        return _conv(ndim, locals(), transposed=True)

    return LazyConvTranspose


LazyConv1d, LazyConv2d, LazyConv3d = map(_lazy_conv, (1, 2, 3))
LazyConvTranspose1d, LazyConvTranspose2d, LazyConvTranspose3d = map(_lazy_conv_transpose, (1, 2, 3))


def _conv(ndim: int, given: Mapping[str, object], transposed: bool = False) -> Recipe:
    told = whole_of(given, "in_channels") if "in_channels" in given else None
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
        if told is None:
            in_channels, size = image_of(shape, ndim, LAZY)
        else:
            in_channels = told
            if shape is not None:
                size = shape.image(ndim)
                same_channels("in_channels", in_channels, shape, shape.channels)
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
