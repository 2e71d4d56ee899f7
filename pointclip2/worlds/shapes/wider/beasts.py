"""Make animals on four legs: they look to +z."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, pair, set_down, step
from pointclip2.worlds.shapes.mesh import Mesh, sphere, superellipsoid, tube
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.four_legs import Build, ear, face, four_legged, limb, walk


@shape_class(
    "dog",
    parts=("body", "leg", "head", "ear", "tail"),
    synonyms=("puppy", "hound", "terrier", "wolf", "doggy"),
    described=(
        "A dog has a level trunk on four slim legs, a raised head with a blunt muzzle and a tail at the back.",
        "The ears of the dog stand up as points or hang down beside its face.",
        "From the side the dog is deep in the chest and narrow at the waist.",
        "A sitting dog leans back: its front legs are straight and its rump rests on the ground.",
    ),
)
def dog(shape: Shape, rng: Random) -> None:
    """Make a dog: short or long legs, standing, walking or sitting; pointed, floppy or folded ears."""
    d = Dice(rng)
    b = d.between
    tall = b(0.25, 0.75)
    low = d.chance(0.2)
    long = tall * (b(1.6, 2.2) if low else b(0.9, 1.25))
    high = tall * (b(0.45, 0.6) if low else b(0.33, 0.48))
    head = tall * b(0.4, 0.55)
    sit = not low and d.chance(0.3)
    build = Build(
        long,
        tall,
        (high * b(0.65, 0.85), high),
        tall * b(0.045, 0.08),
        tall * b(0.2, 0.38),
        b(5, 25) if sit else b(35, 70),
        head * 0.7,
        (0.5, 0.78, 0.75, 0.85, 1.0, 0.98, 0.6),
    )
    at = four_legged(shape, d, build, (0.0, 0.0, 0.55, 0.55) if sit else walk(d), b(1.0, 1.5))
    if sit:
        tilt = b(24, 36)
        hip = np.array([0.0, 0.0, -long * 0.4])
        for k, mesh in enumerate(shape.meshes):
            if k not in (1, 2, 3, 4):
                turned = mesh.moved(*-hip).rotated_deg(x=-tilt).moved(*(hip - step(0, tall * 0.4, 0)))
                shape.meshes[k] = turned
        away = (at - hip) * [0, 1, 1]
        a = np.deg2rad(tilt)
        at = (
            hip
            - [0, tall * 0.4, 0]
            + np.array(
                [0, away[1] * np.cos(a) + away[2] * np.sin(a), away[2] * np.cos(a) - away[1] * np.sin(a)]
            )
        )
        chest = np.array([0, 0, float(at[2]) - tall * 0.12])
        for k in (1, 2, 3, 4):
            shape.meshes[k] = shape.meshes[k].moved(z=float(chest[2]) - long * 0.36)
        t = build.leg
        for side in (-1, 1):
            haunch = superellipsoid(
                t * 3, tall * 0.34, tall * 0.42, 1.0, (side * high * 0.36, tall * 0.18, -long * 0.3), 8
            )
            shape.add(
                "leg",
                haunch,
                superellipsoid(
                    t * 2, t * 1.3, tall * 0.32, 0.8, (side * high * 0.4, t * 0.65, -long * 0.12), 6
                ),
            )
    pitch = b(-5, 25)
    size = (head * b(0.42, 0.55), head * b(0.42, 0.55), head)
    shape.add("head", face(at, size, pitch, b(0.35, 0.6), d))
    shape.add(
        "head",
        sphere(
            head * 0.06,
            at
            + np.array(
                [0, -head * 0.02 - np.sin(np.deg2rad(pitch)) * head, head * np.cos(np.deg2rad(pitch)) * 1.0]
            ),
            6,
        ),
    )
    kind = d.pick("up", "down", "down", "folded")
    for s in (-1, 1):
        root = at + np.array([s * size[0] * 0.4, size[1] * 0.35, -head * 0.02])
        tip = {
            "up": [s * 0.05, 0.42, -0.05],
            "down": [s * 0.22, -0.42, 0.02],
            "folded": [s * 0.3, 0.08, 0.05],
        }[kind]
        shape.add("ear", ear(root, root + np.array(tip) * head, head * b(0.22, 0.32)))
    rump = (
        np.array([0, tall - high * 0.25, -long * 0.47])
        if not sit
        else np.array([0, tall * 0.15, -long * 0.42])
    )
    curl, far = (b(-0.7, 0.9) if not sit else b(-0.3, 0.2)), tall * b(0.15, 0.55)
    thin = tall * b(0.02, 0.05)
    shape.add(
        "tail",
        limb(
            [
                rump,
                rump + step(0, curl * far * 0.6, -far * 0.6),
                rump + step(0, curl * far * 1.4, -far * (0.8 if curl > 0.4 else 1.0)),
            ],
            [thin * 1.2, thin, thin * 0.5],
        ),
    )
    shape.say(
        {
            "up": "pointed ears that stand up",
            "down": "long hanging ears",
            "folded": "ears folded to the side",
        }[kind]
    )
    shape.say(
        "sitting on its rump"
        if sit
        else "a long low trunk on short legs"
        if low
        else "standing on four slim legs"
    )
    shape.say(
        "a raised tail" if curl > 0.3 else "a hanging tail",
        "a short tail" if far < 0.25 * tall else "a long tail",
    )
    set_down(shape)


@shape_class(
    "horse",
    parts=("body", "leg", "head", "ear", "tail", "mane"),
    synonyms=("pony", "mare", "stallion", "foal", "rocking horse"),
    described=(
        "A horse has a heavy barrel of a trunk on four long thin legs with hooves.",
        "The long neck of the horse rises forward and carries a long narrow head that points down.",
        "A ridge of hair runs along the neck of the horse, and a full tail hangs to its heels.",
        "From the side the horse is about as long as it is tall at the back.",
    ),
)
def horse(shape: Shape, rng: Random) -> None:
    """Make a horse: slim or heavy, foal, standing, walking, grazing, galloping, or rearing."""
    d = Dice(rng)
    b = d.between
    tall = b(0.9, 1.7)
    long, high = tall * b(0.85, 1.05), tall * b(0.36, 0.48)
    graze, head = d.chance(0.2), tall * b(0.36, 0.44)
    neck_deg = b(-45, -30) if graze else b(35, 65)
    build = Build(
        long,
        tall,
        (high * b(0.7, 0.9), high),
        tall * b(0.035, 0.055),
        tall * (b(0.5, 0.6) if graze else b(0.38, 0.52)),
        neck_deg,
        head * 0.9,
    )
    gallop = d.chance(0.2)
    stride = b(0.5, 0.8)
    swing = (stride, stride * 0.8, -stride, -stride * 0.8) if gallop else walk(d)
    at = four_legged(shape, d, build, swing, b(1.1, 1.5))
    pitch = b(40, 70)
    size = (head * b(0.3, 0.38), head * b(0.42, 0.5), head)
    shape.add("head", face(at, size, pitch, b(0.5, 0.65), d))
    for s in (-1, 1):
        root = at + np.array([s * size[0] * 0.3, size[1] * 0.4, -head * 0.08])
        shape.add("ear", ear(root, root + np.array([s * 0.03, 0.28, 0.0]) * head, head * 0.11))
    middle = tall - high / 2
    root = np.array([0.0, middle + high * 0.12, long * 0.4])
    t = np.linspace(0.15, 1.0, 7)[:, None]
    way = at - root
    across = np.array([0, way[2], -way[1]]) / max(float(np.linalg.norm(way)), 1e-9)
    if across[1] < 0:
        across = -across
    crest = root + way * t + across * high * np.linspace(0.3, 0.26, 7)[:, None]
    if d.chance(0.8):
        shape.add("mane", tube(crest, high * b(0.08, 0.14), 6).scaled(x=b(0.5, 1.0)))
        shape.say("a ridge of hair along the neck")
    rump = np.array([0, tall - high * 0.2, -long * 0.48])
    out = tall * (b(0.25, 0.45) if gallop else b(0.08, 0.16))
    fall = tall * b(0.3, 0.6)
    shape.add(
        "tail",
        limb(
            [
                rump,
                rump + step(0, -fall * 0.1, -out),
                rump + step(0, -fall * 0.6, -out * 1.3),
                rump + step(0, -fall, -out * 1.2),
            ],
            [tall * 0.02, tall * 0.045, tall * 0.05, tall * 0.01],
        ),
    )
    if d.chance(0.12) and not graze:
        a = b(30, 50)
        pivot = np.array([0, 0, -long * 0.42])
        shape.meshes[:] = [m.moved(*-pivot).rotated_deg(x=-a) for m in shape.meshes]
        shape.say("rearing up on its hind legs")
    else:
        shape.say(
            "its head lowered to the ground"
            if graze
            else "galloping with stretched legs"
            if gallop
            else "standing on four long legs"
        )
    shape.say(
        "a raised neck" if not graze else "a long level back",
        "a heavy trunk" if high > 0.43 * tall else "a slim trunk",
    )
    set_down(shape)


@shape_class(
    "elephant",
    parts=("body", "leg", "head", "ear", "trunk", "tusk", "tail"),
    synonyms=("mammoth", "african elephant", "indian elephant", "jumbo"),
    described=(
        "An elephant is a huge rounded trunk of a body on four thick legs like columns.",
        "From the head of the elephant a long tube hangs to the ground or curls up in front.",
        "Two thin ears as wide as fans stand off from the head of the elephant.",
        "Pointed tusks curve forward beside the mouth, and the elephant has a thin short tail.",
    ),
)
def elephant(shape: Shape, rng: Random) -> None:
    """Make an elephant: large or small ears, with or without tusks, its nose hanging, curled or raised."""
    d = Dice(rng)
    b = d.between
    tall = b(1.2, 3.4)
    long, high = tall * b(0.95, 1.2), tall * b(0.52, 0.66)
    build = Build(
        long,
        tall,
        (high * b(0.78, 0.95), high),
        tall * b(0.075, 0.1),
        tall * 0.12,
        b(5, 35),
        tall * 0.3,
        (0.55, 0.9, 1.0, 1.0, 0.98, 0.88, 0.6),
    )
    at = four_legged(shape, d, build, walk(d), b(1.1, 1.3))
    head = tall * b(0.36, 0.46)
    centre = at + np.array([0, 0, head * 0.2])
    shape.add("head", superellipsoid(head * 0.85, head * 1.1, head * 0.95, 1.0, centre, 12))
    mouth = centre + np.array([0, -head * 0.2, head * 0.38])
    t = np.linspace(0, 1, 10)
    kind = d.pick("hang", "hang", "curl", "up")
    reach = float(mouth[1]) * b(0.8, 0.97)
    drop = {
        "hang": -reach * t,
        "curl": -reach * np.sin(np.pi * 0.62 * t) * 0.9,
        "up": reach * (0.9 * t**2 - 0.5 * t),
    }[kind]
    out = {
        "hang": 0.25 * np.sin(2.6 * t),
        "curl": 0.25 * np.sin(2.6 * t) + 0.35 * t**3,
        "up": 0.9 * t - 0.35 * t**3,
    }[kind] * reach
    shape.add(
        "trunk",
        tube(
            np.column_stack([0 * t, mouth[1] + drop, mouth[2] + out]), head * np.linspace(0.27, 0.09, 10), 10
        ),
    )
    wide = head * b(0.7, 1.4)
    skew = b(10, 50)
    leaf = superellipsoid(1.0, 1.0, 1.0, detail=9)
    fan = Mesh(
        leaf.vertices * [wide, wide * 1.25, wide * 0.1] + [wide * 0.5, -0.1 * wide, 0], leaf.faces
    ).tapered(1, 0.55, 1.1)
    shape.add(
        "ear",
        *pair(fan.rotated_deg(y=skew).moved(head * 0.34, centre[1] + head * 0.1, centre[2] - head * 0.05)),
    )
    if d.chance(0.7):
        size = head * b(0.4, 1.1)
        s = np.linspace(0, 1, 7)
        tusk = np.column_stack(
            [
                0.3 * head + 0.1 * size * s,
                mouth[1] - 0.5 * size * np.sin(np.pi * 0.7 * s),
                mouth[2] - head * 0.05 + size * s,
            ]
        )
        shape.add("tusk", *pair(tube(tusk, head * np.linspace(0.08, 0.015, 7), 8)))
        shape.say("two curved tusks")
    rump = np.array([0, tall - high * 0.3, -long * 0.48])
    shape.add(
        "tail",
        limb(
            [rump, rump + step(0, -tall * 0.18, -tall * 0.07), rump + step(0, -tall * 0.36, -tall * 0.06)],
            [tall * 0.025, tall * 0.015, tall * 0.02],
        ),
    )
    shape.say(
        {
            "hang": "its long nose hanging down",
            "curl": "its long nose curled forward",
            "up": "its long nose raised",
        }[kind]
    )
    shape.say(
        "ears as large as fans" if wide > head else "small ears",
        "four thick legs like columns",
    )
    set_down(shape)
