"""Two boxes, written in every format that is read."""

import json
from pathlib import Path

import numpy as np

ROWS = np.array([[1.0, 2.0, 0.5, 0.6, 0.7, 0.9, 0.25], [3.0, 1.0, 0.4, 1.5, 0.8, 0.8, 0.0]])
NAMES = ["chair", "night_stand"]


def write_boxes(path: Path) -> Path:
    match path.suffix:
        case ".json":
            entries = [
                {"class": name, "centre": row[:3].tolist(), "size": row[3:6].tolist(), "heading": row[6]}
                for name, row in zip(NAMES, ROWS, strict=True)
            ]
            path.write_text(json.dumps({"boxes": entries}))
        case ".csv":
            lines = [",".join([name, *map(str, row)]) for name, row in zip(NAMES, ROWS, strict=True)]
            path.write_text("\n".join(["class,cx,cy,cz,dx,dy,dz,heading", *lines]))
        case ".npz":
            np.savez(path, classes=np.array(NAMES), centre=ROWS[:, :3], size=ROWS[:, 3:6], heading=ROWS[:, 6])
    return path
