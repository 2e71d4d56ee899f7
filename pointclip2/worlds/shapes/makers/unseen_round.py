"""Make snowmen, mushrooms and hourglasses, classes that training never sees."""

import numpy as np

from pointclip2.worlds.shapes.makers.unseen import counted, shorten, stand, turn
from pointclip2.worlds.shapes.mesh import (
    Mesh,
    box,
    cylinder,
    grid,
    lathe,
    merge,
    rod,
    sphere,
    superellipsoid,
    torus,
    tube,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


@shape_class(
    "snowman",
    parts=("body", "head", "nose", "arm", "hat", "scarf", "button"),
    synonyms=("snow figure", "figure of snowballs"),
)
def snowman(shape: Shape, rng: Random) -> None:
    balls = int(rng.choice([2, 3, 3, 3]))
    radius = rng.uniform(0.25, 0.5)
    squash = rng.uniform(0.8, 1.0)
    sunk = rng.uniform(0.72, 0.92)
    height = radius * squash * rng.uniform(0.8, 1.0)
    shoulder, shoulder_radius, lean = height, radius, 0.0
    for number in range(balls):
        x, y, z = 2 * radius * rng.uniform(0.93, 1.07, size=3) * np.array([1.0, squash, 1.0])
        ball = superellipsoid(x, y, z, rng.uniform(0.85, 1.05), (lean, height, 0.0), detail=16)
        shape.add("head" if number == balls - 1 else "body", ball)
        if number < balls - 1:
            shoulder, shoulder_radius = height, radius
            smaller = radius * rng.uniform(0.62, 0.85)
            height += sunk * squash * (radius + smaller)
            lean += rng.uniform(-0.06, 0.06) * radius
            radius = smaller
    shape.say(f"{counted(balls)} balls stacked", "each ball smaller than the one below")
    face = radius * 0.95
    if rng.random() < 0.9:
        long = radius * rng.uniform(0.4, 1.2)
        carrot = cylinder(radius * rng.uniform(0.1, 0.2), long, 0.01 * radius, segments=10)
        droop = rng.uniform(80, 105)
        shape.add("nose", carrot.moved(y=long / 2).rotated_deg(x=droop).moved(lean, height, face * 0.97))
        shape.say("a long pointed nose" if long > 0.75 * radius else "a short cone for a nose")
    for side in (-0.35, 0.35):
        eye = (lean + side * radius, height + 0.3 * radius, face * 0.88)
        shape.add("button", sphere(radius * rng.uniform(0.07, 0.13), eye, 6))
    buttons = int(rng.integers(0, 5))
    for number in range(buttons):
        up = np.deg2rad(-15 + 70 * (number + 0.5) / buttons)
        front = (0.0, shoulder + shoulder_radius * squash * np.sin(up), shoulder_radius * np.cos(up))
        shape.add("button", sphere(shoulder_radius * 0.08, front, 6))

    arms = rng.choice(["sticks", "sticks", "none", "snow"])
    for side in (-1, 1) if arms != "none" else ():
        lift = np.deg2rad(rng.uniform(-25, 55))
        reach = shoulder_radius * rng.uniform(0.9, 1.7)
        way = np.array([side * np.cos(lift), np.sin(lift), rng.uniform(-0.2, 0.5)])
        start = np.array([side * 0.85 * shoulder_radius, shoulder + 0.35 * shoulder_radius, 0.0])
        if arms == "snow":
            limb = superellipsoid(1.2 * reach, 0.5 * reach, 0.5 * reach, detail=10)
            shape.add("arm", limb.rotated_deg(z=side * np.rad2deg(lift)).moved(*(start + 0.3 * reach * way)))
            continue
        end = start + reach * way
        shape.add(
            "arm",
            tube(np.stack([start, (start + end) / 2 + [0, 0.08 * reach, 0], end]), [0.022, 0.018, 0.012], 5),
        )
        for _ in range(int(rng.integers(1, 4))):
            twig = end + 0.3 * reach * (way + rng.normal(0, 0.5, 3))
            shape.add("arm", rod(start + rng.uniform(0.6, 0.98) * (end - start), twig, 0.01, 4))
    shape.say(
        {"sticks": "two thin stick arms", "none": "without arms", "snow": "two stubby round arms"}[str(arms)]
    )

    top = height + radius * squash * 0.8
    hat = rng.choice(["top", "bucket", "bobble", "none", "brim"])
    if hat == "top":
        brim, tall = radius * rng.uniform(0.85, 1.15), radius * rng.uniform(0.6, 1.4)
        crown = brim * rng.uniform(0.55, 0.7)
        profile = [
            (0, 0),
            (brim, 0),
            (brim, 0.03),
            (crown, 0.03),
            (crown * rng.uniform(0.9, 1.15), tall),
            (0, tall),
        ]
        cover = [lathe(profile)]
        shape.say("a tall cylinder hat with a brim")
    elif hat == "bucket":
        tall = radius * rng.uniform(0.8, 1.1)
        cover = [cylinder(radius * 0.8, tall, radius * 0.55, (0, tall / 2 - 0.1 * radius, 0))]
        shape.say("a bucket turned over as a hat")
    elif hat == "bobble":
        tall = radius * rng.uniform(0.5, 1.0)
        cover = [
            lathe(
                [
                    (radius * 0.8, -0.15 * radius),
                    (radius * 0.8, 0.1 * radius),
                    (0.5 * radius, 0.7 * tall),
                    (0, tall),
                ]
            ),
            sphere(radius * rng.uniform(0.15, 0.28), (0, tall, 0), 8),
        ]
        shape.say("a soft hat with a small ball on top")
    elif hat == "brim":
        cover = [
            lathe(
                [
                    (1.2 * radius, -0.02),
                    (0.7 * radius, 0.02),
                    (0.6 * radius, 0.45 * radius),
                    (0, 0.55 * radius),
                ]
            )
        ]
        shape.say("a low wide hat")
    else:
        cover = []
        shape.say("a bare round head")
    tip = rng.uniform(-12, 12)
    shape.add("hat", *(mesh.rotated_deg(z=tip).moved(lean, top, 0) for mesh in cover))
    if rng.random() < 0.6:
        neck = height - radius * squash * 0.85
        wound = torus(radius * 0.72, radius * rng.uniform(0.12, 0.2), segments=20).scaled(
            y=rng.uniform(0.7, 1.4)
        )
        shape.add("scarf", wound.moved(lean, neck, 0))
        tail = shoulder_radius * rng.uniform(0.5, 1.0)
        side = rng.uniform(-0.5, 0.5) * radius
        strip = (
            box(0.25 * radius, tail, 0.04)
            .rotated_deg(x=-12)
            .moved(side, neck - 0.45 * tail, 0.95 * shoulder_radius)
        )
        shape.add("scarf", strip)
        shape.say("a scarf around the neck")
    if rng.random() < 0.2 and arms == "sticks":
        out = 1.5 * shoulder_radius
        tall = shoulder * rng.uniform(1.3, 1.9)
        shape.add("arm", rod((out, 0, 0.1), (out, tall, 0.1), 0.014, 6))
        shape.add("arm", cylinder(0.02, 0.25, 0.12, (out, tall + 0.1, 0.1), 10))
        shape.say("holds a broom")
    shorten(shape, rng)
    stand(shape)


@shape_class(
    "mushroom",
    parts=("cap", "stem", "gill", "spot", "ground"),
    synonyms=("toadstool", "fungus", "champignon"),
)
def mushroom(shape: Shape, rng: Random) -> None:
    style = str(rng.choice(["button", "toadstool", "bell", "funnel", "thick", "flat"]))
    many = int(rng.choice([1, 1, 1, 1, 2, 3, 5]))
    size = rng.uniform(0.04, 0.14)
    for number in range(many):
        scale = size if number == 0 else size * rng.uniform(0.35, 0.9)
        angle, away = rng.uniform(0, 2 * np.pi), 0.0 if number == 0 else size * rng.uniform(0.35, 0.7)
        lean = rng.uniform(0, 10) + (18 * away / size)
        grown = Shape(shape.part_names)
        _one_mushroom(grown, rng, style)
        # Those in a clump lean outwards, away from the middle one.
        for mesh, part in zip(grown.meshes, grown.mesh_parts, strict=True):
            placed = mesh.scaled(scale, scale, scale).rotated_deg(z=-lean).rotated_deg(y=-np.rad2deg(angle))
            shape.add(shape.part_names[part], placed.moved(away * np.cos(angle), 0, away * np.sin(angle)))
        if number == 0:
            shape.say(*grown.attributes)
    if many > 1:
        shape.say(f"a clump of {counted(many)}")
    if rng.random() < 0.25:
        wide = size * rng.uniform(0.6, 1.2)
        mound = superellipsoid(2 * wide, wide * rng.uniform(0.2, 0.5), 1.8 * wide, detail=10)
        shape.add("ground", Mesh(np.maximum(mound.vertices, [-9, 0, -9]), mound.faces))
        shape.say("grows from a low mound")
    stand(shape)


def _one_mushroom(shape: Shape, rng: Random, style: str) -> None:
    """Add a mushroom about 1 high, at the origin."""
    wide, dome, tall, thick = {
        "button": (
            rng.uniform(0.4, 0.55),
            rng.uniform(0.4, 0.55),
            rng.uniform(0.35, 0.6),
            rng.uniform(0.13, 0.22),
        ),
        "toadstool": (
            rng.uniform(0.4, 0.6),
            rng.uniform(0.25, 0.5),
            rng.uniform(0.6, 0.9),
            rng.uniform(0.07, 0.13),
        ),
        "bell": (
            rng.uniform(0.2, 0.35),
            rng.uniform(0.4, 0.6),
            rng.uniform(0.6, 1.0),
            rng.uniform(0.03, 0.07),
        ),
        "funnel": (
            rng.uniform(0.4, 0.6),
            rng.uniform(0.2, 0.5),
            rng.uniform(0.4, 0.7),
            rng.uniform(0.07, 0.15),
        ),
        "thick": (
            rng.uniform(0.35, 0.5),
            rng.uniform(0.25, 0.4),
            rng.uniform(0.5, 0.7),
            rng.uniform(0.15, 0.25),
        ),
        "flat": (
            rng.uniform(0.5, 0.75),
            rng.uniform(0.08, 0.2),
            rng.uniform(0.7, 1.0),
            rng.uniform(0.04, 0.08),
        ),
    }[style]
    bulb = rng.uniform(1.2, 1.7) if style in ("thick", "toadstool") else rng.uniform(0.9, 1.3)
    heights = np.linspace(0, 1, 8)
    stem = lathe(
        [(0, 0), *((thick * (bulb + (1 - bulb) * min(1, 1.6 * h)), tall * h) for h in heights), (0, tall)], 16
    )
    curve = rng.uniform(-0.08, 0.08)
    # Bent as a parabola whose top stays under the middle of the cap.
    stem.vertices[:, 0] += 4 * curve * (stem.vertices[:, 1] / tall) * (1 - stem.vertices[:, 1] / tall)
    shape.add("stem", stem)
    across = np.linspace(0, 1, 9)
    if style == "funnel":
        outer = [(thick * 0.9 + (wide - thick) * s, tall * 0.75 + dome * s**0.7) for s in across]
        inner = [((wide - 0.01) * s, tall * 0.75 + dome * (0.25 + 0.75 * s**1.5)) for s in across[::-1]]
        cap = lathe([*outer, *inner], 24)
        shape.say("cap curved up like a funnel", "open hollow top")
    else:
        power = 1.3 if style == "bell" else rng.uniform(1.9, 2.8)
        curl = rng.uniform(0.0, 0.12)
        edge = [(wide * s, tall + dome * (1 - s**power) - 0.05) for s in across]
        under = [(wide * 0.93, tall - 0.05 - curl), (wide * 0.6, tall - 0.02), (thick, tall), (0, tall)]
        cap = lathe([*edge, *under], 28)
        shape.say(
            {"bell": "a tall pointed cap like a bell", "flat": "a wide thin flat cap"}.get(
                style, "a round dome cap"
            )
        )
        if rng.random() < 0.5:
            blades = int(rng.integers(16, 30))
            turns = np.linspace(0, 360, blades, endpoint=False)
            blade = np.array([[[thick, tall - 0.1, 0], [wide * 0.88, tall - 0.1 - curl, 0]]])
            strip = grid(np.concatenate([blade, blade + np.array([0.0, 0.09, 0.0])]))
            shape.add("gill", merge([strip.rotated_deg(y=turn_deg) for turn_deg in turns]))
            shape.say("thin blades under the cap")
        if style == "toadstool" and rng.random() < 0.75:
            for _ in range(int(rng.integers(5, 14))):
                s, angle = rng.uniform(0.1, 0.9), rng.uniform(0, 2 * np.pi)
                place = (
                    wide * s * np.cos(angle),
                    tall + dome * (1 - s**power) - 0.045,
                    wide * s * np.sin(angle),
                )
                flat = superellipsoid(0.12, 0.05, 0.12, detail=5)
                shape.add("spot", flat.moved(*place))
            shape.say("bumps on the cap")
    ripple = rng.uniform(0.0, 0.05) * (3 if style == "funnel" else 1)
    direction = np.arctan2(cap.vertices[:, 2], cap.vertices[:, 0])
    reach = np.hypot(cap.vertices[:, 0], cap.vertices[:, 2]) / wide
    cap.vertices[:, 1] += ripple * np.sin(rng.integers(2, 6) * direction + rng.uniform(0, 6)) * reach**2
    shape.add("cap", cap)
    if style in ("toadstool", "flat") and rng.random() < 0.6:
        at = tall * rng.uniform(0.55, 0.8)
        skirt = lathe([(thick, at), (thick * rng.uniform(1.4, 2.2), at - 0.07)], 16)
        shape.add("stem", skirt.moved(x=4 * curve * (at / tall) * (1 - at / tall)))
        shape.say("a ring around the stem")
    shape.say(
        "a thick short stem"
        if thick > 0.3 * tall
        else "a long thin stem"
        if thick < 0.1 * tall
        else "a round stem"
    )


@shape_class(
    "hourglass", parts=("glass", "frame", "post", "sand"), synonyms=("sand clock", "sand timer", "egg timer")
)
def hourglass(shape: Shape, rng: Random) -> None:
    tall = rng.uniform(0.09, 0.4)
    bulb = tall * rng.uniform(0.18, 0.34)
    neck = tall * rng.uniform(0.015, 0.04)
    framed = rng.random() < 0.85
    plate = tall * rng.uniform(0.03, 0.09) if framed else 0.0
    inner = tall - 2 * plate
    # From a round bulb (low exponents) to a straight cone.
    belly, shoulder = rng.uniform(0.5, 1.3), rng.uniform(0.02, 0.3)
    share = np.linspace(-1, 1, 25)
    wall = neck + (bulb - neck) * np.sin(np.minimum(np.abs(share) / (1 - shoulder), 1) * np.pi / 2) ** (
        2 * belly
    )
    close = np.clip((1 - np.abs(share)) / max(shoulder, 1e-3), 0, 1)
    wall = wall * np.where(share == 0, 1, np.sqrt(1 - 0.6 * (1 - close) ** 2))
    height = plate + inner * (0.5 + 0.5 * share)
    ends = ((0.0, height[0]), (0.0, height[-1]))
    shape.add("glass", lathe([ends[0], *zip(wall, height, strict=True), ends[1]], 28))
    shape.say("two bulbs joined by a narrow neck", "narrow in the middle and wide at both ends")

    level = rng.uniform(0.1, 0.8)
    if rng.random() < 0.8:
        filled = int(np.clip(round(12 * (1 - level) * 0.8), 2, 10))
        heap = list(zip(0.94 * wall[:filled], height[:filled] + 0.01 * inner, strict=True))
        shape.add("sand", lathe([*heap, (0.0, height[filled - 1] + rng.uniform(0.02, 0.1) * inner)], 20))
        upper = slice(13, 13 + int(np.clip(round(10 * level), 2, 9)))
        rest = list(zip(0.94 * wall[upper], height[upper], strict=True))
        shape.add("sand", lathe([*rest, (0.0, rest[-1][1] - rng.uniform(0, 0.04) * inner)], 20))

    if not framed:
        turn(shape, z=90 if rng.random() < 0.1 else 0)
        shape.say("bare glass without a frame")
        return
    sides = int(rng.choice([4, 6, 8, 28, 28, 28]))
    reach = bulb * rng.uniform(1.15, 1.5) * (1.25 if sides == 4 else 1.0)
    rim = reach * rng.uniform(0.85, 1.0)
    profile = [(0, 0), (reach, 0), (reach, plate * 0.5), (rim, plate * 0.75), (rim, plate), (0, plate)]
    lower = lathe(profile, sides).rotated_deg(y=45 if sides == 4 else 0)
    shape.add("frame", lower, lower.scaled(y=-1).moved(y=tall))
    named = {4: "square", 6: "six-sided", 8: "eight-sided"}.get(sides, "round")
    shape.say(f"{named} plates at both ends")
    posts = int(rng.choice([0, 2, 3, 3, 4, 4, 6])) if sides != 4 else 4
    thick = tall * rng.uniform(0.012, 0.03)
    for number in range(posts):
        angle = 2 * np.pi * (number + 0.5) / posts if sides == 4 else 2 * np.pi * number / posts
        at = 0.86 * rim
        if number == 0:
            waves, depth = int(rng.integers(1, 6)), rng.uniform(0, 0.5)
        along = np.linspace(0, 1, 13)
        swell = thick * (1 + depth * np.cos(2 * np.pi * waves * along))
        post = lathe(list(zip(swell, plate + inner * along, strict=True)), 8)
        shape.add("post", post.moved(at * np.cos(angle), 0, at * np.sin(angle)))
    shape.say(f"{counted(posts)} thin posts around it" if posts else "no posts")
    shape.say("tall and slender" if bulb < 0.24 * tall else "short and stout")
    if rng.random() < 0.1:
        turn(shape, z=90)
        shape.say("lying on its side")
