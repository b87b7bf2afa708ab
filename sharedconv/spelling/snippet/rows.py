"""A model as a text has it: a row for each layer, in the order in which they are used."""

from __future__ import annotations

from ...counting.count import Count, Term
from ...counting.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..read import Spelled
    from .objects import Sizes


class Row(Value):
    """One layer at one place of a model.

    text: the call. line: where it stands. kind: the layer kind's name. framework: "keras" or
        "torch". spelled: the layer as `read` read it; None where there is none, as for tensors
        added up.
    input_shape, output_shape: without the batch, in the framework's order; None where unknown.
    count: its parameters; none where they were counted in an earlier row.
    same_as: the number of the earlier row (from 1) whose weights these are, or None.
    tied_to: the number of the row whose weight takes the place of this one's, or None.
    """

    text: str
    line: int
    kind: str
    framework: str
    spelled: Spelled | None
    input_shape: Sizes | None
    output_shape: Sizes | None
    count: Count
    same_as: int | None
    tied_to: int | None

    def __init__(
        self,
        text: str,
        line: int,
        kind: str,
        framework: str,
        spelled: Spelled | None,
        input_shape: Sizes | None,
        output_shape: Sizes | None,
        count: Count,
        same_as: int | None = None,
        tied_to: int | None = None,
    ) -> None:
        super().__init__(
            text=text,
            line=line,
            kind=kind,
            framework=framework,
            spelled=spelled,
            input_shape=input_shape,
            output_shape=output_shape,
            count=count,
            same_as=same_as,
            tied_to=tied_to,
        )

    @property
    def mult_adds(self) -> int | None:
        """Multiplications, each with its addition, for one input; None where a size isn't known."""
        if self.spelled is None:
            return 0
        if self.input_shape is None or None in self.input_shape:
            return None
        try:
            return self.spelled.kind.mult_adds()
        except ValueError:
            return None

    def whole(self) -> Count:
        """Its parameters as if no other layer had the same ones."""
        return self.count if self.spelled is None else self.spelled.count()

    def buffers(self) -> Count:
        """What PyTorch keeps in the state dict besides the parameters: the statistics of a
        batch normalisation and how many batches it has seen."""
        channels = getattr(self.spelled and self.spelled.kind, "channels", None)
        tracks = self.kind == "BatchNorm" and "track_running_stats=False" not in self.text
        tracks |= self.kind == "InstanceNorm" and "track_running_stats=True" in self.text
        if self.framework != "torch" or not tracks or channels is None or self.same_as is not None:
            return Count()
        moving = {"moving mean and variance": 2, "channels": channels}
        return Count([Term("statistic", moving, False), Term("batches seen", {}, False)])


class Model(Value):
    """A model that a text makes.

    title: "Sequential", "Model", or the name of its class. rows: its layers.
    first_line, last_line: where it stands in the text.
    notes: (line, sentence), what a reader should know.
    """

    title: str
    rows: tuple[Row, ...]
    first_line: int
    last_line: int
    notes: tuple[tuple[int, str], ...]

    def __init__(
        self,
        title: str,
        rows: Sequence[Row],
        first_line: int,
        last_line: int,
        notes: Iterable[tuple[int, str]] = (),
    ) -> None:
        super().__init__(
            title=title,
            rows=tuple(rows),
            first_line=first_line,
            last_line=last_line,
            notes=tuple(notes),
        )

    def count(self) -> Count:
        """The sum over the rows; weights in two places are counted once."""
        return Count(term for row in self.rows for term in row.count.terms)

    def buffers(self) -> Count:
        """What PyTorch's state dict holds besides; see `Row.buffers`."""
        return Count(term for row in self.rows for term in row.buffers().terms)

    @property
    def framework(self) -> str:
        """Of its first layer that has one."""
        return next((row.framework for row in self.rows if row.framework), "")

    @property
    def mult_adds(self) -> int | None:
        """Of all rows together; None where that of one isn't known."""
        each = [row.mult_adds for row in self.rows]
        known = [one for one in each if one is not None]
        return sum(known) if len(known) == len(each) else None


def row_of(layer: Spelled, line: int = 1) -> Row:
    """A single layer as a row."""
    output = layer.output_shape()
    return Row(
        text=layer.text,
        line=line,
        kind=type(layer.kind).__name__,
        framework=layer.framework,
        spelled=layer,
        input_shape=None if layer.shape is None else layer.shape.sizes,
        output_shape=None if output is None else output.sizes,
        count=layer.count(),
    )
