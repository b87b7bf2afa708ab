"""What the page says around its numbers. {names} in braces are slots that it fills in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..counting.misconceptions import MISCONCEPTIONS
from ..explaining.layer import EXPECTED, NO_SLIP, RIGHT, WAYS
from .refusals import refusals

if TYPE_CHECKING:
    from typing import Any

KNOWN = {each.slug: each for each in MISCONCEPTIONS}
KIND_NAMES = {
    "conv": "convolution",
    "unshared": "unshared (locally connected)",
    "transposed": "transposed convolution",
    "depthwise": "depthwise convolution",
    "separable": "separable convolution",
    "dense": "dense (linear)",
}
NOTES = {
    # a part of a count, and the slip whose reason says why it is there
    "conv": {"kernel": "unshared-per-position", "bias": "forgot-bias"},
    "unshared": {"kernel": "taken-for-shared", "bias": "bias-taken-for-shared"},
    "transposed": {"kernel": "unshared-per-position", "bias": "forgot-bias"},
    "depthwise": {"kernel": "depthwise-taken-for-full", "bias": "forgot-bias"},
    "separable": {"depthwise kernel": "depthwise-taken-for-full", "bias": "forgot-bias"},
    "dense": {"bias": "forgot-bias"},
}
REFUSALS = {
    "whole": "{name} is {value}; write a whole number of {least} or more, with 100 digits at most.",
    "groups": "groups is {groups}, which does not divide {name}={value}; every group gets equally "
    "many channels.",
    "too large": "The kernel {axis} {kernel} is larger than the input {axis} {size}; use a smaller "
    "kernel, a larger input or more padding.",
    "dilated": "The kernel {axis} {kernel}, with its gaps {reach}, is larger than the input {axis} "
    "{size}; use a smaller kernel, a larger input or more padding.",
    "cut away": "This padding cuts away the whole output {axis}; use less padding, a larger kernel "
    "or a larger input.",
    "output padding": "The output padding is {extra}; it has to be smaller than the stride "
    "({stride}) or the dilation ({dilation}).",
    "alone": "{name} has no parameters, and nothing to count by itself; write it as a line of a "
    "network, which is the second page here.",
    "alone, learns": "{name} has parameters for the channels that come in from another layer; "
    "write it as a line of a network, which is the second page here.",
    "elsewhere": "{name} is a layer that this page can't show; the command reads it: "
    "sharedconv explain {line}",
    "former": "This is the spelling of Keras 1, which this page can't read; the command reads it: "
    "sharedconv explain {line}",
    "model": "{name} is nothing that this page can show in a network; the command reads the whole "
    "model: sharedconv explain FILE.py",
    "empty model": "There is no layer in this model; write some, such as "
    "nn.Sequential(nn.Conv2d(1, 10, 5), nn.ReLU()).",
    "several": "There is more here than one layer or one Sequential; paste a single layer, or let "
    "the command read it all: sharedconv explain FILE.py",
    "many layers": "This model has {layers} layers, and a network here has {most} at most; the "
    "command reads longer ones: sharedconv explain FILE.py",
    "other input": "{name} says that its input is {shape}, and {found} comes in; the two have to "
    "be equal.",
    "one of them": "Keras takes either a stride above 1 or a dilation above 1, not both.",
    "same and stride": "PyTorch takes padding='same' with a stride of 1 only; give the padding as "
    "a number.",
    "channels": "{name} takes {wanted} channels, and {found} come in; the two have to be equal.",
    "dimensions": "{name} takes an input of another number of dimensions than {shape}.",
    "shape": "The input's shape is whole numbers above 0 with an x between them, such as 28x28x1.",
    "behind": "It stands behind a line that can't be read, so nobody knows what comes in.",
    "link": "The link says {name}={value}, which this page can't read; so this is the question "
    "that it begins with.",
    "long link": "The link has more than {most} characters; so this is the question that the page "
    "begins with.",
}
NETWORK = {
    "same": "Both frameworks count the same here.",
    "front": "Only the layers in front of the line that can't be read are counted.",
    "unread": "The first line can't be read, so there is nothing to count yet.",
    "empty": "There is no layer yet; the buttons add one.",
}
QUIZ = "The right number is {right}, counted so: {formula}."
SUPPOSED = (
    "The pasted code doesn't say how large its input is, so {shape} is taken here; change it above."
)
DRAWN = {
    "too large": "Your layer is too large to be drawn.",
    "too many": "As a matrix, your layer has {rows} rows, one for each output, and {columns} "
    "columns, one for each input{each}. That is too large to be drawn.",
    "of one": " (of one filter and one channel)",
    "same": "Drawn is the same layer on a small input, {input}.",
    "alike": "Drawn is a small layer of the same kind, with {sizes}.",
    "dense alike": "Drawn is a small layer of the same kind, with {in_features} inputs and {units} "
    "units.",
    "stays": "Your own layer stays as you chose it.",
    "reads": "Output {where} reads input {sides}, ",
    "reads nothing": "Output {where} reads padding only, which is 0, ",
    "reads outside": "What lies outside the input is padding, which is 0.",
    "transposed": "Input {where} adds to output {sides}, ",
    "transposed nothing": "All that input {where} adds lies outside the output and is cut off. It "
    "is made ",
    "transposed outside": "What lies outside the output is cut off.",
    "by shared": "by the {many} weights {weights}, the same ones at every position.",
    "by one": "by the weight {weights}, the same one at every position.",
    "by own": "by weights of its own, {weights}: at the next position, all are new.",
    "bias": "Then the bias is added, the same one at every position.",
    "own bias": "Then a bias is added, which is this position's own, too.",
    "bias once": "The bias is added once to every output, the same one everywhere.",
    "first": "Only the first places are drawn.",
    "slice": "Of the depth, one slice is drawn: depth {place} of the {from}, with the weights "
    "{weights}, and depth {near} of the {to}.",
    "no slice": "Of the depth, one slice is drawn, which lies outside the {from}, with the weights "
    "{weights}, and depth {near} of the {to}.",
    "one": "One filter on one channel is drawn; the others do the same with weights of their own.",
    "separable": "It is the first step; the second mixes the channels at each position.",
    "dense": "Every unit has a weight of its own for every input: no weight is used twice.",
    "dense bias": "Each unit has a bias of its own, too.",
    "dense first": "The first few are drawn.",
    "matrix": "{outputs} rows, one for each output; {inputs} columns, one for each input{each}. "
    "{filled} places are filled, with {distinct} different weights; all others are 0.",
}
SHARING = {
    "one": "There is one position only: sharing and not sharing are the same.",
    "many": "Unshared, each of the {positions} positions of the {where} has a kernel of its own, "
    "and there is not one multiplication more. Sharing saves parameters, not work. Dense, every "
    "output has a weight for every input.",
}
UNWRITTEN = {
    "keras padding": "Keras takes the words 'valid' and 'same' for the padding; a ZeroPadding "
    "layer in front takes numbers.",
    "torch padding": "PyTorch pads both sides alike, by numbers; this padding puts more on one "
    "side here.",
    "keras stride": "Keras takes either a stride above 1 or a dilation above 1, not both.",
    "keras groups": "Keras's layer of this kind has no groups.",
    "unshared": "This framework has no layer without sharing.",
    "keras 2": "For Keras 2; Keras 3 has no such layer.",
    "unshared plain": "Keras 2's layer without sharing has no padding, no dilation and no groups.",
    "dimensions": "This framework has no such layer in {ndim} dimensions.",
    "two lines": "PyTorch writes it as two layers, one behind the other.",
}


def words() -> dict[str, Any]:
    """All of it as data, with the misconceptions in their own words."""
    return {
        "kinds": KIND_NAMES,
        "notes": NOTES,
        "refusals": {**REFUSALS, **refusals()},
        "unwritten": UNWRITTEN,
        "sharing": SHARING,
        "network": NETWORK,
        "quiz": QUIZ,
        "supposed": SUPPOSED,
        "drawn": DRAWN,
        "statistics": KNOWN["non-trainable-statistics"].reason,
        "expected": {"right": RIGHT, "heading": EXPECTED, "ways": WAYS, "none": NO_SLIP},
        "misconceptions": [
            {
                "slug": each.slug,
                "says": each.says,
                "reason": each.reason,
                "question": each.question,
                "remedy": dict(each.remedy),
            }
            for each in MISCONCEPTIONS
        ],
    }
