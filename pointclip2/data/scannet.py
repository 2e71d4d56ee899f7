"""ScanNet V2 (Dai et al., CVPR 2017) as VoteNet's scripts prepare it: rooms with axis-aligned boxes of 18 classes."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pointclip2.data.box_table import BoxTable
from pointclip2.data.checksum import digest_files
from pointclip2.data.class_names import SCANNET as CLASSES
from pointclip2.data.files.arrays import load_array
from pointclip2.data.stored_scenes import RawScene, SceneIndex, StoredScenes
from pointclip2.reading import read_text
from pointclip2.types import CloudError, DataError

NYU40_IDS = (3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 16, 24, 28, 33, 34, 36, 39)
"""What ``_bbox.npy`` calls the classes, in their order."""

PAGE = "http://www.scan-net.org"
FOLDER = "scannet_train_detection_data"
"""Of the scans of all splits, its name notwithstanding."""


class ScanNet(StoredScenes):
    """Scans of ScanNet V2 in VoteNet's layout. Its terms have to be signed, so that nothing here can download it.

    Boxes are axis-aligned round the scanned points of each thing, as in the paper's table of detection.

    Args:
        root: VoteNet's folder ``scannet``, which holds the scans in ``scannet_train_detection_data`` and the
            lists of scans in ``meta_data``; the other layouts of the same files that are in use are found too.

    The rest is explained in `StoredScenes`.
    """

    name = "scannet"
    splits = ("train", "val")

    def __init__(
        self,
        root: str,
        split: str = "val",
        points: int | None = 40_000,
        limit: int | None = None,
        seed: int = 0,
    ) -> None:
        super().__init__(split, points, limit, seed)
        self.root = Path(root).expanduser()

    def index(self, split: str) -> SceneIndex:
        folder = self.root / FOLDER
        if not folder.is_dir() and any(self.root.glob("scene*_vert.npy")):
            folder = self.root
        listing = f"scannetv2_{split}.txt"
        lists = [
            self.root / "meta_data" / listing,
            folder.parent / "meta_data" / listing,
            self.root / listing,
        ]
        found = next((path for path in lists if path.is_file()), None)
        if not folder.is_dir() or found is None:
            missing = f"the list {lists[0]}" if folder.is_dir() else f"the folder {folder}"
            raise DataError(
                f"ScanNet V2 is not in {self.root}: {missing} is missing. "
                f"Expected {FOLDER}/<scan>_{{vert,bbox}}.npy and meta_data/scannetv2_{{train,val}}.txt there, "
                f"as VoteNet's scripts write them, after signing the terms of use on {PAGE}"
            )
        listed = [line.strip() for line in read_text(found, errors="replace").splitlines() if line.strip()]
        # VoteNet leaves out scans that are listed but absent; a subset of the files is a common case.
        scans = [scan for scan in listed if (folder / f"{scan}_vert.npy").is_file()]
        if not scans:
            raise DataError(
                f"{folder} holds none of the {len(listed)} scans that {found} lists: expected <scan>_vert.npy"
            )
        return ScanNetIndex(folder, scans)


class ScanNetIndex(SceneIndex):
    """The scans of one list."""

    classes = CLASSES

    def __init__(self, folder: Path, scans: Sequence[str]) -> None:
        self.folder = folder
        self.names = list(scans)

    def read(self, index: int, rng: np.random.Generator) -> RawScene:
        scan = self.names[index]
        vertices = load_array(self.folder / f"{scan}_vert.npy")
        file = self.folder / f"{scan}_bbox.npy"
        if not file.is_file():
            raise CloudError(f"{file} is missing: the scan has no true boxes")
        rows = load_array(file)
        if rows.ndim != 2 or rows.shape[1] != 7:
            raise CloudError(
                f"{file.name} must have 7 columns (centre, size, nyu40 id), not the shape {rows.shape}"
            )
        # Rows of other classes are kept by some versions of the scripts.
        known = np.isin(rows[:, 6], NYU40_IDS)
        labels = np.searchsorted(NYU40_IDS, rows[known, 6])
        table = np.concatenate([rows[known, :6], np.zeros((int(known.sum()), 1))], axis=1)
        colours = vertices[:, 3:6] / 255.0 if vertices.ndim == 2 and vertices.shape[1] >= 6 else None
        return RawScene(vertices, BoxTable.of_rows(table, labels), colours)

    def digest(self, indices: Sequence[int]) -> str:
        endings = ("vert", "bbox")
        return digest_files(
            self.folder, [self.folder / f"{self.names[i]}_{end}.npy" for i in indices for end in endings]
        )
