"""Normalisation: a learned scale and shift, and statistics that are kept but not learned.

Sources: Ioffe and Szegedy 2015 (batch), Ba, Kiros and Hinton 2016 (layer), Ulyanov, Vedaldi and
Lempitsky 2016 (instance), Wu and He 2018 (group), Zhang and Sennrich 2019 (root mean square); the
layers of these names in ``torch.nn`` and ``keras.layers``.
"""

from __future__ import annotations

from .count import Count, Term, number
from .kind import Kind
from .sizes import counted, divisors, times, whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import ClassVar

    from .kind import Sizes


class _Norm(Kind):
    """What all normalisations share: the shape stays; a scale and a shift are learned, or not."""

    scale: bool
    shift: bool

    def _learned(
        self, factors: Mapping[str, int], beside: Mapping[str, int] | None = None
    ) -> Count:
        roles = [role for role, there in (("scale", self.scale), ("shift", self.shift)) if there]
        return Count(Term(role, factors, beside=beside) for role in roles)

    def _then_gets(self, what: str) -> str:
        words = (("a learned factor", self.scale), ("a learned summand", self.shift))
        learned = " and ".join(each for each, there in words if there)
        return f"{what} then gets {learned}." if learned else "Nothing is learned here."

    def mult_adds(self) -> int:
        """0: by the usual convention only the products of kernels are counted."""
        return 0


class _ChannelNorm(_Norm):
    """A normalisation with a scale and a shift for each channel."""

    channels: int
    size: Sizes
    axis: int

    def output_shape(self) -> Sizes:
        """The input's shape, unchanged: ``(C, H, W)``, or with the channels where `axis` says."""
        return (*self.size[: self.axis], self.channels, *self.size[self.axis :])


class BatchNorm(_ChannelNorm):
    """Batch normalisation over `channels` channels.

    scale, shift: whether each channel has a learned factor and a learned summand.
    statistics: whether the moving mean and variance are counted as (non-trainable) parameters.
        Keras does so; PyTorch keeps the same numbers as buffers, outside its parameters.
    renorm: whether there are Keras's three more statistics of batch renormalisation.
    size: the dimensions besides the channels, which it leaves as they are.
    axis: where among them the channels are; 0 is in front, as in ``(C, H, W)``.
    """

    statistics: bool
    renorm: bool

    def __init__(
        self,
        channels: int,
        scale: bool = True,
        shift: bool = True,
        statistics: bool = False,
        *,
        renorm: bool = False,
        size: Sequence[int | None] = (),
        axis: int = 0,
    ) -> None:
        super().__init__(
            channels=whole("channels", channels),
            scale=bool(scale),
            shift=bool(shift),
            statistics=bool(statistics),
            renorm=bool(renorm),
            size=tuple(size),
            axis=_place(axis, size),
        )

    def count(self) -> Count:
        """scale: channels; shift: channels; statistics: 2 × channels, not trainable."""
        channels = {"channels": self.channels}
        count = self._learned(channels, beside=MOVING)
        if self.statistics:
            kept = [MOVING, RENORM] if self.renorm else [MOVING]
            count += Count(
                Term("statistic", {**each, **channels}, trainable=False) for each in kept
            )
        return count

    def about(self) -> str:
        """Where the numbers of the count come from, in sentences."""
        what = (
            "Each channel is brought to mean 0 and variance 1, whatever the image's size. "
            f"{self._then_gets('It')}"
        )
        if not self.statistics:
            return what
        return (
            f"{what} The moving mean and variance are kept for later, but not learned: Keras "
            "counts them as non-trainable parameters, PyTorch keeps them as buffers, uncounted."
        )


MOVING = {"moving mean and variance": 2}
RENORM = {"renorm statistics": 3}


class InstanceNorm(_ChannelNorm):
    """Instance normalisation: each channel of each image by itself.

    scale, shift: whether each channel has a learned factor and a learned summand (PyTorch's
        ``affine``, which is False by default).
    size, axis: as in `BatchNorm`. Statistics, where PyTorch tracks them, are buffers.
    """

    def __init__(
        self,
        channels: int,
        scale: bool = False,
        shift: bool = False,
        *,
        size: Sequence[int | None] = (),
        axis: int = 0,
    ) -> None:
        super().__init__(
            channels=whole("channels", channels),
            scale=bool(scale),
            shift=bool(shift),
            size=tuple(size),
            axis=_place(axis, size),
        )

    def count(self) -> Count:
        """scale: channels; shift: channels."""
        return self._learned({"channels": self.channels})

    def about(self) -> str:
        """Where the numbers of the count come from, in sentences."""
        return (
            "Each channel of each image is brought to mean 0 and variance 1 by itself. "
            f"{self._then_gets('Each channel')}"
        )


class GroupNorm(_ChannelNorm):
    """Group normalisation: the channels in `groups` groups, each brought to mean 0, variance 1.

    scale, shift: whether each channel has a learned factor and a learned summand.
    size, axis: as in `BatchNorm`.

    Raises ValueError where the groups don't divide the channels.
    """

    groups: int

    def __init__(
        self,
        groups: int,
        channels: int,
        scale: bool = True,
        shift: bool = True,
        *,
        size: Sequence[int | None] = (),
        axis: int = 0,
    ) -> None:
        super().__init__(
            groups=whole("groups", groups),
            channels=whole("channels", channels),
            scale=bool(scale),
            shift=bool(shift),
            size=tuple(size),
            axis=_place(axis, size),
        )
        if self.channels % self.groups:
            raise ValueError(
                f"groups is {number(self.groups)}, which does not divide "
                f"channels={number(self.channels)}; every group gets equally many channels, so "
                f"here groups can be {divisors(self.channels)}"
            )

    def count(self) -> Count:
        """scale: channels; shift: channels. The groups have no part in it."""
        return self._learned({"channels": self.channels}, beside={"groups": self.groups})

    def about(self) -> str:
        """Where the numbers of the count come from, in sentences."""
        return (
            f"The channels of each group ({number(self.channels // self.groups)} of them) are "
            "brought to mean 0 and variance 1 together. "
            f"{self._then_gets('Each channel')}"
            + (
                " How many groups there are doesn't change the count."
                if self.scale or self.shift
                else ""
            )
        )


class _ShapeNorm(_Norm):
    """A normalisation over some dimensions of the input together, the same at all the others."""

    brought_to: ClassVar[str]

    normalized_shape: tuple[int, ...]
    shape: Sizes

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        shape: Sequence[int | None] | None,
        **learned: bool,
    ) -> None:
        given = normalized_shape
        sizes = tuple(given) if isinstance(given, (tuple, list)) else (given,)
        if not sizes:
            raise ValueError("normalized_shape is empty; write at least one size, such as 64")
        super().__init__(
            normalized_shape=tuple(whole("normalized_shape", each) for each in sizes),
            shape=tuple(sizes if shape is None else shape),
            **{name: bool(there) for name, there in learned.items()},
        )

    def count(self) -> Count:
        """scale: one number for each of `normalized_shape`; shift: the same."""
        return self._learned(_named(self.normalized_shape))

    def output_shape(self) -> Sizes:
        """The input's shape, unchanged."""
        return self.shape

    def about(self) -> str:
        """Where the numbers of the count come from, in sentences."""
        return (
            f"The {times(self.normalized_shape)} numbers at each position are brought to "
            f"{self.brought_to} together. {self._then_gets('Each of them')}"
            + (" These are the same at every position." if self.scale or self.shift else "")
        )


class LayerNorm(_ShapeNorm):
    """Layer normalisation: the numbers of `normalized_shape` brought to mean 0 and variance 1.

    normalized_shape: the sizes that are normalised together; a scale and a shift for each number.
    scale, shift: whether each has a learned factor and a learned summand.
    shape: the whole shape of the input, where it has more dimensions.
    """

    brought_to: ClassVar[str] = "mean 0 and variance 1"

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        scale: bool = True,
        shift: bool = True,
        *,
        shape: Sequence[int | None] | None = None,
    ) -> None:
        super().__init__(normalized_shape, shape, scale=scale, shift=shift)


class RMSNorm(_ShapeNorm):
    """Normalisation by the root mean square: as `LayerNorm`, without a mean and without a shift.

    normalized_shape, scale, shape: as in `LayerNorm`.
    """

    brought_to: ClassVar[str] = "a mean square of 1"
    shift = False

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        scale: bool = True,
        *,
        shape: Sequence[int | None] | None = None,
    ) -> None:
        super().__init__(normalized_shape, shape, scale=scale)


class UnitNorm(_ShapeNorm):
    """The numbers of `normalized_shape` brought to length 1, as a vector; nothing is learned.

    normalized_shape, shape: as in `LayerNorm`.
    """

    brought_to: ClassVar[str] = "length 1"
    scale = False
    shift = False

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        *,
        shape: Sequence[int | None] | None = None,
    ) -> None:
        super().__init__(normalized_shape, shape)


def _place(axis: object, size: Sequence[int | None]) -> int:
    place = whole("axis", axis, least=0)
    if place > len(size):
        raise ValueError(
            f"axis is {number(place)}; a shape of {counted(len(size) + 1, 'dimension')} has axes "
            f"0 to {len(size)}"
        )
    return place


_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")


def _named(sizes: tuple[int, ...]) -> dict[str, int]:
    """A number for each feature, or, of several dimensions, for each number in them."""
    if len(sizes) == 1:
        return {"features": sizes[0]}
    names = [f"{each} size" for each in _ORDINALS]
    names += [f"size {place}" for place in range(len(names) + 1, len(sizes) + 1)]
    return dict(zip(names, sizes, strict=False))
