"""Pasted PyTorch code, read, against the module that PyTorch makes of the same lines."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from sharedconv.spelling.snippet import Model, read_snippet

START = """
import torch
import torch.nn as nn
import torch.nn.functional as F
from collections import OrderedDict
"""

STACKS = {
    "one after the other": (
        "model = nn.Sequential(nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), "
        "nn.Linear(6 * 12 * 12, 10))",
        (1, 28, 28),
    ),
    "named members": (
        """
model = nn.Sequential(OrderedDict([
    ("conv1", nn.Conv2d(3, 20, 5, padding="same")),
    ("norm", nn.BatchNorm2d(20)),
    ("conv2", nn.Conv2d(20, 8, 3, stride=2, bias=False)),
]))
""",
        (3, 16, 16),
    ),
    "repeated blocks": (
        """
width, depth = 12, 3
model = nn.Sequential(
    nn.Conv2d(3, width, 3, padding=1),
    *[layer for i in range(depth) for layer in (nn.Conv2d(width, width, 3, padding=1), nn.GELU())],
    *(nn.Conv2d(width * 2**i, width * 2**(i + 1), 1) for i in range(2)),
)
""",
        (3, 8, 8),
    ),
    "the same object repeated": (
        "model = nn.Sequential(nn.Linear(8, 8), *[nn.Linear(8, 8), nn.Tanh()] * 3)",
        (8,),
    ),
    "a Sequential in a Sequential, and add_module": (
        """
block = nn.Sequential(nn.Conv1d(2, 4, 3), nn.Dropout(0.1))
model = nn.Sequential(block, nn.Conv1d(4, 4, 3, groups=2))
model.add_module("more", nn.ConvTranspose1d(4, 1, 4, stride=2))
""",
        (2, 30),
    ),
    "a list that grows": (
        """
sizes = [16, 32, 8]
parts = []
for before, after in zip(sizes[:-1], sizes[1:]):
    parts.append(nn.Linear(before, after))
    parts += [nn.LayerNorm(after), nn.ReLU()]
model = nn.Sequential(*parts[:-1])
""",
        (5, 16),
    ),
}

MODULES = {
    "layers as attributes": """
class Net(nn.Module):
    def __init__(self, channels=1, classes=10):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, 32, 3, 1)
        self.conv2 = nn.Conv2d(32, 64, 3, 1)
        self.dropout = nn.Dropout(0.25)
        self.fc1, self.fc2 = nn.Linear(9216, 128), nn.Linear(128, classes)
        self.loss = nn.CrossEntropyLoss()

    def forward(self, x):
        x = F.relu(self.conv2(F.relu(self.conv1(x))))
        return self.fc2(F.relu(self.fc1(torch.flatten(F.max_pool2d(x, 2), 1))))

model = Net()
""",
    "blocks, a method that makes layers, a condition": """
class Block(nn.Module):
    expansion = 1

    def __init__(self, inside, outside, stride=1):
        super(Block, self).__init__()
        self.conv1 = nn.Conv2d(inside, outside, kernel_size=3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outside)
        self.shortcut = nn.Sequential()
        if stride != 1 or inside != self.expansion * outside:
            self.shortcut = nn.Sequential(
                nn.Conv2d(inside, outside, kernel_size=1, stride=stride, bias=False),
                nn.BatchNorm2d(outside),
            )

class ResNet(nn.Module):
    def __init__(self, block, blocks, classes=10):
        super().__init__()
        self.inside = 16
        self.stem = nn.Conv2d(3, 16, 3, padding=1)
        self.layer1 = self._make(block, 16, blocks[0], 1)
        self.layer2 = self._make(block, 32, blocks[1], 2)
        self.linear = nn.Linear(32 * block.expansion, classes)

    def _make(self, block, planes, count, stride):
        strides = [stride] + [1] * (count - 1)
        layers = []
        for stride in strides:
            layers.append(block(self.inside, planes, stride))
            self.inside = planes * block.expansion
        return nn.Sequential(*layers)

def resnet():
    return ResNet(Block, [2, 3])

model = resnet()
""",
    "a list of settings": """
class VGG(nn.Module):
    cfg = [8, "M", 16, 16, "M"]

    def __init__(self):
        super().__init__()
        layers, inside = [], 3
        for each in self.cfg:
            if each == "M":
                layers += [nn.MaxPool2d(2)]
            else:
                layers += [nn.Conv2d(inside, each, 3, padding=1), nn.ReLU(inplace=True)]
                inside = each
        self.features = nn.Sequential(*layers)

model = VGG()
""",
    "ModuleList, ModuleDict, a bare parameter": """
class Net(nn.Module):
    def __init__(self, d=16, n=3):
        super().__init__()
        self.d = d
        self.position = nn.Parameter(torch.zeros(1, 9, d))
        self.blocks = nn.ModuleList([nn.TransformerEncoderLayer(d, 4, 32) for _ in range(n)])
        self.more = nn.ModuleList()
        for i in range(2):
            self.more.append(nn.Linear(d, d + i))
        self.heads = nn.ModuleDict({"a": nn.Linear(d, 2), "b": nn.Linear(d, 5)})
        self.register_buffer("mask", torch.ones(9))

model = Net()
""",
    "a tied head": """
class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(40, 10)
        self.rnn = nn.LSTM(10, 10, 2, batch_first=True)
        self.head = nn.Linear(10, 40, bias=False)
        self.head.weight = self.embedding.weight

model = Tied()
""",
    "frozen, in two ways": """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4))
        self.neck = nn.Linear(4, 4)
        self.head = nn.Linear(4, 2)

model = Net()
for p in model.body.parameters():
    p.requires_grad = False
model.neck.requires_grad_(False)
model.head.bias.requires_grad = False
""",
    "one class made from another": """
class Base(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.first = nn.Linear(n, n)

class More(Base):
    def __init__(self, n, m):
        super().__init__(n)
        self.second = nn.Bilinear(n, n, m)

model = More(5, m=2)
""",
    "one module under two names": """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        shared = nn.Conv2d(3, 3, 3)
        self.a = shared
        self.b = shared

model = Net()
""",
}


def made(text: str) -> nn.Module:
    """What PyTorch makes of the lines: this file's own, so that they can be run."""
    names: dict[str, Any] = {}
    exec(START + text, names)
    return names["model"]


def read_one(text: str, **more: Any) -> Model:
    models = read_snippet(text, **more)
    assert len(models) == 1
    return models[0]


@pytest.mark.parametrize("name", [*STACKS, *MODULES])
def test_a_text_has_the_parameters_that_an_optimiser_would_get(name: str) -> None:
    text = STACKS[name][0] if name in STACKS else MODULES[name]
    theirs, ours = made(text), read_one(START + text)
    parameters = list(theirs.parameters())
    assert ours.count().total == sum(each.numel() for each in parameters)
    trained = sum(each.numel() for each in parameters if each.requires_grad)
    assert ours.count().trainable.total == trained


@pytest.mark.parametrize("name", [name for name in [*STACKS, *MODULES] if "tied" not in name])
def test_the_state_dict_has_the_buffers_besides(name: str) -> None:
    text = STACKS[name][0] if name in STACKS else MODULES[name]
    theirs, ours = made(text), read_one(START + text)
    held = {each.data_ptr(): each.numel() for each in theirs.state_dict().values()}
    mask = 9 if "mask" in text else 0  # a buffer that the text registers by itself
    assert (ours.count() + ours.buffers()).total == sum(held.values()) - mask


@pytest.mark.parametrize("name", STACKS)
def test_the_shapes_of_a_sequential_are_those_of_a_run(name: str) -> None:
    text, size = STACKS[name]
    model = made(text).eval()
    seen: list[tuple[int, ...]] = []
    for module in model.modules():
        if not list(module.children()):
            module.register_forward_hook(lambda _, __, out: seen.append(tuple(out.shape[1:])))
    model(torch.zeros(1, *size))
    rows = read_one(START + text, shape=size).rows
    assert [row.output_shape for row in rows] == seen
    # without an input there are counts, and no shapes
    assert {row.output_shape for row in read_one(START + text).rows} == {None}


@pytest.mark.parametrize("name", MODULES)
def test_a_class_that_nobody_makes_one_of_is_read_too(name: str) -> None:
    text = MODULES[name].partition("\nmodel = ")[0]
    if name.startswith(("blocks", "one class")):
        text = text.partition("\ndef resnet")[0]
        with pytest.raises(ValueError, match=r"line \d+: (ResNet|More) needs .* and "):
            read_snippet(START + text)
        return
    total = sum(each.numel() for each in made(MODULES[name]).parameters())
    assert read_one(START + text).count().total == total


def test_a_plain_list_hides_its_layers_from_pytorch() -> None:
    text = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(3, 3)
        self.layers = [nn.Linear(3, 3) for _ in range(2)]

model = Net()
"""
    assert read_one(text).count().total == sum(each.numel() for each in made(text).parameters())
    notes = [sentence for line, sentence in read_one(text).notes if line == 6]
    assert notes
    assert all("nn.ModuleList" in sentence for sentence in notes)


def test_a_known_network_written_out() -> None:
    """The first page of PyTorch's own tutorials on classes; 62,006 is its known total."""
    text = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, 5)
        self.pool = nn.MaxPool2d(2, 2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

net = Net()
optimizer = optim.SGD(net.parameters(), lr=0.001, momentum=0.9)
for epoch in range(2):
    for i, data in enumerate(trainloader, 0):
        inputs, labels = data
        optimizer.zero_grad()
        outputs = net(inputs)
        loss = criterion(outputs, labels)
        loss.backward()
        optimizer.step()
"""
    model = read_one(text)
    assert (model.title, model.count().total) == ("Net", 62_006)
    assert any("no shapes" in sentence for _, sentence in model.notes)


def test_bare_names_are_pytorchs_where_they_were_imported_from_it() -> None:
    assert read_one("from torch.nn import *\nm = Sequential(LSTM(8, 16))").count().total == 1_664
    assert read_one("from torch.nn import LSTM\nx = LSTM(8, 16)").count().total == 1_664
    text = "from keras.layers import LSTM\nm = Sequential([LSTM(16, input_shape=(None, 8))])"
    assert read_one(text).count().total == 1_600


def test_the_input_of_a_run_in_the_text_gives_the_shapes() -> None:
    text = "model = nn.Sequential(nn.Conv2d(1, 2, 3))\nout = model(torch.randn(8, 1, 28, 28))"
    assert read_one(text).rows[0].output_shape == (2, 26, 26)
