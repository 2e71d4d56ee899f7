"""The values that travel between rooms."""

import torch

from pointclip2.types import Cloud, CloudBatch, Frame


def cloud(seed: int, **more: torch.Tensor) -> Cloud:
    return Cloud(f"c{seed}", torch.rand(5, 3, generator=torch.Generator().manual_seed(seed)), **more)


def test_a_cloud_that_nobody_moved_is_its_own_input() -> None:
    here = cloud(0)
    assert torch.equal(here.frame.to_input(here.points), here.points.double())
    assert here.frame.index is None


def test_a_frame_moves_and_scales_back_in_double_precision() -> None:
    matrix = torch.eye(4, dtype=torch.float64)
    matrix[0, 0], matrix[:3, 3] = 2.0, torch.tensor([5e6, 1.0, 0.0])
    back = Frame(matrix).to_input(torch.tensor([[0.125, 1.0, 1.0]]))
    assert back.tolist() == [[5e6 + 0.25, 2.0, 1.0]]


def test_a_batch_stacks_what_every_cloud_has_and_goes_to_a_device_whole() -> None:
    parts = torch.zeros(5, dtype=torch.int64)
    batch = CloudBatch.of([cloud(0, colours=torch.ones(5, 3), parts=parts), cloud(1, parts=parts + 1)])
    assert len(batch) == 2
    assert batch.points.shape == (2, 5, 3)
    assert batch.colours is None
    assert batch.normals is None
    moved = batch.to("meta")
    assert moved.points.device.type == "meta"
    assert moved.parts is not None
    assert moved.parts.device.type == "meta"
    assert moved.colours is None
