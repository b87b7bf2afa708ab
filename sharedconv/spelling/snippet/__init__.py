"""A pasted piece of Keras or PyTorch, read into the models that it makes. Nothing is executed.

The text is taken apart by Python's own parser and followed like a careful reader would follow it,
statement by statement: plain values, arithmetic, loops over ranges and lists, functions and classes
of the text's own. What has no part in a count (training, printing) is passed over; what has one and
isn't understood is named with its line.
"""

from .read import read_snippet
from .rows import Model, Row, row_of

__all__ = ["Model", "Row", "read_snippet", "row_of"]
