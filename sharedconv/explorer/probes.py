"""Layers of numbers that give away where they come from.

Each field of the page gets a number that no other has, nor any product or sum that counts: so the
size of a factor says which field it is read from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..counting.conv import Conv, LocalConv
from ..counting.dense import Dense
from ..counting.separable import DepthwiseConv, SeparableConv
from ..counting.sizes import axis_names
from .sizes import NUMBERS, sizes
from .tracing import value

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ..counting.kind import Kind

Numbers = dict[str, int]
"""A number for each field, by its name."""
KINDS = ("conv", "unshared", "transposed", "depthwise", "separable", "dense")
"""The layers that the page shows by themselves."""
PER_AXIS = ("input", "kernel", "stride", "padding", "dilation")


def numbers(ndim: int) -> Numbers:
    """Telling numbers for all fields of a layer in so many dimensions."""
    per_axis = {
        "input": (10_007, 20_011, 30_011),
        "kernel": (37, 41, 43),
        "stride": (2, 3, 5),
        "padding": (17, 19, 23),
        "dilation": (11, 13, 7),
    }
    along = {
        f"{what} {axis}": size
        for what, sizes_along in per_axis.items()
        for axis, size in zip(axis_names(ndim), sizes_along, strict=False)
    }
    return {
        "groups": 5,
        "in_channels": 5 * 101,
        "filters": 2 * 3 * 5 * 127,  # so that groups and strides divide them
        "depth_multiplier": 53,
        "units": 1_013,
        "in_features": 2_011,
        "channels": 3_011,
        **along,
    }


def layer(kind: str, ndim: int, bias: bool, given: Numbers) -> Kind:
    """The layer of this kind with these numbers."""
    if kind == "dense":
        return Dense(given["in_features"], given["units"], bias)
    image: dict[str, Any] = {
        name: tuple(given[f"{what} {axis}"] for axis in axis_names(ndim))
        for what, name in zip(
            PER_AXIS, ("input_size", "kernel_size", "stride", "padding", "dilation"), strict=True
        )
    }
    channels, filters = given["in_channels"], given["filters"]
    made: dict[str, Callable[[], Kind]] = {
        "conv": lambda: Conv(channels, filters, groups=given["groups"], bias=bias, **image),
        "unshared": lambda: LocalConv(
            channels, filters, groups=given["groups"], bias=bias, **image
        ),
        "transposed": lambda: Conv(
            channels, filters, groups=given["groups"], bias=bias, transposed=True, **image
        ),
        "depthwise": lambda: DepthwiseConv(
            channels, depth_multiplier=given["depth_multiplier"], bias=bias, **image
        ),
        "separable": lambda: SeparableConv(
            channels, filters, depth_multiplier=given["depth_multiplier"], bias=bias, **image
        ),
    }
    return made[kind]()


def with_outputs(kind: str, ndim: int, given: Numbers) -> Numbers:
    """The numbers, and those that follow from them: the output's sizes."""
    formulas = sizes(kind == "transposed", NUMBERS)
    known = dict(given)
    for axis in () if kind == "dense" else axis_names(ndim):
        along = {what: given[f"{what} {axis}"] for what in PER_AXIS}
        output = value(formulas["output"], {**along, "size": along["input"]})
        known[f"output {axis}"] = output
    return known
