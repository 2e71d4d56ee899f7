"""ModelNet10 and ModelNet40 (Princeton): the HDF5 clouds of PointNet, and the original OFF meshes."""

from pathlib import Path

from pointclip2.data.class_names import MODELNET10, MODELNET40
from pointclip2.data.fetch import fetch_zip
from pointclip2.data.files.hdf5 import Hdf5Index
from pointclip2.data.files.mesh_tree import MeshTreeIndex
from pointclip2.data.prepare import check_choice
from pointclip2.data.stored import SampleIndex, StoredData
from pointclip2.reading import read_text
from pointclip2.types import ConfigError, DataError

CLASSES = {"modelnet10": MODELNET10, "modelnet40": MODELNET40}

PAGE = "https://modelnet.cs.princeton.edu"
ARCHIVES = {
    ("modelnet40", "hdf5"): "https://shapenet.cs.stanford.edu/media/modelnet40_ply_hdf5_2048.zip",
    ("modelnet40", "off"): "http://modelnet.cs.princeton.edu/ModelNet40.zip",
    ("modelnet10", "off"): "http://vision.princeton.edu/projects/2014/3DShapeNets/ModelNet10.zip",
}


class ModelNet(StoredData):
    """ModelNet10 or ModelNet40. The models are for academic research; their makers hold the copyright.

    Args:
        variant: ``modelnet10`` or ``modelnet40``.
        root: folder of the HDF5 files, or of the class folders.
        layout: ``hdf5`` (y up, 2,048 points each, ModelNet40 only), ``off`` (z up, surfaces are sampled), or
            ``auto``: whichever lies there.
        download: fetch a missing data set from its official address.

    The rest is explained in `StoredData`.
    """

    splits = ("train", "test")

    def __init__(
        self,
        root: str,
        variant: str = "modelnet40",
        layout: str = "auto",
        download: bool = False,
        split: str = "test",
        points: int = 1024,
        sampling: str = "first",
        limit: int | None = None,
        corruption: str = "none",
        seed: int = 0,
    ) -> None:
        super().__init__(split, points, sampling, limit, corruption, seed)
        check_choice("data.variant", variant, tuple(CLASSES))
        check_choice("data.layout", layout, ("auto", "hdf5", "off"))
        if (variant, layout) == ("modelnet10", "hdf5"):
            raise ConfigError("modelnet10 exists as meshes only: data.layout=off")
        self.name = variant
        self.root = Path(root).expanduser()
        self.layout = layout
        self.download = download

    def index(self, split: str) -> SampleIndex:
        layout = self._present_layout()
        if layout is None and self.download:
            fetch_zip(ARCHIVES[self.name, self._wanted_layout()], self.root)
            layout = self._present_layout()
        if layout is None:
            raise DataError(self._missing())
        classes = CLASSES[self.name]
        if layout == "off":
            return MeshTreeIndex(self.root, split, classes, up="z")
        self._check_names()
        return Hdf5Index(self._listed(split), classes)

    def _wanted_layout(self) -> str:
        if self.layout != "auto":
            return self.layout
        return "off" if self.name == "modelnet10" else "hdf5"

    def _present_layout(self) -> str | None:
        lists = any((self.root / f"{split}_files.txt").is_file() for split in self.splits)
        folders = any((self.root / name.replace(" ", "_")).is_dir() for name in CLASSES[self.name])
        if lists and self.layout != "off" and self.name == "modelnet40":
            return "hdf5"
        return "off" if folders and self.layout != "hdf5" else None

    def _missing(self) -> str:
        expected = {
            "hdf5": "train_files.txt, test_files.txt and ply_data_*.h5",
            "off": "<class>/{train,test}/*.off",
        }[self._wanted_layout()]
        return (
            f"{self.name} is not in {self.root}: expected {expected} there. Academic use, {PAGE}; "
            f"data.download=true fetches {ARCHIVES[self.name, self._wanted_layout()]}"
        )

    def _listed(self, split: str) -> list[Path]:
        """The files of a split. The official lists name them from elsewhere, so only base names count."""
        listing = self.root / f"{split}_files.txt"
        if not listing.is_file():
            raise DataError(f"{listing} is missing: it lists the HDF5 files of the split {split!r}")
        lines = read_text(listing, errors="replace").splitlines()
        files = [self.root / Path(line.strip()).name for line in lines if line.strip()]
        if not files:
            raise DataError(f"{listing} lists no files")
        missing = [path.name for path in files if not path.is_file()]
        if missing:
            raise DataError(
                f"{listing} lists {', '.join(missing)}, which should be in {self.root} but is not"
            )
        return files

    def _check_names(self) -> None:
        listing = self.root / "shape_names.txt"
        if not listing.is_file():
            return
        found = tuple(
            line.strip().replace("_", " ")
            for line in read_text(listing, errors="replace").splitlines()
            if line.strip()
        )
        if found != CLASSES[self.name]:
            wrong = [name for name in found if name not in CLASSES[self.name]]
            detail = f"{', '.join(wrong)} unknown" if wrong else f"{len(found)} names, or in another order"
            raise DataError(
                f"{listing} is not {self.name}'s list of classes ({detail}): labels would be wrong"
            )
