"""The kinds of check that an exercise can ask for.

A check is a function that takes the learner's `Work` and, by name, the arguments of its table in
the manifest. It gives the facts that the words after success may use, or raises `NotYet` with what
to tell the learner. To add one, write the function and give it a line in `CHECKS`.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Check = Callable[..., dict[str, str]]

CHECKS = {
    "count": "counts",
    "formula": "formula",
    "layer": "modules",
    "same": "tensors",
    "shift": "shifts",
}
"""The name of a check, which is that of its function too -> the module where it is."""


def check_named(kind: str) -> Check:
    """The function of a check; ValueError where there is none of this name.

    Loaded on first use: a number is judged without waiting for torch.
    """
    if kind not in CHECKS:
        raise ValueError(f"there is no check {kind!r}; there are {', '.join(CHECKS)}")
    function: Check = getattr(import_module(f".{CHECKS[kind]}", __name__), kind)
    return function
