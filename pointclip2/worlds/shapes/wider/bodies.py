"""Make parts of bodies: a hand, a head. They look to +z."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, ring, set_down, step
from pointclip2.worlds.shapes.mesh import (
    Mesh,
    lathe,
    loft,
    rod,
    sphere,
    superellipsoid,
    torus,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.forms import block, lay
from pointclip2.worlds.shapes.wider.four_legs import limb


@shape_class(
    "hand",
    parts=("palm", "finger", "thumb", "wrist"),
    synonyms=("human hand", "open hand", "fist"),
    described=(
        "A hand is a flat broad palm from which four fingers rise side by side and a thumb to one side.",
        "Each finger of the hand is a slim rod with two joints, the middle one the longest.",
        "Closed, the hand is a rounded block; pointing, one finger of the hand stays straight.",
        "Below the palm the hand narrows to a round wrist that is cut off flat.",
    ),
)
def hand(shape: Shape, rng: Random) -> None:
    """Make a hand: open, spread, relaxed, a fist, pointing, a V sign, thumb up."""
    d = Dice(rng)
    b = d.between
    size = b(0.16, 0.22)
    wide, thick = size * b(0.42, 0.5), size * b(0.13, 0.19)
    pose = d.pick("open", "open", "spread", "relaxed", "fist", "point", "victory", "thumb")
    palm = size * 0.5
    rows = [(0.0, 0.7, 1.0), (0.3, 0.88, 1.15), (0.7, 1.0, 1.0), (1.0, 0.95, 0.75)]
    shape.add("palm", loft([ring(wide * w, thick * g, (0, palm * y, 0), 1, 0.7, 14) for y, w, g in rows]))
    shape.add("wrist", _wrist(wide, thick, size * b(0.1, 0.5)))
    bends = {
        "open": (b(0, 12),) * 4,
        "spread": (b(0, 8),) * 4,
        "relaxed": tuple(b(15, 55) for _ in range(4)),
        "fist": (95.0,) * 4,
        "point": (3.0, 95.0, 95.0, 95.0),
        "victory": (3.0, 3.0, 95.0, 95.0),
        "thumb": (95.0,) * 4,
    }[pose]
    spread = {"spread": b(9, 15), "open": b(1, 5), "victory": 8.0}.get(pose, 2.0)
    girth = wide * b(0.095, 0.125)
    for k in range(4):
        long = size * (0.44, 0.5, 0.46, 0.36)[k] * b(0.95, 1.05)
        at = step(wide * (0.37 - 0.245 * k), palm * (0.98 if k < 3 else 0.93), 0)
        joints, angle = [at - step(y=palm * 0.1)], 0.0
        for share, part in ((0.0, 1.0), (0.45, 0.95), (0.3, 0.9), (0.25, 0.4)):
            a = np.deg2rad(angle)
            joints.append(
                joints[-1] + (long * share if share else palm * 0.1) * step(0, np.cos(a), np.sin(a)) * part
            )
            angle += bends[k] * 0.95
        finger = limb(joints, [girth * 1.1, girth * 1.1, girth, girth * 0.92, girth * 0.6])
        shape.add("finger", finger.moved(*-at).rotated_deg(z=-spread * (1.5 - k)).moved(*at))
    root = step(wide * 0.4, palm * 0.25, thick * 0.2)
    away = {"spread": (0.85, 0.55, 0.1), "open": (0.6, 0.75, 0.2), "thumb": (0.15, 1.0, 0.2)}.get(
        pose, (0.15, 0.65, 0.75)
    )
    reach = size * 0.42 * np.array(away)
    side = step(x=-wide * 0.35) if pose in ("fist", "point", "victory") else step()
    shape.add(
        "thumb",
        limb(
            [
                root,
                root + reach * 0.45 + step(wide * 0.08),
                root + reach * 0.75 + side * 0.4,
                root + reach + side,
            ],
            [girth * 1.5, girth * 1.25, girth * 1.05, girth * 0.6],
        ),
    )
    shape.say(
        {
            "open": "an open flat hand",
            "spread": "fingers spread wide",
            "relaxed": "slightly curled fingers",
            "fist": "closed to a fist",
            "point": "one finger pointing",
            "victory": "two fingers raised like a V",
            "thumb": "the thumb raised",
        }[pose]
    )
    shape.say(
        "slim fingers" if girth < 0.11 * wide else "thick fingers",
        "a broad palm" if wide > 0.46 * size else "a narrow palm",
    )
    if d.chance(0.5):
        shape.meshes[:] = [m.scaled(x=-1) for m in shape.meshes]
    lay(shape, d, 0.65)


def _wrist(wide: float, thick: float, long: float) -> Mesh:
    """Return the piece of arm below a palm."""
    return loft(
        [
            ring(wide * w, thick * g, (0, -long * y, 0), 1, 0.9, 14)
            for y, w, g in ((1, 0.75, 1.5), (0.5, 0.62, 1.2), (0, 0.68, 1.0))
        ]
    )


def _ball_head(wide: float, high: float, deep: float, jaw: float, detail: int) -> Mesh:
    """Return a head from the chin at y = 0 to ``high``, narrower below by ``jaw``, the back of it at -z."""
    mesh = superellipsoid(wide, high, deep, centre=(0, high / 2, 0), detail=detail)
    y = mesh.vertices[:, 1] / high
    narrow = np.interp(y, [0, 0.3, 0.65, 1], [jaw * 1.1, 0.5 + jaw / 2, 1.0, 0.95])
    low = np.clip(0.45 - y, 0, None)
    vertices = mesh.vertices * np.column_stack([narrow, np.ones_like(y), narrow]) + np.column_stack(
        [0 * y, 0 * y, low * deep * 0.55]
    )
    return Mesh(vertices, mesh.faces)


@shape_class(
    "head",
    parts=("skull", "nose", "ear", "hair", "neck", "eye", "mouth"),
    synonyms=("human head", "bust", "face", "portrait bust"),
    described=(
        "A head is an upright egg with a narrow chin, on a short round neck.",
        "The nose of the head stands out from the middle of the face, between two hollows for the eyes.",
        "At each side of the head an ear sticks out as a small flat curve.",
        "A bust is a head with a piece of the shoulders, cut off below in an arc or on a block.",
    ),
)
def head(shape: Shape, rng: Random) -> None:
    """Make a head: bald or with hair, with a neck, on shoulders, or as a bust on a foot."""
    d = Dice(rng)
    b = d.between
    high = b(0.2, 0.27)
    wide, deep = high * b(0.62, 0.76), high * b(0.78, 0.92)
    jaw, detail = b(0.6, 0.85), d.whole(8, 18)
    shape.add("skull", _ball_head(wide, high, deep, jaw, detail))
    front = deep / 2
    nose = high * b(0.09, 0.15)
    shape.add(
        "nose",
        block((nose * 0.8, high * 0.2, nose), (0.35, 0.3), (0, high * 0.38, front * 0.95), -nose * 0.4),
    )
    for s in (-1, 1):
        at = (s * wide * 0.49, high * 0.47, -deep * 0.02)
        shape.add(
            "ear",
            superellipsoid(high * 0.06, high * 0.25, high * 0.13, 1.0, centre=at, detail=8),
            torus(high * 0.08, high * 0.018, segments=12)
            .scaled(x=1.4, z=0.8)
            .rotated_deg(z=90)
            .moved(s * wide * 0.52, high * 0.48, -deep * 0.02),
        )
        shape.add(
            "eye",
            superellipsoid(
                high * 0.15,
                high * 0.075,
                high * 0.09,
                centre=(s * wide * 0.22, high * 0.54, front * 0.86),
                detail=7,
            ),
        )
        shape.add(
            "skull",
            superellipsoid(
                high * 0.2,
                high * 0.04,
                high * 0.08,
                centre=(s * wide * 0.22, high * 0.63, front * 0.86),
                detail=6,
            ),
        )
    shape.add(
        "mouth",
        *(
            superellipsoid(
                wide * 0.34, high * 0.04, high * 0.07, centre=(0, high * y, front * 0.98), detail=7
            )
            for y in (0.21, 0.25)
        ),
    )
    r, low = wide * b(0.3, 0.42), high * b(0.2, 0.45)
    shape.add("neck", rod((0, -low, -deep * 0.12), (0, high * 0.25, -deep * 0.06), r, 14))
    style = d.pick("bald", "short", "short", "long", "bun", "curls")
    if style != "bald":
        cover = superellipsoid(
            wide * 1.08, high * 0.66, deep * 1.02, centre=(0, high * 0.74, -deep * 0.06), detail=11
        )
        shape.add("hair", cover)
        if style == "long":
            shape.add(
                "hair",
                superellipsoid(
                    wide * 1.2, high * b(0.9, 1.4), deep * 0.5, 0.7, (0, high * 0.35, -deep * 0.36), 10
                ),
            )
        elif style == "bun":
            shape.add("hair", sphere(wide * b(0.2, 0.3), (0, high * b(0.8, 1.05), -deep * 0.48), 9))
        elif style == "curls":
            spots = superellipsoid(
                wide * 1.02, high * 0.7, deep, centre=(0, high * 0.72, -deep * 0.08), detail=6
            ).vertices
            shape.add(
                "hair",
                *(sphere(wide * 0.11, p, 5) for p in spots[::2] if p[2] < front * 0.5 or p[1] > high * 0.9),
            )
    shape.say(
        {
            "bald": "a bald smooth skull",
            "short": "short hair",
            "long": "long hair down the neck",
            "bun": "a knot of hair behind",
            "curls": "thick curls",
        }[style]
    )
    base = d.pick("neck", "neck", "shoulders", "bust")
    if base != "neck":
        across, fall = high * b(1.4, 1.9), high * b(0.4, 0.8)
        rows = [
            (0.0, 0.3, 0.5),
            (0.15, 0.62, 0.7),
            (0.35, 1.0, 0.9),
            (1.0, 0.95 if base == "shoulders" else 0.35, 0.9),
        ]
        shape.add(
            "neck",
            loft(
                [
                    ring(across * w, deep * g, (0, -low - fall * y + high * 0.1, -deep * 0.12), 1, 0.85, 18)
                    for y, w, g in rows
                ]
            ),
        )
        if base == "bust":
            shape.add(
                "neck",
                lathe([(0, -0.4), (0.42, -0.4), (0.38, -0.3), (0.2, -0.2), (0.2, 0.05), (0, 0.05)], 16)
                .scaled(high, high, high)
                .moved(0, -low - fall + high * 0.1, -deep * 0.12),
            )
    shape.say(
        {
            "neck": "cut off below the neck",
            "shoulders": "a piece of the shoulders",
            "bust": "standing on a foot",
        }[base]
    )
    shape.say(
        "a narrow chin" if jaw < 0.7 else "a broad jaw",
        "a large nose" if nose > 0.125 * high else "a small nose",
    )
    set_down(shape)
