"""Parameter counts by arithmetic alone: the first witness. Nothing here imports torch.

A layer kind (`Conv`, `LocalConv`, `Dense`, `BatchNorm`) holds hyperparameters and answers
``.count()``, ``.output_shape()`` and ``.mult_adds()``. The count is a `Count`: a sum of `Term`s,
each a product of named factors.
"""

from .conv import Conv, LocalConv
from .count import Count, Term
from .dense import Dense
from .misconceptions import MISCONCEPTIONS, Diagnosis, Misconception, diagnose
from .norm import BatchNorm

__all__ = [
    "MISCONCEPTIONS",
    "BatchNorm",
    "Conv",
    "Count",
    "Dense",
    "Diagnosis",
    "LocalConv",
    "Misconception",
    "Term",
    "diagnose",
]
