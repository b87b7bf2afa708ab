"""`sharedconv explain` on whole texts: what it prints, its --json, and what it makes of a number.

Expected numbers are those that Keras and PyTorch count, and those of the papers in DESIGN.md.
"""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import pytest
from facts.question_listings import (
    ANSWER_CODE,
    FIRST_CODE,
    QUESTION,
    SECOND_CODE,
    SECOND_TABLE,
)
from torch import nn

from sharedconv.cli import main

LENET = """
model = Sequential()
model.add(Conv2D(6, 5, padding='same', activation='tanh', input_shape=(28, 28, 1)))
model.add(AveragePooling2D(2))
model.add(Conv2D(16, 5, activation='tanh'))
model.add(AveragePooling2D(2))
model.add(Flatten())
model.add(Dense(120, activation='tanh'))
model.add(Dense(84, activation='tanh'))
model.add(Dense(10, activation='softmax'))
"""  # 61,706 parameters: 156 + 2,416 + 48,120 + 10,164 + 850

RESNET50 = """
def block(x, filters, stride=1, shortcut=True):
    if shortcut:
        short = layers.Conv2D(4 * filters, 1, strides=stride)(x)
        short = layers.BatchNormalization()(short)
    else:
        short = x
    x = layers.Conv2D(filters, 1, strides=stride)(x)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("relu")(x)
    x = layers.Conv2D(filters, 3, padding="SAME")(x)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("relu")(x)
    x = layers.Conv2D(4 * filters, 1)(x)
    x = layers.BatchNormalization()(x)
    x = layers.Add()([short, x])
    return layers.Activation("relu")(x)

def stack(x, filters, blocks, stride=2):
    x = block(x, filters, stride=stride)
    for i in range(2, blocks + 1):
        x = block(x, filters, shortcut=False)
    return x

inputs = keras.Input((224, 224, 3))
x = layers.ZeroPadding2D(3)(inputs)
x = layers.Conv2D(64, 7, strides=2)(x)
x = layers.BatchNormalization()(x)
x = layers.Activation("relu")(x)
x = layers.MaxPooling2D(3, strides=2)(layers.ZeroPadding2D(1)(x))
for filters, blocks in zip((64, 128, 256, 512), (3, 4, 6, 3)):
    x = stack(x, filters, blocks, stride=1 if filters == 64 else 2)
x = layers.GlobalAveragePooling2D()(x)
model = keras.Model(inputs, layers.Dense(1000, activation="softmax")(x))
"""


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["explain", *arguments]) == 0
    return capsys.readouterr().out


def answered(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    return json.loads(told(capsys, *arguments, "--json"))


def sentence_of(text: str) -> str:
    return " ".join(text.split())


# -- where the text comes from ---------------------------------------------------------------------


def test_a_text_comes_from_the_line_a_file_or_standard_input(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "snippet.py"
    file.write_text(f"\ufeff{LENET}", encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(LENET.encode())))
    from_file, from_line, from_pipe = (answered(capsys, given) for given in (str(file), LENET, "-"))
    assert from_file == from_line == from_pipe
    assert from_line["total"] == 61_706


def test_a_file_with_one_layer_is_that_layer(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "layer.txt"
    file.write_text("Conv2D(\n    10,\n    5,\n)\n", encoding="utf-8")
    assert answered(capsys, str(file), "--input", "100x100x1")["otherwise"]["unshared"] == 2_396_160


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("nowhere.py", "there is no file nowhere.py"),
        ("Hello.\nHow are you?\n", "there is no layer in this text"),
        ("m = Sequential([Dense(3)])", "line 1: "),
        ("a = 1\nm = Sequential([\n  Dense(n, input_dim=3)])", "line 3: units is n"),
        ("x = 1\n" * 40_000, "200,000"),
    ],
)
def test_what_cannot_be_read_is_one_sentence_and_exit_code_2(
    capsys: pytest.CaptureFixture[str], given: str, words: str
) -> None:
    with pytest.raises(SystemExit) as left:
        main(["explain", given])
    assert left.value.code == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert words in printed.err
    assert printed.err.count("\n") == 1


# -- what is said ----------------------------------------------------------------------------------


def test_every_layer_has_its_count_shape_and_formula(capsys: pytest.CaptureFixture[str]) -> None:
    answer = answered(capsys, LENET)
    assert [(each["total"], each["output_shape"]) for each in answer["layers"]] == [
        (156, [28, 28, 6]),
        (0, [14, 14, 6]),
        (2_416, [10, 10, 16]),
        (0, [5, 5, 16]),
        (0, [400]),
        (48_120, [120]),
        (10_164, [84]),
        (850, [10]),
    ]
    assert (answer["total"], answer["trainable"], answer["non_trainable"]) == (61_706, 61_706, 0)
    assert answer["mult_adds"] == 28 * 28 * 150 + 10 * 10 * 2_400 + 48_000 + 10_080 + 840
    assert answer["layers"][2]["terms"] == [
        {
            "role": "kernel",
            "trainable": True,
            "factors": {"filters": 16, "kernel height": 5, "kernel width": 5, "in_channels": 6},
            "size": 2_400,
        },
        {"role": "bias", "trainable": True, "factors": {"filters": 16}, "size": 16},
    ]
    printed = told(capsys, LENET)
    assert "units 120 × in_features 400 + units 120 = 48,120" in printed
    assert "8 layers, 61,706 parameters" in printed
    assert max(map(len, printed.splitlines())) <= 100


def test_the_object_has_the_keys_of_the_design(capsys: pytest.CaptureFixture[str]) -> None:
    keys = {"layers", "total", "trainable", "non_trainable", "mult_adds", "expected", "diagnosis"}
    layer = {
        "text",
        "kind",
        "framework",
        "input_shape",
        "output_shape",
        "terms",
        "total",
        "formula",
    }
    for given in (LENET, QUESTION, SECOND_TABLE, "nn.Sequential(nn.Linear(3, 4), nn.ReLU())"):
        answer = answered(capsys, given, "--expected", "3")
        assert keys <= answer.keys()
        assert all(layer <= each.keys() for each in answer["layers"])
        assert answer["total"] == sum(each["total"] for each in answer["layers"])
        assert answer["expected"] == 3


def test_a_layer_used_again_is_counted_once(capsys: pytest.CaptureFixture[str]) -> None:
    text = "x = Input((8, 8, 1))\nc = Conv2D(1, 3, padding='same')\nm = Model(x, c(c(x)))"
    assert "as layer 1" in told(capsys, text)
    answer = answered(capsys, text)
    assert answer["total"] == 10
    assert [each["same_weights_as"] for each in answer["layers"]] == [None, 1]
    # the work is done twice: 64 positions × 9 products each
    assert answer["mult_adds"] == 2 * 576


# -- the question ----------------------------------------------------------------------------------


def test_the_questions_table_does_not_belong_to_its_code(
    capsys: pytest.CaptureFixture[str],
) -> None:
    printed = sentence_of(told(capsys, QUESTION))
    assert printed.count("don't belong together") == 1
    code = "the code has Conv2D(filters=60, kernel_size=(3, 3), strides=(1, 1)) with 600 parameters"
    assert f"{code} and an output of 98×98×60" in printed
    assert "shows conv2d_10 (Conv2D) with 260 parameters and an output of 100×100×10" in printed
    assert printed.count("gives what the table shows") == 1
    assert "Conv2D(10, 5, padding='same')" in printed  # what the table's row can be


def test_the_questions_five_pieces(capsys: pytest.CaptureFixture[str]) -> None:
    answer = answered(capsys, QUESTION)
    assert [each["total"] for each in answer["parts"]] == [10, 10, 600, 260, 9]
    assert [bool(each["disagreement"]) for each in answer["pairs"]] == [False, True]
    assert answer["not_read"] == []
    lines = QUESTION.splitlines()
    for part, code in zip(
        answer["parts"][::2], (FIRST_CODE, SECOND_CODE, ANSWER_CODE), strict=True
    ):
        start = next(line for line in code.splitlines() if line.startswith("input_layer"))
        assert lines[part["lines"][0] - 1].startswith((start, "ccm1_conv"))


def test_code_and_table_of_one_model_agree(capsys: pytest.CaptureFixture[str]) -> None:
    model = keras.Sequential(
        [
            keras.Input((12, 12, 3)),
            keras.layers.Conv2D(4, 3),
            keras.layers.BatchNormalization(),
            keras.layers.Flatten(),
            keras.layers.Dense(2),
        ]
    )
    lines: list[str] = []
    model.summary(print_fn=lambda line, **_: lines.append(line))
    code = "model = Sequential([Input((12, 12, 3)), Conv2D(4, 3), BatchNormalization(), Flatten(), "
    table = "\n".join(lines)
    (pair,) = answered(capsys, f"{code}Dense(2)])\n\n{table}\n")["pairs"]
    assert pair["disagreement"] is None
    (pair,) = answered(capsys, f"{code}Dense(3)])\n\n{table}\n")["pairs"]
    assert "Dense(3) with 1,203 parameters" in pair["disagreement"]
    assert "802 parameters" in pair["disagreement"]


# -- an expected number ----------------------------------------------------------------------------


def diagnosed(capsys: pytest.CaptureFixture[str], text: str, expected: int) -> dict[str, str]:
    """The slugs that explain the number, each with its sentence."""
    found = answered(capsys, text, "--expected", str(expected))["diagnosis"]
    assert all(each["number"] == expected for each in found)
    return {"+".join(each["misconceptions"]): each["sentence"] for each in found}


def test_the_right_number_is_right(capsys: pytest.CaptureFixture[str]) -> None:
    assert "that is right" in told(capsys, LENET, "--expected", "61706")
    assert diagnosed(capsys, LENET, 61_706) == {}


def test_a_slip_made_in_all_layers(capsys: pytest.CaptureFixture[str]) -> None:
    # without all biases: 150 + 2,400 + 48,000 + 10,080 + 840
    assert "forgot-bias" in diagnosed(capsys, LENET, 61_470)


def test_a_slip_made_in_one_layer(capsys: pytest.CaptureFixture[str]) -> None:
    # the first dense layer without its 120 biases
    sentence = diagnosed(capsys, LENET, 61_586)["forgot-bias"]
    assert "layer 6, Dense(120, activation='tanh'), as 48,000" in sentence


def test_the_size_of_flatten_taken_from_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    # 10 × 10 × 16 inputs, before the last pooling: 120 × 1,600 + 120
    found = diagnosed(capsys, LENET, 61_706 - 48_120 + 192_120)
    assert "1,600 inputs" in found["flatten-size"]
    # 28 × 28 × 1 inputs, those of the image
    found = diagnosed(capsys, LENET, 61_706 - 48_120 + 94_200)
    assert "the model's input" in found["flatten-size"]


def test_the_totals_of_a_model_are_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    model = keras.Sequential(
        [keras.Input((5,)), keras.layers.Dense(7), keras.layers.BatchNormalization()]
    )
    text = "m = Sequential([Input((5,)), Dense(7), BatchNormalization()])"
    assert model.count_params() == answered(capsys, text)["total"] == 70
    assert "trainable-total" in diagnosed(capsys, text, 56)
    assert "non-trainable-total" in diagnosed(capsys, text, 14)
    layers = nn.Sequential(nn.Linear(5, 7), nn.BatchNorm1d(7))
    held = sum(each.numel() for each in layers.state_dict().values())
    text = "nn.Sequential(nn.Linear(5, 7), nn.BatchNorm1d(7))"
    assert held == answered(capsys, text)["state_dict"] == 71
    assert "15" in diagnosed(capsys, text, 71)["state-dict-total"]


def test_the_total_that_keras_prints_after_training(capsys: pytest.CaptureFixture[str]) -> None:
    """687 becomes 2,063 with Adam (DESIGN.md section 5)."""
    text = "m = Sequential([Input((16,)), Dense(38), Dense(1), Dense(1)])"
    assert answered(capsys, text)["total"] == 687
    assert "Adam" in diagnosed(capsys, text, 2_063)["optimizer-variables"]


def test_a_layer_counted_each_time_that_it_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    text = "x = Input((8,))\nd = Dense(8)\nm = Model(x, d(d(d(x))))"
    assert answered(capsys, text)["total"] == 72
    assert "counted-shared-twice" in diagnosed(capsys, text, 216)
    tied = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(50, 8)
        self.head = nn.Linear(8, 50, bias=False)
        self.head.weight = self.embedding.weight
"""
    assert answered(capsys, tied)["total"] == 400
    assert "counted-shared-twice" in diagnosed(capsys, tied, 800)  # as torchinfo 1.8.0 counts it


def test_an_argument_that_landed_in_another_parameter(capsys: pytest.CaptureFixture[str]) -> None:
    # in Keras today: kernel 3×3, stride 5; as Keras 1 read it: a kernel of 3×5
    found = diagnosed(capsys, "Conv2D(64, 3, 5, input_shape=(32, 32, 3))", 64 * 45 + 64)
    assert list(found) == ["positional-argument"]
    assert "the 5 behind it is the stride" in found["positional-argument"]
    # the same number for another reason: it is said although the number is right
    printed = told(capsys, "Conv2D(64, 3, 3, input_shape=(32, 32, 3))", "--expected", "1792")
    assert "that is right" in printed
    assert "the 3 behind it is the stride" in sentence_of(printed)
    plain = told(capsys, "Conv2D(64, (3, 3), input_shape=(32, 32, 3))", "--expected", "1792")
    assert "stride" not in plain
    model = "m = Sequential([Input((32, 32, 3)), Conv2D(64, 3, 5), Conv2D(8, 1)])"
    assert "positional-argument" in diagnosed(capsys, model, 2_944 + 520)


def test_resnet_50_of_two_frameworks(capsys: pytest.CaptureFixture[str]) -> None:
    """25,557,032 in torch, 25,636,712 in Keras: the biases of the convolutions, and statistics."""
    answer = answered(capsys, RESNET50)
    theirs = keras.applications.ResNet50(weights=None)
    assert answer["total"] == theirs.count_params() == 25_636_712
    assert answer["non_trainable"] == 53_120
    shapes = [each.output.shape[1:] for each in theirs.layers if "Conv2D" in str(type(each))]
    ours = [tuple(each["output_shape"]) for each in answer["layers"] if each["kind"] == "Conv"]
    assert sorted(ours) == sorted(shapes)
    (sentence,) = diagnosed(capsys, RESNET50, 25_557_032).values()
    assert "79,680 less than 25,636,712" in sentence
    assert "the biases of the Conv2D layers (26,560)" in sentence
    assert "the statistics of the BatchNormalization layers (53,120)" in sentence


def test_a_difference_that_is_a_part_of_the_model(capsys: pytest.CaptureFixture[str]) -> None:
    # one layer left out, and one counted once more
    assert "layer 7, Dense(84" in diagnosed(capsys, LENET, 51_542)["sum-of-parts"]
    more = diagnosed(capsys, LENET, 61_706 + 850)["sum-of-parts"]
    assert "layer 8, Dense(10" in more
    assert "counted once more" in more


def test_a_layer_left_out_is_said_before_two_slips_at_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Exercise 12.3, with the first layer only and with the second one only."""
    text = "Sequential([Input((12, 1)), LocallyConnected1D(4, 3), Conv1D(4, 3)])"
    for expected, layer in ((160, "layer 2, Conv1D"), (52, "layer 1, LocallyConnected1D")):
        (slugs,) = found = diagnosed(capsys, text, expected)
        assert slugs == "sum-of-parts"
        assert layer in found[slugs]


def test_who_expects_nothing_has_left_out_no_part(capsys: pytest.CaptureFixture[str]) -> None:
    for text in (LENET, "nn.Conv2d(1, 10, 5)"):
        assert diagnosed(capsys, text, 0) == {}


def test_a_number_that_nothing_leads_to(capsys: pytest.CaptureFixture[str]) -> None:
    assert diagnosed(capsys, LENET, 61_707) == {}
    printed = sentence_of(told(capsys, LENET, "--expected", "61707"))
    assert "No single slip leads from 61,706 to 61,707" in printed


def test_a_table_takes_an_expected_number_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(diagnosed(capsys, SECOND_TABLE, 250)) == ["forgot-bias"]


# -- how texts look where people copy them ---------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        ">>> model = Sequential()\n>>> model.add(Dense(4, input_dim=3))\n"
        ">>> for n in (5, 6):\n...     model.add(Dense(n))\n...\n>>> model.summary()\nDone.\n",
        "In [1]: model = Sequential([Dense(4, input_dim=3),\n   ...:     Dense(5), Dense(6)])\n"
        "In [2]: model.summary()\n",
        "    model = Sequential([\n        Dense(4, input_dim=3),\n        Dense(5),\n"
        "        Dense(6),\n    ])\n",
        "model = Sequential()\n    model.add(Dense(4, input_dim=3))\n    model.add(Dense(5))\n"
        "    model.add(Dense(6))\n",
        "My model:\n\n```python\nmodel = Sequential([\n    Dense(4, input_dim=3),\n\n"
        "    Dense(5),\n    Dense(6)])\n```\nWhy has it so many parameters, e.g. in Dense(5)?\n",
        "I have this:\n\nmodel = Sequential()\nmodel.add(Dense(4, input_dim=3))\n\nand then\n\n"
        "model.add(Dense(5))\nmodel.add(Dense(6))\n\nWhat is wrong?\n",
        "model\xa0= Sequential([Dense(4, input_dim=3, name=“first”), Dense(5), Dense(6)])\r\n",
        "Dense(4, input_dim=3),\nDense(5),\nDense(6),\n",
    ],
)
def test_code_is_found_by_its_form(capsys: pytest.CaptureFixture[str], text: str) -> None:
    answer = answered(capsys, text)
    assert [each["total"] for each in answer["layers"]] == [16, 25, 36]


def test_code_that_cannot_be_read_beside_code_that_can(
    capsys: pytest.CaptureFixture[str],
) -> None:
    first, second = "m = Sequential([Dense(4, input_dim=3)])", "m = Sequential([Dense(k)])"
    text = f"First:\n\n{first}\n\nSecond:\n\n{second}\n"
    answer = answered(capsys, text)
    assert answer["total"] == 16
    (problem,) = answer["not_read"]
    assert problem.startswith("line 7: units is k")
    assert "Not read: line 7" in told(capsys, text)


def test_a_split_that_does_not_fit_the_rows_of_a_table_is_not_passed_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The rows make 7, and the last lines speak of 5: "total" stays the sum of its two parts."""
    table = (
        "Layer (type)                 Output Shape              Param #   \n"
        "=================================================================\n"
        "dense (Dense)                (None, 1)                 7         \n"
        "=================================================================\n"
        "Total params: 5\nTrainable params: 5\nNon-trainable params: 0\n"
    )
    answer = answered(capsys, table)
    assert (answer["total"], answer["trainable"], answer["non_trainable"]) == (7, 7, 0)
    assert any("the rows add up to 7" in each for each in answer["problems"])
