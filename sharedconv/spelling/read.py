"""A line of Keras or PyTorch, read: the layer kind, and how the person who wrote it sees shapes."""

from __future__ import annotations

import ast

from ..counting.sizes import times
from ..counting.value import Value
from .call import Unread, arguments_of, bind, nearest, read_call
from .foreign import refuse_foreign, refuse_julia
from .former import modern
from .recipe import FAMILIES, FRAMEWORKS, constructor, names
from .shape import Shape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ..counting.count import Count
    from ..counting.kind import Kind
    from .call import Call
    from .recipe import Recipe

DATA_FORMATS = ("channels_last", "channels_first")
PREFIXES = {
    "keras": (
        *("keras.layers", "tf.keras.layers", "tensorflow.keras.layers", "layers"),
        *("keras", "tf.keras", "tensorflow.keras"),
    ),
    "torch": ("nn", "torch.nn"),
}
SHAPES = ("input_shape", "shape", "batch_input_shape", "batch_shape")
"""The arguments in which a layer of Keras is told the shape of its input."""
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
    kind: Kind
    shape: Shape | None
    channels_last: bool
    trainable: bool

    def __init__(
        self,
        text: str,
        framework: str,
        kind: Kind,
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
        kind = self.kind
        sizes = kind.channels_last_shape() if self.channels_last else kind.output_shape()
        return Shape(sizes, self.channels_last)

    def rewritten(self, changes: Mapping[str, bool | int], number: int | None = None) -> str | None:
        """The same call with hyperparameters changed: ``rewritten({"bias": False})``.

        Of a layer around another one, the one inside is changed. None where the line has no
        argument for it, or where the changed layer doesn't have the number that it should have.
        """
        node = _in_todays_spelling(read_call(self.text), self.framework).node
        done = [
            _changed(node, self.framework, SPELLED[name][self.framework], ast.Constant(value))
            for name, value in changes.items()
        ]
        text = ast.unparse(node)
        if number is not None and all(done):
            sizes = None if self.shape is None else self.shape.sizes
            done.append(read(text, sizes, self._order()).count().total == number)
        return text if all(done) else None

    def _order(self) -> str:
        return DATA_FORMATS[0 if self.channels_last else 1]


def read(
    text: str | Call, shape: tuple[int | None, ...] | None = None, data_format: str | None = None
) -> Spelled:
    """Read one layer.

    text: ``Conv2D(10, 5)``, ``nn.Conv2d(1, 10, 5, bias=False)``, ``keras.layers.Dense(10)``, ...
        The framework is recognised by the name. Or the same, taken apart already.
    shape: the shape of one input, without the batch; in Keras's order (channels last) for Keras,
        in PyTorch's (channels first) for PyTorch, unless the layer itself or `data_format` says
        otherwise. Keras's layers need it, PyTorch's don't.
    data_format: "channels_last" or "channels_first".

    Raises ValueError or TypeError, in one sentence, for what can't be read.
    """
    try:
        call = read_call(text) if isinstance(text, str) else text
    except ValueError:
        refuse_julia(str(text))
        raise
    framework, function, given = _understood(call)
    channels_last = _channels_last(framework, given, data_format)
    own = _own_shape(given, arguments_of(function))
    sizes = shape or own
    seen = None if sizes is None else Shape(sizes, channels_last)
    if shape and own and shape != own:
        raise ValueError(
            f"the line says that its input is {times(own)}, and the input given beside it is "
            f"{times(shape)}; leave one of them out"
        )
    return Spelled(
        text=ast.unparse(call.node),
        framework=framework,
        kind=_made(function(**given), seen),
        shape=seen,
        channels_last=channels_last,
        trainable=_trains(given),
    )


def _made(recipe: Recipe, seen: Shape | None) -> Kind:
    try:
        return recipe(seen)
    except ValueError as problem:
        # the channels in front, as PyTorch and not Keras has them: a frequent slip
        if seen is not None and seen.channels_last and len(seen.sizes) in (3, 4):
            first, *image = seen.sizes
            if first in (1, 3) and all(size is not None and size > 4 for size in image):
                turned = "x".join(str(size) for size in (*image, first))
                raise ValueError(f"{problem}; or did you mean --input {turned}?") from None
        raise


def read_inside(
    given: Mapping[str, object], name: str, example: str
) -> tuple[Recipe, Mapping[str, object]]:
    """The layer of Keras that stands in another one's argument: its recipe, and its own arguments.

    example: a layer that could stand there.

    Raises ValueError, in one sentence, where none stands there.
    """
    value = given[name]
    if not isinstance(value, Unread):
        raise ValueError(f"{name} is {value!r}; it has to be a layer, such as {example}")
    call = read_call(value.text)
    framework, function, arguments = _understood(call)
    if framework != "keras":
        raise ValueError(
            f"{name} is {call.name}, which is {FRAMEWORKS[framework]}'s; it has to be a layer of "
            f"Keras, such as {example}"
        )
    return function(**arguments), arguments


def _trains(given: Mapping[str, object]) -> bool:
    trainable = given.get("trainable", True)
    if not isinstance(trainable, bool):
        raise ValueError(f"trainable is {trainable!r}; it has to be True or False")
    inside = [name for name in ("layer", "cell") if isinstance(given.get(name), Unread)]
    return trainable and all(_trains(read_inside(given, name, "")[1]) for name in inside)


def _changed(node: ast.Call, framework: str, argument: str, value: ast.Constant) -> bool:
    """Change an argument of a layer, or of the layers inside; False where none has it."""
    name = _short(ast.unparse(node.func))
    if name not in names(framework):
        return False
    own = arguments_of(constructor(framework, name))
    if argument not in own:
        inside = [*node.args, *(each.value for each in node.keywords)]
        layers = [each for each in inside if isinstance(each, ast.Call)]
        return sum(_changed(each, framework, argument, value) for each in layers) > 0
    place = own.index(argument)
    if place < len(node.args):
        node.args[place] = value
    else:
        others = [each for each in node.keywords if each.arg != argument]
        node.keywords = [*others, ast.keyword(argument, value)]
    return True


def _short(name: str) -> str:
    return name.rpartition(".")[2]


def _understood(call: Call) -> tuple[str, Callable[..., Recipe], dict[str, object]]:
    """The framework, its constructor, and which argument has which value.

    A name that both frameworks have is the one's whose arguments it is given.
    """
    problems = []
    for framework in _frameworks(call):
        function = constructor(framework, _short(call.name))
        try:
            given = bind(_in_todays_spelling(call, framework), function)
            _channels_last(framework, given, None)
            return framework, function, given
        except ValueError as problem:
            problems.append(problem)
    raise problems[0]


def _in_todays_spelling(call: Call, framework: str) -> Call:
    if framework != "keras":
        return call
    return modern(call, arguments_of(constructor(framework, _short(call.name))))


def _frameworks(call: Call) -> list[str]:
    """The frameworks that have a layer of this name, and whose prefix it has, if any."""
    refuse_foreign(call.name, call.keywords)
    prefix, _, name = call.name.rpartition(".")
    homes = [framework for framework, known in PREFIXES.items() if prefix in known]
    if prefix and not homes:
        known = ", ".join(f"{each}." for all_of in PREFIXES.values() for each in all_of)
        raise ValueError(
            f"{call.name} is not a layer of Keras or PyTorch that sharedconv knows; in front of a "
            f"layer's name it knows {known}"
        )
    every = {framework: names(framework) for framework in FAMILIES}
    found = [framework for framework in homes or FAMILIES if name in every[framework]]
    if found:
        return found
    for framework, known_names in every.items():
        if name in known_names:
            raise ValueError(
                f"{call.name} mixes two frameworks; {name} is {FRAMEWORKS[framework]}'s spelling, "
                f"which is written {name}(...) or {PREFIXES[framework][0]}.{name}(...)"
            )
    near = nearest(name, [each for framework in homes or FAMILIES for each in every[framework]])
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


def _own_shape(given: Mapping[str, object], own: Sequence[str]) -> tuple[int | None, ...] | None:
    """The shape that a first layer in Keras names itself: input_shape=(100, 100, 1).

    own: the arguments that this layer takes besides those of every layer. An embedding's input_dim
        is one of them, and no shape.
    """
    length = given.get("input_length")
    name, shape = "input_length", (length if isinstance(length, tuple) else (length,))
    if "input_dim" in given and "input_dim" not in own:
        name, shape = "input_dim", (*(shape if length is not None else ()), given["input_dim"])
    elif length is None:
        name = next((each for each in SHAPES if given.get(each) is not None), "")
        if not name:
            return None
        value = given[name]
        shape = value if isinstance(value, tuple) else (value,)
        if name.startswith("batch") or "_batch" in name:
            shape = shape[1:]
    if any(isinstance(each, (Unread, bool, float, str)) for each in shape) or not shape:
        raise ValueError(
            f"{name} is {given[name]!r}; write its numbers, such as input_shape=(100, 100, 1)"
        )
    return shape
