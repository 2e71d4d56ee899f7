"""List the classes of the procedural world, and make shapes of them."""

import importlib
import pkgutil
from functools import cache

from pointclip2.data.class_names import group
from pointclip2.types import ConfigError
from pointclip2.worlds.shapes.shape import REGISTER, Random, Shape, ShapeClass


@cache
def register() -> dict[str, ShapeClass]:
    """Return the known and the unseen classes by name. Read them only through here, because it imports the makers."""
    return _made_in("pointclip2.worlds.shapes.makers")


@cache
def wider() -> dict[str, ShapeClass]:
    """Return the everyday classes beyond the known ones, by name: the built-in model is trained on them, too.

    No figure is measured on them; they are imported only where they are asked for.
    """
    return _made_in("pointclip2.worlds.shapes.wider")


def shape_kind(name: str) -> ShapeClass:
    """Return the class called ``name``, known, unseen or of the wider world. Raises ``KeyError`` for any other."""
    return register()[name] if name in register() else wider()[name]


def _made_in(place: str) -> dict[str, ShapeClass]:
    package = importlib.import_module(place)
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{place}.{module.name}")
    return {name: kind for name, kind in REGISTER.items() if kind.make.__module__.startswith(f"{place}.")}


def make_shape(name: str, rng: Random) -> Shape:
    """Make a new random shape of class ``name``."""
    kind = shape_kind(name)
    shape = Shape(kind.part_names)
    kind.make(shape, rng)
    return shape


def select(classes: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    """Return the class names of an option: ``known``, ``unseen``, ``all``, ``wider``, a data set's name, or names.

    Raises:
        ConfigError: the world does not know a name, the list is empty, or a name occurs twice.
    """
    if classes == "wider":
        return tuple(wider())
    names = group(classes) if isinstance(classes, str) else classes
    chosen = tuple(str(name).replace("_", " ") for name in names)
    # The makers are only imported to refuse a name: what all of them make is known without.
    unknown = [name for name in chosen if name not in group("all") and name not in {*register(), *wider()}]
    if unknown:
        raise ConfigError(
            f"data.classes: no {', '.join(unknown)} in the procedural world; it has {', '.join(register())}"
        )
    if not chosen or len(set(chosen)) < len(chosen):
        raise ConfigError("data.classes: give at least one name, and each only once")
    return chosen
