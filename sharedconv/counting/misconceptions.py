"""A misconception is an edit of the true count.

"Forgot the bias" drops the bias term; "forgot that a filter spans all input channels" drops
the factor in_channels. `diagnosing` looks for the edits that lead to a number.

To add one, add an entry to `MISCONCEPTIONS`: a slug, what the wrong number does, the reason why
the layer does otherwise, a question that makes one see it, and the edit.
"""

from __future__ import annotations

from .edits import (
    all_shared,
    at_every_position,
    bias_after_all,
    bias_for_each_channel,
    bias_shared,
    bias_twice,
    biases_of_one_group,
    depthwise_as_ordinary,
    divided_by_the_stride,
    image_for_kernel,
    in_terms,
    kernel_at_every_position,
    multiplied_or_added,
    one_bias,
    one_channel_only,
    one_direction_only,
    one_side_of_the_positions,
    one_side_only,
    other_biases,
    other_gates,
    other_groups,
    other_statistics,
    pixels_for_positions,
    square_of_a_length,
    steps_for_positions,
    without_filters,
    without_gates,
    without_norm,
    without_roles,
)
from .value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from .edits import Edit


class Misconception(Value):
    """One way to count wrongly.

    slug: its name, the same everywhere.
    says: what a number counted so does; completes the sentence "250 ...".
    reason: why the layer does otherwise, one sentence; {filter} stands for what has one bias: a
        filter, a unit, a filter at each position, ...
    question: a question whose answer makes one see it.
    edit: the true count -> the counts that this slip makes of it (none where it can't happen,
        several where people make it in several ways).
    remedy: hyperparameters with which the layer really has that number, where there are any.
    """

    slug: str
    says: str
    reason: str
    question: str
    edit: Edit
    remedy: Mapping[str, bool | int]

    def __init__(
        self,
        slug: str,
        says: str,
        reason: str,
        question: str,
        edit: Edit,
        remedy: Mapping[str, bool | int] | None = None,
    ) -> None:
        super().__init__(
            slug=slug,
            says=says,
            reason=reason,
            question=question,
            edit=edit,
            remedy=dict(remedy or {}),
        )

    def __hash__(self) -> int:
        return hash(self.slug)  # a remedy is a dict, which has no hash


CONTRADICTIONS = (
    {"forgot-bias", "expected-bias"},
    {"unshared-per-position", "taken-for-shared"},
    {"bias-per-position", "bias-taken-for-shared"},
    {"taken-for-shared", "bias-taken-for-shared"},
    {"forgot-last-place", "every-pixel-a-position"},
    {"one-side-of-the-positions", "every-pixel-a-position"},
    {"counted-stride", "divided-by-the-stride"},
    {"gates-forgotten", "other-number-of-gates"},
)
"""Slips that nobody makes together: one says the opposite of the other, or says it too."""

TWO_STEPS = (
    "A separable convolution has two steps: the depthwise one looks at each channel by itself, "
    "and the pointwise one mixes the channels."
)

MISCONCEPTIONS: tuple[Misconception, ...] = (
    Misconception(
        "forgot-bias",
        "leaves out the bias",
        "Besides its weights, each {filter} learns one number more, the bias, "
        "and adds it to its result.",
        "The input is zero everywhere. What can the layer still give out, and where would it "
        "come from?",
        in_terms("bias", lambda _: None),
        {"bias": False},
    ),
    Misconception(
        "expected-bias",
        "counts a bias that is switched off here",
        "With the bias switched off, the layer has its kernel and nothing else.",
        "Which argument of this line says whether there is a bias?",
        bias_after_all,
        {"bias": True},
    ),
    Misconception(
        "forgot-in-channels",
        "gives each filter one input channel only",
        "A filter spans all the input channels: it has weights of its own for each of them, "
        "and adds up what they give.",
        "Would a filter that uses the same weights for red, green and blue see colours?",
        in_terms("kernel", one_channel_only),
    ),
    Misconception(
        "forgot-filters",
        "counts one filter only",
        "Each filter has a kernel of its own, because each looks for something else.",
        "If two filters had the same weights, how would what they find differ?",
        without_filters,
    ),
    Misconception(
        "unshared-per-position",
        "counts a new kernel for every position",
        "The same kernel is used at every position: that is weight sharing.",
        "If the image were twice as wide, which weights would be new?",
        kernel_at_every_position,
    ),
    Misconception(
        "taken-for-shared",
        "counts one kernel for all positions",
        "This layer shares nothing: every position has a kernel of its own.",
        "May this layer look for different things in the sky and on the ground?",
        all_shared,
    ),
    Misconception(
        "bias-per-position",
        "counts a bias for every position of the output",
        "Here a filter adds the same bias at every position: the bias is shared.",
        "A filter's bias is 1. By how much does it raise the left half of the image, and by how "
        "much the right half?",
        in_terms("bias", at_every_position),
    ),
    Misconception(
        "bias-taken-for-shared",
        "counts one bias for all positions of the output",
        "Here a filter has a bias of its own at every position.",
        "May a filter of this layer answer more readily on the left than on the right?",
        bias_shared,
    ),
    Misconception(
        "bias-per-channel",
        "counts a bias for every input channel of every filter",
        "A filter first adds up what it finds in all its input channels, then adds one bias to "
        "the sum.",
        "What could two biases, added to the same sum, do that one can't?",
        bias_for_each_channel,
    ),
    Misconception(
        "one-bias-for-all",
        "counts one bias for the whole layer",
        "Each filter has a bias of its own, because each adds it to a result of its own.",
        "Should a filter that looks for edges and one that looks for spots add the same number?",
        one_bias,
    ),
    Misconception(
        "double-bias",
        "counts the bias twice",
        "There is one bias for each {filter}, and no second one.",
        "What could two biases, added to the same sum, do that one can't?",
        bias_twice,
    ),
    Misconception(
        "forgot-groups",
        "takes the groups otherwise than the layer does",
        "With groups, each filter sees only the channels of its own group, and every group has "
        "filters of its own.",
        "Which input channels does the first filter see?",
        other_groups,
    ),
    Misconception(
        "counted-spatial-size",
        "takes the size of the image for the size of the kernel",
        "The kernel has the same few weights whatever image it moves over.",
        "How many weights does it take to look at one place?",
        in_terms("kernel", image_for_kernel),
    ),
    Misconception(
        "counted-stride",
        "counts the stride as if it were learned",
        "The stride says how far the kernel moves from one place to the next; it is chosen, not "
        "learned, and the kernel stays the same.",
        "If the kernel moves two steps at a time, which of its weights go away?",
        multiplied_or_added("stride", unless=1),
    ),
    Misconception(
        "counted-padding",
        "counts the padding as if it were learned",
        "The padding puts zeros around the image; nobody learns them. The kernel stays the same.",
        "Could training change a number that is always zero?",
        multiplied_or_added("padding", unless=0),
    ),
    Misconception(
        "kernel-one-dimensional",
        "takes the kernel for a single row",
        "On an image the kernel is a block: its height times its width.",
        "How many pixels lie under the kernel at one place?",
        one_side_only,
    ),
    Misconception(
        "kernel-two-dimensional",
        "takes the kernel for a square",
        "Along a sequence there is one direction to move in, and the kernel has a length only.",
        "How many points of the sequence lie under the kernel at one place?",
        in_terms("kernel", square_of_a_length),
    ),
    Misconception(
        "depthwise-taken-for-full",
        "takes the layer for an ordinary convolution",
        "In a depthwise convolution a filter sees one input channel only; in an ordinary one it "
        "spans them all.",
        "Through which weights does the second input channel reach the first output channel?",
        depthwise_as_ordinary,
    ),
    Misconception(
        "gates-forgotten",
        "counts one gate only",
        "An LSTM has four gates and a GRU has three (what is new counted as one of them), each "
        "with weights of its own.",
        "If two gates had the same weights, how could one let in what the other keeps out?",
        without_gates,
    ),
    Misconception(
        "forgot-recurrent-kernel",
        "leaves out the recurrent kernel",
        "A recurrent layer sees its own last output as well as its input, through weights of its "
        "own: the recurrent kernel.",
        "Without it, what could the layer know at the third step about the first?",
        without_roles(("recurrent kernel",)),
    ),
    Misconception(
        "forgot-direction",
        "counts one direction only",
        "A bidirectional layer has two sets of weights: one reads the sequence forwards, one "
        "backwards.",
        "How many outputs does a step get, and which weights make each half of them?",
        one_direction_only,
    ),
    Misconception(
        "double-bias-torch-rnn",
        "counts the biases of a recurrent layer as the other framework has them",
        "PyTorch gives a recurrent layer two vectors of biases, one beside each of its two "
        "kernels; Keras gives it one.",
        "Two biases are added to the same sum. What could the layer not do with one of them?",
        other_biases(of_gru=False),
    ),
    Misconception(
        "framework-default-differs",
        "counts the biases of a GRU with the other setting of reset_after",
        "PyTorch, and Keras with reset_after=True (the default since TensorFlow 2), give a GRU two "
        "vectors of biases; Keras with reset_after=False (the default before) gives it one.",
        "Which version of which framework does your number come from?",
        other_biases(of_gru=True),
    ),
    Misconception(
        "non-trainable-statistics",
        "counts the moving statistics otherwise than here",
        "A batch norm keeps a moving mean and variance for each channel, and training doesn't "
        "learn them: Keras counts them as non-trainable parameters, PyTorch keeps them as "
        "buffers, uncounted.",
        "Which of a batch norm's numbers would an optimiser change?",
        other_statistics,
    ),
    Misconception(
        "forgot-output-kernel",
        "leaves out the kernel that puts the heads together",
        "What the heads found goes through one kernel more, the output kernel, before it leaves "
        "the layer.",
        "Where does what one head found meet what another one found?",
        without_roles(("output kernel",), ("output kernel", "output bias")),
    ),
    Misconception(
        "forgot-last-place",
        "counts the steps of the kernel and not its positions",
        "The kernel stands at one position before it makes its first step, so there is one "
        "position more along each side than there are steps.",
        "How many posts has a fence with one panel?",
        steps_for_positions,
    ),
    Misconception(
        "one-side-of-the-positions",
        "counts the positions along one side only",
        "The kernel moves along both sides of the image: each row has as many positions as there "
        "are along its width, and there are several rows.",
        "How many positions lie in the first row, and how many rows are there?",
        one_side_of_the_positions,
    ),
    Misconception(
        "every-pixel-a-position",
        "counts a position for every place of the input",
        "The whole kernel has to find numbers below it, so it can't start at the last places; "
        "there are fewer positions than places.",
        "Where does the kernel stand at its last position, and which number does its first weight "
        "meet there?",
        pixels_for_positions,
    ),
    Misconception(
        "biases-of-one-group",
        "counts the biases of one group only",
        "Groups divide what a filter sees. There are as many filters as without them, and each "
        "has a bias.",
        "How many channels come out, and which numbers are added to them?",
        biases_of_one_group,
    ),
    Misconception(
        "divided-by-the-stride",
        "divides the count by the stride",
        "The stride says how far the kernel moves from one position to the next. There are fewer "
        "positions then, and the kernel that is used at them keeps all its weights.",
        "If the kernel moves two steps at a time, which of its weights go away?",
        divided_by_the_stride,
    ),
    Misconception(
        "forgot-depthwise-kernel",
        "leaves out the depthwise kernel",
        TWO_STEPS,
        "Which weights look at a pixel's neighbours?",
        without_roles(("depthwise kernel",)),
    ),
    Misconception(
        "forgot-pointwise-kernel",
        "leaves out the pointwise kernel",
        TWO_STEPS,
        "After the first step, which output has seen two channels?",
        without_roles(("pointwise kernel",)),
    ),
    Misconception(
        "other-number-of-gates",
        "counts as many gates as another kind of layer has",
        "An LSTM has four gates and a GRU has three (what is new counted as one of them).",
        "Which gates does this layer have, and what does each of them do?",
        other_gates,
    ),
    Misconception(
        "forgot-norm",
        "leaves out the numbers of the normalisation",
        "A normalisation such as batch norm has numbers of its own for each channel: it "
        "multiplies by one, the scale, and adds another, the shift.",
        "After a normalisation, how could one channel get a larger spread than another?",
        without_norm,
    ),
    Misconception(
        "counted-shared-twice",
        "counts the shared weights in both layers",
        "The two layers use one and the same matrix: whatever training changes in the one, it has "
        "changed in the other.",
        "If training changes a weight of the first layer, what does the last one see?",
        lambda _: [],  # a count can't tell that two layers share; who knows it gives the edit
    ),
)
