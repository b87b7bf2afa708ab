"""Models with whatever people hang into them, and what is in each."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrizations, prune

from sharedconv.layers import SharedConv2d

Size = Any


class OnParent(nn.Module):
    """A linear layer (72), and 8 numbers that hang on the model itself."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(8, 8)
        self.scale = nn.Parameter(torch.ones(8))

    def forward(self, x: Tensor) -> Tensor:
        return self.layer(x) * self.scale


class InAList(nn.Module):
    """Three parameters of 4 × 8 in a list, which is no module that anybody calls."""

    def __init__(self) -> None:
        super().__init__()
        self.parts = nn.ParameterList([nn.Parameter(torch.zeros(4, 8)) for _ in range(3)])

    def forward(self, x: Tensor) -> Tensor:
        return sum((x @ each.T for each in self.parts), torch.zeros(()))


class InADict(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.parts = nn.ParameterDict({"one": torch.zeros(8), "two": torch.zeros(2, 8)})

    def forward(self, x: Tensor) -> Tensor:
        return (x + self.parts["one"]) @ self.parts["two"].T


class SelfAttention(nn.Module):
    def __init__(self, width: int = 8, heads: int = 2) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(width, heads, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.attention(x, x, x)[0]


class Unused(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.used = nn.Linear(8, 8)
        self.idle = nn.Linear(8, 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.used(x)


class Block(nn.Module):
    """One of GPT-2's blocks: 12 × width² + 13 × width."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.queries_keys_values = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        queries, keys, values = self.queries_keys_values(self.norm1(x)).chunk(3, -1)
        x = x + self.out(nn.functional.scaled_dot_product_attention(queries, keys, values))
        return x + self.down(nn.functional.gelu(self.up(self.norm2(x))))


class Gpt2(nn.Module):
    """GPT-2 XL's sizes, its head tied to its embedding."""

    def __init__(self, words: int = 50_257, places: int = 1_024, width: int = 1_600) -> None:
        super().__init__()
        self.words = nn.Embedding(words, width)
        self.places = nn.Embedding(places, width)
        self.blocks = nn.Sequential(*[Block(width) for _ in range(48)])
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, words, bias=False)
        self.head.weight = self.words.weight

    def forward(self, words: Tensor) -> Tensor:
        places = torch.arange(words.shape[1], device=words.device)
        return self.head(self.norm(self.blocks(self.words(words) + self.places(places))))


def gpt2_xl() -> nn.Module:
    with torch.device("meta"):
        return Gpt2()


def tied() -> nn.Module:
    model = nn.Sequential(nn.Embedding(40, 10), nn.Linear(10, 40, bias=False))
    model[1].weight = model[0].weight
    return model


def twice() -> nn.Module:
    layer = nn.Linear(8, 8)
    return nn.Sequential(layer, nn.ReLU(), layer)


def frozen_layer() -> nn.Module:
    model = nn.Sequential(nn.Linear(8, 8), nn.Linear(8, 4))
    model[0].requires_grad_(False)
    return model


def frozen_weight() -> nn.Module:
    layer = nn.Linear(8, 8)
    layer.weight.requires_grad_(False)
    return layer


def old_weight_norm() -> nn.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        return nn.utils.weight_norm(nn.Linear(8, 8))


def pruned() -> nn.Module:
    model = nn.Sequential(nn.Linear(8, 8))
    prune.random_unstructured(model[0], "weight", amount=10)
    return model


def int8(layer: nn.Module) -> nn.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made: nn.Module = torch.ao.quantization.quantize_dynamic(
            nn.Sequential(layer), {type(layer)}, dtype=torch.qint8
        )
    return made


@dataclass(frozen=True)
class Case:
    """A model, an input, and what is there: numbers, those that training changes, bytes."""

    build: Callable[[], nn.Module]
    size: Size
    total: int
    trainable: int
    parameter_bytes: int
    buffer_bytes: int = 0


TRUTH = {
    # torchinfo: 260
    "own kernel and bias": Case(lambda: SharedConv2d(1, 10, 5), (1, 28, 28), 260, 260, 1_040),
    # torchinfo: 800
    "embedding tied to its head": Case(tied, (5,), 400, 400, 1_600),
    # torchinfo: 1,638,022,400
    "GPT-2 XL on meta": Case(gpt2_xl, (3,), 1_557_611_200, 1_557_611_200, 6_230_444_800),
    "used twice": Case(twice, (8,), 72, 72, 288),
    "a parameter on a parent": Case(OnParent, (8,), 80, 80, 320),
    "ParameterList": Case(InAList, (8,), 96, 96, 384),
    "ParameterDict": Case(InADict, (8,), 24, 24, 96),
    "frozen layer": Case(frozen_layer, (8,), 108, 36, 432),
    "frozen weight": Case(frozen_weight, (8,), 72, 8, 288),
    # 4 × (8 × 8 + 8)
    "attention": Case(SelfAttention, (5, 8), 288, 288, 1_152),
    # 2 directions × 4 gates × 5 × ((8 + 5 + 2) + (10 + 5 + 2))
    "LSTM": Case(
        lambda: nn.LSTM(8, 5, 2, bidirectional=True, batch_first=True), (6, 8), 1_280, 1_280, 5_120
    ),
    # a direction of 8 × 8, a length for each of 8 rows, 8 biases
    "weight_norm": Case(lambda: parametrizations.weight_norm(nn.Linear(8, 8)), (8,), 80, 80, 320),
    "weight_norm, the old one": Case(old_weight_norm, (8,), 80, 80, 320),
    # two vectors of 8 for the power iteration
    "spectral_norm": Case(
        lambda: parametrizations.spectral_norm(nn.Linear(8, 8)), (8,), 72, 72, 288, 64
    ),
    "spectral_norm, the old one": Case(
        lambda: nn.utils.spectral_norm(nn.Linear(8, 8)), (8,), 72, 72, 288, 64
    ),
    # the mask is 64 floats; torchinfo: 62
    "pruned": Case(pruned, (8,), 72, 72, 288, 256),
    "complex": Case(lambda: nn.Linear(8, 8, bias=False, dtype=torch.complex64), (8,), 64, 64, 512),
    # a byte for each weight, four for each bias; torchinfo: 0
    "int8": Case(lambda: int8(nn.Linear(8, 8)), (8,), 72, 0, 64 + 32),
    # 4 gates × 8 × (8 + 8) bytes, and 2 × 32 biases; torchinfo: 0
    "int8 LSTM": Case(lambda: int8(nn.LSTM(8, 8)), (5, 8), 576, 0, 512 + 256),
    "unused": Case(Unused, (8,), 108, 108, 432),
    # mean, variance, and one integer of 8 bytes
    "batch norm": Case(lambda: nn.BatchNorm2d(3), (3, 4, 4), 6, 6, 24, 2 * 12 + 8),
    "half precision": Case(lambda: nn.Linear(8, 8, dtype=torch.bfloat16), (8,), 72, 72, 144),
    "nothing": Case(nn.Sequential, (8,), 0, 0, 0),
}
