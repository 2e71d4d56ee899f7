"""Make the parts of cupboards and chests: carcasses, fronts of drawers and doors, feet."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from pointclip2.worlds.shapes.makers.supports import (
    HANDLE_PHRASES,
    LEG_PHRASES,
    chance,
    counted,
    four_legs,
    handle,
    leg,
    pick,
)
from pointclip2.worlds.shapes.mesh import Mesh, box, cylinder, extrude, grid, rod
from pointclip2.worlds.shapes.shape import Random, Shape


@dataclass(frozen=True)
class Space:
    """Describes a cuboid inside a cabinet: ``x`` and ``y`` are (low, high), ``z`` is (rear, front)."""

    x: tuple[float, float]
    y: tuple[float, float]
    z: tuple[float, float]

    @property
    def size(self) -> tuple[float, float, float]:
        """Return the full sizes."""
        return self.x[1] - self.x[0], self.y[1] - self.y[0], self.z[1] - self.z[0]

    @property
    def centre(self) -> tuple[float, float, float]:
        """Return the middle point."""
        return sum(self.x) / 2, sum(self.y) / 2, sum(self.z) / 2

    def filled(self) -> Mesh:
        """Return the cuboid as a mesh."""
        return box(*self.size, self.centre)

    def pane(self) -> Mesh:
        """Return its front as one sheet without a thickness, such as glass."""
        (left, right), (low, high), z = self.x, self.y, self.z[1]
        return grid(np.array([[[x, y, z] for x in (left, right)] for y in (low, high)]))

    def columns(self, shares: list[float]) -> list["Space"]:
        """Divide the space into columns side by side."""
        edges = self.x[0] + self.size[0] * np.cumsum([0.0, *shares]) / sum(shares)
        return [Space((float(a), float(b)), self.y, self.z) for a, b in pairwise(edges)]

    def rows(self, shares: list[float]) -> list["Space"]:
        """Divide the space into rows one above the other, from the bottom."""
        edges = self.y[0] + self.size[1] * np.cumsum([0.0, *shares]) / sum(shares)
        return [Space(self.x, (float(a), float(b)), self.z) for a, b in pairwise(edges)]

    def shrunk(self, margin: float) -> "Space":
        """Return the space with ``margin`` less on the left, right, bottom and top."""
        m = min(margin, self.size[0] * 0.45, self.size[1] * 0.45)
        return Space((self.x[0] + m, self.x[1] - m), (self.y[0] + m, self.y[1] - m), self.z)


def carcass(space: Space, board: float, back: bool = True) -> list[Mesh]:
    """Return an empty case, open to the front; without ``back`` it is open on both sides."""
    x, y, z = space.size
    cx, cy, cz = space.centre
    meshes = [box(board, y, z, (cx + i * (x - board) / 2, cy, cz)) for i in (-1, 1)]
    meshes += [box(x, board, z, (cx, cy + i * (y - board) / 2, cz)) for i in (-1, 1)]
    if back:
        meshes.append(box(x, y, 0.008, (cx, cy, space.z[0] + 0.004)))
    return meshes


def closed_case(rng: Random, space: Space, board: float) -> list[Mesh]:
    """Return a case whose front will be closed: of boards, or one block with nothing inside."""
    return [space.filled()] if chance(rng, 0.3) else carcass(space, board)


def front(space: Space, style: str, proud: float) -> list[Mesh]:
    """Return a drawer or door front on ``space``: ``flat``, ``framed``, ``raised``, ``slatted``, ``glass``."""
    x, y, _ = space.shrunk(0.006).size
    cx, cy, _ = space.centre
    z = space.z[1] + proud / 2
    rim = min(0.06, 0.2 * min(x, y))
    if style == "flat" or min(x, y) < 0.06:
        return [box(x, y, proud, (cx, cy, z))]
    if style == "raised":
        return [
            box(x, y, proud, (cx, cy, z)),
            box(x - 2 * rim, y - 2 * rim, 0.012, (cx, cy, z + proud / 2 + 0.004)),
        ]
    frame = [box(rim, y, proud, (cx + i * (x - rim) / 2, cy, z)) for i in (-1, 1)]
    frame += [box(x - 2 * rim, rim, proud, (cx, cy + i * (y - rim) / 2, z)) for i in (-1, 1)]
    if style == "slatted":
        number = int(np.clip((y - 2 * rim) / 0.045, 2, 24))
        step = (y - 2 * rim) / number
        for k in range(number):
            slat = box(x - 2 * rim, step * 1.1, 0.006).rotated_deg(x=35)
            frame.append(slat.moved(cx, cy - y / 2 + rim + (k + 0.5) * step, z))
    elif style == "framed":
        frame.append(box(x - 2 * rim, y - 2 * rim, 0.006, (cx, cy, z - proud / 2 + 0.003)))
    else:
        for share in np.linspace(-0.5, 0.5, 4)[1:-1]:
            frame.append(box(x - 2 * rim, 0.012, proud * 0.6, (cx, cy + float(share) * (y - 2 * rim), z)))
        frame.append(box(0.012, y - 2 * rim, proud * 0.6, (cx, cy, z)))
    return frame


def tray(space: Space, out: float = 0.0) -> list[Mesh]:
    """Return what lies behind the front of a drawer, pulled ``out``: its floor, two sides and a back."""
    x, y, z = space.shrunk(0.012).size
    cx, cy, cz = space.centre
    return [
        box(x, 0.008, z * 0.94, (cx, cy - y * 0.45, cz + out)),
        box(x, y * 0.7, 0.01, (cx, cy - y * 0.1, cz - z * 0.46 + out)),
        *(box(0.01, y * 0.7, z * 0.94, (cx + i * x / 2, cy - y * 0.1, cz + out)) for i in (-1, 1)),
    ]


@dataclass(frozen=True)
class Fronts:
    """Describes the drawers and doors of one case: ``style`` as `front` knows it, ``pull`` as `handle`.

    Those that are ``furnished`` have trays and shelves behind them. A share ``ajar`` of all stands open.
    """

    style: str
    pull: str
    proud: float
    furnished: bool = False
    ajar: float = 0.0

    @classmethod
    def drawn(
        cls, rng: Random, styles: Sequence[str], pulls: Sequence[str] = tuple(HANDLE_PHRASES)
    ) -> "Fronts":
        """Draw fronts of one of the styles: from level with the case to standing 3 cm before it."""
        style, pull, proud = pick(rng, styles), pick(rng, pulls), float(rng.uniform(0.002, 0.03))
        return cls(style, pull, proud, chance(rng, 0.45), float(rng.uniform(0.1, 0.5)) * chance(rng, 0.12))

    def plain(self, pull: str | None = None) -> "Fronts":
        """Return the same with smooth fronts, for those that are too small for their style."""
        return replace(self, style="flat", pull=pull or self.pull)


def add_drawer(shape: Shape, rng: Random, space: Space, fronts: Fronts) -> None:
    """Add a drawer with one pull, or two where it is wide; parts ``drawer`` and ``handle``."""
    x, y, z = space.size
    out = float(rng.uniform(0.2, 0.8)) * z if chance(rng, fronts.ajar) else 0.0
    shape.add("drawer", *(mesh.moved(z=out) for mesh in front(space, fronts.style, fronts.proud)))
    if fronts.furnished or out:
        shape.add("drawer", *tray(space, out))
    if out:
        shape.say("a drawer pulled out")
    cx, cy, _ = space.centre
    size = float(np.clip(0.22 * x, 0.05, 0.16))
    spots = [cx] if x < 0.62 else [cx - x * 0.25, cx + x * 0.25]
    lift = 0.3 * y if fronts.pull in ("plate", "none") else 0.0
    for at in spots:
        shape.add("handle", *handle(fronts.pull, size, (at, cy + lift, space.z[1] + fronts.proud + out)))


def add_doors(shape: Shape, rng: Random, space: Space, number: int, fronts: Fronts) -> None:
    """Add doors side by side, opening away from each other in pairs; parts ``door`` and ``handle``."""
    x, y, z = space.size
    if fronts.furnished:
        for row in space.rows([1.0] * max(2, round(y / 0.4)))[1:]:
            shape.add("body", box(x * 0.97, 0.015, z * 0.93, (row.centre[0], row.y[0], row.centre[2])))
    for k, leaf in enumerate(space.columns([1.0] * number)):
        x, y, _ = leaf.size
        side = 1 if k % 2 == 0 else -1
        edge = leaf.centre[0] + side * (x / 2 - min(0.05, 0.15 * x))
        size = float(np.clip(0.2 * y, 0.06, 0.35))
        at = (edge, leaf.centre[1], space.z[1] + fronts.proud)
        hinge = leaf.centre[0] - side * x / 2
        turn = side * float(rng.uniform(-110, -25)) if chance(rng, fronts.ajar) else 0.0
        for part, meshes in (
            ("door", front(leaf, fronts.style, fronts.proud)),
            ("handle", handle(fronts.pull, size, at, upright=True)),
        ):
            for mesh in meshes:
                swung = mesh.moved(x=-hinge, z=-space.z[1]).rotated_deg(y=turn)
                shape.add(part, swung.moved(x=hinge, z=space.z[1]))
        if turn:
            shape.say("a door standing open")


def add_feet(shape: Shape, rng: Random, size: tuple[float, float], foot: float) -> None:
    """Add feet of height ``foot`` under a case of full sizes x, z; part ``leg``."""
    x, z = size
    if foot < 0.015:
        shape.say("standing flat on the floor")
        return
    kinds = (
        ("legs", "legs", "plinth", "brackets", "buns") if foot < 0.14 else ("legs", "legs", "legs", "sledge")
    )
    kind = pick(rng, kinds)
    width = float(rng.uniform(0.025, 0.06))
    half = (x / 2 - width * 0.8, z / 2 - width * 0.8)
    if kind == "plinth":
        shape.add("leg", box(x * 0.97, foot, z * 0.92, (0, foot / 2, -z * 0.02)))
        shape.say("a closed plinth at the bottom")
    elif kind == "brackets":
        wide = min(0.14, x * 0.2)
        for i in (-1, 1):
            outline = [(0, 0), (wide * 0.5, 0), (wide * 0.6, foot * 0.5), (wide, foot), (0, foot)]
            bracket = extrude(np.array(outline) * [-i, 1], 0.02)
            shape.add(
                "leg", bracket.moved(i * x / 2, 0, z / 2 - 0.01), bracket.moved(i * x / 2, 0, -z / 2 + 0.01)
            )
            shape.add("leg", box(0.02, foot, z * 0.25, (i * (x / 2 - 0.01), foot / 2, z * 0.37)))
        shape.say("bracket feet at the corners")
    elif kind == "buns":
        shape.add(
            "leg",
            *(
                cylinder(
                    width * 0.6,
                    foot,
                    top=width * 0.9,
                    centre=(i * half[0], foot / 2, k * half[1]),
                    segments=12,
                )
                for i in (-1, 1)
                for k in (-1, 1)
            ),
        )
        shape.say("four short round feet")
    elif kind == "sledge":
        for i in (-1, 1):
            shape.add(
                "leg",
                *(box(width * 0.6, foot, width * 0.6, (i * half[0], foot / 2, k * half[1])) for k in (-1, 1)),
            )
            shape.add("leg", box(width * 0.6, width * 0.6, 2 * half[1], (i * half[0], width * 0.3, 0)))
        shape.say("a metal frame as base")
    else:
        style = pick(rng, ("square", "tapered", "round", "tapered round", "turned", "cabriole"))
        splay = float(rng.uniform(0, 0.3)) * foot if chance(rng, 0.3) else 0.0
        shape.add("leg", *four_legs(style, width, half, foot + 0.01, (splay, splay * 0.5)))
        number = 4
        if x > 1.3 and chance(rng, 0.5):
            shape.add(
                "leg", *(leg(style, (0, 0, k * half[1]), (0, foot, k * half[1]), width) for k in (-1, 1))
            )
            number = 6
        shape.say(counted(number, "leg"), LEG_PHRASES[style])


def add_clutter(shape: Shape, rng: Random, part: str, size: tuple[float, float], y: float) -> None:
    """Add a lamp, books, vase, box or frame standing on top."""
    x, z = size
    for _ in range(int(rng.integers(1, 4))):
        at, deep = float(rng.uniform(-0.38, 0.38)) * x, float(rng.uniform(-0.2, 0.2)) * z
        kind = pick(rng, ("lamp", "books", "vase", "box", "frame"))
        if kind == "lamp":
            high, wide = float(rng.uniform(0.25, 0.45)), min(0.1, z * 0.35)
            shape.add(
                part,
                cylinder(wide * 0.7, 0.02, centre=(at, y + 0.01, deep)),
                rod((at, y, deep), (at, y + high, deep), 0.012),
            )
            shape.add(part, cylinder(wide, 0.16, top=wide * 0.7, centre=(at, y + high, deep), segments=16))
        elif kind == "books":
            for k in range(int(rng.integers(1, 5))):
                book = box(0.2, 0.03, 0.14).rotated_deg(y=float(rng.uniform(-15, 15)))
                shape.add(part, book.moved(at, y + 0.015 + 0.03 * k, deep))
        elif kind == "vase":
            shape.add(part, cylinder(0.03, 0.2, top=0.05, centre=(at, y + 0.1, deep), segments=12))
        elif kind == "box":
            shape.add(part, box(0.18, 0.1, 0.12, (at, y + 0.05, deep)))
        else:
            shape.add(part, box(0.15, 0.2, 0.015).rotated_deg(x=-12).moved(at, y + 0.1, deep))
    shape.say("things standing on top")
