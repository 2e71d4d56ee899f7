"""Many clouds in one .npz of numpy: an array (n, m, 3) of points, and a label or a name for each of the n."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pointclip2.data.files.arrays import CLOUD_NAMES, COLOUR_NAMES, MOST_COLUMNS, load_arrays, of_arrays
from pointclip2.data.files.contents import FileRows
from pointclip2.errors import is_transient, one_line
from pointclip2.types import CloudError, TransientError

LABEL_NAMES = ("label", "labels", "class", "classes", "category", "categories")
NAME_NAMES = ("name", "names")


def clouds_in_npz(path: Path) -> tuple[int, list[int | str] | None]:
    """Return how many clouds an archive holds, and the label of each where it has them.

    It holds many where something says so: an array of one label or name for each. Any other is one cloud; reading it
    says what is wrong.
    """
    try:
        held = _held(path)
    except Exception as error:  # encrypted, packed in an unknown way, damaged: each has an error of its own
        if is_transient(error):
            raise TransientError(f"{path} cannot be read just now ({one_line(error)}): run again") from error
        return 1, None
    count = _count(held)
    if count is None:
        return 1, None
    label = next((held[name] for name in LABEL_NAMES if _each(held.get(name), count)), None)
    if label is None:
        return count, None
    if label.dtype.kind == "U":
        return count, [str(text) for text in label]
    return count, [int(number) for number in label]


def read_npz(path: Path, row: int) -> FileRows:
    """Read the cloud at a row of an archive of many, with its colours.

    Raises:
        CloudError: it holds fewer clouds.
    """
    held = _held(path)
    count = _count(held)
    if count is None or row >= count:
        raise CloudError(f"holds {count or 1} clouds: there is none at {row}")
    kept = (*CLOUD_NAMES, *COLOUR_NAMES)
    return of_arrays(
        {name: array[row] for name, array in held.items() if name in kept and array.shape[:1] == (count,)}
    )


def _held(path: Path) -> dict[str, NDArray[Any]]:
    told = path.stat()
    return _loaded(path, told.st_mtime_ns, told.st_size)


@lru_cache(maxsize=1)
def _loaded(path: Path, changed_ns: int, size: int) -> dict[str, NDArray[Any]]:
    """The arrays by name in small letters; the last archive is kept, because its clouds are read one by one."""
    found = load_arrays(path)
    if isinstance(found, np.ndarray):
        raise CloudError("it is one array, not an archive of some")
    return {name.lower(): array for name, array in found.items()}


def _count(held: dict[str, NDArray[Any]]) -> int | None:
    """How many clouds there are; None for one."""
    points = next((held[name] for name in CLOUD_NAMES if name in held), None)
    if points is None or points.ndim != 3 or len(points) < 2 or not 3 <= points.shape[2] <= MOST_COLUMNS:
        return None
    told = any(_each(held.get(name), len(points)) for name in (*LABEL_NAMES, *NAME_NAMES))
    return len(points) if told else None


def _each(array: NDArray[Any] | None, count: int) -> bool:
    return array is not None and array.shape == (count,) and array.dtype.kind in "Uiu"
