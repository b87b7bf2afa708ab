"""Keras's recurrent layers, with Keras's own signatures (a test holds each against the real class).

Each gives a recipe: a function from the
input's shape, ``(time, features)``, to the layer kind.
"""

from __future__ import annotations

from ...counting import recurrent
from ..arguments import flag, needed, same_dimensions, size_of, whole_of
from ..read import read_inside

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..recipe import Recipe
    from ..shape import Shape

# Most arguments of a constructor have no part in a count; the signature names them all the same.


def SimpleRNN(
    units: object,
    activation: object = "tanh",
    use_bias: object = True,
    kernel_initializer: object = "glorot_uniform",
    recurrent_initializer: object = "orthogonal",
    bias_initializer: object = "zeros",
    kernel_regularizer: object = None,
    recurrent_regularizer: object = None,
    bias_regularizer: object = None,
    activity_regularizer: object = None,
    kernel_constraint: object = None,
    recurrent_constraint: object = None,
    bias_constraint: object = None,
    dropout: object = 0.0,
    recurrent_dropout: object = 0.0,
    return_sequences: object = False,
    return_state: object = False,
    go_backwards: object = False,
    stateful: object = False,
    unroll: object = False,
    seed: object = None,
    **kwargs: object,
) -> Recipe:
    return _over_time(_cell(recurrent.SimpleRNN, locals()), locals())


def LSTM(
    units: object,
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
    unroll: object = False,
    use_cudnn: object = "auto",
    **kwargs: object,
) -> Recipe:
    return _over_time(_cell(recurrent.LSTM, locals()), locals())


def GRU(
    units: object,
    activation: object = "tanh",
    recurrent_activation: object = "sigmoid",
    use_bias: object = True,
    kernel_initializer: object = "glorot_uniform",
    recurrent_initializer: object = "orthogonal",
    bias_initializer: object = "zeros",
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
    unroll: object = False,
    reset_after: object = True,
    use_cudnn: object = "auto",
    **kwargs: object,
) -> Recipe:
    return _over_time(_cell(recurrent.GRU, locals()), locals())


def SimpleRNNCell(
    units: object,
    activation: object = "tanh",
    use_bias: object = True,
    kernel_initializer: object = "glorot_uniform",
    recurrent_initializer: object = "orthogonal",
    bias_initializer: object = "zeros",
    kernel_regularizer: object = None,
    recurrent_regularizer: object = None,
    bias_regularizer: object = None,
    kernel_constraint: object = None,
    recurrent_constraint: object = None,
    bias_constraint: object = None,
    dropout: object = 0.0,
    recurrent_dropout: object = 0.0,
    seed: object = None,
    **kwargs: object,
) -> Recipe:
    return _cell(recurrent.SimpleRNN, locals())


def LSTMCell(
    units: object,
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
    kernel_constraint: object = None,
    recurrent_constraint: object = None,
    bias_constraint: object = None,
    dropout: object = 0.0,
    recurrent_dropout: object = 0.0,
    seed: object = None,
    **kwargs: object,
) -> Recipe:
    return _cell(recurrent.LSTM, locals())


def GRUCell(
    units: object,
    activation: object = "tanh",
    recurrent_activation: object = "sigmoid",
    use_bias: object = True,
    kernel_initializer: object = "glorot_uniform",
    recurrent_initializer: object = "orthogonal",
    bias_initializer: object = "zeros",
    kernel_regularizer: object = None,
    recurrent_regularizer: object = None,
    bias_regularizer: object = None,
    kernel_constraint: object = None,
    recurrent_constraint: object = None,
    bias_constraint: object = None,
    dropout: object = 0.0,
    recurrent_dropout: object = 0.0,
    reset_after: object = True,
    seed: object = None,
    **kwargs: object,
) -> Recipe:
    return _cell(recurrent.GRU, locals())


def RNN(
    cell: object,
    return_sequences: object = False,
    return_state: object = False,
    go_backwards: object = False,
    stateful: object = False,
    unroll: object = False,
    zero_output_for_mask: object = False,
    **kwargs: object,
) -> Recipe:
    if isinstance(cell, tuple):
        raise ValueError(
            "cell is a list; sharedconv reads an RNN of one cell, such as LSTMCell(16)"
        )
    inner, _ = read_inside(locals(), "cell", "LSTMCell(16)")
    return _over_time(inner, locals())


def _cell(kind: type[recurrent.Recurrent], given: Mapping[str, object]) -> Recipe:
    """One step: from an input of ``(features,)`` to an output of ``(units,)``."""
    units = whole_of(given, "units")
    activation = given["activation"]
    if isinstance(activation, int):
        raise ValueError(
            f"activation is {activation}; in Keras it is a name, such as 'tanh', and the input's "
            "features are not written (PyTorch's layers have them in front: nn.LSTM(8, 16))"
        )
    bias = flag(given, "use_bias")
    recurrent_bias = "reset_after" in given and flag(given, "reset_after")

    def build(shape: Shape | None) -> recurrent.Recurrent:
        seen = needed(shape, "input features", "8")
        same_dimensions("features", seen, "8")
        return kind(size_of(seen), units, bias=bias, recurrent_bias=recurrent_bias, time=1)

    return build


def _over_time(cell: Recipe, given: Mapping[str, object]) -> Recipe:
    """The same cell at every step: from ``(time, features)`` to all outputs, or the last one."""
    sequences = flag(given, "return_sequences")
    states = flag(given, "return_state")

    def build(shape: Shape | None) -> recurrent.Recurrent:
        seen = needed(shape, "input features", "10x8 (time, features)")
        same_dimensions("time, features", seen, "10x8")
        step = cell(seen.replace(sizes=seen.sizes[1:]))
        if not isinstance(step, recurrent.Recurrent):
            raise ValueError(
                f"cell is a {type(step).__name__}; it has to be a cell, such as LSTMCell(16)"
            )
        return step.replace(sequences=sequences, states=states, time=seen.sizes[0])

    return build
