"""Make bath tubs."""

import numpy as np

from pointclip2.worlds.shapes.makers.taps import tap
from pointclip2.worlds.shapes.makers.turned import Ring, rings
from pointclip2.worlds.shapes.mesh import Mesh, box, grid, rod, superellipsoid, tube
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


def _raised(mesh: Mesh, amount: float, both: bool) -> Mesh:
    """Raise the upper edge towards -x, or towards both ends."""
    vertices = mesh.vertices.copy()
    half = max(float(np.abs(vertices[:, 0]).max()), 1e-9)
    share = np.clip(vertices[:, 1] / max(float(vertices[:, 1].max()), 1e-9), 0, 1)
    way = np.abs(vertices[:, 0] / half) if both else np.clip(-vertices[:, 0] / half, 0, 1)
    vertices[:, 1] += amount * share * way**2
    return Mesh(vertices, mesh.faces)


@shape_class(
    "bathtub", parts=("tub", "rim", "foot", "tap", "panel"), synonyms=("bath tub", "bath", "soaking tub")
)
def bathtub(shape: Shape, rng: Random) -> None:
    """Make a bathtub: boxed in, free-standing oval, on claw feet, slipper, corner, round whirlpool, bare shell."""
    u = rng.uniform
    style = str(
        rng.choice(["boxed", "boxed", "oval", "oval", "claw", "shell", "corner", "round", "platform"])
    )
    half_x, half_z = u(0.65, 0.95), u(0.33, 0.48)
    height = u(0.4, 0.7)
    wall = u(0.02, 0.1)
    floor = u(0.05, 0.2) * height
    power = {"boxed": u(3, 12), "platform": u(2, 8), "corner": u(2.2, 4), "shell": u(2.5, 10)}.get(
        style, u(2, 3.5)
    )
    if style in ("round", "corner"):
        half_x = half_z = u(0.6, 1.0)
    slope_x, slope_z = u(0.7, 0.95), u(0.7, 0.95)
    shift = u(-0.08, 0.08)
    middle = (1 + slope_x) / 2 * u(1.0, 1.08), (1 + slope_z) / 2 * u(1.0, 1.08)
    in_x, in_z = half_x - wall, half_z - wall
    inner: list[Ring] = [
        (in_x, in_z, height, power, 0, 0),
        (in_x * middle[0], in_z * middle[1], floor + 0.45 * (height - floor), power, shift / 2, 0),
        (in_x * slope_x, in_z * slope_z, floor + 0.06 * height, power, shift, 0),
        (in_x * slope_x * 0.85, in_z * slope_z * 0.85, floor, power, shift, 0),
        (0, 0, floor, power, shift, 0),
    ]
    taps_on_rim = True
    if style in ("boxed", "platform"):
        outer_x, outer_z = (
            (half_x, half_z) if style == "boxed" else (half_x + u(0.1, 0.4), half_z + u(0.1, 0.4))
        )
        # A ledge to sit on or to put things on, at one end.
        shelf = u(0.04, 0.25) if rng.random() < 0.3 else 0.0
        outer_x += shelf
        sides: list[Ring] = [
            (outer_x, outer_z, 0, 60, shelf, 0),
            (outer_x, outer_z, height * 0.93, 60, shelf, 0),
        ]
        if rng.random() < 0.4:
            sides.insert(0, (0, 0, 0, 60, shelf, 0))
        shape.add("panel", rings(sides))
        lip = u(0.0, 0.03)
        shape.add(
            "rim",
            rings(
                [
                    (outer_x, outer_z, height * 0.93, 60, shelf, 0),
                    (outer_x + lip, outer_z + lip, height * 0.93, 60, shelf, 0),
                    (outer_x + lip, outer_z + lip, height, 60, shelf, 0),
                    inner[0],
                ]
            ),
        )
        shape.add("tub", rings(inner))
        if rng.random() < 0.3:
            panels = int(rng.integers(2, 5))
            for panel in range(panels):
                x = 2 * outer_x * ((panel + 0.5) / panels - 0.5) + shelf
                shape.add(
                    "panel", box(1.6 * outer_x / panels, height * 0.7, 0.02, (x, height * 0.45, outer_z))
                )
        if shelf > 0.1:
            shape.say("a wide ledge at one end")
        shape.say(
            "rectangular box outside with an oval hollow"
            if power < 4
            else "long rectangular box with a hollow"
        )
    elif style == "corner":
        edge = half_x
        if rng.random() < 0.4:
            cut, share = u(-0.4, 0.5), np.linspace(0, 3, 24)
            front = edge * np.stack(
                [np.interp(share, range(4), side) for side in ((1, 1, cut, -1), (-1, cut, 1, 1))], axis=1
            )
            shape.say("five straight sides, for a corner")
        else:
            angle = np.linspace(0, np.pi / 2, 24)
            bow = u(0.0, 0.35)
            front = (
                np.stack([np.cos(angle) ** (1 - bow), np.sin(angle) ** (1 - bow)], axis=1) * 2 * edge - edge
            )
            shape.say("quarter circle for a corner", "rounded front")
        flat = np.concatenate([[(-edge, -edge)], front])
        layers = [(flat * 0, height * 0.0), (flat, 0.0), (flat, height), (flat * (1 - wall / edge), height)]
        hollow = np.concatenate([flat * 0.75, flat[:1] * 0.75])[:-1]
        layers += [
            (hollow * 0.9 - 0.05, floor + 0.1),
            (hollow * 0.7 - 0.05, floor),
            (hollow * 0 - 0.1, floor),
        ]
        skin = np.stack(
            [np.stack([ring[:, 0], np.full(len(ring), y), ring[:, 1]], axis=1) for ring, y in layers]
        )
        shape.add("tub", grid(skin, wrap_columns=True))
        if rng.random() < 0.5:
            shape.meshes = [mesh.rotated_deg(y=-45) for mesh in shape.meshes]
        taps_on_rim = False
    else:
        tuck = u(0.65, 0.95)
        lift = u(0.08, 0.18) if style == "claw" else 0.0
        outer: list[Ring] = [
            (0, 0, 0, power, shift, 0),
            (half_x * slope_x * tuck, half_z * slope_z * tuck, 0.0, power, shift, 0),
            (half_x * slope_x, half_z * slope_z, 0.08 * height, power, shift, 0),
            (half_x * middle[0], half_z * middle[1], 0.5 * height, power, shift / 2, 0),
            (half_x, half_z, height, power, 0, 0),
        ]
        tub = rings([*outer, *inner])
        swing = 0.0
        if style == "claw" or (style == "oval" and rng.random() < 0.4):
            swing = u(0.05, 0.28) if rng.random() < 0.6 else 0.0
        both = rng.random() < 0.4
        roll = u(0.015, 0.04)
        ledge = rings(
            [
                (half_x, half_z, height, power, 0, 0),
                (half_x + roll, half_z + roll, height + 0.3 * roll, power, 0, 0),
                (half_x + roll, half_z + roll, height - roll, power, 0, 0),
                (half_x, half_z, height - roll, power, 0, 0),
            ]
        )
        shape.add("tub", (_raised(tub, swing, both) if swing else tub).moved(y=lift))
        if style == "claw" or rng.random() < 0.4:
            shape.add("rim", (_raised(ledge, swing, both) if swing else ledge).moved(y=lift))
        if swing:
            shape.say("both ends raised" if both else "one end raised like a slipper")
        if style == "claw":
            for x in (-1, 1):
                for z in (-1, 1):
                    top = np.array(
                        [
                            x * half_x * slope_x * 0.75 + shift,
                            lift + 0.12 * height,
                            z * half_z * slope_z * 0.75,
                        ]
                    )
                    end = top * [1.08, 0, 1.15]
                    shape.add(
                        "foot",
                        tube([top, top * [1.1, 0.5, 1.2], np.add(end, (0, 0.02, 0))], [0.05, 0.03, 0.02], 7),
                    )
                    shape.add(
                        "foot",
                        superellipsoid(0.06, 0.045, 0.06, centre=np.add(end, (0, 0.0225, 0)), detail=6),
                    )
            shape.say("standing on four feet")
        elif rng.random() < 0.25:
            shape.add(
                "foot",
                rings(
                    [
                        (half_x * slope_x, half_z * slope_z, 0, power, shift, 0),
                        (half_x * 0.8, half_z * 0.8, 0.1, power, 0, 0),
                    ]
                ),
            )
            shape.say("standing on a plinth")
        if style == "shell" and rng.random() < 0.6:
            ledge_z = half_z + u(0.03, 0.12)
            brim: list[Ring] = [
                (half_x, half_z, height, power, 0, 0),
                (half_x + 0.08, ledge_z, height, 20, 0, 0),
            ]
            shape.add("rim", rings(brim))
            shape.say("flat rim all around")
        shape.say(
            {"round": "round like a short cylinder"}.get(
                style, "long oval" if power < 4 else "long with round corners"
            )
        )
        taps_on_rim = style != "claw" or rng.random() < 0.5
        height += lift
    if rng.random() < 0.55:
        if taps_on_rim:
            meshes, phrase = tap(rng, (0, 0, 0), u(0.1, 0.2))
            at_end = rng.random() < 0.7 or style == "round"
            turn, place_x, place_z = (
                (-90.0, half_x - wall * 0.5, 0.0) if at_end else (0.0, 0.0, -half_z + wall * 0.5)
            )
            shape.add(
                "tap", *[mesh.rotated_deg(y=turn).moved(place_x, height - 0.005, place_z) for mesh in meshes]
            )
        else:
            side = half_x + 0.08
            stand = height + u(0.1, 0.3)
            meshes, phrase = tap(rng, (0, 0, 0), 0.2)
            shape.add("tap", *[mesh.rotated_deg(y=-90).moved(side, stand, 0) for mesh in meshes])
            shape.add("tap", rod((side, 0, 0), (side, stand, 0), 0.02))
        shape.say(phrase)
    else:
        shape.say("no tap")
    if rng.random() < 0.1 and style in ("boxed", "oval", "shell"):
        bar = half_z * 1.0
        shape.add(
            "tap",
            tube(
                [
                    (-0.2, height, bar),
                    (-0.2, height + 0.1, bar),
                    (0.2, height + 0.1, bar),
                    (0.2, height, bar),
                ],
                0.015,
                6,
            ),
        )
    shape.say("deep tub" if height > 0.58 else "low tub")
    if rng.random() < 0.5:
        shape.meshes = [mesh.scaled(x=-1) for mesh in shape.meshes]
