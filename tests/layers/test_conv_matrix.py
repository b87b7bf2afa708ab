"""The convolution as a matrix: it multiplies as the layer convolves, and tells entries apart."""

import pytest
import torch
from conv_cases import assert_equal, convolutions, dense, transposed_convolutions, tries
from hypothesis import assume, given
from torch import nn

from sharedconv.layers import (
    LocalConv,
    LocalConv2d,
    LocalConvTranspose,
    LocalConvTranspose2d,
    SharedConv,
    SharedConv1d,
    SharedConv2d,
    SharedConvTranspose,
    SharedConvTranspose2d,
    conv_matrix,
)


def assert_is_the_layer(layer, case):
    """By every unit image at once, by `@`, and by where the kernel's entries stand."""
    found = conv_matrix(layer, case.size)
    torch._validate_sparse_csr_tensor_args(  # rows in order, columns in order and distinct
        found.matrix.crow_indices(),
        found.matrix.col_indices(),
        found.matrix.values(),
        found.matrix.shape,
    )
    bias = layer.bias
    layer.bias = None
    pixels = found.matrix.shape[1]
    units = torch.eye(pixels, dtype=torch.float64)
    with torch.no_grad():
        columns = layer(units.reshape(pixels, layer.in_channels, *case.size)).flatten(1).T
        image = case.image().detach()
        single = image[0] if case.batch else image
        assert_equal([dense(found.matrix)], [columns])
        assert_equal([found.matrix @ single.flatten()], [layer(single).flatten()])
        # With each entry's index + 1 for a kernel, the layer itself says where entries stand.
        layer.kernel.copy_((torch.arange(layer.kernel.numel()) + 1).reshape(layer.kernel.shape))
        named = layer(units.reshape(pixels, layer.in_channels, *case.size)).flatten(1).T
    rows = torch.repeat_interleave(found.matrix.crow_indices().diff())
    assert torch.equal(found.entries + 1.0, named[rows, found.matrix.col_indices()])
    assert int(named.count_nonzero()) == len(found.entries)
    assert found.distinct_entries == len(named[named > 0].unique())
    layer.bias = bias


@tries(150)
@given(convolutions(modes=("zeros",), largest=2))
def test_shared(case):
    assert_is_the_layer(SharedConv(case.ndim, **case.arguments), case)


@tries(120)
@given(convolutions(modes=("zeros",), largest=2))
def test_local(case):
    assert_is_the_layer(LocalConv(case.ndim, input_size=case.size, **case.arguments), case)


@tries(120)
@given(transposed_convolutions())
def test_transposed(case):
    assert_is_the_layer(SharedConvTranspose(case.ndim, **case.arguments), case)


@tries(120)
@given(transposed_convolutions())
def test_local_transposed(case):
    options = case.arguments | {"input_size": case.size}
    assert_is_the_layer(LocalConvTranspose(case.ndim, **options), case)


@tries(120)
@given(convolutions(modes=("zeros",), largest=2))
def test_the_transposed_layers_matrix_is_the_transposed_matrix(case):
    assume(case.arguments["padding"] != "same")
    conv = SharedConv(case.ndim, **case.arguments)
    small = conv.output_positions(case.size)
    span = [d * (k - 1) + 1 for k, d in zip(conv.kernel_size, conv.dilation, strict=True)]
    edges = [before for before, _ in conv.edges]
    extra = [
        size + 2 * edge - (n - 1) * s - width
        for size, edge, n, s, width in zip(case.size, edges, small, conv.stride, span, strict=True)
    ]
    options = {
        "kernel_size": conv.kernel_size,
        "stride": conv.stride,
        "padding": edges,
        "output_padding": extra,
        "groups": conv.groups,
        "dilation": conv.dilation,
        "dtype": torch.float64,
    }
    local = LocalConv(case.ndim, input_size=case.size, **case.arguments)
    ends = (case.ndim, conv.out_channels, conv.in_channels)
    back = SharedConvTranspose(*ends, **options)
    local_back = LocalConvTranspose(*ends, input_size=small, **options)
    for forwards, backwards in ((conv, back), (local, local_back)):
        backwards.kernel = forwards.kernel
        there, and_back = conv_matrix(forwards, case.size), conv_matrix(backwards, small)
        assert torch.equal(dense(and_back.matrix), dense(there.matrix).T)
        assert there.distinct_entries == and_back.distinct_entries


@tries(120)
@given(convolutions(modes=("zeros",), largest=2))
def test_every_entry_of_the_kernel_is_there_when_every_tap_meets_the_image(case):
    case.arguments |= {"padding": 0, "stride": 1}
    case.size = tuple(size + 6 for size in case.size)  # without padding, nothing reads beside it
    conv = SharedConv(case.ndim, **case.arguments)
    assert conv_matrix(conv, case.size).distinct_entries == conv.kernel.numel()


def test_taps_that_meet_only_padding_are_not_counted():
    assert conv_matrix(SharedConv2d(1, 1, 3, padding=1), 1).distinct_entries == 1
    assert conv_matrix(SharedConv2d(1, 1, 3, padding=1), (1, 5)).distinct_entries == 3
    assert conv_matrix(SharedConv1d(1, 1, 1, stride=3, padding=1), 1).matrix.shape == (1, 1)
    assert conv_matrix(SharedConv1d(1, 1, 1, stride=3, padding=1), 1).distinct_entries == 0


def test_the_figures_of_the_question():
    conv = SharedConv2d(1, 1, 3, bias=False)
    found = conv_matrix(conv, 28)
    assert found.matrix.shape == (26 * 26, 28 * 28)
    assert len(found.entries) == 26 * 26 * 9  # multiplications, shared or not
    assert found.distinct_entries == 9
    local = conv_matrix(LocalConv2d.from_shared(conv, 28), 28)
    assert local.distinct_entries == 6084
    assert torch.equal(dense(local.matrix), dense(found.matrix))


@pytest.mark.parametrize("transposed", [False, True])
@pytest.mark.parametrize("local", [False, True])
def test_a_photograph_needs_no_dense_matrix(local, transposed):
    family = SharedConvTranspose2d if transposed else SharedConv2d
    layer = family(1, 1, 3, padding=1, dtype=torch.float64)
    if local:
        unshared = LocalConvTranspose2d if transposed else LocalConv2d
        layer = unshared.from_shared(layer, 256, bias="channel")
    found = conv_matrix(layer, 256)
    assert found.matrix.shape == (65536, 65536)  # 34 GB written out
    image = torch.randn(1, 256, 256, dtype=torch.float64)
    output = (found.matrix @ image.flatten()).reshape(1, 256, 256) + layer.bias
    assert_equal([output], [layer(image)])
    inside = 256 * 256 * 9 - 4 * 256 * 3 + 4  # a tap looks over each edge, in the corners over two
    assert len(found.entries) == inside
    assert found.distinct_entries == (inside if local else 9)


def test_a_matrix_over_the_limit_is_refused_before_it_is_built():
    with pytest.raises(ValueError, match=r"37,748,736,000,000 entries, over the limit of 100,000"):
        conv_matrix(SharedConv2d(64, 64, 3, bias=False), (32002, 32002))
    conv = SharedConv2d(1, 1, 3)
    assert len(conv_matrix(conv, 5, limit=81).entries) == 81
    with pytest.raises(ValueError, match=r"81 entries, over the limit of 80:"):
        conv_matrix(conv, 5, limit=80)


def test_what_has_no_such_matrix_is_refused():
    with pytest.raises(ValueError, match=r"'reflect'"):
        conv_matrix(SharedConv2d(1, 1, 3, padding=1, padding_mode="reflect"), 5)
    with pytest.raises(ValueError, match=r"\(5, 5\), not of \(6, 6\)"):
        conv_matrix(LocalConv2d(1, 1, 3, 5), 6)
    with pytest.raises(ValueError, match=r"\(5, 5\), not of \(7, 7\)"):
        conv_matrix(LocalConvTranspose2d(1, 1, 3, 5), 7)  # of its output
    with pytest.raises(ValueError, match=r"kernel spans 3"):
        conv_matrix(SharedConv2d(1, 1, 3), 2)
    with pytest.raises(ValueError, match=r"'meta'"):
        conv_matrix(SharedConv2d(1, 1, 3, device="meta"), 5)
    with pytest.raises(TypeError, match=r"Conv2d"):
        conv_matrix(nn.Conv2d(1, 1, 3), 5)


def test_the_matrix_is_a_copy():
    conv = SharedConv1d(1, 1, 2)
    found = conv_matrix(conv, 4)
    before = found.matrix.values().clone()
    with torch.no_grad():
        conv.kernel.zero_()
    assert torch.equal(found.matrix.values(), before)
    assert not found.matrix.requires_grad
