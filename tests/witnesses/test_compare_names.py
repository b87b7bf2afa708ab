"""The models that the command compares: by name, from files of Keras, from a file of one's own."""

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import contextlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import keras
import pytest
from torch import nn

from sharedconv.cli import main
from sharedconv.witnesses import Comparison, compare, load_keras, load_model

LAYERS = keras.layers


def terms(found: Comparison) -> dict[str, int]:
    """``{"convolution biases": 26560}``: only what differs."""
    return {each.words(): each.size for each in found.terms if each.size}


def command(*arguments: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main(arguments)
        except SystemExit as left:
            code = left.code
    return code, out.getvalue(), err.getvalue()


# -- names of models ---------------------------------------------------------------------------


def test_applications_are_known_whatever_their_letters() -> None:
    assert load_keras("keras:mobilenet").count_params() == 4_253_864
    with pytest.raises(ValueError, match="has no 'ResNet5'; it has ResNet50"):
        load_keras("keras:ResNet5")
    with pytest.raises(ValueError, match="has no 'imagenet_utils'"):
        load_keras("keras:imagenet_utils")


def saved(folder: Path, *layers: Any) -> Path:
    file = folder / "model.keras"
    keras.Sequential([keras.Input((4,)), *layers]).save(file)
    return file


def test_a_file_of_keras(tmp_path: Path) -> None:
    file = saved(tmp_path, LAYERS.Dense(3), LAYERS.BatchNormalization())
    model = load_keras(str(file))
    assert model.count_params() == 15 + 12
    assert terms(compare(nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3)), model)) == {
        "batch-norm statistics": 6
    }


@keras.saving.register_keras_serializable(package="learner")
class Twice(LAYERS.Layer):
    def call(self, x: Any) -> Any:
        return x * 2


@pytest.mark.parametrize(
    ("layer", "words"),
    [(LAYERS.Lambda(lambda x: x * 2), "a Lambda layer"), (Twice(), "Twice")],
    ids=["lambda", "class"],
)
def test_a_file_that_wants_code_run_is_refused(tmp_path: Path, layer: Any, words: str) -> None:
    """Even where Keras would know the class, because this process has it."""
    file = saved(tmp_path, layer)
    with pytest.raises(ValueError, match="wants code run that is not Keras's own") as refused:
        load_keras(str(file))
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("module", "name"),
    [("os", "system"), ("keras.src.utils.file_utils", "get_file"), ("kerasish", "Dense")],
)
def test_a_file_with_a_function_of_somebody_else_hidden_in_it_is_refused(
    tmp_path: Path, module: str, name: str
) -> None:
    file = saved(tmp_path, LAYERS.Dense(3))
    with zipfile.ZipFile(file) as archive:
        parts = {each: archive.read(each) for each in archive.namelist()}
    config = json.loads(parts["config.json"])
    config["config"]["layers"][1]["config"]["activation"] = {
        "module": module,
        "class_name": "function",
        "config": name,
        "registered_name": name,
    }
    with zipfile.ZipFile(file, "w") as archive:
        for each, content in {**parts, "config.json": json.dumps(config).encode()}.items():
            archive.writestr(each, content)
    with pytest.raises(ValueError, match=f"wants code run .*{module}"):
        load_keras(str(file))


def test_files_that_are_no_models(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there is no file"):
        load_keras(str(tmp_path / "none.keras"))
    (tmp_path / "text.keras").write_text("model")
    with pytest.raises(ValueError, match="is no file that model"):
        load_keras(str(tmp_path / "text.keras"))
    with zipfile.ZipFile(tmp_path / "empty.keras", "w") as archive:
        archive.writestr("config.json", "{}")
    with pytest.raises(ValueError, match="Keras can't load"):
        load_keras(str(tmp_path / "empty.keras"))


def test_a_model_of_keras_in_a_file_of_one_s_own(tmp_path: Path) -> None:
    file = tmp_path / "net.py"
    file.write_text(
        "import keras\n"
        "model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])\n"
        "def make():\n    return model\n"
    )
    for name in ("model", "make"):
        assert compare(nn.Linear(4, 3), load_model(f"{file}:{name}")).difference == 0


# -- the command -------------------------------------------------------------------------------


def test_the_command_compares_and_says_so() -> None:
    code, out, err = command("compare", "resnet50", "keras:ResNet50")
    assert (code, err) == (0, "")
    assert " ".join(out.split()).startswith(
        "keras:ResNet50 against resnet50: +26,560 convolution biases, +53,120 batch-norm "
        "statistics; everything else equal."
    )


def test_the_command_for_a_program_and_layer_by_layer(tmp_path: Path) -> None:
    file = saved(tmp_path, LAYERS.Dense(3, name="last"))
    net = tmp_path / "net.py"
    net.write_text("from torch import nn\nmodel = nn.Linear(4, 3, bias=False)\n")
    code, out, _ = command("compare", f"{net}:model", str(file), "--json")
    assert code == 0
    assert json.loads(out)["sentence"] == "+3 dense biases; everything else equal"
    _, out, _ = command("compare", f"{net}:model", str(file), "--layers")
    assert " ".join(out.splitlines()[-1].split()) == "linear last 12 15 +3 biases"


@pytest.mark.parametrize(
    "wrong", ["resnet51", "keras:ResNet51", "none.keras", "none.py:model", "keras:"]
)
def test_the_command_refuses_in_a_sentence(wrong: str) -> None:
    code, out, err = command("compare", "lenet5", wrong)
    assert (code, out) == (2, "")
    assert err.startswith("sharedconv: ")
    assert err.count("\n") == 1
    assert "Traceback" not in err
