"""Make chairs."""

import numpy as np

from pointclip2.worlds.shapes.makers.chair_backs import BACK_KINDS, Back, Seat, add_arms, add_back
from pointclip2.worlds.shapes.makers.chair_bases import add_base
from pointclip2.worlds.shapes.makers.chair_kinds import (
    armchair,
    deck_chair,
    folding_chair,
    shell_chair,
    tub_chair,
)
from pointclip2.worlds.shapes.makers.supports import (
    chance,
    cushion,
    pick,
    rounded_outline,
    slab,
)
from pointclip2.worlds.shapes.mesh import box, grid
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


def _draw_seat(rng: Random) -> Seat:
    return Seat(
        width=float(rng.uniform(0.36, 0.6)),
        depth=float(rng.uniform(0.36, 0.56)),
        height=float(rng.uniform(0.38, 0.52)),
        thickness=float(rng.uniform(0.015, 0.1)),
    )


def _draw_back(rng: Random, seat: Seat, low: float = 0.22, high: float = 0.75) -> Back:
    return Back(
        width=seat.width * float(rng.uniform(0.75, 1.02)),
        rise=float(rng.uniform(low, high)),
        lean_deg=float(rng.uniform(0, 18)),
        curve=float(rng.uniform(0.01, 0.09)) if chance(rng, 0.5) else 0.0,
    )


def _say_height(shape: Shape, back: Back) -> None:
    if back.rise > 0.58:
        shape.say("a tall back")
    elif back.rise < 0.34:
        shape.say("a low back")


def _add_seat(shape: Shape, rng: Random, seat: Seat) -> bool:
    """Add the seat: slab, cushion, disc, trapezium, saddle or slats; return whether it is round."""
    kind = pick(rng, ("slab", "slab", "cushion", "rounded", "trapezium", "saddle", "slats", "pad"))
    middle = seat.height - seat.thickness / 2
    is_round = chance(rng, 0.12)
    if is_round:
        outline = rounded_outline(seat.width, seat.depth, float(rng.uniform(0.8, 1)))
        shape.add("seat", slab(outline, seat.thickness, seat.height))
        shape.say("a round seat")
    elif kind == "cushion":
        soft = max(seat.thickness, 0.06)
        shape.add("seat", cushion(seat.width, soft, seat.depth, (0, seat.height - soft / 2, 0), 0.3))
        shape.say("a thick soft seat")
    elif kind == "rounded":
        outline = rounded_outline(seat.width, seat.depth, float(rng.uniform(0.25, 0.6)))
        shape.add("seat", slab(outline, seat.thickness, seat.height))
    elif kind == "trapezium":
        rear = seat.width / 2 * float(rng.uniform(0.7, 0.95))
        front, deep = seat.width / 2, seat.depth / 2
        shape.add(
            "seat",
            slab([(-rear, -deep), (rear, -deep), (front, deep), (-front, deep)], seat.thickness, seat.height),
        )
        shape.say("a seat wider at the front")
    elif kind == "saddle":
        x, z = np.meshgrid(np.linspace(-0.5, 0.5, 9), np.linspace(-0.5, 0.5, 9))
        dip = (
            seat.height
            - 0.03 * np.cos(np.pi * x) * np.cos(np.pi * z)
            - float(rng.uniform(0, 0.04)) * (z > 0.3)
        )
        top = grid(np.stack([x * seat.width, dip, z * seat.depth], axis=-1))
        shape.add("seat", top, top.moved(y=-max(seat.thickness, 0.02)))
        shape.say("a curved hollow seat")
    elif kind == "slats":
        bars = int(rng.integers(4, 9))
        step = seat.depth / bars
        for z in (np.arange(bars) + 0.5) * step - seat.depth / 2:
            shape.add(
                "seat",
                box(seat.width, min(seat.thickness, 0.025), step * 0.75, (0, seat.height - 0.012, float(z))),
            )
        for i in (-1, 1):
            shape.add("seat", box(0.03, 0.03, seat.depth, (i * seat.width * 0.42, seat.height - 0.035, 0)))
        shape.say("a seat made of slats")
    else:
        shape.add("seat", box(seat.width, seat.thickness, seat.depth, (0, middle, 0)))
        if kind == "pad":
            shape.add(
                "seat", cushion(seat.width * 0.92, 0.06, seat.depth * 0.92, (0, seat.height + 0.015, 0), 0.3)
            )
            shape.say("a cushion on the seat")
        else:
            shape.say("a thin flat seat" if seat.thickness < 0.035 else "a thick flat seat")
    return is_round


def _plain_chair(shape: Shape, rng: Random, base: str) -> None:
    seat = _draw_seat(rng)
    is_round = _add_seat(shape, rng, seat)
    back = _draw_back(rng, seat)
    kinds = (
        ("upholstered", "panel", "arched panel", "upholstered", "ladder") if base == "star" else BACK_KINDS
    )
    add_back(shape, rng, seat, back, pick(rng, kinds))
    _say_height(shape, back)
    # Legs at the corners of a round seat would stand beside it.
    hold = Seat(seat.width * 0.8, seat.depth * 0.8, seat.height, seat.thickness) if is_round else seat
    add_base(shape, rng, hold, base)
    if chance(rng, 0.65 if base in ("star", "rockers") else 0.3):
        add_arms(shape, rng, seat, back)
    else:
        shape.say("no arms")


@shape_class(
    "chair",
    parts=("back", "seat", "leg", "arm"),
    synonyms=("armchair", "seat with a back", "dining chair", "office chair"),
)
def chair(shape: Shape, rng: Random) -> None:
    """Make a chair: one person's seat with a back."""
    style = rng.random()
    if style < 0.66:
        bases = ("legs", "star", "cantilever", "sledge", "pedestal", "rockers", "boards", "block")
        share = (0.54, 0.18, 0.08, 0.06, 0.04, 0.05, 0.03, 0.02)
        _plain_chair(shape, rng, bases[int(rng.choice(len(bases), p=share))])
    elif style < 0.80:
        armchair(shape, rng)
    elif style < 0.88:
        shell_chair(shape, rng)
    elif style < 0.92:
        tub_chair(shape, rng)
    elif style < 0.96:
        folding_chair(shape, rng)
    else:
        deck_chair(shape, rng)
