"""Make ladders and windmills, classes that training never sees."""

import numpy as np
from numpy.typing import NDArray

from pointclip2.worlds.shapes.makers.unseen import counted, stand, thin_rods, turn
from pointclip2.worlds.shapes.mesh import (
    Mesh,
    beam,
    box,
    cylinder,
    extrude,
    grid,
    lathe,
    rod,
    superellipsoid,
    tube,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class

Array = NDArray[np.float64]
Point = tuple[float, float, float]


@shape_class(
    "ladder", parts=("rail", "rung", "brace", "foot"), synonyms=("stepladder", "rung ladder", "steps")
)
def ladder(shape: Shape, rng: Random) -> None:
    style = str(
        rng.choice(["straight", "straight", "folding", "double", "extension", "rope", "orchard", "hooked"])
    )
    wide = rng.uniform(0.3, 0.5)
    gap = rng.uniform(0.22, 0.34)
    tall = {
        "folding": rng.uniform(0.6, 2.2),
        "double": rng.uniform(1.2, 3.0),
        "orchard": rng.uniform(1.8, 3.2),
        "rope": rng.uniform(1.5, 3.5),
    }.get(style, rng.uniform(1.5, 4.5))
    top = rng.uniform(0.65, 1.0) if style != "orchard" else rng.uniform(0.2, 0.5)
    deep, thin = rng.uniform(0.04, 0.1), rng.uniform(0.018, 0.04)
    round_rails = style != "folding" and rng.random() < 0.3
    steps = "flat" if style == "folding" or rng.random() < 0.2 else "round"
    splay = rng.uniform(14, 22) if style in ("folding", "double", "orchard") else 0.0

    if style == "rope":
        _rope_ladder(shape, rng, wide, tall, gap)
        return

    def side(height: float, width: float, rungs: bool) -> list[tuple[str, Mesh]]:
        """Return one upright ladder without lean, standing at the origin."""
        made: list[tuple[str, Mesh]] = []
        for way in (-1, 1):
            low, high = (way * width / 2, 0.0, 0.0), (way * width / 2 * top, height, 0.0)
            if round_rails:
                made.append(("rail", rod(low, high, thin, 8)))
            else:
                post = box(thin, height, deep, (0, height / 2, 0))
                lean = way * (1 - top) * width / 2 / height
                made.append(("rail", post.moved(x=way * width / 2)))
                made[-1][1].vertices[:, 0] -= lean * made[-1][1].vertices[:, 1]
        number = max(2, int((height - 0.1) / gap)) if rungs else int(rng.integers(1, 4))
        for at in (np.arange(number) + 0.75) / (number + 0.3) * height:
            half = width / 2 * (1 + (top - 1) * at / height)
            if rungs and steps == "flat":
                made.append(("rung", box(2 * half, 0.025, deep * 1.2, (0, at, 0))))
            elif rungs:
                made.append(("rung", rod((-half, at, 0), (half, at, 0), rng.uniform(0.013, 0.016), 8)))
            else:
                made.append(("brace", beam((-half, at, 0), (half, at, 0), 0.02)))
        if rungs and not shape.attributes:
            shape.say(f"{counted(number)} {steps} rungs")
        return made

    def place(made: list[tuple[str, Mesh]], lean_deg: float, back: float = 0.0, up: float = 0.0) -> None:
        for part, mesh in made:
            shape.add(part, mesh.rotated_deg(x=-lean_deg).moved(y=up, z=back))

    half_deg = splay / 2 + 2
    apart = 2 * tall * np.sin(np.deg2rad(half_deg))
    if style in ("folding", "double"):
        place(side(tall, wide, True), half_deg, apart / 2)
        place(side(tall, wide, style == "double"), -half_deg, -apart / 2)
        at = tall * rng.uniform(0.35, 0.6)
        spread = apart / 2 * (1 - at / tall)
        for way in (-1, 1):
            x = way * wide / 2 * (1 + (top - 1) * at / tall)
            shape.add("brace", rod((x, at, -spread), (x, at, spread), 0.008, 5))
        peak = tall * np.cos(np.deg2rad(half_deg))
        if style == "folding":
            shape.add("rung", box(wide * top * 1.15, 0.04, rng.uniform(0.12, 0.28), (0, peak, 0)))
            if rng.random() < 0.35:
                rise = rng.uniform(0.3, 0.6)
                x = wide * top / 2
                hoop = np.array(
                    [(-x, peak, 0.05), (-x, peak + rise, 0), (x, peak + rise, 0), (x, peak, 0.05)]
                )
                shape.add("rail", tube(hoop, 0.014, 7))
                shape.say("a tall hand bar above the top")
            shape.say("a small flat platform on top")
        shape.say("two sides that spread like the letter A")
    elif style == "orchard":
        place(side(tall, wide * 1.8, True), half_deg, apart / 2)
        shape.add("brace", rod((0, tall * 0.98, 0.03), (0, 0, -apart * 0.7), 0.02))
        shape.say("three legs", "wide at the foot and narrow at the top")
    elif style == "extension":
        lean = rng.uniform(0, 22)
        place(side(tall, wide, True), lean)
        shift = tall * rng.uniform(0.3, 0.7)
        lift = np.deg2rad(lean)
        made = side(tall, wide * 0.86, True)
        place(made, lean, -shift * np.sin(lift) + deep, shift * np.cos(lift))
        shape.attributes[:] = ["two ladders sliding along each other", "very tall"]
    else:
        lean = float(rng.choice([0.0, rng.uniform(5, 25)]))
        place(side(tall, wide, True), lean)
        if style == "hooked":
            for way in (-1, 1):
                arc = np.linspace(0, np.pi, 8)
                hook = np.stack(
                    [0 * arc + way * wide / 2 * top, tall + 0.09 * np.sin(arc), -0.09 + 0.09 * np.cos(arc)],
                    axis=1,
                )
                bent = tube(hook, 0.014, 6)
                shape.add("brace", bent.rotated_deg(x=-lean))
            shape.say("hooks at the top")
        shape.say("leaning backwards" if lean else "straight upright", "two long parallel rails")
    if style != "extension":
        shape.say("long and narrow" if tall > 2.2 else "rather short")
    if rng.random() < 0.4:
        for x in (-wide / 2, wide / 2):
            for z in (apart / 2, -apart / 2) if style in ("folding", "double") else ():
                shape.add("foot", box(thin * 1.8, 0.03, deep * 1.3, (x, 0.015, z)))
    if style in ("straight", "hooked") and rng.random() < 0.12:
        turn(shape, x=-90)
        shape.say("lying flat")
    stand(shape)


def _rope_ladder(shape: Shape, rng: Random, wide: float, tall: float, gap: float) -> None:
    along = np.linspace(0, 1, 14)
    sway = rng.uniform(0, 0.25) * np.sin(rng.uniform(1.5, 5) * along + rng.uniform(0, 6)) * (1 - along)
    for way in (-1, 1):
        line = np.stack([way * wide / 2 + 0.3 * sway, tall * along, sway], axis=1)
        shape.add("rail", tube(line, rng.uniform(0.007, 0.012), 5))
    number = max(3, int(tall / gap))
    for at in (np.arange(number) + 0.3) / number:
        z = float(np.interp(at, along, sway))
        slant = rng.uniform(-0.02, 0.02)
        ends = ((0.3 * z - wide * 0.56, tall * at + slant, z), (0.3 * z + wide * 0.56, tall * at - slant, z))
        shape.add("rung", rod(*ends, rng.uniform(0.013, 0.017), 7))
    shape.say("two hanging ropes", f"{counted(number)} round rungs", "slightly wavy and curved")
    stand(shape)


@shape_class(
    "windmill",
    parts=("tower", "blade", "cap", "hub", "base"),
    synonyms=("wind turbine", "wind pump", "mill with sails"),
)
def windmill(shape: Shape, rng: Random) -> None:
    style = str(rng.choice(["smock", "stone", "turbine", "turbine", "pump", "post"]))
    start = rng.uniform(0, 360)
    if style == "turbine":
        tall = rng.uniform(20, 100)
        thick = tall * rng.uniform(0.018, 0.035)
        shape.add("tower", lathe([(0, 0), (thick, 0), (thick * rng.uniform(0.4, 0.65), tall), (0, tall)], 20))
        long = thick * rng.uniform(3.5, 6.0)
        shape.add(
            "cap",
            superellipsoid(1.7 * thick, 1.8 * thick, long, rng.uniform(0.3, 0.9), (0, tall, -0.15 * long)),
        )
        front = 0.45 * long
        shape.add(
            "hub", superellipsoid(1.7 * thick, 1.7 * thick, 2.2 * thick, centre=(0, tall, front), detail=10)
        )
        count, reach = int(rng.choice([2, 3, 3, 3, 3])), tall * rng.uniform(0.38, 0.75)
        chord = reach * rng.uniform(0.06, 0.13)
        along = np.linspace(0.02, 1, 10)
        broad = chord * np.minimum(1, 0.35 + 4 * along) * (1.05 - 0.9 * along)
        twist = np.deg2rad(rng.uniform(10, 30)) * (1 - along) + np.deg2rad(4)
        round_angle = np.linspace(0, 2 * np.pi, 10, endpoint=False)[None, :]
        x, z = broad[:, None] / 2 * np.cos(round_angle), 0.12 * broad[:, None] * np.sin(round_angle)
        turned, away = np.cos(twist)[:, None], np.sin(twist)[:, None]
        height = np.broadcast_to(reach * along[:, None], x.shape)
        blade = grid(
            np.stack([x * turned - z * away, height, x * away + z * turned], axis=-1), wrap_columns=True
        )
        for number in range(count):
            shape.add("blade", blade.rotated_deg(z=start + 360 * number / count).moved(0, tall, front))
        shape.say(f"{counted(count)} long thin blades", "a tall thin round pole", "a small box at the top")
    elif style == "pump":
        _wind_pump(shape, rng)
    else:
        _mill(shape, rng, style, start)
    if rng.random() < 0.3:
        turn(shape, y=rng.uniform(-40, 40))
    stand(shape)


def _mill(shape: Shape, rng: Random, style: str, start: float) -> None:
    """Add a mill with four or so sails: a tapering tower, or a wooden house on a post."""
    tall = rng.uniform(6, 18)
    foot = tall * rng.uniform(0.22, 0.36)
    if style == "post":
        body, lifted = tall * rng.uniform(0.45, 0.6), tall * rng.uniform(0.28, 0.4)
        wide, deep = tall * rng.uniform(0.3, 0.42), tall * rng.uniform(0.3, 0.5)
        shape.add("base", rod((0, 0, 0), (0, lifted + 0.1, 0), 0.04 * tall))
        for x, z in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
            leg = beam((x * foot, 0, z * foot), (0, lifted * 0.85, 0), 0.03 * tall)
            shape.add("base", leg)
        shape.add("tower", box(wide, body, deep, (0, lifted + body / 2, 0)))
        roof = extrude([(-0.55 * wide, 0), (0.55 * wide, 0), (0, rng.uniform(0.4, 0.8) * wide)], deep * 1.05)
        shape.add("cap", roof.moved(y=lifted + body))
        if rng.random() < 0.6:
            shape.add("base", beam((0, lifted, -deep / 2), (0, 0.1, -deep * 1.5), 0.03 * tall))
        hub_height, front = lifted + body * rng.uniform(0.85, 1.0), deep / 2
        shape.say("a wooden house on a post with slanted legs", "pointed roof")
    else:
        sides = int(rng.choice([6, 8, 8])) if style == "smock" else 28
        upper = foot * (rng.uniform(0.5, 0.68) if style == "smock" else rng.uniform(0.65, 0.95))
        curve = rng.uniform(-0.08, 0.02) * foot
        waist = [
            (foot + (upper - foot) * s + curve * np.sin(np.pi * s), tall * s) for s in np.linspace(0, 1, 6)
        ]
        shape.add("tower", lathe([(0, 0), *waist, (0, tall)], sides))
        top = str(rng.choice(["cone", "dome", "boat", "gable"]))
        rise = upper * rng.uniform(0.7, 1.3)
        if top == "cone":
            shape.add("cap", lathe([(0, 0), (upper * 1.12, 0), (0, rise)], 24).moved(y=tall))
        elif top == "dome":
            arc = np.linspace(0, np.pi / 2, 7)
            dome = [(upper * 1.05 * np.cos(a), rise * np.sin(a)) for a in arc]
            shape.add("cap", lathe([(0, 0), *dome], 24).moved(y=tall))
        elif top == "boat":
            hull = superellipsoid(2.1 * upper, 2 * rise, 2.5 * upper, 0.8)
            shape.add("cap", Mesh(np.maximum(hull.vertices, [-99.0, -0.05, -99.0]), hull.faces).moved(y=tall))
        else:
            gable = [
                (-1.1 * upper, 0),
                (1.1 * upper, 0),
                (0.5 * upper, 0.75 * rise),
                (0, rise),
                (-0.5 * upper, 0.75 * rise),
            ]
            shape.add("cap", extrude(gable, 2.3 * upper).moved(y=tall))
        shape.say({"cone": "a cone roof", "dome": "a round dome on top"}.get(top, "a turning cap on top"))
        if style == "smock" and rng.random() < 0.5:
            level = tall * rng.uniform(0.25, 0.4)
            inner = foot + (upper - foot) * level / tall
            shape.add(
                "base",
                lathe([(inner, 0), (inner * 1.45, 0), (inner * 1.45, 0.15), (inner, 0.15)], sides).moved(
                    y=level
                ),
            )
            rail = lathe([(inner * 1.42, 0.8), (inner * 1.42, 0.95)], sides)
            shape.add("base", rail.moved(y=level))
            shape.say("a gallery around the tower")
        if rng.random() < 0.6:
            door = box(0.3 * foot, rng.uniform(0.15, 0.22) * tall, 0.1 * foot)
            shape.add("base", door.moved(0, 0.1 * tall, foot * np.cos(np.pi / sides)))
        hub_height, front = tall + 0.3 * rise, upper * 1.05
        wide_tower = (
            "a wide round stone tower" if style == "stone" else f"a tapered {counted(sides)}-sided tower"
        )
        shape.say(wide_tower)
    ahead = front + 0.06 * tall
    shape.add("hub", rod((0, hub_height, 0), (0, hub_height, ahead + 0.02 * tall), 0.025 * tall))
    count = int(rng.choice([4, 4, 4, 4, 6, 8] if style == "stone" else [4, 4, 4, 5]))
    reach = min(tall * rng.uniform(0.45, 0.72), hub_height * 0.93)
    broad, inner = reach * rng.uniform(0.13, 0.24), reach * rng.uniform(0.15, 0.3)
    sided = rng.random() < 0.5
    left, right = (-0.2 * broad, 0.8 * broad) if sided else (-0.5 * broad, 0.5 * broad)
    kind = str(rng.choice(["lattice", "lattice", "cloth", "boards", "triangle"]))
    sail = [beam((0, 0, 0), (0, reach, 0), 0.014 * tall)]
    if kind == "lattice":
        bars = int(rng.integers(8, 16))
        at = np.linspace(inner, reach * 0.98, bars)
        flat = np.zeros(bars)
        starts, stops = (np.stack([np.full(bars, x), at, flat], axis=1) for x in (left, right))
        lines = np.linspace(left, right, int(rng.integers(2, 5)))
        lower, upper_ends = (
            np.stack([lines, np.full(len(lines), y), 0 * lines], axis=1) for y in (inner, reach * 0.98)
        )
        sail += [thin_rods(starts, stops, 0.006 * tall), thin_rods(lower, upper_ends, 0.006 * tall)]
        shape.say("sails like lattice frames")
    elif kind == "triangle":
        cloth = extrude([(0, inner * 0.4), (broad * 1.2, reach * 0.92), (0, reach * 0.98)], 0.01 * tall)
        sail.append(cloth)
        shape.say("triangular cloth sails")
    else:
        panel = box(right - left, reach - inner, 0.008 * tall, ((left + right) / 2, (reach + inner) / 2, 0))
        sail.append(panel)
        shape.say("flat rectangular sails")
    pitch = rng.uniform(0, 15)
    for mesh in sail:
        for number in range(count):
            spun = mesh.rotated_deg(y=pitch).rotated_deg(z=start + 360 * number / count)
            shape.add("blade", spun.moved(0, hub_height, ahead))
    shape.say(f"{counted(count)} large sails", "sails crossed in front of the tower")


def _wind_pump(shape: Shape, rng: Random) -> None:
    """Add a wind pump as on farms: a lattice tower, a wheel of many vanes and a tail."""
    tall = rng.uniform(5, 14)
    foot, upper = tall * rng.uniform(0.1, 0.2), tall * rng.uniform(0.01, 0.04)
    legs = int(rng.choice([3, 4, 4]))
    angle = 2 * np.pi * (np.arange(legs) + 0.5) / legs
    around = np.stack([np.cos(angle), 0 * angle, np.sin(angle)], axis=1)

    def ring(share: float) -> Array:
        return np.asarray((foot + (upper - foot) * share) * around + np.array([0.0, tall * share, 0.0]))

    thick = tall * rng.uniform(0.006, 0.012)
    shape.add("tower", *(rod(low, high, thick, 6) for low, high in zip(ring(0), ring(1), strict=True)))
    stages = int(rng.integers(3, 7))
    for number in range(stages):
        low, high = ring(number / stages), ring((number + 1) / stages)
        shape.add(
            "tower",
            thin_rods(low, np.roll(low, 1, axis=0), 0.7 * thick) if number else thin_rods(low, high, thick),
        )
        shape.add("tower", thin_rods(low, np.roll(high, 1, axis=0), 0.5 * thick))
        shape.add("tower", thin_rods(np.roll(low, 1, axis=0), high, 0.5 * thick))
    reach = tall * rng.uniform(0.14, 0.3)
    vanes = int(rng.integers(10, 25))
    ahead = foot * 0.5 + 0.03 * tall
    inner = reach * rng.uniform(0.25, 0.45)
    pitch = rng.uniform(20, 45)
    low_half, high_half = (np.pi * r / vanes * rng.uniform(0.6, 0.95) for r in (inner, reach))
    vane = np.array(
        [
            [[-low_half, 0, 0], [low_half, 0, 0]],
            [[-high_half, reach - inner, 0], [high_half, reach - inner, 0]],
        ]
    )
    plate = grid(vane).rotated_deg(y=pitch).moved(y=inner)
    for number in range(vanes):
        shape.add("blade", plate.rotated_deg(z=360 * number / vanes).moved(0, tall, ahead))
    circle = np.linspace(0, 2 * np.pi, 25)[:-1]
    for radius in (inner, reach * 0.85):
        hoop = np.stack([radius * np.cos(circle), tall + radius * np.sin(circle), 0 * circle + ahead], axis=1)
        shape.add("blade", tube(hoop, 0.5 * thick, 5, closed=True))
    spokes = np.linspace(0, 2 * np.pi, 6, endpoint=False)
    rim = np.stack([reach * np.cos(spokes), tall + reach * np.sin(spokes), 0 * spokes + ahead], axis=1)
    shape.add("blade", thin_rods(np.repeat([[0.0, tall, ahead]], 6, axis=0), rim, 0.5 * thick))
    back = reach * rng.uniform(1.0, 1.8)
    shape.add(
        "hub",
        rod((0, tall, ahead), (0, tall, -back), thick),
        cylinder(0.025 * tall, 0.06 * tall, centre=(0, tall, 0)),
    )
    fin, long = reach * rng.uniform(0.4, 0.8), reach * rng.uniform(0.5, 0.9)
    tail = extrude([(0, -0.25 * fin), (long, -0.5 * fin), (long, 0.5 * fin), (0, 0.25 * fin)], 0.004 * tall)
    shape.add("cap", tail.rotated_deg(y=90).moved(0, tall, -back))
    shape.say(
        "a round wheel of many thin blades",
        f"an open tower of {counted(legs)} slanted bars",
        "a flat tail at the back",
    )
