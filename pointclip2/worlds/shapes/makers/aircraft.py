"""Make airplanes: the nose points to +z, the wings lie along x."""

from pointclip2.worlds.shapes.makers.airframe import NUMBER, fuselage, gear, jet, tail, wings
from pointclip2.worlds.shapes.makers.propeller_planes import biplane, glider, light, multi_propeller
from pointclip2.worlds.shapes.makers.sections import Dice, blade, pair, set_down, step
from pointclip2.worlds.shapes.mesh import box, cylinder, lathe, rod, superellipsoid
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


def _airliner(shape: Shape, dice: Dice) -> None:
    length = dice.between(14, 70)
    width = length * dice.between(0.075, 0.125)
    height = width * dice.between(0.95, 1.15)
    shape.add(
        "body",
        fuselage(
            length,
            width,
            height,
            dice.between(0.1, 0.18),
            dice.between(0.25, 0.4),
            dice.between(1.6, 2.1),
            dice.between(0.08, 0.2),
            dice.between(0.4, 0.9),
        ),
    )
    shape.say("a long round body like a tube", "wings swept back")
    span, root = length * dice.between(0.75, 1.1), length * dice.between(0.14, 0.24)
    sweep, dihedral = dice.between(18, 37), dice.between(2, 7)
    high = dice.chance(0.12)
    y = height * (0.42 if high else dice.between(-0.4, -0.25))
    tip = root * dice.between(0.18, 0.4)
    along = wings(
        shape,
        span,
        root,
        tip,
        sweep,
        -2.0 if high else dihedral,
        (y, length * dice.between(0.08, 0.16)),
        0.11,
    )
    at_tail = not high and dice.chance(0.3)
    power = 4 if not at_tail and dice.chance(0.3) else 2
    radius = width * dice.between(0.2, 0.36)
    long = radius * dice.between(2.4, 4.0)
    if at_tail:
        fan = jet(dice, long, radius).moved(
            width * 0.5 + radius * 1.1, height * 0.15, -length * dice.between(0.24, 0.3)
        )
        strut = box(
            radius * 1.6,
            radius * 0.3,
            long * 0.5,
            (width * 0.45 + radius * 0.3, height * 0.15, float(fan.low[2] + long / 2)),
        )
        shape.add("engine", *pair(fan))
        shape.add("body", *pair(strut))
        if dice.chance(0.25):
            power = 3
            shape.add("engine", jet(dice, long, radius).moved(y=height * 0.6, z=-length * 0.36))
        shape.say(f"{NUMBER[power]} jet engines beside the tail")
    else:
        for share in (0.32, 0.62) if power == 4 else (dice.between(0.28, 0.4),):
            lead, chord = along(span / 2 * share)
            at = lead + step(0.0, -radius * 1.15 - chord * 0.02, chord * 0.05)
            shape.add("engine", *pair(jet(dice, long, radius).moved(*at)))
            pylon = box(
                radius * 0.25, radius * 0.9, chord * 0.5, (at[0], at[1] + radius * 0.9, at[2] - long * 0.3)
            )
            shape.add("engine", *pair(pylon))
        shape.say(f"{NUMBER[power]} round engines hanging under the wings")
    if dice.chance(0.35):
        lead, chord = along(span / 2)
        shape.add(
            "wing",
            *pair(
                blade(lead, lead + step(chord * 0.15, chord * 0.9, -chord * 0.6), chord, chord * 0.4, 0.06, 0)
            ),
        )
        shape.say("small upright winglets at the wing tips")
    kind = "T" if at_tail or high else dice.pick("low", "low", "low", "cross")
    tail(
        shape,
        dice,
        kind,
        -length * dice.between(0.34, 0.39),
        height * 0.33,
        length * dice.between(0.12, 0.18),
    )
    if dice.chance(0.3):
        wheel_radius = width * dice.between(0.1, 0.16)
        gear(shape, dice, width * 0.7, -height * 0.3, 0.0, height * 0.6, wheel_radius, length * 0.36)


def _fighter(shape: Shape, dice: Dice) -> None:
    length = dice.between(10, 20)
    width = length * dice.between(0.08, 0.15)
    height = width * dice.between(0.75, 1.1)
    shape.add(
        "body",
        fuselage(
            length,
            width,
            height,
            dice.between(0.28, 0.5),
            dice.between(0.1, 0.3),
            dice.between(1.15, 1.6),
            dice.between(0.5, 0.85),
            0.0,
            dice.between(0.6, 1.0),
        ),
    )
    canopy = superellipsoid(width * 0.5, height * 0.55, length * dice.between(0.12, 0.22), 1.0, detail=8)
    shape.add("body", canopy.moved(y=height * 0.42, z=length * dice.between(0.1, 0.22)))
    shape.say("a slim pointed body")
    span = length * dice.between(0.5, 0.85)
    if dice.chance(0.45):
        root, tip, sweep = (
            length * dice.between(0.4, 0.6),
            length * dice.between(0.02, 0.08),
            dice.between(45, 60),
        )
        shape.say("triangular delta wings")
    else:
        root, tip, sweep = (
            length * dice.between(0.22, 0.36),
            length * dice.between(0.06, 0.13),
            dice.between(15, 45),
        )
        shape.say(f"short thin wings swept back by {sweep:.0f} degrees")
    along = wings(
        shape,
        span,
        root,
        tip,
        sweep,
        dice.between(-4, 3),
        (dice.between(-0.2, 0.3) * height, length * dice.between(0.02, 0.14)),
        0.05,
    )
    if dice.chance(0.35):
        at = (height * 0.1, length * dice.between(0.2, 0.28))
        wings(shape, span * 0.45, root * 0.3, tip, dice.between(20, 50), 0, at, 0.06, "wing")
        shape.say("small extra wings near the nose")
    twin = dice.chance(0.45)
    apart = width * dice.between(0.35, 0.6)
    radius = height * dice.between(0.28, 0.42)
    for x in (-apart, apart) if twin else (0.0,):
        nozzle = lathe(
            [
                (radius * 0.6, 0.4 * radius),
                (radius, 1.5 * radius),
                (radius * 1.05, 0.6 * radius),
                (radius * 0.75, -0.6 * radius),
                (radius * 0.65, 0.4 * radius),
            ],
            14,
        )
        shape.add("engine", nozzle.rotated_deg(x=90).moved(x, 0.0, -length * 0.5))
        if twin:
            shape.add("body", cylinder(radius, length * 0.4).rotated_deg(x=90).moved(x, 0.0, -length * 0.28))
    shape.say("two jet nozzles at the back" if twin else "one jet nozzle at the back")
    intake = box(
        width * 0.35,
        height * 0.6,
        length * 0.25,
        (width * 0.5, -height * 0.05, length * dice.between(0.0, 0.08)),
    )
    shape.add("body", *pair(intake))
    kind = "twin" if dice.chance(0.45) else dice.pick("low", "low", "cross")
    tail(
        shape,
        dice,
        kind,
        -length * dice.between(0.28, 0.36),
        height * 0.2,
        length * dice.between(0.14, 0.22),
        0.06,
    )
    if dice.chance(0.5):
        for share in (0.45, 0.7, 1.0)[: dice.whole(1, 3)]:
            lead, chord = along(span / 2 * share)
            store_at = lead + step(0.0, 0.0 if share == 1.0 else -height * 0.25, -chord * 0.4)
            store = superellipsoid(height * 0.13, height * 0.13, length * dice.between(0.12, 0.2), detail=7)
            shape.add(
                "wing",
                *pair(
                    store.moved(*store_at),
                    rod(store_at, store_at + step(0, height * 0.3, 0), height * 0.03, 5),
                ),
            )
        shape.say("thin missiles under the wings")


def _flying_wing(shape: Shape, dice: Dice) -> None:
    span = dice.between(12, 50)
    root = span * dice.between(0.3, 0.45)
    along = wings(
        shape,
        span,
        root,
        root * dice.between(0.1, 0.35),
        dice.between(28, 50),
        dice.between(-2, 3),
        (0.0, root * 0.5),
        dice.between(0.06, 0.1),
    )
    hump = superellipsoid(
        root * dice.between(0.25, 0.45), root * dice.between(0.14, 0.2), root * 0.95, 1.0, detail=10
    )
    shape.add("body", hump)
    lead, chord = along(span * 0.1)
    shape.add(
        "engine",
        *pair(
            superellipsoid(
                root * 0.15, root * 0.1, chord * 0.6, 0.7, lead + step(0, chord * 0.05, -chord * 0.55), 8
            )
        ),
    )
    shape.say("one broad flat wing with a low hump in the middle", "no long body")
    if dice.chance(0.35):
        lead, chord = along(span * 0.2)
        back = lead + step(0.0, 0.0, -chord * 0.5)
        shape.add(
            "tail",
            *pair(
                blade(
                    back,
                    back + step(chord * 0.1, chord * 0.4, -chord * 0.2),
                    chord * 0.5,
                    chord * 0.25,
                    0.08,
                    0,
                )
            ),
        )
        shape.say("two small fins")


@shape_class(
    "airplane", parts=("body", "wing", "tail", "engine"), synonyms=("aeroplane", "plane", "aircraft")
)
def airplane(shape: Shape, rng: Random) -> None:
    """Make an airplane: airliners, fighters, light planes, biplanes, gliders, propeller transports and flying wings."""
    makers = (_airliner, _fighter, light, biplane, glider, multi_propeller, _flying_wing)
    chances = (0.36, 0.24, 0.12, 0.08, 0.06, 0.1, 0.04)
    makers[int(rng.choice(len(makers), p=chances))](shape, Dice(rng))
    set_down(shape)
