"""Make caps: what is worn on the head, peak to the front."""

import numpy as np

from pointclip2.worlds.shapes.mesh import Array, Mesh, box, grid, sphere, superellipsoid, torus
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


def _shell(rows: Array, thick: float) -> list[Mesh]:
    """Return a lattice of points and the same lattice a little inside: cloth with two sides."""
    middle = rows.reshape(-1, 3).mean(axis=0)
    inner = rows.copy()
    inner += (middle - rows) * thick
    inner[..., 1] = rows[..., 1] * (1 - thick * 0.5)
    return [grid(rows, wrap_columns=True), grid(inner, wrap_columns=True)]


def _dome(
    rng: Random, half_x: float, half_z: float, height: float, fullness: float, lean: float, flat: float
) -> Array:
    """Return rings of a crown from the band up: ``lean`` moves the top forwards, ``flat`` levels it off."""
    t = np.linspace(0, 1, 14)
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    radius = np.maximum(1 - t**fullness, 0.0) ** (1 / 2.0)
    rise = np.minimum(t, 1 - flat * np.maximum(t - 0.6, 0)) * height
    dent = rng.uniform(0, 0.02)
    wave = 1 + dent * np.cos(6 * angle + rng.uniform(0, 6))
    x = half_x * radius[:, None] * np.sin(angle) * wave
    z = half_z * radius[:, None] * np.cos(angle) * wave + lean * t[:, None] ** 2
    return np.stack([x, np.broadcast_to(rise[:, None], x.shape), z], axis=-1)


def _peak(
    rng: Random, half_x: float, half_z: float, long: float, spread_deg: float, droop: float, arch: float
) -> list[Mesh]:
    """Return a bill in front, over ``spread_deg`` to both sides, arched across, sinking outwards."""
    across = np.linspace(-1, 1, 20)
    angle = np.deg2rad(spread_deg) * across
    share = np.linspace(0, 1, 8)[:, None]
    square = rng.uniform(1.6, 3.0)
    reach = long * np.maximum(1 - np.abs(across) ** square, 0.0) ** (1 / square)
    x = half_x * 0.99 * np.sin(angle) * (1 + 0.12 * share * rng.uniform(0, 1))
    z = half_z * 0.99 * np.cos(angle) + share * reach
    # The fall fades with the reach, because the two corners would else hang down as flaps.
    y = -(droop * share**1.3 + arch * across**2 * share) * (reach / long) ** 0.6
    top = np.stack([x, y, z], axis=-1)
    under = top - [0, 0.003, 0]
    return [grid(top), grid(under), grid(np.stack([top[-1], under[-1]]))]


@shape_class("cap", parts=("crown", "peak"), synonyms=("baseball hat", "peaked headwear"))
def cap(shape: Shape, rng: Random) -> None:
    """Make a cap: baseball, trucker, flat, newsboy, military, officer's, sun visor, brim all around."""
    u = rng.uniform
    style = str(
        rng.choice(
            [
                "baseball",
                "baseball",
                "baseball",
                "baseball",
                "trucker",
                "flat",
                "newsboy",
                "military",
                "officer",
                "visor",
                "brim",
            ]
        )
    )
    half_x, half_z = u(0.075, 0.092), u(0.088, 0.11)
    height = {
        "trucker": u(0.12, 0.16),
        "flat": u(0.05, 0.08),
        "newsboy": u(0.07, 0.1),
        "visor": u(0.03, 0.05),
        "military": u(0.08, 0.11),
        "officer": u(0.05, 0.08),
    }.get(style, u(0.085, 0.14))
    spread, long, droop, arch = u(50, 85), u(0.055, 0.095), u(0.0, 0.035), u(0.0, 0.06)
    if style in ("baseball", "trucker"):
        fullness = u(2.0, 3.6) if style == "baseball" else u(3.0, 5.0)
        crown = _dome(rng, half_x, half_z, height, fullness, u(-0.02, 0.015), u(0, 0.3))
        if rng.random() < 0.35:
            # The gap above the strap at the back.
            low = (crown[..., 2] < -0.6 * half_z) & (np.abs(crown[..., 0]) < 0.5 * half_x)
            crown[..., 1] = np.where(low, np.maximum(crown[..., 1], 0.03), crown[..., 1])
            strap = torus(1.0, 0.006, segments=12, arc_deg=80).rotated_deg(y=130).scaled(half_x, 1.5, half_z)
            shape.add("crown", strap.moved(y=0.01))
            shape.say("opening with a strap at the back")
        shape.add("crown", *_shell(crown, u(0.01, 0.04)))
        if rng.random() < 0.7:
            shape.add("crown", sphere(u(0.005, 0.009), crown[-1].mean(axis=0), 6).scaled(y=1.0))
            shape.say("small button on top")
        shape.say("tall front" if height > 0.12 else "round dome crown")
    elif style in ("flat", "newsboy"):
        crown = _dome(
            rng, half_x * u(1.05, 1.35), half_z * u(1.1, 1.3), height, u(2.5, 4.5), u(0.0, 0.05), u(0.2, 0.6)
        )
        crown[0, :, 0] *= 0.85
        crown[0, :, 2] *= 0.88
        share = np.clip((crown[..., 2] + half_z) / (2.4 * half_z), 0, 1)
        crown[..., 1] *= 1 - u(0.1, 0.5) * share if style == "flat" else 1.0
        shape.add("crown", *_shell(crown, 0.02))
        long, droop = u(0.025, 0.05), u(0.005, 0.03)
        half_z *= 0.98
        if style == "newsboy":
            shape.add("crown", sphere(0.01, crown[-1].mean(axis=0), 6))
        shape.say("low flat crown sloping to the front" if style == "flat" else "puffy wide crown")
    elif style in ("military", "officer"):
        flare = u(0.95, 1.05) if style == "military" else u(1.2, 1.45)
        angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
        ring = np.stack([half_x * np.sin(angle), 0 * angle, half_z * np.cos(angle)], axis=1)
        tilt = u(0.0, 0.35) if style == "officer" else u(-0.1, 0.1)
        band = 0.0 if style == "military" else height * 0.4
        rows = [
            ring,
            np.add(ring, (0, max(band, 0.01), 0)),
            ring * [flare, 1, flare] + [0, height, 0],
            ring * [0.4 * flare, 1, 0.4 * flare] + [0, height * 1.03, 0],
            ring * 0 + [0, height * 1.03, 0],
        ]
        rows[2:] = [row + np.outer(tilt * row[:, 2], [0, 1, 0]) for row in rows[2:]]
        shape.add("crown", *_shell(np.stack(rows), 0.02))
        if style == "officer":
            shape.add(
                "crown", superellipsoid(0.03, 0.03, 0.012, centre=(0, height * 0.6, half_z * 1.05), detail=6)
            )
        long = u(0.04, 0.06)
        shape.say(
            "cylinder crown with a flat top"
            if style == "military"
            else "flat disc-shaped crown wider than the head band"
        )
    elif style == "visor":
        angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
        ring = np.stack([half_x * np.sin(angle), 0 * angle, half_z * np.cos(angle)], axis=1)
        hoop = np.stack([ring, np.add(ring * [0.96, 1, 0.96], [0, height, 0])])
        shape.add("crown", *_shell(hoop, 0.02))
        shape.say("only a band, open at the top")
    else:
        crown = _dome(rng, half_x, half_z, height, u(2.5, 6.0), 0.0, u(0, 0.4))
        shape.add("crown", *_shell(crown, u(0.01, 0.03)))
        angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
        wide, sink = u(0.03, 0.09), u(-0.01, 0.04)
        ring = np.stack([np.sin(angle), 0 * angle, np.cos(angle)], axis=1)
        inner = ring * [half_x, 1, half_z]
        brim = np.stack(
            [
                inner,
                ring * [half_x + 0.5 * wide, 1, half_z + 0.5 * wide] - [0, 0.4 * sink, 0],
                ring * [half_x + wide, 1, half_z + wide] - [0, sink, 0],
            ]
        )
        shape.add("peak", grid(brim, wrap_columns=True), grid(brim - [0, 0.003, 0], wrap_columns=True))
        shape.say("brim all around")
        if rng.random() < 0.4:
            shape.add("crown", torus(1.0, 0.03).scaled(half_x, 0.4 * half_x, half_z).moved(y=0.012))
    if style != "brim":
        shape.add("peak", *_peak(rng, half_x, half_z, long, spread, droop, arch))
        shape.say(
            "curved peak in front" if arch > 0.02 else "flat peak in front",
            "long peak" if long > 0.07 else "short peak",
        )
        if rng.random() < 0.2:
            shape.add("crown", torus(1.0, 0.035).scaled(half_x, 0.15, half_z).moved(y=0.006))
        if rng.random() < 0.08 and style in ("baseball", "trucker"):
            shape.add(
                "crown",
                box(half_x, height * 0.3, 0.004).rotated_deg(x=-15).moved(y=height * 0.5, z=half_z * 0.92),
            )
            shape.say("a badge plate in front")
    floor = min(float(mesh.low[1]) for mesh in shape.meshes)
    shape.meshes = [mesh.moved(y=-floor) for mesh in shape.meshes]
    shape.say("high crown" if height > 0.11 else "low crown")
    del shape.attributes[6:]
