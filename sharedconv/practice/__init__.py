"""What a lesson script is made of: toggles, a device, questions to answer before looking."""

from .device import choose_device
from .predict import predict
from .say import say
from .toggles import toggles

__all__ = ["choose_device", "predict", "say", "toggles"]
