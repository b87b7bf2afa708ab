"""The shape of one input, as people write it: 100x100x1."""

from __future__ import annotations

from ..counting.sizes import counted, times
from ..counting.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST = 12
"""No layer here takes more dimensions; a longer shape is a slip of the keyboard."""


class Shape(Value):
    """The shape of one input, without the batch: sizes, and which of them is the channels.

    sizes: as written; None where a size isn't known.
    channels_last: True for height × width × channels, Keras's order; False for channels ×
        height × width, PyTorch's.
    """

    sizes: tuple[int | None, ...]
    channels_last: bool

    def __init__(self, sizes: Sequence[int | None], channels_last: bool) -> None:
        super().__init__(sizes=tuple(sizes), channels_last=channels_last)

    def __str__(self) -> str:
        return times(self.sizes)

    @property
    def order(self) -> str:
        """How the numbers are read, in words."""
        return "channels last" if self.channels_last else "channels first"

    @property
    def channels(self) -> int | None:
        """The number of channels."""
        return self.sizes[-1] if self.channels_last else self.sizes[0]

    def image(self, ndim: int) -> tuple[int | None, ...]:
        """The sizes without the channels.

        Raises ValueError where there aren't `ndim` of them.
        """
        if len(self.sizes) != ndim + 1:
            example = {1: "100x1", 2: "100x100x1", 3: "16x100x100x1"}.get(ndim, "")
            if example and not self.channels_last:
                example = f"1x{example.removesuffix('x1')}"
            batch = "; leave the batch out" if len(self.sizes) == ndim + 2 else ""
            raise ValueError(
                f"the input is {self}, which is {counted(len(self.sizes), 'number')}; this layer "
                f"takes {ndim + 1} ({self.order}), such as {example}{batch}"
            )
        return self.sizes[:-1] if self.channels_last else self.sizes[1:]


def read_shape(text: str, what: str = "the input shape") -> tuple[int | None, ...]:
    """``100x100x1``, ``100×100×1``, ``(100, 100, 1)`` or ``100,100,1``; None or ? for unknown.

    Raises ValueError, in one sentence, for anything else.
    """
    plain = text.strip().removeprefix("(").removesuffix(")").removesuffix(",")
    plain = plain.lower().replace("×", "x").replace("*", "x").replace(",", "x")
    sizes: list[int | None] = []
    for part in (each.strip() for each in plain.split("x")):
        if part in ("none", "?"):
            sizes.append(None)
        elif part.isascii() and part.isdigit() and len(part) <= 100 and int(part) > 0:
            sizes.append(int(part))
        else:
            shown = text if len(text) <= 60 else f"{text[:57]}..."
            raise ValueError(
                f"{what} {shown!r} is not a shape; write whole numbers above 0 with an "
                "x between them, such as 100x100x1 (height, width, channels)"
            )
    if len(sizes) > LONGEST:
        raise ValueError(
            f"{what} has {len(sizes)} dimensions; no layer here takes more than {LONGEST}"
        )
    return tuple(sizes)
