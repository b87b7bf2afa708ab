"""``FILE.py:NAME``: a learner's own file, run; and one sentence for whatever goes wrong in it."""

import sys
from pathlib import Path

import pytest
from torch import nn

from sharedconv.witnesses import load_model

NET = """
from __future__ import annotations

from dataclasses import dataclass

from torch import nn

from beside import CHANNELS


@dataclass
class Config:
    channels: int = CHANNELS


class Net(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Conv2d(1, Config().channels, 5))


class Sized(nn.Module):
    def __init__(self, size):
        super().__init__()


def make():
    return Net()


def make_a_number():
    return 7


model = Net()
other = Net()
number = 260
"""


@pytest.fixture
def net(tmp_path: Path) -> Path:
    """A file with a model as a learner may write it: with a neighbour and a dataclass."""
    (tmp_path / "beside.py").write_text("CHANNELS = 10\n")
    file = tmp_path / "net.py"
    file.write_text(NET)
    return file


@pytest.mark.parametrize("name", ["model", "make", "Net"])
def test_a_model_a_function_or_a_class(net: Path, name: str) -> None:
    path = list(sys.path)
    model = load_model(f"{net}:{name}")
    assert isinstance(model, nn.Module)
    assert sum(each.numel() for each in model.parameters()) == 260
    assert sys.path == path


def test_the_file_may_be_named_from_where_one_stands(
    net: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(net.parent)
    assert isinstance(load_model("net.py:model"), nn.Module)


def test_each_file_has_its_own_neighbours(net: Path, tmp_path: Path) -> None:
    folder = tmp_path / "another"
    (folder / "beside").mkdir(parents=True)
    (folder / "beside" / "__init__.py").write_text("from beside.sizes import CHANNELS\n")
    (folder / "beside" / "sizes.py").write_text("CHANNELS = 20\n")
    (folder / "net.py").write_text(NET)
    for file, count in [(net, 260), (folder / "net.py", 520), (net, 260)]:
        model = load_model(f"{file}:model")
        assert sum(each.numel() for each in model.parameters()) == count


def test_a_file_saved_again_is_read_again(net: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python's own cache takes what was changed within a second for the same file."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    for count, channels in [(260, 10), (520, 20), (780, 30)]:
        net.write_text(NET.replace("= CHANNELS", f"= {channels}"))
        model = load_model(f"{net}:model")
        assert sum(each.numel() for each in model.parameters()) == count
    assert {each.name for each in net.parent.iterdir()} == {"net.py", "beside.py"}


def test_a_file_named_like_a_library_hides_nothing(tmp_path: Path) -> None:
    import json

    file = tmp_path / "json.py"
    file.write_text("from torch import nn\nmodel = nn.ReLU()\n")
    assert isinstance(load_model(f"{file}:model"), nn.ReLU)
    assert sys.modules["json"] is json


def refused(where: str) -> str:
    with pytest.raises(ValueError, match=r".+") as error:
        load_model(where)
    sentence = str(error.value)
    assert "\n" not in sentence
    return sentence


def test_there_is_no_such_file(tmp_path: Path) -> None:
    assert "there is no file" in refused(f"{tmp_path / 'none.py'}:model")
    (tmp_path / "folder.py").mkdir()
    assert "there is no file" in refused(f"{tmp_path / 'folder.py'}:model")


@pytest.mark.parametrize("where", ["net.py", "net:model", "net.py:", "net.py:a.b", ":model", ""])
def test_what_does_not_name_a_model(where: str) -> None:
    assert "net.py:model" in refused(where), "it says how it would be written"


def test_a_name_that_is_not_there_lists_the_models_that_are(net: Path) -> None:
    sentence = refused(f"{net}:nett")
    assert "has no nett" in sentence
    assert "model, other" in sentence
    assert "number" not in sentence


@pytest.mark.parametrize(("name", "what"), [("number", "int"), ("make_a_number", "int")])
def test_what_is_no_model(net: Path, name: str, what: str) -> None:
    sentence = refused(f"{net}:{name}")
    assert f"is {what}, not a model" in sentence


def test_a_class_that_needs_arguments(net: Path) -> None:
    assert "missing 1 required positional argument: 'size'" in refused(f"{net}:Sized")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("raise RuntimeError('no data\\nand no hope')", "RuntimeError: no data and no hope"),
        ("raise ValueError('first\\nsecond')", "ValueError: first second"),
        ("def broken(:", "SyntaxError"),
        ("import sys; sys.exit(3)", "SystemExit: 3"),
        ("import nowhere_to_be_found", "nowhere_to_be_found"),
        ("from torch import nn; model = nn.Linear(3, 'four')", "TypeError"),
        ("def model():\n    raise KeyError('weights')", "KeyError"),
        ("def model():\n    raise ValueError('of\\nlines')", "ValueError: of lines"),
    ],
)
def test_whatever_stops_the_file_is_said_in_one_line_with_the_file_s_name(
    tmp_path: Path, code: str, words: str
) -> None:
    file = tmp_path / "net.py"
    file.write_text(code)
    path = list(sys.path)
    sentence = refused(f"{file}:model")
    assert words in sentence
    assert "net.py stopped with" in sentence
    assert sys.path == path
