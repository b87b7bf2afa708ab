"""Random convolutions and the one way in which the tests here compare two of them."""

from dataclasses import dataclass, field
from typing import Any

import torch
from hypothesis import HealthCheck, settings, strategies as st
from torch import Tensor, nn

MODES = ("zeros", "reflect", "replicate", "circular")


def tries(number):
    """Hypothesis's settings for tests whose first call may be slow, as torch's and Keras's are."""
    return settings(
        max_examples=number, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )


@dataclass
class Case:
    ndim: int
    size: tuple[int, ...]  # of the image
    batch: int  # 0: an input without a batch
    arguments: dict[str, Any] = field(default_factory=dict)  # of the constructor

    def image(self, seed=0):
        """A random float64 input that requires grad."""
        made = torch.Generator().manual_seed(seed)
        front = (self.batch,) if self.batch else ()
        shape = (*front, self.arguments["in_channels"], *self.size)
        return torch.randn(shape, generator=made, dtype=torch.float64, requires_grad=True)


def per_dimension(draw, ndim, numbers):
    """One number for all dimensions or one for each, as constructors take them."""
    if draw(st.booleans()):
        return draw(numbers)
    return tuple(draw(numbers) for _ in range(ndim))


def spread(value, ndim):
    return (value,) * ndim if isinstance(value, int) else tuple(value)


@st.composite
def convolutions(draw, ndims=(1, 2, 3), modes=MODES, largest=3):
    """Cases for SharedConv, LocalConv and torch.nn.Conv1d/2d/3d; the kernel fits the image."""
    ndim = draw(st.sampled_from(ndims))
    groups = draw(st.integers(1, 3))
    kernel_size = per_dimension(draw, ndim, st.integers(1, 3))
    dilation = per_dimension(draw, ndim, st.integers(1, 2))
    stride = per_dimension(draw, ndim, st.integers(1, 3))
    padding = draw(st.sampled_from(["same", "valid", "numbers"]))
    if padding == "numbers":
        padding = per_dimension(draw, ndim, st.integers(0, 2))
    if padding == "same":
        stride = 1
    mode = draw(st.sampled_from(modes))
    spans = [
        d * (k - 1) + 1
        for k, d in zip(spread(kernel_size, ndim), spread(dilation, ndim), strict=True)
    ]
    if padding == "same":
        edges = [span // 2 for span in spans]
    else:
        edges = [0] * ndim if padding == "valid" else spread(padding, ndim)
    size = tuple(
        max(1, span - 2 * edge, edge + 1) + draw(st.integers(0, largest))
        for span, edge in zip(spans, edges, strict=True)
    )
    arguments = {
        "in_channels": groups * draw(st.integers(1, 2)),
        "out_channels": groups * draw(st.integers(1, 2)),
        "kernel_size": kernel_size,
        "stride": stride,
        "padding": padding,
        "dilation": dilation,
        "groups": groups,
        "bias": draw(st.booleans()),
        "padding_mode": mode,
        "dtype": torch.float64,
    }
    return Case(ndim, size, draw(st.integers(0, 2)), arguments)


@st.composite
def transposed_convolutions(draw, ndims=(1, 2, 3)):
    """Cases for SharedConvTranspose and torch.nn.ConvTranspose1d/2d/3d."""
    ndim = draw(st.sampled_from(ndims))
    groups = draw(st.integers(1, 3))
    kernel_size = per_dimension(draw, ndim, st.integers(1, 3))
    dilation = per_dimension(draw, ndim, st.integers(1, 2))
    stride = per_dimension(draw, ndim, st.integers(1, 3))
    padding = per_dimension(draw, ndim, st.integers(0, 1))
    limits = [max(*both) for both in zip(spread(stride, ndim), spread(dilation, ndim), strict=True)]
    arguments = {
        "in_channels": groups * draw(st.integers(1, 2)),
        "out_channels": groups * draw(st.integers(1, 2)),
        "kernel_size": kernel_size,
        "stride": stride,
        "padding": padding,
        "output_padding": tuple(draw(st.integers(0, limit - 1)) for limit in limits),
        "groups": groups,
        "bias": draw(st.booleans()),
        "dilation": dilation,
        "dtype": torch.float64,
    }
    size = tuple(draw(st.integers(3, 5)) for _ in range(ndim))
    return Case(ndim, size, draw(st.integers(0, 2)), arguments)


def output_and_gradients(module, image, weights, seed=1):
    """module(image), then the gradients of a random loss of it by the image and the weights."""
    output = module(image)
    made = torch.Generator().manual_seed(seed)
    loss = torch.randn(output.shape, generator=made, dtype=output.dtype)
    return [output, *torch.autograd.grad(output, [image, *weights], loss)]


def assert_equal(found, wanted, within=1e-12):
    found, wanted = list(found), list(wanted)
    assert len(found) == len(wanted)
    for ours, theirs in zip(found, wanted, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=within)


def assert_same_layer(ours, theirs, image, within=1e-12):
    """Outputs and all gradients (input, kernel or weight, bias) are equal."""
    assert_equal(
        output_and_gradients(ours, image, ours.parameters()),
        output_and_gradients(theirs, image, theirs.parameters()),
        within,
    )


def torch_class(ndim, transposed=False):
    return getattr(nn, f"Conv{'Transpose' if transposed else ''}{ndim}d")


def dense(matrix: Tensor) -> Tensor:
    """A CSR matrix written out by hand, entry by entry added to where it belongs."""
    rows = torch.repeat_interleave(matrix.crow_indices().diff())
    out = torch.zeros(matrix.shape, dtype=matrix.dtype)
    return out.index_put_((rows, matrix.col_indices()), matrix.values(), accumulate=True)
