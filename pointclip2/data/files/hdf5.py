"""Clouds and labels in HDF5 files as benchmarks ship them: ``data`` (n, m, 3) and ``label`` (n, 1)."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from pointclip2.data.checksum import digest_files
from pointclip2.data.files.arrays import check_clouds, open_hdf5
from pointclip2.data.prepare import RawCloud
from pointclip2.data.stored import SampleIndex
from pointclip2.reading import check_regular
from pointclip2.types import CloudError, DataError

CHUNK_CACHE_BYTES = 64 * 2**20
"""Chunks of the official files span many samples: while they stay here, the neighbours cost nothing."""


class Hdf5Index(SampleIndex):
    """Samples of one or more files, named ``file/row``. Labels are read once, clouds one at a time.

    Handles are opened per process, because HDF5's do not survive a fork.
    """

    def __init__(self, files: Sequence[Path], classes: tuple[str, ...], up: str = "y") -> None:
        self.files = list(files)
        self.classes = classes
        self.names: list[str] = []
        self.labels: list[int] = []
        self.places: list[tuple[int, int]] = []
        self._up = up
        self._arrays: dict[tuple[int, int], h5py.Dataset] = {}
        for number, path in enumerate(self.files):
            labels = _read_labels(path, len(classes))
            self.labels += labels
            self.names += [f"{path.stem}/{row:04d}" for row in range(len(labels))]
            self.places += [(number, row) for row in range(len(labels))]

    def read(self, index: int, points: int, rng: np.random.Generator) -> RawCloud:
        number, row = self.places[index]
        try:
            return RawCloud(self._data(number)[row])
        except OSError as error:
            raise CloudError(f"{self.files[number]} is damaged at row {row} ({error})") from error

    def up(self, index: int) -> str:
        return self._up

    def digest(self, indices: Sequence[int]) -> str:
        used = {self.files[self.places[i][0]] for i in indices}
        return digest_files(self.files[0].parent, used)

    def _data(self, number: int) -> h5py.Dataset:
        # The array is kept, not only its file: its cache of chunks lives as long as it is open.
        key = (os.getpid(), number)
        if key not in self._arrays:
            check_regular(self.files[number])
            self._arrays[key] = h5py.File(self.files[number], "r", rdcc_nbytes=CHUNK_CACHE_BYTES)["data"]
        return self._arrays[key]

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_arrays": {}}


@contextmanager
def opened(path: Path) -> Iterator[h5py.File]:
    """Open a file of a data set.

    Raises:
        DataError: it is damaged, no regular file, promises too much, or its arrays lie elsewhere.
    """
    try:
        with open_hdf5(path) as file:
            yield file
    except CloudError as error:
        raise DataError(f"{path}: {error}") from error
    except OSError as error:
        raise DataError(
            f"{path} is not a readable HDF5 file, truncated or damaged ({error}): fetch it again"
        ) from error


def _read_labels(path: Path, classes: int) -> list[int]:
    """Check one file as far as that is cheap, and return its labels."""
    with opened(path) as file:
        data, label = file.get("data"), file.get("label")
        if not isinstance(data, h5py.Dataset) or not isinstance(label, h5py.Dataset):
            raise DataError(f"{path} must hold the arrays 'data' and 'label', but holds {sorted(file)}")
        if data.ndim != 3 or data.shape[2] < 3 or data.dtype.kind not in "fiu":
            raise DataError(
                f"{path}: 'data' must be numbers of shape (n, m, 3), not {data.dtype} {data.shape}"
            )
        samples = len(data)
        check_clouds(data, path.stat().st_size)
        fits = label.dtype.kind in "fiu" and label.shape in {(samples,), (samples, 1)}
        try:
            values = np.asarray(label[()]) if fits else np.full(1, np.nan)
        except OSError as error:
            raise DataError(f"{path}: 'label' cannot be read ({error}): fetch the file again") from error
        if not np.array_equal(values, np.trunc(values)):
            raise DataError(
                f"{path}: 'label' must be integers, one for each of {samples} clouds, not {label.dtype} {label.shape}"
            )
    labels = [int(value) for value in values.reshape(-1)]
    wrong = sorted({label for label in labels if not 0 <= label < classes})
    if wrong:
        raise DataError(
            f"{path}: labels {wrong[:5]} are outside 0 to {classes - 1}: a file of another data set?"
        )
    return labels
