"""Make chairs in one piece with their backs: upholstered, shells, tubs, folding and deck chairs."""

import numpy as np

from pointclip2.worlds.shapes.makers.chair_backs import Seat
from pointclip2.worlds.shapes.makers.chair_bases import add_base
from pointclip2.worlds.shapes.makers.supports import (
    LEG_KINDS,
    chance,
    cushion,
    four_legs,
    pedestal,
    pick,
    plank,
    ruled,
)
from pointclip2.worlds.shapes.mesh import Mesh, box, cylinder, grid, lathe, rod
from pointclip2.worlds.shapes.shape import Random, Shape


def armchair(shape: Shape, rng: Random) -> None:
    """Make an armchair: upholstered, closed below the arms; some have wings."""
    arm = float(rng.uniform(0.07, 0.24))
    inner = float(rng.uniform(0.44, 0.66))
    depth = float(rng.uniform(0.6, 0.95))
    foot = float(rng.uniform(0.0, 0.2)) if chance(rng, 0.8) else 0.0
    seat_y = max(float(rng.uniform(0.33, 0.48)), foot + 0.16)
    arm_y = seat_y + float(rng.uniform(0.1, 0.27))
    back_y = seat_y + float(rng.uniform(0.3, 0.75))
    back_thick = float(rng.uniform(0.1, 0.24))
    lean = float(rng.uniform(0, 12))
    soft = float(rng.uniform(0.08, 0.4))
    shape.add("seat", box(inner, seat_y - foot - 0.1, depth * 0.96, (0, (seat_y - 0.1 + foot) / 2, 0)))
    shape.add("seat", cushion(inner, 0.16, depth - back_thick, (0, seat_y - 0.08, back_thick / 2), soft))
    back_h = back_y - foot
    back = cushion(inner + arm, back_h, back_thick, (0, back_h / 2, 0), soft).rotated_deg(x=-lean)
    shape.add("back", back.moved(y=foot, z=-depth / 2 + back_thick / 2))
    rolled = chance(rng, 0.35)
    arm_deep = depth * float(rng.uniform(0.8, 1.0))
    for i in (-1, 1):
        x = i * (inner + arm) / 2
        shape.add(
            "arm",
            cushion(arm, arm_y - foot, arm_deep, (x, (arm_y + foot) / 2, (depth - arm_deep) / 2), soft * 0.6),
        )
        if rolled:
            roll = cylinder(arm * 0.62, arm_deep, segments=14).rotated_deg(x=90)
            shape.add("arm", roll.moved(x + i * arm * 0.1, arm_y - arm * 0.3, (depth - arm_deep) / 2))
    if rolled:
        shape.say("thick rolled arms")
    else:
        shape.say("thick arms" if arm > 0.14 else "thin closed arms")
    if back_y - arm_y > 0.3 and chance(rng, 0.5):
        deep = depth * float(rng.uniform(0.2, 0.4))
        tall = back_y - arm_y
        for i in (-1, 1):
            wing = cushion(arm * 0.5, tall, deep, (0, 0, 0), 0.4)
            shape.add(
                "back",
                wing.moved(
                    i * (inner + arm * 0.6) / 2, arm_y + tall / 2, -depth / 2 + back_thick + deep * 0.2
                ),
            )
        shape.say("wings at the sides of the back")
    if foot > 0.02:
        kind = pick(rng, ("square", "tapered", "tapered round", "cabriole", "round"))
        half = ((inner + arm) / 2, depth / 2 - 0.06)
        shape.add("leg", *four_legs(kind, float(rng.uniform(0.03, 0.06)), half, foot + 0.02))
        shape.say("four short legs")
    else:
        shape.say("standing flat on the floor")
    if chance(rng, 0.2):
        shape.add(
            "back",
            cushion(0.38, 0.38, 0.12, (0, 0, 0), 0.6)
            .rotated_deg(x=-20)
            .moved(float(rng.uniform(-0.06, 0.06)), seat_y + 0.19, -depth / 2 + back_thick + 0.1),
        )
        shape.say("a loose pillow")
    shape.say("wide and padded")


def _shell(rng: Random, seat: Seat, arms: bool) -> tuple[Mesh, Mesh, Mesh | None]:
    """Return seat, back and arms of a bucket: one sheet folded at the rear, raised at its sides."""
    rise = float(rng.uniform(0.3, 0.5))
    lean = float(np.tan(np.deg2rad(rng.uniform(8, 22))))
    x = np.linspace(-1, 1, 13)
    lift = float(rng.uniform(0.02, 0.07))
    z = np.linspace(seat.depth / 2, -seat.depth / 2 + 0.04, 9)
    lip = 0.04 * np.clip((z - seat.depth * 0.3) / (seat.depth * 0.2), 0, 1) ** 2
    y = seat.height + lift * np.abs(x) ** 3 - lip[:, None]
    half = seat.width / 2 * (1 - 0.1 * np.clip(-z / seat.depth, 0, 1))
    seat_points = np.stack(np.broadcast_arrays(x * half[:, None], y, z[:, None]), axis=-1)
    up = np.linspace(0, 1, 10)
    curve = float(rng.uniform(0.04, 0.16))
    back_half = half[-1] * (1 - float(rng.uniform(0.0, 0.3)) * up**2) * np.sqrt(np.clip(1.05 - up**8, 0.3, 1))
    back_z = z[-1] - 0.04 * np.sin(up * np.pi / 2) - rise * up * lean
    forward = curve * np.abs(x) ** 2 * np.minimum(up * 4, 1)[:, None]
    back_y = seat.height + rise * up[:, None] + lift * np.abs(x) ** 3 * (1 - up[:, None])
    back_points = np.stack(
        np.broadcast_arrays(x * back_half[:, None], back_y, back_z[:, None] + forward), axis=-1
    )
    wings = None
    if arms:
        high = float(rng.uniform(0.14, 0.24))
        along = np.linspace(0, 1, 9)
        path_z = z[-1] + (seat.depth * 0.9) * along
        top = seat.height + lift + high * (1 - along**3)
        pieces = [
            ruled(
                np.stack([0 * along + i * seat.width / 2, 0 * along + seat.height + lift, path_z], axis=1),
                np.stack([i * (seat.width / 2 + 0.05 * np.sin(along * 3)), top, path_z], axis=1),
            )
            for i in (-1, 1)
        ]
        wings = Mesh(
            np.concatenate([piece.vertices for piece in pieces]),
            np.concatenate([pieces[0].faces, pieces[1].faces + len(pieces[0].vertices)]),
        )
    return grid(seat_points), grid(back_points), wings


def shell_chair(shape: Shape, rng: Random) -> None:
    """Make a shell chair: a bucket of one bent sheet on any base."""
    seat = Seat(
        float(rng.uniform(0.42, 0.62)), float(rng.uniform(0.4, 0.54)), float(rng.uniform(0.36, 0.47)), 0.02
    )
    arms = chance(rng, 0.45)
    bottom, back, wings = _shell(rng, seat, arms)
    thick = float(rng.uniform(0.006, 0.02))
    shape.add("seat", bottom, bottom.moved(y=-thick))
    shape.add("back", back, back.moved(z=-thick))
    if wings is not None:
        shape.add("arm", wings, wings.scaled(x=1.03))
    add_base(shape, rng, seat, pick(rng, ("legs", "legs", "star", "pedestal", "sledge")))
    shape.say("a curved shell seat", "arms that are part of the shell" if arms else "no arms")


def tub_chair(shape: Shape, rng: Random) -> None:
    """Make a round wall about a round seat: barrel, tub and ball chairs."""
    radius = float(rng.uniform(0.3, 0.48))
    foot = float(rng.uniform(0.04, 0.22))
    seat_y = float(rng.uniform(0.36, 0.46))
    arc = float(rng.uniform(190, 270))
    thick = float(rng.uniform(0.03, 0.12))
    low, high = seat_y + float(rng.uniform(0.1, 0.25)), seat_y + float(rng.uniform(0.25, 0.6))
    bulge = float(rng.uniform(-0.05, 0.12))
    angles = np.deg2rad(np.linspace(-arc / 2, arc / 2, 25))
    share = np.linspace(0, 1, 6)[:, None]
    top = low + (high - low) * np.cos(angles * 180 / arc) ** 2
    y = foot + (top - foot) * share
    for inset in (0.0, thick):
        reach = (radius - inset) * (0.92 + bulge * np.sin(share * np.pi)) + 0.08 * radius * share
        points = np.stack(np.broadcast_arrays(reach * np.sin(angles), y, -reach * np.cos(angles)), axis=-1)
        side = np.abs(np.rad2deg(angles)) > 70
        centre = np.flatnonzero(~side)
        shape.add("back", grid(points[:, centre]))
        for part in (np.arange(0, centre[0] + 1), np.arange(centre[-1], len(angles))):
            if len(part) > 1:
                shape.add("arm", grid(points[:, part]))
    shape.add(
        "seat",
        lathe(
            [
                (0, foot),
                (radius * 0.88, foot),
                (radius * 0.88, seat_y - 0.02),
                (radius * 0.8, seat_y),
                (0, seat_y),
            ]
        ),
    )
    if foot > 0.09 and chance(rng, 0.6):
        shape.add(
            "leg",
            *four_legs(
                pick(rng, LEG_KINDS[:4]), 0.035, (radius * 0.55, radius * 0.55), foot + 0.01, (0.03, 0.03)
            ),
        )
        shape.say("four short legs")
    else:
        meshes, phrase = pedestal(rng, foot + 0.01, radius * 0.75)
        shape.add("leg", *meshes)
        shape.say(phrase)
    shape.say("a round wall curving around the seat", "like a barrel cut open")


def folding_chair(shape: Shape, rng: Random) -> None:
    """Make a folding chair: two crossing pairs of legs and two panels."""
    seat = Seat(
        float(rng.uniform(0.36, 0.5)), float(rng.uniform(0.34, 0.44)), float(rng.uniform(0.4, 0.47)), 0.02
    )
    rise = float(rng.uniform(0.28, 0.5))
    radius = float(rng.uniform(0.009, 0.016))
    x = seat.width / 2
    top = (seat.height + rise, -seat.depth / 2 - 0.1)
    reach = float(rng.uniform(0.2, 0.3))
    for i in (-1, 1):
        shape.add("leg", rod((i * x, 0, reach), (i * x, seat.height, -seat.depth / 2 + 0.03), radius))
        shape.add(
            "leg",
            rod((i * (x - 0.03), 0, -reach), (i * (x - 0.03), seat.height, seat.depth / 2 - 0.05), radius),
        )
        shape.add("back", rod((i * x, seat.height, -seat.depth / 2 + 0.03), (i * x, *top), radius))
    shape.add("leg", rod((-x, 0.1, reach * 0.8), (x, 0.1, reach * 0.8), radius))
    shape.add("leg", rod((-x + 0.03, 0.06, -reach * 0.9), (x - 0.03, 0.06, -reach * 0.9), radius))
    shape.add("seat", box(2 * x - 0.03, seat.thickness, seat.depth, (0, seat.height, 0)))
    strip = rise * float(rng.uniform(0.25, 0.9))
    curve = float(rng.uniform(0, 0.04))
    lean = float(np.rad2deg(np.arctan2(0.13, rise)))
    panel = plank(2 * x, strip, 0.015).bent(0, 2, curve).rotated_deg(x=-lean)
    middle = (rise - strip / 2) / rise
    shape.add(
        "back", panel.moved(y=seat.height + rise * middle, z=-seat.depth / 2 + 0.03 - 0.13 * middle - curve)
    )
    shape.say("thin legs crossing in an X", "foldable", "a flat thin seat", "no arms")


def deck_chair(shape: Shape, rng: Random) -> None:
    """Make a long leaning sling or cushion on a low frame: deck chair, lounge chair, recliner."""
    width = float(rng.uniform(0.5, 0.75))
    points = np.array(
        [[0.45, 0.3], [0.1, 0.27], [-0.25, 0.24], [-0.45, 0.45], [-0.7, float(rng.uniform(0.75, 1.0))]]
    )
    if chance(rng, 0.4):
        points = np.concatenate([[[float(rng.uniform(0.7, 0.95)), float(rng.uniform(0.15, 0.3))]], points])
        shape.say("long enough to put up the feet")
    points[:, 1] += float(rng.uniform(-0.04, 0.1))
    thick = float(rng.uniform(0.01, 0.12))
    fold = len(points) - 3
    for part, line in (("seat", points[: fold + 1]), ("back", points[fold:])):
        lower = np.stack([0 * line[:, 0] - width / 2, line[:, 1], line[:, 0]], axis=1)
        skin = ruled(lower, lower * [-1, 1, 1])
        shape.add(part, skin, skin.moved(y=-thick), ruled(lower, lower - [0, thick, 0]))
        shape.add(part, ruled(lower * [-1, 1, 1], lower * [-1, 1, 1] - [0, thick, 0]))
    z_front, z_rear = float(points[0, 0]) - 0.08, float(points[fold, 0]) - 0.1
    beam_width = float(rng.uniform(0.03, 0.06))
    arms = chance(rng, 0.6)
    arm_y = float(rng.uniform(0.48, 0.6))
    for i in (-1, 1):
        x = i * (width / 2 + beam_width / 2)
        for z in (z_front, z_rear):
            shape.add(
                "leg",
                box(beam_width, arm_y if arms else 0.3, beam_width, (x, (arm_y if arms else 0.3) / 2, z)),
            )
        shape.add("leg", box(beam_width, beam_width, z_front - z_rear, (x, 0.24, (z_front + z_rear) / 2)))
        if arms:
            wide = beam_width * float(rng.uniform(1, 3))
            shape.add("arm", box(wide, 0.025, z_front - z_rear + 0.12, (x, arm_y, (z_front + z_rear) / 2)))
    shape.say("low and leaning far back", "wide flat arms" if arms else "no arms")
