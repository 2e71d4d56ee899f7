"""Choose colours that tell classes apart."""

import colorsys

Colour = tuple[int, int, int]
_GOLDEN = 0.618034


def class_colours(count: int) -> list[Colour]:
    """Return one RGB colour a class: neighbours in the list are far apart in hue, and all are readable on white."""
    colours = []
    for number in range(count):
        shade = (0.62, 0.85, 0.5)[number % 3]
        red, green, blue = colorsys.hsv_to_rgb((number * _GOLDEN + 0.02) % 1.0, 0.85, shade)
        colours.append((round(255 * red), round(255 * green), round(255 * blue)))
    return colours
