"""Clouds whose up nobody told: how they are taken, what is said of it, and how they are turned again."""

from pathlib import Path

import numpy as np
import pytest
import torch

import pointclip2
from pointclip2.data.folder import Folder
from pointclip2.data.prepare import TO_Y_UP
from pointclip2.data.standing import TurnedSplit, summary_line, turn, turned, up_remark, up_summary
from pointclip2.geometry.standing import UPS
from pointclip2.types import Cloud, CloudBatch
from pointclip2.worlds.shapes.world import Shapes


@pytest.fixture(scope="module")
def chair() -> np.ndarray:
    """A chair of the procedural world, y up."""
    world = Shapes(["chair"], per_class={"train": 1, "val": 1, "test": 1})
    return world.open("test")[0].points.numpy().astype(np.float64)


def folder(path: Path, **options: object) -> Folder:
    return Folder(str(path), **{"classes": ["chair"], "labels": "none", **options})  # type: ignore[arg-type]


def scores(up: str, sure: float = 0.9) -> torch.Tensor:
    values = torch.full((6,), (1 - sure) / 5)
    values[UPS.index(up)] = sure
    return values


@pytest.mark.parametrize("up", UPS)
def test_a_chair_is_read_standing_and_its_frame_leads_back_to_the_file(tmp_path, chair, up):
    lying = 3 * chair @ np.array(TO_Y_UP[up]) + [10, 20, 30]
    np.save(tmp_path / "chair.npy", lying)
    cloud = folder(tmp_path, sampling="first").open("test")[0]
    assert cloud.ups is not None
    assert UPS[cloud.ups.argmax()] == up
    told = folder(tmp_path, up=up, sampling="first").open("test")[0]
    assert told.ups is None
    assert torch.equal(cloud.points, told.points)
    assert torch.allclose(cloud.frame.to_input(cloud.points), torch.from_numpy(lying), atol=1e-5)
    assert torch.allclose(cloud.frame.matrix, told.frame.matrix)


def test_axes_that_were_told_are_obeyed_and_those_of_a_table_before_the_guess(tmp_path, chair):
    for name in ("a", "b"):
        np.save(tmp_path / f"{name}.npy", chair)
    (tmp_path / "labels.csv").write_text("file,label,up\na.npy,chair,-y\nb.npy,chair,\n")
    split = folder(tmp_path, labels=str(tmp_path / "labels.csv"), sampling="first").open("test")
    upside_down, guessed = split[0], split[1]
    assert split.undecided
    assert upside_down.ups is None
    assert guessed.ups is not None
    assert torch.equal(upside_down.points[:, 1], -guessed.points[:, 1])
    batch = CloudBatch.of([upside_down, guessed])
    assert batch.ups is not None
    assert batch.ups[0].sum() == 0
    assert not folder(tmp_path, up="y").open("test").undecided
    assert split.checksum != folder(tmp_path, up="y").open("test").checksum


def test_reading_a_file_says_what_was_taken(tmp_path, chair, caplog):
    np.save(tmp_path / "chair.npy", chair @ np.array(TO_Y_UP["z"]))
    cloud = pointclip2.read(tmp_path / "chair.npy", up="auto")
    assert cloud.remarks[-1].startswith("up=auto took z (")
    assert f"chair.npy: {cloud.remarks[-1]}" in caplog.text
    assert torch.equal(cloud.points, pointclip2.read(tmp_path / "chair.npy", up="z").points)


@pytest.mark.parametrize("taken", UPS)
@pytest.mark.parametrize("up", UPS)
def test_turning_again_is_as_if_the_other_axis_had_been_told(taken, up):
    rng = np.random.default_rng(0)
    file = torch.from_numpy(rng.normal(size=(50, 3)).astype(np.float32))
    as_told = {
        axis: (file.double() @ torch.tensor(TO_Y_UP[axis], dtype=torch.float64).T).float() for axis in UPS
    }
    assert torch.equal(turned(as_told[taken], taken, up), as_told[up])


def test_a_turned_cloud_still_leads_back_and_says_only_what_holds_now(tmp_path, chair):
    np.save(tmp_path / "chair.npy", chair)
    cloud = pointclip2.read(tmp_path / "chair.npy", up="auto", sampling="first")
    doubt = scores("-z", 0.5)
    doubt[UPS.index("x")] += 0.05
    again = turn(cloud, doubt)
    assert torch.allclose(again.frame.to_input(again.points), cloud.frame.to_input(cloud.points), atol=1e-6)
    assert torch.equal(again.input_points, cloud.input_points)
    assert not torch.equal(again.points, cloud.points)
    assert [remark for remark in again.remarks if remark.startswith("up=auto")] == [
        "up=auto took -z (50% sure), but x (15%) is possible: say which it is"
    ]


def test_normals_turn_with_the_points():
    points = torch.nn.functional.normalize(torch.randn(20, 3), dim=1)
    ball = turn(Cloud("ball", points, normals=points, ups=scores("y")), scores("x"))
    assert torch.equal(ball.points, ball.normals)
    assert not torch.equal(ball.points, points)


def test_a_cloud_whose_up_was_told_stays_as_it_is():
    for told in (None, torch.zeros(6)):
        cloud = Cloud("told", torch.randn(20, 3), ups=told)
        assert turn(cloud, scores("x")) is cloud


def test_a_split_is_turned_where_up_was_guessed(tmp_path, chair):
    for name in ("a", "b"):
        np.save(tmp_path / f"{name}.npy", chair)
    (tmp_path / "labels.csv").write_text("file,label,up\na.npy,chair,y\nb.npy,chair,\n")
    split = folder(tmp_path, labels=str(tmp_path / "labels.csv")).open("test")
    again = TurnedSplit(split, {"a.npy": torch.zeros(6), "b.npy": scores("-y")})
    assert torch.equal(again[0].points, split[0].points)
    assert torch.equal(again[1].points[:, 1], -split[1].points[:, 1])


def test_a_summary_counts_axes_and_names_doubts():
    ups = {"a": scores("y"), "b": scores("z", 0.4), "told": torch.zeros(6), "c": scores("y")}
    summary = up_summary(ups)
    assert summary == {"taken": {"y": 2, "z": 1}, "in_doubt": {"b": {"up": "z", "sure": 0.4}}}
    assert summary_line(summary).startswith("up: 2 y, 1 z (1 in doubt: b; ")
    assert "doubt" not in summary_line(up_summary({"a": scores("y")}))
    assert up_remark(scores("x", 0.97)) == "up=auto took x (97% sure)"
