"""Make cameras."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import set_down, turn
from pointclip2.worlds.shapes.makers.supports import chance, pick, rounded_outline
from pointclip2.worlds.shapes.mesh import (
    Mesh,
    box,
    cylinder,
    extrude,
    lathe,
    rod,
    sphere,
    superellipsoid,
    torus,
    tube,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


def slate(x: float, y: float, z: float, roundness: float) -> Mesh:
    """Return an upright plate in x, y about the origin, its corners rounded in that plane alone."""
    return extrude(rounded_outline(x, y, roundness), z)


def facing(mesh: Mesh, x: float, y: float, z: float) -> Mesh:
    """Turn a round thing about the y axis so that its top looks to +z, and move it."""
    return mesh.rotated_deg(x=90).moved(x, y, z)


@shape_class(
    "camera",
    parts=("body", "lens", "viewfinder", "button", "flash", "strap"),
    synonyms=(
        "photo camera",
        "digital camera",
        "film camera",
        "slr camera",
        "video camera",
        "camcorder",
        "webcam",
    ),
    described=(
        "A camera is a flat box with a thick round lens sticking out of its front.",
        "On top of the camera stands a hump for the finder, with dials and a button beside it.",
        "Rings of different width follow each other along the barrel of the camera lens.",
        "A ribbed grip bulges on one side of the camera.",
        "A video camera is long and has a folding screen at its side, its lens at the far end.",
    ),
)
def camera(shape: Shape, rng: Random) -> None:
    """Make a camera: with a mirror hump, compact, old folding or box, instant, for video, or watching from a wall."""
    u = rng.uniform
    kind = pick(rng, ("slr", "slr", "compact", "range", "instant", "video", "security"))
    x = u(0.1, 0.16)
    y, z = x * u(0.58, 0.75), x * u(0.25, 0.4)
    if kind == "security":
        _security_camera(shape, rng)
        return
    if kind == "video":
        y, z = x * u(0.45, 0.7), x * u(1.1, 1.7)
        x *= 0.5
    if kind == "instant":
        y, z = x * u(0.85, 1.1), x * u(0.5, 0.7)
    soft = u(0.1, 0.4)
    shape.add("body", superellipsoid(x, y, z, soft, (0, y / 2, 0), 14))
    front = z / 2
    radius = {"compact": y * u(0.22, 0.32), "range": y * u(0.24, 0.34), "video": y * u(0.3, 0.42)}.get(
        kind, y * u(0.3, 0.42)
    )
    long = {"compact": y * u(0.1, 0.4), "range": y * u(0.25, 0.6), "video": y * u(0.3, 0.7)}.get(
        kind, y * u(0.4, 1.6)
    )
    at = (x * u(-0.08, 0.08) if kind != "video" else 0.0, y * u(0.42, 0.52))
    stages = int(rng.integers(2, 5))
    profile = [(0.0, 0.0)]
    for k in range(stages):
        wide = radius * u(0.82, 1.05)
        profile += [(wide, long * k / stages), (wide, long * (k + 0.92) / stages)]
    profile += [(radius * 0.8, long), (radius * 0.65, long * 0.92), (0.0, long * 0.88)]
    shape.add("lens", facing(lathe(profile, 24), *at, front * 0.9))
    shape.say("a long lens" if long > 0.8 * y else "a short lens" if long > 0.3 * y else "a flat lens")
    if kind == "slr":
        hump = superellipsoid(x * 0.32, y * 0.45, z * 1.1, 0.45, (at[0], y * 1.0, 0), 10).tapered(1, 1.1, 0.7)
        shape.add("viewfinder", hump)
        shape.add("body", superellipsoid(x * 0.2, y * 0.95, z * 1.5, 0.5, (-x * 0.42, y * 0.48, z * 0.2), 10))
        shape.add(
            "button",
            cylinder(y * 0.1, y * 0.1, centre=(x * 0.33, y * 1.03, 0)),
            cylinder(y * 0.05, y * 0.06, centre=(-x * 0.42, y * 1.0, z * 0.5)),
        )
        shape.say("a hump on top", "a grip on one side")
    elif kind == "range":
        shape.add(
            "viewfinder",
            box(x * 0.14, y * 0.13, 0.006, (-x * 0.33, y * 0.84, front)),
            box(x * 0.2, y * 0.12, z * 0.5, (0, y * 1.04, 0)),
        )
        shape.add(
            "button", *(cylinder(y * 0.1, y * 0.12, centre=(s * x * 0.35, y * 1.04, 0)) for s in (-1, 1))
        )
        shape.say("a small window in front", "dials on top")
    elif kind == "instant":
        shape.add("body", box(x * 1.02, y * 0.18, z * 1.3, (0, y * 0.1, z * 0.1)))
        shape.add("flash", box(x * 0.3, y * 0.16, 0.01, (x * 0.28, y * 0.85, front)))
        shape.add("viewfinder", box(x * 0.16, y * 0.16, 0.01, (-x * 0.3, y * 0.85, front)))
        shape.add("button", facing(cylinder(y * 0.05, 0.012), -x * 0.35, y * 0.4, front))
        shape.say("tall and bulky", "a slot below for the picture")
    elif kind == "video":
        shape.add("viewfinder", superellipsoid(x * 0.5, y * 0.35, z * 0.5, 0.4, (0, y * 0.95, -z * 0.35), 10))
        if chance(rng, 0.6):
            screen = (
                box(0.008, y * 0.7, z * 0.5, (0, y * 0.5, -z * 0.25))
                .rotated_deg(y=-u(0, 80))
                .moved(x * 0.52, 0, z * 0.2)
            )
            shape.add("viewfinder", screen)
            shape.say("a screen folded out")
        if chance(rng, 0.6):
            bow = torus(z * 0.3, y * 0.06, segments=14, arc_deg=180).rotated_deg(x=-90).rotated_deg(y=90)
            shape.add("strap", bow.scaled(y=0.6).moved(y=y))
        shape.add("button", cylinder(y * 0.06, 0.01, centre=(0, y, z * 0.1)))
        shape.say("long, for video", "a finder at the back")
    else:
        shape.add("button", cylinder(y * 0.09, y * 0.06, centre=(-x * 0.33, y * 1.02, 0)))
        shape.add("flash", box(x * 0.16, y * 0.12, 0.004, (x * 0.25, y * 0.84, front)))
        shape.say("flat and small")
    if kind in ("slr", "range", "compact") and chance(rng, 0.2):
        t = np.linspace(0, 1, 20)
        drape = np.stack(
            [
                x * (0.5 - t) + x * 0.25 * np.sin(2 * np.pi * t) * 0.6,
                y * (0.85 + 1.2 * np.sin(np.pi * t)),
                -z * np.sin(np.pi * t),
            ],
            axis=1,
        )
        shape.add("strap", tube(drape, 0.003, 6))
        shape.say("a strap above it")
    elif kind == "slr" and chance(rng, 0.2):
        shape.add("flash", box(x * 0.25, y * 0.5, z * 0.7, (at[0], y * 1.5, z * 0.1)))
        shape.say("a flash on top")
    set_down(shape)


def _security_camera(shape: Shape, rng: Random) -> None:
    """Add a watching camera: a tube with a hood on an arm, a dome, or a ball on a clip."""
    u = rng.uniform
    kind = pick(rng, ("bullet", "dome", "ball"))
    radius = u(0.03, 0.05)
    if kind == "dome":
        shape.add("body", cylinder(radius * 1.5, radius * 0.6, centre=(0, radius * 0.3, 0)))
        shape.add(
            "lens",
            lathe(
                [
                    (radius * 1.2 * np.cos(a), radius * 0.6 + radius * np.sin(a))
                    for a in np.linspace(0, np.pi / 2, 8)
                ],
                24,
            ),
        )
        turn(shape, x_deg=pick(rng, (0.0, 180.0)))
        shape.say("a dome on a round plate")
    elif kind == "bullet":
        long, tilt = radius * u(3, 6), u(0, 30)
        parts = [
            ("body", facing(cylinder(radius, long), 0, 0, 0)),
            ("lens", facing(torus(radius * 0.7, radius * 0.2), 0, 0, long / 2)),
        ]
        parts.append(
            ("viewfinder", box(radius * 1.8, radius * 0.1, long * 1.15, (0, radius * 1.08, long * 0.1)))
        )
        for part, mesh in parts:
            shape.add(part, mesh.rotated_deg(x=tilt))
        shape.add(
            "strap",
            tube(
                [(0, 0, -long * 0.2), (0, -radius * 2, -long * 0.3), (0, -radius * 2, -long * 0.8)],
                radius * 0.25,
            ),
        )
        shape.add("strap", facing(cylinder(radius * 0.9, radius * 0.2), 0, -radius * 2, -long * 0.8))
        shape.say("a tube with a hood on an arm", "long" if long > 4.5 * radius else "short")
    else:
        shape.add("body", sphere(radius, (0, radius * 2.4, 0)))
        shape.add("lens", facing(cylinder(radius * 0.5, radius * 0.5, radius * 0.4), 0, radius * 2.4, radius))
        shape.add(
            "strap",
            rod((0, radius * 0.2, 0), (0, radius * 1.6, 0), radius * 0.2),
            superellipsoid(radius * 1.8, radius * 0.3, radius * 1.5, 0.5, (0, radius * 0.15, 0), 8),
        )
        shape.say("a ball on a stand")
    shape.say("small" if radius < 0.04 else "large", "a camera that watches")
    set_down(shape)
