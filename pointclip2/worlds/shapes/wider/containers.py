"""Make things with a cover: suitcases and books."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import set_down, turn
from pointclip2.worlds.shapes.makers.supports import chance, counted, pick
from pointclip2.worlds.shapes.makers.turned import rings
from pointclip2.worlds.shapes.mesh import (
    Mesh,
    box,
    cylinder,
    grid,
    merge,
    rod,
    sphere,
    superellipsoid,
    tube,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


def _grip(width: float, rise: float, thin: float) -> Mesh:
    """Return a bracket-shaped handle between x = +-width/2 that rises from y = 0."""
    angle = np.linspace(0, np.pi, 14)
    cos, sin = np.cos(angle), np.sin(angle)
    x = width / 2 * np.sign(cos) * np.abs(cos) ** 0.4
    return tube(np.stack([x, rise * sin**0.4, 0 * x], axis=1), thin, 7)


@shape_class(
    "suitcase",
    parts=("body", "handle", "wheel", "strap", "lock"),
    synonyms=("luggage", "travel case", "trolley case", "briefcase", "baggage"),
    described=(
        "A suitcase is a flat block with rounded corners and a handle on its narrow edge.",
        "A modern suitcase stands upright on small wheels, and a bar on two poles slides out of its top.",
        "Grooves run down the shell of a hard suitcase like furrows.",
        "Laid open, the suitcase is two shallow trays joined at a hinge.",
        "Old leather suitcases have belts around them, and metal corners at every edge of the suitcase.",
    ),
)
def suitcase(shape: Shape, rng: Random) -> None:
    """Make a suitcase: a trolley, an old one with straps, a briefcase, or one laid open."""
    u = rng.uniform
    kind = pick(rng, ("trolley", "trolley", "old", "brief", "open"))
    tall = kind == "trolley"
    x = u(0.34, 0.52) if tall else u(0.38, 0.75)
    y = x * (u(1.3, 1.6) if tall else u(0.6, 0.78))
    z = x * (u(0.4, 0.62) if tall else u(0.2, 0.4) if kind == "old" else u(0.16, 0.26))
    soft = u(0.08, 0.3) if kind != "brief" else u(0.04, 0.12)
    if kind == "open":
        for sign in (-1, 1):
            tray = _tray(x, y, z / 2, 2 / max(soft, 0.1))
            shape.add(
                "body",
                tray.moved(z=sign * y / 2) if sign > 0 else tray.rotated_deg(x=-u(0, 20)).moved(z=-y / 2),
            )
        shape.add("handle", _grip(x * 0.25, 0.04, 0.01).rotated_deg(x=90).moved(0, z * 0.4, y))
        shape.say("laid open", "two shallow trays side by side")
        set_down(shape)
        return
    body = superellipsoid(x, y, z, soft, (0, y / 2, 0), 18)
    ribs = tall and chance(rng, 0.5)
    if ribs:
        count = int(rng.integers(4, 9))
        wave = np.cos(np.linspace(-np.pi, np.pi, 36)[None, :] * count)
        panel = grid(
            np.stack(
                np.broadcast_arrays(
                    np.linspace(-0.4, 0.4, 36)[None, :] * x,
                    np.linspace(0.1, 0.9, 4)[:, None] * y,
                    z / 2 * (1 + 0.04 * wave),
                ),
                axis=-1,
            )
        )
        shape.add("body", panel, panel.scaled(z=-1))
        shape.say("grooves down its front")
    shape.add("body", body)
    lift = 0.0
    if tall:
        wheel = u(0.02, 0.035)
        count = int(rng.choice([2, 4]))
        for i in (-1, 1):
            for k in (-1, 1)[: count // 2]:
                disc = cylinder(wheel, 0.03, segments=14).rotated_deg(z=90)
                shape.add("wheel", disc.moved(i * x * 0.4, -wheel * 0.7, k * z * 0.33))
        if count == 2:
            shape.add(
                "wheel",
                *(box(0.03, wheel * 1.7, 0.03, (i * x * 0.4, -wheel * 0.8, z * 0.35)) for i in (-1, 1)),
            )
        lift = wheel * 1.7
        shape.say(counted(count, "wheel"))
        pull = y * (u(0.3, 0.75) if chance(rng, 0.6) else u(0.02, 0.06))
        bar = x * u(0.25, 0.5)
        shape.add(
            "handle",
            *(
                rod((i * bar / 2, y * 0.9, -z * 0.35), (i * bar / 2, y + pull, -z * 0.35), 0.01)
                for i in (-1, 1)
            ),
        )
        shape.add("handle", box(bar * 1.15, 0.03, 0.03, (0, y + pull, -z * 0.35)))
        shape.say("a long bar pulled out" if pull > 0.2 * y else "the bar pushed in")
        shape.add("handle", _grip(x * 0.3, 0.03, 0.012).moved(y=y * 0.99))
    else:
        shape.add("handle", _grip(x * u(0.2, 0.32), u(0.035, 0.06), 0.011).moved(y=y))
        if kind == "old" and chance(rng, 0.65):
            for i in (-1, 1):
                belt = superellipsoid(x * 0.05, y * 1.02, z * 1.05, soft * 0.8, (i * x * 0.28, y / 2, 0), 12)
                shape.add("strap", belt)
            shape.say("two belts around it")
        for i in (-1, 1):
            shape.add("lock", box(0.03, 0.035, 0.012, (i * x * 0.33, y * 0.96, z / 2 * 0.75)))
        if chance(rng, 0.4):
            corner = [
                sphere(x * 0.045, (i * x * 0.47, y * (0.5 + 0.47 * j), k * z * 0.42), 7)
                for i in (-1, 1)
                for j in (-1, 1)
                for k in (-1, 1)
            ]
            shape.add("lock", *corner)
            shape.say("guarded corners")
        shape.say("a thin briefcase" if kind == "brief" else "a handle on its long edge")
    shape.meshes[:] = [mesh.moved(y=lift) for mesh in shape.meshes]
    shape.say("upright" if tall else "wider than tall", "thick" if z > 0.4 * x else "slim")
    if chance(rng, 0.2):
        turn(shape, x_deg=-90)
        shape.say("lying flat")
    set_down(shape)


def _tray(x: float, z: float, deep: float, power: float) -> Mesh:
    """Return an open shallow box with round corners."""
    power = min(power, 12.0)
    a, c = x / 2, z / 2
    return rings(
        [
            (0, 0, 0, power, 0, 0),
            (a, c, 0, power, 0, 0),
            (a, c, deep, power, 0, 0),
            (a * 0.95, c * 0.95, deep, power, 0, 0),
            (a * 0.95, c * 0.95, deep * 0.1, power, 0, 0),
            (0, 0, deep * 0.1, power, 0, 0),
        ]
    )


@shape_class(
    "book",
    parts=("cover", "pages", "spine"),
    synonyms=("hardcover book", "paperback", "open book", "novel", "notebook", "stack of books"),
    described=(
        "A book is a thin block: two stiff boards with a wad of paper between them.",
        "The boards of the book stand over the pages a little on three sides.",
        "Along one long edge, the back of the book is flat or gently rounded.",
        "Opened, the book spreads into two slopes that meet in a valley in the middle.",
        "Stood on end, a book is tall and narrow, and it may be fanned open like a roof.",
    ),
)
def book(shape: Shape, rng: Random) -> None:
    """Make a book: closed and lying, standing, opened flat, standing fanned, or several in a stack."""
    u = rng.uniform
    kind = pick(rng, ("lying", "lying", "standing", "open", "open", "fanned", "stack"))
    if kind in ("lying", "standing", "stack"):
        count = int(rng.integers(2, 6)) if kind == "stack" else 1
        level = 0.0
        for _ in range(count):
            high, wide = u(0.15, 0.32), u(0.1, 0.22)
            thick = high * u(0.05, 0.28)
            pieces = _closed_book(rng, wide, high, thick)
            angle = u(-25, 25) if kind == "stack" else 0.0
            for part, mesh in pieces:
                shape.add(part, mesh.rotated_deg(y=angle).moved(y=level))
            level += thick
        if kind == "standing":
            turn(shape, x_deg=90)
            turn(shape, y_deg=float(rng.choice([0, 90, -90])))
        words = {
            "lying": "lying flat",
            "standing": "standing on end",
            "stack": f"{counted(count, 'book')} in a stack",
        }
        shape.say(words[kind], "thick" if level > 0.17 * count * high else "thin")
        if kind != "stack":
            shape.say(
                "tall and narrow"
                if high > 1.6 * wide
                else "nearly square"
                if high < 1.15 * wide
                else "an upright format"
            )
    else:
        high, wide = u(0.15, 0.32), u(0.1, 0.22)
        thick = high * u(0.03, 0.14)
        spread = u(150, 180) if kind == "open" else u(30, 110)
        t = np.linspace(0, 1, 12)
        for side in (-1, 1):
            swell = thick * (0.35 + np.sin(np.pi * t**0.5) * u(0.5, 1.0)) * np.minimum(1, 6 * t + 0.2)
            line = np.stack([wide * t, swell], axis=1)
            top = [np.column_stack([line, np.full(12, z)]) for z in (-high / 2, high / 2)]
            low = [np.column_stack([line[:, 0], 0 * t, np.full(12, z)]) for z in (-high / 2, high / 2)]
            leaf = grid(np.stack([low[0], top[0], top[1], low[1]]), wrap_rows=True)
            cover = box(wide * 1.04, thick * 0.06, high * 1.05, (wide * 0.52, 0, 0))
            for part, mesh in (("pages", leaf), ("cover", cover)):
                mesh = mesh if side > 0 else mesh.scaled(x=-1)
                shape.add(part, mesh.rotated_deg(z=side * (180 - spread) / 2))
        shape.add("spine", box(thick * 0.8, thick * 0.1, high * 1.05, (0, -thick * 0.02, 0)))
        if kind == "fanned":
            turn(shape, x_deg=-90)
            shape.say("standing with its covers spread")
        else:
            shape.say(
                "opened in the middle",
                "pages swelling on both sides" if thick > 0.08 * high else "flat pages",
            )
        shape.say("wide open" if spread > 100 else "opened a little", "large" if high > 0.24 else "small")
    turn(shape, y_deg=u(-30, 30))
    set_down(shape)


def _closed_book(rng: Random, wide: float, high: float, thick: float) -> list[tuple[str, Mesh]]:
    """Return a closed book that lies on y = 0, its spine on the -x side."""
    board = thick * rng.uniform(0.04, 0.1)
    inset = 0.0 if chance(rng, 0.25) else wide * rng.uniform(0.02, 0.05)
    covers = [box(wide, board, high, (0, y, 0)) for y in (board / 2, thick - board / 2)]
    pages = box(wide - inset * 1.5, thick - 2 * board, high - 2 * inset, (-inset * 0.7, thick / 2, 0))
    bulge = thick * rng.uniform(0.0, 0.35)
    angle = np.linspace(-np.pi / 2, np.pi / 2, 9)
    arc = np.stack([-wide / 2 - bulge * np.cos(angle), thick / 2 * (1 + np.sin(angle)), 0 * angle], axis=1)
    back = grid(np.stack([arc + np.array([0, 0, z]) for z in (-high / 2, high / 2)]))
    return [("cover", merge(covers)), ("pages", pages), ("spine", back)]
