"""Make doors."""

import numpy as np

from pointclip2.worlds.shapes.makers.supports import arch_line, chance, counted, pick
from pointclip2.worlds.shapes.mesh import Mesh, box, extrude, grid, rod, sphere, tube
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


def _leaf(
    rng: Random, style: str, width: float, height: float, thick: float, rise: float
) -> tuple[list[Mesh], list[Mesh], str]:
    """Return the boards of a door leaf about x = 0 with its face to +z, its panels or panes, and what it is called."""
    if rise > 0:
        top = arch_line(width, height, rise)
        outline = np.concatenate([[[-width / 2, 0.0]], top, [[width / 2, 0.0]]])
        leaf = [extrude(outline, thick)]
    else:
        leaf = [box(width, height, thick, (0, height / 2, 0))]
    panels: list[Mesh] = []
    high = height - rise
    if style == "flat":
        return leaf, panels, "a flat smooth leaf"
    if style == "grooved":
        number = int(rng.integers(3, 9))
        for x in np.linspace(-0.5, 0.5, number + 1)[1:-1] * width:
            panels += [
                box(0.012, high * 0.98, 0.008, (float(x), high / 2, k * (thick / 2 + 0.003))) for k in (-1, 1)
            ]
        return leaf, panels, "upright boards side by side"
    if style == "braced":
        for y in (0.15, 0.85):
            panels.append(box(width * 0.96, 0.12, 0.025, (0, y * high, thick / 2 + 0.012)))
        slope = float(np.rad2deg(np.arctan2(high * 0.7, width * 0.9)))
        long = float(np.hypot(high * 0.62, width * 0.8))
        panels.append(box(long, 0.11, 0.022).rotated_deg(z=slope).moved(0, high / 2, thick / 2 + 0.012))
        return leaf, panels, "boards braced by a slanted bar"
    columns = 1 if width < 0.55 else int(rng.integers(1, 3))
    rows = int(rng.integers(1, 5))
    margin = float(rng.uniform(0.08, 0.13)) * min(1.0, width / 0.7)
    across = (width - margin * (columns + 1)) / columns
    shares = rng.uniform(0.6, 1.6, rows)
    heights = shares / shares.sum() * (high - margin * (rows + 1))
    centres: list[tuple[float, float, float]] = []
    base = margin
    for tall in heights:
        for k in range(columns):
            x = -width / 2 + margin + k * (across + margin) + across / 2
            centres.append((x, base + float(tall) / 2, float(tall)))
        base += float(tall) + margin
    if style == "panelled":
        raised = chance(rng, 0.5)
        for x, y, tall in centres:
            for k in (-1, 1):
                z = k * (thick / 2 + 0.005)
                if raised:
                    panels.append(box(across, tall, 0.014, (x, y, z)))
                else:
                    panels += [box(across, 0.025, 0.016, (x, y + i * tall / 2, z)) for i in (-1, 1)]
                    panels += [box(0.025, tall, 0.016, (x + i * across / 2, y, z)) for i in (-1, 1)]
        return leaf, panels, counted(len(centres), "rectangular panel")
    # Open work: stiles and rails, the fields between them panes, bars or slats.
    edges = [-width / 2 + margin / 2 + k * (across + margin) for k in range(columns + 1)]
    leaf = [box(margin, high, thick, (x, high / 2, 0)) for x in edges]
    levels = [margin / 2, *(float(v) for v in margin / 2 + np.cumsum(heights + margin))]
    leaf += [box(width, margin, thick, (0, y, 0)) for y in levels]
    if rise > 0:
        leaf.append(
            tube(
                np.column_stack([arch_line(width - margin, height - margin / 2, rise), np.zeros(15)]),
                margin / 2,
                6,
            )
        )
    for x, y, tall in centres:
        if style == "glazed":
            panels.append(box(across, tall, 0.006, (x, y, 0)))
            for share in np.linspace(-0.5, 0.5, int(rng.integers(2, 5)))[1:-1]:
                panels.append(box(across, 0.02, thick * 0.7, (x, y + float(share) * tall, 0)))
        elif style == "louvred":
            number = int(np.clip(tall / 0.06, 2, 14))
            for k in range(number):
                panels.append(
                    box(across, 0.055, 0.006)
                    .rotated_deg(x=-35)
                    .moved(x, y - tall / 2 + (k + 0.5) * tall / number, 0)
                )
        else:
            for share in np.linspace(-0.5, 0.5, int(rng.integers(4, 8)))[1:-1]:
                panels.append(
                    rod(
                        (x + float(share) * across, y - tall / 2, 0),
                        (x + float(share) * across, y + tall / 2, 0),
                        0.009,
                        6,
                    )
                )
    phrase = {
        "glazed": "glass panes in a thin frame",
        "louvred": "many slanted slats",
        "barred": "upright bars like a gate",
    }
    return leaf, panels, phrase[style]


def _door_handle(rng: Random, kind: str, side: int, x: float, y: float, thick: float) -> list[Mesh]:
    """Return handles on both faces at ``x``; ``side`` is where the hinge lies."""
    meshes: list[Mesh] = []
    for k in (-1, 1):
        z = k * thick / 2
        if kind == "knob":
            meshes += [rod((x, y, z), (x, y, z + k * 0.04), 0.012, 6), sphere(0.03, (x, y, z + k * 0.055), 8)]
        elif kind == "lever":
            meshes += [
                rod((x, y, z), (x, y, z + k * 0.05), 0.01, 6),
                rod((x, y, z + k * 0.05), (x + side * 0.12, y, z + k * 0.05), 0.01, 6),
            ]
            meshes.append(box(0.04, 0.16, 0.008, (x, y - 0.03, z + k * 0.004)))
        elif kind == "bar":
            tall = 0.5
            meshes.append(rod((x, y - tall, z + k * 0.06), (x, y + tall, z + k * 0.06), 0.014))
            meshes += [
                rod((x, y + s * tall * 0.8, z), (x, y + s * tall * 0.8, z + k * 0.06), 0.01, 6)
                for s in (-1, 1)
            ]
        elif kind == "push bar":
            meshes.append(box(0.5, 0.06, 0.04, (x + side * 0.28, y, z + k * 0.03)))
    return meshes


@shape_class(
    "door", parts=("leaf", "panel", "frame", "handle"), synonyms=("doorway", "entrance door", "double door")
)
def door(shape: Shape, rng: Random) -> None:
    """Make a door: one or two leaves, with or without a frame, shut or ajar."""
    double = chance(rng, 0.28)
    width = float(rng.uniform(0.62, 1.1))
    height = float(rng.uniform(1.85, 2.5))
    thick = float(rng.uniform(0.03, 0.07))
    style = pick(
        rng,
        (
            "flat",
            "flat",
            "panelled",
            "panelled",
            "panelled",
            "glazed",
            "grooved",
            "braced",
            "louvred",
            "barred",
        ),
    )
    whole = width * (2 if double else 1)
    arched = chance(rng, 0.14)
    rise = min(whole * float(rng.uniform(0.15, 0.5)), 0.3 * height) if arched else 0.0
    ajar = float(rng.uniform(10, 100)) if chance(rng, 0.22) else 0.0
    grip = pick(rng, ("knob", "lever", "lever", "bar", "push bar", "none"))
    grip_y = float(rng.uniform(0.9, 1.1))
    # A pair under one arch: each leaf has a level top below the curve, which a fanlight then closes.
    leaf_rise = 0.0 if double else rise
    leaf_height = height - rise if double else height
    first = pick(rng, (-1, 1))
    boards, panels, phrase = _leaf(rng, style, width, leaf_height, thick, leaf_rise)
    for side in (-1, 1) if double else (first,):
        pulls = _door_handle(rng, grip, side, -side * (width / 2 - 0.07), grip_y, thick)
        hinge = side * width / 2
        opened = ajar if side == first else 0.0
        for part, meshes in (("leaf", boards), ("panel", panels), ("handle", pulls)):
            for mesh in meshes:
                placed = (
                    (mesh if part == "handle" else mesh.scaled(x=side))
                    .moved(x=-hinge)
                    .rotated_deg(y=side * opened)
                    .moved(x=hinge)
                )
                shape.add(part, placed.moved(x=hinge if double else 0.0))
    shape.say(phrase)
    if double and rise > 0:
        fan = np.concatenate(
            [[[-whole / 2, height - rise]], arch_line(whole, height, rise), [[whole / 2, height - rise]]]
        )
        shape.add("panel", extrude(fan, 0.02))
    top = height
    if chance(rng, 0.6) or ajar > 40 or (double and rise > 0):
        jamb, deep = float(rng.uniform(0.04, 0.14)), float(rng.uniform(0.06, 0.2))
        straight = height - rise
        shape.add(
            "frame", *(box(jamb, straight, deep, (i * (whole + jamb) / 2, straight / 2, 0)) for i in (-1, 1))
        )
        if rise > 0:
            inner = arch_line(whole, height, rise)
            outer = arch_line(whole + 2 * jamb, height + jamb, rise + jamb)
            for z in (-deep / 2, deep / 2):
                shape.add(
                    "frame",
                    grid(np.stack([np.column_stack([line, np.full(15, z)]) for line in (inner, outer)])),
                )
            for line in (inner, outer):
                shape.add(
                    "frame",
                    grid(np.stack([np.column_stack([line, np.full(15, z)]) for z in (-deep / 2, deep / 2)])),
                )
        else:
            light = float(rng.uniform(0.25, 0.5)) if chance(rng, 0.18) else 0.0
            if light:
                shape.add("frame", box(whole, jamb * 0.6, deep, (0, top + jamb * 0.3, 0)))
                shape.add("panel", box(whole, light, 0.01, (0, top + light / 2, 0)))
                shape.add(
                    "frame",
                    *(box(jamb, light, deep, (i * (whole + jamb) / 2, top + light / 2, 0)) for i in (-1, 1)),
                )
                shape.say("a window above the door")
                top += light
            shape.add("frame", box(whole + 2 * jamb, jamb, deep, (0, top + jamb / 2, 0)))
            if chance(rng, 0.15):
                pane = float(rng.uniform(0.25, 0.45))
                for i in (-1, 1):
                    shape.add("panel", box(pane, top, 0.01, (i * (whole / 2 + jamb + pane / 2), top / 2, 0)))
                    shape.add(
                        "frame",
                        box(
                            jamb, top + jamb, deep, (i * (whole / 2 + 1.5 * jamb + pane), (top + jamb) / 2, 0)
                        ),
                    )
                    shape.add(
                        "frame", box(pane, jamb, deep, (i * (whole / 2 + jamb + pane / 2), top + jamb / 2, 0))
                    )
                shape.say("a narrow window on each side")
            elif chance(rng, 0.15):
                shape.add("frame", box(whole + 4 * jamb, jamb * 0.6, deep * 1.5, (0, top + jamb * 1.3, 0)))
        if chance(rng, 0.3):
            shape.add("frame", box(whole + jamb, 0.02, deep, (0, 0.01, 0)))
        shape.say("a thick frame around it" if jamb > 0.09 else "a thin frame around it")
    shape.say("two leaves side by side" if double else "one tall leaf")
    if rise > 0:
        shape.say("an arched top")
    if ajar > 20:
        shape.say("standing open")
    if grip != "none":
        shape.say(
            {
                "knob": "a round knob",
                "lever": "a lever handle",
                "bar": "a long upright bar handle",
                "push bar": "a bar across to push",
            }[grip]
        )
