import pytest

from pointclip2.text.articles import fill, is_plural, with_article


@pytest.mark.parametrize(
    "said",
    [
        "a chair",
        "an airplane",
        "an earphone",
        "an umbrella",
        "an urn",
        "an hourglass",
        "a house",
        "an xbox",
        "an x-ray machine",
        "a xylophone",
        "a unicycle",
        "an unfinished wall",
        "a ukulele",
        "a user",
        "a ewer",
        "an LCD screen",
        "a shelf",
        "a tv stand",
        "an mp3 player",
        "a glass box",
        "a bus",
        "a lens",
        "a chest of drawers",
    ],
)
def test_an_article_follows_the_sound_of_the_name(said: str) -> None:
    assert with_article(said.split(" ", 1)[1]) == said


@pytest.mark.parametrize("name", ["stairs", "headphones", "scissors", "wheels of a car", "sofas"])
def test_a_plural_has_no_article(name: str) -> None:
    assert is_plural(name)
    assert with_article(name) == name


@pytest.mark.parametrize(
    ("template", "name", "sentence"),
    [
        ("a depth map of a {}.", "chair", "a depth map of a chair."),
        ("a depth map of a {}.", "airplane", "a depth map of an airplane."),
        ("a depth map of an {}.", "chair", "a depth map of a chair."),
        ("a depth map of a {}.", "stairs", "a depth map of stairs."),
        ("a depth map of one {}.", "stairs", "a depth map of stairs."),
        ("a depth map of one {}.", "airplane", "a depth map of one airplane."),
        ("A {} from above.", "airplane", "An airplane from above."),
        ("A {} from above.", "stairs", "Stairs from above."),
        ("A {} from above.", "LCD", "An LCD from above."),
        ("the {} from above.", "airplane", "the airplane from above."),
        ("an upright {}.", "chair", "an upright chair."),
        ("banana {}.", "airplane", "banana airplane."),
        ("a {}.", r"\1 chair", r"a \1 chair."),
    ],
)
def test_only_an_article_right_before_the_name_is_put_right(template: str, name: str, sentence: str) -> None:
    assert fill(template, name) == sentence
