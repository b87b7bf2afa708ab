"""ResNet: each block adds what it has learned to what it was given.

Source: He, Zhang, Ren and Sun 2015, arXiv:1512.03385, table 1.
"""

from __future__ import annotations

from collections import OrderedDict

from torch import Tensor, nn

from ..layers import SharedConv2d
from ..layers.arguments import whole_number

BLOCKS = {
    18: (2, 2, 2, 2),
    34: (3, 4, 6, 3),
    50: (3, 4, 6, 3),
    101: (3, 4, 23, 3),
    152: (3, 8, 36, 3),
}
"""For each depth, how many blocks conv2_x, conv3_x, conv4_x and conv5_x have."""
WIDTHS = (64, 128, 256, 512)
BOTTLENECK_FROM = 50
"""From this depth on a block is 1×1, 3×3, 1×1 with four times as many filters at its end; below it
is 3×3, 3×3."""


class Residual(nn.Module):
    """``relu(main(x) + shortcut(x))``; without a shortcut, ``relu(main(x) + x)``."""

    def __init__(self, main: nn.Sequential, shortcut: nn.Sequential | None) -> None:
        super().__init__()
        self.main = main
        self.shortcut = shortcut
        self.relu = nn.ReLU()

    def forward(self, input: Tensor) -> Tensor:
        """The shapes of main and shortcut have to be equal."""
        beside = input if self.shortcut is None else self.shortcut(input)
        output: Tensor = self.relu(self.main(input) + beside)
        return output


def resnet(
    depth: int,
    num_classes: int = 1000,
    *,
    conv_bias: bool = False,
    stride_first: bool = False,
    eps: float = 1e-5,
) -> nn.Sequential:
    """A ResNet: depth is 18, 34, 50, 101 or 152.

    conv_bias: whether the convolutions have biases. The batch norm behind each makes them
        superfluous, and PyTorch's have none; Keras's have (ResNet-50: 26,560 parameters more).
    stride_first: where a bottleneck is strided, which no count depends on: in its first 1×1
        convolution (the paper, Keras), or in its 3×3 (False; torchvision).
    eps: what the batch norms add to the variance (Keras: 1.001e-5).

    Shapes: input `(N, 3, H, W)`, H and W at least 32 (the paper: 224), output `(N, num_classes)`,
        before the softmax.
    11,689,512 / 21,797,672 / 25,557,032 / 44,549,160 / 60,192,808 parameters.

    Raises ValueError for another depth.
    """
    if depth not in BLOCKS:
        raise ValueError(f"depth is {depth!r}; the paper has {', '.join(map(str, BLOCKS))}.")
    classes = whole_number("num_classes", num_classes, least=1)
    deep = depth >= BOTTLENECK_FROM
    parts: OrderedDict[str, nn.Module] = OrderedDict()

    def conv(inputs: int, filters: int, size: int, stride: int = 1) -> list[nn.Module]:
        made = SharedConv2d(inputs, filters, size, stride, padding=size // 2, bias=conv_bias)
        return [made, nn.BatchNorm2d(filters, eps=eps)]

    def block(inputs: int, width: int, stride: int) -> Residual:
        outputs = 4 * width if deep else width
        if deep:
            first, second = (stride, 1) if stride_first else (1, stride)
            convs = [(inputs, width, 1, first), (width, width, 3, second), (width, outputs, 1, 1)]
        else:
            convs = [(inputs, width, 3, stride), (width, width, 3, 1)]
        main: OrderedDict[str, nn.Module] = OrderedDict()
        for place, sizes in enumerate(convs, start=1):
            main[f"conv{place}"], main[f"norm{place}"] = conv(*sizes)
            if place < len(convs):
                main[f"relu{place}"] = nn.ReLU()
        shortcut = None
        if stride > 1 or inputs != outputs:
            names = ("conv", "norm")
            made = conv(inputs, outputs, 1, stride)
            shortcut = nn.Sequential(OrderedDict(zip(names, made, strict=True)))
        return Residual(nn.Sequential(main), shortcut)

    parts["conv1"], parts["norm1"] = conv(3, 64, 7, 2)
    parts["relu1"] = nn.ReLU()
    parts["pool1"] = nn.MaxPool2d(3, stride=2, padding=1)
    channels = 64
    for stage, (width, blocks) in enumerate(zip(WIDTHS, BLOCKS[depth], strict=True), start=2):
        for place in range(1, blocks + 1):
            stride = 2 if stage > 2 and place == 1 else 1
            parts[f"conv{stage}_{place}"] = block(channels, width, stride)
            channels = 4 * width if deep else width
    parts["pool5"] = nn.AdaptiveAvgPool2d(1)
    parts["flatten"] = nn.Flatten()
    parts["fc"] = nn.Linear(channels, classes)
    return nn.Sequential(parts)
