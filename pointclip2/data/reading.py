"""One file to one cloud: `pointclip2.read`."""

import os

import numpy as np

from pointclip2.data.files.contents import FileRows
from pointclip2.data.files.rows import drawn_points, read_rows
from pointclip2.data.prepare import stable_seed
from pointclip2.data.standing import turn
from pointclip2.data.stored import made_cloud, sample_error, say
from pointclip2.types import Cloud, ConfigError
from pointclip2.writing import typed_path


def read(
    path: str | os.PathLike[str],
    points: int | None = 2048,
    up: str = "y",
    sampling: str = "random",
    seed: int = 0,
) -> Cloud:
    """Read a point cloud or mesh of any format that `Folder` knows.

    >>> cloud = pointclip2.read("scan.ply")  # cloud.input_points are the chosen rows in the scan's own coordinates

    Args:
        path: the file.
        points: so many points, drawn on the surface where there is one; None takes all points of the file, or all
            vertices of a mesh, in the order of the file.
        up: the axis that points up in the file: x y z -x -y -z, ``any`` to take it as it is, or ``auto``: what its
            shape says; a remark tells what that is, and how sure.
        sampling: which points of a larger cloud: ``first``, ``random`` or ``farthest``.
        seed: of what is random.

    Raises:
        CloudError: the file is not there, or cannot be read right; one sentence that names it.
        ConfigError: an option cannot work.
    """
    cloud = read_silently(path, points, up, sampling, seed)
    say(cloud)
    return cloud


def read_silently(
    path: str | os.PathLike[str],
    points: int | None,
    up: str,
    sampling: str = "random",
    seed: int = 0,
    name: str | None = None,
) -> Cloud:
    """Read as `read` does, for programs that tell themselves what the cloud's remarks say.

    ``name``, by default the file's own, decides with the seed which points are drawn, as in ``data=folder``.

    Raises:
        CloudError, ConfigError: as `read`.
    """
    file = typed_path(path)
    try:
        return cloud_of(file.name, read_rows(file), points, up, sampling, f"{seed}/{name or file.name}")
    except ConfigError:
        raise
    except Exception as error:
        raise sample_error(str(path), error) from error


def cloud_of(name: str, rows: FileRows, points: int | None, up: str, sampling: str, seed_name: str) -> Cloud:
    """Return the cloud that the rows of a file or of an array make; the options are those of `read`."""
    drawn = points if points is None or sampling != "farthest" else 8 * points
    raw = drawn_points(rows, drawn, np.random.default_rng(stable_seed(seed_name)))
    order = "first" if points is None else sampling
    cloud = made_cloud(name, raw, up, points, order, seed_name, exact=True)
    return cloud if cloud.ups is None else turn(cloud, cloud.ups)  # which puts it down as a remark
