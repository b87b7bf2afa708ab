"""The one walk over a model's modules, which the witnesses of ours share."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn.parameter import is_lazy


def modules_of(model: nn.Module) -> list[nn.Module]:
    """Every module once, parents first.

    The same as ``list(model.modules())``, which calls itself for every level of nesting and
    therefore has a depth at which Python stops it. This has none.
    """
    return [module for module, _, _ in _walk(model)]


def named_modules_of(model: nn.Module) -> list[tuple[str, nn.Module]]:
    """The same with their names; a module that has several comes with the first."""
    names: list[str] = []
    found = _walk(model)
    for _, around, name in found:
        before = names[around] if names else ""
        names.append(f"{before}.{name}" if before else name)
    return [(name, module) for name, (module, _, _) in zip(names, found, strict=True)]


def _walk(model: nn.Module) -> list[tuple[nn.Module, int, str]]:
    """Each module, the place in this list of the one around it, and its name in there."""
    found: list[tuple[nn.Module, int, str]] = []
    seen: set[int] = set()
    waiting = [(model, 0, "")]
    while waiting:
        each = waiting.pop()
        module = each[0]
        if id(module) in seen:
            continue
        seen.add(id(module))
        if module._modules:
            place = len(found)
            waiting += [
                (child, place, name)
                for name, child in reversed(module._modules.items())
                if child is not None
            ]
        found.append(each)
    return found


def depth_of(model: nn.Module) -> int:
    """How many modules stand inside each other where they are nested most deeply."""
    depths = {id(model): 1}
    waiting = [model]
    while waiting:
        module = waiting.pop()
        below = depths[id(module)] + 1
        for child in module._modules.values():
            if child is not None and id(child) not in depths:
                depths[id(child)] = below
                if child._modules:
                    waiting.append(child)
    return max(depths.values())


def sized_parameters(module: nn.Module) -> list[tuple[str, nn.Parameter]]:
    """The parameters that hang on this module itself, those aside that have no size yet."""
    return [
        (name, each)
        for name, each in module._parameters.items()
        if each is not None and not is_lazy(each)
    ]


def packed_tensors(module: nn.Module) -> dict[str, Tensor]:
    """What a quantised layer of ``torch.ao.nn`` has instead of parameters, unpacked to be counted.

    Its weights lie in an object that ``parameters()`` and ``state_dict()`` don't look into.
    Empty for every other module, and for the holder of that object inside the layer.
    """
    kind = type(module)
    # a quantised layer has nothing else
    if (
        module._parameters
        or "quantized" not in kind.__module__
        or kind.__name__.startswith(_HOLDERS)
    ):
        return {}
    layer: object = module
    if hasattr(layer, "get_weight") and hasattr(layer, "get_bias"):
        tensors = {**layer.get_weight(), **layer.get_bias()}
    elif hasattr(layer, "_weight_bias"):
        tensors = dict(zip(("weight", "bias"), layer._weight_bias(), strict=True))
    elif callable(getattr(layer, "weight", None)):
        tensors = {"weight": layer.weight()}  # type: ignore[attr-defined]
    else:
        return {}
    return {name: each for name, each in tensors.items() if each is not None}


_HOLDERS = ("LinearPackedParams", "EmbeddingPackedParams", "PackedParameter")
