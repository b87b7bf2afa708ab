"""PyTorch's recurrent layers, with its own signatures (a test holds each against the real class).

Shapes are ``(time, features)``, without the batch, whatever ``batch_first`` says.
"""

from __future__ import annotations

from ...counting import recurrent
from ..arguments import flag, same_dimensions, same_features, whole_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..recipe import Recipe
    from ..shape import Shape

# Most arguments of a constructor have no part in a count; the signature names them all the same.


def RNN(
    input_size: object,
    hidden_size: object,
    num_layers: object = 1,
    nonlinearity: object = "tanh",
    bias: object = True,
    batch_first: object = False,
    dropout: object = 0.0,
    bidirectional: object = False,
    device: object = None,
    dtype: object = None,
) -> Recipe:
    _tanh_or_relu(nonlinearity)
    return _recurrent(recurrent.SimpleRNN, locals())


def LSTM(
    input_size: object,
    hidden_size: object,
    num_layers: object = 1,
    bias: object = True,
    batch_first: object = False,
    dropout: object = 0.0,
    bidirectional: object = False,
    proj_size: object = 0,
    device: object = None,
    dtype: object = None,
) -> Recipe:
    return _recurrent(recurrent.LSTM, locals())


def GRU(
    input_size: object,
    hidden_size: object,
    num_layers: object = 1,
    bias: object = True,
    batch_first: object = False,
    dropout: object = 0.0,
    bidirectional: object = False,
    device: object = None,
    dtype: object = None,
) -> Recipe:
    return _recurrent(recurrent.GRU, locals())


def RNNCell(
    input_size: object,
    hidden_size: object,
    bias: object = True,
    nonlinearity: object = "tanh",
    device: object = None,
    dtype: object = None,
) -> Recipe:
    _tanh_or_relu(nonlinearity)
    return _cell(recurrent.SimpleRNN, locals())


def LSTMCell(
    input_size: object,
    hidden_size: object,
    bias: object = True,
    device: object = None,
    dtype: object = None,
) -> Recipe:
    return _cell(recurrent.LSTM, locals())


def GRUCell(
    input_size: object,
    hidden_size: object,
    bias: object = True,
    device: object = None,
    dtype: object = None,
) -> Recipe:
    return _cell(recurrent.GRU, locals())


def _recurrent(kind: type[recurrent.Recurrent], given: Mapping[str, object]) -> Recipe:
    features, units = whole_of(given, "input_size"), whole_of(given, "hidden_size")
    made = kind(
        features,
        units,
        whole_of(given, "num_layers"),
        flag(given, "bias"),
        recurrent_bias=True,
        bidirectional=flag(given, "bidirectional"),
        projection=whole_of(given, "proj_size", least=0) if "proj_size" in given else 0,
        sequences=True,
    )

    def build(shape: Shape | None) -> recurrent.Recurrent:
        if shape is None:
            return made
        same_dimensions("time, features", shape, f"10x{features}")
        same_features("input_size", features, shape)
        return made.replace(time=shape.sizes[0])

    return build


def _cell(kind: type[recurrent.Recurrent], given: Mapping[str, object]) -> Recipe:
    """One step: from an input of ``(features,)`` to an output of ``(units,)``."""
    features, units = whole_of(given, "input_size"), whole_of(given, "hidden_size")
    made = kind(features, units, bias=flag(given, "bias"), recurrent_bias=True, time=1)

    def build(shape: Shape | None) -> recurrent.Recurrent:
        if shape is not None:
            same_dimensions("features", shape, str(features))
            same_features("input_size", features, shape)
        return made

    return build


def _tanh_or_relu(nonlinearity: object) -> None:
    if isinstance(nonlinearity, str) and nonlinearity not in ("tanh", "relu"):
        raise ValueError(f"nonlinearity is {nonlinearity!r}; PyTorch takes 'tanh' or 'relu'")
