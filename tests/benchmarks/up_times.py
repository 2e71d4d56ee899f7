"""``python -m tests.benchmarks.up_times``: milliseconds of geometry a cloud, and guessing up beside encoding alone.

Times of one processor, in a process of its own, without the shape checks of the tests, which take longer than the work.
"""

import time
from collections.abc import Callable
from statistics import median

import torch

from pointclip2 import build, compose
from pointclip2.data.standing import taken_up, turned
from pointclip2.encoders.upright import Upright
from pointclip2.geometry.standing import UPS, up_scores
from pointclip2.types import CloudBatch
from pointclip2.worlds.shapes.world import Shapes


def spent(call: Callable[[], object]) -> float:
    """Return the seconds of the processor that a call takes."""
    start = time.process_time()
    call()
    return time.process_time() - start


@torch.no_grad()
def main() -> None:
    """Measure on one shape of each class, a sixth of them lying in each direction."""
    torch.set_num_threads(1)
    encoder = build(compose("evaluate").encoder)
    upright = Upright(encoder)
    split = Shapes(per_class={"train": 1, "val": 1, "test": 1}).open("test")
    clouds = [turned(split[place].points, UPS[place % 6], "y") for place in range(len(split))]
    batches = [clouds[start : start + 16] for start in range(0, len(clouds), 16)]

    def judged() -> list[torch.Tensor]:
        return [torch.from_numpy(up_scores(cloud.numpy())).float() for cloud in clouds]

    def whole() -> None:
        ups = judged()
        for number, batch in enumerate(batches):
            rows = ups[16 * number : 16 * number + 16]
            taken = [turned(cloud, "y", taken_up(row)) for cloud, row in zip(batch, rows, strict=True)]
            upright.encode(CloudBatch(torch.stack(taken), ups=torch.stack(rows)))

    def alone() -> None:
        for batch in batches:
            encoder.encode(CloudBatch(torch.stack(batch)))

    whole(), alone()
    # In turn, so that whatever else the machine does slows both.
    rounds = [(spent(judged), spent(whole), spent(alone)) for _ in range(5)]
    geometry, with_up, without = (median(column) for column in zip(*rounds, strict=True))
    print(f"{1e3 * geometry / len(clouds):.2f} {with_up / without:.3f}")


if __name__ == "__main__":
    main()
