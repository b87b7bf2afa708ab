"""Lesson 8: two summaries of one network, and why they differ."""

import re
import sys
from pathlib import Path

import pytest
import torchinfo
from facts import asked
from running import flat, said_by_witnesses
from torch import nn
from whole import answered, hide_keras, refused, run, shown, whole_number


def totals(text: str) -> dict[str, list[int]]:
    """Total, Trainable, Non-trainable: first torchinfo's, then Keras's."""
    found: dict[str, list[int]] = {}
    for which, size in re.findall(r"^ *(\S+) params: ([\d,]+)", text, re.MULTILINE):
        found.setdefault(which, []).append(whole_number(size))
    return found


def in_the_tables(text: str, layer: str) -> int:
    """The parameters in the one row of a table that begins with this layer."""
    (size,) = re.findall(rf"^\W*{layer}.*?([\d,]+|--) *│?$", text, re.MULTILINE)
    return 0 if size == "--" else whole_number(size)


def by_torchinfo(tied: bool) -> int:
    """What the torchinfo that is installed here makes of the lesson's last model."""
    model = nn.Sequential(nn.Embedding(100, 8), nn.Linear(8, 100, bias=False))
    if tied:
        model[1].weight = model[0].weight
    return torchinfo.summary(model, verbose=0).total_params


def test_the_two_summaries_are_those_that_the_asker_saw() -> None:
    text = shown(8)
    assert totals(text) == {
        "Total": [asked.LEARNED.number, asked.IN_KERAS.number],
        "Trainable": [asked.LEARNED.number] * 2,
        "Non-trainable": [0, 64],
    }
    assert in_the_tables(text, "├─BatchNorm2d") == 64
    assert in_the_tables(text, "batch_normalization") == asked.BATCH_NORM_IN_KERAS.number
    assert "comes to 128" in flat(text)
    assert "comes to 64" in flat(text)


def test_a_batch_without_an_optimiser_changes_what_is_kept_only() -> None:
    seen = re.findall(r"^  (\w+) +([\d,]+)   (learned|kept) +(.+)$", shown(8), re.MULTILINE)
    assert seen == [
        ("weight", "32", "learned", "as it was"),
        ("bias", "32", "learned", "as it was"),
        ("running_mean", "32", "kept", "changed"),
        ("running_var", "32", "kept", "changed"),
        ("num_batches_tracked", "1", "kept", "changed"),
    ]


def test_the_second_bias_and_the_tied_tensor_are_explained() -> None:
    text = shown(8)
    before, lstm, tied = re.split(r"An LSTM reads|An embedding has", text)
    assert said_by_witnesses(before) == {}
    assert said_by_witnesses(lstm) == {
        "rule": 1_664,
        "tally": 1_664,
        "torchinfo": 1_664,
        "Keras": 1_600,
    }
    (difference,) = re.findall(r"largest difference is ([\d.e+-]*\d)", flat(lstm))
    assert float(difference) < 1e-12
    assert "64 fewer, because PyTorch's recurrent layers have a second bias" in flat(lstm)
    counted = by_torchinfo(tied=True)
    assert said_by_witnesses(tied) == {
        "rule": 1_600,
        "tally": 800,
        "torchinfo": counted,
        "Keras": 1_600,
    }
    assert "no hyperparameter says that 0.weight and 1.weight are one tensor" in flat(tied)
    times = {800: "once", 1_600: "twice"}[counted]
    assert f"version {torchinfo.__version__} counts a tied one {times}" in flat(tied)


def test_with_everything_switched() -> None:
    text = run(8, "--no-affine", "--no-tied", "--filters", "64")
    assert totals(text)["Non-trainable"] == [0, 2 * 64]
    assert in_the_tables(text, "├─BatchNorm2d") == 0
    assert in_the_tables(text, "batch_normalization") == 2 * 64
    assert "comes to 128" in flat(text)
    assert "comes to 0." in flat(text)
    assert "learned   " not in text
    tied = text.partition("An embedding has")[2]
    assert set(said_by_witnesses(tied).values()) == {1_600}
    assert by_torchinfo(tied=False) == 1_600
    assert "differs" not in tied
    assert "Most may agree" not in tied


def test_without_keras_it_says_how_to_get_it_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hide_keras(tmp_path, monkeypatch)
    text = run(8)
    assert "pip install 'sharedconv[keras]'" in flat(text)
    assert totals(text)["Total"] == [asked.LEARNED.number, asked.IN_KERAS.number]
    assert "Keras" not in said_by_witnesses(text)


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminal in the standard library")
def test_typed_answers_meet_their_reasons() -> None:
    words = answered(8, "128", "64", "1600", "1664", "1,600", "")
    assert "128 counts the moving statistics otherwise than here." in words
    assert "Which of a batch norm's numbers would an optimiser change?" in words
    assert "Yes, 64." in words
    assert "1,600 counts the biases of a recurrent layer as the other framework has them" in words
    assert "Yes, 1,664." in words
    assert "It is 800." in words


def test_a_batch_norm_without_channels_is_refused() -> None:
    assert "channels is 0" in refused(8, "--filters", "0")
