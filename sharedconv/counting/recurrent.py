"""Recurrent layers: the same weights at every step of a sequence, and a way back from the output.

Sources: Elman 1990 (the plain one), Hochreiter and Schmidhuber 1997 with Gers et al. 2000 (LSTM),
Cho et al. 2014 (GRU), Sak et al. 2014 (projections); the layers of ``torch.nn`` and
``keras.layers``.
"""

from __future__ import annotations

from .count import Count, Term, number
from .kind import Kind
from .sizes import counted, whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import ClassVar

    from .kind import Sizes


class Recurrent(Kind):
    """What `SimpleRNN`, `LSTM` and `GRU` have in common; they differ in their gates.

    in_features, units: how many numbers go in at each step, and how many come out.
    layers: how many are stacked, each on the outputs of the one below (``num_layers``).
    bias: whether there are biases.
    recurrent_bias: whether the recurrent kernel has a bias of its own beside it. PyTorch always
        has this second vector; of Keras's layers the GRU has it, with ``reset_after=True``.
    bidirectional: whether a second set of weights reads the sequence from its end.
    projection: the size that an LSTM's output is brought down to (``proj_size``); 0 for none.
    sequences: whether the output holds every step, or the last one only.
    states: whether the last state is given out besides (Keras's ``return_state``).
    time: the number of steps; None where it isn't known. The count doesn't need it.

    Raises ValueError or TypeError, in one sentence, for sizes that no layer can have.
    """

    title: ClassVar[str]
    gates: ClassVar[tuple[str, ...]] = ()
    projects: ClassVar[bool] = False

    in_features: int
    units: int
    layers: int
    bias: bool
    recurrent_bias: bool
    bidirectional: bool
    projection: int
    sequences: bool
    states: bool
    time: int | None

    def __init__(
        self,
        in_features: int,
        units: int,
        layers: int = 1,
        bias: bool = True,
        *,
        recurrent_bias: bool = False,
        bidirectional: bool = False,
        projection: int = 0,
        sequences: bool = False,
        states: bool = False,
        time: int | None = None,
    ) -> None:
        if not isinstance(bias, bool):
            raise TypeError(f"bias is {bias!r}; it has to be True or False")
        super().__init__(
            in_features=whole("in_features", in_features),
            units=whole("units", units),
            layers=whole("layers", layers),
            bias=bias,
            recurrent_bias=bool(recurrent_bias),
            bidirectional=bool(bidirectional),
            projection=whole("projection", projection, least=0),
            sequences=bool(sequences),
            states=bool(states),
            time=None if time is None else whole("time", time),
        )
        if self.projection and not self.projects:
            raise ValueError(f"projection is {number(self.projection)}; only an LSTM has one")
        if self.projection >= self.units:
            raise ValueError(
                f"projection is {number(self.projection)}; it brings the output down, so it has to "
                f"be smaller than units={number(self.units)}"
            )

    def count(self) -> Count:
        """kernel: gates × units × inputs; recurrent kernel: gates × units × units; a bias: gates ×
        units; all of it for each layer and direction.

        The inputs of a deeper layer are the outputs of the one below, in all its directions. With
        a projection it is the projection that goes back and up, and it has a kernel of its own:
        projection × units.
        """
        layers = {"layers": self.layers} if self.layers > 1 else {}
        directions = {"directions": 2} if self.bidirectional else {}
        gates = {"gates": len(self.gates)} if self.gates else {}
        each = {**directions, **gates, "units": self.units}
        name, size = self._given_on()
        terms = [Term("kernel", {**each, "in_features": self.in_features})]
        if layers:
            below = {f"{name} below": size}
            if directions:
                below = {"directions below": 2, **below}
            terms.append(Term("kernel", {"deeper layers": self.layers - 1, **each, **below}))
        terms.append(Term("recurrent kernel", {**layers, **each, f"recurrent {name}": size}))
        if self.projection:
            brought_down = {"projection": self.projection, "units": self.units}
            terms.append(Term("projection kernel", {**layers, **directions, **brought_down}))
        if self.bias:
            roles = ["bias", "recurrent bias"] if self.recurrent_bias else ["bias"]
            beside = {"bias vectors": len(roles)}
            terms += [Term(role, {**layers, **each}, beside=beside) for role in roles]
        return Count(terms)

    def _given_on(self) -> tuple[str, int]:
        """What goes back, and up to the layer above: its name and its size."""
        return ("projection", self.projection) if self.projection else ("units", self.units)

    @property
    def features(self) -> int:
        """How many numbers come out at each step."""
        return self._given_on()[1] * (2 if self.bidirectional else 1)

    def output_shape(self) -> Sizes:
        """``(time, features)``, or ``(features,)`` where only the last step is given out."""
        return (self.time, self.features) if self.sequences else (self.features,)

    def state_shapes(self) -> tuple[Sizes, ...]:
        """The shapes of the states that are given out besides; () where none are."""
        return ((self.features,),) if self.states else ()

    def mult_adds(self) -> int:
        """Multiplications, each with its addition, for one sequence: each weight of a kernel once
        at each step. The products between the gates and the biases aside, as in PyTorch's counter.
        """
        if self.time is None:
            raise ValueError("mult_adds() needs the number of steps; give time a number")
        kernels = (term.size for term in self.count().terms if term.role.endswith("kernel"))
        return self.time * sum(kernels)

    def about(self) -> str:
        """Where the numbers of the count come from, in sentences."""
        given_on = number(self._given_on()[1])
        one_gate = (
            f"({counted(self.in_features, 'input')} + {given_on} recurrent) × "
            f"{counted(self.units, 'unit')}"
        )
        if self.gates:
            words = (
                f"{self.title} has {len(self.gates)} gates ({', '.join(self.gates)}), each with "
                f"weights of its own: {len(self.gates)} gates × {one_gate}."
            )
        else:
            words = (
                f"{self.title} sees its input and, by the way back, its own last output: "
                f"{one_gate}."
            )
        if self.projection:
            words += f" A kernel more, the projection, brings its output down to {given_on}."
        if self.bidirectional:
            words += (
                " All of it is there twice: one set reads the sequence forwards, one backwards."
            )
        if self.layers > 1:
            below = "both directions of the layer" if self.bidirectional else "the layer"
            words += (
                f" There are {self.layers} layers; the inputs of a deeper one are the outputs of "
                f"{below} below."
            )
        return (
            f"{words} {self._about_bias()} The same weights are used at every step: a longer "
            "sequence needs no more of them."
        )

    def _about_bias(self) -> str:
        if not self.bias:
            return "There is no bias here."
        which = "Each gate of each unit" if self.gates else "Each unit"
        other = number(self.replace(recurrent_bias=not self.recurrent_bias).count().total)
        if self.recurrent_bias:
            return (
                f"{which} has two biases, one beside each kernel, as in {self.with_two}; "
                f"{self.with_one} has the first one only, which makes {other}."
            )
        return (
            f"{which} has one bias, as in {self.with_one}; there is a second one, beside the "
            f"recurrent kernel, in {self.with_two}, which makes {other}."
        )

    with_one: ClassVar[str] = "Keras"
    with_two: ClassVar[str] = "PyTorch"


class SimpleRNN(Recurrent):
    """A plain recurrent layer without gates: ``keras.layers.SimpleRNN``, ``torch.nn.RNN``."""

    title: ClassVar[str] = "A plain recurrent layer"


class LSTM(Recurrent):
    """A long short-term memory: four gates, the new cell content counted as one of them."""

    title: ClassVar[str] = "An LSTM"
    gates: ClassVar[tuple[str, ...]] = ("input", "forget", "cell", "output")
    projects: ClassVar[bool] = True

    def state_shapes(self) -> tuple[Sizes, ...]:
        """The last output and the last cell; () where they aren't given out."""
        return ((self.features,), (self.units,)) if self.states else ()


class GRU(Recurrent):
    """A gated recurrent unit: three gates, the new state counted as one of them.

    Whether the recurrent kernel has a bias of its own depends on where the reset gate stands:
    behind the kernel (Keras's ``reset_after=True``, and PyTorch), or in front (``False``).
    """

    title: ClassVar[str] = "A GRU"
    gates: ClassVar[tuple[str, ...]] = ("reset", "update", "new")
    with_one: ClassVar[str] = "Keras with reset_after=False (the default before TensorFlow 2)"
    with_two: ClassVar[str] = "PyTorch and in Keras with reset_after=True (the default today)"
