"""The convolution computed by hand, slowly, in four ways that each show something.

Each takes a layer, shared or not, transposed or not, and images with or without a batch, and gives
what the layer gives. It raises TypeError for what is no layer of this package, and ValueError for
images that don't fit. Inside, the axes of an image are `(*size, groups, channels of a group, N)`.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

from .base import ConvLayer

if TYPE_CHECKING:
    from .unshared import UnsharedConvLayer

Form: TypeAlias = Callable[[ConvLayer, Tensor], Tensor]
Sizes: TypeAlias = tuple[int, ...]


def _by_hand(form: Form) -> Form:
    """`form`, which knows batches and no bias, for images without a batch and with a bias."""

    @functools.wraps(form)
    def computed(layer: ConvLayer, images: Tensor) -> Tensor:
        if not isinstance(layer, ConvLayer):
            raise TypeError(
                f"{form.__name__} takes a layer of sharedconv.layers, not a "
                f"{type(layer).__name__}; from_torch turns torch.nn's convolutions into one."
            )
        layer._refuse_bad_input(images)
        _, bias = _kernel_and_bias(layer)
        batch = images if images.dim() == layer.ndim + 2 else images.unsqueeze(0)
        output = form(layer, batch)
        if bias is not None:
            each = bias.reshape(bias.shape + (1,) * (layer.ndim + 1 - bias.dim()))
            output = output + each.to(output.dtype)  # which autocast lowers, the bias not
        return output if batch is images else output.squeeze(0)

    return computed


@_by_hand
def loop_over_positions(layer: ConvLayer, images: Tensor) -> Tensor:
    """The definition: at every position, what is seen there times the kernel.

    It takes no memory but for images and outputs, because a window is a view of the image. It takes
    a step of Python at every position, far more work than the few multiplications made in it.
    """
    pixels, kernel, positions = _apart(layer, images)
    kernels: Iterable[Tensor]
    if layer.shares_kernel:
        kernels = itertools.repeat(kernel)  # one kernel for all
    else:
        kernels = kernel.flatten(0, layer.ndim - 1).unbind()  # one kernel per position
    found: list[Tensor] = []
    written: Tensor | None = None
    for position, numbers in zip(_every(positions), kernels, strict=False):
        there = _steps(position, layer.stride, layer.kernel_size, layer.dilation)
        if layer.transposed:
            window = torch.einsum("gfct,gfn->tgcn", numbers, pixels[position])
            window = torch.unflatten(window, 0, layer.kernel_size)
            written = _added(written, there, window, layer, images)
        else:
            window = pixels[there].flatten(0, layer.ndim - 1)
            found.append(torch.einsum("gfct,tgcn->gfn", numbers, window))
    if written is None:
        written = torch.unflatten(torch.stack(found), 0, positions)
    return _together(layer, written)


@_by_hand
def loop_over_taps(layer: ConvLayer, images: Tensor) -> Tensor:
    """Tap by tap: what this tap of the kernel meets, at all positions at once, times its numbers.

    It takes as many steps as a kernel has taps, few, and at each the memory of the outputs once
    more. All outputs are read and written again at each step: there its time goes.
    """
    pixels, kernel, positions = _apart(layer, images)
    output: Tensor | None = None
    # By unbind, because the gradient of a slice kernel[..., tap] would be as large as the kernel,
    # at each tap anew.
    for tap, numbers in zip(_every(layer.kernel_size), kernel.unbind(-1), strict=True):
        there = _steps(tap, layer.dilation, positions, layer.stride)
        if layer.transposed:
            part = _product(layer, numbers.mT, pixels)
            output = _added(output, there, part, layer, images)
        else:
            part = _product(layer, numbers, pixels[there])
            output = part if output is None else output + part
    assert output is not None  # a kernel has a tap
    return _together(layer, output)


@_by_hand
def im2col(layer: ConvLayer, images: Tensor) -> Tensor:
    """All windows written out as columns of a matrix ("image to columns"), then one product.

    The product is as quick as a computer multiplies. The matrix is what it costs: with stride 1 a
    pixel is written down once for each tap, so it takes `taps` times the memory of the images.
    """
    pixels, kernel, positions = _apart(layer, images)
    n, taps = layer.ndim, [*_every(layer.kernel_size)]
    theres = [_steps(tap, layer.dilation, positions, layer.stride) for tap in taps]
    matrix = kernel.mT.flatten(-2)  # (G, filters, taps · channels)
    if not layer.transposed:
        columns = torch.stack([pixels[there] for there in theres], n + 1)
        return _together(layer, _product(layer, matrix, columns.flatten(n + 1, n + 2)))
    columns = torch.unflatten(_product(layer, matrix.mT, pixels), n + 1, (len(taps), -1))
    output: Tensor | None = None
    for there, column in zip(theres, columns.unbind(n + 1), strict=True):
        output = _added(output, there, column, layer, images)
    assert output is not None  # a kernel has a tap
    return _together(layer, output)


@_by_hand
def sparse_matrix(layer: ConvLayer, images: Tensor) -> Tensor:
    """The layer as the linear map that it is: a matrix, mostly zeros, times the images laid flat.

    It takes memory for every multiplication of one image, for a number and the place where it
    stands; with one kernel for all as well, because a matrix knows nothing of sharing. It takes
    padding_mode 'zeros' only; ValueError for another.
    """
    from .matrix import conv_matrix  # which needs the layers, and these the loop over taps

    if layer.kernel.dtype in (torch.float16, torch.bfloat16):
        raise TypeError(
            f"PyTorch multiplies no sparse matrix in {layer.kernel.dtype}: it takes layer.float() "
            "and images.float()."
        )
    size = tuple(images.shape[2:])
    found = conv_matrix(layer, size)
    numbers = _kernel_and_bias(layer)[0].take(found.entries)
    with torch.autocast(images.device.type, enabled=False):  # nor does it with lowered columns
        output = _SparseProduct.apply(found.matrix, numbers, images.flatten(1).T)  # type: ignore[no-untyped-call]
    return torch.unflatten(output.T, 1, (layer.out_channels, *layer.output_positions(size)))


class _SparseProduct(torch.autograd.Function):
    """A matrix times columns. PyTorch's own gradient by its `numbers` fills in all the zeros."""

    @staticmethod
    def forward(ctx: Any, matrix: Tensor, numbers: Tensor, columns: Tensor) -> Tensor:  # noqa: ARG004
        ctx.save_for_backward(matrix, columns)
        return matrix @ columns

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[None, Tensor, Tensor]:
        matrix, columns = ctx.saved_tensors
        rows = torch.repeat_interleave(matrix.crow_indices().diff())
        by_numbers = torch.zeros_like(matrix.values())
        for change, seen in zip(gradient.unbind(1), columns.conj().unbind(1), strict=True):
            by_numbers += change[rows] * seen[matrix.col_indices()]
        return None, by_numbers, matrix.transpose(0, 1).conj() @ gradient


# -- what the forms have in common -----------------------------------------------------------------


def _kernel_and_bias(layer: ConvLayer) -> tuple[Tensor, Tensor | None]:
    if layer.shares_kernel:
        return layer.kernel, layer.bias
    return cast("UnsharedConvLayer", layer).kernel_and_bias()


def _apart(layer: ConvLayer, images: Tensor) -> tuple[Tensor, Tensor, Sizes]:
    """The images with their padding, the kernel, and how many positions there are.

    The kernel is `(G, filters, channels, taps)` of a group, with the positions in front where each
    has its own. Transposed, the images come in with its filters and go out with its channels.
    """
    kernel, _ = _kernel_and_bias(layer)
    positions: Sizes = tuple(images.shape[2:])
    if not layer.transposed:
        positions = layer.output_positions(positions)
        mode = "constant" if layer.padding_mode == "zeros" else layer.padding_mode
        images = F.pad(images, layer.pad_amounts, mode) if any(layer.pad_amounts) else images
    groups = (layer.groups, -1)
    # laid out so here, once, and not in every step anew
    pixels = torch.unflatten(images.movedim((0, 1), (-1, -2)).contiguous(), -2, groups)
    return pixels, torch.unflatten(kernel.flatten(-layer.ndim), -3, groups), positions


def _every(counts: Sizes) -> Iterator[Sizes]:
    return itertools.product(*map(range, counts))


def _steps(number: Sizes, step: Sizes, count: Sizes, between: Sizes) -> tuple[slice, ...]:
    """From `number · step` on, `count` pixels that are `between` apart, in each dimension.

    A window is the taps, `dilation` apart, from a position on; what a tap meets is the positions,
    `stride` apart, from the tap on.
    """
    every = zip(number, step, count, between, strict=True)
    return tuple(slice(a * s, a * s + (n - 1) * d + 1, d) for a, s, n, d in every)


def _product(layer: ConvLayer, matrix: Tensor, columns: Tensor) -> Tensor:
    """What stands at each position, `(*positions, G, K, N)`, times `(G, rows, K)` of the kernel."""
    if not layer.shares_kernel:
        return matrix @ columns  # one kernel per position: a product at each
    # One kernel for all: what stands at all positions side by side, and one product.
    wide = columns.movedim((-3, -2), (0, 1))
    product = matrix @ wide.flatten(2)
    return torch.unflatten(product, 2, wide.shape[2:]).movedim((0, 1), (-3, -2))


def _added(
    written: Tensor | None, there: Sequence[slice], part: Tensor, layer: ConvLayer, images: Tensor
) -> Tensor:
    """Overlapping parts add up: `part` written to where a convolution would have read it."""
    if written is None:
        sizes = layer.output_positions(tuple(images.shape[2:]))
        edges = (n + sum(edge) for n, edge in zip(sizes, layer.edges, strict=True))
        written = part.new_zeros(*edges, *part.shape[-3:])
    written[there] += part
    return written


def _together(layer: ConvLayer, output: Tensor) -> Tensor:
    """`(*size, G, channels, N)` as `(N, channels, *size)`, without padding."""
    output = output.flatten(-3, -2).movedim((-1, -2), (0, 1))
    return F.pad(output, [-n for n in layer.pad_amounts]) if layer.transposed else output
