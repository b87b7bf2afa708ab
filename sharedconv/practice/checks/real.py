"""The real layers that a learner's tensors are held against, with numbers that are always the same.

Everything is in float64, so that a difference is the learner's and never one of rounding.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import torch
from torch import Tensor, nn

from ... import layers
from ...spelling.call import Unread, read_call


def made(line: str) -> nn.Module:
    """A layer of sharedconv's or of torch.nn's from its line: ``SharedConv1d(1, 1, 3)``.

    Its parameters are drawn anew from a fixed seed, none of them zero. ValueError where there is
    no such layer.
    """
    call = read_call(line)
    name = call.name.rpartition(".")[2]
    known: Callable[..., nn.Module] | None = getattr(layers, name, None) or getattr(nn, name, None)
    values = [*call.positional, *call.keywords.values()]
    if known is None or any(isinstance(each, Unread) for each in values):
        raise ValueError(f"{line!r} is no layer of sharedconv or torch.nn with plain numbers")
    layer = known(*call.positional, **dict(call.keywords)).double().eval()
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for each in (*layer.parameters(), *layer.buffers()):
            if each.is_floating_point():
                each.copy_(drawn(tuple(each.shape), generator))
        for buffer_name, each in layer.named_buffers():
            if buffer_name.endswith("running_var"):
                each.abs_().add_(0.5)
    return layer


def several(lines: str) -> dict[str, nn.Module]:
    """Layers by name, one after the other: ``conv = SharedConv2d(1, 2, 3)``, a line for each.

    A single line needs no name; its layer is called "layer".
    """
    found: dict[str, nn.Module] = {}
    for line in lines.strip().splitlines():
        name = re.match(r"\s*(\w+)\s*=", line)
        found[name[1] if name else "layer"] = made(line)
    return found


def drawn(shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    """Numbers between -1 and 1 with two digits, so that a person can follow a sum of them."""
    values = 2 * torch.rand(shape, generator=generator, dtype=torch.float64) - 1
    values = values.round(decimals=2)
    return torch.where(values == 0, 0.5, values)


def an_input(shape: tuple[int, ...]) -> Tensor:
    """One input without a batch, channels first, drawn from a fixed seed."""
    return drawn(shape, torch.Generator().manual_seed(2))
