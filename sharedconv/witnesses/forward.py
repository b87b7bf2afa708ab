"""One run of a model, watched: which modules are called, with what shapes, and how much work."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from ..counting.sizes import counted, whole
from ..layers.memory import out_of_memory
from .walk import modules_of, named_modules_of, packed_tensors, sized_parameters
from .work import Work

Size = Sequence[int | None]
Dtype = torch.dtype | str


class Called(NamedTuple):
    """One call of one module. Shapes are without the batch, channels first; None where unknown.

    Where several tensors go in or come out, in tuples or dicts, it is the shape of the first.
    """

    name: str
    module: nn.Module
    input_shape: tuple[int, ...] | None
    output_shape: tuple[int, ...] | None


@dataclass(frozen=True)
class Run:
    """What happened in one run.

    calls: in their order, those of the modules that do something themselves: that have nothing
        inside them, or parameters of their own, or use parameters of a module inside them without
        calling it (as attention does with its last layer).
    used_inside: the id of a module that does so -> the names and modules whose parameters it uses.
    used_unseen: the ids of modules whose parameters were used by nobody knows whom, as in a
        scripted model, which can't be watched.
    mult_adds: the multiply-adds that PyTorch itself counted.
    """

    calls: tuple[Called, ...]
    used_inside: Mapping[int, Sequence[tuple[str, nn.Module]]]
    used_unseen: frozenset[int]
    mult_adds: int


class _WantsIntegers(Exception):
    """An embedding was given one of the inputs as it was; `which` is None if it was changed."""

    def __init__(self, which: int | None) -> None:
        super().__init__()
        self.which = which


def run(
    model: nn.Module,
    input_size: Size | Sequence[Size],
    dtype: Dtype | Sequence[Dtype] | None = None,
    progress: Callable[[], None] | None = None,
) -> Run:
    """Run a model once on zeros, in evaluation mode, on whatever device it is on (meta included).

    input_size: the shape of one input without the batch, channels first ``(C_in, H, W)``; a list of
        shapes for a model of several inputs.
    dtype: the type of the inputs' numbers, one for all or one for each. Where none is said, they
        are of the parameters' type, and whole numbers where an embedding takes them.
    progress: called after each module's call.

    The model is left as it was, except that lazy modules take their sizes from this input, as from
    any first one. Raises ValueError, in one sentence, where it can't take the input.
    """
    shapes = _sizes(input_size)
    like = _like(model)
    types = _types(dtype, len(shapes)) or [like.dtype] * len(shapes)
    unsaid = set(range(len(shapes))) if dtype is None else set()
    while True:
        try:
            with torch.no_grad():
                inputs = [
                    torch.zeros(1, *shape, dtype=each, device=like.device)
                    for shape, each in zip(shapes, types, strict=True)
                ]
                return _run_on(model, inputs, progress, bool(unsaid))
        except _WantsIntegers as wish:
            for which in unsaid.copy() if wish.which is None else {wish.which}:
                types[which] = torch.long
                unsaid.discard(which)
        except Exception as error:  # whatever stops somebody's own model, in a sentence
            words = str(out_of_memory("it", error) or error).strip()
            first_line = (words.splitlines() or [type(error).__name__])[0]
            raise ValueError(f"{_given(shapes)}: {first_line}") from error


def _run_on(
    model: nn.Module,
    inputs: list[Tensor],
    progress: Callable[[], None] | None,
    may_change: bool,
) -> Run:
    calls: list[Called] = []
    work = Work()

    def note(module: nn.Module, given: tuple[object, ...], named: Any, output: object) -> None:
        first = given[0] if given else None
        taken = first if isinstance(first, Tensor) else _first_tensor((given, named))
        calls.append(
            Called(names[id(module)], module, _shape(taken), _shape(_first_tensor(output)))
        )
        if progress is not None:
            progress()

    def ask_for_integers(_: nn.Module, given: tuple[object, ...]) -> None:
        words = given[0] if given else None
        if isinstance(words, Tensor) and words.is_floating_point():
            places = [place for place, each in enumerate(inputs) if each is words]
            raise _WantsIntegers(places[0] if places else None)

    modules = named_modules_of(model)
    names = {id(module): name or type(module).__name__.lower() for name, module in modules}
    handles = []
    for name, module in modules:
        if isinstance(module, torch.jit.ScriptModule):
            continue
        if type(module) is nn.Sequential and module._modules and not module._parameters:
            continue  # it calls what is inside it, and does nothing itself
        # what computes a layer's weight from its parameters is a part of that layer
        if PARAMETRIZATIONS not in name.split("."):
            handles.append(module.register_forward_hook(note, with_kwargs=True))
        if may_change and isinstance(module, nn.Embedding | nn.EmbeddingBag):
            handles.append(module.register_forward_pre_hook(ask_for_integers))
    try:
        with _evaluating(model), work:
            model(*inputs)
    finally:
        for handle in handles:
            handle.remove()
    called = {id(each.module) for each in calls}
    used_inside, used_unseen = _used_uncalled(modules, called, work.used)
    works = {
        id(module)
        for _, module in modules
        if not module._modules or module._parameters or packed_tensors(module)
    }
    worked = [each for each in calls if id(each.module) in works or id(each.module) in used_inside]
    return Run(tuple(worked), used_inside, frozenset(used_unseen), work.flops // 2)


PARAMETRIZATIONS = "parametrizations"
"""Under this name ``torch.nn.utils.parametrize`` hangs its modules into a layer."""


def _used_uncalled(
    modules: Sequence[tuple[str, nn.Module]], called: set[int], used: set[int]
) -> tuple[dict[int, list[tuple[str, nn.Module]]], set[int]]:
    by_name = dict(modules)
    found: dict[int, list[tuple[str, nn.Module]]] = {}
    unseen: set[int] = set()
    for name, module in modules:
        if id(module) in called or not any(
            id(each) in used for _, each in sized_parameters(module)
        ):
            continue
        around = name
        while around:
            around = around.rpartition(".")[0]
            if id(by_name[around]) in called:
                found.setdefault(id(by_name[around]), []).append((name, module))
                break
        else:
            unseen.add(id(module))
    return found, unseen


@contextmanager
def _evaluating(model: nn.Module) -> Iterator[None]:
    training = [module for module in modules_of(model) if module.training]
    try:
        _set_training(training, False)
        yield
    finally:
        _set_training(training, True)


def _set_training(modules: Sequence[nn.Module], mode: bool) -> None:
    """The flag alone: a model's own eval() may do more, which nobody could take back."""
    for module in modules:
        if isinstance(module, torch.jit.ScriptModule):
            module.training = mode
        else:
            # as an attribute it would first be looked for among the parameters
            vars(module)["training"] = mode


def _first_tensor(value: object) -> Tensor | None:
    """The first tensor in tuples, lists, dicts and dataclasses, however they are nested."""
    if isinstance(value, Tensor):
        return value
    inside: Iterable[object] = ()
    if isinstance(value, Mapping):
        inside = value.values()
    elif isinstance(value, tuple | list):
        inside = value
    elif is_dataclass(value) and not isinstance(value, type):
        inside = [getattr(value, each.name) for each in fields(value)]
    return next((found for each in inside if (found := _first_tensor(each)) is not None), None)


def _shape(value: Tensor | None) -> tuple[int, ...] | None:
    return None if value is None else tuple(value.shape[1:])


# -- what goes in --------------------------------------------------------------------------------


def _like(model: nn.Module) -> Tensor:
    """A tensor with the type and device that the model computes in; float32 where it says none."""
    for kept in ("_parameters", "_buffers"):
        for module in modules_of(model):
            tensors: Mapping[str, Tensor | None] = vars(module)[kept]
            for each in tensors.values():
                if each is not None and (each.is_floating_point() or each.is_complex()):
                    return each
    return torch.empty(0)


def _sizes(input_size: Size | Sequence[Size]) -> list[tuple[int, ...]]:
    nested = [each for each in input_size if isinstance(each, tuple | list)]
    shapes = nested if nested and len(nested) == len(input_size) else [input_size]
    return [
        tuple(1 if size is None else whole("a size of the input", size, 0) for size in shape)
        for shape in shapes
    ]


def _types(dtype: Dtype | Sequence[Dtype] | None, inputs: int) -> list[torch.dtype]:
    if dtype is None:
        return []
    given = [dtype] if isinstance(dtype, str | torch.dtype) else list(dtype)
    if len(given) not in (1, inputs):
        raise ValueError(
            f"there are {counted(len(given), 'dtype')} for {counted(inputs, 'input')}; give one "
            "for all of them, or one for each"
        )
    types = [_type(each) for each in given]
    return types * (inputs // len(types))


def _type(dtype: Dtype) -> torch.dtype:
    found = getattr(torch, dtype, None) if isinstance(dtype, str) else dtype
    if isinstance(found, torch.dtype):
        return found
    raise ValueError(
        f"dtype is {dtype!r}; it has to be one of PyTorch's types of numbers, such as float32 or "
        "long"
    )


def _given(shapes: Sequence[Sequence[int]]) -> str:
    written = [" × ".join(map(str, shape)) or "one number" for shape in shapes]
    what = f"an input of {written[0]}" if len(written) == 1 else f"inputs of {', '.join(written)}"
    return f"the model can't take {what} (channels first, without the batch)"
