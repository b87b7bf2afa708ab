"""The command: ``sharedconv explain "Conv2D(10, 5)" --input 100x100x1 --expected 250``.

One short function a command: parse, call, print. Every answer goes to standard output with exit
code 0; whatever can't be done is one sentence on standard error, with exit code 2.
"""

from __future__ import annotations

import os
import sys

from .refusing import Parser, refuse

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with these arguments (those of the shell where None); gives the exit code."""
    if sys.stdout is None:  # closed by whoever started the command (>&- in a shell)
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115
    asked = _parser().parse_args(arguments)
    try:
        asked.run(asked)
        sys.stdout.flush()
    except (ValueError, TypeError, OSError) as problem:
        if isinstance(problem, BrokenPipeError):
            # the reader, such as head, has seen enough; nothing more can be written, so tell
            # nobody, not even at exit
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        refuse("sharedconv", str(problem))
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> Parser:
    parser = Parser(
        prog="sharedconv",
        description="Why does this layer have that many parameters?",
        epilog='start with: sharedconv explain "Conv2D(10, 5)" --input 100x100x1 --expected 250',
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    explain = commands.add_parser("explain", help="why one layer has that many parameters")
    explain.add_argument("layer", help='as you write it, in quotes: "nn.Conv2d(1, 10, 5)"')
    explain.add_argument(
        "--input",
        metavar="SHAPE",
        help="the shape of one input: 100x100x1 for a layer of Keras, 1x100x100 for PyTorch",
    )
    explain.add_argument("--expected", metavar="N", help="the number that you expected")
    explain.add_argument("--data-format", help="channels_last or channels_first, for the shapes")
    explain.add_argument("--json", action="store_true", help="the answer for a program")
    explain.set_defaults(run=_explain)

    summary = commands.add_parser("summary", help="the layers of a PyTorch model, and their counts")
    summary.add_argument(
        "model", metavar="FILE.py:NAME", help="a model, or a function or class that makes one"
    )
    summary.add_argument(
        "--input",
        metavar="SHAPE",
        required=True,
        help="the shape of one input without the batch, channels first: 1x28x28",
    )
    summary.add_argument("--style", choices=("torch", "keras"), default="torch")
    summary.add_argument("--json", action="store_true", help="the answer for a program")
    summary.set_defaults(run=_summary)
    return parser


def _explain(asked: argparse.Namespace) -> None:
    from .explain import explain, explain_json
    from .spelling import read, read_shape

    shape = None if asked.input is None else read_shape(asked.input)
    expected = None if asked.expected is None else _whole_number(asked.expected)
    layer = read(asked.layer, shape, asked.data_format)
    if asked.json:
        _print_json(explain_json(layer, expected))
    else:
        _print(explain(layer, expected, bold=_bold()))


def _summary(asked: argparse.Namespace) -> None:
    from .spelling import read_shape
    from .witnesses import load_model, summary

    table = summary(load_model(asked.model), read_shape(asked.input), style=asked.style)
    if asked.json:
        _print_json(table.as_json())
    else:
        _print(str(table))


def _whole_number(text: str) -> int:
    plain = text.strip().replace(",", "").replace("_", "")
    digits = plain.removeprefix("-")
    if digits.isascii() and digits.isdigit() and len(digits) <= 100:
        return int(plain)
    shown = text if len(text) <= 60 else f"{text[:57]}..."
    raise ValueError(f"--expected is {shown!r}; write a whole number, such as 250 or 1,728")


def _bold() -> str:
    plain = (
        not sys.stdout.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    )
    return "{}" if plain else "\033[1m{}\033[0m"


def _print(text: str) -> None:
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        # an old terminal; the sign for a product is all that it can lack in our own words
        text = text.replace("×", "x").encode("ascii", "replace").decode()
    print(text)


def _print_json(answer: object) -> None:
    import json

    print(json.dumps(answer, indent=2))
