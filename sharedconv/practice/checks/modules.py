"""The check `layer`: a layer of the learner's with so many parameters, and such an output."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from ...counting.conv import Conv
from ...counting.count import Count, number
from ...counting.diagnosing import MOST_SLIPS
from ...counting.sizes import counted, times
from ...spelling import read_shape
from ...witnesses import count_of, kind_of, tally
from ...witnesses.rule import modules_without_rule
from ..work import NotYet, Work
from .amounts import facts_of, subject, table
from .number_slips import SLIPS, Slip, diagnosed, told, worded


def layer(
    work: Work,
    *,
    name: str = "layer",
    parameters: int | None = None,
    as_many_as: str | None = None,
    as_input: str | None = None,
    kinds: Sequence[str] = (),
    bias: bool = False,
    input: str | None = None,
    output: str | None = None,
) -> dict[str, str]:
    """Look at the layer (or model) `name`, or at what a function of this name makes.

    parameters: how many it has to have; or as_many_as, as_input: as many as this layer on this
        input has, written as in `count`.
    kinds: the names of the classes that it may be of. bias: whether it has to have a bias.
    input, output: the shape of one input, and that of the output that it has to give for it, both
        channels first.

    Counted by the tensors, and by the rule where there is one. Gives the facts total and output
    and, where there is a rule, formula and sum.
    """
    module = _module(work, name)
    if kinds and type(module).__name__ not in kinds:
        raise NotYet(
            f"{name} is a {type(module).__name__}, and asked for is {' or '.join(kinds)}.",
            ("another-layer",),
        )
    given = None if input is None else _sizes(input)
    takes = getattr(module, "in_channels", None)
    if given is not None and isinstance(takes, int) and takes != given[0]:
        raise NotYet(
            f"{name} takes {counted(takes, 'input channel')}, and what comes in has {given[0]}.\n\n"
            "Ask yourself: Which weights would look at the other channels?",
            ("other-channels",),
        )
    wanted = parameters
    if as_many_as is not None:
        wanted = subject(as_many_as, as_input).count.total
    total = tally(module).total
    count = None if modules_without_rule(module) else count_of(module)
    if wanted is not None and total != wanted:
        told_to_all = parameters is not None
        filters = None if output is None else _sizes(output)[0]
        raise _another_number(name, module, wanted, count, told_to_all, filters)
    if bias and getattr(module, "bias", None) is None:
        switched_off = worded("expected-bias", total)
        raise NotYet(
            f"{name} has {number(total)} parameters, and its bias is switched off. Asked for is a "
            f"layer with its bias.\n\nAsk yourself: {switched_off.question}",
            switched_off.slugs,
        )
    shape = None
    if given is not None:
        shape = _output(work, name, module, given)
        if output is not None and shape != _sizes(output):
            raise _another_output(name, module, given, _sizes(output), shape)
    facts = {"total": number(total)} if count is None else facts_of(count)
    return facts if shape is None else {**facts, "output": times(shape)}


def _module(work: Work, name: str) -> nn.Module:
    value = work.get(name)
    if not isinstance(value, nn.Module) and callable(value):
        value = work.call(value)
    if isinstance(value, nn.Module):
        return value
    raise NotYet(
        f"{name} is {type(value).__name__}, and a layer is asked for, such as "
        "SharedConv2d(1, 10, 5)."
    )


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(size or 1 for size in read_shape(text))


def _output(work: Work, name: str, module: nn.Module, sizes: tuple[int, ...]) -> tuple[int, ...]:
    like = next(module.parameters(), torch.zeros(()))
    image = torch.zeros(1, *sizes, dtype=like.dtype, device=like.device)
    with torch.no_grad(), _rows_that_fit(name, module):
        result = work.call(module, image)
    if not isinstance(result, Tensor):
        raise NotYet(f"{name} gives {type(result).__name__}, and a tensor is asked for.")
    return tuple(result.shape[1:])


def _another_number(
    name: str,
    module: nn.Module,
    wanted: int,
    count: Count | None,
    told_to_all: bool,
    filters: int | None,
) -> NotYet:
    """told_to_all: whether the exercise names the number. filters: how many have to come out."""
    total = tally(module).total
    asked = number(wanted) if told_to_all else "more" if total < wanted else "fewer"
    words = f"{name} has {number(total)} parameters, and {asked} are asked for."
    if count is None or count.total != total:
        return NotYet(f"{words} Which tensors does it have? Print its named_parameters().")
    words = f"{words}\n\n{table(count)}"
    gives = getattr(module, "out_channels", None)
    if isinstance(gives, int) and filters not in (None, gives):
        return NotYet(
            f"{words}\n\nWhat comes out has {counted(gives, 'channel')}, which isn't as many as "
            "asked for, either. Each filter makes one channel of the output.\n\n"
            "Ask yourself: What decides how many channels come out?",
            ("other-filters",),
        )
    # who isn't told the number doesn't aim at it, so two slips would lead there by chance
    found = [
        Slip(each.slugs, _of_the_layer(each, wanted), each.question)
        for each in diagnosed(count, wanted, MOST_SLIPS if told_to_all else 1)
    ] or _other_row(module, total, wanted)
    if not found:
        return NotYet(f"{words}\n\nAsk yourself: Which of these factors can you change?")
    slugs = tuple(slug for each in found for slug in each.slugs)
    return NotYet(f"{words}\n\n{told(found)}", slugs)


def _of_the_layer(slip: Slip, wanted: int) -> str:
    """The number asked for is no slip; who counts this layer with one comes to it."""
    does, _, reasons = slip.sentence.removeprefix(f"{number(wanted)} ").partition(". ")
    return f"Somebody who {does} comes to the number asked for, with this layer. {reasons}"


def _other_row(module: nn.Module, total: int, wanted: int) -> list[Slip]:
    """Whether the first dense layer with a row of another length would give the number."""
    first = next((each for each in module.modules() if isinstance(each, nn.Linear)), None)
    if first is None or first is module:
        return []
    more, rest = divmod(wanted - total, first.out_features)
    if rest or first.in_features + more < 1:
        return []
    return [
        Slip(
            ["flatten-size"],
            f"Its first dense layer takes a row of {counted(first.in_features, 'number')}, and "
            "with a row of another length the sum would be right. A row has a number for each "
            "place of each channel; where each channel becomes its mean, it has one for each "
            "channel.",
            "What shape does the map have right before it becomes a row?",
        )
    ]


@contextmanager
def _rows_that_fit(name: str, module: nn.Module) -> Iterator[None]:
    """Where the module stops at a dense layer whose row doesn't fit, say so."""
    rows: list[tuple[int, int]] = []

    def look(layer: Any, inputs: tuple[Tensor, ...]) -> None:
        rows.append((layer.in_features, inputs[0].shape[-1]))

    dense = [each for each in module.modules() if isinstance(each, nn.Linear)]
    handles = [each.register_forward_pre_hook(look) for each in dense]
    try:
        yield
    except NotYet:
        takes, comes = rows[-1] if rows else (0, 0)
        if takes == comes:
            raise
        raise NotYet(
            f"A dense layer of {name} takes a row of {counted(takes, 'number')}, and what comes in "
            f"has {number(comes)}.\n\nAsk yourself: What shape does the map have right before it "
            "becomes a row?",
            ("other-features",),
        ) from None
    finally:
        for handle in handles:
            handle.remove()


def _another_output(
    name: str,
    module: nn.Module,
    given: tuple[int, ...],
    wanted: tuple[int, ...],
    shape: tuple[int, ...],
) -> NotYet:
    words = (
        f"For an input of {times(given)}, {name} gives {times(shape)}, and {times(wanted)} is "
        "asked for (channels first)."
    )
    if len(shape) == len(wanted) and shape[1:] == wanted[1:]:
        return NotYet(
            f"{words}\n\nEach filter makes one channel of the output.\n\n"
            "Ask yourself: What decides how many channels come out?",
            ("forgot-filters",),
        )
    kind = kind_of(module, given)
    if isinstance(kind, Conv):
        for slug, changes in REMEDIES.items():
            for change in changes:
                try:
                    other = kind.replace(**change)
                except (ValueError, TypeError):
                    continue
                if other.output_shape()[1:] == wanted[1:]:
                    _, reason, question = SLIPS[slug]
                    return NotYet(f"{words}\n\n{reason}\n\nAsk yourself: {question}", (slug,))
    return NotYet(f"{words}\n\nAsk yourself: At how many places can the kernel stand?")


REMEDIES: dict[str, tuple[dict[str, Any], ...]] = {
    "forgot-padding": ({"padding": "same"}, *({"padding": amount} for amount in range(4))),
    "forgot-stride": tuple({"stride": amount} for amount in (1, 2, 3, 4)),
    "forgot-dilation": tuple({"dilation": amount} for amount in (1, 2, 3)),
}
"""What to change to come to another output: the settings that are tried, by what was forgotten."""
