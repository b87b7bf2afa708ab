"""``sharedconv picture arrows -o arrows.svg "Conv1D(1, 3)" --input 7x1``."""

from __future__ import annotations

from pathlib import Path

from .models import model_named
from .printing import print_text, whole_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from typing import Any

    from ..counting import Kind
    from ..refusing import Parser

OF_LAYERS = {
    "arrows": ("inputs, outputs, an arrow for each connection", "Conv1D(1, 3)", "7x1"),
    "sliding": (
        "the kernel at a few positions; FILE.gif or .mp4 moves",
        "Conv2D(1, 3, 2, 'same')",
        "5x5x1",
    ),
    "matrix": ("the layer as a matrix, coloured by weight", "Conv2D(1, 3)", "5x5x1"),
    "sizes": ("parameters against the size of the image", "Conv2D(1, 3)", "28x28x1"),
}
"""The pictures of one layer: what each shows, and where none is given, which layer and input."""
OF_NETWORKS = {
    "areas": ("a network's parameters as areas", "vgg16"),
    "frameworks": ("one ResNet in two frameworks, step by step", "resnet50"),
    "receptive": ("how far a number sees, through a stack of layers", "vgg16"),
}
"""The pictures of a whole network: what each shows, and which one where none is given."""


def add_picture(commands: argparse._SubParsersAction[Parser]) -> None:
    """Tell the parser about ``picture``."""
    shown = {name: words for name, (words, *_) in {**OF_LAYERS, **OF_NETWORKS}.items()}
    picture = commands.add_parser(
        "picture",
        help="a picture of a layer or a network, as a file",
        description="Draws "
        + "; ".join(f"{name}: {words}" for name, words in shown.items())
        + ". What it shows is also said in words, here and in the file.",
    )
    picture.add_argument("name", metavar="NAME", help=", ".join(shown))
    picture.add_argument(
        "-o",
        dest="output",
        metavar="FILE",
        required=True,
        help="write it there: .svg, .png or .pdf, or for sliding .gif or .mp4; of the files that "
        "are there, it replaces only a picture of its own",
    )
    picture.add_argument(
        "what",
        nargs="?",
        metavar="LAYER",
        help='a layer, in quotes: "Conv1D(1, 3)"; for areas, frameworks and receptive a network, '
        "such as vgg16 or FILE.py:NAME",
    )
    picture.add_argument(
        "--input", metavar="SHAPE", help="the shape of one input: 7x1 for Keras, 1x7 for PyTorch"
    )
    picture.add_argument("--data-format", help="channels_last or channels_first, for the shape")
    picture.set_defaults(run=_run)


def _run(asked: argparse.Namespace) -> None:
    from textwrap import fill

    from .. import pictures
    from ..pictures.saving import MARKS, MOVING, check_ending
    from ..writing import check_replaceable

    name, file = asked.name, Path(asked.output)
    if name not in OF_LAYERS and name not in OF_NETWORKS:
        from ..spelling.call import nearest

        raise ValueError(
            f"there is no picture {name!r}; {nearest(name, [*OF_LAYERS, *OF_NETWORKS])}"
        )
    moves = name == "sliding" and file.suffix.lower() in MOVING
    check_ending(file, moves)
    check_replaceable(file, MARKS[file.suffix.lower()], f"a picture in {file.suffix}")
    drawn: Any
    if name in OF_LAYERS:
        drawn = getattr(pictures, "moving" if moves else name)(_layer(asked))
    else:
        drawn = getattr(pictures, name)(**_network(asked))
    pictures.save(drawn, file)
    print_text(f"{file} shows this:")
    print_text(fill(pictures.alternative(drawn), 80, break_on_hyphens=False))


def _layer(asked: argparse.Namespace) -> Kind:
    from ..spelling import read, read_shape

    _, layer, shape = OF_LAYERS[asked.name]
    if asked.what is None:
        if asked.input or asked.data_format:
            raise ValueError('give the layer as well, such as "Conv1D(1, 3)" --input 7x1')
        return read(layer, read_shape(shape)).kind
    given = None if asked.input is None else read_shape(asked.input)
    return read(asked.what, given, asked.data_format).kind


def _network(asked: argparse.Namespace) -> dict[str, Any]:
    from ..spelling import read_shape

    name, what = asked.name, asked.what or OF_NETWORKS[asked.name][1]
    if name == "receptive" and "(" in what:
        shape = None if asked.input is None else read_shape(asked.input)
        return {"layers": _layers(what, shape, asked.data_format)}
    if asked.input or asked.data_format:
        raise ValueError(f"{name} draws a network, which has its sizes; leave --input away")
    if name == "receptive":
        return {"layers": model_named(what)[0]}
    if name == "areas":
        return {"model": model_named(what)[0], "name": what}
    if not what.lower().startswith("resnet"):
        raise ValueError(f"frameworks draws a ResNet, not {what!r}; write resnet50, for example")
    depth = what.lower().removeprefix("resnet").removeprefix("-")
    return {"compared": whole_number(depth, "the depth of the ResNet")}


def _layers(code: str, shape: tuple[int | None, ...] | None, data_format: str | None) -> list[Kind]:
    """The layers that a line of code makes, in their order."""
    from ..spelling.snippet import Model
    from ..spelling.text import read_text

    models = [each for each in read_text(code, shape, data_format).parts if isinstance(each, Model)]
    return [row.spelled.kind for row in models[0].rows if row.spelled is not None]
