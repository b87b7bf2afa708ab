"""What each layer kind's counts are made of, and what slips make of them: asked of the real rules.

A layer of telling numbers (`probes`) is counted, diagnosed and compared by `counting`; what comes
out is written down with the fields in place of the numbers. Whatever depends on the numbers alone
(a stride of 1, groups of 1) is left to the page's products: a slip that doesn't change the number
there explains nothing, in Python as on the page.
"""

from __future__ import annotations

from string import ascii_letters
from typing import TYPE_CHECKING

from ..counting.connections import connections
from ..counting.conv import Conv
from ..counting.count import Count
from ..counting.diagnosing import MOST_SLIPS, Diagnosis, one_slip_more
from ..counting.edits import is_a
from ..counting.misconceptions import MISCONCEPTIONS
from ..counting.norm import BatchNorm, LayerNorm
from ..counting.separable import DepthwiseConv, SeparableConv
from ..counting.sharing import sharing
from . import probes
from .factors import Where

if TYPE_CHECKING:
    from typing import Any

    from ..counting.count import Term
    from ..counting.kind import Kind
    from .factors import Factors
    from .tracing import Formula


def structure(kind: str, ndim: int, bias: bool, factors: Factors) -> dict[str, Any]:
    """One layer kind as data.

    terms: its count. channels: what comes out at each position. mult_adds, connections: terms,
    too. sharing: the same inputs and outputs connected in each way, the count and the
    multiplications. slips: a tree, written short: a slip's place among the misconceptions in
    digits, the terms that it leads to in two letters each, and in brackets what slips besides lead
    to. filter: the word for what has weights.
    """
    given = probes.with_outputs(kind, ndim, probes.numbers(ndim))
    layer, where = probes.layer(kind, ndim, bias, given), Where(ndim, given)
    count = layer.count()
    ways = sharing(layer).ways if isinstance(layer, Conv) else ()
    return {
        "terms": factors.of(count, where),
        "channels": _channels(layer, where),
        "mult_adds": factors.of(_multiplied(layer), where),
        "connections": _connections(layer, where, factors),
        "sharing": {
            way.name: [
                factors.of(way.parameters, where),
                factors.of(_multiplied(way.kind), where),
            ]
            for way in ways
        },
        "filter": Diagnosis((), count).what_has_weights,
        "slips": _slips(0, Diagnosis((), count), where, factors),
    }


def norms(factors: Factors) -> dict[str, list[int]]:
    """The terms of a norm: framework, whether it scales, whether it shifts -> terms.

    "layer" in place of a framework: a layer norm, which both count alike.
    """
    given = probes.numbers(1)
    where, size = Where(1, given), given["channels"]
    kinds = {
        f"{which} {int(scale)} {int(shift)}": LayerNorm(size, scale, shift)
        if which == "layer"
        else BatchNorm(size, scale, shift, which == "keras")
        for which in ("keras", "torch", "layer")
        for scale in (True, False)
        for shift in (True, False)
    }
    return {name: factors.of(kind.count(), where) for name, kind in kinds.items()}


def renamed() -> dict[str, list[str]]:
    """Factors that are called otherwise where a field is 1: name -> the field, the other name."""
    given = probes.numbers(2)
    names = [
        [
            name
            for term in probes.layer("conv", 2, True, each).count().terms
            for name in term.factors
        ]
        for each in (given, {**given, "groups": 1})
    ]
    pairs = zip(*names, strict=True)
    return {name: ["groups", other] for name, other in pairs if name != other}


def _slips(start: int, so_far: Diagnosis, where: Where, factors: Factors) -> str:
    if len(so_far.misconceptions) == MOST_SLIPS:
        return ""
    nodes = []
    for place, found in one_slip_more(start, so_far):
        slip = MISCONCEPTIONS.index(found.misconceptions[-1])
        terms = "".join(map(_in_letters, factors.of(found.count, where)))
        more = _slips(place, found, where, factors)
        nodes.append(f"{slip}{terms}({more})" if more else f"{slip}{terms}")
    return "".join(nodes)


def _in_letters(place: int) -> str:
    high, low = divmod(place, len(ascii_letters))
    return ascii_letters[high] + ascii_letters[low]


def _multiplied(layer: Kind) -> Count:
    """The multiplications as terms: each weight as often as it is used."""
    conv = _positions_of(layer)
    places: dict[str, int] = {}
    if conv is not None:
        # an unshared layer has its weights once for each position, and multiplies by each once
        each = conv.unshared().replace(bias=False).count().terms[0].factors
        images = ("input ", "output ")
        places = {name: size for name, size in each.items() if name.startswith(images)}

    def used(term: Term) -> Term | None:
        return term.without(*places).times(places) if is_a("kernel", term) else None

    found = layer.count().edited(used)
    if found.total != layer.mult_adds():
        raise LookupError(f"the page can't tell the multiplications of {layer!r}")
    return found


def _positions_of(layer: Kind) -> Conv | None:
    if isinstance(layer, SeparableConv):
        layer = layer.depthwise()
    if isinstance(layer, DepthwiseConv):
        layer = layer.as_conv()
    return layer if isinstance(layer, Conv) else None


def _connections(layer: Kind, where: Where, factors: Factors) -> list[int] | None:
    try:
        return factors.of(connections(layer), where)
    except ValueError:  # nobody says what they are in this kind
        return None


def _channels(layer: Kind, where: Where) -> Formula:
    if isinstance(layer, DepthwiseConv):
        return ["*", "in_channels", "depth_multiplier"]
    shape = layer.output_shape()
    return where.formula("filters", shape[0] or 0)
