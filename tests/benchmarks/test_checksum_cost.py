"""What checksums cost: a cached evaluation with and without them, and a bare read of 100 MB of shards."""

import time
from pathlib import Path

import pytest
import torch
from safetensors import safe_open

from pointclip2.app.compose import compose
from pointclip2.app.run import evaluate
from pointclip2.cache import FeatureStore, Shard, store
from tests.benchmarks.test_pipeline_overhead import alternating_seconds


@pytest.mark.benchmark
def test_checksums_cost_at_most_3_hundredths_of_a_cached_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = [f"paths.outputs={tmp_path}", "pictures=0", "report=false", "logger=none"]

    def run() -> None:
        store._sound.clear()  # as in a process of its own
        evaluate(compose("evaluate", words))

    run()
    spent = [0.0]
    check = FeatureStore._check

    def timed(self: FeatureStore, *given: object) -> None:
        start = time.perf_counter()
        check(self, *given)  # type: ignore[arg-type]
        spent[0] += time.perf_counter() - start

    monkeypatch.setattr(FeatureStore, "_check", timed)
    start = time.perf_counter()
    for _ in range(5):
        run()
    whole = time.perf_counter() - start
    print(f"\ncached evaluation: {whole / 5:.2f} s, of which checksums {spent[0] / 5 * 1e3:.1f} ms: "
          f"{100 * spent[0] / whole:.2f} %")  # fmt: skip
    assert spent[0] <= 0.03 * whole


@pytest.mark.benchmark
def test_what_a_bare_read_of_100_mb_takes_with_checksums_and_without(tmp_path: Path) -> None:
    key = {"data": {"name": "large"}}
    kept = FeatureStore(tmp_path, key, 5120)
    for start in range(0, 5120, 64):
        rows = range(start, start + 64)
        kept.write(rows, Shard({"features": torch.randn(64, 10, 512)}, torch.tensor(rows)))

    def sealed() -> None:
        store._sound.clear()
        fresh = FeatureStore(tmp_path, key, 5120)
        for rows in fresh.shards():
            fresh.read(rows).columns["features"].sum()

    def bare() -> None:
        for path in kept.folder.glob("rows-*"):
            with safe_open(path, framework="pt") as file:
                file.get_tensor("features").sum()

    sealed(), bare()
    whole, alone = alternating_seconds(sealed, bare, rounds=5)
    print(f"\n105 MB in 80 shards: {whole * 1e3:.0f} ms with checksums, {alone * 1e3:.0f} ms without; "
          f"the first read of a process only: {105 / max(whole - alone, 1e-9):.0f} MB/s")  # fmt: skip
    assert whole < 2.0
