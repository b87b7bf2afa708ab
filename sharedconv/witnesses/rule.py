"""The first witness: the rule. It reads a module's hyperparameters and never its tensors.

To teach it another module, add a row to `RULES`: the module's class, and the function that reads
its hyperparameters into a layer kind of `sharedconv.counting`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from torch import nn
from torch.nn.parameter import is_lazy

from .. import layers
from ..counting import BatchNorm, Conv, Count, Dense, LocalConv
from .testimony import Testimony

Kind = Conv | Dense | BatchNorm
Size = tuple[int | None, ...]


def kind_of(module: nn.Module, input_shape: Sequence[int | None] | None = None) -> Kind | None:
    """The layer kind of one module, or None where there is no rule for it.

    input_shape: the shape of one input without the batch, channels first ``(C_in, H, W)``.
    """
    for classes, read in RULES:
        # a subclass may compute something else, so only the class itself is known
        if type(module) in classes:
            return read(module, None if input_shape is None else tuple(input_shape))
    return None


def rule(model: nn.Module) -> Testimony:
    """The sum of all layers' counts, from their hyperparameters alone.

    A module that appears in several places is one layer and counts once. A tensor that several
    modules share counts in each of them: no hyperparameter says that it is shared.
    """
    unknown = sorted({type(each).__name__ for each in modules_without_rule(model)})
    if unknown:
        return Testimony("rule", None, f"there is no rule for {', '.join(unknown)}")
    return Testimony("rule", count_of(model).total, "from the hyperparameters, by formula")


def count_of(model: nn.Module) -> Count:
    """The counts of all layers for which there is a rule, added up."""
    kinds = (kind_of(each) for each in model.modules())
    return sum((kind.count() for kind in kinds if kind is not None), Count())


def modules_without_rule(model: nn.Module) -> list[nn.Module]:
    """The modules that hold parameters of their own and for which there is no rule."""
    return [
        each
        for each in model.modules()
        if any(True for _ in each.parameters(recurse=False)) and kind_of(each) is None
    ]


def _conv(module: Any, shape: Size | None) -> Conv | None:
    if is_lazy(module.weight if hasattr(module, "weight") else module.kernel):
        return None
    kind = LocalConv if isinstance(module, layers.LocalConv) else Conv
    bias: bool | str = module.bias is not None
    if isinstance(module, layers.LocalConv):
        shape = (module.in_channels, *module.input_size)
        if module.bias is not None and module.bias.dim() == 1:
            bias = "channel"
    return kind(
        module.in_channels,
        module.out_channels,
        module.kernel_size,
        module.stride,
        module.padding,
        module.dilation,
        module.groups,
        bias,
        transposed=module.transposed,
        output_padding=module.output_padding if module.transposed else None,
        input_size=None if shape is None else shape[1:],
    )


def _dense(module: nn.Linear, shape: Size | None) -> Dense | None:
    if is_lazy(module.weight):
        return None
    positions = () if shape is None else shape[:-1]
    return Dense(
        module.in_features, module.out_features, module.bias is not None, positions=positions
    )


def _batch_norm(module: nn.BatchNorm2d, shape: Size | None) -> BatchNorm:
    size = () if shape is None else shape[1:]
    return BatchNorm(module.num_features, module.affine, module.affine, size=size)


Row = tuple[tuple[type[nn.Module], ...], Callable[[Any, Size | None], Kind | None]]

RULES: tuple[Row, ...] = (
    (
        (
            nn.Conv1d,
            nn.Conv2d,
            nn.Conv3d,
            nn.ConvTranspose1d,
            nn.ConvTranspose2d,
            nn.ConvTranspose3d,
            *(layers.SharedConv, layers.SharedConv1d, layers.SharedConv2d, layers.SharedConv3d),
            layers.SharedConvTranspose,
            layers.SharedConvTranspose1d,
            layers.SharedConvTranspose2d,
            layers.SharedConvTranspose3d,
            *(layers.LocalConv, layers.LocalConv1d, layers.LocalConv2d, layers.LocalConv3d),
        ),
        _conv,
    ),
    ((nn.Linear,), _dense),
    ((nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d), _batch_norm),
)
