"""Dense layers along axes of one's choice, written as an equation of letters.

Source: ``keras.layers.EinsumDense``.
"""

from __future__ import annotations

from math import prod

from .count import Count, Term
from .kind import Kind
from .sizes import image_size, times

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class EinsumDense(Kind):
    """A dense layer that an equation describes: ``"abc,cd->abd"`` is a plain one on a sequence.

    equation: the axes of the input, of the kernel and of the output, a letter each, the batch
        first; axes that the layer leaves alone may be dots: ``"...x,xy->...y"``.
    output_sizes: the sizes of the output without the batch (and without the axes behind the
        dots); None where it is the input's.
    bias_axes: the letters of the output's axes along which there is a bias; None for no bias.
    input_shape: the shape of one input without the batch.

    Raises ValueError or TypeError, in one sentence, where the equation and the sizes don't fit.
    """

    equation: str
    output_sizes: tuple[int | None, ...]
    bias_axes: str | None
    input_shape: tuple[int | None, ...]

    def __init__(
        self,
        equation: str,
        output_sizes: int | Sequence[int | None],
        bias_axes: str | None = None,
        *,
        input_shape: Sequence[int | None],
    ) -> None:
        sizes = (output_sizes,) if isinstance(output_sizes, int) else tuple(output_sizes)
        super().__init__(
            equation=equation,
            output_sizes=image_size("output_shape", sizes, len(sizes)),
            bias_axes=bias_axes,
            input_shape=image_size("input_shape", tuple(input_shape), len(input_shape)),
        )
        inputs, weights, outputs, _ = self._letters()
        axes = self._axes()
        for letter in outputs:
            if letter not in inputs + weights:
                raise ValueError(
                    f"the output of {equation!r} has the axis {letter}, which neither the input "
                    "nor the kernel has"
                )
        for letter in weights:
            if letter not in inputs + outputs:
                raise ValueError(
                    f"the kernel of {equation!r} has the axis {letter}, which neither the input "
                    "nor the output has"
                )
            if axes[letter] is None:
                raise ValueError(
                    f"the size of the axis {letter} of {equation!r} is open, and the kernel has "
                    "weights for each place along it; write its size"
                )
        if bias_axes == "":
            raise ValueError("bias_axes is ''; name an axis of the output, or None for no bias")
        for letter in bias_axes or "":
            if letter not in outputs:
                raise ValueError(f"bias_axes has {letter}, which is no axis of the output")
            if axes[letter] is None:
                raise ValueError(
                    f"the size of the axis {letter} of {equation!r} is open, and the bias has a "
                    "number for each place along it; write its size"
                )

    def count(self) -> Count:
        """kernel: the sizes of its axes; bias: the sizes of the axes in `bias_axes`."""
        weights = self._letters()[1]
        terms = [Term("kernel", self._named(weights))]
        if self.bias_axes is not None:
            terms.append(Term("bias", self._named(self.bias_axes)))
        return Count(terms)

    def output_shape(self) -> tuple[int | None, ...]:
        """The sizes of the output's axes, without the batch; None where unknown."""
        inputs, _, outputs, where = self._letters()
        axes = self._axes()
        left_alone = self._behind_the_dots(inputs, where)
        if where == "left":
            return (*left_alone, *(axes[letter] for letter in outputs))
        return (*(axes[letter] for letter in outputs[1:]), *left_alone)

    def mult_adds(self) -> int:
        """Multiplications, each with its addition: the product of all the axes there are."""
        inputs, *_, where = self._letters()
        axes = {**self._axes()}
        if where != "left":
            del axes[inputs[0]]  # the batch
        sizes = [*axes.values(), *self._behind_the_dots(inputs, where)]
        known = [size for size in sizes if size is not None]
        if len(known) < len(sizes):
            raise ValueError(
                "mult_adds() needs the size of every axis, and the input is "
                f"{times(self.input_shape)}; give a number for each"
            )
        return prod(known)

    def about(self) -> str:
        """Where the numbers of the count come from, in sentences."""
        _, weights, outputs, _ = self._letters()
        summed = [letter for letter in weights if letter not in outputs]
        shared = [letter for letter in outputs[1:] if letter not in weights]
        words = [
            f"Each letter of {self.equation!r} is an axis. The kernel has a weight for each place "
            f"along its own axes, {' and '.join(weights)}."
        ]
        if summed:
            words.append(f"Along {' and '.join(summed)} the layer adds up.")
        if shared:
            words.append(f"The same weights are used all along {' and '.join(shared)}.")
        if self.bias_axes is None:
            words.append("There is no bias here.")
        else:
            words.append(f"There is a bias for each place along {' and '.join(self.bias_axes)}.")
        return " ".join(words)

    # -- the equation, taken apart ---------------------------------------------------------------

    def _letters(self) -> tuple[str, str, str, str]:
        """The axes of the input, the kernel and the output, and on which side the dots are."""
        left, arrow, outputs = self.equation.partition("->")
        inputs, comma, weights = left.partition(",")
        where = ""
        if inputs.startswith("...") and outputs.startswith("..."):
            inputs, outputs, where = inputs[3:], outputs[3:], "left"
        elif inputs.endswith("...") and outputs.endswith("..."):
            inputs, outputs, where = inputs[:-3], outputs[:-3], "right"
        parts = (inputs, weights, outputs)
        if not (arrow and comma) or not all(map(_are_different_letters, parts)):
            raise ValueError(
                f"the equation {self.equation!r} can't be read; it has to look like 'abc,cd->abd', "
                "'...x,xy->...y' or 'ab...,bc->ac...', with each letter once in each part"
            )
        if where != "left" and inputs[0] != outputs[0]:
            raise ValueError(
                f"in {self.equation!r} the input begins with {inputs[0]} and the output with "
                f"{outputs[0]}; both have to begin with the batch"
            )
        return inputs, weights, outputs, where

    def _behind_the_dots(self, inputs: str, where: str) -> tuple[int | None, ...]:
        if where == "left":
            return self.input_shape[: len(self.input_shape) - len(inputs)]
        # the batch has a letter, but no size here
        return self.input_shape[len(inputs) - 1 :]

    def _axes(self) -> Mapping[str, int | None]:
        """Letter -> size, None where it is open (as that of the batch is)."""
        inputs, _, outputs, where = self._letters()
        batch: tuple[int | None, ...] = () if where == "left" else (None,)
        taken = len(inputs) - len(batch)
        if len(self.input_shape) < taken or (not where and len(self.input_shape) > taken):
            raise ValueError(
                f"the input {times(self.input_shape)} has {len(self.input_shape)} dimensions, and "
                f"{self.equation!r} takes {taken}, besides the batch"
            )
        if len(self.output_sizes) != len(outputs) - len(batch):
            raise ValueError(
                f"output_shape is {self.output_sizes}; {self.equation!r} takes "
                f"{len(outputs) - len(batch)} sizes there"
            )
        if where == "left":
            seen = self.input_shape[len(self.input_shape) - taken :]
        else:
            seen = (*batch, *self.input_shape[:taken])
        axes = dict(zip(inputs, seen, strict=True))
        for letter, size in zip(outputs, (*batch, *self.output_sizes), strict=True):
            known = axes.get(letter)
            if None not in (known, size) and known != size:
                raise ValueError(
                    f"the axis {letter} of {self.equation!r} is {known} in the input and {size} "
                    "in output_shape; the two have to be equal"
                )
            axes[letter] = known if size is None else size
        return axes

    def _named(self, letters: str) -> dict[str, int]:
        axes = self._axes()
        return {f"axis {letter}": size for letter in letters if (size := axes[letter]) is not None}


def _are_different_letters(part: str) -> bool:
    return part.isascii() and part.isalpha() and len(set(part)) == len(part)
