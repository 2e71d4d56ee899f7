"""SUN RGB-D (Song et al., CVPR 2015) as VoteNet's scripts prepare it: single depth images with turned boxes."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pointclip2.data.box_table import BoxTable
from pointclip2.data.checksum import digest_files
from pointclip2.data.class_names import SUNRGBD as CLASSES
from pointclip2.data.files.arrays import load_array, load_arrays
from pointclip2.data.prepare import check_choice
from pointclip2.data.stored_scenes import RawScene, SceneIndex, StoredScenes
from pointclip2.types import CloudError, DataError

PAGE = "https://rgbd.cs.princeton.edu"
VERSIONS = ("v1", "v2")


class SunRgbd(StoredScenes):
    """Depth images of SUN RGB-D in VoteNet's layout. Its terms have to be accepted, so nothing here downloads it.

    Boxes hold the whole thing, seen or not, and turn with it. The files give half sizes, and headings that
    grow clockwise seen from above; ours are full sizes and counter-clockwise.

    Args:
        root: VoteNet's folder ``sunrgbd``, which holds ``sunrgbd_pc_bbox_votes_50k_<version>_{train,val}``.
        version: of the annotation: ``v1``, which published figures use, or ``v2``.

    The rest is explained in `StoredScenes`.
    """

    name = "sunrgbd"
    splits = ("train", "val")

    def __init__(
        self,
        root: str,
        version: str = "v1",
        split: str = "val",
        points: int | None = 20_000,
        limit: int | None = None,
        seed: int = 0,
    ) -> None:
        super().__init__(split, points, limit, seed)
        check_choice("data.version", version, VERSIONS)
        self.root = Path(root).expanduser()
        self.version = version

    def index(self, split: str) -> SceneIndex:
        folder = self.root / f"sunrgbd_pc_bbox_votes_50k_{self.version}_{split}"
        names = sorted(path.name.removesuffix("_pc.npz") for path in folder.glob("*_pc.npz"))
        if not names:
            raise DataError(
                f"SUN RGB-D is not in {self.root}: expected {folder.name}/<id>_{{pc.npz,bbox.npy}} there, as VoteNet's "
                f"scripts write them, after accepting the terms of use on {PAGE}"
            )
        return SunRgbdIndex(folder, names)


class SunRgbdIndex(SceneIndex):
    """The images of one folder."""

    classes = CLASSES

    def __init__(self, folder: Path, names: Sequence[str]) -> None:
        self.folder = folder
        self.names = list(names)

    def read(self, index: int, rng: np.random.Generator) -> RawScene:
        name = self.names[index]
        arrays = load_arrays(self.folder / f"{name}_pc.npz")
        if not isinstance(arrays, dict) or "pc" not in arrays:
            held = ", ".join(arrays) if isinstance(arrays, dict) else "one without a name"
            raise CloudError(f"{name}_pc.npz must hold the array 'pc', but holds {held}")
        points = arrays["pc"]
        file_of_boxes = self.folder / f"{name}_bbox.npy"
        if not file_of_boxes.is_file():
            raise CloudError(f"{file_of_boxes} is missing: the image has no true boxes")
        rows = load_array(file_of_boxes)
        if rows.ndim != 2 or rows.shape[1] != 8:
            raise CloudError(
                f"{file_of_boxes.name} must have 8 columns (centre, half size, heading, class), "
                f"not the shape {rows.shape}"
            )
        if not np.isin(rows[:, 7], np.arange(len(CLASSES))).all():
            raise CloudError(f"{file_of_boxes.name} has a class that is not 0 to {len(CLASSES) - 1}")
        table = np.concatenate([rows[:, :3], 2 * rows[:, 3:6], -rows[:, 6:7]], axis=1)
        colours = points[:, 3:6] if points.ndim == 2 and points.shape[1] >= 6 else None
        return RawScene(points, BoxTable.of_rows(table, rows[:, 7].astype(np.int64)), colours)

    def digest(self, indices: Sequence[int]) -> str:
        endings = ("pc.npz", "bbox.npy")
        return digest_files(
            self.folder, [self.folder / f"{self.names[i]}_{end}" for i in indices for end in endings]
        )
