"""Why a witness differs from the tally: the known reasons, each with how much it makes."""

from __future__ import annotations

from torch import nn
from torch.nn.utils.weight_norm import WeightNorm

from ..counting import BatchNorm
from ..counting.count import number
from .rule import kind_of
from .tally import Tally
from .testimony import Testimony
from .torchinfo_walk import torchinfo_walk
from .walk import modules_of, sized_parameters


def reason(testimony: Testimony, difference: int, model: nn.Module, counted: Tally) -> str | None:
    """Why this witness differs by so much, in one sentence; None where the known reasons don't add
    up to exactly that."""
    if testimony.kernels_only:
        if difference > 0:
            return None
        return (
            f"matrix: {number(-difference)} of the weights meet nothing but padding on an image of "
            "this size, so they don't stand in the matrix."
        )
    for reasons in _CANDIDATES[testimony.witness](model, counted):
        parts = {why: size for why, size in reasons.items() if size}
        if parts and sum(parts.values()) == difference:
            words = "; ".join(
                f"{number(abs(size))} {'more' if size > 0 else 'fewer'}, because {why}"
                for why, size in parts.items()
            )
            return f"{testimony.witness} differs: {words}."
    return None


Reasons = dict[str, int]


def _of_rule(model: nn.Module, counted: Tally) -> list[Reasons]:
    return [
        {
            f"no hyperparameter says that {_tied(counted)}": _held_again(model, counted),
            "no hyperparameter says that some tensors lie in the same memory": (
                _overlapping(model, counted)
            ),
            _WEIGHT_NORM: -_weight_norm(model),
            _PACKED: -counted.packed,
        }
    ]


def _of_torchinfo(model: nn.Module, counted: Tally) -> list[Reasons]:
    walked = torchinfo_walk(model)
    always = {
        "some tensors lie in the same memory, and it counts each by itself": (
            _overlapping(model, counted)
        ),
        "it leaves out the weights that a pruning mask sets to 0": -walked.masked,
        "it doesn't look into the packed weights of quantised layers": -counted.packed,
    }
    holders = {
        f"it counts a tensor once for each module that holds it, and {_tied(counted)}": (
            _held_again(model, counted)
        ),
        "it counts a module that stands inside two others once for each of them": walked.again,
        "it then loses the parameters that hang on a module with children": -walked.lost,
    }
    # how it treats what has several holders depends on its version
    return [{**always, **holders}, always]


def _of_keras(model: nn.Module, counted: Tally) -> list[Reasons]:
    return [
        {
            "it also counts the moving mean and variance of batch norms, as non-trainable "
            "parameters, where PyTorch keeps them as buffers": _statistics(model),
            f"it built each layer by itself, but here {_tied(counted)}": (
                _held_again(model, counted)
            ),
            "it built each layer by itself, but here some tensors lie in the same memory": (
                _overlapping(model, counted)
            ),
            "PyTorch's recurrent layers have a second bias, where Keras has one": (
                -_second_bias(model)
            ),
            _WEIGHT_NORM: -_weight_norm(model),
            _PACKED: -counted.packed,
        }
    ]


_CANDIDATES = {"rule": _of_rule, "torchinfo": _of_torchinfo, "Keras": _of_keras}
_PACKED = "there is no rule for quantised layers"
_WEIGHT_NORM = "weight_norm keeps a length for each row of a weight beside its direction"


def _tied(counted: Tally) -> str:
    return "; ".join(f"{' and '.join(names)} are one tensor" for names in counted.tied)


def _held_again(model: nn.Module, counted: Tally) -> int:
    """How much a sum over modules, each taken once, counts too much because of tied tensors."""
    again = 0
    for names in counted.tied:
        # a module that holds it under two names takes it once
        holders = {id(model.get_submodule(name.rpartition(".")[0])) for name in names}
        again += (len(holders) - 1) * model.get_parameter(names[0]).numel()
    return again


def _overlapping(model: nn.Module, counted: Tally) -> int:
    """How much a sum over tensors, tied ones taken once, counts too much because of views."""
    each_alone = sum(
        sum({id(each): each.numel() for _, each in sized_parameters(module)}.values())
        for module in modules_of(model)
    )
    return each_alone - _held_again(model, counted) - (counted.total - counted.packed)


def _statistics(model: nn.Module) -> int:
    kinds = (kind_of(each) for each in modules_of(model))
    return sum(
        kind.replace(statistics=True).count().non_trainable.total
        for kind in kinds
        if isinstance(kind, BatchNorm)
    )


def _second_bias(model: nn.Module) -> int:
    one_bias_in_keras = (nn.LSTM, nn.RNN, nn.LSTMCell, nn.RNNCell)
    return sum(
        each.numel()
        for module in modules_of(model)
        if isinstance(module, one_bias_in_keras)
        for name, each in sized_parameters(module)
        if name.startswith("bias_hh")
    )


def _weight_norm(model: nn.Module) -> int:
    return sum(
        getattr(module, f"{hook.name}_g").numel()
        for module in modules_of(model)
        for hook in module._forward_pre_hooks.values()
        if isinstance(hook, WeightNorm)
    )
