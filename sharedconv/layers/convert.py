"""The same layer in `torch.nn`, in Keras and here: kernels and biases carried over without loss."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import torch
from torch import Tensor, nn

from . import dimensions as d
from .arguments import Size, sizes
from .base import ConvLayer, constructor_arguments
from .conv import SharedConv
from .transposed import SharedConvTranspose

if TYPE_CHECKING:  # torch runs without numpy, and so do the layers
    import numpy.typing as npt

Shared: TypeAlias = SharedConv | SharedConvTranspose

FROM_TORCH: dict[type[nn.Module], type[Shared]] = {
    nn.Conv1d: d.SharedConv1d,
    nn.Conv2d: d.SharedConv2d,
    nn.Conv3d: d.SharedConv3d,
    nn.ConvTranspose1d: d.SharedConvTranspose1d,
    nn.ConvTranspose2d: d.SharedConvTranspose2d,
    nn.ConvTranspose3d: d.SharedConvTranspose3d,
}
FROM_KERAS: dict[str, type[Shared]] = {
    "Conv1D": d.SharedConv1d,
    "Conv2D": d.SharedConv2d,
    "Conv3D": d.SharedConv3d,
    "Conv1DTranspose": d.SharedConvTranspose1d,
    "Conv2DTranspose": d.SharedConvTranspose2d,
    "Conv3DTranspose": d.SharedConvTranspose3d,
}


def from_torch(module: nn.Module) -> Shared:
    """The layer here that equals `module`, one of `torch.nn`'s six convolutions.

    Carried over as they are: values, dtype, device, memory format, requires_grad and the training
    flag. Raises TypeError for any other module, subclasses included: they may compute otherwise.
    """
    ours = FROM_TORCH.get(type(module))
    if ours is None:
        raise TypeError(
            f"from_torch takes torch.nn's {', '.join(each.__name__ for each in FROM_TORCH)}, "
            f"not a {type(module).__name__}."
        )
    given: Any = module
    layer = ours(**constructor_arguments(given))
    _carry(given.weight, given.bias, layer, "kernel")
    return layer.train(module.training)


def to_torch(layer: Shared) -> nn.Module:
    """The convolution of `torch.nn` that equals `layer`; `from_torch` is the way back.

    Raises TypeError for a LocalConv: `torch.nn` has no convolution with a kernel per position.
    """
    given: Any = _shared(layer, "to_torch")
    theirs = getattr(nn, f"Conv{'Transpose' * given.transposed}{given.ndim}d")
    module: nn.Module = theirs(**constructor_arguments(given))
    _carry(given.kernel, given.bias, module, "weight")
    return module.train(layer.training)


def from_keras(layer: Any, input_size: Size | None = None) -> Shared:
    """The layer here that computes what `layer`, a built Keras convolution, computes.

    Keras's axes are `(N, *size, C)` unless its data_format is 'channels_first'; the layer returned
    takes `(N, C, *size)`.

    Args:
        layer: a built Conv1D/2D/3D or Conv1DTranspose/2DTranspose/3DTranspose of Keras 3.
        input_size: the images' size, needed for padding='same' with strides only: Keras then pads
            each size differently, and the layer returned is the same for this size alone.

    Raises TypeError for another layer, ValueError for one that isn't built, that has an
    activation, or whose padding no number per dimension, equal at both ends, can express:
    'causal'; 'same' with strides where the two ends differ; transposed 'same' where
    kernel_size + strides is odd and kernel_size is larger than strides (3 and 2, for example).
    """
    import keras

    name = type(layer).__name__
    if name not in FROM_KERAS or type(layer) is not getattr(keras.layers, name, None):
        raise TypeError(f"from_keras takes Keras's {', '.join(FROM_KERAS)}, not a {name}.")
    if not layer.built:
        raise ValueError(
            f"this {name} has no kernel before it is built: call it once, or build(input_shape)."
        )
    if layer.activation is not keras.activations.linear:
        raise ValueError(
            f"this {name} has activation={layer.activation.__name__!r}, which no layer here has: "
            "carry its weights with load_keras_weights, and apply the activation afterwards."
        )
    ours = FROM_KERAS[name]
    transposed = issubclass(ours, SharedConvTranspose)
    kernel = _torch_axes(_tensor(layer.kernel))
    options: dict[str, Any] = {"groups": 1} if transposed else {"groups": layer.groups}
    options |= _transposed_padding(layer) if transposed else _padding(layer, input_size)
    made = ours(
        in_channels=kernel.shape[0] if transposed else kernel.shape[1] * layer.groups,
        out_channels=layer.filters,
        kernel_size=layer.kernel_size,
        stride=layer.strides,
        dilation=layer.dilation_rate,
        bias=layer.bias is not None,
        device="meta",
        **options,
    )
    _carry(kernel, None if layer.bias is None else _tensor(layer.bias), made, "kernel")
    for parameter in made.parameters():
        parameter.requires_grad_(layer.trainable)
    return made


def keras_weights(layer: Shared) -> list[npt.NDArray[Any]]:
    """`layer`'s weights for `keras_layer.set_weights(...)`: the kernel, and the bias if it has one.

    They are copies. The kernel's axes are Keras's: `(*kernel_size, in_channels // groups,
    out_channels)`, and transposed `(*kernel_size, out_channels, in_channels)`. bfloat16, which
    numpy lacks, becomes float32. Raises TypeError for a LocalConv, which Keras 3 no longer has, and
    ValueError for a transposed layer with groups, which it never had.
    """
    given = _for_keras(layer, "keras_weights")
    if given.kernel.is_meta:
        raise ValueError(
            "keras_weights copies the kernel's numbers, and on the device 'meta' there are none: "
            "make the layer on another device."
        )
    return [
        (tensor.float() if tensor.dtype is torch.bfloat16 else tensor).numpy(force=True).copy()
        for tensor in (_keras_axes(given.kernel), given.bias)
        if tensor is not None
    ]


def load_keras_weights(layer: Shared, weights: Sequence[npt.ArrayLike]) -> None:
    """Copy `weights`, as `keras_layer.get_weights()` returns them, into `layer`.

    Raises ValueError where their number or shapes aren't `layer`'s, and as `keras_weights` does.
    """
    given = _for_keras(layer, "load_keras_weights")
    if not isinstance(weights, Sequence) or isinstance(weights, str):
        raise TypeError(
            "load_keras_weights takes a list of arrays, as keras_layer.get_weights() gives it, "
            f"not {type(weights).__name__}."
        )
    places = [_keras_axes(given.kernel)] + ([] if given.bias is None else [given.bias])
    arrays = [_tensor(each) for each in weights]
    wanted, found = ([tuple(each.shape) for each in some] for some in (places, arrays))
    if wanted != found:
        raise ValueError(
            f"the weights have the shapes {found}, but this {type(layer).__name__} takes {wanted}."
        )
    with torch.no_grad():
        for place, array in zip(places, arrays, strict=True):
            place.copy_(array)


def _carry(kernel: Tensor, bias: Tensor | None, target: nn.Module, name: str) -> None:
    for key, tensor in ((name, kernel), ("bias", bias)):
        if tensor is not None:
            copy = nn.Parameter(tensor.detach().clone(), requires_grad=tensor.requires_grad)
            setattr(target, key, copy)


def _shared(layer: Any, asked_by: str) -> Shared:
    if isinstance(layer, SharedConv | SharedConvTranspose):
        return layer
    reason = ""
    if isinstance(layer, ConvLayer):
        reason = ": neither torch.nn nor Keras 3 has a convolution with a kernel per position"
    raise TypeError(
        f"{asked_by} takes a SharedConv or SharedConvTranspose, "
        f"not a {type(layer).__name__}{reason}."
    )


def _for_keras(layer: Any, asked_by: str) -> Shared:
    shared = _shared(layer, asked_by)
    if shared.transposed and shared.groups != 1:
        raise ValueError(
            f"Keras's transposed convolutions know no groups, and this layer has {shared.groups}."
        )
    return shared


def _keras_axes(kernel: Tensor) -> Tensor:
    return kernel.detach().permute(*range(2, kernel.dim()), 1, 0)


def _torch_axes(kernel: Tensor) -> Tensor:
    return kernel.permute(-1, -2, *range(kernel.dim() - 2)).contiguous()


def _tensor(variable: Any) -> Tensor:
    import numpy as np

    value = getattr(variable, "value", variable)
    if isinstance(value, Tensor):
        return value.detach()
    array = np.array(value)
    if array.dtype.name == "bfloat16":  # of ml_dtypes, unknown to torch
        array = array.astype(np.float32)
    return torch.from_numpy(array)


def _spans(layer: Any) -> list[int]:
    """How many pixels the kernel, spread by its dilation, covers along each dimension."""
    return [(k - 1) * r + 1 for k, r in zip(layer.kernel_size, layer.dilation_rate, strict=True)]


def _padding(layer: Any, input_size: Size | None) -> dict[str, Any]:
    """A Keras convolution's padding in `torch.nn`'s terms (Keras 3.15, backend/torch/nn.py)."""
    spans, strides = _spans(layer), layer.strides
    if layer.padding == "valid" or max(spans) == 1:
        return {"padding": 0}
    if layer.padding == "causal":
        raise ValueError(
            f"padding='causal' pads {spans[0] - 1} before the signal and nothing after, which no "
            "layer here does: pad the signal by itself, and use padding='valid'."
        )
    if max(strides) == 1:
        return {"padding": "same"}
    if input_size is None and any(
        s > 1 and span > 1 for s, span in zip(strides, spans, strict=True)
    ):
        raise ValueError(
            f"padding='same' with strides={strides} pads each size of image differently in Keras: "
            "say which with input_size, for example input_size=224."
        )
    found = []
    numbers = sizes("input_size", input_size or 1, len(spans), least=1)
    for size, stride, span in zip(numbers, strides, spans, strict=True):
        outputs = -(-size // stride)
        # with stride 1, and so for every size, span - 1; else what the last window lacks
        total = max(0, (outputs - 1) * stride + span - size)
        before = total // 2
        if (size + 2 * before - span) // stride + 1 != outputs:
            raise ValueError(
                f"padding='same' pads {before} before and {total - before} after a dimension of "
                f"{size} here (kernel over {span}, stride {stride}), and layers here pad both ends "
                "alike: pad the image by itself, and use padding='valid'."
            )
        found.append(before)
    return {"padding": tuple(found)}


def _transposed_padding(layer: Any) -> dict[str, Any]:
    """A transposed Keras convolution's padding in `torch.nn`'s terms, whatever the image's size.

    Keras cuts `before` and `after` pixels from the whole output, `torch.nn` cuts `padding` and
    `padding - output_padding` (Keras 3.15, compute_conv_transpose_output_crops_for_torch).
    """
    found = []
    asked = layer.output_padding or (None,) * len(layer.strides)
    for span, stride, extra in zip(_spans(layer), layer.strides, asked, strict=True):
        if layer.padding == "valid":
            before, after = 0, -(max(span, stride) - span if extra is None else extra)
        else:
            pad = stride + span - 2 if extra is None else span + span % 2 - 2 + extra
            left = min(pad - pad // 2, span - 1)
            before, after = span - 1 - left, span - 1 - (pad - left)
        if before < after:
            raise ValueError(
                f"padding='same' with a kernel over {span} and strides {stride} cuts {before} "
                f"pixels before and {after} after the output, and torch cuts no more after than "
                "before: use padding='valid', and cut the output by itself."
            )
        found.append((before, before - after))
    padding, output_padding = zip(*found, strict=True)
    return {"padding": padding, "output_padding": output_padding}
