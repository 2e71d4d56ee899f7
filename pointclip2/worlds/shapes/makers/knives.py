"""Make knives: kitchen, dagger, cleaver, pocket, table, bread, machete, sword-like; lying, on edge or upright."""

import numpy as np

from pointclip2.worlds.shapes.mesh import Array, Mesh, box, cylinder, grid, sphere, tube
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


def _strip(x: Array, upper: Array, lower: Array, thick: Array, edge: float) -> Mesh:
    """Return a flat bar along x between two outlines, ``thick`` at its back, ``edge`` x that below."""
    zero = np.zeros_like(x)
    ring = [
        (upper, thick),
        (0.55 * upper + 0.45 * lower, thick),
        (lower, edge * thick),
        (lower, -edge * thick),
        (0.55 * upper + 0.45 * lower, -thick),
        (upper, -thick),
    ]
    points = np.stack([np.stack([x, y + zero, z / 2 + zero], axis=1) for y, z in ring], axis=1)
    ends = [np.repeat(row.mean(axis=0)[None, None], len(ring), axis=1) for row in (points[0], points[-1])]
    return grid(np.concatenate([ends[0], points, ends[1]]), wrap_columns=True)


@shape_class("knife", parts=("blade", "handle"), synonyms=("dagger", "kitchen blade", "cutting tool"))
def knife(shape: Shape, rng: Random) -> None:
    """Make a knife: ten outlines of blade, five of handle; with guard, pommel, rivets, or folded half shut."""
    u = rng.uniform
    style = str(
        rng.choice(
            [
                "chef",
                "chef",
                "utility",
                "dagger",
                "dagger",
                "cleaver",
                "pocket",
                "butter",
                "bread",
                "machete",
                "curved",
                "sword",
            ]
        )
    )
    long = {
        "pocket": u(0.06, 0.11),
        "cleaver": u(0.15, 0.25),
        "machete": u(0.3, 0.5),
        "sword": u(0.35, 0.75),
    }.get(style, u(0.1, 0.28))
    wide = long * {
        "cleaver": u(0.35, 0.6),
        "sword": u(0.04, 0.09),
        "chef": u(0.13, 0.26),
        "machete": u(0.1, 0.18),
    }.get(style, u(0.08, 0.18))
    thick = u(0.0012, 0.005) * (2.0 if rng.random() < 0.2 else 1.0)
    t = np.linspace(0, 1, 22)
    upper: Array = np.full(22, 0.5)
    lower: Array = np.full(22, -0.5)
    if style in ("chef", "utility"):
        fall = u(0.0, 1.0)
        lower = -0.5 + (1 - 0.5 * fall) * np.maximum(t - 0.35, 0) ** u(2.0, 3.5) / 0.65**2.5
        upper = 0.5 - 0.5 * fall * t ** u(2, 5)
        lower = np.minimum(lower, upper)
        shape.say(
            "wide blade with a curved edge and a pointed tip"
            if wide > 0.17 * long
            else "narrow pointed blade"
        )
    elif style in ("dagger", "sword"):
        taper = np.minimum(1.0, (1 - t) * u(1.5, 5.0)) * (1 - u(0.0, 0.5) * t)
        upper, lower = 0.5 * taper, -0.5 * taper
        shape.say("straight blade with two edges that meet in a point")
    elif style == "cleaver":
        upper = 0.5 - 0.1 * t * u(-1, 1)
        lower = -0.5 + u(0, 0.1) * t**2
        shape.say("wide rectangular blade with a blunt end")
    elif style == "pocket":
        clip = u(0.45, 0.75)
        upper = 0.5 - 0.6 * np.maximum(t - clip, 0) / (1 - clip)
        lower = -0.5 + 0.4 * t**4
        shape.say("short pointed blade")
    elif style == "butter":
        belly = u(0.0, 0.35)
        lower = -0.35 - belly * np.sin(np.pi * t) + 0.75 * np.maximum(t - 0.85, 0) ** 2 / 0.15**2
        upper = np.full(22, 0.4)
        shape.say("blade with a rounded blunt tip")
    elif style == "bread":
        lower = -0.5 + 0.08 * (np.arange(22) % 2).astype(np.float64)
        upper = 0.5 - 0.85 * np.maximum(t - 0.85, 0) ** 2 / 0.15**2
        shape.say("wavy saw-like edge")
    elif style == "machete":
        lower = -0.4 - 0.35 * t**2 + 1.15 * np.maximum(t - 0.75, 0) ** 2 / 0.25**2
        upper = 0.45 + 0.1 * t
        shape.say("long blade that widens towards the end")
    else:
        lower = -0.5 + 0.45 * t**3
        upper = 0.5 - 0.45 * t**2
        shape.say("curved blade")
    back = np.where(t < 0.9, 1.0, 1.0 - 4.5 * (t - 0.9)) * thick
    blade = _strip(long * t, wide * upper, wide * lower, back, u(0.05, 0.5) if style != "dagger" else 0.9)
    bow = {"curved": u(0.08, 0.3), "sword": u(0, 0.12)}.get(style, 0.0) * long
    vertices = blade.vertices.copy()
    vertices[:, 1] += bow * (vertices[:, 0] / long) ** 2
    blade = Mesh(vertices, blade.faces)
    grip = u(0.08, 0.14) if style != "pocket" else long * u(1.05, 1.3)
    high, deep = u(0.016, 0.034), u(0.009, 0.024)
    if style == "pocket":
        high, deep = long * u(0.15, 0.25), long * u(0.07, 0.15)
    elif style == "butter":
        high, deep = u(0.008, 0.018), u(0.004, 0.012)
    drop = {"chef": 0.5 * wide - 0.5 * high, "cleaver": 0.5 * wide - 0.5 * high}.get(style, 0.0) * u(0.3, 1.0)
    s = np.linspace(0, 1, 12)
    form = int(rng.integers(5))
    waist = u(0.0, 0.3)
    if form == 0:
        half: Array = np.full(12, 0.5)
    elif form == 1:
        half = 0.5 - waist * np.sin(np.pi * s)
    elif form == 2:
        half = 0.4 + waist * 0.5 * np.sin(np.pi * s)
    elif form == 3:
        half = 0.42 + 0.25 * s**3
    else:
        half = 0.5 - 0.05 * np.cos(int(rng.integers(3, 6)) * 2 * np.pi * s)
    bend = u(-0.5, 0.3) * high * s**2
    if rng.random() < 0.35:
        path = np.stack([-grip * s, drop + bend, 0 * s], axis=1)
        handle = tube(path, high * half * 0.9, 12).scaled(z=deep / high if rng.random() < 0.6 else 1.0)
        shape.say("round handle")
    else:
        handle = _strip(
            -grip * s, drop + bend + high * half, drop + bend - high * half, np.full(12, deep), 1.0
        )
        shape.say("flat bar-shaped handle")
    extras: list[Mesh] = []
    if style == "pocket":
        shut = float(rng.choice([0.0, 0.0, 0.0, u(30, 150)]))
        if shut:
            blade = blade.moved(x=0.003).rotated_deg(z=shut)
            shape.say("folding knife, half open")
        extras.append(cylinder(high * 0.35, deep * 1.15, segments=12).rotated_deg(x=90).moved(x=-0.004))
    elif style in ("dagger", "sword") or rng.random() < 0.15:
        span = u(0.04, 0.1) if style in ("dagger", "sword") else wide * 1.3
        curl = u(-0.2, 0.2) * span
        y = np.linspace(-1, 1, 9)
        guard = np.stack([curl * y**2, span / 2 * y, 0 * y], axis=1)
        extras.append(
            tube(guard, deep * u(0.25, 0.5), 7) if rng.random() < 0.5 else box(0.008, span, deep * 1.3)
        )
        shape.say("a cross bar between handle and blade")
        if rng.random() < 0.6:
            extras.append(sphere(high * u(0.5, 0.8), (-grip, drop + float(bend[-1]), 0), 8))
            shape.say("a ball at the end of the handle")
    elif rng.random() < 0.3:
        extras.append(box(0.012, high * 1.15, deep * 1.1, (-0.005, drop, 0)))
    if rng.random() < 0.3 and style not in ("butter", "sword"):
        for share in np.linspace(0.2, 0.8, 3):
            rivet = cylinder(0.003, deep * 1.08, segments=8).rotated_deg(x=90)
            extras.append(rivet.moved(x=-grip * float(share), y=drop + float(np.interp(share, s, bend))))
        shape.say("three rivets in the handle")
    shape.add("blade", blade)
    shape.add("handle", handle, *extras)
    pose = rng.random()
    if pose < 0.4:
        shape.meshes = [mesh.rotated_deg(x=-90) for mesh in shape.meshes]
    elif pose > 0.85:
        flip = 90 if rng.random() < 0.5 else -90
        shape.meshes = [mesh.rotated_deg(z=flip) for mesh in shape.meshes]
    turn = float(rng.choice([0.0, 90.0, -90.0, 180.0]))
    shape.meshes = [mesh.rotated_deg(y=turn) for mesh in shape.meshes]
    low = min(float(mesh.low[1]) for mesh in shape.meshes)
    shape.meshes = [mesh.moved(y=-low) for mesh in shape.meshes]
    shape.say(
        "blade longer than the handle"
        if long > 1.2 * grip
        else "blade about as long as the handle"
        if long > 0.8 * grip
        else "short blade"
    )
    del shape.attributes[6:]
