"""Embeddings: a table with one row of learned numbers for each entry of a vocabulary.

Sources: ``torch.nn.Embedding``, ``torch.nn.EmbeddingBag`` and ``keras.layers.Embedding``.
"""

from __future__ import annotations

from .count import Count, Term, number
from .kind import Kind
from .sizes import counted, image_size, whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


class Embedding(Kind):
    """A table from which each number that comes in picks a row.

    num_embeddings: how many rows there are (``input_dim`` in Keras).
    embedding_dim: how many numbers a row has (``output_dim`` in Keras).
    padding_idx: the row that training leaves alone in PyTorch; it is counted like the others.
    bag: whether the rows picked are taken together into one, as ``nn.EmbeddingBag`` does.
    trainable: False where the table is frozen (``nn.Embedding(..., _freeze=True)``).
    positions: the shape of one input without the batch: how many rows are picked.

    Raises ValueError or TypeError, in one sentence, for sizes that no layer can have.
    """

    num_embeddings: int
    embedding_dim: int
    padding_idx: int | None
    bag: bool
    trainable: bool
    positions: tuple[int | None, ...]

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        *,
        bag: bool = False,
        trainable: bool = True,
        positions: Sequence[int | None] = (),
    ) -> None:
        rows = whole("num_embeddings", num_embeddings)
        if padding_idx is not None:
            padding_idx = whole("padding_idx", padding_idx, least=-rows)
            if padding_idx >= rows:
                raise ValueError(
                    f"padding_idx is {number(padding_idx)}; the table has "
                    f"{counted(rows, 'row')}, and the last one is {number(rows - 1)}"
                )
        super().__init__(
            num_embeddings=rows,
            embedding_dim=whole("embedding_dim", embedding_dim),
            padding_idx=padding_idx,
            bag=bool(bag),
            trainable=bool(trainable),
            positions=image_size("positions", tuple(positions), len(positions)),
        )

    def count(self) -> Count:
        """embedding: num_embeddings × embedding_dim."""
        table = {"num_embeddings": self.num_embeddings, "embedding_dim": self.embedding_dim}
        return Count([Term("embedding", table, trainable=self.trainable)])

    def output_shape(self) -> tuple[int | None, ...]:
        """``(*positions, embedding_dim)``; ``(embedding_dim,)`` for a bag."""
        return (self.embedding_dim,) if self.bag else (*self.positions, self.embedding_dim)

    def mult_adds(self) -> int:
        """0: rows are picked, nothing is multiplied."""
        return 0

    def about(self) -> str:
        """Where the numbers of the count come from, in sentences."""
        rows, width = counted(self.num_embeddings, "row"), counted(self.embedding_dim, "number")
        words = (
            f"The layer is a table of {rows} with {width} each. A number that comes in picks its "
            "row; however many come in, the table stays the same. There is no bias."
        )
        if self.padding_idx is not None:
            words += (
                f" Row {number(self.padding_idx)} stands for padding: training leaves it alone, "
                "but it is in the table, and PyTorch counts it."
            )
        return words
