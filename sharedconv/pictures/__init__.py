"""Pictures of weight sharing, drawn by matplotlib, which is loaded when the first one is drawn.

Each is a function that takes a layer or a network and gives a figure; `save` writes it, and
`alternative` says in words what it shows.
"""

from .cells import matrix
from .connected import arrows
from .difference import frameworks
from .growth import sizes
from .saving import alternative, save
from .slide import moving, sliding
from .stack import receptive
from .where import areas

__all__ = [
    "alternative",
    "areas",
    "arrows",
    "frameworks",
    "matrix",
    "moving",
    "receptive",
    "save",
    "sizes",
    "sliding",
]
