"""Keras's convolutions, with Keras's own signatures (a test holds each against the real class).

Each gives a recipe: a function from the input's shape to the layer kind, since Keras leaves the
number of input channels out of its layers and reads it from what comes in.
"""

from __future__ import annotations

from ...counting.conv import Conv
from ..arguments import flag, image_of, sizes_of, whole_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..recipe import Recipe
    from ..shape import Shape

# Most arguments of a constructor have no part in a count; the signature names them all the same.


def Conv1D(
    filters: object,
    kernel_size: object,
    strides: object = 1,
    padding: object = "valid",
    data_format: object = None,
    dilation_rate: object = 1,
    groups: object = 1,
    activation: object = None,
    use_bias: object = True,
    kernel_initializer: object = "glorot_uniform",
    bias_initializer: object = "zeros",
    kernel_regularizer: object = None,
    bias_regularizer: object = None,
    activity_regularizer: object = None,
    kernel_constraint: object = None,
    bias_constraint: object = None,
    **kwargs: object,
) -> Recipe:
    return _conv(1, locals())


def Conv2D(
    filters: object,
    kernel_size: object,
    strides: object = (1, 1),
    padding: object = "valid",
    data_format: object = None,
    dilation_rate: object = (1, 1),
    groups: object = 1,
    activation: object = None,
    use_bias: object = True,
    kernel_initializer: object = "glorot_uniform",
    bias_initializer: object = "zeros",
    kernel_regularizer: object = None,
    bias_regularizer: object = None,
    activity_regularizer: object = None,
    kernel_constraint: object = None,
    bias_constraint: object = None,
    **kwargs: object,
) -> Recipe:
    return _conv(2, locals())


def Conv3D(
    filters: object,
    kernel_size: object,
    strides: object = (1, 1, 1),
    padding: object = "valid",
    data_format: object = None,
    dilation_rate: object = (1, 1, 1),
    groups: object = 1,
    activation: object = None,
    use_bias: object = True,
    kernel_initializer: object = "glorot_uniform",
    bias_initializer: object = "zeros",
    kernel_regularizer: object = None,
    bias_regularizer: object = None,
    activity_regularizer: object = None,
    kernel_constraint: object = None,
    bias_constraint: object = None,
    **kwargs: object,
) -> Recipe:
    return _conv(3, locals())


def Conv1DTranspose(
    filters: object,
    kernel_size: object,
    strides: object = 1,
    padding: object = "valid",
    output_padding: object = None,
    data_format: object = None,
    dilation_rate: object = 1,
    activation: object = None,
    use_bias: object = True,
    kernel_initializer: object = "glorot_uniform",
    bias_initializer: object = "zeros",
    kernel_regularizer: object = None,
    bias_regularizer: object = None,
    activity_regularizer: object = None,
    kernel_constraint: object = None,
    bias_constraint: object = None,
    **kwargs: object,
) -> Recipe:
    return _conv(1, locals(), transposed=True)


def Conv2DTranspose(
    filters: object,
    kernel_size: object,
    strides: object = (1, 1),
    padding: object = "valid",
    output_padding: object = None,
    data_format: object = None,
    dilation_rate: object = (1, 1),
    activation: object = None,
    use_bias: object = True,
    kernel_initializer: object = "glorot_uniform",
    bias_initializer: object = "zeros",
    kernel_regularizer: object = None,
    bias_regularizer: object = None,
    activity_regularizer: object = None,
    kernel_constraint: object = None,
    bias_constraint: object = None,
    **kwargs: object,
) -> Recipe:
    return _conv(2, locals(), transposed=True)


def Conv3DTranspose(
    filters: object,
    kernel_size: object,
    strides: object = (1, 1, 1),
    padding: object = "valid",
    data_format: object = None,
    output_padding: object = None,
    dilation_rate: object = (1, 1, 1),
    activation: object = None,
    use_bias: object = True,
    kernel_initializer: object = "glorot_uniform",
    bias_initializer: object = "zeros",
    kernel_regularizer: object = None,
    bias_regularizer: object = None,
    activity_regularizer: object = None,
    kernel_constraint: object = None,
    bias_constraint: object = None,
    **kwargs: object,
) -> Recipe:
    return _conv(3, locals(), transposed=True)


def _conv(ndim: int, given: Mapping[str, object], transposed: bool = False) -> Recipe:
    filters = whole_of(given, "filters")
    kernel_size = sizes_of(given, "kernel_size", ndim)
    stride = sizes_of(given, "strides", ndim)
    dilation = sizes_of(given, "dilation_rate", ndim)
    groups = 1 if transposed else whole_of(given, "groups")
    output_padding = None
    if given.get("output_padding") is not None:
        output_padding = sizes_of(given, "output_padding", ndim, least=0)
    padding = given["padding"]
    if not isinstance(padding, str):
        raise ValueError(f"padding is {padding!r}; Keras takes the words 'valid' and 'same'")
    bias = flag(given, "use_bias")
    if max(stride) > 1 and max(dilation) > 1:
        raise ValueError(
            f"strides is {stride} and dilation_rate is {dilation}; Keras takes only one of them "
            "above 1"
        )

    def build(shape: Shape | None) -> Conv:
        in_channels, size = image_of(shape, ndim)
        return Conv(
            in_channels,
            filters,
            kernel_size,
            stride,
            padding.lower(),
            dilation,
            groups,
            bias,
            transposed=transposed,
            output_padding=output_padding,
            input_size=size,
        )

    return build
