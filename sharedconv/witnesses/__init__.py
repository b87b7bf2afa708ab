"""Who says how many parameters a live model has: the rule, the tally, torchinfo, Keras, a matrix.

They don't know each other, so where they agree the number is right, and where they don't,
`cross_check` says why.
"""

from .by_keras import by_keras, keras_layer
from .by_matrix import by_matrix
from .by_torchinfo import by_torchinfo
from .compare import Comparison, compare
from .connections import Connections, connections
from .cross_check import CrossCheck, cross_check
from .export import FORMS, export
from .forward import run
from .load import is_keras, load_model
from .load_keras import load_keras
from .rows import Row
from .rule import count_of, kind_of, rule
from .sharing import compare_sharing
from .summary import Summary, summary
from .tally import Memory, Tally, tally
from .testimony import Testimony
from .waiting import Waiting

__all__ = [
    "FORMS",
    "Comparison",
    "Connections",
    "CrossCheck",
    "Memory",
    "Row",
    "Summary",
    "Tally",
    "Testimony",
    "Waiting",
    "by_keras",
    "by_matrix",
    "by_torchinfo",
    "compare",
    "compare_sharing",
    "connections",
    "count_of",
    "cross_check",
    "export",
    "is_keras",
    "keras_layer",
    "kind_of",
    "load_keras",
    "load_model",
    "rule",
    "run",
    "summary",
    "tally",
]
