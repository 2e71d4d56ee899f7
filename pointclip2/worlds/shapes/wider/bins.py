"""Make bins and boxes: trash cans, cardboard boxes, crates."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import set_down, turn
from pointclip2.worlds.shapes.makers.supports import chance, counted, pick
from pointclip2.worlds.shapes.makers.turned import (
    Profile,
    fluted,
    hollow,
    say_proportion,
    squared,
)
from pointclip2.worlds.shapes.mesh import box, cylinder, lathe, merge, rod, sphere, torus
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.pouring import bail


@shape_class(
    "trash can",
    parts=("body", "lid", "pedal", "wheel", "handle"),
    synonyms=(
        "garbage can",
        "trash bin",
        "rubbish bin",
        "dustbin",
        "waste bin",
        "wastepaper basket",
        "litter bin",
    ),
    described=(
        "A trash can is a tall round or square bin, a little wider at the top than at its floor.",
        "The lid of the trash can is domed, flat, or swings in a slot.",
        "A wheeled trash can is a tall box with a slanted lid, a bar behind it and two wheels below.",
        "Small office trash cans are open cones with nothing inside.",
        "A pedal sticks out at the foot of many a kitchen trash can and lifts its cover.",
    ),
)
def trash_can(shape: Shape, rng: Random) -> None:
    """Make a trash can: open, pedalled, domed, with a swing lid, ribbed of tin, or on wheels."""
    u = rng.uniform
    kind = pick(rng, ("open", "open", "pedal", "dome", "swing", "tin", "wheeled", "wheeled"))
    if kind == "wheeled":
        _wheeled_bin(shape, rng)
        return
    radius = u(0.1, 0.28)
    height = 2 * radius * u(1.0, 2.0)
    foot = radius * (u(0.65, 0.9) if kind in ("open", "swing") else u(0.85, 1.0))
    power = u(5, 12) if kind != "tin" and chance(rng, 0.35) else 2.0
    flat = u(0.6, 0.9) if power > 2 else 1.0
    profile: Profile = [(foot, 0.0), ((foot + radius) / 2, height / 2), (radius, height)]
    top = lathe([(radius * 1.03, height), (radius * 1.03, height * 1.03), (0.0, height * 1.03)], 32)
    if kind in ("dome", "tin", "pedal"):
        rise = radius * (u(0.3, 1.0) if kind == "dome" else u(0.1, 0.3))
        t = np.linspace(0, np.pi / 2, 8)
        top = lathe(
            [
                (radius * 1.04, height * 0.97),
                *((radius * 1.02 * float(np.cos(a)), height + rise * float(np.sin(a))) for a in t),
            ],
            32,
        )
    if kind == "swing":
        slope = [
            (radius * 1.03, height * 0.97),
            (radius * 1.03, height),
            (radius * 0.4, height + radius * u(0.5, 1.0)),
            (0.0, height + radius * 0.9),
        ]
        top = lathe(slope, 32)
    body = hollow(profile, radius * 0.03, segments=48)
    if kind == "tin":
        body = fluted(body, 16, u(0.015, 0.035))
    pieces = [("body", body)] + ([] if kind == "open" else [("lid", top)])
    for part, mesh in pieces:
        shape.add(part, (squared(mesh, power) if power > 2 else mesh).scaled(z=flat))
    front = radius * flat
    if kind == "pedal":
        shape.add(
            "pedal", box(radius * 0.5, height * 0.025, radius * 0.4, (0, height * 0.03, front + radius * 0.1))
        )
        shape.say("a pedal at its foot")
    elif kind == "tin":
        shape.add("lid", bail(radius * 0.2, height + radius * 0.2, radius * 0.2, radius * 0.03))
        for side in (-1, 1):
            ear = torus(radius * 0.2, radius * 0.03, segments=12).rotated_deg(x=90).rotated_deg(y=90)
            shape.add("handle", ear.moved(side * radius * 1.02, height * 0.75))
        shape.say("ribbed walls of tin with two handles")
    elif kind == "dome":
        hole = (
            torus(radius * 0.5, radius * 0.05)
            .rotated_deg(x=u(35, 60))
            .moved(0, height + radius * 0.35, front * 0.7)
        )
        shape.add("lid", hole)
        shape.say("a domed top")
    elif kind == "swing":
        shape.say("a swinging lid")
    else:
        ring = torus(radius, radius * 0.03, (0, height, 0))
        shape.add("body", (squared(ring, power) if power > 2 else ring).scaled(z=flat))
        shape.say("open at the top")
    shape.say("square" if power > 2 else "round", say_proportion(height, 2 * radius, "bin"))


def _wheeled_bin(shape: Shape, rng: Random) -> None:
    """Add a tall tapering box with a sloping lid, two wheels and a bar at its back."""
    u = rng.uniform
    x, z = u(0.22, 0.32), u(0.25, 0.4)
    height = u(0.85, 1.1)
    shrink = u(0.7, 0.85)
    shape.add(
        "body",
        squared(lathe([(0.0, 0.0), (shrink, 0.0), (1.0, height), (0.0, height)], 32), 12).scaled(x, 1, z),
    )
    opened = chance(rng, 0.15)
    slope = u(0, 12)
    lid = squared(lathe([(1.04, 0.0), (1.04, 0.03), (0.6, u(0.05, 0.12)), (0.0, 0.12)], 32), 12).scaled(
        x, 1, z
    )
    hinge = lid.moved(z=z).rotated_deg(x=-110 if opened else slope)
    shape.add("lid", hinge.moved(0, height + (0.12 if slope > 6 and not opened else 0.02), -z))
    if slope > 6 and not opened:
        shape.add("body", box(1.8 * x, 0.1, 0.04, (0, height + 0.05, -z * 0.92)))
    wheel = u(0.08, 0.13)
    for side in (-1, 1):
        disc = cylinder(wheel, 0.05, segments=20).rotated_deg(z=90)
        shape.add(
            "wheel",
            disc.moved(side * x * 0.95, wheel, -z * 0.85),
            sphere(0.03, (side * x, wheel, -z * 0.85), 6),
        )
    bar = height * u(0.93, 1.02)
    shape.add("handle", rod((-x * 0.8, bar, -z - 0.06), (x * 0.8, bar, -z - 0.06), 0.018))
    for side in (-1, 1):
        shape.add("handle", rod((side * x * 0.8, bar, -z - 0.06), (side * x * 0.8, bar, -z * 0.9), 0.018))
    shape.say("on two wheels", "a bar behind it", "the lid thrown open" if opened else "the lid shut")
    shape.say("tall box that tapers downwards")


@shape_class(
    "cardboard box",
    parts=("body", "flap", "tape"),
    synonyms=("carton", "cereal box", "parcel", "package", "packaging box", "shoe box", "moving box"),
    described=(
        "A cardboard box is a plain block with flat sides and sharp straight edges.",
        "Open, the cardboard box shows four flaps that fold outwards from its upper edges.",
        "A strip of tape runs over the seam on top of the closed cardboard box.",
        "Cereal comes in a cardboard box that is tall, wide and thin like a book on its end.",
        "Nothing sticks out of a closed cardboard box: it has six rectangles as its faces.",
    ),
)
def cardboard_box(shape: Shape, rng: Random) -> None:
    """Make a cardboard box: closed, open with flaps, a thin packet, with a lid that lifts off, or dented."""
    u = rng.uniform
    kind = pick(rng, ("closed", "closed", "open", "open", "packet", "packet", "lidded", "pizza"))
    x, z = u(0.15, 0.6), u(0.15, 0.6)
    height = u(0.12, 0.5)
    if kind == "packet":
        x, height = u(0.06, 0.22), u(0.08, 0.32)
        z = min(x, height) * u(0.2, 0.75)
    elif kind == "pizza":
        x = z = u(0.25, 0.45)
        height = x * u(0.1, 0.16)
    thick = 0.01 * max(x, z)
    walls = [box(x, height, thick, (0, height / 2, s * z / 2)) for s in (-1, 1)]
    walls += [box(thick, height, z, (s * x / 2, height / 2, 0)) for s in (-1, 1)]
    walls.append(box(x, thick, z, (0, thick / 2, 0)))
    if kind == "open":
        shape.add("body", *walls)
        short = min(x, z) * u(0.4, 0.5)
        flaps = int(rng.integers(2, 5))
        for k in range(flaps):
            lean = u(-40, 75)
            wide, reach = (x, z) if k < 2 else (z, x)
            flap = box(wide * 0.99, short, thick, (0, short / 2, 0)).rotated_deg(x=lean).moved(z=reach / 2)
            shape.add("flap", flap.rotated_deg(y=(0, 180, 90, 270)[k]).moved(y=height))
        shape.say(f"{counted(flaps, 'flap')} standing open", "hollow and open at the top")
    elif kind == "lidded":
        shape.add("body", *walls)
        deep = height * u(0.15, 0.5)
        lift = height * (u(0, 0.4) if chance(rng, 0.3) else 0.0)
        lid = [box(x * 1.04, deep, thick, (0, height + thick - deep / 2, s * z * 0.52)) for s in (-1, 1)]
        lid += [box(thick, deep, z * 1.04, (s * x * 0.52, height + thick - deep / 2, 0)) for s in (-1, 1)]
        lid.append(box(x * 1.05, thick, z * 1.05, (0, height + thick, 0)))
        tilt = u(0, 25) if lift else 0.0
        shape.add("flap", *(mesh.moved(y=-height).rotated_deg(z=tilt).moved(y=height + lift) for mesh in lid))
        shape.say("a lid that lifts off" if lift else "a lid with a low edge")
    elif kind == "pizza":
        shape.add("body", *walls)
        cover = box(x, thick, z, (0, thick / 2, z / 2)).rotated_deg(x=-u(0, 110) if chance(rng, 0.6) else 0.0)
        shape.add("flap", cover.moved(0, height, -z / 2))
        shape.say("flat and square with a hinged lid")
    else:
        shape.add("body", box(x, height, z, (0, height / 2, 0)))
        if kind == "closed":
            shape.add("tape", box(x * 1.004, thick * 0.6, z * u(0.08, 0.2), (0, height, 0)))
            for side in (-1, 1):
                drop = height * u(0.1, 0.3)
                shape.add("tape", box(thick * 0.6, drop, z * 0.12, (side * x / 2, height - drop / 2, 0)))
            shape.say("taped shut")
        else:
            if chance(rng, 0.3):
                shape.add(
                    "flap",
                    box(x, z * 0.9, 0.002, (0, z * 0.45, 0))
                    .rotated_deg(x=u(-70, 20))
                    .moved(0, height, -z / 2),
                )
                shape.say("its upper flap torn open")
            else:
                shape.say("a closed packet")
    flat = height < 0.4 * min(x, z)
    shape.say("low and flat" if flat else "taller than wide" if height > max(x, z) else "a stout block")
    shape.say(
        "thin from front to back"
        if z < 0.35 * x
        else "long"
        if max(x, z) > 1.8 * min(x, z)
        else "nearly square on the floor"
    )
    if kind == "packet" and chance(rng, 0.4):
        turn(shape, x_deg=90)
        set_down(shape)
        shape.say("lying down")


@shape_class(
    "crate",
    parts=("slat", "post", "bottom", "lid"),
    synonyms=("wooden crate", "fruit crate", "beer crate", "pallet box", "shipping crate", "milk crate"),
    described=(
        "A crate is a box made of boards with gaps between them.",
        "Posts stand in the corners of the crate, and slats are nailed across them.",
        "Slanting boards cross the sides of a heavy shipping crate from corner to corner.",
        "A plastic crate for bottles has many small compartments and holes to grip it by.",
        "Through the slots in its walls one sees into the crate, which is mostly open at the top.",
    ),
)
def crate(shape: Shape, rng: Random) -> None:
    """Make a crate: open of slats, closed and braced, of plastic with compartments, or a flat tray for fruit."""
    u = rng.uniform
    kind = pick(rng, ("slats", "slats", "braced", "braced", "plastic", "tray"))
    x, z = u(0.35, 1.0), u(0.3, 0.8)
    height = min(x, z) * {"tray": u(0.25, 0.45), "plastic": u(0.6, 0.9)}.get(kind, u(0.5, 1.1))
    thick = 0.03 * min(x, z)
    post = thick * u(1.2, 2.5)
    sides = [(x, z, 0.0), (x, z, 180.0), (z, x, 90.0), (z, x, 270.0)]
    shape.add("bottom", box(x, thick, z, (0, thick, 0)))
    corners = [(i * (x / 2 - post / 2), k * (z / 2 - post / 2)) for i in (-1, 1) for k in (-1, 1)]
    if kind == "braced":
        shape.add("slat", box(x * 0.96, height * 0.98, z * 0.96, (0, height / 2, 0)))
        wide = min(x, z) * u(0.09, 0.16)
        lean = pick(rng, ("none", "one", "cross"))
        for along, across, angle in sides:
            frame = [box(along, wide, thick, (0, y, 0)) for y in (wide / 2, height - wide / 2)]
            frame += [box(wide, height, thick, (s * (along - wide) / 2, height / 2, 0)) for s in (-1, 1)]
            long, tilt = np.hypot(along, height) * 0.9, np.rad2deg(np.arctan2(height, along))
            for sign in {"none": (), "one": (1,), "cross": (-1, 1)}[lean]:
                frame.append(box(long, wide, thick * 0.8).rotated_deg(z=sign * tilt).moved(y=height / 2))
            shape.add("post", *(mesh.moved(z=across / 2).rotated_deg(y=angle) for mesh in frame))
        lid = [box(x, thick, wide, (0, height, s * (z - wide) / 2)) for s in (-1, 1)]
        lid += [box(wide, thick, z, (s * (x - wide) / 2, height, 0)) for s in (-1, 1)]
        shape.add("lid", *lid, box(x * 0.97, thick * 0.5, z * 0.97, (0, height - thick * 0.5, 0)))
        words = {
            "none": "plain framed sides",
            "one": "one slanting board a side",
            "cross": "crossed boards on its sides",
        }
        shape.say(words[lean], "closed on all sides")
    else:
        shape.add("post", *(box(post, height, post, (a, height / 2, b)) for a, b in corners))
        low, high = {"tray": (1, 3), "plastic": (4, 7)}.get(kind, (2, 6))
        rows = int(rng.integers(low, high))
        share = u(0.5, 0.85)
        wide = height / rows * share
        for along, across, angle in sides:
            for k in range(rows):
                y = height - (rows - 1 - k) * height / rows - wide / 2
                board = box(along, wide, thick, (0, y, across / 2))
                if kind == "plastic" and k == rows - 1:
                    board = merge(
                        [box(along * 0.3, wide, thick, (s * along * 0.35, y, across / 2)) for s in (-1, 1)]
                    )
                shape.add("slat", board.rotated_deg(y=angle))
        shape.say(f"{counted(rows, 'slat')} on each side", "open at the top")
        if kind == "plastic":
            cells = int(rng.integers(3, 6))
            for k in range(1, cells):
                at = k / cells - 0.5
                shape.add("bottom", box(thick * 0.5, height * 0.7, z, (at * x, height * 0.35, 0)))
                shape.add("bottom", box(x, height * 0.7, thick * 0.5, (0, height * 0.35, at * z)))
            shape.say("compartments for bottles")
        elif chance(rng, 0.2):
            count = int(rng.integers(4, 7))
            shape.add(
                "lid",
                *(
                    box(x, thick, z / count * 0.8, (0, height + thick / 2, (k + 0.5) * z / count - z / 2))
                    for k in range(count)
                ),
            )
            shape.attributes.remove("open at the top")
            shape.say("covered with slats")
    shape.say(
        "long" if x > 1.5 * z else "nearly square on the floor",
        "low and flat"
        if height < 0.5 * min(x, z)
        else "tall"
        if height > 0.9 * min(x, z)
        else "of middling height",
    )
    set_down(shape)
