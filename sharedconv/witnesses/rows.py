"""A model's layers, one row for each call."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import NamedTuple

from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from ..counting import BatchNorm, Conv, Dense
from ..counting.count import number
from .alike import OnceForAlike
from .forward import Called, Run
from .rule import Kind, kind_of
from .walk import named_modules_of, packed_tensors, sized_parameters


class Row(NamedTuple):
    """One call of one layer. Shapes are channels first, without the batch.

    image: whether the output is an image (or sound, or film), so that its channels come first; a
        sequence of features has as many dimensions, and a Keras user sees it as it is.
    parameters: those that stand in no row before.
    mult_adds: by the rule; None where there is none.
    bias_adds: the additions of biases, which are no part of mult_adds; None where nobody says.
    without_size: whether there are lazy parameters, which are not counted.
    """

    name: str
    layer: str
    kind: Kind | None
    output_shape: tuple[int, ...] | None
    image: bool
    parameters: int
    statistics: int
    mult_adds: int | None
    note: str
    bias_adds: int | None
    without_size: bool


def rows_of_run(model: nn.Module, watched: Run) -> list[Row]:
    """The layers in the order in which they were called, and after them those that weren't."""
    rows = _Rows()
    for call in watched.calls:
        rows.add(call, watched.used_inside.get(id(call.module), ()))
    for name, module in named_modules_of(model):
        if rows.lacks(module):
            rows.add(Called(name or type(module).__name__.lower(), module, None, None))
            if id(module) in watched.used_unseen:
                rows.remark("used, but not called as a module", mult_adds=None)
            else:
                rows.remark("not used for this input", mult_adds=0)
    return rows.rows


def rows_without_run(model: nn.Module) -> list[Row]:
    """The layers that hold parameters, in the order in which they stand in the model."""
    rows = _Rows()
    for name, module in named_modules_of(model):
        if not rows.lacks(module):
            continue
        inside = named_modules_of(module)[1:] if module._modules and kind_of(module) else []
        named = [(f"{name}.{each}".removeprefix("."), below) for each, below in inside]
        rows.add(Called(name or type(module).__name__.lower(), module, None, None), named)
    return rows.rows


class _Rows:
    """The rows so far, and in which of them each parameter and module came first."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._first: dict[int, int] = {}
        self._rule = OnceForAlike(_ruling)

    def lacks(self, module: nn.Module) -> bool:
        """Whether there is something to count on this module that stands in no row yet."""
        if id(module) in self._first:
            return False
        own = [each for each in module._parameters.values() if each is not None]
        return any(id(each) not in self._first for each in own) or bool(packed_tensors(module))

    def remark(self, note: str, mult_adds: int | None) -> None:
        """Add to the note of the last row."""
        row = self.rows[-1]
        notes = "; ".join(filter(None, [row.note, note]))
        self.rows[-1] = row._replace(note=notes, mult_adds=mult_adds)

    def add(self, call: Called, inside: Sequence[tuple[str, nn.Module]] = ()) -> None:
        """A row for this call; `inside` are modules whose parameters it uses as its own."""
        module, first = call.module, self._first
        place = len(self.rows) + 1
        is_new = first.setdefault(id(module), place) == place
        stored = new = trained = 0
        before = 0  # the row that has some of the same weights
        lazy: list[str] = []
        for below in (module, *[each for _, each in inside]):
            first.setdefault(id(below), place)
            for name, parameter in below._parameters.items():
                if parameter is None:
                    continue
                if type(parameter) is not nn.Parameter and is_lazy(parameter):
                    lazy.append(name)
                    continue
                row = first.setdefault(id(parameter), 0)
                if row == place:
                    continue
                size = parameter.numel()
                stored += size
                if row:
                    before = before or row
                    continue
                first[id(parameter)] = place
                new += size
                if parameter.requires_grad:
                    trained += size
        packed = sum([each.numel() for each in packed_tensors(module).values()])
        if packed and not is_new:
            before = first[id(module)]

        ruling = self._rule(module, call.input_shape)
        notes = []
        if (stored or packed) and stored + packed not in ruling.sizes:
            notes.append(_about_rule(ruling, call, inside))
        if lazy:
            notes.append(f"only the first input gives a size to {' and '.join(lazy)}")
        if before:
            notes.append(f"the same weights as row {before}")
        if new != trained:
            notes.append(f"{number(trained)} of them are trained" if trained else "frozen")
        mult_adds = ruling.mult_adds
        if mult_adds is None and not (stored or packed or lazy):
            mult_adds = 0
        self.rows.append(
            Row(
                name=call.name,
                layer=type(module).__name__,
                kind=ruling.kind,
                output_shape=call.output_shape,
                image=_is_image(call, ruling.kind, self.rows[-1] if self.rows else None),
                parameters=new + (packed if is_new else 0),
                statistics=ruling.statistics if is_new else 0,
                mult_adds=mult_adds,
                note="; ".join(notes),
                bias_adds=_bias_adds(ruling, call),
                without_size=bool(lazy),
            )
        )


class _Ruling(NamedTuple):
    """What the rule says of one layer. sizes: what its tensors may hold, statistics or not."""

    kind: Kind | None
    sizes: tuple[int, ...] = ()
    has_bias: bool = False
    statistics: int = 0
    mult_adds: int | None = None


def _ruling(module: nn.Module, shape: tuple[int, ...] | None) -> _Ruling:
    try:
        kind = kind_of(module, shape)
    except ValueError:
        # a model may give its layers something without a batch; it has run, so it is no mistake
        shape = None
        kind = kind_of(module)
    if kind is None:
        return _Ruling(None)
    count = kind.count()
    return _Ruling(
        kind,
        (count.total, count.trainable.total),
        any("bias" in term.role for term in count.terms),
        _statistics(kind, module),
        None if shape is None else kind.mult_adds(),
    )


def _about_rule(ruling: _Ruling, call: Called, inside: Sequence[tuple[str, nn.Module]]) -> str:
    tensors: dict[str, Tensor] = packed_tensors(call.module)
    for name, below in [(call.name, call.module), *inside]:
        within = f"{name.removeprefix(call.name)}.".removeprefix(".")
        tensors.update((within + each, tensor) for each, tensor in sized_parameters(below))
    sizes = ", ".join(
        f"{name} {' × '.join(map(number, each.shape)) or '1'}" for name, each in tensors.items()
    )
    if ruling.kind is None:
        return f"no rule; its tensors are {sizes}"
    return f"the rule says {number(ruling.sizes[0])}, but its tensors are {sizes}"


def _statistics(kind: Kind | None, module: nn.Module) -> int:
    if not isinstance(kind, BatchNorm) or getattr(module, "running_mean", None) is None:
        return 0
    return kind.replace(statistics=True).count().non_trainable.total


def _bias_adds(ruling: _Ruling, call: Called) -> int | None:
    if not ruling.has_bias:
        return 0
    if call.output_shape is None or not isinstance(ruling.kind, Conv | Dense):
        return None
    return prod(call.output_shape)


def _is_image(call: Called, kind: Kind | None, before: Row | None) -> bool:
    shape = call.output_shape or ()
    if isinstance(kind, Dense) or len(shape) < 2:
        return False
    # a sequence (time, features) has as many dimensions as a one-dimensional image (channels,
    # length); the layer's name tells them apart, or, for an activation, the layer before it
    same = before is not None and before.image and before.output_shape == shape
    return same or len(shape) > 2 or isinstance(kind, Conv) or "1d" in type(call.module).__name__
