"""Keras's dense layers, with Keras's own signatures (a test holds each against the real class)."""

from __future__ import annotations

from ...counting.dense import Dense as DenseKind
from ...counting.einsum import EinsumDense as EinsumKind
from ..arguments import flag, needed, no_extra_weights, open_sizes_of, size_of, whole_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..recipe import Recipe
    from ..shape import Shape


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


def EinsumDense(
    equation: object,
    output_shape: object,
    activation: object = None,
    bias_axes: object = None,
    kernel_initializer: object = "glorot_uniform",
    bias_initializer: object = "zeros",
    kernel_regularizer: object = None,
    bias_regularizer: object = None,
    kernel_constraint: object = None,
    bias_constraint: object = None,
    lora_rank: object = None,
    lora_alpha: object = None,
    gptq_unpacked_column_size: object = None,
    quantization_config: object = None,
    **kwargs: object,
) -> Recipe:
    return _einsum(locals())


def _dense(given: Mapping[str, object]) -> Recipe:
    units = whole_of(given, "units")
    bias = flag(given, "use_bias")
    no_extra_weights(given)

    def build(shape: Shape | None) -> DenseKind:
        seen = needed(shape, "input features", "784")
        return DenseKind(size_of(seen), units, bias, positions=seen.sizes[:-1])

    return build


def _einsum(given: Mapping[str, object]) -> Recipe:
    no_extra_weights(given)
    equation, bias_axes = given["equation"], given["bias_axes"]
    sizes = open_sizes_of(given, "output_shape")
    if not isinstance(equation, str):
        raise ValueError(f"equation is {equation!r}; write it out, such as 'abc,cd->abd'")
    if not isinstance(bias_axes, (str, type(None))):
        raise ValueError(f"bias_axes is {bias_axes!r}; write the letters of the axes, such as 'd'")

    def build(shape: Shape | None) -> EinsumKind:
        seen = needed(shape, "places along each axis", "10x32")
        return EinsumKind(equation, sizes, bias_axes, input_shape=seen.sizes)

    return build
