"""What a name in a text stands for: a layer, a way to put tensors together, a plain function."""

from __future__ import annotations

from ..recipe import names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .objects import Named

OF_KERAS = frozenset(names("keras"))
OF_TORCH = frozenset(names("torch"))
MERGES = {
    "add": "add",
    "subtract": "subtract",
    "multiply": "multiply",
    "average": "average",
    "maximum": "maximum",
    "minimum": "minimum",
    "concatenate": "concatenate",
    "concat": "concatenate",
    "merge": "merge",
}
"""Keras's layers that put tensors together (in lower case, as its functions are), and tf.concat."""
ELEMENTWISE = (
    *("relu", "relu6", "leaky_relu", "elu", "selu", "celu", "gelu", "silu", "swish", "mish"),
    *("sigmoid", "hard_sigmoid", "tanh", "softmax", "log_softmax", "softplus", "softsign"),
    *("linear", "dropout", "identity", "stop_gradient", "cast", "sqrt", "square", "abs", "exp"),
    *("log", "normalize", "l2_normalize", "clip_by_value"),
)
"""Functions of a tensor that leave its shape as it is, and have no parameters."""
_ROOTS = {
    "keras": "keras",
    "tf": "keras",
    "tensorflow": "keras",
    "layers": "keras",
    "models": "keras",
    "torch": "torch",
    "nn": "torch",
}


def written(named: Named, preferred: str) -> tuple[str, bool]:
    """How `read` knows a name, and whether it is a layer's.

    preferred: the framework of bare names that both frameworks have.
    """
    last, dotted = named.last, "." in named.text
    framework = _ROOTS.get(named.text.partition(".")[0]) if dotted else None
    if framework == "torch" or (not dotted and last in OF_TORCH and preferred == "torch"):
        return f"nn.{last}", last in OF_TORCH
    if framework == "keras":
        known = last in OF_KERAS or bool(merging(named))
        return (last, True) if known else (named.text, False)
    known = last in OF_KERAS or last in OF_TORCH or bool(merging(named))
    return named.text, known and not dotted


def merging(named: Named) -> str:
    """Which way of putting tensors together a name stands for; "" where it is none."""
    return MERGES.get(named.last.lower(), "")
