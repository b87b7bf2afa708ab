"""Normalisation: a learned scale and shift, and statistics that are kept but not learned.

Source: Ioffe and Szegedy 2015; ``torch.nn.BatchNormNd``; ``keras.layers.BatchNormalization``.
"""

from __future__ import annotations

from .count import Count, Term
from .sizes import whole
from .value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


class BatchNorm(Value):
    """Batch normalisation over `channels` channels.

    scale, shift: whether each channel has a learned factor and a learned summand.
    statistics: whether the moving mean and variance are counted as (non-trainable) parameters.
        Keras does so; PyTorch keeps the same numbers as buffers, outside its parameters.
    size: the dimensions behind the channels, which it leaves as they are.
    """

    channels: int
    scale: bool
    shift: bool
    statistics: bool
    size: tuple[int | None, ...]

    def __init__(
        self,
        channels: int,
        scale: bool = True,
        shift: bool = True,
        statistics: bool = False,
        *,
        size: Sequence[int | None] = (),
    ) -> None:
        super().__init__(
            channels=whole("channels", channels),
            scale=bool(scale),
            shift=bool(shift),
            statistics=bool(statistics),
            size=tuple(size),
        )

    def count(self) -> Count:
        """scale: channels; shift: channels; statistics: 2 × channels, not trainable."""
        channels = {"channels": self.channels}
        terms = []
        if self.scale:
            terms.append(Term("scale", channels))
        if self.shift:
            terms.append(Term("shift", channels))
        if self.statistics:
            both = {"moving mean and variance": 2, **channels}
            terms.append(Term("statistic", both, trainable=False))
        return Count(terms)

    def output_shape(self) -> tuple[int | None, ...]:
        """The input's shape, unchanged: ``(C, H, W)``."""
        return (self.channels, *self.size)

    def mult_adds(self) -> int:
        """0: by the usual convention only the products of kernels are counted."""
        return 0
