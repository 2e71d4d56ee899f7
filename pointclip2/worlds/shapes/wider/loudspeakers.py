"""Make loudspeakers."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import set_down
from pointclip2.worlds.shapes.makers.supports import chance, counted, pick
from pointclip2.worlds.shapes.mesh import (
    box,
    cylinder,
    lathe,
    loft,
    merge,
    rod,
    sphere,
    superellipsoid,
    torus,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.cameras import facing, slate


@shape_class(
    "loudspeaker",
    parts=("cabinet", "driver", "grille", "stand", "foot"),
    synonyms=("speaker", "stereo speaker", "speaker box", "subwoofer", "bluetooth speaker", "smart speaker"),
    described=(
        "A loudspeaker is an upright box with two or three round membranes one above the other in front.",
        "Each membrane of the loudspeaker is a shallow funnel in a raised ring, with a small dome in its middle.",
        "The lowest circle of the loudspeaker is the largest, the one at the top the smallest.",
        "Horn loudspeakers open like a trumpet; small portable loudspeakers are drums or barrels.",
    ),
)
def loudspeaker(shape: Shape, rng: Random) -> None:
    """Make a loudspeaker: a box for a shelf, a tower, one for the stage, a portable drum, a horn, a ball."""
    u = rng.uniform
    kind = pick(rng, ("shelf", "shelf", "tower", "tower", "stage", "portable", "horn", "ball"))
    if kind == "horn":
        radius, long = u(0.1, 0.25), u(0.2, 0.45)
        t = np.linspace(0, 1, 12)
        flare = [(radius * float(0.2 + 0.8 * s ** u(1.8, 3.0)), long * float(s)) for s in t]
        bell = facing(lathe([(0.0, 0.0), *flare, (radius * 0.98, long)], 28), 0, 0, 0)
        tilt, high = u(-10, 15), radius * u(1.1, 1.8)
        driver = facing(cylinder(radius * 0.35, long * 0.35), 0, 0, -long * 0.12)
        for part, mesh in (("grille", bell), ("driver", driver)):
            shape.add(part, mesh.rotated_deg(x=tilt).moved(y=high))
        shape.add(
            "stand",
            rod((0, 0, 0), (0, high, 0), radius * 0.08),
            box(radius, 0.02, radius * 0.8, (0, 0.01, 0)),
        )
        shape.say("a wide horn" if radius > 0.5 * long else "a slender horn", "on a bracket")
        set_down(shape)
        return
    if kind in ("portable", "ball"):
        radius = u(0.04, 0.1)
        high = radius * (u(1.2, 4.5) if kind == "portable" else 2.0)
        lying = kind == "portable" and high > 3 * radius and chance(rng, 0.6)
        if kind == "ball":
            body = sphere(radius, (0, radius * 0.95, 0))
        else:
            body = cylinder(radius, high, radius * u(0.8, 1.0), (0, high / 2, 0), 28)
            if chance(rng, 0.3):
                body = superellipsoid(2 * radius, high, 2 * radius, u(0.1, 0.9), (0, high / 2, 0))
        pieces = [
            ("cabinet", body),
            ("grille", lathe([(radius * 1.01, high * 0.2), (radius * 1.01, high * 0.8)], 28)),
        ]
        pieces += [("driver", cylinder(radius * 0.6, high * 0.04, centre=(0, high, 0)))]
        if lying:
            pieces.append(("driver", cylinder(radius * 0.6, high * 0.04)))
        if kind == "ball":
            pieces = [
                pieces[0],
                ("driver", facing(torus(radius * 0.6, radius * 0.08), 0, radius, radius * 0.8)),
            ]
            pieces += [("foot", cylinder(radius * 0.6, radius * 0.12, centre=(0, radius * 0.05, 0)))]
        for part, mesh in pieces:
            shape.add(part, mesh.rotated_deg(z=90).moved(y=radius) if lying else mesh)
        shape.say("a ball" if kind == "ball" else "a drum lying down" if lying else "an upright drum")
        shape.say("portable and small", "slender" if high > 2.6 * radius else "stout")
        set_down(shape)
        return
    x = {"shelf": u(0.13, 0.24), "tower": u(0.15, 0.28), "stage": u(0.3, 0.5)}[kind]
    y = x * {"shelf": u(1.2, 1.8), "tower": u(3.2, 5.5), "stage": u(1.3, 2.0)}[kind]
    z = x * u(0.75, 1.3)
    slant = u(0.6, 0.85) if kind == "stage" else 1.0
    flat = [(-x / 2, z / 2), (x / 2, z / 2), (x / 2 * slant, -z / 2), (-x / 2 * slant, -z / 2)]
    shape.add("cabinet", loft([[(a, h, b) for a, b in flat] for h in (0.0, y)]))
    count = {
        "shelf": int(rng.choice([1, 2, 2, 2, 3])),
        "tower": int(rng.integers(3, 6)),
        "stage": int(rng.integers(1, 3)),
    }[kind]
    sizes = np.sort(rng.uniform(0.22, 0.43, count))[::-1] * x
    sizes[-1] *= 0.55 if count > 1 else 1.0
    free = max(y - 2 * sizes.sum(), 0.0)
    sizes *= min(1.0, 0.92 * y / (2 * sizes.sum()))
    level = free / (count + 1)
    proud = u(0.02, 0.12)
    for size in sizes:
        ring = torus(size * 0.93, size * max(proud, 0.05), segments=28)
        cone = lathe(
            [
                (size * 0.88, 0.01),
                (size * 0.35, -size * u(0.1, 0.4)),
                (size * 0.3, -size * 0.1),
                (0.0, size * 0.05),
            ],
            24,
        )
        shape.add("driver", *(facing(mesh, 0.0, level + size, z / 2 + 0.004) for mesh in (ring, cone)))
        level += 2 * size + free / (count + 1)
    if kind == "stage" and chance(rng, 0.5):
        shape.add("grille", box(x * 0.8, y * 0.12, 0.02, (0, y * 0.9, z / 2 + 0.005)))
    if chance(rng, 0.12):
        shape.add("grille", slate(x * 0.92, y * 0.95, 0.02, 0.1).moved(0, y / 2, z / 2 + 0.012))
        shape.say("cloth over its front")
    else:
        shape.say(f"{counted(count, 'round membrane')} in front")
    if chance(rng, 0.3) and kind != "tower":
        high = u(0.4, 0.9)
        pole = rod((0, -high, 0), (0, 0, 0), 0.02)
        foot = (
            box(x * 1.2, 0.02, z, (0, -high, 0))
            if kind == "shelf"
            else merge(
                [
                    rod((0, -high * 0.75, 0), (0.35 * np.cos(a), -high, 0.35 * np.sin(a)), 0.012)
                    for a in (0.5, 2.6, 4.7)
                ]
            )
        )
        shape.add("stand", pole, foot)
        shape.say("raised on a stand")
    else:
        shape.add(
            "foot",
            *(
                cylinder(0.015, 0.02, centre=(i * x * 0.3, -0.01, k * z * 0.35), segments=8)
                for i in (-1, 1)
                for k in (-1, 1)
            ),
        )
    words = {"shelf": "a compact box", "tower": "a tall narrow tower", "stage": "a big heavy box"}
    shape.say(words[kind], "deep" if z > x else "shallow")
    set_down(shape)
