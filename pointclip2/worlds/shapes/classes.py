"""List the classes of the procedural world, and those of them that no training ever sees."""

import importlib
import pkgutil
from functools import cache

from pointclip2.types import ConfigError
from pointclip2.worlds.shapes.shape import REGISTER, ShapeClass

MODELNET40 = (
    "airplane", "bathtub", "bed", "bench", "bookshelf", "bottle", "bowl", "car", "chair", "cone", "cup",
    "curtain", "desk", "door", "dresser", "flower pot", "glass box", "guitar", "keyboard", "lamp",
    "laptop", "mantel", "monitor", "night stand", "person", "piano", "plant", "radio", "range hood",
    "sink", "sofa", "stairs", "stool", "table", "tent", "toilet", "tv stand", "vase", "wardrobe", "xbox",
)  # fmt: skip
SHAPENET_PART = (
    "airplane", "bag", "cap", "car", "chair", "earphone", "guitar", "knife", "lamp", "laptop",
    "motorbike", "mug", "pistol", "rocket", "skateboard", "table",
)  # fmt: skip
KNOWN = tuple(sorted({*MODELNET40, *SHAPENET_PART}))
"""The default classes: ModelNet40's forty names and ShapeNetPart's sixteen, seven of them in both."""
UNSEEN = (
    "bicycle", "bridge", "dumbbell", "hammer", "hourglass", "key", "ladder", "mushroom", "snowman",
    "spoon", "umbrella", "windmill",
)  # fmt: skip
"""Classes that are never trained on, in any form: for open-vocabulary and few-shot figures."""


@cache
def register() -> dict[str, ShapeClass]:
    """Return all classes by name."""
    package = importlib.import_module("pointclip2.worlds.shapes.makers")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    return dict(REGISTER)


def select(classes: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    """Return the class names of an option: ``known``, ``unseen``, ``all``, or a list of names.

    Raises:
        ConfigError: the world does not know a name, the list is empty, or a name occurs twice.
    """
    named = {"known": KNOWN, "unseen": UNSEEN, "all": tuple(sorted({*KNOWN, *UNSEEN}))}
    if isinstance(classes, str):
        if classes not in named:
            raise ConfigError(
                f"data.classes={classes}: choose one of {', '.join(named)}, or give a list of names"
            )
        return named[classes]
    chosen = tuple(str(name).replace("_", " ") for name in classes)
    unknown = [name for name in chosen if name not in register()]
    if unknown:
        raise ConfigError(
            f"data.classes: no {', '.join(unknown)} in the procedural world; it has {', '.join(register())}"
        )
    if not chosen or len(set(chosen)) < len(chosen):
        raise ConfigError("data.classes: give at least one name, and each only once")
    return chosen
