"""The first witness: the rule. It reads a module's hyperparameters and never its tensors.

To teach it another module, add a row to `RULES`: the module's class, and the function that reads
its hyperparameters into a layer kind of `sharedconv.counting`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from torch import nn
from torch.nn.parameter import is_lazy

from .. import layers, networks
from ..counting import (
    BatchNorm,
    Bilinear,
    Conv,
    Count,
    Dense,
    Embedding,
    GroupNorm,
    InstanceNorm,
    Kind as Kind,
    LayerNorm,
    LocalConv,
    PReLU,
    RMSNorm,
)
from ..counting.lenet import MappedConv, PositionBias, RadialBasis, Subsampling
from . import rule_sequences, rule_shaping
from .alike import OnceForAlike
from .testimony import Testimony
from .walk import modules_of

Size = tuple[int | None, ...]


def kind_of(module: nn.Module, input_shape: Sequence[int | None] | None = None) -> Kind | None:
    """The layer kind of one module, or None where there is no rule for it.

    input_shape: the shape of one input without the batch, channels first ``(C_in, H, W)``.
    """
    # a subclass may compute something else, so only the class itself is known
    read = _READERS.get(type(module))
    if read is None:
        return None
    return read(module, None if input_shape is None else tuple(input_shape))


def rule(model: nn.Module) -> Testimony:
    """The sum of all layers' counts, from their hyperparameters alone.

    A module that appears in several places is one layer and counts once. A tensor that several
    modules share counts in each of them: no hyperparameter says that it is shared.
    """
    total = 0
    totals: dict[int, int] = {}  # layers that are alike are of one and the same kind
    unknown: set[str] = set()
    for module, kind in list(modules_and_kinds(model)):
        if kind is not None:
            if id(kind) not in totals:
                totals[id(kind)] = kind.count().total
            total += totals[id(kind)]
        elif _holds_parameters(module):
            unknown.add(_named(module))
    if unknown:
        return Testimony("rule", None, f"there is no rule for {', '.join(sorted(unknown))}")
    return Testimony("rule", total, "from the hyperparameters, by formula")


def count_of(model: nn.Module) -> Count:
    """The counts of all layers for which there is a rule, added up."""
    kinds = (kind for _, kind in modules_and_kinds(model))
    return Count(term for kind in kinds if kind is not None for term in kind.count().terms)


def modules_without_rule(model: nn.Module) -> list[nn.Module]:
    """The modules that hold parameters of their own and for which there is no rule."""
    return [
        each for each, kind in modules_and_kinds(model) if kind is None and _holds_parameters(each)
    ]


def names_without_rule(model: nn.Module) -> list[str]:
    """What these modules are, each kind once."""
    return sorted(set(map(_named, modules_without_rule(model))))


def _named(module: nn.Module) -> str:
    name = type(module).__name__
    waiting = any(each is not None and is_lazy(each) for each in module._parameters.values())
    return f"a {name} before its first input" if waiting else name


def _holds_parameters(module: nn.Module) -> bool:
    return any(each is not None for each in module._parameters.values())


def modules_and_kinds(model: nn.Module) -> Iterator[tuple[nn.Module, Kind | None]]:
    """Every module, with its kind where there is a rule for it, but for those inside a module
    whose kind counts them as well, such as the last layer of an attention.
    """
    kinds = OnceForAlike(kind_of)
    counted: set[int] = set()
    for module in modules_of(model):
        if id(module) not in counted:
            kind = kinds(module)
            if kind is not None and module._modules:
                counted.update(map(id, modules_of(module)))
            yield module, kind


def _conv(module: Any, shape: Size | None) -> Conv | None:
    if is_lazy(module.weight if hasattr(module, "weight") else module.kernel):
        return None
    local = isinstance(module, layers.ConvLayer) and not module.shares_kernel
    kind = LocalConv if local else Conv
    bias: bool | str = module.bias is not None
    if local:
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


def _bilinear(module: nn.Bilinear, shape: Size | None) -> Bilinear:
    return Bilinear(
        module.in1_features,
        module.in2_features,
        module.out_features,
        module.bias is not None,
        positions=() if shape is None else shape[:-1],
    )


def _embedding(module: Any, shape: Size | None) -> Embedding:
    return Embedding(
        module.num_embeddings,
        module.embedding_dim,
        module.padding_idx,
        bag=isinstance(module, nn.EmbeddingBag),
        positions=() if shape is None else shape,
    )


def _prelu(module: nn.PReLU, shape: Size | None) -> PReLU:
    return PReLU(module.num_parameters, shape=shape)


def _batch_norm(module: Any, shape: Size | None) -> BatchNorm | InstanceNorm | None:
    kind = InstanceNorm if isinstance(module, nn.modules.instancenorm._InstanceNorm) else BatchNorm
    size = () if shape is None else shape[1:]
    scale, shift = module.weight is not None, module.bias is not None
    return kind(module.num_features, scale, shift, size=size)


def _group_norm(module: nn.GroupNorm, shape: Size | None) -> GroupNorm:
    scale, shift = module.affine, module.bias is not None
    size = () if shape is None else shape[1:]
    return GroupNorm(module.num_groups, module.num_channels, scale, shift, size=size)


def _layer_norm(module: nn.LayerNorm, shape: Size | None) -> LayerNorm:
    scale, shift = module.elementwise_affine, module.bias is not None
    return LayerNorm(module.normalized_shape, scale, shift, shape=shape)


def _rms_norm(module: nn.RMSNorm, shape: Size | None) -> RMSNorm:
    return RMSNorm(module.normalized_shape, module.elementwise_affine, shape=shape)


def _mapped_conv(module: networks.MappedConv2d, shape: Size | None) -> MappedConv:
    return MappedConv(
        module.table,
        module.in_channels,
        module.kernel_size,
        module.stride,
        module.padding,
        module.bias is not None,
        input_size=None if shape is None else shape[1:],
    )


def _position_bias(module: networks.PositionBias, _: Size | None) -> PositionBias:
    return PositionBias(module.channels, module.size)


def _subsampling(module: networks.Subsampling2d, shape: Size | None) -> Subsampling:
    size = None if shape is None else shape[1:]
    return Subsampling(module.channels, module.kernel_size, input_size=size)


def _radial_basis(module: networks.RadialBasis, _: Size | None) -> RadialBasis:
    return RadialBasis(module.in_features, module.units)


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
            layers.LocalConvTranspose,
            layers.LocalConvTranspose1d,
            layers.LocalConvTranspose2d,
            layers.LocalConvTranspose3d,
        ),
        _conv,
    ),
    ((nn.Linear,), _dense),
    (
        (
            *(nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm),
            *(nn.InstanceNorm1d, nn.InstanceNorm2d, nn.InstanceNorm3d),
        ),
        _batch_norm,
    ),
    ((nn.GroupNorm,), _group_norm),
    ((nn.LayerNorm,), _layer_norm),
    ((nn.RMSNorm,), _rms_norm),
    ((nn.Bilinear,), _bilinear),
    ((nn.Embedding, nn.EmbeddingBag), _embedding),
    ((nn.PReLU,), _prelu),
    *rule_sequences.ROWS,
    *rule_shaping.ROWS,
    ((networks.MappedConv2d,), _mapped_conv),
    ((networks.PositionBias,), _position_bias),
    ((networks.Subsampling2d,), _subsampling),
    ((networks.RadialBasis,), _radial_basis),
)
_READERS = {each: read for classes, read in reversed(RULES) for each in classes}
