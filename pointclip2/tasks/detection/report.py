"""What people read of a detection: the facts behind its numbers, lines of the table, one honest sentence."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch

from pointclip2.data.scan_frame import up_of
from pointclip2.data.scene_dataset import SceneDataset
from pointclip2.encoders.encoder import Encoder
from pointclip2.proposals.crops import BoxCropper
from pointclip2.proposals.encoded import EncodedScene
from pointclip2.proposals.proposal import Proposer
from pointclip2.show.exhibit import Prediction
from pointclip2.tasks.detection.head import DetectionHead, RoomDetections
from pointclip2.tasks.record import (
    chosen,
    data_facts,
    encoder_facts,
    labels_used,
    origin_facts,
    per_cent,
    prompt_facts,
    quoted,
    with_training,
)
from pointclip2.tasks.run import Run
from pointclip2.text import PromptSet
from pointclip2.types import Frame

NAMES = {
    "test/map_25": "mAP at IoU .25",
    "test/map_50": "mAP at IoU .50",
    "test/ar_25": "average recall at .25",
    "test/ar_50": "average recall at .50",
    "test/recall_25": "true boxes that a proposal covers, .25",
    "test/recall_50": "true boxes that a proposal covers, .50",
    "test/box_acc": "accuracy on true boxes",
    "test/box_macc": "mean class accuracy on true boxes",
}


@dataclass
class BoxCounts:
    """How many scenes and boxes a split holds, and how its scans were read."""

    scenes: int = 0
    proposed: int = 0
    labelled: int = 0
    """Scenes whose true boxes are known."""
    true: int = 0
    too_empty: int = 0
    """True boxes with too few points to be looked at."""
    frames: dict[int, Frame] = field(default_factory=dict)
    """The frame of each scene, by its position in the data set."""
    remarks: dict[int, tuple[str, ...]] = field(default_factory=dict)
    """What was said of a scene, likewise; scenes of which nothing was said are not in it."""

    @classmethod
    def of(cls, scenes: Iterable[tuple[int, EncodedScene]]) -> "BoxCounts":
        """Count scene after scene; each comes with its position."""
        total = cls()
        for position, scene in scenes:
            total.scenes += 1
            total.proposed += len(scene.proposals.boxes)
            total.frames[position] = scene.frame
            remarks = list(scene.remarks)
            if scene.truth is not None:
                true, empty = len(scene.truth.boxes), int((~scene.truth.kept).sum())
                total.labelled += 1
                total.true += true
                total.too_empty += empty
                if empty:
                    doubt = ": are their units and their origin the scan's?" if empty == true else ""
                    remarks.append(f"{empty} of {true} true boxes hold too few points to be named{doubt}")
            if remarks:
                total.remarks[position] = tuple(remarks)
        return total

    def read_as(self) -> dict[str, int]:
        """Return how many scans were read in which unit and which way up."""
        return dict(Counter(f"{frame.unit}, {up_of(frame)} up" for frame in self.frames.values()))


def facts(
    run: Run,
    dataset: SceneDataset,
    encoder: Encoder,
    prompts: PromptSet,
    head: DetectionHead,
    proposer: Proposer,
    cropper: BoxCropper,
    counts: BoxCounts,
    skipped: Mapping[str, str],
) -> dict[str, Any]:
    """Return where the numbers of ``results.json`` come from."""
    weights, scorer = head.names.weights, head.scorer
    assert weights is not None
    choices = {
        "prompts": prompts.selected_on,
        "view weights": weights.selected_on,
        "class bias": scorer.selected_on,
    }
    oracle = "; TRUE boxes as proposals" if proposer.name == "oracle" else ""
    return {
        "protocol": f"zero-shot detection, {labels_used(choices)}{oracle}",
        "task": "detection",
        "data": data_facts(
            dataset,
            counts.scenes,
            counts.labelled,
            skipped,
            true_boxes=counts.true,
            true_boxes_too_empty=counts.too_empty,
            read_as=counts.read_as(),
            remarks={dataset.names[position]: list(said) for position, said in counts.remarks.items()},
        ),
        **encoder_facts(run, encoder),
        "proposals": {
            **proposer.describe(),
            "a_scene": round(counts.proposed / max(counts.scenes, 1), 1),
        },
        "crop": dict(vars(cropper)),
        "score": {**scorer.describe(), "nms_iou": head.nms_iou, "min_objectness": head.min_objectness},
        "prompt": prompt_facts(prompts, encoder),
        "view_weights": weights.describe(),
        **origin_facts(run, *choices.values()),
    }


def sentence(record: Mapping[str, Any]) -> str:
    """One honest sentence about what was measured."""
    data, backbone, score = record["data"], record["backbone"], record["score"]
    proposals = record["proposals"]
    source = "the TRUE boxes" if proposals["name"] == "oracle" else f"boxes by {proposals['name']}"
    extras = [
        *([f"background {', '.join(score['background'])}"] if score["background"] else []),
        *([f"sizes from {score['size_table']} table"] if score["size_weight"] else []),
        *([f"classes evened out by {score['debias']:g} over unlabelled boxes"] if score["debias"] else []),
    ]
    selected = "chosen without labels" if record["selected_on"] == "none" else chosen(record["selected_on"])
    line = (
        f"{data['n']} scenes of {data['name']} ({data['split']}), {data['true_boxes']} true boxes of "
        f"{data['classes']} classes; {source}, {proposals['a_scene']} a scene; {backbone['id']}, "
        f"{record['prompt']['count']} sentences ({record['prompt']['name']}), "
        f"{record['view_weights']['source']} view weights, {selected}; temperature {score['temperature']:g}"
        f"{''.join(f', {extra}' for extra in extras)}."
    )
    return with_training(line, backbone)


def said(room: RoomDetections, most: int = 6) -> Prediction:
    """Return the best boxes of one scene by their classes and scores, for people to read."""
    best = room.found.scores.amax(dim=1) if len(room) else torch.zeros(0)
    named = zip(room.found.boxes.labels.tolist(), best.tolist(), strict=True)
    return Prediction(room.scene, None, tuple((room.classes[label], score) for label, score in named)[:most])


def rows(record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Lines of the table in the console, in per cent, with published figures beside the measured ones."""
    metrics = record["metrics"]
    marks = []
    if record["selected_on"] == "test":
        marks.append("selected on TEST labels")
    if record["proposals"]["name"] == "oracle":
        marks.append("TRUE boxes")
    mark = f" ({'; '.join(marks)})" if marks else ""
    found = [
        (label + (mark if "map" in name or "acc" in name else ""), per_cent(metrics[name]))
        for name, label in NAMES.items()
        if name in metrics
    ]
    if found:
        hardest = sorted(
            (value, name.rsplit("/", 1)[1]) for name, value in metrics.items() if "/ap_25_class/" in name
        )
        if len(hardest) > 1:
            for what, (value, name) in (("best", hardest[-1]), ("worst", hardest[0])):
                found.append((f"AP at .25, {what} class: {name.replace('_', ' ')}", f"{100 * value:.2f}"))
    found += quoted(record, NAMES)
    return found or [("no true boxes: see detections.csv and scenes/", "")]
