"""Layers around another layer: twice, in two directions, or once for every step of a sequence.

Source: Schuster and Paliwal 1997; ``keras.layers.Bidirectional`` and ``TimeDistributed``.
"""

from __future__ import annotations

from .conv_lstm import ConvLSTM
from .count import Count
from .kind import Kind
from .recurrent import Recurrent
from .sizes import whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .kind import Sizes

MERGE_MODES = ("concat", "sum", "mul", "ave", None)


class Bidirectional(Kind):
    """A recurrent layer twice: one reads the sequence forwards, one backwards.

    layer: the one that reads forwards.
    backward: the one that reads backwards, where it isn't another one like `layer`.
    merge_mode: what becomes of the two outputs: "concat" puts them side by side, "sum", "mul" and
        "ave" make one of them, None leaves them two.

    Raises ValueError for another merge_mode, and for layers that aren't recurrent.
    """

    layer: Recurrent | ConvLSTM
    backward: Recurrent | ConvLSTM
    merge_mode: str | None

    def __init__(
        self,
        layer: Kind,
        merge_mode: str | None = "concat",
        backward: Kind | None = None,
    ) -> None:
        for each in (layer, backward or layer):
            if not isinstance(each, (Recurrent, ConvLSTM)):
                raise ValueError(
                    f"the layer is a {type(each).__name__}; what can read in two directions is a "
                    "recurrent layer, such as an LSTM"
                )
        if merge_mode not in MERGE_MODES:
            raise ValueError(
                f"merge_mode is {merge_mode!r}; it has to be one of "
                f"{', '.join(map(repr, MERGE_MODES))}"
            )
        super().__init__(layer=layer, merge_mode=merge_mode, backward=backward or layer)

    def count(self) -> Count:
        """2 directions × the layer's count; or both layers' counts where they differ."""
        forward, backward = self.layer.count(), self.backward.count()
        if forward == backward:
            return Count(term.times({"directions": 2}) for term in forward.terms)
        return forward + backward

    def output_shape(self) -> Sizes:
        """The layer's output shape, twice as wide with "concat"; of one of the two with None."""
        size = getattr(self.layer, "kernel_size", ())
        return self._merged(self.layer.output_shape(), -1 - len(size))

    def channels_last_shape(self) -> Sizes:
        """The same shape as Keras writes it."""
        return self._merged(self.layer.channels_last_shape(), -1)

    def _merged(self, shape: Sizes, axis: int) -> Sizes:
        sizes = list(shape)
        wide = sizes[axis]
        if self.merge_mode == "concat" and wide is not None:
            sizes[axis] = 2 * wide
        return tuple(sizes)

    def state_shapes(self) -> tuple[Sizes, ...]:
        """The states of both directions, the forward ones first."""
        return self.layer.state_shapes() + self.backward.state_shapes()

    def mult_adds(self) -> int:
        """Those of both layers."""
        return self.layer.mult_adds() + self.backward.mult_adds()

    def about(self) -> str:
        """Where the numbers of the count come from, in sentences."""
        return (
            "Two layers with weights of their own: one reads the sequence forwards, one backwards. "
            f"Of each: {self.layer.about()}"
        )


class TimeDistributed(Kind):
    """A layer used at every step of a sequence.

    layer: the layer, as it sees one step.
    time: the number of steps; None where it isn't known.
    """

    layer: Kind
    time: int | None

    def __init__(self, layer: Kind, time: int | None = None) -> None:
        super().__init__(layer=layer, time=None if time is None else whole("time", time))

    def count(self) -> Count:
        """The layer's count, however many steps there are."""
        return self.layer.count()

    def output_shape(self) -> Sizes:
        """``(time, *the layer's output shape)``."""
        return (self.time, *self.layer.output_shape())

    def channels_last_shape(self) -> Sizes:
        """The same shape as Keras writes it."""
        return (self.time, *self.layer.channels_last_shape())

    def mult_adds(self) -> int:
        """Those of the layer, at each step."""
        if self.time is None:
            raise ValueError("mult_adds() needs the number of steps; give time a number")
        return self.time * self.layer.mult_adds()

    def about(self) -> str:
        """Where the numbers of the count come from, in sentences."""
        return f"The same weights are used at every step of the sequence. {self.layer.about()}"
