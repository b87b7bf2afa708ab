"""What a kernel per position asks for: its size known or awaited, its storage, its copies."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, ClassVar, Literal, Self, TypeAlias

import torch
from torch import Tensor, nn
from torch.autograd import forward_ad
from torch.nn.modules.lazy import LazyModuleMixin
from torch.nn.parameter import UninitializedParameter, is_lazy

from .arguments import Size, known_dtype, sizes, true_or_false
from .base import ConvLayer, constructor_arguments
from .blocks import strides
from .by_hand import loop_over_taps
from .memory import refuse_what_cannot_fit
from .places import Places, order_by_position
from .switching import for_dimensions, known_bias, one_for_all, refuse_bad_tolerance
from .tied import summed_gradient

Bias: TypeAlias = bool | Literal["channel"]
Device: TypeAlias = torch.device | str | int | None


class UnsharedConvLayer(LazyModuleMixin, ConvLayer):
    """A convolution in which each position has its own kernel, whichever way it runs.

    The kernel's shape is that of the shared layer's kernel with the positions in front. It is
    stored in another order: each position's kernel in one piece, a matrix with a column for each
    filter (transposed: for each input channel). A kernel in the order of its shape, as a checkpoint
    from elsewhere may bring it, computes the same, more slowly.

    A few tools of PyTorch take parameters in the order of their shape only, and say "view size is
    not compatible": `torch.optim.LBFGS`, `torch.nn.utils.parameters_to_vector`, the unstructured
    ways of `torch.nn.utils.prune`, `torch.nn.init.orthogonal_`, FSDP's `fully_shard`. For them:
    `layer.kernel = torch.nn.Parameter(layer.kernel.detach().contiguous())`.
    """

    shares_kernel: ClassVar[bool] = False
    shared_form: ClassVar[type[ConvLayer]]
    """The class of the same layer with sharing switched on."""

    input_size: tuple[int, ...] | None
    places: Places
    tied: bool

    @property
    def positions(self) -> tuple[int, ...]:
        """How many kernels there are along each dimension; ValueError before they are made."""
        size = self._known_size()
        return size if self.transposed else self.output_size

    @property
    def kernel_shape(self) -> tuple[int, ...]:
        """One kernel's shape, as the shared layer has it, with the positions in front."""
        return (*self.positions, *super().kernel_shape)

    @property
    def bias_shape(self) -> tuple[int, ...] | None:
        """`(out_channels, *output_size)`, `(out_channels,)` for "channel", or None."""
        self._known_size()
        if not self._bias:
            return None
        per_position = () if self._bias == "channel" else self.output_size
        return (self.out_channels, *per_position)

    # -- made with an input_size, or by the first input ------------------------------------------

    def _make(self, input_size: Size | None, bias: Bias, device: Device, dtype: Any) -> None:
        known_bias(bias)
        known_dtype(dtype)
        self._bias: Bias = bias
        self.tied = False
        self.input_size = None
        self._takes: tuple[int, ...] = ()
        self._shapes: tuple[tuple[int, ...] | None, ...] = (None, None)
        if input_size is not None:
            self._settle(input_size)
            self._make_parameters(self.bias_shape, device, dtype)
            return
        options = {"device": device, "dtype": dtype}
        self.kernel = UninitializedParameter(**options)  # type: ignore[assignment]
        waiting: Any = UninitializedParameter(**options) if bias else None
        self.register_parameter("bias", waiting)
        # What LazyModuleMixin.__init__ does; a layer whose size is known does without.
        self._load_hook = self._register_load_state_dict_pre_hook(  # type: ignore[no-untyped-call]
            self._lazy_load_hook
        )
        self._initialize_hook = self.register_forward_pre_hook(
            self._infer_parameters, with_kwargs=True
        )

    def initialize_parameters(self, input: Tensor) -> None:
        """Take the size of the first input for input_size; called by PyTorch before `forward`."""
        ConvLayer._refuse_bad_input(self, input)
        self._refuse_other_device(input)
        self._settle(tuple(input.shape[-self.ndim :]))
        shapes: dict[str, Any] = {"kernel": self.kernel_shape, "bias": self.bias_shape}
        made = {name: getattr(self, name) for name in shapes if getattr(self, name) is not None}
        # of shape (0,): from a first input before, which failed on the way
        there = [name for name, each in made.items() if not is_lazy(each) and each.shape != (0,)]
        loaded = {name: made[name].data for name in there}
        try:
            for name, numbers in loaded.items():  # by load_state_dict, before the first input
                if numbers.shape != shapes[name]:
                    raise ValueError(
                        f"the {name} loaded into this {type(self).__name__} is of "
                        f"{tuple(numbers.shape)}, and an input of {tuple(input.shape)} takes one "
                        f"of {shapes[name]}."
                    )
            empty = {"kernel": self._empty_kernel(self.kernel.device, self.kernel.dtype)}
            if "bias" in made:
                options = {"device": made["bias"].device, "dtype": made["bias"].dtype}
                empty["bias"] = torch.empty(shapes["bias"], **options)
            for name, each in made.items():
                if is_lazy(each):
                    each.materialize((0,))
                each.data = empty[name]
            if len(loaded) < len(made):
                self.reset_parameters()
            for name, numbers in loaded.items():
                made[name].data.copy_(numbers)
        except BaseException:
            self.input_size = None  # waiting still, for another input
            for name, each in made.items():
                if not is_lazy(each):
                    each.data = loaded[name] if name in loaded else each.data.new_empty(0)
            raise

    def _settle(self, input_size: Size) -> None:
        self.input_size = sizes("input_size", input_size, self.ndim, least=1)
        self.output_size = self.output_positions(self.input_size)
        self._takes = (self.in_channels, *self.input_size)
        image, before = self.input_size, tuple(pad for pad, _ in self.edges)
        if self.transposed:
            image = self.output_size
        elif self.padding_mode != "zeros":  # the layer pads, before the image comes to the kernels
            image = tuple(sum(pad) + n for pad, n in zip(self.edges, image, strict=True))
            before = (0,) * self.ndim
        self.places = Places(
            image,
            self.positions,
            self.kernel_size,
            self.stride,
            self.dilation,
            before,
            self.groups,
        )
        self._shapes = self.kernel_shape, self.bias_shape

    def _empty_kernel(self, device: Any, dtype: torch.dtype | None) -> Tensor:
        shape = self.kernel_shape
        asked = f"{type(self).__name__} with input_size={self.input_size}"
        refuse_what_cannot_fit(asked, shape, math.prod(self.positions), dtype, device)
        steps = strides(shape, order_by_position(self.ndim))
        return torch.empty_strided(shape, steps, device=device, dtype=dtype)

    def reset_parameters(self) -> None:
        """Draw new values uniform within ±1/√fan_in, as `torch.nn` does for one kernel.

        fan_in is what one position's kernel spans: its channels times its size, not more for there
        being many of them. Drawn in the order in which the kernel is stored. A layer that waits for
        its first input has nothing to draw yet.
        """
        if is_lazy(self.kernel):
            return
        fan_in = math.prod(self.kernel_shape[self.ndim + 1 :])
        for parameter in (self.kernel, self.bias):
            if parameter is not None:
                nn.init.uniform_(parameter, -1 / math.sqrt(fan_in), 1 / math.sqrt(fan_in))

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Self:
        # Module.to(memory_format=...) takes everything of 4 or 5 axes for images or kernels of
        # images, also a bias per position: with two axes more they stay stored as they are.
        def as_it_is_stored(tensor: Tensor) -> Tensor:
            if is_lazy(tensor) or tensor.dim() not in (4, 5):
                return fn(tensor)
            return fn(tensor[None, None])[0, 0]

        return super()._apply(as_it_is_stored, recurse)  # type: ignore[no-untyped-call, no-any-return]

    def _replicate_for_data_parallel(self) -> Self:
        if is_lazy(self.kernel):
            LazyModuleMixin._replicate_for_data_parallel(self)
        replica: Self = ConvLayer._replicate_for_data_parallel(self)  # type: ignore[no-untyped-call]
        return replica

    # -- from one kernel to many, and back -------------------------------------------------------

    @classmethod
    def from_shared(
        cls, conv: ConvLayer, input_size: Size, bias: Bias = True, tied: bool = False
    ) -> Self:
        """A layer that computes what `conv` computes, with a copy of its kernel per position.

        Args:
            conv: the layer to copy from: a SharedConv, or a SharedConvTranspose for the transposed.
            input_size: the image's size, in pixels along each dimension.
            bias: True for a copy of the bias per position, "channel" for a single copy; without
                effect where `conv` has none.
            tied: whether every position receives the gradient summed over all positions. This sum
                is the shared kernel's gradient, so a step of any optimizer that treats each
                parameter by itself (SGD, momentum, Adam; not clipping by norm) leaves this layer
                and `conv` the same function.

        Raises TypeError for another `conv`, ValueError where the sizes don't fit.
        """
        wanted = "SharedConvTranspose" if cls.transposed else "SharedConv"
        shared = isinstance(conv, ConvLayer) and conv.shares_kernel
        if not shared or conv.transposed != cls.transposed:
            raise TypeError(
                f"from_shared copies a {wanted}, not a {type(conv).__name__}; "
                "from_torch turns torch.nn's convolutions into one."
            )
        known_bias(bias)
        true_or_false("tied", tied)
        if conv.bias is not None and bias is False:
            raise ValueError(
                f"bias=False would compute another function than this {wanted}, which has a bias: "
                "give bias=True or bias='channel'."
            )
        options = constructor_arguments(conv) | {"input_size": input_size}
        options["bias"] = bias if conv.bias is not None else False
        layer: Self = for_dimensions(cls, conv.ndim, options)
        device, dtype = conv.kernel.device, conv.kernel.dtype
        kernel = layer._empty_kernel(device, dtype).copy_(conv.kernel.detach())
        layer.kernel = nn.Parameter(kernel, requires_grad=conv.kernel.requires_grad)
        if conv.bias is not None and layer.bias is not None:
            column = conv.bias.detach().reshape(-1, *(1,) * (layer.bias.dim() - 1))
            each = torch.empty(layer.bias.shape, device=device, dtype=conv.bias.dtype).copy_(column)
            layer.bias = nn.Parameter(each, requires_grad=conv.bias.requires_grad)
        layer.tied = tied
        return layer.train(conv.training)

    def to_shared(self, tolerance: float = 0.0) -> ConvLayer:
        """The layer with one kernel for all positions that computes what this one computes.

        tolerance: how far a position's numbers may be from those of the first position. The shared
            kernel is the mean over the positions, where they are not exactly alike.

        Raises ValueError where a position differs by more, and names the first one.
        """
        refuse_bad_tolerance(tolerance)
        if self.kernel.is_meta:
            raise ValueError(
                "to_shared compares the kernels' numbers, and on the device 'meta' there are none: "
                "make the layer on another device."
            )
        count = math.prod(self.positions)
        kernels = self.kernel.detach().reshape(count, *super().kernel_shape)
        kernel = one_for_all(self, "kernel", kernels, self.positions, tolerance)
        bias = None if self.bias is None else self.bias.detach().clone()
        if bias is not None and bias.dim() > 1:
            bias = one_for_all(self, "bias", bias.flatten(1).T, self.output_size, tolerance)
        options = constructor_arguments(self) | {"bias": bias is not None}
        shared: ConvLayer = for_dimensions(self.shared_form, self.ndim, options)
        shared.kernel = nn.Parameter(kernel, requires_grad=self.kernel.requires_grad)
        if self.bias is not None and bias is not None:
            shared.bias = nn.Parameter(bias, requires_grad=self.bias.requires_grad)
        return shared.train(self.training)

    # -- what forward rests on -------------------------------------------------------------------

    def extra_repr(self) -> str:
        """The shared layer's, with the input's size, the kind of bias, and whether it is tied."""
        words = f"{super().extra_repr()}, input_size={self.input_size}"
        words += ", bias=channel" if self._bias == "channel" else ""
        return words + (", tied=True" if self.tied else "")

    def kernel_and_bias(self) -> tuple[Tensor, Tensor | None]:
        """Kernel and bias; tied, they pass the gradient of each position on to all."""
        kernel: Tensor = self.kernel
        bias = self.bias
        if (kernel.shape, None if bias is None else bias.shape) != self._shapes:
            self._refuse_bad_parameters(kernel, bias)
        if not self.tied:
            return kernel, bias
        kernel = summed_gradient(kernel, tuple(range(self.ndim)))
        if bias is not None and bias.dim() > 1:
            return kernel, summed_gradient(bias, tuple(range(1, self.ndim + 1)))
        return kernel, bias

    def _refuse_bad_parameters(self, kernel: Tensor, bias: Tensor | None) -> None:
        """Refuse what was set in their place, and would be read as numbers of other positions."""
        self._known_size()
        for name, given, wanted in zip(
            ("kernel", "bias"), (kernel, bias), self._shapes, strict=True
        ):
            if given is not None and given.shape != wanted:
                raise ValueError(
                    f"the {name} of this {type(self).__name__} is of {tuple(given.shape)}, and for "
                    f"input_size={self.input_size} it takes "
                    f"{'none' if wanted is None else f'one of {wanted}'}."
                )

    def with_bias(self, output: Tensor, bias: Tensor | None) -> Tensor:
        """`output`, a tensor nobody else holds, with the bias added to it."""
        if bias is None:
            return output
        if bias.dim() == 1:
            bias = bias.reshape(-1, *(1,) * self.ndim)
        if output._base is not None or bias.dtype != output.dtype:
            return output + bias.to(output.dtype)
        return output.add_(bias)

    def _on_a_batch(self, compute: Callable[[Any, Tensor], Tensor], input: Tensor) -> Tensor:
        # torch.func, forward-mode derivatives and torch.jit.trace see into plain operations only
        if (
            torch._C._are_functorch_transforms_active()
            or forward_ad._current_level >= 0
            or torch._C._get_tracing_state() is not None
        ):
            compute = loop_over_taps
        try:
            if input.shape[1:] == self._takes:
                return compute(self, input)
            self._refuse_bad_input(input)
            return compute(self, input.unsqueeze(0)).squeeze(0)
        except (RuntimeError, TypeError, AttributeError) as problem:
            self._explain(problem, input)
            raise

    def _refuse_bad_input(self, input: Tensor, and_positions: bool = True) -> None:
        super()._refuse_bad_input(input, and_positions)
        given, size = tuple(input.shape[-self.ndim :]), self._known_size()
        if given != size:
            raise ValueError(
                f"{type(self).__name__} has one kernel per position of an input of "
                f"{size}, and got one of {given}: it takes a layer with "
                f"input_size={given}."
            )
        self._refuse_other_device(input)

    def _refuse_other_device(self, input: Tensor) -> None:
        if input.device != self.kernel.device:
            raise ValueError(
                f"{type(self).__name__} has its kernel on the device '{self.kernel.device}', and "
                f"the input is on '{input.device}': it takes input.to('{self.kernel.device}')."
            )

    def _known_size(self) -> tuple[int, ...]:
        if self.input_size is None:
            raise ValueError(
                f"this {type(self).__name__} was made without input_size, so it has no kernels "
                "before its first input: call it once, or give it an input_size."
            )
        return self.input_size
