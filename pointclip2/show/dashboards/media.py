"""Send Weights & Biases what it shows of a run: figures with units, confusion, classes, views, shapes, the search."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pointclip2.show.exhibit import ConfusionCounts, Exhibit
from pointclip2.show.gallery import GalleryCloud, GalleryItem
from pointclip2.show.page.classes import LABELS, families
from pointclip2.show.page.curve import history_of
from pointclip2.show.page.figures import metric_label, overall
from pointclip2.show.page.packing import chosen_points, packed_box
from pointclip2.show.page.views import accuracy_and_weight

# A browser shows this many points without effort; Object3D files are text.
CLOUD_POINTS = 10_000
TOP = 5


def log_exhibit(run: Any, exhibit: Exhibit, run_dir: Path) -> None:
    """Log everything in one step to an open wandb run."""
    import wandb

    record = exhibit.record
    on = str(record.get("selected_on", "unknown"))
    for name in overall(record.get("metrics", {})):
        run.define_metric(name, summary="last")
    found: dict[str, Any] = {"figures": _figures(record, on)}
    for name in ("views", "confusion"):
        if (run_dir / f"{name}.png").is_file():
            found[f"{name} picture"] = wandb.Image(str(run_dir / f"{name}.png"))
    if exhibit.confusion is not None and exhibit.confusion.counts.any():
        found["confusion"] = _confusion(exhibit.confusion)
    for metric, values in families(dict(record.get("metrics", {}))).items():
        label = LABELS.get(metric, metric)
        table = wandb.Table(columns=["class", label], data=[[name, value] for name, value in values.items()])
        found[f"{label} by class"] = wandb.plot.bar(table, "class", label, title=f"{label} by class")
    found |= _views(exhibit)
    if exhibit.gallery:
        found["shapes"] = _shapes(exhibit.gallery)
        found |= _panels(exhibit.gallery)
    run.log(found)
    _log_search(run, record)
    backbone = record.get("backbone", {})
    run.summary.update(
        {
            "selected_on": on,
            "oracle": on == "test",
            "data_checksum": record.get("data", {}).get("checksum"),
            "trained_on": backbone.get("trained_on"),
            "sentence": exhibit.sentence,
        }
    )
    run.tags = (*(run.tags or ()), f"selected_on: {on}", *(("oracle",) if on == "test" else ()))


def _figures(record: Mapping[str, Any], on: str) -> Any:
    import wandb

    metrics, expect = overall(record.get("metrics", {})), dict(record.get("expect") or {})
    head: list[str | int] = ["metric", "name", "value", "unit", "quoted", "selected_on"]
    rows = [
        [metric_label(name), name, value, "fraction" if 0 <= value <= 1 else "", expect.get(name), on]
        for name, value in metrics.items()
    ]
    return wandb.Table(columns=[*head], data=rows)


def _confusion(confusion: ConfusionCounts) -> Any:
    """Build wandb's own confusion chart from counts; wandb's function would need a line a sample."""
    import wandb

    names, counts = confusion.classes, confusion.counts
    used = np.flatnonzero(counts.sum(axis=1) + counts.sum(axis=0))
    data = [[names[row], names[column], int(counts[row, column])] for row in used for column in used]
    table = wandb.Table(columns=["Actual", "Predicted", "nPredictions"], data=data)
    fields = {name: name for name in ("Actual", "Predicted", "nPredictions")}
    return wandb.plot_table(
        "wandb/confusion_matrix/v1", table, fields, {"title": f"confusion, {confusion.unit}"}
    )


def _views(exhibit: Exhibit) -> dict[str, Any]:
    import wandb

    acc, weight = accuracy_and_weight(exhibit.record)
    given = {"accuracy alone": acc, "weight": weight}
    kept = {name: values for name, values in given.items() if values}
    count = max((len(values) for values in kept.values()), default=0)
    if not count or any(len(values) != count for values in kept.values()):
        return {}
    cameras = exhibit.cameras if len(exhibit.cameras) == count else ()
    head: list[str | int] = ["view", *kept, *(["toward x", "toward y", "toward z"] if cameras else [])]
    rows = [
        [str(view), *(values[view] for values in kept.values()), *(cameras[view].toward if cameras else ())]
        for view in range(count)
    ]
    table = wandb.Table(columns=[*head], data=rows)
    charts = {
        f"{name} by view": wandb.plot.bar(table, "view", name, title=f"{name} by view") for name in kept
    }
    return {"by view": wandb.Table(columns=[*head], data=rows), **charts}


def _shapes(gallery: tuple[GalleryItem, ...]) -> Any:
    """Build a table with a row a sample: its depth views, its clouds to turn, the truth, the five best guesses."""
    import wandb

    titles = list(dict.fromkeys(cloud.title for item in gallery for cloud in item.clouds))
    ranks = range(1, min(TOP, max((len(item.guesses) for item in gallery), default=0)) + 1)
    head: list[str | int] = ["sample", "views", *titles, "truth", "right"]
    head += [name for rank in ranks for name in (f"top {rank}", f"probability {rank}")]
    rows = []
    for item in gallery:
        clouds = {cloud.title: cloud for cloud in item.clouds}
        row: list[Any] = [item.name, _sheet(item)]
        row += [_object(clouds[title]) if title in clouds else None for title in titles]
        best = item.guesses[0][0] if item.guesses else None
        row += [item.truth, None if item.truth is None or best is None else best == item.truth]
        for rank in ranks:
            row += list(item.guesses[rank - 1]) if rank <= len(item.guesses) else [None, None]
        rows.append(row)
    return wandb.Table(columns=[*head], data=rows)


def _panels(gallery: tuple[GalleryItem, ...]) -> dict[str, Any]:
    """Return the same views and clouds on their own: what is only in a table, wandb keeps outside the run's folder."""
    views = [image for item in gallery if (image := _sheet(item)) is not None]
    titles = dict.fromkeys(cloud.title for item in gallery for cloud in item.clouds)
    clouds = {
        f"clouds, {title}": [_object(c) for item in gallery for c in item.clouds if c.title == title]
        for title in titles
    }
    return ({"depth views": views} if views else {}) | clouds


def _said(item: GalleryItem) -> str:
    best = f", said {item.guesses[0][0]} {100 * item.guesses[0][1]:.0f} %" if item.guesses else ""
    return f"{item.name}: truth {item.truth or 'unknown'}{best}"


def _sheet(item: GalleryItem) -> Any:
    import wandb

    if item.views is not None and len(item.views):
        return wandb.Image(np.concatenate(list(item.views), axis=1), caption=_said(item))
    return (
        wandb.Image(str(item.picture), caption=_said(item))
        if item.picture is not None and item.picture.is_file()
        else None
    )


def _object(cloud: GalleryCloud) -> Any:
    import wandb

    points: NDArray[np.float64] = np.asarray(cloud.points, dtype=np.float64)
    finite = np.isfinite(points).all(axis=1)
    points, colours = points[finite], np.asarray(cloud.colours, dtype=np.float64)[finite]
    chosen = chosen_points(len(points), CLOUD_POINTS)
    boxes = [packed_box(box) for box in cloud.boxes if np.isfinite(box.corners).all()]
    return wandb.Object3D(
        {
            "type": "lidar/beta",
            "points": np.concatenate([points, colours], axis=1)[chosen].round(4),
            "boxes": np.array(
                [
                    {
                        "corners": box["corners"],
                        "label": box["label"]
                        + ("" if box["score"] is None else f" {100 * box['score']:.0f} %"),
                        "color": box["colour"],
                    }
                    for box in boxes
                ]
            ),
        }
    )


def _log_search(run: Any, record: Mapping[str, Any]) -> None:
    """Log the best score over the candidates that were tried, as a curve with its own axis."""
    steps = history_of(record.get("search"))
    if not steps:
        return
    run.define_metric("search/candidates")
    run.define_metric("search/score", step_metric="search/candidates", summary="last")
    for step in steps:
        run.log({"search/candidates": step["evaluations"], "search/score": step["score"]})
