"""Detections as files: one table of all scenes, and for each scene boxes as JSON and as PLY."""

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from pointclip2.data.scene_dataset import SceneDataset
from pointclip2.geometry.boxes import corners
from pointclip2.show.class_colours import class_colours
from pointclip2.show.wireframe import wireframe_ply
from pointclip2.tasks.detection.head import Detections
from pointclip2.writing import write_text

COLUMNS = (
    "scene", "class", "score", "cx", "cy", "cz", "dx", "dy", "dz", "heading",
    "objectness", "probability", "points",
)  # fmt: skip


def write_detections(
    run_dir: Path, dataset: SceneDataset, detections: Mapping[int, Detections], shown: float = 0.1
) -> None:
    """``detections.csv`` of all scenes, and ``scenes/NAME_boxes.json`` and ``.ply`` of each.

    Metres, z up, headings in radians counter-clockwise; the class is the most probable one. ``proposals=file``
    reads the CSV and the JSON back. The PLY, for viewers, holds boxes that score above ``shown`` only.
    """
    table = io.StringIO(newline="")
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(COLUMNS)
    colours = class_colours(len(dataset.classes))
    folder = run_dir / "scenes"
    folder.mkdir(parents=True, exist_ok=True)
    for position, found in detections.items():
        name = dataset.names[position]
        lines = [[name, *line] for line in _lines(found, dataset.classes)]
        writer.writerows(lines)
        boxes = [
            {
                "class": line[1],
                "score": line[2],
                "centre": line[3:6],
                "size": line[6:9],
                "heading": line[9],
                "objectness": line[10],
            }
            for line in lines
        ]
        stem = file_name(name)
        write_text(
            folder / f"{stem}_boxes.json", json.dumps({"scene": name, "boxes": boxes}, indent=1) + "\n"
        )
        sure = found.scores.amax(dim=1) > shown if len(found) else found.objectness > 1
        outlines = corners(found.boxes)[sure].numpy()
        painted = [colours[label] for label in found.boxes.labels[sure].tolist()]
        write_text(folder / f"{stem}_boxes.ply", wireframe_ply(outlines, painted))
    write_text(run_dir / "detections.csv", table.getvalue())


def _lines(found: Detections, classes: Sequence[str]) -> list[list[str | float | int]]:
    boxes = found.boxes
    lines: list[list[str | float | int]] = []
    for row in range(len(found)):
        label = int(boxes.labels[row])
        numbers = [*boxes.centre_m[row].tolist(), *boxes.size_m[row].tolist(), float(boxes.heading_rad[row])]
        lines.append(
            [
                classes[label],
                round(float(found.scores[row, label]), 5),
                *(round(number, 4) for number in numbers),
                round(float(found.objectness[row]), 5),
                round(float(found.probability[row, label]), 5),
                int(found.counts[row]),
            ]
        )
    if any(math.isnan(number) for line in lines for number in line if isinstance(number, float)):
        raise RuntimeError("a detection has a coordinate that is not a number")
    return lines


def file_name(scene: str) -> str:
    """A scene's name as part of a file name: its folders become dashes."""
    return scene.replace("/", "-").replace("\\", "-")
