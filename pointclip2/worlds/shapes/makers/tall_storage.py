"""Make wardrobes and bookshelves: tall cases, closed and open."""

import numpy as np

from pointclip2.worlds.shapes.makers.cabinets import (
    Fronts,
    Space,
    add_doors,
    add_drawer,
    add_feet,
    carcass,
    closed_case,
    front,
)
from pointclip2.worlds.shapes.makers.supports import HANDLE_PHRASES, chance, counted, handle, pick
from pointclip2.worlds.shapes.mesh import beam, box, cylinder, extrude, rod, sphere
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


def _crown(shape: Shape, rng: Random, part: str, size: tuple[float, float], y: float) -> None:
    """Add a cornice on top: straight, stepped, arched or gabled."""
    x, z = size
    kind = pick(rng, ("plate", "steps", "arch", "gable"))
    over = float(rng.uniform(0.02, 0.06))
    if kind == "plate":
        shape.add(part, box(x + 2 * over, 0.04, z + over, (0, y + 0.02, over / 2)))
    elif kind == "steps":
        for k in range(3):
            grow = over * (k + 1) / 1.5
            shape.add(part, box(x + 2 * grow, 0.025, z + grow, (0, y + 0.0125 + 0.025 * k, grow / 2)))
    else:
        rise = float(rng.uniform(0.06, 0.2))
        share = np.linspace(0, np.pi, 3 if kind == "gable" else 13)
        top = np.stack([-(x / 2 + over) * np.cos(share), rise * np.sin(share) + 0.03], axis=1)
        outline = np.concatenate([[[-(x / 2 + over), 0.0]], top, [[x / 2 + over, 0.0]]])
        shape.add(part, extrude(outline, 0.04).moved(y=y, z=z / 2 - 0.02))
        shape.say("an arched crest on top" if kind == "arch" else "a pointed gable on top")
        return
    shape.say("a cornice on top")


_LAYOUTS = ("doors", "doors", "doors", "drawers below", "top boxes", "open", "sliding", "split", "half open")


@shape_class(
    "wardrobe",
    parts=("body", "door", "drawer", "handle", "leg"),
    synonyms=("closet", "armoire", "tall cupboard for clothes"),
)
def wardrobe(shape: Shape, rng: Random) -> None:
    """Make a wardrobe: a tall closed case with doors."""
    doors = int(rng.choice([1, 2, 3, 4, 5, 6], p=[0.08, 0.45, 0.17, 0.2, 0.04, 0.06]))
    x = doors * float(rng.uniform(0.36, 0.62)) + 0.05
    y, z = float(rng.uniform(1.65, 2.4)), float(rng.uniform(0.42, 0.7))
    foot = float(rng.uniform(0.03, 0.18)) if chance(rng, 0.7) else 0.0
    board = float(rng.uniform(0.018, 0.05))
    fronts = Fronts.drawn(rng, ("flat", "flat", "framed", "framed", "raised", "slatted"))
    case = Space((-x / 2, x / 2), (foot, y), (-z / 2, z / 2))
    layout = pick(rng, _LAYOUTS)
    closed = layout not in ("open", "half open")
    shape.add("body", *(closed_case(rng, case, board) if closed else carcass(case, board)))
    inside = case.shrunk(board)
    if layout == "drawers below":
        below, inside = inside.rows([float(rng.uniform(0.15, 0.5)), 1.0])
        rows, columns = int(rng.integers(1, 4)), max(1, doors // 2)
        for column in below.columns([1.0] * columns):
            for row in column.rows([1.0] * rows):
                add_drawer(shape, rng, row, fronts.plain() if fronts.style == "slatted" else fronts)
        shape.say(f"{counted(rows * columns, 'drawer')} below the doors")
    elif layout == "top boxes":
        inside, above = inside.rows([1.0, float(rng.uniform(0.18, 0.3))])
        add_doors(shape, rng, above, doors, fronts)
        shape.say("short doors above long doors")
    if layout == "sliding":
        doors = max(2, min(doors, 3))
        for k, leaf in enumerate(inside.columns([1.0] * doors)):
            wide = leaf.size[0] * 1.04
            at = leaf.z[1] - (0.05 if k % 2 else 0.015)
            shape.add("door", box(wide, leaf.size[1], 0.02, (leaf.centre[0], leaf.centre[1], at)))
            shape.add(
                "handle",
                *handle("bar", 0.2, (leaf.centre[0] - wide * 0.42, leaf.centre[1], at + 0.01), upright=True),
            )
        shape.say(f"{counted(doors, 'wide sliding door')}")
    elif layout in ("open", "half open"):
        for k, column in enumerate(inside.columns([1.0] * max(1, doors // 2 + 1))):
            if k:
                shape.add("body", box(board, inside.size[1], z * 0.95, (column.x[0], inside.centre[1], 0)))
            if layout == "half open" and k == 0:
                add_doors(shape, rng, column, 2 if column.size[0] > 0.7 else 1, fronts)
                continue
            low, high = column.x[0] + 0.01, column.x[1] - 0.01
            rail = inside.y[1] - 0.08
            if k % 2 == 0 or chance(rng, 0.4):
                shape.add("body", rod((low, rail, 0), (high, rail, 0), 0.014))
                for at in np.linspace(low + 0.05, high - 0.05, int(rng.integers(0, 9))):
                    cloth = box(0.03, float(rng.uniform(0.5, 1.0)), z * float(rng.uniform(0.5, 0.75)))
                    shape.add("body", cloth.moved(float(at), rail - float(cloth.high[1]) - 0.05, 0))
            else:
                for row in column.rows([1.0] * int(rng.integers(3, 7)))[1:]:
                    shape.add("body", box(column.size[0], 0.02, z * 0.95, (column.centre[0], row.y[0], 0)))
        shape.say(
            "open with a rail for hanging clothes" if layout == "open" else "one part open, one part closed"
        )
    else:
        if layout == "split" and doors > 1:
            chest, inside = inside.columns([1.0, doors - 1.0])
            lower, upper = chest.rows([float(rng.uniform(0.5, 1.2)), 1.0])
            rows = int(rng.integers(2, 6))
            for row in lower.rows([1.0] * rows):
                add_drawer(shape, rng, row, fronts.plain())
            add_doors(shape, rng, upper, 1, fronts)
            doors -= 1
            shape.say(f"{counted(rows, 'drawer')} on the left side")
        add_doors(shape, rng, inside, doors, fronts)
        shape.say(counted(doors, "tall door"), HANDLE_PHRASES[fronts.pull])
    add_feet(shape, rng, (x, z), foot)
    if chance(rng, 0.4):
        _crown(shape, rng, "body", (x, z), y)
    shape.say("tall and narrow" if y > 2 * x else "tall and wide")


def _books(shape: Shape, rng: Random, space: Space, share: float) -> None:
    """Add books from the left of a compartment up to ``share`` of its width, some leaning, some lying."""
    x, y, z = space.size
    at = space.x[0] + 0.005
    end = space.x[0] + x * share
    # Some stand at the very front edge, where they close the shelf like a door.
    deep = min(z * float(rng.uniform(0.6, 1.0)), 0.3)
    common = float(rng.uniform(0.55, 0.9)) * y
    back = space.z[0] + 0.012
    if chance(rng, 0.12):
        for k in range(int(rng.integers(2, 5))):
            thick = min(0.04, y / 6)
            book = box(min(0.22, x * 0.8), thick * 0.9, deep)
            shape.add("book", book.moved(space.centre[0], space.y[0] + (k + 0.5) * thick, back + deep / 2))
        return
    while at < end:
        thick = float(rng.uniform(0.015, 0.06))
        if at + thick > space.x[1] - 0.004:
            break
        high = min(common * float(rng.uniform(0.75, 1.1)), y * 0.95)
        own = deep * float(rng.uniform(0.8, 1.05))
        shape.add(
            "book", box(thick * 0.94, high, own, (at + thick / 2, space.y[0] + high / 2, back + own / 2))
        )
        at += thick
    lean = min(0.06, y * 0.2)
    if chance(rng, 0.3) and at + lean + 0.03 < space.x[1]:
        high = common * 0.9
        tilt = float(np.rad2deg(np.arctan2(lean, high)))
        book = box(0.025, high, deep).moved(y=high / 2).rotated_deg(z=tilt)
        shape.add("book", book.moved(at + lean + 0.015, space.y[0], back + deep / 2))


def _fill(shape: Shape, rng: Random, cells: list[Space], fullness: float) -> int:
    """Add books and a few other things in the compartments; return how many hold books."""
    held = 0
    for cell in cells:
        if cell.size[1] < 0.08 or cell.size[0] < 0.08 or not chance(rng, fullness):
            continue
        if chance(rng, 0.15):
            size = min(cell.size[0], cell.size[1], cell.size[2]) * 0.5
            middle = (cell.centre[0], cell.y[0] + size / 2, cell.centre[2])
            shape.add(
                "book",
                pick(
                    rng,
                    (
                        box(size, size, size, middle),
                        sphere(size / 2, middle, 8),
                        cylinder(size / 3, size, centre=middle, segments=10),
                    ),
                ),
            )
            continue
        _books(shape, rng, cell, float(rng.uniform(0.25, 1.0)))
        held += 1
    return held


def _ladder_shelf(shape: Shape, rng: Random) -> None:
    """Add boards between two leaning or upright ladders of bars, or brackets of steel."""
    x, y, z = float(rng.uniform(0.45, 1.2)), float(rng.uniform(1.2, 2.0)), float(rng.uniform(0.25, 0.45))
    levels = int(rng.integers(3, 6))
    lean = float(rng.uniform(0.5, 1.0)) if chance(rng, 0.6) else 0.0
    width = float(rng.uniform(0.02, 0.04))
    for i in (-1, 1):
        shape.add("frame", beam((i * x / 2, 0, z / 2), (i * x / 2, y, z / 2 - lean * z), width))
        shape.add("frame", beam((i * x / 2, 0, -z / 2), (i * x / 2, y, -z / 2), width))
    for share in (np.arange(levels) + 0.6) / levels:
        front = z / 2 - lean * z * float(share)
        level = float(share) * y
        shape.add("shelf", box(x, 0.02, front + z / 2, (0, level, (front - z / 2) / 2)))
        if chance(rng, 0.35):
            cell = Space(
                (-x / 2 + 0.03, x / 2 - 0.03), (level + 0.01, level + y / levels * 0.8), (-z / 2, front)
            )
            _books(shape, rng, cell, float(rng.uniform(0.2, 0.8)))
    if chance(rng, 0.3):
        shape.add("frame", beam((-x / 2, 0.05, -z / 2), (x / 2, y * 0.9, -z / 2), 0.012))
        shape.add("frame", beam((x / 2, 0.05, -z / 2), (-x / 2, y * 0.9, -z / 2), 0.012))
    shape.say(
        counted(levels, "shelf", "shelves"),
        "leaning back between two frames of bars" if lean else "open on all sides between four posts",
    )


@shape_class(
    "bookshelf",
    parts=("frame", "shelf", "book", "leg"),
    synonyms=("bookcase", "bookrack", "shelves full of books"),
)
def bookshelf(shape: Shape, rng: Random) -> None:
    """Make a bookshelf: open compartments, tall or low, with or without a back, empty to full."""
    kind = rng.random()
    if kind < 0.1:
        _ladder_shelf(shape, rng)
        return
    low = chance(rng, 0.25)
    x = float(rng.uniform(0.4, 1.3)) if chance(rng, 0.7) else float(rng.uniform(1.2, 2.6))
    y = float(rng.uniform(0.6, 1.15)) if low else float(rng.uniform(1.4, 2.5))
    z = float(rng.uniform(0.2, 0.42))
    foot = float(rng.uniform(0.02, 0.15)) if chance(rng, 0.5) else 0.0
    board = float(rng.uniform(0.012, 0.045))
    back = chance(rng, 0.65)
    case = Space((-x / 2, x / 2), (foot, y), (-z / 2, z / 2))
    frameless = chance(rng, 0.1)
    shape.add("frame", *(carcass(case, board, back)[2 if frameless else 0 :]))
    inside = case.shrunk(board)
    columns = max(1, round(x / float(rng.uniform(0.4, 1.1))))
    rows = max(2, round(inside.size[1] / float(rng.uniform(0.24, 0.42))))
    shares = [float(v) for v in rng.uniform(0.6, 1.4, columns)] if chance(rng, 0.25) else [1.0] * columns
    even = chance(rng, 0.6)
    common = [1.0] * rows if even and chance(rng, 0.6) else [float(v) for v in np.linspace(1.2, 0.8, rows)]
    staggered = columns > 1 and chance(rng, 0.2)
    closed = int(rng.integers(1, 3)) if chance(rng, 0.18) else 0
    glazed = chance(rng, 0.25)
    cells: list[Space] = []
    for k, column in enumerate(inside.columns(shares)):
        if k or frameless:
            shape.add("frame", box(board * 0.9, inside.size[1], z * 0.97, (column.x[0], inside.centre[1], 0)))
        heights = (
            [float(v) for v in rng.uniform(0.6, 1.5, max(2, rows + int(rng.integers(-1, 2))))]
            if staggered
            else common
        )
        levels = column.rows(heights)
        cells += [
            Space((c.x[0] + board / 2, c.x[1] - board / 2), (c.y[0] + board * 0.4, c.y[1] - board * 0.4), c.z)
            for c in levels[closed:]
        ]
        for cell in levels[1:]:
            shape.add("shelf", box(column.size[0], board * 0.8, z * 0.96, (cell.centre[0], cell.y[0], 0)))
        for cell in levels[:closed]:
            shape.add("frame", cell.shrunk(0.004).filled().scaled(z=1.03))
        if glazed:
            doors = Space(column.x, (levels[min(closed, len(levels) - 1)].y[0], column.y[1]), column.z)
            leaves = doors.columns([1.0] * (2 if column.size[0] > 0.6 else 1))
            for leaf in leaves:
                shape.add("frame", *front(leaf, "glass", 0.02), leaf.pane())
    if frameless:
        shape.add("frame", box(board * 0.9, inside.size[1], z * 0.97, (inside.x[1], inside.centre[1], 0)))
    fullness = pick(rng, (0.0, 0.3, 0.6, 0.85, 1.0))
    held = _fill(shape, rng, cells, fullness)
    add_feet(shape, rng, (x, z), foot)
    if chance(rng, 0.2):
        _crown(shape, rng, "frame", (x, z), y)
    shape.say(
        "tall and narrow"
        if y > 2 * x
        else "low and wide"
        if low and x > y
        else "tall and wide"
        if not low
        else "low"
    )
    shape.say(counted(len(cells), "open compartment"))
    if columns > 1:
        shape.say(counted(columns, "column"))
    if staggered:
        shape.say("shelves at uneven heights")
    shape.say(
        "no books, empty shelves"
        if held == 0
        else "full of upright books"
        if held > 0.7 * len(cells)
        else "books on some shelves"
    )
    shape.say("closed at the back" if back else "open at the back")
    if closed:
        shape.say("a closed cupboard below the shelves")
    if glazed:
        shape.say("glass doors in front of the shelves")
