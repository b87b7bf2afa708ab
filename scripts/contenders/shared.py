"""SharedConv over `torch.nn.Conv2d`, and the slow forms of `by_hand` over the layer itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from measuring import Case, Subject, Work
from torch import Tensor, nn

from sharedconv import LocalConv2d, SharedConv2d, from_torch
from sharedconv.layers import by_hand

SIZES = {
    "smallest": ((1, 1, 3), (1, 1, 8, 8)),
    "above 50 µs": ((3, 16, 3), (4, 3, 32, 32)),
    "large": ((64, 64, 3), (8, 64, 56, 56)),
}
FORMS = ("loop_over_taps", "im2col", "sparse_matrix", "loop_over_positions")

Layer = Callable[[Tensor], Tensor]


def subject(device: torch.device, quick: bool) -> Subject:
    seconds = 0.25 if quick else 2.0
    cases = [
        Case(f"{way}, {name} {shape}", partial(_layers, arguments, shape, work, device), seconds)
        for name, (arguments, shape) in SIZES.items()
        for way, work in WAYS.items()
    ]
    layers = {"shared": SharedConv2d(3, 16, 3), "unshared": LocalConv2d(3, 16, 3, 16)}
    cases += [
        Case(
            f"{way} by hand, {name}, (4, 3, 16, 16)",
            partial(_forms, layer, work, device),
            0.8 * seconds,
        )
        for name, layer in layers.items()
        for way, work in WAYS.items()
    ]
    return Subject(cases)


def _layers(
    arguments: tuple[int, int, int],
    shape: tuple[int, ...],
    work: Callable[[Layer, Tensor], Work],
    device: torch.device,
) -> dict[str, Work]:
    theirs = nn.Conv2d(*arguments, device=device)
    ours = from_torch(theirs)
    assert isinstance(ours, SharedConv2d)
    image = torch.rand(shape, device=device, requires_grad=True)
    return {"nn.Conv2d": work(theirs, image), "SharedConv2d": work(ours, image)}


def _forms(
    layer: nn.Module, work: Callable[[Layer, Tensor], Work], device: torch.device
) -> dict[str, Work]:
    layer.to(device)
    image = torch.rand(4, 3, 16, 16, device=device, requires_grad=True)
    works = {type(layer).__name__: work(layer, image)}
    for name in FORMS:
        form = partial(getattr(by_hand, name), layer)
        torch.testing.assert_close(
            form(image), layer(image), msg=lambda why, name=name: f"{name}: {why}"
        )
        works[name] = work(form, image)
    return works


def _forward(layer: Layer, image: Tensor) -> Work:
    def work() -> None:
        with torch.no_grad():
            layer(image)

    return work


def _backward(layer: Layer, image: Tensor) -> Work:
    return lambda: layer(image).sum().backward()


WAYS = {"forward": _forward, "forward and backward": _backward}
