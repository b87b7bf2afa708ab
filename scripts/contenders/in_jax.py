"""`jax.lax.conv_general_dilated_local`, compiled: the one library function that is kept up."""

from __future__ import annotations

import os
from functools import cache, partial
from typing import Any

import torch
from contenders.rivals import Shape
from torch import Tensor

os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")  # or it takes most of a card
try:
    import jax
except ImportError:
    jax = None


@cache
def why_not(device: torch.device) -> str | None:
    """What is missing for jax to be measured here, and how to come by it; None if nothing is."""
    here = ".venv/bin/python -m pip install"
    if jax is None:
        return f'jax, which is not installed: `{here} jax` (pyproject.toml\'s extra "benchmark")'
    try:
        jax.devices(device.type)
    except RuntimeError:
        return f'jax, which is installed without {device.type}: `{here} "jax[cuda12]"`'
    # as torch multiplies
    jax.config.update("jax_default_matmul_precision", "highest")
    return None


class InJax:
    """The same arrays once more, and two compiled functions of them."""

    def __init__(self, shape: Shape, images: Tensor, kernel: Tensor, gradient: Tensor) -> None:
        local = partial(_local, shape)
        if shape.groups > 1:  # which it doesn't know: all groups at once by vmap
            local = jax.vmap(local, in_axes=(1, 0), out_axes=1)
            images, gradient = (
                torch.unflatten(each, 1, (shape.groups, -1)) for each in (images, gradient)
            )

        def both(images: Any, kernel: Any, gradient: Any) -> Any:
            output, pull = jax.vjp(local, images, kernel)
            return output, *pull(gradient)

        self._forward, self._both = jax.jit(local), jax.jit(both)
        device = jax.devices(images.device.type)[images.device.index or 0]
        self._images, self._kernel, self._gradient = (
            jax.device_put(each.detach().cpu().contiguous().numpy(), device)
            for each in (images, lay(shape, kernel), gradient)
        )

    def forward(self) -> object:
        return self._forward(self._images, self._kernel).block_until_ready()

    def both(self) -> object:
        return jax.block_until_ready(self._both(self._images, self._kernel, self._gradient))[0]

    def numbers(self) -> list[Tensor]:
        found = self._both(self._images, self._kernel, self._gradient)
        return [torch.from_dlpack(each) for each in found]


def lay(shape: Shape, kernel: Tensor) -> Tensor:
    """`(*positions, filters, channels · taps)`, where there are groups with these in front.

    As jax multiplies it most quickly: filters first, as it does by default, take 15 times as long
    where one image comes at a time.
    """
    laid = torch.unflatten(kernel.flatten(3).transpose(0, 1), 1, shape.positions)
    return laid if shape.groups > 1 else laid[0]


def _local(shape: Shape, images: Any, kernel: Any) -> Any:
    n = len(shape.kernel_size)
    size = "DHW"[-n:]
    return jax.lax.conv_general_dilated_local(
        images,
        kernel,
        (shape.stride,) * n,
        [(shape.padding,) * 2] * n,
        shape.kernel_size,
        dimension_numbers=(f"NC{size}", f"{size}OI", f"NC{size}"),
    )
