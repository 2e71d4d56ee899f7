"""Make what heats food: microwaves and stoves."""

from pointclip2.worlds.shapes.makers.sections import set_down
from pointclip2.worlds.shapes.makers.supports import chance, counted, pick
from pointclip2.worlds.shapes.mesh import Mesh, box, cylinder, rod, sphere, torus
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class
from pointclip2.worlds.shapes.wider.white_goods import cabinet, dial, frame, pull


@shape_class(
    "microwave",
    parts=("body", "door", "panel", "button", "handle", "foot"),
    synonyms=("microwave oven", "kitchen microwave"),
    described=(
        "A microwave is a wide low box with a large window in its door and a strip of buttons on the right.",
        "The door of the microwave takes about three quarters of the front.",
        "A round knob or a field of small squares sits beside the door of the microwave.",
        "Deeper than it is tall, the microwave stands on four tiny feet.",
    ),
)
def microwave(shape: Shape, rng: Random) -> None:
    """Make a microwave: with buttons or dials, a bar, a grip or a push button, its door shut or open."""
    u = rng.uniform
    x = u(0.42, 0.58)
    y, z = x * u(0.52, 0.66), x * u(0.65, 0.95)
    panel = x * u(0.18, 0.3)
    door = x - panel
    front, thick = z / 2, u(0.025, 0.06)
    shape.add(
        "foot",
        *(
            cylinder(0.015, 0.02, centre=(i * x * 0.4, -0.01, k * z * 0.4), segments=8)
            for i in (-1, 1)
            for k in (-1, 1)
        ),
    )
    opened = chance(rng, 0.2)
    if opened:
        walls = [box(x, 0.015, z, (0, h, 0)) for h in (0.01, y - 0.01)]
        walls += [box(0.015, y, z, (s, y / 2, 0)) for s in (-x / 2, x / 2 - panel, x / 2)]
        shape.add(
            "body",
            *walls,
            box(x, y, 0.015, (0, y / 2, -z / 2)),
            cylinder(door * 0.38, 0.01, centre=(-panel / 2, 0.03, 0)),
        )
        shape.add("panel", box(panel, y, 0.02, ((x - panel) / 2, y / 2, front)))
    else:
        shape.add("body", cabinet(rng, x, y, z, 0.0 if chance(rng, 0.7) else u(0.06, 0.12)))
        shape.add(
            "panel", box(panel * 0.96, y * 0.96, thick * 0.8, ((x - panel) / 2, y / 2, front + thick * 0.4))
        )
    band = y * u(0.12, 0.24)
    leaf = [
        *frame(door * 0.98, y * 0.97, thick, band),
        box(door * 0.9, y * 0.9, thick * 0.2, (0, 0, -thick * 0.4)),
    ]
    grip = pick(rng, ("bar", "bar", "button", "flap"))
    turned = -u(60, 115) if opened else 0.0

    def hung(mesh: Mesh) -> Mesh:
        # The door turns about its left edge.
        return mesh.moved(door / 2).rotated_deg(y=turned).moved(-x / 2, y / 2, front + thick / 2)

    shape.add("door", *(hung(mesh) for mesh in leaf))
    if grip == "bar":
        shape.add(
            "handle",
            *(hung(mesh) for mesh in pull(door / 2 - 0.03, 0.0, thick / 2, y * u(0.5, 0.85), True, 0.008)),
        )
    elif grip == "button":
        shape.add("button", box(panel * 0.7, y * 0.12, 0.02, ((x - panel) / 2, y * 0.12, front + thick)))
    else:
        shape.add("handle", hung(box(0.025, y * 0.8, 0.035, (door / 2 - 0.02, 0, thick))))
    middle = (x - panel) / 2
    if chance(rng, 0.45):
        dials = int(rng.integers(1, 3))
        shape.add(
            "button", *(dial(middle, y * h, front + thick * 0.8, panel * 0.28) for h in (0.45, 0.72)[:dials])
        )
        shape.say(counted(dials, "round dial"))
    else:
        rows = int(rng.integers(3, 6))
        size = panel * 0.2
        spots = [
            (middle + (c - 1) * panel * 0.27, y * (0.25 + 0.4 * r / (rows - 1)))
            for r in range(rows)
            for c in range(3)
        ]
        shape.add("button", *(box(size, size * 0.7, 0.012, (a, h, front + thick)) for a, h in spots))
        shape.add("panel", box(panel * 0.75, y * 0.12, 0.012, (middle, y * 0.82, front + thick)))
        shape.say("a field of small buttons")
    words = {
        "bar": "an upright bar on the door",
        "button": "a big button below",
        "flap": "a grip along the door",
    }
    shape.say(
        words[grip],
        "the door open" if opened else "the door shut",
        "wide and low" if y < 0.58 * x else "a squat box",
    )
    set_down(shape)


@shape_class(
    "stove",
    parts=("body", "door", "burner", "knob", "handle", "panel", "leg"),
    synonyms=("cooker", "kitchen stove", "oven", "gas cooker", "electric cooker", "wood stove"),
    described=(
        "A stove is a waist-high block with four rings on its flat top and an oven door below.",
        "A row of knobs runs along the front edge of the stove, above the bar of the door.",
        "Iron grates stand over the burners of a gas stove like low crosses.",
        "Many stoves have an upright board at the back, behind the rings.",
        "A stove for wood is an iron box on short legs, from which a pipe rises.",
    ),
)
def stove(shape: Shape, rng: Random) -> None:
    """Make a stove: gas, with coils or a glass top, wide or narrow, a back board or none; or an iron wood stove."""
    u = rng.uniform
    if chance(rng, 0.18):
        _wood_stove(shape, rng)
        return
    wide = chance(rng, 0.2)
    x, y, z = u(0.85, 1.2) if wide else u(0.48, 0.78), u(0.82, 0.95), u(0.55, 0.68)
    front = z / 2
    shape.add("body", box(x, y, z, (0, y / 2, 0)))
    kind = pick(rng, ("gas", "gas", "coil", "glass", "plate"))
    columns = 3 if wide else 2
    for c in range(columns):
        for depth in (-0.22, 0.22):
            at = ((c - (columns - 1) / 2) * x * 0.8 / columns, y, depth * z)
            size = min(x / columns, z / 2) * u(0.26, 0.38)
            if kind == "gas":
                shape.add("burner", cylinder(size * 0.35, 0.02, size * 0.3, (at[0], y + 0.01, at[2])))
                bars = [box(size * 2.4, 0.012, 0.012, (0, 0, 0)).rotated_deg(y=angle) for angle in (0, 90)]
                shape.add(
                    "burner",
                    *(bar.moved(at[0], y + 0.035, at[2]) for bar in bars),
                    torus(size * 1.1, 0.006, (at[0], y + 0.03, at[2]), 16),
                )
            elif kind == "coil":
                shape.add(
                    "burner",
                    *(torus(size * s, 0.008, (at[0], y + 0.01, at[2]), 18) for s in (0.35, 0.65, 0.95)),
                )
            else:
                shape.add(
                    "burner",
                    cylinder(size, 0.012 if kind == "plate" else 0.004, centre=(at[0], y + 0.004, at[2])),
                )
    knobs = int(rng.integers(4, 7))
    back = chance(rng, 0.5)
    rise = u(0.08, 0.3)
    if back:
        shape.add("panel", box(x, rise, 0.05, (0, y + rise / 2, -z / 2 + 0.025)))
        shape.say("an upright board at the back")
    on_board = back and rise > 0.15 and chance(rng, 0.5)
    where = (y + rise * 0.5, -z / 2 + 0.05) if on_board else (y - 0.06, front)
    shape.add("knob", *(dial(x * (k / (knobs - 1) - 0.5) * 0.8, *where, 0.022) for k in range(knobs)))
    top = y - (0.02 if on_board else 0.12)
    doors = 2 if wide and chance(rng, 0.7) else 1
    low = u(0.12, 0.22)
    for k in range(doors):
        middle, across = (k - (doors - 1) / 2) * x / doors, x / doors * 0.96
        tall = top - low
        opened = chance(rng, 0.12)
        door = [box(across, tall, 0.01), *frame(across, tall, u(0.04, 0.08), tall * u(0.15, 0.3))]
        door += pull(0.0, tall / 2 - 0.05, 0.02, across * 0.85, False)
        for index, mesh in enumerate(door):
            mesh = mesh.moved(y=tall / 2).rotated_deg(x=80 if opened else 0).moved(middle, low, front + 0.015)
            shape.add("handle" if index > 4 else "door", mesh)
    shape.add("door", box(x * 0.96, low * 0.75, 0.025, (0, low * 0.5, front + 0.012)))
    words = {
        "gas": "iron grates over gas burners",
        "coil": "coiled rings",
        "glass": "a flat glass top",
        "plate": "round hot plates",
    }
    shape.say(words[kind], f"{counted(2 * columns, 'burner')}", f"{counted(knobs, 'knob')}")
    set_down(shape)


def _wood_stove(shape: Shape, rng: Random) -> None:
    """Add an iron stove for wood: a box or a drum on legs with a small door and a pipe."""
    u = rng.uniform
    x = u(0.4, 0.7)
    y, z, leg = x * u(0.8, 1.5), x * u(0.6, 1.0), u(0.08, 0.2)
    drum = chance(rng, 0.35)
    body = (
        cylinder(x / 2, y, centre=(0, leg + y / 2, 0), segments=24)
        if drum
        else box(x, y, z, (0, leg + y / 2, 0))
    )
    z = x if drum else z
    shape.add(
        "body",
        body,
        box(x * 1.06, 0.03, z * 1.06, (0, leg + y, 0)) if not drum else torus(x / 2, 0.02, (0, leg + y, 0)),
    )
    tall = y * u(0.4, 0.6)
    shape.add(
        "door", *(mesh.moved(0, leg + y * 0.5, z / 2 + 0.015) for mesh in frame(x * 0.6, tall, 0.04, 0.045))
    )
    shape.add(
        "handle",
        rod((x * 0.27, leg + y * 0.5, z / 2 + 0.02), (x * 0.27, leg + y * 0.5, z / 2 + 0.1), 0.012),
        sphere(0.02, (x * 0.27, leg + y * 0.5, z / 2 + 0.1), 6),
    )
    shape.add(
        "leg",
        *(
            rod((i * x * 0.35, leg + 0.02, k * z * 0.32), (i * x * 0.4, 0, k * z * 0.38), 0.025)
            for i in (-1, 1)
            for k in (-1, 1)
        ),
    )
    pipe = u(0.4, 1.3)
    shape.add("panel", cylinder(x * 0.12, pipe, centre=(0, leg + y + pipe / 2, -z * 0.2), segments=16))
    if chance(rng, 0.4):
        shape.add(
            "panel",
            cylinder(x * 0.12, 0.3, segments=16).rotated_deg(x=90).moved(0, leg + y + pipe, -z * 0.2 - 0.12),
        )
    shape.say(
        "an iron stove for wood", "a pipe rising behind", "round as a drum" if drum else "a box on four legs"
    )
