"""Serve the procedural data set of rooms: endless labelled scans from seeds, the default of `task=detection`."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from pointclip2.data.checksum import digest_files, digest_values
from pointclip2.data.prepare import check_choice, stable_seed
from pointclip2.data.scene_dataset import SceneData, SceneDataset
from pointclip2.data.stored import sample_error
from pointclip2.types import Boxes, ConfigError, Scene
from pointclip2.worlds.rooms.furnish import Room, make_room
from pointclip2.worlds.rooms.kinds import select
from pointclip2.worlds.rooms.scan import SCANNERS, scan_room
from pointclip2.worlds.rooms.truth import CONVENTIONS, true_boxes
from pointclip2.worlds.shapes.shape import Random
from pointclip2.worlds.shapes.world import source_digest as shapes_digest

SPLITS = ("train", "val", "test")


class Rooms(SceneData):
    """Serves furnished rooms as a scanner saw them; ``train``, ``val`` and ``test`` differ by seed.

    The coordinates begin where the scanner did, so the floor lies one to two metres below 0.

    Args:
        classes: classes that have boxes: ``default`` (twenty classes of furniture) or a list of names. The rooms are
            the same whichever are chosen; the others are clutter.
        split: the split that is evaluated unless another is asked for.
        scenes: how many rooms each split has.
        points: how many points every room has.
        boxes: ``scannet`` (axis-aligned, around what was scanned of a thing) or ``sunrgbd`` (turned with the
            thing, around all of it).
        turned: whole rooms stand at any angle instead of with their walls along x and y.
        min_points: things with fewer points in the scene have no box.
        scanner: ``handheld``, ``clean`` or ``rough``, a preset of `pointclip2.worlds.rooms.scan`.
        limit: only this many rooms of a split, random by seed.
        seed: seed of the world.
    """

    name = "rooms"
    splits = SPLITS

    def __init__(
        self,
        classes: str | Sequence[str] = "default",
        split: str = "test",
        scenes: Mapping[str, int] | None = None,
        points: int = 40_000,
        boxes: str = "scannet",
        turned: bool = False,
        min_points: int = 20,
        scanner: str = "handheld",
        limit: int | None = None,
        seed: int = 0,
    ) -> None:
        check_choice("data.boxes", boxes, CONVENTIONS)
        check_choice("data.scanner", scanner, tuple(SCANNERS))
        self.scenes = dict(scenes or {"train": 100, "val": 20, "test": 24})
        if set(self.scenes) != set(SPLITS) or min(self.scenes.values()) < 1:
            raise ConfigError(f"data.scenes: give a positive number for each of {', '.join(SPLITS)}")
        for option, value in (("points", points), ("min_points", min_points), ("limit", limit)):
            if value is not None and value < 1:
                raise ConfigError(f"data.{option} must be at least 1, not {value}")
        self.classes = select(classes if isinstance(classes, str) else list(classes))
        self.split = split
        self.points = points
        self.boxes = boxes
        self.turned = turned
        self.min_points = min_points
        self.scanner = scanner
        self.limit = limit
        self.seed = seed

    def open_scenes(self, split: str) -> "RoomsSplit":
        """Open one split; nothing is built yet."""
        self.check_split(split)
        return RoomsSplit(self, split)


class RoomsSplit(SceneDataset):
    """Serves one split of the procedural rooms: ``room_0007`` is the same room wherever it is made."""

    def __init__(self, world: Rooms, split: str) -> None:
        self.name = world.name
        self.split = split
        self.world = world
        self.classes = world.classes
        names = [f"room_{index:04d}" for index in range(world.scenes[split])]
        if world.limit is not None:
            shuffled = sorted(names, key=lambda name: stable_seed(f"{world.seed}/limit/{name}"))
            names = sorted(shuffled[: world.limit])
        self.names = names
        self.checksum = digest_values(
            {
                "source": source_digest(),
                "classes": self.classes,
                "names": self.names,
                "split": split,
                "points": world.points,
                "boxes": world.boxes,
                "turned": world.turned,
                "min_points": world.min_points,
                "scanner": world.scanner,
                "seed": world.seed,
            }
        )

    def room(self, index: int) -> tuple[Room, Random]:
        """Return the room behind a scene as it really is, and the generator that scans it."""
        seed_name = f"{self.world.seed}/rooms/{self.split}/{self.names[index]}"
        # Furniture and scanning draw from separate generators, so that another scanner sees the same room.
        rng = np.random.default_rng(stable_seed(f"{seed_name}/scan"))
        return make_room(np.random.default_rng(stable_seed(seed_name))), rng

    def __getitem__(self, index: int) -> Scene:
        try:
            return self._scanned(index)
        except MemoryError as error:
            raise sample_error(self.names[index], error) from error

    def _scanned(self, index: int) -> Scene:
        world = self.world
        room, rng = self.room(index)
        scan = scan_room(room, world.scanner, rng)
        turn_rad = float(rng.uniform(-np.pi, np.pi)) if world.turned else 0.0
        scanned = _turned(scan.points_m - scan.origin_m, turn_rad)
        things = [thing.seen_from(scan.origin_m, turn_rad) for thing in room.things]
        boxes: Boxes = true_boxes(
            things, self.classes, scanned, scan.things, world.points, world.boxes, world.min_points
        )
        return Scene(self.names[index], torch.from_numpy(scanned[: world.points].astype(np.float32)), boxes)


def _turned(points: NDArray[np.float64], turn_rad: float) -> NDArray[np.float64]:
    if turn_rad == 0.0:
        return points
    cos, sin = np.cos(turn_rad), np.sin(turn_rad)
    return np.asarray(points @ np.array([[cos, sin, 0.0], [-sin, cos, 0.0], [0.0, 0.0, 1.0]]))


@cache
def source_digest() -> str:
    """Return a digest of the source of rooms and shapes, because other code makes other rooms."""
    folder = Path(__file__).resolve().parent
    return digest_values(
        {"rooms": digest_files(folder.parent, folder.rglob("*.py")), "shapes": shapes_digest()}
    )
