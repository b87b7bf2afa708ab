"""What a number in an exercise is about: a layer, a model, a network, and what is counted of it."""

from __future__ import annotations

from decimal import Decimal
from math import prod
from textwrap import fill

from ...counting.conv import Conv
from ...counting.count import Count, number
from ...counting.value import Value
from ...explaining.pasted import is_one_layer
from ...spelling import read, read_shape
from ...spelling.snippet import Model
from ...spelling.text import read_text
from ..say import WIDTH

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ...counting.kind import Kind


class Subject(Value):
    """A layer, a model or a known network, as an exercise names it.

    text: as it was named. count: its parameters. kind: of a single layer. model: of a pasted one.
    """

    text: str
    count: Count
    kind: Kind | None
    model: Model | None

    def __init__(
        self, text: str, count: Count, kind: Kind | None = None, model: Model | None = None
    ) -> None:
        super().__init__(text=text, count=count, kind=kind, model=model)


def subject(of: str, input: str | None = None) -> Subject:
    """What a text of the manifest names.

    of: a layer (``Conv2D(10, 5)``), the lines of a model, or a network's name (``vgg16``).
    input: the shape of one input, in the framework's own order.

    Raises ValueError or TypeError, in one sentence, where it can't be read.
    """
    shape = None if input is None else read_shape(input)
    if of.isidentifier() or of.replace("-", "_").isidentifier():
        return Subject(of, _network(of))
    if is_one_layer(of):
        layer = read(of, shape)
        return Subject(layer.text, layer.count(), kind=layer.kind)
    models = [part for part in read_text(of, shape).parts if isinstance(part, Model)]
    if len(models) != 1:
        raise ValueError(f"{of!r} has to be one model, and is {len(models)}")
    return Subject("the model", models[0].count(), model=models[0])


def _network(name: str) -> Count:
    from ...networks import NETWORKS
    from ...witnesses import count_of

    if name not in NETWORKS:
        raise ValueError(f"there is no network {name!r}; there are {', '.join(NETWORKS)}")
    return count_of(NETWORKS[name].on_meta())


# -- amounts: parameters, and what else can be counted ---------------------------------------------


def part_of(about: Subject, what: str) -> Count | None:
    """The count that is asked for, or None where what is asked is no count of parameters.

    what: "parameters", "trainable", "non-trainable", or a role, such as "kernel" or "bias".
    """
    count = about.count
    if what in OTHER_AMOUNTS:
        return None
    totals = {
        "parameters": count,
        "trainable": count.trainable,
        "non-trainable": count.non_trainable,
    }
    return totals[what] if what in totals else count.role(what)


def amount_of(about: Subject, what: str) -> int:
    """How many there are; ValueError where that can't be told of this subject."""
    part = part_of(about, what)
    if part is not None:
        return part.total
    if not isinstance(about.kind, Conv):
        raise ValueError(f"{about.text} is not one convolution, so its {what} can't be told")
    return OTHER_AMOUNTS[what][0](about.kind)


def _sizes(sizes: Iterable[int | None]) -> list[int]:
    known = [each for each in sizes if each is not None]
    if not known:
        raise ValueError("that needs the size of the input; give it in the manifest")
    return known


OTHER_AMOUNTS: dict[str, tuple[Callable[[Conv], int], str]] = {
    "multiply-adds": (lambda kind: kind.mult_adds(), "multiplications for one input"),
    "size": (lambda kind: _sizes(kind.output_size())[0], "places along one side of the output"),
    "positions": (lambda kind: prod(_sizes(kind.output_size())), "places in the output"),
    "outputs": (
        lambda kind: kind.filters * prod(_sizes(kind.output_size())),
        "numbers that come out",
    ),
    "inputs": (
        lambda kind: kind.in_channels * prod(_sizes(kind.input_size)),
        "numbers that go in",
    ),
}
"""Amounts of a convolution that aren't parameters: how to find them, and what they are."""


MOST_DIGITS = 24
"""A number with more of them is shown by its first ones."""


def short(given: int) -> str:
    """A number that somebody gave, which may be longer than a page."""
    if abs(given) < 10**MOST_DIGITS:
        return number(given)
    digits = Decimal(given).as_tuple().digits  # str refuses to write thousands of them
    first = "".join(map(str, digits[:6]))
    return f"{'-' if given < 0 else ''}{first}... ({number(len(digits))} digits)"


def facts_of(count: Count) -> dict[str, str]:
    """What the words after success may use: total, formula, and sum, a line for each term."""
    return {"total": number(count.total), "formula": count.formula(), "sum": table(count)}


MOST_LINES = 12
"""So many terms of a sum are shown; a network has hundreds."""


def table(count: Count) -> str:
    """A sum with a line for each term, set in and as narrow as the page."""
    roles = max((len(term.role) for term in count.terms), default=0)
    lines = []
    for term in count.terms[:MOST_LINES]:
        product = f"{term.formula()} = {number(term.size)}" if term.factors else "1"
        # a factor and its number stay on one line
        kept = product.replace(" ", NO_BREAK).replace(f"{NO_BREAK}×", " ×")
        kept = kept.replace(f"×{NO_BREAK}", "× ").replace(f"{NO_BREAK}=", " =")
        first, rest = f"  {term.role:<{roles}}   ", " " * (roles + 5)
        lines.append(fill(kept, WIDTH, initial_indent=first, subsequent_indent=rest))
    if len(count.terms) > MOST_LINES:
        lines.append(f"  ... and {len(count.terms) - MOST_LINES} more")
    if len(count.terms) != 1:
        lines.append(f"  together {number(count.total)}")
    return "\n".join(lines).replace(NO_BREAK, " ")


NO_BREAK = "\N{NO-BREAK SPACE}"
