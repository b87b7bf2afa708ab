"""MobileNet v1 and v2, as Keras builds them: a depthwise kernel for each channel, then 1×1.

Sources: Howard et al. 2017, arXiv:1704.04861, table 1; Sandler et al. 2018, arXiv:1801.04381,
table 2; ``keras.applications.MobileNet`` and ``MobileNetV2``.
"""

from __future__ import annotations

from collections import OrderedDict

import torch.nn.functional as F
from torch import Tensor, nn

from ..layers import SharedConv2d
from ..layers.arguments import whole_number

BLOCKS = (
    *((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)),
    *[(512, 1)] * 5,
    *((1024, 2), (1024, 1)),
)
"""MobileNet v1: filters of the 1×1, and stride of the depthwise convolution in front of it."""

INVERTED = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
"""MobileNet v2, table 2: expansion, filters, how many blocks, stride of the first of them."""


class PadAsSame(nn.Module):
    """The zeros that Keras's padding='same' puts around an image: the odd one behind it.

    `torch.nn` pads both sides alike, which for a stride of 2 is another layer.
    """

    def __init__(self, kernel_size: int, stride: int) -> None:
        super().__init__()
        self.kernel_size, self.stride = kernel_size, stride

    def forward(self, input: Tensor) -> Tensor:
        """`(N, C, H, W)`, with as much around it as its size needs."""
        pads: list[int] = []
        for size in reversed(input.shape[-2:]):
            outputs = -(-size // self.stride)
            lacking = max(0, (outputs - 1) * self.stride + self.kernel_size - size)
            pads += [lacking // 2, lacking - lacking // 2]
        return F.pad(input, pads)

    def extra_repr(self) -> str:
        """For which kernel and stride."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}"


class Inverted(nn.Module):
    """``main(x) + x``, or only ``main(x)`` where the shapes of the two differ."""

    def __init__(self, main: nn.Sequential, added: bool) -> None:
        super().__init__()
        self.main = main
        self.added = added

    def forward(self, input: Tensor) -> Tensor:
        """Where the input is added, main has to give back its shape."""
        output: Tensor = self.main(input)
        return output + input if self.added else output


def mobilenet(
    num_classes: int = 1000, alpha: float = 1.0, depth_multiplier: int = 1
) -> nn.Sequential:
    """MobileNet v1.

    alpha: the filters of every layer are multiplied by it.
    depth_multiplier: how many kernels a depthwise convolution has for each channel.

    Shapes: input `(N, 3, H, W)`, H and W at least 32 (the paper: 224), output `(N, num_classes)`,
        before the softmax.
    4,231,976 parameters (and 21,888 statistics in its batch norms, which Keras counts as well).
    """
    classes = whole_number("num_classes", num_classes, least=1)
    multiplier = whole_number("depth_multiplier", depth_multiplier, least=1)
    momentum = 0.01
    channels = _scaled(32, alpha)
    parts: OrderedDict[str, nn.Module] = OrderedDict(pad=PadAsSame(3, 2))
    parts |= _conv("conv1", SharedConv2d(3, channels, 3, 2, bias=False), momentum)
    for place, (base, stride) in enumerate(BLOCKS, start=1):
        if stride > 1:
            parts[f"pad_{place}"] = nn.ZeroPad2d((0, 1, 0, 1))
        deep = channels * multiplier
        depthwise = SharedConv2d(
            channels, deep, 3, stride, 0 if stride > 1 else 1, groups=channels, bias=False
        )
        parts |= _conv(f"depthwise_{place}", depthwise, momentum)
        channels = _scaled(base, alpha)
        parts |= _conv(f"pointwise_{place}", SharedConv2d(deep, channels, 1, bias=False), momentum)
    parts["pool"] = nn.AdaptiveAvgPool2d(1)
    parts["drop"] = nn.Dropout(1e-3)
    parts["predictions"] = SharedConv2d(channels, classes, 1)
    parts["flatten"] = nn.Flatten()
    return nn.Sequential(parts)


def mobilenet_v2(num_classes: int = 1000, alpha: float = 1.0) -> nn.Sequential:
    """MobileNet v2: blocks that grow wide, look at each channel by itself, and grow narrow again.

    alpha: the filters of every layer are multiplied by it, and rounded to a multiple of 8.

    Shapes: input `(N, 3, H, W)`, H and W at least 32 (the paper: 224), output `(N, num_classes)`,
        before the softmax.
    3,504,872 parameters (and 34,112 statistics in its batch norms, which Keras counts as well).
    """
    classes = whole_number("num_classes", num_classes, least=1)
    momentum = 0.001
    channels = _multiple_of_8(_scaled(32, alpha))
    parts: OrderedDict[str, nn.Module] = OrderedDict(pad=PadAsSame(3, 2))
    parts |= _conv("conv1", SharedConv2d(3, channels, 3, 2, bias=False), momentum)
    place = 0
    for expansion, base, blocks, first_stride in INVERTED:
        filters = _multiple_of_8(_scaled(base, alpha))
        for stride in (first_stride, *[1] * (blocks - 1)):
            main: OrderedDict[str, nn.Module] = OrderedDict()
            wide = channels * expansion
            if expansion > 1:
                main |= _conv("expand", SharedConv2d(channels, wide, 1, bias=False), momentum)
            main["pad"] = PadAsSame(3, stride)
            depthwise = SharedConv2d(wide, wide, 3, stride, groups=wide, bias=False)
            main |= _conv("depthwise", depthwise, momentum)
            project = SharedConv2d(wide, filters, 1, bias=False)
            # no ReLU behind it: where there are few channels it would lose too much
            main |= _conv("project", project, momentum, relu=False)
            added = stride == 1 and channels == filters
            parts[f"block_{place}"] = Inverted(nn.Sequential(main), added)
            channels, place = filters, place + 1
    last = _multiple_of_8(1280 * max(alpha, 1.0))
    parts |= _conv("conv_last", SharedConv2d(channels, last, 1, bias=False), momentum)
    parts["pool"] = nn.AdaptiveAvgPool2d(1)
    parts["flatten"] = nn.Flatten()
    parts["predictions"] = nn.Linear(last, classes)
    return nn.Sequential(parts)


def _conv(
    name: str, layer: SharedConv2d, momentum: float, relu: bool = True
) -> OrderedDict[str, nn.Module]:
    """The convolution, its batch norm (with Keras's eps), and ReLU up to 6."""
    parts: OrderedDict[str, nn.Module] = OrderedDict({name: layer})
    parts[f"{name}_norm"] = nn.BatchNorm2d(layer.out_channels, eps=1e-3, momentum=momentum)
    if relu:
        parts[f"{name}_relu"] = nn.ReLU6()
    return parts


def _scaled(filters: int, alpha: float) -> int:
    if not isinstance(alpha, (int, float)) or not 1 <= filters * alpha < 1e9:
        raise ValueError(
            f"alpha is {alpha!r}; it has to be a number, such as 0.5, that leaves at least one "
            f"of {filters} filters."
        )
    return int(filters * alpha)


def _multiple_of_8(filters: float) -> int:
    """The nearest multiple of 8, but not more than a tenth below."""
    nearest = max(8, int(filters + 4) // 8 * 8)
    return nearest if nearest >= 0.9 * filters else nearest + 8
