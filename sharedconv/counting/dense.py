"""Dense layers: every input connected to every output, nothing shared between them.

Sources: ``torch.nn.Linear`` and ``keras.layers.Dense``; ``torch.nn.Bilinear``.
"""

from __future__ import annotations

from math import prod

from .count import Count, Term
from .kind import Kind
from .sizes import counted, image_size, times, whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


class Dense(Kind):
    """A dense (fully connected, linear) layer, applied to the last dimension of its input.

    in_features, units: how many numbers go in and come out.
    bias: whether each unit adds one learned number.
    positions: the dimensions in front of the features, at each of which the same weights are
        used; () for a plain vector. None where a size isn't known.

    Raises ValueError or TypeError, in one sentence, for sizes that no layer can have.
    """

    in_features: int
    units: int
    bias: bool
    positions: tuple[int | None, ...]

    def __init__(
        self,
        in_features: int,
        units: int,
        bias: bool = True,
        *,
        positions: Sequence[int | None] = (),
    ) -> None:
        if not isinstance(bias, bool):
            raise TypeError(f"bias is {bias!r}; it has to be True or False")
        super().__init__(
            in_features=whole("in_features", in_features),
            units=whole("units", units),
            bias=bias,
            positions=image_size("positions", tuple(positions), len(positions)),
        )

    def count(self) -> Count:
        """kernel: units × in_features; bias: units."""
        terms = [Term("kernel", {"units": self.units, "in_features": self.in_features})]
        if self.bias:
            terms.append(Term("bias", {"units": self.units}))
        return Count(terms)

    def output_shape(self) -> tuple[int | None, ...]:
        """The input's shape with the features replaced by the units: ``(*positions, units)``."""
        return (*self.positions, self.units)

    def mult_adds(self) -> int:
        """Multiplications, each with its addition, for one input; the bias's additions aside."""
        return _places(self.positions) * self.units * self.in_features

    def about(self) -> str:
        """Where the numbers of the count come from, in sentences."""
        inputs = counted(self.in_features, "input")
        what = (
            f"Each unit has a weight of its own for each of the {inputs}"
            if self.in_features > 1
            else "Each unit has a weight of its own for the one input"
        )
        more = ", and one number more, its bias" if self.bias else "; there is no bias here"
        return f"{what}{more}. Nothing is shared within the layer: no weight is used twice."


class Bilinear(Kind):
    """A layer on two inputs: each unit has a weight for every pair of numbers, one from each.

    in1_features, in2_features, units: how many numbers go in and come out.
    bias, positions: as in `Dense`.

    Raises ValueError or TypeError, in one sentence, for sizes that no layer can have.
    """

    in1_features: int
    in2_features: int
    units: int
    bias: bool
    positions: tuple[int | None, ...]

    def __init__(
        self,
        in1_features: int,
        in2_features: int,
        units: int,
        bias: bool = True,
        *,
        positions: Sequence[int | None] = (),
    ) -> None:
        if not isinstance(bias, bool):
            raise TypeError(f"bias is {bias!r}; it has to be True or False")
        super().__init__(
            in1_features=whole("in1_features", in1_features),
            in2_features=whole("in2_features", in2_features),
            units=whole("units", units),
            bias=bias,
            positions=image_size("positions", tuple(positions), len(positions)),
        )

    def count(self) -> Count:
        """kernel: units × in1_features × in2_features; bias: units."""
        pairs = {"in1_features": self.in1_features, "in2_features": self.in2_features}
        terms = [Term("kernel", {"units": self.units, **pairs})]
        if self.bias:
            terms.append(Term("bias", {"units": self.units}))
        return Count(terms)

    def output_shape(self) -> tuple[int | None, ...]:
        """An input's shape with its features replaced by the units: ``(*positions, units)``."""
        return (*self.positions, self.units)

    def mult_adds(self) -> int:
        """Positions × units × in1_features × in2_features: one for each product with a weight."""
        weights = self.units * self.in1_features * self.in2_features
        return _places(self.positions) * weights

    def about(self) -> str:
        """Where the numbers of the count come from, in sentences."""
        more = ", and one number more, its bias" if self.bias else "; there is no bias here"
        return (
            f"Each unit has a weight of its own for every pair of one of the "
            f"{counted(self.in1_features, 'number')} of the first input and one of the "
            f"{counted(self.in2_features, 'number')} of the second{more}."
        )


def _places(positions: Sequence[int | None]) -> int:
    known = [size for size in positions if size is not None]
    if len(known) < len(positions):
        raise ValueError(
            "mult_adds() needs every dimension in front of the features, "
            f"and they are {times(positions)}; give a number for each"
        )
    return prod(known)
