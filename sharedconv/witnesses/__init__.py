"""Who says how many parameters a live model has: the rule, the tally, torchinfo, Keras, a matrix.

They don't know each other, so where they agree the number is right, and where they don't,
`cross_check` says why.
"""

from .by_keras import by_keras, keras_layer
from .by_matrix import by_matrix
from .by_torchinfo import by_torchinfo
from .cross_check import CrossCheck, cross_check
from .forward import run
from .load import load_model
from .rule import count_of, kind_of, rule
from .summary import Row, Summary, summary
from .tally import Tally, tally
from .testimony import Testimony

__all__ = [
    "CrossCheck",
    "Row",
    "Summary",
    "Tally",
    "Testimony",
    "by_keras",
    "by_matrix",
    "by_torchinfo",
    "count_of",
    "cross_check",
    "keras_layer",
    "kind_of",
    "load_model",
    "rule",
    "run",
    "summary",
    "tally",
]
