"""Rules for PyTorch's layers without parameters: what becomes of the shape.

Shapes are without the batch, channels first; one that doesn't fit the layer (a model may feed it
without a batch) leaves the kind without a size.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import nn

from ..counting import (
    AdaptivePool,
    Flatten,
    Kind,
    Pad,
    PixelShuffle,
    Pool,
    Reshape,
    Resize,
    SameShape,
)

Size = tuple[int | None, ...]


def _same(_: Any, shape: Size | None) -> SameShape:
    return SameShape(_filled(shape))


def _pool(module: Any, shape: Size | None) -> Pool:
    ndim = _ndim(module)
    return Pool(
        module.kernel_size,
        module.stride,
        getattr(module, "padding", 0),
        getattr(module, "dilation", 1),
        module.ceil_mode,
        **_image(shape, ndim),
    )


def _adaptive_pool(module: Any, shape: Size | None) -> AdaptivePool:
    return AdaptivePool(module.output_size, **_image(shape, _ndim(module)))


def _pad(module: Any, shape: Size | None) -> Pad:
    # PyTorch begins with the last dimension: left, right, top, bottom, front, back
    before, after = module.padding[0::2][::-1], module.padding[1::2][::-1]
    modes = {"Reflection": "reflect", "Replication": "replicate", "Circular": "circular"}
    mode = modes.get(type(module).__name__[: -len("Pad1d")], "constant")
    return Pad(before, after, mode, **_image(shape, _ndim(module)))


def _upsample(module: nn.Upsample, shape: Size | None) -> Resize:
    numbers: Any = module.scale_factor if module.size is None else module.size
    ndim = len(numbers) if isinstance(numbers, tuple) else 2
    if shape is not None:
        ndim = len(shape) - 1
    return Resize(module.size, module.scale_factor, **_image(shape, ndim))


def _shuffle(module: Any, shape: Size | None) -> PixelShuffle:
    back = isinstance(module, nn.PixelUnshuffle)
    factor = module.downscale_factor if back else module.upscale_factor
    return PixelShuffle(factor, back, **_image(shape, 2))


def _flatten(module: nn.Flatten, shape: Size | None) -> Flatten | None:
    start, end = _behind_batch(module.start_dim), _behind_batch(module.end_dim)
    sizes = _filled(shape)
    if start is None or end is None or (sizes is not None and start < -len(sizes)):
        return None  # it takes the batch in
    return Flatten(sizes, start, end)


def _unflatten(module: nn.Unflatten, shape: Size | None) -> Reshape | None:
    axis = _behind_batch(module.dim) if isinstance(module.dim, int) else None
    if axis is None:
        return None
    return Reshape(_filled(shape), module.unflattened_size, axis)


def _behind_batch(dim: int) -> int | None:
    return None if dim == 0 else dim - 1 if dim > 0 else dim


def _filled(shape: Size | None) -> Size | None:
    return None if shape is None or 0 in shape else shape


def _image(shape: Size | None, ndim: int) -> dict[str, Any]:
    if shape is None or 0 in shape or len(shape) != ndim + 1:
        return {"channels": None, "ndim": ndim, "input_size": None}
    return {"channels": shape[0], "ndim": ndim, "input_size": shape[1:]}


def _ndim(module: nn.Module) -> int:
    return int(type(module).__name__[-len("1d")])


Row = tuple[tuple[type[nn.Module], ...], Callable[[Any, Size | None], Kind | None]]

ROWS: tuple[Row, ...] = (
    (
        (
            *(nn.ReLU, nn.ReLU6, nn.SELU, nn.SiLU, nn.Mish, nn.Hardswish, nn.Hardsigmoid),
            *(nn.LeakyReLU, nn.RReLU, nn.ELU, nn.CELU, nn.GELU, nn.Sigmoid, nn.Tanh),
            *(nn.Tanhshrink, nn.Softsign, nn.LogSigmoid, nn.Softmax, nn.Softmax2d, nn.LogSoftmax),
            *(nn.Softmin, nn.Softplus, nn.Softshrink, nn.Hardshrink, nn.Hardtanh, nn.Threshold),
            *(nn.Identity, nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d),
            *(nn.AlphaDropout, nn.FeatureAlphaDropout, nn.LocalResponseNorm, nn.ChannelShuffle),
        ),
        _same,
    ),
    (
        (
            *(nn.MaxPool1d, nn.MaxPool2d, nn.MaxPool3d),
            *(nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d),
            *(nn.LPPool1d, nn.LPPool2d, nn.LPPool3d),
        ),
        _pool,
    ),
    (
        (
            *(nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d, nn.AdaptiveAvgPool3d),
            *(nn.AdaptiveMaxPool1d, nn.AdaptiveMaxPool2d, nn.AdaptiveMaxPool3d),
        ),
        _adaptive_pool,
    ),
    (
        (
            *(nn.ZeroPad1d, nn.ZeroPad2d, nn.ZeroPad3d),
            *(nn.ConstantPad1d, nn.ConstantPad2d, nn.ConstantPad3d),
            *(nn.ReflectionPad1d, nn.ReflectionPad2d, nn.ReflectionPad3d),
            *(nn.ReplicationPad1d, nn.ReplicationPad2d, nn.ReplicationPad3d),
            *(nn.CircularPad1d, nn.CircularPad2d, nn.CircularPad3d),
        ),
        _pad,
    ),
    ((nn.Upsample, nn.UpsamplingNearest2d, nn.UpsamplingBilinear2d), _upsample),
    ((nn.PixelShuffle, nn.PixelUnshuffle), _shuffle),
    ((nn.Flatten,), _flatten),
    ((nn.Unflatten,), _unflatten),
)
