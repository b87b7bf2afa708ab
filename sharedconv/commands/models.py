"""A model by the name that somebody typed."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def model_named(name: str) -> tuple[Any, Any]:
    """A network, which knows the shape of its input, or a model from a learner's own file.

    Raises ValueError, in one sentence, where there is none of this name.
    """
    from ..networks import NETWORKS
    from ..spelling.call import nearest
    from ..witnesses import load_model

    if ":" in name or name.endswith(".py"):
        return load_model(name), None
    if name not in NETWORKS:
        raise ValueError(
            f"there is no network {name!r}; {nearest(name, list(NETWORKS))} (A model of yours is "
            "FILE.py:NAME.)"
        )
    return NETWORKS[name].on_meta(), NETWORKS[name].input_size
