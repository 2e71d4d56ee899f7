"""Make bags: totes, handbags, backpacks, suitcases, paper and plastic bags, duffels, briefcases, pouches."""

import numpy as np

from pointclip2.worlds.shapes.makers.turned import Ring, rings
from pointclip2.worlds.shapes.mesh import Array, Mesh, box, cylinder, rod, superellipsoid, torus, tube
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


def _crumpled(rng: Random, mesh: Mesh, amount: float) -> Mesh:
    """Crumple cloth or paper: put a few long waves through the surface."""
    wave = rng.normal(0, 1, (3, 3)) * 3.5 / max(float(np.ptp(mesh.vertices, axis=0).max()), 1e-9)
    phase = rng.uniform(0, 2 * np.pi, 3)
    keep = np.array([1.0, 0.3, 1.0])
    return Mesh(mesh.vertices + amount * np.sin(mesh.vertices @ wave.T + phase) * keep, mesh.faces)


def _loop(
    width: float, rise: float, y: float, z: float, thin: float, square: float, strap: float = 1.0
) -> Mesh:
    """Return a handle in a vertical plane: two ends at +-width/2 on height y."""
    angle = np.linspace(0, np.pi, 16)
    power = 1 - 0.6 * square
    x = width / 2 * np.sign(np.cos(angle)) * np.abs(np.cos(angle)) ** power
    path = np.stack([x, rise * np.sin(angle) ** power, 0 * x], axis=1)
    return tube(path, thin, 6).scaled(z=strap).moved(y=y, z=z)


def _sack(
    x: float, y: float, z: float, power: float, mouth_x: float, mouth_z: float, bulge: float, closed: bool
) -> Mesh:
    """Return a bag's body: bottom, belly, mouth, and the inside if it is open."""
    a, c = x / 2, z / 2
    stack: list[Ring] = [
        (0, 0, 0, power, 0, 0),
        (a * 0.96, c * 0.92, 0, power, 0, 0),
        (a, c, 0.06 * y, power, 0, 0),
        (a * bulge, c * bulge, 0.4 * y, power, 0, 0),
        (a * (bulge + mouth_x) / 2, c * (bulge + mouth_z) / 2, 0.75 * y, power, 0, 0),
        (a * mouth_x, c * mouth_z, y, power, 0, 0),
    ]
    if closed:
        stack.append((0, 0, y, power, 0, 0))
    else:
        stack += [(s[0] * 0.96, s[1] * 0.94, s[2] + 0.004, s[3], 0, 0) for s in reversed(stack[1:-1])] + [
            (0, 0, 0.01, power, 0, 0)
        ]
    return rings(stack)


def _tote(shape: Shape, rng: Random, paper: bool) -> None:
    u = rng.uniform
    x = u(0.2, 0.5)
    y, z = x * u(0.75, 1.5), x * u(0.15, 0.5)
    closed = rng.random() < 0.2
    body = _sack(x, y, z, u(6, 40) if paper else u(3, 12), u(0.9, 1.2), u(0.3, 1.05), u(0.95, 1.1), closed)
    shape.add("body", _crumpled(rng, body, x * (u(0, 0.012) if paper else u(0, 0.03))))
    if rng.random() < 0.85:
        rise, width, thin = y * u(0.15, 0.7), x * u(0.25, 0.6), x * u(0.008, 0.025)
        gap = z * u(0.15, 0.45)
        soft = u(0, 0.6)
        for side in (-1, 1):
            high = rise * u(0.8, 1.0)
            loop = _loop(width, high, 0.95 * y, 0.0, thin, soft, u(1, 3) if not paper else 1.0)
            lean = u(-25, 25)
            shape.add("handle", loop.moved(y=-0.95 * y).rotated_deg(x=lean).moved(y=0.95 * y, z=side * gap))
        shape.say("two handle loops", "long handles" if rise > 0.4 * y else "short handles")
    else:
        shape.say("no handles")
    shape.say("box-shaped paper bag" if paper else "soft tote bag", "closed top" if closed else "open top")


def _handbag(shape: Shape, rng: Random) -> None:
    u = rng.uniform
    x = u(0.18, 0.42)
    y, z = x * u(0.5, 0.95), x * u(0.2, 0.5)
    body = _sack(x, y, z, u(2.5, 10), u(0.55, 1.05), u(0.1, 0.8), u(0.95, 1.08), True)
    shape.add("body", _crumpled(rng, body, x * u(0, 0.02)))
    if rng.random() < 0.45:
        flap = u(0.3, 0.8) * y
        shape.add("body", box(x * u(0.85, 1.0), flap, 0.01, (0, y - flap / 2, z / 2 * u(0.9, 1.05))))
        shape.add("body", box(0.03, 0.03, 0.015, (0, y - flap + 0.01, z / 2 * 1.05)))
        shape.say("a flap over the front")
    rise, thin = y * u(0.25, 1.1), x * u(0.01, 0.035)
    loops = 2 if rng.random() < 0.4 else 1
    width = x * u(0.4, 0.95)
    for index in range(loops):
        shape.add(
            "handle",
            _loop(width, rise, 0.93 * y, (index - (loops - 1) / 2) * z * 0.3, thin, u(0, 0.5), u(1, 2)),
        )
    if rng.random() < 0.2:
        for side in (-1, 1):
            shape.add(
                "handle",
                torus(thin * 2, thin * 0.5, segments=12).rotated_deg(x=90).moved(side * width / 2, 0.95 * y),
            )
    shape.say(
        "handbag",
        "one curved handle" if loops == 1 else "two curved handles",
        "tall handle" if rise > 0.6 * y else "low handle",
    )


def _backpack(shape: Shape, rng: Random) -> None:
    """Add a backpack: straps at the back (-z), pockets in front."""
    u = rng.uniform
    x, y = u(0.25, 0.38), u(0.38, 0.58)
    z = x * u(0.4, 0.75)
    body = superellipsoid(x, y, z, u(0.3, 0.7), (0, y / 2, 0), 18)
    body = body.tapered(1, 1.0, u(0.75, 1.0))
    shape.add("body", _crumpled(rng, body, x * u(0, 0.03)))
    pockets = int(rng.integers(0, 4))
    if pockets:
        tall = y * u(0.3, 0.5)
        shape.add(
            "body",
            superellipsoid(x * u(0.6, 0.85), tall, z * 0.45, u(0.2, 0.6), (0, tall * 0.6, z * 0.45), 10),
        )
        shape.say("a pocket in front")
    if pockets > 1:
        for side in (-1, 1):
            shape.add(
                "body", superellipsoid(x * 0.22, y * 0.35, z * 0.6, 0.5, (side * x * 0.5, y * 0.25, 0), 8)
            )
        shape.say("pockets at both sides")
    if rng.random() < 0.3:
        shape.add("body", cylinder(z * 0.3, x * u(0.9, 1.3), segments=16).rotated_deg(z=90).moved(y=y * 1.04))
        shape.say("a roll on top")
    bow, thin = z * u(0.3, 0.8), x * u(0.02, 0.05)
    for side in (-1, 1):
        t = np.linspace(0, 1, 12)
        path: Array = np.stack(
            [side * x * (0.12 + 0.2 * t), y * (0.92 - 0.8 * t), -z * 0.4 - bow * np.sin(np.pi * t) ** 0.8],
            axis=1,
        )
        shape.add("handle", tube(path, thin, 6).scaled(x=1.0))
    if rng.random() < 0.75:
        shape.add("handle", _loop(x * 0.25, y * u(0.05, 0.12), y * 0.96, -z * 0.3, thin * 0.6, 0.3))
    shape.say("backpack with two shoulder straps", "tall rounded body")


def _case(shape: Shape, rng: Random, briefcase: bool) -> None:
    u = rng.uniform
    if briefcase:
        x = u(0.35, 0.48)
        y, z = x * u(0.6, 0.8), u(0.06, 0.16)
    else:
        y = u(0.45, 0.8)
        x, z = y * u(0.55, 0.8), y * u(0.28, 0.45)
    lift = 0.0 if briefcase else u(0.0, 0.05)
    body = box(x, y, z) if rng.random() < 0.3 else superellipsoid(x, y, z, u(0.1, 0.35), detail=18)
    shape.add("body", body.moved(y=y / 2 + lift))
    if lift > 0.015:
        for side_x in (-1, 1):
            for side_z in (-1, 1):
                wheel = cylinder(lift * 0.6, 0.025, segments=12).rotated_deg(z=90)
                shape.add("body", wheel.moved(side_x * x * 0.4, lift * 0.6, side_z * z * 0.33))
        shape.say("four small wheels")
    ribs = int(rng.integers(0, 7))
    if ribs > 2 and not briefcase:
        for rib in range(ribs):
            at = x * ((rib + 0.5) / ribs - 0.5) * 0.85
            shape.add("body", box(0.012, y * 0.9, z * 1.03, (at, y / 2 + lift, 0)))
        shape.say("vertical ribs")
    elif rng.random() < 0.4:
        shape.add("body", superellipsoid(x * 0.8, y * 0.45, 0.05, 0.2, (0, y * 0.35 + lift, z / 2), 8))
        shape.say("flat pocket in front")
    shape.add("body", box(x * 1.005, y * 1.005, 0.008, (0, y / 2 + lift, 0)))
    top = y + lift
    if not briefcase and rng.random() < 0.7:
        rise, width = u(0.1, 0.5), x * u(0.3, 0.55)
        for side in (-1, 1):
            shape.add(
                "handle",
                rod((side * width / 2, top * 0.9, -z * 0.4), (side * width / 2, top + rise, -z * 0.4), 0.008),
            )
        shape.add("handle", rod((-width / 2, top + rise, -z * 0.4), (width / 2, top + rise, -z * 0.4), 0.013))
        shape.say("a pull-out handle on two rods")
    if briefcase or rng.random() < 0.7:
        shape.add(
            "handle", _loop(x * u(0.25, 0.4), u(0.03, 0.06), top - 0.008, 0.0, u(0.007, 0.014), u(0.4, 1.0))
        )
        shape.say("a short handle on top")
    shape.say("flat briefcase" if briefcase else "upright box-shaped suitcase")


def _duffel(shape: Shape, rng: Random) -> None:
    u = rng.uniform
    x = u(0.4, 0.7)
    radius = x * u(0.2, 0.32)
    roundness = u(0.15, 0.5)
    profile = superellipsoid(2 * radius, x, 2 * radius * u(0.85, 1.0), roundness, detail=16).rotated_deg(z=90)
    body = Mesh(profile.vertices.copy(), profile.faces).scaled(y=u(0.75, 1.0))
    body = body.moved(y=-float(body.low[1]))
    shape.add("body", _crumpled(rng, body, x * u(0, 0.02)))
    top = float(body.high[1])
    width, rise = x * u(0.3, 0.5), top * u(0.15, 0.7)
    for side in (-1, 1):
        loop = _loop(width, rise, 0.0, 0.0, x * 0.015, u(0, 0.5), 1.5).rotated_deg(x=side * u(-10, 30))
        shape.add("handle", loop.moved(y=top * 0.93, z=side * radius * 0.35))
    if rng.random() < 0.35:
        shape.add("handle", _loop(x * 0.95, top * u(0.4, 1.0), top * 0.7, -radius * 0.2, x * 0.012, 0.0, 1.5))
        shape.say("a long shoulder strap")
    shape.say("a lying rounded cylinder", "two handle loops in the middle", "sports bag")


def _pouch(shape: Shape, rng: Random) -> None:
    """Add a sack tied at its neck; or a plastic bag whose ears are its handles."""
    u = rng.uniform
    x = u(0.12, 0.45)
    y, z = x * u(0.9, 1.6), x * u(0.6, 1.0)
    a, c, power = x / 2, z / 2, u(2, 3)
    neck, flare = u(0.1, 0.35), u(0.3, 0.7)
    stack: list[Ring] = [
        (0, 0, 0, power, 0, 0),
        (a * 0.75, c * 0.75, 0, power, 0, 0),
        (a, c, 0.25 * y, power, 0, 0),
        (a * 0.85, c * 0.85, 0.55 * y, power, 0, 0),
        (a * neck, c * neck, 0.8 * y, power, 0, 0),
        (a * flare, c * flare, y, power, 0, 0),
    ]
    shape.add("body", _crumpled(rng, rings(stack), x * u(0.01, 0.05)))
    if rng.random() < 0.5:
        shape.add(
            "handle",
            torus(1.0, 0.15, segments=16).scaled(a * neck * 1.1, a * 0.3, c * neck * 1.1).moved(y=0.8 * y),
        )
        shape.say("tied with a cord at the neck")
    if rng.random() < 0.5:
        for side in (-1, 1):
            ear = _loop(x * 0.25, y * u(0.2, 0.4), 0.0, 0.0, x * 0.015, 0.3, 2.0).rotated_deg(
                z=side * u(-30, 0)
            )
            shape.add("handle", ear.moved(x=side * a * flare * 0.7, y=0.97 * y))
        shape.say("two ear-shaped handles")
    shape.say("round sack", "narrow neck and a wide belly")


@shape_class("bag", parts=("handle", "body"), synonyms=("handbag", "rucksack", "suitcase", "carrier sack"))
def bag(shape: Shape, rng: Random) -> None:
    """Make a bag: tote, paper bag, handbag, backpack, suitcase, briefcase, duffel, sack."""
    kind = rng.random()
    if kind < 0.13:
        _tote(shape, rng, paper=False)
    elif kind < 0.28:
        _tote(shape, rng, paper=True)
    elif kind < 0.5:
        _handbag(shape, rng)
    elif kind < 0.7:
        _backpack(shape, rng)
    elif kind < 0.88:
        _case(shape, rng, briefcase=rng.random() < 0.4)
    elif kind < 0.94:
        _duffel(shape, rng)
    else:
        _pouch(shape, rng)
    floor = min(float(mesh.low[1]) for mesh in shape.meshes)
    shape.meshes = [mesh.moved(y=-floor) for mesh in shape.meshes]
    low, high = (np.stack([getattr(mesh, end) for mesh in shape.meshes]) for end in ("low", "high"))
    size = high.max(axis=0) - low.min(axis=0)
    shape.say(
        "taller than wide"
        if size[1] > 1.15 * size[0]
        else "wider than tall"
        if size[0] > 1.15 * size[1]
        else "about as tall as wide"
    )
