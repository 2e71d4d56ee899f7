"""Make a whole room before anyone scans it: plan, doors and windows, furniture, and the clutter of daily life."""

from dataclasses import dataclass

import numpy as np

from pointclip2.worlds.rooms import clutter
from pointclip2.worlds.rooms.footprint import rectangle
from pointclip2.worlds.rooms.layout import Layout
from pointclip2.worlds.rooms.piece import Piece, Placed, make_piece
from pointclip2.worlds.rooms.plan import Opening, Plan, Wall, make_plan
from pointclip2.worlds.rooms.programs import ROOM_KINDS, Furnisher
from pointclip2.worlds.shapes.shape import Random

DOOR_CLEARANCE_M = 0.8


@dataclass(frozen=True)
class Room:
    """Holds a furnished room, as it really is."""

    kind: str
    plan: Plan
    things: list[Placed]
    """Furniture and clutter; clutter has no name."""


def make_room(rng: Random) -> Room:
    """Make a new random room."""
    shares = np.array([kind.share for kind in ROOM_KINDS])
    kind = ROOM_KINDS[rng.choice(len(ROOM_KINDS), p=shares / shares.sum())]
    layout = Layout(make_plan(kind.shorter_m, kind.longer_m, rng), rng)
    room = Furnisher(layout)
    hang_doors(layout, rng)
    _windows(layout, rng)
    if rng.random() < 0.2:
        layout.against_wall(clutter.pillar(rng), 0.0)
    kind.furnish(room)
    if rng.random() < 0.3:
        _hang_lamp(layout, rng)
    if rng.random() < 0.15:
        layout.on_wall(make_piece("wall lamp", rng), (1.3, 1.8))
    _clutter(layout, rng)
    return Room(kind.name, layout.plan, layout.things)


def hang_doors(layout: Layout, rng: Random) -> None:
    """Hang one or two doors: closed, with a leaf that stands open, or a doorway without one. It cuts the walls."""
    plan = layout.plan
    area = float(np.ptp(plan.outline, axis=0).prod())
    for _ in range(1 + (area > 12 and rng.random() < 0.4)):
        draw = rng.random()
        piece = make_piece("door", rng) if draw < 0.8 else None
        leads_on = draw >= 0.6
        width, high = (rng.uniform(0.85, 1.1), 2.08) if piece is None else piece.size_m[[0, 2]]
        number = int(rng.integers(len(plan.walls)))
        wall = plan.walls[number]
        if wall.length_m < width + 0.3:
            continue
        at = float(rng.uniform(width / 2 + 0.1, wall.length_m - width / 2 - 0.1))
        if not plan.is_free(number, at - width / 2 - 0.2, at + width / 2 + 0.2):
            continue
        # The frame covers the edge of the hole.
        half = float(width) / 2 - 0.03
        plan.openings.append(
            Opening(
                number, at - half, at + half, 0.0, min(float(high) - 0.02, plan.height_m - 0.05), leads_on
            )
        )
        if piece is not None and leads_on:
            _hang_open(layout, piece, wall, at, rng)
        elif piece is not None:
            depth = float(piece.size_m[1])
            x, y = wall.at(at, depth / 2 - float(rng.uniform(0.0, min(depth, 0.08))))
            layout.add(piece, x, y, wall.heading_rad)
        x, y = wall.at(at, DOOR_CLEARANCE_M / 2)
        layout.keep_clear(rectangle(x, y, width, DOOR_CLEARANCE_M, wall.heading_rad))


def _hang_open(layout: Layout, leaf: Piece, wall: Wall, at_m: float, rng: Random) -> None:
    """Hang a leaf that has been turned into the room, about one side of its doorway."""
    angle, sign = float(np.deg2rad(rng.uniform(25, 100))), float(rng.choice([-1.0, 1.0]))
    half = float(leaf.size_m[0]) / 2
    hinge = wall.at(at_m + sign * half)
    # From the hinge across the doorway, turned inwards.
    across = -sign * np.cos(angle) * wall.along + np.sin(angle) * wall.inward
    x, y = hinge + half * across + leaf.size_m[1] / 2 * wall.inward
    layout.add(leaf, x, y, wall.heading_rad - sign * angle)


def _windows(layout: Layout, rng: Random) -> None:
    plan = layout.plan
    for _ in range(rng.integers(0, 4)):
        number, width = int(rng.integers(len(plan.walls))), float(rng.uniform(0.7, 2.0))
        wall = plan.walls[number]
        if wall.length_m < width + 0.4:
            continue
        at = float(rng.uniform(width / 2 + 0.2, wall.length_m - width / 2 - 0.2))
        if not plan.is_free(number, at - width / 2 - 0.15, at + width / 2 + 0.15):
            continue
        low = float(rng.uniform(0.75, 1.05)) if rng.random() < 0.85 else 0.05
        plan.openings.append(
            Opening(number, at - width / 2, at + width / 2, low, float(rng.uniform(1.95, 2.2)))
        )
        if rng.random() < 0.55:
            long = rng.random() < 0.6 or low < 0.5
            curtain = make_piece("long curtain" if long else "short curtain", rng)
            under = 0.02 if long else low - 0.1
            if under + curtain.size_m[2] < plan.height_m and curtain.size_m[0] < wall.length_m:
                half = float(curtain.size_m[0]) / 2
                x, y = wall.at(float(np.clip(at, half, wall.length_m - half)), curtain.size_m[1] / 2 + 0.03)
                layout.add(curtain, x, y, wall.heading_rad, under, stands=long)
                continue
        if low > 0.6 and rng.random() < 0.5:
            heater = clutter.radiator(rng)
            x, y = wall.at(at, heater.size_m[1] / 2 + 0.04)
            if layout.is_free(rectangle(x, y, heater.size_m[0], heater.size_m[1], wall.heading_rad)):
                layout.add(heater, x, y, wall.heading_rad, 0.1)


def _hang_lamp(layout: Layout, rng: Random) -> None:
    lamp = make_piece("ceiling lamp", rng)
    low, high = layout.plan.outline.min(axis=0), layout.plan.outline.max(axis=0)
    x, y = rng.uniform(0.7 * low + 0.3 * high, 0.3 * low + 0.7 * high)
    layout.add(lamp, x, y, rng.uniform(-np.pi, np.pi), layout.plan.height_m - lamp.size_m[2], stands=False)


SOFT = ("bed", "sofa")
LEVEL = ("table", "desk", "dresser", "night stand", "tv stand", "bookshelf", "stool", "wardrobe")


def _clutter(layout: Layout, rng: Random) -> None:
    """Place clutter on what is soft, on what is level, on the walls and on the floor."""
    for host in list(layout.things):
        if host.piece.name in SOFT:
            for _ in range(rng.poisson(1.0)):
                layout.on(host, _any(clutter.ON_SOFT, rng), turn_rad=1.0, softness_m=0.12)
        elif host.piece.name in LEVEL:
            for _ in range(rng.poisson(0.9)):
                layout.on(host, _any(clutter.ON_TOPS, rng), turn_rad=1.0)
        elif host.piece.name == "chair" and rng.random() < 0.12:
            layout.on(host, _any(clutter.ON_SOFT, rng), turn_rad=0.5, softness_m=0.1)
    for _ in range(rng.integers(0, 5)):
        layout.on_wall(clutter.picture(rng), (1.0, 1.6))
    for _ in range(rng.integers(1, 7)):
        layout.free(_any(clutter.ON_FLOOR, rng))
    low, high = layout.plan.outline.min(axis=0), layout.plan.outline.max(axis=0)
    for make in [clutter.rug] * int(rng.random() < 0.45) + [clutter.cable] * int(rng.integers(0, 3)):
        piece = make(rng)
        room = np.maximum(high - low - piece.size_m[:2].max(), 0.0) / 2
        x, y = (low + high) / 2 + rng.uniform(-room, room)
        layout.add(piece, x, y, rng.integers(4) * np.pi / 2 + rng.normal(0, 0.1), stands=False)


def _any(makers: tuple[clutter.Maker, ...], rng: Random) -> Piece:
    return makers[rng.integers(len(makers))](rng)
