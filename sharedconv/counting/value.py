"""What terms, counts and layer kinds have in common: they are values."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self


class Value:
    """Something that is set once, never changes, and equals whatever has the same fields.

    A subclass writes its own ``__init__``, checks its arguments there, and ends with
    ``super().__init__(field=..., ...)``. (``dataclasses`` would give the same, but importing
    it takes longer than the whole rest of the ``sharedconv explain`` command.)
    """

    def __init__(self, **fields: Any) -> None:
        vars(self).update(fields)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(
            f"{type(self).__name__} cannot be changed (tried to set {name}); "
            f"use .replace({name}=...) to get a changed copy"
        )

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} cannot be changed (tried to delete {name})")

    def replace(self, **changes: Any) -> Self:
        """A copy with some fields changed; checked like any new one."""
        return type(self)(**{**vars(self), **changes})

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((type(self), *vars(self).values()))

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return f"{type(self).__name__}({fields})"
