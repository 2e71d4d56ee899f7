"""Make ships and boats: the bow points to +z, the lowest point is at y = 0."""

from dataclasses import dataclass

import numpy as np

from pointclip2.worlds.shapes.makers.sections import Dice, blade, pair, set_down
from pointclip2.worlds.shapes.makers.supports import counted
from pointclip2.worlds.shapes.mesh import Mesh, box, cylinder, grid, rod, torus, tube
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.forms import block


@dataclass(frozen=True)
class _Hull:
    """Holds the sizes of a hull; ``transom`` is the share of the width at the stern, ``flat`` 0 a keel, 1 a box."""

    long: float
    wide: float
    tall: float
    transom: float
    flat: float

    def surfaces(self, d: Dice, deck: float | None) -> list[Mesh]:
        """Return the skin and a deck at a share of the height; without a deck the hull is open."""
        t = np.linspace(0, 1, 15)
        slim = 1 - np.clip((t - 0.45) / 0.55, 0, 1) ** d.between(1.6, 3.0)
        slim *= self.transom + (1 - self.transom) * np.minimum(t / 0.4, 1) ** 0.7
        half = np.maximum(self.wide / 2 * slim, self.wide * 0.015)
        rim = self.tall * (1 + d.between(0.05, 0.35) * (2 * t - 0.9) ** 2 * (1 + t))
        keel = self.tall * (0.55 * np.clip((t - 0.75) / 0.25, 0, 1) ** 2 + 0.15 * (1 - self.flat) * (t < 0.1))
        around = np.linspace(-np.pi / 2, np.pi / 2, 13)
        power = 1.0 - 0.8 * self.flat
        x = half[:, None] * np.sign(np.sin(around)) * np.abs(np.sin(around)) ** power
        y = keel[:, None] + (rim - keel)[:, None] * (1 - np.abs(np.cos(around)) ** power)
        z = self.long * (t - 0.5)[:, None] + d.between(0.2, 0.9) * (y - self.tall) * t[:, None] ** 4
        outside = np.stack([x, y, z], axis=-1)
        stern = outside[0].copy()
        stern[:, 1] = rim[0]
        meshes = [grid(outside), grid(np.stack([outside[0], stern]))]
        if deck is not None:
            level = np.stack([outside[:, 0], outside[:, -1]], axis=1)
            level[..., 1] -= self.tall * (1 - deck)
            meshes.append(grid(level))
        return meshes


@shape_class(
    "boat",
    parts=("hull", "seat", "oar", "cabin", "engine"),
    synonyms=("rowing boat", "motor boat", "canoe", "dinghy", "fishing boat", "rowboat"),
    described=(
        "A boat is a shallow trough that is pointed in front and rounded or cut off straight behind.",
        "Seen from above, the boat is a long leaf, open inside, with a few boards across it as seats.",
        "Its bottom is curved and its edge rises towards the bow, so a boat from the side is a flat smile.",
        "Two thin oars may stick out sideways from the boat, or a small block of an engine hangs at its stern.",
    ),
)
def boat(shape: Shape, rng: Random) -> None:
    """Make a boat: rowing boat, canoe, motor boat with a windscreen, small fishing boat, rubber boat."""
    d = Dice(rng)
    b = d.between
    kind = d.pick("row", "row", "canoe", "motor", "fishing", "rubber")
    long = b(3.8, 7.5) if kind in ("motor", "fishing") else b(2.4, 5.0)
    wide = long * (b(0.15, 0.22) if kind == "canoe" else b(0.3, 0.45))
    tall = wide * b(0.3, 0.5)
    if kind == "rubber":
        t, r = np.linspace(0, 2 * np.pi, 40, endpoint=False), wide * b(0.13, 0.18)
        x = wide / 2 * np.sign(np.cos(t)) * np.abs(np.cos(t)) ** 0.5
        z = long / 2 * np.sin(t) * np.where(np.sin(t) > 0, 1.0, 0.75)
        path = np.stack([x, r + 0.25 * r * np.maximum(np.sin(t), 0) ** 3, z], axis=1)
        shape.add("hull", tube(path, r, 10, closed=True), box(wide * 0.9, 0.03, long * 0.75, (0, r * 0.5, 0)))
        tall = 2 * r
    else:
        hull = _Hull(long, wide, tall, 0.03 if kind == "canoe" else b(0.4, 0.95), b(0.2, 0.8))
        deck = b(0.7, 0.95) if kind in ("motor", "fishing") else None if d.chance(0.5) else 0.15
        shape.add("hull", *hull.surfaces(d, deck))
    seats = np.linspace(-0.3, 0.2, d.whole(1, 3)) if kind in ("row", "canoe", "rubber") else np.array([-0.2])
    for s in seats:
        shape.add("seat", box(wide * 0.88, 0.04, long * 0.07, (0, tall * 0.75, s * long)))
    if kind == "motor":
        glass = block((wide * 0.75, tall * 0.6, 0.08), (0.8, 1), (0, tall * 0.9, long * 0.12), -0.25)
        shape.add("cabin", glass, torus(0.18, 0.02).rotated_deg(x=60).moved(wide * 0.15, tall, 0.0))
        shape.add("seat", *pair(box(wide * 0.25, 0.5, 0.1, (wide * 0.2, tall, -long * 0.12))))
        shape.say("a low windscreen")
    elif kind == "fishing":
        house = (wide * b(0.5, 0.7), b(1.0, 1.6), long * b(0.2, 0.3))
        at = (0, tall * 0.85, long * b(-0.1, 0.1))
        shape.add("cabin", block(house, (0.9, 0.9), at))
        shape.add("cabin", box(house[0] * 1.1, 0.08, house[2] * 1.15, (0, at[1] + house[1], at[2])))
        shape.add("cabin", rod((0, tall, -long * 0.1), (0, tall + house[1] + b(0.8, 2.0), -long * 0.1), 0.05))
        shape.say("a small cabin standing on it")
    elif kind != "canoe" and d.chance(0.6):
        tilt, sweep = b(5, 20), b(-25, 40)
        reach = long * b(0.25, 0.4)
        oar = [rod((-0.3, 0, 0), (reach, 0, 0), 0.025), box(reach * 0.3, 0.015, 0.13, (reach * 1.1, 0, 0))]
        shape.add("oar", *pair(*(m.rotated_deg(z=-tilt, y=sweep).moved(wide / 2, tall, 0) for m in oar)))
        shape.say("two oars sticking out sideways")
    if kind == "motor" or (kind in ("rubber", "fishing") and d.chance(0.5)):
        back = -long / 2 - 0.1 if kind != "rubber" else -long * 0.42
        shape.add("engine", block((0.3, 0.45, 0.35), (0.8, 0.7), (0, tall * 0.95, back)))
        shape.add("engine", box(0.08, tall * 0.9, 0.15, (0, tall * 0.55, back)))
        shape.say("an engine at the stern")
    words = {"canoe": "slim and pointed at both ends", "rubber": "a fat round tube all around"}
    shape.say(words.get(kind, "a pointed bow and a wide stern"))
    shape.say("an open trough" if kind in ("row", "canoe", "rubber") else "closed by a deck")
    shape.say(counted(len(seats), "board") + " to sit on" if kind == "row" else "low sides")
    set_down(shape)


@shape_class(
    "ship",
    parts=("hull", "superstructure", "funnel", "mast", "cargo", "gun"),
    synonyms=("vessel at sea", "freighter", "cruise ship", "steamship", "warship", "ferry", "ocean liner"),
    described=(
        "A ship has a very long narrow hull with a sharp bow and carries rows of decks like a house on it.",
        "One or more funnels and thin masts stand up from the middle or the stern of the ship.",
        "From the side the ship is a long bar, higher at its ends, with a stepped block on top.",
        "A freight ship is stacked with even boxes in front of a white tower at its back.",
    ),
)
def ship(shape: Shape, rng: Random) -> None:
    """Make a ship: container ship, tanker, passenger ship, warship, tug."""
    d = Dice(rng)
    b = d.between
    kind = d.pick("container", "tanker", "liner", "war", "tug")
    long = b(18, 32) if kind == "tug" else b(60, 190)
    wide = long * (b(0.26, 0.34) if kind == "tug" else b(0.1, 0.19))
    tall = wide * b(0.35, 0.65)
    flat = b(0.2, 0.5) if kind in ("war", "tug") else b(0.6, 0.95)
    shape.add("hull", *_Hull(long, wide, tall, b(0.5, 0.95), flat).surfaces(d, b(0.9, 1.0)))
    z = {"container": b(-0.36, -0.25), "tanker": -0.36, "liner": 0.0, "tug": 0.08}.get(kind, 0.05) * long
    base = {"liner": b(0.5, 0.68), "war": b(0.3, 0.4), "tug": b(0.3, 0.4)}.get(kind, b(0.08, 0.13)) * long
    floors = {"liner": d.whole(3, 6), "war": d.whole(2, 4), "tug": d.whole(1, 3)}.get(kind, d.whole(3, 6))
    y, deep, high = tall * 0.97, base, wide * b(0.14, 0.2)
    middle = z
    for floor in range(floors):
        top = block((wide * (0.82 - 0.07 * floor), high, deep), (1, 1), (0, y, middle))
        shape.add("superstructure", top)
        shape.add(
            "superstructure",
            box(wide * (0.87 - 0.07 * floor), high * 0.12, deep * 1.02, (0, y + high, middle)),
        )
        y += high
        if kind in ("liner", "war", "tug"):
            deep *= b(0.72, 0.94)
            middle += b(-0.02, 0.05) * deep
    stacks = d.whole(1, 4 if kind == "liner" else 1)
    tilt, r = b(0, 12), high * b(0.4, 0.9)
    for k in range(stacks):
        at = middle + deep * (0.0 if stacks == 1 else 0.6 * (k / (stacks - 1) - 0.5)) - deep * 0.1
        pipe = cylinder(r, high * b(1.5, 2.5), top=r * 0.85, segments=14)
        shape.add("funnel", pipe.moved(y=high).rotated_deg(x=-tilt).moved(0, y - high * 0.3, at))
    for k in range(d.whole(1, 2)):
        at = long * (0.36 - 0.12 * k) if kind != "war" else middle + deep * (0.4 - 0.8 * k)
        foot, up = (tall * 0.95, b(0.8, 1.6) * wide) if kind != "war" else (y, wide * 0.9)
        shape.add("mast", rod((0, foot, at), (0, foot + up, at), wide * 0.02))
        shape.add(
            "mast", rod((-wide * 0.2, foot + up * 0.75, at), (wide * 0.2, foot + up * 0.75, at), wide * 0.012)
        )
    if kind == "container":
        size, count = wide * 0.17, int(long * 0.55 / (wide * 0.45))
        for k in range(count):
            rows = d.whole(1, 4)
            at = -long * 0.18 + k * wide * 0.45
            load = box(wide * 0.9, rows * size, wide * 0.41, (0, tall * 0.97 + rows * size / 2, at))
            shape.add("cargo", load)
        shape.say("rows of stacked boxes")
    elif kind == "tanker":
        shape.add("cargo", rod((0, tall * 1.05, -long * 0.3), (0, tall * 1.05, long * 0.35), wide * 0.04))
        shape.add(
            "cargo",
            *(
                box(wide * 0.7, wide * 0.06, wide * 0.06, (0, tall * 1.03, s * long))
                for s in (-0.1, 0.1, 0.25)
            ),
        )
        shape.say("a long empty deck before the tower")
    elif kind == "war":
        for s, aim in ((0.3, 0.0), (0.2, 0.0), (-0.32, 180.0))[: d.whole(1, 3)]:
            turret = block((wide * 0.4, wide * 0.18, wide * 0.5), (0.8, 0.7))
            barrels = pair(
                rod((wide * 0.08, wide * 0.1, 0), (wide * 0.08, wide * 0.18, wide * 0.8), wide * 0.02)
            )
            lift = tall * (0.98 + (s == 0.2) * 0.25)
            shape.add("gun", *(m.rotated_deg(y=aim).moved(0, lift, s * long) for m in (turret, *barrels)))
        shape.say("gun turrets on the deck")
    words = {
        "liner": "many decks above each other along the whole hull",
        "tug": "short and stout",
        "war": "slim and sharp",
    }
    shape.say(words.get(kind, "a block of cabins at the stern"), counted(stacks, "funnel"))
    set_down(shape)


def _sail(corners: tuple[tuple[float, float], ...], bulge: float) -> Mesh:
    """Return a sail between three or four corners (y, z), bulging to +x: the first two are its front edge."""
    corner = np.array([(0.0, *point) for point in corners])
    s, t = (axis[..., None] for axis in np.meshgrid(np.linspace(0, 1, 7), np.linspace(0, 1, 7)))
    if len(corner) == 3:
        corner = np.vstack([corner[0], corner[1], corner[1], corner[2]])
    points = (1 - s) * ((1 - t) * corner[0] + t * corner[1]) + s * ((1 - t) * corner[3] + t * corner[2])
    points[..., 0] += bulge * (np.sin(np.pi * s) * np.sin(np.pi * (0.15 + 0.7 * t)))[..., 0]
    return grid(points)


@shape_class(
    "sailing boat",
    parts=("hull", "mast", "sail", "boom", "keel"),
    synonyms=("sailboat", "yacht", "sailing ship", "sloop", "galleon"),
    described=(
        "A sailing boat is a small slim hull below one tall mast with large triangles of cloth.",
        "The sails of the sailing boat are thin curved sheets, far taller than the hull is long or about as tall.",
        "From the front a sailing boat almost vanishes: a narrow hull and a thin upright line.",
        "Below the hull of a sailing boat a deep fin may hang, and a level pole holds the foot of its sail.",
        "An old sailing boat has several masts, each with square sheets one above the other.",
    ),
)
def sailing_boat(shape: Shape, rng: Random) -> None:
    """Make a sailing boat: dinghy, sloop with a keel, two masts, or an old ship with square sails."""
    d = Dice(rng)
    b = d.between
    old = d.chance(0.3)
    long = b(20, 45) if old else b(3, 14)
    wide, tall = long * b(0.2, 0.32), long * (b(0.14, 0.2) if old else b(0.07, 0.13))
    shape.add("hull", *_Hull(long, wide, tall, b(0.5, 0.9), b(0.1, 0.4)).surfaces(d, b(0.85, 0.97)))
    swing = b(-35, 35)
    bulge = long * b(0.02, 0.08)
    thick = long * 0.008
    if old:
        stern = block((wide * 0.7, tall * 0.7, long * 0.22), (0.9, 0.9), (0, tall, -long * 0.36))
        shape.add("hull", stern)
        masts = d.whole(2, 3)
        shape.add("mast", rod((0, tall, long * 0.4), (0, tall * 2.0, long * 0.68), thick))
        for k in range(masts):
            z, high = long * (0.28 - 0.56 * k / (masts - 1)), long * b(0.65, 0.9)
            shape.add("mast", rod((0, tall * 0.8, z), (0, tall + high, z), thick * 1.2))
            for low, up, w in ((0.1, 0.42, 0.34), (0.47, 0.72, 0.28), (0.76, 0.94, 0.2))[: d.whole(2, 3)]:
                cloth = _sail(
                    (
                        (low * high, -w * long),
                        (up * high, -w * long * 0.85),
                        (up * high, w * long * 0.85),
                        (low * high, w * long),
                    ),
                    bulge,
                )
                shape.add("sail", cloth.rotated_deg(y=-90 + swing * 0.4).moved(0, tall, z + thick))
                spar = rod((-w * long * 0.9, 0, 0), (w * long * 0.9, 0, 0), thick * 0.8)
                shape.add("boom", spar.rotated_deg(y=swing * 0.4).moved(0, tall + up * high, z))
        shape.add(
            "sail",
            _sail(
                (
                    (tall * 1.9, long * 0.66),
                    (tall * 1.9 + long * 0.3, long * 0.35),
                    (tall * 1.4, long * 0.35),
                ),
                bulge * 0.5,
            ),
        )
        shape.say("square sails above each other", counted(masts, "mast"))
    else:
        z, high = long * b(0.05, 0.18), long * b(0.95, 1.5)
        shape.add("mast", rod((0, tall * 0.5, z), (0, tall + high, z), thick))
        foot, reach = tall + high * b(0.06, 0.12), (long * 0.5 + z) * b(0.8, 1.0)
        head = foot + high * b(0.8, 0.88)
        gaff = d.chance(0.2)
        corners = (
            ((foot, 0.0), (foot + high * 0.55, 0.0), (head, -reach * 0.55), (foot, -reach))
            if gaff
            else ((foot, 0.0), (head, 0.0), (foot, -reach))
        )
        shape.add("sail", _sail(corners, bulge).rotated_deg(y=swing).moved(z=z))
        shape.add("boom", rod((0, foot, 0), (0, foot, -reach), thick * 0.8).rotated_deg(y=swing).moved(z=z))
        if d.chance(0.8):
            front = (
                (tall * 1.15, long * 0.47 - z),
                (tall + high * b(0.7, 0.95), 0.03 * long),
                (foot, -long * 0.04),
            )
            shape.add("sail", _sail(front, bulge).rotated_deg(y=swing * 0.4).moved(z=z))
            shape.say("a second smaller sail in front")
        if d.chance(0.25):
            shape.add("mast", rod((0, tall, -long * 0.35), (0, tall + high * 0.6, -long * 0.35), thick))
            shape.add(
                "sail",
                _sail(((foot, 0.0), (tall + high * 0.58, 0.0), (foot, -long * 0.2)), bulge).moved(
                    z=-long * 0.36
                ),
            )
        if d.chance(0.6):
            shape.add(
                "hull",
                block((wide * 0.5, tall * 0.5, long * 0.3), (0.85, 0.8), (0, tall * 0.9, -long * 0.02)),
            )
        if d.chance(0.5):
            deep = long * b(0.1, 0.2)
            shape.add(
                "keel", blade((0, tall * 0.15, long * 0.05), (0, -deep, 0), long * 0.25, long * 0.15, 0.12, 0)
            )
            shape.add(
                "keel",
                blade(
                    (0, tall * 0.3, -long * 0.4),
                    (0, -deep * 0.7, -long * 0.43),
                    long * 0.08,
                    long * 0.06,
                    0.12,
                    0,
                ),
            )
            shape.say("a deep fin below the hull")
        shape.say("a sail with four corners" if gaff else "a tall triangular sail", "one thin mast")
    if abs(swing) > 15:
        shape.say("sails swung to one side")
    set_down(shape)
