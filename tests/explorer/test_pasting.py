"""What is pasted: read as the command reads it, or refused in the command's own words."""

from collections.abc import Callable
from random import Random
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from sharedconv.counting.count import number
from sharedconv.counting.sizes import times
from sharedconv.explorer import explorer_data
from sharedconv.explorer.refusals import ASKED, ON_SHAPES
from sharedconv.spelling import read
from sharedconv.spelling.recipe import ALIASES, FAMILIES
from sharedconv.spelling.snippet import Model
from sharedconv.spelling.text import read_text

Pasting = Callable[[str], dict[str, Any]]


def in_python(line: str, shape: tuple[int, ...] | None) -> str:
    """What Python says to a line that it refuses, as the page begins and ends its sentences."""
    with pytest.raises((ValueError, TypeError)) as refused:
        read(line, shape)
    said = str(refused.value)
    if said.startswith(("the ", "a ")):
        said = said[0].upper() + said[1:]
    return said if said.endswith(("?", ".")) else f"{said}."


SHAPED = (
    "Conv2D(10, 5, data_format='channels_first', input_shape=(64, 28, 28))",
    "Conv2D(10, 5, data_format='channels_first', input_shape=(3, 28, 28))",
    "Conv2D(10, 5, data_format='channels_last', input_shape=(28, 28, 3))",
    "Conv1D(4, 3, data_format='channels_first', input_shape=(7, 40))",
    "Conv3D(2, 3, data_format='channels_first', input_shape=(2, 9, 10, 11))",
    "Conv2D(10, 5, batch_input_shape=(None, 28, 28, 3))",
    "Dense(10, input_dim=7)",
    "Dense(10, input_shape=(7,))",
)


@pytest.mark.parametrize("line", SHAPED)
def test_the_shape_that_a_line_names_is_taken_in_its_order(pasting: Pasting, line: str) -> None:
    said, kind = pasting(line), read(line).kind
    assert said["line problem"] == ""
    assert said["total"] == number(kind.count().total)
    assert said["facts"]["output shape"] == times(kind.channels_last_shape())


def test_a_size_left_open_stays_as_it_was(pasting: Pasting) -> None:
    said = pasting("Conv2D(10, 5, input_shape=(None, None, 3))")
    assert said["total"] == "760"
    assert said["facts"]["output shape"] == "96×96×10"


READ = {
    "Conv2D(10, 5);": "260",
    "Conv2D(2**4, 3)": "160",
    "Conv2D((2 + 3) * 4, -3 + 6)": "200",
    "Conv2D(0x10, 7 // 2)": "160",
    "Conv2D(10, 5, use_bias=None)": "250",
    "Convolution2D(64, (5, 3))": "1,024",
    "nn.Conv2d(1, 10, 5, padding_mode='reflect')": "260",
    "Dense(10, activation=lambda x: x if x > 0 else 0)": "7,850",
}


@pytest.mark.parametrize("line", READ)
def test_what_python_can_work_out_is_worked_out(pasting: Pasting, line: str) -> None:
    assert pasting(line)["line problem"] == ""
    assert pasting(line)["total"] == READ[line]


REFUSED = (
    *(line for line, _ in ASKED.values() if not line.startswith("nn.Flatten")),
    "Conv2D(10, 5.0)",
    "Conv2D(-3, 5)",
    "Conv2D(True, 5)",
    "Conv2D(None, 5)",
    "Conv2D(n, 5)",
    "Conv2D('a', 3)",
    "Conv2D(10, (5, 5, 5))",
    "Conv2D(10, (5, 5.5))",
    "Conv2D(10, 5, bias=False)",
    "Conv2D(10, 5, padding=2)",
    "Conv2D(10, 5, padding='full')",
    "Conv2D(10, 5, use_bias='no')",
    "Conv2D(10, 5, use_bias=false)",
    "conv2d(10, 5)",
    "relu(3)",
    "nothing_like_it(3)",
    "nn.Conv2d(1, 10, 5, padding=-1)",
    "nn.Conv2d(1, 10, 5, padding='SAME')",
    "nn.Conv2d(1, 10, 5, padding_mode='mirror')",
    "nn.ConvTranspose2d(1, 10, 5, padding='same')",
    "nn.Linear((3, 4), 5)",
    "Dense(3, lora_rank=4)",
    "Dense(10, features=3)",
    "nn.Conv(10, (3, 3))",
    "LocallyConnected2D(3, 3, padding='same')",
    "LocallyConnected2D(3, 3, implementation=2)",
    "Conv((3, 3), 1 => 10)",
)


@pytest.mark.parametrize("line", REFUSED, ids=[each[:40] for each in REFUSED])
def test_a_line_is_refused_in_the_words_of_the_command(pasting: Pasting, line: str) -> None:
    said = pasting(line)
    shape = (100, 100, 1) if line.startswith(("Conv2D", "Local")) else None
    assert said["line problem"] == in_python(line, None if "shape=" in line else shape)
    assert said["total"] == "260"


def test_the_nearest_name_is_the_one_that_python_finds(pasting: Pasting) -> None:
    random = Random(4)
    names = sorted(
        {name for families in FAMILIES.values() for all_ in families.values() for name in all_}
    )
    for _ in range(25):
        name = random.choice(names)
        place = random.randrange(len(name))
        wrong = name[:place] + random.choice(["", "x", name[place] * 2]) + name[place + 1 :]
        if wrong not in names and wrong not in ALIASES["keras"]:
            assert pasting(f"{wrong}(3)")["line problem"] == in_python(f"{wrong}(3)", None)


def test_a_layer_that_only_the_command_counts_is_sent_there(pasting: Pasting) -> None:
    known = explorer_data()["constructors"]
    for framework, families in FAMILIES.items():
        prefix = "nn." if framework == "torch" else "keras.layers."
        others = [
            name
            for all_ in families.values()
            for name in all_
            if framework not in known.get(name, {})
        ]
        assert "MultiheadAttention" in others or framework == "keras"
        for name in others[::4]:
            line = f"{prefix}{name}(8, 'a')"
            problem = pasting(line)["line problem"]
            assert problem.endswith(f'sharedconv explain "{line}"')
    former = "Convolution2D(64, 5, 3, border_mode='same')"
    assert pasting(former)["line problem"].endswith(f'sharedconv explain "{former}"')


def test_a_norm_is_not_said_to_have_no_parameters(pasting: Pasting) -> None:
    for line in ("BatchNormalization()", "nn.BatchNorm2d(32)", "LayerNormalization()"):
        problem = pasting(line)["line problem"]
        assert "has parameters" in problem
        assert "a network" in problem
    assert "has no parameters" in pasting("nn.ReLU()")["line problem"]


def totals(page: Page) -> list[str]:
    return page.locator("#net-totals strong").all_inner_texts()


MODELS = {
    "nn.Sequential(nn.Conv2d(1, 10, 5), nn.ReLU(), nn.Flatten(), nn.Linear(5760, 10))": (1, 28, 28),
    "nn.Sequential(nn.Conv2d(3, 6, 5), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.MaxPool2d(2), "
    "nn.Flatten(), nn.Linear(400, 120), nn.Linear(120, 10))": (3, 32, 32),
    "nn.Sequential(nn.Linear(784, 100), nn.Sequential(nn.ReLU(), nn.Linear(100, 10)))": (784,),
    "nn.Sequential(nn.ZeroPad2d((1, 2, 3, 4)), nn.BatchNorm2d(3, bias=False), nn.LayerNorm(31), "
    "nn.Flatten(1, 2), nn.Conv1d(105, 2, 3), nn.Flatten(start_dim=1, end_dim=-1), "
    "nn.Linear(58, 3))": (3, 28, 28),
    "keras.Sequential([Input((28, 28, 1)), Conv2D(32, 3, padding='same'), MaxPooling2D(), "
    "Flatten(), Dense(10)])": None,
    "model = Sequential(); model.add(Conv2D(32, 3, input_shape=(28, 28, 3))); "
    "model.add(Flatten()); model.add(Dense(10))": None,
    "Sequential(layers=[layers.Input((9, 9, 2)), ZeroPadding2D(((1, 2), 3)), Cropping2D(1), "
    "LayerNormalization(), BatchNormalization(axis=1), Dense(3)])": None,
}


@pytest.mark.parametrize("text", MODELS)
def test_a_pasted_model_fills_the_network(one: Page, pasting: Pasting, text: str) -> None:
    pasting(text)
    expect(one.locator("#view-network")).to_be_visible()
    expect(one.locator("#net-rows .problem")).to_have_count(0)
    (model,) = read_text(text.replace("; ", "\n"), MODELS[text]).parts
    assert isinstance(model, Model)
    count = model.count()
    kept = number(count.total)
    assert totals(one)[1] == number(count.trainable.total)
    assert totals(one)[0] == kept or "BatchNorm2d" in text  # which Keras counts otherwise
    guessed = MODELS[text] is not None and "Linear(784" not in text
    expect(one.locator("#net-note")).to_be_visible(visible=guessed)
    one.go_back()
    expect(one.locator("#total")).to_have_text("260")


def test_a_note_about_the_input_goes_when_the_input_is_told(one: Page, pasting: Pasting) -> None:
    pasting("nn.Sequential(nn.Conv2d(1, 10, 5), nn.ReLU())")
    expect(one.locator("#net-note")).to_contain_text("28×28×1")
    one.fill("#net-shape", "9x9x1")
    expect(one.locator("#net-note")).to_be_hidden()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nn.Sequential(nn.Conv2d(1, 4, 3), nn.LSTM(4, 4))", "LSTM is nothing that this page"),
        ("nn.Sequential(OrderedDict([('a', nn.ReLU())]))", "sharedconv explain FILE.py"),
        ("Model(inputs=x, outputs=y)", "sharedconv explain FILE.py"),
        ("nn.Sequential(first, nn.ReLU())", "first is nothing that this page"),
        ("nn.Sequential(nn.Kernel2d(1, 4, 3))", "knows no layer 'nn.Kernel2d'"),
        ("nn.Sequential(*layers)", "*layers can't be looked into"),
        ("nn.Sequential()", "no layer in this model"),
        (f"nn.Sequential({', '.join(['nn.ReLU()'] * 13)})", "13 layers"),
        ("Conv2D(3, 3); Conv2D(4, 3)", "more here than one layer"),
    ],
)
def test_a_model_that_the_page_cannot_show_gets_a_sentence(
    pasting: Pasting, text: str, said: str
) -> None:
    found = pasting(text)
    assert said in found["line problem"]
    assert found["total"] == "260"


def test_several_lines_are_pasted_as_one(opened: Callable[..., Page]) -> None:
    page = opened(permissions=["clipboard-read", "clipboard-write"])
    text = (
        "model = Sequential()  # (a first try\n"
        "model.add(Conv2D(32, 3,\n    input_shape=(28, 28, 3)))\n"
        "model.add(Flatten())\n\nmodel.add(Dense(10))\n"
    )
    page.evaluate("(text) => navigator.clipboard.writeText(text)", text)
    page.locator("#line").focus()
    page.keyboard.press("Control+V")
    page.keyboard.press("Enter")
    assert totals(page) == ["217,226", "217,226"]


def network(*lines: str, shape: str) -> str:
    return urlencode({"view": "network", "net": "|".join(lines), "shape": shape})


@pytest.mark.parametrize("line", [line for line, _, _ in ON_SHAPES.values()])
def test_a_line_that_does_not_fit_is_refused_in_the_words_of_the_command(
    one: Page, go: Callable[[Page, str], None], line: str
) -> None:
    shape = next(shape for each, shape, _ in ON_SHAPES.values() if each == line)
    last = (*shape[1:], shape[0]) if line.startswith("nn.") else shape
    go(one, network(line, shape="x".join(map(str, last))))
    expect(one.locator("#net-rows .problem")).to_have_text(in_python(line, shape))


def test_a_line_of_the_network_says_what_comes_in_or_is_told_otherwise(
    one: Page, go: Callable[[Page, str], None]
) -> None:
    lines = ["Input((9, 9, 1))", "Conv2D(2, 3, input_shape=(9, 9, 3))"]
    go(one, network(*lines, shape="9x9x1"))
    expect(one.locator("#net-rows .problem")).to_contain_text("9×9×3, and 9×9×1 comes in")
    go(one, network(*lines, shape="9x9x2"))
    expect(one.locator("#net-rows .problem").first).to_contain_text("9×9×1, and 9×9×2 comes in")


def test_who_pastes_pytorch_is_answered_in_pytorch(opened: Callable[..., Page]) -> None:
    page = opened()
    page.fill("#line", "nn.Conv2d(3, 10, 5)")
    page.click("#paste button")
    page.fill("#expected", "750")
    expect(page.locator("#h-answer")).to_have_text("nn.Conv2d(3, 10, 5) on 3×100×100")
    expect(page.locator("#diagnosis code")).to_have_text("nn.Conv2d(3, 10, 5, bias=False)")
    expect(page.locator("#facts dd").first).to_have_text("10×96×96 channels × height × width")
    again = opened(page.url.partition("#")[2])
    expect(again.locator("#h-answer")).to_have_text("nn.Conv2d(3, 10, 5) on 3×100×100")
    again.fill("#line", "Conv2D(10, 5)")
    again.click("#paste button")
    expect(again.locator("#h-answer")).to_have_text("Conv2D(10, 5) on 100×100×3")
    assert "framework" not in again.url


def test_what_pytorch_cannot_say_is_said_in_keras(
    one: Page, go: Callable[[Page, str], None]
) -> None:
    go(one, "framework=torch&kind=unshared&input=9")
    expect(one.locator("#name")).to_have_text("LocallyConnected2D(10, 5)")
    go(one, "framework=caffe")
    expect(one.locator("#link-problem")).not_to_be_empty()


def test_a_layer_of_keras_2_is_said_to_be_one(pasting: Pasting, one: Page) -> None:
    pasting("LocallyConnected2D(3, 3)")
    expect(one.locator("#why-keras")).to_contain_text("Keras 2")
    pasting("Conv2D(3, 3)")
    expect(one.locator("#why-keras")).to_be_empty()
