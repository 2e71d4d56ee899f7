"""Detections as files, in the scan's own coordinates: tables of boxes as CSV and JSON, wireframes as PLY."""

import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pointclip2.data.box_table import BoxTable
from pointclip2.data.scan_frame import up_of
from pointclip2.data.upright import UNITS_M
from pointclip2.geometry.boxes import corners
from pointclip2.sealed import sealed
from pointclip2.show.class_colours import class_colours
from pointclip2.show.wireframe import wireframe_ply
from pointclip2.tasks.detection.head import RoomDetections
from pointclip2.types import ConfigError, Frame
from pointclip2.writing import csv_text, write_text

COLUMNS = (
    "scene", "class", "score", "cx", "cy", "cz", "dx", "dy", "dz", "heading",
    "objectness", "probability", "points", "unit", "up",
)  # fmt: skip
_MEANING = (
    "boxes are in the scan's own coordinates and unit; heading is counter-clockwise about up, in radians; size is "
    "along the scan's axes turned by the heading; matrix leads from metres, z up, to the scan's coordinates"
)


def boxes_in_scan(room: RoomDetections, least: float = 0.0) -> list[dict[str, Any]]:
    """Return what was found, best first, in the scan's own coordinates and unit, as plain data.

    The keys are ``class`` (the most probable one), ``score``, ``centre``, ``size`` and ``heading`` as `box_files`
    explains them, ``objectness``, ``probability`` and ``points`` (how many lie in it).

    Args:
        room: what was found.
        least: boxes that do not score above it are left out; 0 keeps all.
    """
    found, table = room.found, BoxTable.of_boxes(room.found.boxes, room.frame)
    digits = _digits(room.frame)
    boxes = []
    for row, label in enumerate(table.labels.tolist()):
        score = float(found.scores[row, label])
        numbers = [
            *table.centre[row].tolist(),
            *table.size[row].tolist(),
            float(table.heading_rad[row]),
            score,
        ]
        if not all(map(math.isfinite, numbers)):
            raise RuntimeError("a detection has a coordinate that is not a number")
        if score <= least and least > 0:
            continue
        boxes.append(
            {
                "class": room.classes[label],
                "score": round(score, 5),
                "centre": [round(number, digits) for number in numbers[:3]],
                "size": [round(number, digits) for number in numbers[3:6]],
                "heading": round(numbers[6], 6),
                "objectness": round(float(found.objectness[row]), 5),
                "probability": round(float(found.probability[row, label]), 5),
                "points": int(found.counts[row]),
            }
        )
    return boxes


def write_boxes(path: Path, room: RoomDetections, least: float = 0.0) -> None:
    """Write what was found in one scene by the file's ending, whole or not at all: ``.json``, ``.csv`` or ``.ply``.

    All are in the scan's own coordinates. JSON and CSV can be read back as true boxes beside the scan, or by
    ``proposals=file``; the PLY is a wireframe for viewers.

    Args:
        path: the file; what is there is replaced.
        room: what was found.
        least: boxes that do not score above it are left out; 0 keeps all.

    Raises:
        ConfigError: another ending.
        OSError: the file cannot be written; what was there is as it was.
    """
    write = WRITERS.get(path.suffix.lower())
    if write is None:
        raise ConfigError(f"{path}: boxes are written as {', '.join(WRITERS)}")
    write_text(path, write(room, least))


def write_detections(run_dir: Path, rooms: Sequence[RoomDetections], shown: float = 0.1) -> None:
    """Write ``detections.csv`` of all scenes, and ``scenes/NAME_boxes.json`` and ``.ply`` of each.

    The PLY, for viewers, holds boxes that score above ``shown`` only.
    """
    folder = run_dir / "scenes"
    folder.mkdir(parents=True, exist_ok=True)
    for room in rooms:
        stem = file_name(room.scene)
        write_boxes(folder / f"{stem}_boxes.json", room)
        write_boxes(folder / f"{stem}_boxes.ply", room, shown)
    write_text(run_dir / "detections.csv", _csv(rooms))


def file_name(scene: str) -> str:
    """Return a scene's name as part of a file name: its folders become dashes."""
    return scene.replace("/", "-").replace("\\", "-")


def _json(room: RoomDetections, least: float) -> str:
    content = {
        "scene": room.scene,
        "frame": _MEANING,
        "unit": room.frame.unit,
        "up": up_of(room.frame),
        "matrix": room.frame.matrix.tolist(),
        "remarks": list(room.remarks),
        "boxes": boxes_in_scan(room, least),
    }
    return json.dumps(sealed(content), indent=1, ensure_ascii=False) + "\n"


def _csv(rooms: Sequence[RoomDetections], least: float = 0.0) -> str:
    rows: list[Sequence[Any]] = [COLUMNS]
    for room in rooms:
        for box in boxes_in_scan(room, least):
            told = [box[name] for name in ("class", "score")]
            rest = [box[name] for name in ("heading", "objectness", "probability", "points")]
            place = [room.frame.unit, up_of(room.frame)]
            rows.append([room.scene, *told, *box["centre"], *box["size"], *rest, *place])
    return csv_text(rows)


def _ply(room: RoomDetections, least: float) -> str:
    found = room.found
    sure = found.scores.amax(dim=1) > least if len(found) else found.objectness > 1
    outlines = corners(found.boxes)[sure]
    placed = room.frame.to_input(outlines.flatten(0, 1)).reshape(-1, 8, 3).numpy()
    colours = class_colours(len(room.classes))
    painted = [colours[label] for label in found.boxes.labels[sure].tolist()]
    return wireframe_ply(placed, painted, 0.012 / UNITS_M.get(room.frame.unit, 1.0))


def _digits(frame: Frame) -> int:
    """Return how many decimals a hundredth of a millimetre takes."""
    return max(0, math.ceil(5 + math.log10(UNITS_M.get(frame.unit, 1.0))))


WRITERS: dict[str, Callable[[RoomDetections, float], str]] = {
    ".json": _json,
    ".csv": lambda room, least: _csv([room], least),
    ".ply": _ply,
}
