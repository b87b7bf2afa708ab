"""Parameter counts by arithmetic alone: the first witness. Nothing here imports torch.

A layer kind (`Conv`, `LocalConv`, `Dense`, `BatchNorm`, ...) holds hyperparameters and answers
``.count()``, ``.output_shape()`` and ``.mult_adds()``. The count is a `Count`: a sum of `Term`s,
each a product of named factors.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .activation import PReLU as PReLU
    from .attention import MultiheadAttention as MultiheadAttention
    from .conv import Conv as Conv, LocalConv as LocalConv
    from .conv_lstm import ConvLSTM as ConvLSTM
    from .count import Count as Count, Term as Term
    from .dense import Bilinear as Bilinear, Dense as Dense
    from .diagnosing import Diagnosis as Diagnosis, diagnose as diagnose
    from .einsum import EinsumDense as EinsumDense
    from .embedding import Embedding as Embedding
    from .joining import Concatenate as Concatenate, Merge as Merge
    from .kind import Kind as Kind
    from .lenet import (
        MappedConv as MappedConv,
        PositionBias as PositionBias,
        RadialBasis as RadialBasis,
        Subsampling as Subsampling,
    )
    from .misconceptions import (
        MISCONCEPTIONS as MISCONCEPTIONS,
        Misconception as Misconception,
    )
    from .norm import (
        BatchNorm as BatchNorm,
        GroupNorm as GroupNorm,
        InstanceNorm as InstanceNorm,
        LayerNorm as LayerNorm,
        RMSNorm as RMSNorm,
        UnitNorm as UnitNorm,
    )
    from .pooling import AdaptivePool as AdaptivePool, GlobalPool as GlobalPool, Pool as Pool
    from .recurrent import (
        GRU as GRU,
        LSTM as LSTM,
        Recurrent as Recurrent,
        SimpleRNN as SimpleRNN,
    )
    from .resizing import Pad as Pad, PixelShuffle as PixelShuffle, Resize as Resize
    from .separable import DepthwiseConv as DepthwiseConv, SeparableConv as SeparableConv
    from .shaping import (
        Flatten as Flatten,
        Input as Input,
        Permute as Permute,
        RepeatVector as RepeatVector,
        Reshape as Reshape,
        SameShape as SameShape,
    )
    from .sharing import Sharing as Sharing, Way as Way
    from .transformer import (
        TransformerDecoderLayer as TransformerDecoderLayer,
        TransformerEncoderLayer as TransformerEncoderLayer,
    )
    from .wrappers import Bidirectional as Bidirectional, TimeDistributed as TimeDistributed

_ROOMS = {
    "activation": ("PReLU",),
    "attention": ("MultiheadAttention",),
    "conv_lstm": ("ConvLSTM",),
    "conv": (
        "Conv",
        "LocalConv",
    ),
    "count": (
        "Count",
        "Term",
    ),
    "dense": (
        "Bilinear",
        "Dense",
    ),
    "einsum": ("EinsumDense",),
    "embedding": ("Embedding",),
    "joining": (
        "Concatenate",
        "Merge",
    ),
    "kind": ("Kind",),
    "lenet": (
        "MappedConv",
        "PositionBias",
        "RadialBasis",
        "Subsampling",
    ),
    "misconceptions": (
        "MISCONCEPTIONS",
        "Misconception",
    ),
    "diagnosing": (
        "Diagnosis",
        "diagnose",
    ),
    "norm": (
        "BatchNorm",
        "GroupNorm",
        "InstanceNorm",
        "LayerNorm",
        "RMSNorm",
        "UnitNorm",
    ),
    "pooling": (
        "AdaptivePool",
        "GlobalPool",
        "Pool",
    ),
    "recurrent": (
        "GRU",
        "LSTM",
        "Recurrent",
        "SimpleRNN",
    ),
    "resizing": (
        "Pad",
        "PixelShuffle",
        "Resize",
    ),
    "separable": (
        "DepthwiseConv",
        "SeparableConv",
    ),
    "shaping": (
        "Flatten",
        "Input",
        "Permute",
        "RepeatVector",
        "Reshape",
        "SameShape",
    ),
    "sharing": (
        "Sharing",
        "Way",
    ),
    "transformer": (
        "TransformerDecoderLayer",
        "TransformerEncoderLayer",
    ),
    "wrappers": (
        "Bidirectional",
        "TimeDistributed",
    ),
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}


# Loaded on first use (PEP 562), so that a question about one kind doesn't wait for all the others.
def __getattr__(name: str) -> object:
    if name not in _ROOM_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_ROOM_OF[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_ROOM_OF])
