"""Some rooms to look at: pictures, and clouds with boxes that the report and the dashboards can turn."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from pointclip2.data.scene_dataset import SceneDataset
from pointclip2.geometry.boxes import corners
from pointclip2.show.class_colours import class_colours
from pointclip2.show.gallery import GalleryBox, GalleryCloud, GalleryItem
from pointclip2.tasks.detection.files import file_name
from pointclip2.tasks.detection.head import Detections, RoomDetections
from pointclip2.types import CloudError, Scene

if TYPE_CHECKING:
    from PIL.Image import Image

    from pointclip2.show.scene_view import DrawnBox

SHOWN = 0.1
"""Detections of a lower score are in the table only."""
MOST = 30
_TURNABLE_POINTS = 20_000
_TRUTH = (20, 24, 28)


def draw_scenes(
    keep: Callable[[str, Callable[[Path], Any]], Path | None],
    record: Mapping[str, Any],
    dataset: SceneDataset,
    detections: Mapping[int, Detections],
    pictures: int,
) -> list[GalleryItem]:
    """``scenes/NAME.png`` of up to ``pictures`` scenes, evenly spread over the split, and the same to turn.

    ``keep`` lets a picture be written into the run's folder, see `pointclip2.tasks.run.Run.keep`.
    """
    # Here, because the report brings Lightning, which whoever draws a single scan does not need.
    from pointclip2.show.scene_view import DrawnBox
    from pointclip2.tasks.detection.report import sentence

    items = []
    positions = sorted(detections)
    step = max(1, -(-len(positions) // max(pictures, 1)))
    for position in positions[::step][:pictures]:
        try:
            scene = dataset[position]
        except CloudError:  # readable when it was encoded, not any more
            continue
        found = found_boxes(detections[position], dataset.classes)
        true = _true_boxes(scene, dataset)
        drawn = [DrawnBox(box.corners.astype(np.float64), box.label, box.colour, True) for box in true]
        drawn += _drawn(found)
        name = f"scenes/{file_name(scene.name)}.png"
        colours = None if scene.colours is None else scene.colours.numpy()
        title = f"{dataset.name} {scene.name}: {len(found)} boxes above {SHOWN:g}, {len(true)} true"
        told = (scene.points_m.numpy(), drawn, title, sentence(record), colours)
        folder = keep(name, partial(_draw, name, told))
        items.append(scene_item(scene, found, true, None if folder is None else folder / name))
    return items


def _draw(name: str, told: tuple[Any, ...], folder: Path) -> None:
    from pointclip2.show.scene_view import draw_scene

    draw_scene(folder / name, *told)


def scene_picture(scene: Scene, room: RoomDetections, least: float = SHOWN) -> "Image":
    """Return two views of one scan with the boxes that score above ``least``."""
    from pointclip2.show.scene_view import scene_sheet

    found = found_boxes(room.found, room.classes, least)
    colours = None if scene.colours is None else scene.colours.numpy()
    title = f"{scene.name}: {len(found)} boxes above {least:g}"
    return scene_sheet(scene.points_m.numpy(), _drawn(found), title, "", colours).drawn()


def _drawn(found: Sequence[GalleryBox]) -> "list[DrawnBox]":
    from pointclip2.show.scene_view import DrawnBox

    return [
        DrawnBox(box.corners.astype(np.float64), f"{box.label} {box.score:.2f}", box.colour) for box in found
    ]


def found_boxes(found: Detections, classes: Sequence[str], least: float = SHOWN) -> list[GalleryBox]:
    """Return the best boxes that score above ``least``, in metres, z up, each in the colour of its class."""
    if not len(found):
        return []
    colours = class_colours(len(classes))
    outlines = corners(found.boxes).numpy().astype(np.float32)
    best = found.scores.amax(dim=1)
    order = [row for row in best.argsort(descending=True).tolist() if best[row] > least][:MOST]
    labels = found.boxes.labels.tolist()
    return [
        GalleryBox(outlines[row], classes[labels[row]], colours[labels[row]], float(best[row]))
        for row in order
    ]


def _true_boxes(scene: Scene, dataset: SceneDataset) -> list[GalleryBox]:
    if scene.boxes is None:
        return []
    outlines = corners(scene.boxes).numpy().astype(np.float32)
    labels = scene.boxes.labels.tolist()
    return [
        GalleryBox(outline, dataset.classes[label] if label >= 0 else "", _TRUTH)
        for outline, label in zip(outlines, labels, strict=True)
    ]


def scene_item(
    scene: Scene, found: list[GalleryBox], true: Sequence[GalleryBox] = (), picture: Path | None = None
) -> GalleryItem:
    """Return a scan to turn, in its own colours or by height, with the boxes that were found and the true ones."""
    chance = torch.Generator().manual_seed(0)
    index = torch.randperm(len(scene.points_m), generator=chance)[:_TURNABLE_POINTS]
    points = scene.points_m[index].numpy().astype(np.float32)
    if scene.colours is not None:
        paint = (scene.colours[index].numpy() * 255).clip(0, 255).astype(np.uint8)
    else:
        height = (points[:, 2:] - points[:, 2].min()) / max(float(np.ptp(points[:, 2])), 1e-6)
        paint = (np.array([205, 210, 218]) * (1 - height) + np.array([70, 92, 130]) * height).astype(np.uint8)
    clouds = [GalleryCloud("found", points, paint, "z", tuple(found))]
    if true:
        clouds.insert(0, GalleryCloud("truth", points, paint, "z", tuple(true)))
    names = sorted({box.label for box in true if box.label})
    legend = {box.label: box.colour for box in found}
    return GalleryItem(
        scene.name, ", ".join(names) or None, (), tuple(clouds), picture, tuple(sorted(legend.items()))
    )
