"""AlexNet, as published in two groups, and the narrower one in one tower.

Sources: Krizhevsky, Sutskever and Hinton 2012, ImageNet Classification with Deep Convolutional
Neural Networks, section 3 (two GPUs: two groups); Krizhevsky 2014, One weird trick for
parallelizing convolutional neural networks, arXiv:1404.5997 (one tower, what torchvision ships).
"""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

from torch import nn

from ..layers import SharedConv2d
from ..layers.arguments import whole_number


class Stage(NamedTuple):
    """One convolution. split: whether the groups see only their own half of the maps here."""

    filters: int
    kernel_size: int
    stride: int
    padding: int
    split: bool = False
    normalised: bool = False
    pooled: bool = False


PUBLISHED = (
    Stage(96, 11, 4, 2, normalised=True, pooled=True),
    Stage(256, 5, 1, 2, split=True, normalised=True, pooled=True),
    Stage(384, 3, 1, 1),
    Stage(384, 3, 1, 1, split=True),
    Stage(256, 3, 1, 1, split=True, pooled=True),
)
ONE_TOWER = (
    Stage(64, 11, 4, 2, pooled=True),
    Stage(192, 5, 1, 2, pooled=True),
    Stage(384, 3, 1, 1),
    Stage(256, 3, 1, 1),
    Stage(256, 3, 1, 1, pooled=True),
)


def alexnet(
    num_classes: int = 1000, groups: int = 2, stages: tuple[Stage, ...] = PUBLISHED
) -> nn.Sequential:
    """AlexNet: five convolutions, three dense layers.

    groups: in how many groups the second, fourth and fifth convolution are split. The paper has
        2, one for each GPU; 1 is the same network undivided.
    stages: `PUBLISHED`, or `ONE_TOWER`, which has fewer filters, no groups and no normalisation.

    Shapes: input `(N, 3, 224, 224)`, output `(N, num_classes)`, before the softmax.
    60,965,224 parameters; 62,378,344 with groups=1; 61,100,840 in one tower.

    Raises ValueError where the groups don't divide the channels.
    """
    classes = whole_number("num_classes", num_classes, least=1)
    parts: OrderedDict[str, nn.Module] = OrderedDict()
    channels = 3
    for place, stage in enumerate(stages, start=1):
        parts[f"conv{place}"] = SharedConv2d(
            channels,
            stage.filters,
            stage.kernel_size,
            stage.stride,
            stage.padding,
            groups=groups if stage.split else 1,
        )
        parts[f"relu{place}"] = nn.ReLU()
        if stage.normalised:
            # the paper's alpha stands before each of the 5 neighbours, torch's before their mean
            parts[f"norm{place}"] = nn.LocalResponseNorm(5, alpha=5 * 1e-4, beta=0.75, k=2)
        if stage.pooled:
            parts[f"pool{place}"] = nn.MaxPool2d(3, stride=2)
        channels = stage.filters
    parts["flatten"] = nn.Flatten()
    features = channels * 6 * 6
    for name in ("6", "7"):
        parts[f"drop{name}"] = nn.Dropout(0.5)
        parts[f"fc{name}"] = nn.Linear(features, 4096)
        parts[f"relu{name}"] = nn.ReLU()
        features = 4096
    parts["fc8"] = nn.Linear(features, classes)
    return nn.Sequential(parts)
