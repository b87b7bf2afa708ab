"""One small layer of each kind, in float64, for tests that ask the same of all of them."""

import contextlib

import pytest
import torch

from sharedconv.layers import (
    LocalConv1d,
    LocalConv2d,
    LocalConv3d,
    LocalConvTranspose1d,
    LocalConvTranspose2d,
    LocalConvTranspose3d,
    SharedConv1d,
    SharedConv2d,
    SharedConv3d,
    SharedConvTranspose1d,
    SharedConvTranspose2d,
    SharedConvTranspose3d,
    few,
    places,
    tiny,
)

DOUBLE = {"dtype": torch.float64}


def shared():
    return SharedConv2d(4, 6, 3, stride=2, padding=1, groups=2, **DOUBLE)


SHARED = {
    "shared 1d": lambda: SharedConv1d(4, 6, 3, padding="same", groups=2, **DOUBLE),
    "shared 2d": shared,
    "shared 3d": lambda: SharedConv3d(4, 2, 2, bias=False, **DOUBLE),
    "reflect": lambda: SharedConv2d(4, 6, 3, padding=1, padding_mode="reflect", **DOUBLE),
    "transposed 1d": lambda: SharedConvTranspose1d(4, 6, 3, stride=2, **DOUBLE),
    "transposed 2d": lambda: SharedConvTranspose2d(4, 6, 3, groups=2, **DOUBLE),
    "transposed 3d": lambda: SharedConvTranspose3d(4, 2, 2, **DOUBLE),
}
LOCAL = {
    "local 1d": lambda: LocalConv1d(4, 6, 3, 5, padding="same", **DOUBLE),
    "local 2d": lambda: LocalConv2d(4, 6, 3, 5, stride=2, groups=2, dilation=(1, 2), **DOUBLE),
    "local 3d": lambda: LocalConv3d(4, 2, 2, 5, bias="channel", **DOUBLE),
    "local circular": lambda: LocalConv2d(
        4, 2, 3, 5, padding=1, padding_mode="circular", bias=False, **DOUBLE
    ),
    "local transposed 1d": lambda: LocalConvTranspose1d(4, 6, 3, 5, stride=2, **DOUBLE),
    "local transposed 2d": lambda: LocalConvTranspose2d(
        4, 6, (3, 2), 5, stride=2, padding=1, output_padding=(1, 0), groups=2, **DOUBLE
    ),
    "local transposed 3d": lambda: LocalConvTranspose3d(4, 2, 2, 5, bias="channel", **DOUBLE),
    "tied": lambda: LocalConv2d.from_shared(shared(), 5, tied=True),
}
LAYERS = SHARED | LOCAL


def image_for(layer, batch=2, seed=0):
    """A random input for one of them, of 4 channels and 5 pixels along each dimension."""
    made = torch.Generator().manual_seed(seed)
    shape = (batch, 4, *(5,) * layer.ndim)
    return torch.randn(shape, generator=made, dtype=torch.float64, requires_grad=True)


def gradients(layer, image):
    """Of a loss of the layer's output, by the image and the layer's parameters."""
    return torch.autograd.grad(layer(image).square().sum(), [image, *layer.parameters()])


AT_ONCE = "at once"


@contextlib.contextmanager
def in_blocks_of(room):
    """However small, a layer is taken in blocks of `room` bytes; with None, always in few calls.

    AT_ONCE: all its positions by operations of torch alone, as for tiny matrices.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tiny, "TINY", 1 << 40 if room == AT_ONCE else -1)
        patch.setattr(few, "FEW", 1 << 40 if room is None else -1)
        patch.setattr(places, "BLOCK", room if isinstance(room, int) else places.BLOCK)
        yield
