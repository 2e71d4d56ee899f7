"""``python -m tests.benchmarks.projection_times OPTION BATCH POINTS REPEATS [DENSE_BATCH DENSE_REPEATS]``.

Prints milliseconds a shape, median; then those of the dense pipeline and the share of pixels that agree to 1e-4. A
process of its own, without the shape checks of the tests, which take longer than a projection.
"""

import os
import sys
import time
from collections.abc import Callable
from statistics import median

import torch
from torch import Tensor

from tests.benchmarks.dense_projection import DenseProjection
from tests.encoders.projectors.options import projector


def surfaces(batch: int, count: int) -> Tensor:
    """Clouds of a closed surface each, an ellipsoid with dents: as an object is, not as noise is."""
    generator = torch.Generator().manual_seed(0)
    points = torch.nn.functional.normalize(torch.randn(batch, count, 3, generator=generator), dim=-1)
    dent = 1 - 0.3 * torch.sin(4 * points[:, :, :1]) * torch.cos(3 * points[:, :, 1:2])
    return points * dent * (0.4 + 0.6 * torch.rand(batch, 1, 3, generator=generator))


def times(run: Callable[[Tensor], object], points: Tensor, repeats: int) -> list[float]:
    """Milliseconds a shape."""
    found = []
    for _ in range(repeats):
        start = time.perf_counter()
        run(points)
        found.append((time.perf_counter() - start) * 1000 / len(points))
    return found


@torch.inference_mode()
def main(
    option: str, batch: int, count: int, repeats: int, dense_batch: int = 0, dense_repeats: int = 0
) -> None:
    ours, points = projector(option), surfaces(batch, count)
    ours(points)
    fast, plain = times(ours, points, repeats), []
    if not dense_batch:
        print(f"{median(fast):.3f}")
        return
    dense, few = DenseProjection(ours), points[:dense_batch]  # type: ignore[arg-type]
    # In turn, so that whatever else the machine does slows both.
    for _ in range(dense_repeats):
        plain += times(dense, few, 1)
        # The dense pipeline leaves gigabytes to be given back to the system; not ours to pay for.
        times(ours, points, 3)
        fast += times(ours, points, repeats)
    same = ((ours(few).images - dense(few)).abs() < 1e-4).float().mean()
    print(f"{median(fast):.3f} {median(plain):.3f} {float(same):.5f}")


if __name__ == "__main__":
    torch.set_num_threads(int(os.environ.get("BENCHMARK_THREADS", "2")))
    main(sys.argv[1], *map(int, sys.argv[2:]))
