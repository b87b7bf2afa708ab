"""The commands ``inverse`` and ``summary NETWORK``, as a shell starts them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sharedconv.cli import main

ROOT = Path(__file__).resolve().parents[1]


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(arguments) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return out


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    out, err = capsys.readouterr()
    assert (stopped.value.code, out) == (2, "")
    assert err.startswith("sharedconv")
    assert err.count("\n") == 1
    return err


def test_the_layers_of_a_number(capsys: pytest.CaptureFixture[str]) -> None:
    lines = said(capsys, "inverse", "260", "--in-channels", "1", "--kind", "Conv2D").splitlines()
    assert lines[0] == "7 layers have 260 parameters, the most usual first:"
    row = " ".join(lines[3].split())
    assert row == "Conv2D(10, 5) 1 channel nn.Conv2d(1, 10, 5) 10 × 5 × 5 × 1 + 10 = 260"
    assert lines[-2].startswith("Looked through: conv2d without groups; kernels with equal sides")


def test_output_and_input_are_channels_last(capsys: pytest.CaptureFixture[str]) -> None:
    shapes = ("--output", "96x96x10", "--input", "100x100x1")
    last = json.loads(said(capsys, "inverse", "260", *shapes, "--json"))
    shapes = ("--output", "10x96x96", "--input", "1x100x100")
    first = json.loads(
        said(capsys, "inverse", "260", *shapes, "--data-format", "channels_first", "--json")
    )
    assert last == first
    (layer,) = last["layers"]
    assert (layer["keras"], layer["torch"]) == ("Conv2D(10, 5)", "nn.Conv2d(1, 10, 5)")
    assert layer["output_shape"] == [10, 96, 96]
    assert (last["total"], last["found"]) == (260, 1)


def test_the_input_may_leave_its_channels_open(capsys: pytest.CaptureFixture[str]) -> None:
    shapes = ("--output", "96x96x10", "--input", "100x100x?")
    some = json.loads(said(capsys, "inverse", "260", *shapes, "--json"))
    one = json.loads(said(capsys, "inverse", "260", *shapes, "--in-channels", "1", "--json"))
    assert (some["found"], one["found"]) == (2, 1)  # a depthwise one on 10 channels as well


def test_a_dense_layers_input_is_one_number(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "inverse", "7,850", "--input", "784", "--output", "10")
    assert "Dense(10)" in text
    assert text.startswith("1 layer has 7,850 parameters.")


def test_limit_shows_fewer_or_more(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "inverse", "260").count("nn.") == 20
    few = said(capsys, "inverse", "260", "--limit", "1")
    assert few.count("nn.") == 1
    assert "The most usual (--limit" in few
    answer = json.loads(said(capsys, "inverse", "260", "--limit", "1000", "--json"))
    assert len(answer["layers"]) == answer["found"] > 100


def test_a_huge_number_gets_an_answer(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "inverse", "9" * 100)
    assert text.startswith("None of the layers that were looked through has")
    assert "is more than any of these has." in " ".join(text.split())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["abc"], "the number of parameters is 'abc'; write a whole number"),
        (["0"], "total is 0"),
        (["-5"], "total is -5"),
        (["10", "--kind", "conv4d"], "kind is 'conv4d'; it has to be one of conv2d, dense"),
        (["10", "--in-channels", "few"], "--in-channels is 'few'"),
        (["10", "--in-channels", "0"], "in_channels is 0"),
        (["10", "--limit", "0"], "limit is 0"),
        (["10", "--output", "9xx"], "--output '9xx' is not a shape"),
        (["10", "--input", "0x3"], "--input '0x3' is not a shape"),
        (["10", "--output", "2x2x2x2x2"], "take 3 at most"),
        (["10", "--output", "9x9x1", "--input", "9x1"], "give equally many"),
        (["10", "--in-channels", "2", "--input", "9x9x1"], "the input 9x9x1 has 1"),
        (["10", "--data-format", "last"], "channels_last"),
        ([], "N"),
    ],
)
def test_what_cant_be_answered_is_one_sentence(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert words in refused(capsys, "inverse", *arguments)


def test_inverse_loads_nothing_slow() -> None:
    program = (
        "import json, sys; from sharedconv.cli import main; code = main(sys.argv[1:]); "
        "print(json.dumps([code, sorted(sys.modules)]), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "inverse", "260"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    code, loaded = json.loads(done.stderr)
    assert code == 0
    slow = {"torch", "numpy", "keras", "rich", "torchinfo", "dataclasses", "inspect", "typing"}
    # Python's own start may have loaded some already
    bare = subprocess.run(
        [sys.executable, "-c", "import json, sys; print(json.dumps(sorted(sys.modules)))"],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert not slow & {name.partition(".")[0] for name in loaded} - set(json.loads(bare.stdout))


@pytest.mark.parametrize(
    ("name", "total"), [("lenet5", 60_000), ("lenet1989", 9_760), ("resnet18", 11_689_512)]
)
def test_a_network_is_summed_up_by_its_name(
    name: str, total: int, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = json.loads(said(capsys, "summary", name, "--json"))
    assert answer["total"] == total
    assert answer["witnesses"]["rule"] == answer["witnesses"]["tally"] == total


def test_a_network_takes_another_image(capsys: pytest.CaptureFixture[str]) -> None:
    answer = json.loads(said(capsys, "summary", "resnet18", "--input", "3x64x64", "--json"))
    assert answer["total"] == 11_689_512
    assert answer["layers"][0]["output_shape"] == [64, 32, 32]


def test_an_unknown_network_is_told_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert "did you mean vgg16?" in refused(capsys, "summary", "VGG-16")
    err = refused(capsys, "summary", "nothing-like-it")
    assert "lenet5" in err
    assert "FILE.py:NAME" in err


def test_a_model_of_ones_own_is_listed_with_and_without_an_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "net.py"
    file.write_text("from torch import nn\nmodel = nn.Linear(3, 2)\n", encoding="utf-8")
    assert "The model was not run." in said(capsys, "summary", f"{file}:model")
    answer = json.loads(said(capsys, "summary", f"{file}:model", "--input", "3", "--json"))
    assert answer["total"] == 8
