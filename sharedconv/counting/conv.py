"""Convolutions: one kernel for all positions, and one kernel for each position.

Sources: the layer, its arguments and its output size are those of ``torch.nn.ConvNd`` and
``torch.nn.ConvTransposeNd`` (PyTorch's documentation gives the formulas) and of
``keras.layers.Conv`` and ``ConvTranspose``; the unshared layer is that of LeCun 1989
(Neural Computation 1(4)) and of Keras 2's ``LocallyConnected``.
"""

from __future__ import annotations

from math import gcd, prod

from .count import Count, Term, number
from .dense import Dense
from .kind import Kind
from .positions import padding_beside, positions, reach, transposed_positions
from .sizes import axis_names, divisors, image_size, named_axes, per_dimension, times, whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import ClassVar

    from .sizes import Sizes


class Conv(Kind):
    """A convolution in any number of dimensions: one kernel, used at every position.

    in_channels, filters: channels of the input and of the output (``out_channels`` in PyTorch).
    kernel_size, stride, dilation: a number for all dimensions, or one for each.
    padding: numbers (added on both sides of each dimension), or one of Keras's words: "valid"
        (none), "same" (as many positions as the input has, divided by the stride), "causal".
    groups: the channels are split into so many groups that don't see each other.
    bias: whether each filter adds one learned number to its result.
    ndim: the number of dimensions, where neither kernel_size nor input_size shows it.
    transposed, output_padding: the layer runs backwards, from small to large.
    input_size: height and width of the image (or length, or depth, height, width); None where
        it isn't known. The count of a shared kernel doesn't need it: that is the point.

    Raises ValueError or TypeError, in one sentence, for sizes that no layer can have.
    """

    image: ClassVar[bool] = True
    shares_kernel: ClassVar[bool] = True

    in_channels: int
    filters: int
    kernel_size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...] | str
    dilation: tuple[int, ...]
    groups: int
    bias: bool | str
    ndim: int
    transposed: bool
    output_padding: tuple[int, ...] | None
    input_size: tuple[int | None, ...]

    def __init__(
        self,
        in_channels: int,
        filters: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Sizes | str = 0,
        dilation: Sizes = 1,
        groups: int = 1,
        bias: bool | str = True,
        *,
        ndim: int | None = None,
        transposed: bool = False,
        output_padding: Sizes | None = None,
        input_size: tuple[int | None, ...] | int | None = None,
    ) -> None:
        ndim = _dimensions(ndim, kernel_size, input_size)
        super().__init__(
            in_channels=whole("in_channels", in_channels),
            filters=whole("filters", filters),
            kernel_size=per_dimension("kernel_size", kernel_size, ndim),
            stride=per_dimension("stride", stride, ndim),
            padding=_padding(padding, ndim, transposed),
            dilation=per_dimension("dilation", dilation, ndim),
            groups=whole("groups", groups),
            bias=bias,
            ndim=ndim,
            transposed=transposed,
            output_padding=None
            if output_padding is None
            else per_dimension("output_padding", output_padding, ndim, least=0),
            input_size=image_size("input_size", input_size, ndim),
        )
        self._check()

    def _check(self) -> None:
        for name, channels in (("in_channels", self.in_channels), ("filters", self.filters)):
            if channels % self.groups:
                raise ValueError(
                    f"groups is {number(self.groups)}, which does not divide "
                    f"{name}={number(channels)}; every group gets equally many channels, so here "
                    f"groups can be {divisors(gcd(self.in_channels, self.filters))}"
                )
        if self.output_padding is not None:
            if not self.transposed and any(self.output_padding):
                raise ValueError(
                    f"output_padding is {self.output_padding}; only a transposed convolution has it"
                )
            for extra, stride, dilation in zip(
                self.output_padding, self.stride, self.dilation, strict=True
            ):
                if extra and extra >= max(stride, dilation):
                    raise ValueError(
                        f"output_padding is {extra}; it has to be smaller than the stride "
                        f"({stride}) or the dilation ({dilation})"
                    )
        if self.bias == "channel" and self.shares_kernel:
            raise ValueError('bias is "channel"; a shared kernel takes bias=True or bias=False')
        if not isinstance(self.bias, bool) and self.bias != "channel":
            raise TypeError(f"bias is {self.bias!r}; it has to be True or False")
        self.output_size()

    # -- the three answers ---------------------------------------------------------------------

    def count(self) -> Count:
        """kernel: filters × kernel size × in_channels / groups; bias: filters.

        A shared kernel is counted once, however many positions it is used at; an unshared one
        (`LocalConv`) once for each of them, and its bias for each position of the output.
        """
        weights = {
            **({} if self.shares_kernel else self._kernel_positions()),
            "filters": self.filters,
            **named_axes("kernel", self.kernel_size),
            self._seen_channels: self.in_channels // self.groups,
        }
        beside = self._beside()
        terms = [Term("kernel", weights, beside=beside)]
        if self.bias:
            places = {} if self.shares_kernel or self.bias == "channel" else self._positions()
            terms.append(Term("bias", {**places, "filters": self.filters}, beside=beside))
        return Count(terms)

    def output_shape(self) -> tuple[int | None, ...]:
        """The shape of one output, channels first: ``(C_out, H, W)``; None where unknown."""
        return (self.filters, *self.output_size())

    def mult_adds(self) -> int:
        """Multiplications, each with its addition, for one input; the bias's additions aside.

        positions × filters × kernel size × in_channels / groups, the same for a shared and an
        unshared kernel: sharing saves parameters, not work. Zeros of the padding are multiplied
        like any other number. A transposed convolution multiplies at each *input* position.
        """
        places = self.input_size if self.transposed else self.output_size()
        known = _known(places, f"mult_adds() needs the whole input size, and it is {self._input()}")
        weights = self.filters * prod(self.kernel_size) * (self.in_channels // self.groups)
        return prod(known) * weights

    def about(self) -> str:
        """Where the numbers of the count come from, in sentences."""
        where = "input" if self.transposed else "output"
        one_filter = self.count().edited(
            lambda term: term.without("filters", *named_axes(where, self.kernel_size))
        )
        block = one_filter.role("kernel").terms[0]
        weights = f"{times(tuple(block.factors.values()))} ({', '.join(block.factors)})"
        if self.shares_kernel:
            what = (
                f"A filter is a small block of weights, here {weights}. It moves over the input, "
                "and the same weights are used at every position: that is weight sharing, and it "
                "is why the size of the image is not in the sum."
            )
        else:
            what = (
                f"At each position a filter is a small block of weights, here {weights}. Nothing "
                f"is shared: every position of the {where} has weights of its own, which is why "
                "the size of the image is in the sum."
            )
        if not self.bias:
            return f"{what} There is no bias here."
        if self.bias == "channel":
            return f"{what} The bias is one number more for each filter, the same everywhere."
        if self.transposed and not self.shares_kernel:
            return (
                f"{what} The bias is one number more for each filter at each position of the "
                "output, added to what the kernels wrote there."
            )
        return (
            f"{what} The bias is one number more for each filter, added to whatever the filter "
            f"finds. So one filter has {one_filter.arithmetic()} parameters"
            f"{'' if self.shares_kernel else ' at each position'}."
        )

    # -- what the answers rest on --------------------------------------------------------------

    def output_size(self) -> tuple[int | None, ...]:
        """Height and width of the output (or length, or depth, height, width)."""
        return tuple(self._output_along(axis) for axis in range(self.ndim))

    def _output_along(self, axis: int) -> int | None:
        size, kernel, stride = self.input_size[axis], self.kernel_size[axis], self.stride[axis]
        if size is None:
            return None
        dilation = self.dilation[axis]
        around = self.padding if isinstance(self.padding, str) else self.padding[axis]
        if self.transposed:
            extra = None if self.output_padding is None else self.output_padding[axis]
            result = transposed_positions(size, kernel, stride, around, dilation, extra)
        else:
            result = positions(size, kernel, stride, around, dilation)
        if result < 1:
            name = axis_names(self.ndim)[axis]
            if self.transposed:
                remedy = "a larger kernel" if isinstance(self.padding, str) else "less padding"
                raise ValueError(
                    f"padding={self.padding!r} cuts away the whole output {name}; use {remedy} or "
                    "a larger input"
                )
            span = reach(kernel, dilation)
            dilated = f" (dilated to {number(span)})" if span != kernel else ""
            padded = _with(self.padding, axis)
            raise ValueError(
                f"the kernel {name} {number(kernel)}{dilated} is larger than the input {name} "
                f"{number(size)}{padded}; use a smaller kernel, a larger input or more padding"
            )
        return result

    @property
    def _seen_channels(self) -> str:
        return "in_channels" if self.groups == 1 else "in_channels per group"

    def _positions(self) -> dict[str, int]:
        known = _known(
            self.output_size(),
            f"one kernel for each position needs the whole input size, and it is {self._input()}",
        )
        return named_axes("output", known)

    def _kernel_positions(self) -> dict[str, int]:
        """Where the kernel is used: each position of the output reads by it, or, in a transposed
        convolution, each position of the input writes by it."""
        positions = self._positions()
        return named_axes("input", _sizes(self.input_size)) if self.transposed else positions

    def _beside(self) -> dict[str, int]:
        """Numbers of this layer that its count doesn't use, for those who did use them."""
        beside = {"in_channels": self.in_channels, "groups": self.groups}
        beside |= named_axes("stride", self.stride)
        if isinstance(self.padding, tuple):
            beside |= named_axes("padding", self.padding)
        elif self.padding == "same":
            each = zip(self.kernel_size, self.dilation, strict=True)
            beside |= named_axes("padding", [padding_beside(k, d, "same") for k, d in each])
        if self.transposed:
            beside["transposed"] = 1
        if None not in self.input_size:
            beside |= named_axes("input", _sizes(self.input_size))
            beside |= self._positions()
        return beside

    def _input(self) -> str:
        return times(self.input_size) if any(self.input_size) else "not given"

    # -- the same layer, connected otherwise -----------------------------------------------------

    def shared(self) -> Conv:
        """The same connections, with one kernel for all positions."""
        return Conv(**{**vars(self), "bias": bool(self.bias)})

    def unshared(self) -> LocalConv:
        """The same connections, but one kernel for each position. Needs the input size."""
        return LocalConv(**vars(self))

    def dense(self) -> Dense:
        """Every input connected to every output, each by a weight of its own."""
        reason = f"a dense layer in its place needs the whole input size, and it is {self._input()}"
        return Dense(
            in_features=self.in_channels * prod(_known(self.input_size, reason)),
            units=self.filters * prod(_known(self.output_size(), reason)),
            bias=bool(self.bias),
        )


class LocalConv(Conv):
    """The same layer with sharing switched off: one kernel for each position of the output.

    Takes the arguments of `Conv`; the input size has to be known, since every position has a
    kernel of its own. Transposed, these are the positions of the input: each writes by its own
    kernel where in a shared layer all write by the same. bias: True for one number per filter and
    position of the output, "channel" for one per filter, as a shared convolution has it, False for
    none.
    """

    shares_kernel: ClassVar[bool] = False

    def _check(self) -> None:
        super()._check()
        self._positions()


def _dimensions(ndim: int | None, kernel_size: object, input_size: object) -> int:
    if ndim is not None:
        return whole("ndim", ndim)
    for sizes in (kernel_size, input_size):
        if isinstance(sizes, (tuple, list)) and sizes:
            return len(sizes)
    raise ValueError(
        f"the number of dimensions is not clear from kernel_size={kernel_size!r}; give one number "
        "for each dimension, such as kernel_size=(3, 3), or ndim=2"
    )


def _padding(padding: object, ndim: int, transposed: bool) -> tuple[int, ...] | str:
    if not isinstance(padding, str):
        return per_dimension("padding", padding, ndim, least=0)
    words = ["valid", "same"] + (["causal"] if ndim == 1 and not transposed else [])
    if padding not in words:
        raise ValueError(
            f"padding is {padding!r}; it has to be a number, or one of the words "
            f"{', '.join(map(repr, words))}"
        )
    return padding


def _known(sizes: tuple[int | None, ...], reason: str) -> list[int]:
    if None in sizes:
        raise ValueError(f"{reason}; give a number for every dimension")
    return _sizes(sizes)


def _sizes(known: tuple[int | None, ...]) -> list[int]:
    return [size for size in known if size is not None]


def _with(padding: tuple[int, ...] | str, axis: int) -> str:
    if isinstance(padding, str) or not padding[axis]:
        return ""
    return f" with {padding[axis]} of padding on both sides"
