"""A count is a sum of products of named factors, not an integer.

``Conv2D(10, 5)`` on one channel has 260 parameters because

    kernel   filters 10 × kernel height 5 × kernel width 5 × in_channels 1   = 250
    bias     filters 10                                                      =  10
                                                                       total = 260

Everything that is said or shown about the 260 (the formula, the words, the table, what a
person who expected 250 left out) is read from this one value. Nothing else in the package
multiplies hyperparameters.
"""

from __future__ import annotations

from math import prod

from .value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


class Term(Value):
    """One product in a count: what it counts, and the named factors that are multiplied.

    role: what these parameters are: "kernel", "bias", "scale", "statistic", ...
    factors: name -> size, in the order in which a person would say them. No factors at all
        is the empty product, 1.
    trainable: whether training changes these parameters.
    beside: numbers that belong to the layer but not to this product (the stride, the image
        size, ...). They don't count; they are what people multiply by mistake.
    """

    role: str
    factors: Mapping[str, int]
    trainable: bool
    beside: Mapping[str, int]

    def __init__(
        self,
        role: str,
        factors: Mapping[str, int],
        trainable: bool = True,
        beside: Mapping[str, int] | None = None,
    ) -> None:
        for name, size in factors.items():
            if type(size) is not int or size < 0:
                raise ValueError(
                    f"the factor {name!r} of a {role} is {size!r}; "
                    "a factor is a whole number, 0 or more"
                )
        super().__init__(
            role=role, factors=dict(factors), trainable=trainable, beside=dict(beside or {})
        )

    @property
    def size(self) -> int:
        """The product: how many parameters this term counts."""
        return prod(self.factors.values())

    def formula(self) -> str:
        """``filters 10 × kernel height 5 × kernel width 5 × in_channels 1``."""
        return " × ".join(f"{name} {number(size)}" for name, size in self.factors.items()) or "1"

    def without(self, *names: str) -> Term:
        """The same product with these factors left out."""
        kept = {name: size for name, size in self.factors.items() if name not in names}
        return self.replace(factors=kept)

    def times(self, more: Mapping[str, int]) -> Term:
        """The same product with more factors in front."""
        return self.replace(factors={**more, **self.factors})

    def swapped(self, old: str, name: str, size: int) -> Term:
        """The same product with one factor exchanged for another, in its place."""
        return self.replace(
            factors=dict(
                (name, size) if each == old else (each, was) for each, was in self.factors.items()
            )
        )

    # What stands beside a product is no part of what it is equal to.
    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Term):
            return NotImplemented
        return self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    def _identity(self) -> tuple[object, ...]:
        return self.role, tuple(self.factors.items()), self.trainable


class Count(Value):
    """How many parameters there are, and why: a sum of terms.

    >>> from sharedconv.counting import Conv
    >>> count = Conv(in_channels=1, filters=10, kernel_size=(5, 5)).count()
    >>> int(count)
    260
    >>> count.formula()
    'filters 10 × kernel height 5 × kernel width 5 × in_channels 1 + filters 10 = 260'

    Counts add up (``a + b``, ``sum(counts, Count())``) and are equal when their terms are.
    """

    terms: tuple[Term, ...]

    def __init__(self, terms: Iterable[Term] = ()) -> None:
        super().__init__(terms=tuple(terms))

    @property
    def total(self) -> int:
        """The sum of all terms, as a plain integer."""
        return sum(term.size for term in self.terms)

    def __int__(self) -> int:
        return self.total

    __index__ = __int__

    @property
    def trainable(self) -> Count:
        """The part that training changes."""
        return Count(term for term in self.terms if term.trainable)

    @property
    def non_trainable(self) -> Count:
        """The part that training leaves alone."""
        return Count(term for term in self.terms if not term.trainable)

    def frozen(self) -> Count:
        """The same parameters, none of them trainable."""
        return Count(term.replace(trainable=False) for term in self.terms)

    def role(self, role: str) -> Count:
        """The part with this role: ``count.role("bias")``."""
        return Count(term for term in self.terms if term.role == role)

    def __add__(self, other: Count) -> Count:
        if not isinstance(other, Count):
            return NotImplemented
        return Count(self.terms + other.terms)

    def __radd__(self, other: object) -> Count:
        # sum() starts from the integer 0
        return self if other == 0 else NotImplemented

    def formula(self) -> str:
        """One line: every factor by name, and the sum."""
        if not self.terms:
            return "no parameters = 0"
        return f"{' + '.join(term.formula() for term in self.terms)} = {number(self.total)}"

    def arithmetic(self) -> str:
        """One line, numbers only: ``10 × 5 × 5 × 1 + 10 = 260``."""
        if not self.terms:
            return "0"
        products = (
            " × ".join(number(size) for size in term.factors.values()) or "1" for term in self.terms
        )
        return f"{' + '.join(products)} = {number(self.total)}"

    def words(self) -> str:
        """The same in sentences, for reading aloud."""
        if not self.terms:
            return "There is nothing to learn here: 0 parameters."
        parts = [
            f"the {term.role}{'' if term.trainable else ' (not trainable)'} has "
            f"{_in_words(term)}{_amount(term)}"
            for term in self.terms
        ]
        sentence = "; ".join(parts)
        if len(self.terms) > 1:
            sentence += f"; together {number(self.total)}"
        return f"{sentence[0].upper()}{sentence[1:]}."

    def __str__(self) -> str:
        """The table above: a line for each term, and the total."""
        if not self.terms:
            return "no parameters, total = 0"
        roles = [_role(term) for term in self.terms]
        formulas = [term.formula() for term in self.terms]
        sizes = [number(term.size) for term in self.terms]
        total = number(self.total)
        left = max(map(len, roles))
        middle = max(max(map(len, formulas)), len("total") - left)
        right = max(map(len, [*sizes, total]))
        lines = [
            f"{role:<{left}}   {formula:<{middle}}   = {size:>{right}}"
            for role, formula, size in zip(roles, formulas, sizes, strict=True)
        ]
        return "\n".join([*lines, f"{'total':>{left + middle + 5}} = {total:>{right}}"])

    def _repr_markdown_(self) -> str:
        rows = [
            f"| {_role(term)} | {term.formula()} | {number(term.size)} |" for term in self.terms
        ]
        return "\n".join(
            [
                "| part | factors | parameters |",
                "| --- | --- | ---: |",
                *rows,
                f"| **total** | | **{number(self.total)}** |",
            ]
        )

    def __repr__(self) -> str:
        return f"Count({self.formula()})"

    def edited(self, edit: Callable[[Term], Term | None]) -> Count:
        """Every term put through `edit`; a term for which it gives None is left out."""
        return Count(new for term in self.terms if (new := edit(term)) is not None)


def number(value: int) -> str:
    """An integer as people write it, 102,764,544, exact however large."""
    try:
        return f"{value:,}"
    except ValueError:  # Python writes out 4,300 digits at most
        return hex(value)


def _role(term: Term) -> str:
    return term.role if term.trainable else f"{term.role} (not trainable)"


def _in_words(term: Term) -> str:
    return " × ".join(f"{number(size)} ({name})" for name, size in term.factors.items()) or "1"


def _amount(term: Term) -> str:
    return f" = {number(term.size)}" if len(term.factors) > 1 else ""
