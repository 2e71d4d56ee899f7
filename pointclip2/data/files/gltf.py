"""glTF scenes (.gltf, .glb): every geometry where the scene puts it, however its numbers are stored."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pointclip2.data.files.apart import apart
from pointclip2.data.files.contents import Columns, FileRows, Texture, checked_faces, strip
from pointclip2.data.files.gltf_buffers import GltfBuffers, Json, normalised
from pointclip2.data.files.images import Pictures
from pointclip2.errors import is_transient
from pointclip2.reading import check_points
from pointclip2.types import CloudError

Floats = NDArray[np.float64]

POINTS, TRIANGLES, STRIP, FAN = 0, 4, 5, 6
DRACO = "KHR_draco_mesh_compression"
MESHOPT = ("EXT_meshopt_compression", "KHR_meshopt_compression")
UNDERSTOOD = (DRACO, "KHR_mesh_quantization", "KHR_texture_transform")
HARMLESS = (
    "KHR_materials_",
    "KHR_lights_",
    "KHR_texture_",
    "EXT_texture_",
    "KHR_animation_",
    "KHR_xmp",
    "MSFT_",
)
"""How what such extensions add begins: looks, not shapes."""


def read_gltf(path: Path) -> FileRows:
    """Read all geometries of the scene: vertices one geometry after another, in the scene's coordinates."""
    file = _Scene(path)
    file.check_extensions()
    parts = list(file.parts())
    if not parts:
        raise CloudError("there are no points in it: its scene shows no geometry")
    points = np.concatenate([part.points for part in parts])
    starts = np.cumsum([0, *(len(part.points) for part in parts)])
    faces = [part.faces + start for part, start in zip(parts, starts, strict=False) if part.faces is not None]
    shared = [name for name in parts[0].columns if all(name in part.columns for part in parts)]
    columns = {name: np.concatenate([part.columns[name] for part in parts]) for name in shared}
    kind = np.result_type(*(part.kind for part in parts))
    joined = checked_faces(np.concatenate(faces), len(points)) if faces else None
    return FileRows(
        points, columns, joined, kind, _joined(parts), remarks=file.remarks + file.pictures.remarks
    )


def _joined(parts: list[FileRows]) -> Texture | None:
    """The pictures of all geometries as one."""
    with_faces = [part for part in parts if part.faces is not None]
    if not any(part.texture for part in with_faces):
        return None
    uv, image = [], []
    images: list[NDArray[np.float32]] = []
    for part in with_faces:
        assert part.faces is not None
        texture = part.texture or Texture(np.zeros((len(part.faces), 3, 2)), np.full(len(part.faces), -1), [])
        uv.append(texture.uv)
        image.append(np.where(texture.image < 0, -1, texture.image + len(images)))
        images += texture.images
    return Texture(np.concatenate(uv), np.concatenate(image), images)


class _Scene(GltfBuffers):
    """The geometries of one file."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._images: dict[int, NDArray[np.float32] | None] = {}
        self.pictures, self.points = Pictures(), 0

    def check_extensions(self) -> None:
        """Refuse what would change the shape and is not understood."""
        used = set(self.document.get("extensionsUsed", [])) | set(self.document.get("extensionsRequired", []))
        packed = [
            name
            for view in self.list("bufferViews")
            for name in view.get("extensions", {})
            if name in MESHOPT and not self.buffer(view["buffer"])
        ]
        if packed:
            raise CloudError(
                f"its geometry is stored with {packed[0]}, which is not understood: save it without"
            )
        for name in sorted(set(self.document.get("extensionsRequired", []))):
            if name not in UNDERSTOOD and name not in MESHOPT and not name.startswith(HARMLESS):
                raise CloudError(
                    f"it requires the extension {name}, which is not understood: save it without"
                )
        if "EXT_mesh_gpu_instancing" in used:
            raise CloudError(
                "it places copies by EXT_mesh_gpu_instancing, which is not understood: save it without"
            )

    def parts(self) -> Iterator[FileRows]:
        """Every primitive of every node of the scene, in the scene's coordinates."""
        nodes, scenes = self.list("nodes"), self.list("scenes")
        children = {child for node in nodes for child in node.get("children", [])}
        roots = [number for number in range(len(nodes)) if number not in children]
        if scenes:
            roots = scenes[self.document.get("scene", 0)].get("nodes", [])
        waiting: list[tuple[int, Floats]] = [(root, np.eye(4)) for root in reversed(roots)]
        seen: set[int] = set()
        made: dict[int, list[FileRows]] = {}
        while waiting:
            number, above = waiting.pop()
            if number in seen:
                raise CloudError("damaged: a node of its scene is its own child, or has two parents")
            seen.add(number)
            node = nodes[number]
            matrix = above @ _matrix(node)
            waiting += [(child, matrix) for child in reversed(node.get("children", []))]
            if "mesh" in node:
                mesh = node["mesh"]
                if mesh not in made:
                    made[mesh] = [
                        part for each in self.list("meshes")[mesh]["primitives"] for part in self.part(each)
                    ]
                for part in made[mesh]:
                    self.count(part)
                    yield _moved(part, matrix)

    def count(self, part: FileRows) -> None:
        """Refuse copies of copies before they fill the memory."""
        self.points += len(part.points) + (0 if part.faces is None else len(part.faces))
        check_points(self.points, self.size, "points and faces")

    def part(self, primitive: Json) -> Iterator[FileRows]:
        """One primitive in its own coordinates; none where it has no positions."""
        attributes: dict[str, NDArray[Any]] = {}
        indices: NDArray[np.int64] | None = None
        if DRACO in primitive.get("extensions", {}):
            attributes, indices = self.draco(primitive)
        else:
            names = ("POSITION", "NORMAL", "COLOR_0", "TEXCOORD_0", "TEXCOORD_1")
            given = primitive.get("attributes", {})
            attributes = {name: self.accessor(given[name]) for name in names if name in given}
            if "indices" in primitive:
                indices = self.accessor(primitive["indices"]).reshape(-1).astype(np.int64)
        if "POSITION" not in attributes:
            return
        points = attributes["POSITION"]
        columns: Columns = {}
        if "NORMAL" in attributes:
            columns |= {name: attributes["NORMAL"][:, i] for i, name in enumerate(("nx", "ny", "nz"))}
        if "COLOR_0" in attributes:
            columns |= {name: attributes["COLOR_0"][:, i] for i, name in enumerate(("red", "green", "blue"))}
        faces = _triangles(primitive.get("mode", TRIANGLES), indices, len(points))
        if faces is not None:
            faces = checked_faces(faces, len(points))
        texture = None if faces is None else self.texture(primitive, attributes, faces)
        kind = points.dtype if points.dtype.kind == "f" else np.dtype(np.float32)
        made = FileRows(points.astype(np.float64), columns, faces, kind, texture)
        self.count(made)
        yield made

    def draco(self, primitive: Json) -> tuple[dict[str, NDArray[Any]], NDArray[np.int64] | None]:
        """What Google's Draco packed, by the package of that name."""
        try:
            import DracoPy
        except ImportError as error:
            raise CloudError(
                f"its geometry is stored with {DRACO}: pip install pointclip2[scans] reads it"
            ) from error
        entry = primitive["extensions"][DRACO]
        content = self.view(entry["bufferView"]).tobytes()
        wanted = {
            name: number
            for name, number in entry["attributes"].items()
            if name in ("POSITION", "NORMAL", "COLOR_0", "TEXCOORD_0", "TEXCOORD_1")
        }

        def decode() -> tuple[dict[str, NDArray[Any]], NDArray[np.int64] | None]:
            mesh = DracoPy.decode(content)
            held = {name: mesh.get_attribute_by_unique_id(number) for name, number in wanted.items()}
            found = {name: np.asarray(one["data"]) for name, one in held.items() if one is not None}
            faces = getattr(mesh, "faces", None)
            return found, None if faces is None else np.asarray(faces, dtype=np.int64).reshape(-1)

        found, faces = apart(decode)
        accessors, given = self.list("accessors"), primitive["attributes"]
        return {name: normalised(values, accessors[given[name]]) for name, values in found.items()}, faces

    def texture(
        self, primitive: Json, attributes: dict[str, NDArray[Any]], faces: NDArray[np.int64]
    ) -> Texture | None:
        """The picture or the plain colour of its material."""
        if "material" not in primitive:
            return None
        material = self.list("materials")[primitive["material"]]
        looks = material.get("pbrMetallicRoughness", {})
        factor = np.array(looks.get("baseColorFactor", (1, 1, 1, 1))[:3], dtype=np.float32)
        chosen = looks.get("baseColorTexture")
        image = None if chosen is None else self.image(chosen["index"])
        uv = np.zeros((len(faces), 3, 2))
        if image is None:
            if "baseColorFactor" not in looks or "COLOR_0" in attributes:
                return None
            image = np.ones((1, 1, 3), dtype=np.float32)
        else:
            change = chosen.get("extensions", {}).get("KHR_texture_transform", {})
            at = attributes.get(f"TEXCOORD_{change.get('texCoord', chosen.get('texCoord', 0))}")
            if at is None:
                return None
            uv = _transformed(at.astype(np.float64), change)[faces]
            uv[..., 1] = 1 - uv[..., 1]
        if (factor != 1).any():
            if not self.pictures.fits(image.shape[0] * image.shape[1]):
                return None
            image = image * factor
        return Texture(uv, np.zeros(len(faces), np.int64), [image])

    def image(self, texture: int) -> NDArray[np.float32] | None:
        """The picture of a texture; None where it is of a kind that cannot be read."""
        entry = self.list("textures")[texture]
        number = entry.get("source", entry.get("extensions", {}).get("EXT_texture_webp", {}).get("source"))
        if number is None:
            return None
        if number not in self._images:
            source = self.list("images")[number]
            try:
                content = (
                    self.view(source["bufferView"]).tobytes()
                    if "bufferView" in source
                    else self.fetch(source["uri"])
                )
            except CloudError as error:
                if is_transient(error):
                    raise
                content = b""
            self._images[number] = self.pictures.read(content)
        return self._images[number]


def _triangles(mode: int, indices: NDArray[np.int64] | None, count: int) -> NDArray[np.int64] | None:
    """Triangles (f, 3) of a primitive; None for points and lines."""
    if mode not in (TRIANGLES, STRIP, FAN):
        return None
    corners = np.arange(count) if indices is None else indices
    if mode == TRIANGLES:
        return corners[: len(corners) // 3 * 3].reshape(-1, 3)
    if len(corners) < 3:
        return np.zeros((0, 3), np.int64)
    if mode == STRIP:
        return strip(corners)
    return np.stack([np.full(len(corners) - 2, corners[0]), corners[1:-1], corners[2:]], axis=1)


def _matrix(node: Json) -> Floats:
    if "matrix" in node:
        return np.array(node["matrix"], dtype=np.float64).reshape(4, 4).T
    matrix = np.eye(4)
    x, y, z, w = np.array(node.get("rotation", (0, 0, 0, 1)), dtype=np.float64)
    length = float(np.sqrt(x * x + y * y + z * z + w * w)) or 1.0
    x, y, z, w = x / length, y / length, z / length, w / length
    turn = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    matrix[:3, :3] = turn * np.array(node.get("scale", (1, 1, 1)), dtype=np.float64)
    matrix[:3, 3] = node.get("translation", (0, 0, 0))
    return matrix


def _moved(part: FileRows, matrix: Floats) -> FileRows:
    """The part where the scene puts it."""
    if np.array_equal(matrix, np.eye(4)):
        return part
    columns = dict(part.columns)
    if part.normals is not None:
        with np.errstate(all="ignore"):
            turned = part.normals @ np.linalg.pinv(matrix[:3, :3])
        columns |= {name: turned[:, i] for i, name in enumerate(("nx", "ny", "nz"))}
    moved = part.points @ matrix[:3, :3].T + matrix[:3, 3]
    return FileRows(moved, columns, part.faces, np.dtype(np.float64), part.texture)


def _transformed(uv: Floats, change: Json) -> Floats:
    """Texture coordinates under KHR_texture_transform."""
    angle = change.get("rotation", 0.0)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return (uv * change.get("scale", (1, 1))) @ turn.T + change.get("offset", (0, 0))
