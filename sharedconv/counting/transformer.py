"""The layers of a transformer, each the sum of its parts.

Source: Vaswani et al. 2017; ``torch.nn.TransformerEncoderLayer`` and ``TransformerDecoderLayer``.
"""

from __future__ import annotations

from .attention import MultiheadAttention, head_size
from .count import Count, number
from .dense import Dense
from .kind import Kind
from .norm import LayerNorm
from .sizes import counted, whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import ClassVar

    from .kind import Sizes


class TransformerEncoderLayer(Kind):
    """Attention of a sequence to itself, then two dense layers, each with a layer norm.

    features: how many numbers each position has (``d_model``).
    heads: how many heads the attention has; they share the features out between them.
    hidden: the units of the first dense layer (``dim_feedforward``).
    bias: whether attention, dense layers and layer norms have their biases.
    time: the number of positions; None where it isn't known. The count doesn't need it.

    Raises ValueError where the heads don't divide the features.
    """

    attentions: ClassVar[int] = 1

    features: int
    heads: int
    hidden: int
    bias: bool
    time: int | None

    def __init__(
        self,
        features: int,
        heads: int,
        hidden: int = 2048,
        bias: bool = True,
        *,
        time: int | None = None,
    ) -> None:
        super().__init__(
            features=whole("features", features),
            heads=whole("heads", heads),
            hidden=whole("hidden", hidden),
            bias=bool(bias),
            time=None if time is None else whole("time", time),
        )
        head_size(self.features, self.heads)

    def attention(self) -> MultiheadAttention:
        """Its attention, as a layer kind."""
        size = head_size(self.features, self.heads)
        return MultiheadAttention(
            self.features, self.heads, size, bias=self.bias, positions=(self.time,)
        )

    def dense(self) -> tuple[Dense, Dense]:
        """Its two dense layers, as layer kinds."""
        positions = (self.time,)
        return (
            Dense(self.features, self.hidden, self.bias, positions=positions),
            Dense(self.hidden, self.features, self.bias, positions=positions),
        )

    def norm(self) -> LayerNorm:
        """One of its layer norms, as a layer kind: there is one more than there are attentions."""
        return LayerNorm(self.features, shift=self.bias, shape=(self.time, self.features))

    def count(self) -> Count:
        """The counts of its attentions, dense layers and layer norms, added up."""
        attention = self.attention().count()
        if self.attentions > 1:
            several = {"attentions": self.attentions}
            attention = Count(term.times(several) for term in attention.terms)
        norms = {"layer norms": self.attentions + 1}
        return (
            attention
            + sum((each.count() for each in self.dense()), Count())
            + Count(term.times(norms) for term in self.norm().count().terms)
        )

    def output_shape(self) -> Sizes:
        """The input's shape, unchanged: ``(time, features)``."""
        return (self.time, self.features)

    def mult_adds(self) -> int:
        """Those of its attentions and dense layers."""
        dense = sum(each.mult_adds() for each in self.dense())
        return self.attentions * self.attention().mult_adds() + dense

    def about(self) -> str:
        """Where the numbers of the count come from, in sentences."""
        parts = "an attention" if self.attentions == 1 else f"{self.attentions} attentions"
        return (
            f"It is made of {parts} with {counted(self.heads, 'head')}, two dense layers "
            f"({number(self.features)} to {number(self.hidden)} and back), and "
            f"{self.attentions + 1} layer norms; its parameters are theirs. The same ones are used "
            "at every position of the sequence."
        )


class TransformerDecoderLayer(TransformerEncoderLayer):
    """The same with a second attention, to what the encoder gave out.

    features, heads, hidden, bias, time: as in `TransformerEncoderLayer`; for mult_adds(), the
        encoder's sequence is taken to be as long as the decoder's.
    """

    attentions: ClassVar[int] = 2
