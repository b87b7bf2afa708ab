"""An LSTM whose products are convolutions, for sequences of images.

Source: Shi et al. 2015; ``keras.layers.ConvLSTM1D``, ``2D`` and ``3D``, which leave out the paper's
weights from the cell to the gates.
"""

from __future__ import annotations

from .conv import Conv
from .count import Count, number
from .kind import Kind
from .recurrent import LSTM
from .sizes import whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .kind import Sizes as Shape
    from .sizes import Sizes


class ConvLSTM(Kind):
    """A convolutional LSTM: at each step, the gates are convolutions of the image and of the state.

    in_channels, filters, kernel_size, stride, padding, dilation, bias, input_size: as in `Conv`,
        for the convolution of the input. That of the state has the same kernel size, stride 1 and
        the output's size ('same').
    sequences: whether the output holds every step, or the last one only.
    states: whether the last state is given out besides.
    time: the number of steps; None where it isn't known.

    Raises ValueError or TypeError, in one sentence, for sizes that no layer can have.
    """

    in_channels: int
    filters: int
    kernel_size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...] | str
    dilation: tuple[int, ...]
    bias: bool
    input_size: tuple[int | None, ...]
    sequences: bool
    states: bool
    time: int | None

    def __init__(
        self,
        in_channels: int,
        filters: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Sizes | str = 0,
        dilation: Sizes = 1,
        bias: bool = True,
        *,
        input_size: tuple[int | None, ...] | None = None,
        sequences: bool = False,
        states: bool = False,
        time: int | None = None,
    ) -> None:
        conv = Conv(
            in_channels,
            filters,
            kernel_size,
            stride,
            padding,
            dilation,
            bias=bias,
            input_size=input_size,
        )
        super().__init__(
            in_channels=conv.in_channels,
            filters=conv.filters,
            kernel_size=conv.kernel_size,
            stride=conv.stride,
            padding=conv.padding,
            dilation=conv.dilation,
            bias=bool(bias),
            input_size=conv.input_size,
            sequences=bool(sequences),
            states=bool(states),
            time=None if time is None else whole("time", time),
        )

    def _of_input(self) -> Conv:
        return Conv(
            self.in_channels,
            self.filters,
            self.kernel_size,
            self.stride,
            self.padding,
            self.dilation,
            bias=self.bias,
            input_size=self.input_size,
        )

    def _of_state(self) -> Conv:
        size = self._of_input().output_size()
        return Conv(
            self.filters,
            self.filters,
            self.kernel_size,
            padding="same",
            bias=False,
            input_size=size,
        )

    def count(self) -> Count:
        """kernel: gates × filters × kernel size × in_channels; recurrent kernel: gates × filters ×
        kernel size × filters; bias: gates × filters.
        """
        kernel, *bias = self._of_input().count().terms
        (back,) = self._of_state().count().terms
        back = back.replace(role="recurrent kernel")
        back = back.swapped("in_channels", "recurrent filters", self.filters)
        gates = {"gates": len(LSTM.gates)}
        return Count(term.times(gates) for term in (kernel, back, *bias))

    def output_shape(self) -> Shape:
        """``(time, C, H, W)``, or ``(C, H, W)`` where only the last step is given out."""
        image = self._of_input().output_shape()
        return (self.time, *image) if self.sequences else image

    def channels_last_shape(self) -> Shape:
        """The same shape as Keras writes it: ``(time, H, W, C)`` or ``(H, W, C)``."""
        image = self._of_input().channels_last_shape()
        return (self.time, *image) if self.sequences else image

    def state_shapes(self) -> tuple[Shape, ...]:
        """The last output and the last cell, channels first; () where they aren't given out."""
        return (self._of_input().output_shape(),) * 2 if self.states else ()

    def mult_adds(self) -> int:
        """Multiplications, each with its addition, for one sequence: those of both convolutions,
        for each gate and step; the products between the gates and the biases aside.
        """
        if self.time is None:
            raise ValueError("mult_adds() needs the number of steps; give time a number")
        both = self._of_input().mult_adds() + self._of_state().mult_adds()
        return self.time * len(LSTM.gates) * both

    def about(self) -> str:
        """Where the numbers of the count come from, in sentences."""
        bias = "one bias" if self.bias else "no bias"
        return (
            f"It has {len(LSTM.gates)} gates ({', '.join(LSTM.gates)}), each with two kernels for "
            f"each filter, one over the {number(self.in_channels)} channels of the input and one "
            f"over the {number(self.filters)} channels of its own last output, and {bias}. The "
            "same weights are used at every position and at every step."
        )
