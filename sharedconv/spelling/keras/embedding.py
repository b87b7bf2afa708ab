"""Keras's Embedding, with Keras's own signature (a test holds it against the real class)."""

from __future__ import annotations

from ...counting.embedding import Embedding as EmbeddingKind
from ..arguments import no_extra_weights, whole_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..recipe import Recipe


def Embedding(
    input_dim: object,
    output_dim: object,
    embeddings_initializer: object = "uniform",
    embeddings_regularizer: object = None,
    embeddings_constraint: object = None,
    mask_zero: object = False,
    weights: object = None,
    lora_rank: object = None,
    lora_alpha: object = None,
    quantization_config: object = None,
    **kwargs: object,
) -> Recipe:
    return _embedding(locals())


def _embedding(given: Mapping[str, object]) -> Recipe:
    no_extra_weights(given)
    rows, width = whole_of(given, "input_dim"), whole_of(given, "output_dim")
    return lambda shape: EmbeddingKind(rows, width, positions=shape.sizes if shape else ())
