"""The values in a line of code, read as what a layer needs them to be."""

from __future__ import annotations

from ..counting.sizes import counted, image_size, per_dimension, whole
from .call import Unread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from .shape import Shape

LAZY = "PyTorch's lazy layer"
"""Who, like Keras, leaves the channels out of the line."""


def whole_of(given: Mapping[str, object], name: str, least: int = 1) -> int:
    """The argument as a whole number of 1, or `least`, or more."""
    return whole(name, _seen(given, name), least)


def sizes_of(given: Mapping[str, object], name: str, ndim: int, least: int = 1) -> tuple[int, ...]:
    """The argument as one number for each dimension."""
    return per_dimension(name, _seen(given, name), ndim, least)


def flag(given: Mapping[str, object], name: str) -> bool:
    """The argument as True or False."""
    value = _seen(given, name)
    if isinstance(value, (bool, int)) or value is None:
        return bool(value)
    raise ValueError(f"{name} is {value!r}; it has to be True or False")


def open_sizes_of(
    given: Mapping[str, object], name: str, ndim: int | None = None
) -> tuple[int | None, ...]:
    """The argument as one number, or None, for each dimension; all that are given, without ndim."""
    value = _seen(given, name)
    if ndim is None:
        value = value if isinstance(value, tuple) else (value,)
        ndim = len(value)
    return image_size(name, value, ndim)


def dimension_of(given: Mapping[str, object], name: str) -> int:
    """The number of a dimension, of which 0 is the batch, as it is without the batch."""
    value = _seen(given, name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{name} is {value!r}; it has to be a whole number")
    if value == 0:
        raise ValueError(
            f"{name} is 0, which is the batch; shapes here are without it, so begin with 1"
        )
    return value - 1 if value > 0 else value


def word_of(given: Mapping[str, object], name: str, known: tuple[str, ...]) -> str:
    """The argument as one of the words that Keras knows there, in lower case."""
    value = _seen(given, name)
    if isinstance(value, str) and value.lower() in known:
        return value.lower()
    raise ValueError(f"{name} is {value!r}; Keras takes {' and '.join(map(repr, known))}")


def _seen(given: Mapping[str, object], name: str) -> object:
    value = given[name]
    for each in value if isinstance(value, tuple) else (value,):
        if isinstance(each, Unread):
            if each.text in ("true", "false"):
                raise ValueError(f"{name} is {each.text}; Python writes it {each.text.title()}")
            raise ValueError(
                f"{name} is {value!r}, whose value is not in this line; write the number or word "
                "itself"
            )
    return value


def no_extra_weights(given: Mapping[str, object]) -> None:
    """Refuse Keras's arguments that give a layer parameters of another sort."""
    for name in ("lora_rank", "quantization_config"):
        if given[name] is not None:
            raise ValueError(
                f"{name} adds parameters that sharedconv knows no rule for; leave it out"
            )


def same_channels(name: str, wanted: int, shape: Shape, found: int | None) -> None:
    """Refuse an input that hasn't as many channels (or features) as the layer says it takes."""
    if found in (None, wanted):
        return
    if name == "in_features":
        same_features(name, wanted, shape)
    turned = shape.replace(channels_last=not shape.channels_last)
    hint = (
        f"it would fit with --data-format channels_{'last' if turned.channels_last else 'first'}"
        if turned.channels == wanted
        else "the two have to be equal"
    )
    raise ValueError(
        f"the layer has {name}={wanted}, and the input {shape}, read {shape.order}, has "
        f"{found}; {hint}"
    )


def same_features(name: str, wanted: int, shape: Shape) -> None:
    """Refuse an input whose last number isn't the number of features that the layer takes."""
    found = shape.sizes[-1]
    if found not in (None, wanted):
        raise ValueError(
            f"the layer has {name}={wanted}, and the last number of the input {shape} is "
            f"{found}; the two have to be equal"
        )


def needed(shape: Shape | None, what: str, example: str, who: str = "Keras") -> Shape:
    """The input's shape, or a sentence that asks for it: `who` reads `what` from it."""
    if shape is None:
        raise ValueError(
            f"{who} reads the number of {what} from the input; add its shape with --input, such as "
            f"--input {example}"
        )
    return shape


def size_of(shape: Shape, place: int = -1) -> int:
    """A size of the input that the layer has weights for, or a sentence that asks for it."""
    size = shape.sizes[place]
    if size is None:
        which = "its last dimension" if place == -1 else "a dimension"
        raise ValueError(
            f"the input {shape} leaves {which} open, and the layer has numbers for each place in "
            "it; write its size"
        )
    return size


def same_dimensions(names: str, shape: Shape, example: str) -> None:
    """Refuse an input that hasn't as many dimensions as the layer takes."""
    dimensions = names.count(",") + 1
    if len(shape.sizes) != dimensions:
        batch = "; leave the batch out" if len(shape.sizes) == dimensions + 1 else ""
        raise ValueError(
            f"the input is {shape}, which is {counted(len(shape.sizes), 'number')}; this layer "
            f"takes {dimensions} ({names}), such as {example}{batch}"
        )


def image_of(
    shape: Shape | None, ndim: int, who: str = "Keras"
) -> tuple[int, tuple[int | None, ...]]:
    """Channels and size of the image that comes in, or a sentence that asks for them."""
    seen = needed(shape, "input channels", _EXAMPLES[who == "Keras"][ndim], who)
    size = seen.image(ndim)
    if seen.channels is None:
        raise ValueError(
            f"the input {seen} leaves its channels open, and the kernel has weights for each "
            "of them; write their number"
        )
    return seen.channels, size


def image_if_known(shape: Shape | None, ndim: int) -> dict[str, Any]:
    """The same for a layer that has no weights, and so can do without."""
    if shape is None:
        return {"channels": None, "ndim": ndim, "input_size": None}
    return {"channels": shape.channels, "ndim": ndim, "input_size": shape.image(ndim)}


_EXAMPLES = {
    True: {
        1: "100x1 (length, channels)",
        2: "100x100x1 (height, width, channels)",
        3: "16x100x100x1 (depth, height, width, channels)",
    },
    False: {
        1: "1x100 (channels, length)",
        2: "1x100x100 (channels, height, width)",
        3: "1x16x100x100 (channels, depth, height, width)",
    },
}
"""An input with its channels last, as Keras has it, and one with its channels first."""
