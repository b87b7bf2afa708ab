"""What can't be read is refused in one sentence; nothing is run, whatever the text says."""

import ast
import os
from pathlib import Path

import pytest
from hypothesis import example, given, settings, strategies as st

from sharedconv.spelling import Spelled, read, read_shape

IMAGE = (100, 100, 1)


def refusal(text: str, shape: tuple[int | None, ...] | None = IMAGE) -> str:
    """Why the text can't be read."""
    with pytest.raises((ValueError, TypeError)) as refused:
        read(text, shape)
    words = str(refused.value)
    assert words
    assert "\n" not in words
    assert len(words) < 500, "a sentence that somebody reads to its end"
    return words


def answered(text: str, shape: tuple[int | None, ...] | None) -> Spelled | None:
    """A layer, or None after one sentence; whatever else comes out of `read` fails the test."""
    try:
        layer = read(text, shape)
    except (ValueError, TypeError) as refused:
        words = str(refused)
    else:
        # a layer without parameters, such as MaxPooling1D(), is a layer too
        assert (int(layer.count()) > 0) == bool(layer.count().terms)
        layer.output_shape()
        ast.parse(layer.text)
        return layer
    assert words
    assert "\n" not in words
    return None


# -- one sentence each -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shape", "says"),
    [
        # groups
        ("nn.Conv2d(3, 10, 5, groups=2)", None, "does not divide in_channels=3"),
        ("nn.Conv2d(4, 9, 5, groups=2)", None, "does not divide filters=9"),
        ("Conv2D(10, 5, groups=2)", IMAGE, "does not divide in_channels=1"),
        ("nn.Conv2d(4, 4, 5, groups=0)", None, "groups is 0"),
        # kernel and input
        ("Conv2D(10, 101)", IMAGE, "is larger than the input height 100"),
        ("nn.Conv2d(1, 10, 5)", (1, 4, 100), "is larger than the input height 4"),
        ("nn.Conv2d(1, 10, 5, padding=1)", (1, 100, 2), "with 1 of padding"),
        ("Conv2D(10, 5, dilation_rate=40)", IMAGE, "(dilated to 161)"),
        # sizes
        ("Conv2D(0, 5)", IMAGE, "filters is 0"),
        ("Conv2D(-10, 5)", IMAGE, "filters is -10"),
        ("Conv2D(10, 0)", IMAGE, "kernel_size is 0"),
        ("Conv2D(10, (5, -5))", IMAGE, "kernel_size is -5"),
        ("Conv2D(10, 5, strides=0)", IMAGE, "strides is 0"),
        ("Conv2D(10, (5, 5, 5))", IMAGE, "3 numbers for 2 dimensions"),
        ("Conv2D(10, ())", IMAGE, "0 numbers for 2 dimensions"),
        ("Conv2D(10.0, 5)", IMAGE, "filters is 10.0"),
        ("Conv2D('ten', 5)", IMAGE, "filters is 'ten'"),
        ("Conv2D(None, 5)", IMAGE, "filters is None"),
        ("Conv2D(True, 5)", IMAGE, "filters is True"),
        ("Conv2D(10, 5.5)", IMAGE, "kernel_size is 5.5"),
        ("nn.Conv2d(1, 10, 5, padding=-1)", None, "padding is -1"),
        ("nn.Linear(0, 3)", None, "in_features is 0"),
        ("Dense(-1)", (3,), "units is -1"),
        ("Dense(1 // 0)", (3,), "divide by another number"),
        (f"Conv2D({'9' * 101}, 5)", IMAGE, "over 100 digits"),
        (f"Conv2D(0x{'f' * 9000}, 5)", IMAGE, "over 100 digits"),
        # names
        ("Conv2(10, 5)", IMAGE, "did you mean Conv2D or Conv2d?"),
        ("conv2d(10, 5)", IMAGE, "did you mean Conv2D or Conv2d?"),
        ("nn.Conv2(1, 10, 5)", None, "did you mean Conv2d?"),
        ("nn.Linar(1, 10)", None, "did you mean Linear?"),
        ("keras.layers.Desne(10)", (3,), "did you mean Dense?"),
        ("Quux(10)", IMAGE, "knows no layer 'Quux'; there are Conv1D,"),
        ("nn.Conv2D(1, 10, 5)", None, "mixes two frameworks"),
        ("keras.layers.Linear(1, 10)", None, "mixes two frameworks"),
        ("np.Conv2D(10, 5)", IMAGE, "is not a layer of Keras or PyTorch"),
        ("get().Conv2D(10, 5)", IMAGE, "is not a layer"),
        # arguments
        ("Conv2D(10)", IMAGE, "needs kernel_size"),
        ("Conv2D()", IMAGE, "needs filters and kernel_size"),
        ("nn.Conv2d(10, 5)", None, "needs kernel_size"),
        ("Conv2D(10, 5, bias=False)", IMAGE, "did you mean use_bias?"),
        ("nn.Conv2d(1, 10, 5, use_bias=False)", None, "did you mean bias?"),
        ("Conv2D(10, 5, stride=2)", IMAGE, "did you mean strides?"),
        ("nn.Conv2d(1, 10, 5, strides=2)", None, "did you mean stride?"),
        ("Conv2D(10, 5, filters=3)", IMAGE, "got filters twice"),
        ("nn.Linear(1, 2, True, None, None, 6)", None, "at most 5 arguments"),
        ("Conv2D(*args)", IMAGE, "write the arguments out"),
        ("Conv2D(10, **options)", IMAGE, "write the arguments out"),
        ("Conv2D(filters=10, filters=3, kernel_size=3)", IMAGE, "filters stands there twice"),
        ("Conv2D(n, 5)", IMAGE, "filters is n, whose value is not in this line"),
        ("nn.Conv2d(3, 6, 5, padding=pad)", None, "padding is pad, whose value is not in"),
        ("nn.Conv2d(1, 10, 5, bias=b is None)", None, "bias is b is None, whose value is not in"),
        ("Conv2D(10, 5, padding=pad)", IMAGE, "padding is pad; Keras takes the words"),
        ("Conv2D(10, (k, k))", IMAGE, "kernel_size is (k, k)"),
        ("Conv2D(10, 5, use_bias='no')", IMAGE, "use_bias is 'no'"),
        ("nn.Linear(3, 4, bias=[])", None, "it has to be True or False"),
        # padding
        ("nn.Conv2d(1, 10, 5, stride=2, padding='same')", None, "'same' with stride 1 only"),
        ("nn.Conv2d(1, 10, 5, padding='full')", None, "'valid' or 'same'"),
        ("nn.ConvTranspose2d(1, 10, 5, padding='same')", None, "takes numbers only"),
        ("nn.Conv2d(1, 10, 5, padding_mode='mirror')", None, "padding_mode is 'mirror'"),
        ("nn.ConvTranspose2d(1, 10, 5, padding_mode='reflect')", None, "takes 'zeros'"),
        ("Conv2D(10, 5, padding='full')", IMAGE, "padding is 'full'"),
        ("Conv2D(10, 5, padding='causal')", IMAGE, "padding is 'causal'"),
        ("Conv2D(10, 5, padding=2)", IMAGE, "the words 'valid' and 'same'"),
        ("Conv2D(10, 5, strides=2, dilation_rate=2)", IMAGE, "only one of them"),
        ("nn.ConvTranspose2d(1, 10, 5, output_padding=1)", None, "smaller than the stride"),
        # shapes
        ("Conv2D(10, 5)", None, "add its shape with --input"),
        ("Dense(10)", None, "add its shape with --input"),
        ("Conv2D(10, 5)", (100,), "which is 1 number; this layer takes 3"),
        ("Conv2D(10, 5)", (32, 100, 100, 1), "leave the batch out"),
        ("Conv2D(10, 5)", (100, 100, None), "leaves its channels open"),
        ("Dense(10)", (4, None), "leaves its last dimension open"),
        ("nn.Conv2d(3, 10, 5)", (100, 100, 3), "--data-format channels_last"),
        ("nn.Conv2d(3, 10, 5)", (1, 100, 100), "the two have to be equal"),
        ("nn.Linear(3, 10)", (4,), "in_features=3"),
        ("Conv2D(10, 5, input_shape=shape)", None, "write its numbers"),
        ("Conv2D(10, 5, input_shape='100x100x1')", None, "write its numbers"),
        ("Conv2D(10, 5, input_shape=(28, 28))", None, "this layer takes 3"),
        ("Conv2D(10, 5, input_shape=(28, 0, 1))", None, "input_size is 0"),
        ("Conv2D(10, 5, input_shape=((1, 2), 3, 4))", None, "input_size is (1, 2)"),
        ("Dense(10, input_shape=())", None, "write its numbers"),
        ("Conv2D(10, 5, data_format='NHWC')", IMAGE, "channels_last or channels_first"),
        ("Dense(10, lora_rank=4)", (3,), "no rule"),
        # not a layer at all
        ("", IMAGE, "is not a layer"),
        ("   \n ", IMAGE, "is not a layer"),
        ("# Conv2D(10, 5)", IMAGE, "is not a layer"),
        ("Conv2D", IMAGE, "is not a layer"),
        ("260", IMAGE, "is not a layer"),
        ("'Conv2D(10, 5)'", IMAGE, "is not a layer"),
        ("import os", IMAGE, "is not a layer"),
        ("Conv2D(10, 5); Conv2D(10, 5)", IMAGE, "is not a layer"),
        ("Conv2D(10, 5) if x else Conv2D(1, 1)", IMAGE, "is not a layer"),
        ("lambda: Conv2D(10, 5)", IMAGE, "is not a layer"),
        ("[Conv2D(10, 5)]", IMAGE, "is not a layer"),
        ("Conv2D(10, 5", IMAGE, "can't be read as a line of Python"),
        ("Conv2D 10 5", IMAGE, "can't be read as a line of Python"),
        ("why 260?", IMAGE, "can't be read as a line of Python"),
        ("Conv2D(10, 5)\x00", IMAGE, "can't be read as a line of Python"),
        ("Conv2D(10,\n\n5", IMAGE, "can't be read as a line of Python"),
        ("Conv2D(10, 5)" + " " * 20_000, IMAGE, "20,013 characters"),
    ],
)
def test_bad_input_gets_one_sentence(
    text: str, shape: tuple[int | None, ...] | None, says: str
) -> None:
    assert says in refusal(text, shape)


@pytest.mark.parametrize("data_format", ["NHWC", "last", "channels-last", ""])
def test_an_unknown_data_format(data_format: str) -> None:
    with pytest.raises(ValueError, match="channels_last or channels_first"):
        read("Conv2D(10, 5)", IMAGE, data_format)


@pytest.mark.parametrize(
    "text",
    [
        *["", "x", "axb", "100x", "x100", "100xx1", "0x0", "-1x3", "1.5x2", "1x1x", "()", "(,)"],
        *["100 100 1", "1e3", "²x3", "١x3", "0b1", "1_0", "9" * 101, "1x" * 12 + "1", "[1"],
    ],
)
def test_what_is_no_shape(text: str) -> None:
    with pytest.raises(ValueError, match="shape") as refused:
        read_shape(text)
    assert "\n" not in str(refused.value)


# -- depth -----------------------------------------------------------------------------------------

NESTED = {
    "calls": lambda depth: "Conv2D(10, 5, name=" + "f(" * depth + ")" * depth + ")",
    "layers in layers": lambda depth: "Conv2D(" * depth + ")" * depth,
    "calls as functions": lambda depth: "Conv2D" + "(10, 5)" * depth,
    "brackets": lambda depth: "Conv2D(10, " + "[" * depth + "5" + "]" * depth + ")",
    "parentheses": lambda depth: "Conv2D(10, " + "(" * depth + "5" + ")" * depth + ")",
    "signs": lambda depth: "Conv2D(10, " + "-" * 2 * depth + "5)",
    "nots": lambda depth: "Conv2D(10, 5, name=" + "not " * depth + "x)",
    "sums": lambda depth: "Conv2D(10, 5" + " + 1" * depth + ")",
    "powers": lambda depth: "Conv2D(10, 5, name=2" + "**2" * depth + ")",
    "attributes": lambda depth: "a." * depth + "Conv2D(10, 5)",
    "attributes of a value": lambda depth: "Conv2D(10, 5, name=a" + ".b" * depth + ")",
    "lambdas": lambda depth: "Conv2D(10, 5, name=" + "lambda: " * depth + "0)",
    "additions to a model": lambda depth: "m.add(" * depth + "Conv2D(10, 5)" + ")" * depth,
}


@pytest.mark.parametrize("how", NESTED)
def test_a_call_nested_to_any_depth_is_read_or_refused(how: str) -> None:
    """Up to ten thousand, and all the depths at which parser, reader and writer give up first."""
    for depth in [*range(10, 100, 30), *range(100, 1_300, 60), 2_000, 3_000, 10_000]:
        layer = answered(NESTED[how](depth), IMAGE)
        if layer is not None:
            assert read(layer.rewritten({"bias": False}), IMAGE).kind.bias is False


@pytest.mark.parametrize("how", NESTED)
def test_a_call_nested_ten_thousand_deep_is_refused(how: str) -> None:
    refusal(NESTED[how](10_000))


# -- nothing is run --------------------------------------------------------------------------------


def hostile(witness: Path) -> list[str]:
    path = repr(str(witness))
    touch = f"__import__('pathlib').Path({path}).touch()"
    opened = f"open({path}, 'w')"
    return [
        touch,
        f"Conv2D({touch}, 3)",
        f"Conv2D(10, 3, name={touch})",
        f"Conv2D(10, 3)({touch})",
        f"{touch}.Conv2D(10, 3)",
        f"x[{touch}] = Conv2D(10, 3)",
        f"x: {touch} = Conv2D(10, 3)",
        f"model.add({touch})",
        f"{touch}.add(Conv2D(10, 3))",
        f"Conv2D(10, kernel_size=[{touch}])",
        f"Conv2D(10, 3, input_shape={touch})",
        f"Conv2D({opened}, 3)",
        f"Conv2D(10, 3, name=f'''{{{opened}}}''')",
        f"Conv2D(10, 3, name=[{opened} for _ in range(3)])",
        f"Conv2D(10, 3, name=(lambda: {opened})())",
        f"@{opened}.write\ndef Conv2D(): pass",
        f"(Conv2D := {opened})(10, 3)",
        f"exec({opened!r})",
        f"import os; os.mkdir({path})",
    ]


def test_nothing_is_run(tmp_path: Path) -> None:
    witness = tmp_path / "executed"
    for text in hostile(witness):
        answered(text, IMAGE)
        assert not witness.exists(), text


def test_the_texts_above_would_leave_a_trace_if_they_were_run(tmp_path: Path) -> None:
    """Otherwise the test before this one would show nothing."""
    witness = tmp_path / "executed"
    exec(hostile(witness)[0])
    assert witness.exists()
    os.remove(witness)
    exec(hostile(witness)[-1])
    assert witness.exists()


# -- anything at all -------------------------------------------------------------------------------


SHAPES = st.sampled_from([None, (784,), IMAGE, (1, 28, 28), (None, None, 3), (9, 9, 9, 2)])


@settings(max_examples=300)
@given(st.text(max_size=60), SHAPES)
@example("\ud800", IMAGE)
@example("Conv2D('\ud800', 3)", IMAGE)
@example("Conv2D(10, 5, name='\ud800')", IMAGE)
def test_any_text_is_answered(text: str, shape: tuple[int | None, ...] | None) -> None:
    answered(text, shape)
    answered(f"Conv2D({text})", shape)


VALID = [
    "Conv2D(10, 5)",
    "x = Conv2D(filters=60, kernel_size=(3, 3), strides=(1, 1), padding='same')(x)",
    "nn.Conv2d(1, 10, 5, bias=False)",
    "model.add(keras.layers.Dense(10, input_shape=(28, 28, 1), trainable=False))",
    "nn.Linear(512 * 7 * 7, 4096)",
    "Conv1DTranspose(3, 3, output_padding=0, data_format='channels_first')",
    "nn.ConvTranspose2d(1, 10, 5, 2, 1, output_padding=1, dilation=[1, 2], groups=1)",
]
PIECES = st.sampled_from(
    [
        *["(", ")", ",", "=", "*", "**", "-", "1", "0", "None", "'", "[", "]", "{", "}", ".", "\n"],
        *["True", "1e999", "9" * 50, "...", "b''", "1j", "lambda: 0", "*a", "**k", "//", "#", ":"],
        *["padding", "groups=2", "input_shape=", "data_format=", "use_bias=", "\\", "\t", "é", "x"],
    ]
)


@settings(max_examples=400)
@given(
    st.sampled_from(VALID),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 6), PIECES), min_size=1, max_size=4),
    SHAPES,
)
def test_a_valid_line_with_slips_of_the_keyboard_is_answered(
    text: str,
    slips: list[tuple[float, int, str]],
    shape: tuple[int | None, ...] | None,
) -> None:
    for where, removed, piece in slips:
        place = int(where * len(text))
        text = text[:place] + piece + text[place + removed :]
    answered(text, shape)


@settings(max_examples=200)
@given(st.text(alphabet="0123456789xX×*,() None?-.²", max_size=20))
def test_any_shape_is_answered(text: str) -> None:
    try:
        sizes = read_shape(text)
    except ValueError as refused:
        words = str(refused)
    else:
        assert sizes
        assert all(each is None or each > 0 for each in sizes)
        return
    assert "\n" not in words


def test_a_name_that_both_frameworks_have_is_suggested_once() -> None:
    with pytest.raises(ValueError, match=r"did you mean ReLU\?$"):
        read("relu(3)")
