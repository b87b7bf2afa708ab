"""One layer without sharing, some images, and all who can compute it, ready to be timed."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from typing import Protocol

import torch
from contenders import in_jax
from contenders.rivals import RIVALS, Shape
from torch import Tensor

from sharedconv.layers import LocalConv, by_hand

OURS = "LocalConv"
TAPS = "by_hand.loop_over_taps"
JAX = "compiled jax"
OF_LAYER: dict[str, Callable[[LocalConv, Tensor], Tensor]] = {
    OURS: lambda layer, images: layer(images),
    TAPS: lambda layer, images: by_hand.loop_over_taps(layer, images).contiguous(),
}


class Contender(Protocol):
    def forward(self) -> object:
        """The output."""

    def both(self) -> object:
        """The output, and the gradients by images and kernel, which are then dropped.

        Each drops its own within its own time, as zero_grad does before the next call.
        """

    def numbers(self) -> list[Tensor]:
        """These three, to be compared."""


class Trial:
    """The images, the kernel and the loss's gradient by the output, alike for all contenders."""

    def __init__(self, shape: Shape, device: torch.device) -> None:
        torch.manual_seed(0)
        self.shape = shape
        self.layer = shape.layer(device)
        size = (shape.batch, shape.in_channels, *shape.input_size)
        self.images = torch.rand(size, device=device, requires_grad=True)
        size = (shape.batch, shape.out_channels, *shape.positions)
        self.gradient = torch.rand(size, device=device)

    def contender(self, name: str) -> Contender:
        layer, shape = self.layer, self.shape
        if name == JAX:
            kernel = self._apart(layer.kernel.detach())
            return in_jax.InJax(shape, self.images, kernel, self.gradient)
        if name in RIVALS:
            kernel = RIVALS[name].lay(shape, self._apart(layer.kernel.detach()))
            kernel = kernel.clone(memory_format=torch.contiguous_format).requires_grad_()
            compute = partial(RIVALS[name].compute, shape)
            return InTorch(compute, self.images, kernel, self.gradient)
        form = OF_LAYER[name]
        return InTorch(
            lambda images, _: form(layer, images), self.images, layer.kernel, self.gradient
        )

    def contenders(self, among: Collection[str]) -> dict[str, Contender]:
        """Us, and who can compute it among these names.

        AssertionError, with a name, where one doesn't compute what we do.
        """
        can = [name for name, rival in RIVALS.items() if rival.takes(self.shape)]
        can += [TAPS] if in_jax.why_not(self.images.device) else [TAPS, JAX]
        ready = {name: self.contender(name) for name in (OURS, *can) if name in (OURS, *among)}
        output, by_images, by_kernel = ready[OURS].numbers()
        by_kernel = self._apart(by_kernel)
        for name in [each for each in ready if each != OURS]:
            lay = in_jax.lay if name == JAX else RIVALS[name].lay if name in RIVALS else _as_it_is
            wanted = (output, by_images, lay(self.shape, by_kernel))
            found = ready[name].numbers()
            assert found[0].is_contiguous(), name
            for ours, theirs in zip(wanted, found, strict=True):
                # not assert_close, which takes seconds for so many numbers
                off = float((theirs.reshape(ours.shape) - ours).abs().max() / ours.abs().max())
                assert off < 1e-4, f"{name} is off by {off:.1e} on {self.shape.name}"
        return ready

    def _apart(self, kernel: Tensor) -> Tensor:
        """`(positions, groups, filters, channels, taps)`, as the rivals lay out their own from."""
        groups, filters = self.shape.groups, self.shape.out_channels // self.shape.groups
        return kernel.reshape(
            -1, groups, filters, kernel.shape[-1 - self.layer.ndim], self.shape.taps
        )


class InTorch:
    """A function of images and kernel, whose gradients autograd finds."""

    def __init__(
        self,
        compute: Callable[[Tensor, Tensor], Tensor],
        images: Tensor,
        kernel: Tensor,
        gradient: Tensor,
    ) -> None:
        self._compute, self._gradient = compute, gradient
        self._images, self._kernel = images, kernel

    def forward(self) -> Tensor:
        with torch.no_grad():
            return self._compute(self._images, self._kernel)

    def both(self) -> Tensor:
        output = self._compute(self._images, self._kernel)
        output.backward(self._gradient)
        self._images.grad = self._kernel.grad = None
        return output

    def numbers(self) -> list[Tensor]:
        output = self._compute(self._images, self._kernel)
        by_each = torch.autograd.grad(output, (self._images, self._kernel), self._gradient)
        return [output.detach(), *by_each]


def _as_it_is(_: Shape, kernel: Tensor) -> Tensor:
    return kernel
