"""PyTorch's embeddings, with its own signatures (a test holds each against the real class)."""

from __future__ import annotations

from ...counting.embedding import Embedding as EmbeddingKind
from ..arguments import flag, whole_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..recipe import Recipe


def Embedding(
    num_embeddings: object,
    embedding_dim: object,
    padding_idx: object = None,
    max_norm: object = None,
    norm_type: object = 2.0,
    scale_grad_by_freq: object = False,
    sparse: object = False,
    _weight: object = None,
    _freeze: object = False,
    device: object = None,
    dtype: object = None,
) -> Recipe:
    return _embedding(locals(), trainable=not flag(locals(), "_freeze"))


def EmbeddingBag(
    num_embeddings: object,
    embedding_dim: object,
    max_norm: object = None,
    norm_type: object = 2.0,
    scale_grad_by_freq: object = False,
    mode: object = "mean",
    sparse: object = False,
    _weight: object = None,
    include_last_offset: object = False,
    padding_idx: object = None,
    device: object = None,
    dtype: object = None,
) -> Recipe:
    return _embedding(locals(), bag=True)


def _embedding(given: Mapping[str, object], bag: bool = False, trainable: bool = True) -> Recipe:
    rows, width = whole_of(given, "num_embeddings"), whole_of(given, "embedding_dim")
    padding_idx = None
    if given["padding_idx"] is not None:
        padding_idx = whole_of(given, "padding_idx", least=-rows)
    return lambda shape: EmbeddingKind(
        rows,
        width,
        padding_idx,
        bag=bag,
        trainable=trainable,
        positions=shape.sizes if shape else (),
    )
