"""Keras's constructors, with Keras's own signatures (a test holds each against the real class).

Each gives a recipe: a function from the input's shape to the layer kind, since Keras leaves the
number of input channels out of its layers and reads it from what comes in.
"""

from __future__ import annotations

from ..counting import Conv, Dense as DenseKind
from .arguments import flag, sizes_of, whole_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .shape import Shape

    Recipe = Callable[[Shape | None], Conv | DenseKind]

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


def Dense(
    units: object,
    activation: object = None,
    use_bias: object = True,
    kernel_initializer: object = "glorot_uniform",
    bias_initializer: object = "zeros",
    kernel_regularizer: object = None,
    bias_regularizer: object = None,
    activity_regularizer: object = None,
    kernel_constraint: object = None,
    bias_constraint: object = None,
    lora_rank: object = None,
    lora_alpha: object = None,
    quantization_config: object = None,
    **kwargs: object,
) -> Recipe:
    return _dense(locals())


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
        if shape is None:
            raise ValueError(
                "Keras reads the number of input channels from the input; add its shape with "
                f"--input, such as --input {_EXAMPLES[ndim]} ({_ORDERS[ndim]})"
            )
        size = shape.image(ndim)
        if shape.channels is None:
            raise ValueError(
                f"the input {shape} leaves its channels open, and the kernel has weights for each "
                "of them; write their number"
            )
        return Conv(
            shape.channels,
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


_EXAMPLES = {1: "100x1", 2: "100x100x1", 3: "16x100x100x1"}
_ORDERS = {1: "length, channels", 2: "height, width, channels", 3: "depth, height, width, channels"}


def _dense(given: Mapping[str, object]) -> Recipe:
    units = whole_of(given, "units")
    bias = flag(given, "use_bias")
    for name in ("lora_rank", "quantization_config"):
        if given[name] is not None:
            raise ValueError(
                f"{name} adds parameters that sharedconv knows no rule for; leave it out"
            )

    def build(shape: Shape | None) -> DenseKind:
        if shape is None:
            raise ValueError(
                "Keras reads the number of input features from the input; add its shape with "
                "--input, such as --input 784"
            )
        *positions, features = shape.sizes
        if features is None:
            raise ValueError(
                f"the input {shape} leaves its last dimension open, and the layer has weights for "
                "each number in it; write how many there are"
            )
        return DenseKind(features, units, bias, positions=positions)

    return build


LAYERS: dict[str, Callable[..., Recipe]] = {
    each.__name__: each
    for each in (
        Conv1D,
        Conv2D,
        Conv3D,
        Conv1DTranspose,
        Conv2DTranspose,
        Conv3DTranspose,
        Dense,
    )
}
