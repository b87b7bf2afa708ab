"""The fourth witness: the same layers, built in real Keras, which counts for itself."""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import Any

from torch import nn

from ..counting import BatchNorm, Conv, Dense
from .rule import Kind, kind_of, modules_without_rule
from .testimony import Testimony

MISSING = "Keras is not installed here; to ask it too: pip install 'sharedconv[keras]'"


def by_keras(model: nn.Module) -> Testimony:
    """Build each layer of the model in Keras and add up what Keras says it has.

    A layer's ``count_params()`` is asked, not the total that a Keras model prints: that total
    grows by the optimizer's variables once the model has been trained.
    """
    if find_spec("keras") is None:
        return Testimony("Keras", None, MISSING)
    unknown = sorted({type(each).__name__ for each in modules_without_rule(model)})
    if unknown:
        return Testimony("Keras", None, f"not asked: there is no rule for {', '.join(unknown)}")
    total = 0
    for module in model.modules():
        kind = kind_of(module)
        if kind is None:
            continue
        try:
            total += keras_layer(kind).count_params()
        except ValueError as reason:
            return Testimony("Keras", None, f"{type(module).__name__}: {reason}")
    return Testimony("Keras", total, "the same layers, built and counted by Keras")


def keras_layer(kind: Kind, **arguments: Any) -> Any:
    """The Keras layer of this kind, built: a ``keras.layers.Layer`` with its weights in place.

    arguments: passed on to the layer's constructor (``dtype``, ``name``, ...).

    Raises ValueError, in one sentence, where Keras has no such layer.
    """
    # Keras reads this once, when it is first imported
    os.environ.setdefault("KERAS_BACKEND", "torch")
    from keras import layers

    if isinstance(kind, BatchNorm):
        layer = layers.BatchNormalization(scale=kind.scale, center=kind.shift, **arguments)
        layer.build((None, kind.channels))
    elif isinstance(kind, Dense):
        layer = layers.Dense(kind.units, use_bias=kind.bias, **arguments)
        layer.build((None, kind.in_features))
    else:
        layer = _keras_conv(layers, kind, arguments)
        # the sizes of the image stay open: no weight depends on them
        layer.build((None, *[None] * kind.ndim, kind.in_channels))
    return layer


def _keras_conv(layers: Any, kind: Conv, arguments: dict[str, Any]) -> Any:
    if not kind.shares_kernel:
        raise ValueError("Keras 3 has no unshared convolution any more")
    if kind.ndim > 3:
        raise ValueError(f"Keras has no convolution in {kind.ndim} dimensions")
    if kind.transposed and kind.groups > 1:
        raise ValueError("Keras has no groups in transposed convolutions")
    if max(kind.stride) > 1 and max(kind.dilation) > 1:
        raise ValueError("Keras takes no stride and dilation above 1 together")
    if not kind.transposed:
        arguments = {"groups": kind.groups, **arguments}
    name = f"Conv{kind.ndim}D{'Transpose' if kind.transposed else ''}"
    return getattr(layers, name)(
        kind.filters,
        kind.kernel_size,
        strides=kind.stride,
        # Keras has no padding in numbers; it would be a layer of its own, without parameters
        padding=kind.padding if isinstance(kind.padding, str) else "valid",
        dilation_rate=kind.dilation,
        use_bias=bool(kind.bias),
        **arguments,
    )
