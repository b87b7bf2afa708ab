"""VGG: nothing but 3×3 kernels, more and more of them.

Source: Simonyan and Zisserman 2015, arXiv:1409.1556, table 1.
"""

from __future__ import annotations

from collections import OrderedDict

from torch import nn

from ..layers import SharedConv2d
from ..layers.arguments import whole_number

FILTERS = (64, 128, 256, 512, 512)
KERNELS = {
    "A": ((3,), (3,), (3, 3), (3, 3), (3, 3)),
    "B": ((3, 3), (3, 3), (3, 3), (3, 3), (3, 3)),
    "C": ((3, 3), (3, 3), (3, 3, 1), (3, 3, 1), (3, 3, 1)),
    "D": ((3, 3), (3, 3), (3, 3, 3), (3, 3, 3), (3, 3, 3)),
    "E": ((3, 3), (3, 3), (3, 3, 3, 3), (3, 3, 3, 3), (3, 3, 3, 3)),
}
"""For each configuration, the kernel sizes of its five blocks, each of which ends in a pooling."""


def vgg(configuration: str, num_classes: int = 1000, image_size: int = 224) -> nn.Sequential:
    """A VGG network: A is VGG-11, B VGG-13, D VGG-16, E VGG-19; C is 16 deep, with 1×1 kernels.

    configuration: the letter of the column in the paper's table 1.
    image_size: height and width of the images. The convolutions don't depend on it; fc6, which
        has a weight for every number of the last feature map, does.

    Shapes: input `(N, 3, image_size, image_size)`, output `(N, num_classes)`, before the softmax.
    138,357,544 parameters for D, of which fc6 has 102,764,544.

    Raises ValueError for an unknown configuration or an image below 32×32.
    """
    if configuration not in KERNELS:
        raise ValueError(
            f"configuration is {configuration!r}; the paper has {', '.join(KERNELS)} "
            "(A is VGG-11, B VGG-13, D VGG-16, E VGG-19)."
        )
    left = whole_number("image_size", image_size, least=32) // 2 ** len(FILTERS)
    classes = whole_number("num_classes", num_classes, least=1)
    parts: OrderedDict[str, nn.Module] = OrderedDict()
    channels = 3
    for block, (filters, kernels) in enumerate(
        zip(FILTERS, KERNELS[configuration], strict=True), start=1
    ):
        for place, kernel_size in enumerate(kernels, start=1):
            name = f"{block}_{place}"
            parts[f"conv{name}"] = SharedConv2d(channels, filters, kernel_size, padding="same")
            parts[f"relu{name}"] = nn.ReLU()
            channels = filters
        parts[f"pool{block}"] = nn.MaxPool2d(2)
    parts["flatten"] = nn.Flatten()
    features = channels * left**2
    for name in ("6", "7"):
        parts[f"fc{name}"] = nn.Linear(features, 4096)
        parts[f"relu{name}"] = nn.ReLU()
        parts[f"drop{name}"] = nn.Dropout(0.5)
        features = 4096
    parts["fc8"] = nn.Linear(features, classes)
    return nn.Sequential(parts)
