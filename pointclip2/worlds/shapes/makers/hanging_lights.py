"""Make lamps for ceilings and walls, their lowest point at y = 0. The ceiling plate counts as ``bulb`` (canopy)."""

import numpy as np

from pointclip2.worlds.shapes.makers.lampshades import add_bulb, shade_of
from pointclip2.worlds.shapes.makers.turned import curve
from pointclip2.worlds.shapes.mesh import box, cylinder, lathe, rod, sphere, torus, tube
from pointclip2.worlds.shapes.shape import Random, Shape


def _canopy(shape: Shape, rng: Random, ceiling: float, radius: float) -> None:
    """Add the plate at the ceiling."""
    thick = radius * rng.uniform(0.2, 0.8)
    shape.add("bulb", cylinder(radius, thick, radius * rng.uniform(0.8, 1.0), (0, ceiling - thick / 2, 0)))


def pendant(shape: Shape, rng: Random) -> None:
    """Add a pendant lamp: one shade, several in a row or a cluster on cords."""
    u = rng.uniform
    count = int(rng.choice([1, 1, 1, 1, 2, 3, 4, 5]))
    row = rng.random() < 0.6
    radius = u(0.12, 0.35) if count == 1 else u(0.06, 0.14)
    height = radius * u(0.6, 2.2)
    ceiling = height + u(0.1, 1.1)
    model, phrase = shade_of(rng, radius, height)
    middle = (count - 1) / 2
    for index in range(count):
        at = 2 * np.pi * index / count
        x, z = (
            ((index - middle) * radius * 2.6, 0.0)
            if row
            else (radius * 1.5 * np.cos(at), radius * 1.5 * np.sin(at))
        )
        x, z = (0.0, 0.0) if count == 1 else (x, z)
        lift = 0.0 if row or index == 0 else u(0, 0.4) * (ceiling - height)
        top = lift + float(model.high[1])
        shape.add("shade", model.moved(x, lift, z))
        foot = (x, ceiling, z) if row else (0.2 * x, ceiling, 0.2 * z)
        shape.add("pole", rod((x, top - 0.5 * height, z), foot, u(0.003, 0.012), 6))
        shape.add("base", cylinder(radius * 0.15, height * 0.12, centre=(x, top, z), segments=12))
        add_bulb(shape, rng, (x, lift + 0.4 * height, z), min(radius * 0.25, 0.05))
    if row and count > 1:
        shape.add("bulb", box((count - 0.4) * radius * 2.6, 0.04, 0.08, (0, ceiling + 0.02, 0)))
    else:
        _canopy(shape, rng, ceiling + 0.01, u(0.05, 0.09))
    shape.say(
        "hanging from the ceiling",
        phrase,
        f"{count} shades on cords" if count > 1 else "one shade on a long thin cord",
    )


def chandelier(shape: Shape, rng: Random) -> None:
    """Add a chandelier: curved arms around a turned stem with candles or shades; or a ring of lights on cords."""
    u = rng.uniform
    arms = int(rng.integers(3, 13))
    reach, drop = u(0.25, 0.6), u(0.4, 1.1)
    thin = u(0.006, 0.014)
    if rng.random() < 0.25:
        shape.add("base", torus(reach, thin * 2, (0, thin * 2, 0), 40))
        for arm in range(arms):
            at = 2 * np.pi * arm / arms
            spot = np.array([reach * np.cos(at), thin * 3, reach * np.sin(at)])
            shape.add("bulb", cylinder(0.02, 0.08, centre=np.add(spot, (0, 0.04, 0)), segments=8))
            if arm % max(arms // 4, 1) == 0:
                shape.add("pole", rod(spot, (0, drop, 0), thin * 0.4, 5))
        _canopy(shape, rng, drop + 0.02, 0.06)
        shape.say("a ring of lights", "hanging on slanted cords", f"{arms} lights around a circle")
        return
    body = u(0.2, 0.45)
    stem = [(thin * u(0.8, 5), float(y)) for y in np.linspace(0.02, body, 8)]
    shape.add("base", lathe([(0.0, 0.0), *curve(stem, 30), (0.0, body)], 16))
    shape.add("pole", rod((0, body * 0.95, 0), (0, body + drop, 0), thin * 0.6, 6))
    _canopy(shape, rng, body + drop, u(0.05, 0.1))
    curl = u(0.2, 1.0)
    model, phrase = shade_of(rng, reach * u(0.12, 0.24), reach * u(0.12, 0.3))
    kind = str(rng.choice(["candle", "shade", "up"]))
    tiers = 2 if rng.random() < 0.2 else 1
    for tier in range(tiers):
        size = 1.0 - 0.4 * tier
        for arm in range(arms):
            t = np.linspace(0, 1, 12)
            rise = body * (0.3 + 0.5 * tier)
            path = np.stack(
                [reach * size * t, rise + 0.22 * reach * (t - curl * np.sin(np.pi * t)), 0 * t], axis=1
            )
            path[:, 1] = np.maximum(path[:, 1], 0.01)
            end = path[-1]
            turn = 360 * (arm + 0.5 * tier) / arms
            shape.add("pole", tube(path, thin * 0.7, 6).rotated_deg(y=turn))
            if kind == "candle":
                shape.add(
                    "shade", cylinder(0.03, 0.012, 0.04, np.add(end, (0, 0.006, 0)), 10).rotated_deg(y=turn)
                )
                shape.add(
                    "bulb",
                    cylinder(0.012, 0.1, centre=np.add(end, (0, 0.06, 0)), segments=8).rotated_deg(y=turn),
                )
            elif kind == "shade":
                shape.add("shade", model.moved(*np.add(end, (0, 0.02, 0))).rotated_deg(y=turn))
            else:
                cup = model.scaled(y=-1).moved(y=float(model.high[1]))
                shape.add("shade", cup.moved(*end).rotated_deg(y=turn))
    ends = {
        "candle": "candle lights on the arms",
        "shade": f"each arm with a {phrase}",
        "up": "shades that open upwards",
    }
    shape.say(f"{arms * tiers} curved arms around a middle stem", ends[kind], "hanging from the ceiling")


def flush(shape: Shape, rng: Random) -> None:
    """Add a flush lamp: a dome, drum, square or ring close to the ceiling, or a fan of tubes."""
    u = rng.uniform
    radius = u(0.12, 0.3)
    deep = radius * u(0.25, 0.8)
    kind = int(rng.integers(4))
    if kind == 0:
        arc = [
            (radius * float(np.cos(t)), deep * (1 - float(np.sin(t)))) for t in np.linspace(0, np.pi / 2, 10)
        ]
        shape.add("shade", lathe(arc, 32))
        shape.say("flat dome that bulges downwards")
    elif kind == 1:
        shape.add("shade", lathe([(0.0, 0.0), (radius, 0.0), (radius, deep)], 32))
        shape.say("round drum close to the ceiling")
    elif kind == 2:
        shape.add("shade", box(2 * radius, deep, u(0.3, 2.0) * radius, (0, deep / 2, 0)))
        shape.say("flat box close to the ceiling")
    else:
        shape.add("shade", torus(radius, deep * 0.25, (0, deep * 0.25, 0)))
        shape.add("pole", box(2 * radius, 0.02, 0.03, (0, deep * 0.5, 0)))
        shape.say("a ring close to the ceiling")
    shape.add("bulb", cylinder(radius * u(0.4, 1.02), 0.04, centre=(0, deep + 0.015, 0)))
    shape.add("pole", cylinder(radius * 0.1, deep, centre=(0, deep / 2 + 0.01, 0), segments=10))
    shape.say("ceiling lamp")


def sconce(shape: Shape, rng: Random) -> None:
    """Add a sconce: a plate on the wall (-z) with one to three arms, shades up or down, or half a bowl."""
    u = rng.uniform
    tall = u(0.15, 0.4)
    if rng.random() < 0.25:
        radius = u(0.1, 0.2)
        half = lathe(curve([(0.01, 0), (radius * u(0.5, 0.9), tall * 0.4), (radius, tall)], 10), 16, 180.0)
        shape.add("shade", half)
        shape.add("base", box(radius * u(0.6, 2), tall, 0.02, (0, tall / 2, -0.01)))
        shape.say("half a bowl against the wall", "wall lamp")
        return
    round_plate = rng.random() < 0.5
    wide = tall * u(0.3, 0.9)
    if round_plate:
        plate = cylinder(wide / 2, 0.02, segments=24).rotated_deg(x=90).scaled(y=tall / wide)
    else:
        plate = box(wide, tall, 0.02)
    shape.add("base", plate.moved(y=tall / 2, z=0.01))
    arms = int(rng.choice([1, 1, 1, 2, 3]))
    up = rng.random() < 0.5
    model, phrase = shade_of(rng, u(0.05, 0.12), u(0.08, 0.2))
    reach = u(0.1, 0.25)
    bow = u(-0.1, 0.1)
    for arm in range(arms):
        side = (arm - (arms - 1) / 2) * max(2.2 * float(model.high[0]), 0.5 * wide)
        t = np.linspace(0, 1, 10)
        path = np.stack([side * t, tall * 0.5 + bow * np.sin(np.pi * t) + 0.03 * t, 0.01 + reach * t], axis=1)
        shape.add("pole", tube(path, u(0.005, 0.012), 6))
        head = model if up else model.scaled(y=-1).moved(y=float(model.high[1]))
        lift = 0.0 if not up else -0.3 * float(model.high[1])
        shape.add("shade", head.moved(*(path[-1] + [0, lift, 0])))
        add_bulb(shape, rng, path[-1] + [0, 0.05, 0], 0.02)
    floor = min(float(mesh.low[1]) for mesh in shape.meshes)
    shape.meshes = [mesh.moved(y=-floor) for mesh in shape.meshes]
    shape.say("wall lamp on a " + ("round plate" if round_plate else "rectangular plate"))
    shape.say(f"{arms} arms" if arms > 1 else "one arm", phrase if up else "shade that opens upwards")


def spots(shape: Shape, rng: Random) -> None:
    """Add spots: cans that turn, along a bar under the ceiling."""
    u = rng.uniform
    count = int(rng.integers(1, 6))
    pitch, size = u(0.15, 0.3), u(0.03, 0.07)
    shape.add("base", box(max(count * pitch, 0.12), 0.03, 0.05, (0, 0.3, 0)))
    for index in range(count):
        x = (index - (count - 1) / 2) * pitch
        shape.add("pole", rod((x, 0.29, 0), (x, 0.2, 0), 0.006, 6))
        can = lathe([(0.0, 0.0), (size * 0.8, 0.0), (size, -3 * size)], 16).rotated_deg(
            x=u(-60, 10), z=u(-30, 30)
        )
        shape.add("shade", can.moved(x, 0.2, 0))
        shape.add("bulb", sphere(size * 0.4, can.vertices[-16:].mean(axis=0) * 0.7 + [x, 0.2, 0], 6))
    floor = min(float(mesh.low[1]) for mesh in shape.meshes)
    shape.meshes = [mesh.moved(y=-floor) for mesh in shape.meshes]
    shape.say(
        "spotlights on a straight bar" if count > 1 else "one spotlight",
        f"{count} cylinder heads" if count > 1 else "a small can",
    )
