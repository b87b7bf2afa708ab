"""Keras's pooling layers, with Keras's own signatures (a test holds each to the real class)."""

from __future__ import annotations

from ...counting.pooling import PADDING_WORDS, AdaptivePool, GlobalPool, Pool
from ..arguments import flag, image_if_known, open_sizes_of, sizes_of, word_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..recipe import Recipe

# The layers of a row have one signature, but for the default of the window.


def _max_pooling(ndim: int, window: object) -> Callable[..., Recipe]:
    def MaxPooling(
        pool_size: object = window,
        strides: object = None,
        padding: object = "valid",
        data_format: object = None,
        name: object = None,
        **kwargs: object,
    ) -> Recipe:
        return _pool(ndim, locals())

    return MaxPooling


def _average_pooling(ndim: int) -> Callable[..., Recipe]:
    def AveragePooling(
        pool_size: object,
        strides: object = None,
        padding: object = "valid",
        data_format: object = None,
        name: object = None,
        **kwargs: object,
    ) -> Recipe:
        return _pool(ndim, locals())

    return AveragePooling


def _global_pooling(ndim: int) -> Callable[..., Recipe]:
    def GlobalPooling(
        data_format: object = None, keepdims: object = False, **kwargs: object
    ) -> Recipe:
        keep = flag(locals(), "keepdims")
        return lambda shape: GlobalPool(keep, **image_if_known(shape, ndim))

    return GlobalPooling


def _adaptive_pooling(ndim: int) -> Callable[..., Recipe]:
    def AdaptivePooling(
        output_size: object, data_format: object = None, **kwargs: object
    ) -> Recipe:
        size = open_sizes_of(locals(), "output_size", ndim)
        return lambda shape: AdaptivePool(size, **image_if_known(shape, ndim))

    return AdaptivePooling


MaxPooling1D = _max_pooling(1, 2)
MaxPooling2D = _max_pooling(2, (2, 2))
MaxPooling3D = _max_pooling(3, (2, 2, 2))
AveragePooling1D, AveragePooling2D, AveragePooling3D = map(_average_pooling, (1, 2, 3))
GlobalMaxPooling1D, GlobalMaxPooling2D, GlobalMaxPooling3D = map(_global_pooling, (1, 2, 3))
GlobalAveragePooling1D = GlobalMaxPooling1D
GlobalAveragePooling2D = GlobalMaxPooling2D
GlobalAveragePooling3D = GlobalMaxPooling3D
AdaptiveMaxPooling1D, AdaptiveMaxPooling2D, AdaptiveMaxPooling3D = map(_adaptive_pooling, (1, 2, 3))
AdaptiveAveragePooling1D = AdaptiveMaxPooling1D
AdaptiveAveragePooling2D = AdaptiveMaxPooling2D
AdaptiveAveragePooling3D = AdaptiveMaxPooling3D


def _pool(ndim: int, given: Mapping[str, object]) -> Recipe:
    window = sizes_of(given, "pool_size", ndim)
    stride = None if given["strides"] is None else sizes_of(given, "strides", ndim)
    padding = word_of(given, "padding", PADDING_WORDS)
    return lambda shape: Pool(window, stride, padding, **image_if_known(shape, ndim))
