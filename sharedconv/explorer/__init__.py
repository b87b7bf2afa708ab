"""One web page that answers the question for any layer: a file to open, and to link to.

Everything that it counts comes from Python as data (`data`): the terms of each layer kind, the
slips that people make of them, the constructors of Keras and PyTorch. Its script binds the names
of factors to the fields of the page and multiplies.
"""

from .data import explorer_data
from .page import make_page

__all__ = ["explorer_data", "make_page"]
