"""Make small animals: a rabbit, a snake, a spider. They look to +z."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, pair, set_down, step
from pointclip2.worlds.shapes.makers.supports import counted
from pointclip2.worlds.shapes.mesh import loft, sphere, superellipsoid, tube
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.forms import skin
from pointclip2.worlds.shapes.wider.four_legs import ear, limb


@shape_class(
    "rabbit",
    parts=("body", "leg", "head", "ear", "tail"),
    synonyms=("bunny", "hare", "cottontail"),
    described=(
        "A rabbit is a rounded crouching body with two very long ears above a small head.",
        "The back of the rabbit is arched, its rump higher and fatter than its chest.",
        "Long flat hind feet lie on the ground beside the body, and the rabbit ends in a ball of a tail.",
        "A toy rabbit sits upright like an egg with two tall lobes on its head.",
    ),
)
def rabbit(shape: Shape, rng: Random) -> None:
    """Make a rabbit: crouching, sitting upright, or leaping; ears up, laid back or hanging."""
    d = Dice(rng)
    b = d.between
    long = b(0.15, 0.45)
    pose = d.pick("crouch", "crouch", "upright", "leap")
    wide, high = long * b(0.5, 0.7), long * b(0.55, 0.8)
    head = long * b(0.36, 0.5)
    if pose == "upright":
        body = superellipsoid(wide, long, wide * 0.95, centre=(0, long * 0.5, 0), detail=12).tapered(
            1, 1.15, 0.75
        )
        shape.add("body", body)
        at = np.array([0, long * 1.0, wide * 0.08])
        shape.add(
            "leg",
            *pair(
                limb(
                    [
                        (wide * 0.3, long * 0.7, wide * 0.25),
                        (wide * 0.28, long * 0.5, wide * 0.5),
                        (wide * 0.2, long * 0.42, wide * 0.5),
                    ],
                    [wide * 0.13, wide * 0.1, wide * 0.1],
                )
            ),
        )
        shape.add(
            "leg",
            *pair(
                superellipsoid(
                    wide * 0.25, wide * 0.2, wide * 0.75, 0.8, (wide * 0.3, wide * 0.1, wide * 0.35), 8
                )
            ),
        )
        tail = np.array([0, long * 0.15, -wide * 0.5])
    else:
        lift = long * (0.3 if pose == "leap" else 0.0)
        rows = [
            (-0.5, 0.35, 0.4),
            (-0.4, 0.8, 0.46),
            (-0.2, 1.0, 0.5),
            (0.05, 0.92, 0.48),
            (0.3, 0.7, 0.42),
            (0.48, 0.45, 0.42),
            (0.55, 0.25, 0.45),
        ]
        shape.add("body", skin([(z * long, wide * s, high * s, high * y + lift) for z, s, y in rows]))
        at = np.array([0, high * 0.72 + lift, long * 0.55])
        shape.add(
            "leg",
            *pair(
                superellipsoid(
                    wide * 0.4,
                    high * 0.6,
                    long * 0.4,
                    1.0,
                    (wide * 0.35, high * 0.32 + lift, -long * 0.22),
                    9,
                )
            ),
        )
        back = long * (-0.55 if pose == "leap" else -0.05)
        shape.add(
            "leg",
            *pair(
                superellipsoid(
                    wide * 0.2,
                    wide * 0.15,
                    long * 0.42,
                    0.8,
                    (wide * 0.38, wide * 0.08 + lift * 0.6, back),
                    7,
                )
            ),
        )
        front = long * (0.65 if pose == "leap" else 0.4)
        shape.add(
            "leg",
            *pair(
                limb(
                    [
                        (wide * 0.2, high * 0.35 + lift, long * 0.35),
                        (wide * 0.2, wide * 0.07 + lift * 0.8, front),
                        (wide * 0.2, wide * 0.06 + lift * 0.8, front + long * 0.1),
                    ],
                    [wide * 0.14, wide * 0.09, wide * 0.08],
                )
            ),
        )
        tail = np.array([0, high * 0.5 + lift, -long * 0.52])
    shape.add(
        "head",
        superellipsoid(
            head * b(0.75, 0.95), head * 0.85, head, 1.0, at + step(0, head * 0.1, head * 0.15), 11
        ),
    )
    shape.add(
        "head",
        superellipsoid(head * 0.45, head * 0.4, head * 0.4, 1.0, at + step(0, -head * 0.03, head * 0.58), 7),
    )
    kind = d.pick("up", "up", "up", "back", "hang")
    far = head * b(0.8, 1.7)
    for s in (-1, 1):
        root = at + np.array([s * head * 0.2, head * 0.45, 0.0])
        tip = {
            "up": [s * b(0.05, 0.35), 0.95, b(-0.2, 0.05)],
            "back": [s * 0.12, 0.35, -0.9],
            "hang": [s * 0.5, -0.75, 0.0],
        }[kind]
        shape.add("ear", ear(root, root + np.array(tip) * far, far * b(0.22, 0.32), 0.4))
    shape.add("tail", sphere(wide * b(0.14, 0.22), tail, 8))
    shape.say(
        {"up": "long ears that stand up", "back": "long ears laid back", "hang": "long ears that hang down"}[
            kind
        ]
    )
    shape.say(
        {
            "crouch": "crouching with an arched back",
            "upright": "sitting upright like an egg",
            "leap": "stretched in a leap",
        }[pose]
    )
    shape.say("a ball of a tail", "very long ears" if far > 1.3 * head else "a plump body")
    set_down(shape)


@shape_class(
    "snake",
    parts=("body", "head", "tongue", "hood"),
    synonyms=("serpent", "cobra", "viper", "python"),
    described=(
        "A snake is one long round tube without legs that lies in bends or in a coil.",
        "The body of the snake is thickest in the middle and tapers to a thin pointed tail.",
        "At its front the snake has a small flat head, sometimes with a forked thread before it.",
        "A raised snake lifts its neck from a spiral on the ground, and a cobra spreads it like a leaf.",
    ),
)
def snake(shape: Shape, rng: Random) -> None:
    """Make a snake: winding on the ground, coiled, or coiled with its neck raised, with or without a hood."""
    d = Dice(rng)
    b = d.between
    long = b(0.6, 3.0)
    r = long * b(0.012, 0.028)
    kind = d.pick("winding", "winding", "coiled", "raised", "raised")
    t = np.linspace(0, 1, 70)
    girth = r * np.minimum(np.minimum(0.05 + 3.5 * t, 1.0), 1 - 0.35 * np.clip((t - 0.85) / 0.15, 0, 1))
    if kind == "winding":
        bends, wide = b(1.5, 4.0), long * b(0.05, 0.13)
        x = wide * np.sin(2 * np.pi * bends * t + b(0, 6)) * (0.4 + 0.6 * np.sin(np.pi * t) ** 0.5)
        path = np.column_stack([x, girth, long * 0.75 * (t - 0.5)])
        shape.say("lying in flat bends", counted(int(bends * 2), "bend"))
    else:
        turns = b(1.8, 3.4)
        outer = turns * 2.3 * r + 2 * r
        s = np.clip(t / 0.7, 0, 1)
        spread = outer * (1 - s) + (2 * r if kind == "coiled" else 1.2 * r) * s
        a = 2 * np.pi * turns * s
        lift = b(0.2, 1.4) * r * turns * s
        path = np.column_stack([spread * np.cos(a), girth + lift, spread * np.sin(a)])
        up = np.clip((t - 0.7) / 0.3, 0, 1)
        high = r * b(6, 14) if kind == "raised" else r * 2.5
        lean = np.column_stack(
            [
                0 * up,
                high * np.sin(up * np.pi / 2) ** 0.8,
                r * (3.5 * np.sin(up * np.pi) * -0.6 + 3.5 * up**3),
            ]
        )
        centre = np.array([0, 0, 0.8 * r])
        path = path * (1 - up[:, None] * [1, 0, 1]) + lean + centre * up[:, None]
        shape.say(
            "rolled into a flat spiral" if kind == "coiled" else "a neck raised from a coil",
            f"about {counted(round(turns), 'turn')}",
        )
    shape.add("body", tube(path, girth, 9))
    way = path[-1] - path[-4]
    way[1] *= 0.3
    turned = float(np.rad2deg(np.arctan2(way[0], way[2]))) if kind == "winding" else 0.0
    size = r * b(2.4, 3.4)
    rows = [(-0.3, 0.6, 0.5), (0.1, 0.85, 0.6), (0.5, 0.95, 0.55), (0.9, 0.65, 0.4), (1.2, 0.3, 0.2)]
    shape.add(
        "head",
        skin([(z * size, x * size * 0.85, y * size, 0.0) for z, x, y in rows])
        .rotated_deg(y=turned)
        .moved(*path[-1]),
    )
    if d.chance(0.5):
        fork = [(0, 0, size), (0, 0, size * 1.7), (0, size * 0.1, size * 2.0)]
        thread = tube(fork, r * 0.12, 5)
        both = [
            thread.moved(x=r * 0.05),
            *(tube([(0, 0, size * 1.7), (s * r * 0.5, 0, size * 2.1)], r * 0.1, 4) for s in (-1, 1)),
        ]
        shape.add("tongue", *(m.rotated_deg(y=turned).moved(*path[-1]) for m in both))
        shape.say("a forked tongue")
    if kind == "raised" and d.chance(0.55):
        neck = path[-16:-1]
        flare = 1 + b(1.5, 3.0) * np.sin(np.pi * np.linspace(0, 1, 15)) ** 1.2
        rings = [
            p
            + r
            * np.array(
                [
                    [w * np.cos(q), 0.0, 0.55 * np.sin(q)]
                    for q in np.linspace(0, 2 * np.pi, 12, endpoint=False)
                ]
            )
            for p, w in zip(neck, flare, strict=True)
        ]
        shape.add("hood", loft(rings))
        shape.say("a neck spread like a leaf")
    shape.say("thick" if r > 0.022 * long else "thin", "no legs")
    del shape.attributes[:-4]
    set_down(shape)


@shape_class(
    "spider",
    parts=("body", "head", "leg", "fang"),
    synonyms=("tarantula", "arachnid", "black widow"),
    described=(
        "A spider has eight thin legs that rise from its body, bend at the top and come down far outside.",
        "The body of the spider is two round masses, a small one in front and a large one behind.",
        "From above the spider is a star of legs, four on each side.",
        "From the front the legs of a spider make a row of pointed arches.",
    ),
)
def spider(shape: Shape, rng: Random) -> None:
    """Make a spider: slim or hairy and thick, high on its legs or flat on the ground."""
    d = Dice(rng)
    b = d.between
    size = b(0.02, 0.3)
    thick, lift = b(0.025, 0.075) * size, size * b(0.12, 0.4)
    rear = b(0.4, 0.75) * size
    shape.add(
        "body",
        superellipsoid(
            rear * b(0.75, 1.0),
            rear * b(0.7, 1.0),
            rear,
            centre=(0, lift + rear * 0.2, -rear * 0.52),
            detail=12,
        ),
    )
    front = rear * b(0.5, 0.75)
    shape.add(
        "head", superellipsoid(front * 0.9, front * 0.6, front, centre=(0, lift, front * 0.4), detail=10)
    )
    shape.add(
        "head",
        *pair(
            sphere(front * 0.1, (front * 0.15, lift + front * 0.22, front * 0.8), 5),
            sphere(front * 0.07, (front * 0.3, lift + front * 0.15, front * 0.72), 5),
        ),
    )
    reach, arch = size * b(0.7, 1.3), size * b(0.25, 0.6)
    for k, angle in enumerate((55, 15, -20, -55)):
        a = np.deg2rad(angle + b(-6, 6))
        far = reach * (1.0 if k in (0, 3) else 0.85)
        out = np.array([np.cos(a), 0.0, np.sin(a)])
        root = np.array([front * 0.3, lift, front * (0.65 - 0.22 * k)])
        knee = root + out * far * 0.35 + step(y=arch)
        heel = root + out * far * 0.75 + step(y=arch * 0.35)
        tip = root + out * far
        tip[1] = thick * 0.4
        leg = limb([root, knee, heel, tip], [thick * 1.2, thick, thick * 0.75, thick * 0.35], 6)
        shape.add("leg", *pair(leg))
    if d.chance(0.7):
        shape.add(
            "fang",
            *pair(
                limb(
                    [
                        (front * 0.15, lift, front * 0.85),
                        (front * 0.2, lift - front * 0.05, front * 1.15),
                        (front * 0.14, lift - front * 0.35, front * 1.2),
                    ],
                    [thick * 0.9, thick * 0.7, thick * 0.2],
                    6,
                )
            ),
        )
    if d.chance(0.5):
        shape.add(
            "leg",
            *pair(
                limb(
                    [
                        (front * 0.3, lift, front * 0.8),
                        (front * 0.5, lift + front * 0.25, front * 1.3),
                        (front * 0.4, thick, front * 1.7),
                    ],
                    [thick * 0.8, thick * 0.7, thick * 0.4],
                    6,
                )
            ),
        )
        shape.say("two short feelers in front")
    shape.say(
        "eight thin legs" if thick < 0.05 * size else "eight thick legs",
        "legs arched high above the body" if arch > 0.42 * size else "legs spread flat",
    )
    shape.say("a large round rear" if rear > 0.6 * size else "a small body")
    set_down(shape)
