"""What caching is worth in few-shot training, and how fast clouds become Point-NN vectors."""

import time
from pathlib import Path

import pytest
import torch
from torch.nn import functional as F

from pointclip2.app.compose import build, compose
from pointclip2.app.console import quiet_lightning
from pointclip2.data.shots import ShotSubset
from pointclip2.encoders.points.point_nn import PointNNEncoder
from pointclip2.heads.adapters import InterViewAdapter, Samples, Setting
from pointclip2.tasks.few_shot.training import train_adapter
from tests.encoders.points.test_point_nn import plainly
from tests.toy import toy_run

CLASSES, SHOTS, VIEWS, EPOCHS = 40, 16, 10, 250


@pytest.mark.benchmark
def test_sixteen_shots_of_forty_classes_train_fifty_times_faster_than_with_encoding_every_epoch(
    tmp_path: Path,
) -> None:
    cfg = compose(
        "train",
        [
            "adapter=inter_view",
            f"run_dir={tmp_path}",
            "logger=none",
            f"paths.outputs={tmp_path}",
            "trainer=cpu",
        ],
    )
    backbone, projector = build(cfg.backbone), build(cfg.projector)
    dim = backbone.dim
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(CLASSES * SHOTS) % CLASSES
    views = F.normalize(torch.randn(len(labels), VIEWS, dim, generator=generator), dim=-1)
    text = F.normalize(torch.randn(CLASSES, dim, generator=generator), dim=-1)
    shots = Samples({"views": views}, labels)
    adapter = InterViewAdapter(recipe={"epochs": EPOCHS})
    names = tuple(f"class {index}" for index in range(CLASSES))
    adapter.begin(Setting(names, text, VIEWS, backbone.logit_scale))
    subset = ShotSubset("made up", SHOTS, 0, dict.fromkeys(names, ()), "val", ())

    start, cpu = time.perf_counter(), time.process_time()
    with quiet_lightning():
        validation = Samples({"views": views[:480]}, labels[:480])
        train_adapter(toy_run(cfg), adapter, subset, shots, validation)
    seconds, busy = time.perf_counter() - start, time.process_time() - cpu

    some = torch.rand(32, 1024, 3, generator=generator) - 0.5
    backbone.encode_views(projector(some[:4]).images)
    start = time.process_time()
    backbone.encode_views(projector(some).images)
    epoch = (time.process_time() - start) / len(some) * len(labels)
    ratio = (EPOCHS * epoch + busy) / busy
    print(
        f"\ninter_view, {len(labels)} shapes, {EPOCHS} epochs, {dim} x {VIEWS} features: {seconds:.1f} s, "
        f"{busy:.1f} s of processor (goal 120 s); "
        f"encoding every epoch would add {EPOCHS * epoch:.0f} s: {ratio:.0f} times as long"
    )
    assert ratio >= 50
    assert busy <= 2 * 60


@pytest.mark.benchmark
def test_point_nn_is_faster_than_its_steps_in_plain_torch() -> None:
    encoder = PointNNEncoder()
    clouds = torch.rand(4, 1024, 3, generator=torch.Generator().manual_seed(0)) - 0.5
    encoder(clouds[:1]), plainly(encoder, clouds[:1])
    taken = {"ours": 0.0, "plain": 0.0, "every third neighbour": 0.0}
    third = PointNNEncoder(every=3)
    for _ in range(2):
        for name, call in (
            ("ours", lambda: encoder(clouds)),
            ("plain", lambda: plainly(encoder, clouds)),
            ("every third neighbour", lambda: third(clouds)),
        ):
            start = time.process_time()
            call()
            taken[name] += (time.process_time() - start) / (2 * len(clouds))
    print("\nPoint-NN, 1,024 points, shapes a second of processor: "
          + ", ".join(f"{name} {1 / seconds:.1f}" for name, seconds in taken.items()))  # fmt: skip
    assert taken["ours"] < taken["plain"]
