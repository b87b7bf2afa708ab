"""Making what a text makes: layers from calls, tensors from layers, models from both."""

from __future__ import annotations

import ast

from ...counting.count import number
from ...counting.sizes import times
from ..call import taken_apart
from ..read import read
from ..shape import LONGEST
from .literals import literal, whole_number
from .merging import side_by_side, together
from .methods import learners
from .names import merging
from .objects import (
    Container,
    Free,
    Graph,
    Group,
    Layer,
    Named,
    Stack,
    Step,
    Tensor,
    at_line,
    short,
    told,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ..read import Spelled
    from .objects import Argument, Sizes

MOST_LAYERS = 10_000


class Maker:
    """Makes the objects of one text, and remembers them.

    asked: the shape of the input that was given besides the text, which goes before the text's.
    """

    def __init__(self, asked: Sizes | None, data_format: str | None) -> None:
        self.asked = asked
        self.data_format = data_format
        self.asked_is_used = False
        self.containers: list[Container] = []
        self.layers: list[Layer] = []
        self.steps: list[Step] = []
        self.notes: list[tuple[int, str]] = []
        self._functions: dict[str, ast.expr] = {}
        self._read: dict[tuple[str, Sizes | None], Spelled] = {}

    # -- layers ------------------------------------------------------------------------------------

    def layer(
        self,
        name: str,
        known: bool,
        positional: Sequence[Argument],
        keywords: Mapping[str | None, Argument],
        line: int,
    ) -> Layer:
        """A layer, with the values that the text shows in the place of their names."""
        if name not in self._functions:
            self._functions[name] = ast.parse(name, mode="eval").body
        node = ast.Call(
            self._functions[name],
            [literal(each) for each in positional],
            [ast.keyword(key, literal(each)) for key, each in keywords.items()],
        )
        made = Layer(node, line, known)
        self.layers.append(made)
        self._not_too_many(len(self.layers), line)
        return made

    def _not_too_many(self, made: int, line: int) -> None:
        if made > MOST_LAYERS:
            raise at_line(
                line,
                ValueError(
                    f"the text makes over {number(MOST_LAYERS)} layers; write fewer of them"
                ),
            )

    def read(self, layer: Layer, sizes: Sizes | None, why: str = "") -> Spelled:
        """A layer as `read` reads it. why: why the shape of its input isn't known.

        Raises ValueError, with the line, for what can't be read.
        """
        key = (layer.text, sizes)
        if key not in self._read:
            try:
                call = taken_apart(layer.node, layer.text)
                self._read[key] = read(call, sizes, self.data_format)
            except (ValueError, TypeError) as problem:
                if sizes is None and why and "--input" in str(problem):
                    problem = ValueError(
                        f"{short(layer.text)} has as many weights as what comes in asks for, and "
                        f"that isn't known here: {why}"
                    )
                raise at_line(layer.line, problem) from None
        return self._read[key]

    # -- tensors -----------------------------------------------------------------------------------

    def input(
        self, positional: Sequence[Argument], keywords: Mapping[str | None, Argument], line: int
    ) -> Tensor:
        """``Input(shape=(28, 28, 1))``."""
        if self.asked is not None and not self.asked_is_used:
            self.asked_is_used = True
            return Tensor(self.asked)
        for name in ("batch_shape", "batch_input_shape"):
            if name in keywords:
                return Tensor(_sizes(keywords[name].value, line)[1:])
        given = [keywords[name] for name in ("shape", "input_shape") if name in keywords]
        given += positional
        if not given:
            raise at_line(
                line, ValueError("the input has no shape; write one, such as shape=(28, 28, 1)")
            )
        return Tensor(_sizes(given[0].value, line))

    def unseen(self, name: str) -> Tensor:
        """A tensor that comes from outside the text."""
        if self.asked is not None and not self.asked_is_used:
            self.asked_is_used = True
            return Tensor(self.asked)
        return Tensor(None, None, f"the text doesn't say what {short(name)} is; give its --input")

    def applied(self, layer: Layer, inputs: Sequence[Tensor], line: int) -> Tensor | list[Tensor]:
        """What a layer makes of its input."""
        layer.used = True
        ways = merging(Named(layer.text.partition("(")[0]))
        if ways:
            axis = next(
                (each.value for each in layer.node.keywords if each.arg == "axis"),
                layer.node.args[0] if layer.node.args else None,
            )
            return self.merged(ways, inputs, whole_number(axis), layer.text, line)
        first = inputs[0]
        for other in inputs[1:]:
            if other.sizes and first.sizes and other.sizes[-1] != first.sizes[-1]:
                raise at_line(
                    line,
                    ValueError(
                        f"{short(layer.text)} takes inputs of different width here, "
                        f"{times(first.sizes)} and {times(other.sizes)}; sharedconv reads it with "
                        "equal ones only"
                    ),
                )
        spelled = self.read(layer, first.sizes, first.why)
        output: Sizes | None = None
        why = first.why
        try:
            shape = spelled.output_shape()
            output = None if shape is None else shape.sizes
        except ValueError as problem:
            why = f"line {line}: {problem}"
        step = self._step(line, layer.text, inputs, layer=layer, spelled=spelled, output=output)
        made = Tensor(output, step, why)
        states = getattr(spelled.kind, "state_shapes", None)
        if states is not None and "return_state=True" in layer.text:
            return [made, *(Tensor(each, step) for each in states())]
        return made

    def merged(
        self, how: str, inputs: Sequence[Tensor], axis: int | None, text: str, line: int
    ) -> Tensor:
        """Several tensors made one: added, put side by side, ..."""
        shapes = [each.sizes for each in inputs]
        unknown = next((each for each in inputs if each.sizes is None), None)
        output = None
        if unknown is None:
            known = [shape for shape in shapes if shape is not None]
            try:
                output = side_by_side(known, axis) if how == "concatenate" else together(known)
            except ValueError as problem:
                raise at_line(line, problem) from None
        step = self._step(line, text, inputs, merges=how, output=output, axis=axis)
        return Tensor(output, step, "" if unknown is None else unknown.why)

    def _step(
        self,
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
    ) -> Step:
        self._not_too_many(len(self.steps), line)
        made = Step(
            len(self.steps),
            line,
            text,
            inputs,
            layer=layer,
            spelled=spelled,
            merges=merges,
            axis=axis,
            free=free,
            output=output,
        )
        self.steps.append(made)
        return made

    # -- models ------------------------------------------------------------------------------------

    def container(self, made: Container) -> None:
        self.containers.append(made)
        self._not_too_many(len(self.containers), made.line)

    def through(self, model: object, inputs: Sequence[Tensor], line: int) -> Tensor | list[Tensor]:
        """What a layer, a model, or a list of these makes of its input."""
        if isinstance(model, Layer):
            return self.applied(model, inputs, line)
        if isinstance(model, Tensor):  # keras.Input(...) at the head of a Sequential
            return inputs[0] if inputs[0].sizes is not None else model
        if isinstance(model, Free):
            step = self._step(model.line, model.text, inputs, free=model)
            return Tensor(None, step, inputs[0].why)
        if isinstance(model, Stack):
            return self._through_stack(model, inputs, line)
        if isinstance(model, Graph):
            return self._through_graph(model, inputs)
        if isinstance(model, Group):
            return self._through_group(model, inputs, line)
        raise at_line(
            line,
            ValueError(
                f"the text doesn't say what {told(model)} is; write the layer itself in its place"
            ),
        )

    def _through_stack(
        self, stack: Stack, inputs: Sequence[Tensor], line: int
    ) -> Tensor | list[Tensor]:
        stack.inside = True
        flowing: Tensor | list[Tensor] = list(inputs)
        if inputs[0].sizes is None and stack.sizes is not None:
            flowing = [Tensor(stack.sizes)]
        for each in flat(stack.members, line):
            now = flowing if isinstance(flowing, list) else [flowing]
            flowing = self.through(each, now[:1], line)
        return flowing

    def _through_graph(self, graph: Graph, inputs: Sequence[Tensor]) -> Tensor | list[Tensor]:
        graph.inside = True
        known = {id(old): new for old, new in zip(graph.inputs, inputs, strict=False)}

        def new(old: Tensor) -> Tensor:
            return known.get(id(old), old)

        made: dict[int, Tensor | list[Tensor]] = {}
        for step in graph.steps():
            for each in step.inputs:
                if each.step is not None and each.step.number in made:
                    again = made[each.step.number]
                    known[id(each)] = again[0] if isinstance(again, list) else again
            came = [new(each) for each in step.inputs]
            if step.layer is not None:
                made[step.number] = self.applied(step.layer, came, step.line)
            else:
                made[step.number] = self.merged(step.merges, came, step.axis, step.text, step.line)
        ends = []
        for each in graph.outputs:
            end = new(each) if each.step is None else made.get(each.step.number, each)
            ends.append(end[0] if isinstance(end, list) else end)
        return ends[0] if len(ends) == 1 else ends

    def _through_group(self, group: Group, inputs: Sequence[Tensor], line: int) -> Tensor:
        """One member after the other, only so that each is counted: in which order they really
        run stands in a method that isn't read."""
        group.inside = True
        where = f"{told(group)} says in a method how its layers are used, and that isn't read"
        flowing = Tensor(None, inputs[0].step, where)
        for each in flat(self._registered(group), line):
            if not isinstance(each, (Layer, Container, Free)):
                continue
            if isinstance(each, Layer) and each.text.partition("(")[0].endswith("Loss"):
                continue  # it measures the model and isn't part of it
            made = self.through(each, [flowing], line)
            last = made[0] if isinstance(made, list) else made
            flowing = Tensor(None, last.step, where)
        return flowing

    def _registered(self, group: Group) -> list[object]:
        """The members that PyTorch sees; it doesn't look into plain lists."""
        values = list(group.attributes.values())
        if group.cls is None or group.cls.framework != "torch":
            return values
        hidden = [each for each in values if isinstance(each, (list, tuple, dict))]
        for each in learners(hidden):
            if isinstance(each, Layer) and each.known and not each.used:
                self.notes.append(
                    (
                        each.line,
                        f"{short(each.text)} is in a plain list, where PyTorch doesn't find it, so "
                        "it is not counted; put the list into nn.ModuleList",
                    )
                )
        return [each for each in values if not isinstance(each, (list, tuple, dict))]


def flat(members: Iterable[object], line: int) -> Iterator[object]:
    """The members of lists within lists, without None."""
    waiting, seen = [iter(members)], 0
    while waiting:
        for each in waiting[-1]:
            seen += 1
            if seen > 4 * MOST_LAYERS:
                raise at_line(line, ValueError("there are too many lists within lists here"))
            if isinstance(each, (list, tuple)):
                waiting.append(iter(each))
                break
            if isinstance(each, dict):
                waiting.append(iter(each.values()))
                break
            if each is not None:
                yield each
        else:
            waiting.pop()


def _sizes(value: object, line: int) -> Sizes:
    sizes = value if isinstance(value, (tuple, list)) else (value,)
    if len(sizes) <= LONGEST and all(
        each is None or (type(each) is int and each > 0) for each in sizes
    ):
        return tuple(sizes)
    raise at_line(
        line,
        ValueError(
            f"the input's shape is {told(value)}, which can't be read here; write its "
            "numbers, or give them with --input"
        ),
    )
