"""What can't be read in a pasted text is named with its line, in one sentence; nothing is run."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

import pytest

from sharedconv.spelling.snippet import read_snippet
from sharedconv.spelling.text import read_text

REFUSED = {
    "m = Sequential([\n  Input((8,)),\n  Dense(n_classes)])": (3, "units is n_classes"),
    "m = Sequential()\nm.add(Dense(3))": (2, "--input"),
    "m = Sequential()\nm.add(Input((8,)))\nm.add(Frobnicate(3))": (3, "Frobnicate"),
    "m = Sequential([Input((8,)), Dens(3)])": (1, "did you mean Dense"),
    "x = Input((8, 8, 3))\ny = tf.reshape(x, (-1, 192))": (2, "tf.reshape"),
    "x = Input((8, 8, 3))\ny = my_block(x)\nz = Dense(3)(y)": (2, "my_block"),
    "x = Input(shape=image.shape)\ny = Dense(3)(x)": (1, "image.shape"),
    "x = Input((8, 8, 3))\nz = Add()([x, Conv2D(5, 1)(x)])": (2, "put together"),
    "x = Input((8, 8, 3))\ny = Conv2D(3, 3)(x)\nz = Concatenate()([x, y])": (3, "side by side"),
    "x = Input((8,))\ny = Lambda(lambda t: t[:, 0])(x)\nz = Dense(2)(y)": (2, "Lambda"),
    "x = Input((8, 8, 3))\ny = Dense(2)(x[0])": (2, "line 2"),
    "m = Sequential([Input((8,))])\nif deep:\n  m.add(Dense(3))": (2, "whether deep"),
    "m = Sequential([Input((8,))])\nwhile grow():\n  m.add(Dense(3))": (2, "how often"),
    "m = Sequential([Input((8,))])\nfor n in sizes:\n  m.add(Dense(n))": (2, "sizes"),
    "m = Sequential([Input((8,)), Dense(4)])\nfor l in m.layers[:k]:\n  l.trainable = False": (
        2,
        "frozen",
    ),
    "n = 10 // 0\nm = Sequential([Input((8,)), Dense(n)])": (1, "10 // 0"),
    "m = nn.Sequential(nn.Linear(3, 4), nn.Linear)": (1, "nn.Linear"),
    "m = nn.Sequential(nn.Linear(3, 4), make_head())": (1, "make_head()"),
    "a = [1, 2]\nm = nn.Sequential(nn.Linear(a[5], 4))": (2, "no 5"),
    "def f(n):\n  return nn.Linear(n)\nm = nn.Sequential(f(3))": (2, "out_features"),
    "def f(n):\n  return nn.Linear(n, n)\nm = nn.Sequential(f())": (3, "f needs n"),
    "def f(n):\n  return f(n)\nm = nn.Sequential(f(1))": (2, "30 deep"),
    "class Net(nn.Module):\n  def __init__(self, n):\n    self.l = nn.Linear(n, n)": (
        1,
        "Net needs n",
    ),
    "class Net(keras.Model):\n  def __init__(self):\n    self.d = Dense(3)\nm = Net()": (
        3,
        "method",
    ),
    "import flax.linen as nn\nclass Net(nn.Module):\n  pass": (2, "Flax"),
    "import equinox as eqx\nm = nn.Sequential(\n  eqx.nn.Conv2d(1, 10, 5))": (3, "Equinox"),
    "import haiku as hk\nx = Input((8, 8, 3))\ny = hk.Conv2D(3, 3)(x)": (3, "Haiku"),
    "model = Chain(\n  Conv((5, 5), 1=>6, relu),\n  Dense(6, 10))": (2, "Flux"),
    "m = Sequential([\n  Dense(3)\n  Dense(4)])": (2, "Python"),
    "m = Sequential([Dense(3, **options, input_dim=3)])": (1, "**options"),
    "m = Sequential([Input((8,)), ...])": (1, "write the layer itself"),
    "x = Input((8,))\nm = Model(x, head)": (2, "from what to what"),
    "m = nn.Sequential(*[nn.Linear(3, 3) for i in range(10_001)])": (1, "10,000"),
    "for i in range(10**9):\n  m.add(Dense(3))": (1, "10,000"),
    "for i in range(20_000):\n  for k in range(20_000):\n    x = 1": (3, "too long"),
    "m = nn.Sequential(nn.Linear(9**9**9, 3))": (1, "larger than any layer"),
    "m = nn.Sequential(nn.Linear(10**101, 3))": (1, "100 digits"),
    "x = 'ab' * 10**9\nm = nn.Sequential(nn.Linear(3, 3))": (1, "20,000"),
    "m = nn.Sequential(" * 150 + ")" * 150: (None, "nested too deeply"),
    "m = " + "-" * 100_000 + "1": (None, "nested too deeply"),
    "m = " + "+".join(["a"] * 50_000): (None, "nested too deeply"),
    "m = 1  # " + "x" * 200_000: (None, "200,000"),
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: text[:60])
def test_what_is_not_understood_is_named_with_its_line(text: str) -> None:
    line, words = REFUSED[text]
    with pytest.raises(ValueError, match=re.escape(words)) as refusal:
        assert not read_snippet(text)
    sentence = str(refusal.value)
    assert sentence.startswith(f"line {line}: ") if line else "line" not in sentence[:5]
    assert "object at 0x" not in sentence
    assert len(sentence) < 400


HUGE = {
    "many layers": "m = nn.Sequential(*[nn.Linear(i + 1, i + 2) for i in range(9_999)])",
    "many lines": "m = Sequential([Input((8,))])\n"
    + "".join(f"m.add(Dense({n}))\n" for n in range(1, 8_000)),
    "a list in a list in a list": "x = []\n" + "x = [x, x]\n" * 90 + "m = Sequential(x)\n",
    "two calls in each call": "def f(x):\n  f(x)\n  f(x)\nf(1)",
    "a model put into itself": "x = Input((8,))\nm = Model(x, Dense(8)(x))\n"
    + "m = Model(x, m(m(x)))\n" * 30,
    "brackets": "(" * 100_000,
    "assignments": "a = 1\n" * 33_000,
    "open calls": "Conv2D(3\n" * 20_000,
    "headers of tables": "Layer (type)  Output Shape  Param #\n" * 5_000,
}


@pytest.mark.parametrize("name", HUGE)
def test_a_huge_text_gets_an_answer_or_a_sentence_in_bounded_work(name: str) -> None:
    # without bounds most of these would not come back at all
    try:
        sentence = ""
        assert read_text(HUGE[name]).parts
    except ValueError as refusal:
        sentence = str(refusal)
    assert len(sentence) < 400


def test_nothing_is_ever_executed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = """
import os
open("made", "w").write("x")
os.system("touch made")
exec("open('made', 'w')")
__import__("pathlib").Path("made").touch()
(lambda: open("made", "w"))()
[open("made", "w") for _ in range(3)]
class Net(nn.Module):
    open("made", "w")
    def __init__(self, x=open("made", "w")):
        open("made", "w")
        self.layer = nn.Linear(3, eval("4") and 4)
        f"{open('made', 'w')}"
net = Net()
@open("made", "w")
def f(): pass
"""
    with contextlib.suppress(ValueError):
        read_snippet(text)
    assert list(tmp_path.iterdir()) == []
