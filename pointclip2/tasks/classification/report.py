"""What people see of a classification: the facts behind its numbers, predictions, pictures and lines of the table."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from pointclip2.cache import FeatureTable
from pointclip2.data.dataset import CloudDataset
from pointclip2.encoders.encoder import Encoder
from pointclip2.heads.rejection import Judgement
from pointclip2.heads.view_weights import ViewWeights
from pointclip2.heads.zero_shot import ZeroShotHead, top_classes
from pointclip2.metrics.functional import predicted_class
from pointclip2.show.exhibit import Prediction
from pointclip2.show.gallery import GalleryItem
from pointclip2.tasks.classification.gallery import shown_shapes
from pointclip2.tasks.classification.module import Predictions
from pointclip2.tasks.classification.rejecting import FIGURES
from pointclip2.tasks.classification.samples import EncodedSamples
from pointclip2.tasks.record import (
    chosen,
    data_facts,
    encoder_facts,
    labels_used,
    origin_facts,
    prompt_facts,
    quoted,
    with_training,
)
from pointclip2.tasks.run import Run
from pointclip2.text import PromptSet
from pointclip2.writing import csv_text, write_text

TOP = 5


def facts(
    run: Run,
    dataset: CloudDataset,
    encoder: Encoder,
    prompts: PromptSet,
    read: FeatureTable | EncodedSamples,
    weights: ViewWeights | None = None,
) -> dict[str, Any]:
    """Return where the numbers of ``results.json`` come from; ``weights`` is None where an adapter has its own."""
    choices = {
        "prompts": prompts.selected_on,
        **({} if weights is None else {"view weights": weights.selected_on}),
    }
    labelled = sum(dataset.labels[i] >= 0 for i in read.index.tolist())
    return {
        "protocol": f"zero-shot classification, {labels_used(choices)}",
        "task": "classification",
        "data": data_facts(dataset, len(read.index), labelled, read.skipped, **run.up_facts(dataset)),
        **encoder_facts(run, encoder),
        "prompt": prompt_facts(prompts, encoder),
        "view_weights": {} if weights is None else weights.describe(),
        **origin_facts(run, *choices.values()),
    }


def per_view(
    head: ZeroShotHead, table: FeatureTable, labels: Sequence[int], batch_size: int = 1024
) -> dict[str, list[float]]:
    """Return what each view is worth alone, and how much it counted.

    ``acc`` is the accuracy of every view alone, a fraction; ``weight`` is its weight, the mean over the shapes.
    Weights that differ from shape to shape are scaled to a mean of 1 over the views of each shape first. ``acc``
    is missing where no sample has a label.

    Args:
        head: with texts and weights in place.
        table: the features of the readable samples.
        labels: of all samples of the split, -1 where unknown.
        batch_size: shapes whose logits are held at once.
    """
    target = torch.tensor(list(labels), dtype=torch.int64)[table.index]
    views = table.features.shape[1]
    hits, weight = torch.zeros(views, dtype=torch.int64), torch.zeros(views, dtype=torch.float64)
    for start in range(0, len(target), batch_size):
        logits = head.view_logits(table.features[start : start + batch_size].cpu())
        truth = target[start : start + batch_size]
        for view, of_view in enumerate(logits):
            hits[view] += ((predicted_class(of_view) == truth) & (truth >= 0)).sum()
        weights = head.weights(logits) if head.weights else torch.ones(views)
        if weights.ndim == 1:
            weight += weights.double() * len(truth)
        else:
            mean = weights.mean(dim=0, keepdim=True)
            weight += (weights / torch.where(mean > 0, mean, 1.0)).double().sum(dim=1)
    known = int((target >= 0).sum())
    found = {"weight": [round(value, 6) for value in (weight / max(len(target), 1)).tolist()]}
    return {"acc": (hits.double() / known).tolist(), **found} if known else found


def sentence(record: Mapping[str, Any]) -> str:
    """One honest sentence about what was measured."""
    data, backbone, weights = record["data"], record["backbone"], record["view_weights"]
    how = "chosen without labels" if weights["selected_on"] == "none" else chosen(weights["selected_on"])
    written = record["prompt"]["selected_on"]
    prompt = record["prompt"]["name"] + ("" if written == "none" else f", {chosen(written)}")
    known = "" if data["labelled"] in (0, data["n"]) else f", {data['labelled']} of them with a label,"
    line = (
        f"{data['n']} clouds of {data['name']} ({data['split']}){known} among {data['classes']} classes, "
        f"{backbone['id']}, {_said(record['prompt']['count'], prompt)}, "
        f"{weights['source']} view weights {how}."
    )
    return with_training(line, backbone)


def _said(count: int, prompt: str) -> str:
    return f"{count} sentences ({prompt})" if count else "no sentences"


def draw(
    run: Run,
    record: Mapping[str, Any],
    dataset: CloudDataset,
    encoder: Encoder,
    head: ZeroShotHead | None,
    table: FeatureTable | None,
    predictions: Predictions,
    confusion: Tensor,
    judgement: Judgement | None = None,
) -> list[GalleryItem]:
    """Write ``predictions.csv``, ``views.png`` and ``confusion.png``; return the shapes on the sheet, to be turned.

    Args:
        head: what each view says alone; None, like ``table``, where an adapter looks at all views at once.
        judgement: how well the best names fit, where that was asked: a column ``none`` of the table.
    """
    classes = tuple(dataset.classes)
    top = top_classes(predictions.probability, classes, TOP)
    index = predictions.index.tolist()
    rows = []
    nothing = {} if judgement is None else dict(zip(index, judgement.none.tolist(), strict=True))
    for position, best in zip(index, top, strict=True):
        row: dict[str, Any] = {"sample": dataset.names[position], "truth": _truth(dataset, position) or ""}
        if nothing:
            row["none"] = f"{nothing[position]:.4f}"
        for rank, (name, probability) in enumerate(best, start=1):
            row.update({f"top{rank}": name, f"p{rank}": f"{probability:.4f}"})
        rows.append(row)
    k = min(TOP, len(classes))
    run.keep("predictions.csv", lambda folder: _write_predictions(folder / "predictions.csv", rows, k))
    if run.pictures <= 0:
        return []
    from pointclip2.show.confusion import draw_confusion
    from pointclip2.show.sheet import draw_views

    positions = spread(dataset.labels, sorted(index), run.pictures)
    shown = shown_shapes(
        run.upright(dataset), encoder, head, table, positions, dict(zip(index, top, strict=True))
    )
    footer = sentence(record)
    title = f"{dataset.name}: what {record['backbone']['id']} sees and says"
    drawn = [shape.row for shape in shown if shape.row is not None]
    if drawn:
        run.keep("views.png", lambda folder: draw_views(folder / "views.png", drawn, title, footer))
    if record["data"]["labelled"]:
        title = f"{dataset.name}: confusion"
        run.keep(
            "confusion.png",
            lambda folder: draw_confusion(
                folder / "confusion.png", confusion, dataset.classes, title, footer
            ),
        )
    return [shape.item for shape in shown]


def _write_predictions(path: Path, rows: Sequence[Mapping[str, Any]], k: int) -> None:
    """Write a sample a line with its ``k`` best classes and their probabilities."""
    asked = ["none"] if rows and "none" in rows[0] else []
    fields = ["sample", "truth", *asked] + [
        name for rank in range(1, k + 1) for name in (f"top{rank}", f"p{rank}")
    ]
    write_text(path, csv_text([fields, *([row.get(name, "") for name in fields] for row in rows)], "\r\n"))


def said(dataset: CloudDataset, predictions: Predictions) -> list[Prediction]:
    """Return the best names of every sample, for people to read."""
    top = top_classes(predictions.probability, dataset.classes, 3)
    return [
        Prediction(dataset.names[position], _truth(dataset, position), tuple(best))
        for position, best in zip(predictions.index.tolist(), top, strict=True)
    ]


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
    names = {"test/acc": "top-1", "test/acc_top5": "top-5", "test/macc": "mean class accuracy", **FIGURES}
    for name, label in names.items():
        if name in metrics:
            said = label + (" (selected on TEST labels)" if oracle else "")
            found.append((said, f"{100 * metrics[name]:.2f}"))
    if "search" in record and "test/acc" in record["search"]["before"]:
        before = record["search"]["before"]["test/acc"]
        found.append((f"top-1 before search={record['search']['name']}", f"{100 * before:.2f}"))
    found += quoted(record, names)
    return found or [("no labels: see predictions.csv", "")]
