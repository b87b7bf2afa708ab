"""Mutated texts: an answer or one sentence, whatever is in them, and never anything else."""

from __future__ import annotations

import json

from facts.question_listings import QUESTION, SECOND_CODE, SECOND_TABLE
from hypothesis import HealthCheck, given, settings, strategies as st

from sharedconv.explaining.pasted import is_one_layer
from sharedconv.explaining.text import explain_text, explain_text_json
from sharedconv.spelling.text import read_text

SEEDS = (
    QUESTION,
    SECOND_CODE + SECOND_TABLE,
    """
model = Sequential()
n = 8
for i in range(2):
    model.add(Conv2D(n * 2 ** i, (3, 3), padding="same", input_shape=(8, 8, 3)))
model.add(Flatten())
model.add(Dense(10))
for layer in model.layers[:1]: layer.trainable = False
""",
    """
def block(x, n, stride=1):
    y = layers.Conv2D(n, 3, strides=stride, padding="same")(x)
    return layers.Add()([y, layers.Conv2D(n, 1, strides=stride)(x)])
inputs = keras.Input((16, 16, 3))
model = keras.Model(inputs, block(block(inputs, 4), 8, stride=2))
""",
    """
class Net(nn.Module):
    def __init__(self, c=3, n=10):
        super().__init__()
        parts = [nn.Conv2d(c, 8, 3), nn.BatchNorm2d(8)] + [nn.Linear(8, 8)] * 2
        self.body = nn.Sequential(*parts)
        self.head = nn.Linear(8, n, bias=False)
        self.head.weight = parts[2].weight
net = Net(n=8)
""",
    """
        Layer (type)               Output Shape         Param #
================================================================
            Conv2d-1            [-1, 6, 24, 24]             156
         MaxPool2d-2            [-1, 6, 12, 12]               0
            Linear-3                   [-1, 10]           8,650
================================================================
Total params: 8,806
""",
    "m = Sequential([Embedding(9, 4, input_length=5), Bidirectional(LSTM(3)), Dense(2)])",
)
SCRAPS = (
    *("Conv2D", "nn.", "Dense(", "(", ")", "[", "]", ",", "*", "**", "x", "=", "None", "-1", "0"),
    *("1e9", "10**50", "for i in range(3):\n ", "if x:\n ", "lambda x: ", "self.", "'", '"', "\n"),
    *("#", ":", "...", ">>> ", "model.add(", "Sequential(", "Input(", "Model(", "def f(x):\n "),
    *("return ", "{", "}", ".layers", "@", "%", "//", "import ", "(None, ", "│", "range(", "zip("),
    *("Flatten()", "Add()([x, x])", "\\", "=>", "```", "_" * 30, "é", "\x00", "\t", "²", "٣"),
)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    text = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(text)))
        end = min(start + draw(st.sampled_from((0, 0, 1, 3, 12, 60))), len(text))
        scrap = draw(st.sampled_from(SCRAPS) | st.just(text[start:end] * 2) | st.text(max_size=3))
        text = f"{text[:start]}{scrap}{text[end:]}"
    return text


@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    mutated(),
    st.none() | st.sampled_from([(28, 28, 1), (3, 32, 32), (8,), (None, None, 3)]),
    st.none() | st.integers(-5, 10**6),
)
def test_an_answer_or_one_sentence(
    text: str, shape: tuple[int | None, ...] | None, expected: int | None
) -> None:
    is_one_layer(text)
    try:
        whole = read_text(text, shape)
    except (ValueError, TypeError) as refusal:
        sentence = str(refusal)
        assert sentence
        assert len(sentence) < 700
        assert "object at 0x" not in sentence
        return
    assert explain_text(whole, expected)
    answer = explain_text_json(whole, expected)
    assert json.loads(json.dumps(answer)) == answer
    assert answer["total"] == answer["trainable"] + answer["non_trainable"] or "table" in answer
