"""Arguments that landed in another parameter than the one they were probably meant for."""

from __future__ import annotations

import ast

from ..counting.value import Value
from .call import read_call
from .read import read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .call import Call
    from .read import Spelled


class Habit(Value):
    """An argument that is perhaps in the wrong place.

    sentence: what it is there. meant: the layer as it was perhaps meant.
    """

    sentence: str
    meant: Spelled

    def __init__(self, sentence: str, meant: Spelled) -> None:
        super().__init__(sentence=sentence, meant=meant)


def habit(layer: Spelled) -> Habit | None:
    """The habit of another framework or of an older Keras that a line shows; None where none.

    ``Conv2D(64, 3, 5)``: Keras 1 took the sides of the kernel one by one; since Keras 2 the second
    of them is the stride. ``nn.Conv2d(1, 64, 3, 5)``: the same in PyTorch. ``Dense(784, 10)``:
    PyTorch's order, in which Keras's second argument is the activation.
    """
    call = read_call(layer.text)
    name, given = call.name.rpartition(".")[2], call.positional
    ints = [type(each) is int for each in given]
    if name == "Dense" and ints[:2] == [True, True]:
        return _dense(layer, call)
    first = {"Conv2D": 1, "Conv2d": 2}.get(name)
    if first is None or ints[first : first + 2] != [True, True]:
        return None
    high, wide = given[first : first + 2]
    # in PyTorch this order is usual, and a stride that isn't the kernel's size is meant as one
    if wide == 1 or (name == "Conv2d" and wide != high):
        return None
    meant = _with_one_kernel(call, first)
    shown = f"({high}, {wide})"
    return _habit(
        layer,
        meant,
        f"In {layer.text} the {high} is the kernel size in both directions, and the {wide} behind "
        f"it is the stride. Keras 1 took height and width one by one there; today a kernel of "
        f"{high}×{wide} is written {shown}.",
    )


def _with_one_kernel(call: Call, first: int) -> str:
    sides = ast.Tuple(call.node.args[first : first + 2], ast.Load())
    in_order = [*call.node.args[:first], sides, *call.node.args[first + 2 :]]
    return ast.unparse(ast.Call(call.node.func, in_order, call.node.keywords))


def _dense(layer: Spelled, call: Call) -> Habit | None:
    inputs, units = call.positional[:2]
    meant = ast.unparse(
        ast.Call(call.node.func, [call.node.args[1], *call.node.args[2:]], call.node.keywords)
    )
    return _habit(
        layer,
        meant,
        f"In {layer.text} the {inputs} is the number of units, and the {units} behind it is the "
        "activation, which can't be a number. PyTorch's Linear names inputs and units; Keras's "
        f"Dense reads the inputs from what comes in, so {units} units are written Dense({units}).",
    )


def _habit(layer: Spelled, meant: str, sentence: str) -> Habit | None:
    sizes = None if layer.shape is None else layer.shape.sizes
    try:
        order = "channels_last" if layer.channels_last else "channels_first"
        return Habit(sentence, read(meant, sizes, order))
    except (ValueError, TypeError):
        return None
