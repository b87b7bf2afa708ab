"""The layers: convolutions that share one kernel, one that doesn't, and both as a matrix."""

from .base import ConvLayer
from .conv import LocalConv, SharedConv
from .convert import from_keras, from_torch, keras_weights, load_keras_weights, to_torch
from .dimensions import (
    LocalConv1d,
    LocalConv2d,
    LocalConv3d,
    LocalConvTranspose1d,
    LocalConvTranspose2d,
    LocalConvTranspose3d,
    SharedConv1d,
    SharedConv2d,
    SharedConv3d,
    SharedConvTranspose1d,
    SharedConvTranspose2d,
    SharedConvTranspose3d,
)
from .matrix import ConvMatrix, conv_matrix
from .transposed import LocalConvTranspose, SharedConvTranspose

__all__ = [
    "ConvLayer",
    "ConvMatrix",
    "LocalConv",
    "LocalConv1d",
    "LocalConv2d",
    "LocalConv3d",
    "LocalConvTranspose",
    "LocalConvTranspose1d",
    "LocalConvTranspose2d",
    "LocalConvTranspose3d",
    "SharedConv",
    "SharedConv1d",
    "SharedConv2d",
    "SharedConv3d",
    "SharedConvTranspose",
    "SharedConvTranspose1d",
    "SharedConvTranspose2d",
    "SharedConvTranspose3d",
    "conv_matrix",
    "from_keras",
    "from_torch",
    "keras_weights",
    "load_keras_weights",
    "to_torch",
]
