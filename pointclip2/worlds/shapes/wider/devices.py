"""Make what one holds to steer a screen: game controllers and remote controls."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import pair, set_down, turn
from pointclip2.worlds.shapes.makers.supports import chance, counted, pick
from pointclip2.worlds.shapes.mesh import (
    box,
    cylinder,
    loft,
    rod,
    sphere,
    superellipsoid,
    torus,
    tube,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.cameras import slate


@shape_class(
    "game controller",
    parts=("body", "grip", "stick", "button", "trigger", "cord"),
    synonyms=("gamepad", "joypad", "controller for video games", "game pad"),
    described=(
        "A game controller is a flat body with two horns that one holds in both hands.",
        "Two short sticks with round heads stand on the game controller like pins.",
        "A cross lies on the left of the game controller and four round buttons on the right.",
        "Shoulder buttons curve over the far edge of the game controller.",
        "The earliest game controllers were plain flat bricks with a cross and two buttons.",
    ),
)
def game_controller(shape: Shape, rng: Random) -> None:
    """Make a game controller: two-horned, bone-shaped or a brick, with or without sticks, or one stick on a base."""
    u = rng.uniform
    kind = pick(rng, ("horns", "horns", "horns", "bone", "brick", "joystick"))
    x, z = u(0.13, 0.17), u(0.06, 0.085)
    y = u(0.025, 0.045)
    if kind == "joystick":
        side, high = u(0.1, 0.16), u(0.12, 0.22)
        shape.add("body", superellipsoid(side, 0.05, side * u(0.9, 1.3), u(0.2, 0.6), (0, 0.025, 0), 12))
        lean = u(-12, 12)
        shape.add("stick", rod((0, 0.04, 0), (0, high * 0.6, 0), 0.008).rotated_deg(z=lean))
        if chance(rng, 0.5):
            shape.add("grip", sphere(u(0.018, 0.03), (0, high * 0.65, 0)).rotated_deg(z=lean))
            shape.say("a stick with a ball on top")
        else:
            shape.add(
                "grip",
                superellipsoid(0.035, high * 0.75, 0.045, 0.7, (0, high * 0.7, 0), 10)
                .tapered(1, 0.8, 1.1)
                .rotated_deg(z=lean),
            )
            shape.add("trigger", box(0.01, 0.03, 0.02, (0, high * 0.8, 0.026)).rotated_deg(z=lean))
            shape.say("a stick with a shaped grip")
        count = int(rng.integers(1, 5))
        shape.add(
            "button",
            *(
                cylinder(0.01, 0.012, centre=((k - (count - 1) / 2) * 0.025, 0.052, side * 0.38))
                for k in range(count)
            ),
        )
        shape.say(counted(count, "button") + " on the base", "tall" if high > 0.17 else "low")
        set_down(shape)
        return
    top = y * 0.5
    if kind == "brick":
        shape.add(
            "body",
            box(x, y * 0.6, z) if chance(rng, 0.5) else slate(x, z, y * 0.6, u(0.1, 0.5)).rotated_deg(x=90),
        )
        top = y * 0.3
        shape.say("a flat brick")
    elif kind == "bone":
        shape.add("body", superellipsoid(x * 0.7, y * 0.6, z * 0.6, 0.6, detail=10))
        shape.add("grip", *pair(superellipsoid(z, y * 0.6, z, 0.8, (x * 0.32, 0, 0), 12)))
        top = y * 0.3
        shape.say("two round ends like a bone")
    else:
        shape.add("body", superellipsoid(x * 0.85, y, z * 0.85, 0.7, detail=14))
        drop, spread = z * u(0.8, 1.4), u(0.02, 0.16) * x
        t = np.linspace(0, 1, 10)
        line = np.stack(
            [x * 0.36 + spread * np.sin(np.pi / 2 * t), -y * 0.9 * t**2, -z * 0.1 + drop * t], axis=1
        )
        girth = z * 0.33 * (1 - 0.35 * t) * np.array([0.4, 0.85, *[1.0] * 6, 0.85, 0.45])
        shape.add("grip", *pair(tube(line, girth, 12)))
        shape.say("two long horns" if drop > 1.1 * z else "two short horns")
    across = x * 0.33
    arm = z * 0.2
    place = (-across, top, -z * 0.1)
    shape.add("button", box(arm * 2, 0.01, arm * 0.6, place), box(arm * 0.6, 0.01, arm * 2, place))
    count = 2 if kind == "brick" and chance(rng, 0.5) else 4
    for k in range(count):
        angle = np.pi / 2 * k
        size = z * 0.08
        shape.add(
            "button",
            cylinder(
                size,
                0.012,
                centre=(across + arm * np.cos(angle), top, place[2] + arm * np.sin(angle)),
                segments=12,
            ),
        )
    shape.say(f"a cross and {counted(count, 'button')}")
    if kind == "horns" or (kind == "bone" and chance(rng, 0.3)):
        even = chance(rng, 0.5)
        spots = (
            [(-x * 0.17, z * 0.24), (x * 0.17, z * 0.24)]
            if even
            else [(-across * 0.55, z * 0.28), (x * 0.17, z * 0.24)]
        )
        high = y * u(0.25, 0.5)
        for a, b in spots:
            shape.add(
                "stick",
                rod((a, top * 0.5, b), (a, top + high, b), 0.006),
                cylinder(z * 0.13, 0.006, centre=(a, top + high, b)),
            )
        shape.say("two thumb sticks")
    if kind != "brick":
        bar = superellipsoid(x * 0.25, y * 0.5, z * 0.2, 0.6, (across, 0.1 * y, -z * 0.42), 8)
        shape.add("trigger", *pair(bar))
    if chance(rng, 0.3):
        t = np.linspace(0, 1, 14)
        shape.add(
            "cord", tube(np.stack([0.03 * np.sin(5 * t), 0 * t, -z * 0.4 - 0.12 * t], axis=1), 0.0025, 6)
        )
        shape.say("a cord at the back")
    if chance(rng, 0.3):
        turn(shape, x_deg=u(50, 90))
        shape.say("seen upright from its front")
    set_down(shape)


@shape_class(
    "remote control",
    parts=("body", "button", "pad", "window"),
    synonyms=("remote", "tv remote", "television remote", "clicker", "remote controller"),
    described=(
        "A remote control is a long narrow bar with rows of small buttons on its upper face.",
        "Most buttons of the remote control sit in a grid of three columns.",
        "A ring with a round middle lies near the centre of the remote control.",
        "The back of the remote control is rounded, so it rests in the hand like a bar of chocolate.",
    ),
)
def remote_control(shape: Shape, rng: Random) -> None:
    """Make a remote control: long with many buttons, short with few, waisted or with a thick end; lying or upright."""
    u = rng.uniform
    kind = pick(rng, ("many", "many", "many", "few", "waisted", "many"))
    long = u(0.16, 0.24) if kind != "few" else u(0.1, 0.15)
    wide, thick = long * u(0.2, 0.3), long * u(0.07, 0.13)
    t = np.linspace(-1, 1, 14)
    half = wide / 2 * np.ones(14)
    if kind == "waisted":
        half *= 1 - u(0.1, 0.25) * np.exp(-((t - u(-0.2, 0.3)) ** 2) / 0.15)
        shape.say("narrow in the middle")
    round_end = u(0.02, 0.3)
    half *= np.minimum(1, (1 - np.abs(t) * 0.999) / round_end + 0.6) ** 0.5
    swell = thick * (1 + u(-0.1, 0.5) * np.clip(t, 0, 1))
    rows_of = []
    for at, wing, deep in zip(t, half, swell, strict=True):
        section = np.array(
            [(-1, 0), (-0.95, 0.06), (0.95, 0.06), (1, 0), (0.75, -0.8), (0.4, -1), (-0.4, -1), (-0.75, -0.8)]
        )
        rows_of.append(
            np.column_stack([section[:, 0] * wing, section[:, 1] * deep, np.full(8, at * long / 2)])
        )
    shape.add("body", loft(rows_of))
    top = thick * 0.06
    size = wide * 0.17
    low = -0.42
    if chance(rng, 0.6) or kind == "few":
        ring = wide * u(0.26, 0.36)
        middle = u(-0.2, 0.1) * long if kind != "few" else -0.2 * long
        shape.add(
            "pad",
            torus(ring, wide * 0.06, (0, top, middle), 20),
            cylinder(ring * 0.5, size * 0.6, centre=(0, top, middle)),
        )
        shape.say("a round pad")
    else:
        ring, middle = 0.0, 0.0
        shape.say("no pad, only buttons")
    if kind == "few":
        shape.add(
            "button",
            *(
                cylinder(size * 0.8, size, centre=(s * wide * 0.22, top, z * long), segments=12)
                for s in (-1, 1)
                for z in (0.05, 0.18)
            ),
        )
        shape.say("few buttons")
    else:
        rows = int(rng.integers(7, 13))
        round_ones = chance(rng, 0.5)
        count = 0
        for z in np.linspace(low, 0.38, rows) * long:
            if abs(z - middle) < ring + size:
                continue
            for c in (-1, 0, 1):
                spot = (c * wide * 0.28, top + size * 0.15, float(z))
                shape.add(
                    "button",
                    cylinder(size * 0.55, size * 0.7, centre=spot, segments=10)
                    if round_ones
                    else box(size * 1.2, size * 0.7, size * 0.75, spot),
                )
                count += 1
        shape.say("many round buttons" if round_ones else "many square buttons")
    shape.add(
        "window", superellipsoid(wide * 0.4, thick * 0.5, long * 0.03, 0.6, (0, -thick * 0.3, -long / 2), 8)
    )
    shape.say("long and slim" if wide < 0.24 * long else "broad", "thick" if thick > 0.1 * long else "flat")
    if chance(rng, 0.3):
        turn(shape, x_deg=90)
        shape.say("standing upright")
    else:
        turn(shape, y_deg=u(-60, 60))
    set_down(shape)
