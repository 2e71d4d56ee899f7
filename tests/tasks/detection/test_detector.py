"""Detection in one scene, without a run."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from pointclip2.data.prepare import RawCloud
from pointclip2.data.scan_folder import made_scene
from pointclip2.encoders.projectors import SplatProjector
from pointclip2.encoders.views import ViewEncoder
from pointclip2.geometry.views import ring
from pointclip2.proposals.cluster import ClusterProposals
from pointclip2.tasks.detection.box_scores import BoxScorer
from pointclip2.tasks.detection.detector import RoomDetector
from pointclip2.tasks.detection.files import boxes_in_scan
from pointclip2.text import NamePrompt
from pointclip2.types import Scene
from tests.proposals.toy_room import toy_room
from tests.toy import toy_backbone, toy_folder

CLASSES = ["table", "wardrobe", "bench"]
UTM = np.array([694386.0, 5155487.0, 381.0])


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    return ViewEncoder(
        SplatProjector(ring(4), resolution=32), toy_backbone(toy_folder(tmp_path_factory.mktemp("toy")))
    )


def detector(encoder, **options) -> RoomDetector:
    return RoomDetector.named(CLASSES, encoder, NamePrompt(), **options)


def room_at(offset: np.ndarray) -> Scene:
    points = np.round(toy_room(density=250.0).points_m.numpy().astype(np.float64), 3)
    return made_scene("room", RawCloud(points + offset))


def test_a_room_far_from_the_origin_has_the_same_boxes_moved_by_the_offset(encoder):
    find = detector(encoder)
    near, far = (boxes_in_scan(find(room_at(offset))) for offset in (np.zeros(3), UTM))
    assert len(near) > 3
    assert len(near) == len(far)
    for a, b in zip(near, far, strict=True):
        assert b["centre"] == pytest.approx((np.array(a["centre"]) + UTM).tolist(), abs=2e-5)
        assert {**a, "centre": 0} == {**b, "centre": 0}


@pytest.mark.parametrize(
    "points",
    [[[1.0, 2, 3]], [[1.0, 2, 3]] * 500, np.random.default_rng(0).normal(size=(5, 3)), "floor"],
    ids=["one point", "equal points", "five points", "bare floor"],
)
def test_where_nothing_is_proposed_nothing_is_found_and_it_is_said(encoder, points):
    if isinstance(points, str):
        points = np.pad(np.random.default_rng(0).uniform(0, 4, (3000, 2)), ((0, 0), (0, 1)))
    scene = made_scene("scan", RawCloud(np.asarray(points)), units="m", up="z")
    found = detector(encoder)(scene)
    assert len(found) == 0
    assert boxes_in_scan(found) == []
    assert found.remarks[-1] == "no boxes are proposed: nothing is found in it"


def test_a_single_proposal_is_a_detection_or_none(encoder):
    scene = toy_room(density=250.0)
    find = detector(encoder, proposals=ClusterProposals(most_boxes=1), min_objectness=0.0)
    [box] = boxes_in_scan(find(scene))
    assert box["class"] in CLASSES
    assert len(detector(encoder, proposals=ClusterProposals(most_boxes=1), min_objectness=1.0)(scene)) == 0


def test_remarks_of_the_reader_and_the_frame_go_with_what_is_found(encoder):
    scene = replace(toy_room(density=250.0), remarks=("read as millimetres",))
    found = detector(encoder)(scene)
    assert found.remarks == ("read as millimetres",)
    assert found.frame is scene.frame


def test_classes_are_evened_out_over_the_boxes_of_the_scene_and_background_swallows(encoder):
    scene = toy_room(density=250.0)
    plain, even = detector(encoder)(scene), detector(encoder, score=BoxScorer(debias=1.0))(scene)
    means = [torch.as_tensor(room.found.probability.mean(dim=0)) for room in (plain, even)]
    assert means[1].std() < means[0].std()
    swallowed = detector(encoder, score=BoxScorer(background=["wall", "quux"]))(scene)
    assert bool((swallowed.found.probability.sum(dim=1) < 1).all())
