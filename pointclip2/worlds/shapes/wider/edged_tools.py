"""Make tools that cut or bore: built upright in x, y, then laid or stood."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, set_down, turn
from pointclip2.worlds.shapes.mesh import Mesh, box, cylinder, grid, lathe, rod, tube
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.forms import block, lay, skin


def _toothed(
    line: list[tuple[float, float]], back: list[tuple[float, float]], teeth: int, deep: float, thick: float
) -> Mesh:
    """Return a blade between a straight toothed line and a straight back, each given by two points (x, y)."""
    share = np.linspace(0, 1, 2 * teeth + 1)[:, None]
    low, high = np.array(line), np.array(back)
    edge, top = low[0] + (low[1] - low[0]) * share, high[0] + (high[1] - high[0]) * share
    notch = np.where(np.arange(2 * teeth + 1) % 2 == 1, deep, 0.0)[:, None]
    edge = edge + notch * (edge - top) / np.maximum(np.linalg.norm(edge - top, axis=1, keepdims=True), 1e-9)
    z = np.full((2 * teeth + 1, 1), thick / 2)
    rows = [np.hstack([top, -z]), np.hstack([edge, -z]), np.hstack([edge, z]), np.hstack([top, z])]
    return grid(np.stack(rows), wrap_rows=True)


def _closed_grip(d: Dice, size: float, thick: float) -> Mesh:
    """Return a closed loop to hold, about the origin, as tall as ``size``."""
    a = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    x, y = size * d.between(0.28, 0.38) * np.cos(a), size * 0.5 * np.sin(a)
    x = x + 0.1 * size * np.sin(a) + 0.06 * size * np.cos(2 * a)
    return tube(np.stack([x, y, 0 * a], axis=1), size * d.between(0.1, 0.14), 8, closed=True).scaled(z=thick)


@shape_class(
    "saw",
    parts=("blade", "handle", "frame"),
    synonyms=("handsaw", "hacksaw", "wood saw", "bow saw"),
    described=(
        "A saw is a long thin metal sheet with small sharp teeth along its lower edge.",
        "The blade of the saw is widest next to the handle and narrows towards its far end.",
        "A loop to hold the saw closes around a hole at the wide end of the blade.",
        "Some are a bow: the blade of such a saw is a narrow strip stretched below a bent frame.",
    ),
)
def saw(shape: Shape, rng: Random) -> None:
    """Make a saw: panel saw, back saw, pruning saw with a straight grip, hacksaw, bow saw."""
    d = Dice(rng)
    b = d.between
    kind = d.pick("panel", "panel", "back", "pruning", "hack", "bow")
    long, thick = b(0.25, 0.6), b(0.0015, 0.004)
    teeth = d.whole(18, 45)
    deep = min(long / teeth * b(0.5, 1.0), 0.02)
    if kind in ("hack", "bow"):
        high, r = long * (b(0.2, 0.32) if kind == "hack" else b(0.25, 0.45)), b(0.006, 0.014)
        bend = 0.04 * long if kind == "hack" else 0.25 * long
        path = [
            (-long / 2, 0.0, 0),
            (-long / 2, high * 0.7, 0),
            (-long / 2 + bend, high, 0),
            (long / 2 - bend, high, 0),
            (long / 2, high * 0.7, 0),
            (long / 2, 0.0, 0),
        ]
        shape.add("frame", tube(path, r, 8))
        shape.add(
            "blade",
            _toothed(
                [(-long / 2, -0.012), (long / 2, -0.012)],
                [(-long / 2, 0.006), (long / 2, 0.006)],
                teeth,
                deep * 0.6,
                thick,
            ),
        )
        if kind == "hack":
            grip = (
                _closed_grip(d, 0.11, 1.3)
                if d.chance(0.5)
                else rod((0, 0.05, 0), (0.03, -0.07, 0), 0.016, 10)
            )
            shape.add("handle", grip.moved(-long / 2 - 0.04, 0.02, 0))
        else:
            shape.add("handle", tube([(-long / 2, high * 0.1, 0), (-long / 2, high * 0.6, 0)], r * 1.8, 10))
        shape.say("a thin blade stretched below a bow")
    else:
        tall = long * (b(0.16, 0.28) if kind == "panel" else b(0.1, 0.2))
        tip = tall * (b(0.3, 0.6) if kind != "back" else b(0.8, 1.0))
        shape.add(
            "blade",
            _toothed(
                [(-long / 2, -tall / 2), (long / 2, -tall / 2)],
                [(-long / 2, tall / 2), (long / 2, tip - tall / 2)],
                teeth,
                deep,
                thick,
            ),
        )
        if kind == "back":
            shape.add("frame", box(long, 0.018, thick * 4, (0, tall / 2, 0)))
            shape.say("a stiff bar along its back")
        size = max(tall, 0.1)
        if kind == "pruning":
            along = [
                (-long / 2 + 0.02, 0, 0),
                (-long / 2 - 0.05, 0.005, 0),
                (-long / 2 - 0.1, -0.01, 0),
                (-long / 2 - 0.14, -0.035, 0),
            ]
            shape.add("handle", tube(along, [0.014, 0.018, 0.016, 0.02], 10))
            shape.say("a curved grip like a stick")
        else:
            shape.add(
                "handle",
                _closed_grip(d, size * b(1.0, 1.2), 1.4)
                .rotated_deg(z=b(-20, 20))
                .moved(-long / 2 - size * 0.2, 0, 0),
            )
            shape.say("a closed loop as a handle")
        shape.say(
            "a blade that narrows towards its end" if tip < tall * 0.7 else "a blade like a long rectangle"
        )
    shape.say("coarse teeth" if deep > 0.012 else "fine teeth")
    if d.chance(0.3):
        turn(shape, z_deg=90.0)
    lay(shape, d, 0.6)


@shape_class(
    "axe",
    parts=("head", "handle", "spike"),
    synonyms=("hatchet", "ax", "tomahawk", "battle axe"),
    described=(
        "An axe is a long stick with a heavy wedge-shaped head fixed across its upper end.",
        "The head of the axe spreads into a wide curved cutting edge on one side.",
        "From in front the head of an axe is a narrow wedge, from the side a fan.",
        "Some carry two such fans, so that the axe is mirrored left and right of its shaft.",
    ),
)
def axe(shape: Shape, rng: Random) -> None:
    """Make an axe: hatchet, felling axe, splitting axe, double axe, battle axe with a spike."""
    d = Dice(rng)
    b = d.between
    kind = d.pick("hatchet", "felling", "felling", "double", "battle")
    long = b(0.28, 0.42) if kind == "hatchet" else b(0.55, 1.0)
    r, head = b(0.013, 0.022), b(0.1, 0.17) if kind != "battle" else b(0.15, 0.3)
    t = np.linspace(0, 1, 11)
    sway = 0.0 if kind in ("double", "battle") else long * b(0.0, 0.05)
    girth = r * (1 + 0.5 * (t < 0.06) - 0.15 * np.sin(np.pi * t))
    stick = tube(np.column_stack([sway * np.sin(2 * np.pi * t), long * t, 0 * t]), girth, 8).scaled(
        z=b(0.6, 1.0)
    )
    shape.add("handle", stick)
    spread, neck = head * b(0.9, 1.9), head * b(0.35, 0.6)
    at, thick = long * b(0.86, 0.94), b(0.02, 0.045)
    across = np.linspace(0, 1, 7)
    hook = b(-0.3, 0.1) * spread if kind != "double" else 0.0
    lines = []
    for s in np.linspace(-1, 1, 9):
        x = r * 0.5 + across * head * (1 - 0.22 * s**2)
        y = s * (neck / 2 + (spread - neck) / 2 * across**1.8) + hook * across**2
        lines.append(np.stack([x, y], axis=1))
    plate = np.stack(lines)
    deep = thick * (1 - across) ** 0.8 / 2 + 0.001
    faces = [
        grid(np.concatenate([plate, np.broadcast_to(s * deep, plate.shape[:2])[..., None]], axis=-1))
        for s in (-1, 1)
    ]
    rim = [
        grid(np.stack([np.column_stack([plate[k], deep]), np.column_stack([plate[k], -deep])]))
        for k in (0, -1)
    ]
    blade = [mesh.moved(y=at) for mesh in (*faces, *rim)]
    shape.add("head", *blade, box(2.6 * r, neck, thick, (0, at, 0)))
    if kind == "double":
        shape.add("head", *(mesh.scaled(x=-1) for mesh in blade))
        shape.say("two mirrored blades")
    elif kind == "battle" or d.chance(0.15):
        if d.chance(0.6):
            shape.add(
                "spike", lathe([(r, 0), (0.0, head * b(0.5, 1.0))], 8).rotated_deg(z=90).moved(-r, at, 0)
            )
        shape.add("spike", lathe([(r * 0.9, 0), (0.0, head * b(0.5, 1.2))], 8).moved(y=long))
        shape.say("a spike at the top", "one broad blade")
    else:
        shape.add("head", box(head * b(0.15, 0.35), neck * 0.9, thick, (-r * 1.5, at, 0)))
        shape.say("one blade and a blunt back")
    shape.say("a short handle" if long < 0.45 else "a long handle", "a curved cutting edge")
    if sway > 0.02:
        shape.say("a handle that curves like an S")
    lay(shape, d, 0.5)


@shape_class(
    "drill",
    parts=("body", "handle", "chuck", "bit", "battery", "cord"),
    synonyms=("power drill", "cordless drill", "hand drill", "electric screwdriver"),
    described=(
        "A drill has the outline of a pistol: a thick level body with a handle hanging below its back.",
        "At the front of the drill a stubby cone holds a thin twisted rod that points forward.",
        "Many stand on a block: the battery below the handle makes the foot of the drill wide and flat.",
        "Old ones turn by a crank, so that such a drill is a slim shaft with a toothed disc at its side.",
    ),
)
def drill(shape: Shape, rng: Random) -> None:
    """Make a drill: cordless with a battery foot, with a cord grip, with a second handle, or hand-cranked."""
    d = Dice(rng)
    b = d.between
    r = b(0.028, 0.045)
    if d.chance(0.15):
        tall = b(0.25, 0.36)
        shape.add("body", rod((0, 0.06, 0), (0, tall * 0.75, 0), r * 0.3))
        shape.add(
            "handle",
            lathe(
                [(0, tall * 0.72), (r * 0.6, tall * 0.74), (r * 0.7, tall * 0.9), (r * 0.3, tall), (0, tall)],
                14,
            ),
        )
        shape.add(
            "body", cylinder(tall * 0.17, 0.012, segments=28).rotated_deg(z=90).moved(r * 0.6, tall * 0.45, 0)
        )
        shape.add(
            "handle",
            rod((r * 0.6, tall * 0.45, 0), (r * 0.9, tall * 0.45, tall * 0.22), 0.006),
            rod((r, tall * 0.45, tall * 0.2), (r + 0.06, tall * 0.45, tall * 0.2), 0.012),
        )
        shape.add("chuck", cylinder(r * 0.5, 0.05, top=r * 0.7, centre=(0, 0.06, 0)))
        shape.add("bit", rod((0, -0.06, 0), (0, 0.04, 0), 0.004))
        shape.add(
            "handle",
            lathe([(0, 0), (r * 0.4, 0), (r * 0.4, 0.04), (0, 0.04)], 12)
            .rotated_deg(z=90)
            .moved(-r * 0.2, tall * 0.6, 0),
        )
        shape.say("a crank with a toothed disc", "slim and upright", "a knob at the top")
        lay(shape, d, 0.6)
        return
    long, drop = b(0.13, 0.22), b(0.11, 0.15)
    shares = [(-1.0, 0.75), (-0.85, 0.98), (0.0, 1.0), (0.55, 0.95), (0.8, 0.7), (1.0, 0.62)]
    shape.add(
        "body", skin([(long / 2 * s, 2 * r * w * 0.92, 2 * r * w, 0.0) for s, w in shares], b(0.6, 1.0))
    )
    back, lean = long * b(-0.38, -0.1), b(-0.03, 0.01)
    grip = [(-drop, 0.9), (-drop * 0.6, 0.75), (-drop * 0.2, 0.85), (0.0, 1.0)]
    rings = [(y, r * 1.05 * w, r * 1.45 * w) for y, w in grip]
    stem = skin([(y, x, z, 0.0) for y, x, z in rings], 0.6).rotated_deg(x=-90)
    shape.add("handle", stem.moved(0, -r * 0.6, back))
    chuck, bit = b(0.03, 0.05), b(0.04, 0.13)
    shape.add(
        "chuck",
        cylinder(r * 0.62, chuck, top=r * 0.35, segments=14)
        .rotated_deg(x=90)
        .moved(0, 0, long / 2 + chuck / 2),
    )
    if d.chance(0.8):
        t = np.linspace(0, 1, 30)
        twist = [
            np.stack(
                [0.003 * np.cos(16 * t + a), 0.003 * np.sin(16 * t + a), long / 2 + chuck + bit * t], axis=1
            )
            for a in (0, np.pi)
        ]
        shape.add("bit", *(tube(path, 0.0025, 4) for path in twist))
        shape.say("a thin twisted bit")
    shape.add("handle", box(r * 0.35, r * 0.8, r * 0.4, (0, -r * 1.3, back + r * 0.75)))
    foot = -r * 0.6 - drop
    if d.chance(0.7):
        wide, high, deep = r * b(1.7, 2.4), b(0.03, 0.06), r * b(2.2, 3.2)
        shape.add("battery", block((wide, high, deep), (0.9, 0.9), (0, foot - high * 0.8, back + r * 0.3)))
        shape.say("a battery block below the handle")
    else:
        t = np.linspace(0, 1, 10)
        shape.add(
            "cord",
            tube(
                np.column_stack([0 * t, foot - 0.06 * np.sin(np.pi * t * 0.5), back - 0.16 * t**2]), 0.005, 6
            ),
        )
        shape.say("a cord at the end of the handle")
    if d.chance(0.3):
        shape.add("handle", rod((0, 0, long * 0.42), (-b(0.09, 0.13), 0, long * 0.42), 0.014, 10))
        shape.say("a second handle at the side")
    shape.say("a long slim body" if long > 4.5 * r else "a short thick body", "the outline of a pistol")
    if lean < -0.02:
        turn(shape, z_deg=90.0)
        shape.say("lying on its side")
        del shape.attributes[:2]
    set_down(shape)
