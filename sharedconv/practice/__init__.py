"""What a lesson script is made of: toggles, a device, questions to answer before looking.

And what comes after it: exercises that answer back, and a learner's progress.
"""

from __future__ import annotations

from .predict import predict
from .say import say
from .showing import show, show_picture
from .toggles import toggles

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .device import choose_device as choose_device

__all__ = ["choose_device", "predict", "say", "show", "show_picture", "toggles"]


# On first use (PEP 562), since it imports torch: exercises and progress don't wait for that.
def __getattr__(name: str) -> object:
    if name != "choose_device":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .device import choose_device

    return choose_device
