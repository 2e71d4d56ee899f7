"""Make glasses."""

import numpy as np

from pointclip2.worlds.shapes.makers.sections import pair, set_down, step, turn
from pointclip2.worlds.shapes.makers.supports import chance, pick, rounded_outline
from pointclip2.worlds.shapes.mesh import (
    Array,
    extrude,
    grid,
    superellipsoid,
    tube,
)
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


def _pane(kind: str, x: float, y: float) -> Array:
    """Return the outline (n, 2) of one glass: round, square, aviator or cat eye, its outer side at +x."""
    flat = rounded_outline(x, y, {"square": 0.35, "aviator": 0.8, "cat": 0.7}.get(kind, 1.0), 40)
    a, b = flat.T
    if kind == "aviator":
        return np.stack([a * (1 + 0.25 * b / y), b - 0.12 * y * (a < 0) * (b < 0) * np.abs(a / x)], axis=1)
    if kind == "cat":
        lift = np.clip(a / x + 0.1, 0, 1) * np.clip(b / y + 0.1, 0, 1)
        return np.stack([a + 0.3 * x * lift, b + 0.7 * y * lift], axis=1)
    return flat


@shape_class(
    "glasses",
    parts=("rim", "lens", "arm", "nose piece"),
    synonyms=("eyeglasses", "spectacles", "sunglasses", "reading glasses", "goggles", "pair of glasses"),
    described=(
        "Glasses are two rings side by side, joined by a short bar over the nose.",
        "Two thin arms run straight back from the outer edges of the glasses and bend down at the ends.",
        "Seen from above, the glasses are shaped like a wide letter U.",
        "Folded, the arms of the glasses lie crossed behind the rims.",
        "Goggles are glasses with one broad window and a strap around the head.",
    ),
)
def glasses(shape: Shape, rng: Random) -> None:
    """Make glasses: round, square, aviator or cat-eyed, rimmed or half-rimmed, open or folded; or goggles."""
    u = rng.uniform
    kind = pick(rng, ("round", "square", "square", "aviator", "cat", "goggles"))
    x = u(0.044, 0.06)
    y = x * (u(0.9, 1.0) if kind == "round" else u(0.55, 0.85))
    gap = x * u(0.25, 0.42)
    thin = u(0.0012, 0.0045)
    back = u(0.11, 0.15)
    if kind == "goggles":
        wide, tall = u(0.15, 0.18), u(0.07, 0.09)
        flat = rounded_outline(wide, tall, 0.55, 48)
        dip = 0.02 * np.exp(-((flat[:, 0] / 0.016) ** 2)) * (flat[:, 1] < 0)
        bow = -0.8 * (flat[:, 0] / wide) ** 2 * wide * 0.5
        layers = [
            np.stack([flat[:, 0] * s, (flat[:, 1] + dip) * s, bow + z], axis=1)
            for s, z in ((1.0, -0.03), (1.04, -0.01), (0.95, 0.0))
        ]
        shape.add("rim", grid(np.stack(layers), wrap_columns=True))
        middle = np.repeat(layers[-1].mean(axis=0, keepdims=True), 48, axis=0)
        shape.add("lens", grid(np.stack([layers[-1], middle + step(z=0.01)]), wrap_columns=True))
        reach = 0.09
        sweep = np.linspace(0, np.pi, 24)
        line = np.stack([wide * 0.5 * np.cos(sweep), 0 * sweep, -0.04 - reach * 1.6 * np.sin(sweep)], axis=1)
        half = np.array([0, tall * u(0.15, 0.25), 0])
        shape.add("arm", grid(np.stack([line - half, line + half])))
        shape.add("nose piece", superellipsoid(0.02, 0.012, 0.02, centre=(0, -tall * 0.3, -0.01), detail=7))
        shape.say("one broad window", "a strap around the back", "tall" if tall > 0.08 else "low")
        set_down(shape)
        return
    pane = _pane(kind, x, y)
    centre = (x + gap) / 2
    wrap = u(0.0, 0.25)
    ring = np.column_stack([pane[:, 0] + centre, pane[:, 1], -wrap * (pane[:, 0] + centre) ** 2 / x])
    half_rim = chance(rng, 0.15)
    path = ring[pane[:, 1] > -0.1 * y] if half_rim else ring
    if half_rim:
        path = path[np.argsort(-np.arctan2(path[:, 1] + 0.1 * y, path[:, 0] - centre))]
        shape.say("rims only above")
    shape.add("rim", *pair(tube(path, thin, 7, closed=not half_rim)))
    tinted = chance(rng, 0.6)
    if tinted:
        glass = extrude(pane, thin * 0.6).moved(x=centre)
        glass.vertices[:, 2] -= wrap * glass.vertices[:, 0] ** 2 / x
        shape.add("lens", *pair(glass))
    shape.say("filled with lenses" if tinted else "empty rims")
    high = y * u(0.05, 0.3)
    inner = gap / 2 + 0.02 * x
    saddle = [(-inner, high, 0), (0, high + gap * u(0.05, 0.25), 0.001), (inner, high, 0)]
    shape.add("nose piece", tube(saddle, thin * 1.1, 6))
    if chance(rng, 0.6):
        pad = superellipsoid(0.003, 0.011, 0.006, detail=6).rotated_deg(z=15)
        shape.add("nose piece", *pair(pad.moved(gap * 0.36, -y * 0.15, -0.006)))
    side = float(ring[:, 0].max())
    start = (side, y * u(0.1, 0.35), float(ring[:, 2].min()))
    folded = chance(rng, 0.25)
    t = np.linspace(0, 1, 14)
    drop = -(np.clip(t - 0.72, 0, 1) ** 1.3) * back * 0.9
    for s in (-1, 1):
        if folded:
            line = np.stack(
                [
                    s * (start[0] - back * t * 0.95),
                    start[1] + drop,
                    start[2] - 0.006 - (0.004 if s > 0 else 0.009) + 0 * t,
                ],
                axis=1,
            )
        else:
            line = np.stack(
                [s * (start[0] + 0.04 * back * np.sin(np.pi * t)), start[1] + drop, start[2] - back * t],
                axis=1,
            )
        shape.add("arm", tube(line, thin * u(1.0, 1.15), 6))
    shape.say(
        "arms folded" if folded else "arms stretched back",
        "thick frame" if thin > 0.003 else "thin wire frame",
    )
    words = {
        "round": "round lenses",
        "square": "square lenses",
        "aviator": "drop-shaped lenses",
        "cat": "corners drawn up",
    }
    shape.say(words[kind])
    if chance(rng, 0.2):
        turn(shape, x_deg=pick(rng, (-90.0, 90.0, 180.0)))
    set_down(shape)
