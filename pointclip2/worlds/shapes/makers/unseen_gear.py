"""Make gear with canopies, weights and wheels, in classes that training never sees."""

import numpy as np
from numpy.typing import NDArray

from pointclip2.worlds.shapes.makers.unseen import counted, shorten, stand, thin_rods, turn
from pointclip2.worlds.shapes.mesh import (
    Mesh,
    box,
    cylinder,
    grid,
    lathe,
    rod,
    superellipsoid,
    torus,
    tube,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class

Array = NDArray[np.float64]


@shape_class(
    "umbrella",
    parts=("canopy", "shaft", "handle", "rib", "base"),
    synonyms=("parasol", "brolly", "sunshade"),
)
def umbrella(shape: Shape, rng: Random) -> None:
    style = rng.choice(["rain", "rain", "parasol", "folded", "pagoda"])
    if style == "folded":
        _folded_umbrella(shape, rng)
        return
    ribs = int(rng.integers(6, 13))
    radius = rng.uniform(0.4, 0.7) if style != "parasol" else rng.uniform(0.8, 1.7)
    rise = radius * (rng.uniform(0.35, 0.75) if style == "rain" else rng.uniform(0.2, 0.5))
    length = rng.uniform(1.25, 1.7) * radius if style != "parasol" else rng.uniform(1.9, 2.7)
    # 2 is a round dome, 1 a straight cone, below 1 a roof that is steep at the top.
    power = {
        "rain": rng.uniform(1.7, 2.6),
        "parasol": rng.uniform(1.0, 2.0),
        "pagoda": rng.uniform(0.5, 0.8),
    }[style]
    sag = rng.uniform(0.02, 0.12)
    across = np.linspace(0.02, 1.0, 9)[:, None]
    angle = np.linspace(0, 2 * np.pi, ribs * 6, endpoint=False)[None, :]
    # The cloth is taut along the ribs and shorter between them: a scalloped hem.
    slack = np.sin(angle * ribs / 2) ** 2 * across**2
    reach = radius * across * (1 - sag * slack)
    height = length - rise * across**power + 0.5 * sag * rise * slack
    canopy = grid(
        np.stack([reach * np.cos(angle), height, reach * np.sin(angle)], axis=-1), wrap_columns=True
    )
    shape.add("canopy", canopy)
    if style == "parasol" and rng.random() < 0.4:
        drop = rng.uniform(0.1, 0.25)
        hem = canopy.vertices[-ribs * 6 :]
        shape.add("canopy", grid(np.stack([hem, hem - np.array([0, drop, 0])]), wrap_columns=True))
        shape.say("a hanging border around the edge")
    for number in range(ribs):
        spoke = 2 * np.pi * number / ribs
        along = np.linspace(0.02, 1.03, 6)
        flat = radius * along
        path = np.stack(
            [flat * np.cos(spoke), length - rise * along**power - 0.005, flat * np.sin(spoke)], axis=1
        )
        shape.add("rib", tube(path, 0.004 * max(1.0, radius), 4))
        strut = path[3] * np.array([1, 1, 1])
        shape.add("rib", rod((0, length - 1.25 * rise, 0), strut, 0.003 * max(1.0, radius), 4))
    thick = rng.uniform(0.006, 0.012) if style != "parasol" else rng.uniform(0.016, 0.035)
    shape.add("shaft", cylinder(thick, length, centre=(0, length / 2, 0), segments=10))
    spike = rng.uniform(0.02, 0.14) * max(1.0, radius)
    shape.add("shaft", cylinder(1.2 * thick, spike, 0.5 * thick, (0, length + spike / 2, 0), 8))
    shape.say(f"{counted(ribs)} ribs")
    shape.say(
        "a pointed curved roof" if style == "pagoda" else "a wide dome" if power > 1.6 else "a wide flat cone"
    )

    if style == "parasol":
        shape.say("a tall straight pole")
        if rng.random() < 0.65:
            foot, thickness = rng.uniform(0.2, 0.38), rng.uniform(0.04, 0.12)
            flat_foot = cylinder(foot, thickness, foot * rng.uniform(0.7, 1.0), (0, thickness / 2, 0))
            shape.add("base", flat_foot if rng.random() < 0.6 else box(foot * 2, thickness, foot * 2))
            shape.add("base", cylinder(2 * thick, 0.3, centre=(0, 0.15 + thickness / 2, 0)))
            shape.say("a heavy flat foot")
        if rng.random() < 0.3:
            turn(shape, z=rng.uniform(-20, 20))
    else:
        _umbrella_handle(shape, rng, thick)
        pose = rng.random()
        if pose < 0.25:
            turn(shape, x=rng.uniform(-35, 35), z=rng.uniform(-35, 35))
        elif pose < 0.4:
            turn(shape, z=rng.uniform(100, 120))
            shape.say("lying open on its side")
    stand(shape)


def _umbrella_handle(shape: Shape, rng: Random, thick: float) -> None:
    """Add a handle at the lower end of a shaft that ends at the origin: a crook, or a straight grip."""
    grip = thick * rng.uniform(1.3, 2.2)
    if rng.random() < 0.65:
        bend = rng.uniform(0.035, 0.07)
        arc = np.linspace(0, np.pi * rng.uniform(0.9, 1.15), 10)
        hook = np.stack([bend - bend * np.cos(arc), -bend * np.sin(arc), 0 * arc], axis=1)
        straight = np.array([[0.0, rng.uniform(0.05, 0.12), 0.0]])
        shape.add("handle", tube(np.concatenate([straight, hook]), grip, 8))
        shape.say("a hooked handle")
    else:
        long = rng.uniform(0.08, 0.2)
        profile = [(0.0, -long), (grip, -long), (1.2 * grip, -long / 2), (grip, 0.0), (0.0, 0.0)]
        shape.add("handle", lathe([(1.3 * r, h) for r, h in profile], 12))
        shape.say("a straight handle")


def _folded_umbrella(shape: Shape, rng: Random) -> None:
    long, folds = rng.uniform(0.5, 0.75), int(rng.integers(6, 11))
    widest = rng.uniform(0.03, 0.085)
    along = np.linspace(0, 1, 10)[:, None]
    angle = np.linspace(0, 2 * np.pi, folds * 4, endpoint=False)[None, :]
    swirl = rng.uniform(0, 1.5)
    pleat = 1 - rng.uniform(0.1, 0.35) * (0.5 + 0.5 * np.cos(folds * angle + swirl * along))
    reach = (0.008 + widest * (1 - along) ** rng.uniform(0.6, 1.2)) * pleat * np.minimum(1, 0.6 + 4 * along)
    bottom = rng.uniform(0.1, 0.25)
    points = [
        reach * np.cos(angle),
        np.broadcast_to(bottom + long * along, reach.shape),
        reach * np.sin(angle),
    ]
    shape.add("canopy", grid(np.stack(points, axis=-1), wrap_columns=True))
    thick = rng.uniform(0.006, 0.011)
    spike = rng.uniform(0.03, 0.1)
    shape.add("shaft", rod((0, 0, 0), (0, bottom + long + spike, 0), thick))
    if rng.random() < 0.6:
        around = widest * 0.8
        shape.add("rib", torus(around, 0.006, (0, bottom + 0.25 * long, 0), 16))
    _umbrella_handle(shape, rng, thick)
    shape.say("folded shut", "a long thin cone of cloth with pleats")
    # Hung by the handle or leaning as often as standing on its handle.
    turn(shape, z=float(rng.choice([0.0, 180.0, 165.0, 90.0])))


@shape_class("dumbbell", parts=("handle", "weight", "collar"), synonyms=("hand weight", "free weight"))
def dumbbell(shape: Shape, rng: Random) -> None:
    style = rng.choice(["hexagon", "plates", "ball", "drum", "rounded"])
    grip = rng.uniform(0.1, 0.16)
    thick = rng.uniform(0.013, 0.02)
    head = rng.uniform(0.03, 0.1)
    wide = head * rng.uniform(0.7, 1.7)
    bulge = rng.uniform(1.0, 1.35)
    turned = [(0.0, -grip / 2), (thick, -grip / 2), (bulge * thick, 0.0), (thick, grip / 2), (0.0, grip / 2)]
    if rng.random() < 0.3:
        turned = [(r * (1 + 0.12 * np.sin(9 * h / grip)), h) for r, h in turned]
    shape.add("handle", lathe(turned, 14))
    if rng.random() < 0.4:
        shape.add("handle", *(torus(thick * bulge, 0.003, (0, h * grip, 0), 14) for h in (-0.3, 0.0, 0.3)))

    weights: list[Mesh] = []
    collars: list[Mesh] = []
    if style == "plates":
        count = int(rng.integers(1, 5))
        at, radius = grip / 2 + 0.008, head * 1.3
        collars.append(cylinder(1.6 * thick, 0.014, centre=(0, grip / 2, 0)))
        for _ in range(count):
            thin = rng.uniform(0.014, 0.03)
            rim = thin * rng.uniform(0.15, 0.45)
            profile = [
                (0, 0),
                (radius * 0.95, 0),
                (radius, rim),
                (radius, thin - rim),
                (radius * 0.95, thin),
                (0, thin),
            ]
            weights.append(lathe(profile, 28).moved(y=at))
            at += thin + 0.002
            radius *= rng.uniform(0.75, 1.0)
        spare = rng.uniform(0.015, 0.06)
        collars.append(lathe([(0, 0), (1.9 * thick, 0), (1.9 * thick, 0.02), (0, 0.02)], 6).moved(y=at))
        collars.append(cylinder(thick, spare, centre=(0, at + spare / 2, 0), segments=12))
        each = f"{counted(count)} round plate{'s' * (count > 1)}"
        shape.say(f"{each} at each end", "a straight bar sticks out at both ends")
    elif style == "ball":
        weights.append(superellipsoid(2 * head, 1.7 * head, 2 * head, centre=(0, grip / 2 + 0.75 * head, 0)))
        shape.say("two balls joined by a bar", "round sphere at each end")
    else:
        sides = 6 if style == "hexagon" else int(rng.choice([8, 12, 28, 28]))
        chamfer = rng.uniform(0.08, 0.3) * min(head, wide)
        profile = [
            (0, 0),
            (head - chamfer, 0),
            (head, chamfer),
            (head, wide - chamfer),
            (head - chamfer, wide),
            (0, wide),
        ]
        if style == "rounded":
            arc = np.linspace(-np.pi / 2, np.pi / 2, 9)
            soft = rng.uniform(0.35, 0.7)
            profile = [(head * np.cos(a) ** soft, wide / 2 + wide / 2 * np.sin(a)) for a in arc]
        weights.append(lathe(profile, sides).moved(y=grip / 2 - 0.002))
        named = {6: "six-sided block", 8: "eight-sided block"}.get(sides, "thick cylinder")
        shape.say(f"a {named} at each end", "two equal ends and a thin bar between")
        if rng.random() < 0.4:
            collars.append(cylinder(1.5 * thick, 0.012, centre=(0, grip / 2 - 0.006, 0)))
    for part, meshes in (("weight", weights), ("collar", collars)):
        shape.add(part, *meshes, *(mesh.scaled(y=-1) for mesh in meshes))
    shape.say(
        "short handle" if grip < 0.125 else "long handle", "big heavy ends" if head > 0.075 else "small ends"
    )
    shape.meshes = [mesh.rotated_deg(y=30 if style == "hexagon" else 0) for mesh in shape.meshes]
    turn(shape, z=90)
    if rng.random() < 0.15:
        turn(shape, z=90)
        shape.say("standing on one end")
    elif rng.random() < 0.2:
        turn(shape, y=rng.uniform(-40, 40))


@shape_class(
    "bicycle",
    parts=("wheel", "frame", "saddle", "handlebar", "pedal", "carrier"),
    synonyms=("bike", "pushbike", "pedal cycle"),
)
def bicycle(shape: Shape, rng: Random) -> None:
    style = str(rng.choice(["road", "city", "mountain", "child", "folding", "cruiser", "penny-farthing"]))
    if style == "penny-farthing" and rng.random() < 0.5:
        style = "city"
    small = {"child": rng.uniform(0.15, 0.24), "folding": rng.uniform(0.2, 0.26)}
    rear = small.get(style, rng.uniform(0.31, 0.36))
    front = rear
    tyre = {"road": 0.012, "mountain": 0.027, "cruiser": 0.026}.get(style, 0.018) * rng.uniform(0.85, 1.25)
    if style == "penny-farthing":
        front, rear, tyre = rng.uniform(0.55, 0.72), rng.uniform(0.18, 0.25), 0.012
    base = {"child": rng.uniform(2.6, 3.4) * rear, "penny-farthing": front * 1.02 + rear}.get(
        style, rng.uniform(0.97, 1.15)
    )
    tube_thick = rng.uniform(0.012, 0.024)
    # In the plane of symmetry: (height, forward). The rear axle is at (rear, 0), forward is +z.
    hub_rear, hub_front = (rear, 0.0), (front, base)
    spokes = int(rng.choice([0, 12, 18, 24, 28]))
    for (height, forward), radius in ((hub_rear, rear), (hub_front, front)):
        shape.add("wheel", *(m.moved(0, height, forward) for m in _wheel(rng, radius - tyre, tyre, spokes)))
    if style == "penny-farthing":
        _penny_farthing(shape, rng, front, rear, base)
        return

    crank = (
        rear * rng.uniform(0.8, 0.95) + (0.05 if style == "folding" else 0),
        base * rng.uniform(0.38, 0.45),
    )
    scale = {"child": rear / 0.3, "folding": 1.0}.get(style, 1.0)
    rise = rng.uniform(0.45, 0.6) * scale
    slope = rng.uniform(0.25, 0.38)
    seat = (crank[0] + rise, crank[1] - slope * rise)
    rake = rng.uniform(0.28, 0.42)
    up = max(rng.uniform(0.5, 0.66) * scale, front + tyre + 0.07 - crank[0] + 0.1)
    head = (crank[0] + up, base - 0.04 - rake * (crank[0] + up - front))
    neck_drop = rng.uniform(0.09, 0.16) * scale
    neck = (head[0] - neck_drop, head[1] + rake * neck_drop)
    step_through = style in ("city", "folding") and rng.random() < 0.7

    def bar(start: tuple[float, float], end: tuple[float, float], thick: float, aside: float = 0.0) -> None:
        for side in (-1, 1) if aside else (0,):
            shape.add("frame", rod((side * aside, *start), (side * aside, *end), thick, 7))

    bar(crank, seat, tube_thick)
    bar(head, neck, 1.3 * tube_thick)
    bar(neck, crank, 1.15 * tube_thick)
    if step_through:
        middle = (0.5 * (crank[0] + seat[0]), 0.5 * (crank[1] + seat[1]))
        if style == "city":
            bar(head, middle, tube_thick)
        shape.say("a low frame to step through")
    elif style == "cruiser":
        along = np.linspace(0, 1, 8)
        arch = np.stack([0 * along, *(a + (b - a) * along for a, b in zip(seat, head, strict=True))], axis=1)
        arch[:, 1] += 0.09 * np.sin(np.pi * along) * rng.choice([-1, 1])
        shape.add("frame", tube(arch, tube_thick, 7))
        shape.say("curved frame tubes")
    else:
        drop = rng.uniform(0.0, 0.25) * rise
        low = (seat[0] - drop, seat[1] + slope * drop)
        bar(head, low, tube_thick)
        shape.say("a frame of triangles")
    bar(crank, hub_rear, 0.6 * tube_thick, 0.05)
    bar(seat, hub_rear, 0.55 * tube_thick, 0.05)
    bar(neck, hub_front, 0.7 * tube_thick, 0.05)

    post = rng.uniform(0.06, 0.2) * (2.0 if style == "folding" else scale)
    top = (seat[0] + post, seat[1] - slope * post)
    bar(seat, top, 0.8 * tube_thick)
    wide = rng.uniform(0.13, 0.24)
    long = rng.uniform(0.22, 0.29) * max(scale, 0.8)
    saddle = superellipsoid(wide, 0.06, long, 0.8, detail=10).tapered(2, 1.0, rng.uniform(0.25, 0.5))
    shape.add("saddle", saddle.moved(0, top[0] + 0.02, top[1] + 0.02))

    stem = rng.uniform(0.03, 0.12) * (3 if style == "folding" else 1)
    high = (head[0] + stem, head[1] - rake * stem)
    bar(head, high, 0.8 * tube_thick)
    _handlebar(shape, rng, style, high, max(scale, 0.7))
    _pedals(shape, rng, crank, scale)
    _carriers(shape, rng, style, hub_rear, hub_front, (rear, front), high)
    shape.say(
        {"road": "thin tyres", "mountain": "thick tyres", "cruiser": "thick tyres"}.get(
            style, "two equal wheels"
        )
    )
    if style in small:
        shape.say("small wheels" + (" and a tall seat post" if style == "folding" else ""))
    shape.say(
        "two round wheels one behind the other", "wheels without spokes" if spokes == 0 else "thin spokes"
    )
    if rng.random() < 0.2:
        turn(shape, z=rng.uniform(-14, 14))
        shape.say("leaning to one side")
    shorten(shape, rng)
    stand(shape)


def _wheel(rng: Random, radius: float, tyre: float, spokes: int) -> list[Mesh]:
    """Return a wheel about the x axis at the origin, ``radius`` to the middle of the tyre."""
    meshes = [torus(radius, tyre, segments=28), cylinder(0.02, 0.1, segments=8)]
    if spokes == 0:
        meshes.append(cylinder(radius, 0.02, segments=28))
    else:
        angle = 2 * np.pi * np.arange(spokes) / spokes
        around = np.stack([np.cos(angle), 0 * angle, np.sin(angle)], axis=1)
        # Alternating to both ends of the hub, as in a laced wheel.
        hub = 0.02 * around + np.stack([0 * angle, 0.04 * (-1.0) ** np.arange(spokes), 0 * angle], axis=1)
        meshes.append(thin_rods(hub, radius * around, 0.0025))
        meshes.append(torus(radius - tyre, 0.5 * tyre, segments=28))
    start = rng.uniform(0, 360)
    return [mesh.rotated_deg(y=start).rotated_deg(z=90) for mesh in meshes]


def _handlebar(shape: Shape, rng: Random, style: str, high: tuple[float, float], scale: float) -> None:
    half = rng.uniform(0.2, 0.36) * scale
    y, z = high
    if style == "road":
        reach, drop = rng.uniform(0.07, 0.1), rng.uniform(0.1, 0.15)
        half = rng.uniform(0.19, 0.23)
        bow = np.deg2rad(np.linspace(90, -90, 7))
        right = [(half, y - drop / 2 + drop / 2 * np.sin(a), z + reach * (0.4 + np.cos(a))) for a in bow]
        right = [(half, y, z + 0.02), *right, (half, y - drop, z - 0.03)]
        shape.say("handlebar curled down at both ends")
    elif style in ("city", "cruiser"):
        lift, back = rng.uniform(0.03, 0.2), rng.uniform(0.1, 0.3)
        right = [
            (0.4 * half, y + lift * 0.6, z + 0.03),
            (0.9 * half, y + lift, z - 0.3 * back),
            (half, y + lift, z - back),
        ]
        shape.say("handlebar swept back")
    else:
        lift = rng.uniform(0, 0.12) * scale
        right = [(0.25 * half, y + lift, z), (half, y + lift * 1.1, z - rng.uniform(0, 0.05))]
        shape.say("a wide straight handlebar" if half > 0.28 else "a straight handlebar")
    left = [(-x, up, ahead) for x, up, ahead in reversed(right)]
    shape.add("handlebar", tube(np.array([*left, (0.0, y, z), *right]), 0.012, 6))
    if rng.random() < 0.25:
        shape.add("handlebar", superellipsoid(0.08, 0.08, 0.06, detail=8, centre=(0, y - 0.08, z + 0.08)))


def _pedals(shape: Shape, rng: Random, crank: tuple[float, float], scale: float) -> None:
    angle, arm = rng.uniform(0, 2 * np.pi), 0.17 * max(scale, 0.5)
    ring = cylinder(rng.uniform(0.06, 0.1) * max(scale, 0.6), 0.008, segments=20).rotated_deg(z=90)
    shape.add("pedal", ring.moved(0.05, *crank))
    for side in (-1, 1):
        y, z = crank[0] + side * arm * np.sin(angle), crank[1] + side * arm * np.cos(angle)
        shape.add("pedal", rod((side * 0.06, *crank), (side * 0.08, y, z), 0.01, 6))
        shape.add("pedal", box(0.1, 0.02, 0.07, (side * 0.13, y, z)))


def _carriers(
    shape: Shape,
    rng: Random,
    style: str,
    hub_rear: tuple[float, float],
    hub_front: tuple[float, float],
    radii: tuple[float, float],
    high: tuple[float, float],
) -> None:
    """Add what hangs on a bicycle: racks, baskets, mudguards, a child's side wheels, a stand."""
    rear, front = radii
    if style in ("city", "folding", "cruiser") and rng.random() < 0.5:
        height = hub_rear[0] + rear + 0.05
        shape.add("carrier", box(0.13, 0.015, 0.34, (0, height, -0.1)))
        for side in (-0.06, 0.06):
            shape.add("carrier", rod((side, *hub_rear), (side, height, -0.15), 0.005, 5))
        shape.say("a flat rack over the rear wheel")
    if style in ("city", "child", "cruiser") and rng.random() < 0.4:
        tall = rng.uniform(0.16, 0.28)
        basket = lathe([(0.0, 0), (0.15, 0), (0.21, tall)], 4).rotated_deg(y=45)
        bottom = max(high[0] - tall, hub_front[0] + front + 0.03)
        shape.add("carrier", basket.moved(0, bottom, high[1] + 0.2))
        shape.say("a basket in front")
    if style != "road" and rng.random() < 0.4:
        for (height, forward), radius in ((hub_rear, rear), (hub_front, front)):
            arc = np.deg2rad(np.linspace(20, 175, 12))
            line = np.stack([(radius + 0.03) * np.sin(arc), -(radius + 0.03) * np.cos(arc)], axis=1)
            points = np.stack([[(x, height + y, forward + z) for y, z in line] for x in (-0.025, 0.025)])
            shape.add("frame", grid(points))
        shape.say("curved guards over the wheels")
    if style == "child" and rng.random() < 0.6:
        for side in (-1, 1):
            shape.add(
                "wheel", torus(0.06, 0.012, segments=16).rotated_deg(z=90).moved(side * 0.17, 0.075, -0.02)
            )
            shape.add("frame", rod((side * 0.05, *hub_rear), (side * 0.17, 0.075, -0.02), 0.008, 5))
        shape.say("two tiny side wheels")


def _penny_farthing(shape: Shape, rng: Random, front: float, rear: float, base: float) -> None:
    top = 2 * front + rng.uniform(0.04, 0.08)
    arc = np.deg2rad(np.linspace(100, 205, 10))
    reach = front + 0.05
    spine = np.stack([0 * arc, front + reach * np.sin(arc), base + reach * np.cos(arc)], axis=1)
    spine = np.concatenate([[[0.0, top, base + 0.02]], spine, [[0.0, rear, 0.0]]])
    shape.add("frame", tube(spine, 0.016, 7))
    for side in (-0.05, 0.05):
        shape.add("frame", rod((side, front, base), (side, top, base + 0.02), 0.011, 6))
        shape.add("frame", rod((side, rear, 0.0), (0, front * 0.75, base - reach * 0.97), 0.009, 5))
    half = rng.uniform(0.25, 0.36)
    bar = [
        (-half, top - 0.05, base - 0.1),
        (-0.5 * half, top, base),
        (0.5 * half, top, base),
        (half, top - 0.05, base - 0.1),
    ]
    shape.add("handlebar", tube(np.array(bar), 0.012, 6))
    shape.add(
        "saddle",
        superellipsoid(0.16, 0.06, 0.27, 0.8, detail=10).tapered(2, 1, 0.4).moved(0, top + 0.03, base - 0.24),
    )
    _pedals(shape, rng, (front, base), 0.8)
    shape.say(
        "a huge front wheel and a tiny rear wheel", "the seat high above the large wheel", "two round wheels"
    )
    stand(shape)
