"""From a line of Keras or PyTorch to a layer kind. The line is parsed, never run."""

from .read import Spelled, read
from .shape import Shape, read_shape

__all__ = ["Shape", "Spelled", "read", "read_shape"]
