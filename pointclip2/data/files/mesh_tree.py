"""Trees of mesh files as ModelNet has them: ``<class>/<split>/<class>_NNNN.off``."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pointclip2.data.checksum import digest_files
from pointclip2.data.files.rows import read_points
from pointclip2.data.prepare import RawCloud
from pointclip2.data.stored import SampleIndex
from pointclip2.types import DataError


class MeshTreeIndex(SampleIndex):
    """One split of such a tree. Samples are named by their file without its ending."""

    def __init__(self, root: Path, split: str, classes: tuple[str, ...], up: str) -> None:
        self.root = root
        self.classes = classes
        self.files: list[Path] = []
        self.labels: list[int] = []
        self._up = up
        empty = []
        for label, name in enumerate(classes):
            folder = root / name.replace(" ", "_") / split
            found = sorted(path for path in folder.glob("*.off") if not path.name.startswith("."))
            self.files += found
            self.labels += [label] * len(found)
            if not found:
                empty.append(folder.relative_to(root).as_posix())
        if empty:
            raise DataError(f"{root} is not complete: no .off files in {', '.join(empty)}")
        self.names = [path.stem for path in self.files]

    def read(self, index: int, points: int, rng: np.random.Generator) -> RawCloud:
        return read_points(self.files[index], points, rng)

    def up(self, index: int) -> str:
        return self._up

    def digest(self, indices: Sequence[int]) -> str:
        return digest_files(self.root, [self.files[i] for i in indices])
