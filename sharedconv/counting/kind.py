"""What every layer kind answers."""

from __future__ import annotations

from abc import ABC, abstractmethod

from .value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import ClassVar

    from .count import Count

    Sizes = tuple[int | None, ...]


class Kind(Value, ABC):
    """A layer kind: hyperparameters, and what follows from them.

    A new kind is a subclass with an ``__init__`` that checks its hyperparameters, and these
    four answers.
    """

    image: ClassVar[bool] = False
    """Whether its output is an image with the channels in front, ``(C, H, W)``. A framework that
    puts the channels last turns such a shape around; other shapes are the same everywhere."""

    @abstractmethod
    def count(self) -> Count:
        """How many parameters it has, and why."""

    @abstractmethod
    def output_shape(self) -> Sizes:
        """The shape of one output, without the batch; None where a size isn't known."""

    def channels_last_shape(self) -> Sizes:
        """The same shape as Keras writes it, with the channels of an image behind its sizes."""
        sizes = self.output_shape()
        return (*sizes[1:], sizes[0]) if self.image else sizes

    @abstractmethod
    def mult_adds(self) -> int:
        """Multiplications, each with its addition, for one input.

        Raises ValueError where the input's sizes aren't known.
        """

    @abstractmethod
    def about(self) -> str:
        """Where the numbers of the count come from, in sentences."""
