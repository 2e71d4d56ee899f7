"""Make taps, for bath tubs and sinks."""

import numpy as np

from pointclip2.worlds.shapes.mesh import Mesh, Vector, box, cylinder, rod, sphere, tube
from pointclip2.worlds.shapes.shape import Random


def tap(rng: Random, foot: Vector, reach: float) -> tuple[list[Mesh], str]:
    """Return a tap standing at ``foot`` whose spout reaches ``reach`` towards +z, and what kind it is."""
    u = rng.uniform
    kind = str(rng.choice(["arch", "goose", "block", "bridge", "mixer"]))
    thin = reach * u(0.05, 0.11)
    rise = reach * (u(0.9, 2.2) if kind == "goose" else u(0.35, 0.9))
    t = np.linspace(0, np.pi * (0.95 if kind == "goose" else 0.65), 9)
    bow = reach / 2
    if kind in ("arch", "goose"):
        arc = np.stack([0 * t, rise + bow * np.sin(t), bow * (1 - np.cos(t))], axis=1)
        spout = tube(np.concatenate([[(0, 0, 0)], arc]), thin, 8)
        meshes, phrase = [spout], "tall curved tap" if kind == "goose" else "curved tap"
    elif kind == "block":
        meshes = [
            box(3 * thin, rise, 3 * thin, (0, rise / 2, 0)),
            box(3 * thin, thin * 1.6, reach, (0, rise, reach / 2)),
        ]
        phrase = "square tap"
    else:
        path = np.array([(0, 0, 0), (0, rise, 0), (0, rise * 1.15, reach * 0.6), (0, rise, reach)])
        meshes, phrase = [tube(path, thin, 8)], "tap"
    if kind in ("arch", "bridge") or rng.random() < 0.35:
        apart = reach * u(0.3, 0.7)
        for side in (-1, 1):
            meshes.append(
                cylinder(thin * 1.2, rise * 0.5, centre=(side * apart, rise * 0.25, 0), segments=10)
            )
            bar = 3.0 * thin
            meshes.append(
                rod((side * apart - bar, rise * 0.5, 0), (side * apart + bar, rise * 0.5, 0), thin * 0.6, 6)
            )
            meshes.append(
                rod((side * apart, rise * 0.5, -bar), (side * apart, rise * 0.5, bar), thin * 0.6, 6)
            )
        if kind == "bridge":
            meshes.append(rod((-apart, rise * 0.2, 0), (apart, rise * 0.2, 0), thin, 8))
        phrase += " with two handles"
    elif rng.random() < 0.8:
        meshes.append(sphere(thin * 1.5, (0, rise, 0), 6))
        meshes.append(rod((0, rise, 0), (reach * u(-0.3, 0.3), rise * 1.35, -thin), thin * 0.6, 6))
        phrase += " with one lever"
    where = np.asarray(foot, dtype=float)
    return [mesh.moved(*where) for mesh in meshes], phrase
