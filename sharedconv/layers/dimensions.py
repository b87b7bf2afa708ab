"""The four convolutions, shared or local, transposed or not, for 1, 2 and 3 dimensions each."""

from __future__ import annotations

from .base import fixing_ndim
from .conv import LocalConv, SharedConv
from .transposed import LocalConvTranspose, SharedConvTranspose


class SharedConv1d(SharedConv):
    """`SharedConv(1, ...)`: `(N, C_in, L)` to `(N, C_out, L_out)`.

    The kernel is `(C_out, C_in/groups, k)`, whatever L is.
    """

    @fixing_ndim(1, SharedConv.__init__)
    def __init__(self) -> None: ...


class SharedConv2d(SharedConv):
    """`SharedConv(2, ...)`: `(N, C_in, H, W)` to `(N, C_out, H_out, W_out)`.

    The kernel is `(C_out, C_in/groups, k_h, k_w)`, whatever H and W are.
    """

    @fixing_ndim(2, SharedConv.__init__)
    def __init__(self) -> None: ...


class SharedConv3d(SharedConv):
    """`SharedConv(3, ...)`: `(N, C_in, D, H, W)` to `(N, C_out, D_out, H_out, W_out)`.

    The kernel is `(C_out, C_in/groups, k_d, k_h, k_w)`, whatever D, H and W are.
    """

    @fixing_ndim(3, SharedConv.__init__)
    def __init__(self) -> None: ...


class SharedConvTranspose1d(SharedConvTranspose):
    """`SharedConvTranspose(1, ...)`: `(N, C_in, L)` to `(N, C_out, L_out)`.

    The kernel is `(C_in, C_out/groups, k)`.
    """

    @fixing_ndim(1, SharedConvTranspose.__init__)
    def __init__(self) -> None: ...


class SharedConvTranspose2d(SharedConvTranspose):
    """`SharedConvTranspose(2, ...)`: `(N, C_in, H, W)` to `(N, C_out, H_out, W_out)`.

    The kernel is `(C_in, C_out/groups, k_h, k_w)`.
    """

    @fixing_ndim(2, SharedConvTranspose.__init__)
    def __init__(self) -> None: ...


class SharedConvTranspose3d(SharedConvTranspose):
    """`SharedConvTranspose(3, ...)`: `(N, C_in, D, H, W)` to `(N, C_out, D_out, H_out, W_out)`.

    The kernel is `(C_in, C_out/groups, k_d, k_h, k_w)`.
    """

    @fixing_ndim(3, SharedConvTranspose.__init__)
    def __init__(self) -> None: ...


class LocalConv1d(LocalConv):
    """`LocalConv(1, ...)`: `(N, C_in, L)` to `(N, C_out, L_out)`.

    The kernel is `(L_out, C_out, C_in/groups, k)`.
    """

    shared_form = SharedConv1d

    @fixing_ndim(1, LocalConv.__init__)
    def __init__(self) -> None: ...


class LocalConv2d(LocalConv):
    """`LocalConv(2, ...)`: `(N, C_in, H, W)` to `(N, C_out, H_out, W_out)`.

    The kernel is `(H_out, W_out, C_out, C_in/groups, k_h, k_w)`.
    """

    shared_form = SharedConv2d

    @fixing_ndim(2, LocalConv.__init__)
    def __init__(self) -> None: ...


class LocalConv3d(LocalConv):
    """`LocalConv(3, ...)`: `(N, C_in, D, H, W)` to `(N, C_out, D_out, H_out, W_out)`.

    The kernel is `(D_out, H_out, W_out, C_out, C_in/groups, k_d, k_h, k_w)`.
    """

    shared_form = SharedConv3d

    @fixing_ndim(3, LocalConv.__init__)
    def __init__(self) -> None: ...


class LocalConvTranspose1d(LocalConvTranspose):
    """`LocalConvTranspose(1, ...)`: `(N, C_in, L)` to `(N, C_out, L_out)`.

    The kernel is `(L, C_in, C_out/groups, k)`.
    """

    shared_form = SharedConvTranspose1d

    @fixing_ndim(1, LocalConvTranspose.__init__)
    def __init__(self) -> None: ...


class LocalConvTranspose2d(LocalConvTranspose):
    """`LocalConvTranspose(2, ...)`: `(N, C_in, H, W)` to `(N, C_out, H_out, W_out)`.

    The kernel is `(H, W, C_in, C_out/groups, k_h, k_w)`.
    """

    shared_form = SharedConvTranspose2d

    @fixing_ndim(2, LocalConvTranspose.__init__)
    def __init__(self) -> None: ...


class LocalConvTranspose3d(LocalConvTranspose):
    """`LocalConvTranspose(3, ...)`: `(N, C_in, D, H, W)` to `(N, C_out, D_out, H_out, W_out)`.

    The kernel is `(D, H, W, C_in, C_out/groups, k_d, k_h, k_w)`.
    """

    shared_form = SharedConvTranspose3d

    @fixing_ndim(3, LocalConvTranspose.__init__)
    def __init__(self) -> None: ...
