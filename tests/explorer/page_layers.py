"""Random layers: as the page's link spells them, and as Python makes them."""

from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import urlencode

from sharedconv.counting import Conv, Count, Dense, DepthwiseConv, LocalConv, SeparableConv
from sharedconv.counting.diagnosing import Diagnosis, one_slip_more

KINDS = ("conv", "unshared", "transposed", "depthwise", "separable", "dense")


@dataclass(frozen=True)
class Layer:
    """A layer in the page's words and in Python's; kind is None where Python refuses it."""

    link: dict[str, str]
    kind: Any

    def fragment(self, **more: object) -> str:
        return urlencode({**self.link, **{name: str(each) for name, each in more.items()}})


def random_layer(random: Random, large: bool = False) -> Layer:
    """Any kind, any numbers; some can't be."""
    name = random.choice(KINDS)
    bias = random.random() < 0.7
    link = {"kind": name, "bias": str(int(bias))}
    if name == "dense":
        inputs, units = _size(random, 2000, large), _size(random, 100, large)
        link |= {"dims": "1", "inputs": str(inputs), "units": str(units)}
        return Layer(link, Dense(inputs, units, bias))
    ndim = random.choice((1, 2) if name == "separable" else (1, 2, 2, 3))
    groups = random.choice((1, 1, 1, 2, 3)) if name in ("conv", "unshared", "transposed") else 1
    channels = groups * _size(random, 9, large)
    # now and then one that the groups don't divide
    filters = groups * _size(random, 9, large) + (random.random() < 0.05)
    multiplier = random.choice((1, 1, 2, 3))
    padding: Any = tuple(random.choice((0, 0, 1, 2)) for _ in range(ndim))
    words = ("valid", "same", *(["causal"] if ndim == 1 and name != "transposed" else []))
    if random.random() < 0.35:
        padding = random.choice(words)
    along: dict[str, Any] = {
        "input_size": tuple(_size(random, 40, large) + 2 for _ in range(ndim)),
        "kernel_size": tuple(random.choice((1, 2, 3, 3, 5)) for _ in range(ndim)),
        "stride": tuple(random.choice((1, 1, 2, 3)) for _ in range(ndim)),
        "dilation": tuple(random.choice((1, 1, 1, 2)) for _ in range(ndim)),
    }
    spelled = {"input_size": "input", "kernel_size": "kernel"}
    link |= {spelled.get(each, each): "x".join(map(str, sizes)) for each, sizes in along.items()}
    link |= {
        "padding": padding if isinstance(padding, str) else "x".join(map(str, padding)),
        "dims": str(ndim),
        "channels": str(channels),
        "filters": str(filters),
        "groups": str(groups),
        "multiplier": str(multiplier),
    }
    given = {**along, "padding": padding, "bias": bias}
    extra = None
    if name == "transposed" and random.random() < 0.4:
        extra = tuple(random.choice((0, 1)) for _ in range(ndim))
        link["extra"] = "x".join(map(str, extra))
    try:
        kind: Any = {
            "conv": lambda: Conv(channels, filters, groups=groups, **given),
            "unshared": lambda: LocalConv(channels, filters, groups=groups, **given),
            "transposed": lambda: Conv(
                channels, filters, groups=groups, transposed=True, output_padding=extra, **given
            ),
            "depthwise": lambda: DepthwiseConv(channels, depth_multiplier=multiplier, **given),
            "separable": lambda: SeparableConv(
                channels, filters, depth_multiplier=multiplier, **given
            ),
        }[name]()
    except ValueError:
        kind = None
    return Layer(link, kind)


def _size(random: Random, most: int, large: bool) -> int:
    return random.randrange(10**12, 10**18) if large else random.randint(1, most)


def random_expectation(random: Random, count: Count) -> int:
    """A number that somebody may have expected: most often one that slips lead to."""
    reached: list[tuple[int, Diagnosis]] = [(0, Diagnosis((), count))]
    for _ in range(random.choice((0, 1, 1, 2, 3))):
        start, so_far = reached[-1]
        more = list(one_slip_more(start, so_far))
        if more:
            reached.append(random.choice(more))
    return reached[-1][1].number if random.random() < 0.9 else random.randint(0, 5000)
