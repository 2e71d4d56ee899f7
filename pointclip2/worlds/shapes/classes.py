"""List the classes of the procedural world, and make shapes of them."""

import importlib
import pkgutil
from functools import cache

from pointclip2.data.class_names import group
from pointclip2.types import ConfigError
from pointclip2.worlds.shapes.shape import REGISTER, Random, Shape, ShapeClass


@cache
def register() -> dict[str, ShapeClass]:
    """Return all classes by name. Read the register only through this function, because it imports the makers."""
    package = importlib.import_module("pointclip2.worlds.shapes.makers")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    return dict(REGISTER)


def make_shape(name: str, rng: Random) -> Shape:
    """Make a new random shape of class ``name``."""
    kind = register()[name]
    shape = Shape(kind.part_names)
    kind.make(shape, rng)
    return shape


def select(classes: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    """Return the class names of an option: ``known``, ``unseen``, ``all``, a data set's name, or a list of names.

    Raises:
        ConfigError: the world does not know a name, the list is empty, or a name occurs twice.
    """
    names = group(classes) if isinstance(classes, str) else classes
    chosen = tuple(str(name).replace("_", " ") for name in names)
    # The makers are only imported to refuse a name: what all of them make is known without.
    unknown = [name for name in chosen if name not in group("all") and name not in register()]
    if unknown:
        raise ConfigError(
            f"data.classes: no {', '.join(unknown)} in the procedural world; it has {', '.join(register())}"
        )
    if not chosen or len(set(chosen)) < len(chosen):
        raise ConfigError("data.classes: give at least one name, and each only once")
    return chosen
