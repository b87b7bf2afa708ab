"""What slips do to a count: drop a factor, add one, exchange one, drop a term, repeat one.

An edit takes the true count and gives the counts that a slip makes of it: none where it can't
happen, several where people make the same slip in several ways. It knows the parts of a count by
their names, and takes the numbers that don't belong there from what stands beside each term.
"""

from __future__ import annotations

from .count import Count, Term

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Edit = Callable[[Count], Iterable[Count]]


def in_terms(role: str, edit: Callable[[Term], Term | None]) -> Edit:
    """Edit the terms of one role, leave the others."""
    return lambda count: [count.edited(lambda term: edit(term) if term.role == role else term)]


def _axes(what: str, numbers: Mapping[str, int]) -> dict[str, int]:
    return {name: size for name, size in numbers.items() if name.startswith(what + " ")}


def at_every_position(term: Term) -> Term:
    positions = _axes("output", term.beside)
    return term if positions.keys() & term.factors else term.times(positions)


def at_no_position(term: Term) -> Term:
    return term.without(*_axes("output", term.factors))


def once_more_for_each_channel(term: Term) -> Term:
    channels = {"in_channels": term.beside.get("in_channels", 1)}
    return term.replace(factors={**term.factors, **channels})


def bias_twice(count: Count) -> list[Count]:
    return [count + count.role("bias")]


def bias_after_all(count: Count) -> list[Count]:
    if count.role("bias").terms:
        return []
    biases = (
        term.replace(role="bias", factors={name: term.factors[name]})
        for term in count.role("kernel").terms
        for name in ("filters", "units")
        if name in term.factors
    )
    return [count + Count(biases)]


def without_filters(count: Count) -> Iterable[Count]:
    yield count.edited(lambda term: term.without("filters"))
    yield from in_terms("kernel", lambda term: term.without("filters"))(count)


def other_groups(count: Count) -> Iterable[Count]:
    share = "in_channels per group"

    def undivided(term: Term) -> Term:
        return term.swapped(share, "in_channels", term.beside.get("in_channels", 1))

    def divided_twice(term: Term) -> Term:
        if share not in term.factors or "filters" not in term.factors:
            return term
        filters = term.factors["filters"] // term.beside["groups"]
        return term.swapped("filters", "filters per group", filters)

    yield from in_terms("kernel", undivided)(count)
    yield from in_terms("kernel", divided_twice)(count)


def image_for_kernel(term: Term) -> Term:
    image = _axes("input", term.beside)
    for name in _axes("kernel", term.factors):
        axis = name.removeprefix("kernel ")
        if f"input {axis}" in image:
            term = term.swapped(name, f"input {axis}", image[f"input {axis}"])
    return term


def multiplied_or_added(what: str, unless: int) -> Edit:
    """The stride (or padding) as a factor of the kernel, or as parameters of its own."""

    def edit(count: Count) -> Iterable[Count]:
        found = [_axes(what, term.beside) for term in count.role("kernel").terms]
        if all(size == unless for sizes in found for size in sizes.values()):
            return
        if unless:  # nobody multiplies by a padding of 0
            yield from in_terms("kernel", lambda term: term.times(_axes(what, term.beside)))(count)
        else:
            yield from in_terms("kernel", _kernel_with_its_padding)(count)
        yield count + Count(Term(what, {f"{what} values": len(sizes)}) for sizes in found)

    return edit


def _kernel_with_its_padding(term: Term) -> Term:
    padding = _axes("padding", term.beside)
    for name, size in _axes("kernel", term.factors).items():
        around = padding.get(name.replace("kernel", "padding"), 0)
        term = term.swapped(name, name + " with padding", size + 2 * around)
    return term


def one_side_only(count: Count) -> Iterable[Count]:
    sides = [list(_axes("kernel", term.factors)) for term in count.role("kernel").terms]
    for kept in dict.fromkeys(side for names in sides for side in names):
        others = {side for names in sides for side in names if side != kept}
        yield Count(
            term.without(*others) if term.role == "kernel" else term for term in count.terms
        )


def square_of_a_length(term: Term) -> Term:
    square: dict[str, int] = {}
    for name, size in term.factors.items():
        is_length = name == "kernel length"
        square |= {"kernel height": size, "kernel width": size} if is_length else {name: size}
    return term.replace(factors=square)
