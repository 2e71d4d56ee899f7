"""ScanObjectNN (Uy et al., ICCV 2019): objects from scans of real rooms, in three grades."""

from pathlib import Path

from pointclip2.data.class_names import SCANOBJECTNN as CLASSES
from pointclip2.data.files.hdf5 import Hdf5Index
from pointclip2.data.prepare import check_choice
from pointclip2.data.stored import SampleIndex, StoredData
from pointclip2.types import DataError

PAGE = "https://hkust-vgd.github.io/scanobjectnn"
PLACES = {
    "obj_only": ("main_split_nobg", "objectdataset.h5"),
    "obj_bg": ("main_split", "objectdataset.h5"),
    "pb_t50_rs": ("main_split", "objectdataset_augmentedrot_scale75.h5"),
}
"""Folder and file ending of each variant."""


class ScanObjectNN(StoredData):
    """The official main split. It must be asked for on its page, so that nothing here can download it.

    Args:
        root: folder that holds ``main_split`` and ``main_split_nobg`` (or ``h5_files`` with these in it).
        variant: ``obj_only`` (OBJ_ONLY: the object alone), ``obj_bg`` (OBJ_BG: with what stands round it) or
            ``pb_t50_rs`` (PB_T50_RS, the hardest: boxes shifted by up to half their size, turned and scaled).

    The rest is explained in `StoredData`.
    """

    splits = ("train", "test")

    def __init__(
        self,
        root: str,
        variant: str = "obj_only",
        split: str = "test",
        points: int = 1024,
        sampling: str = "first",
        limit: int | None = None,
        corruption: str = "none",
        seed: int = 0,
    ) -> None:
        super().__init__(split, points, sampling, limit, corruption, seed)
        check_choice("data.variant", variant, tuple(PLACES))
        self.name = f"scanobjectnn_{variant}"
        self.variant = variant
        self.root = Path(root).expanduser()

    def index(self, split: str) -> SampleIndex:
        folder, ending = PLACES[self.variant]
        file = f"{ {'train': 'training', 'test': 'test'}[split] }_{ending}"
        candidates = [self.root / folder / file, self.root / "h5_files" / folder / file]
        for path in candidates:
            if path.is_file():
                return Hdf5Index([path], CLASSES)
        raise DataError(
            f"{self.variant.upper()} of ScanObjectNN is missing: expected {candidates[0]}. "
            f"It has to be fetched by hand, after agreeing to the terms of use on {PAGE}"
        )
