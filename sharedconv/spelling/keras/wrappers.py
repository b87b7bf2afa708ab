"""Keras's layers around another layer, with Keras's own signatures."""

from __future__ import annotations

from ...counting import wrappers
from ...counting.conv_lstm import ConvLSTM
from ..arguments import needed
from ..read import read_inside

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..recipe import Recipe
    from ..shape import Shape


def Bidirectional(
    layer: object,
    merge_mode: object = "concat",
    weights: object = None,
    backward_layer: object = None,
    **kwargs: object,
) -> Recipe:
    given = locals()
    forward, arguments = read_inside(given, "layer", "LSTM(16)")
    backward = None
    if backward_layer is not None:
        backward, others = read_inside(given, "backward_layer", "LSTM(16, go_backwards=True)")
        _same_but_for_the_direction(arguments, others)
    if not isinstance(merge_mode, str) and merge_mode is not None:
        raise ValueError(f"merge_mode is {merge_mode!r}; write the word itself, such as 'concat'")
    mode = merge_mode

    def build(shape: Shape | None) -> wrappers.Bidirectional:
        _same_order(arguments, shape)
        kind = forward(shape)
        if isinstance(kind, ConvLSTM) and shape is not None and not shape.channels_last:
            raise ValueError(
                "Bidirectional puts the two outputs side by side along the last axis, which are "
                "the channels only with channels_last; use that order"
            )
        return wrappers.Bidirectional(kind, mode, backward and backward(shape))

    return build


def TimeDistributed(layer: object, **kwargs: object) -> Recipe:
    inner, arguments = read_inside(locals(), "layer", "Dense(10)")

    def build(shape: Shape | None) -> wrappers.TimeDistributed:
        seen = needed(shape, "input features", "10x8 (time, features)")
        if len(seen.sizes) < 2:
            raise ValueError(
                f"the input is {seen}; this layer takes the steps of a sequence first, and then "
                "what each step is, such as 10x8 (time, features)"
            )
        _same_order(arguments, seen)
        time, *step = seen.sizes
        return wrappers.TimeDistributed(inner(seen.replace(sizes=tuple(step))), time)

    return build


def _same_order(arguments: Mapping[str, object], shape: Shape | None) -> None:
    """Refuse a layer inside whose images are in another order than the shapes of the line."""
    order = arguments.get("data_format")
    if isinstance(order, str) and shape and shape.channels_last != (order == "channels_last"):
        raise ValueError(
            f"the layer inside has data_format={order!r}, and the input {shape} is read "
            f"{shape.order}; add --data-format {order}"
        )


def _same_but_for_the_direction(
    forward: Mapping[str, object], backward: Mapping[str, object]
) -> None:
    if bool(forward.get("go_backwards")) == bool(backward.get("go_backwards")):
        raise ValueError(
            "layer and backward_layer read in the same direction; write go_backwards=True in "
            "one of them"
        )
    for name in ("return_sequences", "return_state", "trainable"):
        default = name == "trainable"
        if forward.get(name, default) != backward.get(name, default):
            raise ValueError(f"layer and backward_layer differ in {name}; give both the same")
