"""The command, as a shell runs it: what it says, how it exits, and what it leaves alone."""

import contextlib
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import pytest
from hypothesis import example, given, settings, strategies as st

from sharedconv.cli import main

ROOT = Path(__file__).resolve().parents[1]
QUESTION = ["explain", "Conv2D(10, 5)", "--input", "100x100x1", "--expected", "250"]
SECOND_LISTING = [
    "explain",
    "Conv2D(filters=60, kernel_size=(3,3), strides=(1,1))",
    *["--input", "100x100x1", "--expected", "260"],
]


def environment(**changes: str) -> dict[str, str]:
    plain = {
        name: value
        for name, value in os.environ.items()
        if name not in ("NO_COLOR", "FORCE_COLOR", "TERM", "PYTHONIOENCODING", "PYTHONUTF8")
    }
    return {**plain, "PYTHONIOENCODING": "utf-8", **changes}


def sharedconv(*arguments: str | bytes, **changes: str) -> "subprocess.CompletedProcess[str]":
    """Run the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "sharedconv", *arguments],
        cwd=ROOT,
        env=environment(**changes),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def in_process(arguments: Sequence[str]) -> tuple[int, str, str]:
    """The same within this process, which is quicker: exit code, output, errors."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main(arguments)
        except SystemExit as left:
            code = int(left.code or 0)
    return code, out.getvalue(), err.getvalue()


def assert_refused(code: int, out: str, err: str) -> None:
    """Exit code 2, nothing on standard output, one line on standard error."""
    assert code == 2
    assert out == ""
    # the command as far as it was understood, and then the sentence
    assert err.startswith(("sharedconv: ", "sharedconv explain: "))
    assert err.endswith("\n")
    assert err.count("\n") == 1
    assert "Traceback" not in err


# -- the question ----------------------------------------------------------------------------------


def test_the_question_is_answered() -> None:
    """Each line that a newcomer needs: the sum, the shape, the slip, the way to 250."""
    done = sharedconv(*QUESTION)
    assert (done.returncode, done.stderr) == (0, "")
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    for line in (
        "Conv2D(10, 5) on 100×100×1 has 260 parameters.",
        "kernel filters 10 × kernel height 5 × kernel width 5 × in_channels 1 = 250",
        "bias filters 10 = 10",
        "total = 260",
        "output shape 96×96×10 (height × width × channels)",
        # 96 × 96 positions × 250 weights
        "multiply-adds 2,304,000 (each weight is used again at every position)",
        "You expected 250.",
        "counted so: filters 10 × kernel height 5 × kernel width 5 × in_channels 1 = 250",
        "A layer that really has 250: Conv2D(10, 5, use_bias=False)",
        "What sharing saves, for the same output",
        "as written 260 2,304,000 1.0 kB",
        # 96 × 96 positions × 260; and 10,000 inputs × 92,160 outputs + 92,160
        "unshared 2,396,160 2,304,000 9.6 MB",
        "dense 921,692,160 921,600,000 3.7 GB",
    ):
        assert line in lines
    words = " ".join(done.stdout.split())
    assert "250 leaves out the bias." in words
    assert "that is weight sharing" in words
    assert "one filter has 5 × 5 × 1 + 1 = 26 parameters" in words
    assert "Ask yourself:" in words
    assert "each of the 9,216 positions of the output has a kernel of its own: 9,216 times" in words
    assert "\033" not in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 100


def test_the_layer_said_to_have_250_has_250_in_keras() -> None:
    layer = keras.layers.Conv2D(10, 5, use_bias=False)
    layer.build((None, 100, 100, 1))
    assert layer.count_params() == 250


def test_the_second_listing_has_600_and_no_slip_leads_to_260() -> None:
    done = sharedconv(*SECOND_LISTING)
    assert done.returncode == 0
    words = " ".join(done.stdout.split())
    assert "on 100×100×1 has 600 parameters." in words
    assert "You expected 260. No known slip leads from 600 to 260." in words
    assert "A layer that really has" not in words


def test_the_first_listing_of_the_question() -> None:
    code, out, _ = in_process(
        [
            *["explain", "Conv2D(filters=1,kernel_size=(3,3),strides=(1,1),padding='same')"],
            *["--input", "100x100x1", "--expected", "9"],
        ]
    )
    words = " ".join(out.split())
    assert code == 0
    assert "has 10 parameters." in words
    assert "9 leaves out the bias." in words
    assert "output shape 100×100×1" in words
    assert "use_bias=False) " in words


def said(*arguments: str) -> str:
    code, out, err = in_process(["explain", *arguments])
    assert (code, err) == (0, "")
    return " ".join(out.split())


def test_the_right_number_is_called_right() -> None:
    assert "You expected 260, and that is right." in said(*QUESTION[1:-1], "260")


def test_several_ways_are_all_named() -> None:
    words = said("nn.Conv2d(3, 32, 3)", "--expected", "288")
    assert "2 ways lead there, and the number alone can't tell which was yours" in words
    assert "gives each filter one input channel only" in words
    assert "takes the kernel for a single row" in words


def test_torch_needs_no_input_and_puts_the_channels_first() -> None:
    words = said("nn.Conv2d(3, 32, 3)")
    assert "nn.Conv2d(3, 32, 3) has 896 parameters." in words
    assert "output shape" not in words
    assert "What sharing saves" not in words
    words = said("nn.Conv2d(3, 32, 3)", "--input", "3x30x20")
    assert "output shape 32×28×18 (channels × height × width)" in words


def test_the_data_format_turns_the_shapes_round() -> None:
    words = said("Conv2D(10, 5)", "--input", "1x100x90", "--data-format", "channels_first")
    assert "output shape 10×96×86 (channels × height × width)" in words


def test_a_dense_layer_a_frozen_one_and_one_without_bias() -> None:
    words = said("Dense(10)", "--input", "784", "--expected", "7,840")
    assert "Dense(10) on 784 has 7,850 parameters." in words
    assert "Nothing is shared" in words
    assert "A layer that really has 7,840: Dense(10, use_bias=False)" in words
    words = said("Conv2D(10, 5, trainable=False)", "--input", "9x9x1")
    assert "kernel (not trainable)" in words
    assert "The layer is frozen" in words
    assert "There is no bias here." in said("nn.Conv2d(1, 10, 5, bias=False)")


def test_an_unshared_layer_says_what_sharing_would_save() -> None:
    """DESIGN.md, section 5: 10, 6,760 and 530,660."""
    words = said("LocallyConnected2D(1, 3)", "--input", "28x28x1")
    assert "multiply-adds 6,084 (each weight is used once)" in words
    assert "shared 10 6,084 40 bytes as written 6,760 6,084 27.0 kB dense 530,660" in words
    found = answer("explain", "LocallyConnected2D(1, 3)", "--input", "28x28x1")
    assert found["otherwise"] == {"shared": 10, "dense": 530_660}


def test_a_transposed_layer_too() -> None:
    """256 inputs × 384 weights + 1,024 outputs × 8 biases; 768 × 8,192 + 8,192."""
    line = ["nn.ConvTranspose2d(3, 8, 4, stride=2, padding=1)", "--input", "3x16x16"]
    words = said(*line)
    assert "as written 392 98,304 1.6 kB unshared 106,496 98,304 426.0 kB" in words
    assert "each of the 256 positions of the input has a kernel of its own" in words
    found = answer("explain", *line)
    assert found["otherwise"] == {"unshared": 106_496, "dense": 6_299_648}


def test_with_time_it_is_measured() -> None:
    words = said("Conv2D(10, 5)", "--input", "20x20x1", "--time")
    assert re.search(r"as written 260 64,000 1\.0 kB [\d.]+ ms unshared .* dense .* ms", words)
    assert "Unshared may take longer all the same" in words
    rows = answer("explain", "Conv2D(10, 5)", "--input", "100x100x1", "--time")["sharing"]
    assert [each["name"] for each in rows] == ["shared", "unshared", "dense"]
    assert [each["parameters"] for each in rows] == [260, 2_396_160, 921_692_160]
    assert [each["mult_adds"] for each in rows] == [2_304_000, 2_304_000, 921_600_000]
    assert [each["bytes"] for each in rows] == [1_040, 9_584_640, 3_686_768_640]
    assert [each["seconds"] is None for each in rows] == [False, False, True]
    assert rows[2]["not_measured"] == "it takes 3.7 GB, over the limit of 1.0 GB"


def test_without_time_nothing_is_measured_and_torch_stays_away() -> None:
    rows = answer("explain", "Conv2D(10, 5)", "--input", "100x100x1")["sharing"]
    assert {each["seconds"] for each in rows} == {None}
    assert answer("explain", "Dense(3)", "--input", "4")["sharing"] == []
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "sharedconv", *QUESTION],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "sharedconv.counting.sharing" in loaded
    assert not loaded & {"torch", "numpy", "sharedconv.witnesses"}


# -- for programs ----------------------------------------------------------------------------------


def answer(*arguments: str) -> dict[str, Any]:
    code, out, err = in_process([*arguments, "--json"])
    assert (code, err) == (0, "")
    read: dict[str, Any] = json.loads(out)
    return read


def test_the_json_is_the_object_of_the_design() -> None:
    """DESIGN.md, section 4: every key there, with its value; more keys are allowed."""
    done = sharedconv(*QUESTION, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    expected: dict[str, Any] = {
        "total": 260,
        "trainable": 260,
        "non_trainable": 0,
        "mult_adds": 2_304_000,
        "expected": 250,
    }
    assert found.items() >= expected.items()
    layer_expected: dict[str, Any] = {
        "text": "Conv2D(10, 5)",
        "kind": "Conv",
        "framework": "keras",
        "input_shape": [100, 100, 1],
        "output_shape": [96, 96, 10],
        "total": 260,
        "formula": "filters 10 × kernel height 5 × kernel width 5 × in_channels 1 + filters 10 "
        "= 260",
    }
    (layer,) = found["layers"]
    assert layer.items() >= layer_expected.items()
    factors = {"filters": 10, "kernel height": 5, "kernel width": 5, "in_channels": 1}
    assert layer["terms"] == [
        {"role": "kernel", "trainable": True, "factors": factors, "size": 250},
        {"role": "bias", "trainable": True, "factors": {"filters": 10}, "size": 10},
    ]
    assert list(layer["terms"][0]["factors"]) == list(factors)
    (diagnosis,) = found["diagnosis"]
    assert diagnosis["misconceptions"] == ["forgot-bias"]
    assert diagnosis["number"] == 250
    assert diagnosis["sentence"].startswith("250 leaves out the bias.")


def test_the_json_says_what_it_does_not_know() -> None:
    found = answer(*SECOND_LISTING)
    assert (found["total"], found["expected"], found["diagnosis"]) == (600, 260, [])

    found = answer("explain", "nn.Conv2d(1, 10, 5)")
    assert (found["expected"], found["diagnosis"], found["mult_adds"]) == (None, [], None)
    assert (found["layers"][0]["input_shape"], found["layers"][0]["output_shape"]) == (None, None)

    found = answer("explain", "Conv2D(10, 5)", "--input", "NonexNonex3")
    assert found["total"] == 760
    assert found["layers"][0]["output_shape"] == [None, None, 10]
    assert found["mult_adds"] is None

    ambiguous = answer("explain", "nn.Conv2d(3, 32, 3)", "--expected", "288")["diagnosis"]
    assert [each["misconceptions"] for each in ambiguous] == [
        ["forgot-bias", "forgot-in-channels"],
        ["forgot-bias", "kernel-one-dimensional"],
    ]


def test_the_json_of_a_frozen_layer() -> None:
    found = answer("explain", "Dense(3, trainable=False)", "--input", "2")
    assert (found["total"], found["trainable"], found["non_trainable"]) == (9, 0, 9)
    assert [term["trainable"] for term in found["layers"][0]["terms"]] == [False, False]


@pytest.mark.parametrize("expected", ["1,728", "1728", "1_728", " 1728 "])
def test_an_expected_number_as_people_write_it(expected: str) -> None:
    found = answer("explain", "nn.Conv2d(3, 64, 3)", "--expected", expected)
    assert found["expected"] == 1_728
    assert found["diagnosis"][0]["misconceptions"] == ["forgot-bias"]


def test_an_expected_number_may_be_the_way_to_it() -> None:
    found = answer("explain", "Conv2D(10, 5)", "--input", "100x100x1", "--expected", "5*5*10")
    assert found["expected"] == 250
    assert found["diagnosis"][0]["misconceptions"] == ["forgot-bias"]


def test_numbers_of_any_size_are_exact() -> None:
    size = 10**100
    found = answer("explain", f"nn.Linear({size}, {size})")
    assert found["total"] == 10**200 + 10**100


# -- what can't be answered ------------------------------------------------------------------------

BAD_INPUT: list[tuple[list[str], str]] = [
    (["explain", "nn.Conv2d(3, 10, 5, groups=2)"], "does not divide"),
    (["explain", "Conv2D(10, 101)", "--input", "100x100x1"], "is larger than the input"),
    (["explain", "Conv2D(-10, 5)", "--input", "100x100x1"], "filters is -10"),
    (["explain", "Conv2D(10, 0)", "--input", "100x100x1"], "kernel_size is 0"),
    (["explain", "Conv2(10, 5)"], "did you mean Conv2D or Conv2d?"),
    (["explain", "Conv2D(10)", "--input", "100x100x1"], "needs kernel_size"),
    (["explain", "nn.Conv2d(1, 10, 5, use_bias=0)"], "did you mean bias?"),
    (["explain", "nn.Conv2d(1, 2, 3, 2, 'same')"], "stride 1 only"),
    (["explain", "Conv2D(10, 5)"], "--input"),
    (["explain", "why 260?"], "can't be read"),
    (["explain", "260"], "is not a layer"),
    (["explain", ""], "is not a layer"),
    (["explain", "Conv2D(10,\n\n5"], "can't be read"),
    (["explain", "Conv2D(" * 10_000 + ")" * 10_000], "80,000 characters"),
    (["explain", "Conv2D(10, " + "-" * 9_000 + "5)", "--input", "9x9x1"], "nested too deeply"),
    (["explain", "Conv2D(10, 5)", "--input", "large"], "is not a shape"),
    (["explain", "Conv2D(10, 5)", "--input", "100x100x0"], "is not a shape"),
    (["explain", "Conv2D(10, 5)", "--input", ""], "is not a shape"),
    (["explain", "Conv2D(10, 5)", "--input", "100"], "this layer takes 3"),
    (["explain", "nn.Conv2d(1, 10, 5)", "--expected", "many"], "write a whole number"),
    (["explain", "nn.Conv2d(1, 10, 5)", "--expected", "250.5"], "write a whole number"),
    (["explain", "nn.Conv2d(1, 10, 5)", "--expected", "9" * 101], "write a whole number"),
    (["explain", "nn.Conv2d(1, 10, 5)", "--expected", ""], "write a whole number"),
    (["explain", "Conv2D(10, 5)", "--input", "9x9x1", "--data-format", "NHWC"], "channels_last"),
    (["explain"], "layer"),
    (["explain", "nn.Conv2d(1, 10, 5)", "and", "more"], "unrecognized arguments"),
    (["explain", "nn.Conv2d(1, 10, 5)", "--wrong"], "unrecognized arguments"),
    (["explain", "nn.Conv2d(1, 10, 5)", "--expected"], "expected one argument"),
    (["elucidate", "nn.Conv2d(1, 10, 5)"], "invalid choice"),
    (["explain", "Dense(3)", "--input", "4", "--time"], "--time compares a convolution"),
    (["explain", "nn.Conv2d(1, 10, 5)", "--time"], "needs the shape of one input"),
    (["explain", "m = Sequential([Dense(3, input_dim=2)])", "--time"], "--time measures one layer"),
    ([], "say what you want to know"),
]


@pytest.mark.parametrize(("arguments", "says"), BAD_INPUT, ids=lambda value: str(value)[:50])
def test_what_cannot_be_answered_gets_one_sentence(arguments: list[str], says: str) -> None:
    code, out, err = in_process(arguments)
    assert_refused(code, out, err)
    assert says in err


@pytest.mark.parametrize("words", ["LocalConv2d asks for 12.3 TB.", ""])
def test_too_little_memory_is_one_sentence(monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    """Python itself says nothing when it runs out."""

    def ran_out(*_: object, **__: object) -> None:
        raise MemoryError(words)

    monkeypatch.setattr("sharedconv.witnesses.compare_sharing", ran_out)
    code, out, err = in_process(["explain", "Conv2D(1, 3)", "--input", "9x9x1", "--time"])
    assert_refused(code, out, err)
    assert (words or "there is not enough memory for that") in err


def test_the_same_in_a_process_of_its_own() -> None:
    done = sharedconv("explain", "Conv2(10, 5)")
    assert_refused(done.returncode, done.stdout, done.stderr)


@pytest.mark.skipif(os.name == "nt", reason="arguments are text on Windows, never bytes")
def test_an_argument_that_is_no_text_at_all() -> None:
    done = sharedconv("explain", b"Conv2D(10, 5, name='\xff')", "--input", "9x9x1")
    assert_refused(done.returncode, done.stdout, done.stderr)


@settings(max_examples=150)
@given(
    st.one_of(st.text(max_size=30), st.sampled_from(["Conv2D(10, 5)", "nn.Linear(3, 4)"])),
    st.one_of(st.none(), st.text(max_size=10), st.sampled_from(["9x9x1", "3", "1x9x9"])),
    st.one_of(st.none(), st.text(max_size=10), st.integers().map(str)),
    st.booleans(),
)
@example("Conv2D(10, 5, name='\ud800')", "9x9x1", "250", False)
@example("Conv2D(10, 5, name='é×')", "9x9x1", "250", True)
@example("--help me", None, None, False)
@example("-", None, None, False)
def test_whatever_is_typed_ends_in_an_answer_or_one_sentence(
    layer: str, shape: str | None, expected: str | None, as_json: bool
) -> None:
    arguments = ["explain", layer] + ["--json"] * as_json
    arguments += [] if shape is None else ["--input", shape]
    arguments += [] if expected is None else ["--expected", expected]
    code, out, err = in_process(arguments)
    if code == 0:
        assert out
        assert not err
    else:
        assert_refused(code, out, err)


def test_help_says_where_to_start() -> None:
    for arguments in (["--help"], ["explain", "--help"], ["summary", "--help"]):
        code, out, err = in_process(arguments)
        assert (code, err) == (0, "")
        assert out.startswith("usage: sharedconv")
    assert "explain" in in_process(["--help"])[1]


# -- terminals, pipes, encodings -------------------------------------------------------------------


def on_a_terminal(**changes: str) -> str:
    """What the command writes when standard output is a terminal."""
    pty = pytest.importorskip("pty", reason="there are no pseudo-terminals on Windows")
    terminal, its_end = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "sharedconv", *QUESTION],
        cwd=ROOT,
        env=environment(**changes),
        stdin=subprocess.DEVNULL,
        stdout=its_end,
        stderr=subprocess.PIPE,
    ) as process:
        os.close(its_end)
        written = b""
        # Linux says with an error, and macOS with nothing, that the other end has gone
        with contextlib.suppress(OSError):
            while part := os.read(terminal, 4096):
                written += part
        os.close(terminal)
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode == 0
    return written.decode("utf-8")


def test_headings_are_bold_on_a_terminal_and_nowhere_else() -> None:
    written = on_a_terminal(TERM="xterm")
    assert "\033[1mConv2D(10, 5) on 100×100×1 has 260 parameters.\033[0m" in written
    for changes in ({"TERM": "xterm", "NO_COLOR": "1"}, {"TERM": "dumb"}):
        assert "\033" not in on_a_terminal(**changes)
    assert "\033" not in sharedconv(*QUESTION, TERM="xterm").stdout


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "cp437", "utf-16"])
def test_any_encoding_does(encoding: str) -> None:
    """On an old terminal the sign for a product becomes an x; the numbers stay."""
    for arguments in (QUESTION, [*QUESTION, "--json"], ["explain", "Conv2D('×é', 5)"]):
        done = subprocess.run(
            [sys.executable, "-m", "sharedconv", *arguments],
            cwd=ROOT,
            env=environment(PYTHONIOENCODING=encoding),
            capture_output=True,
            check=False,
        )
        if arguments[1] == QUESTION[1]:
            assert (done.returncode, done.stderr) == (0, b"")
            assert "260" in done.stdout.decode(encoding)
        else:
            assert done.returncode == 2
            assert "Traceback" not in done.stderr.decode(encoding)


def test_in_ascii_the_formula_is_still_readable() -> None:
    done = sharedconv(*QUESTION, PYTHONIOENCODING="ascii")
    assert "filters 10 x kernel height 5 x kernel width 5 x in_channels 1" in done.stdout
    assert "?" not in done.stdout.replace("come from?", "")


@pytest.mark.parametrize("more", [[], ["--json"], ["--help"]])
def test_a_reader_that_has_seen_enough_is_no_error(more: list[str]) -> None:
    """As in ``sharedconv explain ... | head -1``, when head has gone before we write."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "sharedconv", *QUESTION, *more],
        cwd=ROOT,
        env=environment(),
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert done.stderr == b""
    assert done.returncode == 0


@pytest.mark.skipif(os.name == "nt", reason="needs a shell that closes standard output")
def test_a_closed_standard_output_is_no_error() -> None:
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", sys.executable, "-m", "sharedconv", *QUESTION],
        cwd=ROOT,
        env=environment(),
        stderr=subprocess.PIPE,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_said_in_one_line() -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "sharedconv", *QUESTION],
            cwd=ROOT,
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            check=False,
        )
    assert_refused(done.returncode, "", done.stderr)


# -- what is loaded --------------------------------------------------------------------------------

LOADED = """
import json, sys
before = set(sys.modules)
from sharedconv.cli import main
code = main(sys.argv[1:])
print(json.dumps([code, sorted(set(sys.modules) - before)]), file=sys.stderr)
"""


@pytest.mark.parametrize("more", [[], ["--json"]])
def test_explain_loads_no_framework_and_nothing_slow(more: list[str]) -> None:
    """An answer takes milliseconds because it imports only what it needs."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *QUESTION, *more],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    code, loaded = json.loads(done.stderr)
    assert code == 0
    assert "260" in done.stdout
    roots = {name.partition(".")[0] for name in loaded}
    assert "sharedconv" in roots
    slow = {"torch", "numpy", "keras", "tensorflow", "rich", "torchinfo", "dataclasses", "inspect"}
    assert not slow & roots
    assert "importlib.metadata" not in loaded
    rooms = {name.split(".")[1] for name in loaded if name.startswith("sharedconv.")}
    assert rooms >= {"cli", "counting", "explaining", "spelling"}
    assert not rooms & {"layers", "witnesses", "networks", "practice", "pictures", "training"}
