"""Every class of the procedural world: sound geometry, labelled parts, true words, variety."""

import numpy as np
import pytest

from pointclip2.data.class_names import KNOWN, MODELNET40, SHAPENET_PARTS, UNSEEN
from pointclip2.worlds.shapes.classes import make_shape, register, wider
from pointclip2.worlds.shapes.shape import Shape, ShapeClass, shape_class

EVERY = register() | wider()
SAMPLE = [*sorted(register())[::6], *sorted(wider())[::12]]
"""Every sixth class by name, every twelfth of the wider world; all of them are tested where slow tests run."""
EACH_CLASS = pytest.mark.parametrize(
    "kind",
    [
        pytest.param(kind, id=name, marks=[] if name in SAMPLE else pytest.mark.slow)
        for name, kind in EVERY.items()
    ],
)
FEW, MANY = 6, 120
SMALLEST_M, LARGEST_M = 0.03, 200.0
"""Of the longest side: a mushroom or key, and a long bridge or a wind turbine."""


def made(kind: ShapeClass, count: int, first: int = 0) -> list[Shape]:
    return [make_shape(kind.name, np.random.default_rng((seed, 11))) for seed in range(first, first + count)]


def area(shape: Shape) -> float:
    corners, _ = shape.triangles()
    a, b, c = corners.swapaxes(0, 1)
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2)


def check(kind: ShapeClass, shape: Shape) -> None:
    """Assert all that must hold of any one shape."""
    corners, parts = shape.triangles()
    assert len(corners) == len(parts)
    assert np.isfinite(corners).all()
    assert area(shape) > 0
    low, high = corners.min(axis=(0, 1)), corners.max(axis=(0, 1))
    assert SMALLEST_M < (high - low).max() < LARGEST_M
    assert (high - low).min() > 0.0005
    assert abs(low[1]) < 0.04 * (high - low).max(), "stands on y = 0"
    assert shape.part_names == kind.part_names
    assert set(parts) <= set(range(len(kind.part_names)))
    assert len(set(shape.attributes)) >= 2
    for phrase in shape.attributes:
        assert phrase == " ".join(phrase.split()) != ""
    for mesh in shape.meshes:
        assert mesh.faces.min() >= 0
        assert mesh.faces.max() < len(mesh.vertices)


def test_a_shape_of_every_class_is_sound() -> None:
    for kind in EVERY.values():
        check(kind, made(kind, 1)[0])


@EACH_CLASS
def test_every_shape_is_sound(kind: ShapeClass) -> None:
    for shape in made(kind, FEW):
        check(kind, shape)


@pytest.mark.slow
@EACH_CLASS
def test_every_one_of_many_shapes_is_sound(kind: ShapeClass) -> None:
    for shape in made(kind, MANY, first=1000):
        check(kind, shape)


@EACH_CLASS
def test_every_declared_part_occurs(kind: ShapeClass) -> None:
    missing = set(range(len(kind.part_names)))
    for seed in range(300):
        missing -= set(make_shape(kind.name, np.random.default_rng((seed, 12))).mesh_parts)
        if not missing:
            return
    pytest.fail(f"never made: {', '.join(kind.part_names[part] for part in missing)}")


@EACH_CLASS
def test_the_same_seed_makes_the_same_shape_and_another_seed_another(kind: ShapeClass) -> None:
    first, again, other = (make_shape(kind.name, np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert np.array_equal(first.triangles()[0], again.triangles()[0])
    assert first.attributes == again.attributes
    assert area(first) != area(other)


@EACH_CLASS
def test_shapes_of_a_class_differ_in_proportion_and_in_words(kind: ShapeClass) -> None:
    shapes = made(kind, 12, first=50)
    sides = np.array([np.ptp(shape.triangles()[0], axis=(0, 1)) for shape in shapes])
    proportions = sides / sides.max(axis=1, keepdims=True)
    assert proportions.std(axis=0).max() > 0.03
    assert len({tuple(shape.attributes) for shape in shapes}) >= 4


def test_the_classes_are_those_of_modelnet40_and_shapenetpart_and_the_unseen() -> None:
    assert len(set(MODELNET40)) == 40
    assert len(SHAPENET_PARTS) == 16
    assert set(register()) == {*MODELNET40, *SHAPENET_PARTS, *UNSEEN}


def test_unseen_classes_are_at_least_eight_and_none_of_them_is_known() -> None:
    assert len(set(UNSEEN)) >= 8
    assert not set(UNSEEN) & set(KNOWN)
    assert not set(wider()) & {*KNOWN, *UNSEEN}
    known_words = {word for name in KNOWN for word in (name, *register()[name].synonyms)}
    assert not known_words & set(UNSEEN)


def test_shapenetparts_categories_have_their_official_number_of_parts() -> None:
    assert list(SHAPENET_PARTS) == sorted(SHAPENET_PARTS)
    official = {name: len(parts) for name, parts in SHAPENET_PARTS.items()}
    assert {name: len(register()[name].part_names) for name in SHAPENET_PARTS} == official
    assert sum(official.values()) == 50


def test_part_names_are_plain_words_and_each_is_there_once() -> None:
    for kind in register().values():
        assert len(set(kind.part_names)) == len(kind.part_names) >= 2, kind.name
        for name in (kind.name, *kind.part_names, *kind.synonyms):
            assert name == " ".join(name.lower().split()) != ""
            assert not {"/", "_"} & set(name), name


def test_no_synonym_is_the_name_or_a_synonym_of_another_class() -> None:
    owner = {name: name for name in register()}
    for kind in register().values():
        for synonym in kind.synonyms:
            assert synonym not in owner, f"{synonym!r} means {owner.get(synonym)} and {kind.name}"
            owner[synonym] = kind.name


def test_a_class_cannot_be_registered_twice() -> None:
    with pytest.raises(ValueError, match="'chair' is registered twice"):
        shape_class("chair", parts=("seat",))(lambda shape, rng: None)
    assert len(register()["chair"].part_names) == 4


def test_a_part_that_was_not_declared_cannot_be_added() -> None:
    shape = Shape(("seat",))
    mesh = make_shape("chair", np.random.default_rng(0)).meshes[0]
    with pytest.raises(ValueError, match="wing"):
        shape.add("wing", mesh)
    shape.add("seat", mesh, mesh)
    corners, parts = shape.triangles()
    assert corners.shape == (2 * len(mesh.faces), 3, 3)
    assert set(parts) == {0}
