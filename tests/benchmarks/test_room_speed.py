"""How long a procedural room takes, as a ratio to sorting a million numbers in the same process."""

import time
from collections.abc import Callable

import numpy as np
import pytest

from pointclip2.worlds.rooms.world import Rooms

pytestmark = pytest.mark.benchmark
ROOMS = 6
MOST_SORTS = 8.0
"""Some 100 ms each, so that a room takes less than a second."""


def cpu_seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def test_a_room_takes_no_longer_than_eight_sorts_of_a_million_numbers(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rooms = Rooms(scenes={"train": 1 + ROOMS, "val": 1, "test": 1}).open_scenes("train")
    numbers = np.random.default_rng(0).random(1_000_000)
    rooms[0]  # The makers are imported with the first.
    sorts, made = [], []
    for index in range(1, 1 + ROOMS):
        # In turn, because other programs come and go.
        sorts.append(cpu_seconds(lambda: np.sort(numbers, kind="stable")))
        made.append(cpu_seconds(lambda index=index: rooms[index]))
    ratio = float(np.mean(made) / np.mean(sorts))
    with capsys.disabled():
        print(f"\n{np.mean(made):.2f} CPU seconds a room, {ratio:.1f} sorts", end="")
    assert ratio < MOST_SORTS
