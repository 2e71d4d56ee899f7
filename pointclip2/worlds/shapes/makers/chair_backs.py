"""Make backs and arms of chairs, drawn upright above the rear edge of a seat, then leant and curved."""

from dataclasses import dataclass

import numpy as np

from pointclip2.worlds.shapes.makers.supports import chance, counted, cushion, pick, plank, rounded_outline
from pointclip2.worlds.shapes.mesh import Mesh, box, cylinder, extrude, grid, rod, tube
from pointclip2.worlds.shapes.shape import Random, Shape


@dataclass(frozen=True)
class Seat:
    """Holds the full sizes of a seat; ``height`` is that of its upper face."""

    width: float
    depth: float
    height: float
    thickness: float


@dataclass(frozen=True)
class Back:
    """Describes a back: its ``rise`` above the seat, its ``lean`` from upright, the forward ``curve`` of its sides."""

    width: float
    rise: float
    lean_deg: float
    curve: float


BACK_KINDS = (
    *("slats", "ladder", "spindles", "panel", "upholstered", "splat", "cross", "oval", "open frame"),
    *("low bar", "hoop", "arched panel"),
)


def _placed(mesh: Mesh, seat: Seat, back: Back, sink: float = 0.0) -> Mesh:
    """Move a mesh from upright at the origin to its place on the seat."""
    vertices = mesh.vertices.copy()
    vertices[:, 2] += back.curve * np.minimum((2 * vertices[:, 0] / back.width) ** 2, 1.3) - back.curve
    return (
        Mesh(vertices, mesh.faces)
        .rotated_deg(x=-back.lean_deg)
        .moved(y=seat.height - sink, z=-seat.depth / 2 + 0.02)
    )


def add_back(shape: Shape, rng: Random, seat: Seat, back: Back, kind: str) -> None:
    """Add a back of a kind in ``BACK_KINDS``."""
    width, rise = back.width, back.rise
    bar = float(rng.uniform(0.018, 0.045))
    thick = float(rng.uniform(0.012, 0.03))
    is_round = chance(rng, 0.4)
    start = rise * float(rng.uniform(0.05, 0.35))

    def stile(x: float, lean_out: float = 0.0) -> Mesh:
        if is_round:
            return rod((x, -seat.thickness, 0), (x + lean_out, rise, 0), bar / 2, 8)
        return box(bar, rise + seat.thickness, bar, (x, (rise - seat.thickness) / 2, 0))

    def rail(y: float, height: float, depth: float = thick) -> Mesh:
        return plank(width, height, depth).moved(y=y)

    edge = width / 2 - bar / 2
    meshes: list[Mesh]
    if kind == "ladder":
        bars = int(rng.integers(2, 6))
        height = min(float(rng.uniform(0.03, 0.1)), 0.8 * (rise - start) / bars)
        levels = np.linspace(start + height / 2, rise - height / 2, bars)
        arch = float(rng.uniform(0, 0.04)) if chance(rng, 0.4) else 0.0
        meshes = [stile(-edge), stile(edge), *(rail(float(y), height).bent(0, 1, -arch) for y in levels)]
        shape.say(f"a ladder back with {counted(bars, 'flat bar')} across")
    elif kind in ("slats", "spindles"):
        bars = int(rng.integers(3, 9))
        top = float(rng.uniform(0.03, 0.1))
        slat = min(float(rng.uniform(0.02, 0.06)), 0.75 * width / bars)
        xs = np.linspace(-edge, edge, bars + 2)[1:-1]
        fan = float(rng.uniform(0.9, 1.0)) if kind == "spindles" else 1.0
        lower = start if chance(rng, 0.5) else -0.01
        meshes = [stile(-edge), stile(edge), rail(rise - top / 2, top, thick * 1.4)]
        if lower > 0:
            meshes.append(rail(lower, top * 0.7))
        for x in xs:
            if kind == "slats":
                meshes.append(box(slat, rise - lower - top, thick, (float(x), (rise + lower - top) / 2, 0)))
            else:
                meshes.append(
                    rod((float(x) * fan, lower, 0), (float(x), rise - top / 2, 0), slat * 0.25 + 0.002, 6)
                )
        shape.say(f"a back of {counted(bars, 'upright flat slat' if kind == 'slats' else 'thin round rod')}")
    elif kind == "hoop":
        angle = np.linspace(np.pi, 0, 17)
        squareness = float(rng.uniform(0.4, 1.0))
        x = edge * np.sign(np.cos(angle)) * np.abs(np.cos(angle)) ** squareness
        y = rise * np.abs(np.sin(angle)) ** squareness
        y[[0, -1]] = -seat.thickness
        meshes = [tube(np.stack([x, y, 0 * x], axis=1), bar * 0.5, 7)]
        bars = int(rng.integers(0, 8))
        for at in np.linspace(-0.85, 0.85, bars + 2)[1:-1] * edge:
            inside = rise * float(1 - abs(at / edge) ** (2 / squareness)) ** (squareness / 2)
            meshes.append(rod((float(at) * 0.8, 0, 0), (float(at), inside, 0), 0.006 + bar * 0.1, 6))
        shape.say("a back like a bent hoop", "with thin rods inside the hoop" if bars else "an open hoop")
    elif kind == "panel":
        lower = start if chance(rng, 0.5) else 0.0
        panel = plank(width, rise - lower, thick).moved(y=(rise + lower) / 2)
        meshes = [panel] + ([stile(-edge * 0.8), stile(edge * 0.8)] if lower else [])
        shape.say("a flat solid back panel" if back.curve < 0.02 else "a curved solid back panel")
    elif kind == "arched panel":
        share = np.linspace(0, np.pi, 13)
        arch = rise * float(rng.uniform(0.1, 0.45))
        outline = [(-width / 2 * float(rng.uniform(0.75, 1)), 0.0)]
        outline += [(-width / 2 * float(np.cos(s)), rise - arch + arch * float(np.sin(s))) for s in share]
        outline += [(-outline[0][0], 0.0)]
        meshes = [extrude(outline, thick)]
        shape.say("a solid back with an arched top")
    elif kind == "upholstered":
        lower = -seat.thickness if chance(rng, 0.5) else start * 0.5
        soft = float(rng.uniform(0.05, 0.13))
        pad = cushion(width, rise - lower, soft, (0, (rise + lower) / 2, 0), float(rng.uniform(0.15, 0.5)))
        meshes = [pad] + ([stile(-edge * 0.7), stile(edge * 0.7)] if lower > 0 else [])
        shape.say("a thick padded back")
    elif kind == "splat":
        splat = width * float(rng.uniform(0.2, 0.45))
        y = np.linspace(0, rise - 0.02, 11)
        half = (
            splat
            / 2
            * (1 + float(rng.uniform(0, 0.4)) * np.sin(y / rise * 2 * np.pi * float(rng.uniform(0.7, 1.6))))
        )
        board = grid(np.stack([np.stack([s * half, y, 0 * y], axis=1) for s in (-1.0, 1.0)]))
        meshes = [
            stile(-edge),
            stile(edge),
            rail(rise - 0.03, 0.06),
            board.moved(z=thick / 2),
            board.moved(z=-thick / 2),
        ]
        shape.say("one wide board in the middle of the back")
    elif kind == "cross":
        meshes = [stile(-edge), stile(edge), rail(rise - 0.03, 0.06)]
        for i in (-1, 1):
            meshes.append(rod((i * edge, start * 0.4, 0), (-i * edge, rise - 0.04, 0), thick * 0.6, 6))
        shape.say("bars crossing in an X in the back")
    elif kind == "oval":
        tall = rise * float(rng.uniform(0.55, 0.85))
        pad = extrude(
            rounded_outline(width, tall, float(rng.uniform(0.5, 1))), float(rng.uniform(0.02, 0.06))
        )
        foot = [
            rod((i * edge * 0.5, -seat.thickness, 0), (i * edge * 0.5, rise - tall * 0.7, 0), bar / 2, 7)
            for i in (-1, 1)
        ]
        meshes = [pad.moved(y=rise - tall / 2), *foot]
        shape.say("an oval back on two posts")
    elif kind == "open frame":
        hole = float(rng.uniform(0.1, 0.25)) * rise
        meshes = [
            stile(-edge),
            stile(edge),
            rail(rise - hole / 2, hole),
            rail(start * 0.5 + hole / 3, hole / 1.5),
        ]
        shape.say("an open frame back with a gap")
    else:
        height = min(float(rng.uniform(0.06, 0.16)), rise * 0.7)
        meshes = [stile(-edge), stile(edge), rail(rise - height / 2, height, thick * 1.3)]
        shape.say("a back of one bar across two posts")
    shape.add("back", *(_placed(mesh, seat, back) for mesh in meshes))
    if kind in ("slats", "ladder", "splat") and not is_round and chance(rng, 0.25):
        knobs = [
            cylinder(bar * 0.4, 0.05, top=bar * 0.15, centre=(i * edge, rise + 0.02, 0), segments=8)
            for i in (-1, 1)
        ]
        shape.add("back", *(_placed(mesh, seat, back) for mesh in knobs))


def add_arms(shape: Shape, rng: Random, seat: Seat, back: Back) -> None:
    """Add two open, closed or looped arms."""
    above = min(float(rng.uniform(0.17, 0.28)), back.rise * 0.9)
    y = seat.height + above
    rear = -seat.depth / 2 - above * float(np.tan(np.deg2rad(back.lean_deg)))
    front = seat.depth * float(rng.uniform(0.1, 0.5))
    x = seat.width / 2 + float(rng.uniform(-0.01, 0.04))
    out = float(rng.uniform(0, 0.05)) if chance(rng, 0.4) else 0.0
    width = float(rng.uniform(0.02, 0.08))
    thick = float(rng.uniform(0.015, 0.04))
    kind = pick(rng, ("post", "post", "curved", "loop", "panel", "T", "slanted"))
    bottom = seat.height - seat.thickness
    for i in (-1, 1):
        rest = box(width, thick, front - rear, (i * (x + out), y, (front + rear) / 2))
        if kind == "loop":
            path = [
                (x, y, rear),
                (x + out, y, front * 0.8),
                (x + out, y - 0.03, front),
                (x, bottom, front * 0.9),
            ]
            shape.add("arm", tube(np.array(path) * [i, 1, 1], thick * 0.7, 7))
        elif kind == "curved":
            share = np.linspace(0, 1, 8)
            path2 = np.stack(
                [x + out + 0 * share, y - 0.05 * share**3, rear + (front - rear) * share], axis=1
            )
            post = np.array(
                [
                    [x + out, y - 0.05, front],
                    [x + out, y - 0.12, front + 0.02],
                    [x - 0.01, bottom, front - 0.04],
                ]
            )
            shape.add("arm", tube(path2 * [i, 1, 1], width * 0.4, 7), tube(post * [i, 1, 1], thick * 0.6, 6))
        elif kind == "panel":
            shape.add(
                "arm", box(thick, y - bottom, front - rear, (i * x, (y + bottom) / 2, (front + rear) / 2))
            )
            if chance(rng, 0.5):
                shape.add("arm", rest.moved(x=-i * out))
        elif kind == "T":
            middle = (front + rear) / 2
            foot = (i * (seat.width / 2 - 0.05), bottom, middle)
            shape.add(
                "arm", cushion(width + 0.03, thick + 0.01, front - rear, (i * (x + out), y, middle), 0.4)
            )
            shape.add(
                "arm",
                tube([foot, (i * (x + out), bottom, middle), (i * (x + out), y, middle)], thick * 0.6, 6),
            )
        else:
            foot_z = front - 0.03 if kind == "post" else front - 0.12
            shape.add(
                "arm", rest, rod((i * x, bottom, foot_z), (i * (x + out), y, front - 0.03), thick * 0.6, 7)
            )
    if kind == "panel":
        shape.say("two closed arms")
    elif kind == "loop":
        shape.say("two looped arms")
    else:
        shape.say("two arms with open sides")
