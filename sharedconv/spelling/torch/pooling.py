"""PyTorch's pooling layers, with its own signatures (a test holds each against the real class)."""

from __future__ import annotations

from ...counting.pooling import AdaptivePool, Pool
from ..arguments import flag, image_if_known, open_sizes_of, sizes_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..recipe import Recipe

# The layers of a row have one signature; they differ in the number of dimensions.


def _max_pool(ndim: int) -> Callable[..., Recipe]:
    def MaxPool(
        kernel_size: object,
        stride: object = None,
        padding: object = 0,
        dilation: object = 1,
        return_indices: object = False,
        ceil_mode: object = False,
    ) -> Recipe:
        return _pool(ndim, locals())

    return MaxPool


def AvgPool1d(
    kernel_size: object,
    stride: object = None,
    padding: object = 0,
    ceil_mode: object = False,
    count_include_pad: object = True,
) -> Recipe:
    return _pool(1, locals())


def _avg_pool(ndim: int) -> Callable[..., Recipe]:
    def AvgPool(
        kernel_size: object,
        stride: object = None,
        padding: object = 0,
        ceil_mode: object = False,
        count_include_pad: object = True,
        divisor_override: object = None,
    ) -> Recipe:
        return _pool(ndim, locals())

    return AvgPool


def _lp_pool(ndim: int) -> Callable[..., Recipe]:
    def LPPool(
        norm_type: object, kernel_size: object, stride: object = None, ceil_mode: object = False
    ) -> Recipe:
        return _pool(ndim, locals())

    return LPPool


def _adaptive_avg_pool(ndim: int) -> Callable[..., Recipe]:
    def AdaptiveAvgPool(output_size: object) -> Recipe:
        return _adaptive(ndim, locals())

    return AdaptiveAvgPool


def _adaptive_max_pool(ndim: int) -> Callable[..., Recipe]:
    def AdaptiveMaxPool(output_size: object, return_indices: object = False) -> Recipe:
        return _adaptive(ndim, locals())

    return AdaptiveMaxPool


MaxPool1d, MaxPool2d, MaxPool3d = map(_max_pool, (1, 2, 3))
AvgPool2d, AvgPool3d = map(_avg_pool, (2, 3))
LPPool1d, LPPool2d, LPPool3d = map(_lp_pool, (1, 2, 3))
AdaptiveAvgPool1d, AdaptiveAvgPool2d, AdaptiveAvgPool3d = map(_adaptive_avg_pool, (1, 2, 3))
AdaptiveMaxPool1d, AdaptiveMaxPool2d, AdaptiveMaxPool3d = map(_adaptive_max_pool, (1, 2, 3))


def _pool(ndim: int, given: Mapping[str, object]) -> Recipe:
    window = sizes_of(given, "kernel_size", ndim)
    stride = None if given["stride"] is None else sizes_of(given, "stride", ndim)
    padding = sizes_of({"padding": 0, **given}, "padding", ndim, least=0)
    dilation = sizes_of({"dilation": 1, **given}, "dilation", ndim)
    ceil_mode = flag(given, "ceil_mode")
    return lambda shape: Pool(
        window, stride, padding, dilation, ceil_mode, **image_if_known(shape, ndim)
    )


def _adaptive(ndim: int, given: Mapping[str, object]) -> Recipe:
    size = open_sizes_of(given, "output_size", ndim)
    return lambda shape: AdaptivePool(size, **image_if_known(shape, ndim))
