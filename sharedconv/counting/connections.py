"""Connections, the word of the first papers: what each unit of a layer is connected to.

A unit is one number that a layer gives out. It is connected to the inputs that it reads and to its
bias; without sharing, each connection would have a weight of its own. So a layer's connections are
its parameters, each as often as it is used: at every position of the output.

Source: LeCun et al. 1989, Neural Computation 1(4), and LeCun, Bottou, Bengio and Haffner 1998,
Proc. IEEE 86(11), section II.B, who give both numbers for every layer.
"""

from __future__ import annotations

from math import prod

from .conv import Conv, LocalConv
from .dense import Dense
from .lenet import MappedConv, PositionBias, RadialBasis, Subsampling
from .norm import BatchNorm
from .separable import DepthwiseConv
from .sizes import named_axes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .count import Count, Term
    from .kind import Kind

SUMMING = (Conv, LocalConv, DepthwiseConv, Dense, MappedConv, Subsampling, RadialBasis)
"""Layers in which a unit sums up what it reads."""
ONE_BY_ONE = (PositionBias, BatchNorm)
"""Layers that change each number by itself, and so belong to the units in front of them."""


def connections(kind: Kind) -> Count:
    """How many connections a layer has, and why: each term of its count at every position.

    The factor of a subsampling connects each number of its window; a batch norm's scale and shift
    are two connections of each unit. At the border a kernel is connected to what is assumed there.

    Raises ValueError, in one sentence, where the input size isn't known, and for a kind of which
    nobody says what its connections are.
    """
    if isinstance(kind, RadialBasis):
        kind = kind.replace(fixed=True)
    count = kind.count()
    if not count.terms:
        return count
    positions = _positions(kind)

    def used(term: Term) -> Term:
        window = {name: size for name, size in term.beside.items() if name.startswith("window ")}
        return term.replace(factors={**positions, **window, **term.factors})

    return count.edited(used)


def units(kind: Kind) -> int:
    """How many units a layer adds to a network: the numbers that it gives out.

    0 for a layer without weights, and for one that changes each number by itself. Raises
    ValueError as `connections` does.
    """
    if not isinstance(kind, SUMMING):
        return 0
    _positions(kind)
    return prod(size for size in kind.output_shape() if size is not None)


def _positions(kind: Kind) -> dict[str, int]:
    name = type(kind).__name__
    if type(kind) not in (*SUMMING, *ONE_BY_ONE) or getattr(kind, "transposed", False):
        backwards = "transposed " if getattr(kind, "transposed", False) else ""
        known = ", ".join(each.__name__ for each in (*SUMMING, *ONE_BY_ONE))
        raise ValueError(
            f"the connections of a {backwards}{name} aren't known; those of {known} are"
        )
    shape = kind.output_shape()
    sizes = kind.size if isinstance(kind, BatchNorm) else shape[1:] if kind.image else shape[:-1]
    known_sizes = [size for size in sizes if size is not None]
    if len(known_sizes) < len(sizes):
        raise ValueError(
            f"the connections of a {name} are counted at every position, and its input size isn't "
            "known; give a number for every dimension"
        )
    return named_axes("output", known_sizes)
