"""A line of Keras or PyTorch, read: the layer kind, and how the person who wrote it sees shapes."""

from __future__ import annotations

import ast

from ..counting.value import Value
from . import keras_layers, torch_layers
from .call import Unread, bind, nearest, read_call
from .shape import Shape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..counting import Conv, Count, Dense
    from .call import Call
    from .keras_layers import Recipe

DATA_FORMATS = ("channels_last", "channels_first")
LAYERS = {"keras": keras_layers.LAYERS, "torch": torch_layers.LAYERS}
PREFIXES = {
    "keras": ("keras.layers", "tf.keras.layers", "tensorflow.keras.layers", "layers", "keras"),
    "torch": ("nn", "torch.nn"),
}
FRAMEWORKS = {"keras": "Keras", "torch": "PyTorch"}
SPELLED = {"bias": {"keras": "use_bias", "torch": "bias"}}
"""What the hyperparameters of a kind are called in each framework, where a remedy changes them."""


class Spelled(Value):
    """A layer as somebody wrote it.

    text: the call, without what stood around it. framework: "keras" or "torch".
    kind: the layer kind, with its input size where that was given.
    shape: the input's shape as given, or None. channels_last: the order of shapes here.
    trainable: False where the line freezes the layer.
    """

    text: str
    framework: str
    kind: Conv | Dense
    shape: Shape | None
    channels_last: bool
    trainable: bool

    def __init__(
        self,
        text: str,
        framework: str,
        kind: Conv | Dense,
        shape: Shape | None,
        channels_last: bool,
        trainable: bool,
    ) -> None:
        super().__init__(
            text=text,
            framework=framework,
            kind=kind,
            shape=shape,
            channels_last=channels_last,
            trainable=trainable,
        )

    def count(self) -> Count:
        """The kind's count; not trainable where the line says so."""
        count = self.kind.count()
        return count if self.trainable else count.frozen()

    def output_shape(self) -> Shape | None:
        """The output's shape in the order of the input's, or None where no input was given."""
        if self.shape is None:
            return None
        sizes = self.kind.output_shape()
        if self.channels_last and hasattr(self.kind, "kernel_size"):
            sizes = (*sizes[1:], sizes[0])
        return Shape(sizes, self.channels_last)

    def rewritten(self, changes: Mapping[str, bool | int]) -> str:
        """The same call with hyperparameters changed: ``rewritten({"bias": False})``."""
        call = read_call(self.text)
        node = call.node
        for name, value in changes.items():
            spelled = SPELLED[name][self.framework]
            function = LAYERS[self.framework][_short(call.name)]
            place = function.__code__.co_varnames.index(spelled)
            constant = ast.Constant(value)
            if place < len(node.args):
                node.args[place] = constant
                continue
            node.keywords = [each for each in node.keywords if each.arg != spelled]
            node.keywords.append(ast.keyword(spelled, constant))
        return ast.unparse(node)


def read(
    text: str, shape: tuple[int | None, ...] | None = None, data_format: str | None = None
) -> Spelled:
    """Read one layer.

    text: ``Conv2D(10, 5)``, ``nn.Conv2d(1, 10, 5, bias=False)``, ``keras.layers.Dense(10)``, ...
        The framework is recognised by the name.
    shape: the shape of one input, without the batch; in Keras's order (channels last) for Keras,
        in PyTorch's (channels first) for PyTorch, unless the layer itself or `data_format` says
        otherwise. Keras's layers need it, PyTorch's don't.
    data_format: "channels_last" or "channels_first".

    Raises ValueError or TypeError, in one sentence, for what can't be read.
    """
    call = read_call(text)
    framework, function = _constructor(call)
    given = bind(call, function)
    channels_last = _channels_last(framework, given, data_format)
    sizes = shape or _own_shape(given)
    seen = None if sizes is None else Shape(sizes, channels_last)
    trainable = given.get("trainable", True)
    if not isinstance(trainable, bool):
        raise ValueError(f"trainable is {trainable!r}; it has to be True or False")
    recipe = function(**given)
    return Spelled(
        text=ast.unparse(call.node),
        framework=framework,
        kind=recipe(seen),
        shape=seen,
        channels_last=channels_last,
        trainable=trainable,
    )


def _short(name: str) -> str:
    return name.rpartition(".")[2]


def _constructor(call: Call) -> tuple[str, Callable[..., Recipe]]:
    prefix, _, name = call.name.rpartition(".")
    homes = [framework for framework, known in PREFIXES.items() if prefix in known]
    if prefix and not homes:
        known = ", ".join(f"{each}." for all_of in PREFIXES.values() for each in all_of)
        raise ValueError(
            f"{call.name} is not a layer of Keras or PyTorch that sharedconv knows; in front of a "
            f"layer's name it knows {known}"
        )
    for framework, layers in LAYERS.items():
        if name in layers and framework in (homes or LAYERS):
            return framework, layers[name]
    every = [(framework, each) for framework in LAYERS for each in LAYERS[framework]]
    for framework, each in every:
        if name == each:
            raise ValueError(
                f"{call.name} mixes two frameworks; {each} is {FRAMEWORKS[framework]}'s spelling, "
                f"which is written {each}(...) or {PREFIXES[framework][0]}.{each}(...)"
            )
    near = nearest(name, [each for framework, each in every if framework in (homes or LAYERS)])
    raise ValueError(f"sharedconv knows no layer {call.name!r}; {near}")


def _channels_last(framework: str, given: Mapping[str, object], asked: str | None) -> bool:
    own = given.get("data_format")
    for name, value in (("--data-format", asked), ("data_format", own)):
        if value is None:
            continue
        if value not in DATA_FORMATS:
            raise ValueError(f"{name} is {value!r}; it has to be {' or '.join(DATA_FORMATS)}")
        return value == "channels_last"
    return framework == "keras"


def _own_shape(given: Mapping[str, object]) -> tuple[int | None, ...] | None:
    """The shape that a first layer in Keras names itself: input_shape=(100, 100, 1)."""
    shape = given.get("input_shape")
    if "input_dim" in given:
        shape = (given["input_dim"],)
    if shape is None:
        return None
    sizes = shape if isinstance(shape, tuple) else (shape,)
    if any(isinstance(each, (Unread, bool, float, str)) for each in sizes) or not sizes:
        raise ValueError(
            f"input_shape is {shape!r}; write its numbers, such as input_shape=(100, 100, 1)"
        )
    return sizes
