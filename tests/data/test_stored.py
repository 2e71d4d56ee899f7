"""What all data sets on disk share: subset, corruption, checksum, and options that match their YAML."""

import errno
import inspect
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from omegaconf import OmegaConf

from pointclip2.data.folder import Folder
from pointclip2.data.modelnet import ModelNet
from pointclip2.data.prepare import RawCloud
from pointclip2.data.scanobjectnn import ScanObjectNN
from pointclip2.data.stored import SampleIndex, StoredData, StoredOptions, StoredSplit
from pointclip2.types import CloudError, ConfigError, TransientError
from tests.places import CONF

OPTIONS = {"modelnet10": ModelNet, "modelnet40": ModelNet, "scanobjectnn": ScanObjectNN, "folder": Folder}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for number in range(30):
        folder = tmp_path / "scans" / ("chair" if number % 2 else "table")
        folder.mkdir(parents=True, exist_ok=True)
        np.save(folder / f"{number}.npy", np.random.default_rng(number).normal(size=(300, 3)))
    return tmp_path / "scans"


@pytest.mark.parametrize("name", OPTIONS)
def test_a_yaml_lists_every_option_of_its_data_set_and_nothing_else(name):
    text = (CONF / "data" / f"{name}.yaml").read_text()
    node = OmegaConf.to_container(OmegaConf.create(text), resolve=False)
    kind = OPTIONS[name]
    assert text.startswith("# ")
    assert node.pop("_target_") == f"{kind.__module__}.{kind.__qualname__}"
    parameters = inspect.signature(kind).parameters
    assert list(node) == list(parameters)
    for key, value in node.items():
        if key not in ("root", "variant"):
            assert value == parameters[key].default


def test_a_smaller_subset_lies_in_a_larger_one_in_the_order_of_the_whole(root):
    whole = Folder(str(root)).open("test")
    small, large = (Folder(str(root), limit=n).open("test") for n in (5, 12))
    assert len(small) == 5
    assert set(small.names) < set(large.names)
    assert small.names == [name for name in whole.names if name in small.names]
    assert small.names != whole.names[:5]
    assert [small.classes[label] for label in small.labels] == [name.split("/")[0] for name in small.names]
    assert Folder(str(root), limit=5, seed=1).open("test").names != small.names
    assert Folder(str(root), limit=99).open("test").checksum == whole.checksum
    assert torch.equal(small[0].points, whole[whole.names.index(small.names[0])].points)


@pytest.mark.parametrize("preset", ["noise", "occlusion", "partial", "scan"])
def test_corruption_changes_the_cloud_reproducibly_and_stays_in_the_unit_sphere(root, preset):
    plain = Folder(str(root)).open("test")
    worn, again = (Folder(str(root), corruption=preset).open("test") for _ in range(2))
    points = worn[3].points
    assert torch.equal(points, again[3].points)
    assert points.shape == plain[3].points.shape
    assert not torch.equal(points, plain[3].points)
    assert points.norm(dim=1).max() == pytest.approx(1, abs=1e-5)
    assert points.mean(dim=0).abs().max() < 1e-5


@pytest.mark.parametrize("preset", ["none", "occlusion", "partial", "noise", "scan"])
def test_the_frame_of_a_worn_cloud_leads_to_the_rows_that_were_not_moved(root, preset):
    split = Folder(str(root), up="z", corruption=preset, points=250).open("test")
    cloud, rows = split[3], np.load(root / split.names[3])
    index = cloud.frame.index
    assert index is not None
    still = index >= 0
    assert still.all() if preset in ("none", "occlusion", "partial") else not still.any()
    found = cloud.frame.to_input(cloud.points[still]).numpy()
    assert found == pytest.approx(rows[index[still].numpy()], abs=1e-5 * np.abs(rows).max())


class Painted(SampleIndex):
    """One sample with everything that a file may tell beside coordinates: colours, normals, parts, a unit."""

    classes, part_names, names, labels = ("wheel",), ("wheel/rim",), ("a",), (0,)

    def __init__(self) -> None:
        rng = np.random.default_rng(0)
        directions = rng.normal(size=(300, 3))
        # Row numbers as colours and parts: what follows its point says where it came from.
        self.raw = RawCloud(
            directions / np.linalg.norm(directions, axis=1, keepdims=True),
            colours=np.arange(300)[:, None] / np.array([300.0, 600.0, 900.0]),
            normals=directions,
            unit="mm",
        )

    def parts(self, index: int) -> np.ndarray:
        return np.arange(300)

    def read(self, index: int, points: int, rng: np.random.Generator) -> RawCloud:
        return self.raw

    def up(self, index: int) -> str:
        return "-x"

    def digest(self, indices) -> str:
        return "painted"


@pytest.mark.parametrize("preset", ["none", "partial", "scan"])
def test_colours_normals_and_parts_follow_their_points(preset):
    options = StoredOptions("test", 200, "random", None, preset, 0)
    cloud = StoredSplit("painted", "test", Painted(), options)[0]
    assert cloud.frame.unit == "mm"
    assert cloud.parts is not None
    assert cloud.colours is not None
    assert cloud.normals is not None
    assert (cloud.colours[:, 0] * 300).round().long().tolist() == cloud.parts.tolist()
    # The normals of a ball about the origin are its points, in the cloud's axes too.
    outwards = torch.from_numpy(Painted().raw.points)[cloud.parts] @ cloud.frame.matrix[:3, :3]
    assert torch.allclose(cloud.normals, torch.nn.functional.normalize(outwards, dim=1).float(), atol=1e-6)
    if preset != "scan":
        assert cloud.frame.index is not None
        assert cloud.frame.index.tolist() == cloud.parts.tolist()


@pytest.mark.parametrize(
    ("failure", "passes"),
    [
        (OSError(errno.EMFILE, "Too many open files"), True),
        (OSError(errno.EIO, "Input/output error"), True),
        (MemoryError(), True),
        (FileNotFoundError(errno.ENOENT, "No such file or directory"), False),
        (OSError("truncated file"), False),
        (ValueError("no array"), False),
    ],
    ids=["too many files", "disk", "memory", "gone", "damaged", "no array"],
)
@pytest.mark.parametrize("task", ["clouds", "scenes"])
def test_an_error_of_the_moment_is_told_from_one_of_the_file(root, monkeypatch, failure, passes, task):
    data = Folder(str(root), classes=["chair", "table"])
    split = data.open("test") if task == "clouds" else data.open_scenes("test")
    whole = os.open

    def refuse(path: Any, *args: Any, **options: Any) -> Any:
        if str(path).endswith(".npy"):
            raise failure
        return whole(path, *args, **options)

    with monkeypatch.context() as patched:
        patched.setattr(os, "open", refuse)
        with pytest.raises(CloudError, match=split.names[0]) as caught:
            split[0]
    assert isinstance(caught.value, TransientError) == passes
    assert "\n" not in str(caught.value)
    split[0]  # and the next time it is there


def test_the_checksum_knows_everything_that_decides_the_clouds_but_not_the_place(root, tmp_path):
    shutil.copytree(root, tmp_path / "elsewhere")

    def checksum(place: Path = root, **options: object) -> str:
        return Folder(str(place), **options).open("test").checksum

    before = checksum()
    assert before == checksum(tmp_path / "elsewhere")
    assert before == checksum(classes=["table", "chair", "lamp"])
    changes = [
        {"points": 8},
        {"sampling": "first"},
        {"corruption": "scan"},
        {"seed": 1},
        {"up": "z"},
        {"limit": 3},
    ]
    assert len({before, *(checksum(**change) for change in changes)}) == 7
    np.save(root / "chair" / "1.npy", np.zeros((4, 3)))
    assert checksum() != before


def test_farthest_points_of_a_surface_are_spread_more_evenly(tmp_path):
    corners = "v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nf 1 2 3\nf 1 3 4\n"
    (tmp_path / "square.obj").write_text(corners)

    def closest(sampling: str) -> float:
        points = Folder(str(tmp_path), classes=["a"], points=100, sampling=sampling).open("test")[0].points
        return float((torch.cdist(points, points) + 9 * torch.eye(100)).min())

    assert closest("farthest") > 3 * closest("random")


@pytest.mark.parametrize(
    "options", [{"points": 0}, {"limit": 0}, {"sampling": "best"}, {"corruption": "rain"}, {"corruption": ""}]
)
def test_options_that_cannot_work_are_refused_before_anything_is_read(options):
    with pytest.raises(ConfigError, match=f"data.{next(iter(options))}"):
        Folder("nowhere", **options)


def test_the_default_split_is_kept_for_whoever_runs_the_data_set():
    data: StoredData = Folder("nowhere", split="val")
    assert data.split == "val"
