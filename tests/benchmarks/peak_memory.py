"""``python -m tests.benchmarks.peak_memory OPTION POINTS [dense]``: MB at the peak, and of those before the projection.

A process of its own: the peak of a process never falls again.
"""

import os
import sys
from pathlib import Path

import torch

from tests.benchmarks.dense_projection import DenseProjection
from tests.encoders.projectors.options import projector


def peak_mb() -> float:
    # Not getrusage: its figure survives the start of a program, and would be the caller's.
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


if __name__ == "__main__":
    torch.set_num_threads(int(os.environ.get("BENCHMARK_THREADS", "2")))
    ours = projector(sys.argv[1])
    run = DenseProjection(ours) if sys.argv[3:] == ["dense"] else ours  # type: ignore[arg-type]
    points = torch.rand(1, int(sys.argv[2]), 3) * 2 - 1
    before = peak_mb()
    with torch.inference_mode():
        run(points)
        run(points)
    print(f"{peak_mb():.0f} {before:.0f}")
