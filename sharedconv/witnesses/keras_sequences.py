"""Layers for sequences, built in Keras: recurrent layers, attention, layers around a layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..counting import (
    GRU,
    LSTM,
    Bidirectional,
    ConvLSTM,
    MultiheadAttention,
    Recurrent,
    SimpleRNN,
    TransformerDecoderLayer,
    TransformerEncoderLayer,
)

if TYPE_CHECKING:
    from ..counting import Kind
    from .by_keras import Builder


def _recurrent(layers: Any, kind: Recurrent, arguments: dict[str, Any]) -> Any:
    if kind.layers == 1:
        layer = _unbuilt(layers, kind, arguments)
    else:
        layer = _stacked(layers, kind, arguments)
    layer.build((None, kind.time, kind.in_features))
    return layer


def _stacked(layers: Any, kind: Recurrent, arguments: dict[str, Any]) -> Any:
    """PyTorch's num_layers: in Keras, so many layers, all but the last giving out every step."""
    from keras import Sequential

    below = kind.replace(layers=1, sequences=True, states=False)
    deeper = below.replace(in_features=below.features)
    last = deeper.replace(sequences=kind.sequences)
    kinds = [below, *[deeper] * (kind.layers - 2), last]
    return Sequential([_unbuilt(layers, each, {}) for each in kinds], **arguments)


def _unbuilt(layers: Any, kind: Recurrent | ConvLSTM, arguments: dict[str, Any]) -> Any:
    common = {
        "use_bias": kind.bias,
        "return_sequences": kind.sequences,
        "return_state": kind.states,
        **arguments,
    }
    if isinstance(kind, ConvLSTM):
        return getattr(layers, f"ConvLSTM{len(kind.kernel_size)}D")(
            kind.filters,
            kind.kernel_size,
            strides=kind.stride,
            padding=kind.padding if isinstance(kind.padding, str) else "valid",
            dilation_rate=kind.dilation,
            **common,
        )
    if kind.projection:
        raise ValueError("Keras's LSTM has no projection")
    if isinstance(kind, GRU):
        common = {"reset_after": kind.recurrent_bias, **common}
    layer = getattr(layers, type(kind).__name__)(kind.units, **common)
    return layers.Bidirectional(layer) if kind.bidirectional else layer


def _conv_lstm(layers: Any, kind: ConvLSTM, arguments: dict[str, Any]) -> Any:
    layer = _unbuilt(layers, kind, arguments)
    layer.build(_images(kind))
    return layer


def _images(kind: ConvLSTM) -> tuple[int | None, ...]:
    # Keras wants sizes for the image, though no weight depends on them; these fit any kernel
    fits = (
        1 + dilation * (size - 1)
        for size, dilation in zip(kind.kernel_size, kind.dilation, strict=True)
    )
    known = (given or least for given, least in zip(kind.input_size, fits, strict=True))
    return (None, kind.time, *known, kind.in_channels)


def _bidirectional(layers: Any, kind: Bidirectional, arguments: dict[str, Any]) -> Any:
    backward = None
    if kind.backward != kind.layer:
        backward = _unbuilt(layers, kind.backward, {"go_backwards": True})
    layer = layers.Bidirectional(
        _unbuilt(layers, kind.layer, {}),
        merge_mode=kind.merge_mode,
        backward_layer=backward,
        **arguments,
    )
    inner = kind.layer
    if isinstance(inner, ConvLSTM):
        layer.build(_images(inner))
    else:
        layer.build((None, inner.time, inner.in_features))
    return layer


def _attention(layers: Any, kind: MultiheadAttention, arguments: dict[str, Any]) -> Any:
    if kind.extra_key or kind.zero_key:
        raise ValueError("Keras's attention has no key of its own, learned or zero")
    if kind.gate:
        arguments = {"use_gate": True, **arguments}
    if kind.key_heads == kind.heads:
        layer = layers.MultiHeadAttention(
            kind.heads,
            kind.key_dim,
            kind.value_dim,
            use_bias=kind.bias,
            output_shape=kind.out_features,
            **arguments,
        )
    elif kind.value_dim == kind.key_dim and kind.out_features == kind.features:
        layer = layers.GroupQueryAttention(
            kind.key_dim, kind.heads, kind.key_heads, use_bias=kind.bias, **arguments
        )
    else:
        raise ValueError("Keras's attention with shared keys has one size for all of its heads")
    layer.build(
        (None, *kind.positions, kind.features),
        (None, *kind.key_positions, kind.value_features),
        (None, *kind.key_positions, kind.key_features),
    )
    return layer


BUILDERS: dict[type[Kind], Builder] = {
    SimpleRNN: _recurrent,
    LSTM: _recurrent,
    GRU: _recurrent,
    ConvLSTM: _conv_lstm,
    Bidirectional: _bidirectional,
    MultiheadAttention: _attention,
}
MISSING_IN_KERAS: dict[type[Kind], str] = {
    TransformerEncoderLayer: "Keras has no transformer layer",
    TransformerDecoderLayer: "Keras has no transformer layer",
}
