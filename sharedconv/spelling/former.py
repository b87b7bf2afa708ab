"""Spellings that people still paste: Keras's other names for a layer, and those of Keras 1 and 2.

A call so written is turned into today's: ``Convolution2D(64, 5, 3, border_mode='same')`` into
``Conv2D(filters=64, kernel_size=(5, 3), padding='same')``.
"""

from __future__ import annotations

import ast

from .call import read_call
from .recipe import ALIASES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .call import Call

ARGUMENTS: dict[str, tuple[str, ...]] = {
    "nb_filter": ("filters",),
    "filter_length": ("kernel_size",),
    "pool_length": ("pool_size",),
    "length": ("size",),
    "border_mode": ("padding",),
    "subsample": ("strides",),
    "subsample_length": ("strides",),
    "stride": ("strides",),
    "atrous_rate": ("dilation_rate",),
    "dim_ordering": ("data_format",),
    "output_dim": ("units",),
    "init": ("kernel_initializer", "depthwise_initializer", "embeddings_initializer"),
    "inner_init": ("recurrent_initializer",),
    "inner_activation": ("recurrent_activation",),
    "W_regularizer": ("kernel_regularizer", "embeddings_regularizer"),
    "b_regularizer": ("bias_regularizer",),
    "U_regularizer": ("recurrent_regularizer",),
    "W_constraint": ("kernel_constraint", "embeddings_constraint"),
    "b_constraint": ("bias_constraint",),
    "dropout_W": ("dropout",),
    "dropout_U": ("recurrent_dropout",),
    "bias": ("use_bias",),
    "p": ("rate",),
    "alpha": ("negative_slope",),
}
"""An argument's former name -> what it may be called today, depending on the layer."""

SIDES: dict[str, tuple[str, ...]] = {
    "Conv2D": ("nb_row", "nb_col"),
    "SeparableConv2D": ("nb_row", "nb_col"),
    "LocallyConnected2D": ("nb_row", "nb_col"),
    "Conv3D": ("kernel_dim1", "kernel_dim2", "kernel_dim3"),
}
"""The sides of the kernel, which Keras 1 took one by one."""

_IN_ORDER = ("init", "activation", "weights", "border_mode")
ORDERS: dict[str, tuple[str, ...]] = {
    "Conv1D": ("nb_filter", "filter_length", *_IN_ORDER, "subsample_length"),
    "LocallyConnected1D": ("nb_filter", "filter_length", *_IN_ORDER, "subsample_length"),
    **{name: ("nb_filter", *sides, *_IN_ORDER, "subsample") for name, sides in SIDES.items()},
}
"""The order of the arguments in Keras 1, where it was another one."""

DATA_FORMATS = {"th": "channels_first", "tf": "channels_last"}
"""Keras 1's dim_ordering: as in Theano, or as in TensorFlow."""


WEAK = ("bias", "stride")
"""Former names that are PyTorch's today: Keras 1's beside another one, by themselves a slip."""


def modern(call: Call, known: Sequence[str]) -> Call:
    """The same call in today's spelling; `call` itself where it is that already.

    known: the arguments that the layer takes today.
    """
    prefix, dot, name = call.name.rpartition(".")
    today = ALIASES["keras"].get(name, name)
    sides = SIDES.get(today, ())
    former = [each for each in call.keywords if each not in known and each in (*ARGUMENTS, *sides)]
    if name == today and not set(former) - set(WEAK):
        return call
    in_order, by_name = call.node.args, {each.arg or "": each.value for each in call.node.keywords}
    if _in_former_order(call, today, former):
        by_name = {**dict(zip(ORDERS[today], in_order, strict=False)), **by_name}
        in_order = in_order[len(ORDERS[today]) :]
    if sides and all(side in by_name for side in sides):
        kernel_size = ast.Tuple([by_name[side] for side in sides], ast.Load())
        by_name = {"kernel_size" if each == sides[0] else each: by_name[each] for each in by_name}
        by_name = {each: by_name[each] for each in by_name if each not in sides}
        by_name["kernel_size"] = kernel_size
    keywords = []
    for each, value in by_name.items():
        argument = _todays(each, known)
        if argument == "data_format" and isinstance(value, ast.Constant):
            if value.value == "default":
                continue
            value = ast.Constant(DATA_FORMATS.get(str(value.value), value.value))
        keywords.append(ast.keyword(argument, value))
    function = ast.parse(f"{prefix}{dot}{today}", mode="eval").body
    return read_call(ast.unparse(ast.Call(function, in_order, keywords)))


def _in_former_order(call: Call, today: str, former: Sequence[str]) -> bool:
    sides = SIDES.get(today, ())
    after_filters = call.positional[1 : 1 + len(sides)]
    if today not in ORDERS or len(call.positional) > len(ORDERS[today]):
        return False
    if not sides:
        return bool(former)
    return any(side in former for side in sides) or (
        len(after_filters) == len(sides) and all(type(each) is int for each in after_filters)
    )


def _todays(name: str, known: Sequence[str]) -> str:
    if name in known:
        return name
    return next((each for each in ARGUMENTS.get(name, ()) if each in known), name)
