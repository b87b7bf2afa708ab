"""Why does this layer have that many parameters? Weight sharing in convolutions, to run and open.

The rooms: `counting` (arithmetic only), `spelling` (text to layer kind), `layers` (the modules),
`witnesses` (who counts a live model), `practice` (what lessons are made of). The names that people
use most are here as well: ``from sharedconv import SharedConv2d, cross_check``.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .counting import (
        Conv as Conv,
        Count as Count,
        Dense as Dense,
        Term as Term,
        diagnose as diagnose,
    )
    from .layers import (
        LocalConv as LocalConv,
        LocalConv1d as LocalConv1d,
        LocalConv2d as LocalConv2d,
        LocalConv3d as LocalConv3d,
        LocalConvTranspose as LocalConvTranspose,
        LocalConvTranspose1d as LocalConvTranspose1d,
        LocalConvTranspose2d as LocalConvTranspose2d,
        LocalConvTranspose3d as LocalConvTranspose3d,
        SharedConv as SharedConv,
        SharedConv1d as SharedConv1d,
        SharedConv2d as SharedConv2d,
        SharedConv3d as SharedConv3d,
        SharedConvTranspose as SharedConvTranspose,
        SharedConvTranspose1d as SharedConvTranspose1d,
        SharedConvTranspose2d as SharedConvTranspose2d,
        SharedConvTranspose3d as SharedConvTranspose3d,
        conv_matrix as conv_matrix,
        from_keras as from_keras,
        from_torch as from_torch,
        to_torch as to_torch,
    )
    from .spelling import (
        read as read,
    )
    from .witnesses.compare import compare as compare
    from .witnesses.cross_check import cross_check as cross_check
    from .witnesses.sharing import compare_sharing as compare_sharing
    from .witnesses.summary import summary as summary
    from .witnesses.tally import tally as tally

_ROOMS = {
    "counting": (
        "Conv",
        "Count",
        "Dense",
        "Term",
        "diagnose",
    ),
    "layers": (
        "LocalConv",
        "LocalConv1d",
        "LocalConv2d",
        "LocalConv3d",
        "LocalConvTranspose",
        "LocalConvTranspose1d",
        "LocalConvTranspose2d",
        "LocalConvTranspose3d",
        "SharedConv",
        "SharedConv1d",
        "SharedConv2d",
        "SharedConv3d",
        "SharedConvTranspose",
        "SharedConvTranspose1d",
        "SharedConvTranspose2d",
        "SharedConvTranspose3d",
        "conv_matrix",
        "from_keras",
        "from_torch",
        "to_torch",
    ),
    "spelling": ("read",),
    "witnesses": (
        "compare",
        "compare_sharing",
        "cross_check",
        "summary",
        "tally",
    ),
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}


# Names are loaded on first use (PEP 562): `sharedconv explain` needs no torch and never loads it.
def __getattr__(name: str) -> object:
    if name not in _ROOM_OF:
        raise AttributeError(f"module 'sharedconv' has no attribute {name!r}")
    return getattr(import_module(f".{_ROOM_OF[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_ROOM_OF])
