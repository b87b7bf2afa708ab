"""compare_sharing on live layers: counts by the rule alone, times of layers that really ran."""

import importlib
from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import given, settings, strategies as st
from torch import Tensor, nn

import sharedconv
from sharedconv import layers
from sharedconv.counting import Conv, Dense, LocalConv
from sharedconv.spelling import read
from sharedconv.witnesses import compare_sharing

SHARING = importlib.import_module("sharedconv.witnesses.sharing")
# ResNet-50's first layer (He et al. 2015, table 1): 64 filters 7×7, stride 2, on 224×224×3
CONV1: dict[str, Any] = {"stride": 2, "padding": 3, "bias": False}
POSITIONS = 112 * 112
WEIGHTS = 64 * 3 * 7 * 7


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SHARING, "LEAST_RUNS", 1)
    monkeypatch.setattr(SHARING, "SECONDS", 0.0)


# -- counts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [224, (224, 224), (3, 224, 224), [3, 224, 224]])
def test_the_first_layer_of_resnet_50_unshared_and_dense(size: Any) -> None:
    found = sharedconv.compare_sharing(nn.Conv2d(3, 64, 7, **CONV1), size, measure=False)
    assert [each.parameters.total for each in found.ways] == [
        WEIGHTS,
        POSITIONS * WEIGHTS,
        3 * 224 * 224 * 64 * POSITIONS,
    ]
    assert [each.bytes for each in found.ways] == [37_632, 472_055_808, 483_385_147_392]
    assert found["unshared"].mult_adds == found["shared"].mult_adds == POSITIONS * WEIGHTS
    assert not found.measured
    assert max(map(len, str(found).splitlines())) <= 78
    for words in (
        "9,408",
        "118,013,952",
        "472.1 MB",
        "120,846,286,848",
        "483.4 GB",
        "12,544 times",
    ):
        assert words in str(found)


def test_no_count_comes_from_an_allocation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even of what would fit: with a layer of petabytes, nobody could."""
    layer = nn.Conv2d(512, 512, 3, padding=1, device="meta")
    monkeypatch.setattr(SHARING, "_built", lambda *_: pytest.fail("built"))
    for measure in (True, False):
        found = compare_sharing(layer, 100_000, measure=measure)
        assert found["unshared"].bytes == 4 * 10**10 * (512 * 512 * 9 + 512)
        assert found["dense"].parameters.total == (512 * 10**10) ** 2 + 512 * 10**10
        assert {each.seconds for each in found.ways} == {None}
    words = " ".join(str(compare_sharing(layer, 100_000)).split())
    assert "Not measured: shared, unshared, dense (on the device meta there is nothing" in words


@settings(max_examples=60)
@given(st.data(), st.booleans(), st.booleans())
def test_whichever_way_a_layer_is_given(data: st.DataObject, transposed: bool, local: bool) -> None:
    """As a module of either kind or as what the rule makes of it, its three forms are the same."""
    ndim, groups = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 2))
    size = data.draw(st.tuples(*[st.integers(3, 5)] * ndim))
    dtype = data.draw(st.sampled_from([torch.float16, torch.float32, torch.float64]))
    bias = data.draw(st.booleans())
    name = f"{'Local' if local else 'Shared'}Conv{'Transpose' * transposed}"
    layer = getattr(layers, name)(
        ndim,
        2 * groups,
        groups,
        data.draw(st.integers(1, 3)),
        **({"input_size": size} if local else {}),
        stride=data.draw(st.integers(1, 2)),
        padding=data.draw(st.integers(0, 1 - transposed)),
        groups=groups,
        bias=bias,
        dtype=dtype,
    )
    found = compare_sharing(layer, None if local else size, measure=False)
    itself = found["unshared" if local else "shared"]
    assert itself.parameters.total == sum(each.numel() for each in layer.parameters())
    assert itself.bytes == sum(each.nbytes for each in layer.parameters())
    assert found.bytes_each == dtype.itemsize
    given_kind = compare_sharing(itself.kind, measure=False)
    assert [each.parameters for each in given_kind.ways] == [each.parameters for each in found.ways]
    assert given_kind.bytes_each == 4
    if not local:
        in_torch = layers.to_torch(layer)
        assert compare_sharing(in_torch, (2 * groups, *size), measure=False) == found


# -- times -----------------------------------------------------------------------------------------


def test_the_time_is_that_of_the_quickest_run_after_one_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A clock of our own: the runs of each way take 1, 9, 4, 8, 7 seconds, the first uncounted."""
    clock = iter([0, 9, 10, 14, 20, 28, 30, 37, 40, 46] * 3)
    monkeypatch.setattr(SHARING, "perf_counter", lambda: next(clock))
    ran: list[str] = []
    monkeypatch.setattr(layers.SharedConv, "forward", _noted(ran, layers.SharedConv.forward))
    monkeypatch.setattr(layers.LocalConv, "forward", _noted(ran, layers.LocalConv.forward))
    monkeypatch.setattr(nn.Linear, "forward", _noted(ran, nn.Linear.forward))
    found = compare_sharing(layers.SharedConv2d(1, 2, 3), 6)
    assert [each.seconds for each in found.ways] == [4, 4, 4]
    assert ran == ["SharedConv"] * 6 + ["LocalConv"] * 6 + ["Linear"] * 6


def _noted(ran: list[str], forward: Callable[..., Tensor]) -> Callable[..., Tensor]:
    def noted(self: nn.Module, *given: Any, **named: Any) -> Tensor:
        ran.append(type(self).__name__)
        assert all((each == torch.tensor(0.01)).all() for each in self.parameters())
        assert given[0].shape[0] == 1
        return forward(self, *given, **named)

    return noted


def test_there_are_more_runs_where_they_are_short(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter(range(10**6))
    monkeypatch.setattr(SHARING, "perf_counter", lambda: next(ticks) / 1000)
    runs: list[str] = []
    monkeypatch.setattr(layers.SharedConv, "forward", _noted(runs, layers.SharedConv.forward))
    compare_sharing(layers.SharedConv2d(1, 2, 3), 6)
    assert len(runs) == 1 + SHARING.MOST_RUNS


def test_real_times_are_real() -> None:
    """A thousand times the work takes longer, whatever else the machine does."""
    small = compare_sharing(nn.Conv2d(1, 1, 1), 4)
    large = compare_sharing(nn.Conv2d(64, 64, 5), 60)
    assert small["shared"].seconds is not None
    assert large["shared"].seconds is not None
    assert 0 < small["shared"].seconds < large["shared"].seconds < 60


@pytest.mark.usefixtures("quick")
def test_the_layer_itself_is_left_alone() -> None:
    layer = layers.LocalConvTranspose2d(2, 4, 3, 5, padding=1, dtype=torch.float64)
    before = {name: each.clone() for name, each in layer.state_dict().items()}
    layer.register_forward_hook(lambda *_: pytest.fail("called"))
    found = compare_sharing(layer)
    assert all(each.seconds is not None for each in found.ways)
    assert layer.training
    for name, each in layer.state_dict().items():
        assert torch.equal(each, before[name])
        assert each.dtype is torch.float64


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    "text",
    [
        "Conv2D(3, 4, padding='same')",
        "Conv2D(3, 3, strides=2, padding='same')",
        "Conv2D(3, 2, strides=3, padding='same')",
        "Conv2D(3, 3, padding='valid', dilation_rate=2)",
        "Conv2DTranspose(3, 3, strides=2, padding='same')",
        "Conv2DTranspose(3, 4, strides=2, padding='same')",
        "Conv2DTranspose(3, 2, strides=3, padding='valid')",
        "Conv2DTranspose(3, 3, strides=2, padding='same', output_padding=1)",
        "nn.ConvTranspose2d(7, 3, 3, stride=2, output_padding=1, padding=1)",
    ],
)
def test_what_keras_pads_by_a_word_is_measured_as_large_as_it_is(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, ...]] = []
    seconds = SHARING._seconds

    def noted(layer: nn.Module, image: Tensor) -> float:
        seen.append(tuple(layer(image).shape[2:]))
        return float(seconds(layer, image))

    monkeypatch.setattr(SHARING, "_seconds", noted)
    kind = read(text, (8, 7, 7) if text.startswith("C") else (7, 8, 7)).kind
    assert isinstance(kind, Conv)
    found = compare_sharing(kind)
    assert [each.not_measured for each in found.ways] == [None] * 3
    assert seen[:2] == [kind.output_size()] * 2


@pytest.mark.usefixtures("quick")
def test_causal_padding_too() -> None:
    kind = read("Conv1D(3, 3, padding='causal')", (9, 2)).kind
    assert None not in [each.seconds for each in compare_sharing(kind).ways]


@pytest.mark.usefixtures("quick")
def test_other_padding_modes_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    modes: list[str] = []
    built = SHARING._built

    def noted(*given: Any) -> nn.Module:
        layer: nn.Module = built(*given)
        modes.append(getattr(layer, "padding_mode", "dense"))
        return layer

    monkeypatch.setattr(SHARING, "_built", noted)
    compare_sharing(nn.Conv2d(1, 1, 3, padding=1, padding_mode="circular"), 5)
    assert modes == ["circular", "circular", "dense"]


# -- what is not measured --------------------------------------------------------------------------


def test_what_is_too_large_is_not_built_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """float64 on 20×20: 18×18×2 outputs, 800 numbers in."""
    kind = layers.SharedConv2d(2, 2, 3, dtype=torch.float64)
    needed = [(each + 800 + 648) * 8 for each in (38, 324 * 38, 648 * 801)]
    reasons = []
    for limit in (needed[0] - 1, needed[0], needed[1], needed[2]):
        found = compare_sharing(kind, 20, limit=limit)
        reasons.append([each.not_measured is None for each in found.ways])
        assert all((each.seconds is None) != (each.not_measured is None) for each in found.ways)
    assert reasons == [[False] * 3, [True, False, False], [True, True, False], [True] * 3]
    assert "it takes 4.2 MB, over the limit of 1.0 MB" in " ".join(
        str(compare_sharing(kind, 20, limit=10**6)).split()
    )
    monkeypatch.setattr(SHARING, "free_memory", lambda _: needed[1])
    assert (
        compare_sharing(kind, 20)["dense"].not_measured == "it takes 4.2 MB, and 110.1 kB are free"
    )


@pytest.mark.usefixtures("quick")
def test_what_pytorch_cannot_run_is_a_reason_and_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    four = compare_sharing(Conv(1, 1, 2, ndim=4, input_size=3))
    assert str(four["shared"].not_measured).startswith("ndim must be 1, 2 or 3")
    assert four["dense"].seconds is not None

    uneven = compare_sharing(Conv(1, 1, (2, 2), (1, 2), "same", input_size=6))
    assert uneven["unshared"].not_measured == "PyTorch has no layer with this padding 'same'"

    def out_of_memory(*_: object) -> Tensor:
        return torch.empty(10**14)

    monkeypatch.setattr(layers.LocalConv, "forward", out_of_memory)
    found = compare_sharing(nn.Conv2d(1, 1, 3), 6)
    assert "the unshared layer asked for 400.0 TB more" in str(found["unshared"].not_measured)
    assert found["shared"].seconds is not None


@pytest.mark.usefixtures("quick")
def test_each_way_is_a_step() -> None:
    steps: list[None] = []
    compare_sharing(nn.Conv1d(1, 1, 3), 9, progress=lambda: steps.append(None))
    assert len(steps) == 3


@pytest.mark.parametrize(
    ("layer", "size", "says"),
    [
        (nn.Linear(3, 4), None, "takes a convolution of torch.nn or of sharedconv, not a Linear"),
        (Dense(3, 4), 3, "not a Dense"),
        (nn.LazyConv2d(1, 3), 9, "not a LazyConv2d"),
        (nn.Conv2d(1, 1, 3), None, "depends on the image: give its input_size"),
        (Conv(1, 1, 3, ndim=2), None, "depends on the image: give its input_size"),
        (nn.Conv2d(3, 1, 3), (1, 9, 9), "the input has 1 channels (channels first)"),
        (nn.Conv2d(3, 1, 3), (9,), "give one number for all, or 2 of them"),
        (nn.Conv2d(3, 1, 3), "large", "input_size is 'large'"),
        (nn.Conv2d(3, 1, 3), 2, "larger than the input height 2"),
        (layers.LocalConv2d(1, 1, 3), 9, "takes its size from its first input"),
        (layers.LocalConv2d(1, 1, 3, 9), 8, "an input of (9, 9), not of (8, 8)"),
        (LocalConv(1, 1, 3, input_size=(9,)), (1, 8), "an input of (9,), not of (8,)"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_a_sentence(layer: Any, size: Any, says: str) -> None:
    with pytest.raises((TypeError, ValueError)) as refused:
        compare_sharing(layer, size)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")
def test_on_a_card_the_time_is_waited_for() -> None:
    found = compare_sharing(nn.Conv2d(64, 64, 3, padding=1, device="cuda"), 128)
    seconds = found["shared"].seconds
    assert seconds is not None
    # 128² × 64 × 64 × 9 multiply-adds: no card does that in the time it takes to ask for it
    assert seconds > 2 * found["shared"].mult_adds / 1e15
    assert found["unshared"].seconds is None  # 2.4 GB
