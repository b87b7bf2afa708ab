"""Keras's convolutional LSTMs, with Keras's own signatures (a test holds them to it)."""

from __future__ import annotations

from ...counting.conv_lstm import ConvLSTM
from ..arguments import flag, needed, sizes_of, whole_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..recipe import Recipe
    from ..shape import Shape


def ConvLSTM1D(
    filters: object,
    kernel_size: object,
    strides: object = 1,
    padding: object = "valid",
    data_format: object = None,
    dilation_rate: object = 1,
    activation: object = "tanh",
    recurrent_activation: object = "sigmoid",
    use_bias: object = True,
    kernel_initializer: object = "glorot_uniform",
    recurrent_initializer: object = "orthogonal",
    bias_initializer: object = "zeros",
    unit_forget_bias: object = True,
    kernel_regularizer: object = None,
    recurrent_regularizer: object = None,
    bias_regularizer: object = None,
    activity_regularizer: object = None,
    kernel_constraint: object = None,
    recurrent_constraint: object = None,
    bias_constraint: object = None,
    dropout: object = 0.0,
    recurrent_dropout: object = 0.0,
    seed: object = None,
    return_sequences: object = False,
    return_state: object = False,
    go_backwards: object = False,
    stateful: object = False,
    **kwargs: object,
) -> Recipe:
    return _conv_lstm(1, locals())


def ConvLSTM2D(
    filters: object,
    kernel_size: object,
    strides: object = 1,
    padding: object = "valid",
    data_format: object = None,
    dilation_rate: object = 1,
    activation: object = "tanh",
    recurrent_activation: object = "sigmoid",
    use_bias: object = True,
    kernel_initializer: object = "glorot_uniform",
    recurrent_initializer: object = "orthogonal",
    bias_initializer: object = "zeros",
    unit_forget_bias: object = True,
    kernel_regularizer: object = None,
    recurrent_regularizer: object = None,
    bias_regularizer: object = None,
    activity_regularizer: object = None,
    kernel_constraint: object = None,
    recurrent_constraint: object = None,
    bias_constraint: object = None,
    dropout: object = 0.0,
    recurrent_dropout: object = 0.0,
    seed: object = None,
    return_sequences: object = False,
    return_state: object = False,
    go_backwards: object = False,
    stateful: object = False,
    **kwargs: object,
) -> Recipe:
    return _conv_lstm(2, locals())


def ConvLSTM3D(
    filters: object,
    kernel_size: object,
    strides: object = 1,
    padding: object = "valid",
    data_format: object = None,
    dilation_rate: object = 1,
    activation: object = "tanh",
    recurrent_activation: object = "sigmoid",
    use_bias: object = True,
    kernel_initializer: object = "glorot_uniform",
    recurrent_initializer: object = "orthogonal",
    bias_initializer: object = "zeros",
    unit_forget_bias: object = True,
    kernel_regularizer: object = None,
    recurrent_regularizer: object = None,
    bias_regularizer: object = None,
    activity_regularizer: object = None,
    kernel_constraint: object = None,
    recurrent_constraint: object = None,
    bias_constraint: object = None,
    dropout: object = 0.0,
    recurrent_dropout: object = 0.0,
    seed: object = None,
    return_sequences: object = False,
    return_state: object = False,
    go_backwards: object = False,
    stateful: object = False,
    **kwargs: object,
) -> Recipe:
    return _conv_lstm(3, locals())


def _conv_lstm(ndim: int, given: Mapping[str, object]) -> Recipe:
    filters = whole_of(given, "filters")
    kernel_size = sizes_of(given, "kernel_size", ndim)
    stride = sizes_of(given, "strides", ndim)
    dilation = sizes_of(given, "dilation_rate", ndim)
    padding = given["padding"]
    if not isinstance(padding, str) or padding.lower() not in ("valid", "same"):
        raise ValueError(f"padding is {padding!r}; Keras takes the words 'valid' and 'same' here")
    bias = flag(given, "use_bias")
    sequences = flag(given, "return_sequences")
    states = flag(given, "return_state")
    if max(stride) > 1 and max(dilation) > 1:
        raise ValueError(
            f"strides is {stride} and dilation_rate is {dilation}; Keras takes only one of them "
            "above 1"
        )

    def build(shape: Shape | None) -> ConvLSTM:
        seen = needed(shape, "input channels", f"{_EXAMPLES[ndim]} (time, then the image)")
        if len(seen.sizes) != ndim + 2:
            raise ValueError(
                f"the input is {seen}; this layer takes {ndim + 2} numbers, the time and then the "
                f"image ({seen.order}), such as {_EXAMPLES[ndim]} with the channels last"
            )
        time, *image = seen.sizes
        step = seen.replace(sizes=tuple(image))
        if step.channels is None:
            raise ValueError(
                f"the input {seen} leaves its channels open, and the kernel has weights for each "
                "of them; write their number"
            )
        return ConvLSTM(
            step.channels,
            filters,
            kernel_size,
            stride,
            padding.lower(),
            dilation,
            bias,
            input_size=step.image(ndim),
            sequences=sequences,
            states=states,
            time=time,
        )

    return build


_EXAMPLES = {1: "10x100x3", 2: "10x64x64x3", 3: "10x16x64x64x3"}
