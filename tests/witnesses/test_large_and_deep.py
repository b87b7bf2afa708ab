"""Models of any size, depth and kinship, and tensors that are views of others."""

import sys
import threading
import tracemalloc

import pytest
import torch
from hypothesis import HealthCheck, given, settings, strategies as st
from torch import Tensor, nn
from torch.nn.utils import prune

from sharedconv.witnesses import cross_check, summary, tally

# -- large and deep ----------------------------------------------------------------------------


def nested(levels: int) -> nn.Module:
    """A linear layer of 20 parameters on every level, each inside the one before."""

    class Level(nn.Module):
        def __init__(self, inner: nn.Module | None) -> None:
            super().__init__()
            self.layer = nn.Linear(4, 4)
            self.inner = inner

        def forward(self, x: Tensor) -> Tensor:
            y = self.layer(x)
            return y if self.inner is None else self.inner(y)

    model = None
    for _ in range(levels):
        model = Level(model)
    assert model is not None
    return model


def test_no_depth_is_too_deep() -> None:
    limit, stack = sys.getrecursionlimit(), threading.stack_size()
    levels = 2 * limit
    found = summary(nested(levels), (4,))
    assert found.total == 20 * levels
    assert len(found.rows) == levels
    assert found.mult_adds == found.seen_mult_adds == 16 * levels
    assert "torchinfo" in str(found)
    assert found.check["torchinfo"].total is None, "it would take longer than the universe is old"
    assert "twice as long" in found.check["torchinfo"].remark
    assert (sys.getrecursionlimit(), threading.stack_size()) == (limit, stack)


def test_a_problem_deep_inside_is_still_one_sentence() -> None:
    with pytest.raises(ValueError, match="can't take an input of 5 "):
        summary(nested(2_000), (5,))


def test_a_moderate_depth_is_still_shown_to_torchinfo() -> None:
    check = cross_check(nested(12), keras=False)
    assert check["torchinfo"].total == 240
    assert check.agree


def test_counting_takes_little_memory() -> None:
    """10,000 layers in less than 10 MiB; measured by allocations, not by the clock."""
    model = nn.Sequential(*[nn.Linear(2, 2) for _ in range(10_000)])
    tracemalloc.start()
    try:
        counted = tally(model)
        extra = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert counted.total == 60_000
    assert extra < 10 * 2**20


def test_a_wide_view_costs_no_memory_either() -> None:
    """A column of a matrix larger than any memory: every step leads to a number of its own."""
    matrix = torch.empty(10**7, 10**6, device="meta")
    model = nn.Module()
    model.column = nn.Parameter(matrix[:, :3])
    model.repeated = nn.Parameter(torch.empty(5, 1, device="meta").expand(5, 10**12))
    assert tally(model).total == 3 * 10**7 + 5


def test_sparse_parameters_share_nothing_and_count_their_elements() -> None:
    model = nn.Module()
    for name in ("one", "two"):
        sparse = torch.sparse_coo_tensor([[0], [1]], [1.0], (2, 3), check_invariants=False)
        model.register_parameter(name, nn.Parameter(sparse))
    model.again = model.one
    counted = tally(model)
    assert (counted.total, counted.tied) == (12, (("one", "again"),))


def test_buffers_that_are_views_of_parameters_take_no_memory_of_their_own() -> None:
    layer = nn.Linear(4, 4)
    layer.register_buffer("whole", layer.weight.detach())
    layer.register_buffer("other", torch.zeros(3, dtype=torch.float64))
    memory = tally(layer).memory
    assert (memory.parameters, memory.buffers, memory.buffer_elements) == (80, 24, 3)


# -- torchinfo's way through any model ---------------------------------------------------------


@st.composite
def families(draw: st.DrawFn) -> nn.Module:
    """Modules inside modules, some in several places; tied, pruned and overlapping tensors."""
    memory = torch.zeros(40)

    def leaf() -> nn.Module:
        layer: nn.Module = nn.Linear(draw(st.integers(1, 3)), draw(st.integers(1, 3)))
        what = draw(st.sampled_from(["plain", "plain", "tied", "pruned", "view", "frozen"]))
        there = [each for other in leaves for each in other.parameters()]
        alike = [each for each in there if each.shape == layer.bias.shape]
        if what == "tied" and alike:
            layer.bias = draw(st.sampled_from(alike))
        elif what == "pruned":
            prune.random_unstructured(layer, "weight", amount=draw(st.integers(0, 1)))
        elif what == "view":
            start = draw(st.integers(0, 30))
            layer = nn.Module()
            layer.register_parameter("part", nn.Parameter(memory[start : start + 10]))
        elif what == "frozen":
            layer.requires_grad_(False)
        leaves.append(layer)
        return layer

    def parent(inside: list[nn.Module]) -> nn.Module:
        made = nn.Sequential(*inside)
        if draw(st.booleans()):
            made.register_parameter("own", nn.Parameter(torch.zeros(draw(st.integers(1, 9)))))
        return made

    leaves: list[nn.Module] = []
    made = [leaf() for _ in range(draw(st.integers(1, 4)))]
    for _ in range(draw(st.integers(0, 4))):
        made.append(parent(draw(st.lists(st.sampled_from(made), min_size=1, max_size=3))))
    return parent([*made, *draw(st.lists(st.sampled_from(made), max_size=2))])


@given(families())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_torchinfo_makes_of_a_family_of_modules_it_is_explained(model: nn.Module) -> None:
    check = cross_check(model, keras=False)
    assert check.unexplained == ()
    differs = check["torchinfo"].total not in (None, check["tally"].total)
    assert any(each.startswith("torchinfo differs") for each in check.explanations) == differs
