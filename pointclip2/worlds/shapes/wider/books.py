"""Make books, shut and open, and stacks of them."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import set_down, turn
from pointclip2.worlds.shapes.makers.supports import chance, counted, pick
from pointclip2.worlds.shapes.mesh import (
    Mesh,
    box,
    grid,
    merge,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


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
