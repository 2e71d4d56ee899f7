"""List what can stand, lie or hang in a room: its class in `shapes`, its range of sizes, and its variants."""

from collections.abc import Sequence
from dataclasses import dataclass

from pointclip2.data.class_names import ROOMS as CLASSES
from pointclip2.types import ConfigError

Size = tuple[float, float, float]


@dataclass(frozen=True)
class Kind:
    """Describes one sort of thing."""

    shape: str
    """Class of the procedural world that it is made from."""
    low_m: Size
    """Smallest width, depth and height."""
    high_m: Size
    """Largest width, depth and height."""
    wants: tuple[str, ...] = ()
    """Phrases of which one has to be said of the shape, if there are any: its maker makes other variants too."""
    refuses: tuple[str, ...] = ()
    """Phrases of which none may be said of the shape."""


LONE = ("a flat screen standing on it", "things standing on top", "small things lying on top")
"""Variants that already carry something, which would have no box of its own."""
BUSY_DESK = (*LONE, "a stack of books on it", "shelves standing on the top", "a slanted top")

KINDS: dict[str, Kind] = {
    "bathtub": Kind("bathtub", (1.3, 0.65, 0.4), (1.9, 1.1, 0.75), refuses=("round like", "quarter circle")),
    "bed": Kind(
        "bed", (0.85, 1.85, 0.45), (2.0, 2.3, 1.4), refuses=("two beds", "a cage", "a roof", "tall posts")
    ),
    "bunk bed": Kind("bed", (0.85, 1.85, 1.4), (1.3, 2.3, 2.1), wants=("two beds",)),
    "bookshelf": Kind("bookshelf", (0.5, 0.22, 0.75), (1.9, 0.42, 2.2)),
    "chair": Kind("chair", (0.38, 0.4, 0.74), (0.62, 0.66, 1.12)),
    "armchair": Kind("chair", (0.6, 0.58, 0.7), (0.95, 0.95, 1.12)),
    "long curtain": Kind("curtain", (0.9, 0.04, 2.0), (2.6, 0.25, 2.75), wants=("long, down to the floor",)),
    "short curtain": Kind("curtain", (0.8, 0.03, 1.1), (2.2, 0.25, 1.75), wants=("short",)),
    "desk": Kind("desk", (0.9, 0.5, 0.68), (1.9, 0.9, 0.82), refuses=(*BUSY_DESK, "L-shaped")),
    "corner desk": Kind("desk", (1.2, 1.0, 0.68), (1.9, 1.75, 0.82), wants=("L-shaped",), refuses=BUSY_DESK),
    "door": Kind(
        "door", (0.72, 0.03, 1.9), (1.1, 0.25, 2.3), refuses=("standing open", "two leaves", "gate"),
    ),
    "dresser": Kind("dresser", (0.6, 0.38, 0.65), (1.7, 0.6, 1.3), refuses=("mirror",)),
    "floor lamp": Kind("lamp", (0.2, 0.2, 1.2), (1.2, 0.6, 2.0), wants=("floor lamp",)),
    "table lamp": Kind("lamp", (0.14, 0.14, 0.28), (0.5, 0.5, 0.75), wants=("table lamp", "desk lamp")),
    "ceiling lamp": Kind(
        "lamp", (0.25, 0.25, 0.3), (0.9, 0.9, 1.0), wants=("hanging from the ceiling",)
    ),
    "wall lamp": Kind("lamp", (0.1, 0.1, 0.15), (0.4, 0.45, 0.5), wants=("wall lamp",)),
    "laptop": Kind("laptop", (0.28, 0.2, 0.12), (0.42, 0.42, 0.34)),
    "monitor": Kind("monitor", (0.35, 0.14, 0.3), (0.95, 0.45, 0.62)),
    "television": Kind("monitor", (0.8, 0.15, 0.5), (1.4, 0.4, 0.85), wants=("a wide screen", "curved screen")),
    "night stand": Kind("night stand", (0.36, 0.32, 0.42), (0.62, 0.52, 0.72)),
    "floor plant": Kind("plant", (0.3, 0.3, 0.8), (1.2, 1.2, 2.0), refuses=("without a pot",)),
    "pot plant": Kind("plant", (0.14, 0.14, 0.2), (0.45, 0.45, 0.6), refuses=("without a pot",)),
    "wash basin": Kind(
        "sink", (0.42, 0.34, 0.75), (1.1, 0.62, 1.15),
        wants=("on a cabinet", "on a column", "column", "on four legs"), refuses=("without a column",),
    ),
    "sofa": Kind("sofa", (1.3, 0.75, 0.6), (2.6, 1.1, 1.0)),
    "corner sofa": Kind("sofa", (2.0, 1.3, 0.6), (3.2, 1.9, 1.0)),
    "stool": Kind("stool", (0.28, 0.28, 0.38), (0.5, 0.5, 0.85)),
    "dining table": Kind("table", (1.0, 0.7, 0.7), (2.2, 1.1, 0.8), refuses=LONE),
    "coffee table": Kind("table", (0.6, 0.4, 0.34), (1.4, 0.8, 0.5), wants=("low",), refuses=LONE),
    "side table": Kind("table", (0.35, 0.3, 0.45), (0.7, 0.6, 0.78), refuses=LONE),
    "toilet": Kind("toilet", (0.35, 0.52, 0.65), (0.55, 0.8, 1.05), refuses=("high tank",)),
    "tv stand": Kind("tv stand", (0.9, 0.36, 0.35), (2.1, 0.6, 0.8), refuses=(*LONE, "a tower of shelves")),
    "wardrobe": Kind("wardrobe", (0.75, 0.45, 1.7), (2.4, 0.72, 2.3)),
    "bag": Kind("bag", (0.2, 0.08, 0.25), (0.5, 0.45, 0.8)),
    "bench": Kind("bench", (0.8, 0.32, 0.38), (1.6, 0.6, 0.95)),
    "bottle": Kind("bottle", (0.05, 0.05, 0.18), (0.12, 0.12, 0.36)),
    "bowl": Kind("bowl", (0.12, 0.12, 0.05), (0.32, 0.32, 0.16)),
    "cup": Kind("cup", (0.07, 0.06, 0.06), (0.16, 0.16, 0.18)),
    "guitar": Kind("guitar", (0.3, 0.06, 0.9), (0.42, 0.35, 1.15)),
    "keyboard": Kind("keyboard", (0.3, 0.1, 0.01), (0.5, 0.25, 0.06)),
    "piano": Kind("piano", (1.35, 0.5, 0.95), (1.6, 0.75, 1.4), wants=("a tall upright box",)),
    "radio": Kind("radio", (0.15, 0.06, 0.1), (0.45, 0.25, 0.35)),
    "skateboard": Kind("skateboard", (0.18, 0.6, 0.1), (0.3, 0.95, 0.2)),
    "vase": Kind("vase", (0.1, 0.1, 0.18), (0.35, 0.35, 0.7)),
    "xbox": Kind("xbox", (0.2, 0.2, 0.06), (0.4, 0.4, 0.32)),
}  # fmt: skip
"""Our own ranges, from what shops sell; shapes are scaled into them by the same factor on all three axes."""

PLACEABLE = tuple(sorted({kind.shape for kind in KINDS.values()}))
"""All classes that a room may hold; those that are not among ``classes`` are clutter there."""


def select(classes: str | Sequence[str]) -> tuple[str, ...]:
    """Return the class names of an option: ``default`` or a list of names.

    Raises:
        ConfigError: no room holds a name, the list is empty, or a name occurs twice.
    """
    if isinstance(classes, str):
        if classes != "default":
            raise ConfigError(
                f"data.classes={classes}: choose default, or give a list: data.classes=[{classes}]"
            )
        return CLASSES
    chosen = tuple(str(name).replace("_", " ") for name in classes)
    unknown = [name for name in chosen if name not in PLACEABLE]
    if unknown:
        raise ConfigError(
            f"data.classes: no {', '.join(unknown)} in the procedural rooms; they hold {', '.join(PLACEABLE)}"
        )
    if not chosen or len(set(chosen)) < len(chosen):
        raise ConfigError("data.classes: give at least one name, and each only once")
    return chosen
