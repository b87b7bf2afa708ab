"""The first convolutional networks, as their papers describe them: LeNet-1989 and LeNet-5.

Sources: LeCun et al. 1989, Backpropagation Applied to Handwritten Zip Code Recognition, Neural
Computation 1(4), 541-551; LeCun, Bottou, Bengio and Haffner 1998, Gradient-Based Learning Applied
to Document Recognition, Proc. IEEE 86(11), section II.B.
"""

from __future__ import annotations

from collections import OrderedDict
from random import Random

import torch
from torch import Tensor, nn

from ..layers import SharedConv2d
from ..layers.arguments import whole_number
from .parts import MappedConv2d, PositionBias, RadialBasis, ScaledTanh, Subsampling2d

BACKGROUND = -1.0
"""What the network of 1989 sees beyond the border of an image: white paper."""

H2_SEES = tuple(tuple((first + n) % 12 for n in range(8)) for first in range(12))
"""For each map of H2, the 8 of H1's 12 that it sees. Which 8 the paper leaves open ("a scheme that
will not be described here"); this one turns around, so that each map of H1 is seen 8 times."""

C3_SEES = (
    *((0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (4, 5, 0), (5, 0, 1)),
    *((0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (3, 4, 5, 0), (4, 5, 0, 1), (5, 0, 1, 2)),
    *((0, 1, 3, 4), (1, 2, 4, 5), (2, 3, 5, 0)),
    (0, 1, 2, 3, 4, 5),
)
"""Table I of 1998: for each map of C3, the maps of S2 that it sees. 60 pairs in all."""

DIGITS = """
..###.. ...##.. .#####. ####### ....##. ####### ..####. ####### .#####. ..###..
.##.##. ..###.. ##...## .....## ...###. ##..... .##.... .....## ##...## .##.##.
.#...#. .####.. .....## ....##. ...###. ##..... ##..... .....## ##...## ##...##
##...## ...##.. .....## ...##.. ..####. ##..... ##..... ....##. ##...## ##...##
##...## ...##.. ....##. ..####. ..#.##. ######. ##.###. ....##. .##.##. ##...##
##...## ...##.. ...##.. .....## .##.##. ##...## ###..## ...##.. ..###.. ##...##
##...## ...##.. ..##... .....## .#..##. .....## ##...## ...##.. .##.##. ##..###
##...## ...##.. .##.... .....## ##..##. .....## ##...## ..##... ##...## .###.##
##...## ...##.. ##..... .....## ####### .....## ##...## ..##... ##...## .....##
.#...#. ...##.. ##..... ##...## ....##. ##...## ##...## .##.... ##...## .....##
.##.##. ...##.. ##..... ##...## ....##. ##...## .##.##. .##.... ##...## ....##.
..###.. .###### ####### .#####. ....##. .#####. ..###.. .##.... .#####. .####..
"""
"""The digits as LeNet-5's output layer knows them, 7×12 pixels each: in the manner of the paper's
figure 3, drawn anew."""


def lenet1989(num_classes: int = 10) -> nn.Sequential:
    """LeNet-1989: kernels are shared, biases are not.

    H1: 12 maps of 8×8 from a 16×16 image, 5×5 with stride 2. H2: 12 maps of 4×4, each seeing 8 of
    H1's. H3: 30 units. Beyond a border all is background, -1.

    Shapes: input `(N, 1, 16, 16)`, output `(N, num_classes)`.
    9,760 parameters and 64,660 connections with 10 classes.
    """
    classes = whole_number("num_classes", num_classes, least=1)
    h1 = OrderedDict(
        border=nn.ConstantPad2d(2, BACKGROUND),
        conv=SharedConv2d(1, 12, 5, stride=2, bias=False),
        bias=PositionBias(12, 8),
        squash=ScaledTanh(),
    )
    h2 = OrderedDict(
        border=nn.ConstantPad2d(2, BACKGROUND),
        conv=MappedConv2d(H2_SEES, 5, stride=2, bias=False),
        bias=PositionBias(12, 4),
        squash=ScaledTanh(),
    )
    h3 = OrderedDict(flatten=nn.Flatten(), dense=nn.Linear(12 * 4 * 4, 30), squash=ScaledTanh())
    output = OrderedDict(dense=nn.Linear(30, classes), squash=ScaledTanh())
    return _stages(H1=h1, H2=h2, H3=h3, output=output)


def lenet5(num_classes: int = 10) -> nn.Sequential:
    """LeNet-5: C1, S2, C3, S4, C5, F6 and an output of fixed numbers.

    C1: 6 maps of 28×28. S2: of 14×14, subsampled. C3: 16 maps of 10×10, each seeing some maps of
    S2 (Table I). S4: of 5×5. C5: 120 units. F6: 84 units. Output: for each class, how far F6 is
    from a picture of it (7×12 = 84 pixels of ±1); the smallest is the answer. Classes beyond the
    ten digits get 84 random ±1, always the same, as the paper would also allow.

    Shapes: input `(N, 1, 32, 32)`, output `(N, num_classes)`.
    60,000 parameters, all in C1 to F6; 340,908 connections with 10 classes.
    """
    centers = _pictures(whole_number("num_classes", num_classes, least=1))
    return _stages(
        C1=OrderedDict(conv=SharedConv2d(1, 6, 5), squash=ScaledTanh()),
        S2=OrderedDict(pool=Subsampling2d(6), squash=ScaledTanh()),
        C3=OrderedDict(conv=MappedConv2d(C3_SEES, 5), squash=ScaledTanh()),
        S4=OrderedDict(pool=Subsampling2d(16), squash=ScaledTanh()),
        C5=OrderedDict(conv=SharedConv2d(16, 120, 5), squash=ScaledTanh()),
        F6=OrderedDict(flatten=nn.Flatten(), dense=nn.Linear(120, 84), squash=ScaledTanh()),
        output=OrderedDict(distance=RadialBasis(centers)),
    )


def _stages(**stages: OrderedDict[str, nn.Module]) -> nn.Sequential:
    return nn.Sequential(OrderedDict((name, nn.Sequential(each)) for name, each in stages.items()))


def _pictures(classes: int) -> Tensor:
    rows = [line.split() for line in DIGITS.split("\n") if line]
    pictures = [
        [1 if ink == "#" else -1 for ink in "".join(each)] for each in zip(*rows, strict=True)
    ]
    dice = Random(0)
    others = ([dice.choice((-1, 1)) for _ in pictures[0]] for _ in range(10, classes))
    return torch.tensor([*pictures, *others][:classes], dtype=torch.get_default_dtype())
