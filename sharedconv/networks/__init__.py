"""Real architectures, built from our layers: LeNet-1989, LeNet-5, AlexNet, VGG, ResNet, MobileNet.

>>> from sharedconv.networks import NETWORKS
>>> network = NETWORKS["vgg16"].on_meta()
>>> network.fc6.in_features
25088
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import torch
from torch import nn

from .alexnet import ONE_TOWER, alexnet
from .lenet import lenet5, lenet1989
from .mobilenet import mobilenet, mobilenet_v2
from .parts import MappedConv2d, PositionBias, RadialBasis, ScaledTanh, Subsampling2d
from .resnet import BLOCKS, resnet
from .vgg import vgg

__all__ = [
    "NETWORKS",
    "MappedConv2d",
    "Network",
    "PositionBias",
    "RadialBasis",
    "ScaledTanh",
    "Subsampling2d",
    "alexnet",
    "lenet5",
    "lenet1989",
    "mobilenet",
    "mobilenet_v2",
    "resnet",
    "vgg",
]


class Network(NamedTuple):
    """How to build a network, and the shape of one image that it takes, ``(C, H, W)``."""

    build: Callable[..., nn.Sequential]
    input_size: tuple[int, int, int]

    def on_meta(self) -> nn.Sequential:
        """The network with its sizes only: no memory, no random numbers, no weights."""
        with torch.device("meta"):
            return self.build()


IMAGENET = (3, 224, 224)

NETWORKS: dict[str, Network] = {
    "lenet1989": Network(lenet1989, (1, 16, 16)),
    "lenet5": Network(lenet5, (1, 32, 32)),
    "alexnet": Network(alexnet, IMAGENET),
    "alexnet-ungrouped": Network(partial(alexnet, groups=1), IMAGENET),
    "alexnet-one-tower": Network(partial(alexnet, stages=ONE_TOWER), IMAGENET),
    "vgg11": Network(partial(vgg, "A"), IMAGENET),
    "vgg13": Network(partial(vgg, "B"), IMAGENET),
    "vgg16": Network(partial(vgg, "D"), IMAGENET),
    "vgg16c": Network(partial(vgg, "C"), IMAGENET),
    "vgg19": Network(partial(vgg, "E"), IMAGENET),
    **{f"resnet{depth}": Network(partial(resnet, depth), IMAGENET) for depth in BLOCKS},
    "mobilenet": Network(mobilenet, IMAGENET),
    "mobilenetv2": Network(mobilenet_v2, IMAGENET),
}
"""The networks by the names that the command knows them by."""
