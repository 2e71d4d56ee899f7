"""Make night stands, dressers and tv stands: low cases with drawers, doors and niches."""

import numpy as np

from pointclip2.worlds.shapes.makers.cabinets import (
    Fronts,
    Space,
    add_clutter,
    add_doors,
    add_drawer,
    add_feet,
    carcass,
    closed_case,
)
from pointclip2.worlds.shapes.makers.supports import (
    HANDLE_PHRASES,
    LEG_KINDS,
    LEG_PHRASES,
    chance,
    counted,
    four_legs,
    pick,
    rounded_outline,
    slab,
)
from pointclip2.worlds.shapes.mesh import box, cylinder
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class

_FRONTS = ("flat", "flat", "framed", "raised")


def _top(shape: Shape, rng: Random, size: tuple[float, float], y: float) -> float:
    """Add a top board to a case whose upper face is at ``y``; return the new height."""
    x, z = size
    over = float(rng.uniform(0.0, 0.04))
    thick = float(rng.uniform(0.012, 0.05))
    if chance(rng, 0.25):
        shape.add(
            "top",
            slab(
                rounded_outline(x + 2 * over, z + 2 * over, float(rng.uniform(0.08, 0.3))), thick, y + thick
            ),
        )
    else:
        shape.add("top", box(x + 2 * over, thick, z + over, (0, y + thick / 2, over / 2)))
    if chance(rng, 0.12):
        rim = float(rng.uniform(0.02, 0.1))
        shape.add("top", box(x, rim, 0.015, (0, y + thick + rim / 2, -z / 2 + 0.008)))
    if over > 0.025:
        shape.say("a top wider than the body")
    return y + thick


def _mixed(shape: Shape, rng: Random, inside: Space, fronts: Fronts, drawers: int) -> None:
    """Add drawers above, and below them more drawers, doors or an open niche."""
    lower = pick(rng, ("drawers", "drawers", "doors", "niche")) if inside.size[1] > 0.25 else "drawers"
    if lower == "drawers":
        shares = [float(v) for v in rng.uniform(0.8, 1.2, drawers)] if chance(rng, 0.4) else [1.0] * drawers
        if chance(rng, 0.3):
            shares.sort(reverse=True)
        for row in inside.rows(shares):
            add_drawer(shape, rng, row, fronts)
        shape.say(counted(drawers, "drawer"))
        return
    below, above = inside.rows([float(rng.uniform(1.0, 2.5)), 1.0])
    add_drawer(shape, rng, above, fronts)
    if lower == "doors":
        number = 1 if inside.size[0] < 0.5 and chance(rng, 0.8) else 2
        add_doors(shape, rng, below, number, fronts)
        shape.say("one drawer above", counted(number, "door"))
    else:
        shape.say("one drawer above an open space")


@shape_class(
    "night stand",
    parts=("top", "body", "drawer", "door", "handle", "leg"),
    synonyms=("bedside table", "nightstand", "small cabinet beside a bed"),
)
def night_stand(shape: Shape, rng: Random) -> None:
    """Make a night stand: a small chest beside a bed."""
    x, z = float(rng.uniform(0.33, 0.75)), float(rng.uniform(0.3, 0.52))
    y = float(rng.uniform(0.4, 0.78))
    fronts = Fronts.drawn(rng, _FRONTS)
    board = float(rng.uniform(0.012, 0.03))
    kind = rng.random()
    if kind < 0.1:
        y = float(rng.uniform(0.45, 0.65))
        outline = rounded_outline(x, x, 1.0)
        foot = float(rng.uniform(0.0, 0.25))
        shape.add("top", slab(outline, 0.02, y))
        shape.add(
            "body", cylinder(x * 0.46, y - foot - 0.02, centre=(0, (y + foot - 0.02) / 2, 0), segments=28)
        )
        if foot > 0.02:
            shape.add(
                "leg", *four_legs("tapered round", 0.035, (x * 0.25, x * 0.25), foot + 0.01, (0.02, 0.02))
            )
        inside = Space((-x * 0.2, x * 0.2), (foot + 0.04, y - 0.05), (0.0, x * 0.45))
        number = int(rng.integers(1, 4))
        for row in inside.rows([1.0] * number):
            add_drawer(shape, rng, row, fronts.plain())
        shape.say("a round body like a drum", counted(number, "drawer"))
        return
    if kind < 0.38:
        # A little table with a drawer: legs all the way up.
        width = float(rng.uniform(0.02, 0.055))
        legs = pick(rng, LEG_KINDS[:6])
        top = _top(shape, rng, (x, z), y - 0.025)
        half = (x / 2 - width / 2, z / 2 - width / 2)
        splay = float(rng.uniform(0, 0.06)) if chance(rng, 0.3) else 0.0
        shape.add("leg", *four_legs(legs, width, half, y - 0.02, (splay, splay)))
        high = float(rng.uniform(0.1, 0.3)) * y / 0.6
        case = Space((-half[0], half[0]), (y - 0.025 - high, y - 0.025), (-half[1], half[1] + width * 0.3))
        shape.add("body", case.filled())
        number = 1 if high < 0.19 else 2
        for row in case.shrunk(0.008).rows([1.0] * number):
            add_drawer(shape, rng, row, fronts)
        if chance(rng, 0.5):
            level = float(rng.uniform(0.12, 0.4)) * y
            shape.add("body", box(2 * half[0] + splay, 0.015, 2 * half[1] + splay, (0, level, 0)))
            shape.say("a shelf between the legs")
        shape.say("four long legs", LEG_PHRASES[legs], counted(number, "drawer"))
    else:
        foot = float(rng.uniform(0.03, 0.28)) if chance(rng, 0.75) else 0.0
        foot = min(foot, 0.45 * y)
        case = Space((-x / 2, x / 2), (foot, y - 0.03), (-z / 2, z / 2))
        shape.add("body", *carcass(case, board))
        if kind > 0.9:
            level = float(rng.uniform(0.35, 0.65)) * (y - foot) + foot
            shape.add("body", box(x, board, z, (0, level, 0)))
            if chance(rng, 0.5):
                drawer = Space((-x / 2 + board, x / 2 - board), (level, y - 0.03 - board), (-z / 2, z / 2))
                add_drawer(shape, rng, drawer, fronts)
                shape.say("an open niche below one drawer")
            else:
                shape.say("open shelves at the front")
        else:
            drawers = int(rng.choice([1, 2, 3, 4], p=[0.15, 0.45, 0.32, 0.08]))
            _mixed(shape, rng, case.shrunk(board), fronts, drawers)
        top = _top(shape, rng, (x, z), y - 0.03)
        add_feet(shape, rng, (x, z), foot)
        shape.say(HANDLE_PHRASES[fronts.pull])
    if chance(rng, 0.1):
        add_clutter(shape, rng, "top", (x, z), top)
    shape.say(
        "small and low" if y < 0.55 else "small, taller than wide" if y > 1.15 * x else "small like a cube"
    )


@shape_class(
    "dresser",
    parts=("top", "body", "drawer", "door", "handle", "leg", "mirror"),
    synonyms=("chest of drawers", "bureau", "sideboard with drawers"),
)
def dresser(shape: Shape, rng: Random) -> None:
    """Make a dresser: a large chest of drawers, wide or tall, some with a mirror."""
    tall = chance(rng, 0.38)
    x = float(rng.uniform(0.45, 0.95)) if tall else float(rng.uniform(0.8, 1.9))
    y = float(rng.uniform(0.9, 1.45)) if tall else float(rng.uniform(0.6, 1.0))
    z = float(rng.uniform(0.36, 0.6))
    foot = min(float(rng.uniform(0.03, 0.25)), 0.3 * y) if chance(rng, 0.8) else 0.0
    fronts = Fronts.drawn(rng, _FRONTS)
    board = float(rng.uniform(0.015, 0.04))
    case = Space((-x / 2, x / 2), (foot, y - 0.03), (-z / 2, z / 2))
    special = pick(rng, ("plain", "plain", "doors", "niche", "top row"))
    shape.add("body", *(carcass(case, board) if special == "niche" else closed_case(rng, case, board)))
    inside = case.shrunk(board)
    columns = 1 if tall else int(rng.choice([1, 2, 3], p=[0.2, 0.5, 0.3]))
    rows = int(np.clip(round(inside.size[1] / float(rng.uniform(0.14, 0.28))), 2, 7))
    drawers = doors = 0
    if special == "top row":
        inside, upper = inside.rows([rows - 1.0, float(rng.uniform(0.6, 1.0))])
        number = max(2, columns + int(rng.integers(0, 2)))
        for column in upper.columns([1.0] * number):
            add_drawer(shape, rng, column, fronts)
        drawers += number
        rows = max(rows - 1, 2)
    shares = [1.0] * columns
    if columns == 3:
        shares[1] = float(rng.uniform(0.5, 1.3))
    for k, column in enumerate(inside.columns(shares)):
        if k:
            shape.add("body", box(board, inside.size[1], z * 0.98, (column.x[0], inside.centre[1], 0)))
        middle = k == columns // 2
        if special == "doors" and middle:
            number = 2 if column.size[0] > 0.55 else 1
            part = column
            if columns == 1:
                part, upper = column.rows([1.0, float(rng.uniform(0.4, 1.0))])
                for row in upper.rows([1.0, 1.0]):
                    add_drawer(shape, rng, row, fronts)
                drawers += 2
            add_doors(shape, rng, part, number, fronts)
            doors += number
        elif special == "niche" and middle and columns > 1:
            levels = int(rng.integers(1, 3))
            for row in column.rows([1.0] * (levels + 1))[1:]:
                shape.add("body", box(column.size[0], board, z * 0.97, (column.centre[0], row.y[0], 0)))
            shape.say("open shelves in one column")
        else:
            heights = [float(v) for v in np.linspace(1.0, float(rng.uniform(0.6, 1.0)), rows)]
            for row in column.rows(heights):
                add_drawer(shape, rng, row, fronts)
            drawers += rows
    top = _top(shape, rng, (x, z), y - 0.03)
    add_feet(shape, rng, (x, z), foot)
    shape.say(
        counted(drawers, "drawer"), HANDLE_PHRASES[fronts.pull], "tall and narrow" if tall else "wide and low"
    )
    if doors:
        shape.say(counted(doors, "door"))
    if not tall and chance(rng, 0.2):
        wide, high = x * float(rng.uniform(0.4, 0.9)), float(rng.uniform(0.5, 0.95))
        outline = rounded_outline(wide, high, pick(rng, (0.05, 0.05, 0.4, 1.0)))
        mirror = slab(outline, 0.03, 0.0).rotated_deg(x=90 - float(rng.uniform(0, 6)))
        shape.add("mirror", mirror.moved(0, top + high / 2 + 0.05, -z / 2 + 0.05))
        for i in (-1, 1):
            shape.add(
                "mirror",
                box(0.04, high * 0.7 + 0.05, 0.03, (i * (wide / 2 + 0.02), top + high * 0.35, -z / 2 + 0.03)),
            )
        shape.add("mirror", box(wide + 0.08, 0.05, 0.04, (0, top + 0.025, -z / 2 + 0.03)))
        shape.say("a large mirror standing on it")
    elif chance(rng, 0.08):
        add_clutter(shape, rng, "top", (x, z), top)


def _television(shape: Shape, rng: Random, x: float, y: float, at: float = 0.0) -> None:
    """Add a screen for a stand of width ``x``, its middle at ``at``."""
    wide = x * float(rng.uniform(0.5, 0.95))
    high = wide * float(rng.uniform(0.5, 0.6))
    shape.add("screen", box(wide, high, float(rng.uniform(0.02, 0.07)), (at, y + 0.06 + high / 2, 0)))
    if chance(rng, 0.6):
        shape.add("screen", box(wide * 0.4, 0.015, 0.2, (at, y + 0.008, 0)))
        shape.add("screen", box(0.08, 0.08, 0.03, (at, y + 0.04, 0)))
    else:
        shape.add("screen", *(box(0.03, 0.07, 0.2, (at + i * wide * 0.35, y + 0.035, 0)) for i in (-1, 1)))
    shape.say("a flat screen standing on it")


@shape_class(
    "tv stand",
    parts=("top", "body", "drawer", "door", "handle", "leg", "screen"),
    synonyms=("television cabinet", "media console", "low cabinet under a television"),
)
def tv_stand(shape: Shape, rng: Random) -> None:
    """Make a tv stand: long low furniture under a television; walls of shelves around one too."""
    x = float(rng.uniform(0.8, 2.2))
    y, z = float(rng.uniform(0.3, 0.7)), float(rng.uniform(0.34, 0.58))
    fronts = Fronts.drawn(rng, (*_FRONTS, "glass", "slatted"))
    board = float(rng.uniform(0.015, 0.05))
    kind = rng.random()
    if kind < 0.18:
        # Open plates on posts.
        plates = int(rng.integers(2, 5))
        curved = chance(rng, 0.4)
        for level in np.linspace(0.06, y, plates):
            if curved:
                shape.add(
                    "top", slab(rounded_outline(x, z, float(rng.uniform(0.3, 0.7))), 0.015, float(level))
                )
            else:
                shape.add("top", box(x, 0.02, z, (0, float(level) - 0.01, 0)))
        posts = pick(rng, ("corner", "boards", "column"))
        if posts == "corner":
            at = 0.72 if curved else 0.92
            shape.add(
                "leg",
                *four_legs(
                    pick(rng, ("round", "square")),
                    float(rng.uniform(0.025, 0.05)),
                    (x / 2 * at, z / 2 * at * 0.9),
                    y,
                ),
            )
        elif posts == "boards":
            shape.add("leg", *(box(0.03, y, z * 0.8, (i * x * 0.36, y / 2, 0)) for i in (-1, 1)))
        else:
            shape.add(
                "leg", box(x * 0.3, y, 0.08, (0, y / 2, -z * 0.3)), box(x * 0.6, 0.03, z * 0.7, (0, 0.015, 0))
            )
        top = y
        shape.say(f"{counted(plates, 'flat shelf', 'flat shelves')} one above the other", "open on all sides")
    else:
        foot = min(float(rng.uniform(0.03, 0.25)), y * 0.45) if chance(rng, 0.7) else 0.0
        case = Space((-x / 2, x / 2), (foot, y - 0.02), (-z / 2, z / 2))
        shape.add("body", *carcass(case, board, back=chance(rng, 0.75)))
        inside = case.shrunk(board)
        columns = int(rng.choice([1, 2, 3, 4], p=[0.1, 0.35, 0.4, 0.15]))
        shares = [float(v) for v in rng.uniform(0.7, 1.5, columns)]
        if chance(rng, 0.7):
            shares = [(a + b) / 2 for a, b in zip(shares, shares[::-1], strict=True)]
        filling = [pick(rng, ("niche", "niche", "shelf", "shelf", "drawers", "door")) for _ in range(columns)]
        if chance(rng, 0.6):
            filling = [filling[min(k, columns - 1 - k)] for k in range(columns)]
        for k, column in enumerate(inside.columns(shares)):
            if k:
                shape.add(
                    "body", box(board * 0.8, inside.size[1], z * 0.97, (column.x[0], inside.centre[1], 0))
                )
            if filling[k] == "drawers":
                for row in column.rows([1.0] * (1 if column.size[1] < 0.22 else 2)):
                    add_drawer(
                        shape, rng, row, fronts.plain() if fronts.style in ("glass", "slatted") else fronts
                    )
            elif filling[k] == "door":
                add_doors(shape, rng, column, 2 if column.size[0] > 0.7 else 1, fronts)
            elif filling[k] == "shelf":
                level = column.y[0] + column.size[1] * float(rng.uniform(0.35, 0.7))
                shape.add("body", box(column.size[0], board * 0.6, z * 0.9, (column.centre[0], level, 0)))
        if chance(rng, 0.25):
            drawers = int(rng.integers(1, 4))
            for low in case.columns([1.0] * drawers):
                add_drawer(shape, rng, Space(low.x, (foot, foot + case.size[1] * 0.3), low.z), fronts.plain())
        top = _top(shape, rng, (x, z), y - 0.02)
        add_feet(shape, rng, (x, z), foot)
        if columns > 1:
            shape.say(f"{counted(columns, 'column')} side by side")
        drawers, doors = filling.count("drawers"), filling.count("door")
        closed = "drawers and doors" if drawers and doors else "drawers" if drawers else "doors"
        if drawers + doors == 0:
            shape.say("open at the front")
        elif drawers + doors < columns:
            shape.say(f"{closed} beside open shelves")
        else:
            shape.say(f"{closed} all along the front")
    shape.say("long and low" if x > 2 * y else "low and wide")
    extra = rng.random()
    if extra < 0.22:
        _television(shape, rng, x, top)
    elif extra < 0.34:
        high, wide = float(rng.uniform(0.8, 1.5)), x * float(rng.uniform(0.15, 0.4))
        sides = (-1, 1) if wide < 0.27 * x else (pick(rng, (-1, 1)),)
        for i in sides:
            at = i * (x - wide) / 2
            tower = Space((at - wide / 2, at + wide / 2), (top, top + high), (-z / 2, z / 2 - 0.05))
            shape.add("body", *carcass(tower, 0.02))
            for row in tower.rows([1.0] * int(rng.integers(2, 5)))[1:]:
                shape.add("body", box(wide, 0.018, z - 0.06, (at, row.y[0], tower.centre[2])))
        if len(sides) == 2:
            shape.add("body", box(x, 0.03, z - 0.05, (0, top + high, -0.025)))
            shape.say("a tower of shelves on each side", "a board across the top")
        else:
            shape.say("a tower of shelves on one side")
        if chance(rng, 0.5):
            _television(shape, rng, x * 0.55, top, 0.0 if len(sides) == 2 else -sides[0] * wide / 2)
    elif extra < 0.42:
        add_clutter(shape, rng, "top", (x, z), top)
