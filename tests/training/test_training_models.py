"""The networks differ in sharing alone, have the parameters they are said to, and are the paper's.

Figures: github.com/greydanus/mnist1d, notebooks/mnist1d-classification.ipynb, whose output says
"Initialized ConvBase model with 5210 parameters", and so on.
"""

from fractions import Fraction

import pytest
import torch
from hypothesis import example, given, settings, strategies as st
from torch import Tensor, nn

from sharedconv import LocalConv, SharedConv, conv_matrix, tally
from sharedconv.training import MATCHED_WITHIN, PLANS, build, network, width_with
from sharedconv.witnesses import count_of, rule

every_plan = pytest.mark.parametrize("name", PLANS)


@pytest.mark.parametrize(
    ("model", "parameters"),
    [("shared", 5210), ("mlp 100", 15210), ("gru", 5134), ("logistic", 410)],
)
def test_the_paper_s_models_have_the_paper_s_parameters(model: str, parameters: int) -> None:
    made = build(model, "MNIST-1D")
    assert tally(made).total == rule(made).total == parameters


class ConvBase(nn.Module):
    """The paper's, from its description: three convolutions of PyTorch's and a linear layer."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(1, 25, 5, stride=2, padding=1)
        self.conv2 = nn.Conv1d(25, 25, 3, stride=2, padding=1)
        self.conv3 = nn.Conv1d(25, 25, 3, stride=2, padding=1)
        self.linear = nn.Linear(125, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv3(self.conv2(self.conv1(x).relu()).relu()).relu()
        return self.linear(x.reshape(len(x), -1))


class MLPBase(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear1, self.linear2 = nn.Linear(40, 100), nn.Linear(100, 100)
        self.linear3 = nn.Linear(100, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.linear1(x.flatten(1)).relu()
        return self.linear3(x + self.linear2(x).relu())


class GRUBase(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.gru = nn.GRU(1, 6, batch_first=True, bidirectional=True)
        self.linear = nn.Linear(2 * 6 * 40, 10)

    def forward(self, x: Tensor) -> Tensor:
        said, _ = self.gru(x.view(-1, 40, 1), torch.zeros(2, len(x), 6))
        return self.linear(said.reshape(len(x), -1))


@pytest.mark.parametrize(
    ("model", "theirs"), [("shared", ConvBase()), ("mlp 100", MLPBase()), ("gru", GRUBase())]
)
def test_the_paper_s_models_compute_what_the_paper_s_compute(model: str, theirs: nn.Module) -> None:
    ours = build(model, "MNIST-1D")
    for mine, given_ in zip(ours.parameters(), theirs.parameters(), strict=True):
        mine.data.copy_(given_.data)
    x = torch.randn(7, 1, 40, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(ours(x), theirs(x))


@every_plan
@given(width=st.integers(1, 6), seed=st.integers(0, 1000), head=st.sampled_from(["flatten", "max"]))
@settings(max_examples=8)
def test_unshared_and_dense_can_be_the_shared_network(
    name: str, width: int, seed: int, head: str
) -> None:
    """They have as many outputs everywhere: with the right weights they are the same function."""
    torch.manual_seed(seed)
    plan = PLANS[name]
    shared = network(plan, "shared", width, head).double()
    unshared = network(plan, "unshared", width, head).double()
    dense = network(plan, "dense", width).double()
    sizes = iter([plan.size, *(plan.stages[0].outputs(plan.size),) * 9])
    dense_layers = [each for each in dense if isinstance(each, nn.Linear)]
    for place, layer in enumerate(shared):
        if isinstance(layer, SharedConv):
            size = next(sizes)
            copied = LocalConv.from_shared(layer, size)
            assert unshared[place].kernel.shape == copied.kernel.shape
            unshared[place] = copied
            arrows = conv_matrix(layer, size)
            dense_layer = dense_layers.pop(0)
            dense_layer.weight.data.copy_(arrows.matrix.to_dense())
            positions = dense_layer.out_features // layer.out_channels
            dense_layer.bias.data.copy_(layer.bias.repeat_interleave(positions))
            sizes = iter([layer.output_positions(size)])
    unshared[-1] = shared[-1]
    if head == "flatten":
        dense[-1] = shared[-1]
    x = torch.randn(3, 1, *plan.size, dtype=torch.float64)
    torch.testing.assert_close(unshared(x), shared(x))
    if head == "flatten":
        torch.testing.assert_close(dense(x), shared(x))


@pytest.mark.parametrize("model", ["shared", "unshared", "dense"])
@pytest.mark.parametrize("images", ["MNIST-1D", "digits"])
@pytest.mark.parametrize("head", ["flatten", "max"])
def test_matched_parameters_match_by_the_rule_and_by_the_tensors(
    model: str, images: str, head: str
) -> None:
    reference = tally(network(PLANS[images], "unshared", head=head, device="meta")).total
    matched = build(model, images, head, matched=True, device="meta")
    assert count_of(matched).total == tally(matched).total
    assert abs(tally(matched).total - reference) <= 0.01 * reference
    usual = tally(build(model, images, head, device="meta")).total
    assert (usual == reference) == (model == "unshared")


@given(
    name=st.sampled_from(sorted(PLANS)),
    way=st.sampled_from(["shared", "dense"]),
    head=st.sampled_from(["flatten", "max"]),
    parameters=st.integers(300_000, 900_000),
)
@example("digits", "shared", "flatten", 305_465)
def test_no_other_width_comes_nearer(name: str, way: str, head: str, parameters: int) -> None:
    plan = PLANS[name]

    def off(width: Fraction) -> int:
        return abs(tally(network(plan, way, width, head, device="meta")).total - parameters)

    step = Fraction(1, 1)
    if way == "dense":
        for places in plan.stages[0].outputs(plan.size):
            step /= places
    try:
        found = width_with(plan, way, head, parameters)
    except ValueError:
        # A filter more can be more than twice what a match may be off, so that none is near.
        assert way == "shared"
        assert min(map(off, map(Fraction, range(1, 600)))) > MATCHED_WITHIN * parameters
        return
    assert off(found) <= MATCHED_WITHIN * parameters
    assert off(found) <= off(found + step)
    assert found == step or off(found) <= off(found - step)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="no width gives the unshared network 700 parameters"):
        width_with(PLANS["digits"], "unshared", "max", 700)
    with pytest.raises(ValueError, match="no network that is 'loose' and ends with 'flatten'"):
        network(PLANS["digits"], "loose")
    with pytest.raises(ValueError, match="no network that is 'shared' and ends with 'mean'"):
        network(PLANS["digits"], "shared", head="mean")
    with pytest.raises(ValueError, match="there is no model 'cnn'; the models are: shared, unsh"):
        build("cnn", "digits")
