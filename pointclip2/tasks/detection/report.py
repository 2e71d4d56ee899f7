"""What people read of a detection: the facts behind its numbers, lines of the table, one honest sentence."""

from collections.abc import Mapping
from typing import Any

from omegaconf import DictConfig, OmegaConf

from pointclip2.app.records import config_hash
from pointclip2.data.scene_dataset import SceneDataset
from pointclip2.tasks.detection.data import EncodedScene
from pointclip2.tasks.detection.pipeline import DetectPipeline
from pointclip2.tasks.provenance import chosen, device_name, with_training
from pointclip2.text import PromptSet
from pointclip2.types import weakest_selection

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


def facts(
    cfg: DictConfig,
    dataset: SceneDataset,
    pipeline: DetectPipeline,
    prompts: PromptSet,
    scenes: Mapping[int, EncodedScene],
    skipped: Mapping[str, str],
) -> dict[str, Any]:
    """Where the numbers of ``results.json`` come from."""
    backbone, weights, scorer = pipeline.classify.backbone, pipeline.classify.weights, pipeline.scorer
    assert weights is not None
    known = [scene.truth for scene in scenes.values() if scene.truth is not None]
    choices = {
        "prompts": prompts.selected_on,
        "view weights": weights.selected_on,
        "class bias": scorer.selected_on,
    }
    used = "; ".join(f"{what} {chosen(on)}" for what, on in choices.items() if on != "none")
    oracle = "; TRUE boxes as proposals" if pipeline.proposer.name == "oracle" else ""
    proposed = sum(len(scene.proposals.boxes) for scene in scenes.values())
    return {
        "protocol": f"zero-shot detection, {used or 'no labels used'}{oracle}",
        "task": "detection",
        "data": {
            "name": dataset.name,
            "split": dataset.split,
            "n": len(scenes),
            "labelled": len(known),
            "true_boxes": sum(len(truth.boxes) for truth in known),
            "true_boxes_too_empty": sum(int((~truth.kept).sum()) for truth in known),
            "classes": len(dataset.classes),
            "checksum": dataset.checksum,
            "skipped": dict(skipped),
        },
        "backbone": {**backbone.describe(), "trained": backbone.trained, "trained_on": backbone.trained_on},
        "projector": OmegaConf.to_container(cfg.projector, resolve=True),
        "proposals": {**pipeline.proposer.describe(), "a_scene": round(proposed / max(len(scenes), 1), 1)},
        "crop": dict(vars(pipeline.cropper)),
        "score": {
            **scorer.describe(),
            "nms_iou": pipeline.nms_iou,
            "min_objectness": pipeline.min_objectness,
        },
        "prompt": {
            "name": prompts.name,
            "hash": prompts.hash,
            "count": prompts.count,
            "selected_on": prompts.selected_on,
        },
        "view_weights": weights.describe(),
        "selected_on": weakest_selection(prompts.selected_on, weights.selected_on, scorer.selected_on),
        "expect": OmegaConf.to_container(cfg.expect, resolve=True),
        "config_hash": config_hash(cfg),
        "device": device_name(),
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
        (label + (mark if "map" in name or "acc" in name else ""), f"{100 * metrics[name]:.2f}")
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
    for name, value in record["expect"].items():
        found.append((f"{NAMES.get(name, name)}, quoted", f"{100 * value:.2f}"))
    return found or [("no true boxes: see detections.csv and scenes/", "")]
