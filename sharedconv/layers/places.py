"""Which pixels each position of a convolution sees, and positions in blocks that fit a cache."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

BLOCK = 2 << 20
"""Bytes that the windows of a block may fill, for each thread: about what its cache holds."""
BLOCK_ON_A_CARD = 1 << 28
"""The same on a graphics card, which gains nothing from small blocks."""

KEPT = 64
"""So many views are remembered at the most."""


def order_by_position(ndim: int) -> tuple[int, ...]:
    """A kernel's axes in the order in which LocalConv stores them, the outermost first.

    Of `(*positions, filters, channels, *kernel_size)`: the positions, the kernel's size, channels
    and filters.
    """
    n = ndim
    return (*range(n), *range(n + 2, 2 * n + 2), n + 1, n)


@dataclass(frozen=True)
class Block:
    """Positions that follow one another and make up a rectangle.

    first: how many positions come before them; starts, sizes: the rectangle, a number a dimension.
    """

    first: int
    starts: tuple[int, ...]
    sizes: tuple[int, ...]

    @cached_property
    def count(self) -> int:
        """How many positions it has."""
        return math.prod(self.sizes)

    @cached_property
    def numbers(self) -> slice:
        """The block among all positions, counted through."""
        return slice(self.first, self.first + self.count)

    @cached_property
    def where(self) -> tuple[slice, ...]:
        """The block in a tensor `(N, channels, *positions)`."""
        spans = zip(self.starts, self.sizes, strict=True)
        return (slice(None), slice(None), *(slice(a, a + n) for a, n in spans))


@dataclass(frozen=True)
class Places:
    """Where a kernel of `kernel_size` stands on an image: a number a dimension in each tuple.

    image: the image's size. positions: how many windows there are.
    before: how many pixels of padding stand in front of the image.
    """

    image: tuple[int, ...]
    positions: tuple[int, ...]
    kernel_size: tuple[int, ...]
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    before: tuple[int, ...]
    groups: int
    views: dict[Any, tuple[tuple[int, ...], tuple[int, ...]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """Sizes and strides of views found before: for small images, finding them is much work."""

    @cached_property
    def count(self) -> int:
        """How many positions there are."""
        return math.prod(self.positions)

    @cached_property
    def taps(self) -> int:
        """How many pixels of one channel a window has."""
        return math.prod(self.kernel_size)

    @cached_property
    def seen(self) -> int:
        """How many pixels of one channel all windows have together."""
        return self.count * self.taps

    @cached_property
    def order(self) -> tuple[int, ...]:
        """`order_by_position` of these dimensions."""
        return order_by_position(len(self.positions))

    @cached_property
    def padded(self) -> tuple[int, ...]:
        """The size of the image with its padding; what no window reaches behind it is cut off."""
        ends = (before + size for before, size in zip(self.before, self.image, strict=True))
        return tuple(map(max, self.reach, ends))

    @cached_property
    def reach(self) -> tuple[int, ...]:
        """The size of what the windows span together, padding included."""
        steps = zip(self.positions, self.stride, self.dilation, self.kernel_size, strict=True)
        return tuple((n - 1) * s + d * (k - 1) + 1 for n, s, d, k in steps)

    @cached_property
    def no_more_fit(self) -> bool:
        """Whether the padded image has no room for a further position."""
        sizes = zip(self.padded, self.reach, self.stride, strict=True)
        return all(size - reach < step for size, reach, step in sizes)

    @cached_property
    def even(self) -> bool:
        """Whether as much padding after the image as before it makes as many positions."""
        each = zip(self.image, self.before, self.reach, self.stride, strict=True)
        return all(0 <= size + 2 * before - reach < step for size, before, reach, step in each)

    @cached_property
    def folding(self) -> tuple[tuple[int, ...], ...]:
        """What PyTorch's `fold` asks for, which knows planes only: a line is one of height 1.

        The size of the image, of the kernel, dilation, padding, stride; the image already padded
        where the padding isn't even.
        """
        line = 2 - len(self.image)
        ones, image = (1,) * line, self.image if self.even else self.padded
        padding = (0,) * line + self.before if self.even else (0, 0)
        stride, dilation = ones + self.stride, ones + self.dilation
        return ones + image, ones + self.kernel_size, dilation, padding, stride

    @cached_property
    def edges(self) -> list[int]:
        """The padding as `torch.nn.functional.pad` takes it: the last dimension first."""
        sizes = zip(self.before, self.image, self.padded, strict=True)
        return [n for b, size, all_ in reversed([*sizes]) for n in (b, all_ - b - size)]

    @cached_property
    def inside(self) -> tuple[slice, ...]:
        """The image in a padded tensor `(N, channels, *padded)`."""
        spans = zip(self.before, self.image, strict=True)
        return (slice(None), slice(None), *(slice(b, b + n) for b, n in spans))

    @cached_property
    def whole(self) -> Block:
        """All positions."""
        return Block(0, (0,) * len(self.positions), self.positions)

    def blocks(self, bytes_of_a_window: int, device: torch.device) -> list[Block]:
        """All positions in blocks; on a processor of sizes that keep its threads in their caches.

        bytes_of_a_window: what one position sees, of all images and channels.
        """
        each = max(1, bytes_of_a_window)
        room = BLOCK_ON_A_CARD // each
        if device.type == "cpu":
            threads = torch.get_num_threads()
            room = max(threads, threads * BLOCK // each)  # a position a thread at the least
        sizes = []
        for n in reversed(self.positions):
            sizes.append(max(1, min(n, room)))
            room = room // n
        sizes.reverse()
        found: list[Block] = []
        for starts in itertools.product(
            *(range(0, n, size) for n, size in zip(self.positions, sizes, strict=True))
        ):
            ends = zip(starts, sizes, self.positions, strict=True)
            rectangle = tuple(min(size, n - start) for start, size, n in ends)
            found.append(Block(found[-1].numbers.stop if found else 0, starts, rectangle))
        return found

    def windows(self, pixels: Tensor, block: Block) -> Tensor:
        """What a block sees: a view `(*block.sizes, groups, N, *kernel_size, channels / groups)`.

        pixels: `(N, channels, *padded)`, laid out in any way.
        """
        sizes, steps = self.all_windows(pixels.shape, pixels.stride())
        first = sum(n * step for n, step in zip(block.starts, steps, strict=False))
        n = len(block.sizes)
        return pixels.as_strided((*block.sizes, *sizes[n:]), steps, pixels.storage_offset() + first)

    def all_windows(
        self, shape: tuple[int, ...], steps: tuple[int, ...]
    ) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Sizes and strides of the windows of all positions, in pixels of such shape and strides.

        `(*positions, groups, N, *kernel_size, channels / groups)`.
        """
        known = self.views.get((shape, steps))
        if known is not None:
            return known
        batch, channel, *along = steps
        next_position = [step * s for step, s in zip(along, self.stride, strict=True)]
        next_tap = [step * d for step, d in zip(along, self.dilation, strict=True)]
        channels = shape[1] // self.groups
        found = (
            (*self.positions, self.groups, shape[0], *self.kernel_size, channels),
            (*next_position, channels * channel, batch, *next_tap, channel),
        )
        if len(self.views) < KEPT:
            self.views[shape, steps] = found
        return found

    def under(self, tap: tuple[int, ...], block: Block) -> tuple[slice, ...]:
        """The pixels in `(N, channels, *padded)` that one tap of the kernel meets, over a block."""
        return (
            slice(None),
            slice(None),
            *(
                slice(a * s + t * d, (a + n - 1) * s + t * d + 1, s)
                for a, n, s, t, d in zip(
                    block.starts, block.sizes, self.stride, tap, self.dilation, strict=True
                )
            ),
        )
