"""Hold a shape of the procedural world: labelled triangles, what can be said of it; and register the classes."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pointclip2.worlds.shapes.mesh import Mesh

Random = np.random.Generator
Maker = Callable[["Shape", Random], None]


@dataclass
class Shape:
    """Grows part by part: metres, y up, front towards +z, standing on y = 0 where the thing stands."""

    part_names: tuple[str, ...]
    meshes: list[Mesh] = field(default_factory=list)
    mesh_parts: list[int] = field(default_factory=list)
    attributes: list[str] = field(default_factory=list)

    def add(self, part: str, *meshes: Mesh) -> None:
        """Add surfaces that belong to ``part``. Raises ``ValueError`` where the class has declared no such part."""
        if part not in self.part_names:
            raise ValueError(f"no part {part!r} in this class: it declares {', '.join(self.part_names)}")
        index = self.part_names.index(part)
        for mesh in meshes:
            self.meshes.append(mesh)
            self.mesh_parts.append(index)

    def say(self, *phrases: str) -> None:
        """Record what is true of this very shape ("four legs", "tall and narrow"): captions are made of it."""
        self.attributes.extend(phrases)

    def triangles(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Return the corners (f, 3, 3) of all triangles and the part index (f,) of each."""
        corners = np.concatenate([mesh.vertices[mesh.faces] for mesh in self.meshes])
        parts = np.repeat(self.mesh_parts, [len(mesh.faces) for mesh in self.meshes])
        return corners, parts.astype(np.int64)


@dataclass(frozen=True)
class ShapeClass:
    """Describes one class of the world."""

    name: str
    part_names: tuple[str, ...]
    synonyms: tuple[str, ...]
    make: Maker
    described: tuple[str, ...] = ()
    """Sentences on how such a thing looks, for classes that the bank of descriptions does not have."""


REGISTER: dict[str, ShapeClass] = {}


def shape_class(
    name: str,
    parts: tuple[str, ...],
    synonyms: tuple[str, ...] = (),
    described: tuple[str, ...] = (),
) -> Callable[[Maker], Maker]:
    """Register the function below as the maker of class ``name``."""

    def register(make: Maker) -> Maker:
        if name in REGISTER:
            raise ValueError(f"shape class {name!r} is registered twice")
        REGISTER[name] = ShapeClass(name, parts, synonyms, make, described)
        return make

    return register
