"""What people see of a classification: the facts behind its numbers, predictions, pictures and lines of the table."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf
from torch import Tensor

from pointclip2.app.records import config_hash, write_predictions
from pointclip2.cache import FeatureTable
from pointclip2.data.dataset import CloudDataset
from pointclip2.show.gallery import GalleryItem
from pointclip2.tasks.classification.gallery import shown_shapes
from pointclip2.tasks.classification.module import Predictions
from pointclip2.tasks.classification.pipeline import ClassifyPipeline, top_classes
from pointclip2.tasks.provenance import chosen, device_name, with_training
from pointclip2.text import PromptSet
from pointclip2.types import weakest_selection

TOP = 5


def facts(
    cfg: DictConfig,
    dataset: CloudDataset,
    pipeline: ClassifyPipeline,
    prompts: PromptSet,
    table: FeatureTable,
) -> dict[str, Any]:
    """Where the numbers of ``results.json`` come from."""
    backbone, weights = pipeline.backbone, pipeline.weights
    assert weights is not None
    choices = {"prompts": prompts.selected_on, "view weights": weights.selected_on}
    used = "; ".join(f"{what} {chosen(on)}" for what, on in choices.items() if on != "none")
    labelled = sum(dataset.labels[i] >= 0 for i in table.index.tolist())
    return {
        "protocol": f"zero-shot classification, {used or 'no labels used'}",
        "task": "classification",
        "data": {
            "name": dataset.name,
            "split": dataset.split,
            "n": len(table.index),
            "labelled": labelled,
            "classes": len(dataset.classes),
            "checksum": dataset.checksum,
            "skipped": dict(table.skipped),
        },
        "backbone": {**backbone.describe(), "trained": backbone.trained, "trained_on": backbone.trained_on},
        "projector": OmegaConf.to_container(cfg.projector, resolve=True),
        "prompt": {
            "name": prompts.name,
            "hash": prompts.hash,
            "count": prompts.count,
            "selected_on": prompts.selected_on,
        },
        "view_weights": weights.describe(),
        "selected_on": weakest_selection(prompts.selected_on, weights.selected_on),
        "expect": OmegaConf.to_container(cfg.expect, resolve=True),
        "config_hash": config_hash(cfg),
        "device": device_name(),
    }


def sentence(record: Mapping[str, Any]) -> str:
    """One honest sentence about what was measured."""
    data, backbone, weights = record["data"], record["backbone"], record["view_weights"]
    how = "chosen without labels" if weights["selected_on"] == "none" else chosen(weights["selected_on"])
    written = record["prompt"]["selected_on"]
    prompt = record["prompt"]["name"] + ("" if written == "none" else f", {chosen(written)}")
    known = "" if data["labelled"] in (0, data["n"]) else f", {data['labelled']} of them with a label,"
    line = (
        f"{data['n']} clouds of {data['name']} ({data['split']}){known} among {data['classes']} classes, "
        f"{backbone['id']}, {record['prompt']['count']} sentences ({prompt}), "
        f"{weights['source']} view weights {how}."
    )
    return with_training(line, backbone)


def draw(
    run_dir: Path,
    record: Mapping[str, Any],
    dataset: CloudDataset,
    pipeline: ClassifyPipeline,
    table: FeatureTable | None,
    predictions: Predictions,
    confusion: Tensor,
    pictures: int,
) -> list[GalleryItem]:
    """``predictions.csv``, ``views.png`` and ``confusion.png``; returns the shapes on the sheet, to be turned."""
    classes = tuple(dataset.classes)
    top = top_classes(predictions.probability, classes, TOP)
    index = predictions.index.tolist()
    rows = []
    for position, best in zip(index, top, strict=True):
        row: dict[str, Any] = {"sample": dataset.names[position], "truth": _truth(dataset, position) or ""}
        for rank, (name, probability) in enumerate(best, start=1):
            row.update({f"top{rank}": name, f"p{rank}": f"{probability:.4f}"})
        rows.append(row)
    write_predictions(run_dir / "predictions.csv", rows, min(TOP, len(classes)))
    if pictures <= 0:
        return []
    from pointclip2.show.confusion import draw_confusion
    from pointclip2.show.sheet import draw_views

    positions = spread(dataset.labels, sorted(index), pictures)
    shown = shown_shapes(dataset, pipeline, table, positions, dict(zip(index, top, strict=True)))
    footer = sentence(record)
    title = f"{dataset.name}: what {record['backbone']['id']} sees and says"
    draw_views(run_dir / "views.png", [shape.row for shape in shown], title, footer)
    if record["data"]["labelled"]:
        draw_confusion(
            run_dir / "confusion.png", confusion, dataset.classes, f"{dataset.name}: confusion", footer
        )
    return [shape.item for shape in shown]


def spread(labels: Sequence[int], positions: Sequence[int], count: int) -> list[int]:
    """Up to ``count`` positions, of as many classes as there are, whichever way the split is sorted.

    A sample without a label (-1) is a class of its own.
    """
    kinds: dict[tuple[int, int], list[int]] = {}
    for position in positions:
        label = labels[position]
        kinds.setdefault((label, -1) if label >= 0 else (-1, position), []).append(position)
    in_turns = [
        position for turn in zip_longest(*kinds.values()) for position in turn if position is not None
    ]
    step = max(1, len(kinds) // count)
    return in_turns[: step * count : step]


def _truth(dataset: CloudDataset, position: int) -> str | None:
    label = dataset.labels[position]
    return dataset.classes[label] if label >= 0 else None


def rows(record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Lines of the table in the console, in per cent, with published figures beside the measured ones."""
    metrics = record["metrics"]
    oracle = record["selected_on"] == "test"
    found = []
    names = {"test/acc": "top-1", "test/acc_top5": "top-5", "test/macc": "mean class accuracy"}
    for name, label in names.items():
        if name in metrics:
            found.append(
                (label + (" (selected on TEST labels)" if oracle else ""), f"{100 * metrics[name]:.2f}")
            )
    if "search" in record and "test/acc" in record["search"]["before"]:
        before = record["search"]["before"]["test/acc"]
        found.append((f"top-1 before search={record['search']['name']}", f"{100 * before:.2f}"))
    for name, value in record["expect"].items():
        found.append((f"{names.get(name, name)}, quoted", f"{100 * value:.2f}"))
    return found or [("no labels: see predictions.csv", "")]
