"""What people see of a part segmentation: the facts behind its numbers, tables, clouds and lines of the console."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from pointclip2.app.records import config_hash
from pointclip2.data.dataset import CloudDataset
from pointclip2.show.gallery import GalleryItem
from pointclip2.tasks.parts.categories import Categories
from pointclip2.tasks.parts.choice import PartChoices
from pointclip2.tasks.parts.dense_features import DenseSplit
from pointclip2.tasks.parts.gallery import CloudWriter, PartColours, gallery_item
from pointclip2.tasks.parts.module import PartPrediction, PartSegmentationTask
from pointclip2.tasks.provenance import chosen, device_name, with_training
from pointclip2.types import weakest_selection
from pointclip2.writing import write_text

RELEASED = "AS RELEASED"
SHOWN = {
    "test/miou_category": "category mIoU",
    "test/miou_instance": "instance mIoU",
    "test/point_acc": "points right",
}


def facts(
    cfg: DictConfig,
    dataset: CloudDataset,
    choices: PartChoices,
    split: DenseSplit,
    task: PartSegmentationTask,
    categories: Categories,
) -> dict[str, Any]:
    """Where the numbers of ``results.json`` come from, and the baselines beside them."""
    pipeline = task.pipeline
    backbone, weights = pipeline.backbone, pipeline.weights
    assert weights is not None
    prompts = (*choices.prompts, *categories.prompts)
    written = weakest_selection(*(said.selected_on for said in prompts))
    used = "; ".join(
        f"{what} {chosen(on)}"
        for what, on in {"prompts": written, "view weights": weights.selected_on}.items()
        if on != "none"
    )
    defects = _defects(cfg, pipeline.scramble)
    kind = f"zero-shot part segmentation{f' {RELEASED}' if defects else ''}, category {categories.source}"
    positions = split.index.tolist()
    return {
        "protocol": f"{kind}, {used or 'no labels used'}",
        "task": "part_segmentation",
        "released_defects": defects,
        "data": {
            "name": dataset.name,
            "split": dataset.split,
            "n": len(positions),
            "labelled": len(task.by_shape),
            "classes": len({dataset.labels[i] for i in positions if dataset.labels[i] >= 0}),
            "parts": len(dataset.part_names),
            "checksum": dataset.checksum,
            "skipped": dict(split.skipped),
        },
        "category": {"source": categories.source, "accuracy": categories.accuracy},
        "parts": {"asked": _asked(cfg), "choices": len(choices.choices)},
        "backbone": {**backbone.describe(), "trained": backbone.trained, "trained_on": backbone.trained_on},
        "projector": OmegaConf.to_container(cfg.projector, resolve=True),
        "dense": pipeline.dense.describe(),
        "back_projection": {
            "window": pipeline.window,
            "upsample": pipeline.upsample,
            "centre": pipeline.centre,
            "scramble": pipeline.scramble,
        },
        "smoothing": pipeline.smoothing.describe(),
        "cache": {"bits": task.bits, "bytes_per_shape": split.shape_bytes},
        "prompt": {
            "name": choices.prompts[0].name,
            "hash": "-".join(said.hash[:8] for said in prompts[:4])
            + (f"-{len(prompts)}" if len(prompts) > 4 else ""),
            "count": sum(said.count for said in prompts),
            "selected_on": written,
        },
        "view_weights": weights.describe(),
        "selected_on": weakest_selection(written, weights.selected_on),
        "baselines": task.baselines,
        "coverage": task.coverage,
        "part_iou": {dataset.part_names[part]: value for part, value in task.by_part.items()},
        "expect": OmegaConf.to_container(cfg.expect, resolve=True),
        "config_hash": config_hash(cfg),
        "device": device_name(),
        "metrics": task.results,
    }


def _defects(cfg: DictConfig, scramble: bool) -> list[str]:
    """Which of the released program's defects are switched on."""
    found = ["scrambled features"] if scramble else []
    return found + (["transposed lookup"] if cfg.projector.get("lookup") == "transposed" else [])


def _asked(cfg: DictConfig) -> Any:
    return OmegaConf.to_container(cfg.task, resolve=True)["parts"]  # type: ignore[index,call-overload]


def title(record: Mapping[str, Any]) -> str:
    """Of the table in the console."""
    data = record["data"]
    released = (
        f", {RELEASED}: {' and '.join(record['released_defects'])}" if record["released_defects"] else ""
    )
    return f"zero-shot part segmentation of {data['name']} ({data['split']}, {data['n']} clouds){released}"


def rows(record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Lines of the table, in per cent: figures, baselines, quoted figures, every category."""
    metrics, found = record["metrics"], []
    marks = [RELEASED] if record["released_defects"] else []
    marks += ["selected on TEST labels"] if record["selected_on"] == "test" else []
    mark = f" ({', '.join(marks)})" if marks else ""
    for name, label in SHOWN.items():
        if name in metrics:
            found.append((label + mark, f"{100 * metrics[name]:.2f}"))
    for name, value in record["expect"].items():
        found.append((f"{SHOWN.get(name, name)}, quoted", f"{100 * value:.2f}"))
    for name, figures in record["baselines"].items():
        both = f"{100 * figures['test/miou_category']:.2f} / {100 * figures['test/miou_instance']:.2f}"
        found.append((f"{name.replace('_', ' ')} everywhere: category / instance mIoU", both))
    found.append(("points seen in a view", f"{100 * record['coverage']:.2f}"))
    accuracy = record["category"]["accuracy"]
    if accuracy is not None:
        found.append(("categories predicted right", f"{100 * accuracy:.2f}"))
    prefix = "test/iou_class/"
    for name, value in metrics.items():
        if name.startswith(prefix):
            found.append((f"  {name.removeprefix(prefix).replace('_', ' ')}", f"{100 * value:.2f}"))
    return found if metrics else [*found, ("no labels: see clouds/ and parts.png", "")]


def sentence(record: Mapping[str, Any]) -> str:
    """One honest sentence about what was measured."""
    data, backbone, weights, prompt = (record[key] for key in ("data", "backbone", "view_weights", "prompt"))
    on = weights["selected_on"]
    how = "chosen without labels" if on == "none" else chosen(on)
    written = "" if prompt["selected_on"] == "none" else f", {chosen(prompt['selected_on'])}"
    released = ""
    if record["released_defects"]:
        released = f" Computed {RELEASED}, with {' and '.join(record['released_defects'])}: not what the features say."
    line = (
        f"{data['n']} clouds of {data['name']} ({data['split']}), category {record['category']['source']}, "
        f"{backbone['id']}, {prompt['count']} sentences ({prompt['name']}{written}), {weights['source']} view weights "
        f"{how}; a part that is neither in labels nor prediction counts 1.{released}"
    )
    return with_training(line, backbone)


def draw(
    run_dir: Path,
    record: Mapping[str, Any],
    dataset: CloudDataset,
    choices: PartChoices,
    task: PartSegmentationTask,
    write_clouds: bool,
) -> None:
    """``predictions.csv`` with a line a cloud, ``parts.png``, and coloured clouds as PLY."""
    _write_table(run_dir / "predictions.csv", dataset, choices, task)
    writer = CloudWriter(run_dir, dataset, choices)
    if write_clouds:
        for prediction in task.kept:
            writer(prediction)
    if not task.kept:
        return
    from pointclip2.show.parts import PartRow, draw_parts

    drawn = []
    for prediction in task.kept:
        colours = PartColours(dataset, choices, prediction)
        labelled = bool((prediction.truth >= 0).any())
        drawn.append(
            PartRow(
                dataset.names[prediction.index],
                prediction.category or _category(dataset, prediction.index) or "cloud",
                prediction.points.numpy(),
                colours.of(prediction.truth) if labelled else None,
                colours.of(prediction.part),
                [
                    (colours.names[part], colours.colour(part), _remark(prediction, part))
                    for part in colours.occurring
                ],
                _figure(task, prediction.index),
            )
        )
    draw_parts(run_dir / "parts.png", drawn, title(record), sentence(record))


def gallery(dataset: CloudDataset, choices: PartChoices, task: PartSegmentationTask) -> list[GalleryItem]:
    """The kept clouds for the report and the dashboards."""
    return [gallery_item(dataset, choices, prediction) for prediction in task.kept]


def _figure(task: PartSegmentationTask, index: int) -> str:
    return f"mIoU {100 * task.by_shape[index]:.0f} %" if index in task.by_shape else ""


def _remark(prediction: PartPrediction, part: int) -> str:
    if not bool((prediction.truth >= 0).any()):
        return f"{100 * float((prediction.part == part).float().mean()):.0f} % of the points"
    known = prediction.truth >= 0
    said, true = (prediction.part == part) & known, prediction.truth == part
    union = int((said | true).sum())
    return f"IoU {100 * int((said & true).sum()) / union:.0f} %" if union else "absent"


def _category(dataset: CloudDataset, index: int) -> str | None:
    label = dataset.labels[index]
    return dataset.classes[label] if label >= 0 else None


def _write_table(path: Path, dataset: CloudDataset, choices: PartChoices, task: PartSegmentationTask) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["sample", "truth", "category", "miou"])
    for index in sorted(choices.of_sample):
        iou = f"{task.by_shape[index]:.4f}" if index in task.by_shape else ""
        writer.writerow(
            [dataset.names[index], _category(dataset, index) or "", choices[index].category or "", iou]
        )
    write_text(path, text.getvalue())
