"""Keras's depthwise and separable convolutions, with Keras's own signatures (a test holds them)."""

from __future__ import annotations

from ...counting.separable import DepthwiseConv, SeparableConv
from ..arguments import flag, image_of, sizes_of, whole_of, word_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ..recipe import Recipe
    from ..shape import Shape


def DepthwiseConv1D(
    kernel_size: object,
    strides: object = 1,
    padding: object = "valid",
    depth_multiplier: object = 1,
    data_format: object = None,
    dilation_rate: object = 1,
    activation: object = None,
    use_bias: object = True,
    depthwise_initializer: object = "glorot_uniform",
    bias_initializer: object = "zeros",
    depthwise_regularizer: object = None,
    bias_regularizer: object = None,
    activity_regularizer: object = None,
    depthwise_constraint: object = None,
    bias_constraint: object = None,
    **kwargs: object,
) -> Recipe:
    return _depthwise(1, locals())


def DepthwiseConv2D(
    kernel_size: object,
    strides: object = (1, 1),
    padding: object = "valid",
    depth_multiplier: object = 1,
    data_format: object = None,
    dilation_rate: object = (1, 1),
    activation: object = None,
    use_bias: object = True,
    depthwise_initializer: object = "glorot_uniform",
    bias_initializer: object = "zeros",
    depthwise_regularizer: object = None,
    bias_regularizer: object = None,
    activity_regularizer: object = None,
    depthwise_constraint: object = None,
    bias_constraint: object = None,
    **kwargs: object,
) -> Recipe:
    return _depthwise(2, locals())


def SeparableConv1D(
    filters: object,
    kernel_size: object,
    strides: object = 1,
    padding: object = "valid",
    data_format: object = None,
    dilation_rate: object = 1,
    depth_multiplier: object = 1,
    activation: object = None,
    use_bias: object = True,
    depthwise_initializer: object = "glorot_uniform",
    pointwise_initializer: object = "glorot_uniform",
    bias_initializer: object = "zeros",
    depthwise_regularizer: object = None,
    pointwise_regularizer: object = None,
    bias_regularizer: object = None,
    activity_regularizer: object = None,
    depthwise_constraint: object = None,
    pointwise_constraint: object = None,
    bias_constraint: object = None,
    **kwargs: object,
) -> Recipe:
    return _separable(1, locals())


def SeparableConv2D(
    filters: object,
    kernel_size: object,
    strides: object = (1, 1),
    padding: object = "valid",
    data_format: object = None,
    dilation_rate: object = (1, 1),
    depth_multiplier: object = 1,
    activation: object = None,
    use_bias: object = True,
    depthwise_initializer: object = "glorot_uniform",
    pointwise_initializer: object = "glorot_uniform",
    bias_initializer: object = "zeros",
    depthwise_regularizer: object = None,
    pointwise_regularizer: object = None,
    bias_regularizer: object = None,
    activity_regularizer: object = None,
    depthwise_constraint: object = None,
    pointwise_constraint: object = None,
    bias_constraint: object = None,
    **kwargs: object,
) -> Recipe:
    return _separable(2, locals())


def _depthwise(ndim: int, given: Mapping[str, object]) -> Recipe:
    fields = _fields(ndim, given)

    def build(shape: Shape | None) -> DepthwiseConv:
        in_channels, size = image_of(shape, ndim)
        return DepthwiseConv(in_channels, input_size=size, **fields)

    return build


def _separable(ndim: int, given: Mapping[str, object]) -> Recipe:
    fields = _fields(ndim, given)
    filters = whole_of(given, "filters")

    def build(shape: Shape | None) -> SeparableConv:
        in_channels, size = image_of(shape, ndim)
        return SeparableConv(in_channels, filters, input_size=size, **fields)

    return build


def _fields(ndim: int, given: Mapping[str, object]) -> dict[str, Any]:
    return {
        "kernel_size": sizes_of(given, "kernel_size", ndim),
        "stride": sizes_of(given, "strides", ndim),
        "padding": word_of(given, "padding", ("valid", "same")),
        "dilation": sizes_of(given, "dilation_rate", ndim),
        "depth_multiplier": whole_of(given, "depth_multiplier"),
        "bias": flag(given, "use_bias"),
    }
