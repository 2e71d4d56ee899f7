"""Make mantels: the surrounds of fireplaces."""

import numpy as np

from pointclip2.worlds.shapes.makers.cabinets import add_clutter
from pointclip2.worlds.shapes.makers.supports import arch_line, chance, counted, pick
from pointclip2.worlds.shapes.mesh import Mesh, box, cylinder, grid, lathe, rod, sphere
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


def _pillar(rng: Random, kind: str, width: float, height: float, deep: float) -> list[Mesh]:
    """Return one leg of a mantel about x = 0, standing at z = 0 towards +z."""
    z = deep / 2
    if kind == "column":
        radius = min(width, deep) * 0.36
        shaft = lathe([(radius * 1.1, 0.0), (radius * 1.12, height * 0.3), (radius * 0.9, height)], 14)
        ends = [box(width * 0.9, height * 0.09, deep * 0.9, (0, y * height, z)) for y in (0.045, 0.955)]
        return [shaft.moved(z=z), box(width, height, deep * 0.3, (0, height / 2, deep * 0.15)), *ends]
    meshes = [box(width, height, deep, (0, height / 2, z))]
    if kind == "stepped":
        meshes += [
            box(width * 1.15, height * 0.12, deep * 1.2, (0, y * height, deep * 0.6)) for y in (0.06, 0.94)
        ]
        meshes.append(box(width * 0.6, height * 0.65, 0.02, (0, height / 2, deep + 0.01)))
    elif kind == "fluted":
        flutes = int(rng.integers(3, 6))
        for x in np.linspace(-0.4, 0.4, flutes) * width:
            meshes.append(
                rod((float(x), height * 0.1, deep), (float(x), height * 0.9, deep), width * 0.06, 6)
            )
        meshes += [
            box(width * 1.1, height * 0.08, deep * 1.15, (0, y * height, deep * 0.57)) for y in (0.04, 0.96)
        ]
    elif kind == "scroll":
        share = np.linspace(0, 1, 9)
        push = deep * (1 + 0.7 * share**3)
        face = np.stack(
            [np.stack([0 * share + i * width / 2, share * height, push], axis=1) for i in (-1, 1)]
        )
        meshes.append(grid(face))
        meshes.append(
            cylinder(width * 0.25, width, segments=12).rotated_deg(z=90).moved(0, height * 0.93, deep * 1.5)
        )
    elif kind == "stone":
        rows = int(rng.integers(4, 8))
        for k in range(rows):
            grow = float(rng.uniform(0.95, 1.12))
            meshes.append(
                box(
                    width * grow,
                    height / rows * 0.9,
                    deep * grow,
                    (0, (k + 0.5) * height / rows, deep * grow / 2),
                )
            )
    return meshes


@shape_class(
    "mantel",
    parts=("shelf", "pillar", "frieze", "hearth"),
    synonyms=("fireplace", "mantelpiece", "fireplace surround"),
)
def mantel(shape: Shape, rng: Random) -> None:
    """Make a mantel: the surround of a fireplace, with two legs, a beam and a shelf around an opening."""
    x, y = float(rng.uniform(1.0, 2.1)), float(rng.uniform(0.9, 1.5))
    deep = float(rng.uniform(0.06, 0.38))
    # Behind some stands the whole chimney breast, closed on all sides but for a small fire box.
    breast = float(rng.uniform(0.25, 0.7)) if chance(rng, 0.3) else 0.0
    leg = x * float(rng.uniform(0.12, 0.32) if breast else rng.uniform(0.09, 0.24))
    frieze = y * float(rng.uniform(0.1, 0.4) if breast else rng.uniform(0.1, 0.32))
    over, shelf = float(rng.uniform(0.03, 0.2)), float(rng.uniform(0.03, 0.12))
    kind = pick(rng, ("plain", "plain", "stepped", "fluted", "column", "scroll", "stone"))
    under = y - shelf - frieze
    raised = float(rng.uniform(0.05, 0.35)) if chance(rng, 0.25) else 0.0
    for i in (-1, 1):
        shape.add(
            "pillar", *(m.moved(i * (x - leg) / 2, raised, 0) for m in _pillar(rng, kind, leg, under, deep))
        )
    open_x = x - 2 * leg
    base = raised + under
    if chance(rng, 0.22):
        rise = min(float(rng.uniform(0.1, 0.5)) * open_x, under * 0.5)
        curve = arch_line(open_x, 0.0, rise) + np.array([0, base])
        upper = np.column_stack([curve[:, 0], np.full(15, base)])
        for z in (0.0, deep):
            shape.add(
                "frieze", grid(np.stack([np.column_stack([line, np.full(15, z)]) for line in (curve, upper)]))
            )
        shape.add("frieze", grid(np.stack([np.column_stack([curve, np.full(15, z)]) for z in (0.0, deep)])))
        shape.say("an arched opening")
    else:
        shape.say("a rectangular opening")
    if kind == "column":
        shape.say("a round column on each side")
    elif kind == "stone":
        shape.say("pillars of rough blocks")
    elif kind == "fluted":
        shape.say("pillars with upright ribs")
    else:
        shape.say("a thick pillar on each side" if leg > 0.3 else "a slim pillar on each side")
    shape.add("frieze", box(x, frieze, deep, (0, base + frieze / 2, deep / 2)))
    if chance(rng, 0.45):
        number = int(rng.integers(1, 4))
        for at in ((np.arange(number) + 0.5) / number - 0.5) * x * 0.9:
            shape.add(
                "frieze",
                box(x * 0.75 / number, frieze * 0.55, 0.02, (float(at), base + frieze / 2, deep + 0.01)),
            )
        shape.say(f"{counted(number, 'flat panel')} below the shelf")
    elif chance(rng, 0.3):
        shape.add("frieze", sphere(frieze * 0.3, (0, base + frieze / 2, deep), 8).scaled(x=1.6))
    top = base + frieze + shelf
    steps = int(rng.integers(1, 4))
    for k in range(steps):
        grow = over * (k + 1) / steps
        high = shelf / steps
        shape.add(
            "shelf",
            box(x + 2 * grow, high, deep + grow, (0, base + frieze + (k + 0.5) * high, (deep + grow) / 2)),
        )
    if steps > 1:
        shape.say("a stepped shelf on top")
    else:
        shape.say("a thick shelf on top" if shelf > 0.07 else "a thin flat shelf on top")
    if breast:
        wide, high = x * float(rng.uniform(0.85, 1.0)), base + frieze
        for i in (-1, 1):
            shape.add("hearth", box(0.02, high, breast, (i * wide / 2, high / 2, -breast / 2)))
        shape.add("hearth", box(wide, high, 0.02, (0, high / 2, -breast)))
        shape.add("hearth", box(wide, 0.02, breast, (0, high, -breast / 2)))
        shape.say("a closed block of a chimney behind")
    if breast or chance(rng, 0.55):
        # The fire box: back and cheeks behind the opening.
        far = min(float(rng.uniform(0.15, 0.5)), breast * 0.9 or 1.0)
        shape.add("hearth", box(open_x * 0.85, under, 0.02, (0, raised + under / 2, -far)))
        for i in (-1, 1):
            cheek = np.array([[i * open_x / 2, 0, 0], [i * open_x * 0.42, 0, -far]]) + np.array(
                [0, raised, 0]
            )
            shape.add("hearth", grid(np.stack([cheek, cheek + np.array([0, under, 0])])))
        shape.add(
            "hearth",
            box(open_x, 0.02, far, (0, raised + under, -far / 2)),
            box(open_x, 0.02, far, (0, raised + 0.01, -far / 2)),
        )
        if chance(rng, 0.3):
            for k in range(int(rng.integers(2, 5))):
                log = cylinder(0.05, open_x * 0.45, segments=8).rotated_deg(
                    z=90, y=float(rng.uniform(-25, 25))
                )
                shape.add(
                    "hearth",
                    log.rotated_deg(y=float(rng.uniform(-25, 25))).moved(
                        0, raised + 0.07 + 0.07 * k, -far / 2
                    ),
                )
            shape.say("logs inside")
        shape.say("a deep hollow fire box")
    if chance(rng, 0.35) or not shape.meshes:
        inner = float(rng.uniform(0.05, 0.16)) * open_x
        shape.add(
            "hearth",
            *(box(inner, under, 0.03, (i * (open_x - inner) / 2, raised + under / 2, 0.01)) for i in (-1, 1)),
        )
        shape.add("hearth", box(open_x, inner, 0.03, (0, raised + under - inner / 2, 0.01)))
        shape.say("a flat rim around the opening")
    if raised or chance(rng, 0.45):
        reach = float(rng.uniform(0.2, 0.55))
        high = raised or float(rng.uniform(0.02, 0.08))
        shape.add("hearth", box(x + 2 * over, high, deep + reach, (0, high / 2, (deep + reach) / 2 - 0.01)))
        shape.say("a raised slab in front" if raised else "a flat slab in front")
    above = rng.random()
    if above < 0.2:
        high = float(rng.uniform(0.6, 1.3))
        narrow = float(rng.uniform(0.5, 1.2))
        hood = box(x, high, deep, (0, 0, 0)).moved(z=deep / 2).tapered(1, 1.0, narrow)
        shape.add("frieze", hood.moved(y=top + high / 2))
        shape.say("a chimney above" if narrow > 0.9 else "a hood narrowing upwards")
    elif above < 0.32:
        wide, high = x * float(rng.uniform(0.5, 0.85)), float(rng.uniform(0.6, 1.0))
        shape.add("frieze", *(box(0.07, high, 0.04, (i * wide / 2, top + high / 2, 0.03)) for i in (-1, 1)))
        shape.add(
            "frieze",
            *(box(wide, 0.07, 0.04, (0, top + h, 0.03)) for h in (0.035, high)),
            box(wide, high, 0.01, (0, top + high / 2, 0.02)),
        )
        shape.say("a framed mirror above the shelf")
    elif above < 0.42:
        low = len(shape.meshes)
        add_clutter(shape, rng, "shelf", (x, 0.1), top)
        shape.meshes[low:] = [mesh.moved(z=deep / 2) for mesh in shape.meshes[low:]]
    shape.say("wider than tall" if x > 1.3 * y else "nearly square")
