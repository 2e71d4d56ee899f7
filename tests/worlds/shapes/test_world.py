"""The procedural data set: what decides a cloud, and nothing else does."""

import importlib
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from pointclip2.data.class_names import KNOWN, UNSEEN
from pointclip2.data.corruption import PRESETS
from pointclip2.types import Cloud, ConfigError, DataError, TransientError
from pointclip2.worlds.rooms.world import Rooms
from pointclip2.worlds.shapes import world as world_module
from pointclip2.worlds.shapes.classes import register, select
from pointclip2.worlds.shapes.clutter import sample_cluttered
from pointclip2.worlds.shapes.mesh import Mesh, box, sphere
from pointclip2.worlds.shapes.world import MIXTURES, SPLITS, SURFACES, Shapes, ShapesSplit, source_digest
from tests.places import CONF, ROOT
from tests.processes import start

FEW = {"train": 5, "val": 3, "test": 3}
TWO = ("chair", "night stand")


def world(**options: Any) -> Shapes:
    return Shapes(**{"classes": TWO, "per_class": FEW, "points": 128, **options})


def clouds(split: ShapesSplit) -> list[Cloud]:
    return [split[index] for index in range(len(split))]


def same(first: Cloud, second: Cloud) -> bool:
    assert first.parts is not None
    assert second.parts is not None
    return torch.equal(first.points, second.points) and torch.equal(first.parts, second.parts)


def test_a_cloud_is_finite_and_fills_the_unit_sphere() -> None:
    split = Shapes(points=200, per_class={"train": 1, "val": 1, "test": 1}, classes="all").open("test")
    assert len(split) == 61
    for cloud in clouds(split):
        assert cloud.points.shape == (200, 3)
        assert cloud.points.dtype == torch.float32
        assert cloud.points.norm(dim=1).max() == pytest.approx(1.0, abs=1e-5)
        assert cloud.points.mean(dim=0).abs().max() < 1e-5


def test_a_split_has_every_class_equally_often_and_names_say_which() -> None:
    for name in SPLITS:
        split = world().open(name)
        assert len(split) == len(split.names) == len(split.labels) == 2 * FEW[name]
        assert len(set(split.names)) == len(split)
        assert np.bincount(split.labels).tolist() == [FEW[name]] * 2
        for sample, label in zip(split.names, split.labels, strict=True):
            assert sample.split("/")[0].replace("_", " ") == split.classes[label]


def test_what_the_index_says_is_what_the_cloud_says() -> None:
    split = world().open("val")
    for index in range(len(split)):
        assert (split[index].name, split[index].label) == (split.names[index], split.labels[index])


def test_an_index_beyond_the_end_is_an_error() -> None:
    split = world().open("test")
    with pytest.raises(IndexError):
        split[len(split)]


def test_no_cloud_of_one_split_is_in_another() -> None:
    contents = [cloud.points.numpy().tobytes() for name in SPLITS for cloud in clouds(world().open(name))]
    assert len(set(contents)) == len(contents)


def test_another_seed_is_another_world() -> None:
    first, other = world().open("test"), world(seed=1).open("test")
    assert first.names == other.names
    assert not any(same(a, b) for a, b in zip(clouds(first), clouds(other), strict=True))


@pytest.mark.parametrize("options", [{}, {"surface": "mixed", "corruption": "scan"}])
def test_a_sample_is_the_same_in_any_order_and_any_company(options: dict[str, str]) -> None:
    split = world(**options).open("test")
    forwards = clouds(split)
    backwards = [split[index] for index in reversed(range(len(split)))][::-1]
    assert all(map(same, forwards, backwards))
    alone = world(classes=("night stand",), limit=2, **options).open("test")
    by_name = dict(zip(split.names, forwards, strict=True))
    for cloud in clouds(alone):
        assert torch.equal(cloud.points, by_name[cloud.name].points)


@pytest.mark.slow
def test_another_process_makes_the_same_cloud() -> None:
    code = (
        "from pointclip2.worlds.shapes.world import Shapes;"
        "split = Shapes(['chair'], points=64, surface='mixed', corruption='scan').open('test');"
        "print(split.checksum, split[0].points.numpy().tobytes().hex(), split[0].parts.tolist())"
    )
    here = Shapes(["chair"], points=64, surface="mixed", corruption="scan").open("test")
    cloud = here[0]
    assert cloud.parts is not None
    expected = f"{here.checksum} {cloud.points.numpy().tobytes().hex()} {cloud.parts.tolist()}"
    environment = {"PYTHONHASHSEED": "123", "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == expected


def test_a_spawned_worker_reads_what_it_is_sent_although_it_has_imported_no_maker(tmp_path: Path) -> None:
    rooms = Rooms(scenes={"train": 1, "val": 1, "test": 1}, points=2000).open_scenes("test")
    sent = tmp_path / "sent.pickle"
    sent.write_bytes(pickle.dumps((world().open("test"), rooms)))
    code = (
        "import pickle, pathlib, sys;"
        "shapes, rooms = pickle.loads(pathlib.Path(sys.argv[1]).read_bytes());"
        "print(shapes[1].points.numpy().tobytes().hex()[:800], rooms[0].points_m.sum().item())"
    )
    done = start("-c", code, str(sent), cwd=tmp_path, PYTHONPATH=str(ROOT)).done()
    assert done.returncode == 0, done.stderr
    here = world().open("test")[1].points.numpy().tobytes().hex()[:800]
    assert done.stdout.split() == [here, str(rooms[0].points_m.sum().item())]


def test_a_full_memory_is_an_error_of_the_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(world_module, "sample_shape", full)
    with pytest.raises(TransientError, match="chair/0000"):
        world().open("test")[0]


def test_smaller_limits_are_contained_in_larger_ones_and_keep_the_order() -> None:
    everything = world().open("train").names
    larger: list[str] = list(everything)
    for limit in (9, 6, 3, 1):
        chosen = list(world(limit=limit).open("train").names)
        assert len(chosen) == limit
        assert set(chosen) <= set(larger)
        assert chosen == [name for name in everything if name in chosen]
        larger = chosen


def test_a_limit_draws_from_the_whole_split_and_by_seed() -> None:
    classes = tuple(KNOWN[:20])
    drawn = [set(world(classes=classes, limit=20, seed=seed).open("train").names) for seed in range(3)]
    assert drawn[0] != drawn[1] != drawn[2]
    for names in drawn:
        assert len({name.split("/")[1] for name in names}) > 2


def test_a_limit_above_the_size_takes_everything_and_changes_nothing() -> None:
    assert world(limit=1000).open("test").names == world().open("test").names
    assert world(limit=1000).open("test").checksum == world().open("test").checksum


@pytest.mark.parametrize(
    "options",
    [
        {"classes": ("chair", "table")},
        {"classes": TWO[::-1]},
        {"per_class": {**FEW, "test": 4}},
        {"points": 129},
        {"surface": "uneven"},
        {"surface": "mixed"},
        {"surface": "cluttered"},
        {"limit": 5},
        {"corruption": "scan"},
        {"seed": 1},
    ],
    ids=str,
)
def test_the_checksum_changes_with_every_option_that_decides_the_clouds(options: dict[str, Any]) -> None:
    assert world(**options).open("test").checksum != world().open("test").checksum


def test_the_checksum_differs_between_splits_of_one_size() -> None:
    assert len({world().open(split).checksum for split in SPLITS}) == 3


def test_the_checksum_depends_on_the_order_of_the_classes_even_where_one_sample_is_left() -> None:
    forwards, backwards = (world(classes=classes, limit=1).open("test") for classes in (TWO, TWO[::-1]))
    assert forwards.names == backwards.names
    assert forwards.labels != backwards.labels
    assert forwards.checksum != backwards.checksum


def test_the_checksum_is_the_same_for_the_same_options() -> None:
    assert world().open("test").checksum == world(split="train").open("test").checksum


@pytest.mark.parametrize(
    "changed",
    [
        "worlds/shapes/makers/chairs.py",
        "geometry/surfaces.py",
        "data/prepare.py",
        "data/corruption.py",
    ],
)
def test_the_checksum_follows_the_source(
    changed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = Path(world_module.__file__).parents[2]
    for room in ("data", "geometry", "worlds"):
        shutil.copytree(package / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(world_module, "__file__", str(tmp_path / "worlds/shapes/world.py"))
    source_digest.cache_clear()
    try:
        copied = world().open("test").checksum
        with (tmp_path / changed).open("a") as file:
            file.write("\n# another world\n")
        source_digest.cache_clear()
        edited = world().open("test").checksum
    finally:
        source_digest.cache_clear()
    monkeypatch.undo()
    assert copied == world().open("test").checksum
    assert edited != copied


def test_parts_are_those_of_the_samples_own_class() -> None:
    split = world(classes="all", per_class=dict.fromkeys(SPLITS, 2), surface="mixed", corruption="scan").open(
        "val"
    )
    seen = set()
    for cloud in clouds(split):
        assert cloud.parts is not None
        assert len(cloud.parts) == len(cloud.points)
        names = {split.part_names[part] for part in cloud.parts.tolist()}
        assert {name.split("/")[0] for name in names} == {split.classes[cloud.label]}
        seen |= names
    assert len(seen) > 0.5 * len(split.part_names)


def test_part_names_are_unique_and_follow_the_classes() -> None:
    split = world().open("test")
    expected = [f"{name}/{part}" for name in TWO for part in register()[name].part_names]
    assert list(split.part_names) == expected
    assert len(set(expected)) == len(expected)


@pytest.mark.parametrize("corruption", [name for name in PRESETS if name != "none"])
def test_corruption_wears_the_same_shape(corruption: str) -> None:
    clean, worn = world(points=400).open("test"), world(points=400, corruption=corruption).open("test")
    for index in range(len(clean)):
        before, after = clean[index], worn[index]
        assert after.points.shape == before.points.shape
        assert torch.isfinite(after.points).all()
        assert after.points.norm(dim=1).max() == pytest.approx(1.0, abs=1e-5)
        assert not torch.equal(before.points, after.points)
        assert clean.shape(index)[0].attributes == worn.shape(index)[0].attributes


@pytest.mark.parametrize("corruption", ["none", "partial", "scan"])
def test_the_frame_leads_back_to_the_shape_in_metres(corruption: str) -> None:
    split = world(corruption=corruption, points=512).open("test")
    corners, _ = split.shape(0)[0].triangles()
    cloud = split[0]
    assert cloud.frame.unit == "m"
    assert cloud.frame.index is None
    back = cloud.frame.to_input(cloud.points).numpy()
    low, high = corners.min(axis=(0, 1)), corners.max(axis=(0, 1))
    # A worn cloud strays from the surface; the rest of it is still where the shape is.
    outside = np.maximum(low - back, back - high).max(axis=1)
    allowed = 0.1 * float(np.ptp(corners.reshape(-1, 3), axis=0).max()) if corruption == "scan" else 1e-5
    assert np.quantile(outside, 0.97 if corruption == "scan" else 1.0) < allowed


def test_every_surface_samples_the_same_shape_differently() -> None:
    sampled = [world(surface=surface).open("test")[0] for surface in SURFACES]
    assert len({cloud.points.numpy().tobytes() for cloud in sampled}) == len(SURFACES)


def test_what_lies_about_has_no_part_and_the_shape_keeps_its_own() -> None:
    for cloud in clouds(world(classes=("table", "bed"), surface="cluttered", points=1500).open("test")):
        assert cloud.parts is not None
        assert 0 < (cloud.parts == -1).float().mean() < 0.6
        named = {("table", "bed")[cloud.label]}
        names = world(classes=("table", "bed")).open("test").part_names
        assert {names[part].split("/")[0] for part in set(cloud.parts.tolist()) - {-1}} == named


def test_things_lie_on_what_is_level_and_stand_beside_what_is_not() -> None:
    def highest(mesh: Mesh) -> list[float]:
        corners = mesh.vertices[mesh.faces]
        of_the_shape = np.zeros(len(corners), dtype=np.int64)
        found = []
        for seed in range(20):
            points, parts = sample_cluttered(corners, of_the_shape, 2000, np.random.default_rng(seed))
            assert points[parts < 0, 1].min() > -1e-9, "nothing sinks into the ground"
            found.append(float(points[parts < 0, 1].max()))
        return found

    on_top = [y > 0.73 for y in highest(box(1.0, 0.04, 1.0, (0, 0.7, 0)))]
    assert sum(on_top) > 10
    assert max(highest(sphere(0.4, (0, 0.4, 0)))) < 0.25


def test_a_solid_repeats_coordinates_of_its_grid_and_a_mesh_does_not() -> None:
    def crowding(surface: str) -> float:
        x = world(surface=surface, points=1024).open("test")[0].points[:, 0].sort().values.diff()
        return float((x < 1e-3 / 4).float().mean())

    assert crowding("solid") > crowding("mesh")


@pytest.mark.parametrize(
    ("mixture", "kinds"), [("mixed", {"mesh", "uneven", "solid"}), ("every", set(SURFACES))]
)
def test_a_mixture_draws_each_of_its_surfaces(
    mixture: str, kinds: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []

    def noted(name: str, sample: Callable[..., Any]) -> Callable[..., Any]:
        def sampling(*arguments: Any) -> Any:
            drawn.append(name)
            return sample(*arguments)

        return sampling

    for name, sample in SURFACES.items():
        monkeypatch.setitem(SURFACES, name, noted(name, sample))
    assert len(clouds(world(surface=mixture, per_class=dict.fromkeys(SPLITS, 25)).open("train"))) == 50
    assert len(drawn) == 50
    assert set(drawn) == kinds


def test_one_point_a_cloud_is_possible() -> None:
    for surface in (*SURFACES, *MIXTURES):
        cloud = world(points=1, surface=surface, corruption="scan").open("test")[0]
        assert cloud.points.tolist() == [[0.0, 0.0, 0.0]]


@pytest.mark.parametrize(
    ("option", "names"), [("known", KNOWN), ("unseen", UNSEEN), ("all", sorted({*KNOWN, *UNSEEN}))]
)
def test_a_word_selects_a_group_of_classes(option: str, names: tuple[str, ...]) -> None:
    assert select(option) == tuple(names)


def test_names_keep_their_order_and_may_have_underscores() -> None:
    assert select(["tv_stand", "chair", "night stand"]) == ("tv stand", "chair", "night stand")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"classes": "chair"}, "choose one of known, unseen, all"),
        ({"classes": ["chair", "dragon", "elf"]}, "no dragon, elf in the procedural world"),
        ({"classes": []}, "at least one name"),
        ({"classes": ["night stand", "night_stand"]}, "only once"),
        ({"surface": "glass"}, "data.surface 'glass'.*mesh, uneven, solid.*mixed, every"),
        ({"corruption": "fog"}, "data.corruption 'fog'.*none.*scan"),
        ({"points": 0}, "data.points must be at least 1, not 0"),
        ({"limit": 0}, "data.limit must be at least 1 or null, not 0"),
        ({"per_class": {"train": 1}}, "data.per_class.*train, val, test"),
        ({"per_class": {**FEW, "test": 0}}, "data.per_class.*positive"),
        ({"per_class": {**FEW, "holdout": 3}}, "data.per_class"),
    ],
    ids=str,
)
def test_an_option_that_cannot_work_is_refused_in_one_line(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        world(**options)
    assert "\n" not in str(caught.value)


def test_a_split_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(DataError, match=r"'holdout'.*train, val, test") as caught:
        world().open("holdout")
    assert "\n" not in str(caught.value)


def test_the_shipped_option_builds_the_default_world() -> None:
    from omegaconf import OmegaConf

    option = OmegaConf.to_container(OmegaConf.load(CONF / "data" / "shapes.yaml"))
    assert isinstance(option, dict)
    arguments = {str(key): value for key, value in option.items()}
    module, _, name = arguments.pop("_target_").rpartition(".")
    built = getattr(importlib.import_module(module), name)(**arguments)
    assert built.open("test").checksum == Shapes().open("test").checksum


def test_strangers_come_last_and_without_a_label() -> None:
    counts = {"train": 1, "val": 1, "test": 2}
    alone = Shapes(classes=["chair", "table"], per_class=counts, points=64).open("test")
    beside = Shapes(
        classes=["chair", "table"], per_class=counts, points=64, strangers=["night_stand", "chair"]
    )
    split = beside.open("test")
    assert split.classes == alone.classes
    assert split.names[:4] == alone.names
    assert split.names[4:] == ["night_stand/0000", "night_stand/0001"]
    assert list(split.labels) == [0, 1, 0, 1, -1, -1]
    assert list(split.strange) == [False] * 4 + [True] * 2
    assert torch.equal(split[0].points, alone[0].points)
    assert split[4].parts is None
    assert split[4].label == -1


def test_without_strangers_the_checksum_is_what_it_was() -> None:
    counts = {"train": 1, "val": 1, "test": 1}
    alone = Shapes(classes=["chair"], per_class=counts, points=64)
    assert alone.open("test").strange == ()
    other = Shapes(classes=["chair"], per_class=counts, points=64, strangers=["chair"])
    assert other.open("test").checksum == alone.open("test").checksum
