"""Make a dinosaur: it looks to +z."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, pair, set_down, step
from pointclip2.worlds.shapes.mesh import extrude, superellipsoid, tube
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.forms import skin
from pointclip2.worlds.shapes.wider.four_legs import Build, face, four_legged, limb, walk


@shape_class(
    "dinosaur",
    parts=("body", "leg", "head", "tail", "arm", "plate", "horn"),
    synonyms=("tyrannosaurus", "sauropod", "stegosaurus", "triceratops", "t-rex"),
    described=(
        "A dinosaur has a heavy body that runs out into a long thick tail, tapering to a point.",
        "The hunting kind of dinosaur stands on two strong legs with tiny arms and a huge head.",
        "Another dinosaur walks on four columns and has a neck as long as its tail.",
        "Some carry a row of upright plates along the back, or horns and a wide collar: an armoured dinosaur.",
    ),
)
def dinosaur(shape: Shape, rng: Random) -> None:
    """Make a dinosaur: a hunter on two legs, a long-necked giant, one with plates, one with horns and a collar."""
    d = Dice(rng)
    b = d.between
    kind = d.pick("hunter", "hunter", "giant", "plates", "horns")
    if kind == "hunter":
        tall = b(0.6, 4.0)
        lean, long = b(5, 40), tall * b(0.55, 0.75)
        s = np.array([-2.6, -2.0, -1.3, -0.7, -0.35, 0.1, 0.6, 1.0])
        w = np.array([0.02, 0.12, 0.26, 0.5, 0.72, 0.8, 0.62, 0.34])
        droop = b(-0.25, 0.5) * np.clip(-s - 0.5, 0, None) ** 1.3 * 0.3
        fat = tall * b(0.34, 0.5)
        body = skin(
            [
                (z * long, fat * g * 0.85, fat * g, -long * y)
                for z, g, y in zip(s[4:], w[4:], droop[4:], strict=True)
            ]
        )
        tail = skin(
            [
                (z * long, fat * g * 0.85, fat * g, -long * y)
                for z, g, y in zip(s[:5], w[:5], droop[:5], strict=True)
            ]
        )
        hip = step(0, tall * 0.55, 0)
        shape.add("body", body.rotated_deg(x=-lean).moved(*hip))
        shape.add("tail", tail.rotated_deg(x=-lean * 0.4).moved(*hip))
        a = np.deg2rad(lean)
        neck = hip + long * step(0, np.sin(a), np.cos(a))
        size = tall * b(0.3, 0.42)
        at = neck + size * step(0, 0.45, 0.2)
        shape.add(
            "body",
            limb(
                [neck - size * step(0, 0.1, 0.2), neck + size * step(0, 0.2, 0.15), at],
                [fat * 0.26, fat * 0.2, size * 0.24],
            ),
        )
        gape = b(0, 30)
        shape.add("head", face(at, (size * 0.5, size * 0.42, size * 1.05), b(-5, 12), 0.6, d))
        shape.add(
            "head",
            skin(
                [
                    (z * size, size * 0.4 * g, size * 0.16, 0.0)
                    for z, g in ((-0.1, 0.8), (0.4, 0.9), (0.9, 0.5))
                ]
            )
            .rotated_deg(x=gape)
            .moved(*(at - size * step(0, 0.22, 0))),
        )
        far = b(-0.3, 0.3)
        for side in (-1, 1):
            x, z = side * fat * 0.32, side * far * tall * 0.4
            root = hip + step(x, fat * 0.1, 0)
            knee = step(x, tall * 0.34, tall * 0.12 + z * 0.5)
            heel = step(x, tall * 0.15, -tall * 0.07 + z)
            shape.add(
                "leg",
                limb(
                    [root, knee, heel, step(x, tall * 0.03, z + tall * 0.02)],
                    [fat * 0.26, fat * 0.17, fat * 0.09, fat * 0.09],
                ),
            )
            shape.add(
                "leg",
                *(
                    limb(
                        [step(x, tall * 0.03, z), step(x + k * tall * 0.04, tall * 0.02, z + tall * 0.14)],
                        [fat * 0.07, fat * 0.03],
                        6,
                    )
                    for k in (-1, 0, 1)
                ),
            )
            elbow = neck + step(side * fat * 0.28, -fat * 0.38, -fat * 0.02)
            shape.add(
                "arm",
                limb(
                    [
                        neck + step(side * fat * 0.2, -fat * 0.12, -fat * 0.2),
                        elbow,
                        elbow + step(0, -fat * 0.06, fat * 0.28),
                    ],
                    [fat * 0.08, fat * 0.05, fat * 0.03],
                    6,
                ),
            )
        shape.say(
            "standing on two strong legs",
            "tiny arms",
            "a huge head" if size > 0.36 * tall else "a long stiff tail",
        )
        if gape > 15:
            shape.say("an open mouth")
    else:
        tall = b(0.5, 3.5)
        high = tall * (b(0.55, 0.7) if kind != "giant" else b(0.5, 0.62))
        long = tall * (b(1.0, 1.3) if kind != "horns" else b(1.1, 1.4))
        reach_up = {"giant": tall * b(1.0, 1.7), "plates": tall * 0.3, "horns": tall * 0.12}[kind]
        rise = {"giant": b(20, 70), "plates": b(-25, 0), "horns": b(-5, 15)}[kind]
        size = tall * {"giant": b(0.2, 0.28), "plates": b(0.22, 0.3), "horns": b(0.42, 0.55)}[kind]
        stout = (0.5, 0.8, 0.95, 1.0, 0.92, 0.75, 0.45)
        at = four_legged(
            shape,
            d,
            Build(
                long,
                tall,
                (high * b(0.75, 0.95), high),
                tall * b(0.07, 0.1),
                reach_up,
                rise,
                size * 1.2,
                stout,
            ),
            walk(d),
            b(1.0, 1.25),
        )
        shape.add(
            "head", face(at, (size * 0.5, size * 0.5, size), b(0, 30), 0.55 if kind != "horns" else 0.35, d)
        )
        t = np.linspace(0, 1, 9)
        reach, bend = long * (b(1.2, 1.8) if kind == "giant" else b(0.7, 1.1)), b(-0.25, 0.25)
        y = (tall - high * 0.4) * (1 - t) ** 0.9 + tall * 0.08 + tall * b(-0.05, 0.35) * t**2
        path = np.column_stack([bend * reach * t**2, y, -long * 0.36 - reach * t])
        shape.add("tail", tube(path, high * 0.3 * (1 - t) ** 0.9 + 0.012 * tall, 9))
        if kind == "plates":
            count = d.whole(7, 11)
            for k in range(count):
                share = k / (count - 1)
                at_z = long * 0.45 - share * long * 1.3
                peak = tall * b(0.24, 0.34) * float(np.sin(np.pi * (0.12 + 0.76 * share)))
                plate = extrude(
                    [
                        (-0.5 * peak, 0),
                        (0.45 * peak, 0),
                        (0.6 * peak, 0.45 * peak),
                        (0, 1.1 * peak),
                        (-0.6 * peak, 0.45 * peak),
                    ],
                    tall * 0.03,
                )
                base = float(
                    np.interp(
                        -at_z,
                        [-0.5 * long, 0.0, 0.4 * long, 0.9 * long],
                        [tall * 0.85, tall, tall * 0.85, tall * 0.45],
                    )
                )
                shape.add(
                    "plate", plate.rotated_deg(y=90).moved((-1) ** k * high * 0.07, base - peak * 0.2, at_z)
                )
            shape.add(
                "horn",
                *pair(
                    *(
                        limb(
                            [path[-k], path[-k] + tall * step(0.12, 0.16, -0.06)],
                            [tall * 0.02, tall * 0.004],
                            6,
                        )
                        for k in (1, 2)
                    )
                ),
            )
            shape.say(
                "a row of upright plates on its back", "spikes at the end of its tail", "a small low head"
            )
        elif kind == "horns":
            collar = superellipsoid(
                size * b(1.3, 1.7), size * b(1.0, 1.3), size * 0.1, centre=(0, size * 0.4, 0), detail=10
            )
            shape.add("plate", collar.rotated_deg(x=-b(15, 40)).moved(*at))
            horn = limb(
                [
                    at + size * step(0.2, 0.2, 0.2),
                    at + size * step(0.26, 0.5, 0.6),
                    at + size * step(0.26, 0.62, 1.05),
                ],
                [size * 0.09, size * 0.06, size * 0.01],
                7,
            )
            shape.add(
                "horn",
                *pair(horn),
                limb(
                    [at + size * step(0, 0.0, 0.8), at + size * step(0, 0.3, 1.0)],
                    [size * 0.08, size * 0.01],
                    7,
                ),
            )
            shape.say("three horns on its head", "a wide collar behind the head", "a short heavy body")
        else:
            shape.say(
                "a neck as long as its body", "a tail that tapers like a whip", "four legs like columns"
            )
    set_down(shape)
