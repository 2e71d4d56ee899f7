"""Choose colours that tell parts apart, also for most people who see colours differently."""

import colorsys

Colour = tuple[int, int, int]

UNKNOWN: Colour = (150, 156, 166)
"""Colour of points whose part nobody knows."""
# Close to Okabe and Ito's, darkened where they would vanish on white.
_FIRST: tuple[Colour, ...] = (
    (0, 114, 178), (230, 140, 0), (0, 148, 110), (204, 70, 110), (86, 170, 225), (150, 100, 40), (120, 80, 180),
    (190, 175, 30),
)  # fmt: skip


def part_colour(number: int) -> Colour:
    """Return the colour of the part of this number in its list; those beyond the eighth are spread over the hues."""
    if number < 0:
        return UNKNOWN
    if number < len(_FIRST):
        return _FIRST[number]
    # Steps of the golden angle never repeat a hue.
    hue, ring = (0.11 + 0.618034 * number) % 1.0, number // 24 % 3
    red, green, blue = colorsys.hsv_to_rgb(hue, (0.75, 0.55, 0.9)[ring], (0.85, 0.6, 0.7)[ring])
    return round(255 * red), round(255 * green), round(255 * blue)
