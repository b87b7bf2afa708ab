"""The command: ``sharedconv explain "Conv2D(10, 5)" --input 100x100x1 --expected 250``.

One short function a command: parse, call, print. Every answer goes to standard output with exit
code 0; whatever can't be done is one sentence on standard error, with exit code 2.
"""

from __future__ import annotations

import os
import sys

from .commands.explorer import add_explorer
from .commands.learn import add_learn
from .commands.models import model_named
from .commands.notebook import add_notebook
from .commands.picture import add_picture
from .commands.practice import add_practice
from .commands.printing import bold, print_json, print_text, whole_number
from .commands.quiz import add_quiz
from .refusing import Parser, refuse

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from .counting.sharing import Sharing
    from .spelling import Spelled


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with these arguments (those of the shell where None); gives the exit code."""
    if sys.stdout is None:  # closed by whoever started the command (>&- in a shell)
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given and "(" in given[0]:  # a layer without a command in front: what else could be meant?
        given.insert(0, "explain")
    try:
        try:
            asked = _parser().parse_args(given)
            asked.run(asked)
        finally:
            sys.stdout.flush()
    except (ValueError, TypeError, OSError, MemoryError) as problem:
        if isinstance(problem, OSError):
            _give_up_writing()
        if isinstance(problem, BrokenPipeError):
            return 0  # the reader, such as head, has seen enough
        refuse("sharedconv", str(problem) or "there is not enough memory for that")
    except KeyboardInterrupt:
        return 130
    return 0


def _give_up_writing() -> None:
    """Where nothing more can be written, Python is not to complain of it again at its exit."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser() -> Parser:
    parser = Parser(
        prog="sharedconv",
        description="Why does this layer have that many parameters?",
        epilog='start with: sharedconv explain "Conv2D(10, 5)" --input 100x100x1 --expected 250',
    )
    parser.set_defaults(run=_start)
    parser.add_argument("--version", action="store_true", help="the version of sharedconv")
    commands = parser.add_subparsers(metavar="COMMAND")

    explain = commands.add_parser("explain", help="why a layer or a model has so many parameters")
    explain.add_argument(
        "layer",
        help='as you write it, in quotes: "nn.Conv2d(1, 10, 5)"; or a file (- for standard input) '
        "with the code of a model, or a summary table, pasted",
    )
    explain.add_argument(
        "--input",
        metavar="SHAPE",
        help="the shape of one input: 100x100x1 for a layer of Keras, 1x100x100 for PyTorch",
    )
    explain.add_argument(
        "--expected",
        metavar="N",
        help='the number that you expected, or how you come to it: 250, "5*5*10"',
    )
    explain.add_argument("--data-format", help="channels_last or channels_first, for the shapes")
    explain.add_argument(
        "--time", action="store_true", help="measure a convolution, and the same without sharing"
    )
    explain.add_argument("--json", action="store_true", help="the answer for a program")
    explain.set_defaults(run=_explain)

    summary = commands.add_parser("summary", help="the layers of a PyTorch model, and their counts")
    summary.add_argument(
        "model",
        metavar="MODEL",
        help="a network by its name, such as vgg16 or lenet5, or FILE.py:NAME: a model of yours, "
        "or a function or class that makes one",
    )
    summary.add_argument(
        "--input",
        metavar="SHAPE",
        action="append",
        help="the shape of one input without the batch, channels first: 1x28x28 (a network has "
        "one of its own); again for each further input",
    )
    summary.add_argument(
        "--dtype",
        action="append",
        help="the type of the input's numbers, such as long; once for all inputs, or for each",
    )
    summary.add_argument("--style", choices=("torch", "keras"), default="torch")
    summary.add_argument("--format", choices=("markdown", "csv", "json", "latex"))
    summary.add_argument("--json", action="store_true", help="the answer for a program")
    summary.set_defaults(run=_summary)

    compare = commands.add_parser("compare", help="where the counts of two models part")
    for which in ("a", "b"):
        compare.add_argument(
            which,
            metavar=which.upper(),
            help="a network by its name, FILE.py:NAME, keras:ResNet50 or another name of "
            "keras.applications, or a .keras file",
        )
    compare.add_argument("--layers", action="store_true", help="every layer by itself")
    compare.add_argument("--json", action="store_true", help="the answer for a program")
    compare.set_defaults(run=_compare)

    inverse = commands.add_parser("inverse", help="which layers have so many parameters")
    inverse.add_argument("total", metavar="N", help="the number of parameters")
    inverse.add_argument("--in-channels", metavar="C", help="only with so many input channels")
    inverse.add_argument("--kind", help="only conv1d, conv2d, conv3d, dense or depthwise")
    inverse.add_argument("--output", metavar="SHAPE", help="only with this output: 96x96x10")
    inverse.add_argument("--input", metavar="SHAPE", help="only on this input: 100x100x1")
    inverse.add_argument(
        "--data-format",
        choices=("channels_last", "channels_first"),
        default="channels_last",
        help="how the two shapes are written",
    )
    inverse.add_argument("--limit", metavar="N", default="20", help="list so many at most (20)")
    inverse.add_argument("--json", action="store_true", help="the answer for a program")
    inverse.set_defaults(run=_inverse)

    add_learn(commands)
    add_practice(commands)
    add_quiz(commands)
    add_notebook(commands)
    add_picture(commands)
    add_explorer(commands)
    return parser


def _start(asked: argparse.Namespace) -> None:
    if not asked.version:
        raise ValueError(
            "say what you want to know, for instance: "
            'sharedconv explain "Conv2D(10, 5)" --input 100x100x1 --expected 250'
        )
    from importlib.metadata import version

    print_text(f"sharedconv {version('sharedconv')}")


def _explain(asked: argparse.Namespace) -> None:
    from .explaining.pasted import is_one_layer, pasted
    from .spelling import read, read_shape

    shape = None if asked.input is None else read_shape(asked.input)
    expected = None if asked.expected is None else whole_number(asked.expected, "--expected", 0)
    text = pasted(asked.layer)
    if is_one_layer(text):
        from .explaining.layer import explain, explain_json

        layer = read(text, shape, asked.data_format)
        compared = _measured(layer) if asked.time else None
        if asked.json:
            print_json(explain_json(layer, expected, compared))
        else:
            print_text(explain(layer, expected, bold(), compared))
        return
    if asked.time:
        raise ValueError("--time measures one layer; give it by itself, such as 'Conv2D(10, 5)'")
    from .explaining.text import explain_text, explain_text_json
    from .spelling.text import read_text

    whole = read_text(text, shape, asked.data_format)
    if asked.json:
        print_json(explain_text_json(whole, expected))
    else:
        print_text(explain_text(whole, expected, bold=bold()))


def _measured(layer: Spelled) -> Sharing:
    from .explaining.layer import sharing_in

    if sharing_in(layer) is None:
        raise ValueError(
            "--time compares a convolution with and without sharing, and needs the shape of one "
            "input: --input 100x100x1"
        )
    from .witnesses import Waiting, compare_sharing

    with Waiting("measuring", 3) as waiting:
        return compare_sharing(layer.kind, progress=waiting.step)


def _summary(asked: argparse.Namespace) -> None:
    from .spelling import read_shape
    from .witnesses import Waiting, export, summary
    from .witnesses.walk import modules_of

    model, shape = model_named(asked.model)
    if asked.input is not None:
        given = [read_shape(each) for each in asked.input]
        shape = given[0] if len(given) == 1 else given
    with Waiting("running the model", len(modules_of(model))) as waiting:
        table = summary(model, shape, asked.style, dtype=asked.dtype, progress=waiting.step)
    form = "json" if asked.json else asked.format
    print_text(str(table) if form is None else export(table, form))


def _compare(asked: argparse.Namespace) -> None:
    from .witnesses import Waiting, compare, load_keras

    with Waiting("building and comparing", 2) as waiting:
        models = []
        for name in (asked.a, asked.b):
            is_keras = name.startswith("keras:") or name.endswith(".keras")
            models.append(load_keras(name) if is_keras else model_named(name)[0])
            waiting.step()
        found = compare(models[0], models[1], names=(asked.a, asked.b))
    if asked.json:
        print_json(found.as_json())
    else:
        print_text(found.text(asked.layers))


def _inverse(asked: argparse.Namespace) -> None:
    from .counting.inverse import inverse
    from .spelling.found import found_json, found_text

    in_channels = asked.in_channels and whole_number(asked.in_channels, "--in-channels")
    output = _channels_first("--output", asked.output, asked.data_format)
    given = _channels_first("--input", asked.input, asked.data_format)
    channels = given and given[0]
    if None not in (channels, in_channels) and channels != in_channels:
        raise ValueError(
            f"--in-channels is {asked.in_channels} and the input {asked.input} has {channels}; "
            "give one of the two"
        )
    found = inverse(
        whole_number(asked.total, "the number of parameters"),
        channels or in_channels,
        asked.kind and asked.kind.lower(),
        output,
        whole_number(asked.limit, "--limit"),
        input_size=None if given is None else given[1:],
    )
    if asked.json:
        print_json(found_json(found))
    else:
        print_text(found_text(found, bold=bold()))


def _channels_first(
    option: str, text: str | None, data_format: str
) -> tuple[int | None, ...] | None:
    from .spelling import Shape, read_shape

    if text is None:
        return None
    sizes = read_shape(text, option)
    shape = Shape(sizes, channels_last=data_format == "channels_last")
    return (shape.channels, *shape.image(len(sizes) - 1))
