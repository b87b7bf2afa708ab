"""The witnesses side by side: where they agree, where they differ and why, and who is caught lying.

Numbers are those of DESIGN.md and of the question, or worked out by hand beside the test.
"""

import dataclasses
import importlib
import re
import sys
from typing import Any

import keras
import pytest
import torch
from hypothesis import given, settings, strategies as st
from model_cases import Own, Twice, tied_embedding
from torch import nn

from sharedconv.layers import LocalConv2d, SharedConv1d, SharedConv2d
from sharedconv.witnesses import by_keras, cross_check

# the functions of the same names hide these modules from a plain import
CROSS_CHECK = importlib.import_module("sharedconv.witnesses.cross_check")
BY_KERAS = importlib.import_module("sharedconv.witnesses.by_keras")


# -- agreement --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layer", "parameters", "kernel"),
    [
        (SharedConv2d(1, 1, 3, padding="same"), 10, 9),
        (SharedConv2d(1, 1, 3, padding="same", bias=False), 9, 9),
        (SharedConv2d(1, 10, 5), 260, 250),
        (SharedConv2d(1, 10, 5, bias=False), 250, 250),
        (SharedConv2d(1, 60, 3), 600, 540),
        (nn.Conv2d(1, 10, 5), 260, 250),
    ],
)
def test_all_five_agree_on_the_layers_of_the_question(
    layer: nn.Module, parameters: int, kernel: int
) -> None:
    check = cross_check(layer, (1, 100, 100))
    assert {each.witness: each.total for each in check.testimonies} == {
        "rule": parameters,
        "tally": parameters,
        "torchinfo": parameters,
        "Keras": parameters,
        "matrix": kernel,
    }
    assert check.kernels == kernel
    assert check.agree
    assert check.explanations == check.unexplained == ()


def test_the_table_has_a_line_for_each_witness_and_its_number() -> None:
    text = str(cross_check(SharedConv2d(1, 10, 5), (1, 12, 12)))
    assert all(len(line) <= 80 for line in text.splitlines())
    lines = re.sub(r"\n +", " ", text).splitlines()  # what is long goes on below itself
    assert [line.split()[:2] for line in lines] == [
        ["rule", "260"],
        ["tally", "260"],
        ["torchinfo", "260"],
        ["Keras", "260"],
        ["matrix", "250"],
    ]
    assert lines[-1].endswith("the rule says 250")
    assert len({line.index("0   ") for line in lines}) == 1, "the numbers stand below each other"


def test_the_table_of_a_notebook_has_the_same_and_the_explanations() -> None:
    check = cross_check(nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4)))
    markdown = check._repr_markdown_()
    assert "| rule | 48 |" in markdown
    assert "| Keras | 56 |" in markdown
    assert check.explanations[0] in markdown


def test_without_an_input_there_is_no_matrix_and_keras_can_be_left_out() -> None:
    check = cross_check(SharedConv2d(1, 1, 3), keras=False)
    assert [each.witness for each in check.testimonies] == ["rule", "tally", "torchinfo"]
    with pytest.raises(KeyError, match="Keras"):
        check["Keras"]


def test_lazy_modules_take_their_size_from_the_input_that_is_given() -> None:
    assert cross_check(nn.LazyConv2d(10, 5))["tally"].total is None
    assert cross_check(nn.LazyConv2d(10, 5)).unexplained == ()
    check = cross_check(LocalConv2d(1, 1, 3))
    assert check["rule"].total is check["tally"].total is None
    assert check["rule"].remark == "there is no rule for a LocalConv2d before its first input"
    assert check.unexplained == ()
    check = cross_check(LocalConv2d(1, 1, 3), (1, 28, 28), keras=False)
    assert check["rule"].total == check["tally"].total == 6_760
    assert check.agree
    check = cross_check(nn.LazyConv2d(10, 5), (1, 9, 9))
    assert [each.total for each in check.testimonies] == [260, 260, 260, 260, 250]


def test_a_model_of_complex_numbers_is_counted_like_any_other() -> None:
    check = cross_check(nn.Conv2d(1, 10, 5, dtype=torch.complex64), (1, 9, 9))
    assert [each.total for each in check.testimonies] == [260, 260, 260, 260, 250]


# -- differences that are understood ----------------------------------------------------------


@given(channels=st.integers(1, 40), affine=st.booleans(), bias=st.booleans())
@settings(max_examples=25)
def test_keras_counts_the_statistics_of_batch_norm_too(
    channels: int, affine: bool, bias: bool
) -> None:
    model = nn.Sequential(
        SharedConv2d(1, channels, 3, bias=bias), nn.BatchNorm2d(channels, affine=affine)
    )
    in_keras = keras.Sequential(
        [
            keras.Input((9, 9, 1)),
            keras.layers.Conv2D(channels, 3, use_bias=bias),
            keras.layers.BatchNormalization(center=affine, scale=affine),
        ]
    )
    check = cross_check(model)
    parameters = sum(each.numel() for each in model.parameters())
    assert check["rule"].total == check["tally"].total == parameters
    assert check["Keras"].total == in_keras.count_params() == parameters + 2 * channels
    (why,) = check.explanations
    assert why.startswith(f"Keras differs: {2 * channels} more, because ")
    assert "moving mean and variance" in why
    assert check.unexplained == ()
    assert not check.agree


def two_layers_with_one_kernel() -> nn.Module:
    """9 + 2 biases are there; each layer by itself has 10."""
    model = nn.Sequential(SharedConv2d(1, 1, 3), SharedConv2d(1, 1, 3))
    model[1].kernel = model[0].kernel
    return model


def test_a_tied_kernel_is_explained_with_both_its_names() -> None:
    check = cross_check(two_layers_with_one_kernel(), (1, 9, 9))
    assert (check["rule"].total, check["tally"].total, check["Keras"].total) == (20, 11, 20)
    for witness in ("rule", "Keras"):
        (why,) = [each for each in check.explanations if each.startswith(f"{witness} differs")]
        assert "9 more" in why
        assert "0.kernel and 1.kernel are one tensor" in why
    assert check.unexplained == ()


def tied_and_used_twice() -> nn.Module:
    """72 for one layer that stands there twice, and a bias of 8 for one that has its weight."""
    once, again = nn.Linear(8, 8), nn.Linear(8, 8)
    again.weight = once.weight
    return nn.Sequential(once, once, again)


def tied_below_a_parent_with_a_parameter() -> nn.Module:
    """72 + 8 of the second bias + 8 on the parent."""
    model = nn.Sequential(nn.Linear(8, 8), nn.Linear(8, 8))
    model[1].weight = model[0].weight
    model.register_parameter("scale", nn.Parameter(torch.ones(8)))
    return model


@pytest.mark.parametrize(
    ("model", "parameters"),
    [
        (tied_embedding(40, 10), 400),
        (two_layers_with_one_kernel(), 11),
        (tied_and_used_twice(), 80),
        (tied_below_a_parent_with_a_parameter(), 88),
        (nn.Sequential(*[nn.Linear(8, 8)] * 2), 72),
        (Twice(), 72),
    ],
)
def test_whatever_torchinfo_makes_of_tied_tensors_it_is_explained(
    model: nn.Module, parameters: int
) -> None:
    """Not what it counts: that depends on its version."""
    check = cross_check(model)
    assert check["tally"].total == parameters
    assert check.unexplained == ()
    differs = check["torchinfo"].total != parameters
    assert any(each.startswith("torchinfo differs") for each in check.explanations) == differs


def test_a_module_used_twice_is_one_layer_for_every_witness() -> None:
    check = cross_check(Twice(), (8,))
    assert [each.total for each in check.testimonies] == [72, 72, 72, 72]


def test_tied_and_used_twice_is_explained_by_what_is_held_twice_only() -> None:
    check = cross_check(tied_and_used_twice())
    assert check["rule"].total == 144
    assert check.explanations[0].startswith("rule differs: 64 more")


# -- where a witness has nothing to say -------------------------------------------------------


def test_a_module_without_a_rule_leaves_the_others_their_say() -> None:
    check = cross_check(nn.Sequential(SharedConv1d(1, 1, 3), Own()), (1, 8))
    assert check["rule"].total is None
    assert check["Keras"].total is None
    assert "Own" in check["rule"].remark
    assert "Own" in check["Keras"].remark
    assert check["tally"].total == 3 + 1 + 1
    assert check["torchinfo"].total == 3 + 1 + 1
    assert check["matrix"].total == 3
    assert check.unexplained == ()


def test_without_keras_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BY_KERAS, "find_spec", lambda _: None)
    monkeypatch.setitem(sys.modules, "keras", None)  # whoever imports it now gets an ImportError
    check = cross_check(SharedConv2d(1, 1, 3))
    assert check["Keras"].total is None
    assert "pip install 'sharedconv[keras]'" in check["Keras"].remark
    assert [check[each].total for each in ("rule", "tally", "torchinfo")] == [10, 10, 10]
    assert "pip install" in str(check)


# -- a witness that lies ----------------------------------------------------------------------


def lying(monkeypatch: pytest.MonkeyPatch, witness: str, by: int) -> None:
    honest = getattr(CROSS_CHECK, witness)

    def lie(*asked: Any) -> Any:
        said = honest(*asked)
        return dataclasses.replace(said, total=said.total + by)

    monkeypatch.setattr(CROSS_CHECK, witness, lie)


@pytest.mark.parametrize("by", [1, -1, 1000])
@pytest.mark.parametrize(
    ("function", "witness"),
    [("rule", "rule"), ("by_torchinfo", "torchinfo"), ("by_keras", "Keras")],
)
@pytest.mark.parametrize(
    "model",
    [
        SharedConv2d(1, 1, 3),
        # a difference that is half explained is not explained
        nn.Sequential(SharedConv2d(1, 1, 3), nn.BatchNorm2d(1)),
        two_layers_with_one_kernel(),
    ],
    ids=["plain", "batch norm", "tied"],
)
def test_a_witness_that_lies_is_reported(
    monkeypatch: pytest.MonkeyPatch, model: nn.Module, function: str, witness: str, by: int
) -> None:
    lying(monkeypatch, function, by)
    check = cross_check(model)
    (reported,) = check.unexplained
    assert reported.startswith(f"{witness} counts ")
    assert ("more" if check[witness].total > check["tally"].total else "fewer") in reported
    assert not check.agree
    assert reported in str(check)
    assert not any(each.startswith(f"{witness} differs") for each in check.explanations)


def test_a_matrix_that_finds_too_many_weights_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    lying(monkeypatch, "by_matrix", 1)
    check = cross_check(SharedConv2d(1, 1, 3), (1, 9, 9))
    assert check.unexplained == (
        "matrix counts 1 more than expected, and no known reason explains it.",
    )


def test_keras_is_asked_for_count_params_which_training_leaves_alone() -> None:
    """The total that a Keras model prints grows by Adam's variables; DESIGN.md, section 5."""

    def printed() -> int:
        lines: list[str] = []
        in_keras.summary(print_fn=lambda text, **_: lines.append(text))
        (total,) = [line for line in "\n".join(lines).splitlines() if "Total params" in line]
        return int(total.split()[2].replace(",", ""))

    model = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.Linear(3, 1))
    in_keras = keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(3),
            keras.layers.BatchNormalization(),
            keras.layers.Dense(1),
        ]
    )
    in_keras.compile("adam", "mse")
    assert by_keras(model).total == in_keras.count_params() == printed() == 15 + 12 + 4

    in_keras.train_on_batch(torch.ones(8, 4).numpy(), torch.ones(8, 1).numpy())

    assert by_keras(model).total == in_keras.count_params() == 31
    # two moments for each of the 25 trainable ones, at least
    assert printed() >= 31 + 2 * 25
