"""Layers of PyTorch that change numbers and leave the shape: activations, dropout, ...

Each has PyTorch's own signature (a test holds it against the real class); none has parameters.
"""

from __future__ import annotations

from ...counting.shaping import SameShape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..recipe import Recipe
    from ..shape import Shape


def _as_it_was(shape: Shape | None) -> SameShape:
    return SameShape(None if shape is None else shape.sizes)


def ReLU(inplace: object = False) -> Recipe:
    return _as_it_was


ReLU6 = SELU = SiLU = Mish = Hardswish = Hardsigmoid = ReLU


def LeakyReLU(negative_slope: object = 0.01, inplace: object = False) -> Recipe:
    return _as_it_was


def RReLU(lower: object = 1.0 / 8, upper: object = 1.0 / 3, inplace: object = False) -> Recipe:
    return _as_it_was


def ELU(alpha: object = 1.0, inplace: object = False) -> Recipe:
    return _as_it_was


CELU = ELU


def GELU(approximate: object = "none") -> Recipe:
    return _as_it_was


def Sigmoid() -> Recipe:
    return _as_it_was


Tanh = Tanhshrink = Softsign = LogSigmoid = Softmax2d = Sigmoid


def Softmax(dim: object = None) -> Recipe:
    return _as_it_was


LogSoftmax = Softmin = Softmax


def Softplus(beta: object = 1.0, threshold: object = 20.0) -> Recipe:
    return _as_it_was


def Softshrink(lambd: object = 0.5) -> Recipe:
    return _as_it_was


Hardshrink = Softshrink


def Hardtanh(
    min_val: object = -1.0,
    max_val: object = 1.0,
    inplace: object = False,
    min_value: object = None,
    max_value: object = None,
) -> Recipe:
    return _as_it_was


def Threshold(threshold: object, value: object, inplace: object = False) -> Recipe:
    return _as_it_was


def Identity(*args: object, **kwargs: object) -> Recipe:
    return _as_it_was


def Dropout(p: object = 0.5, inplace: object = False) -> Recipe:
    return _as_it_was


Dropout1d = Dropout2d = Dropout3d = AlphaDropout = FeatureAlphaDropout = Dropout


def LocalResponseNorm(
    size: object, alpha: object = 0.0001, beta: object = 0.75, k: object = 1.0
) -> Recipe:
    return _as_it_was


def ChannelShuffle(groups: object) -> Recipe:
    return _as_it_was
