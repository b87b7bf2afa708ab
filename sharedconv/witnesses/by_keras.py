"""The fourth witness: the same layers, built in real Keras, which counts for itself.

To have Keras build another kind, add a row to `BUILDERS`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

from torch import nn

from ..counting import (
    BatchNorm,
    Bilinear,
    Conv,
    Dense,
    DepthwiseConv,
    EinsumDense,
    Embedding,
    GroupNorm,
    InstanceNorm,
    Kind,
    LayerNorm,
    LocalConv,
    PReLU,
    RMSNorm,
    SeparableConv,
    UnitNorm,
)
from . import keras_sequences
from .rule import modules_and_kinds, names_without_rule
from .testimony import Testimony

MISSING = "Keras is not installed here; to ask it too: pip install 'sharedconv[keras]'"


def by_keras(model: nn.Module) -> Testimony:
    """Build each layer of the model in Keras and add up what Keras says it has.

    A layer's ``count_params()`` is asked, not the total that a Keras model prints: that total
    grows by the optimizer's variables once the model has been trained.
    """
    if find_spec("keras") is None:
        return Testimony("Keras", None, MISSING)
    unknown = names_without_rule(model)
    if unknown:
        return Testimony("Keras", None, f"not asked: there is no rule for {', '.join(unknown)}")
    total = 0
    for module, kind in modules_and_kinds(model):
        # what has no parameters needs no building, but for a batch norm's statistics in Keras
        if kind is None or (type(kind) not in BUILDERS and not kind.count().terms):
            continue
        try:
            with _keras().device("meta"):  # shapes are enough to count, and fill no memory
                total += keras_layer(kind).count_params()
        except ValueError as reason:
            return Testimony("Keras", None, f"{type(module).__name__}: {reason}")
    return Testimony("Keras", total, "the same layers, built and counted by Keras")


def _keras() -> Any:
    # Keras reads this once, when it is first imported
    os.environ.setdefault("KERAS_BACKEND", "torch")
    import keras

    return keras


def keras_layer(kind: Kind, **arguments: Any) -> Any:
    """The Keras layer of this kind, built: a ``keras.layers.Layer`` with its weights in place.

    arguments: passed on to the layer's constructor (``dtype``, ``name``, ...).

    Raises ValueError, in one sentence, where Keras has no such layer.
    """
    if type(kind) not in BUILDERS:
        known = f"sharedconv knows no way to build a {type(kind).__name__} in Keras"
        raise ValueError(MISSING_IN_KERAS.get(type(kind), known))
    return BUILDERS[type(kind)](_keras().layers, kind, arguments)


def _batch_norm(layers: Any, kind: BatchNorm, arguments: dict[str, Any]) -> Any:
    if kind.renorm:
        arguments = {"renorm": True, **arguments}
    layer = layers.BatchNormalization(scale=kind.scale, center=kind.shift, **arguments)
    layer.build((None, kind.channels))
    return layer


def _group_norm(layers: Any, kind: GroupNorm | InstanceNorm, arguments: dict[str, Any]) -> Any:
    # an instance norm is a group norm with a group for each channel
    groups = kind.groups if isinstance(kind, GroupNorm) else kind.channels
    layer = layers.GroupNormalization(groups, scale=kind.scale, center=kind.shift, **arguments)
    layer.build((None, kind.channels))
    return layer


def _layer_norm(
    layers: Any, kind: LayerNorm | RMSNorm | UnitNorm, arguments: dict[str, Any]
) -> Any:
    if isinstance(kind, RMSNorm) and not kind.scale:
        raise ValueError("Keras's normalisation by the root mean square always has its scale")
    axes = list(range(-len(kind.normalized_shape), 0))
    if isinstance(kind, LayerNorm):
        arguments = {"scale": kind.scale, "center": kind.shift, **arguments}
    name = f"{type(kind).__name__}alization"
    layer = getattr(layers, name)(axis=axes, **arguments)
    layer.build((None, *kind.normalized_shape))
    return layer


def _dense(layers: Any, kind: Dense, arguments: dict[str, Any]) -> Any:
    layer = layers.Dense(kind.units, use_bias=kind.bias, **arguments)
    layer.build((None, kind.in_features))
    return layer


def _conv(layers: Any, kind: Conv, arguments: dict[str, Any]) -> Any:
    if kind.ndim > 3:
        raise ValueError(f"Keras has no convolution in {kind.ndim} dimensions")
    if kind.transposed and kind.groups > 1:
        raise ValueError("Keras has no groups in transposed convolutions")
    if max(kind.stride) > 1 and max(kind.dilation) > 1:
        raise ValueError("Keras takes no stride and dilation above 1 together")
    if not kind.transposed:
        arguments = {"groups": kind.groups, **arguments}
    name = f"Conv{kind.ndim}D{'Transpose' if kind.transposed else ''}"
    layer = getattr(layers, name)(
        kind.filters,
        kind.kernel_size,
        strides=kind.stride,
        # Keras has no padding in numbers; it would be a layer of its own, without parameters
        padding=kind.padding if isinstance(kind.padding, str) else "valid",
        dilation_rate=kind.dilation,
        use_bias=bool(kind.bias),
        **arguments,
    )
    # the sizes of the image stay open: no weight depends on them
    layer.build((None, *[None] * kind.ndim, kind.in_channels))
    return layer


def _separable(layers: Any, kind: DepthwiseConv | SeparableConv, arguments: dict[str, Any]) -> Any:
    if kind.ndim > 2:
        raise ValueError(f"Keras has no {type(kind).__name__} in {kind.ndim} dimensions")
    if isinstance(kind, SeparableConv):
        arguments = {"filters": kind.filters, **arguments}
    layer = getattr(layers, f"{type(kind).__name__}{kind.ndim}D")(
        kernel_size=kind.kernel_size,
        strides=kind.stride,
        padding=kind.padding if isinstance(kind.padding, str) else "valid",
        dilation_rate=kind.dilation,
        depth_multiplier=kind.depth_multiplier,
        use_bias=kind.bias,
        **arguments,
    )
    layer.build((None, *[None] * kind.ndim, kind.in_channels))
    return layer


def _einsum(layers: Any, kind: EinsumDense, arguments: dict[str, Any]) -> Any:
    layer = layers.EinsumDense(
        kind.equation, kind.output_sizes, bias_axes=kind.bias_axes, **arguments
    )
    layer.build((None, *kind.input_shape))
    return layer


def _embedding(layers: Any, kind: Embedding, arguments: dict[str, Any]) -> Any:
    layer = layers.Embedding(kind.num_embeddings, kind.embedding_dim, **arguments)
    layer.build((None, *kind.positions))
    return layer


def _prelu(layers: Any, kind: PReLU, arguments: dict[str, Any]) -> Any:
    shape = kind.shape or kind.slopes
    own = [place < len(kind.slopes) and kind.slopes[place] != 1 for place in range(len(shape))]
    # Keras has the channels behind the sizes, and counts the axes from 1
    shared = [place for place, alone in enumerate([*own[1:], own[0]], 1) if not alone]
    layer = layers.PReLU(shared_axes=shared, **arguments)
    layer.build((None, *shape[1:], shape[0]))
    return layer


Builder = Callable[[Any, Any, dict[str, Any]], Any]
"""(keras.layers, the kind, arguments for the constructor) -> the layer, built."""

BUILDERS: dict[type[Kind], Builder] = {
    BatchNorm: _batch_norm,
    GroupNorm: _group_norm,
    InstanceNorm: _group_norm,
    LayerNorm: _layer_norm,
    RMSNorm: _layer_norm,
    UnitNorm: _layer_norm,
    **keras_sequences.BUILDERS,
    Conv: _conv,
    Dense: _dense,
    DepthwiseConv: _separable,
    EinsumDense: _einsum,
    Embedding: _embedding,
    PReLU: _prelu,
    SeparableConv: _separable,
}
MISSING_IN_KERAS: dict[type[Kind], str] = {
    Bilinear: "Keras has no bilinear layer",
    LocalConv: "Keras 3 has no unshared convolution any more",
    **keras_sequences.MISSING_IN_KERAS,
}
