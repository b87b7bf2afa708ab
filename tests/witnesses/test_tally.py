"""The tally counts tensors: each stored number once, whoever holds it and however it is viewed."""

import torch
from hypothesis import given, settings, strategies as st
from model_cases import Twice, tied_embedding
from torch import Tensor, nn

from sharedconv.layers import LocalConv2d, SharedConv2d
from sharedconv.witnesses import Tally, tally


def holding(*tensors: Tensor, trainable: bool = True) -> nn.Module:
    """A module that holds these tensors, each as a Parameter of its own."""
    return nn.ParameterList([nn.Parameter(each, requires_grad=trainable) for each in tensors])


# -- each parameter once, wherever it hangs ---------------------------------------------------


def test_an_embedding_tied_to_its_head_is_one_matrix() -> None:
    assert tally(tied_embedding(40, 10)) == Tally(400, 400, (("0.weight", "1.weight"),), ())


def test_a_module_used_twice_is_one_module() -> None:
    layer = nn.Linear(8, 8)
    assert tally(nn.Sequential(layer, layer)).total == 72
    assert tally(Twice()).total == 72


def test_a_parameter_on_a_parent_counts() -> None:
    model = nn.Sequential(nn.Linear(8, 8))
    model.register_parameter("scale", nn.Parameter(torch.ones(8)))
    assert tally(model).total == 80


def test_a_parameter_list_counts() -> None:
    assert tally(holding(*(torch.zeros(4, 8) for _ in range(3)))).total == 96


def test_a_frozen_layer_counts_but_is_not_trainable() -> None:
    model = nn.Sequential(nn.Linear(8, 8), nn.Linear(8, 4))
    model[0].requires_grad_(False)
    counted = tally(model)
    assert (counted.total, counted.trainable, counted.non_trainable) == (108, 36, 72)


def test_equal_numbers_in_two_places_are_two_parameters() -> None:
    assert tally(holding(torch.zeros(5), torch.zeros(5))) == Tally(10, 10, (), ())


def test_copies_of_a_kernel_are_counted_one_by_one() -> None:
    """`from_shared` copies 10 numbers to 26 × 26 places; tied by gradient is not tied in memory."""
    shared = SharedConv2d(1, 1, 3)
    assert tally(LocalConv2d.from_shared(shared, 28, tied=True)).total == 6_760


def test_buffers_are_no_parameters() -> None:
    assert tally(nn.BatchNorm2d(5)).total == 10


def test_nothing_at_all() -> None:
    assert tally(nn.Sequential()) == Tally(0, 0, (), ())
    assert tally(nn.ReLU()).total == 0


def test_a_single_number_and_an_empty_tensor() -> None:
    assert tally(holding(torch.tensor(3.0), torch.empty(0, 4))).total == 1


# -- views of one storage ---------------------------------------------------------------------


def test_views_that_overlap_partly_are_counted_once_where_they_do() -> None:
    memory = torch.zeros(12)
    assert tally(holding(memory[:8], memory[4:])).total == 12
    assert tally(holding(memory[4:].view(2, 4), memory[:8].view(2, 4))).total == 12


def test_views_of_the_same_numbers_are_tied() -> None:
    memory = torch.zeros(12)
    assert tally(holding(memory, memory)) == Tally(12, 12, (("0", "1"),), ())
    assert tally(holding(memory[2:], memory[2:], memory[:1])).tied == (("0", "1"),)


def test_a_view_within_a_view_adds_nothing() -> None:
    memory = torch.zeros(12)
    assert tally(holding(memory, memory[3:6])) == Tally(12, 12, (), ())
    assert tally(holding(memory.view(3, 4), memory.view(3, 4).t())).total == 12


def test_disjoint_slices_of_one_storage_add_up() -> None:
    memory = torch.zeros(12)
    assert tally(holding(memory[:4], memory[8:])).total == 8


def test_a_strided_view_counts_what_it_reads_and_not_what_it_skips() -> None:
    memory = torch.zeros(12)
    assert tally(holding(memory[::2])).total == 6
    assert tally(holding(memory[::2], memory[1::2])).total == 12
    # 0 2 4 6 8 10 and 0 3 6 9
    assert tally(holding(memory[::2], memory[::3])).total == 8
    assert tally(holding(memory.view(3, 4)[:, 1])).total == 3


def test_an_expanded_view_repeats_its_numbers_without_having_more() -> None:
    assert tally(holding(torch.zeros(1, 4).expand(5, 4))).total == 4
    assert tally(holding(torch.zeros(1).expand(1_000_000))).total == 1


def test_windows_that_overlap_within_one_view() -> None:
    """Four windows of three over six numbers: 12 are read, 6 are there."""
    assert tally(holding(torch.zeros(6).unfold(0, 3, 1))).total == 6


def test_where_a_frozen_and_a_trainable_view_overlap_the_numbers_are_trained() -> None:
    memory = torch.zeros(12)
    model = nn.ModuleList([holding(memory[:8]), holding(memory[4:], trainable=False)])
    counted = tally(model)
    assert (counted.total, counted.trainable, counted.non_trainable) == (12, 8, 4)


@st.composite
def views(draw: st.DrawFn) -> tuple[Tensor, ...]:
    """Any views of one storage that holds 0, 1, 2, ..., so that each place has its own number."""
    memory = torch.arange(60.0)
    found = []
    for _ in range(draw(st.integers(1, 4))):
        shape = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
        stride = [draw(st.integers(0, 5)) for _ in shape]
        offset = draw(st.integers(0, 12))  # 3 × 3 × 5 + 12 is still inside
        found.append(memory.as_strided(shape, stride, offset))
    return tuple(found)


@given(views())
@settings(max_examples=500)
def test_any_views_of_one_storage(found: tuple[Tensor, ...]) -> None:
    """The different numbers that all of them read, collected in a set."""
    different = {number for each in found for number in each.flatten().tolist()}
    assert tally(holding(*found)).total == len(different)


# -- where there is no memory, or another kind of number --------------------------------------


def test_lazy_modules_have_no_size_before_their_first_input() -> None:
    model = nn.Sequential(nn.LazyLinear(4), nn.Linear(4, 2))
    counted = tally(model)
    assert counted.without_size == ("0.weight", "0.bias")
    assert counted.testimony().total is None
    assert "0.weight" in counted.testimony().remark

    model(torch.zeros(1, 3))
    assert tally(model).testimony().total == 16 + 10


def test_on_meta_nothing_is_stored_and_still_each_tensor_is_itself() -> None:
    """Every tensor on meta has the data pointer 0."""
    apart = nn.Sequential(nn.Linear(8, 8, device="meta"), nn.Linear(8, 8, device="meta"))
    assert tally(apart) == Tally(144, 144, (), ())
    apart[1].weight = apart[0].weight
    assert tally(apart) == Tally(80, 80, (("0.weight", "1.weight"),), ())


def test_on_meta_a_model_may_be_larger_than_any_memory() -> None:
    assert tally(nn.Linear(10**6, 10**6, device="meta")).total == 1_000_001_000_000


def test_a_complex_number_is_one_number() -> None:
    assert tally(nn.Linear(2, 3, dtype=torch.complex64)).total == 9
