"""A live model, of PyTorch or of Keras, as a sequence of layers, each with its tensors by role."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

from torch import nn

from .forward import PARAMETRIZATIONS
from .load import is_keras
from .tally import tally
from .walk import named_modules_of, packed_tensors, sized_parameters


@dataclass(frozen=True)
class Layer:
    """One layer that holds parameters.

    family: what both frameworks would call it: "convolution", "dense", "batch-norm", ...
    roles: what its parameters are ("kernel", "bias", "scale", ...) -> how many of them there are.
    likeness: what a layer has to share with another to be taken for the same one: the family and
        the sizes of the kernel, in whatever order a framework keeps them.
    """

    name: str
    family: str
    roles: Mapping[str, int]
    likeness: tuple[object, ...]

    @property
    def total(self) -> int:
        """All its parameters."""
        return sum(self.roles.values())


@dataclass(frozen=True)
class Anatomy:
    """A model's layers in their order, and its totals as its framework counts them.

    uncounted: statistics that the framework keeps, but not as parameters.
    """

    framework: str
    layers: tuple[Layer, ...]
    total: int
    trainable: int
    uncounted: int


def anatomy(model: Any) -> Anatomy:
    """Take a model apart: a ``torch.nn.Module``, or a layer or model of Keras.

    Raises TypeError where it is neither, ValueError where it has no sizes yet.
    """
    if is_keras(model):
        return _of_keras(model)
    if isinstance(model, nn.Module):
        return _of_torch(model)
    raise TypeError(
        f"a {type(model).__name__} can't be compared; it has to be a torch.nn.Module or a model of "
        "Keras"
    )


# -- PyTorch -------------------------------------------------------------------------------------


def _of_torch(model: nn.Module) -> Anatomy:
    counted = tally(model)
    if counted.without_size:
        raise ValueError(
            f"only the first input gives a size to {', '.join(counted.without_size)}; run the "
            "model once before it is compared"
        )
    tensors: dict[str, dict[str, tuple[int, ...]]] = {}
    families: dict[str, str] = {}
    seen: set[int] = set()
    uncounted = 0
    for name, module in named_modules_of(model):
        layer = _layer_of(name, families)
        families.setdefault(layer, _family(type(module).__name__))
        own = tensors.setdefault(layer, {})
        for each, parameter in sized_parameters(module):
            if id(parameter) not in seen:
                seen.add(id(parameter))
                own[f"{name.removeprefix(layer)}.{each}".removeprefix(".")] = tuple(parameter.shape)
        own.update((each, tuple(packed.shape)) for each, packed in packed_tensors(module).items())
        uncounted += sum(
            buffer.numel()
            for each, buffer in module._buffers.items()
            if buffer is not None and each in ("running_mean", "running_var")
        )
    layers = [
        _layer(name or type(model).__name__.lower(), families[name], held)
        for name, held in tensors.items()
        if held
    ]
    return Anatomy("PyTorch", tuple(layers), counted.total, counted.trainable, uncounted)


def _layer_of(name: str, families: Mapping[str, str]) -> str:
    """The layer that a module is a part of, itself mostly."""
    around = name
    while around:
        around = around.rpartition(".")[0]
        inside = name.removeprefix(around).split(".")
        if families.get(around) == "attention" or PARAMETRIZATIONS in inside[:2]:
            return around
    return name


# -- Keras ---------------------------------------------------------------------------------------


def _of_keras(model: Any) -> Anatomy:
    try:
        total = int(model.count_params())
    except ValueError as error:  # it isn't built
        raise ValueError(" ".join(str(error).split())) from error
    layers: list[Layer] = []
    seen: set[int] = set()
    for layer in _units(model):
        tensors = {
            weight.path: tuple(weight.shape) for weight in layer.weights if id(weight) not in seen
        }
        seen.update(map(id, layer.weights))
        if tensors:
            layers.append(_layer(layer.name, _family(_class_name(layer)), tensors))
    trainable = sum(prod(weight.shape) for weight in model.trainable_weights)
    return Anatomy("Keras", tuple(layers), total, trainable, 0)


def _units(model: Any) -> Iterator[Any]:
    """The layers that a user put into the model, those in models within it as well."""
    keras = sys.modules["keras"]
    if isinstance(model, keras.Model):
        for layer in model.layers:
            yield from _units(layer)
    # last, for what a model of one's own keeps outside its layers
    yield model


def _class_name(layer: Any) -> str:
    # Bidirectional and TimeDistributed are named after what they wrap
    inside = getattr(layer, "layer", None) or getattr(layer, "forward_layer", None)
    return type(layer if inside is None else inside).__name__


# -- what both have in common --------------------------------------------------------------------


def _layer(name: str, family: str, tensors: Mapping[str, tuple[int, ...]]) -> Layer:
    roles: dict[str, int] = {}
    kernels: list[tuple[int, ...]] = []
    for each, shape in tensors.items():
        role = _role(each, family)
        roles[role] = roles.get(role, 0) + prod(shape)
        if role in _KERNELS:
            kernels.append(tuple(sorted(shape)))
    # of several kernels, one framework keeps together what the other keeps apart
    alike = kernels[0] if len(kernels) == 1 else (sum(roles.get(each, 0) for each in _KERNELS),)
    return Layer(name, family, roles, (family, *alike))


def _family(class_name: str) -> str:
    name = class_name.lower()
    return next((family for part, family in _FAMILIES if part in name), class_name)


def _role(name: str, family: str) -> str:
    own = name.rpartition("/")[2].rpartition(".")[2]
    if own.startswith("original"):  # of torch.nn.utils.parametrize: named by the module around
        own = name.split(".")[-2]
    own = own.removesuffix("_orig")
    if family in _WEIGHT_IS and own == "weight":
        return _WEIGHT_IS[family]
    if family.endswith("-norm") and own == "bias":
        return "shift"
    return next((role for start, role in _ROLES if own.startswith(start)), own)


_FAMILIES = (
    ("batchnorm", "batch-norm"),
    ("layernorm", "layer-norm"),
    ("groupnorm", "group-norm"),
    ("instancenorm", "instance-norm"),
    ("unitnorm", "unit-norm"),
    ("rmsnorm", "RMS-norm"),
    *((each.lower(), each) for each in ("ConvLSTM", "LSTM", "GRU", "RNN")),
    ("conv", "convolution"),
    ("attention", "attention"),
    ("embedding", "embedding"),
    ("prelu", "PReLU"),
    *((each, "dense") for each in ("linear", "dense")),
)
"""A part of a class's name -> the family; the first that fits counts."""

_WEIGHT_IS = {
    **{family: "scale" for _, family in _FAMILIES if family.endswith("-norm")},
    "embedding": "embedding",
    "PReLU": "slope",
}

_ROLES = (
    *((each, "recurrent kernel") for each in ("recurrent_kernel", "weight_hh")),
    *((each, "statistic") for each in ("moving_", "mean", "variance", "count")),
    *((each, "bias") for each in ("bias", "in_proj_bias")),
    *((each, "kernel") for each in ("kernel", "weight", "depthwise_kernel", "pointwise_kernel")),
    *((each, "kernel") for each in ("in_proj_weight", "q_proj", "k_proj", "v_proj")),
    ("gamma", "scale"),
    ("beta", "shift"),
    ("alpha", "slope"),
    ("embeddings", "embedding"),
)
"""How a tensor's name starts -> what it is; the first that fits counts, and else the name."""

_KERNELS = ("kernel", "recurrent kernel", "embedding", "scale", "slope")
