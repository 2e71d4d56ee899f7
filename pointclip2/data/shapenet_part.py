"""ShapeNetPart (Yi et al., SIGGRAPH Asia 2016): 16 categories of CAD models, 50 labelled parts, in PointNet's HDF5."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from pointclip2.data.class_names import SHAPENET_PARTS
from pointclip2.data.files.arrays import open_hdf5
from pointclip2.data.files.hdf5 import CHUNK_CACHE_BYTES, Hdf5Index, opened
from pointclip2.data.part_table import offsets
from pointclip2.data.stored import SampleIndex, StoredData
from pointclip2.types import CloudError, ConfigError, DataError

PAGE = "https://shapenet.org"
FOLDERS = ("", "hdf5_data", "shapenet_part_seg_hdf5_data/hdf5_data")


class ShapeNetPart(StoredData):
    """The official splits. ShapeNet's terms of use have to be agreed to, so that nothing here can download it.

    Args:
        root: folder of ``*train*.h5``, ``*val*.h5`` and ``*test*.h5`` (or with ``hdf5_data`` in it).
        categories: names of those to keep; None keeps all. Labels and part ids stay what they are.

    The rest is explained in `StoredData`.
    """

    name = "shapenet_part"
    splits = ("train", "val", "test")

    def __init__(
        self,
        root: str,
        categories: Sequence[str] | None = None,
        split: str = "test",
        points: int = 2048,
        sampling: str = "first",
        limit: int | None = None,
        corruption: str = "none",
        seed: int = 0,
    ) -> None:
        super().__init__(split, points, sampling, limit, corruption, seed)
        self.root = Path(root).expanduser()
        wanted = tuple(SHAPENET_PARTS) if categories is None else tuple(categories)
        unknown = [name for name in wanted if name not in SHAPENET_PARTS]
        if unknown or not wanted or isinstance(categories, str):
            raise ConfigError(f"data.categories={categories}: a list of some of {', '.join(SHAPENET_PARTS)}")
        self.categories = wanted

    def index(self, split: str) -> SampleIndex:
        for folder in FOLDERS:
            files = sorted((self.root / folder).glob(f"*{split}*.h5"))
            if files:
                return PartIndex(files, self.categories)
        raise DataError(
            f"the split {split!r} of ShapeNetPart is missing: expected {self.root}/hdf5_data/ply_data_{split}0.h5 and "
            f"its like. It has to be fetched by hand, after agreeing to the terms of use on {PAGE}: "
            "the archive is shapenet_part_seg_hdf5_data.zip"
        )


class PartIndex(Hdf5Index):
    """HDF5 clouds with a part id for every point, in ``pid`` (n, m)."""

    part_names = tuple(f"{category}/{part}" for category, parts in SHAPENET_PARTS.items() for part in parts)

    def __init__(self, files: Sequence[Path], categories: Sequence[str]) -> None:
        super().__init__(files, tuple(SHAPENET_PARTS))
        kept = [row for row, label in enumerate(self.labels) if self.classes[label] in categories]
        self.names = [self.names[row] for row in kept]
        self.labels = [self.labels[row] for row in kept]
        self.places = [self.places[row] for row in kept]
        first = offsets([len(parts) for parts in SHAPENET_PARTS.values()])
        self.ranges = [
            range(start, start + len(parts))
            for start, parts in zip(first, SHAPENET_PARTS.values(), strict=True)
        ]
        for path in self.files:
            self._check(path)

    @staticmethod
    def _check(path: Path) -> None:
        with opened(path) as file:
            parts, clouds = file.get("pid"), file["data"]
            if not isinstance(parts, h5py.Dataset):
                raise DataError(
                    f"{path} must hold the array 'pid' with a part id a point, but holds {sorted(file)}"
                )
            if parts.shape != clouds.shape[:2] or parts.dtype.kind not in "iu":
                raise DataError(
                    f"{path}: 'pid' must be integers of shape {clouds.shape[:2]}, not {parts.dtype} {parts.shape}"
                )

    def parts(self, index: int) -> NDArray[Any]:
        """Part ids of one cloud.

        Raises:
            CloudError: damaged, or an id that is not one of the category's.
        """
        number, row = self.places[index]
        try:
            # Opened for each cloud: kept open, it would have to be reopened in every worker.
            with open_hdf5(self.files[number], rdcc_nbytes=CHUNK_CACHE_BYTES) as file:
                ids: NDArray[Any] = np.asarray(file["pid"][row], dtype=np.int64)
        except OSError as error:
            raise CloudError(f"{self.files[number]} is damaged at row {row} ({error})") from error
        own = self.ranges[self.labels[index]]
        wrong = sorted({int(part) for part in np.unique(ids)} - set(own))
        if wrong:
            category = self.classes[self.labels[index]]
            raise CloudError(
                f"part id {wrong[0]} in a cloud of the category {category}, "
                f"whose parts are {own.start} to {own.stop - 1}"
            )
        return ids
