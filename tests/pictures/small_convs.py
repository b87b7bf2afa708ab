"""Random convolutions, small enough to be drawn."""

from hypothesis import strategies as st

from sharedconv.counting import Conv, LocalConv


@st.composite
def convs(draw: st.DrawFn, most: int = 4) -> Conv:
    """Small ones, of one or two dimensions, with everything that a convolution can have."""
    ndim = draw(st.integers(1, 2))

    def sizes(least: int, most: int) -> tuple[int, ...]:
        return draw(st.tuples(*[st.integers(least, most)] * ndim))

    groups = draw(st.integers(1, 2))
    padding: tuple[int, ...] | str = sizes(0, 2)
    stride, kernel, dilation = sizes(1, 3), sizes(1, 3), sizes(1, 2)
    if draw(st.booleans()):
        padding, stride = "same", (1,) * ndim
    reach = [d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True)]
    size = tuple(each + draw(st.integers(0, most)) for each in reach)
    kind = draw(st.sampled_from([Conv, LocalConv]))
    return kind(
        groups * draw(st.integers(1, 2)),
        groups * draw(st.integers(1, 2)),
        kernel,
        stride,
        padding,
        dilation,
        groups,
        draw(st.booleans()),
        input_size=size,
    )
