"""`summary`, `tally` and `cross_check` on whatever people hang into a model.

Numbers are literals, worked out beside the case: what ``torch.optim`` would be given. torchinfo is
asked for real by the cross-check; what it says of a case (version 1.8.0) is in comments only, and a
test never says that it is wrong: where it differs, the difference has to be explained.
"""

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import json

import pytest
import torch
from odd_models import TRUTH, Case

from sharedconv.witnesses import cross_check, summary, tally


@pytest.fixture(params=TRUTH.values(), ids=TRUTH)
def case(request: pytest.FixtureRequest) -> Case:
    return request.param


def test_the_totals_are_what_is_there(case: Case) -> None:
    model = case.build()
    found = summary(model, case.size)
    assert (found.total, found.trainable) == (case.total, case.trainable)
    counted = tally(model)
    assert (counted.total, counted.trainable) == (case.total, case.trainable)
    assert (counted.memory.parameters, counted.memory.buffers) == (
        case.parameter_bytes,
        case.buffer_bytes,
    )
    in_optimiser = sum(
        each.numel()
        for group in torch.optim.SGD([*model.parameters(), torch.zeros(0)]).param_groups
        for each in group["params"]
    )
    assert counted.total - counted.packed == in_optimiser


@pytest.mark.parametrize("runs", [True, False])
def test_the_rows_add_up_to_the_total(case: Case, runs: bool) -> None:
    found = summary(case.build(), case.size if runs else None)
    assert sum(row.parameters for row in found.rows) == case.total
    answer = found.as_json()
    assert sum(each["total"] for each in answer["layers"]) == answer["total"] == case.total
    assert (answer["trainable"], answer["non_trainable"]) == (
        case.trainable,
        case.total - case.trainable,
    )
    assert json.loads(json.dumps(answer)) == answer
    lines = str(found).splitlines()
    assert f"Total params: {case.total:,}" in lines
    assert (
        f"Memory: {case.parameter_bytes:,} bytes of parameters, {case.buffer_bytes:,} bytes of "
        "buffers"
    ) in lines


def test_every_witness_that_differs_is_explained(case: Case) -> None:
    # Keras, too, unless it would take gigabytes
    check = cross_check(case.build(), keras=case.total < 10**6)
    assert check.unexplained == ()
    assert check["tally"].total == case.total
    for each in check.testimonies:
        if each.total is not None and each.total != case.total:
            (why,) = [line for line in check.explanations if line.startswith(each.witness)]
            assert f"{abs(each.total - case.total):,}" in why
