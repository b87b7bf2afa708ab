"""Random models for the witnesses, and what real Keras counts for the same layers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import torch
from hypothesis import strategies as st
from torch import Tensor, nn

from sharedconv import layers

SPACE = ("1d", "2d", "3d")


class Own(nn.Module):
    """A layer that somebody wrote for themselves, so that nobody has a rule for it."""

    def __init__(self, size: int = 1) -> None:
        super().__init__()
        self.slope = nn.Parameter(torch.ones(size))

    def forward(self, x: Tensor) -> Tensor:
        return x * self.slope


@dataclass(frozen=True)
class Case:
    """A model, and for each of its layers how real Keras builds it (None: it has no such layer)."""

    model: nn.Module
    in_keras: tuple[Callable[[], Any] | None, ...]

    def counted_by_keras(self) -> int | None:
        """The sum of ``count_params()``; None where Keras has no such layer or refuses it."""
        if None in self.in_keras:
            return None
        try:
            return sum(build().count_params() for build in self.in_keras if build)
        except ValueError:
            return None


@st.composite
def models(draw: st.DrawFn) -> Case:
    """One to three layers of any kind, not fitting together; sometimes one of them twice.

    Some are frozen, some are on the device meta. Nobody runs these models.
    """
    made = draw(st.lists(one_layer(), min_size=1, max_size=3))
    modules = [module for module, _ in made]
    if draw(st.booleans()):
        modules.append(draw(st.sampled_from(modules)))
    for module in modules:
        module.requires_grad_(draw(st.booleans()))
    return Case(nn.Sequential(*modules), tuple(build for _, build in made))


def one_layer() -> st.SearchStrategy[tuple[nn.Module, Callable[[], Any] | None]]:
    # the convolutions are what this is about
    return st.one_of(convolutions(), convolutions(), convolutions(), linears(), batch_norms())


@st.composite
def convolutions(draw: st.DrawFn) -> tuple[nn.Module, Callable[[], Any] | None]:
    ndim = draw(st.integers(1, 3))
    local = draw(st.sampled_from([False, False, False, True]))
    transposed = draw(st.booleans())
    groups = draw(st.sampled_from([1, 1, 2, 3]))
    most = 2 if local else 4

    def per_axis(least: int, most: int) -> Any:
        return draw(st.tuples(*[st.integers(least, most)] * ndim))

    kernel_size = per_axis(1, most)
    arguments: dict[str, Any] = {
        "in_channels": groups * draw(st.integers(1, most)),
        "out_channels": groups * draw(st.integers(1, most)),
        "kernel_size": kernel_size,
        "stride": per_axis(1, 3),
        "padding": per_axis(0, 2),
        # Keras mostly refuses both above 1
        "dilation": draw(st.sampled_from([1, 1, 2])),
        "groups": groups,
        "bias": draw(st.booleans()),
        "device": draw(st.sampled_from(["cpu", "meta"])),
    }
    if local:
        arguments["bias"] = draw(st.sampled_from([True, False, "channel"]))
        # large enough for a kernel of 2 with dilation 2 and no padding
        arguments["input_size"] = per_axis(3, 5)
        if transposed:  # more would cut away the whole output
            arguments["padding"] = per_axis(0, 1)
    elif not transposed and draw(st.booleans()):
        arguments["padding"], arguments["stride"] = draw(st.sampled_from(["same", "valid"])), 1
    name = f"Conv{'Transpose' if transposed else ''}{SPACE[ndim - 1]}"
    names = [("Local", layers)] if local else [("Shared", layers), ("", nn)]
    prefix, room = draw(st.sampled_from(names))
    module: nn.Module = getattr(room, prefix + name)(**arguments)
    if local or (transposed and groups > 1):
        return module, None  # Keras 3 has neither, not even as an argument

    def build() -> Any:
        more = {} if transposed else {"groups": groups}
        layer = getattr(keras.layers, f"Conv{ndim}D{'Transpose' if transposed else ''}")(
            arguments["out_channels"],
            kernel_size,
            strides=arguments["stride"],
            dilation_rate=arguments["dilation"],
            use_bias=arguments["bias"],
            **more,
        )
        layer.build((None, *[20] * ndim, arguments["in_channels"]))
        return layer

    return module, build


@st.composite
def linears(draw: st.DrawFn) -> tuple[nn.Module, Callable[[], Any] | None]:
    inputs, units, bias = draw(st.integers(1, 30)), draw(st.integers(1, 30)), draw(st.booleans())

    def build() -> Any:
        layer = keras.layers.Dense(units, use_bias=bias)
        layer.build((None, inputs))
        return layer

    return nn.Linear(inputs, units, bias), build


@st.composite
def batch_norms(draw: st.DrawFn) -> tuple[nn.Module, Callable[[], Any] | None]:
    channels, affine = draw(st.integers(1, 20)), draw(st.booleans())
    kind = draw(st.sampled_from(SPACE))

    def build() -> Any:
        layer = keras.layers.BatchNormalization(center=affine, scale=affine)
        layer.build((None, channels))
        return layer

    return getattr(nn, f"BatchNorm{kind}")(channels, affine=affine), build


def tied_embedding(words: int, features: int) -> nn.Module:
    """An embedding and a linear head that hold one and the same parameter."""
    model = nn.Sequential(nn.Embedding(words, features), nn.Linear(features, words, bias=False))
    model[1].weight = model[0].weight
    return model


class Twice(nn.Module):
    """One linear layer, used two times."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(8, 8)

    def forward(self, x: Tensor) -> Tensor:
        return self.layer(self.layer(x))
