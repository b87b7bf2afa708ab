"""What is wrong with an argument or an input is said in one sentence that names what was given."""

from functools import partial

import numpy as np
import pytest
import torch
from torch import nn
from torch.func import functional_call, vmap

from sharedconv import layers
from sharedconv.layers import (
    LocalConv,
    LocalConv1d,
    LocalConv2d,
    LocalConvTranspose,
    LocalConvTranspose1d,
    LocalConvTranspose2d,
    LocalConvTranspose3d,
    SharedConv,
    SharedConv1d,
    SharedConv2d,
    SharedConv3d,
    SharedConvTranspose,
    SharedConvTranspose2d,
    by_hand,
    from_torch,
    to_torch,
)

# in_channels=4, out_channels=6, kernel_size=3 but for what stands here
ARGUMENTS = [
    ({"in_channels": 0}, ValueError, "in_channels must be a whole number of at least 1, not 0"),
    ({"in_channels": -4}, ValueError, "not -4"),
    ({"in_channels": 4.0}, TypeError, "in_channels .* not 4.0"),
    ({"in_channels": True}, TypeError, "in_channels .* not True"),
    ({"in_channels": "4"}, TypeError, "in_channels .* not '4'"),
    ({"out_channels": 0}, ValueError, "out_channels .* not 0"),
    ({"out_channels": None}, TypeError, "out_channels .* not None"),
    ({"kernel_size": 0}, ValueError, r"kernel_size .* or 2 of them \(one a dimension\), not 0"),
    ({"kernel_size": -3}, ValueError, "kernel_size .* not -3"),
    ({"kernel_size": (3, 0)}, ValueError, r"kernel_size .* not \(3, 0\)"),
    ({"kernel_size": (3, 3, 3)}, ValueError, r"kernel_size .* not \(3, 3, 3\)"),
    ({"kernel_size": (3,)}, ValueError, r"kernel_size .* not \(3,\)"),
    ({"kernel_size": ()}, ValueError, r"kernel_size .* not \(\)"),
    ({"kernel_size": 3.0}, TypeError, "kernel_size .* not 3.0"),
    ({"kernel_size": (3, 2.5)}, TypeError, r"kernel_size .* not \(3, 2.5\)"),
    ({"kernel_size": "3"}, TypeError, "kernel_size .* not '3'"),
    ({"kernel_size": (True, 3)}, TypeError, r"kernel_size .* not \(True, 3\)"),
    ({"kernel_size": None}, TypeError, "kernel_size .* not None"),
    ({"stride": 0}, ValueError, "stride .* at least 1.* not 0"),
    ({"stride": (1, -1)}, ValueError, r"stride .* not \(1, -1\)"),
    ({"stride": 1.5}, TypeError, "stride .* not 1.5"),
    ({"padding": -1}, ValueError, "padding .* at least 0.* not -1"),
    ({"padding": (0, 1, 2)}, ValueError, r"padding .* not \(0, 1, 2\)"),
    ({"padding": 0.5}, TypeError, "padding .* not 0.5"),
    ({"dilation": 0}, ValueError, "dilation .* not 0"),
    ({"groups": 0}, ValueError, "groups .* not 0"),
    ({"groups": -1}, ValueError, "groups .* not -1"),
    ({"groups": 3}, ValueError, "in_channels=4 and out_channels=6, which 3 .* 1 or 2"),
    ({"groups": 4}, ValueError, "which 4 does not: possible here 1 or 2"),
    ({"groups": 2.0}, TypeError, "groups .* not 2.0"),
    ({"padding_mode": "mirror"}, ValueError, "padding_mode must be .* not 'mirror'"),
    ({"padding_mode": None}, ValueError, "padding_mode must be .* not None"),
    ({"kernel_size": torch.tensor(3.0)}, TypeError, r"kernel_size .* not tensor\(3\.\)"),
    ({"kernel_size": np.ones(2)}, TypeError, r"kernel_size .* not array"),
    ({"kernel_size": b"ab"}, TypeError, "kernel_size .* not b'ab'"),
    ({"in_channels": torch.tensor(4.0)}, TypeError, r"in_channels .* not tensor\(4\.\)"),
    ({"dtype": "float32"}, TypeError, "dtype must be one of torch's, .* not 'float32'"),
    ({"dtype": float}, TypeError, "dtype must be one of torch's, .* not <class 'float'>"),
    ({"bias": "Channel"}, ValueError, "bias must be True.* not 'Channel'"),
    ({"bias": "False"}, ValueError, "bias must be True.* not 'False'"),
]
# Words for padding, and other padding modes, are what a transposed convolution hasn't.
FORWARD_ONLY = [
    ({"padding": "full"}, ValueError, "padding must be 'same', 'valid' or numbers, not 'full'"),
    ({"padding": "same", "stride": 2}, ValueError, r"padding='same' .* not with stride=\(2, 2\)"),
]
TRANSPOSED_ONLY = [
    ({"padding": "same"}, TypeError, "not 'same'"),
    ({"padding_mode": "reflect"}, ValueError, "padding_mode must be 'zeros', not 'reflect'"),
    ({"output_padding": -1}, ValueError, "output_padding .* not -1"),
    ({"output_padding": 1}, ValueError, r"output_padding=\(1, 1\) .* than \(1, 1\)"),
    ({"output_padding": (1, 2), "stride": 2}, ValueError, r"output_padding=\(1, 2\)"),
]
LOCAL_ONLY = [
    ({"input_size": 0}, ValueError, "input_size .* not 0"),
    ({"input_size": (8,)}, ValueError, r"input_size .* not \(8,\)"),
    ({"input_size": 8.5}, TypeError, "input_size .* not 8.5"),
    ({"input_size": (8, -1)}, ValueError, r"input_size .* not \(8, -1\)"),
    ({"input_size": "8"}, TypeError, "input_size .* not '8'"),
    ({"bias": "position"}, ValueError, "bias must be True, False or 'channel', not 'position'"),
    ({"bias": None}, ValueError, "bias must be .* not None"),
    ({"bias": 1}, ValueError, "bias must be .* not 1"),
]
TOO_SMALL = [({"input_size": 2}, ValueError, "kernel spans 3 .* input's 2 padded to 2")]
TOO_SMALL_FOR_ITS_PADDING = [
    (
        {"input_size": (8, 1), "padding": 3},
        ValueError,
        r"an input of \(8, 1\) into an output of \(4, -3\)",
    )
]


@pytest.mark.parametrize(
    "family", ["SharedConv", "SharedConvTranspose", "LocalConv", "LocalConvTranspose"]
)
def test_arguments(family):
    own = {
        "SharedConv": FORWARD_ONLY,
        "SharedConvTranspose": TRANSPOSED_ONLY,
        "LocalConv": FORWARD_ONLY + LOCAL_ONLY + TOO_SMALL,
        "LocalConvTranspose": TRANSPOSED_ONLY + LOCAL_ONLY + TOO_SMALL_FOR_ITS_PADDING,
    }
    base = {"in_channels": 4, "out_channels": 6, "kernel_size": 3}
    base |= {"input_size": 8} if "Local" in family else {}
    fixed, general = getattr(layers, f"{family}2d"), getattr(layers, family)
    assert fixed(**base).ndim == 2
    for changed, kind, sentence in ARGUMENTS + own[family]:
        for make in (fixed, lambda **options: general(2, **options)):
            with pytest.raises(kind, match=sentence) as caught:
                make(**(base | changed))
            assert str(caught.value).endswith("."), caught.value
            assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "general", [SharedConv, SharedConvTranspose, LocalConv, LocalConvTranspose]
)
def test_the_number_of_dimensions(general):
    size = {} if general.shares_kernel else {"input_size": 5}
    for ndim, kind in ((0, ValueError), (4, ValueError), (2.0, TypeError), (True, TypeError)):
        with pytest.raises(kind, match=rf"ndim must be .* not {ndim}\."):
            general(ndim, 1, 1, 3, **size)


def test_numbers_may_be_numpys_and_sequences_lists():
    layer = SharedConv2d(np.int64(4), np.int32(6), [np.int64(3), 3], stride=torch.Size([2, 1]))
    assert repr(layer) == "SharedConv2d(4, 6, kernel_size=(3, 3), stride=(2, 1))"
    assert type(layer.in_channels) is int
    assert type(layer.kernel_size[0]) is int
    with pytest.raises(TypeError, match="kernel_size"):
        SharedConv2d(4, 6, np.bool_(True))
    for pair in (np.array([3, 2]), torch.tensor([3, 2])):
        assert SharedConv2d(4, 6, pair).kernel_size == (3, 2)


def test_of_many_possible_groups_a_few_are_named():
    with pytest.raises(
        ValueError, match="1 or 2 or 3 or 4 or 5 or 6 or another divisor of 14414400"
    ):
        SharedConv2d(14_414_400, 14_414_400, 1, groups=17, device="meta")
    with pytest.raises(ValueError, match=r"possible here 1 or 2003\."):
        SharedConv2d(2003, 2003, 1, groups=2, device="meta")


@pytest.mark.parametrize("family", [LocalConv2d, LocalConvTranspose2d])
def test_what_from_shared_is_told_is_read_whether_it_matters_or_not(family):
    shared = family.shared_form(3, 4, 3, bias=False)
    with pytest.raises(ValueError, match="bias must be True, False or 'channel', not 'x'"):
        family.from_shared(shared, 6, bias="x")
    with pytest.raises(ValueError, match="tied must be True or False, not 'no'"):
        family.from_shared(shared, 6, tied="no")


@pytest.mark.parametrize("family", [LocalConv2d, LocalConvTranspose2d])
def test_more_numbers_than_torch_can_count(family):
    for size in (10**9, 10**19):
        with pytest.raises(MemoryError, match=r"more than PyTorch can count .*smaller image\.$"):
            family(64, 64, 3, size, device="meta")


@pytest.mark.parametrize("name", ["SharedConv2d", "SharedConvTranspose2d", "LocalConv2d"])
def test_memory_that_runs_out_on_the_way(name):
    layer = getattr(layers, name)(1, 64, 1, **({"input_size": 100} if "Local" in name else {}))
    with pytest.raises(MemoryError, match=rf"^{name} asked for .* fewer images at a time"):
        layer(torch.zeros(1, 1, 1, 1).expand(10**9, 1, 100, 100))


def test_sparse_matrices_in_half_precision():
    image = torch.randn(1, 1, 5, 5)
    for dtype in (torch.float16, torch.bfloat16):
        layer = SharedConv2d(1, 1, 3, dtype=dtype)
        with pytest.raises(TypeError, match=rf"no sparse matrix in {dtype}: it takes"):
            by_hand.sparse_matrix(layer, image.to(dtype))
    layer = SharedConv2d(1, 1, 3)
    with torch.autocast("cpu", torch.bfloat16):
        found = by_hand.sparse_matrix(layer, image)
    torch.testing.assert_close(found, layer(image))
    with pytest.raises(TypeError, match=r"limit must be .* not 'a'"):
        layers.conv_matrix(layer, 5, limit="a")


INPUTS = [
    (SharedConv2d(3, 4, 3), (2, 1, 8, 8), r"in_channels=3, .* \(2, 1, 8, 8\) has 1 channels"),
    (SharedConv2d(3, 4, 3), (8, 8), r"not of 2: \(8, 8\)"),
    (SharedConv2d(3, 4, 3), (1, 2, 3, 8, 8), r"not of 5: \(1, 2, 3, 8, 8\)"),
    (SharedConv2d(3, 4, 3), (), r"not of 0: \(\)"),
    (SharedConv2d(3, 4, 3), (8, 8, 3), r"has 8 channels"),
    (SharedConv2d(3, 4, 3), (2, 3, 2, 8), r"spans 3 along spatial dimension 0 .* padded to 2"),
    (SharedConv2d(3, 4, 3, dilation=2, padding=1), (2, 3, 8, 2), r"spans 5 .*dimension 1.* to 4"),
    (SharedConv1d(3, 4, 3), (3, 3, 3, 3), r"not of 4"),
    (SharedConv1d(3, 4, 3, padding=1, padding_mode="reflect"), (2, 3, 1), r"1 by at most 0.* by 1"),
    (SharedConv1d(3, 4, 3, padding=5, padding_mode="circular"), (2, 3, 4), r"4 by at most 4.* 5"),
    (SharedConv1d(3, 4, 3, padding=1, padding_mode="reflect"), (2, 2, 3, 5), r"not of 4"),
    (SharedConv2d(3, 4, 3, padding=1, padding_mode="circular"), (5, 5), r"not of 2"),
    (SharedConv3d(3, 4, 3), (2, 2, 5, 5, 5), r"has 2 channels"),
    (SharedConvTranspose2d(3, 4, 3), (2, 4, 8, 8), r"in_channels=3, .* has 4 channels"),
    (SharedConvTranspose2d(3, 4, 3), (8, 8), r"not of 2"),
    (SharedConvTranspose2d(3, 4, 3, padding=3), (1, 3, 2, 9), r"\(2, 9\) into .* \(-2, 5\)"),
    (SharedConvTranspose2d(3, 4, 3), (1, 3, 0, 9), r"at least one pixel, not one of \(0, 9\)"),
    (LocalConv2d(3, 4, 3, (8, 9)), (2, 3, 9, 8), r"\(8, 9\), and got one of \(9, 8\)"),
    (LocalConv2d(3, 4, 3, (8, 9)), (2, 1, 8, 9), r"has 1 channels"),
    (LocalConv2d(3, 4, 3, (8, 9)), (8, 9), r"not of 2"),
    (LocalConv1d(3, 4, 3, 8), (2, 3, 7), r"\(8,\), and got one of \(7,\)"),
    (LocalConv1d(3, 4, 3, 8, padding=1, padding_mode="circular"), (3, 9), r"and got one of \(9,\)"),
    (LocalConv2d(3, 4, 3), (2, 2, 8, 9), r"has 2 channels"),
    (LocalConv2d(3, 4, 3), (2, 3, 8, 2), r"spans 3 along spatial dimension 1"),
    (LocalConvTranspose2d(3, 4, 3, (8, 9)), (2, 3, 9, 8), r"\(8, 9\), and got one of \(9, 8\)"),
    (LocalConvTranspose2d(3, 4, 3, (8, 9)), (2, 4, 8, 9), r"in_channels=3, .* has 4 channels"),
    (LocalConvTranspose2d(3, 4, 3, (8, 9)), (8, 9), r"not of 2"),
    (LocalConvTranspose1d(3, 4, 3, 8), (3, 3, 3, 8), r"not of 4: \(3, 3, 3, 8\)"),
    (LocalConvTranspose1d(3, 4, 3, padding=2), (2, 3, 1), r"\(1,\) into an output of \(-1,\)"),
    (LocalConvTranspose3d(3, 4, 3, 5), (2, 3, 5, 5), r"has 2 channels, in its dimension -4"),
]


@pytest.mark.parametrize("layer, shape, sentence", INPUTS)  # noqa: PT006
@pytest.mark.parametrize("device", ["cpu", "meta"])
def test_inputs(layer, shape, sentence, device):
    layer, image = layer.to(device), torch.zeros(shape, device=device)
    with pytest.raises(ValueError, match=sentence) as caught:
        layer(image)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


def test_an_image_without_pixels():
    with pytest.raises(ValueError, match=r"at least one pixel, not one of \(0, 8\)\."):
        SharedConv2d(3, 4, 3, padding=2)(torch.zeros(2, 3, 0, 8))


FAMILIES = [SharedConv2d, SharedConvTranspose2d, LocalConv2d, LocalConvTranspose2d]
SMALL_AND_LARGE = pytest.mark.parametrize("channels", [4, 64])  # of tiny matrices, and of others


def made(family, channels=4, size=8, **options):
    return family(
        channels, 6, 3, **({} if family.shares_kernel else {"input_size": size}), **options
    )


@SMALL_AND_LARGE
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("batch", [(), (1,), (3,)])
def test_an_input_of_another_dtype(family, channels, batch):
    for dtype in (torch.float64, torch.int32):
        image = torch.zeros(*batch, channels, 8, 8, dtype=dtype)
        with pytest.raises(TypeError, match=rf"dtype torch\.float32, .* is of {dtype}: ") as said:
            made(family, channels)(image)
        assert str(said.value).endswith(".")


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_no_tensor(family):
    for other in (np.zeros((1, 4, 8, 8), "float32"), [[1.0]], None, 5):
        with pytest.raises(
            TypeError, match=rf"takes a torch\.Tensor, not a {type(other).__name__}"
        ):
            made(family)(other)


@SMALL_AND_LARGE
@pytest.mark.parametrize("family", [LocalConv2d, LocalConvTranspose2d])
def test_an_input_on_another_device(family, channels):
    image = torch.zeros(1, channels, 8, 8)
    for layer, given in (
        (made(family, channels), image.to("meta")),
        (made(family, channels), image[0].to("meta")),
        (made(family, channels, device="meta"), image),
        (family(channels, 6, 3), image.to("meta")),
    ):
        with pytest.raises(ValueError, match=r"kernel on the device '\w+', .* input is on '\w+'"):
            layer(given)
    layer = family(channels, 6, 3)
    with pytest.raises(ValueError, match="device"):
        layer(image.to("meta"))
    assert layer(image).shape[1] == 6, "it waited on"


@SMALL_AND_LARGE
@pytest.mark.parametrize("family", [LocalConv2d, LocalConvTranspose2d])
def test_parameters_of_other_positions(family, channels):
    layer, other = made(family, channels), made(family, channels, size=(9, 8))
    image = torch.zeros(2, channels, 8, 8)
    layer(image)
    for name in ("kernel", "bias"):
        given = {name: other.get_parameter(name)}
        with pytest.raises(ValueError, match=rf"^the {name} of this .* for input_size=\(8, 8\)"):
            functional_call(layer, given, image)
        with pytest.raises(ValueError, match=rf"^the {name} of this"):
            vmap(partial(functional_call, layer, given))((image,))
    layer.kernel = other.kernel
    with pytest.raises(ValueError, match=r"it takes one of \("):
        layer(image)


@pytest.mark.parametrize(
    ("output_size", "kind", "sentence"),
    [
        (
            (14, 14),
            ValueError,
            r"\(14, 14\) is out of reach .* \(7, 7\): .* \(15, 15\) .* \(16, 16",
        ),
        ((17, 16), ValueError, r"\(17, 16\)"),
        ((15,), ValueError, r"output_size .* not \(15,\)"),
        ((15, 15, 15), ValueError, r"output_size .* not \(15, 15, 15\)"),
        ((15.0, 15), TypeError, r"output_size .* not \(15.0, 15\)"),
    ],
)
def test_output_sizes(output_size, kind, sentence):
    with pytest.raises(kind, match=sentence):
        SharedConvTranspose2d(3, 4, 3, stride=2)(torch.zeros(1, 3, 7, 7), output_size)


def test_output_sizes_as_torch_takes_them():
    layer, image = SharedConvTranspose2d(3, 4, 3, stride=2), torch.zeros(1, 3, 7, 7)
    for given in (np.int64(16), torch.tensor([16, 16]), torch.tensor([1, 4, 16, 16]), [16, 16]):
        assert layer(image, output_size=given).shape == (1, 4, 16, 16)
    for given in (15.5, torch.tensor(15.5), "ab"):
        with pytest.raises(TypeError, match=r"^output_size must be .* not "):
            layer(image, output_size=given)
    line = layers.SharedConvTranspose1d(1, 1, 1, stride=3, padding=1)
    for device in ("cpu", "meta"):
        pixel = torch.zeros(1, 1, 1, device=device)
        assert line.to(device)(pixel, output_size=(1,)).shape == (1, 1, 1)
        with pytest.raises(ValueError, match=r"it can be \(1,\) up to \(1,\)\."):
            line(pixel, output_size=2)


def test_conversions():
    class Masked(nn.Conv2d):
        pass

    for other in (nn.Linear(2, 2), Masked(1, 1, 3), nn.LazyConv2d(3, 3)):
        with pytest.raises(TypeError, match=rf"not a {type(other).__name__}"):
            from_torch(other)
    for other in (
        LocalConv2d(1, 1, 3, 5),
        LocalConvTranspose2d(1, 1, 3, 5),
        nn.Conv2d(1, 1, 3),
    ):
        with pytest.raises(TypeError, match=rf"not a {type(other).__name__}"):
            to_torch(other)
