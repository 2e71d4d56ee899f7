"""Make large open or staved vessels: barrels, buckets, baskets."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import set_down, turn
from pointclip2.worlds.shapes.makers.supports import chance, counted, pick
from pointclip2.worlds.shapes.makers.turned import (
    Profile,
    curve,
    fluted,
    hollow,
    radius_at,
    say_proportion,
    squared,
)
from pointclip2.worlds.shapes.mesh import Mesh, box, cylinder, grid, lathe, merge, rod, torus
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.pouring import bail


@shape_class(
    "barrel",
    parts=("body", "hoop", "head", "tap", "stand"),
    synonyms=("wooden barrel", "cask", "keg", "oil drum", "rain barrel", "wine barrel"),
    described=(
        "A barrel is a drum that bulges in the middle and is narrower at its two flat ends.",
        "Metal hoops clasp the barrel in pairs above and below its belly.",
        "Long boards stand side by side around the barrel and end in a rim that stands over the lid.",
        "A steel barrel has straight walls with two raised rings that divide it into thirds.",
        "Laid on a cradle, the barrel shows a round face with a tap near its lower edge.",
    ),
)
def barrel(shape: Shape, rng: Random) -> None:
    """Make a barrel: of staves, slim or fat, standing, lying or cut open, or a steel drum with ribs."""
    u = rng.uniform
    radius = u(0.15, 0.45)
    height = radius * u(1.9, 3.2)
    steel = chance(rng, 0.3)
    end = u(0.98, 1.0) if steel else u(0.7, 0.9)
    profile = curve([(end * radius, 0.0), (radius, height / 2), (end * radius, height)], 16)
    sink = height * u(0.01, 0.05)
    body = lathe(profile, 32)
    if not steel and chance(rng, 0.5):
        body = fluted(lathe(profile, 64), int(rng.integers(12, 21)), 0.012)
        shape.say("upright boards side by side")
    shape.add("body", body)
    is_open = chance(rng, 0.2)
    for y in (sink, height * 0.1 if is_open else height - sink):
        shape.add("head", lathe([(0.0, y), (radius_at(profile, y), y)], 28))
    shape.say("open at the top" if is_open else "closed with a flat lid")
    rings = [0.0, 0.33, 0.66, 1.0] if steel else [*(np.array([0.04, 0.18, 0.33]) + u(-0.02, 0.02))]
    rings = rings if steel else [share for y in rings for share in (y, 1 - y)][: int(rng.choice([4, 6]))]
    thick = radius * (u(0.02, 0.04) if steel else u(0.015, 0.035))
    for share in rings:
        y, wide = float(share) * height, height * u(0.02, 0.03)
        if steel:
            shape.add("hoop", torus(radius_at(profile, y), thick, (0, y, 0)))
        else:
            band = [(radius_at(profile, y + s * wide) + thick, y + s * wide) for s in (-1, 1)]
            shape.add(
                "hoop", lathe([(band[0][0] - thick, y - wide), *band, (band[1][0] - thick, y + wide)], 32)
            )
    shape.say("a steel drum with raised rings" if steel else counted(len(rings), "metal hoop"))
    if chance(rng, 0.3):
        turn(shape, x_deg=90)
        set_down(shape)
        if chance(rng, 0.6):
            for z in (-0.25, 0.25):
                for side in (-1, 1):
                    wedge = cylinder(radius * 0.28, height * 0.1, segments=3).rotated_deg(x=90, z=90)
                    shape.add("stand", wedge.moved(side * radius * 0.75, radius * 0.14, z * height))
            shape.add(
                "stand",
                *(
                    box(radius * 2, radius * 0.1, height * 0.1, (0, -0.04 * radius, z * height))
                    for z in (-0.25, 0.25)
                ),
            )
        if chance(rng, 0.5) and not steel:
            shape.add(
                "tap",
                rod(
                    (0, radius * 0.35, height / 2 - 0.05),
                    (0, radius * 0.35, height / 2 + 0.14),
                    radius * 0.05,
                ),
            )
            shape.add(
                "tap",
                rod(
                    (0, radius * 0.35, height / 2 + 0.09),
                    (0, radius * 0.55, height / 2 + 0.09),
                    radius * 0.04,
                ),
            )
            shape.say("a tap in front")
        turn(shape, y_deg=u(0, 360))
        shape.say("lying on its side")
    else:
        shape.say("standing upright")
    shape.say("slim" if height > 2.5 * radius else "fat")
    set_down(shape)


@shape_class(
    "bucket",
    parts=("body", "handle", "rim", "foot"),
    synonyms=("pail", "water bucket", "cleaning bucket", "sand pail"),
    described=(
        "A bucket is an open cone that is wider at its rim than at its flat floor.",
        "A thin wire bow arches from one side of the bucket to the other, upright or hanging down.",
        "Round the mouth of the bucket runs a rolled edge with an ear on either side.",
        "One looks straight into the bucket from above and sees a ring around a deep round floor.",
    ),
)
def bucket(shape: Shape, rng: Random) -> None:
    """Make a bucket: of metal or plastic, staved, oval or squarish, its bow up, tilted or down."""
    u = rng.uniform
    radius = u(0.08, 0.18)
    height = 2 * radius * u(0.75, 1.15)
    foot = radius * u(0.62, 0.88)
    form = pick(rng, ("round", "round", "round", "staves", "oval", "square"))
    profile: Profile = [(foot, 0.0), (foot + (radius - foot) * 0.5, height / 2), (radius, height)]
    body = hollow(profile, radius * u(0.02, 0.05), segments=40)
    rim = torus(radius, radius * u(0.02, 0.06), (0, height, 0), segments=40)
    bands = [torus(radius_at(profile, s * height), radius * 0.03, (0, s * height, 0)) for s in (0.25, 0.72)]
    pieces = [("body", body), ("rim", rim)]
    if form == "staves":
        pieces[0] = ("body", fluted(body, int(rng.integers(10, 18)), 0.015))
    if form == "staves" or chance(rng, 0.25):
        pieces += [("rim", band) for band in bands]
        shape.say("rings around its wall")
    if chance(rng, 0.25):
        pieces.append(
            ("foot", lathe([(foot * 0.9, -height * 0.05), (foot, -height * 0.05), (foot * 0.98, 0.01)], 32))
        )
    power, flat = u(3, 6), u(0.65, 0.85)
    for part, mesh in pieces:
        mesh = squared(mesh, power) if form == "square" else mesh
        shape.add(part, mesh.scaled(z=flat) if form == "oval" else mesh)
    lean = float(rng.choice([0.0, u(-60, 60), u(95, 115)]))
    rise = radius * u(0.8, 1.2)
    if chance(rng, 0.9):
        shape.add("handle", bail(radius * 1.04, height * 0.93, rise, radius * u(0.015, 0.04), lean))
        if chance(rng, 0.4) and lean < 90:
            grip = cylinder(radius * 0.07, radius * 0.6, segments=10).rotated_deg(z=90).moved(y=rise)
            shape.add("handle", grip.rotated_deg(x=lean).moved(y=height * 0.93))
            shape.say("a round grip on its bow")
        for side in (-1, 1):
            shape.add(
                "rim",
                box(radius * 0.06, height * 0.12, radius * 0.25, (side * radius * 1.0, height * 0.93, 0)),
            )
        shape.say(
            "the bow standing up"
            if abs(lean) < 30
            else "the bow hanging down"
            if lean > 90
            else "the bow tilted"
        )
    else:
        shape.say("no bow")
    words = {"round": "round", "staves": "made of upright boards", "oval": "oval", "square": "squarish"}
    shape.say(words[form], say_proportion(height, 2 * radius, "bucket"))
    set_down(shape)


def _woven(rng: Random, profile: Profile, power: float, flat: float, holes: bool) -> Mesh:
    """Return the wall of a basket: rods over and under, or strips with holes between."""
    low, high = profile[0][1], profile[-1][1]
    rows, ribs = int(rng.integers(6, 12)), int(rng.integers(10, 16))
    if holes:
        bars = [
            torus(radius_at(profile, y), profile[-1][0] * 0.025, (0, y, 0), 24)
            for y in np.linspace(low, high, rows)
        ]
        thin, posts = profile[-1][0] * 0.02, []
        for k in range(ribs * 2):
            cos, sin = np.cos(np.pi * k / ribs), np.sin(np.pi * k / ribs)
            post = np.array([(r * cos, h, r * sin) for r, h in profile[::2]])
            across = thin * np.array([-sin, 0.0, cos])
            posts.append(grid(np.stack([post - across, post + across])))
        mesh = merge([*bars, *posts])
    else:
        y = np.linspace(low, high, 2 * rows + 1)
        angle = np.linspace(0, 2 * np.pi, 4 * ribs, endpoint=False)
        radius = np.array([radius_at(profile, float(at)) for at in y])[:, None]
        wave = np.cos(ribs * angle)[None] * np.where(np.arange(len(y)) % 2, 1, -1)[:, None]
        radius = radius * (1 + 0.025 * wave)
        points = np.stack(
            [radius * np.cos(angle), np.broadcast_to(y[:, None], radius.shape), radius * np.sin(angle)],
            axis=-1,
        )
        mesh = grid(points, wrap_columns=True)
    return (squared(mesh, power) if power > 2 else mesh).scaled(z=flat)


@shape_class(
    "basket",
    parts=("wall", "bottom", "rim", "handle", "lid"),
    synonyms=(
        "wicker basket",
        "shopping basket",
        "picnic basket",
        "laundry basket",
        "hamper",
        "woven basket",
    ),
    described=(
        "A basket is an open vessel whose wall is woven from rods that pass over and under each other.",
        "A high arched handle spans the basket from side to side.",
        "Light shows through the wall of a laundry basket, which is all slots and holes.",
        "The rim of the basket is a thick braid, and its floor is flat.",
        "Picnic baskets are oblong and have two flaps as lids; a shopping basket is a box of wires.",
    ),
)
def basket(shape: Shape, rng: Random) -> None:
    """Make a basket: woven or of wire, round, oval or oblong, with an arched handle, two grips or none, and lids."""
    u = rng.uniform
    kind = pick(rng, ("handled", "handled", "shopping", "laundry", "tray", "picnic"))
    radius = u(0.12, 0.3)
    height = radius * {"laundry": u(1.4, 3.0), "tray": u(0.35, 0.6)}.get(kind, u(0.7, 1.2))
    power = u(4, 9) if kind in ("shopping", "picnic") or chance(rng, 0.25) else 2.0
    flat = u(0.55, 0.75) if kind in ("shopping", "picnic") else u(0.6, 1.0)
    foot = radius * u(0.7, 0.95)
    bulge = u(1.0, 1.15) if power == 2.0 else 1.0
    profile = curve([(foot, 0.0), ((foot + radius) / 2 * bulge, height / 2), (radius, height)], 9)
    holes = kind == "shopping" or chance(rng, 0.3)
    shape.add("wall", _woven(rng, profile, power, flat, holes))
    shape.say("a wall full of holes" if holes else "woven walls")
    floor = lathe([(0.0, 0.01 * height), (foot, 0.01 * height)], 32)
    rim = torus(radius, radius * u(0.03, 0.07), (0, height, 0), 32)
    shape.add("bottom", (squared(floor, power) if power > 2 else floor).scaled(z=flat))
    shape.add("rim", (squared(rim, power) if power > 2 else rim).scaled(z=flat))
    thin = radius * u(0.03, 0.07)
    if kind in ("handled", "picnic"):
        shape.add("handle", bail(radius * 0.98, height * 0.95, radius * u(0.7, 1.3), thin))
        shape.say("one high arched handle")
    elif kind == "shopping":
        for side in (-1, 1):
            bow = bail(radius * 0.45, height, radius * u(0.35, 0.6), thin * 0.8, side * u(5, 80))
            shape.add("handle", bow.moved(z=side * radius * flat * 0.95))
        shape.say("two folding handles")
    elif chance(rng, 0.6):
        ear = bail(radius * 0.25, 0.0, radius * 0.22, thin).rotated_deg(y=90).rotated_deg(z=-40)
        shape.add("handle", ear.moved(radius, height), ear.scaled(x=-1).moved(-radius, height))
        shape.say("two small grips")
    else:
        shape.say("no handle")
    if kind == "picnic" or (kind == "laundry" and chance(rng, 0.4)):
        top = lathe([(radius * 1.02, height), (radius * 0.95, height * 1.08), (0.0, height * 1.1)], 32)
        shape.add("lid", (squared(top, power) if power > 2 else top).scaled(z=flat))
        shape.say("closed with a lid")
    shape.say("oblong" if power > 2 else "round" if flat > 0.85 else "oval")
    shape.say(say_proportion(height, 2 * radius, "basket"))
