"""How much memory a split takes: its table once, and of shards only the one at hand."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = """
import resource, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import torch
from pointclip2.cache import FeatureCache, encode_missing
from pointclip2.types import CloudError, Features
from tests.cache.test_encode_missing import Plain, Positions

class Wide(Plain):
    def encode(self, clouds):
        return Features(clouds.points[:, :1, :1].repeat(1, 10, 512))

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3

def split(count, folder):
    bad = {position: CloudError("bad") for position in range(0, count, 100)}
    root = None if sys.argv[2] == "none" else Path(sys.argv[2]) / folder
    return encode_missing(Positions(count, bad), Wide(), cache=FeatureCache(root, batch_size=64))

split(500, "small").table()
start = peak()
found = split(8000, "large")
if sys.argv[2] != "none":
    for item, shard in enumerate(found.shards()[i] for i in range(len(found.shards()))):
        assert len(shard.index)
streamed = peak() - start
table = found.table()
assert torch.equal(table[:, 9, 511].long(), found.index)
print(streamed, peak() - start, table.numel() * 4 / 1e6)
"""


def grown(root: Path | None) -> tuple[float, float]:
    """Peak growth after streaming and after the whole table, as shares of the table."""
    command = [sys.executable, "-c", PROGRAM, str(ROOT), "none" if root is None else str(root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    streamed, whole, size = (float(word) for word in done.stdout.split())
    return streamed / size, whole / size


@pytest.mark.slow
def test_a_table_takes_its_own_size_and_shards_that_are_read_in_turn_next_to_nothing(tmp_path: Path) -> None:
    assert grown(None)[1] <= 1.3
    assert grown(tmp_path)[1] <= 1.3
    streamed, whole = grown(tmp_path)  # encodes nothing
    assert (
        streamed <= 0.6
    )  # freed blocks that the allocator does not use again; all shards at once would be 1
    assert whole <= 1.3
