"""Make cones of all kinds."""

from pointclip2.worlds.shapes.makers.turned import curve, fluted, say_proportion
from pointclip2.worlds.shapes.mesh import Mesh, box, cylinder, lathe, sphere, torus
from pointclip2.worlds.shapes.shape import Random, Shape, shape_class


@shape_class(
    "cone", parts=("body", "base", "tip", "band"), synonyms=("traffic pylon", "road marker", "pointed solid")
)
def cone(shape: Shape, rng: Random) -> None:
    """Make a cone: traffic cones on a plate, plain, cut, faceted, hollow, oblique, curved, stepped, upside-down."""
    u = rng.uniform
    style = str(
        rng.choice(
            [
                "traffic",
                "traffic",
                "traffic",
                "traffic",
                "plain",
                "plain",
                "cut",
                "pyramid",
                "hollow",
                "oblique",
                "bowed",
                "stepped",
                "ice cream",
            ]
        )
    )
    radius = u(0.08, 0.3)
    height = radius * u(1.0, 4.5) if style != "traffic" else radius * u(2.2, 6.0)
    base_y = 0.0
    if style == "traffic":
        tip = radius * u(0.08, 0.35)
        base_y = radius * u(0.08, 0.35)
        plate = radius * u(1.05, 1.6)
        form = rng.random()
        if form < 0.65:
            shape.add(
                "base", box(2 * plate, base_y, 2 * plate, (0, base_y / 2, 0)).tapered(1, 1.0, u(0.9, 1.0))
            )
            shape.say("flat square base plate")
        else:
            sides = 32 if form < 0.8 else int(rng.choice([6, 8]))
            shape.add("base", lathe([(0, 0), (plate, 0), (plate * 0.97, base_y), (0, base_y)], sides))
            shape.say("flat round base plate" if sides == 32 else f"flat base plate with {sides} sides")
        if rng.random() < 0.2:
            for x in (-1, 1):
                for z in (-1, 1):
                    shape.add(
                        "base",
                        box(
                            0.25 * plate,
                            base_y,
                            0.25 * plate,
                            (x * 0.85 * plate, base_y / 2, z * 0.85 * plate),
                        ),
                    )
        profile = [(radius, base_y), (tip, base_y + height)]
        if rng.random() < 0.35:
            profile = [
                (radius * 1.0, base_y),
                (radius * 0.85, base_y + 0.05 * height),
                (tip, base_y + height),
            ]
        closed = rng.random() < 0.5
        shape.add("body", lathe(profile + ([(0.0, base_y + height)] if closed else []), 32))
        if not closed:
            hole = [(tip, base_y + height), (tip * 0.7, base_y + height), (radius * 0.8, base_y * 0.5)]
            shape.add("tip", lathe(hole, 20))
        elif rng.random() < 0.4:
            shape.add("tip", cylinder(tip * u(0.9, 1.3), height * 0.05, centre=(0, base_y + height, 0)))
        for band in range(int(rng.integers(0, 4))):
            at = u(0.2, 0.3) + 0.22 * band
            r = [radius + (tip - radius) * s for s in (at, at + 0.12)]
            shape.add(
                "band",
                lathe(
                    [
                        (r[0] * 1.03 + 0.002, base_y + at * height),
                        (r[1] * 1.03 + 0.002, base_y + (at + 0.12) * height),
                    ],
                    28,
                ),
            )
        shape.say("traffic cone", "blunt flat top")
    elif style in ("plain", "hollow", "oblique", "pyramid"):
        sides = int(rng.integers(3, 9)) if style == "pyramid" else int(rng.choice([20, 32, 48]))
        profile = (
            [(0.0, 0.0), (radius, 0.0), (0.0, height)]
            if style != "hollow"
            else [(radius, 0.0), (0.0, height)]
        )
        if style == "hollow" and rng.random() < 0.5:
            profile = [
                (radius * 0.93, 0.0),
                (radius, 0.0),
                (0.0, height),
                (0.0, height * 0.93),
                (radius * 0.93, 0.0),
            ]
        body = lathe(profile, sides)
        if style == "oblique":
            vertices = body.vertices.copy()
            vertices[:, 0] += u(0.2, 1.0) * radius * vertices[:, 1] / height
            body = Mesh(vertices, body.faces)
            shape.say("tip leaning to one side")
        if rng.random() < 0.15:
            body = body.scaled(z=u(0.5, 0.85))
            shape.say("oval base")
        else:
            shape.say(f"base with {sides} corners" if style == "pyramid" else "round base")
        shape.add("body", body.rotated_deg(y=u(0, 90)))
        shape.say("one sharp point at the top", "open hollow bottom" if style == "hollow" else "flat bottom")
        if rng.random() < 0.12 and style != "oblique":
            shape.add("tip", sphere(radius * u(0.08, 0.2), (0, height, 0), 9))
            shape.attributes = [phrase.replace("sharp point", "point") for phrase in shape.attributes]
    elif style == "cut":
        tip = radius * u(0.15, 0.75)
        walls = [(radius, 0.0), (tip, height)]
        open_top = rng.random() < 0.4
        shape.add(
            "body",
            lathe(walls if open_top else [(0.0, 0.0), *walls, (0.0, height)], int(rng.choice([16, 32, 48]))),
        )
        shape.say(
            "cone cut off at the top", "open top and bottom" if open_top else "flat round top", "round base"
        )
    elif style == "bowed":
        middle = radius * 0.5 * (u(0.35, 0.8) if rng.random() < 0.6 else u(1.2, 1.6))
        shape.add(
            "body", lathe([(0.0, 0.0), *curve([(radius, 0), (middle, height * 0.5), (0.0, height)], 20)], 32)
        )
        shape.say("side curved inwards" if middle < 0.5 * radius else "bulging curved side", "pointed top")
        if rng.random() < 0.4:
            brim = radius * u(1.2, 2.0)
            shape.add(
                "base", lathe([(0.0, 0.0), (brim, 0.0), (brim, 0.02 * height), (radius, 0.02 * height)], 32)
            )
            shape.say("wide flat brim")
    elif style == "stepped":
        steps = int(rng.integers(3, 9))
        for step in range(steps):
            wide = radius * (1 - step / steps)
            shape.add(
                "body",
                cylinder(
                    wide, height / steps, wide * u(0.75, 1.0), (0, height * (step + 0.5) / steps, 0), 28
                ),
            )
        shape.say(f"{steps} steps that get smaller towards the top", "round base")
    else:
        shape.add(
            "body",
            lathe(
                [(0.0, 0.0), (radius, height), (0.0, height)]
                if rng.random() < 0.5
                else [(0.0, 0.0), (radius, height)],
                32,
            ),
        )
        shape.say("cone standing on its point")
        if rng.random() < 0.6:
            shape.add("tip", sphere(radius * u(0.85, 1.05), (0, height + radius * 0.3, 0), 14))
            shape.say("a ball on top like ice cream")
        if rng.random() < 0.4:
            shape.add("band", torus(radius, radius * 0.06, (0, height, 0)))
            shape.say("a ring around the wide end")
    if rng.random() < 0.06 and style in ("plain", "cut"):
        shape.meshes = [fluted(mesh, 8, 0.04) for mesh in shape.meshes]
        shape.say("wavy side")
    shape.say(say_proportion(height, 2 * radius, "cone"))
    del shape.attributes[6:]
