"""What a text makes: layers, what flows between them, and the models that hold them.

These stand for the objects that the text would make if it were run. The same object in two places
means the same weights.
"""

from __future__ import annotations

import ast

from ..call import Unread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ..read import Spelled

    Sizes = tuple[int | None, ...]


class Located(ValueError):
    """A sentence that already says which line it is about."""


def at_line(line: int, problem: Exception) -> Located:
    """The same sentence, with its line in front."""
    if isinstance(problem, Located):
        return problem
    return Located(f"line {line}: {problem}")


class Unknown(Unread):
    """A value that the text doesn't show, such as what a call gives."""

    def __init__(self, node: ast.AST) -> None:
        vars(self).update(node=node)

    @property
    def text(self) -> str:  # type: ignore[override]
        return short(ast.unparse(vars(self)["node"]))


class Named(Unread):
    """A name that the text doesn't define, or imports: ``nn.Conv2d``, ``x_train``."""

    @property
    def last(self) -> str:
        return self.text.rpartition(".")[2]


class Layer:
    """A layer, or what may be one: a call of a name that the text doesn't define.

    node: the call, with the values put in. known: whether the name is a layer's.
    frozen: which of its tensors training leaves alone, "weight", "bias" or both. tied: the layer
    whose weight takes the place of this one's.
    """

    def __init__(self, node: ast.Call, line: int, known: bool) -> None:
        self.node = node
        self.line = line
        self.known = known
        self.frozen: set[str] = set()
        self.used = False
        self.tied: Layer | None = None
        self._text: str | None = None

    @property
    def text(self) -> str:
        if self._text is None:
            self._text = ast.unparse(self.node)
        return self._text


class Weight:
    """One tensor of a layer: ``embedding.weight``."""

    def __init__(self, layer: Layer, name: str) -> None:
        self.layer = layer
        self.name = name


class Free:
    """Parameters that belong to no layer: ``nn.Parameter(torch.zeros(1, 197, 768))``."""

    def __init__(self, text: str, sizes: Sequence[int], line: int) -> None:
        self.text = text
        self.sizes = tuple(sizes)
        self.line = line
        self.frozen = False


class Filled:
    """A tensor of numbers that the text makes: ``torch.zeros(1, 3, 224, 224)``."""

    def __init__(self, sizes: Sequence[int]) -> None:
        self.sizes = tuple(sizes)


class Tensor:
    """What flows from layer to layer. sizes: without the batch; None where they aren't known."""

    def __init__(self, sizes: Sizes | None, step: Step | None = None, why: str = "") -> None:
        self.sizes = sizes
        self.step = step
        self.why = why


class Step:
    """Something done to tensors: a layer applied to them, or several put together.

    number: its place among all the steps of the text. merges, axis: how, and along which axis,
    tensors are put together. free: parameters that are added, where no layer is. output: the shape
    of what comes out, where it is known.
    """

    def __init__(
        self,
        number: int,
        line: int,
        text: str,
        inputs: Sequence[Tensor],
        *,
        layer: Layer | None = None,
        spelled: Spelled | None = None,
        merges: str = "",
        axis: int | None = None,
        free: Free | None = None,
        output: Sizes | None = None,
    ) -> None:
        self.number = number
        self.line = line
        self.text = text
        self.inputs = tuple(inputs)
        self.layer = layer
        self.spelled = spelled
        self.merges = merges
        self.axis = axis
        self.free = free
        self.output = output


class Container:
    """What holds layers. inside: whether it is part of another one."""

    title = ""

    def __init__(self, line: int) -> None:
        self.line = line
        self.inside = False


class Stack(Container):
    """``Sequential``: one member after the other. sizes: of its input, where the text says so."""

    title = "Sequential"

    def __init__(self, line: int, members: Sequence[object] = ()) -> None:
        super().__init__(line)
        self.members = list(members)
        self.sizes: Sizes | None = None


class Graph(Container):
    """``Model(inputs, outputs)``: all that leads to the outputs."""

    title = "Model"

    def __init__(self, line: int, inputs: Sequence[Tensor], outputs: Sequence[Tensor]) -> None:
        super().__init__(line)
        self.inputs = list(inputs)
        self.outputs = list(outputs)

    def steps(self) -> list[Step]:
        """Every step that leads to the outputs, in the order in which they were written."""
        found: dict[int, Step] = {}
        ends = {id(each) for each in self.inputs}
        waiting = list(self.outputs)
        while waiting:
            tensor = waiting.pop()
            step = tensor.step
            if id(tensor) not in ends and step is not None and id(step) not in found:
                found[id(step)] = step
                waiting += step.inputs
        return sorted(found.values(), key=lambda step: step.number)


class Unordered(list[object]):
    """The layers of a model with branches: all of them, in an order that isn't Keras's."""


class Group(Container):
    """An ``nn.Module`` of the text's own, or a list of layers: members by name, without an order
    in which they run."""

    def __init__(self, line: int, title: str, cls: Class | None = None) -> None:
        super().__init__(line)
        self.title = title
        self.cls = cls
        self.attributes: dict[str, object] = {}


class Class:
    """A class that the text defines."""

    def __init__(self, node: ast.ClassDef, scope: Scope, bases: Sequence[object]) -> None:
        self.node = node
        self.scope = scope
        self.bases = tuple(bases)
        self.used = False

    def found(self, name: str) -> object:
        """An attribute of the class or of one that it is derived from; None where none has it."""
        for each in self.line_of_descent():
            if name in each.scope.own:
                return each.scope.own[name]
        return None

    def line_of_descent(self) -> Iterator[Class]:
        seen: Class | None = self
        for _ in range(10):
            if seen is None:
                return
            yield seen
            seen = next((base for base in seen.bases if isinstance(base, Class)), None)

    @property
    def framework(self) -> str:
        """Whose module it is in the end: "keras", "torch", or "" for neither."""
        for each in self.line_of_descent():
            for base in each.bases:
                if isinstance(base, Named) and base.last in _MODULES:
                    return _MODULES[base.last]
        return ""


_MODULES = {"Module": "torch", "LightningModule": "torch", "Model": "keras", "Layer": "keras"}


class Function:
    """A function that the text defines.

    owner: the object whose method it is. home: the class that it is written in.
    """

    def __init__(
        self,
        node: ast.FunctionDef | ast.Lambda,
        scope: Scope,
        owner: object = None,
        home: Class | None = None,
    ) -> None:
        self.node = node
        self.scope = scope
        self.owner = owner
        self.home = home
        self.called = False

    def of(self, owner: object) -> Function:
        """The same function as a method of an object."""
        return Function(self.node, self.scope, owner, self.home)


class Partial:
    """``partial(Conv2D, padding="same")``: a call with some of its arguments given."""

    def __init__(
        self,
        callee: object,
        positional: Sequence[Argument],
        keywords: Mapping[str | None, Argument],
    ) -> None:
        self.callee = callee
        self.positional = tuple(positional)
        self.keywords = dict(keywords)


class Argument:
    """A value that is handed over, and how it was written."""

    def __init__(self, value: object, node: ast.expr) -> None:
        self.value = value
        self.node = node


class Scope:
    """Names and their values; what isn't found here is looked for outside."""

    def __init__(self, outside: Scope | None = None) -> None:
        self.own: dict[str, object] = {}
        self.outside = outside

    def find(self, name: str) -> object:
        """The value of a name; a name that nobody gave a value stands for itself."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.own:
                return scope.own[name]
            scope = scope.outside
        return Named(name)


def short(text: str, longest: int = 60) -> str:
    """A text on one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 3]}..."


def told(value: object) -> str:
    """A value, in a sentence."""
    if isinstance(value, (Layer, Unread, Free)):
        return short(value.text)
    if isinstance(value, Container):
        return f"{value.title} (line {value.line})"
    if isinstance(value, (int, float, str, type(None))):
        return short(repr(value))
    if isinstance(value, (tuple, list)):
        inside = [
            told(each) for each in value[:LONGEST_TOLD] if not isinstance(each, (tuple, list))
        ]
        return short(f"({', '.join(inside)})")
    return f"a {type(value).__name__.lower()}"


def held(values: object) -> None:
    """Remember that these are part of something larger."""
    waiting, seen = [values], 0
    while waiting and seen < MOST_HELD:
        value = waiting.pop()
        seen += 1
        if isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, (list, tuple)):
            waiting += value
        elif isinstance(value, Container):
            value.inside = True
        elif isinstance(value, Layer):
            value.used = True


LONGEST_TOLD = 8
MOST_HELD = 40_000
"""Lists within lists can be longer than any text; a text makes fewer layers."""
