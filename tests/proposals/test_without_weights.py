"""Proposals that need no weights, on a room whose boxes are known, and on what is no room."""

import math
from functools import cache

import numpy as np
import pytest
import torch

from pointclip2.geometry.boxes import box_iou, make_boxes, valid
from pointclip2.proposals.cluster import ClusterProposals
from pointclip2.proposals.felzenszwalb import FelzenszwalbProposals
from pointclip2.proposals.fit import best_heading
from pointclip2.proposals.grouping import unsigned
from pointclip2.proposals.oracle import OracleProposals
from pointclip2.proposals.proposal import Proposals, Proposer
from pointclip2.proposals.segments import segment_graph
from pointclip2.proposals.structure import find_structure
from pointclip2.proposals.surface import surface, thinned
from pointclip2.types import CloudError, ConfigError, Scene
from tests.proposals.toy_room import toy_room

PROPOSERS = [ClusterProposals(), FelzenszwalbProposals()]
both = pytest.mark.parametrize("proposer", PROPOSERS, ids=lambda proposer: proposer.name)


def covered(scene: Scene, proposals: Proposals) -> list[float]:
    assert scene.boxes is not None
    return box_iou(scene.boxes, proposals.boxes).amax(dim=1).tolist()


def as_scene(points: object) -> Scene:
    return Scene("odd", torch.tensor(np.asarray(points), dtype=torch.float32))


@cache
def proposed(number: int) -> Proposals:
    """What a proposer of the list finds in the room."""
    return PROPOSERS[number](toy_room())


@both
def test_every_thing_in_a_room_is_covered_by_boxes_that_are_boxes(proposer: Proposer) -> None:
    scene, found = toy_room(), proposed(PROPOSERS.index(proposer))
    assert min(covered(scene, found)) > 0.5
    assert bool(valid(found.boxes).all())
    assert bool(((found.objectness > 0) & (found.objectness <= 1)).all())
    assert set(proposer.describe()) > {"name", "voxel_m", "turn"}


def test_a_floor_that_leans_and_a_scan_full_of_noise_change_little() -> None:
    scene = toy_room(tilt=0.03, noise_m=0.012)
    best = covered(scene, ClusterProposals()(scene))
    assert min(best) > 0.25
    assert float(np.mean(best)) > 0.6


@both
def test_the_same_scene_gives_the_same_boxes(proposer: Proposer) -> None:
    first, second = proposed(PROPOSERS.index(proposer)), proposer(toy_room())
    assert first.boxes.centre_m.equal(second.boxes.centre_m)
    assert first.objectness.equal(second.objectness)


@both
def test_an_empty_room_has_nothing_in_it(proposer: Proposer) -> None:
    assert len(proposer(toy_room(furniture=False)).boxes) == 0


@both
@pytest.mark.parametrize(
    "points",
    [[[0.0, 0, 0]], [[1.0, 2, 3]] * 50, [[0.0, 0, z / 50] for z in range(50)], [[0.0, 0, 0], [1000.0, 0, 0]]],
    ids=["one point", "all the same", "a line", "two far points"],
)
def test_what_is_no_room_is_no_crash(proposer: Proposer, points: list[list[float]]) -> None:
    found = proposer(as_scene(points))
    assert bool(valid(found.boxes).all())


def test_turned_furniture_gets_turned_boxes() -> None:
    scene = toy_room()
    turn = math.radians(25)
    spin = torch.tensor(
        [[math.cos(turn), math.sin(turn), 0], [-math.sin(turn), math.cos(turn), 0], [0, 0, 1]]
    )
    assert scene.boxes is not None
    boxes = make_boxes(scene.boxes.centre_m @ spin, scene.boxes.size_m, torch.full((4,), turn))
    turned = Scene("turned", scene.points_m @ spin, boxes)
    assert min(covered(turned, ClusterProposals(turn="free")(turned))) > 0.5


def test_a_lone_table_is_not_taken_for_floor() -> None:
    rng = np.random.default_rng(0)
    top = np.column_stack([rng.uniform(0, 1, (4000, 2)), np.full(4000, 0.7)])
    legs = rng.uniform(0, 0.03, (1600, 3))
    legs[:, 2] = rng.uniform(0, 0.7, 1600)
    legs[:, :2] += np.array([[0, 0], [0.97, 0], [0, 0.97], [0.97, 0.97]])[rng.integers(4, size=1600)]
    thin = surface(np.concatenate([top, legs]).astype(np.float32), 0.03, 30_000)
    structure = find_structure(thin, 0.045)
    assert structure.floor is None
    assert not structure.belongs(thin.points).any()


def test_floor_and_walls_are_found_and_furniture_is_not() -> None:
    scene = toy_room()
    thin = surface(scene.points_m.numpy(), 0.03, 30_000)
    structure = find_structure(thin, 0.045)
    found = {(int(np.abs(wall.normal).argmax()), round(abs(wall.offset_m), 1)) for wall in structure.walls}
    assert found >= {(0, 0.0), (0, 4.0), (1, 0.0), (1, 3.5)}
    points = np.array([[2.0, 2.0, 0.0], [0.0, 2.0, 1.5], [1.0, 1.0, 0.8], [3.6, 1.2, 1.8]])
    assert structure.belongs(points).tolist() == [True, True, False, False]


def test_thinning_bounds_the_points_and_keeps_the_extent() -> None:
    points = np.random.default_rng(0).uniform(0, 3, (20_000, 3)).astype(np.float32)
    thin = surface(points, 0.02, 2_000)
    assert len(thin) <= 2_000
    assert thin.voxel_m > 0.02
    assert np.allclose(thin.points.min(0), 0, atol=0.3)
    assert len(thinned(points, 10.0)) == 1


def test_normals_are_compared_without_their_sign() -> None:
    normals = np.array([[1.0, 0, 0], [-1, 0, 0], [0, 1, 0]])
    x, opposite, y = unsigned(normals)
    assert np.allclose(x, opposite)
    assert np.linalg.norm(x - y) == pytest.approx(1)


def test_the_heading_is_that_of_the_smallest_rectangle() -> None:
    flat = np.random.default_rng(0).uniform((-1, -0.2), (1, 0.2), (400, 2))
    turn = math.radians(33)
    spun = flat @ np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
    assert best_heading(spun, 0.0, 0.0) == pytest.approx(turn, abs=math.radians(2))


def test_segments_part_where_edges_are_heavy() -> None:
    edges = np.array([[0, 1], [1, 2], [2, 3], [3, 4], [4, 5]])
    weights = np.array([0.01, 0.01, 5.0, 0.01, 0.01])
    assert segment_graph(weights, edges, 6, 0.1, 1).tolist() == [0, 0, 0, 1, 1, 1]
    assert set(segment_graph(weights, edges, 6, 0.1, 4)) == {0}


def test_the_truth_as_proposals_tells_no_class() -> None:
    scene = toy_room()
    found = OracleProposals()(scene)
    assert covered(scene, found) == pytest.approx([1.0] * 4)
    assert found.boxes.labels.tolist() == [-1] * 4
    with pytest.raises(CloudError, match="proposals=cluster"):
        OracleProposals()(Scene("unknown", scene.points_m))


def test_options_that_cannot_work_are_named() -> None:
    with pytest.raises(ConfigError, match="turn=sideways"):
        ClusterProposals(turn="sideways")
    with pytest.raises(ConfigError, match="positive"):
        ClusterProposals(voxel_m=0)
    with pytest.raises(ConfigError, match="positive"):
        FelzenszwalbProposals(k=0)


@pytest.mark.slow
def test_a_million_points_are_thinned_first() -> None:
    scene = toy_room(density=24_000)
    assert len(scene.points_m) > 1_000_000
    assert min(covered(scene, ClusterProposals(hierarchy=())(scene))) > 0.5
