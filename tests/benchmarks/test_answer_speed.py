"""What answering costs beside the pipeline itself, and how soon the first answer comes."""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch

from pointclip2 import PointCLIP
from pointclip2.types import Cloud, CloudBatch
from tests.app.answers.things import write_chair_mesh
from tests.benchmarks.test_pipeline_overhead import alternating_seconds
from tests.places import ROOT


@pytest.mark.benchmark
def test_clouds_are_answered_within_a_tenth_of_projector_and_backbone() -> None:
    model = PointCLIP(["chair", "table", "lamp"], up="y", device="cpu")
    points = torch.nn.functional.normalize(
        torch.randn(128, 1024, 3, generator=torch.Generator().manual_seed(0)), dim=2
    )
    clouds = [Cloud(f"{number}", cloud) for number, cloud in enumerate(points)]
    batches = [CloudBatch(part) for part in points.split(model.batch)]

    @torch.no_grad()
    def bare() -> None:
        for batch in batches:
            model.encoder.encode(batch)

    model(clouds[:8])
    whole, alone = alternating_seconds(lambda: model(clouds), bare, rounds=5)
    print(
        f"\n128 clouds answered in {whole:.2f} s, projector and backbone {alone:.2f} s, ratio {whole / alone:.3f}"
    )
    assert whole <= 1.10 * alone


@pytest.mark.benchmark
def test_the_first_answer_comes_within_one_and_a_half_imports(tmp_path: Path) -> None:
    chair = write_chair_mesh(tmp_path / "chair.obj")

    def seconds(*words: str) -> float:
        start = time.perf_counter()
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        subprocess.run(
            [sys.executable, *words], cwd=tmp_path, env=environment, capture_output=True, check=True
        )
        return time.perf_counter() - start

    answering, importing = [], []
    for _ in range(5):
        answering.append(seconds("-m", "pointclip2", "classify", str(chair), "-n", "chair,table,lamp"))
        importing.append(seconds("-c", "import torch, open_clip"))
    ratio = statistics.median(np.array(answering) / np.array(importing))
    print(f"\nfirst answer {min(answering):.1f} s, imports {min(importing):.1f} s, ratio {ratio:.2f}")
    assert ratio <= 1.5
