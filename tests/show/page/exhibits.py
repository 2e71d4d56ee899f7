"""Made-up runs of every kind that the page has to show."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pointclip2.show.exhibit import Camera, ConfusionCounts, Exhibit, Prediction
from pointclip2.show.gallery import GalleryBox, GalleryCloud, GalleryItem

CLASSES = ("chair", "night_stand", "lamp")
EVIL = "</script><img src=x onerror=\"document.title='hacked'\">'&\u2028"


def record(**more: Any) -> dict[str, Any]:
    """What a classification records."""
    return {
        "protocol": "zero-shot classification, no labels used",
        "task": "classification",
        "data": {"name": "toys", "split": "test", "n": 12, "classes": 3, "checksum": "abc", "skipped": {}},
        "backbone": {"id": "toy.none", "trained": True, "trained_on": "toys"},
        "prompt": {"name": "name", "hash": "1", "count": 3, "selected_on": "none"},
        "view_weights": {"values": [1.0, 0.5, 0.25], "source": "file", "selected_on": "holdout"},
        "selected_on": "holdout",
        "expect": {},
        "metrics": {
            "test/acc": 0.5,
            "test/acc_top5": 1.0,
            "test/acc_class/chair": 0.75,
            "test/acc_class/night_stand": 0.25,
            "test/acc_class/lamp": 0.5,
        },
        "per_view": {"acc": [0.5, 0.25, 0.125], "weight": [1.0, 0.5, 0.25]},
        "seconds": {"load": 1.0, "total": 2.0},
        "config_hash": "abcd",
        "versions": {"torch": "2.15"},
        "git_commit": "1234",
        "device": "cpu",
        "command": "evaluate.py",
        **more,
    }


CAMERAS = (
    Camera((0.0, 0.0, 1.0), (1.0, 0.0, 0.0), (0.0, -1.0, 0.0)),
    Camera((1.0, 0.0, 0.0), (0.0, 0.0, -1.0), (0.0, -1.0, 0.0)),
    Camera((0.0, 1.0, 0.0), (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)),
)
CONFUSION = ConfusionCounts(np.array([[3, 1, 0], [2, 1, 1], [0, 2, 2]]), CLASSES, "clouds")


def shape(name: str = "chair/0001", truth: str | None = "chair", points: int = 400) -> GalleryItem:
    """A shape with its depth views."""
    random = np.random.default_rng(0)
    cloud = random.uniform(-1, 1, (points, 3)).astype(np.float32) * np.array([1, 0.1, 1], dtype=np.float32)
    views = np.full((3, 24, 24), 255, dtype=np.uint8)
    views[:, 6:18, 6:18] = np.arange(12, dtype=np.uint8) * 15
    return GalleryItem(
        name=name,
        truth=truth,
        guesses=(("chair", 0.6), ("lamp", 0.3), ("night_stand", 0.1)),
        clouds=(GalleryCloud("coloured by height", cloud, _shades(cloud[:, 1])),),
        views=views,
        view_guesses=(("chair", 0.7), ("lamp", 0.5), ("chair", 0.4)),
    )


def _shades(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    share = (values - values.min()) / max(float(np.ptp(values)), 1e-9)
    grey = (40 + 180 * share).astype(np.uint8)
    return np.stack([grey, 255 - grey, np.full_like(grey, 120)], axis=1)


PARTS = (("back", (200, 60, 60)), ("seat", (60, 120, 200)), ("leg", (70, 160, 90)))


def segmented(points: int = 2048) -> GalleryItem:
    """A chair in the colours of its parts, true and said."""
    random = np.random.default_rng(1)
    part = random.integers(0, 3, points)
    at = random.uniform(-0.5, 0.5, (points, 3)).astype(np.float32)
    at[part == 0] = at[part == 0] * [1, 1, 0.1] + [0, 0.5, -0.5]
    at[part == 1] = at[part == 1] * [1, 0.12, 1]
    legs = part == 2
    at[legs] = at[legs] * [0.1, 1, 0.1] + [0, -0.5, 0] + 0.45 * np.sign(at[legs]) * [1, 0, 1]
    palette = np.array([colour for _, colour in PARTS], dtype=np.uint8)
    said = np.where(random.random(points) < 0.2, random.integers(0, 3, points), part)
    return GalleryItem(
        name="chair/0007",
        truth="chair",
        guesses=(),
        clouds=(
            GalleryCloud("truth", at, palette[part]),
            GalleryCloud("prediction", at, palette[said]),
        ),
        legend=PARTS,
    )


def corners(centre: tuple[float, float, float], size: tuple[float, float, float]) -> NDArray[np.float32]:
    """Of an upright box, z up: bottom face in turn, then the top face."""
    flat = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    both = np.concatenate([np.c_[flat, np.full(4, -1)], np.c_[flat, np.full(4, 1)]])
    return (np.array(centre) + both * np.array(size) / 2).astype(np.float32)


def room(points: int = 6000) -> GalleryItem:
    """A scan of a room, z up, with true boxes beside found ones."""
    random = np.random.default_rng(2)
    floor = np.c_[random.uniform(0, 4, (points // 3, 2)), random.normal(0, 0.01, points // 3)]
    wall = np.c_[
        random.uniform(0, 4, points // 3),
        random.normal(0, 0.01, points // 3),
        random.uniform(0, 2.4, points // 3),
    ]
    table = random.uniform(-0.5, 0.5, (points - 2 * (points // 3), 3)) * [1.4, 0.8, 0.7] + [2, 2, 0.37]
    at = np.concatenate([floor, wall, table]).astype(np.float32)
    colours = np.full((len(at), 3), 170, dtype=np.uint8)
    colours[: points // 3] = (196, 176, 150)
    true = GalleryBox(corners((2, 2, 0.37), (1.5, 0.9, 0.75)), "table", (26, 127, 55))
    found = GalleryBox(corners((2.05, 2, 0.4), (1.6, 1.0, 0.8)), "table", (196, 35, 44), 0.83)
    other = GalleryBox(corners((1, 0.3, 1), (0.8, 0.3, 0.9)), "picture", (37, 99, 190), 0.31)
    return GalleryItem(
        name="room/0003",
        truth=None,
        guesses=(),
        clouds=(
            GalleryCloud("truth", at, colours, up="z", boxes=(true,)),
            GalleryCloud("found", at, colours, up="z", boxes=(found, other)),
        ),
        legend=(("table", (196, 35, 44)), ("picture", (37, 99, 190))),
    )


SEARCH = {
    "name": "grid",
    "split": "holdout",
    "selected_on": "holdout",
    "n": 40,
    "score": {"of": "accuracy", "before": 0.5, "after": 0.56},
    "evaluations": 16384,
    "before": {"test/acc": 0.47, "test/acc_class/lamp": 0.25},
    "history": [
        {"evaluations": 0, "score": 0.5, "values": [1, 1, 1]},
        {"evaluations": 5, "score": 0.52, "values": [1, 0.75, 1]},
        {"evaluations": 900, "score": 0.55, "values": [1, 0.5, 0.25]},
        {"evaluations": 16384, "score": 0.56, "values": [0.75, 0.5, 0.25]},
    ],
    "files": ["view_weights.json"],
}


SAID = (
    Prediction("chair/0001", "chair", (("chair", 0.6), ("lamp", 0.3), ("night_stand", 0.1))),
    Prediction("night stand/0002", "night_stand", (("chair", 0.9), ("lamp", 0.1))),
    Prediction("scans/b.ply", None, (("lamp", 0.51),)),
)


def classified(**more: Any) -> Exhibit:
    """A whole classification run."""
    given: dict[str, Any] = {
        "title": "zero-shot classification of toys",
        "sentence": "12 clouds of toys.",
        "record": record(),
        "options": {"seed": 0, "data": {"name": "toys", "split": "test"}, "projector": {"views": [[1, 2]]}},
        "gallery": (shape(), shape("night stand/0002", "night_stand")),
        "predictions": SAID,
        "confusion": CONFUSION,
        "cameras": CAMERAS,
    }
    return Exhibit(**(given | more))
