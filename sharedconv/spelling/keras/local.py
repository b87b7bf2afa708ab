"""Keras 2's layers without weight sharing, with the signatures that Keras 2 documented.

Keras 3 has them no longer. With ``implementation=1``, the default, a kernel is stored for each
position of the output, and a bias for each position and filter.
"""

from __future__ import annotations

from ...counting.conv import LocalConv
from ..arguments import flag, image_of, sizes_of, whole_of, word_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..recipe import Recipe
    from ..shape import Shape


def LocallyConnected1D(
    filters: object,
    kernel_size: object,
    strides: object = 1,
    padding: object = "valid",
    data_format: object = None,
    activation: object = None,
    use_bias: object = True,
    kernel_initializer: object = "glorot_uniform",
    bias_initializer: object = "zeros",
    kernel_regularizer: object = None,
    bias_regularizer: object = None,
    activity_regularizer: object = None,
    kernel_constraint: object = None,
    bias_constraint: object = None,
    implementation: object = 1,
    **kwargs: object,
) -> Recipe:
    return _local(1, locals())


def LocallyConnected2D(
    filters: object,
    kernel_size: object,
    strides: object = (1, 1),
    padding: object = "valid",
    data_format: object = None,
    activation: object = None,
    use_bias: object = True,
    kernel_initializer: object = "glorot_uniform",
    bias_initializer: object = "zeros",
    kernel_regularizer: object = None,
    bias_regularizer: object = None,
    activity_regularizer: object = None,
    kernel_constraint: object = None,
    bias_constraint: object = None,
    implementation: object = 1,
    **kwargs: object,
) -> Recipe:
    return _local(2, locals())


def _local(ndim: int, given: Mapping[str, object]) -> Recipe:
    filters = whole_of(given, "filters")
    kernel_size = sizes_of(given, "kernel_size", ndim)
    stride = sizes_of(given, "strides", ndim)
    bias = flag(given, "use_bias")
    implementation = whole_of(given, "implementation")
    if word_of(given, "padding", ("valid", "same")) == "same":
        raise ValueError(
            "padding is 'same'; with implementation=1 Keras 2 took 'valid' only, and its other "
            "implementations store other numbers of weights, for which sharedconv has no rule"
        )
    if implementation == 2:
        raise ValueError(
            "implementation is 2; then Keras 2 stored a weight for every input and output, most "
            "of them unused, and sharedconv has no rule for that; use implementation=1 or 3"
        )

    def build(shape: Shape | None) -> LocalConv:
        in_channels, size = image_of(shape, ndim)
        return LocalConv(
            in_channels, filters, kernel_size, stride, "valid", bias=bias, input_size=size
        )

    return build
