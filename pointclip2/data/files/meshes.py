"""Mesh and scene files through trimesh: surfaces become points, by area."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pointclip2.data.prepare import RawCloud
from pointclip2.geometry.surfaces import sample_surface
from pointclip2.types import CloudError

Floats = NDArray[np.float64]

MESH_SUFFIXES = (".ply", ".obj", ".off", ".stl", ".glb", ".gltf")


def read_mesh(path: Path, points: int | None, rng: np.random.Generator) -> RawCloud:
    """Return ``points`` points of the surface, or all vertices of a file without a surface, or of any for None.

    Several geometries stand where the scene puts them. A surface of no area gives its vertices.
    """
    triangles, vertices = _geometries(path)
    finite = triangles[np.isfinite(triangles).all(axis=(1, 2))]
    if len(finite) and points is not None:
        scale = float(np.abs(finite).max()) or 1.0
        try:
            # Scaled, because the area of a triangle with sides of 1e200 is not a number.
            sampled, _ = sample_surface(finite / scale, np.zeros(len(finite), dtype=np.int64), points, rng)
            return RawCloud(sampled * scale, sampled=True)
        except CloudError:
            return RawCloud(finite.reshape(-1, 3), sampled=True)
    return RawCloud(vertices)


def _geometries(path: Path) -> tuple[Floats, Floats]:
    """Corners (f, 3, 3) of all triangles and all vertices (v, 3), in the coordinates of the scene."""
    # Imported here: most data sets need no meshes, and `--help` should not wait for it.
    import trimesh

    with _quiet(), np.errstate(all="ignore"):
        scene = trimesh.load_scene(path, process=False, skip_materials=True)
        triangles, vertices = [np.zeros((0, 3, 3))], [np.zeros((0, 3))]
        for node in sorted(scene.graph.nodes_geometry):
            transform, name = scene.graph[node]
            geometry = scene.geometry[name]
            moved = trimesh.transform_points(np.asarray(geometry.vertices, dtype=np.float64), transform)
            vertices.append(moved)
            faces = getattr(geometry, "faces", None)
            if faces is not None and len(faces):
                triangles.append(moved[np.asarray(faces)])
    return np.concatenate(triangles), np.concatenate(vertices)


@contextmanager
def _quiet() -> Iterator[None]:
    """What trimesh says (odd normals, missing materials, every face that it triangulates) decides nothing here."""
    log = logging.getLogger("trimesh")
    before = log.level
    log.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        log.setLevel(before)
