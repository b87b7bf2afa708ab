"""PyTorch's attention and transformer layers, with its own signatures (a test holds them to it).

Shapes are ``(time, features)``, without the batch, whatever ``batch_first`` says; for attention,
those of the query, with keys and values of as many positions.
"""

from __future__ import annotations

from ...counting.attention import MultiheadAttention as Attention, head_size
from ...counting.transformer import (
    TransformerDecoderLayer as DecoderLayer,
    TransformerEncoderLayer as EncoderLayer,
)
from ..arguments import flag, same_dimensions, same_features, whole_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..recipe import Recipe
    from ..shape import Shape


def MultiheadAttention(
    embed_dim: object,
    num_heads: object,
    dropout: object = 0.0,
    bias: object = True,
    add_bias_kv: object = False,
    add_zero_attn: object = False,
    kdim: object = None,
    vdim: object = None,
    batch_first: object = False,
    device: object = None,
    dtype: object = None,
) -> Recipe:
    given = locals()
    features, heads = whole_of(given, "embed_dim"), whole_of(given, "num_heads")
    made = Attention(
        features,
        heads,
        head_size(features, heads),
        key_features=None if kdim is None else whole_of(given, "kdim"),
        value_features=None if vdim is None else whole_of(given, "vdim"),
        bias=flag(given, "bias"),
        extra_key=flag(given, "add_bias_kv"),
        zero_key=flag(given, "add_zero_attn"),
    )

    def build(shape: Shape | None) -> Attention:
        time = _time("embed_dim", features, shape)
        return made.replace(positions=(time,), key_positions=(time,))

    return build


def TransformerEncoderLayer(
    d_model: object,
    nhead: object,
    dim_feedforward: object = 2048,
    dropout: object = 0.1,
    activation: object = "relu",
    layer_norm_eps: object = 1e-05,
    batch_first: object = False,
    norm_first: object = False,
    bias: object = True,
    device: object = None,
    dtype: object = None,
) -> Recipe:
    return _transformer_layer(EncoderLayer, locals())


def TransformerDecoderLayer(
    d_model: object,
    nhead: object,
    dim_feedforward: object = 2048,
    dropout: object = 0.1,
    activation: object = "relu",
    layer_norm_eps: object = 1e-05,
    batch_first: object = False,
    norm_first: object = False,
    bias: object = True,
    device: object = None,
    dtype: object = None,
) -> Recipe:
    return _transformer_layer(DecoderLayer, locals())


def _transformer_layer(kind: type[EncoderLayer], given: Mapping[str, object]) -> Recipe:
    features = whole_of(given, "d_model")
    made = kind(
        features,
        whole_of(given, "nhead"),
        whole_of(given, "dim_feedforward"),
        flag(given, "bias"),
    )
    return lambda shape: made.replace(time=_time("d_model", features, shape))


def _time(name: str, features: int, shape: Shape | None) -> int | None:
    if shape is None:
        return None
    same_dimensions("time, features", shape, f"10x{features}")
    same_features(name, features, shape)
    return shape.sizes[0]
