"""Summary tables of frameworks that aren't installed here, as people paste them, and false ones.

The layouts are those of Keras 2.4 and 2.12 (``keras/utils/layer_utils.py``) and of torchsummary
1.5.1; the numbers are those that the layers named in them have.
"""

from __future__ import annotations

import pytest

from sharedconv.spelling.passage import pieces
from sharedconv.spelling.sense import Verdict, totals_problems, verdicts
from sharedconv.spelling.table import Table, read_table

KERAS_2_WITH_BRANCHES = """\
Model: "resnet50"
__________________________________________________________________________________________________
Layer (type)                    Output Shape         Param #     Connected to
==================================================================================================
input_1 (InputLayer)            [(None, 224, 224, 3) 0
__________________________________________________________________________________________________
conv1_pad (ZeroPadding2D)       (None, 230, 230, 3)  0           input_1[0][0]
__________________________________________________________________________________________________
conv1_conv (Conv2D)             (None, 112, 112, 64) 9472        conv1_pad[0][0]
__________________________________________________________________________________________________
conv1_bn (BatchNormalization)   (None, 112, 112, 64) 256         conv1_conv[0][0]
__________________________________________________________________________________________________
conv2_block1_0_bn (BatchNormali (None, 112, 112, 64) 256         conv1_bn[0][0]
__________________________________________________________________________________________________
conv2_block1_add (Add)          (None, 112, 112, 64) 0           conv1_bn[0][0]
                                                                 conv2_block1_0_bn[0][0]
==================================================================================================
Total params: 9,984
Trainable params: 9,728
Non-trainable params: 256
__________________________________________________________________________________________________
"""

KERAS_2_WRAPPED = """\
Model: "model"
__________________________________________________________________________________________________
 Layer (type)                   Output Shape         Param #     Connected to
==================================================================================================
 input_1 (InputLayer)           [(None, 224, 224, 3  0           []
                                )]

 conv1_pad (ZeroPadding2D)      (None, 230, 230, 3)  0           ['input_1[0][0]']

 conv1_conv (Conv2D)            (None, 112, 112, 64  9472        ['conv1_pad[0][0]']
                                )

 conv2_block1_1_bn (BatchNormal  (None, 112, 112, 64  256        ['conv1_conv[0][0]']
 ization)                       )

 conv2_block1_2_depthwise (Dept  (None, 112, 112, 64  576        ['conv2_block1_1_bn[0][0]']
 hwiseConv2D)                   )

 a_layer_with_quite_a_long_name  (None, 112, 112, 8)  520        ['conv2_block1_2_depthwise[0][0]'
 _of_its_own (Conv2D)                                            ]

 add (Add)                      (None, 112, 112, 8)  0           ['a_layer_with_quite_a_long_name_
                                                                 of_its_own[0][0]',
                                                                  'a_layer_with_quite_a_long_name_
                                                                 of_its_own[0][0]']
==================================================================================================
Total params: 10,824
Trainable params: 10,696
Non-trainable params: 128
__________________________________________________________________________________________________
"""

TORCHSUMMARY = """\
----------------------------------------------------------------
        Layer (type)               Output Shape         Param #
================================================================
            Conv2d-1            [-1, 6, 24, 24]             156
              ReLU-2            [-1, 6, 24, 24]               0
         MaxPool2d-3            [-1, 6, 12, 12]               0
            Conv2d-4             [-1, 16, 8, 8]           2,416
       BatchNorm2d-5             [-1, 16, 8, 8]              32
         MaxPool2d-6             [-1, 16, 4, 4]               0
            Linear-7                  [-1, 120]          30,840
================================================================
Total params: 33,444
Trainable params: 33,444
Non-trainable params: 0
----------------------------------------------------------------
Input size (MB): 0.00
Forward/backward pass size (MB): 0.08
Params size (MB): 0.13
Estimated Total Size (MB): 0.21
----------------------------------------------------------------
"""


def read_pasted(text: str) -> Table:
    (piece,) = pieces(text)
    return read_table(piece.lines, piece.first_line)


def texts(found: list[Verdict]) -> dict[str, list[str]]:
    return {each.row.name: [one.text for one in each.readings] for each in found if each.readings}


def test_keras_2_with_branches() -> None:
    table = read_pasted(KERAS_2_WITH_BRANCHES)
    assert (table.layout, table.total) == ("Keras 2", 9_984)
    assert table.totals == {"total": 9_984, "trainable": 9_728, "non-trainable": 256}
    assert [row.output for row in table.rows][:2] == [(224, 224, 3), (230, 230, 3)]
    assert table.rows[-1].sources == ("conv1_bn", "conv2_block1_0_bn")
    found = verdicts(table)
    assert texts(found) == {
        "conv1_conv": ["Conv2D(64, 7, strides=2)"],
        "conv1_bn": ["BatchNormalization()"],
        "conv2_block1_0_bn": ["BatchNormalization()"],
    }
    assert not any(each.problem for each in found)
    assert totals_problems(table) == []


def test_keras_2_with_cells_that_go_on_in_the_next_line() -> None:
    table = read_pasted(KERAS_2_WRAPPED)
    long_name = "a_layer_with_quite_a_long_name_of_its_own"
    assert [(row.name, row.type) for row in table.rows][3:] == [
        ("conv2_block1_1_bn", "BatchNormalization"),
        ("conv2_block1_2_depthwise", "DepthwiseConv2D"),
        (long_name, "Conv2D"),
        ("add", "Add"),
    ]
    assert [row.params for row in table.rows] == [0, 0, 9_472, 256, 576, 520, 0]
    assert [row.output for row in table.rows][:4] == [
        (224, 224, 3),
        (230, 230, 3),
        (112, 112, 64),
        (112, 112, 64),
    ]
    assert table.rows[-1].sources == (long_name, long_name)
    found = verdicts(table)
    assert texts(found) == {
        "conv1_conv": ["Conv2D(64, 7, strides=2)"],
        "conv2_block1_1_bn": ["BatchNormalization()"],
        "conv2_block1_2_depthwise": ["DepthwiseConv2D(3, use_bias=False, padding='same')"],
        long_name: ["Conv2D(8, 1)"],
    }
    assert totals_problems(table) == []


def test_torchsummary() -> None:
    table = read_pasted(TORCHSUMMARY)
    assert (table.layout, table.framework, table.total) == ("torchsummary", "torch", 33_444)
    assert [row.output for row in table.rows][-2:] == [(16, 4, 4), (120,)]
    assert texts(verdicts(table)) == {
        "Conv2d-1": ["nn.Conv2d(1, 6, 5)"],
        "Conv2d-4": ["nn.Conv2d(6, 16, 5)"],
        "BatchNorm2d-5": ["nn.BatchNorm2d(16)"],
        "Linear-7": ["nn.Linear(256, 120)"],  # forward() flattens 16×4×4
    }
    assert table.last_line == TORCHSUMMARY.count("\n")


def test_a_table_whose_spaces_were_lost_is_read_all_the_same() -> None:
    squeezed = "\n".join(" ".join(line.split()) for line in KERAS_2_WITH_BRANCHES.splitlines())
    table = read_pasted(squeezed)
    assert [row.params for row in table.rows] == [0, 0, 9_472, 256, 256, 0]
    assert [row.output for row in table.rows][2] == (112, 112, 64)


def sequential(*rows: tuple[str, str, str]) -> Table:
    lines = ["Layer (type)                 Output Shape              Param #", "=" * 65]
    lines += [f"{name:<29}{shape:<26}{params}" for name, shape, params in rows]
    return read_table(lines)


IN = ("input_1 (InputLayer)", "(None, 100, 100, 1)", "0")


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([IN, ("c (Conv2D)", "(None, 98, 98, 60)", "601")], "no Conv2D makes 98×98×60 from 100"),
        ([IN, ("c (Conv2D)", "(None, 97, 99, 10)", "260")], "gives 96×96×10"),
        ([IN, ("p (MaxPooling2D)", "(None, 50, 50, 1)", "4")], "has no parameters"),
        ([IN, ("c (Conv2D)", "(None, 98, 98, 2)", "20"), ("b (BatchNormalization)",
          "(None, 98, 98, 2)", "9")], "no BatchNormalization"),
        ([IN, ("f (Flatten)", "(None, 10000)", "0"), ("d (Dense)", "(None, 10)", "100")],
         "no Dense makes 10 from 10,000"),
        ([("c (Conv2D)", "(None, 98, 98, 10)", "261")], "can't be divided among 10 filters"),
        ([("e (Embedding)", "(None, 9, 8)", "80"), ("l (LSTM)", "(None, 16)", "1664")],
         "no LSTM makes 16 from 9×8"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_true_is_pointed_out(
    rows: list[tuple[str, str, str]], words: str
) -> None:
    found = verdicts(sequential(*rows))
    assert words in found[-1].problem
    assert not any(each.problem for each in found[:-1])


@pytest.mark.parametrize(
    ("rows", "reading"),
    [
        ([IN, ("c (Conv2D)", "(None, 100, 100, 10)", "260")], "Conv2D(10, 5, padding='same')"),
        ([IN, ("c (Conv2D)", "(None, 49, 49, 4)", "100")], "Conv2D(4, 5, use_bias=False"),
        ([IN, ("c (Conv2DTranspose)", "(None, 200, 200, 3)", "30")], "Conv2DTranspose(3, 3, str"),
        ([("e (Embedding)", "(None, 9, 8)", "80"), ("l (LSTM)", "(None, 9, 16)", "1600")],
         "LSTM(16, return_sequences=True)"),
        ([("e (Embedding)", "(None, 9, 8)", "80"), ("g (GRU)", "(None, 16)", "1200")],
         "GRU(16, reset_after=False)"),
        ([("e (Embedding)", "(None, 9, 8)", "80"), ("b (Bidirectional)", "(None, 32)", "3200")],
         "Bidirectional(LSTM(16))"),
    ],
)  # fmt: skip
def test_hyperparameters_are_inferred_where_the_figures_allow_one_reading(
    rows: list[tuple[str, str, str]], reading: str
) -> None:
    (only,) = verdicts(sequential(*rows))[-1].readings
    assert only.text.startswith(reading)


def test_figures_that_allow_several_readings_get_all_of_them() -> None:
    rows = [("input_1 (InputLayer)", "(None, 17, 17, 128)", "0")]
    (_, asymmetric) = verdicts(sequential(*rows, ("c (Conv2D)", "(None, 17, 17, 128)", "114688")))
    assert [each.text for each in asymmetric.readings] == [
        "Conv2D(128, (1, 7), use_bias=False, padding='same')",
        "Conv2D(128, (7, 1), use_bias=False, padding='same')",
    ]
    (_, norm) = verdicts(
        sequential(*rows, ("b (BatchNormalization)", "(None, 17, 17, 128)", "384"))
    )
    assert {each.text for each in norm.readings} == {
        "BatchNormalization(center=False)",
        "BatchNormalization(scale=False)",
    }


def test_totals_that_do_not_add_up_are_pointed_out() -> None:
    wrong = KERAS_2_WITH_BRANCHES.replace("Total params: 9,984", "Total params: 9,974")
    (total, both) = totals_problems(read_pasted(wrong))
    assert "9,984" in total
    assert "9,974" in total
    assert "trainable and non-trainable" in both


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Layer (type)   Output Shape   Param #\n=====\n", "no rows"),
        ("┃ Layer (type)      ┃ Output Shape\n│ conv2d (Conv2D)   │ (None, 6, 6, 3)\n", "Param #"),
    ],
)
def test_a_table_that_cannot_be_read_says_why(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_pasted(text)
