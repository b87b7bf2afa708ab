"""What slips do to a count: drop a factor, add one, exchange one, drop a term, repeat one.

An edit takes the true count and gives the counts that a slip makes of it: none where it can't
happen, several where people make the same slip in several ways. It knows the parts of a count by
their names, and takes the numbers that don't belong there from what stands beside each term.
"""

from __future__ import annotations

from math import prod

from .count import Count, Term

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Edit = Callable[[Count], Iterable[Count]]


def in_terms(role: str, edit: Callable[[Term], Term | None]) -> Edit:
    """Edit the terms of one role, such as every kind of kernel, and leave the others."""
    return lambda count: [count.edited(lambda term: edit(term) if is_a(role, term) else term)]


def is_a(role: str, term: Term) -> bool:
    """Whether a term has this role, or is of this kind: a recurrent kernel is a kernel."""
    return term.role == role or term.role.endswith(f" {role}")


def one_channel_only(term: Term) -> Term:
    # a depthwise kernel has in_channels, too, but as many filters as that
    return term.without(*SEEN) if "filters" in term.factors else term


SEEN = ("in_channels", "in_channels per group")


def _axes(what: str, numbers: Mapping[str, int]) -> dict[str, int]:
    return {name: size for name, size in numbers.items() if name.startswith(what + " ")}


def positions_in(term: Term) -> dict[str, int]:
    """The positions among the factors: a layer that shares nothing has some."""
    images = {**_axes("input", term.beside), **_axes("output", term.beside)}
    return {name: size for name, size in term.factors.items() if name in images}


def at_every_position(term: Term) -> Term:
    return term if positions_in(term) else term.times(_axes("output", term.beside))


def kernel_at_every_position(count: Count) -> Iterable[Count]:
    def of_the_input(term: Term) -> Term:
        backwards = TRANSPOSED in term.beside and not positions_in(term)
        return term.times(_axes("input", term.beside)) if backwards else term

    yield from in_terms("kernel", at_every_position)(count)
    # where a transposed layer that shares nothing has its kernels
    yield from in_terms("kernel", of_the_input)(count)


def all_shared(count: Count) -> Iterable[Count]:
    """For layers whose kernels are unshared; only a bias may be, as in LeCun 1989's H1."""
    if any(is_a("kernel", term) and positions_in(term) for term in count.terms):
        yield from in_terms("kernel", _at_no_position)(count)
        yield count.edited(_at_no_position)


def steps_for_positions(count: Count) -> list[Count]:
    """One position less along each side: so many steps lead from the first to the last."""

    def steps(term: Term) -> Term:
        for name, size in _positions_read(term).items():
            term = term.swapped(name, name.replace("output", "steps"), size - 1)
        return term

    return [count.edited(steps)]


def pixels_for_positions(count: Count) -> list[Count]:
    """A position at every pixel: as if the kernel could stand over the edge."""

    def at_every_pixel(term: Term) -> Term:
        for name, size in _positions_read(term).items():
            pixels = term.beside.get(name.replace("output", "input"), size)
            term = term.swapped(name, name.replace("output", "image"), pixels)
        return term

    return [count.edited(at_every_pixel)]


def one_side_of_the_positions(count: Count) -> Iterable[Count]:
    sides = dict.fromkeys(name for term in count.terms for name in _positions_read(term))
    for kept in sides if len(sides) > 1 else ():
        others = [side for side in sides if side != kept]
        yield count.edited(lambda term, others=others: term.without(*others))  # type: ignore[misc]


def _positions_read(term: Term) -> dict[str, int]:
    """The positions at which a kernel reads; a transposed layer writes."""
    return {} if TRANSPOSED in term.beside else _axes("output", positions_in(term))


def bias_shared(count: Count) -> Iterable[Count]:
    return in_terms("bias", _at_no_position)(count)


def _at_no_position(term: Term) -> Term:
    return term.without(*positions_in(term))


def bias_for_each_channel(count: Count) -> Iterable[Count]:
    """Nothing where each filter sees one channel: one bias for each channel is right there."""

    def of_each_filter(term: Term) -> Term:
        return term.replace(factors={**term.factors, **_channels_seen(term)})

    if any(_channels_seen(term) for term in count.terms if is_a("bias", term)):
        yield from in_terms("bias", of_each_filter)(count)


def _channels_seen(term: Term) -> dict[str, int]:
    """How many channels one filter sees, where they are several."""
    groups = term.beside.get("groups", 1)
    seen = term.beside.get("in_channels", 1) // groups
    return {SEEN[groups > 1]: seen} if seen > 1 else {}


def one_bias(count: Count) -> Iterable[Count]:
    return in_terms("bias", lambda term: term.without("filters"))(count)


def bias_twice(count: Count) -> list[Count]:
    # a recurrent layer may really have a second bias, which is another slip
    return [
        count
        + Count(each for each in count.terms if is_a("bias", each) and BIASES not in each.beside)
    ]


def bias_after_all(count: Count) -> Iterable[Count]:
    if any(is_a("bias", term) for term in count.terms):
        return
    kernels = [term for term in count.terms if is_a("kernel", term)]
    way_back = ("recurrent kernel", "projection kernel", "depthwise kernel")
    once = [_bias_of(term) for term in kernels if term.role not in way_back]
    yield count + Count(once)
    if any(map(positions_in, kernels)):  # as a layer that shares nothing has it
        yield count + Count(bias.times(_axes("output", bias.beside)) for bias in once)
    recurrent = [_bias_of(term) for term in kernels if term.role == "recurrent kernel"]
    if recurrent:  # as PyTorch has it
        yield count + Count([*once, *recurrent])


def _bias_of(kernel: Term) -> Term:
    """A number for each output that a kernel makes."""
    makes = {name: size for name, size in kernel.factors.items() if name in _OUTPUTS}
    if "output features" in makes:
        makes = {"output features": makes["output features"]}
    role = kernel.role.replace("pointwise kernel", "kernel").replace("kernel", "bias")
    return kernel.replace(role=role, factors=makes)


_OUTPUTS = {
    *("filters", "units", "layers", "deeper layers", "directions", "gates"),
    *("heads", "key heads", "key_dim", "value_dim", "output features", "attentions"),
}
BIASES = "bias vectors"
"""What stands beside the biases of a recurrent layer: one vector, or two as in PyTorch."""
TRANSPOSED = "transposed"
"""What stands beside the terms of a transposed convolution."""


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
        return _of_one_group(term)

    yield from in_terms("kernel", undivided)(count)
    yield from in_terms("kernel", divided_twice)(count)


def biases_of_one_group(count: Count) -> Iterable[Count]:
    """As who divides the filters by the groups, and not what a filter sees."""
    if any("in_channels per group" in term.factors for term in count.terms):
        yield from in_terms("bias", _of_one_group)(count)


def _of_one_group(term: Term) -> Term:
    filters = term.factors.get("filters", 0) // term.beside.get("groups", 1)
    return term.swapped("filters", "filters per group", filters)


def image_for_kernel(term: Term) -> Term:
    image = _axes("input", term.beside)
    for name in _axes("kernel", term.factors):
        axis = name.removeprefix("kernel ")
        if f"input {axis}" in image:
            term = term.swapped(name, f"image {axis}", image[f"input {axis}"])
    return term


def multiplied_or_added(what: str, unless: int) -> Edit:
    """The stride (or padding) as a factor of the kernel, or as parameters of its own."""

    def edit(count: Count) -> Iterable[Count]:
        kernels = [term for term in count.terms if is_a("kernel", term)]
        sizes = [_axes(what, term.beside) for term in kernels if _axes("kernel", term.factors)]
        found = [each for each in sizes if any(size != unless for size in each.values())]
        if not found:
            return
        if unless:  # nobody multiplies by a padding of 0
            yield from in_terms("kernel", lambda term: term.times(_axes(what, term.beside)))(count)
        else:
            yield from in_terms("kernel", _kernel_with_its_padding)(count)
        yield count + Count(Term(what, {f"{what} values": len(sizes)}) for sizes in found)

    return edit


def divided_by_the_stride(count: Count) -> Iterable[Count]:
    """By the stride along one side, or by those of all sides; only where nothing is left over."""
    kernels = [term for term in count.terms if is_a("kernel", term) and not positions_in(term)]
    strides = next((each for term in kernels if (each := _axes("stride", term.beside))), {})
    ways = {"filters / stride": next(iter(strides.values()), 1)}
    if len(strides) > 1:
        ways["filters / strides"] = prod(strides.values())
    for name, by in ways.items():

        def divided(term: Term, name: str = name, by: int = by) -> Term:
            filters = term.factors.get("filters", 1)
            return term.swapped("filters", name, filters if filters % by else filters // by)

        yield count.edited(divided)


def _kernel_with_its_padding(term: Term) -> Term:
    padding = _axes("padding", term.beside)
    for name, size in _axes("kernel", term.factors).items():
        around = padding.get(name.replace("kernel", "padding"), 0)
        term = term.swapped(name, name + " with padding", size + 2 * around)
    return term


def one_side_only(count: Count) -> Iterable[Count]:
    sides = [list(_axes("kernel", term.factors)) for term in count.terms if is_a("kernel", term)]
    for kept in dict.fromkeys(side for names in sides for side in names):
        others = {side for names in sides for side in names if side != kept}
        yield Count(term.without(*others) if is_a("kernel", term) else term for term in count.terms)


def square_of_a_length(term: Term) -> Term:
    square: dict[str, int] = {}
    for name, size in term.factors.items():
        is_length = name == "kernel length"
        square |= {"kernel height": size, "kernel width": size} if is_length else {name: size}
    return term.replace(factors=square)


def without_gates(count: Count) -> list[Count]:
    return [count.edited(lambda term: term.without("gates"))]


def other_gates(count: Count) -> list[Count]:
    """A GRU has three gates and an LSTM four."""
    other = {3: 4, 4: 3}
    return [
        count.edited(
            lambda term: (
                term.swapped("gates", "gates", other.get(gates, gates))
                if (gates := term.factors.get("gates", 0))
                else term
            )
        )
    ]


def one_direction_only(count: Count) -> Iterable[Count]:
    yield count.edited(lambda term: term.without("directions"))
    yield count.edited(lambda term: term.without("directions", "directions below"))


def without_roles(*ways: tuple[str, ...]) -> Edit:
    """The count without these roles; several ways where people leave out more or less."""
    return lambda count: [
        count.edited(lambda term, roles=roles: None if term.role in roles else term)  # type: ignore[misc]
        for roles in ways
    ]


def without_norm(count: Count) -> list[Count]:
    """Nothing where a normalisation is all that there is."""
    if not any(is_a("kernel", term) for term in count.terms):
        return []
    return [count.edited(lambda term: None if term.role in _OF_A_NORM else term)]


_OF_A_NORM = ("scale", "shift", "statistic")


def other_biases(of_gru: bool) -> Edit:
    """One bias where a recurrent layer has two, or two where it has one."""

    def meant(term: Term) -> bool:
        return BIASES in term.beside and (term.factors.get("gates") == 3) is of_gru

    def edit(count: Count) -> list[Count]:
        second = "recurrent bias"
        if any(term.role == second and meant(term) for term in count.terms):
            return [count.edited(lambda t: None if t.role == second and meant(t) else t)]
        first = (term for term in count.terms if term.role == "bias" and meant(term))
        return [count + Count(term.replace(role=second) for term in first)]

    return edit


def other_statistics(count: Count) -> list[Count]:
    """Without the moving statistics where they are counted, with them where they aren't."""
    if count.role("statistic").terms:
        return [count.edited(lambda term: None if term.role == "statistic" else term)]
    moving: list[Term] = []
    before = ""
    for term in count.terms:
        vectors = _axes("moving", term.beside)
        # a layer has its statistics once, whether beside its scale, its shift or both
        if vectors and (before, term.role) != ("scale", "shift"):
            moving.append(Term("statistic", {**vectors, **term.factors}, trainable=False))
        before = term.role if vectors else ""
    return [count + Count(moving)]


def depthwise_as_ordinary(count: Count) -> list[Count]:
    terms: list[Term] = []
    size: dict[str, int] = {}
    for term in count.terms:
        if term.role == "depthwise kernel":
            size = _axes("kernel", term.factors)
        elif term.role == "pointwise kernel":
            # the two kernels of a separable layer become one
            mixed = term.without("depth_multiplier").factors
            terms.append(term.replace(role="kernel", factors={**mixed, **size}))
        elif term.role == "kernel" and "depth_multiplier" in term.factors:
            seen = {"in_channels seen": term.beside["in_channels"]}
            terms.append(term.replace(factors={**term.factors, **seen}))
        else:
            terms.append(term)
    return [Count(terms)]
