"""Make instruments to be struck: a drum, a bell."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, pair, set_down
from pointclip2.worlds.shapes.mesh import Mesh, box, cylinder, lathe, rod, sphere, torus
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.forms import ring_of, wires


def _one_drum(
    d: Dice, r: float, high: float, belly: float = 1.0, foot: float = 1.0
) -> list[tuple[str, Mesh]]:
    """Return one drum standing on y = 0: shell, skins, hoops and lugs or cords."""
    b = d.between
    t = np.linspace(0, 1, 9)
    radii = r * (foot + (1 - foot) * t) * (1 + (belly - 1) * np.sin(np.pi * t))
    parts = [("shell", lathe([(float(x), float(y * high)) for x, y in zip(radii, t, strict=True)], 28))]
    parts.append(("skin", lathe([(0, high * 1.005), (r * 0.99, high), (r, high * 0.97)], 28)))
    if foot > 0.9:
        parts.append(("skin", lathe([(0, 0), (r * foot, 0)], 24)))
    for y, wide in ((high * 0.96, r), (high * 0.04, r * foot)):
        parts.append(("hoop", torus(wide * 1.02, r * b(0.025, 0.05), (0, y, 0), 28)))
    count = d.whole(6, 12)
    if d.chance(0.5):
        lug = rod((r * 1.06, high * 0.04, 0), (r * 1.06, high * 0.96, 0), r * 0.02, 5)
        parts += [
            ("lug", m)
            for m in (
                *ring_of(lug, count),
                *ring_of(box(r * 0.1, high * 0.16, r * 0.09, (r * 1.04, high * 0.6, 0)), count),
            )
        ]
    elif d.chance(0.6):
        angle = np.linspace(0, 2 * np.pi, 2 * count, endpoint=False)
        ends = np.stack(
            [
                1.03 * r * np.cos(angle),
                high * np.where(np.arange(2 * count) % 2, 0.05, 0.95),
                1.03 * r * np.sin(angle),
            ],
            axis=1,
        )
        parts.append(("lug", wires(ends, np.roll(ends, -1, axis=0), r * 0.015)))
    return parts


@shape_class(
    "drum",
    parts=("shell", "skin", "hoop", "lug", "stand", "stick", "cymbal"),
    synonyms=("snare drum", "bongo", "conga", "bass drum", "drum kit", "tom-tom"),
    described=(
        "A drum is a short wide cylinder closed by a flat skin at the top, with a ring around each end.",
        "Upright rods or zigzag cords run down the side of the drum from hoop to hoop.",
        "Tall kinds taper like a barrel or a goblet, so a drum may also be higher than wide.",
        "Several cylinders of different sizes with thin level discs on poles make up a set: a drum beside a drum.",
    ),
)
def drum(shape: Shape, rng: Random) -> None:
    """Make a drum: snare, bass on its side, barrel or goblet, a pair of bongos, a kit with cymbals."""
    d = Dice(rng)
    b = d.between
    kind = d.pick("snare", "snare", "bass", "conga", "bongos", "kit")
    if kind == "snare":
        r = b(0.15, 0.25)
        pieces = _one_drum(d, r, r * b(0.5, 2.2))
        lift = b(0.35, 0.6) if d.chance(0.4) else 0.0
        for part, mesh in pieces:
            shape.add(part, mesh.moved(y=lift))
        if lift:
            shape.add(
                "stand",
                *ring_of(rod((r * 0.9, 0, 0), (0, lift * 0.5, 0), 0.01), 3),
                *ring_of(rod((0, lift * 0.5, 0), (r * 0.8, lift, 0), 0.01), 3),
            )
            shape.say("standing on three thin legs")
        if d.chance(0.45):
            top = max(float(m.high[1]) for m in shape.meshes) + 0.008
            for a in (-12, 14):
                stick = [rod((-r * 1.1, 0, 0), (r * 0.7, 0, 0), 0.008), sphere(0.014, (r * 0.7, 0, 0), 6)]
                shape.add(
                    "stick", *(m.rotated_deg(y=a + 20).moved(0, top, 0.3 * r * np.sign(a)) for m in stick)
                )
            shape.say("two sticks lying on top")
        shape.say("a short wide cylinder")
    elif kind == "bass":
        r = b(0.25, 0.4)
        for part, mesh in _one_drum(d, r, r * b(0.7, 1.3)):
            shape.add(part, mesh.rotated_deg(x=90).moved(y=r * 1.1, z=-r / 2))
        shape.add("stand", *pair(rod((r * 0.7, r * 0.6, 0), (r * 1.1, 0, r * 0.4), 0.012)))
        shape.say("standing on its side", "a flat skin facing forward")
    elif kind == "conga":
        r, goblet = b(0.13, 0.2), d.chance(0.4)
        high = r * b(2.6, 4.5)
        if goblet:
            bowl, waist = high * b(0.4, 0.55), r * b(0.3, 0.5)
            shape.add(
                "shell",
                lathe(
                    [
                        (r * 0.75, 0),
                        (waist, high * 0.35),
                        (waist, high - bowl),
                        (r * 0.9, high * 0.85),
                        (r, high),
                    ],
                    26,
                ),
            )
            shape.add("skin", lathe([(0, high), (r, high), (r * 1.03, high * 0.96)], 26))
            shape.add("hoop", torus(r * 1.03, r * 0.04, (0, high * 0.95, 0), 26))
            shape.say("a goblet with a narrow waist")
        else:
            for part, mesh in _one_drum(d, r, high, b(1.1, 1.35), b(0.6, 0.85)):
                shape.add(part, mesh)
            shape.say("tall with a bulging belly")
    elif kind == "bongos":
        r = b(0.08, 0.12)
        for x, size in ((-1.05 * r, r), (r * 0.98, r * b(0.8, 0.95))):
            for part, mesh in _one_drum(d, size, r * b(1.4, 1.8), foot=b(0.8, 1.0)):
                shape.add(part, mesh.moved(x=x))
        shape.add("stand", box(r * 0.5, r * 0.7, r * 0.5, (0, r * 0.7, 0)))
        shape.say("a pair joined side by side")
    else:
        places = [
            (0.26, 0.4, 0.0, 0.27, 0.0, 90.0),
            (0.17, 0.15, -0.45, 0.55, 0.25, 0.0),
            (0.14, 0.22, -0.17, 0.62, 0.0, 15.0),
            (0.14, 0.22, 0.17, 0.62, 0.0, 15.0),
            (0.2, 0.35, 0.5, 0.3, 0.15, 0.0),
        ]
        for r, high, x, y, z, tilt in places:
            for part, mesh in _one_drum(d, r, high):
                shape.add(part, mesh.moved(y=-high / 2).rotated_deg(x=tilt).moved(x, y, -z))
            shape.add("stand", rod((x, 0, -z), (x, y, -z), 0.015))
        for x, y in ((-0.6, b(0.85, 1.1)), (0.62, b(0.9, 1.15)))[: d.whole(1, 2)]:
            shape.add(
                "cymbal",
                lathe([(0.2, 0), (0.05, 0.015), (0.03, 0.035), (0, 0.035)], 24)
                .rotated_deg(x=b(-15, 15))
                .moved(x, y, 0),
            )
            shape.add(
                "stand",
                rod((x, 0, 0), (x, y, 0), 0.01),
                *(m.moved(x=x) for m in ring_of(rod((0, 0.25, 0), (0.18, 0, 0), 0.008), 3)),
            )
        shape.say("a set of several cylinders", "thin discs on poles")
    used = {shape.part_names[p] for p in shape.mesh_parts}
    shape.say("rods or cords down its side" if "lug" in used else "a smooth side", "a hoop around each end")
    set_down(shape)


@shape_class(
    "bell",
    parts=("body", "clapper", "crown", "handle", "frame"),
    synonyms=("church bell", "hand bell", "cow bell", "chime"),
    described=(
        "A bell is a hollow cup that hangs with its opening downwards and flares at the lower rim.",
        "The wall of the bell narrows towards a rounded shoulder, with a loop or knob above it.",
        "Inside the bell a rod with a ball hangs from the top and shows below the rim.",
        "A small bell has a long handle on top, a large one hangs from a thick beam between two posts.",
    ),
)
def bell(shape: Shape, rng: Random) -> None:
    """Make a bell: church bell alone or in a frame, hand bell, square cow bell, desk bell, round jingle bell."""
    d = Dice(rng)
    b = d.between
    kind = d.pick("church", "church", "hand", "cow", "desk", "jingle")
    r = {"church": b(0.25, 0.8), "cow": b(0.04, 0.08), "hand": b(0.03, 0.07)}.get(kind, b(0.03, 0.05))
    high = r * b(1.4, 2.0)
    if kind == "desk":
        t = np.linspace(0, np.pi / 2, 8)
        shape.add(
            "body", lathe([(float(r * np.cos(x)), float(r * 0.4 + r * 0.75 * np.sin(x))) for x in t], 26)
        )
        shape.add(
            "frame",
            lathe(
                [
                    (0, 0),
                    (r * 1.15, 0),
                    (r * 1.15, r * 0.12),
                    (r * 0.4, r * 0.25),
                    (0.3 * r, r * 0.45),
                    (0, r * 0.45),
                ],
                24,
            ),
        )
        shape.add("handle", cylinder(r * 0.12, r * 0.3, centre=(0, r * 1.25, 0), segments=10))
        shape.say("a half ball on a round foot", "a button on top")
    elif kind == "jingle":
        shape.add("body", sphere(r, (0, r, 0), 16), torus(r * 1.01, r * 0.06, (0, r, 0)))
        shape.add("clapper", sphere(r * 0.2, (0, r * 0.25, 0), 6))
        shape.add("crown", torus(r * 0.25, r * 0.07, segments=14).rotated_deg(x=90).moved(y=2.2 * r))
        shape.add(
            "body", *(box(r * 0.14, r * 0.25, r * 1.2, (0, r * 0.08, 0)).rotated_deg(y=a) for a in (0, 90))
        )
        shape.say("a closed ball with slits", "a loop on top")
    else:
        square = 4 if kind == "cow" else 28
        wall = r * b(0.06, 0.12)
        shoulder, waist, lip = b(0.45, 0.6), b(0.55, 0.68), b(0.95, 1.0)
        shares = [
            (lip, 0.0),
            (0.88, 0.12),
            (waist * 1.12, 0.4),
            (waist, 0.7),
            (shoulder, 0.92),
            (shoulder * 0.7, 1.0),
            (0.0, 1.02),
        ]
        if kind == "cow":
            shares = [(1.0, 0.0), (0.75, 0.9), (0.65, 1.0), (0.0, 1.0)]
        profile = [(r * x, high * y) for x, y in shares]
        inner = [(max(x - wall, 0), y - (wall if y > 0.5 * high else 0)) for x, y in profile]
        cup = lathe([*inner[::-1], *profile], square).rotated_deg(y=45 if square == 4 else 0)
        shape.add("body", cup.scaled(z=0.65) if kind == "cow" else cup)
        if kind == "church":
            shape.add(
                "body",
                *(
                    torus(r * (0.9 if y < 0.3 else waist * 1.03), r * 0.025, (0, high * y, 0), 28)
                    for y in (0.14, 0.75)[: d.whole(1, 2)]
                ),
            )
        drop = high * b(-0.15, 0.1)
        swing = b(-12, 12)
        tongue = [
            rod((0, 0, 0), (0, drop - high * 0.8, 0), r * 0.06),
            sphere(r * 0.17, (0, drop - high * 0.8, 0), 8),
        ]
        shape.add("clapper", *(m.rotated_deg(z=swing).moved(y=high * 0.95) for m in tongue))
        if kind == "hand":
            grip = r * b(1.5, 3.0)
            profile = [
                (r * 0.12, high),
                (r * 0.16, high + grip * 0.2),
                (r * 0.26, high + grip * 0.6),
                (r * 0.2, high + grip * 0.95),
                (0, high + grip),
            ]
            shape.add("handle", lathe(profile, 14))
            shape.say("an upright handle on top")
        else:
            loops = d.whole(1, 3) if kind == "church" else 1
            size = r * 0.25
            shape.add(
                "crown",
                *(
                    torus(size, r * 0.06, segments=14)
                    .rotated_deg(x=90, y=180.0 * k / loops)
                    .moved(y=high + size * 0.7)
                    for k in range(loops)
                ),
            )
            if kind == "church" and d.chance(0.4):
                y, out = high * 1.35, r * b(1.25, 1.6)
                shape.add("frame", box(2 * out, r * 0.22, r * 0.25, (0, y, 0)))
                if d.chance(0.6):
                    shape.add(
                        "frame",
                        *pair(
                            box(r * 0.2, y + r * 0.8, r * 0.25, (out, y / 2 - r * 0.4, 0)),
                            box(r * 0.2, r * 0.15, r * 1.4, (out, -r * 0.75, 0)),
                        ),
                    )
                    shape.say("hanging between two posts")
                else:
                    shape.say("hanging from a beam")
            else:
                shape.say("a loop on top")
        shape.say("four flat sides" if kind == "cow" else "a flaring round rim", "a ball hanging inside")
    shape.say("tall" if high > 1.7 * r else "short and wide")
    set_down(shape)
