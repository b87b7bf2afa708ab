"""What the rule reads of modules for sequences: recurrent layers and attention."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch import nn

from ..counting import GRU, LSTM, MultiheadAttention, Recurrent, SimpleRNN

if TYPE_CHECKING:
    from .rule import Row, Size

RECURRENT: dict[type[nn.Module], type[Recurrent]] = {
    nn.RNN: SimpleRNN,
    nn.LSTM: LSTM,
    nn.GRU: GRU,
    nn.RNNCell: SimpleRNN,
    nn.LSTMCell: LSTM,
    nn.GRUCell: GRU,
}


def _recurrent(module: Any, shape: Size | None) -> Recurrent:
    # the shape is (time, features), or (batch, features) where the time is in front of the batch;
    # the work of one step is the same for each place in it
    return RECURRENT[type(module)](
        module.input_size,
        module.hidden_size,
        module.num_layers,
        module.bias,
        recurrent_bias=True,
        bidirectional=module.bidirectional,
        projection=module.proj_size,
        sequences=True,
        time=None if shape is None else shape[0],
    )


def _cell(module: Any, _: Size | None) -> Recurrent:
    kind = RECURRENT[type(module)]
    return kind(
        module.input_size, module.hidden_size, bias=module.bias, recurrent_bias=True, time=1
    )


def _attention(module: Any, shape: Size | None) -> MultiheadAttention:
    return MultiheadAttention(
        module.embed_dim,
        module.num_heads,
        module.head_dim,
        key_features=module.kdim,
        value_features=module.vdim,
        bias=module.in_proj_bias is not None,
        extra_key=module.bias_k is not None,
        zero_key=module.add_zero_attn,
        positions=(None,) if shape is None else shape[:-1],
    )


ROWS: tuple[Row, ...] = (
    ((nn.RNN, nn.LSTM, nn.GRU), _recurrent),
    ((nn.RNNCell, nn.LSTMCell, nn.GRUCell), _cell),
    # with the layer that puts its heads together, which is a module inside it
    ((nn.MultiheadAttention,), _attention),
)
