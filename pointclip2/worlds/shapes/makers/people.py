"""Make persons: facing +z, built of a torso and jointed limbs whose segments taper."""

from dataclasses import dataclass

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, ring, set_down, step, turn
from pointclip2.worlds.shapes.mesh import Array, Mesh, box, lathe, loft, superellipsoid, tube
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


@dataclass(frozen=True)
class _Figure:
    """Holds the lengths in metres of one person; ``stout`` about 1 scales all girths."""

    height: float
    stout: float
    shoulders: float
    hips: float
    leg: float
    torso: float
    head: float
    arm: float

    @property
    def thickness(self) -> float:
        return self.height * 0.1 * self.stout


def _figure(dice: Dice) -> _Figure:
    child = dice.chance(0.12)
    height = dice.between(0.95, 1.4) if child else dice.between(1.5, 1.95)
    stout = dice.between(0.75, 1.5)
    head = height * (dice.between(0.15, 0.19) if child else dice.between(0.118, 0.14))
    leg = height * dice.between(0.44, 0.51)
    torso = height - leg - head * 1.15
    shoulders = height * dice.between(0.2, 0.26) * stout**0.3
    hips = height * dice.between(0.165, 0.205) * stout**0.6
    return _Figure(height, stout, shoulders, hips, leg, torso, head, height * dice.between(0.33, 0.38))


def _direction(swing_deg: float, spread_deg: float, side: float) -> Array:
    """Return a unit vector that hangs down, swung forward (+z) and spread sideways by those angles."""
    a, b = np.deg2rad([swing_deg, spread_deg])
    return np.array([side * np.sin(b), -np.cos(b) * np.cos(a), np.cos(b) * np.sin(a)])


def _limb(points: list[Array], radii: list[float], sides: int = 9) -> Mesh:
    """Return a tube whose bones get extra rings, so that muscle swells between the joints."""
    path, girth = [points[0]], [radii[0]]
    for start, end, thick, thin in zip(points, points[1:], radii, radii[1:], strict=False):
        for share, swell in ((0.3, 1.12), (0.65, 1.02), (1.0, 1.0)):
            path.append(start + (end - start) * share)
            girth.append((thick + (thin - thick) * share) * swell)
    return tube(np.array(path), girth, sides)


def _leg(
    shape: Shape, dice: Dice, body: _Figure, hip: Array, angles: tuple[float, float, float], side: float
) -> None:
    """Add thigh, shin and foot; ``angles`` are the thigh's swing, its spread and the knee's bend."""
    swing, spread, bend = angles
    upper, lower = body.leg * 0.5, body.leg * 0.46
    knee = hip + upper * _direction(swing, spread, side)
    ankle = knee + lower * _direction(swing - bend, spread * 0.6, side)
    t = body.thickness
    shape.add(
        "leg", _limb([hip, knee, ankle], [t * 0.52, t * 0.36, t * 0.22]), superellipsoid(t, t, t, 1.0, hip, 7)
    )
    long = body.height * dice.between(0.135, 0.155)
    foot = superellipsoid(t * 0.55, body.leg * 0.085, long, 0.75, (0.0, 0.0, long * 0.27), 8)
    pitch = float(np.clip(bend - swing, -30, 75)) * 0.7
    turned = foot.rotated_deg(x=pitch, y=side * dice.between(0, 20))
    shape.add("leg", turned.moved(*(ankle + step(y=-body.leg * 0.02))))


def _arm(
    shape: Shape,
    dice: Dice,
    body: _Figure,
    shoulder: Array,
    angles: tuple[float, float, float, float],
    side: float,
) -> None:
    """Add upper arm, fore-arm and hand; ``angles`` are swing and spread of each."""
    elbow = shoulder + body.arm * 0.5 * _direction(angles[0], angles[1], side)
    down = _direction(angles[2], angles[3], side)
    wrist = elbow + body.arm * 0.46 * down
    t = body.thickness
    shape.add(
        "arm",
        _limb([shoulder, elbow, wrist], [t * 0.34, t * 0.25, t * 0.17], 8),
        superellipsoid(t * 0.7, t * 0.7, t * 0.7, 1.0, shoulder, 6),
    )
    size = body.height * 0.05
    if dice.chance(0.6):
        shape.add("arm", superellipsoid(size, size, size, 1.0, wrist + down * size * 0.7, 6))
        return
    shape.add("arm", _limb([wrist, wrist + down * size], [t * 0.19, size * 0.42], 7))
    across = np.cross(down, [0.3, 0.2, 1.0])
    across /= np.linalg.norm(across)
    for k in range(4):
        base = wrist + down * size + across * (k - 1.5) * size * 0.26
        shape.add(
            "arm",
            tube([base, base + down * size * (1.1 - 0.12 * abs(k - 1.4))], [size * 0.14, size * 0.1], 5),
        )
    thumb = wrist + down * size * 0.4 + across * size * 0.4
    shape.add(
        "arm", tube([thumb, thumb + down * size * 0.6 + across * size * 0.35], [size * 0.15, size * 0.1], 5)
    )


def _head(shape: Shape, dice: Dice, body: _Figure, neck: Array) -> None:
    """Add neck, skull with nose and ears, and hair or a hat."""
    h = body.head
    centre = neck + step(0.0, h * 0.68, h * 0.06)
    wide = h * dice.between(0.66, 0.8)
    skull = superellipsoid(wide, h, h * 0.85, 1.0, detail=12).tapered(1, 0.82, 1.08).moved(*centre)
    shape.add(
        "head",
        skull,
        tube([neck - step(y=h * 0.15), neck + step(y=h * 0.35)], h * 0.24 * body.stout**0.3, 10),
    )
    front = centre + step(0.0, -h * 0.04, h * 0.42)
    shape.add("head", superellipsoid(h * 0.13, h * 0.24, h * 0.18, 1.0, front, 6))
    for side in (-1, 1):
        shape.add(
            "head",
            superellipsoid(
                h * 0.08, h * 0.24, h * 0.15, 1.0, centre + step(side * wide * 0.49, -h * 0.02, 0.0), 6
            ),
        )
    kind = dice.pick("bald", "short", "short", "long", "bun", "hat", "cap")
    if kind in ("short", "long", "bun"):
        shape.add(
            "head",
            superellipsoid(wide * 1.13, h * 0.75, h * 0.98, 1.0, centre + step(0.0, h * 0.2, -h * 0.07), 9),
        )
    if kind == "long":
        fall = dice.between(0.6, 1.4) * h
        shape.add(
            "head",
            superellipsoid(
                wide * 1.15,
                fall + h * 0.6,
                h * 0.4,
                0.7,
                centre + step(0.0, h * 0.2 - fall / 2, -h * 0.33),
                8,
            ),
        )
        shape.say("long hair down the back")
    elif kind == "bun":
        shape.add(
            "head",
            superellipsoid(h * 0.35, h * 0.35, h * 0.35, 1.0, centre + step(0.0, h * 0.5, -h * 0.35), 7),
        )
    elif kind == "hat":
        brim, tall = h * dice.between(0.7, 1.0), h * dice.between(0.3, 0.7)
        profile = [
            (0.0, 0.0),
            (brim, 0.0),
            (brim, h * 0.03),
            (wide * 0.56, h * 0.04),
            (wide * 0.5, tall),
            (0.0, tall),
        ]
        shape.add("head", lathe(profile, 18).moved(*(centre + step(0.0, h * 0.28, -h * 0.03))))
        shape.say("a hat with a flat round brim")
    elif kind == "cap":
        shape.add(
            "head", superellipsoid(wide * 1.1, h * 0.6, h * 0.95, 1.0, centre + step(0.0, h * 0.25, 0.0), 8)
        )
        shape.add("head", box(wide * 0.8, h * 0.04, h * 0.4, centre + step(0.0, h * 0.26, h * 0.55)))


def _torso(shape: Shape, dice: Dice, body: _Figure, lean_deg: float, pelvis: Array) -> tuple[Array, Array]:
    """Add the torso from the hips up; return the middle between the shoulders and the foot of the neck."""
    t, tall = body.thickness, body.torso
    waist = dice.between(0.72, 0.95) if body.stout < 1.15 else dice.between(0.95, 1.25)
    chest = dice.between(0.95, 1.15)
    belly = max(body.stout - 0.9, 0.0) * t * 0.5
    levels = [
        (-0.1, body.hips * 0.7, t * 1.1, 0.0),
        (0.0, body.hips, t * 1.4, 0.0),
        (0.18, body.hips * 1.0, t * 1.45, belly * 0.6),
        (0.42, body.hips * waist, t * 1.25, belly),
        (0.68, body.shoulders * 0.86, t * 1.4 * chest, t * 0.1),
        (0.86, body.shoulders * 0.98, t * 1.2, 0.0),
        (0.95, body.shoulders * 0.78, t * 0.9, -t * 0.05),
        (1.0, body.head * 0.55, t * 0.6, -t * 0.05),
    ]
    rings = [ring(x, z, (0.0, tall * share, ahead), 1, 0.85, 18) for share, x, z, ahead in levels]
    shape.add("torso", loft(rings).rotated_deg(x=lean_deg).moved(*pelvis))
    a = np.deg2rad(lean_deg)
    up = np.array([0.0, np.cos(a), np.sin(a)])
    return pelvis + up * tall * 0.87, pelvis + up * tall


POSES = (
    "stand",
    "stand",
    "stand",
    "spread",
    "spread",
    "walk",
    "walk",
    "run",
    "sit",
    "sit",
    "raise",
    "hips",
    "kneel",
    "point",
)


def _arms(dice: Dice, pose: str) -> tuple[tuple[float, float, float, float], ...]:
    """Return the angles of the left and right arm: swing and spread of the upper arm, then of the fore-arm."""
    b = dice.between
    if pose == "spread":
        out = b(70, 95)
        return ((0, out, 0, out + b(-8, 8)),) * 2
    if pose == "raise":
        up = b(130, 170)
        both = (b(0, 30), up, 0.0, up + b(-10, 20))
        return both, (both if dice.chance(0.6) else (b(-5, 10), 10, b(0, 20), 8))
    if pose == "hips":
        return ((b(-25, -5), b(40, 55), b(10, 30), b(-60, -40)),) * 2
    if pose == "point":
        forward = b(70, 100)
        return (forward, b(0, 25), forward, b(0, 10)), (b(-5, 10), b(5, 15), b(0, 20), 5)
    if pose in ("walk", "run"):
        swing, bend = (b(15, 35), b(5, 25)) if pose == "walk" else (b(35, 60), b(60, 95))
        return (swing, b(4, 12), swing + bend, 4), (-swing, b(4, 12), -swing + bend, 4)
    if pose == "sit":
        return ((b(10, 40), b(5, 20), b(60, 90), b(-15, 5)),) * 2
    near = b(4, 30)
    return tuple((b(-5, 12), near, b(0, 25), near * 0.7) for _ in range(2))


def _legs(dice: Dice, pose: str) -> tuple[tuple[float, float, float], ...]:
    """Return the angles of the left and right leg: swing and spread of the thigh, bend of the knee."""
    b = dice.between
    if pose == "walk":
        long = b(15, 32)
        return (-long, 3, b(5, 30)), (long, 3, b(0, 12))
    if pose == "run":
        return (-b(20, 45), 3, b(50, 90)), (b(40, 70), 3, b(40, 80))
    if pose == "sit":
        apart = b(3, 18)
        bend = b(75, 100)
        return ((b(82, 95), apart, bend),) * 2
    if pose == "kneel":
        return (b(-8, 5), 5, b(85, 95)), (b(80, 92), 8, b(85, 95))
    apart = b(1, 16)
    return ((0.0, apart, 0.0), (b(-4, 4), apart, b(0, 10)))


@shape_class(
    "person", parts=("head", "torso", "arm", "leg"), synonyms=("human", "human figure", "man or woman")
)
def person(shape: Shape, rng: Random) -> None:
    """Make a person: adults and children, slim and stout, standing, with arms spread, walking, running, seated."""
    dice = Dice(rng)
    body, pose = _figure(dice), dice.pick(*POSES)
    lean = {"walk": dice.between(0, 8), "run": dice.between(8, 22), "sit": dice.between(-15, 10)}.get(
        pose, dice.between(-3, 5)
    )
    pelvis = step(y=body.leg)
    shoulders, neck = _torso(shape, dice, body, lean, pelvis)
    _head(shape, dice, body, neck)
    for side, angles in zip((-1.0, 1.0), _arms(dice, pose), strict=True):
        reach = body.shoulders / 2 - body.thickness * 0.1
        _arm(shape, dice, body, shoulders + step(x=side * reach), angles, side)
    skirt = pose not in ("sit", "kneel", "run") and dice.chance(0.2)
    for side, bends in zip((-1.0, 1.0), _legs(dice, pose), strict=True):
        if skirt:
            bends = (bends[0], min(bends[1], 4.0), bends[2])
        _leg(shape, dice, body, pelvis + step(x=side * body.hips * 0.27), bends, side)
    if skirt:
        flare, hem = dice.between(1.1, 2.0), body.leg * dice.between(0.35, 0.95)
        rings = [
            ring(
                body.hips * (1 + (flare - 1) * s),
                body.thickness * (1.5 + 1.4 * (flare - 0.8) * s),
                step(y=body.leg - hem * s + body.torso * 0.12),
                1,
                0.9,
                18,
            )
            for s in (0.0, 0.3, 0.7, 1.0)
        ]
        shape.add("torso", loft(rings))
        shape.say("a skirt like a cone")
    elif dice.chance(0.15):
        shape.add(
            "torso",
            superellipsoid(
                body.shoulders * 0.75,
                body.torso * 0.75,
                body.thickness * 1.2,
                0.5,
                shoulders + step(0.0, -body.torso * 0.3, -body.thickness * 1.1),
                8,
            ),
        )
        shape.say("a bag on the back")
    shape.say(
        {
            "stand": "standing upright with hanging arms",
            "spread": "arms stretched out sideways",
            "walk": "walking with one leg in front",
            "run": "running with bent knees",
            "sit": "sitting with bent knees",
            "raise": "an arm raised above the head",
            "hips": "hands on the hips",
            "kneel": "kneeling on one knee",
            "point": "one arm pointing forward",
        }[pose],
        "slim" if body.stout < 0.95 else "stout and thick" if body.stout > 1.25 else "two arms and two legs",
        "a round head on a narrow neck",
    )
    if pose == "sit" and dice.chance(0.25):
        seat = superellipsoid(
            body.hips * 1.4, body.leg * 0.42, body.hips * 1.3, 0.2, step(0.0, body.leg * 0.68, -0.02), 7
        )
        shape.add("torso", seat)
        shape.say("on a block")
    if dice.chance(0.04):
        turn(shape, x_deg=-90.0)
        shape.say("lying on the back")
    set_down(shape)
