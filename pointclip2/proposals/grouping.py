"""Group points that may be objects: by density, by a hierarchy of densities, and by what stands on what."""

import numpy as np
from numpy.typing import NDArray

from pointclip2.proposals.structure import Structure

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
_CORE = 4
"""Number of neighbours within reach that make a point part of a group rather than noise."""


def by_density(
    points: Floats, reach_m: float, smallest: int, normals: Floats | None = None, weight_m: float = 0.0
) -> list[Indices]:
    """Group by DBSCAN over positions, and over normals where given; groups have at least ``smallest`` points."""
    from sklearn.cluster import DBSCAN

    if len(points) < max(smallest, 2):
        return []
    space = points if normals is None else np.column_stack([points, weight_m * unsigned(normals)])
    return _groups(DBSCAN(eps=reach_m, min_samples=_CORE).fit_predict(space), smallest)


def by_hierarchy(points: Floats, size: int, smallest: int) -> list[Indices]:
    """Group by HDBSCAN over positions: the groups that last longest while the reach grows, at whatever density."""
    from sklearn.cluster import HDBSCAN

    if len(points) <= size:
        return []
    found = HDBSCAN(min_cluster_size=size, min_samples=_CORE, copy=True).fit_predict(points)
    return _groups(found, smallest)


def unsigned(normals: Floats) -> Floats:
    """Embed normals so that their sign does not matter: perpendicular ones are one apart, opposite ones coincide."""
    x, y, z = normals.T
    pairs = [x * x, y * y, z * z, np.sqrt(2) * x * y, np.sqrt(2) * x * z, np.sqrt(2) * y * z]
    return np.column_stack(pairs) / np.sqrt(2)


def _groups(labels: NDArray[np.intp], smallest: int) -> list[Indices]:
    order = np.argsort(labels, kind="stable")
    values, first = np.unique(labels[order], return_index=True)
    parts = np.split(order, first[1:])
    return [part for value, part in zip(values, parts, strict=True) if value >= 0 and len(part) >= smallest]


def on_top(
    points: Floats, normals: Floats, structure: Structure, group: Indices, smallest: int
) -> list[Indices]:
    """Divide a group at its level surface: the support without what stands on it, and every such thing alone.

    The list is empty where the group has no surface like a table's, or nothing stands on it.
    """
    height = structure.height(points[group])
    level = np.abs(normals[group, 2]) > 0.9
    if level.sum() < smallest:
        return []
    counts, edges = np.histogram(height[level], bins=np.arange(0.25, 1.5, 0.03))
    at = int(counts.argmax())
    if counts[at] < max(30, 0.06 * len(group)):
        return []
    top = float(np.median(height[level & (np.abs(height - edges[at] - 0.015) < 0.04)]))
    above = group[height > top + 0.035]
    if len(above) < smallest:
        return []
    things = [above[part] for part in by_density(points[above], 0.09, smallest)]
    return [group[height <= top + 0.035], *things] if things else []
