"""Reference values for LocalConv, computed by jax: `python3 scripts/local_reference.py`.

Writes tests/facts/local_reference.json, which the tests read, with jax or without. Nothing in it is
computed by our code. All its numbers are small and whole, so that neither rounding nor the order of
adding makes a difference.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import environment

if TYPE_CHECKING:
    import numpy as np

FILE = environment.ROOT / "tests" / "facts" / "local_reference.json"
MADE = """\
By scripts/local_reference.py with jax {version}, in float64: output is what \
jax.lax.conv_general_dilated_local makes of images and kernel, by_images and by_kernel what \
jax.vjp of it makes of output_gradient. The ith number of an input, from 0 on, is \
(a · i² + 3 · i) mod 37 - 18, with a = 5 in images, 7 in kernel, 11 in output_gradient."""
AXES = """\
images and by_images (N, channels, *size); kernel and by_kernel (filters, channels · taps, \
*positions), of channels · taps the channel outermost and the kernel's last dimension innermost; \
output and output_gradient (N, filters, *positions)."""

DEFAULTS = {"batch": 2, "channels": 2, "filters": 2, "stride": 1, "padding": 0, "dilation": 1}
CASES: list[dict[str, Any]] = [
    {"size": [7], "kernel_size": [3]},
    {"size": [9], "kernel_size": [3], "stride": [2], "padding": [1]},
    {"size": [10], "kernel_size": [3], "stride": [2], "padding": [2], "dilation": [3]},
    {"size": [6], "kernel_size": [4], "padding": "same", "channels": 3, "filters": 1},
    {"size": [5, 4], "kernel_size": [3, 3], "filters": 3},
    {"size": [4, 5], "kernel_size": [2, 3], "padding": [1, 0]},
    {"size": [6, 7], "kernel_size": [3, 2], "stride": [2, 3], "padding": [1, 1], "batch": 3},
    {"size": [6, 6], "kernel_size": [2, 3], "dilation": [2, 2], "channels": 1},
    {"size": [4, 3], "kernel_size": [2, 3], "dilation": [2, 1], "padding": "same", "filters": 1},
    {"size": [5, 5], "kernel_size": [1, 1], "stride": [2, 1], "batch": 1},
    {"size": [3, 4, 3], "kernel_size": [2, 2, 2], "channels": 1},
    {"size": [4, 3, 5], "kernel_size": [3, 1, 2], "stride": [2, 1, 3], "padding": [1, 0, 1]},
    {"size": [4, 5, 3], "kernel_size": [2, 2, 1], "dilation": [2, 3, 1], "filters": 3},
]


def main() -> int:
    if Path(sys.prefix).resolve() != (environment.ROOT / ".venv").resolve():
        python = environment.prepared_python()
        return environment.run([python, Path(__file__)])
    try:
        import jax
    except ImportError:
        raise environment.CannotGoOn(
            "This takes jax: `.venv/bin/python -m pip install jax` brings it."
        ) from None
    rows = [json.dumps(computed(case), separators=(",", ":")) for case in CASES]
    made = json.dumps(MADE.format(version=jax.__version__), ensure_ascii=False)
    axes = json.dumps(AXES, ensure_ascii=False)
    cases = ",\n".join(rows)
    text = f'{{"made": {made},\n"axes": {axes},\n"cases": [\n{cases}\n]}}\n'
    FILE.write_text(text, encoding="utf-8")
    environment.say(f"{len(rows)} cases are in {FILE.relative_to(environment.ROOT)}.")
    return 0


def computed(case: dict[str, Any]) -> dict[str, Any]:
    """The case in full, with its inputs and what jax makes of them."""
    case = {**DEFAULTS, **case}
    for name in ("stride", "padding", "dilation"):
        if isinstance(case[name], int):
            case[name] = [case[name]] * len(case["size"])
    images = whole_numbers(5, (case["batch"], case["channels"], *case["size"]))
    positions = positions_of(case, images)
    fan_in = case["channels"] * math.prod(case["kernel_size"])
    inputs = {
        "images": images,
        "kernel": whole_numbers(7, (case["filters"], fan_in, *positions)),
        "output_gradient": whole_numbers(11, (case["batch"], case["filters"], *positions)),
    }
    names = ("output", "by_images", "by_kernel")
    found = dict(zip(names, reference(case, **inputs), strict=True))
    return case | {name: each.astype(int).tolist() for name, each in (inputs | found).items()}


def whole_numbers(a: int, shape: tuple[int, ...]) -> np.ndarray:
    import numpy as np

    i = np.arange(math.prod(shape))
    return ((a * i**2 + 3 * i) % 37 - 18).reshape(shape).astype(float)


def positions_of(case: dict[str, Any], images: np.ndarray) -> tuple[int, ...]:
    """How many positions jax sees along each dimension."""
    import jax

    def patches(images: Any) -> Any:
        return jax.lax.conv_general_dilated_patches(images, case["kernel_size"], **_steps(case))

    return jax.eval_shape(patches, images).shape[2:]


def reference(
    case: dict[str, Any], images: np.ndarray, kernel: np.ndarray, output_gradient: np.ndarray
) -> list[np.ndarray]:
    """Output, gradient by the images and gradient by the kernel, in float64."""
    import jax
    import numpy as np

    jax.config.update("jax_enable_x64", True)

    def local(images: Any, kernel: Any) -> Any:
        return jax.lax.conv_general_dilated_local(
            images, kernel, filter_shape=case["kernel_size"], **_steps(case)
        )

    output, pull = jax.vjp(local, images, kernel)
    return [np.asarray(each) for each in (output, *pull(jax.numpy.asarray(output_gradient)))]


def _steps(case: dict[str, Any]) -> dict[str, Any]:
    padding = case["padding"]
    return {
        "window_strides": case["stride"],
        "padding": "SAME" if padding == "same" else [(n, n) for n in padding],
        "rhs_dilation": case["dilation"],
    }


if __name__ == "__main__":
    sys.exit(environment.exit_code(main))
