"""Random convolutions: what they are made of, and the real layer of each framework made of it.

Every size is drawn so that the real layer exists; whether an output exists is worked out here,
in the strategies, and not by the code under test.
"""

from dataclasses import dataclass, replace
from typing import Any

import keras
from hypothesis import strategies as st
from torch import nn

from sharedconv.counting import Conv

TORCH_CONVS: dict[tuple[int, bool], type[nn.Module]] = {
    (1, False): nn.Conv1d,
    (2, False): nn.Conv2d,
    (3, False): nn.Conv3d,
    (1, True): nn.ConvTranspose1d,
    (2, True): nn.ConvTranspose2d,
    (3, True): nn.ConvTranspose3d,
}
KERAS_CONVS: dict[tuple[int, bool], type[Any]] = {
    (1, False): keras.layers.Conv1D,
    (2, False): keras.layers.Conv2D,
    (3, False): keras.layers.Conv3D,
    (1, True): keras.layers.Conv1DTranspose,
    (2, True): keras.layers.Conv2DTranspose,
    (3, True): keras.layers.Conv3DTranspose,
}


@dataclass(frozen=True)
class Configuration:
    """The hyperparameters of one convolution, in nobody's spelling."""

    in_channels: int
    filters: int
    kernel_size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...] | str
    dilation: tuple[int, ...]
    groups: int
    bias: bool
    transposed: bool
    output_padding: tuple[int, ...] | None
    size: tuple[int, ...]

    @property
    def ndim(self) -> int:
        return len(self.kernel_size)

    def kind(self) -> Conv:
        """Ours."""
        return Conv(
            self.in_channels,
            self.filters,
            self.kernel_size,
            self.stride,
            self.padding,
            self.dilation,
            self.groups,
            self.bias,
            transposed=self.transposed,
            output_padding=self.output_padding,
            input_size=self.size,
        )

    def torch_arguments(self) -> dict[str, Any]:
        """By the names of ``torch.nn.ConvNd``."""
        more: dict[str, Any] = (
            {"output_padding": self.output_padding or 0} if self.transposed else {}
        )
        return {
            "in_channels": self.in_channels,
            "out_channels": self.filters,
            "kernel_size": self.kernel_size,
            "stride": self.stride,
            "padding": self.padding,
            "dilation": self.dilation,
            "groups": self.groups,
            "bias": self.bias,
            **more,
        }

    def torch(self, device: str = "meta") -> nn.Module:
        """The real layer of PyTorch."""
        layer = TORCH_CONVS[self.ndim, self.transposed]
        return layer(**self.torch_arguments(), device=device)

    def keras_arguments(self) -> dict[str, Any]:
        """By the names of ``keras.layers.Conv``."""
        more: dict[str, Any] = {"groups": self.groups}
        if self.transposed:  # Keras has no groups there
            more = {"output_padding": self.output_padding}
        return {
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "strides": self.stride,
            "padding": self.padding,
            "dilation_rate": self.dilation,
            "use_bias": self.bias,
            **more,
        }

    def keras(self) -> Any:
        """The real layer of Keras, not built yet."""
        return KERAS_CONVS[self.ndim, self.transposed](**self.keras_arguments())


def per_axis(ndim: int, least: int, most: int) -> st.SearchStrategy[tuple[int, ...]]:
    return st.tuples(*[st.integers(least, most)] * ndim)


@st.composite
def torch_convs(
    draw: st.DrawFn,
    ndim: int | None = None,
    transposed: bool | None = None,
    most_channels: int = 40,
    most_extra: int = 30,
) -> Configuration:
    """What torch can build and run: numbers or words as padding, groups, everything at once."""
    if ndim is None:
        ndim = draw(st.integers(1, 3))
    if transposed is None:
        transposed = draw(st.booleans())
    groups = draw(st.sampled_from([1, 1, 2, 3, 8]))
    kernel_size = draw(per_axis(ndim, 1, 7))
    dilation = draw(per_axis(ndim, 1, 3))
    stride = draw(per_axis(ndim, 1, 4))
    padding: tuple[int, ...] | str
    padding = draw(per_axis(ndim, 0, 5))
    output_padding = None
    reach = [d * (k - 1) + 1 for d, k in zip(dilation, kernel_size, strict=True)]
    if transposed:
        output_padding = tuple(
            draw(st.integers(0, max(s, d) - 1)) for s, d in zip(stride, dilation, strict=True)
        )
        # the smallest input of which the padding leaves an output
        least = [
            max(1, -(-(2 * p - r - extra + 1) // s) + 1)
            for p, r, s, extra in zip(padding, reach, stride, output_padding, strict=True)
        ]
    elif draw(st.booleans()):
        # the smallest input into which the kernel fits
        least = [max(1, r - 2 * p) for r, p in zip(reach, padding, strict=True)]
    elif draw(st.booleans()):
        padding, least = "valid", reach
    else:
        padding, least, stride = "same", [1] * ndim, (1,) * ndim
    return Configuration(
        in_channels=groups * draw(st.integers(1, most_channels)),
        filters=groups * draw(st.integers(1, most_channels)),
        kernel_size=kernel_size,
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=groups,
        bias=draw(st.booleans()),
        transposed=transposed,
        output_padding=output_padding,
        size=tuple(low + draw(st.integers(0, most_extra)) for low in least),
    )


@st.composite
def keras_convs(draw: st.DrawFn) -> Configuration:
    """What Keras can build: words as padding, and no stride together with dilation.

    The input may be too small for the kernel.
    """
    ndim = draw(st.integers(1, 3))
    transposed = draw(st.booleans())
    groups = 1 if transposed else draw(st.sampled_from([1, 1, 2, 3]))
    ones = (1,) * ndim
    stride, dilation = draw(
        st.one_of(
            st.tuples(per_axis(ndim, 1, 4), st.just(ones)),
            st.tuples(st.just(ones), per_axis(ndim, 1, 3)),
        )
    )
    words = ["valid", "same"] + (["causal"] if ndim == 1 and not transposed else [])
    output_padding = None
    if transposed and draw(st.booleans()):
        output_padding = tuple(draw(st.integers(0, each - 1)) for each in stride)
    return Configuration(
        in_channels=groups * draw(st.integers(1, 5)),
        filters=groups * draw(st.integers(1, 8)),
        kernel_size=draw(per_axis(ndim, 1, 5)),
        stride=stride,
        padding=draw(st.sampled_from(words)),
        dilation=dilation,
        groups=groups,
        bias=draw(st.booleans()),
        transposed=transposed,
        output_padding=output_padding,
        size=draw(per_axis(ndim, 1, 14)),
    )


@st.composite
def spoiled_torch_convs(draw: st.DrawFn) -> Configuration:
    """A small convolution that torch can run, with a field or two overwritten by any number."""
    good = draw(torch_convs(most_channels=4, most_extra=4))
    fields = ["in_channels", "filters", "groups", "kernel_size", "stride", "padding", "dilation"]
    fields += ["size"] + (["output_padding"] if good.transposed else [])
    spoiled = draw(st.lists(st.sampled_from(fields), min_size=1, max_size=2, unique=True))
    one_number = ("in_channels", "filters", "groups")
    changes: dict[str, Any] = {
        name: draw(st.integers(-1, 6) if name in one_number else per_axis(good.ndim, -1, 6))
        for name in spoiled
    }
    return replace(good, **changes)
