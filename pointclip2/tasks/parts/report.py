"""What people see of a part segmentation: the facts behind its numbers, tables, clouds and lines of the console."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pointclip2.cache import EncodedSplit
from pointclip2.data.dataset import CloudDataset
from pointclip2.encoders.dense import DenseViewEncoder
from pointclip2.show.exhibit import Prediction
from pointclip2.show.gallery import GalleryItem
from pointclip2.tasks.parts.categories import Categories
from pointclip2.tasks.parts.choice import PartChoices
from pointclip2.tasks.parts.gallery import CloudWriter, PartColours, gallery_item
from pointclip2.tasks.parts.module import PartModule, PartPrediction
from pointclip2.tasks.record import (
    chosen,
    data_facts,
    encoder_facts,
    labels_used,
    origin_facts,
    quoted,
    with_training,
)
from pointclip2.tasks.run import Run
from pointclip2.types import weakest_selection
from pointclip2.writing import csv_text, write_text

RELEASED = "AS RELEASED"
SHOWN = {
    "test/miou_category": "category mIoU",
    "test/miou_instance": "instance mIoU",
    "test/point_acc": "points right",
}


def facts(
    run: Run,
    dataset: CloudDataset,
    encoder: DenseViewEncoder,
    choices: PartChoices,
    split: EncodedSplit,
    module: PartModule,
    categories: Categories,
    asked: str | Sequence[str],
) -> dict[str, Any]:
    """Return where the numbers of ``results.json`` come from, and the baselines beside them.

    ``asked`` is what was asked for as parts.
    """
    head, weights = module.head, module.head.weights
    assert weights is not None
    prompts = (*choices.prompts, *categories.prompts)
    written = weakest_selection(*(said.selected_on for said in prompts))
    used = labels_used({"prompts": written, "view weights": weights.selected_on})
    # Of the released program, which are switched on.
    defects = ["scrambled features"] if head.scramble else []
    defects += ["transposed lookup"] if getattr(encoder.projector, "transposed", False) else []
    kind = f"zero-shot part segmentation{f' {RELEASED}' if defects else ''}, category {categories.source}"
    positions = split.index.tolist()
    data = data_facts(
        dataset, len(positions), len(module.by_shape), split.skipped, parts=len(dataset.part_names)
    )
    data["classes"] = len({dataset.labels[i] for i in positions if dataset.labels[i] >= 0})
    return {
        "protocol": f"{kind}, {used}",
        "task": "part_segmentation",
        "released_defects": defects,
        "data": data,
        "category": {"source": categories.source, "accuracy": categories.accuracy},
        "parts": {"asked": asked, "choices": len(choices.choices)},
        **encoder_facts(run, encoder),
        "dense": encoder.dense.describe(),
        "back_projection": {
            "window": head.window,
            "upsample": head.upsample,
            "centre": head.centre,
            "scramble": head.scramble,
        },
        "smoothing": head.smoothing.describe(),
        "cache": {"bits": module.packing.bits, "bytes_per_shape": split.sample_bytes()},
        "prompt": {
            "name": choices.prompts[0].name,
            "hash": "-".join(said.hash[:8] for said in prompts[:4])
            + (f"-{len(prompts)}" if len(prompts) > 4 else ""),
            "count": sum(said.count for said in prompts),
            "selected_on": written,
        },
        "view_weights": weights.describe(),
        **origin_facts(run, written, weights.selected_on),
        "baselines": module.baselines,
        "coverage": module.coverage,
        "part_iou": {dataset.part_names[part]: value for part, value in module.by_part.items()},
        "metrics": module.results,
    }


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
    found += quoted(record, SHOWN)
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
    run: Run,
    record: Mapping[str, Any],
    dataset: CloudDataset,
    choices: PartChoices,
    module: PartModule,
    write_clouds: bool,
) -> None:
    """``predictions.csv`` with a line a cloud, ``parts.png``, and coloured clouds as PLY."""
    table = "predictions.csv"
    run.keep(table, lambda folder: _write_table(folder / table, dataset, choices, module))
    if write_clouds:
        run.keep("clouds", lambda folder: _write_clouds(CloudWriter(folder, dataset, choices), module))
    if not module.kept:
        return
    from pointclip2.show.parts import PartRow, draw_parts

    drawn = []
    for prediction in module.kept:
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
                _figure(module, prediction.index),
            )
        )
    picture = "parts.png"
    run.keep(picture, lambda folder: draw_parts(folder / picture, drawn, title(record), sentence(record)))


def _write_clouds(write: CloudWriter, module: PartModule) -> None:
    for prediction in module.kept:
        write(prediction)


def gallery(dataset: CloudDataset, choices: PartChoices, module: PartModule) -> list[GalleryItem]:
    """The kept clouds for the report and the dashboards."""
    return [gallery_item(dataset, choices, prediction) for prediction in module.kept]


def said(dataset: CloudDataset, choices: PartChoices, module: PartModule) -> list[Prediction]:
    """Return the share of every part in the clouds that were kept, for people to read."""
    found = []
    for prediction in module.kept:
        names = PartColours(dataset, choices, prediction).names
        count = prediction.part.bincount(minlength=1)
        shares = [
            (names[part], count[part].item() / len(prediction.part))
            for part in count.nonzero()[:, 0].tolist()
        ]
        shares.sort(key=lambda entry: -entry[1])
        found.append(Prediction(dataset.names[prediction.index], None, tuple(shares)))
    return found


def _figure(module: PartModule, index: int) -> str:
    return f"mIoU {100 * module.by_shape[index]:.0f} %" if index in module.by_shape else ""


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


def _write_table(path: Path, dataset: CloudDataset, choices: PartChoices, module: PartModule) -> None:
    rows = [["sample", "truth", "category", "miou"]]
    for index in sorted(choices.of_sample):
        iou = f"{module.by_shape[index]:.4f}" if index in module.by_shape else ""
        rows.append(
            [dataset.names[index], _category(dataset, index) or "", choices[index].category or "", iou]
        )
    write_text(path, csv_text(rows))
