"""PyTorch's PReLU, with PyTorch's own signature (a test holds it against the real class)."""

from __future__ import annotations

from ...counting.activation import PReLU as PReLUKind
from ..arguments import same_channels, whole_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..recipe import Recipe
    from ..shape import Shape


def PReLU(
    num_parameters: object = 1, init: object = 0.25, device: object = None, dtype: object = None
) -> Recipe:
    slopes = whole_of(locals(), "num_parameters")

    def build(shape: Shape | None) -> PReLUKind:
        if shape is None:
            return PReLUKind(slopes)
        if slopes > 1:
            same_channels("num_parameters", slopes, shape, shape.channels)
        sizes = shape.sizes
        if shape.channels_last:
            sizes = (sizes[-1], *sizes[:-1])
        return PReLUKind(slopes, shape=sizes)

    return build
