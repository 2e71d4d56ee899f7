"""Read boxes of any other detector from files."""

import logging
from pathlib import Path
from typing import Any

import numpy as np
import torch

from pointclip2.data.box_table import BoxTable
from pointclip2.data.checksum import digest_files
from pointclip2.data.files.box_files import READERS, ListedBoxes, read_boxes
from pointclip2.errors import is_transient
from pointclip2.geometry.boxes import points_inside, take, valid
from pointclip2.proposals.proposal import Proposals, nothing
from pointclip2.types import CloudError, ConfigError, Scene, TransientError

log = logging.getLogger(__name__)


class FileProposals:
    """Takes boxes from a file for all scenes, or from a folder with a file a scene, in the scan's own coordinates.

    In a folder the file of the scene ``room`` is ``room.json``, ``room_boxes.json`` or the like; slashes in names
    are dashes. A file for all scenes says which ``scene`` each box belongs to. `read_boxes` describes the formats.
    ``detections.csv`` and ``scenes/`` of an earlier run can be given as they are.

    Args:
        path: the file or folder: npz, json or csv.

    Raises:
        ConfigError: there is no path, nothing at the path, or a file that is no list of boxes.
    """

    name = "file"

    def __init__(self, path: str | None = None) -> None:
        if path is None:
            raise ConfigError("proposals=file: give proposals.path=FILE_OR_FOLDER of npz, json or csv")
        self.path = Path(path).expanduser()
        if not self.path.exists():
            raise ConfigError(f"proposals.path={self.path}: no such file or folder")
        self._all = None if self.path.is_dir() else self._read()
        self._files = self._beneath() if self.path.is_dir() else [self.path]
        if not self._files:
            raise ConfigError(f"proposals.path={self.path} holds no {', '.join(READERS)}")

    def _read(self) -> ListedBoxes:
        try:
            return read_boxes(self.path)
        except CloudError as error:
            raise ConfigError(f"proposals.path={self.path}: {error}") from error

    def _beneath(self) -> list[Path]:
        return sorted(path for path in self.path.iterdir() if path.suffix.lower() in READERS)

    def describe(self) -> dict[str, Any]:
        """Return a digest of the files."""
        root = self.path if self.path.is_dir() else self.path.parent
        return {"name": self.name, "files": digest_files(root, self._files)}

    def __call__(self, scene: Scene) -> Proposals:
        """Return the boxes that the files have of this scene; a message says where there are none.

        Raises:
            CloudError: the scene's file cannot be read, or none of several boxes holds a point of the scan.
        """
        listed = self._listed(scene.name)
        if not listed:
            log.warning("%s: %s has no boxes of this scene", scene.name, self.path)
            return nothing()
        table = BoxTable.of_rows(listed.rows, np.full(len(listed), -1))
        try:
            boxes = table.in_scene(scene.frame, *listed.stated()).boxes()
        except CloudError as error:
            raise CloudError(f"{scene.name}: {self.path}: {error}") from error
        objectness = torch.tensor([box.objectness for box in listed])
        good = valid(boxes) & objectness.isfinite()
        if not bool(good.all()):
            log.warning(
                "%s: left out %d of %d boxes, which have edges that are not positive or numbers that are not finite",
                scene.name,
                int((~good).sum()),
                len(good),
            )
        boxes, objectness = take(boxes, good), objectness[good].clamp(0, 1)
        held = [len(inside) > 0 for inside in points_inside(scene.points_m, boxes)]
        if len(held) > 1 and not any(held):
            raise CloudError(
                f"{scene.name}: none of {len(held)} boxes of {self.path} holds a point of the scan: they have other "
                "units, another origin, or are of another scene"
            )
        return Proposals(boxes, objectness)

    def _listed(self, scene: str) -> ListedBoxes:
        if self._all is not None:
            return self._all.of_scene(scene)
        plain = scene.replace("/", "-").replace("\\", "-")
        stems = {plain, f"{plain}_boxes", Path(plain).stem, f"{Path(plain).stem}_boxes"}
        for path in self._files:
            if path.stem in stems:
                try:
                    return read_boxes(path).of_scene(scene)
                except CloudError as error:
                    kind = TransientError if is_transient(error) else CloudError
                    raise kind(f"{scene}: {error}") from error
        return ListedBoxes()
